package index

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
)

func (a *analysis) texts(keep func(k int) bool) string {
	var out []string
	for k, f := range a.features {
		if keep(k) {
			out = append(out, string([]rune{rune(f.term >> 16), rune(f.term & 0xffff)}))
		}
	}
	return strings.Join(out, " ")
}

func TestAnalyse(t *testing.T) {
	t.Parallel()
	v := &memory{units: []*Unit{whole1("a", "", "公积金办理"), whole1("b", "", "居住证办理")}}
	for _, c := range []struct{ text, features, asked, places, words, numbers string }{
		{"", "", "", "", "", ""},
		{"老", "", "", "", "", ""},
		{"？！", "", "", "", "", ""},
		{"公积金怎么办", "公积 积金 金怎 怎么 么办", "公积 积金", "", "公积金", ""},
		{"公积金，公积金", "公积 积金", "公积 积金", "", "公积金", ""},
		{"怎么公积怎么", "怎么 么公 公积 积怎", "公积", "", "", ""},
		{"北京办理", "北京 京办 办理", "北京 京办 办理", "北京", "办理", ""},
		{"２０２４年7b", "20 02 24 4年 年7 7b", "20 02 24 4年 年7 7b", "", "", "2024 7b"},
		{"公積金", "公积 积金", "公积 积金", "", "公积金", ""},
		{"\xff公\xff积", "", "", "", "", ""},
	} {
		a := analysed(c.text, v)
		got := []string{
			a.texts(func(int) bool { return true }), a.texts(a.asked.has), a.texts(func(k int) bool { return a.features[k].place }),
			strings.Join(a.explain().Words, " "), strings.Join(a.numbers, " "),
		}
		if want := []string{c.features, c.asked, c.places, c.words, c.numbers}; !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", c.text, got, want)
		}
		total, asked := 0.0, 0.0
		for k, f := range a.features {
			if !near(f.idf, naiveIDF(v, f.term)) || f.df != v.DocFreq(f.term) {
				t.Errorf("%q: idf %g df %d of %x", c.text, f.idf, f.df, f.term)
			}
			total += f.idf
			if a.asked.has(k) {
				asked += f.idf
			}
		}
		if !near(a.total, total) || !near(a.askedSum, asked) {
			t.Errorf("%q: sums %g %g, want %g %g", c.text, a.total, a.askedSum, total, asked)
		}
	}
}

func TestAnalyseKeepsTheRarest(t *testing.T) {
	t.Parallel()
	var common, question strings.Builder
	for i := range rune(100) {
		fmt.Fprintf(&common, "%c%c，", '一'+2*i, '一'+2*i+1)
	}
	question.WriteString(common.String())
	for i := range rune(128) {
		fmt.Fprintf(&question, "%c%c，", '万'+2*i+600, '万'+2*i+601)
	}
	v := &memory{units: []*Unit{whole1("a", "", common.String()), whole1("b", "", "办理")}}
	a := analysed(question.String(), v)
	if len(a.features) != maxFeatures {
		t.Fatalf("%d features", len(a.features))
	}
	for k, f := range a.features {
		if f.df != 0 {
			t.Errorf("feature %d is common", k)
		}
		if got, ok := a.lookup.feature(f.term); !ok || got != k {
			t.Errorf("feature %d is found as %d, %v", k, got, ok)
		}
	}
	checkResult(t, v, mustFind(t, v, Query{Text: question.String(), Limit: 3}))
}

func TestRecallTerms(t *testing.T) {
	t.Parallel()
	v := &memory{units: []*Unit{whole1("a", "", "公积金")}}
	a := analysed("社保和公积金，公积金", v)
	got := map[Term]float32{}
	for _, w := range a.recall(testWords) {
		if _, twice := got[w.Term]; twice {
			t.Errorf("%x is there twice", w.Term)
		}
		got[w.Term] = w.Weight
	}
	for term, want := range map[Term]float32{
		BigramTerm('社', '保'): 1, BigramTerm('公', '积'): 1, WordTerm("公积金"): 1, BigramTerm('社', '会'): .7, WordTerm("社会保险"): .7,
		BigramTerm('住', '房'): .8, WordTerm("住房公积金"): .8,
	} {
		if got[term] != want {
			t.Errorf("%x weighs %g, want %g", term, got[term], want)
		}
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(15, 16))
	for range 50 {
		n := r.IntN(maxFeatures + maxExpansions)
		x := newTable(n)
		want := map[Term]int{}
		for k := range n {
			term := BigramTerm(rune(r.IntN(1<<16)), rune(r.IntN(1<<16-1)))
			want[term] = k
			x.features[x.entry(term)] = int16(k)
		}
		for term, k := range want {
			if got, ok := x.feature(term); !ok || got != k || !x.seconds.has(rune(term&0xffff)) {
				t.Fatalf("%x: %d %v, want %d", term, got, ok, k)
			}
		}
		for range 200 {
			term := BigramTerm(rune(r.IntN(1<<16)), rune(r.IntN(1<<16-1)))
			if _, ok := want[term]; ok {
				continue
			}
			if _, ok := x.feature(term); ok {
				t.Fatalf("%x is found", term)
			}
		}
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	var m, o mask
	for _, k := range []int{0, 63, 64, maxFeatures - 1} {
		if m.has(k) {
			t.Errorf("%d is in the empty mask", k)
		}
		o.set(k)
	}
	o.groups = 1 << (maxExpansions - 1)
	m.or(o)
	if m != o || !m.has(127) || m.has(1) || maxExpansions > 32 {
		t.Errorf("%+v", m)
	}
}

func TestConfidence(t *testing.T) {
	t.Parallel()
	huge := math.MaxFloat64 / 1e9
	for _, f := range []Features{{}, {Weak: huge}, {Length: huge}, {Gap: -huge}, {Gap: 1e300, Length: 1e300}} {
		if c := shipped().Confidence.of(&f); !(c >= 0 && c <= 1) {
			t.Errorf("%+v: %g", f, c)
		}
	}
	good, poor := Features{Gap: 5, Length: 12, Lead: .8, Near: .9, Mass: 3}, Features{Weak: 4, Gap: .1, Length: 12, Lost: 1, NounLost: 1, One: 1}
	for _, u := range []Unit{{Class: ArticleUnit}, {Class: WholeUnit}, {Class: ArticleUnit, Asked: 2}, {Class: ArticleUnit, Kind: corpus.Guide}} {
		if c := shipped().confidenceOf(&u); c.of(&good) <= c.of(&poor) {
			t.Errorf("%d, %d questions: a good hit is no surer than a poor one", u.Class, u.Asked)
		}
	}
}

// Substring is recomputed from all pieces of the question.
func TestSubstringsAgainstBruteForce(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(17, 18))
	s := new(scan)
	for range 300 {
		u := whole1("a", randomText(r, r.IntN(10)), randomText(r, r.IntN(200)))
		a := analysed(randomText(r, r.IntN(30)), &memory{units: []*Unit{u}})
		s.read(a, u)
		text := []rune(string(s.runes))
		sum := 0.0
		for _, f := range a.features {
			best := 0
			for i := range a.runes {
				for j := i + 2; j <= len(a.runes) && !slices.Contains(a.runes[i:j], 0); j++ {
					piece := a.runes[i:j]
					through := slices.ContainsFunc(f.positions, func(p int) bool { return i <= p && p+2 <= j })
					if through && strings.Contains(string(text), string(piece)) {
						best = max(best, j-i-1)
					}
				}
			}
			sum += f.idf * (1 - 1/float64(best+1))
		}
		if got := a.substrings(s); !near(got, share(sum, a.total)) {
			t.Fatalf("%q in %q: %g, want %g", string(a.runes), string(text), got, share(sum, a.total))
		}
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	v := &memory{units: []*Unit{whole1("a", "公积金", "公积金补贴标准 2024"), whole1("b", "公积金", "公积金，北京")}}
	res := mustFind(t, v, Query{Text: "公积金补贴标准2024和2025", Limit: 2})
	if documents(res) != "a b" {
		t.Fatal(documents(res))
	}
	f := res.Hits[0].Features
	if !near(f.Gap, res.Hits[0].Score-res.Hits[1].Score) || f.NumberMiss != .5 ||
		f.Length != 16 || f.Unknown <= 0 || f.Filler != 0 {
		t.Errorf("%+v", f)
	}
	if res.Hits[1].Features != (Features{}) {
		t.Error("features of the second hit")
	}
	one := mustFind(t, &memory{units: v.units[:1]}, Query{Text: "公积金怎么办", Limit: 2}).Hits[0]
	if one.Features.Gap != one.Score || one.Features.Filler <= 0 {
		t.Errorf("%+v", one)
	}
}

// A number of two digits is not found in a longer one; a year's short form is.
func TestNumbersAreWhole(t *testing.T) {
	t.Parallel()
	v := &memory{units: []*Unit{whole1("a", "", "每人18240元"), whole1("b", "", "年满82周岁的"), whole1("c", "", "2017年的办法"), whole1("z", "", "的的的")}}
	s := new(scan)
	for _, c := range []struct {
		question string
		unit     int
		want     bool
	}{{"我妈82了", 0, false}, {"我妈82了", 1, true}, {"17年的办法", 2, true}, {"第1824号", 0, true}} {
		a := analysed(c.question, v)
		u := v.Unit(uint32(c.unit))
		s.read(a, &u)
		found := false
		for k, f := range a.features {
			found = found || figure(a.runes[f.positions[0]]) && figure(a.runes[f.positions[0]+1]) && s.tf[k] > 0
		}
		if found != c.want {
			t.Errorf("%s in %q: %v", c.question, u.Body, found)
		}
		cut := new(cutter)
		cut.read(a, &u)
		if in := len(cut.hits) > 0 && cut.share(cut.sentences[0]) >= 0 && found; in != c.want {
			t.Errorf("%s is cut around in %q: %v", c.question, u.Body, in)
		}
	}
}

package index

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// oracle recomputes from the unit's runes what scan and parts find.
type oracle struct {
	a         *analysis
	runes     []rune
	bounds    []int // where sentences end
	sentences []map[int]bool
}

func newOracle(a *analysis, u *Unit) *oracle {
	o := &oracle{a: a}
	if u.Context != "" {
		o.add(u.Context)
		o.runes = append(o.runes, 0)
	}
	o.add(u.Body)
	start := 0
	for _, end := range o.bounds {
		found := map[int]bool{}
		for i := start; i < end; i++ {
			for k := range a.features {
				if o.has(k, i) {
					found[k] = true
				}
			}
			for g, e := range a.groups {
				if hasPrefix(o.runes[i:], e.folded) {
					found[-1-g] = true
				}
			}
		}
		o.sentences = append(o.sentences, found)
		start = end
	}
	return o
}

func (o *oracle) has(k, i int) bool {
	return i+1 < len(o.runes) && o.runes[i] != 0 && o.runes[i+1] != 0 && BigramTerm(o.runes[i], o.runes[i+1]) == o.a.features[k].term
}

func ascii(runes []rune, i int) bool {
	return 0 <= i && i < len(runes) && Fold(runes[i]) != 0 && Fold(runes[i]) < 0x80
}

// add splits a part as ranking.md says and glues what is short.
func (o *oracle) add(text string) {
	runes := []rune(text)
	base := len(o.runes)
	var cuts []int
	for i, r := range runes {
		switch {
		case strings.ContainsRune("。！？；\n!?;", r):
			cuts = append(cuts, i+1)
		case strings.ContainsRune(" \u3000\t", r) && i+1 < len(runes) && !(ascii(runes, i-1) && ascii(runes, i+1)):
			cuts = append(cuts, i+1)
		}
		o.runes = append(o.runes, Fold(r))
	}
	first := len(o.bounds)
	start := 0
	if first > 0 {
		start = o.bounds[first-1]
	}
	for _, c := range cuts {
		if base+c-start >= shortSentence {
			o.bounds = append(o.bounds, base+c)
			start = base + c
		}
	}
	end := len(o.runes)
	switch {
	case end == start && len(o.bounds) > 0:
	case end-start < shortSentence && len(o.bounds) > first:
		o.bounds[len(o.bounds)-1] = end
	default:
		o.bounds = append(o.bounds, end)
	}
}

func (o *oracle) count(runes []rune) (n int) {
	for i := range o.runes {
		if hasPrefix(o.runes[i:], runes) {
			n++
		}
	}
	return n
}

// worth is the idf of found features, and the weight of expansions' others.
func (o *oracle) worth(found map[int]bool, counts func(k int) bool) (sum float64) {
	credited := map[int]bool{}
	for k, f := range o.a.features {
		if found[k] && counts(k) {
			sum += f.idf
			credited[k] = true
		}
	}
	for g, e := range o.a.groups {
		for k, f := range o.a.features {
			if found[-1-g] && e.span.has(k) && counts(k) && !credited[k] && !found[k] {
				sum += float64(e.Weight) * f.idf
				credited[k] = true
			}
		}
	}
	return sum
}

func union(sets ...map[int]bool) map[int]bool {
	all := map[int]bool{}
	for _, s := range sets {
		for k := range s {
			all[k] = true
		}
	}
	return all
}

// first is what the bigrams that end up to place n hold.
func (o *oracle) first(n int) map[int]bool {
	found := map[int]bool{}
	for i := range min(n, len(o.runes)) {
		for k := range o.a.features {
			if o.has(k, i) {
				found[k] = true
			}
		}
		for g, e := range o.a.groups {
			if hasPrefix(o.runes[i:], e.folded) {
				found[-1-g] = true
			}
		}
	}
	return found
}

func (o *oracle) windows() (two, three float64) {
	lead := o.first(80)
	for i := range o.sentences {
		pair := o.sentences[i:min(i+2, len(o.sentences))]
		two = max(two, o.worth(union(pair...), func(int) bool { return true }))
		triple := o.sentences[i:min(i+3, len(o.sentences))]
		three = max(three, o.worth(union(append(slices.Clone(triple), lead)...), o.a.asked.has))
	}
	total, asked := 0.0, 0.0
	for k, f := range o.a.features {
		total += f.idf
		if o.a.asked.has(k) {
			asked += f.idf
		}
	}
	return share(two, total), share(three, asked)
}

func (o *oracle) bm25(average float64) (words, bigrams float64) {
	length := 0
	for i := 1; i < len(o.runes); i++ {
		if o.runes[i-1] != 0 && o.runes[i] != 0 {
			length++
		}
	}
	saturate := func(n int) float64 {
		tf := float64(n)
		return tf * 2.2 / (tf + 1.2*(.25+.75*float64(length)/average))
	}
	borrowed := func(k int) (best float64) {
		for _, g := range o.a.groups {
			if g.span.has(k) {
				best = max(best, float64(g.Weight)*saturate(o.count(g.folded)))
			}
		}
		return best
	}
	sum, total := 0.0, 0.0
	for k, f := range o.a.features {
		total += f.idf
		if n := o.count([]rune{rune(f.term >> 16), rune(f.term & 0xffff)}); n > 0 {
			sum += f.idf * saturate(n)
		} else {
			sum += f.idf * borrowed(k)
		}
	}
	bigrams = share(sum, total)
	sum, total = 0, 0
	for _, f := range o.a.words {
		total += f.idf
		if n := o.count(f.runes); n > 0 {
			sum += f.idf * saturate(n)
		} else if len(f.runes) == 2 {
			sum += f.idf * borrowed(f.head)
		}
	}
	return share(sum, total), bigrams
}

func TestPartsAgainstBruteForce(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	s := new(scan)
	for range 150 {
		v := &memory{units: randomUnits(r, 1+r.IntN(6))}
		a := analysed([]string{"老人卡怎么办", "公积金补贴标准是多少", "社保在北京海淀如何办理", ""}[r.IntN(4)]+randomText(r, r.IntN(25)), v)
		for _, u := range v.units {
			s.read(a, u)
			average := v.Average(u.Class)
			got, _ := a.parts(s, average)
			o := newOracle(a, u)
			var want Parts
			want.Words, want.Bigrams = o.bm25(average)
			want.Window2, want.Window3 = o.windows()
			all := PlacesIn(u.Context + "\x00" + u.Body)
			want.Place = oneIf(all&a.places != 0)
			lead := []rune(u.Context + "\x00" + u.Body)
			if u.Context == "" {
				lead = lead[1:]
			}
			want.Conflict = oneIf(a.places != 0 && all&a.places == 0 && PlacesIn(string(lead[:min(100, len(lead))])) != 0)
			if !near(got.Words, want.Words) || !near(got.Bigrams, want.Bigrams) || !near(got.Window2, want.Window2) ||
				!near(got.Window3, want.Window3) || got.Place != want.Place || got.Conflict != want.Conflict {
				t.Fatalf("%q in %q %q:\n%+v\nwant\n%+v", string(a.runes), u.Context, u.Body, got, want)
			}
			if len(o.bounds) != len(s.sentences) {
				t.Fatalf("sentences %v, want ends %v", s.sentences, o.bounds)
			}
			checkLead(t, a, s, o)
		}
	}
}

func checkLead(t *testing.T, a *analysis, s *scan, o *oracle) {
	t.Helper()
	for n, got := range map[int]mask{80: s.lead80, 150: s.lead150, len(o.runes): s.all} {
		want := o.first(n)
		for k := range a.features {
			if got.has(k) != want[k] {
				t.Fatalf("feature %d in the first %d: %v", k, n, got.has(k))
			}
		}
	}
}

// A part, or a feature, that its sum leaves out would weigh nothing.
func TestEveryNumberCounts(t *testing.T) {
	t.Parallel()
	var p, w Parts
	Numbers(&p, func(name string, at *float64) {
		Numbers(&w, func(same string, weight *float64) {
			if name != same {
				return
			}
			*at, *weight = 2, 3
			if got := p.Sum(&w); got != 6 {
				t.Errorf("%s: %g", name, got)
			}
			*at, *weight = 0, 0
		})
	})
	var f Features
	Numbers(&f, func(name string, at *float64) {
		var c Confidence
		Numbers(&c, func(same string, weight *float64) {
			if name == same {
				*at, *weight = 1, 1
				if got := c.of(&f); !near(got, 1/(1+math.Exp(-1))) {
					t.Errorf("%s: %g", name, got)
				}
				*at, *weight = 0, 0
			}
		})
	})
}

func TestRankTop(t *testing.T) {
	t.Parallel()
	v := &memory{units: []*Unit{
		whole1("c", "", "居住证"), whole1("b", "", "老人卡"), whole1("a", "", "老人卡"), whole1("a", "", "老人卡"), whole1("d", "", ""),
	}}
	v.units[2].Ordinal = 1
	a := analysed("老人卡", v)
	found := []Candidate{{ID: 0}, {ID: 1}, {ID: 2}, {ID: 3}, {ID: 4}}
	for range 3 {
		got, err := a.rankTop(t.Context(), v, found, 5)
		if err != nil {
			t.Fatal(err)
		}
		var order []uint32
		for _, r := range got {
			order = append(order, r.id)
		}
		if want := []uint32{3, 2, 1, 0, 4}; !slices.Equal(order, want) {
			t.Errorf("order %v, want %v", order, want)
		}
		slices.Reverse(found) // what the engine says first does not matter
	}
	if got, _ := a.rankTop(t.Context(), v, found, 2); len(got) != 2 {
		t.Errorf("%d ranked, want 2", len(got))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.rankTop(ctx, v, found, 5); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestManyOccurrences(t *testing.T) {
	t.Parallel()
	u := whole1("a", "", strings.Repeat("老人 ", 70000))
	v := &memory{units: []*Unit{u}}
	s := new(scan)
	s.read(analysed("老人", v), u)
	if s.tf[0] != 70000 || s.length != 70000 {
		t.Errorf("tf %d, length %d", s.tf[0], s.length)
	}
}

package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// probed writes a probe as word/units, with parts in () and what else is said
// in [].
func probed(p Probe) string {
	var out []string
	for _, w := range p.Words {
		s := fmt.Sprint(w.Text, "/", w.Units)
		if len(w.Parts) > 0 {
			s += fmt.Sprint("(", strings.Join(w.Parts, " "), ")")
		}
		for _, a := range w.Also {
			s += fmt.Sprintf("[%s %.1f]", strings.Join(a.Words, " "), a.Weight)
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestProbe(t *testing.T) {
	t.Parallel()
	words := append(dictionary{"天津市", "天津", "天津市人民", "办法", "东湖县", "东湖"}, testWords...)
	unit := func(id, text string) *Unit {
		u := whole1(id, "", text)
		u.Words = words.Long(text)
		return u
	}
	v := &memory{units: []*Unit{
		unit("a", "公积金办理办法"), unit("b", "居住证办理"), unit("c", "敬老卡办理，天津"), unit("d", "天津市社会保险办理"), unit("e", "补贴"),
		unit("f", "东湖县补贴"),
	}}
	for _, c := range []struct{ question, want string }{
		{"公积金怎么办理？", "公积金/1 办理/4"},
		{"ＡＢＣ　居住證怎麼辦理", "居住证/1 办理/4"},
		{"办理居住证、办理公积金", "居住证/1 公积金/1 办理/4"},
		{"怎么办", ""},                       // no unit has it
		{"什么", ""},                        // not a word of the dictionary
		{"补贴标准", "补贴/2"},                  // no unit has the whole
		{"天津市的补贴", "天津/2 补贴/2"},           // more units have the shorter form
		{"东湖县的补贴", "东湖县/1(东湖) 补贴/2"},      // not a place that is known
		{"老人卡办理", "老人卡/0[敬老卡 0.9] 办理/4"},  // as the lexicon says it
		{"社保公积金", "公积金/1 社保/0[社会保险 0.7]"}, // which has no word of 住房公积金 but the same
		{"", ""}, {"的", ""}, {"\xff", ""},
	} {
		a := analyse(c.question, testLexicon(), words, v)
		p := a.probe(&wording{testLexicon(), words}, v, Filter{Account: "x"}, 7)
		if got := probed(p); got != c.want || p.Limit != 7 || p.Filter.Account != "x" {
			t.Errorf("%s: %s, want %s", c.question, got, c.want)
		}
	}
}

// Whatever is asked, a probe is bounded, its words are in units, and no two
// are the same.
func TestProbeLeavesWhatAsks(t *testing.T) {
	t.Parallel()
	words := append(dictionary{"怎么", "什么"}, testWords...)
	v := &memory{units: []*Unit{whole1("a", "", "公积金怎么办理")}}
	for question, want := range map[string]string{
		"公积金怎么办理，怎么": "怎么", // once
		"公积金是什么":     "",   // no unit has it
		"怎么":         "",   // there is nothing else: it is asked for
	} {
		a := analyse(question, testLexicon(), words, v)
		p := a.probe(&wording{testLexicon(), words}, v, Filter{}, 7)
		if got := probed(Probe{Words: p.Rest}); got != want && got != want+"/1" {
			t.Errorf("%s: %s, want %s", question, got, want)
		}
	}
}

func TestProbesOfAnything(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(31, 32))
	v := &memory{units: randomUnits(r, 5)}
	w := &wording{testLexicon(), testWords}
	for range 300 {
		text := randomText(r, r.IntN(1<<r.IntN(14)))
		p := analyse(text, w.lexicon, w.segmenter, v).probe(w, v, Filter{}, 10)
		if len(p.Words) > maxProbe {
			t.Fatalf("%d words", len(p.Words))
		}
		seen := map[string]bool{}
		for i, word := range p.Words {
			if seen[word.Text] || word.Units == 0 && len(word.Also) == 0 || i > 0 && word.IDF > p.Words[i-1].IDF {
				t.Fatalf("%q: %+v", text, p.Words)
			}
			seen[word.Text] = true
			for _, a := range word.Also {
				if len(a.Words) == 0 || slices.Contains(a.Words, "") || a.Weight <= 0 {
					t.Fatalf("%q: %+v", text, word)
				}
			}
		}
	}
}

package index

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func cutOn(question string, u *Unit) *cutter {
	v := &memory{units: []*Unit{u, whole1("z", "", "的的的")}}
	c := new(cutter)
	a := analysed(question, v)
	a.weights = plainWeights()
	c.read(a, u)
	return c
}

// plainWeights look for the clause that has most of the question: tests of how
// texts are cut are not about what was learnt.
func plainWeights() *Weights {
	w := *shipped()
	w.Clause = Clause{Around: 10, Sentence: 7, Clause: 5, Run: 5}
	w.Snippet = Snippet{Opens: .02, List: .02, Settle: .25, Sharp: 1}
	w.Join = Join{Bias: -2, Best: 4, Odds: .5, Same: 2}
	return &w
}

func TestWindow(t *testing.T) {
	t.Parallel()
	filler := strings.Repeat("本段与所问无关且没有标点所以较长，", 30)
	for _, c := range []struct{ name, question, body, core, start, end string }{
		{"one clause", "居住证", "居住证", "居住证", "居住证", "居住证"},
		{"the sentence that answers", "居住证怎么办理", filler + "。申领居住证到派出所办理，当场取。" + filler, "申领居住证到派出所办理，", "", ""},
		{"whole text where it fits", "居住证", "第一句。居住证在这里。第三句。", "居住证在这里。", "第一句。", "第三句。"},
		{"nothing found", "火星", "第一句。第二句。", "第一句。", "第一句。", "第二句。"},
		{"blanks before it", "居住证怎么办理", filler + "。　　四、申领居住证到派出所办理，" + filler, "四、申领居住证到派出所办理，", "", ""},
		{"no punctuation", "居住证", strings.Repeat("甲乙丙丁", 100) + "居住证" + strings.Repeat("甲乙丙丁", 100), "", "", ""},
	} {
		u := whole1("a", "", c.body)
		w := cutOn(c.question, u)
		if got := c.body[w.core():w.clauses[w.best].endAt]; c.core != "" && got != c.core {
			t.Errorf("%s: core %q, want %q", c.name, got, c.core)
		}
		s := w.window(snippetRunes)
		piece := c.body[s.Start:s.End]
		if !strings.Contains(piece, c.core) || !strings.HasPrefix(piece, c.start) || !strings.HasSuffix(piece, c.end) {
			t.Errorf("%s: %q", c.name, piece)
		}
	}
}

// A window begins where a sentence does, and with the line that its list begins
// with, where there is room.
func TestWindowBeginsWell(t *testing.T) {
	t.Parallel()
	filler := strings.Repeat("本段与所问无关，但是说得很长。", 40)
	u := whole1("a", "", filler+"\n申领居住证的材料如下：\n一、身份证。\n二、居住证申请表。\n"+filler)
	c := cutOn("居住证申请表", u)
	s := c.window(120)
	if piece := u.Body[s.Start:s.End]; !strings.Contains(piece, "申领居住证的材料如下：\n一、") || !strings.Contains(piece, "二、居住证申请表。") ||
		!sentenceEnds(u.Body[:s.Start]) {
		t.Errorf("%q", piece)
	}
}

// No clause ends within a number, a title or a bracket.
func TestClausesAreWhole(t *testing.T) {
	t.Parallel()
	for _, whole := range []string{"1,234,567元", "《居住证，办法，细则》", "（身份证，户口簿；照片）", "“一网，通办”", "8:30 PM"} {
		body := strings.Repeat("居住证办理", 3) + "，金额为" + whole + "，请按时申报。"
		c := cutOn("居住证", whole1("a", "", body))
		for _, cl := range c.clauses {
			if at := strings.Index(body, whole); cl.endAt > at && cl.endAt < at+len(whole) {
				t.Errorf("%s: a clause ends in it: %q", whole, body[cl.startAt:cl.endAt])
			}
		}
	}
	endless := cutOn("居住证", whole1("a", "", "（"+strings.Repeat("没有，", 200)))
	if len(endless.clauses) < 20 {
		t.Errorf("%d clauses of a bracket that never closes", len(endless.clauses))
	}
}

func TestDirect(t *testing.T) {
	t.Parallel()
	body := "其他说明，与此无关。老人卡办理后，由社区在三日内发给。其他说明，与此无关。"
	c := cutOn("老人卡办理", whole1("a", "", body))
	s := c.direct(directRunes)
	if got := body[s.Start:s.End]; !strings.Contains("老人卡办理后，由社区在三日内发给。", got) || got == "" {
		t.Errorf("%q", got)
	}
	c.read(c.a, whole1("a", "", ""))
	if s := c.direct(directRunes); s != (Span{}) {
		t.Errorf("%v of nothing", s)
	}
}

// The chances of a text's clauses sum up to one.
func TestChances(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(21, 22))
	for range 200 {
		u := whole1("a", "", randomText(r, 1+r.IntN(400)))
		c := new(cutter)
		c.read(analysed(randomText(r, r.IntN(20))+"多少钱", &memory{units: []*Unit{u}}), u)
		sum := 0.0
		for i, p := range c.chance {
			if sum += p; p > c.chance[c.best]+1e-12 || !(p >= 0) {
				t.Fatalf("clause %d has %g, the best %g", i, p, c.chance[c.best])
			}
		}
		if len(c.chance) != len(c.clauses) || !near(sum, 1) {
			t.Fatalf("%d of %d clauses, sum %g", len(c.chance), len(c.clauses), sum)
		}
	}
}

// The lead is what a text is about, not what it answers.
func TestTheLeadIsDiscounted(t *testing.T) {
	t.Parallel()
	title := "关于老人卡办理的通知。各单位：为了方便群众，现将老人卡办理有关事项通知如下，请认真组织实施，确保工作落实到位，取得实际的效果，不得推诿拖延，更不得敷衍了事，要让群众满意。"
	u := whole1("a", "", title+strings.Repeat("其他说明，与此无关。", 10)+"老人卡由社区办理。"+strings.Repeat("其他说明，与此无关。", 10))
	w := cutOn("老人卡办理要去社区吗", u)
	if got := u.Body[w.core():w.clauses[w.best].endAt]; got != "老人卡由社区办理。" {
		t.Errorf("core %q", got)
	}
}

func TestWindowOnRandomTexts(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 12))
	for range 1500 {
		u := whole1("a", randomText(r, r.IntN(30)), randomText(r, r.IntN(1500)))
		if r.IntN(3) == 0 { // long sentences
			u.Body = strings.NewReplacer("。", "", "；", "", "\n", "").Replace(u.Body)
		}
		if r.IntN(4) == 0 {
			u.Body = strings.ReplaceAll(u.Body, "理", "\xff")
		}
		c := cutOn(randomText(r, r.IntN(20)), u)
		checkClauses(t, c, u.Body)
		for _, limit := range []int{maxClause, excerptRunes, snippetRunes} {
			checkWindow(t, c, u.Body, limit)
		}
	}
}

// checkClauses asserts that clauses and sentences partition the text.
func checkClauses(t *testing.T, c *cutter, body string) {
	t.Helper()
	at, runes := 0, 0
	for i, cl := range c.clauses {
		n := utf8.RuneCountInString(body[cl.startAt:cl.endAt])
		if cl.startAt != at || cl.start != runes || n != cl.end-cl.start || n == 0 || n > maxClause+2 {
			t.Fatalf("clause %d: %+v after %d bytes, %d characters", i, cl, at, runes)
		}
		if opens := i == 0 || cl.sentence != c.clauses[i-1].sentence; opens != slices.Contains(c.first, i) {
			t.Fatalf("clause %d opens a sentence: %v of %v", i, opens, c.first)
		}
		at, runes = cl.endAt, cl.end
	}
	if at != len(body) || len(c.first) != len(c.sentences) {
		t.Fatalf("%d of %d bytes, %d and %d sentences", at, len(body), len(c.first), len(c.sentences))
	}
}

func checkWindow(t *testing.T, c *cutter, body string, limit int) {
	t.Helper()
	s := c.window(limit)
	if body == "" {
		if s != (Span{}) || c.core() != 0 {
			t.Fatalf("%v of nothing", s)
		}
		return
	}
	piece := body[s.Start:s.End]
	n := utf8.RuneCountInString(piece)
	core := c.clauses[c.best]
	if n > limit || s.Start > core.startAt || s.End < core.endAt || utf8.ValidString(body) && !utf8.ValidString(piece) {
		t.Fatalf("limit %d: %d characters %v, core %+v", limit, n, s, core)
	}
	if utf8.RuneCountInString(body) <= limit && piece != body {
		t.Fatalf("limit %d: %q of a text that fits", limit, piece)
	}
	// Where it ends within a sentence, there was no sentence end to step back
	// to, or too far away.
	if s.End < len(body) && !endsSentence(piece) {
		for _, e := range Sentences(piece) {
			lost := utf8.RuneCountInString(piece[e.End:])
			if e.End < len(piece) && s.Start+e.End >= core.endAt && 4*lost <= n-4 && strings.TrimSpace(piece[e.End:]) != "" {
				t.Fatalf("limit %d: %q could end after %q", limit, piece, piece[:e.End])
			}
		}
	}
}

func endsSentence(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	_, ends := clauseEnd(r)
	return ends
}

func TestRuns(t *testing.T) {
	t.Parallel()
	const question = "住房补贴标准"
	score := func(body string) float64 {
		c := cutOn(question, whole1("a", "", strings.Repeat("无关文字", 25)+"。"+body))
		return c.runs(c.clauses[len(c.clauses)-1].hits)
	}
	if got := score("住房补贴标准"); !near(got, 1) {
		t.Errorf("the question itself: %g", got)
	}
	order := []string{"住房补贴标准", "住房补贴的标准", "住房的补贴的标准", "住房", "没有"}
	for i := 1; i < len(order); i++ {
		if a, b := score(order[i-1]), score(order[i]); a <= b {
			t.Errorf("%s %g is not above %s %g", order[i-1], a, order[i], b)
		}
	}
	if got := score("没有"); got != 0 {
		t.Errorf("nothing: %g", got)
	}
}

func TestFollow(t *testing.T) {
	t.Parallel()
	if got := follow(nil, []int{1, 4}, []int{2, 3, 5}); !slices.Equal(got, []int{2, 5}) {
		t.Error(got)
	}
	if got := follow(nil, nil, []int{2}); got != nil {
		t.Error(got)
	}
}

// The shares of the anchor are those of brute force.
func TestShareAgainstBruteForce(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(13, 14))
	for range 300 {
		u := whole1("a", randomText(r, r.IntN(90)), randomText(r, 1+r.IntN(400)))
		c := cutOn("老人卡办理公积金社保"+randomText(r, r.IntN(12)), u)
		weights, total := naiveWeights(c, u)
		for i, cl := range c.clauses {
			runes := foldedRunes(u.Body)
			found := map[int]bool{}
			for at := cl.start; at < cl.end; at++ { // by the second character, as written
				for k, f := range c.a.features {
					if at > 0 && runes[at] != 0 && runes[at-1] != 0 && BigramTerm(runes[at-1], runes[at]) == f.term {
						found[k] = true
					}
				}
				for g, e := range c.a.groups {
					if at > 0 && hasPrefix(runes[at-1:], e.folded) {
						found[-1-g] = true
					}
				}
			}
			want := 0.0
			for k := range c.a.features {
				switch {
				case found[k]:
					want += weights[k]
				default:
					for g, e := range c.a.groups {
						if found[-1-g] && e.span.has(k) {
							want += float64(e.Weight) * weights[k]
							break
						}
					}
				}
			}
			if got := c.share(cl.found); !near(got, share(want, total)) {
				t.Fatalf("clause %d %q: %g, want %g", i, u.Body[cl.startAt:cl.endAt], got, share(want, total))
			}
		}
	}
}

func foldedRunes(s string) (out []rune) {
	for _, r := range s {
		out = append(out, Fold(r))
	}
	return out
}

func naiveWeights(c *cutter, u *Unit) (weights []float64, total float64) {
	runes := foldedRunes(u.Body)
	n := float64(len(c.first))
	for k, f := range c.a.features {
		sentences := map[int]bool{}
		for _, cl := range c.clauses {
			for at := max(1, cl.start); at < cl.end; at++ {
				if runes[at-1] != 0 && runes[at] != 0 && BigramTerm(runes[at-1], runes[at]) == f.term {
					sentences[cl.sentence] = true
				}
			}
		}
		w := 0.0
		if c.a.asked.has(k) {
			w = f.idf * math.Log(1+n/(float64(len(sentences))+.5)) / math.Log(1+2*n)
		}
		lead := []rune(u.Context + "\x00" + u.Body)
		context := utf8.RuneCountInString(u.Context)
		lead = slices.Delete(lead, context, context+1)[:min(leadRunes, len(lead)-1)]
		for at := 1; at < len(lead); at++ {
			a, b := Fold(lead[at-1]), Fold(lead[at])
			if at != context && a != 0 && b != 0 && BigramTerm(a, b) == f.term {
				w *= shipped().Anchor.Lead
				break
			}
		}
		if f.place {
			w *= shipped().Anchor.Place
		}
		weights = append(weights, w)
		total += w
	}
	return weights, total
}

func TestSentences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"一句", "一句"},
		{"一。二！三？四；五", "一。|二！|三？|四；|五"},
		{"a!b?c;\nd", "a!|b?|c;|\n|d"},
		{"。", "。"},
		{"\xff。\xe4", "\xff。|\xe4"},
	} {
		var got []string
		at := 0
		for _, s := range Sentences(c.text) {
			if s.Start != at {
				t.Errorf("%q: %v after %d", c.text, s, at)
			}
			got, at = append(got, c.text[s.Start:s.End]), s.End
		}
		if strings.Join(got, "|") != c.want || at != len(c.text) {
			t.Errorf("%q: %q", c.text, got)
		}
	}
}

func TestFirstRunes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text       string
		start, end int
		n          int
		want       string
	}{
		{"老人卡", 0, 9, 2, "老人"}, {"老人卡", 3, 9, 5, "人卡"}, {"老人卡", 0, 9, 0, ""}, {"", 0, 0, 3, ""}, {"\xff\xffab", 0, 4, 3, "\xff\xffa"},
	} {
		s := firstRunes(c.text, Span{c.start, c.end}, c.n)
		if got := c.text[s.Start:s.End]; got != c.want {
			t.Errorf("%q %d: %q, want %q", c.text, c.n, got, c.want)
		}
	}
}

func TestInside(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]Span{
		{{2, 4}, {0, 9}, {2, 4}}, {{0, 9}, {2, 4}, {2, 4}}, {{0, 3}, {2, 9}, {2, 3}}, {{0, 2}, {4, 6}, {4, 4}}, {{7, 9}, {4, 6}, {6, 6}},
	} {
		if got := c[0].inside(c[1]); got != c[2] {
			t.Errorf("%v in %v: %v", c[0], c[1], got)
		}
	}
}

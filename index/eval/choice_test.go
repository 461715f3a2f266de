package eval

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/policybot/policybot/index"
)

// Weights that made the choices are found again, but for their scale.
func TestFit(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	truth := []float64{2, -1, 0}
	var choices []Choice
	for range 400 {
		c := Choice{Weight: 1, Group: string(rune('a' + r.IntN(20)))}
		best, most := 0, math.Inf(-1)
		for i := range 6 {
			x := []float64{r.Float64(), 10 * r.Float64(), r.Float64()}
			z := truth[0]*x[0] + truth[1]*x[1]/10
			if z > most {
				best, most = i, z
			}
			c.Numbers = append(c.Numbers, x)
		}
		c.Right = make([]bool, 6)
		c.Right[best] = true
		choices = append(choices, c)
	}
	w := Fit(choices, 3, 1e-3)
	if again := Fit(choices, 3, 1e-3); !slices.Equal(w, again) {
		t.Error("not the same twice")
	}
	if w[0] <= 0 || w[1] >= 0 || math.Abs(w[2]) > math.Abs(w[0])/5 || math.Abs(w[0]/(-10*w[1])-2) > .4 {
		t.Errorf("%v", w)
	}
	fixed := map[int]bool{1: true}
	learnt := With(Fit(Fix(choices, w, fixed), 3, 1e-3), w, fixed)
	if learnt[1] != w[1] || math.Abs(learnt[0]-w[0]) > math.Abs(w[0])/5 {
		t.Errorf("%v, with the second fixed %v", w, learnt)
	}
	outside, inside := Apart(choices, 2)
	for _, c := range inside {
		if Fold(c.Group) != 2 || slices.ContainsFunc(outside, func(o Choice) bool { return o.Group == c.Group }) {
			t.Fatalf("%s is on both sides", c.Group)
		}
	}
	if len(outside)+len(inside) != len(choices) {
		t.Error("choices are lost")
	}
}

func TestFitOfNothing(t *testing.T) {
	t.Parallel()
	none := []Choice{{Numbers: [][]float64{{1}}, Right: []bool{true}, Weight: 1}, {}}
	for _, w := range Fit(none, 2, 1e-3) {
		if w != 0 {
			t.Errorf("%g of nothing", w)
		}
	}
}

func TestYesOrNo(t *testing.T) {
	t.Parallel()
	var choices []Choice
	for i := range 200 {
		x := float64(i%10) / 10
		choices = append(choices, YesOrNo([]float64{1, x}, i%10 >= 5, 1, "g"))
	}
	w := Fit(choices, 2, 1e-4)
	chance := func(x float64) float64 { return 1 / (1 + math.Exp(-w[0]-w[1]*x)) }
	if chance(.1) > .2 || chance(.9) < .8 {
		t.Errorf("%v: %g, %g", w, chance(.1), chance(.9))
	}
}

func TestRougeL(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"", "", 0}, {"老人", "", 0}, {"老人卡", "老人卡", 1}, {"老人卡。", " 老 人，卡", 1}, {"老人卡", "老年卡", 2. / 3},
		{"甲乙丙丁", "丁丙乙甲", .25}, {"ＡＢ", "ab", 1}, {"老人卡", "老人卡由社区发", 2 * 3. / 10},
	} {
		if got := RougeL(c.a, c.b); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s, %s: %g, want %g", c.a, c.b, got, c.want)
		}
	}
}

func TestLocate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, answer, want string }{
		{"先说。共十个 工作日。完", "十个工作日", "十个 工作日"}, {"十个\n工作日", "十 个工作日", "十个\n工作日"}, {"没有", "十个", ""}, {"有", "", ""},
	} {
		from, to, ok := locate(c.text, c.answer)
		if ok != (c.want != "") || c.text[from:to] != c.want {
			t.Errorf("%s in %s: %q %v", c.answer, c.text, c.text[from:to], ok)
		}
	}
}

func TestLessons(t *testing.T) {
	t.Parallel()
	q := Question{ID: "1", Place: Place{"d", "a2"}, Answer: "十个工作日"}
	found := []index.Studied{
		{Place: index.Place{Document: "x"}, Parts: index.Parts{Words: 3}},
		{Place: index.Place{Document: "d"}, Anchors: []string{"a1"}, Parts: index.Parts{Words: 2}},
		{Place: index.Place{Document: "d", Ordinal: 1}, Anchors: []string{"a2"}, Parts: index.Parts{Words: 1, Bigrams: 1}},
	}
	r, ok := NewRanked(q, found, 2)
	if !ok || !slices.Equal(r.Right, []bool{false, false, true}) || r.Group != "d" || r.Weight != 2 {
		t.Errorf("%+v %v", r, ok)
	}
	w := make([]float64, len(Names(&index.Parts{})))
	w[0] = 1
	if r.Rank(w) != 2 {
		t.Errorf("rank %d", r.Rank(w))
	}
	w[1] = 5
	if r.Rank(w) != 1 {
		t.Errorf("rank %d", r.Rank(w))
	}
	if _, ok := NewRanked(q, found[:1], 1); ok {
		t.Error("a lesson without its document")
	}
	clauses := []index.StudiedClause{{Span: index.Span{Start: 0, End: 9}}, {Span: index.Span{Start: 9, End: 30}}}
	c, ok := NewClauses(q, "先说。共十个工作日。", clauses)
	if !ok || !slices.Equal(c.Right, []bool{false, true}) {
		t.Errorf("%+v %v", c, ok)
	}
	if _, ok := NewClauses(q, "没有。", clauses); ok {
		t.Error("a lesson without the answer")
	}
	if !q.Says("共十个 工作日") || q.Says("没有") {
		t.Error("what a text says")
	}
}

func TestCurve(t *testing.T) {
	t.Parallel()
	var c Curve
	if c.Steps() != nil || c.At(.9) != (Step{}) || len(c.Tenths()) != 0 {
		t.Error("a curve of nothing")
	}
	for i := range 10 {
		c.Add(float64(i)/10+.05, i%2 == 1, i > 6)
	}
	if got := c.Of(.5); got != (Step{.5, .6, 2. / 3, .4}) {
		t.Errorf("%+v", got)
	}
	if got := c.At(.6); got.Answered != .6 {
		t.Errorf("%+v", got)
	}
	if got := c.Tenths(); len(got) != 10 || got[9].Held != 1 || math.Abs(got[0].Said-.05) > 1e-12 {
		t.Errorf("%+v", got)
	}
}

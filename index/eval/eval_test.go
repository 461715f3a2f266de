package eval

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestReadQuestions(t *testing.T) {
	t.Parallel()
	long := `{"question":"` + strings.Repeat("a", maxLine) + `"}`
	for _, c := range []struct {
		name, text string
		want       []Question
		err        string
	}{
		{name: "empty"},
		{name: "blank lines", text: "\n  \r\n"},
		{name: "a question", text: `{"id":"1","question":"问","doc":"d","anchor":"a6","answer":"答"}` + "\n",
			want: []Question{{ID: "1", Question: "问", Place: Place{"d", "a6"}, Answer: "答"}}},
		{name: "all else", text: `{"question":"问","status":"refused","best":"x","note":"y","also":[{"doc":"b"}],"docs":[{"doc":"c","anchor":"s2"}]}`,
			want: []Question{{Question: "问", Status: "refused", Best: "x", Note: "y", Also: []Place{{Doc: "b"}}, Docs: []Place{{"c", "s2"}}}}},
		{name: "unknown fields", text: `{"question":"问","other":1}`, want: []Question{{Question: "问"}}},
		{name: "no JSON", text: `{"question":"问"}` + "\n\nnothing", err: "line 3: "},
		{name: "no object", text: "[]", err: "line 1: "},
		{name: "no question", text: `{"question":"问"}` + "\n" + `{"id":"2"}`, err: "line 2: no question"},
		{name: "wrong type", text: `{"question":7}`, err: "line 1: "},
		{name: "too long", text: `{"question":"问"}` + "\n" + long, err: "line 2: "},
	} {
		got, err := ReadQuestions(strings.NewReader(c.text))
		switch {
		case c.err != "" && (err == nil || !strings.HasPrefix(err.Error(), c.err)):
			t.Errorf("%s: error %v, want %q", c.name, err, c.err)
		case c.err == "" && (err != nil || !reflect.DeepEqual(got, c.want)):
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

func TestReadQuestionsOfABrokenReader(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	if _, err := ReadQuestions(failing{broken}); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func FuzzReadQuestions(f *testing.F) {
	f.Add(`{"question":"问","doc":"d"}`)
	f.Add("{}\n[")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ReadQuestions(strings.NewReader(text))
		if err != nil && !strings.HasPrefix(err.Error(), "line ") {
			t.Errorf("error %v names no line", err)
		}
		for _, q := range got {
			if q.Question == "" {
				t.Error("an empty question")
			}
			_, _ = right(q, Outcome{Status: "answered", Sources: []Source{{Document: q.Doc}}})
		}
	})
}

func sources(ids ...string) (out []Source) {
	for _, id := range ids {
		d, anchor, _ := strings.Cut(id, "#")
		out = append(out, Source{Document: d, Anchor: anchor})
	}
	return out
}

func TestRankOf(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	names := []string{"a", "b", "c", "d", "e"}
	for range 500 {
		var q Question
		right := map[string]bool{}
		pick := func() Place {
			p := Place{Doc: names[r.IntN(len(names))]}
			right[p.Doc] = true
			return p
		}
		if r.IntN(2) == 0 {
			q.Place = pick()
		}
		for range r.IntN(2) {
			q.Also = append(q.Also, pick())
		}
		for range r.IntN(2) {
			q.Docs = append(q.Docs, pick())
		}
		var found []Source
		want := 0
		for i := range r.IntN(6) {
			found = append(found, Source{Document: names[r.IntN(len(names))]})
			if want == 0 && right[found[i].Document] {
				want = i + 1
			}
		}
		if got := rankOf(q, found); got != want {
			t.Fatalf("%+v in %+v: %d, want %d", q, found, got, want)
		}
	}
	if got := rankOf(Question{}, []Source{{}}); got != 0 {
		t.Errorf("a question without a place is right at %d", got)
	}
}

func TestAt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source, place string
		want          bool
	}{
		{"d#a6", "d#a6", true}, {"d#a6", "d", true}, {"d#", "d", true}, {"d#a6.1", "d#a6", true}, {"d#a6", "d#a6.1", true},
		{"d#a60", "d#a6", false}, {"d#a6", "d#a60", false}, {"d#a7", "d#a6", false}, {"e#a6", "d#a6", false}, {"d#", "d#a6", false}, {"", "d", false},
	} {
		doc, anchor, _ := strings.Cut(c.place, "#")
		if got := sources(c.source)[0].at(Place{doc, anchor}); got != c.want {
			t.Errorf("%s at %s: %v", c.source, c.place, got)
		}
	}
}

func TestRight(t *testing.T) {
	t.Parallel()
	answer := Question{Place: Place{"d", "a6"}, Also: []Place{{Doc: "e"}}, Docs: []Place{{"f", "s1"}}, Status: "answered"}
	handed := func(status string) Question { return Question{Status: status} }
	for _, c := range []struct {
		name     string
		question Question
		status   string
		found    []Source
		want     bool
		got      string
	}{
		{"the place", answer, "answered", sources("d#a6"), true, "answered d#a6"},
		{"another passage", answer, "answered", sources("d#a7"), false, "answered d#a7"},
		{"also", answer, "answered", sources("e#p1"), true, "answered e#p1"},
		{"one of several", answer, "answered", sources("f#s1.2"), true, "answered f#s1.2"},
		{"second", answer, "answered", sources("x#a1", "d#a6"), false, "answered x#a1"},
		{"refused", answer, "refused", sources("d#a6"), false, "refused"},
		{"no source", answer, "answered", nil, false, "answered"},
		{"asked back", answer, "choices", sources("d#a6"), false, "choices d#a6"},
		{"rightly refused", handed("refused"), "refused", sources("x#a1"), true, "refused"},
		{"redirected is as good", handed("refused"), "redirected", nil, true, "redirected"},
		{"and the other way", handed("redirected"), "refused", nil, true, "refused"},
		{"wrongly answered", handed("refused"), "answered", sources("x#a1"), false, "answered x#a1"},
		{"emergency", handed("emergency"), "emergency", nil, true, "emergency"},
		{"emergency refused", handed("emergency"), "refused", nil, false, "refused"},
		{"emergency redirected", handed("emergency"), "redirected", nil, false, "redirected"},
		{"smalltalk", handed("smalltalk"), "smalltalk", nil, true, "smalltalk"},
		{"smalltalk refused", handed("smalltalk"), "refused", nil, false, "refused"},
	} {
		ok, got := right(c.question, Outcome{Status: c.status, Sources: c.found})
		if ok != c.want || got != c.got {
			t.Errorf("%s: %v %q", c.name, ok, got)
		}
	}
	if got := want(answer); got != "e# d#a6 f#s1" {
		t.Errorf("want %q", got)
	}
	if got := want(handed("emergency")); got != "emergency" {
		t.Errorf("want %q", got)
	}
}

func TestAUCAgainstBruteForce(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2, 2))
	draw := func() (out []float64) {
		for range r.IntN(20) {
			out = append(out, float64(r.IntN(8))/8) // many ties
		}
		return out
	}
	for range 500 {
		yes, no := draw(), draw()
		want := 0.0
		for _, y := range yes {
			for _, n := range no {
				switch {
				case y > n:
					want++
				case y == n:
					want += .5
				}
			}
		}
		if pairs := len(yes) * len(no); pairs > 0 {
			want /= float64(pairs)
		}
		if got := AUC(yes, no); math.Abs(got-want) > 1e-12 {
			t.Fatalf("%v %v: %g, want %g", yes, no, got, want)
		}
	}
	no := []float64{.5, .1}
	if AUC([]float64{.3}, no); no[0] != .5 {
		t.Error("AUC sorts what it is given")
	}
}

func TestQuantile(t *testing.T) {
	t.Parallel()
	ms := func(n ...int) (out []time.Duration) {
		for _, x := range n {
			out = append(out, time.Duration(x)*time.Millisecond)
		}
		return out
	}
	for _, c := range []struct {
		of   []time.Duration
		q    float64
		want float64
	}{{nil, .5, 0}, {ms(7), .5, 7}, {ms(7), .99, 7}, {ms(1, 2, 3, 4), .5, 3}, {ms(1, 2, 3, 4), .99, 4}, {ms(1, 2), 1, 2}} {
		if got := quantile(c.of, c.q); got != c.want {
			t.Errorf("%v of %v: %g, want %g", c.q, c.of, got, c.want)
		}
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	questions := []Question{
		{ID: "1", Question: "right", Place: Place{Doc: "d"}, Answer: "十 个工作日"},
		{ID: "2", Question: "third", Place: Place{Doc: "d", Anchor: "a1"}, Answer: "不在"},
		{ID: "3", Question: "missing", Place: Place{Doc: "d"}},
		{ID: "4", Question: "golden", Place: Place{Doc: "d", Anchor: "a6"}, Status: "answered"},
		{ID: "5", Question: "eleventh", Place: Place{Doc: "d"}},
		{ID: "6", Question: "refuse", Status: "refused"},
		{ID: "7", Question: "danger", Status: "emergency"},
	}
	others := strings.Fields("x1 x2 x3 x4 x5 x6 x7 x8 x9 x10")
	outcomes := map[string]Outcome{
		"right": {Status: "answered", Confidence: .9, Text: "共十个\n工作日。", Took: 4 * time.Millisecond,
			Sources: []Source{{Document: "d", Snippet: "十个 工作日"}}, Direct: "十个工作日", Candidates: []string{"x", "d"}},
		"third":    {Status: "refused", Confidence: .3, Sources: sources("x", "y", "d#a1"), Text: "不在", Candidates: []string{"x", "d", "d", "d"}},
		"missing":  {Status: "answered", Confidence: .5, Sources: sources("x"), Candidates: []string{"x"}, Understudy: true, Failed: true},
		"golden":   {Status: "answered", Confidence: .8, Sources: sources("d#a6"), Candidates: []string{}},
		"eleventh": {Status: "answered", Confidence: .1, Sources: sources(append(others, "d")...)},
		"refuse":   {Status: "answered", Confidence: .4, Sources: sources("x#a1")},
		"danger":   {Status: "emergency", Confidence: .7},
		"no":       {Status: "refused", Confidence: .2, Candidates: []string{"d"}, Understudy: true},
	}
	asked := 0
	ask := func(_ context.Context, q string) (Outcome, error) { asked++; return outcomes[q], nil }
	n := 0
	set := Set{Questions: questions, Unanswerable: []Question{{ID: "8", Question: "no"}}}
	all, err := set.Run(t.Context(), ask, func() { n++ })
	if err != nil || n != 8 || asked != 8 {
		t.Fatalf("%v, %d asked, %d told", err, asked, n)
	}
	got := set.Measure(all)
	want := Report{
		Questions: 5, Unanswerable: 2, Hit1: .4, Hit3: .6, MRR10: (1 + 1./3 + 1) / 5, Place1: .5, InSnippet: .5, InReply: 1, Direct: .5,
		Candidates: 2. / 5, Considered: 8. / 5, Understudy: 2, Failed: 1,
		AUC: 7. / 10, Answered: .8, Precision: .5, Wrongly: .5, Golden: 2. / 3, GoldenN: 3, P50: 0, P99: 4,
		Wrong: []Wrong{{ID: "6", Question: "refuse", Want: "refused", Got: "answered x#a1", Confidence: .4}},
	}
	if math.Abs(got.MRR10-want.MRR10) < 1e-12 && math.Abs(got.AUC-want.AUC) < 1e-12 {
		got.MRR10, got.AUC = want.MRR10, want.AUC
	}
	if len(got.Curve) != 19 || got.Curve[7] != (Step{.4, .6, 2. / 3, .5}) {
		t.Errorf("curve %+v", got.Curve)
	}
	got.Curve = nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant\n%+v", got, want)
	}
}

func TestRunOfNothing(t *testing.T) {
	t.Parallel()
	all, err := Set{}.Run(t.Context(), nil, nil)
	if got := (Set{}).Measure(all); err != nil || !reflect.DeepEqual(got, Report{}) {
		t.Errorf("%+v, %v", got, err)
	}
	if got := (Set{}).Compare(nil, nil); !reflect.DeepEqual(got, Comparison{}) {
		t.Errorf("%+v", got)
	}
}

// An agency is found without the index: it says nothing about candidates.
func TestCandidatesOfAgencies(t *testing.T) {
	t.Parallel()
	agency, both := Place{Doc: AgencyPrefix + "x"}, Place{Doc: "d"}
	set := Set{Questions: []Question{{ID: "1", Place: agency}, {ID: "2", Place: agency, Also: []Place{both}}}}
	got := set.Measure([]Outcome{{Candidates: []string{"x"}}, {Candidates: []string{"x", "d"}}})
	if got.Candidates != 1 || got.Considered != 1.5 {
		t.Errorf("%+v", got)
	}
}

func TestRunNamesTheQuestion(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	ask := func(context.Context, string) (Outcome, error) { return Outcome{}, broken }
	q := []Question{{ID: "q7", Question: "问"}}
	for _, set := range []Set{{Questions: q}, {Unanswerable: q}} {
		_, err := set.Run(t.Context(), ask, func() {})
		if !errors.Is(err, broken) || !strings.Contains(err.Error(), "q7") {
			t.Errorf("error %v", err)
		}
	}
}

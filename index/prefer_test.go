package index

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
)

// recaller brings places, and remembers what it was asked.
type recaller struct {
	places []Place
	err    error
	asked  []Probe
}

func (r *recaller) Recall(_ context.Context, p Probe) ([]Place, string, error) {
	r.asked = append(r.asked, p)
	return r.places, "elsewhere", r.err
}

// preferring is a shelf of units with an engine outside.
func preferring(t *testing.T, r Recaller, units ...*Unit) *Shelf {
	t.Helper()
	s := NewShelf("here", &fixed{view: &memory{units: units}}, nil, nil)
	s.Use(testLexicon(), testWords)
	s.Prefer(r)
	return s
}

// fixed is an engine of one view.
type fixed struct {
	Engine
	view *memory
}

func (f *fixed) View() (View, error) { return f.view, nil }

func threeCards() []*Unit {
	return []*Unit{
		whole1("a", "敬老卡办法", "老人可以办理敬老卡。"), whole1("b", "居住证办法", "居住证的办理。"), whole1("c", "公积金办法", "公积金的办理。"),
	}
}

func TestFindAsksOutsideFirst(t *testing.T) {
	t.Parallel()
	everything := []Place{{"c", 0}, {"a", 0}, {"b", 0}, {"a", 0}, {"none", 3}}
	for _, c := range []struct {
		name   string
		places []Place
		err    error
		query  Query
		engine string
		asked  int
	}{
		{"found", everything, nil, Query{Text: "居住证怎么办理"}, "elsewhere", 1},
		{"failed", everything, errors.New("broken"), Query{Text: "居住证怎么办理"}, "here", 1},
		{"nothing", nil, nil, Query{Text: "居住证怎么办理"}, "here", 1},
		{"nothing that is here", []Place{{"gone", 0}}, nil, Query{Text: "居住证怎么办理"}, "here", 1},
		{"nothing with a term", []Place{{"c", 0}}, nil, Query{Text: "居住证"}, "here", 1},
		{"no word", everything, nil, Query{Text: "的证？"}, "here", 0},
		{"empty", everything, nil, Query{}, "here", 0},
		{"within", everything, nil, Query{Text: "居住证", Within: "b"}, "here", 0},
		{"beside", everything, nil, Query{Text: "居住证", Beside: "2024-01-01"}, "here", 0},
	} {
		units := threeCards()
		r := &recaller{places: c.places, err: c.err}
		got, err := preferring(t, r, units...).Find(t.Context(), c.query)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		want, err := preferring(t, nil, units...).Find(t.Context(), c.query)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got.Engine != c.engine || len(r.asked) != c.asked {
			t.Errorf("%s: answered by %q, asked %d times", c.name, got.Engine, len(r.asked))
		}
		want.Engine = got.Engine
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n%+v\nwant\n%+v", c.name, got, want)
		}
	}
}

func TestFindEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := preferring(t, recallerFunc(func() error { cancel(); return errors.New("cut off") }), threeCards()...)
	if _, err := s.Find(ctx, Query{Text: "居住证"}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

type recallerFunc func() error

func (f recallerFunc) Recall(context.Context, Probe) ([]Place, string, error) { return nil, "", f() }

// The probe carries the filter of the query, and the answer keeps to it
// whatever the engine brings.
func TestFilterOfAQuery(t *testing.T) {
	t.Parallel()
	units := threeCards()
	units[0].Kind, units[0].Region = corpus.Guide, "青岚市"
	units[1].Agency, units[1].Account = "民政局", "mine"
	units[2].Agency, units[2].Until = "民政局", "2024-01-01"
	for _, c := range []struct {
		query Query
		want  string
	}{
		{Query{}, "a c"}, {Query{Account: "mine"}, "a b c"}, {Query{Kind: corpus.Guide}, "a"}, {Query{Region: "青岚市"}, "a"},
		{Query{Agency: "民政局", Account: "mine"}, "b c"}, {Query{Agency: "民政局", Account: "mine", Day: "2024-01-01"}, "b"},
		{Query{Region: "青岚"}, ""}, {Query{Kind: corpus.Policy, Region: "青岚市"}, ""},
	} {
		c.query.Text, c.query.Limit = "办理", 10
		r := &recaller{places: []Place{{"a", 0}, {"b", 0}, {"c", 0}}}
		for _, s := range []*Shelf{preferring(t, r, units...), preferring(t, nil, units...)} {
			res, err := s.Find(t.Context(), c.query)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, h := range res.Hits {
				got = append(got, h.Ref.Document)
			}
			slices.Sort(got)
			if strings.Join(got, " ") != c.want {
				t.Errorf("%+v: %v, want %s", c.query, got, c.want)
			}
		}
		if f := r.asked[0].Filter; f != c.query.filter() || r.asked[0].Limit != recallLimit {
			t.Errorf("asked with %+v", r.asked[0])
		}
	}
}

func TestTrace(t *testing.T) {
	t.Parallel()
	brought := []Place{{"none", 0}, {"b", 0}}
	for _, c := range []struct {
		outside Recaller
		trace   bool
		want    []Place
	}{
		{nil, false, nil}, {nil, true, []Place{{"b", 0}}},
		{&recaller{places: brought}, false, nil}, {&recaller{places: brought}, true, brought},
	} {
		res, err := preferring(t, c.outside, threeCards()...).Find(t.Context(), Query{Text: "居住证", Trace: c.trace})
		if err != nil || !slices.Equal(res.Explain.Recalled, c.want) || res.Explain.Candidates != 1 {
			t.Errorf("%+v, %v, want %v", res.Explain, err, c.want)
		}
	}
}

// An engine that brings everything gives the answers of the embedded one.
func TestAnswersDoNotDependOnTheEngine(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(41, 42))
	for range 20 {
		units := randomUnits(r, 10)
		var all []Place
		for _, u := range units {
			all = append(all, Place{u.Document, u.Ordinal})
		}
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		outside, own := preferring(t, &recaller{places: all}, units...), preferring(t, nil, units...)
		for range 10 {
			q := Query{Text: randomText(r, r.IntN(60)), Limit: 10}
			a, err := outside.Find(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			b, err := own.Find(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			a.Engine = b.Engine
			if !reflect.DeepEqual(a, b) {
				t.Fatalf("%q:\n%+v\nor\n%+v", q.Text, a, b)
			}
		}
	}
}

package local

import (
	"math/rand/v2"
	"testing"

	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/indextest"
)

// What a view aside finds is what the index finds after the same Apply, and
// the index knows nothing of it.
func TestBeside(t *testing.T) {
	t.Parallel()
	base, more := units(1, 40), units(2, 12) // some of the same documents
	x, y := openIn(t, t.TempDir(), 1000), openIn(t, t.TempDir(), 1000)
	for _, one := range []*Index{x, y} {
		must(t, one.Rebuild(t.Context(), "g", 1, indextest.Sequence(base)))
	}
	drop := []string{base[0].Document, base[len(base)-1].Document}
	aside, err := x.Beside(t.Context(), more, drop)
	must(t, err)
	must(t, y.Apply(t.Context(), more, drop, 2))
	after, before := look(t, y), look(t, x)
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		u := more[r.IntN(len(more))]
		var terms []index.Weighted
		u.Terms(func(term index.Term) {
			if r.IntN(8) == 0 {
				terms = append(terms, index.Weighted{Term: term, Weight: 1})
			}
		})
		got, err := aside.Recall(t.Context(), terms, index.Filter{}, 20)
		must(t, err)
		want, err := after.Recall(t.Context(), terms, index.Filter{}, 20)
		must(t, err)
		if len(got) != len(want) {
			t.Fatalf("%d found aside, %d after", len(got), len(want))
		}
		for i := range got {
			a, b := aside.Unit(got[i].ID), after.Unit(want[i].ID)
			if a.Document != b.Document || a.Ordinal != b.Ordinal || got[i].Score != want[i].Score {
				t.Fatalf("%s/%d %v aside, %s/%d %v after", a.Document, a.Ordinal, got[i].Score, b.Document, b.Ordinal, want[i].Score)
			}
		}
	}
	if aside.Count() != after.Count() || before.Count() != len(base) || x.Cursor() != 1 {
		t.Errorf("%d aside, %d after, %d before", aside.Count(), after.Count(), before.Count())
	}
	must(t, x.Apply(t.Context(), nil, drop, 2)) // while it is looked at
	if aside.Count() != after.Count() {
		t.Error("the view aside changed")
	}
	aside.Release()
	must(t, x.Close())
	if _, err := x.Beside(t.Context(), more, nil); err == nil {
		t.Error("a closed index shows something")
	}
}

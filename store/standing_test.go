package store_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/policybot/policybot/corpus"
)

// What Standing remembers never hides a change that was made before it was
// asked.
func TestStandingIsOfNow(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	agency := func(a string) func(*corpus.Document) { return func(d *corpus.Document) { d.Agency = a } }
	put(t, s, true, content("a", agency("0")))
	var newest atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for newest.Load() < 50 {
				least := newest.Load()
				got, err := s.Standing(ctx, []string{"a", "missing"})
				if err != nil || len(got) != 1 || got["a"].Revision < int(least)+1 {
					t.Errorf("revision %d after %d, %v", got["a"].Revision, least+1, err)
					return
				}
			}
		})
	}
	for i := range int64(50) {
		put(t, s, true, content("a", agency(fmt.Sprint(i+1))))
		newest.Store(i + 1)
	}
	wg.Wait()

	stands := func(id string) corpus.Document {
		t.Helper()
		got, err := s.Standing(ctx, []string{id})
		if err != nil {
			t.Fatal(err)
		}
		return got[id].Document
	}
	sample := func(d *corpus.Document) { d.Sample = true }
	stands("a")
	put(t, s, false, content("a", agency("draft")))
	if d := stands("a"); d.Agency != "50" {
		t.Errorf("a draft shows: %+v", d)
	}
	put(t, s, true, content("new", sample, declares(corpus.Amends, "a")))
	if d := stands("a"); len(d.Receives) != 1 {
		t.Errorf("not amended: %+v", d)
	}
	if _, err := s.WithdrawSample(ctx); err != nil {
		t.Fatal(err)
	}
	if d := stands("a"); len(d.Receives) != 0 {
		t.Errorf("still amended: %+v", d)
	}
	if d := stands("new"); d.ID != "" {
		t.Errorf("still published: %+v", d)
	}
}

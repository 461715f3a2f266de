package store_test

import (
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/store"
)

func TestCensus(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1790000000000)
	s, err := store.Open(t.Context(), store.Config{
		Path: filepath.Join(t.TempDir(), "c.db"), Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	counted := func(day corpus.Date) corpus.Census {
		t.Helper()
		c, err := s.Census(t.Context(), day)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if c := counted("2026-01-01"); len(c.Documents) != 0 || c.Newest != "" || !c.Changed.IsZero() {
		t.Errorf("an empty store: %+v", c)
	}
	put(t, s, true,
		content("a"), content("b", func(d *corpus.Document) { d.Expires = "2025-12-31" }),
		content("c", func(d *corpus.Document) { d.Kind, d.Published = corpus.Notice, "2027-01-01" }),
		content("d", declares(corpus.Repeals, "a"), func(d *corpus.Document) { d.Published, d.Effective = "2025-05-01", "2025-06-01" }),
		content("s", func(d *corpus.Document) { d.Sample, d.Published = true, "2025-09-09" }))
	put(t, s, false, content("draft"))
	want := map[corpus.Group]int{
		{Kind: corpus.Policy, Validity: corpus.Repealed}: 1, {Kind: corpus.Policy, Validity: corpus.Expired}: 1,
		{Kind: corpus.Policy, Validity: corpus.InForce}: 1, {Kind: corpus.Notice, Validity: corpus.InForce}: 1,
		{Kind: corpus.Policy, Validity: corpus.InForce, Sample: true}: 1,
	}
	c := counted("2026-01-01")
	if !reflect.DeepEqual(c.Documents, want) || c.Newest != "2025-05-01" || !c.Changed.Equal(now) {
		t.Errorf("got %+v", c)
	}
	// Another day is another census; so is another document.
	if c := counted("2025-01-01"); c.Documents[corpus.Group{Kind: corpus.Policy, Validity: corpus.Repealed}] != 0 {
		t.Errorf("before the repeal: %+v", c)
	}
	now = now.Add(time.Hour)
	put(t, s, true, content("e"))
	if c := counted("2025-01-01"); !c.Changed.Equal(now) || len(c.Documents) == 0 {
		t.Errorf("after another: %+v", c)
	}
}

// More documents than are read at a time.
func TestCensusOfMany(t *testing.T) {
	t.Parallel()
	s := open(t)
	contents := make([]corpus.Content, 1100)
	for i := range contents {
		contents[i] = content(string(rune('a'+i/100)) + string(rune('a'+i/10%10)) + string(rune('a'+i%10)))
	}
	put(t, s, true, contents...)
	c, err := s.Census(t.Context(), "2026-01-01")
	if n := c.Documents[corpus.Group{Kind: corpus.Policy, Validity: corpus.InForce}]; err != nil || n != len(contents) {
		t.Errorf("%d, %v", n, err)
	}
}

func TestPending(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1790000000000)
	s, err := store.Open(t.Context(), store.Config{
		Path: filepath.Join(t.TempDir(), "p.db"), Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	put(t, s, true, content("a"))
	first := now
	now = now.Add(time.Minute)
	put(t, s, true, content("b"))
	for after, want := range []corpus.Pending{{Changes: 2, Oldest: first}, {Changes: 1, Oldest: now}, {}} {
		if p, err := s.Pending(t.Context(), int64(after)); err != nil || p != want {
			t.Errorf("after %d: %+v, %v", after, p, err)
		}
	}
}

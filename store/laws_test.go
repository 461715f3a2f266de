package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract"
	"github.com/policybot/policybot/store"
)

// importBench reads the evaluation set into a store, in batches as import
// does, and returns how long the store took.
func importBench(t *testing.T, s *store.Store, path string, opts extract.Options) (n int, took time.Duration) {
	t.Helper()
	var batch []corpus.Content
	flush := func() {
		start := time.Now()
		for _, o := range put(t, s, true, batch...) {
			if o.Twin != "" {
				t.Logf("%s has the text of %s", o.ID, o.Twin)
			}
		}
		took += time.Since(start)
		n, batch = n+len(batch), nil
	}
	err := extract.Walk(t.Context(), []string{path}, opts, func(r extract.Record) error {
		if batch = append(batch, r.Content); len(batch) == 200 {
			flush()
		}
		return nil
	}, func(p extract.Problem) error { t.Log(p); return nil })
	if err != nil {
		t.Fatal(err)
	}
	flush()
	return n, took
}

// TestLawsInForce imports the laws that POLICYBOT_BENCH names and prints what
// is in force: of several dated editions of a title exactly one on each day,
// none after the last is repealed. With POLICYBOT_EDGES it writes a hundred
// applied edges to that file, for a person to read.
func TestLawsInForce(t *testing.T) {
	bench := os.Getenv("POLICYBOT_BENCH")
	if bench == "" {
		t.Skip("NOT TESTED: POLICYBOT_BENCH is not set: real laws are not read")
	}
	s := open(t)
	n, took := importBench(t, s, filepath.Join(bench, "laws"), extract.Options{})
	t.Logf("%d documents in %v of the store", n, took)
	_, again := importBench(t, s, filepath.Join(bench, "laws"), extract.Options{})
	t.Logf("the same again in %v of the store", again)

	states, whys := map[string]int{}, map[string]int{}
	var applied []corpus.Edge
	for _, e := range edges(t, s, corpus.EdgeFilter{}) {
		states[fmt.Sprint(e.State, " ", e.Kind)]++
		if e.Kind != corpus.Implements {
			whys[fmt.Sprint(e.State, ": ", e.Why)]++
		}
		if e.State == corpus.Applied {
			applied = append(applied, e)
		}
		if e.State == corpus.Proposed {
			t.Logf("proposed: %s 《%s》 → 《%s》 of %q: %s: %s", e.Kind, e.FromTitle, e.ToTitle, e.Agency, e.Why, e.Sentence)
		}
	}
	t.Logf("edges: %v", states)
	t.Logf("but for what is carried out: %v", whys)
	checkEditions(t, s)
	if file := os.Getenv("POLICYBOT_EDGES"); file != "" {
		writeEdges(t, s, file, applied)
	}
}

// checkEditions looks at every title that has several documents, on every day.
func checkEditions(t *testing.T, s *store.Store) {
	titles := make(map[string][]corpus.Document)
	counts := map[corpus.Validity]int{}
	err := s.Listed(t.Context(), corpus.Listing{}, func(st corpus.Stored) error {
		d := st.Document
		titles[corpus.TitleKey(d.Title)] = append(titles[corpus.TitleKey(d.Title)], d)
		counts[d.ValidityOn(today)]++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("on %s: %v", today, counts)
	several, wrong := 0, 0
	for title, docs := range titles {
		if len(docs) < 2 {
			continue
		}
		if !dated(docs) {
			t.Logf("%s: %d files of the same days and other words, not editions", title, len(docs))
			continue
		}
		several++
		if bad := editionsOn(docs); bad != "" {
			wrong++
			t.Errorf("%s: %s", title, bad)
			for _, d := range docs {
				t.Logf("  %s %s written %s effective %s from %s: %s", d.ID, d.Agency, d.Written, d.Effective, d.StartsOn(), d.Source)
			}
		}
	}
	t.Logf("%d titles of several documents, %d wrong", several, wrong)
}

// dated reports whether documents of one title are editions or copies of it,
// not the books of one code: their days or their links tell.
func dated(docs []corpus.Document) bool {
	for _, d := range docs {
		for _, r := range d.Receives {
			if r.Kind == corpus.Supersedes {
				return true
			}
		}
		if d.StartsOn() != docs[0].StartsOn() || d.Written != docs[0].Written {
			return true
		}
	}
	return false
}

// editionsOn says on which day not exactly one of the editions is in force, or
// one is after a repeal of the last; "" is none.
func editionsOn(docs []corpus.Document) string {
	first, repealed := corpus.Date("9999"), corpus.Date("9999")
	for _, d := range docs {
		if !d.StartsOn().Known() {
			return "an edition without a day: " + d.ID
		}
		first = min(first, d.StartsOn())
	}
	last := slices.MaxFunc(docs, func(a, b corpus.Document) int { return strings.Compare(string(a.StartsOn()), string(b.StartsOn())) })
	for _, r := range last.Receives {
		if r.Kind == corpus.Repeals && r.Whole() && r.On > last.StartsOn() {
			repealed = min(repealed, r.On)
		}
	}
	end := corpus.DayOf(time.Now())
	day, _ := time.Parse(time.DateOnly, string(first))
	for ; corpus.DayOf(day) <= end; day = day.AddDate(0, 0, 1) {
		on, n := corpus.DayOf(day), 0
		for _, d := range docs {
			if v := d.ValidityOn(on); v == corpus.InForce || v == corpus.Modified {
				n++
			}
		}
		if want := map[bool]int{true: 1}[on < repealed]; n != want {
			return fmt.Sprintf("%d in force on %s", n, on)
		}
	}
	return ""
}

// writeEdges writes at most a hundred edges, chosen at random but always the
// same, those that take something out of force before others, with what a
// person needs to judge them.
func writeEdges(t *testing.T, s *store.Store, file string, applied []corpus.Edge) {
	t.Helper()
	r := rand.New(rand.NewPCG(20, 26))
	r.Shuffle(len(applied), func(i, j int) { applied[i], applied[j] = applied[j], applied[i] })
	slices.SortStableFunc(applied, func(a, b corpus.Edge) int {
		return strings.Compare(strings.Replace(string(b.Kind), "implements", "", 1), strings.Replace(string(a.Kind), "implements", "", 1))
	})
	var b strings.Builder
	for i, e := range applied[:min(100, len(applied))] {
		from, to := ends(t, s, e.From), ends(t, s, e.To)
		fmt.Fprintf(&b, "%d. %s %s, from %s, articles %v, %s\n   %s\n   → %s\n   %s %s\n", i+1, e.Kind, e.State, e.TakesEffect, e.Articles, e.Why, from, to, e.Label, e.Sentence)
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

func ends(t *testing.T, s *store.Store, id string) string {
	d, _, err := s.Live(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	from, until := d.Window()
	return fmt.Sprintf("《%s》 %s %s written %s effective %s [%s, %s) %s", d.Title, d.Agency, d.Level, d.Written, d.Effective, from, until, d.Source)
}

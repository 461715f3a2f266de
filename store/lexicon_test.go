package store_test

import (
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/lexicon"
)

func TestLexicon(t *testing.T) {
	t.Parallel()
	c := &clock{now: time.UnixMilli(1_700_000_000_000)}
	s := openAt(t, filepath.Join(t.TempDir(), "policybot.db"), c.Now)
	ctx := t.Context()
	allow := func(int64, lexicon.Trial) error { return nil }

	if live, err := s.LiveLexicon(ctx); live != 0 || err != nil {
		t.Fatalf("live %d, %v", live, err)
	}
	if _, _, err := s.Lexicon(ctx, 1); !errors.Is(err, lexicon.ErrNotFound) {
		t.Errorf("revision 1: %v", err)
	}
	entries := []lexicon.Entry{{Kind: lexicon.Synonym, Word: "社保", To: "社会保险", Weight: .9, Note: "'=1"}, {Kind: lexicon.Domain, Word: "敬老卡"}}
	first, err := s.AddLexicon(ctx, entries, "王主任", "本地说法")
	if err != nil || first.Number != 1 || first.Count != 2 || first.Sum != lexicon.Sum(entries) || !first.At.Equal(c.now) {
		t.Fatalf("%+v, %v", first, err)
	}
	if r, got, err := s.Lexicon(ctx, 1); err != nil || r != first || !slices.Equal(got, entries) {
		t.Errorf("%+v, %v, %v", r, got, err)
	}
	if none, err := s.AddLexicon(ctx, nil, "a", "b"); err != nil || none.Number != 2 {
		t.Fatalf("%+v, %v", none, err)
	}
	if all, err := s.Lexicons(ctx); err != nil || len(all) != 2 || all[0].Number != 2 {
		t.Errorf("%+v, %v", all, err)
	}

	tried, err := s.AddLexiconTrial(ctx, lexicon.Trial{Revision: 1, Against: 0, Questions: 3, Better: 1, Verdicts: []lexicon.Verdict{{ID: "a", Verdict: "better"}}})
	if err != nil || tried.ID == 0 {
		t.Fatal(err)
	}
	no := errors.New("no")
	if _, err := s.SwitchLexicon(ctx, lexicon.Switch{Revision: 1}, func(seq int64, got lexicon.Trial) error {
		if got.ID != tried.ID || len(got.Verdicts) != 1 || seq != 0 {
			t.Errorf("trial %+v at %d", got, seq)
		}
		return no
	}); !errors.Is(err, no) {
		t.Errorf("refused: %v", err)
	}
	if _, err := s.SwitchLexicon(ctx, lexicon.Switch{Revision: 7}, allow); !errors.Is(err, lexicon.ErrNotFound) {
		t.Errorf("revision 7: %v", err)
	}
	if w, err := s.SwitchLexicon(ctx, lexicon.Switch{Revision: 1, Author: "a"}, allow); err != nil || w.ID == 0 {
		t.Fatal(err)
	}
	if _, err := s.SwitchLexicon(ctx, lexicon.Switch{Revision: 2, Before: 0}, allow); !errors.Is(err, lexicon.ErrMoved) {
		t.Errorf("from what is not live: %v", err)
	}
	if live, err := s.LiveLexicon(ctx); live != 1 || err != nil {
		t.Errorf("live %d, %v", live, err)
	}
	// The switch that was refused is no change, and the one that was made is.
	if got, err := s.Changes(ctx, 0, 10); err != nil || !slices.Equal(got, []index.Change{{Seq: 1}}) || !got[0].OfLexicon() {
		t.Errorf("changes %+v, %v", got, err)
	}
	if all, err := s.LexiconSwitches(ctx); err != nil || len(all) != 1 || all[0].Trial != tried.ID || all[0].Before != 0 {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestConcurrentSwitches: of many that want to follow the same revision one does.
func TestConcurrentSwitches(t *testing.T) {
	t.Parallel()
	s := openAt(t, filepath.Join(t.TempDir(), "policybot.db"), nil)
	for range 8 {
		if _, err := s.AddLexicon(t.Context(), nil, "a", "b"); err != nil {
			t.Fatal(err)
		}
	}
	var g sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		g.Go(func() {
			_, results[i] = s.SwitchLexicon(t.Context(), lexicon.Switch{Revision: i + 1}, func(int64, lexicon.Trial) error { return nil })
		})
	}
	g.Wait()
	done := 0
	for _, err := range results {
		if err == nil {
			done++
		} else if !errors.Is(err, lexicon.ErrMoved) {
			t.Error(err)
		}
	}
	if done != 1 {
		t.Errorf("%d were put live", done)
	}
}

// TestLexiconInOutbox: a switch is a change with a number of its own, among
// those of documents; the newest of them counts, as of each document.
func TestLexiconInOutbox(t *testing.T) {
	t.Parallel()
	c := &clock{now: time.UnixMilli(1_700_000_000_000)}
	s := openAt(t, filepath.Join(t.TempDir(), "policybot.db"), c.Now)
	ctx := t.Context()
	allow := func(int64, lexicon.Trial) error { return nil }
	switchTo := func(revision, before int) {
		t.Helper()
		if _, err := s.SwitchLexicon(ctx, lexicon.Switch{Revision: revision, Before: before}, allow); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if _, err := s.AddLexicon(ctx, nil, "a", "b"); err != nil {
			t.Fatal(err)
		}
	}
	put(t, s, true, content("a"))
	switchTo(1, 0)
	put(t, s, true, content("b"))
	c.now = c.now.Add(time.Second)
	switchTo(2, 1)
	switched := c.now
	c.now = c.now.Add(time.Second)
	put(t, s, true, content("c"))
	want := []index.Change{{Seq: 1, Document: "a"}, {Seq: 3, Document: "b"}, {Seq: 4}, {Seq: 5, Document: "c"}}
	for after := range 6 {
		left := slices.DeleteFunc(slices.Clone(want), func(c index.Change) bool { return c.Seq <= int64(after) })
		for limit := 1; limit < 6; limit++ {
			got, err := s.Changes(ctx, int64(after), limit)
			if err != nil || !slices.Equal(got, left[:min(limit, len(left))]) {
				t.Errorf("after %d, %d of them: %+v, %v", after, limit, got, err)
			}
		}
		if p, err := s.Pending(ctx, int64(after)); err != nil || p.Changes != len(left) || after == 3 && !p.Oldest.Equal(switched) {
			t.Errorf("after %d: %+v, %v", after, p, err)
		}
	}
	newest, err := s.Newest(ctx)
	if err != nil || newest != 5 {
		t.Errorf("newest %d, %v", newest, err)
	}
	switchTo(0, 2)
	if seq, err := s.NewestDocument(ctx); err != nil || seq != 5 {
		t.Errorf("newest of a document %d, %v", seq, err)
	}
	if seq, err := s.Newest(ctx); err != nil || seq != 6 {
		t.Errorf("newest %d, %v", seq, err)
	}
}

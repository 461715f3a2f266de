package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/store"
)

func open(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "测试 ?#%41.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func content(id string, change ...func(*corpus.Document)) corpus.Content {
	text := "青岚市" + id + "办法\n第一条 年满六十周岁的老人可以免费乘坐公交车。\n"
	head := strings.IndexByte(text, '\n') + 1
	c := corpus.Content{
		Document: corpus.Document{
			ID: id, Kind: corpus.Policy, Title: "青岚市" + id + "办法", Topics: []string{"老人"},
			Published: "2024-01-01", Effective: "2024-02-01",
		},
		Text: text,
		Passages: []corpus.Passage{
			{Anchor: "t", Role: corpus.TitleRole, End: head},
			{Anchor: "a1", Role: corpus.BodyRole, Label: "第一条", Start: head, End: len(text)},
		},
	}
	for _, f := range change {
		f(&c.Document)
	}
	return c
}

func declares(kind corpus.RelationKind, to string) func(*corpus.Document) {
	return func(d *corpus.Document) {
		d.Declares = append(d.Declares, corpus.Relation{Kind: kind, From: d.ID, To: to})
	}
}

func put(t testing.TB, s *store.Store, publish bool, contents ...corpus.Content) []corpus.Outcome {
	t.Helper()
	o, err := s.Put(t.Context(), contents, publish)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// changed returns the documents in the outbox after a row, and the newest row.
func changed(t testing.TB, s *store.Store, after int64) ([]string, int64) {
	t.Helper()
	changes, err := s.Changes(t.Context(), after, 1000)
	if err != nil {
		t.Fatal(err)
	}
	newest, err := s.Newest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for i, c := range changes {
		if c.Seq <= after || c.Seq > newest || i > 0 && c.Seq <= changes[i-1].Seq {
			t.Errorf("rows out of order: %v after %d, newest %d", changes, after, newest)
		}
		ids = append(ids, c.Document)
	}
	slices.Sort(ids)
	return ids, newest
}

func TestPut(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	first := content("a")
	second := content("a", func(d *corpus.Document) { d.Agency = "市民政局" })

	steps := []struct {
		name    string
		put     corpus.Content
		publish bool
		want    corpus.Outcome
		live    int // 0: none
		outbox  []string
	}{
		{"a draft", first, false, corpus.Outcome{ID: "a", Revision: 1, Changed: true}, 0, nil},
		{"the same draft", first, false, corpus.Outcome{ID: "a", Revision: 1}, 0, nil},
		{"the draft published", first, true, corpus.Outcome{ID: "a", Revision: 1, Changed: true}, 1, []string{"a"}},
		{"published again", first, true, corpus.Outcome{ID: "a", Revision: 1}, 1, nil},
		{"a new draft", second, false, corpus.Outcome{ID: "a", Revision: 2, Changed: true}, 1, nil},
		{"published, too", second, true, corpus.Outcome{ID: "a", Revision: 2, Changed: true}, 2, []string{"a"}},
		{"back to the first text", first, true, corpus.Outcome{ID: "a", Revision: 3, Changed: true}, 3, []string{"a"}},
	}
	var seq int64
	for _, step := range steps {
		if got := put(t, s, step.publish, step.put); got[0] != step.want {
			t.Errorf("%s: %+v, want %+v", step.name, got[0], step.want)
		}
		d, r, err := s.Live(ctx, "a")
		want := first
		if step.live == 2 {
			want = second
		}
		switch {
		case step.live == 0:
			if !errors.Is(err, corpus.ErrNotFound) {
				t.Errorf("%s: %v, want ErrNotFound", step.name, err)
			}
		case err != nil:
			t.Fatal(err)
		case r.Number != step.live || r.Status != corpus.Published || r.Text != want.Text ||
			r.Hash != want.Fingerprint() || !reflect.DeepEqual(r.Passages, want.Passages):
			t.Errorf("%s: revision %+v", step.name, r)
		case !reflect.DeepEqual(d, want.Document):
			t.Errorf("%s: document %+v, want %+v", step.name, d, want.Document)
		}
		var ids []string
		if ids, seq = changed(t, s, seq); !slices.Equal(ids, step.outbox) {
			t.Errorf("%s: outbox %v, want %v", step.name, ids, step.outbox)
		}
	}
}

func TestPutTwiceInOneBatch(t *testing.T) {
	t.Parallel()
	s := open(t)
	b := content("a", func(d *corpus.Document) { d.Agency = "市医保局" })
	o := put(t, s, true, content("a"), content("a"), b)
	if o[0].Revision != 1 || o[1].Changed || o[2].Revision != 2 {
		t.Errorf("%+v", o)
	}
	if d, _, _ := s.Live(t.Context(), "a"); d.Agency != "市医保局" {
		t.Errorf("live %+v", d)
	}
}

func TestPutRefusesWhole(t *testing.T) {
	t.Parallel()
	s := open(t)
	gap := content("x")
	gap.Passages = slices.Clone(gap.Passages)
	gap.Passages[1].Start++
	long := content("x")
	long.Text += "多"
	for name, bad := range map[string]corpus.Content{
		"id":       content("../etc"),
		"empty id": content(""),
		"title":    content("x", func(d *corpus.Document) { d.Title = "" }),
		"kind":     content("x", func(d *corpus.Document) { d.Kind = "novel" }),
		"gap":      gap,
		"rest":     long,
	} {
		if _, err := s.Put(t.Context(), []corpus.Content{content("good"), bad}, true); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if sample, own, err := s.Counts(t.Context()); sample+own != 0 || err != nil {
		t.Errorf("%d %d %v", sample, own, err)
	}
}

func TestRelations(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	put(t, s, true, content("old"), content("other"))
	_, seq := changed(t, s, 0)

	repealing := content("new", declares(corpus.Repeals, "old"), declares(corpus.Repeals, "old"),
		declares(corpus.Repeals, "new"), declares(corpus.Related, "missing"))
	put(t, s, false, repealing)
	if d, _, _ := s.Live(ctx, "old"); d.Receives != nil {
		t.Errorf("a draft repeals: %v", d.Receives)
	}
	put(t, s, true, repealing)
	ids, seq := changed(t, s, seq)
	if want := []string{"new", "old"}; !slices.Equal(ids, want) {
		t.Errorf("outbox %v, want %v", ids, want)
	}
	d, _, err := s.Live(ctx, "old")
	want := []corpus.Relation{{Kind: corpus.Repeals, From: "new", To: "old", On: "2024-02-01", Title: "青岚市new办法", Begins: "2024-02-01"}}
	if err != nil || !reflect.DeepEqual(d.Receives, want) {
		t.Errorf("receives %v (%v), want %v", d.Receives, err, want)
	}
	if v := d.ValidityOn("2024-01-31"); v != corpus.NotYet {
		t.Error(v)
	}
	if v := d.ValidityOn("2024-02-01"); v != corpus.Repealed {
		t.Error(v)
	}
	d, _, _ = s.Live(ctx, "new")
	if r := d.Declares[0]; r.Title != "青岚市old办法" || r.On != "2024-02-01" || r.From != "new" {
		t.Errorf("declares %v", d.Declares)
	}

	t.Run("the day moves", func(t *testing.T) {
		later := content("new", declares(corpus.Repeals, "old"), func(d *corpus.Document) { d.Effective = "" })
		put(t, s, true, later)
		if ids, seq = changed(t, s, seq); !slices.Equal(ids, []string{"new", "old"}) {
			t.Errorf("outbox %v", ids)
		}
		if d, _, _ := s.Live(ctx, "old"); d.Receives[0].On != "2024-01-01" {
			t.Errorf("not the published date: %v", d.Receives)
		}
	})
	t.Run("nothing moves", func(t *testing.T) {
		same := content("new", declares(corpus.Repeals, "old"), func(d *corpus.Document) { d.Effective, d.Agency = "", "市政府" })
		put(t, s, true, same)
		if ids, seq = changed(t, s, seq); !slices.Equal(ids, []string{"new"}) {
			t.Errorf("outbox %v", ids)
		}
	})
	t.Run("another victim", func(t *testing.T) {
		put(t, s, true, content("new", declares(corpus.Repeals, "other")))
		if ids, seq = changed(t, s, seq); !slices.Equal(ids, []string{"new", "old", "other"}) {
			t.Errorf("outbox %v", ids)
		}
		if d, _, _ := s.Live(ctx, "old"); d.Receives != nil {
			t.Errorf("still repealed: %v", d.Receives)
		}
	})
	t.Run("a draft for comment", func(t *testing.T) {
		put(t, s, true, content("draft", declares(corpus.Repeals, "old"), declares(corpus.Related, "old"),
			func(d *corpus.Document) { d.Kind = corpus.Consultation }))
		d, _, _ := s.Live(ctx, "old")
		if len(d.Receives) != 1 || d.Receives[0].Kind != corpus.Related {
			t.Errorf("%v", d.Receives)
		}
	})
}

func TestListAndCounts(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	day := func(on corpus.Date, sample bool) func(*corpus.Document) {
		return func(d *corpus.Document) { d.Published, d.Sample = on, sample }
	}
	put(t, s, true, content("c", day("2024-03-01", true)), content("b", day("2024-05-01", false)),
		content("a", day("2024-03-01", false)), content("z", day("", true)))
	put(t, s, false, content("hidden"))
	var got []string
	for skip := 0; ; skip += 3 {
		page, err := s.List(ctx, "", skip, 3)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, d := range page {
			got = append(got, d.ID)
		}
	}
	if want := []string{"b", "a", "c", "z"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if sample, own, err := s.Counts(ctx); sample != 2 || own != 2 || err != nil {
		t.Errorf("%d %d %v", sample, own, err)
	}
	if page, err := s.List(ctx, "", -1, -1); len(page) != 0 || err != nil {
		t.Errorf("%v %v", page, err)
	}
}

func TestWithdrawSample(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	sample := func(d *corpus.Document) { d.Sample = true }
	invented := []corpus.Content{content("s1", sample, declares(corpus.Amends, "own")), content("s2", sample)}
	put(t, s, true, append(invented, content("own"))...)
	_, seq := changed(t, s, 0)
	if n, err := s.WithdrawSample(ctx); n != 2 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if sample, own, err := s.Counts(ctx); sample != 0 || own != 1 || err != nil {
		t.Errorf("%d %d %v", sample, own, err)
	}
	ids, seq := changed(t, s, seq)
	if !slices.Equal(ids, []string{"own", "s1", "s2"}) {
		t.Errorf("outbox %v", ids)
	}
	if d, _, err := s.Live(ctx, "own"); d.Receives != nil || err != nil {
		t.Errorf("%v, %v", d.Receives, err)
	}
	if n, err := s.WithdrawSample(ctx); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
	if _, newest := changed(t, s, seq); newest != seq {
		t.Error("nothing changed, but the outbox did")
	}
	put(t, s, true, invented...)
	if d, _, err := s.Live(ctx, "own"); len(d.Receives) != 1 || err != nil {
		t.Errorf("put once more: %v, %v", d.Receives, err)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	if _, err := s.Setting(ctx, "secret"); !errors.Is(err, store.ErrNotSet) {
		t.Errorf("%v", err)
	}
	for range 2 {
		if v, err := s.EnsureSetting(ctx, "secret", "一"); v != "一" || err != nil {
			t.Errorf("%q %v", v, err)
		}
	}
	if v, err := s.EnsureSetting(ctx, "secret", "二"); v != "一" || err != nil {
		t.Errorf("%q %v", v, err)
	}
	if err := s.SetSetting(ctx, "secret", "三"); err != nil {
		t.Error(err)
	}
	if v, err := s.Setting(ctx, "secret"); v != "三" || err != nil {
		t.Errorf("%q %v", v, err)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Put(ctx, []corpus.Content{content("a")}, true); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := s.Standing(ctx, []string{"a"}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	put(t, s, true, content("a")) // and works afterwards
}

func TestOpenedManyTimesAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "p.db")
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			s, err := store.Open(t.Context(), store.Config{Path: path})
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			put(t, s, true, content(fmt.Sprint("d", i)))
		})
	}
	wg.Wait()
	s, err := store.Open(t.Context(), store.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, own, err := s.Counts(t.Context()); own != 6 || err != nil {
		t.Errorf("%d, %v", own, err)
	}
	if ids, newest := changed(t, s, 0); len(ids) != 6 || newest != 6 {
		t.Errorf("%v, %d", ids, newest)
	}
}

func TestFilesAreTheOwners(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "p.db")
	s, err := store.Open(t.Context(), store.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, name := range []string{path, path + "-wal"} {
		if fi, err := os.Stat(name); err != nil || fi.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, fi.Mode(), err)
		}
	}
}

package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/indextest"
)

var quiet = slog.New(slog.DiscardHandler)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// openIn opens an index that compacts after small units.
func openIn(t testing.TB, folder string, small int) *Index {
	t.Helper()
	x, err := Open(folder, quiet)
	must(t, err)
	t.Cleanup(func() { _ = x.Close() })
	// Under the lock: the compactor may read it.
	must(t, x.lock(context.Background()))
	x.small = small
	x.unlock()
	return x
}

func look(t testing.TB, x *Index) index.View {
	t.Helper()
	v, err := x.View()
	must(t, err)
	t.Cleanup(v.Release)
	return v
}

func TestEngine(t *testing.T) {
	t.Parallel()
	for _, small := range []int{smallDelta, 3} {
		open := func(t *testing.T) index.Engine { return openIn(t, t.TempDir(), small) }
		t.Run(fmt.Sprint("small ", small), func(t *testing.T) {
			t.Parallel()
			indextest.Engine(t, open)
		})
		t.Run(fmt.Sprint("exact, small ", small), func(t *testing.T) {
			t.Parallel()
			indextest.Exact(t, open)
		})
	}
}

// units makes a corpus from chance.
func units(seed uint64, documents int) (out []*index.Unit) {
	r := rand.New(rand.NewPCG(seed, 9))
	for i := range documents {
		out = append(out, indextest.Document(r, fmt.Sprint("d", i), 0, 1+r.IntN(4))...)
	}
	return out
}

// check compares a view with the oracle on a few questions.
func check(t testing.TB, v index.View, o indextest.Oracle, r *rand.Rand, questions int) {
	t.Helper()
	for range questions {
		q, f, limit := indextest.Query(r), indextest.Filter(r), 1+r.IntN(20)
		must(t, o.CheckStatistics(v, indextest.Terms(q)))
		got, err := v.Recall(context.Background(), q, f, limit)
		must(t, err)
		must(t, o.CheckRecall(v, got, q, f, limit))
	}
}

func TestReopen(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	o := indextest.Oracle{Units: units(1, 40)}
	r := rand.New(rand.NewPCG(1, 1))
	x := openIn(t, folder, smallDelta)
	if _, err := x.View(); !errors.Is(err, ErrMissing) {
		t.Fatalf("error %v, want ErrMissing", err)
	}
	must(t, x.Rebuild(t.Context(), "g", 5, indextest.Sequence(o.Units)))
	must(t, x.Apply(t.Context(), nil, []string{"d1"}, 6))
	must(t, x.Close())
	if _, err := x.View(); !errors.Is(err, ErrClosed) {
		t.Fatalf("error %v, want ErrClosed", err)
	}
	if err := x.Apply(t.Context(), nil, nil, 7); !errors.Is(err, ErrClosed) {
		t.Fatalf("error %v, want ErrClosed", err)
	}

	x = openIn(t, folder, smallDelta) // what was not flushed is applied again
	if x.Cursor() != 5 {
		t.Fatalf("cursor %d, want 5", x.Cursor())
	}
	check(t, look(t, x), o, r, 5)
	must(t, x.Apply(t.Context(), nil, []string{"d1"}, 6))
	want := look(t, x).Generation()
	must(t, x.Flush(t.Context()))
	must(t, x.Close())

	x = openIn(t, folder, smallDelta)
	v := look(t, x)
	if x.Cursor() != 6 || v.Generation() != want {
		t.Fatalf("cursor %d, generation %s; want 6, %s", x.Cursor(), v.Generation(), want)
	}
	o.Units = slices.DeleteFunc(o.Units, func(u *index.Unit) bool { return u.Document == "d1" })
	must(t, o.CheckUnits(v, []string{"d0", "d1", "d2", "d10", "d39"}))
	check(t, v, o, r, 5)
	before, err := os.Stat(filepath.Join(folder, snapshotName))
	must(t, err)
	must(t, x.Flush(t.Context())) // nothing new: the file stays
	after, err := os.Stat(filepath.Join(folder, snapshotName))
	must(t, err)
	if !os.SameFile(before, after) {
		t.Error("flushed without a change")
	}
}

// TestPruned has enough units that long lists are only looked up.
func TestPruned(t *testing.T) {
	t.Parallel()
	o := indextest.Oracle{Units: units(3, 700)}
	x := openIn(t, t.TempDir(), smallDelta)
	must(t, x.Rebuild(t.Context(), "g", 0, indextest.Sequence(o.Units)))
	r := rand.New(rand.NewPCG(3, 3))
	put := indextest.Document(r, "d5", 1, 30)
	must(t, x.Apply(t.Context(), put, []string{"d5", "d6"}, 1))
	o.Units = slices.DeleteFunc(o.Units, func(u *index.Unit) bool { return u.Document == "d5" || u.Document == "d6" })
	o.Units = append(o.Units, put...)
	v := look(t, x)
	s := v.(*view).state
	pruned := 0
	for range 60 {
		q, limit := indextest.Query(r), 1+r.IntN(4)
		for i := range q {
			q[i].Weight *= q[i].Weight
		}
		got, err := v.Recall(t.Context(), q, index.Filter{}, limit)
		must(t, err)
		must(t, o.CheckRecall(v, got, q, index.Filter{}, limit))
		f := &finder{view: s, pass: s.visible(index.Filter{}), factors: s.factors, scores: make([]float32, s.total)}
		f.look(q)
		next, err := f.sweep(t.Context(), limit)
		must(t, err)
		if next < len(f.terms) {
			pruned++
		}
	}
	if pruned < 10 {
		t.Errorf("only %d of 60 questions were pruned", pruned)
	}
}

func TestBackgroundCompaction(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	o := indextest.Oracle{Units: units(4, 20)}
	x := openIn(t, folder, 10)
	must(t, x.Rebuild(t.Context(), "g", 0, indextest.Sequence(o.Units)))
	held := look(t, x)
	was := indextest.Oracle{Units: slices.Clone(o.Units)}
	r := rand.New(rand.NewPCG(4, 4))
	for i := 1; ; i++ {
		d := fmt.Sprint("n", i)
		put := indextest.Document(r, d, i, 3)
		must(t, x.Apply(t.Context(), put, []string{d}, int64(i)))
		o.Units = append(o.Units, put...)
		runtime.Gosched()
		if s, err := openSnapshot(filepath.Join(folder, snapshotName)); err == nil {
			changes := s.meta.changes
			s.retain()
			s.drop()
			if changes > 0 {
				break
			}
		}
		if i > 10000 {
			t.Fatal("never compacted")
		}
	}
	check(t, look(t, x), o, r, 1)
	check(t, held, was, r, 5) // its file is replaced, its view stays
}

func TestLargeApply(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	o := indextest.Oracle{Units: units(5, 10)}
	x := openIn(t, folder, 50)
	must(t, x.Rebuild(t.Context(), "g", 0, indextest.Sequence(o.Units)))
	r := rand.New(rand.NewPCG(5, 5))
	put := indextest.Document(r, "d3", 1, 80)
	must(t, x.Apply(t.Context(), put, []string{"d4"}, 9))
	o.Units = slices.DeleteFunc(o.Units, func(u *index.Unit) bool { return u.Document == "d3" || u.Document == "d4" })
	o.Units = append(o.Units, put...)
	must(t, x.Close())
	x = openIn(t, folder, 50)
	if x.Cursor() != 9 {
		t.Errorf("cursor %d, want 9: it should be on disk", x.Cursor())
	}
	check(t, look(t, x), o, r, 10)
}

func TestRelease(t *testing.T) {
	t.Parallel()
	x := openIn(t, t.TempDir(), smallDelta)
	must(t, x.Rebuild(t.Context(), "g", 0, indextest.Sequence(units(6, 5))))
	first := x.now.Load().segments[0]
	v, err := x.View()
	must(t, err)
	unmapped := false
	unmap := first.release
	first.release = func() {
		unmapped = true
		if unmap != nil {
			unmap()
		}
	}
	must(t, x.Apply(t.Context(), nil, []string{"d1"}, 1))
	must(t, x.Flush(t.Context()))
	if unmapped {
		t.Fatal("unmapped while a view reads it")
	}
	if v.Unit(0).Document == "" {
		t.Error("the view is not readable")
	}
	v.Release()
	v.Release()
	if !unmapped {
		t.Error("not unmapped after the last view")
	}
}

func TestCrash(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	o := indextest.Oracle{Units: units(7, 10)}
	x := openIn(t, folder, smallDelta)
	must(t, x.Rebuild(t.Context(), "g", 3, indextest.Sequence(o.Units)))
	must(t, x.Close())
	snapshot, err := os.ReadFile(filepath.Join(folder, snapshotName))
	must(t, err)
	half, other := filepath.Join(folder, "snapshot-123.tmp"), filepath.Join(folder, "notes.tmp")
	must(t, os.WriteFile(half, snapshot[:len(snapshot)/2], 0o600))
	must(t, os.WriteFile(other, nil, 0o600))
	x = openIn(t, folder, smallDelta)
	check(t, look(t, x), o, rand.New(rand.NewPCG(7, 7)), 3)
	if _, err := os.Stat(half); !errors.Is(err, os.ErrNotExist) {
		t.Error("the half-written snapshot is still there")
	}
	if _, err := os.Stat(other); err != nil {
		t.Error("another's file is gone")
	}
}

func TestUnwritable(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "index")
	o := indextest.Oracle{Units: units(8, 10)}
	x := openIn(t, folder, 5)
	must(t, x.Rebuild(t.Context(), "g", 3, indextest.Sequence(o.Units)))
	// As good as a full disk, and root cannot write there either.
	must(t, os.RemoveAll(folder))
	if err := x.Rebuild(t.Context(), "h", 4, indextest.Sequence(nil)); err == nil {
		t.Error("rebuilt in a folder that is gone")
	}
	for i := range 5 {
		put := []*index.Unit{{Document: fmt.Sprint("n", i), Body: "老人卡"}, {Document: fmt.Sprint("n", i), Ordinal: 1, Body: "老人"}}
		must(t, x.Apply(t.Context(), put, nil, int64(4+i)))
		o.Units = append(o.Units, put...)
	}
	if err := x.Flush(t.Context()); err == nil {
		t.Error("flushed into a folder that is gone")
	}
	check(t, look(t, x), o, rand.New(rand.NewPCG(8, 8)), 3)
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	x := openIn(t, t.TempDir(), 30)
	must(t, x.Rebuild(t.Context(), "g", 0, indextest.Sequence(units(12, 60))))
	var writers, readers sync.WaitGroup
	done := make(chan struct{})
	for w := range uint64(3) {
		writers.Go(func() {
			r := rand.New(rand.NewPCG(w, 12))
			for i := range 40 {
				d := fmt.Sprint("d", r.IntN(80))
				var err error
				switch r.IntN(12) {
				case 0:
					err = x.Flush(t.Context())
				case 1:
					err = x.Rebuild(t.Context(), "h", 0, indextest.Sequence(units(w, 50)))
				default:
					err = x.Apply(t.Context(), indextest.Document(r, d, i, r.IntN(6)), []string{d}, int64(i))
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
		readers.Go(func() {
			r := rand.New(rand.NewPCG(w, 13))
			for {
				select {
				case <-done:
					return
				default:
				}
				v, err := x.View()
				if err != nil {
					t.Error(err)
					return
				}
				got, err := v.Recall(t.Context(), indextest.Query(r), indextest.Filter(r), 10)
				if err != nil {
					t.Error(err)
				}
				for _, c := range got {
					u := v.Unit(c.ID)
					if !slices.Contains(v.Document(u.Document), c.ID) {
						t.Errorf("%s does not have its unit %d", u.Document, c.ID)
					}
				}
				v.Release()
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
}

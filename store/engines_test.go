package store_test

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/policybot/policybot/index/feed"
	"github.com/policybot/policybot/store"
)

var instant = time.UnixMilli(1790000000000)

func TestLease(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	for _, tt := range []struct {
		name, engine, holder string
		now                  time.Duration
		want                 bool
	}{
		{"free", "a", "x", 0, true},
		{"renewed", "a", "x", 5 * time.Second, true},
		{"held", "a", "y", 19 * time.Second, false},
		{"another engine", "b", "y", 19 * time.Second, true},
		{"ended", "a", "y", 20 * time.Second, true},
		{"taken over", "a", "x", 21 * time.Second, false},
	} {
		now := instant.Add(tt.now)
		if got, err := s.Lease(ctx, tt.engine, tt.holder, now, now.Add(15*time.Second)); got != tt.want || err != nil {
			t.Errorf("%s: %v, %v", tt.name, got, err)
		}
	}
	now := instant.Add(22 * time.Second)
	if err := s.Release(ctx, "a", "x"); err != nil { // not its own
		t.Error(err)
	}
	if got, err := s.Lease(ctx, "a", "x", now, now.Add(time.Second)); got || err != nil {
		t.Errorf("another's was given back: %v, %v", got, err)
	}
	if err := s.Release(ctx, "a", "y"); err != nil {
		t.Error(err)
	}
	if got, err := s.Lease(ctx, "a", "x", now, now.Add(time.Second)); !got || err != nil {
		t.Errorf("not given back: %v, %v", got, err)
	}
}

// Of many that take it at once, over several connections, one has it.
func TestLeaseAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "p.db")
	stores := []*store.Store{openAt(t, path, nil), openAt(t, path, nil)}
	for round := range 5 {
		now := instant.Add(time.Duration(round) * time.Minute)
		var wg sync.WaitGroup
		var mu sync.Mutex
		var got []string
		for i := range 8 {
			holder := fmt.Sprint(round, "/", i)
			wg.Go(func() {
				ok, err := stores[i%2].Lease(t.Context(), "a", holder, now, now.Add(15*time.Second))
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				if ok {
					got = append(got, holder)
				}
			})
		}
		wg.Wait()
		if len(got) != 1 {
			t.Fatalf("%v have it", got)
		}
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	lease := func(engine, holder string, now time.Time) {
		t.Helper()
		if ok, err := s.Lease(ctx, engine, holder, now, now.Add(time.Second)); !ok || err != nil {
			t.Fatalf("%v, %v", ok, err)
		}
	}
	lease("b", "x", instant)
	lease("a", "x", instant)
	if all, err := s.Progress(ctx); err != nil || len(all) != 0 {
		t.Errorf("known of none: %+v, %v", all, err)
	}
	a := feed.Progress{
		Engine: "a", Generation: "m1", Cut: "v1", Cursor: 7, Version: "1.50.0", Entries: 9, Documents: 3, Trouble: "坏了", Since: instant.UTC(),
		Building: "m2", Built: 1, Done: 2, Total: 3, Took: time.Minute, Dropped: true, Doubtful: true, Updated: instant.UTC(),
	}
	for _, p := range []feed.Progress{{Engine: "b", Cursor: 1}, {Engine: "a"}, a} {
		if ok, err := s.SaveProgress(ctx, "x", p); !ok || err != nil {
			t.Errorf("%v, %v", ok, err)
		}
	}
	lease("a", "y", instant.Add(time.Minute))
	if ok, err := s.SaveProgress(ctx, "x", feed.Progress{Engine: "a"}); ok || err != nil {
		t.Errorf("saved by one that lost the lease: %v, %v", ok, err)
	}
	all, err := s.Progress(ctx)
	if err != nil || len(all) != 2 || !reflect.DeepEqual(all[0], a) || all[1].Engine != "b" || all[1].Cursor != 1 {
		t.Errorf("%+v, %v", all, err)
	}
	if err := s.SetAside(ctx, []feed.Aside{{Engine: "a", Document: "d"}, {Engine: "b", Document: "d"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.ForgetEngine(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	all, err = s.Progress(ctx)
	asides, err2 := s.Aside(ctx, "")
	if err != nil || err2 != nil || len(all) != 1 || len(asides) != 1 || asides[0].Engine != "b" {
		t.Errorf("not forgotten: %+v, %+v, %v, %v", all, asides, err, err2)
	}
}

func TestAsides(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	aside := func(engine, document, reason string) feed.Aside {
		return feed.Aside{Engine: engine, Document: document, Seq: 5, Reason: reason, At: instant}
	}
	has := func(engine string, want ...feed.Aside) {
		t.Helper()
		if got, err := s.Aside(ctx, engine); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %+v, %v, want %+v", engine, got, err, want)
		}
	}
	put := []feed.Aside{aside("a", "d2", "first"), aside("a", "d1", "太长"), aside("b", "d1", "no")}
	for _, refused := range [][]feed.Aside{put, {aside("a", "d2", "again")}, nil} {
		if err := s.SetAside(ctx, refused); err != nil {
			t.Fatal(err)
		}
	}
	has("a", aside("a", "d1", "太长"), aside("a", "d2", "again"))
	has("", aside("a", "d1", "太长"), aside("b", "d1", "no"), aside("a", "d2", "again"))
	if err := s.Readmit(ctx, "a", []string{"d1", "none"}); err != nil {
		t.Fatal(err)
	}
	has("", aside("b", "d1", "no"), aside("a", "d2", "again"))
	if err := s.Readmit(ctx, "b", nil); err != nil {
		t.Fatal(err)
	}
	has("", aside("a", "d2", "again"))
}

func TestEvents(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	if err := s.Happened(ctx, feed.Event{At: instant, Engine: "b", Kind: feed.Built, Detail: "x"}); err != nil {
		t.Fatal(err)
	}
	var many []feed.Event
	for i := range feed.MaxEvents + 10 {
		many = append(many, feed.Event{At: instant.Add(time.Duration(i) * time.Second), Engine: "a", Kind: feed.Failed, Detail: fmt.Sprint(i)})
	}
	if err := s.Happened(ctx, many...); err != nil {
		t.Fatal(err)
	}
	all, err := s.Events(ctx, 1000)
	if err != nil || len(all) != feed.MaxEvents+1 || all[0] != many[len(many)-1] || all[feed.MaxEvents].Engine != "b" || all[feed.MaxEvents-1].Detail != "10" {
		t.Errorf("%d events, %v", len(all), err)
	}
	if all, err = s.Events(ctx, 2); err != nil || len(all) != 2 || all[1].Detail != "208" {
		t.Errorf("%+v, %v", all, err)
	}
}

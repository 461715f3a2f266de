package store_test

import (
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/store"
)

// clock is a settable one.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func openAt(t *testing.T, path string, now func() time.Time) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{Path: path, Now: now})
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

func standing(t *testing.T, s *store.Store) (out []string) {
	t.Helper()
	all, err := s.StandingStops(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		if !one.Stands() {
			t.Errorf("%+v does not stand", one)
		}
		out = append(out, one.Account+"/"+one.Topic)
	}
	return out
}

func TestStops(t *testing.T) {
	t.Parallel()
	c := &clock{now: time.UnixMilli(1790000000000)}
	path := filepath.Join(t.TempDir(), "p.db")
	s, ctx := openAt(t, path, c.Now), t.Context()
	if got := standing(t, s); len(got) != 0 {
		t.Fatalf("stopped at first: %v", got)
	}
	first, err := s.Stop(ctx, bot.Stop{Account: "default", Topic: "养老", Reason: "文件有误", By: "张三"})
	if err != nil || first.ID == 0 || !first.At.Equal(c.Now()) || !first.Stands() {
		t.Fatalf("%+v, %v", first, err)
	}
	if again, err := s.Stop(ctx, bot.Stop{Account: "default", Topic: "养老", Reason: "又一次", By: "李四"}); !errors.Is(err, bot.ErrStopped) || again != first {
		t.Fatalf("stopped twice: %+v, %v", again, err)
	}
	if _, err := s.Stop(ctx, bot.Stop{Reason: "演练", By: "张三"}); err != nil {
		t.Fatal(err)
	}
	if got := standing(t, s); !slices.Equal(got, []string{"default/养老", "/"}) {
		t.Fatalf("stands: %v", got)
	}
	c.pass(time.Hour)
	if _, err := s.Lift(ctx, "default", "", "", "李四"); !errors.Is(err, bot.ErrNotStopped) {
		t.Errorf("lifted what did not stand: %v", err)
	}
	lifted, err := s.Lift(ctx, "default", "养老", "改好了", "李四")
	if err != nil || lifted.LiftedBy != "李四" || lifted.LiftedReason != "改好了" || !lifted.LiftedAt.Equal(c.Now()) || lifted.By != "张三" {
		t.Fatalf("%+v, %v", lifted, err)
	}
	if got := standing(t, s); !slices.Equal(got, []string{"/"}) {
		t.Fatalf("stands: %v", got)
	}
	if _, err := s.Stop(ctx, bot.Stop{Account: "default", Topic: "养老", Reason: "又错了", By: "张三"}); err != nil {
		t.Fatalf("not stopped again: %v", err)
	}
	all, err := s.AllStops(ctx, 10)
	if err != nil || len(all) != 3 || all[2] != lifted || all[0].Reason != "又错了" {
		t.Fatalf("history: %+v, %v", all, err)
	}
	if all, err = s.AllStops(ctx, 1); err != nil || len(all) != 1 {
		t.Errorf("%d of at most 1, %v", len(all), err)
	}
}

// What another process writes is seen within a second, in both directions.
func TestStopsOfAnotherProcess(t *testing.T) {
	t.Parallel()
	c := &clock{now: time.UnixMilli(1790000000000)}
	path := filepath.Join(t.TempDir(), "p.db")
	here, there := openAt(t, path, c.Now), openAt(t, path, c.Now)
	standing(t, here)
	if _, err := there.Stop(t.Context(), bot.Stop{Account: "a", Reason: "r", By: "b"}); err != nil {
		t.Fatal(err)
	}
	c.pass(time.Second)
	if got := standing(t, here); !slices.Equal(got, []string{"a/"}) {
		t.Fatalf("after a second: %v", got)
	}
	if _, err := there.Lift(t.Context(), "a", "", "", "b"); err != nil {
		t.Fatal(err)
	}
	c.pass(time.Second)
	if got := standing(t, here); len(got) != 0 {
		t.Fatalf("a second after it was lifted: %v", got)
	}
}

// The same stop thrown many times at once stands once.
func TestStopsAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for range 8 {
		wg.Go(func() {
			_, err := s.Stop(t.Context(), bot.Stop{Account: "a", Reason: "r", By: "b"})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won++
			case !errors.Is(err, bot.ErrStopped):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won != 1 || len(standing(t, s)) != 1 {
		t.Errorf("%d won, stands: %v", won, standing(t, s))
	}
}

func TestTopicNames(t *testing.T) {
	t.Parallel()
	s := open(t)
	of := func(account string, topics ...string) func(*corpus.Document) {
		return func(d *corpus.Document) { d.Account, d.Topics = account, topics }
	}
	put(t, s, true, content("shared", of("", "养老", "住房")), content("a", of("a", "税务", "养老")), content("b", of("b", "户籍")), content("none", of("")))
	put(t, s, false, content("draft", of("", "草稿")))
	for _, tt := range []struct{ accounts, want []string }{
		{[]string{"a"}, []string{"住房", "养老", "税务"}}, {nil, []string{"住房", "养老"}}, {[]string{"a", "b"}, []string{"住房", "养老", "户籍", "税务"}},
	} {
		got, err := s.TopicNames(t.Context(), tt.accounts)
		slices.Sort(tt.want)
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%v: %v, %v", tt.accounts, got, err)
		}
	}
}

package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/store"
)

func TestLedgerClaims(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	now := time.UnixMilli(1_800_000_000_000)
	claim := func(key, holder string, at time.Duration) bot.Held {
		t.Helper()
		held, err := s.Commit(ctx, bot.Batch{Claims: []bot.Claim{{
			Key: key, Account: "default", Holder: holder, Now: now.Add(at), Until: now.Add(at + 4*time.Second),
		}}})
		if err != nil {
			t.Fatal(err)
		}
		return held[0]
	}
	commit := func(b bot.Batch) {
		t.Helper()
		if _, err := s.Commit(ctx, b); err != nil {
			t.Fatal(err)
		}
	}
	if h := claim("k", "one", 0); !h.Won {
		t.Errorf("first: %+v", h)
	}
	if h := claim("k", "one", 0); !h.Won {
		t.Errorf("its holder again: %+v", h)
	}
	if h := claim("k", "two", 3999*time.Millisecond); h.Won || !h.Until.Equal(now.Add(4*time.Second)) {
		t.Errorf("another: %+v", h)
	}
	if h := claim("k", "two", 4*time.Second); !h.Won {
		t.Errorf("after the lease: %+v", h)
	}
	commit(bot.Batch{Frees: []bot.Claim{{Key: "k", Holder: "one"}}})
	if h := claim("k", "one", 5*time.Second); h.Won {
		t.Errorf("freed by who has it not: %+v", h)
	}
	commit(bot.Batch{Frees: []bot.Claim{{Key: "k", Holder: "two"}}})
	if h := claim("k", "one", 5*time.Second); !h.Won {
		t.Errorf("freed: %+v", h)
	}

	record := bot.Record{Key: "k", Account: "default", Person: "p", Asked: now, Answered: now.Add(6 * time.Second), Body: []byte("x")}
	commit(bot.Batch{Records: []bot.Record{record}})
	record.Body = []byte("second")
	commit(bot.Batch{Records: []bot.Record{record}, Frees: []bot.Claim{{Key: "k", Holder: "one"}}})
	if h := claim("k", "one", time.Hour); h.Won || string(h.Body) != "x" || !h.Answered.Equal(record.Answered) {
		t.Errorf("answered: %+v", h)
	}
	if rs, err := s.Recent(ctx, "default", "p", now, 9); len(rs) != 1 || err != nil {
		t.Errorf("recorded %d times, %v", len(rs), err)
	}
	commit(bot.Batch{DropBodies: record.Answered})
	if h := claim("k", "one", time.Hour); h.Body == nil {
		t.Error("the body is gone too early")
	}
	commit(bot.Batch{DropBodies: record.Answered.Add(time.Millisecond)})
	if h := claim("k", "one", time.Hour); h.Won || h.Body != nil || h.Answered.IsZero() {
		t.Errorf("body dropped: %+v", h)
	}
	commit(bot.Batch{DropClaims: record.Answered.Add(time.Hour)})
	if h := claim("k", "one", time.Hour); !h.Won {
		t.Errorf("claim dropped: %+v", h)
	}
}

func TestTwoReplicas(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "p.db")
	var replicas []*bot.LedgerJournal
	for range 2 {
		s, err := store.Open(t.Context(), store.Config{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		replicas = append(replicas, startJournal(t, s))
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for n := range 10 {
		q := question(fmt.Sprint(n))
		bodies := make(chan string, 20)
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				j := replicas[i%2]
				body, err := j.Begin(ctx, q)
				if err != nil {
					t.Error(err)
				}
				if body == nil {
					body = fmt.Appendf(nil, "%s by %d", q.ID, i)
					if err := j.End(ctx, q, reply(), body, time.Millisecond); err != nil {
						t.Error(err)
					}
				}
				bodies <- string(body)
			})
		}
		wg.Wait()
		close(bodies)
		first := <-bodies
		for b := range bodies {
			if b != first {
				t.Errorf("%q and %q", first, b)
			}
		}
	}
}

func TestJournalSurvivesRestart(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := t.Context()
	first, stop := runJournal(t, s)
	answered, left := question("answered"), question("left")
	empty := question("empty")
	for _, q := range []bot.Question{answered, empty, left} {
		if body, err := first.Begin(ctx, q); body != nil || err != nil {
			t.Fatal(body, err)
		}
	}
	if err := first.End(ctx, answered, reply(), []byte("<xml>答</xml>"), time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if err := first.End(ctx, empty, reply(), []byte{}, time.Millisecond); err != nil {
		t.Fatal(err)
	}
	stop()
	if err := first.End(ctx, left, reply(), []byte("x"), 0); !errors.Is(err, bot.ErrJournal) {
		t.Errorf("after the end: %v", err)
	}
	second := startJournal(t, s)
	if body, err := second.Begin(ctx, answered); string(body) != "<xml>答</xml>" || err != nil {
		t.Errorf("%q, %v", body, err)
	}
	if body, err := second.Begin(ctx, empty); body == nil || len(body) != 0 || err != nil {
		t.Errorf("%q, %v", body, err)
	}
	short, cancel := context.WithTimeout(ctx, 150*time.Millisecond)
	defer cancel()
	if body, err := second.Begin(short, left); body != nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("within the lease: %q, %v", body, err)
	}
	if body, err := second.Begin(ctx, left); body != nil || err != nil {
		t.Errorf("after the lease: %q, %v", body, err)
	}
	r, err := second.Recent(ctx, "default", openid, time.Now().Add(-time.Hour))
	if err != nil || r.Status != bot.Answered || len(r.Choices) != 1 || len(r.Sources) != 1 ||
		r.Sources[0].Ref.Anchor != "a1" || r.Question != answered.Text {
		t.Errorf("%+v, %v", r, err)
	}
	for _, other := range [][2]string{{"default", "o2"}, {"other", openid}} {
		if r, err := second.Recent(ctx, other[0], other[1], time.Time{}); r.Status != "" || err != nil {
			t.Errorf("%v: %+v, %v", other, r, err)
		}
	}
	if _, err := second.Forget(ctx, "default", openid); err != nil {
		t.Error(err)
	}
	if r, err := second.Recent(ctx, "default", openid, time.Time{}); r.Status != "" || err != nil {
		t.Errorf("forgotten: %+v, %v", r, err)
	}
}

// TestNothingNamesAPerson looks into the database's files after a
// conversation.
func TestNothingNamesAPerson(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "p.db")
	s, err := store.Open(t.Context(), store.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	j, stop := runJournal(t, s)
	secrets := []string{openid, "110101199003071234", "11010119900307123X", "13800138000", "6222021234567890123", "zhangsan@example.com"}
	look := func(when string) {
		t.Helper()
		files, err := filepath.Glob(path + "*")
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range slices.Concat(secrets, []string{"1380013", "62220212", "19900307", "记号", "能办吗"}) {
				if bytes.Contains(data, []byte(secret)) {
					t.Errorf("%s: %s holds %s", when, filepath.Base(name), secret)
				}
			}
		}
		// So that nothing is found because nothing is there.
		k, err := j.Kept(t.Context(), "default", openid)
		if when == "running" && (err != nil || k.Messages != len(secrets) || !strings.HasPrefix(k.Last[0].Question, "记号")) {
			t.Errorf("%s: kept are %+v, %v", when, k, err)
		}
	}
	for i, secret := range secrets {
		q, r := question(fmt.Sprint(i)), reply()
		q.Text = "记号，我是" + secret + "，能办吗"
		r.Text = "您问的是" + q.Text
		r.Choices = []bot.Choice{{Label: q.Text, Ask: q.Text}}
		if _, err := j.Begin(t.Context(), q); err != nil {
			t.Fatal(err)
		}
		body := fmt.Sprintf("<xml><ToUserName>%s</ToUserName><Content>%s</Content></xml>", openid, r.Text)
		if err := j.End(t.Context(), q, r, []byte(body), time.Millisecond); err != nil {
			t.Fatal(err)
		}
		if again, err := j.Begin(t.Context(), q); string(again) != body || err != nil {
			t.Errorf("%q, %v", again, err)
		}
	}
	look("running")
	stop()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	look("closed")
}

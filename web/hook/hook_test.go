package hook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/policybot/policybot/bot"
)

func TestNewNeedsItsParts(t *testing.T) {
	t.Parallel()
	if _, err := New(Config{}); err == nil {
		t.Fatal("an empty configuration was taken")
	}
}

func TestStatuses(t *testing.T) {
	in(t, func(t *testing.T) {
		b := newBench(t)
		for _, tt := range []struct {
			method, target string
			code           int
			body           string
		}{
			{"GET", "/wechat/default?echostr=%3Cb%3E1", 200, "<b>1"},
			{"GET", "/wechat/default", 403, ""},
			{"GET", "/wechat/other?echostr=1", 404, ""},
			{"POST", "/wechat/other?id=1", 404, ""},
			{"POST", "/wechat/default?wrong=unauthorized", 403, ""},
			{"POST", "/wechat/default?wrong=malformed,+unknown+sender", 400, ""},
			{"POST", "/wechat/default?wrong=malformed", 200, trouble},
			{"POST", "/wechat/default?kind=ignored&id=2", 200, "success"},
			{"POST", "/wechat/default?kind=unsubscribe&id=3", 200, "success"},
			{"POST", "/wechat/default?id=4", 200, "答4"},
		} {
			before := strings.Count(b.log.String(), "\n")
			w := b.do(tt.method, tt.target)
			if w.Code != tt.code || said(w.Body.String()) != tt.body {
				t.Errorf("%s %s: %d %q", tt.method, tt.target, w.Code, w.Body)
			}
			if n := strings.Count(b.log.String(), "\n") - before; n != 1 {
				t.Errorf("%s %s: %d log lines", tt.method, tt.target, n)
			}
			if tt.method == "GET" && tt.code == 200 &&
				(w.Header().Get("Content-Type") != "text/plain; charset=utf-8" || w.Header().Get("X-Content-Type-Options") != "nosniff") {
				t.Errorf("echostr's header: %v", w.Header())
			}
		}
		if b.calls.Load() != 2 || b.journal.begun != 2 {
			t.Errorf("%d answers, %d journalled: unsubscribing counts, ignored does not", b.calls.Load(), b.journal.begun)
		}
		b.discreet()
	})
}

func TestRepeatGetsTheSameBytes(t *testing.T) {
	in(t, func(t *testing.T) {
		b := newBench(t)
		first := b.post("1")
		time.Sleep(5 * time.Second)
		if again := b.post("1"); again != first || b.calls.Load() != 1 {
			t.Fatalf("got %q after %q, %d answers", again, first, b.calls.Load())
		}
		b.journal.begin = bot.ErrStale
		if got := b.post("1"); got != "success" {
			t.Fatalf("a stale repeat got %q", got)
		}
		if b.hook.Faults() != 0 {
			t.Error("a stale repeat is no fault")
		}
		b.discreet()
	})
}

// Three at once, the first of which the platform has hung up on: one answer,
// the same bytes for all.
func TestRepeatsInFlightShare(t *testing.T) {
	in(t, func(t *testing.T) {
		b := newBench(t)
		b.answer = func(ctx context.Context, q bot.Question) bot.Reply {
			select {
			case <-time.After(2 * time.Second):
				return bot.Reply{Status: bot.Answered, Text: "慢"}
			case <-ctx.Done():
				return bot.Reply{Status: bot.Failed, Text: "断"}
			}
		}
		ctx, hangUp := context.WithCancel(t.Context())
		var got [3]string
		var wg sync.WaitGroup
		for i := range got {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * 500 * time.Millisecond)
				got[i] = b.doCtx(ctx, http.MethodPost, "/wechat/default?id=1").Body.String()
			})
		}
		time.Sleep(100 * time.Millisecond)
		hangUp()
		wg.Wait()
		if said(got[0]) != "慢" || got[1] != got[0] || got[2] != got[0] || b.calls.Load() != 1 {
			t.Fatalf("got %q, %d answers", got, b.calls.Load())
		}
		if b.journal.begun != 1 || len(b.journal.ended) != 1 {
			t.Errorf("journal: %d begun, %d ended", b.journal.begun, len(b.journal.ended))
		}
	})
}

func TestAnswerGoesWrong(t *testing.T) {
	for name, tt := range map[string]struct {
		answer func(context.Context, bot.Question) bot.Reply
		reason string
		within time.Duration
	}{
		"panics":      {func(_ context.Context, q bot.Question) bot.Reply { panic(q.Text + q.Person) }, "panic", 0},
		"nil pointer": {func(context.Context, bot.Question) bot.Reply { var none *bot.Reply; return *none }, "panic", 0},
		"never minds": {func(context.Context, bot.Question) bot.Reply { time.Sleep(time.Minute); return bot.Reply{} }, "deadline", 3300 * time.Millisecond},
		"minds at last": {func(ctx context.Context, _ bot.Question) bot.Reply {
			<-ctx.Done()
			return failed(bot.Question{}, "engine")
		}, "engine", 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, func(t *testing.T) {
				b := newBench(t)
				b.answer = tt.answer
				start := time.Now()
				first := b.post("1")
				if said(first) != trouble || time.Since(start) != tt.within {
					t.Fatalf("got %q after %v", first, time.Since(start))
				}
				if len(b.journal.ended) != 1 || b.journal.ended[0].Status != bot.Failed || b.journal.ended[0].Reason != tt.reason {
					t.Fatalf("journalled %+v", b.journal.ended)
				}
				if again := b.post("1"); again != first {
					t.Errorf("the repeat got %q", again)
				}
				if err := b.hook.Wait(t.Context()); err != nil {
					t.Error(err)
				}
				b.discreet()
			})
		})
	}
}

func TestJournalGoesWrong(t *testing.T) {
	for name, breaks := range map[string]func(*journal){
		"begin": func(j *journal) { j.begin = errors.New("disk full") },
		"end":   func(j *journal) { j.end = errors.New("disk full") },
		"hangs": func(j *journal) { j.hang = true },
	} {
		t.Run(name, func(t *testing.T) {
			in(t, func(t *testing.T) {
				b := newBench(t)
				breaks(b.journal)
				start := time.Now()
				first := b.post("1")
				if said(first) != "答1" || time.Since(start) > 4*time.Second {
					t.Fatalf("got %q after %v", first, time.Since(start))
				}
				time.Sleep(5 * time.Second)
				if again := b.post("1"); again != first || b.calls.Load() != 1 {
					t.Fatalf("the repeat got %q, %d answers", again, b.calls.Load())
				}
				if b.hook.Faults() < 1 || !strings.Contains(b.log.String(), "journal failed") {
					t.Errorf("%d faults, log:\n%s", b.hook.Faults(), b.log)
				}
				time.Sleep(2 * keepFor)
				if b.post("1"); b.calls.Load() != 2 {
					t.Error("kept in memory for more than its time")
				}
				b.discreet()
			})
		})
	}
}

// A message that could not be claimed is recorded all the same if it can be.
func TestRecordedWithoutClaim(t *testing.T) {
	in(t, func(t *testing.T) {
		b := newBench(t)
		b.journal.begin = errors.New("busy")
		first := b.post("1")
		if len(b.journal.ended) != 1 || b.hook.Faults() != 1 || b.post("1") != first || b.calls.Load() != 1 {
			t.Fatalf("journalled %+v, %d faults", b.journal.ended, b.hook.Faults())
		}
	})
}

func TestJournalPanics(t *testing.T) {
	in(t, func(t *testing.T) {
		b := newBench(t, func(c *Config) { c.Concurrency = 1 })
		b.journal.panicked = true
		for _, id := range []string{"1", "2"} { // the slot is free again
			if got := b.post(id); said(got) != trouble {
				t.Fatalf("got %q", got)
			}
		}
		b.discreet()
	})
}

func TestEncodeFails(t *testing.T) {
	in(t, func(t *testing.T) {
		b := newBench(t, func(c *Config) {
			c.Channels = func(string) (Channel, bool) { return channel{encodeFails: true}, true }
		})
		if got := b.post("1"); got != "success" {
			t.Fatalf("got %q", got)
		}
	})
}

func TestFullHouse(t *testing.T) {
	in(t, func(t *testing.T) {
		b := newBench(t, func(c *Config) { c.Concurrency = 2 })
		b.answer = func(ctx context.Context, q bot.Question) bot.Reply {
			time.Sleep(2 * time.Second)
			return bot.Reply{Status: bot.Answered, Text: "答"}
		}
		var answered, kind atomic.Int64
		var wg sync.WaitGroup
		for i := range 10 {
			wg.Go(func() {
				switch got := said(b.post(fmt.Sprint(i))); got {
				case "答":
					answered.Add(1)
				case crowded:
					kind.Add(1)
				default:
					t.Errorf("got %q", got)
				}
			})
		}
		wg.Wait()
		if answered.Load() != 2 || kind.Load() != 8 {
			t.Fatalf("%d answered, %d told to wait", answered.Load(), kind.Load())
		}
		// Those who wait briefly get in.
		wg.Go(func() { b.post("a") })
		wg.Go(func() { b.post("b") })
		time.Sleep(1500 * time.Millisecond)
		if got := said(b.post("c")); got != "答" {
			t.Errorf("got %q", got)
		}
		wg.Wait()
	})
}

// An answer that overruns holds its slot until it is back.
func TestOverrunKeepsItsSlot(t *testing.T) {
	in(t, func(t *testing.T) {
		b := newBench(t, func(c *Config) { c.Concurrency = 1 })
		b.answer = func(context.Context, bot.Question) bot.Reply {
			time.Sleep(10 * time.Second)
			return bot.Reply{Text: "答"}
		}
		if got := said(b.post("1")); got != trouble {
			t.Fatalf("got %q", got)
		}
		if got := said(b.post("2")); got != crowded {
			t.Fatalf("got %q", got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := b.hook.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Wait: %v", err)
		}
		if err := b.hook.Wait(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestKeptIsBounded(t *testing.T) {
	t.Parallel()
	fs, now := newFlights(), time.Unix(1790000000, 0)
	for i := range keepMost + 100 {
		f, owner := fs.claim(fmt.Sprint(i), now)
		if !owner {
			t.Fatal("claimed twice")
		}
		fs.finish(fmt.Sprint(i), f, true, now)
	}
	if len(fs.byKey) != keepMost || fs.kept.Len() != keepMost {
		t.Fatalf("%d kept", len(fs.byKey))
	}
	if _, owner := fs.claim("0", now); !owner {
		t.Error("the oldest should be forgotten")
	}
	fs.claim("x", now.Add(keepFor))
	if len(fs.byKey) != 2 {
		t.Errorf("%d after their time", len(fs.byKey))
	}
}

// A burst over real connections: every message is answered, repeats alike.
func TestBurst(t *testing.T) {
	t.Parallel()
	gin.SetMode(gin.ReleaseMode)
	b := newBench(t)
	s := httptest.NewServer(b.router)
	defer s.Close()
	var mu sync.Mutex
	got := map[string]string{}
	var wg sync.WaitGroup
	for i := range 300 {
		wg.Go(func() {
			id := fmt.Sprint(i / 3)
			res, err := http.Post(s.URL+"/wechat/default?id="+id, "text/xml", strings.NewReader(secret))
			if err != nil {
				t.Error(err)
				return
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			mu.Lock()
			defer mu.Unlock()
			if was, ok := got[id]; err != nil || said(string(body)) != "答"+id || ok && was != string(body) {
				t.Errorf("message %s: got %q after %q, %v", id, body, was, err)
			}
			got[id] = string(body)
		})
	}
	wg.Wait()
	if b.calls.Load() != 100 {
		t.Errorf("%d answers to 100 messages", b.calls.Load())
	}
}

func BenchmarkHook(b *testing.B) {
	gin.SetMode(gin.ReleaseMode)
	h, err := New(Config{
		Channels: func(string) (Channel, bool) { return channel{}, true },
		Answer:   func(context.Context, bot.Question) bot.Reply { return bot.Reply{Text: "答"} },
		Journal:  idle{},
		Log:      slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	r := gin.New()
	h.Register(r)
	req := httptest.NewRequest(http.MethodPost, "/wechat/default?id=1", nil)
	b.ReportAllocs()
	for b.Loop() {
		r.ServeHTTP(httptest.NewRecorder(), req)
	}
}

// idle is a journal that knows nothing and keeps nothing.
type idle struct{}

func (idle) Begin(context.Context, bot.Question) ([]byte, error) { return nil, nil }
func (idle) End(context.Context, bot.Question, bot.Reply, []byte, time.Duration) error {
	return nil
}

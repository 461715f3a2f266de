package hook

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
)

// several is a platform with as many accounts as there are names; a message
// may bring its text.
type several struct{ channel }

func (s several) Decode(r *http.Request) (bot.Question, error) {
	q, err := s.channel.Decode(r)
	q.Account = strings.TrimPrefix(r.URL.Path, "/wechat/")
	if text := r.URL.Query().Get("text"); text != "" {
		q.Text = text
	}
	return q, err
}

func severalAccounts(n int) func(*Config) {
	return func(c *Config) {
		c.Channels = func(string) (Channel, bool) { return several{}, true }
		c.Accounts = func() int { return n }
	}
}

// Over the bounds everybody gets kind words, at once; nobody gets an error.
func TestQueueIsBounded(t *testing.T) {
	in(t, func(t *testing.T) {
		b := newBench(t, func(c *Config) { c.Concurrency, c.Queue = 2, 3 })
		b.answer = func(context.Context, bot.Question) bot.Reply {
			time.Sleep(500 * time.Millisecond)
			return bot.Reply{Status: bot.Answered, Text: "答"}
		}
		var answered, atOnce, later atomic.Int64
		var wg sync.WaitGroup
		start := time.Now()
		for i := range 100 {
			wg.Go(func() {
				switch got := said(b.post(fmt.Sprint(i))); {
				case got == "答":
					answered.Add(1)
				case got == crowded && time.Since(start) == 0:
					atOnce.Add(1)
				case got == crowded:
					later.Add(1)
				default:
					t.Errorf("got %q", got)
				}
			})
		}
		wg.Wait()
		// Two at first, two of the three that waited; the third ran out of
		// patience.
		if answered.Load() != 4 || atOnce.Load() != 95 || later.Load() != 1 {
			t.Errorf("%d answered, %d sent away at once, %d later", answered.Load(), atOnce.Load(), later.Load())
		}
		if running, waiting := b.hook.Load(); running != 0 || waiting != 0 {
			t.Errorf("%d run, %d wait when all is over", running, waiting)
		}
	})
}

// Nothing keeps the numbers back: not a full house, a panic, or a deadline.
func TestDangerInAFullHouse(t *testing.T) {
	in(t, func(t *testing.T) {
		b := newBench(t, severalAccounts(1), func(c *Config) { c.Concurrency, c.Queue = 1, -1 })
		b.answer = func(_ context.Context, q bot.Question) bot.Reply {
			if q.ID == "panic" {
				panic("broken")
			}
			time.Sleep(10 * time.Second)
			return bot.Reply{}
		}
		for _, id := range []string{"panic", "deadline", "crowded"} {
			if got := b.post(id + "&text=家里着火了"); !strings.Contains(got, "119") {
				t.Errorf("%s: got %q", id, got)
			}
		}
		if got := said(b.post("calm")); got != crowded {
			t.Errorf("got %q", got)
		}
		if err := b.hook.Wait(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// An account that is flooded, with an engine that hangs, takes nothing from
// the others.
func TestFloodOfOneAccount(t *testing.T) {
	in(t, func(t *testing.T) {
		b := newBench(t, severalAccounts(4), func(c *Config) { c.Concurrency, c.Queue = 16, 32 })
		b.answer = func(_ context.Context, q bot.Question) bot.Reply {
			if q.Account == "flood" {
				time.Sleep(2 * time.Second)
			} else {
				time.Sleep(10 * time.Millisecond)
			}
			return bot.Reply{Status: bot.Answered, Text: "答" + q.ID}
		}
		post := func(account, id string) string {
			return said(b.do(http.MethodPost, "/wechat/"+account+"?id="+id).Body.String())
		}
		stop := make(chan struct{})
		var wg sync.WaitGroup
		var flooded atomic.Int64
		for i := range 400 {
			wg.Go(func() {
				for n := 0; ; n++ {
					select {
					case <-stop:
						return
					default:
					}
					if got := post("flood", fmt.Sprintf("f%d.%d", i, n)); strings.HasPrefix(got, "答") {
						flooded.Add(1)
					} else if got != crowded {
						t.Errorf("flood: got %q", got)
					}
					time.Sleep(50 * time.Millisecond)
				}
			})
		}
		time.Sleep(time.Second)
		for i := range 30 {
			for _, account := range []string{"a", "b", "c"} {
				if id := fmt.Sprint(account, i); post(account, id) != "答"+id {
					t.Errorf("%s was starved", id)
				}
			}
			time.Sleep(100 * time.Millisecond)
		}
		close(stop)
		wg.Wait()
		if err := b.hook.Wait(t.Context()); err != nil {
			t.Error(err)
		}
		if flooded.Load() < 13 {
			t.Errorf("the flooded account itself got %d answers", flooded.Load())
		}
	})
}

func TestGateKeepsPlaces(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ limit, accounts, own, alone int }{
		{64, 0, 0, 64}, {64, 1, 0, 64}, {64, 2, 8, 56}, {64, 20, 1, 45}, {64, 32, 1, 33}, {64, 33, 0, 64}, {1, 5, 0, 1}, {4, 2, 1, 3},
	} {
		g := newGate(tt.limit, 0, func() int { return tt.accounts })
		if g.own() != tt.own {
			t.Errorf("%d of %d: %d places of one's own", tt.limit, tt.accounts, g.own())
		}
		n := 0
		for g.enter(t.Context(), "a", 0) {
			n++
		}
		if n != tt.alone {
			t.Errorf("%d of %d: one account alone gets %d", tt.limit, tt.accounts, n)
		}
		for i := range tt.accounts - 1 {
			for j := range tt.own {
				if !g.enter(t.Context(), fmt.Sprint(i), 0) {
					t.Errorf("%d of %d: account %d misses its place %d", tt.limit, tt.accounts, i, j)
				}
			}
		}
	}
}

// A full queue makes room for an account that has fewer in it.
func TestLongestLineGivesWay(t *testing.T) {
	in(t, func(t *testing.T) {
		g := newGate(1, 4, func() int { return 2 })
		if !g.enter(t.Context(), "a", 0) {
			t.Fatal("no place in an empty house")
		}
		var order []string
		var mu sync.Mutex
		var wg sync.WaitGroup
		wait := func(account string) {
			wg.Go(func() {
				ok := g.enter(t.Context(), account, time.Hour)
				mu.Lock()
				order = append(order, fmt.Sprint(account, ok))
				mu.Unlock()
				if ok {
					g.leave(account)
				}
			})
			time.Sleep(time.Millisecond)
		}
		for range 4 {
			wait("a")
		}
		wait("b") // the last of a gives way
		wait("b") // the next
		wait("b") // two and two: nobody gives way
		wait("a")
		time.Sleep(time.Second)
		g.leave("a")
		wg.Wait()
		if got := strings.Join(order, " "); got != "afalse afalse bfalse afalse btrue atrue btrue atrue" {
			t.Errorf("got %s", got)
		}
		if running, waiting := g.load(); running != 0 || waiting != 0 {
			t.Errorf("%d run, %d wait", running, waiting)
		}
	})
}

func TestGateForgetsAccounts(t *testing.T) {
	t.Parallel()
	g := newGate(4, 4, func() int { return 1 })
	for i := range 1000 {
		account := fmt.Sprint(i)
		if !g.enter(t.Context(), account, 0) {
			t.Fatal("no place")
		}
		g.leave(account)
	}
	if len(g.lines) > many {
		t.Errorf("%d accounts are remembered", len(g.lines))
	}
}

// Whatever comes and goes, the bounds hold and nothing is lost.
func TestGateUnderPressure(t *testing.T) {
	t.Parallel()
	g := newGate(4, 8, func() int { return 3 })
	var now, most atomic.Int64
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			account := fmt.Sprint(i % 3)
			for range 200 {
				if !g.enter(t.Context(), account, time.Duration(i)*10*time.Microsecond) {
					continue
				}
				n := now.Add(1)
				for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				}
				now.Add(-1)
				g.leave(account)
			}
		})
	}
	wg.Wait()
	if running, waiting := g.load(); running != 0 || waiting != 0 || most.Load() > 4 {
		t.Errorf("%d run, %d wait, %d at once", running, waiting, most.Load())
	}
}

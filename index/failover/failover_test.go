package failover

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/policybot/policybot/index"
)

const ms = time.Millisecond

var found = []index.Place{{Document: "d", Ordinal: 1}}

// fake is an engine that does as do says.
type fake struct {
	name string

	mu         sync.Mutex
	do         func(ctx context.Context) error
	generation string
	fresh      bool
	questions  int // probes too
	now, most  int // at a time
}

func newFake(name string) *fake {
	return &fake{name: name, do: takes(5 * ms), generation: "g1", fresh: true}
}

func (f *fake) Name() string { return f.name }

func (f *fake) Recall(ctx context.Context, generation string, p index.Probe) ([]index.Place, error) {
	f.mu.Lock()
	do := f.do
	f.questions++
	f.now++
	f.most = max(f.most, f.now)
	right := generation == f.generation && len(p.Words) > 0
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		f.now--
		f.mu.Unlock()
	}()
	if !right {
		return nil, errors.New("another generation, or no words")
	}
	if err := do(ctx); err != nil {
		return nil, err
	}
	return found, nil
}

func (f *fake) Serving() (string, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.generation, f.fresh
}

func (f *fake) will(do func(context.Context) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.do = do
}

func (f *fake) serves(generation string, fresh bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.generation, f.fresh = generation, fresh
}

// asked returns how many questions came since it was last called.
func (f *fake) asked() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.questions
	f.questions = 0
	return n
}

// takes answers after some time, unless ctx ends before.
func takes(d time.Duration) func(context.Context) error {
	return func(ctx context.Context) error {
		select {
		case <-time.After(d):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// deaf answers after some time, whatever becomes of ctx.
func deaf(d time.Duration) func(context.Context) error {
	return func(context.Context) error {
		time.Sleep(d)
		return nil
	}
}

func refuses(context.Context) error { return errors.New("connection refused") }

// told is what a Group says of its switches.
type told struct {
	mu       sync.Mutex
	switches []string
	outcomes map[string]int
	log      record
}

// record is a log that can be read while it is written.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(line []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(line)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// said returns the switches so far.
func (s *told) said() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.switches)
}

func (s *told) switched(engine string, up bool, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.switches = append(s.switches, fmt.Sprintf("%s %t: %s", engine, up, why))
}

func (s *told) observe(engine, outcome string, took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outcomes[engine+" "+outcome]++
	if took < 0 || took > share {
		s.outcomes["took wrong"]++
	}
}

// trial is a Group over fakes that is probed until the test ends.
func trial(t *testing.T, engines ...*fake) (*Group, *told) {
	t.Helper()
	s := &told{outcomes: map[string]int{}}
	c := Config{Log: slog.New(slog.NewTextHandler(&s.log, nil)), Switched: s.switched, Observe: s.observe}
	for _, f := range engines {
		c.Targets = append(c.Targets, Target{f, f.Serving})
	}
	g := New(c)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := g.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	return g, s
}

// ask puts n questions one after the other, and returns who answered the last
// one and how long the slowest took.
func ask(t *testing.T, g *Group, n int) (engine string, slowest time.Duration, err error) {
	t.Helper()
	for range n {
		var places []index.Place
		start := time.Now()
		places, engine, err = g.Recall(t.Context(), probe())
		slowest = max(slowest, time.Since(start))
		if (err == nil) != (engine != "") || (err == nil) != slices.Equal(places, found) {
			t.Fatalf("%v from %q: %v", places, engine, err)
		}
	}
	return engine, slowest, err
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g, s := trial(t, newFake("one"))
		engine, took, err := ask(t, g, 100)
		if engine != "one" || took != 5*ms || err != nil {
			t.Errorf("%q in %v: %v", engine, took, err)
		}
		stat := g.Stats()[0]
		if stat.State != Asked || !stat.Up || stat.Outcomes[Answered] != 100 || stat.Budget != minBudget || stat.Switches != 0 {
			t.Errorf("%+v", stat)
		}
		if len(s.said()) > 0 || s.log.String() != "" {
			t.Errorf("said %q, %s", s.said(), &s.log)
		}
	})
}

// TestRests: an engine that fails is soon not asked, comes back by itself, and
// that is said once each.
func TestRests(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do      func(context.Context) error
		outcome string
		why     string
		within  time.Duration // a question, until it rests
	}{
		"refuses": {refuses, Failed, "it failed 5 times in a row, at last with: connection refused", 0},
		"slow":    {takes(2 * time.Second), Timeout, "it failed 5 times in a row, at last with no answer within 50 ms", minBudget},
		"frozen":  {takes(time.Hour), Timeout, "it failed 5 times in a row, at last with no answer within 50 ms", minBudget},
		"panics":  {func(context.Context) error { panic("the words of a question") }, Failed, "the engine's client panicked", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newFake("one")
				g, s := trial(t, f)
				ask(t, g, 100)
				f.will(c.do)
				if _, took, err := ask(t, g, inARow); err == nil || took != c.within {
					t.Errorf("%v: %v", took, err)
				}
				f.asked()
				if _, took, err := ask(t, g, 1000); took != 0 || !errors.Is(err, ErrNone) || f.asked() > 0 {
					t.Errorf("at rest: %v: %v", took, err)
				}
				stat := g.Stats()[0]
				if stat.State != Resting || stat.Up || !strings.HasSuffix(stat.Why, c.why) || stat.Outcomes[c.outcome] != inARow || stat.Outcomes[Skipped] != 1000 {
					t.Errorf("%+v", stat)
				}
				time.Sleep(time.Minute)
				f.will(takes(5 * ms))
				if !backWithin(t, g, 10*time.Second) {
					t.Fatalf("%+v", g.Stats())
				}
				if len(s.said()) != 2 || strings.Count(s.log.String(), "\n") != 2 || s.said()[1] != "one true: it has answered 3 times in a row" {
					t.Errorf("said %q, %s", s.said(), &s.log)
				}
				if text := s.log.String() + fmt.Sprint(s.said()); strings.Contains(text, "words") {
					t.Errorf("%s", text)
				}
			})
		})
	}
}

// backWithin reports whether questions are put to an engine again.
func backWithin(t *testing.T, g *Group, d time.Duration) bool {
	t.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(100 * ms) {
		if _, _, err := ask(t, g, 1); err == nil {
			return true
		}
	}
	return false
}

// TestHalf: an engine that answers every other question is no help either.
func TestHalf(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake("one")
		g, _ := trial(t, f)
		n := 0
		f.will(func(context.Context) error {
			if n++; n%2 == 0 {
				return errors.New("503")
			}
			return nil
		})
		ask(t, g, recent)
		if stat := g.Stats()[0]; stat.Up || !strings.HasPrefix(stat.Why, "it failed 10 of the last 20 times") {
			t.Errorf("%+v", stat)
		}
	})
}

// TestFlood: a frozen engine gets no more questions than it may have at a
// time, and fewer with each wave that it does not answer, until it rests; the
// others are answered at once.
func TestFlood(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake("one")
		g, s := trial(t, f)
		f.will(takes(time.Hour))
		for _, asked := range []int{16, 8, 4, 2, 2, 0, 0} {
			start := time.Now()
			flood(t, g, 200)
			if took := time.Since(start); took > share || f.asked() != asked {
				t.Errorf("%d asked of 200, took %v", asked, took)
			}
		}
		if stat := g.Stats()[0]; f.most != maxInFlight || stat.InFlight != 0 || stat.Up || len(s.said()) != 1 {
			t.Errorf("%d at a time, %+v, said %q", f.most, stat, s.said())
		}
		f.will(takes(5 * ms))
		if !backWithin(t, g, 10*time.Second) {
			t.Errorf("%+v", g.Stats())
		}
		flood(t, g, 200)
		if room := g.Stats()[0].Room; f.most != maxInFlight || room != minInFlight {
			t.Errorf("room for %d after a rest", room)
		}
	})
}

// TestStrays: an engine that does not mind that its questions were given up
// gets no others beside them.
func TestStrays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake("one")
		g, _ := trial(t, f)
		f.will(deaf(time.Hour))
		for range 3 {
			start := time.Now()
			flood(t, g, 200)
			if took := time.Since(start); took > share {
				t.Errorf("took %v", took)
			}
		}
		if stat := g.Stats()[0]; f.most != maxInFlight || stat.InFlight != maxInFlight || stat.Outcomes[Busy] != 600-maxInFlight {
			t.Errorf("%d at a time, %+v", f.most, stat)
		}
		f.will(takes(5 * ms))
		time.Sleep(time.Hour)
		if _, _, err := ask(t, g, 1); err != nil {
			t.Errorf("%v, %+v", err, g.Stats())
		}
	})
}

// flood puts n questions at a time.
func flood(t *testing.T, g *Group, n int) {
	t.Helper()
	var all sync.WaitGroup
	for range n {
		all.Go(func() { ask(t, g, 1) })
	}
	all.Wait()
	synctest.Wait()
}

// busyServer answers so many at a time, each within d; the others wait for
// their turn.
func busyServer(places int, d time.Duration) func(context.Context) error {
	turns := make(chan struct{}, places)
	return func(ctx context.Context) error {
		select {
		case turns <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		time.Sleep(d) // also where nobody waits for it any more
		<-turns
		return ctx.Err()
	}
}

// TestOverload: an engine that has more to do than it can is not called ill;
// it answers nearly as much as it is able to, and few wait in vain.
func TestOverload(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake("one")
		g, s := trial(t, f)
		ask(t, g, 100)
		f.will(busyServer(2, 40*ms)) // 50 a second
		end := time.Now().Add(5 * time.Minute)
		var all sync.WaitGroup
		for i := range 32 {
			all.Go(func() {
				for time.Now().Before(end) {
					_, _, _ = g.Recall(t.Context(), probe())
					time.Sleep(time.Duration(20+i) * ms) // the embedded index
				}
			})
		}
		all.Wait()
		o := g.Stats()[0].Outcomes
		if len(s.said()) > 0 || s.log.String() != "" {
			t.Errorf("said %q", s.said())
		}
		if o[Answered] < 5*60*50*3/4 || o[Timeout] > o[Answered]/20 || o[Busy] == 0 {
			t.Errorf("%v", o)
		}
		f.will(takes(5 * ms))
		for range 30 {
			flood(t, g, 16)
			ask(t, g, 100)
		}
		if room := g.Stats()[0].Room; room != maxInFlight {
			t.Errorf("room for %d at a time when it is over", room)
		}
	})
}

// TestBusyIsNoFailure: an engine that is well under a flood stays in use.
func TestBusyIsNoFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g, _ := trial(t, newFake("one"))
		var flood sync.WaitGroup
		for range 200 {
			flood.Go(func() { ask(t, g, 1) })
		}
		flood.Wait()
		if stat := g.Stats()[0]; !stat.Up || stat.Outcomes[Answered] != maxInFlight || stat.Outcomes[Busy] != 200-maxInFlight {
			t.Errorf("%+v", stat)
		}
	})
}

func TestTakenBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake("one")
		g, s := trial(t, f)
		f.will(deaf(20 * ms))
		for range 50 {
			ctx, cancel := context.WithTimeout(t.Context(), 10*ms)
			start := time.Now()
			_, engine, err := g.Recall(ctx, probe())
			if !errors.Is(err, context.DeadlineExceeded) || engine != "" || time.Since(start) != 10*ms {
				t.Errorf("%q: %v after %v", engine, err, time.Since(start))
			}
			cancel()
			f.asked()
			if _, _, err := g.Recall(ctx, probe()); !errors.Is(err, context.DeadlineExceeded) || f.asked() > 0 {
				t.Errorf("taken back before: %v", err)
			}
			time.Sleep(100 * ms)
		}
		if stat := g.Stats()[0]; !stat.Up || len(s.outcomes) > 0 {
			t.Errorf("%+v, %v", stat, s.outcomes)
		}
	})
}

func TestServing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake("one")
		g, s := trial(t, f)
		for _, c := range []struct {
			generation string
			fresh      bool
			state      State
		}{{"g1", false, Behind}, {"", false, NotBuilt}, {"", true, NotBuilt}, {"g2", true, Asked}} {
			f.serves(c.generation, c.fresh)
			_, _, err := ask(t, g, 10)
			asked := f.asked() > 0
			if state := g.Stats()[0].State; state != c.state || asked != (c.state == Asked) || (err == nil) != asked {
				t.Errorf("%+v: %q, asked %t: %v", c, state, asked, err)
			}
		}
		if s.outcomes["one "+Stale] != 30 || len(s.said()) > 0 || s.log.String() != "" {
			t.Errorf("%v, said %q", s.outcomes, s.said())
		}
		// What serves nothing cannot show that it is well.
		f.will(refuses)
		ask(t, g, inARow)
		f.will(takes(ms))
		f.serves("", false)
		time.Sleep(time.Minute)
		if stat := g.Stats()[0]; stat.State != Resting {
			t.Errorf("%+v", stat)
		}
		f.serves("g3", true)
		if !backWithin(t, g, 10*time.Second) {
			t.Errorf("%+v", g.Stats())
		}
	})
}

func TestTwo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		one, two := newFake("one"), newFake("two")
		g, s := trial(t, one, two)
		expect := func(what, engine string, slowest time.Duration, ones, twos int) {
			t.Helper()
			one.asked()
			two.asked()
			who, took, err := ask(t, g, 10)
			if n, m := one.asked(), two.asked(); who != engine || took != slowest || n != ones || m != twos {
				t.Errorf("%s: %q in %v, asked %d and %d: %v", what, who, took, n, m, err)
			}
		}
		expect("both are well", "one", 5*ms, 10, 0)
		one.will(refuses)
		expect("the first fails: the second is asked at once", "two", 5*ms, inARow, 10)
		one.will(takes(ms))
		time.Sleep(10 * time.Second)
		expect("the first is well again: they stay", "two", 5*ms, 0, 10)
		two.serves("g1", false)
		expect("the second is behind", "one", ms, 10, 0)
		two.serves("g1", true)
		expect("the second is not: they stay", "one", ms, 10, 0)
		time.Sleep(time.Minute)
		one.will(takes(time.Hour))
		expect("the first hangs: no second, its time is over", "two", share, inARow, 5)
		two.will(refuses)
		ask(t, g, inARow)
		expect("both rest", "", 0, 0, 0)
		if len(s.said()) != 4 {
			t.Errorf("said %q", s.said())
		}
	})
}

// TestShare: the second engine is asked with what the first has left.
func TestShare(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		one, two := newFake("one"), newFake("two")
		g, _ := trial(t, one, two)
		ask(t, g, 100) // one has a budget of 50 ms then, two of 300
		one.will(takes(time.Hour))
		two.will(takes(200 * ms))
		if who, took, err := ask(t, g, 1); who != "two" || took != 250*ms {
			t.Errorf("%q in %v: %v", who, took, err)
		}
		two.will(takes(time.Hour))
		if _, took, err := ask(t, g, 1); took != share || err == nil {
			t.Errorf("in %v: %v", took, err)
		}
		one.will(func(ctx context.Context) error {
			time.Sleep(45 * ms)
			return errors.New("late")
		})
		if _, took, err := ask(t, g, 1); took != share || !errors.Is(err, errTimeout) {
			t.Errorf("in %v: %v", took, err)
		}
	})
}

// TestRelapse: an engine that answers probes and fails on questions comes and
// goes less and less.
func TestRelapse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake("one")
		g, s := trial(t, f)
		fails := time.Now().Add(10 * time.Minute)
		for time.Now().Before(fails) {
			up := g.Stats()[0].Up
			f.will(takes(ms))
			if up {
				f.will(refuses)
			}
			ask(t, g, 1)
			f.will(takes(ms))
			time.Sleep(10 * ms)
		}
		if n := len(s.said()); n < 10 || n > 20 || strings.Count(s.log.String(), "\n") != n {
			t.Errorf("%d switches in 10 minutes", n)
		}
		if !backWithin(t, g, 5*time.Minute) {
			t.Error("not back")
		}
		time.Sleep(relapse)
		f.will(refuses)
		ask(t, g, inARow)
		f.will(takes(ms))
		if !backWithin(t, g, 3*time.Second) {
			t.Error("what it did long ago still counts")
		}
	})
}

func TestNobody(t *testing.T) {
	t.Parallel()
	g := New(Config{})
	if _, _, err := g.Recall(t.Context(), probe()); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
	if err := g.Run(t.Context()); err != nil || len(g.Stats()) > 0 {
		t.Error(err)
	}
}

// TestManyAtOnce is for the race detector.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		one, two := newFake("one"), newFake("two")
		g, _ := trial(t, one, two)
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				for range 50 {
					_, _, _ = g.Recall(t.Context(), probe())
					time.Sleep(time.Duration(i) * ms)
				}
			})
		}
		for range 20 {
			one.will(refuses)
			two.serves("g1", false)
			time.Sleep(70 * ms)
			g.Stats()
			one.will(takes(ms))
			two.serves("g1", true)
			time.Sleep(70 * ms)
		}
		all.Wait()
	})
}

func BenchmarkRecall(b *testing.B) {
	answers := newFake("one")
	answers.do = func(context.Context) error { return nil }
	for name, engines := range map[string][]*fake{"answered": {answers}, "skipped": {newFake("two")}} {
		b.Run(name, func(b *testing.B) {
			c := Config{Log: slog.New(slog.DiscardHandler)}
			for _, f := range engines {
				c.Targets = append(c.Targets, Target{f, f.Serving})
			}
			g := New(c)
			if name == "skipped" {
				engines[0].do = refuses
				for range inARow {
					_, _, _ = g.Recall(b.Context(), probe())
				}
			}
			p := probe()
			b.ReportAllocs()
			for b.Loop() {
				_, _, _ = g.Recall(b.Context(), p)
			}
		})
	}
}

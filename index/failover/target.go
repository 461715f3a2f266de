package failover

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/policybot/policybot/index"
)

// Errors of a question.
var (
	errBusy    = errors.New("failover: the engine has as many questions as it may have at a time")
	errTimeout = errors.New("failover: the engine did not answer in time")
)

// target is an engine with what is known of how it does. What is read for
// every question is atomic; what outcomes change is guarded by mu.
type target struct {
	Target
	name     string
	log      *slog.Logger
	switched func(engine string, up bool, why string)
	observe  func(engine, outcome string, took time.Duration)

	inFlight atomic.Int32
	room     atomic.Int32 // for so many questions at a time
	era      atomic.Int64 // how many switches there were: odd while it rests
	wave     atomic.Int64 // how many times it was late: see late
	allowed  atomic.Int64 // the budget, in nanoseconds
	counts   [6]atomic.Int64
	rests    chan struct{} // has one when it begins to rest

	mu        sync.Mutex
	latencies latencies
	breaker   breaker
	load      load
	since     time.Time // of the last switch
	why       string
	wanted    int // good probes in a row that end a rest
}

func newTarget(t Target, c Config, now time.Time) *target {
	n := &target{
		Target: t, name: t.Engine.Name(), log: c.Log, switched: c.Switched, observe: c.Observe,
		rests: make(chan struct{}, 1), since: now, wanted: probesWanted,
	}
	n.allowed.Store(int64(share))
	n.load.room = maxInFlight
	n.room.Store(maxInFlight)
	return n
}

func (t *target) budget() time.Duration { return time.Duration(t.allowed.Load()) }

func (t *target) resting() bool { return t.era.Load()%2 == 1 }

// usable returns the generation to ask, or why none is asked.
func (t *target) usable() (generation, outcome string) {
	if t.resting() {
		return "", Skipped
	}
	generation, fresh := t.Serving()
	if generation == "" || !fresh {
		return "", Stale
	}
	return generation, ""
}

// ask puts a question and notes what came of it.
func (t *target) ask(ctx context.Context, budget time.Duration, generation string, p index.Probe) ([]index.Place, error) {
	era, wave := t.era.Load(), t.wave.Load()
	start := time.Now()
	found, err := t.call(ctx, budget, generation, p)
	took := time.Since(start)
	switch {
	case err == nil:
		t.succeeded(era, took)
		t.count(Answered, took)
	case ctx.Err() != nil: // taken back: nobody's failure
	case errors.Is(err, errBusy):
		t.count(Busy, took)
	case errors.Is(err, errTimeout):
		t.late(era, wave, budget)
		t.count(Timeout, took)
	default:
		t.failed(era, "at last with: "+index.Plain(err))
		t.count(Failed, took)
	}
	return found, err
}

// answer of an engine.
type answer struct {
	found []index.Place
	err   error
}

// call returns at the end of the budget or of ctx even where the engine minds
// neither.
func (t *target) call(ctx context.Context, budget time.Duration, generation string, p index.Probe) ([]index.Place, error) {
	if t.inFlight.Add(1) > t.room.Load() {
		t.inFlight.Add(-1)
		return nil, errBusy
	}
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	came := make(chan answer, 1)
	go func() {
		a := t.recall(ctx, generation, p)
		t.inFlight.Add(-1)
		came <- a
	}()
	select {
	case a := <-came:
		if ctx.Err() != nil {
			return nil, errTimeout
		}
		return a.found, a.err
	case <-ctx.Done():
		return nil, errTimeout
	}
}

// recall is the engine's; a panic of it costs the question alone, not the
// process.
func (t *target) recall(ctx context.Context, generation string, p index.Probe) (a answer) {
	defer func() {
		if fault := recover(); fault != nil {
			a = answer{err: errors.New("failover: the engine's client panicked")}
		}
	}()
	a.found, a.err = t.Engine.Recall(ctx, generation, p)
	return a
}

func (t *target) succeeded(era int64, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if era != t.era.Load() {
		return
	}
	t.breaker.answered()
	t.latencies.add(took)
	t.allowed.Store(int64(t.latencies.budget()))
	t.load.answered()
	t.room.Store(t.load.room)
}

// late notes that a question had no answer in time. Those that were at the
// engine together are late for one reason, so only the first of such a wave
// counts: it halves the room, and is one failure. An engine with too much to
// do soon has less, and answers; one that is ill answers nothing in five waves
// in a row, and rests.
func (t *target) late(era, wave int64, budget time.Duration) {
	if !t.wave.CompareAndSwap(wave, wave+1) {
		return
	}
	t.mu.Lock()
	if era == t.era.Load() {
		t.load.late()
		t.room.Store(t.load.room)
	}
	t.mu.Unlock()
	t.failed(era, fmt.Sprintf("at last with no answer within %d ms", budget.Milliseconds()))
}

// failed notes a failure; too many make the engine rest. One that was asked
// before the last switch says nothing about now.
func (t *target) failed(era int64, how string) {
	t.mu.Lock()
	if era != t.era.Load() || t.resting() {
		t.mu.Unlock()
		return
	}
	why := t.breaker.failed()
	if why == "" {
		t.mu.Unlock()
		return
	}
	why += ", " + how
	now := time.Now()
	t.wanted = wantedAfter(t.wanted, era > 0 && now.Sub(t.since) < relapse)
	t.turn(now, why)
	t.mu.Unlock()
	t.rests <- struct{}{} // that of the last rest was taken before it ended
	t.log.Warn("questions are not put to this engine until it is well again", "engine", t.name, "why", why)
	t.tell(false, why)
}

// recovered ends a rest.
func (t *target) recovered() {
	t.mu.Lock()
	now := time.Now()
	rested := now.Sub(t.since)
	why := fmt.Sprintf("it has answered %d times in a row", t.wanted)
	t.turn(now, "")
	t.mu.Unlock()
	t.log.Info("questions are put to this engine again", "engine", t.name, "why", why, "rested", rested.Round(time.Millisecond))
	t.tell(true, why)
}

// turn begins or ends a rest. What was learned of the engine is of before.
func (t *target) turn(now time.Time, why string) {
	t.since, t.why = now, why
	t.breaker, t.latencies, t.load = breaker{}, latencies{}, load{room: minInFlight}
	t.allowed.Store(int64(share))
	t.room.Store(minInFlight)
	t.era.Add(1)
}

func (t *target) tell(up bool, why string) {
	if t.switched != nil {
		t.switched(t.name, up, why)
	}
}

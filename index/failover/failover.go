package failover

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/policybot/policybot/index"
)

// share is how long a question waits for all engines outside of this process
// together.
const share = 300 * time.Millisecond

// ErrNone is returned where no engine is asked now: each rests, is behind, or
// has nothing yet.
var ErrNone = errors.New("failover: no engine is asked now")

// Engine is what is asked: an index.Outside. Its errors hold nothing of a
// question: they are logged.
type Engine interface {
	Name() string
	Recall(ctx context.Context, generation string, p index.Probe) ([]index.Place, error)
}

// Target is an engine, and what it serves.
type Target struct {
	Engine Engine
	// Serving returns the generation to ask, "" where there is none, and
	// whether it has what was published. It is called for every question.
	Serving func() (generation string, fresh bool)
}

// What became of a question that was to be put to an engine.
const (
	Answered = "answered"
	Failed   = "failed"  // it gave an error
	Timeout  = "timeout" // it did not answer within its budget
	Busy     = "busy"    // it has as many questions as it may have at a time
	Skipped  = "skipped" // it rests
	Stale    = "stale"   // it is behind, or has nothing yet
)

// Outcomes returns all of them.
func Outcomes() []string { return []string{Answered, Failed, Timeout, Busy, Skipped, Stale} }

// Config of a Group.
type Config struct {
	Targets []Target // in the order in which they are preferred at first
	Log     *slog.Logger
	// Switched, where it is not nil, is told when an engine is not asked any
	// more, and when it is asked again, with the reason in words for the
	// operator. That it is behind is the feed's to tell.
	Switched func(engine string, up bool, why string)
	// Observe, where it is not nil, is told what became of every question, and
	// how long that took. A question that was taken back by who asked it is
	// not counted.
	Observe func(engine, outcome string, took time.Duration)
}

// Group is an index.Recaller over engines that may fail.
type Group struct {
	targets   []*target
	preferred atomic.Int32 // the target that questions stay with
}

// New returns a Group. It asks nothing.
func New(c Config) *Group {
	g := &Group{}
	now := time.Now()
	for _, t := range c.Targets {
		g.targets = append(g.targets, newTarget(t, c, now))
	}
	return g
}

// Recall implements index.Recaller. It returns within 300 ms, whatever the
// engines do; its errors are ErrNone, that of ctx, and that of the engine that
// was asked last. p must not be changed afterwards: an engine that does not
// mind its context may still read it.
func (g *Group) Recall(ctx context.Context, p index.Probe) ([]index.Place, string, error) {
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	var start time.Time // of the first question to an engine
	failure := ErrNone
	sticky := int(g.preferred.Load())
	for k := range g.targets {
		i := inOrder(k, sticky)
		t := g.targets[i]
		generation, outcome := t.usable()
		if outcome != "" {
			t.count(outcome, 0)
			continue
		}
		budget := t.budget()
		if start.IsZero() {
			start = time.Now()
			if i != sticky {
				g.preferred.CompareAndSwap(int32(sticky), int32(i))
			}
		} else if left := share - time.Since(start); left < minBudget {
			break
		} else {
			budget = min(budget, left)
		}
		found, err := t.ask(ctx, budget, generation, p)
		if err == nil {
			return found, t.name, nil
		}
		if ctx.Err() != nil {
			return nil, "", ctx.Err()
		}
		failure = err
	}
	return nil, "", failure
}

// inOrder is the k-th target to be asked: the preferred one, then the others
// as they were given.
func inOrder(k, preferred int) int {
	switch {
	case k == 0:
		return preferred
	case k <= preferred:
		return k - 1
	}
	return k
}

// Run probes engines that rest until ctx ends. Without it they are never
// asked again.
func (g *Group) Run(ctx context.Context) error {
	var running errgroup.Group
	for _, t := range g.targets {
		running.Go(func() error {
			t.run(ctx)
			return nil
		})
	}
	return running.Wait()
}

// Stats tells how the engines are, in the order of Config.
func (g *Group) Stats() []Stat {
	out := make([]Stat, len(g.targets))
	for i, t := range g.targets {
		out[i] = t.stat()
	}
	return out
}

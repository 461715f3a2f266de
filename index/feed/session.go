package feed

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/policybot/policybot/index"
)

// Pauses between tries.
const (
	firstPause   = time.Second
	longestPause = 30 * time.Second
	waitingPause = 5 * time.Second // where something waits to be served
)

// Limits of one call to an engine that says no more; it has shorter ones of
// its own.
const (
	askLimit   = time.Minute
	writeLimit = 10 * time.Minute
)

// errInterrupted ends what an urgent command comes before.
var errInterrupted = errors.New("the engine's generations were dropped meanwhile")

// session is the work of one who has the lease.
type session struct {
	*Worker
	hold    *hold
	alone   bool   // a command's: there is no Run
	waiting []*ask // commands that came during work

	now     generation // the one that serves
	others  []string   // complete ones that are out of use
	since   time.Time  // when they were found to be
	begun   string     // the youngest name that was given
	checked bool       // the engine answered since it last failed
	looked  time.Time  // when its generations were last seen
	asides  map[string]bool
	caught  time.Time // when the served one was last fed during longer work
	saved   time.Time // when the progress of a build was last kept
	told    bool      // that it fails
	loaded  bool      // what was known before
	unsaved bool      // which generation is in use

	pause time.Duration // before the last try
	tried time.Time     // when the last one ended
}

// generation is one that is written to, with the segmenter of its entries.
type generation struct {
	index.Stamp
	seg index.Segmenter
}

// run works until the lease ends.
func (s *session) run() {
	ctx := s.hold.ctx
	for ctx.Err() == nil {
		if len(s.waiting) > 0 {
			a := s.waiting[0]
			s.waiting = s.waiting[1:]
			s.answer(ctx, a)
			continue
		}
		err := s.step(ctx)
		s.tried = s.c.Now()
		pause := lookEvery
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, errInterrupted): // what did it is waiting
		case err != nil:
			pause = s.failed(err)
		default:
			s.well()
		}
		s.rest(ctx, pause)
	}
	for _, a := range s.waiting {
		a.done <- s.hold.cause(ctx.Err())
	}
}

// load takes over what is known of the engine from the one before, once: that
// all of it was dropped, above all.
func (s *session) load(ctx context.Context) error {
	if s.loaded {
		return nil
	}
	all, err := s.c.Store.Progress(ctx)
	if err != nil {
		return fmt.Errorf("feed: progress: %w", err)
	}
	s.loaded = true
	i := slices.IndexFunc(all, func(p Progress) bool { return p.Engine == s.name })
	if i < 0 {
		return nil
	}
	p := all[i]
	p.building("", 0, 0, 0)
	s.update(func(st *state) { st.Progress = p })
	return nil
}

// rest waits until there is something to do, and does what is asked.
func (s *session) rest(ctx context.Context, pause time.Duration) {
	if len(s.waiting) > 0 {
		return
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			return
		case a := <-s.asks:
			s.answer(ctx, a)
			return
		case <-s.poked:
			// An engine that has just failed is left alone for a second.
			if soon := s.tried.Add(firstPause).Sub(s.c.Now()); s.pause > 0 && soon > 0 {
				timer.Reset(soon)
				continue
			}
			return
		}
	}
}

// answer does what a command asks.
func (s *session) answer(ctx context.Context, a *ask) {
	if err := a.ctx.Err(); err != nil {
		a.done <- err
		return
	}
	err := s.load(ctx)
	if err == nil {
		err = a.do(ctx, s)
	}
	a.done <- s.hold.cause(err)
}

// hear takes a command that came during longer work, which ends for an urgent
// one. Those that come while a command works alone wait for it to end.
func (s *session) hear() error {
	if s.alone {
		return nil
	}
	select {
	case a := <-s.asks:
		if a.urgent {
			s.waiting = slices.Insert(s.waiting, 0, a)
			return errInterrupted
		}
		s.waiting = append(s.waiting, a)
	default:
	}
	return nil
}

// step does what there is to do.
func (s *session) step(ctx context.Context) error {
	if err := s.load(ctx); err != nil {
		return err
	}
	if s.see().Dropped {
		s.idle()
		return nil
	}
	pokes := s.see().pokes
	newest, err := s.newest(ctx)
	if err != nil {
		return err
	}
	if s.quiet(newest) {
		s.inStep(pokes)
		return nil
	}
	if s.now.Generation != "" {
		if err := s.waits(ctx); err != nil {
			return err
		}
	}
	if err := s.adopt(ctx); err != nil {
		return err
	}
	if s.now.Generation == "" {
		if err := s.build(ctx); err != nil {
			return err
		}
	}
	if err := s.feed(ctx); err != nil {
		return err
	}
	if s.see().Doubtful {
		if err := s.settle(ctx); err != nil {
			return err
		}
	}
	return s.sweep(ctx)
}

// idle is the step of an engine that an operator dropped.
func (s *session) idle() {
	s.now, s.others = generation{}, nil
	s.update(func(st *state) { st.known, st.late = true, time.Time{} })
}

// quiet reports whether nothing is to be done, and the engine was seen lately.
func (s *session) quiet(newest int64) bool {
	return s.checked && s.now.Generation != "" && s.now.Cursor >= newest && s.now.Cut == s.cut() &&
		s.c.Now().Sub(s.looked) < checkEvery && (len(s.others) == 0 || s.c.Now().Sub(s.since) < grace)
}

func (s *session) newest(ctx context.Context) (int64, error) {
	seq, err := s.c.Source.Newest(ctx)
	if err != nil {
		return 0, fmt.Errorf("feed: outbox: %w", err)
	}
	return seq, nil
}

// call calls the engine, where the lease still holds.
func (s *session) call(ctx context.Context, limit time.Duration, do func(context.Context) error) error {
	if !s.hold.valid() {
		s.hold.cancel(errLost)
	}
	if err := s.hold.ctx.Err(); err != nil {
		return s.hold.cause(err)
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := do(limited)
	if errors.Is(err, context.DeadlineExceeded) && limited.Err() != nil && ctx.Err() == nil {
		err = fmt.Errorf("it has not answered for %s: %w", limit, err)
	}
	return err
}

// failed notes that feeding failed, once until it works again, and returns how
// long to wait before the next try.
func (s *session) failed(err error) time.Duration {
	ctx := s.hold.ctx
	s.checked = false
	why := sentence(err)
	p := s.see().Progress
	s.update(func(st *state) {
		st.failures++
		if st.Trouble == "" {
			st.Since = s.c.Now()
		}
		st.Trouble = why
		st.building("", 0, 0, 0)
		if st.late.IsZero() {
			st.late = s.c.Now()
		}
	})
	if p.Trouble == "" || !s.told {
		s.told = true
		s.c.Log.Warn("the engine is not fed; it is tried again until it works", "engine", s.name, "err", why)
		s.happened(ctx, Failed, why)
	}
	if p.Trouble != why || p.Building != "" {
		_ = s.save(ctx) // the first error is the one to tell, and it has been told
	}
	s.pause = min(max(firstPause, 2*s.pause), longestPause)
	pause := s.pause
	if newest, err := s.newest(ctx); err != nil || newest > s.now.Cursor || s.now.Generation == "" {
		pause = min(pause, waitingPause)
	}
	return pause - rand.N(pause/5)
}

// well notes that feeding works.
func (s *session) well() {
	s.pause = 0
	p := s.see().Progress
	if p.Trouble == "" || p.Dropped {
		return
	}
	ctx := s.hold.ctx
	s.update(func(st *state) { st.Trouble, st.Since = "", time.Time{} })
	s.c.Log.Info("the engine is fed again", "engine", s.name, "generation", p.Generation, "for", s.c.Now().Sub(p.Since).Round(time.Second).String())
	s.happened(ctx, CaughtUp, "after "+p.Trouble)
	_ = s.save(ctx) // it is saved again with the next change
}

// save keeps the progress for people and other processes.
func (s *session) save(ctx context.Context) error {
	s.update(func(st *state) { st.Updated = s.c.Now() })
	ours, err := s.c.Store.SaveProgress(ctx, s.c.Holder, s.see().Progress)
	switch {
	case err != nil:
		return fmt.Errorf("feed: progress: %w", err)
	case !ours:
		s.hold.cancel(errLost)
		return errLost
	}
	s.unsaved = false
	return nil
}

// happened adds to the history, which nothing depends on.
func (s *session) happened(ctx context.Context, kind, detail string) {
	e := Event{At: s.c.Now(), Engine: s.name, Kind: kind, Detail: detail}
	if err := s.c.Store.Happened(ctx, e); err != nil && ctx.Err() == nil {
		s.c.Log.Warn("the history of the engine cannot be written", "engine", s.name, "err", err.Error())
	}
}

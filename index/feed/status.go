package feed

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Status is what Status tells.
type Status struct {
	Progress
	Queued      int           `json:"queued"`    // changes that it does not serve yet
	Behind      time.Duration `json:"behind_ns"` // since the oldest of them was published
	Asides      []Aside       `json:"asides,omitempty"`
	Generations []Generation  `json:"generations,omitempty"`
	Unknown     string        `json:"unknown,omitempty"` // why Generations are not known
	Leased      bool          `json:"leased"`            // this process feeds it
}

// Generation is one that the engine has.
type Generation struct {
	Name     string `json:"generation"`
	Cut      string `json:"cut"`
	Cursor   int64  `json:"cursor"`
	Complete bool   `json:"complete"` // it was built to its end
	Entries  int    `json:"entries"`
	Serves   bool   `json:"serves"`
}

// statusLimit is how long an engine that hangs may hold up its status.
const statusLimit = 3 * time.Second

// Status tells how far the engine is. An engine that does not answer is no
// error: see Unknown.
func (w *Worker) Status(ctx context.Context) (Status, error) {
	if !w.see().leased {
		if err := w.Refresh(ctx); err != nil {
			return Status{}, err
		}
	}
	st := w.see()
	out := Status{Progress: st.Progress, Leased: st.leased}
	waiting, err := w.c.Store.Pending(ctx, st.Cursor)
	if err != nil {
		return out, fmt.Errorf("feed: outbox: %w", err)
	}
	out.Queued = waiting.Changes
	if !waiting.Oldest.IsZero() {
		out.Behind = max(0, w.c.Now().Sub(waiting.Oldest))
	}
	if out.Asides, err = w.c.Store.Aside(ctx, w.name); err != nil {
		return out, fmt.Errorf("feed: what is set aside: %w", err)
	}
	asking, cancel := context.WithTimeout(ctx, statusLimit)
	defer cancel()
	if out.Generations, err = w.generations(asking, st.Generation); err != nil {
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		out.Unknown = sentence(err)
	}
	return out, nil
}

func (w *Worker) generations(ctx context.Context, serves string) ([]Generation, error) {
	stamps, err := w.c.Engine.Generations(ctx)
	if err != nil {
		return nil, err
	}
	var all []Generation
	for _, m := range stamps {
		n, err := w.c.Engine.Count(ctx, m.Generation)
		if err != nil {
			return all, err
		}
		all = append(all, Generation{m.Generation, m.Cut, m.Cursor, m.Complete, n, m.Generation == serves})
	}
	return all, nil
}

// Behind is the error of Wait: the engine does not serve yet what it was
// waited for, and it may take long.
type Behind struct {
	Engine  string
	Queued  int    // changes that wait
	Trouble string // in words for the operator
}

func (b *Behind) Error() string {
	return fmt.Sprintf("%s does not serve everything yet (%d changes wait): %s", b.Engine, b.Queued, b.Trouble)
}

// stalled is how long Wait waits while nothing moves.
const stalled = time.Minute

// Wait returns nil once the engine serves everything up to a row of the
// outbox. Where nobody feeds it, this does meanwhile. It returns a *Behind when
// the engine fails, or nothing has moved for a minute, and ctx's error.
func (w *Worker) Wait(ctx context.Context, seq int64) error {
	if !w.c.ReadOnly {
		select {
		case w.writer <- struct{}{}:
			err := w.direct(ctx, func(ctx context.Context, s *session) error {
				err := s.step(ctx)
				if err != nil && ctx.Err() == nil {
					s.failed(err)
				}
				return err
			})
			<-w.writer
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case err != nil && !errors.Is(err, errHeld) && !errors.Is(err, errLost):
				return w.behind(ctx, sentence(err))
			}
		default:
		}
	}
	return w.watch(ctx, seq)
}

// watch waits for what another goroutine or process does.
func (w *Worker) watch(ctx context.Context, seq int64) error {
	failures := w.see().failures
	w.Poke()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	last, moved := w.see(), w.c.Now()
	for {
		st := w.see()
		switch {
		case st.known && st.Generation != "" && st.Cursor >= seq && st.Cut == w.cut():
			return nil
		case st.Dropped:
			return w.behind(ctx, dropped)
		case st.leased && st.failures > failures, !st.leased && st.known && st.Trouble != "":
			return w.behind(ctx, st.Trouble)
		case w.c.Now().Sub(moved) >= stalled:
			return w.behind(ctx, "nothing has moved for a minute")
		}
		if st.Cursor != last.Cursor || st.Built != last.Built || st.Generation != last.Generation {
			last, moved = st, w.c.Now()
		}
		select {
		case <-st.changed:
			continue
		case <-look.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		if !st.leased {
			if err := w.Refresh(ctx); err != nil {
				return err
			}
		}
	}
}

func (w *Worker) behind(ctx context.Context, trouble string) error {
	waiting, err := w.c.Store.Pending(ctx, w.see().Cursor)
	if err != nil {
		return fmt.Errorf("feed: outbox: %w", err)
	}
	return &Behind{Engine: w.name, Queued: waiting.Changes, Trouble: trouble}
}

package bot

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// write is one caller's share of a commit: exactly one of the four.
type write struct {
	record *Record
	free   *Claim
	claim  *Claim
	forget *forgetting

	held   Held
	err    error
	queued time.Time
	done   chan struct{}
}

var errClosed = errors.New("the journal is closed")

// submit waits until the write was committed. Its error wraps ErrJournal, or
// is the context's.
func (j *LedgerJournal) submit(ctx context.Context, w *write) (Held, error) {
	w.done, w.queued = make(chan struct{}), j.now()
	select {
	case j.queue <- w: // also where the context has ended: an answer is recorded
	default:
		select {
		case <-j.closed:
			return Held{}, fmt.Errorf("%w: %w", ErrJournal, errClosed)
		case j.queue <- w:
		case <-ctx.Done():
			return Held{}, ctx.Err()
		}
	}
	select {
	case <-w.done:
		return w.held, w.err
	case <-ctx.Done():
		return Held{}, ctx.Err()
	case <-j.closed:
		// Run drains the queue before it closes; this one came too late.
		select {
		case <-w.done:
			return w.held, w.err
		default:
			return Held{}, fmt.Errorf("%w: %w", ErrJournal, errClosed)
		}
	}
}

// Run writes what Begin and End ask for until the context ends, then what is
// still waiting, and returns nil. A journal runs once. Whatever waits is
// committed together, so that a burst costs few transactions.
func (j *LedgerJournal) Run(ctx context.Context) error {
	if !j.running.CompareAndSwap(false, true) {
		return errors.New("bot: the journal runs already")
	}
	defer close(j.closed)
	j.commit(ctx, nil, true) // bodies left by the last process
	sweep, age, soon := j.after(sweepEvery), j.after(j.age(ctx)), false
	for {
		select {
		case w := <-j.queue:
			j.commit(ctx, j.drain(w), false)
			if j.aging.dirty && !soon {
				age, soon = j.after(ageSoon), true
			}
		case <-sweep:
			j.commit(ctx, nil, true)
			sweep = j.after(sweepEvery)
		case <-age:
			wait := j.age(ctx)
			age, soon = j.after(wait), wait == ageSoon
		case <-ctx.Done():
			for {
				select {
				case w := <-j.queue:
					j.commit(ctx, j.drain(w), false)
				default:
					return nil
				}
			}
		}
	}
}

// drain takes what is waiting behind w.
func (j *LedgerJournal) drain(w *write) []*write {
	writes := []*write{w}
	for len(writes) < maxBatch {
		select {
		case w := <-j.queue:
			writes = append(writes, w)
		default:
			return writes
		}
	}
	return writes
}

// commit writes one batch and tells its callers.
func (j *LedgerJournal) commit(ctx context.Context, writes []*write, sweep bool) {
	var b Batch
	var claims []*write
	for _, w := range writes {
		switch {
		case w.forget != nil: // below
		case w.record != nil:
			j.aging.strip(w.record)
			b.Records = append(b.Records, *w.record)
		case w.free != nil:
			b.Frees = append(b.Frees, *w.free)
		default:
			b.Claims = append(b.Claims, *w.claim)
			claims = append(claims, w)
		}
	}
	if sweep {
		now := j.now()
		b.DropBodies, b.DropClaims = now.Add(-bodyKept), now.Add(-claimKept)
		j.flights.sweep(now)
		j.aging.sweep(now)
	}
	// What was begun is finished also while the process is being stopped.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), maxWait)
	defer cancel()
	start := j.counted.begin(j.now(), writes)
	held, err := j.ledger.Commit(ctx, b)
	j.counted.end(len(b.Records), j.now().Sub(start), err)
	if err == nil && len(held) != len(claims) {
		err = fmt.Errorf("%d claims, %d results", len(claims), len(held))
	}
	j.note(err)
	for i, w := range claims {
		if err == nil {
			w.held = held[i]
		}
	}
	for _, w := range writes {
		if err != nil {
			w.err = fmt.Errorf("%w: %w", ErrJournal, err)
		} else if w.forget != nil {
			// After the records of the batch, so that these are forgotten, too.
			w.err = j.doForget(ctx, w.forget)
		}
		close(w.done)
	}
}

// note remembers the last commit's trouble for Healthy.
func (j *LedgerJournal) note(err error) {
	if err == nil {
		j.trouble.Store(nil)
		return
	}
	err = fmt.Errorf("%w: %w", ErrJournal, err)
	j.trouble.Store(&err)
}

// since is how far ago t is; a clock set back counts as no time at all.
func since(now, t time.Time) time.Duration { return max(0, now.Sub(t)) }

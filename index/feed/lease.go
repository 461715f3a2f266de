package feed

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// leaseFor is how long an engine is left alone when the process that feeds it
// dies. The lease is renewed at a third of it: a store that is busy for some
// seconds must not end a build.
const leaseFor = 30 * time.Second

// errLost ends what a process does that is not the one that feeds any more.
var errLost = errors.New("another process feeds the engine from now on")

// hold is the lease while this process has it.
type hold struct {
	w        *Worker
	ctx      context.Context // ends with the lease
	cancel   context.CancelCauseFunc
	renewing sync.WaitGroup

	mu    sync.Mutex
	until time.Time
}

// take takes the lease; nil where another process has it, or this one only
// reads.
func (w *Worker) take(ctx context.Context) (*hold, error) {
	if w.c.ReadOnly {
		return nil, nil
	}
	h := &hold{w: w}
	got, err := h.extend(ctx)
	if err != nil || !got {
		return nil, err
	}
	h.ctx, h.cancel = context.WithCancelCause(ctx)
	w.update(func(st *state) { st.leased, st.known = true, false })
	h.renewing.Go(h.renew)
	return h, nil
}

// extend takes or renews the lease from now.
func (h *hold) extend(ctx context.Context) (bool, error) {
	now := h.w.c.Now().Round(0) // by the wall, as the others see it: a machine may sleep
	until := now.Add(leaseFor)
	got, err := h.w.c.Store.Lease(ctx, h.w.name, h.w.c.Holder, now, until)
	if err != nil {
		return false, fmt.Errorf("feed: lease: %w", err)
	}
	if got {
		h.mu.Lock()
		h.until = until
		h.mu.Unlock()
	}
	return got, nil
}

// renew keeps the lease until the hold ends, or gives it up.
func (h *hold) renew() {
	tick := time.NewTicker(leaseFor / 3)
	defer tick.Stop()
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-tick.C:
		}
		got, err := h.extend(h.ctx)
		if h.ctx.Err() != nil {
			return
		}
		// A store that fails for a moment is no loss yet: the lease still runs.
		if err == nil && !got || !h.valid() {
			h.cancel(errLost)
			return
		}
	}
}

// valid reports whether nobody else may have the lease. A process that was
// stopped for a while finds that out before it writes again.
func (h *hold) valid() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.w.c.Now().Round(0).Before(h.until)
}

// cause returns err, or why the hold ended where that is behind it.
func (h *hold) cause(err error) error {
	if err != nil && errors.Is(context.Cause(h.ctx), errLost) {
		return errLost
	}
	return err
}

// end stops renewing and gives the lease back.
func (h *hold) end() {
	lost := errors.Is(context.Cause(h.ctx), errLost)
	h.cancel(nil)
	h.renewing.Wait()
	h.w.update(func(st *state) { st.leased, st.known = false, st.known && !lost })
	ctx, cancel := context.WithTimeout(context.WithoutCancel(h.ctx), 5*time.Second)
	defer cancel()
	if err := h.w.c.Store.Release(ctx, h.w.name, h.w.c.Holder); err != nil {
		h.w.c.Log.Warn("the lease of the engine could not be given back; it ends by itself", "engine", h.w.name, "err", err.Error())
	}
}

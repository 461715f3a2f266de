package extract

import (
	"context"
	"errors"
	"sync"
	"time"
)

// safely runs f and turns a panic of a parser into an error: those of other
// people meet inputs here that they were never tried with.
func safely[T any](f func() (T, error)) (out T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = refuse("文件的格式有问题，无法读取")
		}
	}()
	return f()
}

// container runs readings that may panic, or not come to an end. What cannot
// be stopped is left behind and keeps its slot until it ends, so that those
// left behind cannot pile up.
type container struct {
	slots chan struct{}
}

func newContainer(readers int) *container {
	return &container{slots: make(chan struct{}, readers+maxAbandoned)}
}

var (
	errSlowFile = refuse("读取超时，未导入；文件可能太复杂，请拆开或另存为别的格式再试")
	errBusy     = refuse("前面有几份文件读取超时后仍未停下，这一份没有读取；请单独再导入一次")
)

// run runs f for as long as the stopwatch allows. f must not touch anything of
// its caller's after ctx is done: it may still be running when run returns.
func (c *container) run(ctx context.Context, limit time.Duration, f func(ctx context.Context, w *stopwatch) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := newStopwatch(limit)
	defer w.stop()
	select {
	case c.slots <- struct{}{}:
	case <-w.up:
		return errBusy
	case <-ctx.Done():
		return ctx.Err()
	}
	done := make(chan error, 1)
	go func() {
		defer func() { <-c.slots }()
		_, err := safely(func() (struct{}, error) { return struct{}{}, f(ctx, w) })
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-w.up:
	}
	// Most readers stop when they are told to.
	cancel()
	select {
	case err := <-done:
		if err == nil || !errors.Is(err, context.Canceled) {
			return err
		}
	case <-time.After(time.Second):
	}
	return errSlowFile
}

// stopwatch measures the time of reading, without that of waiting.
type stopwatch struct {
	up chan struct{} // closed when the time is up

	mu    sync.Mutex
	timer *time.Timer
	since time.Time
	left  time.Duration
	limit time.Duration
}

func newStopwatch(limit time.Duration) *stopwatch {
	w := &stopwatch{up: make(chan struct{}), left: limit, limit: limit, since: time.Now()}
	var once sync.Once // a timer that is set again just as it goes off goes off twice
	w.timer = time.AfterFunc(limit, func() { once.Do(func() { close(w.up) }) })
	return w
}

// pause stops the time, resume lets it go on.
func (w *stopwatch) pause() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer.Stop() {
		w.left -= time.Since(w.since)
	}
}

func (w *stopwatch) resume() {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.up:
		return
	default:
	}
	w.since = time.Now()
	w.timer.Reset(max(w.left, time.Millisecond))
}

// again gives the next record the whole time.
func (w *stopwatch) again() {
	w.pause()
	w.mu.Lock()
	w.left = w.limit
	w.mu.Unlock()
	w.resume()
}

func (w *stopwatch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer.Stop()
}

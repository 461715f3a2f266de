package feed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// Times of a worker.
const (
	lookEvery  = 2 * time.Second  // the store is asked what is new, should nobody say so
	checkEvery = 15 * time.Second // an engine with nothing to do is asked whether it is what it was
	tolerated  = 5 * time.Second  // what waits for longer makes an engine stale
	grace      = 10 * time.Second // a generation out of use is kept, for questions and processes that still have it
)

// Config is what New needs.
type Config struct {
	Engine       index.Outside
	Store        Store
	Source       index.Source
	Segmenter    func() index.Segmenter // the one in use
	Installation string                 // of the data folder
	Holder       string                 // this process, for the lease: no other has the same name
	ReadOnly     bool                   // it follows what another process feeds, and never writes
	Log          *slog.Logger
	Now          func() time.Time // nil is the real clock
}

// Worker keeps one engine in step with the outbox. Its methods may be called
// at the same time. All writing is done by one goroutine: that of Run, or of a
// command while Run does not run.
type Worker struct {
	c      Config
	name   string
	writer chan struct{} // holds a value while somebody is the one that writes
	asks   chan *ask     // to Run
	poked  chan struct{} // to Run
	unread bool          // what is known cannot be read, which has been said; of the goroutine of Run or Follow

	mu sync.Mutex
	st state
}

// state is what this process knows of its engine.
type state struct {
	Progress
	known    bool          // the engine itself, or the process that feeds it, has told Progress
	late     time.Time     // since when something waits; zero where nothing does
	pokes    int           // so far
	failures int           // so far
	leased   bool          // by this process
	changed  chan struct{} // closed with the next change of this
}

// ask is a command for the goroutine that writes.
type ask struct {
	ctx    context.Context
	urgent bool // what is being built or compared is given up for it
	do     func(context.Context, *session) error
	done   chan error // has room for one
}

// ErrReadOnly is returned for commands that a worker cannot do which only
// reads.
var ErrReadOnly = errors.New("this process may only read from the engine: give it the key that writes (POLICYBOT_MEILI_KEY)")

// errHeld is returned for commands while another process has the lease.
var errHeld = errors.New("another process feeds the engine: run the command where that one runs, or wait until its lease ends")

// New makes a worker. Nothing happens before Run or a command.
func New(c Config) *Worker {
	if c.Now == nil {
		c.Now = time.Now
	}
	w := &Worker{
		c: c, name: c.Engine.Name(),
		writer: make(chan struct{}, 1), asks: make(chan *ask), poked: make(chan struct{}, 1),
	}
	w.st.changed = make(chan struct{})
	w.st.Engine = w.name
	return w
}

// Run feeds the engine until ctx ends, whenever no other process does, and
// returns nil. An engine that fails is tried again, in growing pauses.
func (w *Worker) Run(ctx context.Context) error {
	select {
	case w.writer <- struct{}{}:
	case <-ctx.Done():
		return nil
	}
	defer func() { <-w.writer }()
	for ctx.Err() == nil {
		h, err := w.take(ctx)
		if h == nil {
			w.follow(ctx, w.asks, err)
			continue
		}
		(&session{Worker: w, hold: h}).run()
		h.end()
	}
	return nil
}

// Follow keeps Serving in step with what the process that feeds says, until ctx
// ends, and returns nil. It is for a process that only reads.
func (w *Worker) Follow(ctx context.Context) error {
	for ctx.Err() == nil {
		w.follow(ctx, nil, nil)
	}
	return nil
}

// follow reads what the process that feeds says, and waits a moment.
func (w *Worker) follow(ctx context.Context, asks chan *ask, failed error) {
	if failed == nil {
		failed = w.Refresh(ctx)
	}
	if failed != nil && ctx.Err() == nil && !w.unread {
		w.c.Log.Warn("what is known of the engine cannot be read", "engine", w.name, "err", failed.Error())
	}
	w.unread = failed != nil
	timer := time.NewTimer(lookEvery)
	defer timer.Stop()
	for {
		select {
		case a := <-asks:
			a.done <- errHeld
		case <-timer.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// Refresh reads what the store knows of the engine, for a process that does
// not feed it: Run does so every few seconds.
func (w *Worker) Refresh(ctx context.Context) error {
	all, err := w.c.Store.Progress(ctx)
	if err != nil {
		return fmt.Errorf("feed: progress: %w", err)
	}
	p := Progress{Engine: w.name}
	for _, one := range all {
		if one.Engine == w.name {
			p = one
		}
	}
	waiting, err := w.c.Store.Pending(ctx, p.Cursor)
	if err != nil {
		return fmt.Errorf("feed: outbox: %w", err)
	}
	w.update(func(st *state) {
		if st.leased {
			return // it knows better
		}
		st.Progress, st.known, st.late = p, true, oldest(waiting)
	})
	return nil
}

// oldest is since when something waits; zero where nothing does. Of changes
// from before that was kept it was long ago.
func oldest(waiting corpus.Pending) time.Time {
	if waiting.Changes > 0 && waiting.Oldest.IsZero() {
		return time.Unix(0, 0)
	}
	return waiting.Oldest
}

// do has the goroutine that writes do something; where there is none, this one
// is it meanwhile.
func (w *Worker) do(ctx context.Context, urgent bool, what func(context.Context, *session) error) error {
	if w.c.ReadOnly {
		return ErrReadOnly
	}
	a := &ask{ctx: ctx, urgent: urgent, do: what, done: make(chan error, 1)}
	select {
	case w.asks <- a:
	case w.writer <- struct{}{}:
		defer func() { <-w.writer }()
		return w.direct(ctx, what)
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-a.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// direct does something without Run; the caller is the one that writes.
func (w *Worker) direct(ctx context.Context, what func(context.Context, *session) error) error {
	h, err := w.take(ctx)
	if err != nil {
		return err
	}
	if h == nil {
		return errHeld
	}
	defer h.end()
	s := &session{Worker: w, hold: h, alone: true}
	if err = s.load(h.ctx); err == nil {
		err = what(h.ctx, s)
	}
	if err == nil {
		s.well()
	}
	return h.cause(err)
}

// Poke says that the outbox has grown, or that the engine is back.
func (w *Worker) Poke() {
	w.update(func(st *state) {
		st.pokes++
		if st.late.IsZero() {
			st.late = w.c.Now()
		}
	})
	select {
	case w.poked <- struct{}{}:
	default: // it is said already
	}
}

// Serving returns the generation that questions may be put to, and whether it
// is fresh: built for the segmenter in use, and with nothing waiting for it for
// more than a few seconds.
func (w *Worker) Serving() (generation string, fresh bool) {
	w.mu.Lock()
	st := w.st
	w.mu.Unlock()
	if !st.known || st.Generation == "" {
		return "", false
	}
	fresh = st.Cut == w.cut() && (st.late.IsZero() || w.c.Now().Sub(st.late) < tolerated)
	return st.Generation, fresh
}

// cut is what entries are cut by now.
func (w *Worker) cut() string { return index.CutVersion(w.c.Segmenter()) }

// see returns the state of now.
func (w *Worker) see() state {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.st
}

// update changes the state, and tells those who wait for a change.
func (w *Worker) update(change func(*state)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(&w.st)
	close(w.st.changed)
	w.st.changed = make(chan struct{})
}

// sentence is an error as an operator reads it.
func sentence(err error) string {
	const longest = 300
	text := strings.ToValidUTF8(index.Plain(err), "")
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return strings.Join(strings.Fields(text), " ")
}

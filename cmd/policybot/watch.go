package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/web/hook"
	"github.com/policybot/policybot/web/metrics"
)

// lastBackup is the file of the data folder by whose age it is known when a
// backup was last made: also where nothing was running.
const lastBackup = "last-backup"

// censusEvery bounds how often documents are counted for scrapes: while an
// import runs, every count would be another.
const censusEvery = time.Minute

// watch is what is known of a process as a whole.
type watch struct {
	*metrics.Metrics
	started time.Time
	hook    *hook.Hook // nil: this process takes no callbacks

	mu     sync.Mutex
	census corpus.Census
	day    corpus.Date
	at     time.Time
}

func newWatch(state func(context.Context) metrics.State) *watch {
	return &watch{
		Metrics: metrics.New(metrics.Build{Version: release(), Go: runtime.Version()}, time.Now, state),
		started: time.Now(),
	}
}

// state is how this process is. What fails to be told is left out, and said
// in Trouble by ready.
func (a *app) state(ctx context.Context) metrics.State {
	s := metrics.State{Started: a.watch.started, Accounts: a.accountNames(), Journal: a.journal.Stats()}
	if err := a.ready(); err != nil {
		s.Trouble = err.Error()
	}
	s.Ready = s.Trouble == ""
	if h := a.watch.hook; h != nil {
		s.Busy, s.Waiting = h.Load()
		s.Most = h.Concurrency
	}
	var unknown []error
	if st, err := a.shelf.Status(); err == nil { // else it is not ready, as said above
		s.Index = st
		s.Pending, err = a.store.Pending(ctx, st.Seq)
		unknown = append(unknown, err)
	}
	var err error
	s.Engines, err = a.engines.states(ctx)
	unknown = append(unknown, err)
	s.Census = a.count(ctx)
	s.Stale, s.Agencies = a.directory.Load().Unchecked(corpus.DayOf(time.Now()))
	if info, err := os.Stat(a.settings.path(lastBackup)); err == nil {
		s.Backup = info.ModTime()
	} else if !errors.Is(err, fs.ErrNotExist) {
		unknown = append(unknown, err)
	}
	if err := errors.Join(unknown...); err != nil {
		a.log.Warn("the state is not complete", "err", err.Error())
	}
	s.Free, s.Total = diskSpace(a.settings.Data)
	for _, name := range []string{"policybot.db", "policybot.db-wal"} {
		if info, err := os.Stat(a.settings.path(name)); err == nil {
			s.Database += info.Size()
		}
	}
	return s
}

// count is a census, at most a minute old on the same day.
func (a *app) count(ctx context.Context) corpus.Census {
	w, today := a.watch, corpus.DayOf(time.Now())
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.day == today && time.Since(w.at) < censusEvery {
		return w.census
	}
	c, err := a.store.Census(ctx, today)
	if err != nil {
		a.log.Warn("documents cannot be counted", "err", err.Error())
		return w.census
	}
	w.census, w.day, w.at = c, today, time.Now()
	return c
}

// accountNames are the accounts that are connected to the platform.
func (a *app) accountNames() (names []string) {
	for _, m := range a.roster.Load().accounts {
		if m.channel != nil {
			names = append(names, m.Name)
		}
	}
	return names
}

// listenMetrics opens the address of its own for the figures; nil where none
// is asked for.
func (s *settings) listenMetrics() (net.Listener, error) {
	if s.MetricsAddr == "" {
		return nil, nil
	}
	l, err := net.Listen("tcp", s.MetricsAddr)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s for metrics: %w", s.MetricsAddr, err)
	}
	return l, nil
}

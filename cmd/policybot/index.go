package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/feed"
	"github.com/policybot/policybot/web/metrics"
)

// embedded is the name of the engine in this process.
const embedded = "local"

func newIndex() *cobra.Command {
	c := &cobra.Command{
		Use: "index", Short: "Look after the engines: what they hold, whether it is right, build it anew",
		Long: `Look after the engines that find answers: the embedded one (local), and the
Meilisearch that POLICYBOT_MEILI_URL names, where there is one. The database is
the truth; everything in an engine can be made from it again, and questions are
answered meanwhile.

A policybot that is running on the data folder does it; its settings count then.
Without one, these commands do it themselves, with the settings of the
environment.`,
		Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newIndexStatus(), newIndexRebuild(), newIndexVerify(), newIndexDrop())
	return c
}

// The operations of the commands. The long ones tell how far they are.
var (
	opIndexStatus = operation[indexStatusRequest, indexReport]{"/index/status", func(h *host, ctx context.Context, in indexStatusRequest) (indexReport, error) {
		return h.app.indexReport(ctx, in)
	}}
	opIndexRebuild = stream[engineRequest, step]{"/index/rebuild", func(h *host, ctx context.Context, in engineRequest, yield func(step) error) error {
		return h.app.eachEngine(ctx, in, yield, h.app.rebuild)
	}}
	opIndexVerify = stream[engineRequest, step]{"/index/verify", func(h *host, ctx context.Context, in engineRequest, yield func(step) error) error {
		return h.app.eachEngine(ctx, in, yield, h.app.verify)
	}}
	opIndexDrop = stream[engineRequest, step]{"/index/drop", func(h *host, ctx context.Context, in engineRequest, yield func(step) error) error {
		switch forgot, err := h.app.forget(ctx, in); {
		case err != nil:
			return err
		case forgot:
			return yield(step{Engine: in.Engine, Done: true})
		}
		return h.app.eachEngine(ctx, in, yield, h.app.drop)
	}}
	opAwait = stream[awaitRequest, awaited]{"/index/await", func(h *host, ctx context.Context, in awaitRequest, yield func(awaited) error) error {
		return h.app.await(ctx, in, h.serves, yield)
	}}
)

// engineRequest says which engines are meant, and what is wanted.
type engineRequest struct {
	Engine     string `json:"engine"` // "" is all
	Generation string `json:"generation,omitempty"`
	Repair     bool   `json:"repair,omitempty"`
}

// step is something that a long operation tells: how far it is, or what became
// of an engine.
type step struct {
	Engine  string          `json:"engine"`
	Far     *metrics.Engine `json:"far,omitempty"`     // on the way
	Done    bool            `json:"done,omitempty"`    // with this engine
	Seconds float64         `json:"seconds,omitempty"` // that it took
	Failed  string          `json:"failed,omitempty"`  // why it could not be done
	Found   *compared       `json:"found,omitempty"`   // of verify
}

// compared is what verify found of an engine.
type compared struct {
	Entries   int      `json:"entries"` // that the database makes
	Missing   int      `json:"missing"`
	Extra     int      `json:"extra"`
	Other     int      `json:"other"` // with other content
	Documents []string `json:"documents"`
	Repaired  bool     `json:"repaired"`
	SetAside  int      `json:"set_aside"`
}

func (c compared) same() bool { return c.Missing+c.Extra+c.Other == 0 }

// chosen returns the engines that are meant: whether the embedded one is, and
// which others.
func (a *app) chosen(name string) (local bool, others []*engine, err error) {
	var all []*engine
	if a.engines != nil {
		all = a.engines.all
	}
	if name == "" {
		return true, all, nil
	}
	if name == embedded {
		return true, nil, nil
	}
	names := []string{embedded}
	for _, one := range all {
		names = append(names, one.Name)
		if one.Name == name || strings.HasPrefix(one.Name, name+"@") {
			others = append(others, one)
		}
	}
	switch {
	case len(others) > 0:
		return false, others, nil
	case len(all) == 0:
		return false, nil, fmt.Errorf("there is no engine %.60q: only %s is configured (POLICYBOT_MEILI_URL names a Meilisearch)", name, embedded)
	}
	return false, nil, fmt.Errorf("there is no engine %.60q: there are %s", name, strings.Join(names, ", "))
}

// work is what a command does with one engine; nil is the embedded one.
type work func(ctx context.Context, one *engine, in engineRequest) (*compared, error)

// eachEngine does something with the engines that are meant, one after the
// other, and tells how far it is. What fails with one is told, and the next one
// has its turn.
func (a *app) eachEngine(ctx context.Context, in engineRequest, yield func(step) error, do work) error {
	local, others, err := a.chosen(in.Engine)
	if err != nil {
		return err
	}
	if local {
		others = append([]*engine{nil}, others...)
	}
	for _, one := range others {
		if err := a.oneEngine(ctx, one, in, yield, do); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) oneEngine(ctx context.Context, one *engine, in engineRequest, yield func(step) error, do work) error {
	last := step{Engine: embedded, Done: true}
	if one != nil {
		last.Engine = one.Name
	}
	start := time.Now()
	found, err := ticking(ctx, func() error { return a.tellFar(ctx, one, yield) }, func(ctx context.Context) (*compared, error) {
		return do(ctx, one, in)
	})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		last.Failed = index.Plain(err)
	}
	last.Found, last.Seconds = found, time.Since(start).Seconds()
	return yield(last)
}

// tick is how often a long operation tells how far it is.
const tick = time.Second

// ticking runs do, and tell every second meanwhile; where that fails, nobody
// listens any more, and do is given up.
func ticking[Out any](ctx context.Context, tell func() error, do func(context.Context) (Out, error)) (Out, error) {
	type result struct {
		out Out
		err error
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan result, 1)
	go func() {
		out, err := do(ctx)
		done <- result{out, err}
	}()
	ticks := time.NewTicker(tick)
	defer ticks.Stop()
	for {
		select {
		case r := <-done:
			return r.out, r.err
		case <-ticks.C:
		}
		if err := tell(); err != nil {
			stop()
			r := <-done
			return r.out, errors.Join(err, r.err)
		}
	}
}

// tellFar tells how far an engine is.
func (a *app) tellFar(ctx context.Context, one *engine, yield func(step) error) error {
	if one == nil {
		return yield(step{Engine: embedded})
	}
	all, err := a.engines.states(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(e metrics.Engine) bool { return e.Name == one.Name })
	return yield(step{Engine: one.Name, Far: &all[i]})
}

// rebuild builds an engine anew from the database.
func (a *app) rebuild(ctx context.Context, one *engine, _ engineRequest) (*compared, error) {
	if one != nil {
		return nil, one.worker.Rebuild(ctx)
	}
	if err := a.shelf.Rebuild(ctx); err != nil {
		return nil, err
	}
	return nil, a.flush(ctx)
}

// verify compares an engine with the database.
func (a *app) verify(ctx context.Context, one *engine, in engineRequest) (*compared, error) {
	if one == nil {
		v, err := a.shelf.Verify(ctx, in.Repair)
		return &compared{Entries: v.Units, Missing: v.Missing, Extra: v.Extra, Other: v.Other, Documents: orEmpty(v.Differ), Repaired: v.Repaired}, err
	}
	d, err := one.worker.Verify(ctx, in.Repair)
	return &compared{
		Entries: d.Entries, Missing: d.Missing, Extra: d.Superfluous, Other: d.Differing,
		Documents: orEmpty(d.Documents), Repaired: in.Repair && err == nil && d.Any(), SetAside: d.Asides,
	}, err
}

// drop removes what an engine outside of the process holds.
func (a *app) drop(ctx context.Context, one *engine, in engineRequest) (*compared, error) {
	if one == nil {
		return nil, errNeverDropped
	}
	return nil, one.worker.Drop(ctx, in.Generation)
}

var errNeverDropped = errors.New("the embedded index is never dropped: it answers whenever the others do not. 'policybot index rebuild --engine local' builds it anew")

// awaitRequest asks what the engines outside of the process lack, and, with
// Wait, only when it will not change soon.
type awaitRequest struct {
	Wait bool `json:"wait"`
}

// awaited tells how far the engines are, and at last what they lack.
type awaited struct {
	Engines []metrics.Engine `json:"engines,omitempty"`
	Done    bool             `json:"done,omitempty"`
	Lags    []lag            `json:"lags,omitempty"`
	Serves  bool             `json:"serves,omitempty"` // it goes on by itself
}

// await waits for the engines, where there are any. A process that needs the
// store alone knows of none.
func (a *app) await(ctx context.Context, in awaitRequest, serves bool, yield func(awaited) error) error {
	last := awaited{Done: true, Serves: serves}
	if a.engines == nil {
		return yield(last)
	}
	wait := a.engines.lagging
	if in.Wait {
		wait = a.engines.await
	}
	var err error
	last.Lags, err = ticking(ctx, func() error {
		states, err := a.engines.states(ctx)
		if err != nil {
			return err
		}
		return yield(awaited{Engines: states})
	}, wait)
	if err != nil {
		return err
	}
	return yield(last)
}

// indexStatusRequest asks for the engines, with the newest of their history.
type indexStatusRequest struct {
	Events int `json:"events"`
}

// indexReport is what index status says. Its JSON is for scripts.
type indexReport struct {
	Now     time.Time      `json:"now"`
	Serves  bool           `json:"serves"` // a policybot is running
	Engines []engineReport `json:"engines"`
	History []feed.Event   `json:"history"`
}

type engineReport struct {
	metrics.Engine
	Asides      []feed.Aside      `json:"asides"`
	Generations []feed.Generation `json:"generations"`
	Unknown     string            `json:"unknown,omitempty"` // why Generations are not known
	Left        bool              `json:"left,omitempty"`    // no setting names it any more, and it was not dropped
}

// indexReport looks at every engine. A process that has opened nothing but the
// store opens what it needs to look, and builds nothing.
func (a *app) indexReport(ctx context.Context, in indexStatusRequest) (indexReport, error) {
	if a.shelf == nil && a.engines == nil {
		if err := a.openEngines(ctx); err != nil {
			return indexReport{}, err
		}
	}
	out := indexReport{Now: time.Now(), Serves: a.shelf != nil}
	local, err := a.localReport(ctx)
	if err != nil {
		return out, err
	}
	out.Engines = append(out.Engines, local)
	if a.engines != nil {
		states, err := a.engines.states(ctx)
		if err != nil {
			return out, err
		}
		for i, one := range a.engines.all {
			st, err := one.worker.Status(ctx)
			if err != nil {
				return out, err
			}
			out.Engines = append(out.Engines, engineReport{states[i], orEmpty(st.Asides), orEmpty(st.Generations), st.Unknown, false})
		}
	}
	left, err := a.left(ctx)
	if err != nil {
		return out, err
	}
	for _, p := range left {
		out.Engines = append(out.Engines, engineReport{Engine: stateOf(p), Asides: []feed.Aside{}, Generations: []feed.Generation{}, Left: true})
	}
	out.History, err = a.store.Events(ctx, in.Events)
	out.History = orEmpty(out.History)
	return out, err
}

// left returns the engines that no setting names any more and that may still
// have something of this folder.
func (a *app) left(ctx context.Context) ([]feed.Progress, error) {
	known, err := a.store.Progress(ctx)
	return slices.DeleteFunc(known, func(p feed.Progress) bool {
		return p.Dropped || a.engines != nil && slices.ContainsFunc(a.engines.all, func(one *engine) bool { return one.Name == p.Engine })
	}), err
}

// forget removes what the store knows of an engine that was left. It reports
// whether in means one.
func (a *app) forget(ctx context.Context, in engineRequest) (bool, error) {
	left, err := a.left(ctx)
	if err != nil || !slices.ContainsFunc(left, func(p feed.Progress) bool { return p.Engine == in.Engine }) {
		return false, err
	}
	return true, a.store.ForgetEngine(ctx, in.Engine)
}

// localReport is of the embedded index.
func (a *app) localReport(ctx context.Context) (engineReport, error) {
	out := engineReport{Engine: metrics.Engine{Name: embedded}, Asides: []feed.Aside{}, Generations: []feed.Generation{}}
	st, err := a.localStatus()
	if err != nil {
		out.Trouble = "it is not there or cannot be used, and is built by the next start"
		return out, nil //nolint:nilerr // that is what is told
	}
	waits, err := a.store.Pending(ctx, st.Seq)
	if err != nil {
		return out, err
	}
	samples, own, err := a.store.Counts(ctx)
	if err != nil {
		return out, err
	}
	out.Generation, out.Entries, out.Documents, out.Queued, out.Asked = st.Generation, st.Units, samples+own, waits.Changes, true
	if !waits.Oldest.IsZero() {
		out.Behind = max(0, time.Since(waits.Oldest).Seconds())
	}
	return out, nil
}

// localStatus looks at the embedded index, also where this process has not
// opened it.
func (a *app) localStatus() (index.Status, error) {
	if a.shelf != nil {
		return a.shelf.Status()
	}
	return closedIndex(a.settings.path("index"), a.log)
}

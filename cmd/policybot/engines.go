package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/failover"
	"github.com/policybot/policybot/index/feed"
	"github.com/policybot/policybot/index/meili"
	"github.com/policybot/policybot/store"
	"github.com/policybot/policybot/web/metrics"
)

// engines are the engines outside of this process that are configured. A nil
// one is of a process that has nothing to do with any.
type engines struct {
	store  *store.Store
	log    *slog.Logger
	all    []*engine // in the order in which they are asked
	group  *failover.Group
	opened time.Time
	begun  chan struct{}
	begin  func() // lets them be fed and probed, from now on
	events chan feed.Event
}

// engine is one of them.
type engine struct {
	meiliServer
	worker   *feed.Worker
	readOnly bool
}

// dialer opens an engine.
type dialer func(meili.Config) (index.Outside, error)

func dialMeili(c meili.Config) (index.Outside, error) { return meili.Open(c) }

// openEngines wires the engines outside of this process. It asks none of them:
// one that is down delays nobody.
func (a *app) openEngines(ctx context.Context) error {
	if a.settings.outside == leaves {
		return nil
	}
	servers, err := a.settings.meiliServers()
	if err != nil || len(servers) == 0 {
		return err
	}
	id, err := a.installation(ctx)
	if err != nil {
		return err
	}
	e := &engines{store: a.store, log: a.log, opened: time.Now(), begun: make(chan struct{}), events: make(chan feed.Event, feed.MaxEvents)}
	e.begin = sync.OnceFunc(func() { close(e.begun) })
	if a.settings.outside != feeds {
		e.log = slog.New(slog.DiscardHandler) // the command itself says what matters
	}
	var targets []failover.Target
	for _, s := range servers {
		outside, err := a.open(s, id)
		if err != nil {
			return err
		}
		one := &engine{meiliServer: s, readOnly: s.Key == "" || a.settings.outside == follows}
		one.worker = feed.New(feed.Config{
			Engine: outside, Store: a.store, Source: a.store, Segmenter: a.segmenter,
			Installation: id, Holder: id, // the folder's lock lets one process in
			ReadOnly: one.readOnly, Log: e.log,
		})
		if err := one.worker.Refresh(ctx); err != nil {
			return err
		}
		e.all = append(e.all, one)
		targets = append(targets, failover.Target{Engine: outside, Serving: one.worker.Serving})
	}
	e.group = failover.New(failover.Config{Targets: targets, Log: e.log, Switched: e.switched, Observe: a.recalled})
	a.engines = e
	return nil
}

// open makes the client of a server.
func (a *app) open(s meiliServer, installation string) (index.Outside, error) {
	dial := a.settings.dial
	if dial == nil {
		dial = dialMeili
	}
	return dial(meili.Config{
		URL: s.URL, Key: s.Key, SearchKey: s.SearchKey, Name: s.Name,
		Prefix: or(a.settings.MeiliPrefix, "policybot-"+installation+"-"), Installation: installation,
	})
}

// installation returns the ID of the data folder, by which two of them never
// feed the same indexes.
func (a *app) installation(ctx context.Context) (string, error) {
	var fresh [4]byte
	_, _ = rand.Read(fresh[:]) // never fails: crypto/rand
	return a.store.EnsureSetting(ctx, store.InstallationID, hex.EncodeToString(fresh[:]))
}

// segmenter is the one in use.
func (a *app) segmenter() index.Segmenter { return a.lexicons.serving().segmenter }

// recalled counts what became of a question that was to be put to an engine.
func (a *app) recalled(engine, outcome string, took time.Duration) {
	a.watch.Recall(engine, outcome, took)
}

// run feeds and probes the engines from begin on until ctx ends.
func (e *engines) run(ctx context.Context) error {
	select {
	case <-e.begun:
	case <-ctx.Done():
		return nil
	}
	var running errgroup.Group
	for _, one := range e.all {
		if !one.readOnly {
			running.Go(func() error { return one.worker.Run(ctx) })
			continue
		}
		running.Go(func() error { return one.worker.Follow(ctx) })
		running.Go(func() error { e.announce(ctx, one); return nil })
	}
	running.Go(func() error { return e.group.Run(ctx) })
	running.Go(func() error { return e.record(ctx) })
	return running.Wait()
}

// announce logs, once, that an engine serves that another process feeds; of
// the others the feed tells it, and of all of them why they do not.
func (e *engines) announce(ctx context.Context, one *engine) {
	looks := time.NewTicker(look)
	defer looks.Stop()
	for {
		if generation, fresh := one.worker.Serving(); fresh {
			e.log.Info("the engine serves; another process feeds it", "engine", one.Name, "generation", generation)
			return
		}
		select {
		case <-looks.C:
		case <-ctx.Done():
			return
		}
	}
}

// look is how often an engine that others feed is looked at.
const look = time.Second

// switched notes that questions are put to an engine from now on, or no more.
// It holds up nobody.
func (e *engines) switched(name string, up bool, why string) {
	event := feed.Event{At: time.Now(), Engine: name, Kind: feed.Lost, Detail: why}
	if up {
		event.Kind = feed.Recovered
		for _, one := range e.all {
			if one.Name == name {
				one.worker.Poke() // what waits for it can be fed at once
			}
		}
	}
	select {
	case e.events <- event:
	default: // a history of so many switches tells enough
	}
}

// record keeps the history of switches.
func (e *engines) record(ctx context.Context) error {
	for {
		select {
		case event := <-e.events:
			if err := e.store.Happened(ctx, event); err != nil && ctx.Err() == nil {
				e.log.Warn("a switch of engines is not in the history", "err", err.Error())
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// poke says that the outbox has grown.
func (e *engines) poke() {
	if e == nil {
		return
	}
	for _, one := range e.all {
		one.worker.Poke()
	}
}

// states tells how the engines are, without asking them.
func (e *engines) states(ctx context.Context) ([]metrics.Engine, error) {
	if e == nil {
		return nil, nil
	}
	known, err := e.store.Progress(ctx)
	if err != nil {
		return nil, err
	}
	refused, err := e.store.Aside(ctx, "")
	if err != nil {
		return nil, err
	}
	stats := e.group.Stats()
	var out []metrics.Engine
	for _, one := range e.all {
		p := feed.Progress{Engine: one.Name}
		if i := slices.IndexFunc(known, func(p feed.Progress) bool { return p.Engine == one.Name }); i >= 0 {
			p = known[i]
		}
		s := stateOf(p)
		s.Address, s.ReadOnly = one.URL, one.readOnly
		for _, r := range refused {
			if r.Engine == one.Name {
				s.SetAside++
			}
		}
		if p.Generation != "" {
			waits, err := e.store.Pending(ctx, p.Cursor)
			if err != nil {
				return nil, err
			}
			s.Queued = waits.Changes
			if !waits.Oldest.IsZero() {
				s.Behind = max(0, time.Since(waits.Oldest).Seconds())
			}
		}
		i := slices.IndexFunc(stats, func(s failover.Stat) bool { return s.Engine == one.Name })
		if i >= 0 {
			e.asked(&s, one, stats[i], p.Since)
		}
		out = append(out, s)
	}
	return out, nil
}

// stateOf is what the store knows of an engine.
func stateOf(p feed.Progress) metrics.Engine {
	return metrics.Engine{
		Name: p.Engine, Version: p.Version, Generation: p.Generation, Entries: p.Entries, Documents: p.Documents,
		Building: p.Building, Built: p.Built, Done: p.Done, Total: p.Total, Trouble: p.Trouble, Dropped: p.Dropped,
	}
}

// asked says whether questions are put to an engine, and since when.
func (e *engines) asked(s *metrics.Engine, one *engine, stat failover.Stat, troubled time.Time) {
	s.Switches, s.Since = stat.Switches, troubled
	switch stat.State {
	case failover.Asked:
		s.Asked, s.Since = true, stat.Since
	case failover.Resting:
		s.Why, s.Since = stat.Why, stat.Since
	case failover.Behind:
		s.Why = "it is behind what was published"
	case failover.NotBuilt:
		s.Why = "it has nothing yet"
		if one.readOnly {
			s.Why, s.Since = "nobody has fed it: this process has a key that only reads", e.opened
		}
	}
}

// lag is what an engine does not serve yet.
type lag struct {
	Engine string `json:"engine"`
	Queued int    `json:"queued"`
	Why    string `json:"why"`
}

// await returns when every engine that this process feeds serves what is
// published now, or cannot, and what all of them lack then.
func (e *engines) await(ctx context.Context) ([]lag, error) {
	newest, err := e.store.Newest(ctx)
	if err != nil {
		return nil, err
	}
	var behind, done sync.Map // by name
	var waiting errgroup.Group
	for _, one := range e.all {
		if one.readOnly {
			continue
		}
		waiting.Go(func() error {
			err := one.worker.Wait(ctx, newest)
			var b *feed.Behind
			if errors.As(err, &b) {
				behind.Store(one.Name, b.Trouble)
				return nil
			}
			if err == nil {
				done.Store(one.Name, true)
			}
			return err
		})
	}
	if err := waiting.Wait(); err != nil {
		return nil, err
	}
	lags, err := e.lagging(ctx)
	lags = slices.DeleteFunc(lags, func(l lag) bool { // the store hears of it a moment later
		_, serves := done.Load(l.Engine)
		return serves
	})
	for i, l := range lags {
		if why, ok := behind.Load(l.Engine); ok {
			lags[i].Why = why.(string)
		}
	}
	return lags, err
}

// lagging is what the engines do not serve now.
func (e *engines) lagging(ctx context.Context) ([]lag, error) {
	all, err := e.states(ctx)
	if err != nil {
		return nil, err
	}
	var lags []lag
	for _, s := range all {
		l := lag{s.Name, s.Queued, s.Trouble}
		if s.Generation == "" {
			waits, err := e.store.Pending(ctx, 0)
			if err != nil {
				return nil, err
			}
			l.Queued = waits.Changes
		}
		switch {
		case l.Queued == 0 || s.Dropped:
			continue
		case l.Why == "" && s.ReadOnly:
			l.Why = "this process has a key that only reads, and another one has to feed it"
		case l.Why == "":
			l.Why = "it was not waited for"
		}
		lags = append(lags, l)
	}
	return lags, nil
}

// String says what is left to be done, and that it will be.
func (l lag) String() string {
	changes := fmt.Sprintf("%d changes wait", l.Queued)
	if l.Queued == 1 {
		changes = "1 change waits"
	}
	return fmt.Sprintf("%s does not have everything yet, %s: %s", l.Engine, changes, l.Why)
}

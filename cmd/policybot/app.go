package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/corpus/holiday"
	"github.com/policybot/policybot/corpus/sample"
	"github.com/policybot/policybot/door"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/local"
	"github.com/policybot/policybot/store"
)

const defaultAccount = "default"

// app is one process's whole policybot over one data folder: everything is
// wired here, by hand.
type app struct {
	settings  settings
	log       *slog.Logger
	store     *store.Store
	engine    *local.Index
	shelf     *index.Shelf
	lexicons  *lexicons
	engines   *engines // outside of this process; nil: none
	journal   *bot.LedgerJournal
	desk      *corpus.Desk
	office    *desk.Desk // what staff do
	clerk     *clerk
	door      *door.Door
	responder *bot.Responder
	differs   bot.Differences // documents that answers found to contradict each other
	watch     *watch
	secret    []byte // the instance's
	roster    atomic.Pointer[roster]
	sampling  atomic.Pointer[sampling]
	directory atomic.Pointer[corpus.Directory]
	settling  sync.Mutex // one settle at a time: the last one knows best

	changed chan struct{}                // the outbox has grown
	urgent  chan struct{}                // the same, and somebody waits to see it
	arrange atomic.Pointer[func() error] // builds the pages anew, where there are any
	stop    context.CancelFunc
	running *errgroup.Group
	closing sync.Once
}

// openApp opens the data folder, which the caller has locked, and starts what
// runs in the background. Nothing is answered before sync has returned once.
func openApp(ctx context.Context, s settings, log *slog.Logger) (*app, error) {
	a := &app{settings: s, log: log, changed: make(chan struct{}, 1), urgent: make(chan struct{}, 1)}
	if _, err := index.ShippedWeights(); err != nil {
		return nil, err
	}
	accounts, err := s.roster()
	if err != nil {
		return nil, err
	}
	a.roster.Store(accounts)
	a.sampling.Store(&sampling{own: true})
	if err := os.MkdirAll(s.Data, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	// The dictionary takes a second, so it is loaded beside the rest.
	var load errgroup.Group
	load.Go(a.openIndex)
	var live wording
	load.Go(func() (err error) {
		if err = a.openStore(ctx); err == nil {
			live, err = loadLive(ctx, a.store, log)
		}
		return err
	})
	if err := load.Wait(); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	a.shelf = index.NewShelf("local", a.engine, a.store, log)
	w, err := cutAs(ctx, a.store, live, a.shelf.CutBy())
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	a.shelf.Use(w.lexicon, w.segmenter)
	a.lexicons = newLexicons(a.store, a.shelf, w, live, log)
	if err := a.openEngines(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	a.wire()
	return a, nil
}

func (a *app) openIndex() (err error) {
	if a.engine, err = local.Open(a.settings.path("index"), a.log); err != nil {
		return err
	}
	v, err := a.engine.View()
	if err == nil {
		v.Release()
	} else if !errors.Is(err, local.ErrMissing) {
		a.log.Warn("the index on disk cannot be used; it is built again from the database", "err", err.Error())
	}
	return nil
}

func (a *app) openStore(ctx context.Context) (err error) {
	retention, err := a.settings.retention()
	if err != nil {
		return err
	}
	if a.store, err = store.Open(ctx, store.Config{
		Path: a.settings.path(databaseName), BeforeMigrate: a.beforeMigrate,
	}); err != nil {
		return err
	}
	var fresh [32]byte
	_, _ = rand.Read(fresh[:]) // never fails: crypto/rand
	secret, err := a.store.EnsureSetting(ctx, "instance_secret", hex.EncodeToString(fresh[:]))
	if err != nil {
		return err
	}
	a.secret = []byte(secret)
	a.journal, err = bot.NewJournal(bot.JournalConfig{
		Ledger: a.store, Ballots: a.store, Archive: a.store, Secret: []byte(secret), Retention: retention,
	})
	if err != nil {
		return err
	}
	return a.sealOld(ctx)
}

// wire puts the use cases together and starts the journal.
func (a *app) wire() {
	a.desk = &corpus.Desk{
		Store:      a.store,
		KeepSample: a.settings.KeepSample, Configured: a.configured,
	}
	a.wireDesk()
	a.wireDoor()
	a.responder = bot.NewResponder(bot.Config{
		Finder: a.shelf, Register: a.store, Library: a.store, Memory: a.journal, Keeper: a.journal, Catalogue: a.store,
		Stops: a.store, Pins: a.store, Verdicts: a.journal, Limiter: bot.NewMeter(bot.MessagesPerMinute, a.journal.Pseudonym, time.Now),
		Cues: a.lexicons.cues, Lexicon: a.lexicons.words, Accounts: a.accountNamed, Now: time.Now, Log: a.log,
		Agencies: a.directory.Load, Calendar: holiday.New(), Differences: &a.differs,
		Respell: func(text string, names []string) (string, []bot.Respelt) {
			return a.lexicons.serving().respell(a.shelf, text, names)
		},
	})
	a.watch = newWatch(a.state)
	ctx, stop := context.WithCancel(context.Background())
	a.stop = stop
	a.running, ctx = errgroup.WithContext(ctx)
	a.running.Go(func() error { return a.journal.Run(ctx) })
	a.running.Go(func() error { return a.follow(ctx) })
	a.running.Go(func() error { return a.tidy(ctx) })
	a.running.Go(func() error { return a.sweep(ctx) })
	a.running.Go(func() error { return a.keepDifferences(ctx) })
	if a.engines != nil {
		a.shelf.Prefer(a.engines.group)
		a.running.Go(func() error { return a.engines.run(ctx) })
	}
	a.lexicons.served = func() {
		a.engines.poke() // what they keep may be cut otherwise
		a.outgrown()     // by the switch
	}
	a.running.Go(func() error { return a.lexicons.run(ctx) })
}

// quiet is how long nothing is published before what was is served, should
// whoever published it not ask for that: an import may be killed.
const quiet = 2 * time.Second

// longest is how long what is published in a row may wait: a large import
// takes minutes, and asks at its end.
const longest = 30 * time.Second

// follow serves what was published by a command that is gone, or takes long.
func (a *app) follow(ctx context.Context) error {
	var due, late <-chan time.Time
	for {
		select {
		case <-a.changed:
			due = time.After(quiet)
			if late == nil {
				late = time.After(longest)
			}
			continue
		case <-due:
		case <-late:
		case <-a.urgent:
		case <-ctx.Done():
			return nil
		}
		due, late = nil, nil
		if err := a.sync(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("what was published is not served yet", "err", err.Error())
		}
	}
}

// put stores contents, and has them served in a moment even if nobody asks.
func (a *app) put(ctx context.Context, contents []corpus.Content, publish bool, by authority) ([]corpus.Outcome, error) {
	var entry *desk.Entry
	if publish {
		var err error
		if entry, err = a.authorised(ctx, by); err != nil {
			return nil, err
		}
	}
	out, err := a.store.PutAs(ctx, contents, publish, entry)
	if err == nil && publish {
		_, err = a.desk.Put(ctx, nil, true) // the sample leaves with the first of one's own
	}
	if publish {
		a.outgrown()
	}
	return out, err
}

// outgrown says that the outbox has grown: what is in it is served in a moment
// even if nobody asks.
func (a *app) outgrown() {
	select {
	case a.changed <- struct{}{}:
	default: // noted already
	}
}

// sampling is what the sample corpus has to do with answers now.
type sampling struct {
	own      bool // answers come from one's own documents alone
	invented bool // there is nothing but the sample: the account is the invented city's
}

// configured reports whether an account is set up.
func (a *app) configured() bool { return a.roster.Load().configured && !a.settings.trial }

// invented reports whether pages and replies are the invented city's.
func (a *app) invented() bool { return a.sampling.Load().invented }

// accountNamed returns the account of that name. One that is not configured
// has no region and sees what is shared.
func (a *app) accountNamed(name string) bot.Account {
	r, now := a.roster.Load(), a.sampling.Load()
	m, ok := r.byName[name]
	if !ok {
		return bot.Account{Name: name, BaseURL: r.accounts[0].BaseURL, Own: now.own}
	}
	acc := m.Account
	acc.Own = now.own
	if now.invented && acc.Title == "" {
		acc.Title = sample.Account
	}
	if now.invented && acc.Region == "" {
		acc.Region = sample.Region
	}
	return acc
}

// knows refuses the name of an account that is neither configured nor has
// documents: it is mistyped. Where one only measures, any name will do.
func (a *app) knows(ctx context.Context, name string) error {
	r := a.roster.Load()
	if r.byName[name] != nil || name == defaultAccount || a.settings.trial {
		return nil
	}
	owners, err := a.store.Owners(ctx)
	if err != nil || slices.Contains(owners, name) {
		return err
	}
	known := append(r.names(), owners...)
	slices.Sort(known)
	return fmt.Errorf("no account is called %.40q; there are: %s", name, strings.Join(slices.Compact(known), ", "))
}

// sync brings the index up to date with the store, and the account with what
// may be answered from. Engines outside of this process follow by themselves.
func (a *app) sync(ctx context.Context) error {
	if err := a.settle(ctx); err != nil {
		return err
	}
	a.engines.poke()
	return a.shelf.Sync(ctx)
}

// settle notes whether the sample is in service: then the account is the
// invented city's, and so are its pages.
func (a *app) settle(ctx context.Context) error {
	a.settling.Lock()
	defer a.settling.Unlock()
	samples, own, err := a.store.Counts(ctx)
	if err != nil {
		return err
	}
	now := &sampling{own: !corpus.SampleServes(a.settings.KeepSample, a.configured(), own)}
	now.invented = samples > 0 && own == 0 && !now.own
	if before := a.sampling.Swap(now); *before != *now {
		if arrange := a.arrange.Load(); arrange != nil {
			if err := (*arrange)(); err != nil {
				return err
			}
		}
	}
	return a.settleAgencies(ctx, samples > 0 && !now.own)
}

// loadSample puts the sample corpus into service where it belongs there.
func (a *app) loadSample(ctx context.Context) (int, error) {
	return a.loadContents(ctx, sample.Contents)
}

func (a *app) loadContents(ctx context.Context, contents func() ([]corpus.Content, error)) (int, error) {
	n, err := a.desk.OpenSample(ctx, !a.settings.Empty, contents)
	if err != nil {
		return 0, err
	}
	return n, a.sync(ctx)
}

// ready says why no question can be answered yet.
func (a *app) ready() error {
	if err := a.shelf.Ready(); err != nil {
		return err
	}
	return a.journal.Healthy()
}

// flush leaves a snapshot of the index on disk, so that the next start is
// quick.
func (a *app) flush(ctx context.Context) error {
	err := a.engine.Flush(ctx)
	if errors.Is(err, local.ErrMissing) || errors.Is(err, local.ErrDamaged) {
		return nil // nothing was built yet
	}
	return err
}

// Close stops what runs and closes everything, in the order of dependence. It
// may be called at any state of openApp, and twice.
func (a *app) Close() error {
	var errs []error
	a.closing.Do(func() {
		if a.stop != nil {
			a.stop()
			if err := a.running.Wait(); err != nil && !errors.Is(err, context.Canceled) {
				errs = append(errs, err)
			}
		}
		if a.engine != nil {
			errs = append(errs, a.engine.Close())
		}
		if a.store != nil {
			errs = append(errs, a.store.Close())
		}
	})
	return errors.Join(errs...)
}

package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/feed"
	"github.com/policybot/policybot/index/meili"
)

// Engines as eval names them.
const (
	engineLocal       = "local"
	engineMeilisearch = "meilisearch"
	engineBoth        = "both"
)

// checkEngine looks whether there is what the engine needs.
func (f *evalFlags) checkEngine() error {
	if !slices.Contains([]string{engineLocal, engineMeilisearch, engineBoth}, f.engine) {
		return usageError{fmt.Errorf("--engine %q: it is local, meilisearch or both", f.engine)}
	}
	if f.engine == engineLocal {
		return nil
	}
	servers, err := f.meiliServers()
	if err != nil {
		return err
	}
	if len(servers) == 0 {
		return usageError{fmt.Errorf("--engine %s needs a server: set POLICYBOT_MEILI_URL and POLICYBOT_MEILI_KEY", f.engine)}
	}
	f.server = servers[0]
	return nil
}

func (f *evalFlags) engines() []string {
	if f.engine == engineBoth {
		return []string{engineLocal, engineMeilisearch}
	}
	return []string{f.engine}
}

// trial is Meilisearch with an index for one measurement. It is asked without
// a budget, so that its own answers are measured; those that it failed to give
// are counted.
type trial struct {
	engine *meili.Engine
	worker *feed.Worker
	prefix string // of the names of its indexes
	failed atomic.Int64
	cancel context.CancelFunc
	run    *errgroup.Group
}

// openTrial feeds the first of the servers with all that is published, and has
// the shelf ask it. It returns when it serves everything.
func (f *evalFlags) openTrial(ctx context.Context, h *host) (*trial, error) {
	id := newInstallation()
	t := &trial{prefix: f.MeiliPrefix + "eval-" + id + "-"}
	if f.MeiliPrefix == "" {
		t.prefix = "policybot-" + t.prefix
	}
	var err error
	if t.engine, err = meili.Open(meili.Config{
		URL: f.server.URL, Key: f.server.Key, SearchKey: f.server.SearchKey,
		Prefix: t.prefix, Installation: id, Name: engineMeilisearch,
	}); err != nil {
		return nil, err
	}
	t.worker = feed.New(feed.Config{
		Engine: t.engine, Store: h.app.store, Source: h.app.store, Segmenter: h.app.segmenter,
		Installation: id, Holder: "eval-" + id, Log: h.app.log,
	})
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	t.cancel = cancel
	t.run, running = errgroup.WithContext(running)
	t.run.Go(func() error { return t.worker.Run(running) })
	newest, err := h.app.store.Newest(ctx)
	if err == nil {
		err = t.worker.Wait(ctx, newest)
	}
	if err != nil {
		return nil, errors.Join(err, t.Close())
	}
	h.app.shelf.Prefer(t)
	return t, nil
}

// Recall implements index.Recaller.
func (t *trial) Recall(ctx context.Context, p index.Probe) ([]index.Place, string, error) {
	generation, _ := t.worker.Serving()
	found, err := t.engine.Recall(ctx, generation, p)
	if err != nil {
		t.failed.Add(1)
	}
	return found, t.engine.Name(), err
}

// failures is how often the understudy had to answer.
func (t *trial) failures() int64 {
	if t == nil {
		return 0
	}
	return t.failed.Load()
}

// dropPatience bounds how long a measurement that is over waits for its index
// to be removed.
const dropPatience = 30 * time.Second

// Close removes the index, also after an interruption.
func (t *trial) Close() error {
	t.cancel()
	err := t.run.Wait()
	ctx, stop := context.WithTimeout(context.Background(), dropPatience)
	defer stop()
	if dropped := t.worker.Drop(ctx, ""); dropped != nil {
		err = errors.Join(err, fmt.Errorf("remove the indexes that begin with %s by hand, for this failed: %w", t.prefix, dropped))
	}
	return err
}

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

// checkEngine reads what Meilisearch needs, where it is wanted.
func (f *evalFlags) checkEngine() error {
	if !slices.Contains([]string{engineLocal, engineMeilisearch, engineBoth}, f.engine) {
		return usageError{fmt.Errorf("--engine %q: it is local, meilisearch or both", f.engine)}
	}
	if f.engine == engineLocal {
		return nil
	}
	if f.MeiliURL == "" {
		return usageError{fmt.Errorf("--engine %s: POLICYBOT_MEILI_URL does not name a server", f.engine)}
	}
	return f.readSecrets()
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
	id := make([]byte, 4)
	_, _ = rand.Read(id) // never fails: crypto/rand
	address, _, _ := strings.Cut(f.MeiliURL, ",")
	t := &trial{prefix: f.MeiliPrefix + "eval-" + hex.EncodeToString(id) + "-"}
	if f.MeiliPrefix == "" {
		t.prefix = "policybot-" + t.prefix
	}
	var err error
	if t.engine, err = meili.Open(meili.Config{
		URL: strings.TrimSpace(address), Key: f.MeiliKey, SearchKey: f.MeiliSearchKey,
		Prefix: t.prefix, Installation: hex.EncodeToString(id), Name: engineMeilisearch,
	}); err != nil {
		return nil, err
	}
	t.worker = feed.New(feed.Config{
		Engine: t.engine, Store: h.app.store, Source: h.app.store, Segmenter: h.app.segmenter,
		Installation: hex.EncodeToString(id), Holder: "eval-" + hex.EncodeToString(id), Log: h.app.log,
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

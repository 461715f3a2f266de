package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/eval"
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

// trial is an engine with an index for one measurement. It is asked without a
// budget, so that its own answers are measured; those that it failed to give
// are counted.
type trial struct {
	engine index.Outside
	worker *feed.Worker
	id     string      // of the installation that it is for
	asked  atomic.Bool // in the question of now
	failed atomic.Bool // likewise
}

// openTrial makes an index on the server, under a name that no other data
// folder has, and has the shelf ask it.
func (f *evalFlags) openTrial(ctx context.Context, h *host) (*trial, error) {
	raw := make([]byte, 4)
	_, _ = rand.Read(raw) // never fails: crypto/rand
	id := hex.EncodeToString(raw)
	engine, err := meili.Open(meili.Config{
		URL: f.server.URL, Key: f.server.Key, SearchKey: f.server.SearchKey, Name: engineMeilisearch,
		Prefix: cmp.Or(f.MeiliPrefix, "policybot-") + "eval-" + id + "-", Installation: id,
	})
	if err != nil {
		return nil, err
	}
	return newTrial(ctx, h, engine, id)
}

// newTrial feeds an engine with all that is published. It returns when the
// engine serves everything and is asked.
func newTrial(ctx context.Context, h *host, engine index.Outside, installation string) (*trial, error) {
	t := &trial{engine: engine, id: installation, worker: feed.New(feed.Config{
		Engine: engine, Store: h.app.store, Source: h.app.store, Segmenter: h.app.segmenter,
		Installation: installation, Holder: "eval-" + installation, Log: h.app.log,
	})}
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
	t.asked.Store(true)
	generation, _ := t.worker.Serving()
	found, err := t.engine.Recall(ctx, generation, p)
	if err != nil {
		t.failed.Store(true)
	}
	return found, t.engine.Name(), err
}

// watch asks a question and notes in its outcome whether the embedded engine
// stood in. A question without a word is put to no engine outside.
func (t *trial) watch(ask func() (eval.Outcome, index.Result, error)) (eval.Outcome, error) {
	t.asked.Store(false)
	t.failed.Store(false)
	out, found, err := ask()
	out.Failed = t.failed.Load()
	out.Understudy = out.Failed || t.asked.Load() && found.Engine != t.engine.Name() && len(out.Candidates) > 0
	return out, err
}

// dropPatience bounds how long a measurement that is over waits for its index
// to be removed.
const dropPatience = 30 * time.Second

// Close removes the index, also after an interruption.
func (t *trial) Close() error {
	ctx, stop := context.WithTimeout(context.Background(), dropPatience)
	defer stop()
	if err := t.worker.Drop(ctx, ""); err != nil {
		return fmt.Errorf("an index of this measurement, with eval-%s- in its name, may be left on the server: %w", t.id, err)
	}
	return nil
}

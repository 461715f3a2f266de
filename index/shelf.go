package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/policybot/policybot/corpus"
)

// ErrNotReady is returned while no generation serves.
var ErrNotReady = errors.New("index: no generation serves yet")

// batch is how many documents are read and applied at a time.
const batch = 500

// Shelf keeps an engine in step with the store and answers queries from one
// state: generation, lexicon and segmenter together.
type Shelf struct {
	engine  Engine
	name    string // of the engine, for replies and the journal
	source  Source
	log     *slog.Logger
	words   atomic.Pointer[wording]
	next    atomic.Pointer[coming] // while Adopt builds
	syncing sync.Mutex             // one Sync at a time
	served  atomic.Pointer[served]
	outside atomic.Pointer[Recaller]

	catalogue atomic.Pointer[Catalogue]
	listed    bool // the catalogue follows the engine; of who is syncing
}

// wording is the lexicon with the segmenter that was made for it.
type wording struct {
	lexicon   *Lexicon
	segmenter Segmenter
}

// served remembers up to which outbox row a query sees the corpus.
type served struct {
	seq int64
	at  time.Time
}

// NewShelf makes a shelf of an open engine. It serves what the engine has
// once a wording is set; Sync brings it up to date.
func NewShelf(name string, engine Engine, source Source, log *slog.Logger) *Shelf {
	return &Shelf{name: name, engine: engine, source: source, log: log}
}

// Use sets the lexicon and the segmenter of the questions from now on. They
// are switched together.
func (s *Shelf) Use(lex *Lexicon, seg Segmenter) { s.words.Store(&wording{lex, seg}) }

// Prefer has questions put to engines outside of this process from now on;
// the shelf's own answers what they do not, in the same request. Searches,
// and queries with Within or Beside, are always answered by its own. nil goes
// back to that for all.
func (s *Shelf) Prefer(r Recaller) {
	if r == nil {
		s.outside.Store(nil)
		return
	}
	s.outside.Store(&r)
}

// Find answers a query; Result.Engine says which engine found it. It returns
// ErrNotReady before the first generation, and the error of ctx.
func (s *Shelf) Find(ctx context.Context, q Query) (Result, error) {
	v, w, err := s.state()
	if err != nil {
		return Result{}, err
	}
	defer v.Release()
	var outside Recaller
	if r := s.outside.Load(); r != nil {
		outside = *r
	}
	res, err := find(ctx, v, w, q, outside)
	res.Engine = cmp.Or(res.Engine, s.name)
	return res, err
}

// Probe returns what engines outside of this process are asked for a query.
// It returns ErrNotReady before the first generation.
func (s *Shelf) Probe(q Query) (Probe, error) {
	v, w, err := s.state()
	if err != nil {
		return Probe{}, err
	}
	defer v.Release()
	return analyseBeside(q.Text, q.Aside, w.lexicon, w.segmenter, v).probe(w, v, q.filter(), recallLimit), nil
}

// Catalogue returns what is known about the documents that are served. It is
// never nil, and empty before the first Sync.
func (s *Shelf) Catalogue() *Catalogue {
	if c := s.catalogue.Load(); c != nil {
		return c
	}
	return &Catalogue{}
}

// Ready returns nil when a generation serves.
func (s *Shelf) Ready() error {
	if s.words.Load() == nil || s.served.Load() == nil {
		return ErrNotReady
	}
	return nil
}

// Status tells what serves.
type Status struct {
	Engine     string    `json:"engine"`
	Generation string    `json:"generation"`
	Units      int       `json:"units"`
	Seq        int64     `json:"seq"`
	Synced     time.Time `json:"synced"`
}

// Status returns what serves now, or ErrNotReady.
func (s *Shelf) Status() (Status, error) {
	at := s.served.Load()
	if at == nil {
		return Status{Engine: s.name}, ErrNotReady
	}
	v, err := s.engine.View()
	if err != nil {
		return Status{Engine: s.name}, errors.Join(ErrNotReady, err)
	}
	defer v.Release()
	return Status{s.name, v.Generation(), v.Count(), at.seq, at.at}, nil
}

// Sync brings the engine up to date with the outbox; it returns when all that
// was published before the call is being served. An engine without a usable
// generation, or with one of another store or another segmenter, is built
// anew.
func (s *Shelf) Sync(ctx context.Context) error {
	s.syncing.Lock()
	defer s.syncing.Unlock()
	v, err := s.engine.View()
	if err != nil {
		return s.rebuild(ctx)
	}
	stale := s.stale(v)
	v.Release()
	if stale {
		return s.rebuild(ctx)
	}
	newest, err := s.source.Newest(ctx)
	if err != nil {
		return fmt.Errorf("index: outbox: %w", err)
	}
	if !s.listed {
		// It may be ahead of the engine: what is applied below it knows then.
		if err := s.list(ctx); err != nil {
			return err
		}
	}
	cursor := s.engine.Cursor()
	if cursor > newest {
		// Rows are never reused: the store was replaced, or put back to an
		// older state.
		return s.rebuild(ctx)
	}
	for cursor < newest {
		next, err := s.apply(ctx, cursor)
		if err != nil {
			return err
		}
		if next == cursor {
			break
		}
		cursor = next
	}
	s.served.Store(&served{newest, time.Now()})
	return nil
}

// Rebuild makes a new generation from the store and switches to it.
func (s *Shelf) Rebuild(ctx context.Context) error {
	s.syncing.Lock()
	defer s.syncing.Unlock()
	return s.rebuild(ctx)
}

// apply takes the next rows of the outbox and returns the new cursor.
func (s *Shelf) apply(ctx context.Context, cursor int64) (int64, error) {
	changes, err := s.source.Changes(ctx, cursor, 10*batch)
	if err != nil {
		return cursor, fmt.Errorf("index: outbox: %w", err)
	}
	if len(changes) == 0 {
		return cursor, nil
	}
	last := changes[len(changes)-1].Seq
	changes = slices.DeleteFunc(changes, Change.OfLexicon) // Use and Adopt see to that
	var put []*Unit
	var listed []corpus.Document
	drop := make([]string, 0, len(changes))
	for start := 0; start < len(changes); start += batch {
		ids := make([]string, 0, batch)
		for _, c := range changes[start:min(start+batch, len(changes))] {
			ids = append(ids, c.Document)
		}
		live, err := s.source.Documents(ctx, ids)
		if err != nil {
			return cursor, fmt.Errorf("index: documents: %w", err)
		}
		units, err := s.cut(ctx, live)
		if err != nil {
			return cursor, err
		}
		put, drop = append(put, units...), append(drop, ids...)
		for _, l := range live {
			listed = append(listed, l.Document)
		}
	}
	if err := s.engine.Apply(ctx, put, drop, last); err != nil {
		return cursor, fmt.Errorf("index: apply: %w", err)
	}
	s.catalogue.Store(s.Catalogue().with(listed, drop))
	return last, nil
}

func (s *Shelf) rebuild(ctx context.Context) error {
	w := s.words.Load()
	if w == nil {
		return ErrNotReady
	}
	return s.rebuildAs(ctx, generationName(w.segmenter))
}

// generationName names a generation made now, and how it is cut.
func generationName(seg Segmenter) string {
	return strconv.FormatInt(time.Now().UnixMilli(), 36) + "_" + seg.Version()
}

func (s *Shelf) rebuildAs(ctx context.Context, name string) error {
	start := time.Now()
	newest, err := s.source.Newest(ctx)
	if err != nil {
		return fmt.Errorf("index: outbox: %w", err)
	}
	n := 0
	err = s.engine.Rebuild(ctx, name, newest, s.everything(ctx, &n))
	if err != nil {
		return fmt.Errorf("index: rebuild: %w", err)
	}
	s.listed = false // as of before the engine's
	if err := s.list(ctx); err != nil {
		return err
	}
	s.served.Store(&served{newest, time.Now()})
	s.log.Info("index built", "generation", name, "units", n, "ms", time.Since(start).Milliseconds())
	return nil
}

// list reads the catalogue from the store.
func (s *Shelf) list(ctx context.Context) error {
	var all []corpus.Document
	err := s.source.EachDocument(ctx, func(d corpus.Document) error {
		all = append(all, d)
		return nil
	})
	if err != nil {
		return fmt.Errorf("index: catalogue: %w", err)
	}
	s.catalogue.Store(newCatalogue(all))
	s.listed = true
	return nil
}

// everything yields all units of all published documents, cut in batches.
func (s *Shelf) everything(ctx context.Context, n *int) iter.Seq2[*Unit, error] {
	return func(yield func(*Unit, error) bool) {
		var pending []Live
		stopped := errors.New("stopped")
		done := false // nothing may be yielded any more
		flush := func() error {
			units, err := s.cut(ctx, pending)
			if err != nil {
				return err
			}
			pending = pending[:0]
			for _, u := range units {
				*n++
				if !yield(u, nil) {
					done = true
					return stopped
				}
			}
			return nil
		}
		err := s.source.Each(ctx, func(l Live) error {
			pending = append(pending, l)
			if len(pending) < batch {
				return nil
			}
			return flush()
		})
		if err == nil {
			err = flush()
		}
		if err != nil && !done {
			yield(nil, err)
		}
	}
}

// cut makes the units of documents, with the words that were kept of an
// earlier cut where there are, and keeps those that are new.
func (s *Shelf) cut(ctx context.Context, live []Live) ([]*Unit, error) {
	w := s.cutting()
	if w == nil {
		return nil, ErrNotReady
	}
	refs := make([]corpus.Ref, len(live))
	for i, l := range live {
		refs[i] = corpus.Ref{Document: l.Document.ID, Revision: l.Revision.Number}
	}
	version := w.segmenter.Version() + "-" + cutRules
	kept, err := s.source.Cuts(ctx, version, refs)
	if err != nil {
		return nil, fmt.Errorf("index: cuts: %w", err)
	}
	known := make(map[string]Cut, len(kept))
	for _, c := range kept {
		known[c.Document] = c
	}
	var all []*Unit
	var fresh []Cut
	for _, l := range live {
		units := Units(l.Document, l.Revision)
		c, ok := known[l.Document.ID]
		if ok = ok && c.Revision == l.Revision.Number && len(c.Words) == len(units); !ok {
			c = Cut{Document: l.Document.ID, Revision: l.Revision.Number}
		}
		for i, u := range units {
			if ok {
				u.Words = c.Words[i]
				continue
			}
			u.AddWords(w.segmenter)
			c.Words = append(c.Words, u.Words)
		}
		if !ok {
			fresh = append(fresh, c)
		}
		all = append(all, units...)
	}
	if len(fresh) == 0 {
		return all, nil
	}
	if err := s.source.SaveCuts(ctx, version, fresh); err != nil {
		return nil, fmt.Errorf("index: cuts: %w", err)
	}
	return all, nil
}

// Package local is the embedded engine: postings of bigrams and longer words
// in a snapshot file that is mapped read-only, small segments on the heap for
// what was applied since, and a bitmap of what was deleted. It recalls exact
// BM25 candidates, keeps the statistics that ranking uses, and serves the
// units' texts from the same mapping.
//
// The snapshot is all that survives a restart. Cursor is then that of the
// snapshot, and the caller applies later outbox rows again. A snapshot that
// is missing or damaged is rebuilt by the caller: View says so.
package local

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"

	"github.com/policybot/policybot/index"
)

// ErrClosed is returned after Close.
var ErrClosed = errors.New("local: the index is closed")

// smallDelta is how many units may be applied before a compaction, however
// small the base is.
const smallDelta = 2000

// Index keeps one index in a folder.
type Index struct {
	folder string
	log    *slog.Logger
	small  int                   // smallDelta; less in tests
	now    atomic.Pointer[state] // nil where nothing serves
	why    atomic.Pointer[error] // why nothing serves
	writer chan struct{}         // holds a token while somebody writes
	wake   chan struct{}         // a compaction is due
	ctx    context.Context       // ends with Close
	stop   context.CancelFunc
	done   chan struct{} // the compactor has ended
}

var (
	_ index.Engine = (*Index)(nil)
	_ index.Asider = (*Index)(nil)
)

// Open opens the index in a folder that nobody else writes to; the folder is
// made where it is missing. A snapshot that is missing or cannot be used is
// not an error here: View and Apply then say why, until Rebuild.
func Open(folder string, log *slog.Logger) (*Index, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("opening the index: %w", err)
	}
	if err := removeUnfinished(folder); err != nil {
		return nil, fmt.Errorf("opening the index: %w", err)
	}
	x := &Index{folder: folder, log: log, small: smallDelta, writer: make(chan struct{}, 1), wake: make(chan struct{}, 1), done: make(chan struct{})}
	x.ctx, x.stop = context.WithCancel(context.Background())
	base, err := openSnapshot(filepath.Join(folder, snapshotName))
	if err != nil {
		x.why.Store(&err)
	} else {
		x.now.Store(newState(base.meta, []*segment{base}, nil, counts{}))
	}
	go x.compactor()
	return x, nil
}

// View returns the state of now. Its error wraps ErrMissing, ErrDamaged or
// ErrClosed, or is that of the file system.
func (x *Index) View() (index.View, error) {
	for {
		s := x.now.Load()
		if s == nil {
			return nil, x.absent()
		}
		if s.acquire() {
			return &view{state: s}, nil
		}
	}
}

// absent says why nothing serves.
func (x *Index) absent() error {
	if x.ctx.Err() != nil {
		return ErrClosed
	}
	if err := x.why.Load(); err != nil {
		return *err
	}
	return ErrMissing
}

// Cursor returns the outbox row up to which the index is complete; 0 where
// nothing serves.
func (x *Index) Cursor() int64 {
	if s := x.now.Load(); s != nil {
		return s.meta.cursor
	}
	return 0
}

// lock waits until nobody else writes.
func (x *Index) lock(ctx context.Context) error {
	select {
	case x.writer <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	case <-x.ctx.Done():
		return ErrClosed
	}
	if x.ctx.Err() != nil {
		x.unlock()
		return ErrClosed
	}
	return nil
}

func (x *Index) unlock() { <-x.writer }

// within returns a context that ends with ctx or with Close.
func (x *Index) within(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(x.ctx, func() { cancel(ErrClosed) })
	return ctx, func() { stop(); cancel(nil) }
}

// serve switches to a state.
func (x *Index) serve(s *state) {
	if old := x.now.Swap(s); old != nil {
		old.release()
	}
}

// Rebuild makes a new generation from all units, see index.Engine. The
// generation is on disk when it returns. Its errors are those of units, of
// ctx and of the file system.
func (x *Index) Rebuild(ctx context.Context, generation string, cursor int64, units iter.Seq2[*index.Unit, error]) error {
	if err := x.lock(ctx); err != nil {
		return err
	}
	defer x.unlock()
	ctx, end := x.within(ctx)
	defer end()
	base, err := writeSnapshot(ctx, x.folder, meta{generation: generation, cursor: cursor}, func(b *builder) error {
		for u, err := range units {
			if err != nil {
				return err
			}
			if err := b.add(u); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	x.serve(newState(base.meta, []*segment{base}, nil, counts{}))
	return nil
}

// Beside returns the view that Apply would make, and changes nothing: nobody
// else sees it, it is never on disk, and it is gone with its Release. Its errors
// are those of View, and of ctx.
func (x *Index) Beside(ctx context.Context, put []*index.Unit, drop []string) (index.View, error) {
	now, err := x.View()
	if err != nil {
		return nil, err
	}
	defer now.Release() // what is made below holds the segments by itself
	s := now.(*view).state
	deleted, gone := s.without(put, drop)
	segments := slices.Clone(s.segments)
	if len(put) > 0 {
		seg, err := heapSegment(ctx, s.averages, func(b *builder) error { return addAll(b, put) })
		if err != nil {
			return nil, fmt.Errorf("indexing: %w", err)
		}
		segments = append(segments, seg)
	}
	return &view{state: newState(s.meta, segments, deleted, gone)}, nil
}

// Apply replaces documents, see index.Engine. A document of which put has
// units is replaced whether or not drop names it, so that none is ever there
// twice. What is applied is served when Apply returns; it is on disk after
// the next compaction.
func (x *Index) Apply(ctx context.Context, put []*index.Unit, drop []string, cursor int64) error {
	if err := x.lock(ctx); err != nil {
		return err
	}
	defer x.unlock()
	ctx, end := x.within(ctx)
	defer end()
	s := x.now.Load() // stays: only a writer replaces it
	if s == nil {
		return x.absent()
	}
	m := s.meta
	m.changes, m.cursor = m.changes+1, cursor
	deleted, gone := s.without(put, drop)
	if len(put) > x.allowed(s) {
		return x.compact(ctx, s, m, deleted, put)
	}
	segments := slices.Clone(s.segments)
	if len(put) > 0 {
		seg, err := heapSegment(ctx, s.averages, func(b *builder) error { return addAll(b, put) })
		if err != nil {
			return fmt.Errorf("indexing: %w", err)
		}
		if segments, err = tidy(ctx, s.averages, append(segments, seg)); err != nil {
			return fmt.Errorf("indexing: %w", err)
		}
	}
	next := newState(m, segments, deleted, gone)
	x.serve(next)
	if next.total-next.segments[0].units+next.dead > x.allowed(next) {
		select {
		case x.wake <- struct{}{}:
		default:
		}
	}
	return nil
}

func addAll(b *builder, units []*index.Unit) error {
	for _, u := range units {
		if err := b.add(u); err != nil {
			return err
		}
	}
	return nil
}

// allowed is how large the delta of a state may get.
func (x *Index) allowed(s *state) int { return max(x.small, s.segments[0].units/8) }

// tidy joins the last segments on the heap while they are of similar size, so
// that there are few and each unit is copied seldom. Deleted units stay until
// the compaction: IDs don't change.
func tidy(ctx context.Context, a averages, segments []*segment) ([]*segment, error) {
	for n := len(segments); n > 2 && segments[n-2].units < 4*segments[n-1].units; n = len(segments) {
		joined, err := heapSegment(ctx, a, func(b *builder) error {
			for _, s := range segments[n-2:] {
				if err := b.copy(s, func(int) bool { return false }); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		segments = append(segments[:n-2:n-2], joined)
	}
	return segments, nil
}

// without returns the bitmap of deleted units, and their terms, once the
// documents of put and drop are deleted too.
func (s *state) without(put []*index.Unit, drop []string) ([]uint64, counts) {
	deleted := slices.Clone(s.deleted)
	var terms, own []uint64
	kill := func(document string) {
		for _, id := range s.document(document) {
			if deleted[id>>6]&(1<<(id&63)) != 0 {
				continue
			}
			deleted[id>>6] |= 1 << (id & 63)
			seg, n := s.locate(int(id))
			u := decodeUnit(seg.record(n), whole)
			own = own[:0]
			u.Terms(func(t index.Term) { own = append(own, uint64(t)) })
			slices.Sort(own)
			terms = append(terms, slices.Compact(own)...)
		}
	}
	for _, d := range drop {
		kill(d)
	}
	last := ""
	for i, u := range put {
		if i == 0 || u.Document != last {
			kill(u.Document)
		}
		last = u.Document
	}
	return deleted, s.gone.with(terms)
}

// compact writes a snapshot of a state without the deleted and with put, and
// serves it. The caller holds the lock.
func (x *Index) compact(ctx context.Context, s *state, m meta, deleted []uint64, put []*index.Unit) error {
	m.averages = averages{} // those of the new base
	base, err := writeSnapshot(ctx, x.folder, m, func(b *builder) error {
		for i, seg := range s.segments {
			start := s.starts[i]
			if err := b.copy(seg, func(u int) bool {
				id := start + u
				return deleted[id>>6]&(1<<(id&63)) != 0
			}); err != nil {
				return err
			}
		}
		return addAll(b, put)
	})
	if err != nil {
		return err
	}
	x.serve(newState(base.meta, []*segment{base}, nil, counts{}))
	return nil
}

// Flush writes what was applied since the last snapshot into a new one. It
// returns when that is on disk; at once where there is nothing new.
func (x *Index) Flush(ctx context.Context) error {
	if err := x.lock(ctx); err != nil {
		return err
	}
	defer x.unlock()
	ctx, end := x.within(ctx)
	defer end()
	s := x.now.Load()
	if s == nil {
		return x.absent()
	}
	if base := s.segments[0].meta; base.changes == s.meta.changes && base.cursor == s.meta.cursor {
		return nil
	}
	return x.compact(ctx, s, s.meta, s.deleted, nil)
}

// compactor flushes when Apply says so, until Close.
func (x *Index) compactor() {
	defer close(x.done)
	for {
		select {
		case <-x.ctx.Done():
			return
		case <-x.wake:
		}
		if err := x.Flush(x.ctx); err != nil && x.ctx.Err() == nil {
			// What was applied stays on the heap; the next Apply tries again.
			x.log.Error("index compaction failed", "err", err)
		}
	}
}

// Close ends what runs and gives the index up, without a Flush. Views stay
// readable until they are released.
func (x *Index) Close() error {
	x.stop()
	<-x.done
	x.writer <- struct{}{} // whoever still writes ends first
	defer x.unlock()
	if s := x.now.Swap(nil); s != nil {
		s.release()
	}
	return nil
}

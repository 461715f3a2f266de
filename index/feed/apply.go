package feed

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/policybot/policybot/index"
)

// Sizes of what is read and applied at a time, so that memory stays bounded.
const (
	rowsAtOnce  = 500     // of the outbox
	docsAtOnce  = 2000    // applied
	readAtOnce  = 10      // documents, of up to 4 MB
	textAtOnce  = 4 << 20 // bytes of text; its terms are several times that
	splitRefuse = 3       // documents of a batch that may be found to spoil it
)

// batch is what is applied in one call.
type batch struct {
	rows []index.Change    // the documents; the last has the row up to which all is applied then
	put  []index.Entry     // of those that are published
	bad  map[string]string // documents that cannot be cut, with the reason
	size int               // bytes of text
}

func (b *batch) ids() []string {
	ids := make([]string, len(b.rows))
	for i, r := range b.rows {
		ids[i] = r.Document
	}
	return ids
}

// feed applies to the generation in use what it does not have yet.
func (s *session) feed(ctx context.Context) error {
	s.caught = s.c.Now()
	before := s.now.Cursor
	if err := s.waits(ctx); err != nil {
		return err
	}
	err := s.catchUp(ctx, &s.now, func(b batch, refused map[string]string) error {
		if err := s.readmit(ctx, b.ids(), refused); err != nil {
			return err
		}
		return s.moved(ctx)
	})
	if err != nil || s.now.Cursor == before {
		return err
	}
	if err := s.count(ctx, s.now.Generation); err != nil {
		return err
	}
	return s.save(ctx)
}

// catchUp applies to a generation what changed after its cursor, until nothing
// is left, and calls applied after each batch.
func (s *session) catchUp(ctx context.Context, g *generation, applied func(batch, map[string]string) error) error {
	for {
		pokes := s.see().pokes
		newest, err := s.newest(ctx)
		if err != nil {
			return err
		}
		if g.Cursor >= newest {
			if g == &s.now {
				s.inStep(pokes)
			}
			return nil
		}
		if err := s.hear(); err != nil {
			return err
		}
		if err := s.round(ctx, g, newest, applied); err != nil {
			return err
		}
	}
}

// inStep notes that nothing waits, but for what was said after pokes were
// counted.
func (s *session) inStep(pokes int) {
	s.update(func(st *state) {
		st.late = time.Time{}
		if st.pokes != pokes {
			st.late = s.c.Now()
		}
	})
}

// round applies the next rows of the outbox.
func (s *session) round(ctx context.Context, g *generation, newest int64, applied func(batch, map[string]string) error) error {
	rows, err := s.c.Source.Changes(ctx, g.Cursor, rowsAtOnce)
	if err != nil {
		return fmt.Errorf("feed: outbox: %w", err)
	}
	last := newest // where what changed is no more, not even as a row
	if len(rows) > 0 {
		last = rows[len(rows)-1].Seq
	}
	// Another lexicon changes no entry of a generation: where its words are
	// others, that one is built anew, as after every change of how we cut.
	rows = slices.DeleteFunc(rows, index.Change.OfLexicon)
	if len(rows) == 0 {
		m := g.Stamp
		m.Cursor = last
		if err := s.keep(ctx, m); err != nil {
			return err
		}
		g.Stamp = m
		return applied(batch{}, nil)
	}
	return s.batches(ctx, rows, g.seg, func(b batch) error {
		m := g.Stamp
		m.Cursor = b.rows[len(b.rows)-1].Seq
		refused, err := s.apply(ctx, g.Stamp, m, b)
		if err != nil {
			return err
		}
		g.Stamp = m
		return applied(b, refused)
	})
}

// moved notes how far the generation in use is, and since when the rest waits.
func (s *session) moved(ctx context.Context) error {
	if err := s.waits(ctx); err != nil {
		return err
	}
	return s.save(ctx)
}

// waits notes how far the generation in use is, and since when the rest waits:
// before the engine is asked for anything, which may take long.
func (s *session) waits(ctx context.Context) error {
	waiting, err := s.c.Store.Pending(ctx, s.now.Cursor)
	if err != nil {
		return fmt.Errorf("feed: outbox: %w", err)
	}
	s.update(func(st *state) {
		st.Cursor = s.now.Cursor
		if waiting.Changes > 0 {
			st.late = oldest(waiting)
		}
	})
	return nil
}

// count asks the engine how many entries a generation has.
func (s *session) count(ctx context.Context, generation string) error {
	var n int
	err := s.call(ctx, askLimit, func(ctx context.Context) (err error) {
		n, err = s.c.Engine.Count(ctx, generation)
		return err
	})
	if err != nil {
		return err
	}
	sample, own, err := s.c.Store.Counts(ctx)
	if err != nil {
		return fmt.Errorf("feed: documents: %w", err)
	}
	if err := s.known(ctx); err != nil {
		return err
	}
	s.update(func(st *state) { st.Entries, st.Documents = n, max(0, sample+own-len(s.asides)) })
	return nil
}

// batches reads and cuts documents, in order, and yields them in batches of
// bounded size.
func (s *session) batches(ctx context.Context, rows []index.Change, seg index.Segmenter, yield func(batch) error) error {
	var b batch
	for chunk := range slices.Chunk(rows, readAtOnce) {
		ids := (&batch{rows: chunk}).ids()
		read, err := s.c.Source.Documents(ctx, ids)
		if err != nil {
			return fmt.Errorf("feed: documents: %w", err)
		}
		live := make(map[string]index.Live, len(read))
		for _, l := range read {
			live[l.Document.ID] = l
		}
		for _, r := range chunk {
			b.rows = append(b.rows, r)
			if l, ok := live[r.Document]; ok {
				b.add(l, seg)
			}
			if b.size < textAtOnce && len(b.rows) < docsAtOnce {
				continue
			}
			if err := yield(b); err != nil {
				return err
			}
			b = batch{}
		}
	}
	if len(b.rows) == 0 {
		return nil
	}
	return yield(b)
}

// add cuts a document.
func (b *batch) add(l index.Live, seg index.Segmenter) {
	entries, why := entriesOf(l, seg)
	if why != "" {
		if b.bad == nil {
			b.bad = make(map[string]string)
		}
		b.bad[l.Document.ID] = why
		return
	}
	for _, e := range entries {
		b.size += len(e.Context) + len(e.Body)
	}
	b.put = append(b.put, entries...)
}

// entriesOf cuts a document. One that cannot be cut must not hold up the rest:
// why says what happened.
func entriesOf(l index.Live, seg index.Segmenter) (entries []index.Entry, why string) {
	defer func() {
		if v := recover(); v != nil {
			entries, why = nil, sentence(fmt.Errorf("it cannot be cut: %v", v))
		}
	}()
	return index.Entries([]index.Live{l}, seg), ""
}

// apply has the engine take a batch, and sets aside what cannot be taken: with
// it the generation is complete up to the stamp. before is the stamp that it
// has until then.
func (s *session) apply(ctx context.Context, before, after index.Stamp, b batch) (refused map[string]string, err error) {
	refused = make(map[string]string)
	maps.Copy(refused, b.bad)
	// Before the engine: what is set aside in vain is taken back by a later
	// try, and what is not noted is never seen again.
	if err := s.setAside(ctx, b.rows, refused); err != nil {
		return nil, err
	}
	known := len(refused)
	err = s.put(ctx, after, b, refused)
	if err != nil && s.survives(ctx, before, err) {
		left := splitRefuse
		if err = s.split(ctx, before, b, refused, &left); err == nil {
			err = s.keep(ctx, after)
		}
	}
	if err != nil || len(refused) == known {
		return refused, err
	}
	return refused, s.setAside(ctx, b.rows, refused)
}

// put applies a batch. What the engine refuses is added to refused, and is not
// in it any more, also not as it was.
func (s *session) put(ctx context.Context, m index.Stamp, b batch, refused map[string]string) error {
	err := s.call(ctx, writeLimit, func(ctx context.Context) error { return s.c.Engine.Apply(ctx, m, b.put, b.ids()) })
	var bad *index.EntryError
	if !errors.As(err, &bad) {
		return err
	}
	maps.Copy(refused, bad.Documents)
	return nil
}

// survives reports whether an engine that failed to take a batch takes a
// stamp: then it may be the batch.
func (s *session) survives(ctx context.Context, m index.Stamp, err error) bool {
	return !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, errLost) && ctx.Err() == nil && s.keep(ctx, m) == nil
}

// split applies a batch that failed in halves, to find the documents that spoil
// it. An engine that fails at too many of them is not well.
func (s *session) split(ctx context.Context, m index.Stamp, b batch, refused map[string]string, left *int) error {
	if len(b.rows) == 1 {
		err := s.put(ctx, m, b, refused)
		if err == nil || *left == 0 || !s.survives(ctx, m, err) {
			return err
		}
		*left--
		refused[b.rows[0].Document] = sentence(err)
		return s.put(ctx, m, batch{rows: b.rows}, refused) // nor is it there as it was before
	}
	for _, half := range b.halves() {
		err := s.put(ctx, m, half, refused)
		if err != nil && s.survives(ctx, m, err) {
			err = s.split(ctx, m, half, refused, left)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// halves cuts a batch in two by its documents.
func (b *batch) halves() []batch {
	first := batch{rows: b.rows[:len(b.rows)/2]}
	second := batch{rows: b.rows[len(b.rows)/2:]}
	in := make(map[string]bool, len(first.rows))
	for _, r := range first.rows {
		in[r.Document] = true
	}
	for _, e := range b.put {
		if in[e.Document] {
			first.put = append(first.put, e)
		} else {
			second.put = append(second.put, e)
		}
	}
	return []batch{first, second}
}

// keep keeps a stamp alone.
func (s *session) keep(ctx context.Context, m index.Stamp) error {
	return s.call(ctx, writeLimit, func(ctx context.Context) error { return s.c.Engine.Keep(ctx, m) })
}

// known reads what is set aside, once.
func (s *session) known(ctx context.Context) error {
	if s.asides != nil {
		return nil
	}
	all, err := s.c.Store.Aside(ctx, s.name)
	if err != nil {
		return fmt.Errorf("feed: what is set aside: %w", err)
	}
	s.asides = make(map[string]bool, len(all))
	for _, a := range all {
		s.asides[a.Document] = true
	}
	return nil
}

// setAside notes documents that are not taken.
func (s *session) setAside(ctx context.Context, rows []index.Change, refused map[string]string) error {
	if len(refused) == 0 {
		return nil
	}
	if err := s.known(ctx); err != nil {
		return err
	}
	var all []Aside
	fresh := 0
	for _, r := range rows {
		why, ok := refused[r.Document]
		if !ok {
			continue
		}
		all = append(all, Aside{Engine: s.name, Document: r.Document, Seq: r.Seq, Reason: why, At: s.c.Now()})
		if !s.asides[r.Document] {
			fresh++
		}
	}
	if err := s.c.Store.SetAside(ctx, all); err != nil {
		return fmt.Errorf("feed: setting aside: %w", err)
	}
	for _, a := range all {
		s.asides[a.Document] = true
	}
	if fresh > 0 {
		first := all[0]
		s.c.Log.Warn("documents are set aside: the engine does not take them", "engine", s.name, "documents", fresh, "first", first.Document, "why", first.Reason)
		s.happened(ctx, SetAside, fmt.Sprintf("%d documents, the first is %s: %s", fresh, first.Document, first.Reason))
	}
	return nil
}

// readmit forgets that those of the documents were set aside that were taken
// now.
func (s *session) readmit(ctx context.Context, ids []string, refused map[string]string) error {
	if err := s.known(ctx); err != nil {
		return err
	}
	var back []string
	for _, id := range ids {
		if _, bad := refused[id]; s.asides[id] && !bad {
			back = append(back, id)
		}
	}
	if len(back) == 0 {
		return nil
	}
	if err := s.c.Store.Readmit(ctx, s.name, back); err != nil {
		return fmt.Errorf("feed: readmitting: %w", err)
	}
	for _, id := range back {
		delete(s.asides, id)
	}
	return nil
}

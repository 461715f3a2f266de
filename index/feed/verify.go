package feed

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/policybot/policybot/index"
)

// namedDocuments is how many documents a Difference names.
const namedDocuments = 20

// Difference is what an engine has otherwise than the store.
type Difference struct {
	Entries     int      `json:"entries"`             // that the store has
	Missing     int      `json:"missing"`             // entries that the engine does not have
	Differing   int      `json:"differing"`           // entries with other content
	Superfluous int      `json:"superfluous"`         // entries that the store does not have
	Documents   []string `json:"documents,omitempty"` // that they are of, the first few, sorted
	Repaired    int      `json:"repaired"`            // documents that were applied again, those set aside that are taken now among them
	Asides      int      `json:"asides"`              // documents that the engine does not take; that they are missing is no difference
}

// Any reports whether anything differs.
func (d Difference) Any() bool { return d.Missing+d.Differing+d.Superfluous > 0 }

// Verify compares every entry of the store with those of the generation in
// use. Where repair is set, it has those documents applied again that differ,
// and a generation built where none can be used. What changes meanwhile counts
// as no difference. It needs about 100 bytes for each entry.
func (w *Worker) Verify(ctx context.Context, repair bool) (d Difference, err error) {
	asker, found := ctx, make(chan Difference, 1)
	err = w.do(ctx, false, func(ctx context.Context, s *session) error {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(asker, cancel)()
		if s.see().Dropped {
			return fmt.Errorf("there is nothing to compare: %s", dropped)
		}
		if err := s.adopt(ctx); err != nil {
			return err
		}
		if s.now.Generation == "" && repair {
			if err := s.build(ctx); err != nil {
				return err
			}
		}
		if s.now.Generation == "" {
			return fmt.Errorf("there is nothing to compare: the engine has no index of these documents, or had one that somebody changed; it is built anew by itself, and policybot index status tells when it serves")
		}
		if err := s.feed(ctx); err != nil {
			return err
		}
		d, err := s.compare(ctx, repair)
		found <- d
		return err
	})
	select {
	case d = <-found:
	default: // it did not come to that
	}
	return d, err
}

// place names an entry in few bytes, and sum is its content.
type (
	place [16]byte
	sum   [12]byte
)

func placeOf(p index.Place) (out place) {
	h := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(p.Document), uint64(p.Ordinal)))
	copy(out[:], h[:])
	return out
}

// sumOf reads a sum; ok is false for what is none.
func sumOf(text string) (out sum, ok bool) {
	b, err := hex.DecodeString(text)
	return out, err == nil && len(b) == copy(out[:], b)
}

// expected is an entry of the store.
type expected struct {
	sum      sum
	document int32 // in comparison.documents
}

// comparison is what the store has, less what was found on the engine.
type comparison struct {
	want      map[place]expected
	documents []string
	entries   int
	strange   int                    // bytes of entries that it does not have
	differs   map[string]*Difference // by document
}

func (c *comparison) of(document string) *Difference {
	d := c.differs[document]
	if d == nil {
		d = &Difference{}
		c.differs[document] = d
	}
	return d
}

// expect adds what the store has of a batch.
func (c *comparison) expect(b batch) {
	at := make(map[string]int32, len(b.rows))
	for _, e := range b.put {
		n, ok := at[e.Document]
		if !ok {
			n = int32(len(c.documents))
			c.documents = append(c.documents, e.Document)
			at[e.Document] = n
		}
		want, _ := sumOf(e.Sum)
		c.want[placeOf(index.Place{Document: e.Document, Ordinal: e.Ordinal})] = expected{want, n}
		c.entries++
	}
}

// mostStrange bounds what is remembered of entries that the store does not
// have, in bytes.
const mostStrange = 64 << 20

// errStrange ends a comparison that would find nothing right.
var errStrange = errors.New("the engine has far more entries than the store: build it anew with 'policybot index rebuild'")

// met takes an entry of the engine.
func (c *comparison) met(p index.Place, text string) error {
	key := placeOf(p)
	want, ok := c.want[key]
	if !ok {
		if c.strange += len(p.Document) + 100; c.strange > mostStrange {
			return errStrange
		}
		c.of(p.Document).Superfluous++
		return nil
	}
	delete(c.want, key)
	if have, ok := sumOf(text); !ok || have != want.sum {
		c.of(p.Document).Differing++
	}
	return nil
}

// end counts what was not met.
func (c *comparison) end() {
	for _, e := range c.want {
		c.of(c.documents[e.document]).Missing++
	}
	c.want, c.documents = nil, nil
}

// compare compares the generation in use with the store, and repairs it.
func (s *session) compare(ctx context.Context, repair bool) (d Difference, err error) {
	c, err := s.differing(ctx)
	if err != nil {
		return d, err
	}
	if err := s.known(ctx); err != nil {
		return d, err
	}
	d.Entries = c.entries
	again := slices.Collect(maps.Keys(s.asides)) // tried again
	for id, one := range c.differs {
		if s.asides[id] && one.Differing+one.Superfluous == 0 {
			continue
		}
		d.Missing, d.Differing, d.Superfluous = d.Missing+one.Missing, d.Differing+one.Differing, d.Superfluous+one.Superfluous
		d.Documents = append(d.Documents, id)
		if !s.asides[id] {
			again = append(again, id)
		}
	}
	slices.Sort(d.Documents)
	d.Documents = d.Documents[:min(len(d.Documents), namedDocuments)]
	if !repair {
		d.Asides = len(s.asides)
		return d, nil
	}
	slices.Sort(again)
	if d.Repaired, err = s.repair(ctx, again); err != nil {
		return d, err
	}
	if err := s.repaired(ctx, d, again); err != nil {
		return d, err
	}
	s.update(func(st *state) { st.Doubtful = false })
	if err := s.save(ctx); err != nil {
		return d, err
	}
	d.Asides = len(s.asides)
	if d.Repaired > 0 {
		what := fmt.Sprintf("%d entries were missing, %d were different, %d superfluous; %d documents were applied again",
			d.Missing, d.Differing, d.Superfluous, d.Repaired)
		s.c.Log.Warn("the engine differed from the store and was repaired", "engine", s.name, "what", what)
		s.happened(ctx, Repaired, what)
	}
	return d, nil
}

// differing compares until nothing that differs has changed meanwhile: what
// has is fed, and looked at again. What still changes after that is left to
// the feed.
func (s *session) differing(ctx context.Context) (*comparison, error) {
	const rounds = 3
	seq := s.now.Cursor
	all, err := s.compareOnce(ctx, nil)
	if err != nil {
		return nil, err
	}
	for n := 0; ; n++ {
		moved, err := s.changedSince(ctx, seq, all.differs)
		if err != nil || len(moved) == 0 {
			return all, err
		}
		for id := range moved {
			delete(all.differs, id)
		}
		if n == rounds {
			return all, nil
		}
		if err := s.feed(ctx); err != nil {
			return nil, err
		}
		seq = s.now.Cursor
		part, err := s.compareOnce(ctx, moved)
		if err != nil {
			return nil, err
		}
		maps.Copy(all.differs, part.differs)
	}
}

// compareOnce compares all documents, or these.
func (s *session) compareOnce(ctx context.Context, only map[string]bool) (*comparison, error) {
	c := &comparison{want: make(map[place]expected), differs: make(map[string]*Difference)}
	var rows []index.Change
	for id := range only {
		rows = append(rows, index.Change{Document: id})
	}
	if only == nil {
		var err error
		if rows, err = s.published(ctx, 0); err != nil {
			return nil, err
		}
	}
	err := s.batches(ctx, rows, s.now.seg, func(b batch) error {
		c.expect(b)
		return s.meanwhile(ctx)
	})
	if err != nil {
		return nil, err
	}
	err = s.call(ctx, writeLimit, func(ctx context.Context) error {
		return s.c.Engine.Sums(ctx, s.now.Generation, func(p index.Place, text string) error {
			if only != nil && !only[p.Document] {
				return nil
			}
			return c.met(p, text)
		})
	})
	if err != nil {
		return nil, err
	}
	c.end()
	return c, nil
}

// changedSince returns which of the documents changed after an outbox row.
func (s *session) changedSince(ctx context.Context, seq int64, of map[string]*Difference) (map[string]bool, error) {
	moved := make(map[string]bool)
	for {
		rows, err := s.c.Source.Changes(ctx, seq, rowsAtOnce)
		if err != nil {
			return nil, fmt.Errorf("feed: outbox: %w", err)
		}
		for _, r := range rows {
			if of[r.Document] != nil {
				moved[r.Document] = true
			}
			seq = r.Seq
		}
		if len(rows) < rowsAtOnce {
			return moved, nil
		}
	}
}

// repaired looks again at what differed and was applied once more: what the
// feed did not write itself, it cannot take away by documents.
func (s *session) repaired(ctx context.Context, d Difference, ids []string) error {
	if !d.Any() {
		return nil
	}
	only := make(map[string]bool, len(ids))
	for _, id := range ids {
		only[id] = true
	}
	seq := s.now.Cursor
	c, err := s.compareOnce(ctx, only)
	if err != nil {
		return err
	}
	moved, err := s.changedSince(ctx, seq, c.differs)
	if err != nil {
		return err
	}
	left := 0
	for id, one := range c.differs {
		if !moved[id] && (!s.asides[id] || one.Differing+one.Superfluous > 0) {
			left++
		}
	}
	if left > 0 {
		return fmt.Errorf("%w (%d of them): build it anew with 'policybot index rebuild'", errStubborn, left)
	}
	return nil
}

// errStubborn ends a repair that was in vain.
var errStubborn = errors.New("documents differ after they were applied again")

// settle compares a generation that may differ from the store, and repairs it.
// What cannot be repaired is not in one that is built anew.
func (s *session) settle(ctx context.Context) error {
	_, err := s.compare(ctx, true)
	if !errors.Is(err, errStubborn) && !errors.Is(err, errStrange) {
		return err
	}
	s.c.Log.Warn("the engine's index differs from the store and could not be repaired; another is built", "engine", s.name,
		"generation", s.now.Generation, "why", sentence(err))
	return s.build(ctx)
}

// repair applies documents again, and returns how many were taken.
func (s *session) repair(ctx context.Context, ids []string) (taken int, err error) {
	rows := make([]index.Change, len(ids))
	for i, id := range ids {
		rows[i] = index.Change{Seq: s.now.Cursor, Document: id}
	}
	err = s.batches(ctx, rows, s.now.seg, func(b batch) error {
		refused, err := s.apply(ctx, s.now.Stamp, s.now.Stamp, b)
		if err != nil {
			return err
		}
		taken += len(b.rows) - len(refused)
		return s.readmit(ctx, b.ids(), refused)
	})
	if err != nil {
		return taken, err
	}
	return taken, s.count(ctx, s.now.Generation)
}

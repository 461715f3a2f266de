package local

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/policybot/policybot/index"
)

// runPostings is how many postings are collected before they are sorted into
// a run.
const runPostings = 2 << 20

// builder makes a segment from units and from other segments, in one pass
// over both. Records go straight to the destination, postings are kept as
// sorted runs and merged by finish.
type builder struct {
	ctx  context.Context
	w    *writer
	buf  []byte
	runs []run
	col  collector

	ends, norms, scopes []byte
	written             uint64
	units               int
	sums                sums
	table               []index.Scope
	rows                map[index.Scope]uint32
	places              []place
}

// place is where a unit stands in the order of documents.
type place struct {
	document string
	ordinal  int
	unit     uint32
}

// run is postings to be merged, with what its unit numbers become; nil where
// they stay.
type run struct {
	inverted
	become []uint32
}

const gone = math.MaxUint32

func newBuilder(ctx context.Context, dst io.Writer) (*builder, error) {
	w, err := newWriter(dst)
	if err != nil {
		return nil, err
	}
	w.begin(records)
	return &builder{ctx: ctx, w: w, rows: map[index.Scope]uint32{}, col: collector{ids: map[uint64]uint32{}}}, nil
}

// add adds a unit.
func (b *builder) add(u *index.Unit) error {
	b.buf = appendUnit(b.buf[:0], u)
	if len(b.buf) > maxRecord || u.Class >= index.Classes {
		return fmt.Errorf("%w: document %q, unit %d", errUnit, u.Document, u.Ordinal)
	}
	length := b.col.add(uint32(b.units), u)
	norm := uint32(u.Class)<<28 | uint32(min(length, maxLength))
	if len(b.col.pending) >= runPostings {
		b.runs = append(b.runs, run{inverted: b.col.run()})
	}
	return b.place(b.buf, norm, u.Scope(), place{u.Document, u.Ordinal, uint32(b.units)})
}

func (b *builder) place(record []byte, norm uint32, sc index.Scope, p place) error {
	if b.units+1 >= maxUnits {
		return fmt.Errorf("local: more than %d units", maxUnits)
	}
	if b.units%1024 == 0 && b.ctx.Err() != nil {
		return b.ctx.Err()
	}
	if _, err := b.w.Write(record); err != nil {
		return err
	}
	row, known := b.rows[sc]
	if !known {
		row = uint32(len(b.table))
		b.rows[sc] = row
		b.table = append(b.table, sc)
	}
	le := binary.LittleEndian
	b.written += uint64(len(record))
	b.ends = le.AppendUint64(b.ends, b.written)
	b.norms = le.AppendUint32(b.norms, norm)
	b.scopes = le.AppendUint32(b.scopes, row)
	b.places = append(b.places, p)
	b.sums.add(norm, 1)
	b.units++
	return nil
}

// copy adds the units of a segment that are not deleted. The segment must
// stay until finish.
func (b *builder) copy(s *segment, deleted func(int) bool) error {
	if len(b.col.pending) > 0 {
		b.runs = append(b.runs, run{inverted: b.col.run()})
	}
	become := make([]uint32, s.units)
	for u := range s.units {
		if deleted(u) {
			become[u] = gone
			continue
		}
		become[u] = uint32(b.units)
		record := s.record(u)
		document, ordinal := documentOf(record)
		err := b.place(record, s.norm(u), s.table[s.scope(u)], place{document, ordinal, uint32(b.units)})
		if err != nil {
			return err
		}
	}
	b.runs = append(b.runs, run{s.inverted, become})
	return nil
}

// finish writes everything but the header, which it returns. The bounds rest
// on m.averages, or on the segment's own where those are not given.
func (b *builder) finish(m meta) (header []byte, err error) {
	if len(b.col.pending) > 0 {
		b.runs = append(b.runs, run{inverted: b.col.run()})
	}
	if m.averages == (averages{}) {
		m.averages = b.sums.averages()
	}
	b.w.begin(postings)
	keyed, listed, err := b.merge(factorsOf(m.averages))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(b.places, func(x, y place) int {
		return cmp.Or(strings.Compare(x.document, y.document), cmp.Compare(x.ordinal, y.ordinal), cmp.Compare(x.unit, y.unit))
	})
	ordered := make([]byte, 0, len(b.places)*4)
	for _, p := range b.places {
		ordered = binary.LittleEndian.AppendUint32(ordered, p.unit)
	}
	for _, s := range []struct {
		id   int
		data []byte
	}{
		{keys, keyed}, {lists, listed}, {ends, b.ends}, {norms, b.norms}, {scopes, b.scopes}, {order, ordered},
		{table, appendScopes(nil, b.table)}, {about, appendMeta(nil, m)},
	} {
		if err := b.w.section(s.id, s.data); err != nil {
			return nil, err
		}
	}
	return b.w.header(), nil
}

// merge writes the postings of all runs term by term. A unit number is in one
// run only and later runs have the higher ones, so that lists are joined end
// to end.
func (b *builder) merge(f factors) (keyed, listed []byte, err error) {
	le := binary.LittleEndian
	heads, total := make([]int, len(b.runs)), uint64(0)
	var joined []byte
	for n := 0; ; n++ {
		if n%4096 == 0 && b.ctx.Err() != nil {
			return nil, nil, b.ctx.Err()
		}
		key, more := b.least(heads)
		if !more {
			break
		}
		joined = joined[:0]
		for i := range b.runs {
			if r := &b.runs[i]; heads[i] < r.terms() && r.key(heads[i]) == key {
				joined = r.join(joined, heads[i])
				heads[i]++
			}
		}
		if len(joined) == 0 {
			continue
		}
		if total+uint64(len(joined)/4) > math.MaxUint32 {
			return nil, nil, fmt.Errorf("local: more than %d postings", uint32(math.MaxUint32))
		}
		keyed = le.AppendUint64(keyed, key)
		listed = le.AppendUint32(listed, uint32(total))
		listed = le.AppendUint32(listed, math.Float32bits(b.bound(joined, f)))
		total += uint64(len(joined) / 4)
		if _, err := b.w.Write(joined); err != nil {
			return nil, nil, err
		}
	}
	return keyed, le.AppendUint64(listed, total), nil
}

// least returns the least term that a head stands on.
func (b *builder) least(heads []int) (key uint64, more bool) {
	for i := range b.runs {
		if r := &b.runs[i]; heads[i] < r.terms() {
			if k := r.key(heads[i]); !more || k < key {
				key, more = k, true
			}
		}
	}
	return key, more
}

// join appends the i-th list under its new unit numbers.
func (r *run) join(dst []byte, i int) []byte {
	if r.become == nil {
		return append(dst, r.list(i)...)
	}
	for p := r.list(i); len(p) >= 4; p = p[4:] {
		v := binary.LittleEndian.Uint32(p)
		if u := int(v >> 8); u < len(r.become) && r.become[u] != gone {
			dst = binary.LittleEndian.AppendUint32(dst, r.become[u]<<8|v&0xff)
		}
	}
	return dst
}

// bound returns what no posting of a list exceeds, see factors.impact.
func (b *builder) bound(list []byte, f factors) float32 {
	top := float32(0)
	for p := list; len(p) >= 4; p = p[4:] {
		v := binary.LittleEndian.Uint32(p)
		if n := int(v>>8) * 4; n < len(b.norms) {
			top = max(top, f.impact(v, binary.LittleEndian.Uint32(b.norms[n:])))
		}
	}
	return min(1, top)
}

// collector gathers postings in the order of units and sorts them by term.
type collector struct {
	ids     map[uint64]uint32
	keys    []uint64
	pending []pending
	scratch []uint64
}

type pending struct{ id, posting uint32 }

// add collects the terms of a unit and returns its length.
func (c *collector) add(unit uint32, u *index.Unit) int {
	c.scratch = c.scratch[:0]
	length := u.Terms(func(t index.Term) { c.scratch = append(c.scratch, uint64(t)) })
	slices.Sort(c.scratch)
	for i := 0; i < len(c.scratch); {
		key, first := c.scratch[i], i
		for i < len(c.scratch) && c.scratch[i] == key {
			i++
		}
		id, known := c.ids[key]
		if !known {
			id = uint32(len(c.keys))
			c.ids[key] = id
			c.keys = append(c.keys, key)
		}
		c.pending = append(c.pending, pending{id, unit<<8 | uint32(min(i-first, 255))})
	}
	return length
}

// run sorts what was collected, and empties the collector.
func (c *collector) run() inverted {
	le := binary.LittleEndian
	sorted := make([]uint32, len(c.keys))
	for i := range sorted {
		sorted[i] = uint32(i)
	}
	slices.SortFunc(sorted, func(a, b uint32) int { return cmp.Compare(c.keys[a], c.keys[b]) })
	next := make([]uint32, len(c.keys))
	for _, p := range c.pending {
		next[p.id]++
	}
	out := inverted{
		keys:     make([]byte, 0, len(c.keys)*8),
		lists:    make([]byte, 0, len(c.keys)*8+8),
		postings: make([]byte, len(c.pending)*4),
	}
	total := uint32(0)
	for _, id := range sorted {
		out.keys = le.AppendUint64(out.keys, c.keys[id])
		out.lists = le.AppendUint64(out.lists, uint64(total))
		next[id], total = total, total+next[id]
	}
	out.lists = le.AppendUint64(out.lists, uint64(total))
	for _, p := range c.pending {
		le.PutUint32(out.postings[uint64(next[p.id])*4:], p.posting)
		next[p.id]++
	}
	clear(c.ids)
	c.keys, c.pending = c.keys[:0], c.pending[:0]
	return out
}

// heapSegment builds a segment on the heap.
func heapSegment(ctx context.Context, a averages, fill func(*builder) error) (*segment, error) {
	var buf bytes.Buffer
	b, err := newBuilder(ctx, &buf)
	if err != nil {
		return nil, err
	}
	if err := fill(b); err != nil {
		return nil, err
	}
	header, err := b.finish(meta{averages: a})
	if err != nil {
		return nil, err
	}
	at, err := readHeader(header, int64(buf.Len()))
	if err != nil {
		return nil, err
	}
	return parse(buf.Bytes(), at)
}

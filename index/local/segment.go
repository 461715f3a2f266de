package local

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/policybot/policybot/index"
)

const (
	maxUnits  = 1 << 24 // unit numbers have 24 bits in a posting
	maxLength = 1<<28 - 1
)

// averages are mean lengths by class.
type averages [index.Classes]float64

// meta is what a segment says about itself.
type meta struct {
	generation string
	changes    uint64
	cursor     int64
	averages   averages // what the bounds rest on
}

func appendMeta(b []byte, m meta) []byte {
	b = appendString(b, m.generation)
	b = binary.AppendUvarint(b, m.changes)
	b = binary.AppendVarint(b, m.cursor)
	for _, a := range m.averages {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(a))
	}
	return b
}

func (r *reader) meta() meta {
	m := meta{generation: strings.Clone(r.string()), changes: r.uint(), cursor: r.int()}
	for i := range m.averages {
		if len(r.b) < 8 {
			r.fail()
			break
		}
		m.averages[i] = math.Float64frombits(binary.LittleEndian.Uint64(r.b))
		r.b = r.b[8:]
		if !(m.averages[i] > 0) || math.IsInf(m.averages[i], 0) {
			r.bad = true
		}
	}
	return m
}

// inverted is the terms of some units with their postings.
type inverted struct{ keys, lists, postings []byte }

func (v *inverted) terms() int { return len(v.keys) / 8 }

func (v *inverted) key(i int) uint64 { return binary.LittleEndian.Uint64(v.keys[i*8:]) }

// list returns the postings of the i-th term.
func (v *inverted) list(i int) []byte {
	from, to := binary.LittleEndian.Uint32(v.lists[i*8:]), binary.LittleEndian.Uint32(v.lists[i*8+8:])
	return v.postings[uint64(from)*4 : uint64(to)*4]
}

func (v *inverted) bound(i int) float32 {
	return math.Float32frombits(binary.LittleEndian.Uint32(v.lists[i*8+4:]))
}

// find returns the place of a term, or -1.
func (v *inverted) find(t index.Term) int {
	i, j := 0, v.terms()
	for i < j {
		if h := int(uint(i+j) >> 1); v.key(h) < uint64(t) {
			i = h + 1
		} else {
			j = h
		}
	}
	if i < v.terms() && v.key(i) == uint64(t) {
		return i
	}
	return -1
}

// segment is an unchanging set of units, in a mapping or on the heap.
type segment struct {
	inverted
	units   int
	records []byte
	ends    []byte
	norms   []byte
	scopes  []byte
	order   []byte
	table   []index.Scope
	meta    meta
	sums    sums

	documents numbering
	posts     func() []index.Place // readPosts, once

	refs    atomic.Int64
	release func() // unmaps; nil on the heap
}

func (s *segment) retain() { s.refs.Add(1) }

func (s *segment) drop() {
	if s.refs.Add(-1) == 0 && s.release != nil {
		s.release()
	}
}

// sums are the numbers of units and of their terms by class.
type sums struct{ units, terms [index.Classes]int64 }

func (s *sums) add(norm uint32, sign int64) {
	c := norm >> 28
	s.units[c] += sign
	s.terms[c] += sign * int64(norm&maxLength)
}

func (s *sums) plus(o *sums) {
	for c := range s.units {
		s.units[c] += o.units[c]
		s.terms[c] += o.terms[c]
	}
}

func (s *sums) count() (n int64) {
	for _, u := range s.units {
		n += u
	}
	return n
}

// averages returns the mean length of each class; 1 where nothing is.
func (s *sums) averages() (a averages) {
	for c := range a {
		a[c] = 1
		if s.terms[c] > 0 {
			a[c] = float64(s.terms[c]) / float64(s.units[c])
		}
	}
	return a
}

func (s *segment) norm(u int) uint32  { return binary.LittleEndian.Uint32(s.norms[u*4:]) }
func (s *segment) scope(u int) uint32 { return binary.LittleEndian.Uint32(s.scopes[u*4:]) }

func (s *segment) record(u int) []byte {
	from := uint64(0)
	if u > 0 {
		from = binary.LittleEndian.Uint64(s.ends[u*8-8:])
	}
	return s.records[from:binary.LittleEndian.Uint64(s.ends[u*8:])]
}

// document returns the units of a document by ordinal.
func (s *segment) document(id string) (out []int) {
	for i := s.search(index.Place{Document: id, Ordinal: math.MinInt}); i < s.units; i++ {
		u := s.ordered(i)
		if s.place(u).Document != id {
			break
		}
		out = append(out, u)
	}
	return out
}

// search returns where in the order of documents a place is, or would be.
func (s *segment) search(p index.Place) int {
	before := func(q index.Place) bool {
		return q.Document < p.Document || q.Document == p.Document && q.Ordinal < p.Ordinal
	}
	posts := s.posts()
	// The first post that is not before p; what is sought is behind the one before it.
	n := sort.Search(len(posts), func(i int) bool { return !before(posts[i]) })
	from, to := max(0, n-1)*postEvery, min(n*postEvery, s.units)
	return from + sort.Search(to-from, func(i int) bool { return !before(s.place(s.ordered(from + i))) })
}

// postEvery is how many units of the order stand between two posts. A place is
// looked up for each unit that another engine brings, and each step in the
// records is a page of memory that nothing else has touched.
const postEvery = 16

// readPosts reads every postEvery-th place in the order of documents.
func (s *segment) readPosts() []index.Place {
	posts := make([]index.Place, 0, s.units/postEvery+1)
	for i := 0; i < s.units; i += postEvery {
		posts = append(posts, s.place(s.ordered(i)))
	}
	return posts
}

// ordered returns the i-th unit in the order of documents.
func (s *segment) ordered(i int) int { return int(binary.LittleEndian.Uint32(s.order[i*4:])) }

// place returns where a unit stands. It shares the segment's memory.
func (s *segment) place(u int) (p index.Place) {
	p.Document, p.Ordinal = documentOf(s.record(u))
	return p
}

// parse reads a segment whose header is right; every number in it that is
// used as an offset is checked here or where it is used.
func parse(data []byte, at [sectionCount]section) (*segment, error) {
	part := func(id int) []byte { return data[at[id].offset:][:at[id].length:at[id].length] }
	s := &segment{
		inverted: inverted{part(keys), part(lists), part(postings)},
		units:    int(at[norms].length / 4),
		records:  part(records), ends: part(ends), norms: part(norms), scopes: part(scopes), order: part(order),
	}
	s.posts = sync.OnceValue(s.readPosts)
	scoped, described := &reader{b: part(table)}, &reader{b: part(about)}
	s.table, s.meta = scoped.scopes(), described.meta()
	switch {
	case scoped.bad, described.bad, s.units >= maxUnits,
		len(s.norms) != s.units*4, len(s.scopes) != s.units*4, len(s.order) != s.units*4, len(s.ends) != s.units*8,
		len(s.keys)%8 != 0, len(s.lists) != len(s.keys)+8, len(s.postings)%4 != 0:
		return nil, fmt.Errorf("%w: sections don't fit together", ErrDamaged)
	}
	if err := s.checkUnits(); err != nil {
		return nil, err
	}
	return s, s.checkTerms()
}

func (s *segment) checkUnits() error {
	last := uint64(0)
	for u := range s.units {
		end, n := binary.LittleEndian.Uint64(s.ends[u*8:]), s.norm(u)
		if end < last || end > uint64(len(s.records)) || n>>28 >= uint32(index.Classes) ||
			int(s.scope(u)) >= len(s.table) || int(binary.LittleEndian.Uint32(s.order[u*4:])) >= s.units {
			return fmt.Errorf("%w: unit %d", ErrDamaged, u)
		}
		s.sums.add(n, 1)
		last = end
	}
	return nil
}

func (s *segment) checkTerms() error {
	le := binary.LittleEndian
	last := uint32(0)
	for i := range s.terms() + 1 {
		from := le.Uint32(s.lists[i*8:])
		b := s.bound(i)
		if from < last || uint64(from)*4 > uint64(len(s.postings)) || !(b >= 0 && b <= 1) ||
			i > 0 && i < s.terms() && s.key(i) <= s.key(i-1) {
			return fmt.Errorf("%w: term %d", ErrDamaged, i)
		}
		last = from
	}
	return nil
}

// counts is how many deleted units have each term: what document frequencies
// are too high by.
type counts struct {
	keys []uint64
	n    []uint32
}

func (c counts) of(t index.Term) int {
	if i, ok := slices.BinarySearch(c.keys, uint64(t)); ok {
		return int(c.n[i])
	}
	return 0
}

// with returns the sum of c and the terms (in any order, each once per unit).
func (c counts) with(terms []uint64) counts {
	if len(terms) == 0 {
		return c
	}
	slices.Sort(terms)
	var out counts
	i := 0
	for len(terms) > 0 || i < len(c.keys) {
		k, n := uint64(0), uint32(0)
		if len(terms) == 0 || i < len(c.keys) && c.keys[i] <= terms[0] {
			k, n = c.keys[i], c.n[i]
			i++
		} else {
			k = terms[0]
		}
		for len(terms) > 0 && terms[0] == k {
			n++
			terms = terms[1:]
		}
		out.keys, out.n = append(out.keys, k), append(out.n, n)
	}
	return out
}

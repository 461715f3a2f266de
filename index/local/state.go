package local

import (
	"context"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// state is one unchanging state of the index: the base segment from the
// snapshot, smaller ones on the heap with what was applied since, and which
// units of all of them are deleted. IDs count through the segments.
type state struct {
	segments []*segment
	starts   []int    // the first ID of each segment
	total    int      // IDs
	deleted  []uint64 // bitmap over IDs
	dead     int      // bits set in it
	gone     counts   // terms of the deleted
	count    int      // units that are not deleted
	averages averages
	factors  factors
	loose    []float32 // by what each segment's bounds grow under the averages of now
	meta     meta

	last atomic.Pointer[visible]
	refs atomic.Int64
}

// newState returns a state that holds its segments, with one reference.
func newState(m meta, segments []*segment, deleted []uint64, gone counts) *state {
	s := &state{segments: segments, gone: gone, meta: m}
	var live sums
	for _, seg := range segments {
		seg.retain()
		s.starts = append(s.starts, s.total)
		s.total += seg.units
		live.plus(&seg.sums)
	}
	s.deleted = make([]uint64, (s.total+63)/64)
	copy(s.deleted, deleted)
	for i, seg := range segments {
		for u := range seg.units {
			if s.isDeleted(s.starts[i] + u) {
				live.add(seg.norm(u), -1)
				s.dead++
			}
		}
	}
	s.count, s.averages = int(live.count()), live.averages()
	s.factors = factorsOf(s.averages)
	for _, seg := range segments {
		// Norms shrink as averages grow, by their ratio at most.
		loose := 1.0
		for c, a := range seg.meta.averages {
			loose = max(loose, s.averages[c]/a)
		}
		s.loose = append(s.loose, float32(loose*slack))
	}
	s.refs.Store(1)
	return s
}

func (s *state) isDeleted(id int) bool { return s.deleted[id>>6]&(1<<(id&63)) != 0 }

// acquire adds a reference, unless the last one is gone already.
func (s *state) acquire() bool {
	for {
		n := s.refs.Load()
		if n == 0 {
			return false
		}
		if s.refs.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

func (s *state) release() {
	if s.refs.Add(-1) == 0 {
		for _, seg := range s.segments {
			seg.drop()
		}
	}
}

// locate returns the segment of an ID and the unit's number in it.
func (s *state) locate(id int) (*segment, int) {
	i := s.segmentOf(id)
	return s.segments[i], id - s.starts[i]
}

// segmentOf returns the place of the segment of an ID.
func (s *state) segmentOf(id int) int {
	i, exact := slices.BinarySearch(s.starts, id)
	if !exact {
		i--
	}
	// Empty segments share their start with the next.
	for s.segments[i].units == 0 {
		i++
	}
	return i
}

// document returns the IDs of a document's units that are not deleted.
func (s *state) document(id string) (out []uint32) {
	for i, seg := range s.segments {
		for _, u := range seg.document(id) {
			if at := s.starts[i] + u; !s.isDeleted(at) {
				out = append(out, uint32(at))
			}
		}
	}
	return out
}

// visible is what a filter lets pass: per segment, each row of its scope
// table.
type visible struct {
	filter index.Filter
	rows   [][]bool
	all    []bool // everything in the segment passes, and nothing is deleted
}

// visible decides a filter. The last one is kept: most questions of a day
// have the same.
func (s *state) visible(f index.Filter) *visible {
	if v := s.last.Load(); v != nil && v.filter == f {
		return v
	}
	v, match := &visible{filter: f}, f.Matcher()
	for _, seg := range s.segments {
		rows, all := make([]bool, len(seg.table)), s.dead == 0
		for i, sc := range seg.table {
			rows[i] = match(sc)
			all = all && rows[i]
		}
		v.rows, v.all = append(v.rows, rows), append(v.all, all)
	}
	s.last.Store(v)
	return v
}

func (v *visible) unit(s *state, segment, u int) bool {
	return v.rows[segment][s.segments[segment].scope(u)] && !s.isDeleted(s.starts[segment]+u)
}

// view is a state that is held until Release.
type view struct {
	*state
	released atomic.Bool
}

var _ index.View = (*view)(nil)

// Count returns the number of units.
func (v *view) Count() int { return v.count }

// DocFreq returns how many units have a term.
func (v *view) DocFreq(t index.Term) int {
	n := -v.gone.of(t)
	for _, seg := range v.segments {
		if i := seg.find(t); i >= 0 {
			n += len(seg.list(i)) / 4
		}
	}
	return n
}

// Average returns the mean length of a class.
func (v *view) Average(c index.Class) float64 {
	if c >= index.Classes {
		return 1
	}
	return v.averages[c]
}

// Recall returns the best limit units, see index.View. Terms of a weight that
// is not above 0 count nothing. The error is that of ctx.
func (v *view) Recall(ctx context.Context, terms []index.Weighted, f index.Filter, limit int) ([]index.Candidate, error) {
	return v.recall(ctx, terms, f, limit)
}

// Weigh scores the units at places, see index.View. Terms of a weight that is
// not above 0 count nothing. The error is that of ctx.
func (v *view) Weigh(ctx context.Context, places []index.Place, terms []index.Weighted, f index.Filter, limit int) ([]index.Candidate, error) {
	return v.weigh(ctx, places, terms, f, limit)
}

// Survey returns the documents that have some of the words, see index.View.
// The error is that of ctx.
func (v *view) Survey(ctx context.Context, words []index.Wanted, terms []index.Weighted, f index.Filter) ([]index.Surveyed, error) {
	return v.survey(ctx, words, terms, f)
}

// Unit returns a unit; the zero Unit where the view has no such ID.
func (v *view) Unit(id uint32) index.Unit { return decodeUnit(v.record(id), wordless) }

// Text returns a unit without its words, and its passages where it is neither FAQ nor guide.
func (v *view) Text(id uint32) index.Unit { return decodeUnit(v.record(id), bare) }

// Kind returns the kind of a unit.
func (v *view) Kind(id uint32) corpus.Kind { return kindOf(v.record(id)) }

// record is nil where there is no such unit.
func (v *view) record(id uint32) []byte {
	if int64(id) >= int64(v.total) || v.isDeleted(int(id)) {
		return nil
	}
	seg, u := v.locate(int(id))
	return seg.record(u)
}

// Document returns the IDs of a document's units by ordinal.
func (v *view) Document(id string) []uint32 { return v.document(id) }

// Generation names the state.
func (v *view) Generation() string {
	return v.meta.generation + "+" + strconv.FormatUint(v.meta.changes, 10)
}

// Release gives the state back. A second call does nothing.
func (v *view) Release() {
	if !v.released.Swap(true) {
		v.release()
	}
}

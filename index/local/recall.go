package local

import (
	"cmp"
	"context"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"sync"

	"github.com/policybot/policybot/index"
)

const (
	k1 = 1.2
	kb = 0.75 // the b of BM25

	// slack covers the rounding of sums of float32 where a bound decides what
	// is left out.
	slack = 1.0001
	bins  = 1024
)

// factors are k1·b/average by class: what a length counts in BM25's norm.
type factors [16]float32

func factorsOf(a averages) (f factors) {
	for c := range a {
		f[c] = float32(k1 * kb / a[c])
	}
	return f
}

// impact is a posting's part of BM25 without idf and (k1+1): tf/(tf+norm),
// below 1.
func (f *factors) impact(posting, norm uint32) float32 {
	tf := float32(posting & 0xff)
	return tf / (tf + k1*(1-kb) + f[norm>>28]*float32(norm&maxLength))
}

// sought is a term of the question.
type sought struct {
	term   index.Term
	df     int
	weight float32 // Weight·idf·(k1+1)
	bound  float32 // the most that a unit can get from it
	rest   float32 // the most that it can get from it and all after it
	from   int     // its lists
	to     int
}

// found is the list of a term in one segment.
type found struct {
	segment  int
	postings []byte
}

// finder is the working memory of one Recall. scores is all zero between
// uses; below zero it says that a unit is hidden.
type finder struct {
	view    *state
	pass    *visible
	factors factors
	terms   []sought
	lists   []found
	scores  []float32
	touched []uint32
	ids     []uint32
	values  []float32
	seen    []uint64 // bitmap over units, all zero between uses
	floor   float32  // what sweep found for the limit-th best when it ended
	hist    [bins]uint32
}

var finders = sync.Pool{New: func() any { return new(finder) }}

// recall returns the best limit units. Lists are added up from the rarest
// term on. Once what is left cannot lift a unit that was not met yet above
// the limit-th best, the remaining (longest) lists are only looked up.
func (s *state) recall(ctx context.Context, terms []index.Weighted, f index.Filter, limit int) ([]index.Candidate, error) {
	limit = min(limit, s.total)
	if limit <= 0 {
		return nil, ctx.Err()
	}
	r := s.finder(f)
	defer r.giveBack()
	r.look(terms)
	next, err := r.sweep(ctx, limit)
	if err != nil {
		return nil, err
	}
	r.gather(next)
	for ; next < len(r.terms); next++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r.lookUp(&r.terms[next])
		if next+1 < len(r.terms) {
			r.prune(r.terms[next+1].rest, limit)
		}
	}
	return r.best(limit), nil
}

// finder returns working memory for a question.
func (s *state) finder(f index.Filter) *finder {
	r := finders.Get().(*finder)
	r.view, r.pass, r.factors = s, s.visible(f), s.factors
	if len(r.scores) < s.total {
		r.scores = make([]float32, s.total+s.total/16)
	}
	return r
}

func (r *finder) giveBack() {
	for _, u := range r.touched {
		r.scores[u] = 0
	}
	clear(r.lists[:cap(r.lists)]) // they point into the view
	r.view, r.pass = nil, nil
	r.touched, r.ids, r.values, r.terms, r.lists = r.touched[:0], r.ids[:0], r.values[:0], r.terms[:0], r.lists[:0]
	finders.Put(r)
}

// look finds the lists of the terms and puts the terms in order.
func (r *finder) look(terms []index.Weighted) {
	s := r.view
	for _, t := range terms {
		q := sought{term: t.Term, from: len(r.lists)}
		for i, seg := range s.segments {
			at := seg.find(t.Term)
			if at < 0 {
				continue
			}
			list := seg.list(at)
			q.df += len(list) / 4
			q.bound = max(q.bound, min(1, seg.bound(at)*s.loose[i]))
			r.lists = append(r.lists, found{i, list})
		}
		q.to = len(r.lists)
		q.df -= s.gone.of(t.Term)
		if q.df <= 0 {
			continue
		}
		idf := math.Log(1 + (float64(s.count)-float64(q.df)+.5)/(float64(q.df)+.5))
		q.weight = float32(float64(t.Weight) * idf * (k1 + 1))
		// Not a number, nothing, or so much that sums overflow.
		if !(q.weight > 1e-20 && q.weight < 1e20) {
			continue
		}
		q.bound *= q.weight * slack
		r.terms = append(r.terms, q)
	}
	slices.SortFunc(r.terms, func(x, y sought) int {
		return cmp.Or(cmp.Compare(x.df, y.df), cmp.Compare(x.term, y.term), cmp.Compare(x.weight, y.weight))
	})
	rest := float32(0)
	for i := len(r.terms) - 1; i >= 0; i-- {
		rest += r.terms[i].bound * slack
		r.terms[i].rest = rest
	}
}

// sweep adds lists up until the rest need only be looked up, and returns the
// first term of that rest.
func (r *finder) sweep(ctx context.Context, limit int) (int, error) {
	// The limit-th best of a term grows by what lies between at most: before
	// that can reach the rest it is not worth looking.
	reach := float32(0)
	for i := range r.terms {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		t := &r.terms[i]
		if i == 0 {
			reach = t.rest
		}
		if len(r.touched) >= limit && 2*t.rest < reach && t.df > len(r.touched)/8 {
			r.values = r.values[:0]
			for _, u := range r.touched {
				r.values = append(r.values, r.scores[u])
			}
			var width float32
			if r.floor, width = r.least(r.values, limit); t.rest < r.floor {
				return i, nil
			}
			reach = r.floor + width + t.rest
		}
		for _, l := range r.lists[t.from:t.to] {
			r.add(l, t.weight)
		}
	}
	return len(r.terms), nil
}

// add adds a list up.
func (r *finder) add(l found, weight float32) {
	seg, start := r.view.segments[l.segment], r.view.starts[l.segment]
	scores := r.scores[start : start+seg.units]
	all, norms, f := r.pass.all[l.segment], seg.norms, &r.factors
	for p := l.postings; len(p) >= 4; p = p[4:] {
		v := binary.LittleEndian.Uint32(p)
		u := int(v >> 8)
		if u >= len(scores) || u*4+4 > len(norms) {
			break
		}
		have := scores[u]
		if have <= 0 {
			if have < 0 {
				continue
			}
			r.touched = append(r.touched, uint32(start+u))
			if !all && !r.pass.unit(r.view, l.segment, u) {
				scores[u] = -1
				continue
			}
		}
		scores[u] = have + weight*f.impact(v, binary.LittleEndian.Uint32(norms[u*4:u*4+4]))
	}
}

// least returns a value that at least limit of the values reach, and by how
// much the limit-th best may be above it; 0 where there are not so many above
// 0.
func (r *finder) least(values []float32, limit int) (floor, width float32) {
	top := float32(0)
	for _, v := range values {
		if v > top { // the built-in max minds NaN, which takes four times as long
			top = v
		}
	}
	if top == 0 {
		return 0, 0
	}
	clear(r.hist[:])
	scale := bins / (top * slack)
	for _, v := range values {
		if v > 0 {
			r.hist[min(bins-1, int(v*scale))]++
		}
	}
	n := 0
	for i := bins - 1; i > 0; i-- {
		if n += int(r.hist[i]); n >= limit {
			return float32(i) / scale / slack, 2/scale + top*(slack-1)
		}
	}
	return 0, 2 / scale
}

// gather moves what was met from scores to ids and values, without what
// cannot be among the best any more; by ID where something is looked up next.
func (r *finder) gather(next int) {
	rest, least := float32(0), float32(0)
	if next < len(r.terms) {
		rest, least = r.terms[next].rest, r.floor
	}
	for _, u := range r.touched {
		if v := r.scores[u]; v > 0 && v+rest >= least {
			r.ids = append(r.ids, u)
		}
	}
	if next < len(r.terms) {
		r.order()
	}
	r.values = r.values[:0]
	for _, u := range r.ids {
		r.values = append(r.values, r.scores[u])
	}
}

// order sorts ids. They are many and each different, so that a bitmap over
// all units is faster than comparing.
func (r *finder) order() {
	words := (r.view.total + 63) / 64
	if len(r.seen) < words {
		r.seen = make([]uint64, words+words/16)
	}
	for _, u := range r.ids {
		r.seen[u>>6] |= 1 << (u & 63)
	}
	r.ids = r.ids[:0]
	for i, w := range r.seen[:words] {
		if w == 0 {
			continue
		}
		for r.seen[i] = 0; w != 0; w &= w - 1 {
			r.ids = append(r.ids, uint32(i<<6+bits.TrailingZeros64(w)))
		}
	}
}

// prune drops what cannot be among the best any more.
func (r *finder) prune(rest float32, limit int) {
	if len(r.ids) <= limit {
		return
	}
	n := 0
	least, _ := r.least(r.values, limit)
	for i, v := range r.values {
		if v+rest >= least {
			r.ids[n], r.values[n] = r.ids[i], v
			n++
		}
	}
	r.ids, r.values = r.ids[:n], r.values[:n]
}

// lookUp adds a term to what was gathered.
func (r *finder) lookUp(t *sought) {
	for _, l := range r.lists[t.from:t.to] {
		seg, start := r.view.segments[l.segment], r.view.starts[l.segment]
		i, _ := slices.BinarySearch(r.ids, uint32(start))
		p, end := l.postings, uint32(start+seg.units)
		for ; i < len(r.ids) && r.ids[i] < end && len(p) >= 4; i++ {
			u := r.ids[i] - uint32(start)
			p = gallop(p, u)
			if len(p) < 4 {
				break
			}
			if v := binary.LittleEndian.Uint32(p); v>>8 == u {
				r.values[i] += t.weight * r.factors.impact(v, seg.norm(int(u)))
			}
		}
	}
}

// gallop returns the part of a list from the first posting of unit u or later
// on, near the start first.
func gallop(p []byte, u uint32) []byte {
	at := func(i int) uint32 { return binary.LittleEndian.Uint32(p[i*4:]) >> 8 }
	n := len(p) / 4
	low, high := 0, 1 // everything before low is below u
	for high <= n && at(high-1) < u {
		low, high = high, high*2
	}
	high = min(high, n)
	for low < high {
		if h := int(uint(low+high) >> 1); at(h) < u {
			low = h + 1
		} else {
			high = h
		}
	}
	return p[low*4:]
}

// best returns the best of what was gathered, best first, ties by ID.
func (r *finder) best(limit int) []index.Candidate {
	worse := func(x, y index.Candidate) bool {
		return x.Score < y.Score || x.Score == y.Score && x.ID > y.ID
	}
	top := make([]index.Candidate, 0, min(limit, len(r.ids)))
	least, _ := r.least(r.values, limit)
	for i, v := range r.values {
		if v < least {
			continue
		}
		c := index.Candidate{ID: r.ids[i], Score: v}
		if len(top) < limit {
			if top = append(top, c); len(top) == limit {
				for j := limit/2 - 1; j >= 0; j-- {
					sink(top, j, worse)
				}
			}
			continue
		}
		if worse(top[0], c) {
			top[0] = c
			sink(top, 0, worse)
		}
	}
	slices.SortFunc(top, func(x, y index.Candidate) int {
		return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(x.ID, y.ID))
	})
	return top
}

// sink restores the heap with the worst on top.
func sink(h []index.Candidate, i int, worse func(x, y index.Candidate) bool) {
	for {
		c := 2*i + 1
		if c >= len(h) {
			return
		}
		if c+1 < len(h) && worse(h[c+1], h[c]) {
			c++
		}
		if !worse(h[c], h[i]) {
			return
		}
		h[i], h[c] = h[c], h[i]
		i = c
	}
}

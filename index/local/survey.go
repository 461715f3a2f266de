package local

import (
	"context"
	"encoding/binary"
	"math/bits"
	"sync"

	"github.com/policybot/policybot/index"
)

// surveyor is the working memory of one Survey. words and places are all zero
// between uses.
type surveyor struct {
	words   []uint64 // by unit: the words that it has
	marked  []uint32 // units that have some
	places  []int32  // by document: its place in the result, from 1
	touched []int32  // documents that have a place
	starts  []int    // by segment: the number of its first document
	most    []int    // by place: the most words that one unit has
	lists   [][]byte
}

var surveyors = sync.Pool{New: func() any { return new(surveyor) }}

// survey finds the units that have the words, scores all that have terms, and
// puts both together by document.
func (s *state) survey(ctx context.Context, words []index.Wanted, terms []index.Weighted, f index.Filter) ([]index.Surveyed, error) {
	v := surveyors.Get().(*surveyor)
	defer v.giveBack()
	if len(v.words) < s.total {
		v.words = make([]uint64, s.total+s.total/16)
	}
	pass := s.visible(f)
	for i, w := range words[:min(len(words), index.MaxWanted)] {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, form := range w {
			for seg := range s.segments {
				v.mark(s, pass, seg, form, 1<<i)
			}
		}
	}
	if len(v.marked) == 0 {
		return nil, ctx.Err()
	}
	found := v.gather(s)
	err := s.scoreAll(ctx, terms, f, func(unit uint32, score float32) {
		if v.words[unit] == 0 {
			return
		}
		at := v.places[v.document(s, unit)] - 1
		if d := &found[at]; bits.OnesCount64(v.words[unit]) == v.most[at] && (score > d.Score || score == d.Score && unit < d.Best) {
			d.Best, d.Score = unit, score
		}
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

func (v *surveyor) giveBack() {
	for _, u := range v.marked {
		v.words[u] = 0
	}
	for _, d := range v.touched {
		v.places[d] = 0
	}
	clear(v.lists[:cap(v.lists)]) // they point into the view
	v.marked, v.touched, v.most, v.lists = v.marked[:0], v.touched[:0], v.most[:0], v.lists[:0]
	surveyors.Put(v)
}

// mark notes a word for every unit of a segment that passes and has all terms
// of a form: the shortest list is gone through, the others are looked up.
func (v *surveyor) mark(s *state, pass *visible, segment int, form []index.Term, bit uint64) {
	seg, start := s.segments[segment], s.starts[segment]
	v.lists = v.lists[:0]
	for _, t := range form {
		at := seg.find(t)
		if at < 0 {
			return
		}
		v.lists = append(v.lists, seg.list(at))
		if last := len(v.lists) - 1; len(v.lists[last]) < len(v.lists[0]) {
			v.lists[0], v.lists[last] = v.lists[last], v.lists[0]
		}
	}
	if len(v.lists) == 0 {
		return
	}
	for p := v.lists[0]; len(p) >= 4; p = p[4:] {
		u := binary.LittleEndian.Uint32(p) >> 8
		if int(u) >= seg.units {
			return
		}
		id := start + int(u)
		if v.words[id]&bit != 0 || !v.inOthers(u) || !pass.all[segment] && !pass.unit(s, segment, int(u)) {
			continue
		}
		if v.words[id] == 0 {
			v.marked = append(v.marked, uint32(id))
		}
		v.words[id] |= bit
	}
}

// inOthers reports whether a unit is in all lists but the first, which it
// shortens to where the next unit may be.
func (v *surveyor) inOthers(u uint32) bool {
	for i := 1; i < len(v.lists); i++ {
		v.lists[i] = gallop(v.lists[i], u)
		if len(v.lists[i]) < 4 || binary.LittleEndian.Uint32(v.lists[i])>>8 != u {
			return false
		}
	}
	return true
}

// gather joins the units of each document.
func (v *surveyor) gather(s *state) []index.Surveyed {
	n := 0
	v.starts = v.starts[:0]
	for _, seg := range s.segments {
		v.starts = append(v.starts, n)
		n += seg.numbers().count
	}
	if len(v.places) < n {
		v.places = make([]int32, n+n/16)
	}
	found := make([]index.Surveyed, 0, min(n, len(v.marked)))
	for _, u := range v.marked {
		d := v.document(s, u)
		at := v.places[d]
		if at == 0 {
			seg, n := s.locate(int(u))
			found = append(found, index.Surveyed{Document: seg.place(n).Document, Best: u})
			at = int32(len(found))
			v.places[d] = at
			v.touched, v.most = append(v.touched, int32(d)), append(v.most, 0)
		}
		found[at-1].Words |= v.words[u]
		if n := bits.OnesCount64(v.words[u]); n > v.most[at-1] {
			found[at-1].Best, v.most[at-1] = u, n
		}
	}
	return found
}

// document returns the number of a unit's document. One that was replaced has
// a number in each segment; its units there are deleted, all but the last.
func (v *surveyor) document(s *state, unit uint32) int {
	i := s.segmentOf(int(unit))
	return v.starts[i] + int(s.segments[i].numbers().of[int(unit)-s.starts[i]])
}

// scoreAll calls yield with every unit that passes and has a term, in any
// order.
func (s *state) scoreAll(ctx context.Context, terms []index.Weighted, f index.Filter, yield func(unit uint32, score float32)) error {
	r := s.finder(f)
	defer r.giveBack()
	r.look(terms)
	for i := range r.terms {
		if err := ctx.Err(); err != nil {
			return err
		}
		t := &r.terms[i]
		for _, l := range r.lists[t.from:t.to] {
			r.add(l, t.weight)
		}
	}
	for _, u := range r.touched {
		if v := r.scores[u]; v > 0 {
			yield(u, v)
		}
	}
	return ctx.Err()
}

// numbering gives the documents of a segment numbers from 0 on.
type numbering struct {
	once  sync.Once
	of    []uint32 // by unit
	count int
}

// numbers counts the segment's documents, once.
func (s *segment) numbers() *numbering {
	n := &s.documents
	n.once.Do(func() {
		n.of = make([]uint32, s.units)
		last := ""
		for i := range s.units {
			u := s.ordered(i)
			d := s.place(u).Document
			if i == 0 || d != last {
				n.count++
			}
			last = d
			n.of[u] = uint32(n.count - 1)
		}
	})
	return n
}

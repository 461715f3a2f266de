package local

import (
	"context"

	"github.com/policybot/policybot/index"
)

// weigh scores units that were found elsewhere. Terms are added up in the
// order of recall, so that a unit's score is the same to the last bit.
func (s *state) weigh(ctx context.Context, places []index.Place, terms []index.Weighted, f index.Filter, limit int) ([]index.Candidate, error) {
	limit = min(limit, s.total)
	if limit <= 0 || len(places) == 0 {
		return nil, ctx.Err()
	}
	r := s.finder(f)
	defer r.giveBack()
	r.look(terms)
	r.locate(places)
	for i := range r.terms {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r.lookUp(&r.terms[i])
	}
	r.keepScored()
	return r.best(limit), ctx.Err()
}

// locate gathers the units at places that pass, each once, with no score yet.
func (r *finder) locate(places []index.Place) {
	s := r.view
	for _, p := range places {
		for i, seg := range s.segments {
			for at := seg.search(p); at < seg.units; at++ {
				u := seg.ordered(at)
				if seg.place(u) != p {
					break
				}
				if r.pass.unit(s, i, u) {
					r.ids = append(r.ids, uint32(s.starts[i]+u))
				}
			}
		}
	}
	r.order()
	for range r.ids {
		r.values = append(r.values, 0)
	}
}

// keepScored drops what no term was found in.
func (r *finder) keepScored() {
	n := 0
	for i, v := range r.values {
		if v > 0 {
			r.ids[n], r.values[n] = r.ids[i], v
			n++
		}
	}
	r.ids, r.values = r.ids[:n], r.values[:n]
}

package index

import (
	"context"
	"slices"
	"strings"
)

// recalled is what an engine found.
type recalled struct {
	candidates []Candidate
	engine     string  // outside of this process; "" is the embedded one
	places     []Place // what that one brought
}

// candidates asks an engine, or takes a document's units. What the engine
// outside cannot answer, the embedded one does.
func (a *analysis) candidates(ctx context.Context, v View, w *wording, q Query, outside Recaller) (recalled, error) {
	if q.Within != "" {
		return recalled{candidates: unitsWithin(v, q)}, nil
	}
	terms := a.recall(w.segmenter)
	if outside != nil && q.Beside == "" {
		r, err := a.ask(ctx, v, w, q.filter(), terms, outside)
		switch {
		case ctx.Err() != nil:
			return recalled{}, ctx.Err()
		case err == nil && len(r.candidates) > 0:
			return r, nil
		}
	}
	found, err := v.Recall(ctx, terms, q.filter(), keptLimit)
	return recalled{candidates: found}, err
}

// ask has the engine outside of this process recall, and weighs what it
// brings. A question without a word is not put to it.
func (a *analysis) ask(ctx context.Context, v View, w *wording, f Filter, terms []Weighted, outside Recaller) (r recalled, err error) {
	p := a.probe(w, v, f, recallLimit)
	if len(p.Words) == 0 {
		return r, nil
	}
	if r.places, r.engine, err = outside.Recall(ctx, p); err != nil {
		return r, err
	}
	r.candidates, err = v.Weigh(ctx, r.places, terms, f, keptLimit)
	return r, err
}

// all returns the places that were brought. They share no memory with the view.
func (r *recalled) all(v View) []Place {
	if r.engine != "" {
		return slices.Clone(r.places)
	}
	out := make([]Place, len(r.candidates))
	for i, c := range r.candidates {
		u := v.Text(c.ID)
		out[i] = Place{strings.Clone(u.Document), u.Ordinal}
	}
	return out
}

// unitsWithin takes the units of q.Within, in the order of the text.
func unitsWithin(v View, q Query) (found []Candidate) {
	f := q.filter()
	for _, id := range v.Document(q.Within) {
		if u := v.Text(id); f.Match(u.Scope()) {
			found = append(found, Candidate{ID: id})
		}
	}
	return found
}

// hidden reports whether a candidate is not quotable on q.Beside.
func hidden(v View, found []Candidate, q Query) bool {
	f := q.filter()
	f.Day = q.Beside
	return slices.ContainsFunc(found, func(c Candidate) bool {
		u := v.Text(c.ID)
		return !f.Match(u.Scope())
	})
}

// leftOut leaves out what a query wants to be as though it were missing.
func leftOut(v View, found []Candidate, q *Query) []Candidate {
	if len(q.Except) == 0 && !q.Unnoted {
		return found
	}
	return slices.DeleteFunc(found, func(c Candidate) bool {
		u := v.Text(c.ID)
		return q.Unnoted && u.Asked > 0 || slices.Contains(q.Except, u.Document)
	})
}

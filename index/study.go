package index

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Studied is a candidate as a program that fits weights sees it.
type Studied struct {
	Place
	Anchors []string // of its passages
	Parts   Parts
}

// Study returns the candidates of a query that were ranked, best first, with
// their parts.
func (s *Shelf) Study(ctx context.Context, q Query) ([]Studied, error) {
	v, w, err := s.state()
	if err != nil {
		return nil, err
	}
	defer v.Release()
	a := w.analyse(&q, v)
	from, err := a.candidates(ctx, v, w, q, nil)
	if err != nil {
		return nil, err
	}
	limit := rankLimit
	if q.Within != "" {
		limit = len(from.candidates)
	}
	all, err := a.rankTop(ctx, v, from.candidates, limit)
	if err != nil {
		return nil, err
	}
	out := make([]Studied, len(all))
	for i, r := range all {
		out[i] = Studied{Place: Place{strings.Clone(r.unit.Document), r.unit.Ordinal}, Parts: r.parts}
		for _, p := range v.Unit(r.id).Passages {
			out[i].Anchors = append(out[i].Anchors, strings.Clone(p.Anchor))
		}
	}
	return out, nil
}

// StudiedClause is a clause of a unit, a byte range of its text.
type StudiedClause struct {
	Span
	Parts Clause
	Near  bool // it may be part of the direct answer, and Join says what that is told from
	Join  Join
}

// StudyClauses returns the text of the unit at a place and what its clauses
// have of a query.
func (s *Shelf) StudyClauses(q Query, at Place) (string, []StudiedClause, error) {
	v, w, err := s.state()
	if err != nil {
		return "", nil, err
	}
	defer v.Release()
	ids := v.Document(at.Document)
	if at.Ordinal < 0 || at.Ordinal >= len(ids) {
		return "", nil, fmt.Errorf("index: no unit %d of %s", at.Ordinal, at.Document)
	}
	u := v.Unit(ids[at.Ordinal])
	a := w.analyse(&q, v)
	c := new(cutter)
	c.read(a, &u)
	out := make([]StudiedClause, len(c.clauses))
	for i, cl := range c.clauses {
		out[i] = StudiedClause{Span: Span{cl.startAt, cl.endAt}, Parts: c.parts[i]}
	}
	if len(out) > 0 {
		from, to := c.near(directRunes)
		for i := from; i < to; i++ {
			out[i].Near, out[i].Join = true, c.join(i)
		}
	}
	return strings.Clone(u.Body), slices.Clip(out), nil
}

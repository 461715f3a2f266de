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
	a := analyse(q.Text, w.lexicon, w.segmenter, v)
	from, err := a.candidates(ctx, v, w, q, nil)
	if err != nil {
		return nil, err
	}
	all, err := a.rankTop(ctx, v, from.candidates, rankLimit)
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
	a := analyse(q.Text, w.lexicon, w.segmenter, v)
	c := new(cutter)
	c.read(a, &u)
	out := make([]StudiedClause, len(c.clauses))
	for i, cl := range c.clauses {
		out[i] = StudiedClause{Span{cl.startAt, cl.endAt}, c.parts[i]}
	}
	return strings.Clone(u.Body), slices.Clip(out), nil
}

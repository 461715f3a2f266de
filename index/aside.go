package index

import (
	"context"
	"errors"
	"fmt"

	"github.com/policybot/policybot/corpus"
)

// errNoAside says that the engine can only serve what is published.
var errNoAside = errors.New("index: this engine shows nothing but what is published")

// Aside answers from what is served, with some documents as they would be. It
// is thrown away: nothing of it is stored, and nobody else finds by it.
type Aside struct {
	view  View
	words *wording
	name  string
}

// WithDrafts returns an Aside with live in place of what is published of these
// documents. The caller closes it. Errors are ErrNotReady, and that of ctx.
func (s *Shelf) WithDrafts(ctx context.Context, live []Live) (*Aside, error) {
	engine, ok := s.engine.(Asider)
	if !ok {
		return nil, errNoAside
	}
	now, w, err := s.state()
	if err != nil {
		return nil, err
	}
	now.Release() // it only told the wording
	var put []*Unit
	var drop []string
	for _, l := range live {
		drop = append(drop, l.Document.ID)
		for _, u := range Units(l.Document, l.Revision) {
			u.AddWords(w.segmenter)
			put = append(put, u)
		}
	}
	v, err := engine.Beside(ctx, put, drop)
	if err != nil {
		return nil, fmt.Errorf("index: a view aside: %w", err)
	}
	if w.lexicon.topical {
		documents := make([]corpus.Document, len(live))
		for i, l := range live {
			documents[i] = l.Document
		}
		v = withTopics{v, s.Catalogue().with(documents, nil)}
	}
	return &Aside{v, w, s.name}, nil
}

// Find answers a query as Shelf.Find does, without engines outside of this
// process.
func (a *Aside) Find(ctx context.Context, q Query) (Result, error) {
	res, err := find(ctx, a.view, a.words, q, nil)
	res.Engine = a.name
	return res, err
}

// Close throws it away.
func (a *Aside) Close() { a.view.Release() }

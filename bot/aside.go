package bot

import (
	"context"
	"slices"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// Aside returns a Responder that answers as this one would if documents were
// published as they are in live, found by a finder that knows them so. It
// remembers and forgets nobody, limits nobody, and notes nothing.
func (r *Responder) Aside(f Finder, live []index.Live) *Responder {
	c := r.Config
	by := make(overlay, len(live))
	for _, l := range live {
		by[l.Document.ID] = l
	}
	c.Finder, c.Memory, c.Keeper, c.Verdicts, c.Limiter, c.Differences = f, nil, nil, nil, nil, nil
	c.Register, c.Library = asideRegister{by, r.Register}, asideLibrary{by, r.Library}
	if c.Catalogue != nil {
		c.Catalogue = asideCatalogue{by, r.Catalogue}
	}
	return NewResponder(c)
}

// overlay are documents as they would be, by ID.
type overlay map[string]index.Live

type asideRegister struct {
	overlay
	below index.Register
}

// Standing implements index.Register.
func (a asideRegister) Standing(ctx context.Context, documents []string) (map[string]index.Standing, error) {
	found, err := a.below.Standing(ctx, documents)
	if err != nil {
		return nil, err
	}
	all := make(map[string]index.Standing, len(found)) // found is shared
	for id, s := range found {
		all[id] = s
	}
	for _, id := range documents {
		if l, ok := a.overlay[id]; ok {
			all[id] = index.Standing{Revision: l.Revision.Number, Document: l.Document}
		}
	}
	return all, nil
}

type asideLibrary struct {
	overlay
	below Library
}

// Live implements Library.
func (a asideLibrary) Live(ctx context.Context, id string) (corpus.Document, corpus.Revision, error) {
	if l, ok := a.overlay[id]; ok {
		return l.Document, l.Revision, nil
	}
	return a.below.Live(ctx, id)
}

type asideCatalogue struct {
	overlay
	below Catalogue
}

// ByTitle implements Catalogue. ClosestNamed sorts out what a name does not
// mean.
func (a asideCatalogue) ByTitle(ctx context.Context, name string) ([]corpus.Named, error) {
	all, err := a.below.ByTitle(ctx, name)
	return a.beside(all, func(string) bool { return name != "" }), err
}

// ByKey implements Catalogue.
func (a asideCatalogue) ByKey(ctx context.Context, key string) ([]corpus.Named, error) {
	all, err := a.below.ByKey(ctx, key)
	return a.beside(all, func(own string) bool { return key != "" && own == key }), err
}

// beside puts what the overlay calls its documents in the place of what they
// are called now.
func (a asideCatalogue) beside(all []corpus.Named, fits func(key string) bool) []corpus.Named {
	all = slices.DeleteFunc(all, func(n corpus.Named) bool { _, ours := a.overlay[n.ID]; return ours })
	for id, l := range a.overlay {
		if key := corpus.TitleKey(l.Document.Title); l.Document.Kind.Acts() && fits(key) {
			all = append(all, corpus.Named{ID: id, Key: key})
		}
	}
	return all
}

// ByNumber implements Catalogue.
func (a asideCatalogue) ByNumber(ctx context.Context, found string) ([]string, error) {
	ids, err := a.below.ByNumber(ctx, found)
	ids = slices.DeleteFunc(ids, func(id string) bool { _, ours := a.overlay[id]; return ours })
	var fresh []string
	for id, l := range a.overlay {
		if corpus.SameNumber(found, corpus.NormalNumber(l.Document.Number)) {
			fresh = append(fresh, id)
		}
	}
	slices.Sort(fresh)
	return append(fresh, ids...), err
}

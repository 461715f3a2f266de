package bot

import (
	"context"
	"iter"

	"github.com/policybot/policybot/corpus"
)

// What was not searched for is read here: a document that may be quoted today, and
// of it what holds today. Nothing else of the bot quotes by itself.

// quotable is a published document that may be quoted to this account today, and
// that no stop holds back. ok is false where there is none: what was found stands.
func (t *turn) quotable(ctx context.Context, id string) (e edition, ok bool) {
	d, rev, err := t.live(ctx, id)
	if err != nil || !t.mayQuote(d) {
		return edition{}, false
	}
	return edition{doc: d, rev: rev}, true
}

// mayQuote reports whether a document may be quoted today, and no stop holds it
// back.
func (t *turn) mayQuote(d corpus.Document) bool {
	_, held := t.held.holds(d)
	return !held && t.shows(d)
}

// citable are the passages of a document that can be cited and hold today, with
// their texts.
func (t *turn) citable(e edition) iter.Seq2[corpus.Passage, string] {
	return func(yield func(corpus.Passage, string) bool) {
		for _, p := range e.rev.Passages {
			if p.Role != corpus.BodyRole || p.Label == "" || !t.validity(e.doc, p).Quotable() {
				continue
			}
			if !yield(p, e.rev.Text[p.Start:p.End]) {
				return
			}
		}
	}
}

// field is the passage of a document that an anchor names, where it holds today.
func (t *turn) field(e edition, anchor string) (corpus.Passage, bool) {
	p, ok := e.rev.Find(anchor)
	return p, ok && t.validity(e.doc, p).Quotable()
}

// standsAs is a hit at another passage, that counts as the one found.
func (h standingHit) standsAs(at standingHit) standingHit {
	at.Score, at.Parts, at.Features = h.Score, h.Parts, h.Features
	return at
}

package index

import (
	"context"

	"github.com/policybot/policybot/corpus"
)

// Change says that a document has to be indexed again: it was published,
// published anew or taken back, or its relations from others changed. One
// without a document says that another lexicon was put live: what was cut by
// other words than those of the lexicon in use has to be cut anew.
type Change struct {
	Seq      int64 // grows with every change, never reused
	Document string
}

// OfLexicon reports whether it is no change of a document.
func (c Change) OfLexicon() bool { return c.Document == "" }

// Live is a published document with its published revision.
type Live struct {
	Document corpus.Document
	Revision corpus.Revision
}

// Cut keeps the words of a revision's units, so that a rebuild need not cut
// the text again.
type Cut struct {
	Document string
	Revision int
	Words    [][]string // Unit.Words by Unit.Ordinal
}

// Source is the truth that an index is built from.
type Source interface {
	// Changes returns what changed after the row after: only the newest
	// change of each document, and of the lexicon, at most limit, ascending.
	Changes(ctx context.Context, after int64, limit int) ([]Change, error)
	// Newest returns the newest change's Seq, 0 where there was none. An
	// index of everything that Each yields after it is complete up to it.
	Newest(ctx context.Context) (int64, error)
	// Documents returns those of the named documents that are published,
	// without order. One that is not is simply missing.
	Documents(ctx context.Context, ids []string) ([]Live, error)
	// Each calls yield for every published document, ascending by ID, all as
	// of one moment. It stops at the first error of yield and returns it.
	Each(ctx context.Context, yield func(Live) error) error

	// EachDocument calls yield for every published document with its relations
	// both ways, without its text, all as of one moment. It stops at the first
	// error of yield and returns it.
	EachDocument(ctx context.Context, yield func(corpus.Document) error) error

	// Cuts returns the saved cuts of these revisions (a Ref's Anchor does not
	// count) by this segmenter, without order. One not saved is missing.
	Cuts(ctx context.Context, segmenter string, refs []corpus.Ref) ([]Cut, error)
	// SaveCuts keeps cuts, one for each document: a newer one takes the place
	// of an older one. segmenter names dictionary and rules: cuts of another
	// segmenter are never returned.
	SaveCuts(ctx context.Context, segmenter string, cuts []Cut) error
}

// Standing is what decides whether a document may be quoted.
type Standing struct {
	Revision int             // the published one
	Document corpus.Document // with relations both ways
}

// Register is asked before each answer whether what the index found still
// stands. It is the truth where the index is a moment behind.
type Register interface {
	// Standing returns the standing of those of the documents that are
	// published, by ID. One that is not is missing.
	Standing(ctx context.Context, documents []string) (map[string]Standing, error)
}

package index

import (
	"context"
	"iter"

	"github.com/policybot/policybot/corpus"
)

// Weighted is a question's term with the share that its finding counts.
type Weighted struct {
	Term   Term
	Weight float32 // 1 for what was typed, less for expansions; multiplied with the idf
}

// Filter says which units a question may see. It is applied before ranking,
// so that the hidden do not eat the places of the visible. Kind, region and
// agency are compared letter by letter; "" lets all pass. An engine outside of
// this process need not know Here: what it brings is filtered again.
type Filter struct {
	Account string      // the unit's account is "" or this one
	Day     corpus.Date // the unit is quotable on this day; "" lets every day pass
	Own     bool        // leave the sample corpus out
	Kind    corpus.Kind
	Region  string
	Agency  string
	Here    string // the unit's region is not another place than this: see Governs
}

// Scope is what a Filter looks at: who may see a unit, and when, and what it
// is chosen by.
type Scope struct {
	Account     string
	Sample      bool
	From, Until corpus.Date
	Kind        corpus.Kind
	Region      string
	Agency      string
}

// Match reports whether units of a scope pass.
func (f Filter) Match(s Scope) bool {
	switch {
	case s.Account != "" && s.Account != f.Account, f.Own && s.Sample,
		f.Here != "" && !Governs(s.Region, f.Here),
		f.Kind != "" && s.Kind != f.Kind, f.Region != "" && s.Region != f.Region, f.Agency != "" && s.Agency != f.Agency:
		return false
	case f.Day == "":
		return true
	}
	return (s.From == "" || s.From <= f.Day) && (s.Until == "" || f.Day < s.Until)
}

// Matcher is Match for many scopes: it decides on each region once.
func (f Filter) Matcher() func(Scope) bool {
	here := f.Here
	if here == "" {
		return f.Match
	}
	f.Here = ""
	governs := map[string]bool{}
	return func(s Scope) bool {
		ok, known := governs[s.Region]
		if !known {
			ok = Governs(s.Region, here)
			governs[s.Region] = ok
		}
		return ok && f.Match(s)
	}
}

// Candidate is a unit that an engine found. ID names it within the View it
// came from.
type Candidate struct {
	ID    uint32
	Score float32 // the engine's own, BM25 where it has one
}

// Wanted is a word that documents may have, in one or more forms: a document
// has it where one of its units has all terms of one form. A form without
// terms is nowhere.
type Wanted [][]Term

// MaxWanted is how many words a Survey looks for at once.
const MaxWanted = 64

// Surveyed is a document that has some of the words looked for.
type Surveyed struct {
	Document string  // may lie in mapped memory
	Words    uint64  // bit i says that it has word i
	Best     uint32  // its unit with the most of the words; of these the one of the greatest Score
	Score    float32 // BM25 of that unit, as Recall computes it
}

// Statistics are what ranking needs to know of a generation. There is one set
// for all engines.
type Statistics interface {
	Count() int            // units
	DocFreq(t Term) int    // units that have the term
	Average(Class) float64 // mean length in terms of the units of a class; 1 where there are none
}

// View is one unchanging state of the index. Its strings and slices may lie
// in mapped memory: use none of them after Release.
type View interface {
	Statistics
	// Recall returns the best limit units by BM25 (k1 1.2, b .75, average
	// length by class), exact, best first; ties by ID.
	Recall(ctx context.Context, terms []Weighted, f Filter, limit int) ([]Candidate, error)
	// Weigh scores the units at these places that pass the filter, as Recall
	// does, and returns the best limit of them, best first; ties by ID. Places
	// that are not there, and units without a term, are left out.
	Weigh(ctx context.Context, places []Place, terms []Weighted, f Filter, limit int) ([]Candidate, error)
	// Survey returns every document that has one of the words in units that
	// pass, in any order; of more than MaxWanted words the first count.
	Survey(ctx context.Context, words []Wanted, terms []Weighted, f Filter) ([]Surveyed, error)
	// Unit returns a unit. Its Words are left out. It shares memory with the
	// view.
	Unit(id uint32) Unit
	// Text is Unit as ranking needs it: Passages, which cost as much to read as
	// all the rest, are left out but for an FAQ's and a guide's.
	Text(id uint32) Unit
	// Kind returns the kind of a unit.
	Kind(id uint32) corpus.Kind
	// Document returns the IDs of a document's units by Ordinal.
	Document(id string) []uint32
	// Generation names the generation and the number of changes applied to it.
	Generation() string
	Release()
}

// Engine keeps one index. Its methods may be called at the same time; writers
// wait for each other, readers never wait.
type Engine interface {
	// Rebuild makes a new generation from all units and switches to it at
	// once when it is complete; before that, and where it fails, the old one
	// serves.
	Rebuild(ctx context.Context, generation string, cursor int64, units iter.Seq2[*Unit, error]) error
	// Apply replaces all units of the documents named in drop by those in
	// put. cursor is remembered with the generation: see Cursor.
	Apply(ctx context.Context, put []*Unit, drop []string, cursor int64) error
	// Cursor returns the outbox row up to which this index is complete.
	Cursor() int64
	// View returns the state of now. The caller releases it. The error says
	// that nothing serves yet.
	View() (View, error)
	Close() error
}

// Asider is an engine that can show what it would be with other documents.
type Asider interface {
	// Beside returns the view that Apply would make of put and drop, and changes
	// nothing: the view is the caller's alone, and gone with its Release.
	Beside(ctx context.Context, put []*Unit, drop []string) (View, error)
}

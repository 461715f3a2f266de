// Package index finds the passages that answer a question. Engines only
// recall candidates; this package ranks them from their text and our own
// statistics, so that the order does not depend on the engine, cuts the
// snippet, and says how sure it is.
package index

import (
	"github.com/policybot/policybot/corpus"
)

// Unit is what is recalled and ranked: an article with its title and
// headings, a section of a long document, a whole short document, an FAQ, a
// guide.
type Unit struct {
	Document string
	Revision int
	Ordinal  int // place among the document's units: 0, 1, 2 …
	Account  string
	Kind     corpus.Kind
	Class    Class // which average length it is compared with
	Title    string
	Number   string
	Agency   string
	Region   string
	Sample   bool
	From     corpus.Date // quotable from this day; "" is always
	Until    corpus.Date // quotable before this day; "" is always

	Context string // title and headings that are not in Body; "" where they are
	Body    string // a piece of the canonical text
	Start   int    // byte offset of Body in the canonical text
	// Passages are the passages that Body covers, offsets relative to Body.
	Passages []corpus.Passage
	// Words are the gse words of three and more characters in Context and
	// Body, folded, in order, with repetitions.
	Words []string
	// Negative are questions that an FAQ must not answer. They are not indexed:
	// ranking alone looks at them.
	Negative []string
	// Asked is how many lines of Context, its last ones, are questions that the
	// passage answers, as people ask them; 0 is an ordinary unit.
	Asked int
}

// Scope returns what a Filter looks at.
func (u *Unit) Scope() Scope {
	return Scope{
		Account: u.Account, Sample: u.Sample, From: u.From, Until: u.Until,
		Kind: u.Kind, Region: u.Region, Agency: u.Agency,
	}
}

// Class groups units of comparable length. BM25 compares a unit's length with
// the average of its class: one average over articles and whole news texts
// ranks badly.
type Class uint8

// The classes of units.
const (
	ArticleUnit Class = iota // an article of a regulation
	SectionUnit              // a section of a long document
	WholeUnit                // a whole short document
	FAQUnit
	GuideUnit
	Classes // how many there are
)

// Term is a feature that units are indexed by: a bigram of folded characters,
// or a hash of a longer word. See BigramTerm and WordTerm.
type Term uint64

// BigramTerm returns the term of two folded runes of the Basic Multilingual
// Plane.
func BigramTerm(a, b rune) Term { return Term(uint32(a)<<16 | uint32(b)&0xffff) }

// WordTerm returns the term of a folded word of three or more characters:
// FNV-1a over its bytes, told from bigrams by the highest bit.
func WordTerm(word string) Term {
	const offset, prime = 14695981039346656037, 1099511628211
	h := uint64(offset)
	for i := 0; i < len(word); i++ {
		h = (h ^ uint64(word[i])) * prime
	}
	return Term(h | 1<<63)
}

// Terms calls yield for every term of the unit: the bigrams of Context and of
// Body (never across the two), and its words. It returns the unit's length:
// the number of terms yielded.
func (u *Unit) Terms(yield func(Term)) int {
	n := 0
	count := func(t Term) { n++; yield(t) }
	Bigrams(u.Context, count)
	Bigrams(u.Body, count)
	for _, w := range u.Words {
		count(WordTerm(w))
	}
	return n
}

// Bigrams calls yield for each pair of neighbouring letters or digits of the
// folded text; anything else separates.
func Bigrams(text string, yield func(Term)) {
	var last rune
	for _, r := range text {
		r = Fold(r)
		if r == 0 {
			last = 0
			continue
		}
		if last != 0 {
			yield(BigramTerm(last, r))
		}
		last = r
	}
}

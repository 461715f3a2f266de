package corpus

import (
	"slices"
	"strings"
	"unicode"
)

// Topic is a subject, 专题, and how much is published on it.
type Topic struct {
	Name      string
	Documents int
	Kinds     map[Kind]int // of Documents; kinds that there are none of are left out
}

// Selection says which published documents are meant. One of Topic and
// Agencies is given.
type Selection struct {
	Topic    string
	Agencies []string // issued, or also issued, by one of these names
	Kinds    []Kind   // none is all
}

// Asked is a document and how many different persons were answered from it.
type Asked struct {
	Document string
	Persons  int
	Topics   []string // that the document is listed under
}

// Address is a published document as a sitemap lists it.
type Address struct {
	Document string
	Changed  Date // the day its published revision was stored
}

// maxFacet is the longest name, in bytes, that documents are grouped by. A
// longer one is a sentence in the wrong field.
const maxFacet = 150

// Groups returns the topics that a document is listed under: its Topics
// without blanks around them, each once.
func (d Document) Groups() []string { return names(d.Topics) }

// Issuers returns the agencies that a document is listed under: offices write
// several into one field.
func (d Document) Issuers() []string {
	return names(strings.FieldsFunc(d.Agency, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("、，,；;", r)
	}))
}

func names(all []string) []string {
	var out []string
	for _, n := range all {
		if n = strings.TrimSpace(n); n != "" && len(n) <= maxFacet && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

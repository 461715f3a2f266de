package index

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// Catalogue is what is known about all published documents apart from their
// texts: what filters, counts and lists need. It never changes: a newer one
// takes its place whole.
type Catalogue struct {
	entries []entry        // newest first: by Document.ListedOn, unknown last, then by ID
	places  map[string]int // of documents in entries
}

// entry is one document. Strings that many documents share are kept once.
type entry struct {
	id                 string
	account            string
	kind               corpus.Kind
	agency             string
	topics, audience   []string
	listed             corpus.Date
	effective, expires corpus.Date
	written            corpus.Date
	changed            []corpus.Relation // that repeal, supersede or amend it
	explains           []corpus.Relation // of an interpretation: what it falls with
	sample             bool
	title              string // folded, an FAQ's question with it
	issued             string // number and agency, folded
	number             string // in its normal form
	letters            uint64 // of title and issued
}

// Facet is a value that documents have, and how many have it.
type Facet struct {
	Value string
	Count int
}

// Selection asks for the documents that an account sees and that fit all that
// is set. Agencies are compared letter by letter.
type Selection struct {
	Account  string      // sees shared documents and its own
	Own      bool        // leave the sample corpus out
	Day      corpus.Date // Validity is that of this day
	Topic    string
	Agency   string
	Audience string
	Year     string // of publication: 2024
	Kind     corpus.Kind
	Validity corpus.Validity // exactly this one; a draft for comment is Unknown
	Skip     int             // of List: how many to leave out at the beginning
	Limit    int             // of List: how many to return at most
}

// newCatalogue returns the catalogue of documents.
func newCatalogue(documents []corpus.Document) *Catalogue {
	return (&Catalogue{}).with(documents, nil)
}

// with returns the catalogue after documents were put, in place of what they
// were before, and others dropped.
func (c *Catalogue) with(put []corpus.Document, drop []string) *Catalogue {
	gone := make(map[string]bool, len(put)+len(drop))
	for _, id := range drop {
		gone[id] = true
	}
	shared := interned{}
	fresh := make(map[string]entry, len(put))
	for _, d := range put {
		gone[d.ID] = true
		fresh[d.ID] = shared.entry(d)
	}
	next := &Catalogue{entries: make([]entry, 0, len(c.entries)+len(fresh))}
	for _, e := range c.entries {
		if !gone[e.id] {
			next.entries = append(next.entries, e)
		}
	}
	next.entries = slices.AppendSeq(next.entries, maps.Values(fresh))
	slices.SortFunc(next.entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(b.listed, a.listed), cmp.Compare(a.id, b.id))
	})
	next.places = make(map[string]int, len(next.entries))
	for i := range next.entries {
		next.places[next.entries[i].id] = i
	}
	return next
}

// interned keeps one copy of each string.
type interned map[string]string

func (in interned) one(s string) string {
	if kept, ok := in[s]; ok {
		return kept
	}
	s = strings.Clone(s)
	in[s] = s
	return s
}

// values are the different ones of a list, without empty ones.
func (in interned) values(all []string) []string {
	var out []string
	for _, s := range all {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, in.one(s))
		}
	}
	return out
}

func (in interned) entry(d corpus.Document) entry {
	e := entry{
		id: strings.Clone(d.ID), account: in.one(d.Account), kind: corpus.Kind(in.one(string(d.Kind))), agency: in.one(d.Agency),
		topics: in.values(d.Topics), audience: in.values(d.Audience), sample: d.Sample,
		listed: corpus.Date(in.one(string(d.ListedOn()))), effective: corpus.Date(in.one(string(d.Effective))),
		expires: corpus.Date(in.one(string(d.Expires))), written: corpus.Date(in.one(string(d.Written))),
		title: FoldString(d.Title), issued: in.one(FoldString(d.Number + "\n" + d.Agency)),
		number: in.one(corpus.NormalNumber(d.Number)),
	}
	if d.Question != "" && d.Question != d.Title {
		e.title += " " + FoldString(d.Question)
	}
	e.letters = lettersOf(e.title, e.issued)
	for _, r := range d.Receives {
		switch r.Kind {
		case corpus.Repeals, corpus.Supersedes, corpus.Amends:
			e.changed = append(e.changed, corpus.Relation{Kind: r.Kind, On: r.On, Account: r.Account, Anchors: r.Anchors})
		}
	}
	if d.Kind == corpus.Interpretation {
		e.explains = in.explained(d.Declares)
	}
	return e
}

// explained keeps what decides on an interpretation of the policies that it
// explains.
func (in interned) explained(declares []corpus.Relation) []corpus.Relation {
	var out []corpus.Relation
	for _, r := range declares {
		if r.Kind == corpus.Interprets && r.Title != "" {
			out = append(out, corpus.Relation{
				Kind: r.Kind, Title: in.one(r.Title), Account: r.Account, Begins: r.Begins, Ends: r.Ends, Fate: r.Fate,
			})
		}
	}
	return out
}

// visible reports whether an account sees the document.
func (e *entry) visible(account string, own bool) bool {
	return (e.account == "" || e.account == account) && !(own && e.sample)
}

// validity is that of a day, as an account sees it. A draft for comment never
// was a rule.
func (e *entry) validity(account string, day corpus.Date) corpus.Validity {
	d := corpus.Document{
		Kind: e.kind, Effective: e.effective, Expires: e.expires, Written: e.written,
		Receives: e.changed, Declares: e.explains,
	}
	if len(e.changed)+len(e.explains) > 0 {
		d = d.SeenBy(account)
	}
	return d.ValidityOn(day)
}

// year is that of ListedOn, "" where the day is not known.
func (e *entry) year() string {
	if len(e.listed) < 4 {
		return ""
	}
	return string(e.listed[:4])
}

// Len returns the number of documents of all accounts.
func (c *Catalogue) Len() int { return len(c.entries) }

// facetsOf returns counts as facets, the greatest first, then by value.
func facetsOf(counts map[string]int) []Facet {
	out := make([]Facet, 0, len(counts))
	for v, n := range counts {
		out = append(out, Facet{v, n})
	}
	slices.SortFunc(out, func(a, b Facet) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return out
}

// dimension is what documents can be filtered by; as a bit in a set.
type dimension uint8

const (
	byTopic dimension = 1 << iota
	byAgency
	byAudience
	byKind
	byValidity
	byYear
)

// missed returns the set filters that a document of this validity does not
// pass.
func (f *Selection) missed(e *entry, v corpus.Validity) (d dimension) {
	if f.Topic != "" && !slices.Contains(e.topics, f.Topic) {
		d |= byTopic
	}
	if f.Agency != "" && e.agency != f.Agency {
		d |= byAgency
	}
	if f.Audience != "" && !slices.Contains(e.audience, f.Audience) {
		d |= byAudience
	}
	if f.Kind != "" && e.kind != f.Kind {
		d |= byKind
	}
	if f.Validity != "" && v != f.Validity {
		d |= byValidity
	}
	if f.Year != "" && e.year() != f.Year {
		d |= byYear
	}
	return d
}

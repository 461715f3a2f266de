package index

import (
	"context"
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// Limits of a result.
const (
	recallLimit  = 100 // candidates asked of an engine outside of this process, by one query
	keptLimit    = 200 // candidates, the best by BM25: those beyond rankLimit are for their names
	rankLimit    = 16  // of these, how many are ranked
	snippetRunes = 300
	directRunes  = 90
	wideRunes    = 560
)

// Hit is a document that was found, by its best unit. It shares no memory
// with the view it came from.
type Hit struct {
	Ref     corpus.Ref // the passage that holds the core of the snippet, below a heading where that is one
	Kind    corpus.Kind
	Title   string
	Number  string
	Agency  string
	Region  string
	Sample  bool
	Label   string   // how the passage is cited: 第六条
	Path    []string // headings above it
	Snippet string   // one contiguous piece of the source, at most 300 characters
	Passage string   // the passage that Ref names, whole
	Direct  string   // the sentence of the snippet that answers
	// Wide is a longer piece around Snippet, which it has whole; "" for a
	// guide's field, and where it would begin within a table.
	Wide string
	// Columns are the headings of the table that Snippet begins in, Row those
	// of the one that Passage begins in; nil where they begin in none. Snippet,
	// Passage and Direct are canonical text: corpus.Readable writes them for
	// people.
	Columns, Row []string
	// From and Until are the days that a row of a catalogue names for itself.
	From, Until corpus.Date
	// Section is the numbered section of Snippet that answers best, where Ref is
	// a paragraph without a number that it begins in; Sections is how many
	// Snippet has.
	Section  Section
	Sections int
	Parts    Parts
	Score    float64
	Ordinal  int
	Class    Class
	Asked    bool     // found under what people ask for the passage
	Features Features // what confidence is computed from; of the first hit only
}

// Section names a numbered passage.
type Section struct{ Anchor, Label string }

// Result is what the shelf knows about a question.
type Result struct {
	Hits       []Hit // best first, one a document
	Confidence float64
	Engine     string
	Generation string
	Lexicon    string
	Explain    Explanation
}

// Explanation is what --explain shows: how the question was understood.
type Explanation struct {
	Terms      []ExplainedTerm `json:"terms"`
	Words      []string        `json:"words"`
	Expansions []Expansion     `json:"expansions"`
	Places     []string        `json:"places"`
	Candidates int             `json:"candidates"`
	Recalled   []Place         `json:"recalled,omitempty"` // all that the engine brought, where Query.Trace asks for it
}

// ExplainedTerm is a bigram of the question and its weight.
type ExplainedTerm struct {
	Text string  `json:"text"`
	IDF  float64 `json:"idf"`
}

// find answers one query on one state: the whole of recall, ranking, snippets
// and confidence. It uses nothing of the view after it returns. outside may be
// nil.
func find(ctx context.Context, v View, w *wording, q Query, outside Recaller) (Result, error) {
	a := w.analyse(&q, v)
	res := Result{Generation: v.Generation(), Lexicon: w.lexicon.Revision, Explain: a.explain()}
	from, err := a.candidates(ctx, v, w, q, outside)
	if err != nil {
		return res, err
	}
	found := leftOut(v, from.candidates, &q)
	res.Engine, res.Explain.Candidates = from.engine, len(found)
	if q.Trace {
		res.Explain.Recalled = from.all(v)
	}
	limit := rankLimit
	if q.Within != "" {
		limit = len(found) // they are in the order of the text, not best first
	}
	if q.Beside != "" && !hidden(v, found[:min(limit, len(found))], q) {
		return res, nil
	}
	all, err := a.rankTop(ctx, v, found, limit)
	if err != nil || len(all) == 0 {
		return res, err
	}
	top := oneADocument(all)
	res.Hits = make([]Hit, min(len(top), max(1, min(q.Limit, 10))))
	c := cutters.Get().(*cutter)
	defer cutters.Put(c)
	for i := range res.Hits {
		r := &top[i]
		r.unit = v.Unit(r.id)
		a.turnToField(v, &r.unit)
		c.readPart(a, &r.unit, r.stretch(i))
		res.Hits[i] = a.hit(r, c)
		if i == 0 {
			f := a.judge(top, c)
			res.Hits[0].Features, res.Confidence = f, a.weights.confidenceOf(&r.unit).of(&f)
		}
	}
	return res, nil
}

// A long unit is cut around its best window alone, this many bytes before and
// after, unless it is the first: weighing each of its clauses is a third of the
// cost of a question, and nobody sees more of the later hits than a piece. Those
// after the first few are hardly ever more than a line to choose from.
const (
	aroundBytes = 1600
	laterBytes  = 900
	fewHits     = 4
)

// stretch returns what of the unit is weighed for a snippet: of the first all,
// of the others whole lines around the best window.
func (r *ranked) stretch(rank int) Span {
	body, around := r.unit.Body, aroundBytes
	if rank >= fewHits {
		around = laterBytes
	}
	if rank == 0 || len(body) <= 2*around {
		return Span{0, len(body)}
	}
	at := firstRunes(body, Span{0, len(body)}, r.at).End
	s := Span{max(0, at-around), min(len(body), at+around)}
	s.Start = strings.LastIndexByte(body[:s.Start], '\n') + 1
	if n := strings.IndexByte(body[s.End:], '\n'); n >= 0 {
		s.End += n + 1
	} else {
		s.End = len(body)
	}
	return s
}

// oneADocument keeps the best unit of each document.
func oneADocument(all []ranked) []ranked {
	seen := map[string]bool{}
	out := all[:0]
	for _, r := range all {
		if !seen[r.unit.Document] {
			seen[r.unit.Document] = true
			out = append(out, r)
		}
	}
	return out
}

// hit makes a hit of a unit that c has read.
func (a *analysis) hit(r *ranked, c *cutter) Hit {
	u := &r.unit
	piece := c.window(snippetRunes)
	direct, wide := c.direct(directRunes).inside(piece), c.wide(u, piece)
	p := passageAt(u, c.core())
	var section Section
	sections := 0
	if p.Label == "" && piece.End > p.End {
		section, sections = c.section(u, piece)
	}
	if f, ok := u.field(a.field); ok {
		// A guide answers with the field that was asked for.
		p, piece = f, firstPiece(u.Body, Span{f.Start, f.End}, snippetRunes)
		direct, wide = firstPiece(u.Body, piece, directRunes), Span{}
	}
	return Hit{
		Ref:  corpus.Ref{Document: strings.Clone(u.Document), Revision: u.Revision, Anchor: strings.Clone(p.Anchor)},
		Kind: kindOf(u.Kind), Title: strings.Clone(u.Title), Number: strings.Clone(u.Number),
		Agency: strings.Clone(u.Agency), Region: strings.Clone(u.Region), Sample: u.Sample,
		Label: strings.Clone(p.Label), Path: cloneAll(p.Path),
		Snippet: strings.Clone(trimmed(u.Body[piece.Start:piece.End])),
		Passage: strings.Clone(trimmed(u.Body[p.Start:p.End])),
		Direct:  strings.Clone(trimmed(u.Body[direct.Start:direct.End])),
		Wide:    strings.Clone(trimmed(u.Body[wide.Start:wide.End])),
		Columns: u.columns(piece.Start), Row: cloneAll(p.Columns), From: day(p.From), Until: day(p.Until),
		Section: section, Sections: sections,
		Parts: r.parts, Score: r.score, Ordinal: u.Ordinal, Class: u.Class, Asked: u.Asked > 0,
	}
}

// passageAt returns the passage of the unit that a byte of its Body lies in;
// where that is a title or a heading, the text below it.
func passageAt(u *Unit, at int) corpus.Passage {
	for _, p := range u.Passages {
		if at < p.End && p.Role == corpus.BodyRole && 0 <= p.Start && p.Start < p.End && p.End <= len(u.Body) {
			return p
		}
	}
	return corpus.Passage{End: len(u.Body)}
}

// day returns a day that shares no memory with d.
func day(d corpus.Date) corpus.Date { return corpus.Date(strings.Clone(string(d))) }

var kinds = corpus.Kinds()

// kindOf returns a kind that shares no memory with k.
func kindOf(k corpus.Kind) corpus.Kind {
	if i := slices.Index(kinds, k); i >= 0 {
		return kinds[i]
	}
	return corpus.Kind(strings.Clone(string(k)))
}

func cloneAll(in []string) []string {
	if in == nil {
		return nil
	}
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = strings.Clone(s)
	}
	return out
}

func (a *analysis) explain() Explanation {
	e := Explanation{Places: a.places.Names()}
	text := string(a.runes)
	at := make([]int, 0, len(a.runes)) // where each rune begins
	for i := range text {
		at = append(at, i)
	}
	at = append(at, len(text))
	if len(a.features) > 0 {
		e.Terms = make([]ExplainedTerm, len(a.features))
	}
	for k, f := range a.features {
		p := f.positions[0]
		e.Terms[k] = ExplainedTerm{text[at[p]:at[p+2]], f.idf}
	}
	for _, w := range a.words {
		e.Words = append(e.Words, string(w.runes))
	}
	for _, g := range a.groups {
		e.Expansions = append(e.Expansions, g.Expansion)
	}
	return e
}

// firstRunes returns the first n characters of a span of text.
func firstRunes(text string, s Span, n int) Span {
	for i := range text[s.Start:s.End] {
		if n == 0 {
			s.End = s.Start + i
			break
		}
		n--
	}
	return s
}

package index

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// Search is one search of the public pages. It finds documents:
//
// A word occurs in a document where one of its units has all bigrams of the
// word, or of what the lexicon says for it, or where its title, question,
// number or agency contains it. A document matches where all significant words
// of the text occur in it. Where no document that the account sees has all of
// them, whatever the filters, those match that have the most, if that is half
// of them at least. Filters then choose among what matches.
type Search struct {
	Selection
	Text   string // the first MaxSearch characters count; without a word in it, every document matches
	ByDate bool   // newest first; by relevance otherwise
}

// MaxSearch is how many characters of a search are looked for.
const MaxSearch = 100

// Found is what a search found.
type Found struct {
	Hits   []Excerpt // those of Skip and Limit
	Total  int       // documents that match and pass the filters
	Match  int       // documents that match, whatever the filters
	Words  []Facet   // the significant words, folded, with how many documents of the account have each; none where all match
	Need   int       // how many of Words the documents have: all, or fewer where none has all; 0 is none
	Facets Facets
	Marks  Marker // what to mark in titles and snippets
}

// Facets are, for each filter, the values that the matching documents have
// that pass all other filters, with how many documents have each: choosing a
// value gives just so many. The commonest come first.
type Facets struct {
	Topics, Agencies, Audiences, Kinds, Validities, Years []Facet

	// Without is how many documents are left when this filter alone is
	// dropped.
	Without struct{ Topic, Agency, Audience, Kind, Validity, Year int }
}

// Excerpt is a document that was found, with its best passage; of a search
// without words, the document alone. It shares no memory with the view.
type Excerpt struct {
	Ref          corpus.Ref // Revision 0: no passage is known
	Label        string     // how the passage is cited: 第六条
	Snippet      string     // one piece of the source, at most 160 characters; rows of tables with their headings
	Opens, Close bool       // whether it begins, and ends, where a sentence does
}

const (
	excerptRunes = 160
	// rerank is how many of the best by BM25 are read and ranked by their
	// texts: five pages. The order beyond is that of BM25, so that the pages
	// of a search neither overlap nor leave anything out.
	rerank = 50

	// outdated is what a document that is not the rule of the day keeps of
	// its score: of two editions, which say much the same, the one in force
	// comes first.
	outdated = .75
	// titled is how much more a document scores with all words in its title.
	titled = .5
	// narrow is what an FAQ keeps: who searches for a subject wants the rules
	// and the guide before the answer to one question about it, which is short
	// and scores high.
	narrow = .7
)

// Search finds documents. It returns ErrNotReady before the first Sync.
func (s *Shelf) Search(ctx context.Context, q Search) (Found, error) {
	c := s.catalogue.Load()
	if c == nil {
		return Found{}, ErrNotReady
	}
	v, w, err := s.state()
	if err != nil {
		return Found{}, err
	}
	defer v.Release()
	return search(ctx, v, c, w, q)
}

// searching is a search at work.
type searching struct {
	Search
	view      View
	catalogue *Catalogue
	analysis  *analysis
	words     []soughtWord
	masks     []uint64   // by place in the catalogue: the words that occur
	surveyed  []Surveyed // what the engine found
	found     []int32    // by place: the place in surveyed, from 1
	matches   []match
}

// match is a document that matches and passes the filters.
type match struct {
	place int     // in the catalogue
	unit  int64   // its best; -1 where no unit has a word
	exact bool    // its number or title is what was searched for
	share float64 // of the words that are in the title
	score float64
	faq   bool
	live  bool // it is the rule of the day
}

func search(ctx context.Context, v View, c *Catalogue, w *wording, q Search) (Found, error) {
	q.Text = firstPart(q.Text, MaxSearch)
	s := &searching{Search: q, view: v, catalogue: c, analysis: analyse(q.Text, w.lexicon, w.segmenter, v)}
	s.words = s.analysis.sought(w.lexicon)
	out := Found{Marks: newMarker(s.words)}
	if err := s.survey(ctx, w.segmenter); err != nil {
		return out, err
	}
	out.Words = s.occurrences()
	out.Need = s.need()
	if len(s.words) == 0 || out.Need > 0 {
		out.Facets, out.Match = s.choose(out.Need)
	}
	out.Total = len(s.matches)
	if len(s.words) > 0 && !s.ByDate {
		if err := s.rank(ctx); err != nil {
			return out, err
		}
	}
	page := s.matches[min(max(0, s.Skip), out.Total):]
	for _, m := range page[:min(max(0, s.Limit), len(page))] {
		out.Hits = append(out.Hits, s.excerpt(m))
	}
	return out, ctx.Err()
}

// firstPart returns the first n characters of a text.
func firstPart(text string, n int) string { return text[:firstRunes(text, Span{0, len(text)}, n).End] }

// survey finds the words that occur in each document.
func (s *searching) survey(ctx context.Context, seg Segmenter) (err error) {
	s.masks, s.found = make([]uint64, len(s.catalogue.entries)), make([]int32, len(s.catalogue.entries))
	if len(s.words) == 0 {
		return nil
	}
	wanted := make([]Wanted, len(s.words))
	for i := range s.words {
		wanted[i] = s.words[i].wanted()
	}
	s.surveyed, err = s.view.Survey(ctx, wanted, s.analysis.recall(seg), Filter{Account: s.Account, Own: s.Own})
	if err != nil {
		return err
	}
	for i, d := range s.surveyed {
		if at, ok := s.catalogue.places[d.Document]; ok {
			s.masks[at], s.found[at] = d.Words, int32(i+1)
		}
	}
	for at := range s.masks {
		e := &s.catalogue.entries[at]
		if !e.visible(s.Account, s.Own) {
			s.masks[at] = 0
			continue
		}
		for i := range s.words {
			if bit := uint64(1) << i; s.masks[at]&bit == 0 && s.words[i].named(e) {
				s.masks[at] |= bit
			}
		}
	}
	return nil
}

// occurrences counts the documents that have each word.
func (s *searching) occurrences() []Facet {
	out := make([]Facet, len(s.words))
	for i := range s.words {
		out[i].Value = s.words[i].forms[0]
	}
	for _, m := range s.masks {
		for ; m != 0; m &= m - 1 {
			out[bits.TrailingZeros64(m)].Count++
		}
	}
	return out
}

// need returns how many words a document has to have.
func (s *searching) need() int {
	most := 0
	for _, m := range s.masks {
		most = max(most, bits.OnesCount64(m))
	}
	if 2*most < len(s.words) {
		return 0
	}
	return most
}

// choose keeps the documents that match and pass the filters, newest first,
// and counts.
func (s *searching) choose(need int) (_ Facets, matching int) {
	matches := func(at int) bool {
		return bits.OnesCount64(s.masks[at]) >= need && s.catalogue.entries[at].visible(s.Account, s.Own)
	}
	for at := range s.masks {
		if matches(at) {
			matching++
		}
	}
	s.matches = make([]match, 0, matching)
	var all tally
	for at := range s.masks {
		if !matches(at) {
			continue
		}
		e := &s.catalogue.entries[at]
		v := e.validity(s.Account, s.Day)
		missed := s.missed(e, v)
		all.add(e, v, missed)
		if missed == 0 {
			s.matches = append(s.matches, match{
				place: at, unit: -1, live: v.Quotable() && e.kind != corpus.Consultation, faq: e.kind == corpus.FAQ,
			})
		}
	}
	return all.facets(), matching
}

// rank puts the matches in order: what was searched for by its number or
// title, then by relevance, then newest first.
func (s *searching) rank(ctx context.Context) error {
	number, title := corpus.NumberIn(s.Text), shortTitle(FoldString(s.Text))
	for i := range s.matches {
		m := &s.matches[i]
		e := &s.catalogue.entries[m.place]
		for k := range s.words {
			if s.words[k].titles(e) {
				m.share += 1 / float64(len(s.words))
			}
		}
		m.exact = number != "" && corpus.SameNumber(number, e.number) || shortTitle(e.title) == title
		if at := s.found[m.place]; at > 0 {
			m.unit, m.score = int64(s.surveyed[at-1].Best), float64(s.surveyed[at-1].Score)
		}
		m.weigh()
	}
	order(s.matches)
	return s.reread(ctx, s.matches[:min(rerank, len(s.matches))])
}

// shortTitle is a folded title without the name of the state, which people
// leave out.
func shortTitle(folded string) string {
	title := strings.TrimSpace(folded)
	if short := strings.TrimPrefix(title, "中华人民共和国"); short != "" {
		return short
	}
	return title
}

// reread ranks matches by the texts of their best units.
func (s *searching) reread(ctx context.Context, top []match) error {
	places := make(map[uint32]int, len(top))
	var units []Candidate
	for i, m := range top {
		if m.unit >= 0 {
			places[uint32(m.unit)] = i
			units = append(units, Candidate{ID: uint32(m.unit)})
		}
	}
	read, err := s.analysis.rankTop(ctx, s.view, units, len(units))
	if err != nil {
		return err
	}
	for i := range top {
		top[i].score = 0
	}
	for _, r := range read {
		top[places[r.id]].score = max(0, r.score)
	}
	for i := range top {
		top[i].weigh()
	}
	order(top)
	return nil
}

// weigh makes the score of a unit that of its document.
func (m *match) weigh() {
	m.score *= 1 + titled*m.share
	if !m.live {
		m.score *= outdated
	}
	if m.faq {
		m.score *= narrow
	}
}

func order(all []match) {
	slices.SortFunc(all, func(x, y match) int {
		return cmp.Or(first(x.exact, y.exact), cmp.Compare(y.score, x.score), first(x.live, y.live), cmp.Compare(x.place, y.place))
	})
}

// first compares so that what is set comes first.
func first(x, y bool) int {
	switch {
	case x == y:
		return 0
	case x:
		return -1
	}
	return 1
}

// excerpt returns a match with its best passage.
func (s *searching) excerpt(m match) Excerpt {
	id := s.catalogue.entries[m.place].id
	if len(s.words) == 0 {
		return Excerpt{Ref: corpus.Ref{Document: id}}
	}
	if at := s.found[m.place]; at > 0 {
		m.unit = int64(s.surveyed[at-1].Best)
	} else if units := s.view.Document(id); len(units) > 0 {
		m.unit = int64(units[0]) // only its title, number or agency has the words
	} else {
		return Excerpt{Ref: corpus.Ref{Document: id}}
	}
	u := s.view.Unit(uint32(m.unit))
	out := s.analysis.excerpt(&u)
	out.Ref.Document, out.Ref.Revision = id, u.Revision
	return out
}

// excerpt cuts the piece of a unit that the words are best found in; the title
// stands above it anyway.
func (a *analysis) excerpt(u *Unit) Excerpt {
	c := cutters.Get().(*cutter)
	defer cutters.Put(c)
	c.read(a, u)
	c.best = c.about // who searches for words wants to see them, not what they are answered by
	piece, p := c.window(excerptRunes), passageAt(u, c.core())
	if f, ok := u.field(a.field); ok {
		p, piece = f, firstPiece(u.Body, Span{f.Start, f.End}, excerptRunes)
	}
	if start := max(p.Start, bodyStart(u)); piece.Start < start {
		piece = clauses(u.Body, start, excerptRunes)
	}
	out := Excerpt{
		Ref: corpus.Ref{Anchor: strings.Clone(p.Anchor)}, Label: strings.Clone(p.Label),
		Snippet: strings.Clone(corpus.Readable(trimmed(u.Body[piece.Start:piece.End]), u.columns(piece.Start))),
	}
	out.Opens, out.Close = sentenceEnds(u.Body[:piece.Start]), piece.End == len(u.Body) || sentenceEnds(u.Body[:piece.End])
	return out
}

// clauses returns what begins at start, as many clauses as fit into n
// characters; one that is too long is cut.
func clauses(text string, start, n int) Span {
	all := firstRunes(text, Span{start, len(text)}, n)
	if all.End == len(text) {
		return all
	}
	end := start
	for at, r := range text[all.Start:all.End] {
		if stop, _ := clauseEnd(r); stop {
			end = start + at + utf8.RuneLen(r)
		}
	}
	if end > start {
		all.End = end
	}
	return wholeRows(text, all, start, n)
}

// bodyStart returns where the text of a unit begins, after its title.
func bodyStart(u *Unit) int {
	for _, p := range u.Passages {
		if p.Role != corpus.TitleRole && 0 <= p.Start && p.Start < len(u.Body) {
			return p.Start
		}
	}
	return 0
}

// sentenceEnds reports whether a text ends with a sentence, or is empty.
func sentenceEnds(text string) bool {
	text = strings.TrimRight(text, " \u3000\t")
	if text == "" {
		return true
	}
	var last rune
	for _, r := range text[max(0, len(text)-4):] {
		last = r
	}
	_, ends := clauseEnd(last)
	return ends || last == '”' || last == '）'
}

// tally counts values of documents.
type tally struct{ topics, agencies, audiences, kinds, validities, years counts }

// counts is of each value, and of all documents with or without one.
type counts struct {
	of  map[string]int
	all int
}

// add counts a document for each filter of which it passes all others.
func (t *tally) add(e *entry, v corpus.Validity, missed dimension) {
	if bits.OnesCount8(uint8(missed)) > 1 {
		return
	}
	one := func(c *counts, d dimension, values ...string) {
		if missed&^d != 0 {
			return
		}
		c.all++
		if c.of == nil {
			c.of = map[string]int{}
		}
		for _, value := range values {
			if value != "" {
				c.of[value]++
			}
		}
	}
	one(&t.topics, byTopic, e.topics...)
	one(&t.agencies, byAgency, e.agency)
	one(&t.audiences, byAudience, e.audience...)
	one(&t.kinds, byKind, string(e.kind))
	one(&t.validities, byValidity, string(v))
	one(&t.years, byYear, e.year())
}

func (t *tally) facets() Facets {
	f := Facets{
		Topics: facetsOf(t.topics.of), Agencies: facetsOf(t.agencies.of), Audiences: facetsOf(t.audiences.of),
		Kinds: facetsOf(t.kinds.of), Validities: facetsOf(t.validities.of), Years: facetsOf(t.years.of),
	}
	w := &f.Without
	w.Topic, w.Agency, w.Audience = t.topics.all, t.agencies.all, t.audiences.all
	w.Kind, w.Validity, w.Year = t.kinds.all, t.validities.all, t.years.all
	return f
}

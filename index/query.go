package index

import (
	"cmp"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// Segmenter cuts a text into search-mode words of two and more characters,
// folded, in order. Long leaves out those of two; Cut those inside of others,
// so that no two overlap.
type Segmenter interface {
	Words(text string) []string
	Long(text string) []string
	Cut(text string) []string
	Version() string
}

// Query is one question to the shelf.
type Query struct {
	Text    string
	Account string      // sees shared documents and its own
	Day     corpus.Date // quotable on this day; "" asks of all days
	Own     bool        // leave the sample corpus out
	Kind    corpus.Kind // of the documents; "" is any. Region and Agency are compared letter by letter
	Region  string
	Agency  string
	Here    string // the region that is asked about; other places' rules are left out. "" leaves none out: see Governs
	Within  string // look in this document alone; "" looks in all
	// What was understood of the question; each may be empty.
	Asks  Asks   // what sort of answer it wants
	Aside []Span // bytes of Text that tell of the person and ask nothing
	Limit int    // documents wanted, 1…10
	// Beside, with Day "", wants hits only where a document that is not
	// quotable on this day is among the candidates: otherwise the result is
	// that of the day, and finding it once more is saved.
	Beside corpus.Date
	Trace  bool // have Explanation.Recalled, which costs a little
	// Except are documents to find nothing in, as though they were missing: so
	// a program that fits weights learns what a question without its answer
	// looks like.
	Except []string
	// Unnoted finds as though nothing were noted of how people ask.
	Unnoted bool
	// Weights are what to rank by; nil is what comes with the program.
	Weights *Weights
}

// filter says which units the query may see.
func (q *Query) filter() Filter {
	return Filter{Account: q.Account, Day: q.Day, Own: q.Own, Kind: q.Kind, Region: q.Region, Agency: q.Agency, Here: q.Here}
}

// Bounds of what is looked at in a question.
const (
	maxRunes     = 1000 // letters and separators; more says nothing new
	maxFeatures  = 128  // bigrams; of more the rarest are kept
	maxPositions = 8    // places of one bigram
)

// analysis is a question, cut and weighted for one view.
type analysis struct {
	weights  *Weights
	runes    []rune // folded, 0 separates
	features []feature
	lookup   table
	words    []wordFeature
	spoken   []spokenWord
	matters  []int // those that the question is about
	groups   []group
	places   Provinces
	limited  bool                  // some groups count in some documents alone
	topics   func(string) []string // of a document; nil: not known
	others   []pair                // what does not mean a word that is asked for
	names    *gazetteer
	// placeFirsts are the first characters of the names in places.
	placeFirsts *runeSet
	length      int     // characters that are not separators
	units       int     // of the view
	total       float64 // Σ idf of features
	asked       mask    // features that are not part of question words
	askedSum    float64
	spokenSum   float64
	numbers     []string // runs of digits and letters
	wants       wants    // kinds of answer asked for
	told        []int    // runes that tell of the person, ascending
	sortAsked   Asks     // what sort of answer the asker wants, as bot understood it
	field       string   // anchor of the guide field asked for
	values      []Quantity
	measures    measures   // of values
	bounds      []Quantity // of the unit looked at last
	sex         byte       // that the question is about: 'm' or 'f'; 0 is both, or not said
}

type feature struct {
	term      Term
	idf, full float64 // what it weighs here, and what it would weigh where it is asked for
	df        int
	place     bool  // part of a place name
	number    bool  // a number of two digits: it is not in a longer one, as 17年 is in 2017年
	positions []int // in the question, the first few
}

type wordFeature struct {
	runes []rune
	head  int // feature of its first bigram
	idf   float64
	df    int
	noun  bool // it names a thing
	two   int  // the feature that is this word, where it has two characters; else -1
}

// group is an expansion: where a unit has its text, the features of the piece
// it stands for count as found, with its weight.
type group struct {
	Expansion
	next  int16 // the next expansion that begins with the same bigram, or -1
	span  mask
	value float64 // Σ idf of span
}

// analyse cuts the question of a query and looks its terms up in the
// statistics of a view.
func (w *wording) analyse(q *Query, v View) *analysis {
	a := analyseBeside(q.Text, q.Aside, w.lexicon, w.segmenter, v)
	a.sortAsked = q.Asks
	if q.Weights != nil {
		a.weights = q.Weights
	}
	return a
}

// analyse cuts a question and looks its terms up in the statistics.
func analyse(text string, lex *Lexicon, seg Segmenter, stats Statistics) *analysis {
	return analyseBeside(text, nil, lex, seg, stats)
}

// analyseBeside is analyse of a question that tells of the person in some of
// its pieces (bytes of text): what stands in them alone weighs less.
func analyseBeside(text string, aside []Span, lex *Lexicon, seg Segmenter, stats Statistics) *analysis {
	a := &analysis{names: lex.gazetteer, weights: shipped()}
	if t, ok := stats.(topical); ok {
		a.topics = t.Topics
	}
	for at, r := range text {
		if len(a.runes) == maxRunes {
			text = text[:at]
			break
		}
		f := Fold(r)
		if f == 0 && (len(a.runes) == 0 || a.runes[len(a.runes)-1] == 0) {
			continue
		}
		if told := inAny(at, aside); told {
			a.told = append(a.told, len(a.runes))
		}
		a.runes = append(a.runes, f)
		if f != 0 {
			a.length++
		}
	}
	a.units = collection(stats)
	idf := func(t Term) (float64, int) {
		df := stats.DocFreq(t)
		return idfOf(df, a.units), df
	}
	a.addFeatures(idf)
	things, _ := seg.(nouns)
	words := seg.Words(text)
	a.addWords(words, things, idf)
	a.addQuestionWords(lex)
	a.addSpoken(longest(words), seg)
	a.addMatters()
	a.addPlaces()
	a.addGroups(lex)
	a.others = lex.others(a.runes)
	a.numbers = numbersIn(a.runes)
	a.field = fieldAsked(text)
	a.wants = wantsOf(text)
	a.values, a.sex = asksQuantities(text), sexAsked(text)
	for _, v := range a.values {
		a.measures |= 1 << v.Measure
	}
	return a
}

// fewUnits is the smallest collection that says what is rare. In one of a few
// passages every word that it has is in many of them, and only what it has not
// would count: a smaller one is weighed as a part of one of this size.
const fewUnits = 1000

// collection is how many units there are, as what is rare is reckoned.
func collection(stats Statistics) int { return max(stats.Count(), fewUnits) }

// idfOf returns what a term weighs that df of the units of a collection have, as
// BM25 does.
func idfOf(df, units int) float64 {
	n, in := float64(units), float64(df)
	return math.Log(1 + (n-in+.5)/(in+.5))
}

func (a *analysis) addFeatures(idf func(Term) (float64, int)) {
	seen := map[Term]int{}
	places := make([]int, 0, len(a.runes)) // the first position of each, in one piece
	for i := 1; i < len(a.runes); i++ {
		if a.runes[i-1] == 0 || a.runes[i] == 0 {
			continue
		}
		t := BigramTerm(a.runes[i-1], a.runes[i])
		if k, ok := seen[t]; ok {
			if f := &a.features[k]; len(f.positions) < maxPositions {
				f.positions = append(f.positions, i-1)
			}
			continue
		}
		seen[t] = len(a.features)
		n := len(places)
		places = append(places, i-1)
		f := feature{term: t, positions: places[n : n+1 : n+1], number: wholeNumber(a.runes, i-1) && (i+1 == len(a.runes) || a.runes[i+1] != '年')}
		f.idf, f.df = idf(t)
		f.full = f.idf
		a.features = append(a.features, f)
	}
	a.lessen()
	if len(a.features) > maxFeatures {
		slices.SortStableFunc(a.features, func(x, y feature) int { return cmp.Compare(y.idf, x.idf) })
		a.features = a.features[:maxFeatures]
	}
	a.lookup = newTable(len(a.features) + maxExpansions)
	for k, f := range a.features {
		a.lookup.features[a.lookup.entry(f.term)] = int16(k)
		a.total += f.idf
	}
}

// wholeNumber reports whether the two characters at i are a number, and not part
// of a longer one: the 82 of 我妈82了 is not in 18240元.
func wholeNumber(r []rune, i int) bool {
	return figure(r[i]) && figure(r[i+1]) && (i == 0 || !figure(r[i-1])) && (i+2 == len(r) || !figure(r[i+2]))
}

func figure(r rune) bool { return '0' <= r && r <= '9' }

// toldShare is what a piece of a question weighs that tells of the person: it
// may decide between two articles, but it is not what is asked for.
const toldShare = .35

// lessen takes weight from the features that only stand where the person is
// told of.
func (a *analysis) lessen() {
	if len(a.told) == 0 {
		return
	}
	for k := range a.features {
		f := &a.features[k]
		if !slices.ContainsFunc(f.positions, func(p int) bool { _, told := slices.BinarySearch(a.told, p); return !told }) {
			f.idf *= toldShare
		}
	}
}

func inAny(at int, spans []Span) bool {
	return slices.ContainsFunc(spans, func(s Span) bool { return s.Start <= at && at < s.End })
}

func (a *analysis) addWords(words []string, things nouns, idf func(Term) (float64, int)) {
	seen := map[string]bool{}
	for _, w := range words {
		if seen[w] || len(seen) == maxFeatures {
			continue
		}
		seen[w] = true
		r := []rune(w)
		head, ok := a.lookup.feature(BigramTerm(r[0], r[1]))
		if !ok {
			continue
		}
		f := wordFeature{runes: r, head: head, two: -1}
		if things != nil {
			f.noun = things.Noun(w)
		}
		if len(r) == 2 {
			f.two, f.idf, f.df = head, a.features[head].idf, a.features[head].df
		} else {
			f.idf, f.df = idf(WordTerm(w))
			if a.features[head].idf < a.features[head].full {
				f.idf *= toldShare
			}
		}
		a.words = append(a.words, f)
	}
}

// questionWords says of each rune whether it belongs to a question word.
func (a *analysis) questionWords(lex *Lexicon) []bool {
	blocked := make([]bool, len(a.runes))
	for i := 0; i < len(a.runes); i++ {
		if a.runes[i] == 0 {
			continue
		}
		if n := lex.questionWord(a.runes, i); n > 0 {
			for j := i; j < i+n; j++ {
				blocked[j] = true
			}
			i += n - 1
		}
	}
	return blocked
}

// addQuestionWords finds what the question asks for: its features without
// those that belong to question words.
func (a *analysis) addQuestionWords(lex *Lexicon) {
	blocked := a.questionWords(lex)
	for k, f := range a.features {
		for _, p := range f.positions {
			if !blocked[p] && !blocked[p+1] {
				a.asked.set(k)
				a.askedSum += f.idf
				break
			}
		}
	}
}

func (a *analysis) addPlaces() {
	g := a.names
	for i := 0; i < len(a.runes); i++ {
		p, ok := g.at(a.runes, i)
		if !ok {
			continue
		}
		if _, told := slices.BinarySearch(a.told, i); !told {
			a.places |= p.province
		}
		for j := i; j < i+len(p.name)-1; j++ {
			if k, ok := a.lookup.feature(BigramTerm(a.runes[j], a.runes[j+1])); ok {
				a.features[k].place = true
			}
		}
		i += len(p.name) - 1
	}
	if a.places != 0 {
		a.placeFirsts = g.firstsOf(a.places)
	}
}

func (a *analysis) addGroups(lex *Lexicon) {
	for _, e := range lex.Expand(a.runes) {
		g := group{Expansion: e}
		a.limited = a.limited || e.Within != Within{}
		for i := e.Start; i < e.End-1; i++ {
			if k, ok := a.lookup.feature(BigramTerm(a.runes[i], a.runes[i+1])); ok && !g.span.has(k) {
				g.span.set(k)
				g.value += a.features[k].idf
			}
		}
		head := a.lookup.entry(BigramTerm(e.folded[0], e.folded[1]))
		g.next, a.lookup.groups[head] = a.lookup.groups[head], int16(len(a.groups))
		a.groups = append(a.groups, g)
	}
}

// recall returns the weighted terms to ask an engine for.
func (a *analysis) recall(seg Segmenter) []Weighted {
	terms := make([]Weighted, 0, len(a.features)+len(a.words)+8*len(a.groups))
	seen := map[Term]bool{}
	add := func(t Term, w float32) {
		if !seen[t] {
			seen[t] = true
			terms = append(terms, Weighted{t, w})
		}
	}
	for _, f := range a.features {
		add(f.term, 1)
	}
	for _, w := range a.words {
		if len(w.runes) > 2 {
			add(WordTerm(string(w.runes)), 1)
		}
	}
	for _, g := range a.groups {
		Bigrams(g.To, func(t Term) { add(t, g.Weight) })
		for _, w := range seg.Long(g.To) {
			add(WordTerm(w), g.Weight)
		}
	}
	return terms
}

func numbersIn(runes []rune) []string {
	var out []string
	start := -1
	for i := 0; i <= len(runes); i++ {
		word := i < len(runes) && (runes[i] < utf8.RuneSelf && runes[i] != 0)
		switch {
		case word && start < 0:
			start = i
		case !word && start >= 0:
			out = append(out, string(runes[start:i]))
			start = -1
		}
	}
	return out
}

// mask is a set of features and of groups.
type mask struct {
	bits   [maxFeatures / 64]uint64
	groups uint32
}

func (m *mask) set(k int)      { m.bits[k>>6] |= 1 << (k & 63) }
func (m *mask) has(k int) bool { return m.bits[k>>6]&(1<<(k&63)) != 0 }
func (m *mask) or(o mask) {
	for i := range m.bits {
		m.bits[i] |= o.bits[i]
	}
	m.groups |= o.groups
}

// table maps bigrams to the question's features and to expansions that begin
// with them, by open addressing: a scan asks it for every character of every
// candidate.
type table struct {
	seconds  runeSet // second characters of the keys: most of a text is told off here
	keys     []uint32
	features []int16 // -1 where there is none
	groups   []int16 // first of the chain, -1 where there is none
	shift    uint
}

// runeSet is a set of characters of the Basic Multilingual Plane.
type runeSet [1 << 16 / 64]uint64

func (s *runeSet) add(r rune)      { s[uint16(r)>>6] |= 1 << (r & 63) }
func (s *runeSet) has(r rune) bool { return s[uint16(r)>>6]&(1<<(r&63)) != 0 }

const noKey = 0xffffffff // no bigram: its second half would be U+FFFF

func newTable(n int) table {
	size, shift := 64, uint(26)
	for size < 4*n {
		size, shift = size*2, shift-1
	}
	t := table{keys: make([]uint32, size), features: make([]int16, size), groups: make([]int16, size), shift: shift}
	for i := range t.keys {
		t.keys[i], t.features[i], t.groups[i] = noKey, -1, -1
	}
	return t
}

func (t *table) entry(term Term) int {
	i := t.slot(uint32(term))
	t.keys[i] = uint32(term)
	t.seconds.add(rune(term & 0xffff))
	return i
}

func (t *table) feature(term Term) (int, bool) {
	k := t.features[t.slot(uint32(term))]
	return int(k), k >= 0
}

func (t *table) slot(key uint32) int {
	i := int(key * 2654435761 >> t.shift)
	for t.keys[i] != noKey && t.keys[i] != key {
		i = (i + 1) & (len(t.keys) - 1)
	}
	return i
}

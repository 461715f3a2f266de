package index

import (
	"math"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Span is a byte range of a unit's Body.
type Span struct{ Start, End int }

// inside returns what of s lies in o.
func (s Span) inside(o Span) Span {
	start := min(max(s.Start, o.Start), o.End)
	return Span{start, max(start, min(s.End, o.End))}
}

// clause is a piece of Body between commas.
type clause struct {
	start, end     int // runes of Body
	startAt, endAt int // bytes of Body
	sentence       int
	found          mask
	hits           Span // its features in cutter.hits
}

// hit is a feature of the question at a rune of Body.
type hit struct{ feature, at int }

// cutter finds the piece of a unit that answers. It works on Body alone:
// Context was not written there.
type cutter struct {
	a         *analysis
	body      string
	weights   []float64 // of features, for this unit
	total     float64
	clauses   []clause
	sentences []mask
	first     []int // index of each sentence's first clause
	hits      []hit
	best      int // the clause that the question is best answered around
	about     int // the clause that has most of the question
	parts     []Clause
	chance    []float64 // of each clause, to be in the answer; they sum up to 1
	numbers   []float64
	folded    []rune
	ends      [2][maxPositions]int
}

var cutters = sync.Pool{New: func() any { return new(cutter) }}

const (
	leadRunes   = 80 // titles and introductions name the subject, they don't answer
	shortClause = 4
	longClause  = 60             // cut there where no comma comes, but in no number or bracket
	maxClause   = 2 * longClause // cut there in any case
)

// read finds the clause of a unit to cut around. What the cutter says holds
// until the next read.
func (c *cutter) read(a *analysis, u *Unit) { c.readPart(a, u, Span{0, len(u.Body)}) }

// readPart is read in a part of Body.
func (c *cutter) readPart(a *analysis, u *Unit, in Span) {
	*c = cutter{
		a: a, body: u.Body, weights: c.weights[:0], clauses: c.clauses[:0],
		sentences: c.sentences[:0], first: c.first[:0], hits: c.hits[:0], numbers: c.numbers[:0], chance: c.chance[:0], parts: c.parts[:0], folded: c.folded[:0],
	}
	c.split(u, in)
	if len(c.clauses) == 0 {
		return
	}
	c.weigh(u)
	c.judge()
}

// core returns the byte of Body where the words of the best clause begin: the
// blanks before them may belong to the passage above.
func (c *cutter) core() int {
	if len(c.clauses) == 0 {
		return 0
	}
	best := &c.clauses[c.best]
	text := c.body[best.startAt:best.endAt]
	words := strings.TrimLeftFunc(text, unicode.IsSpace)
	if words == "" {
		return best.startAt
	}
	return best.endAt - len(words)
}

// split notes clauses and sentences and what of the question is in each.
func (c *cutter) split(u *Unit, in Span) {
	t := foldTable()
	text := u.Body[:in.End]
	outside := c.a.outside(u)
	var last, before rune
	n, start, startAt := 0, 0, in.Start
	whole := 0 // up to this rune nothing is cut: a bracket, a title
	sentenceEnd := true
	var found mask
	for next := in.Start; next < len(text); {
		at := next
		r, size := ofThree(text, at), 3
		if r == 0 {
			r, size = utf8.DecodeRuneInString(text[at:])
		}
		next += size
		word := han(r) // no mark, no bracket, no blank
		var f rune
		if uint32(r) < 1<<16 {
			f = rune(t[r])
		}
		if f != 0 && last != 0 && c.a.lookup.seconds.has(f) {
			c.note(&found, BigramTerm(last, f), text, at, n, outside)
		}
		if last = f; n >= whole && !word {
			whole = n + bracketed(text[at:], r)
		}
		n++
		if word && n-start < longClause {
			before = r
			continue
		}
		end := at + size
		if blank := r == ' ' || r == '\u3000'; blank && n-1 == start && len(c.clauses) > 0 && before != '\n' {
			// Blanks between sentences begin no clause: what stands before them is over.
			cl := &c.clauses[len(c.clauses)-1]
			cl.end, cl.endAt = n, end
			start, startAt = n, end
			continue
		}
		over, ends := cutAfter(before, r, text[end:], n-start, n >= whole)
		if before = r; !over {
			continue
		}
		c.add(clause{start: start, end: n, startAt: startAt, endAt: end, found: found}, sentenceEnd)
		sentenceEnd, found = ends, mask{}
		start, startAt = n, end
	}
	if start < n {
		c.add(clause{start: start, end: n, startAt: startAt, endAt: in.End, found: found}, sentenceEnd)
	}
}

// note adds to what was found the features and the groups of words of the
// question that a pair of letters is of, whose second is the rune n, at a byte of
// a text.
func (c *cutter) note(found *mask, pair Term, text string, at, n int, outside uint32) {
	slot := c.a.lookup.slot(uint32(pair))
	if k := c.a.lookup.features[slot]; k >= 0 && (!c.a.features[k].number || !partOfNumber(text, at)) {
		found.set(int(k))
		c.hits = append(c.hits, hit{int(k), n})
	}
	for g := c.a.lookup.groups[slot]; g >= 0; g = c.a.groups[g].next {
		if outside&(1<<g) == 0 && startsFolded(text[at:], c.a.groups[g].folded[1:]) {
			found.groups |= 1 << g
		}
	}
}

// cutAfter reports whether a clause of some letters is over with r, between before
// and the rest of the text, and whether its sentence is. free says that no bracket
// and no title is open.
func cutAfter(before, r rune, rest string, letters int, free bool) (over, sentence bool) {
	stop, sentence := clauseEnd(r)
	if !stop && letters < longClause {
		return false, false
	}
	after, _ := utf8.DecodeRuneInString(rest)
	if stop && r != '\n' && (!free || isASCII(before) && isASCII(after) && r < utf8.RuneSelf) {
		stop, sentence = false, false
	}
	long := letters >= longClause && free && !(isASCII(r) && isASCII(after))
	return stop && (letters >= shortClause || sentence) || long || letters >= maxClause, sentence
}

// partOfNumber reports whether the digit at a byte of a text, with the one before
// it, is part of a longer number.
func partOfNumber(text string, at int) bool {
	return at+1 < len(text) && figure(rune(text[at+1])) || at > 1 && figure(rune(text[at-2]))
}

// isASCII reports whether a character is a Latin letter or a digit.
func isASCII(r rune) bool { return r < utf8.RuneSelf && Fold(r) != 0 }

// bracketed returns how many characters after r, which a text begins with, are
// part of what it opens: 0 where it opens nothing, or nothing that is short.
func bracketed(text string, r rune) int {
	var closes rune
	switch r {
	case '《':
		closes = '》'
	case '（':
		closes = '）'
	case '(':
		closes = ')'
	case '〔':
		closes = '〕'
	case '“':
		closes = '”'
	default:
		return 0
	}
	n, depth := 0, 0
	for _, x := range text {
		switch {
		case n >= longClause || x == '\n':
			return 0
		case x == r:
			depth++
		case x == closes:
			if depth--; depth == 0 {
				return n + 1
			}
		}
		n++
	}
	return 0
}

func (c *cutter) add(cl clause, opens bool) {
	if opens {
		c.first = append(c.first, len(c.clauses))
		c.sentences = append(c.sentences, mask{})
	}
	cl.sentence = len(c.sentences) - 1
	cl.hits = Span{0, len(c.hits)}
	if n := len(c.clauses); n > 0 {
		cl.hits.Start = c.clauses[n-1].hits.End
	}
	c.sentences[cl.sentence].or(cl.found)
	c.clauses = append(c.clauses, cl)
}

// clauseEnd reports whether a rune ends a clause, and whether a sentence too.
func clauseEnd(r rune) (clause, sentence bool) {
	switch r {
	case '。', '！', '？', '；', '\n', '!', '?', ';':
		return true, true
	case '，', '：', ',', ' ', '\u3000', '\t':
		return true, false
	}
	return false, false
}

func startsFolded(text string, folded []rune) bool {
	i := 0
	for _, r := range text {
		if i == len(folded) {
			return true
		}
		if Fold(r) != folded[i] {
			return false
		}
		i++
	}
	return i == len(folded)
}

// weigh gives each feature its weight in this unit: rare in the corpus, rare
// in the unit, less in the lead and in place names; none in question words.
func (c *cutter) weigh(u *Unit) {
	n := float64(len(c.sentences))
	c.numbers = append(c.numbers[:0], make([]float64, len(c.a.features))...)
	sf := c.numbers // sentences with each feature
	for _, m := range c.sentences {
		for w := range m.bits {
			for b := m.bits[w]; b != 0; b &= b - 1 {
				sf[w<<6+bits.TrailingZeros64(b)]++
			}
		}
	}
	lead := c.lead(u)
	for k, f := range c.a.features {
		c.weights = append(c.weights, 0)
		if !c.a.asked.has(k) {
			continue
		}
		w := f.idf * math.Log(1+n/(sf[k]+.5)) / math.Log(1+n/.5)
		if lead.has(k) {
			w *= c.a.weights.Anchor.Lead
		}
		if f.place {
			w *= c.a.weights.Anchor.Place
		}
		c.weights[k] = w
		c.total += w
	}
}

// lead returns the features in the first characters of title, headings and
// text.
func (c *cutter) lead(u *Unit) (m mask) {
	n := 0
	var last rune
	for _, part := range [...]string{u.Context, u.Body} {
		last = 0
		for _, r := range part {
			if n++; n > leadRunes {
				return m
			}
			f := Fold(r)
			if f != 0 && last != 0 {
				if k, ok := c.a.lookup.feature(BigramTerm(last, f)); ok {
					m.set(k)
				}
			}
			last = f
		}
	}
	return m
}

func (c *cutter) share(m mask) float64 {
	if c.total == 0 {
		return 0
	}
	sum := 0.0
	for w := range m.bits {
		for b := m.bits[w]; b != 0; b &= b - 1 {
			sum += c.weights[w<<6+bits.TrailingZeros64(b)]
		}
	}
	for g := m.groups; g != 0; g &= g - 1 {
		e := &c.a.groups[bits.TrailingZeros32(g)]
		for w := range m.bits {
			for b := e.span.bits[w] &^ m.bits[w]; b != 0; b &= b - 1 {
				sum += float64(e.Weight) * c.weights[w<<6+bits.TrailingZeros64(b)]
				m.bits[w] |= b & -b
			}
		}
	}
	return sum / c.total
}

// section returns the numbered passage in a piece which has most of the
// question in one sentence, and how many the piece has.
func (c *cutter) section(u *Unit, piece Span) (best Section, n int) {
	most := -1.0
	for _, p := range u.Passages {
		if p.Label == "" || p.Start < piece.Start || p.Start >= piece.End {
			continue
		}
		n++
		for i := range c.clauses {
			cl := &c.clauses[i]
			if cl.startAt < p.Start || cl.startAt >= p.End {
				continue
			}
			if share := c.share(c.sentences[cl.sentence]); share > most {
				most, best = share, Section{p.Anchor, p.Label}
			}
		}
	}
	return Section{strings.Clone(best.Anchor), strings.Clone(best.Label)}, n
}

// runs returns √Σ share² over the longest pieces of the question that stand in
// a clause word for word: one long piece counts more than many short ones.
func (c *cutter) runs(of Span) float64 {
	if c.total == 0 {
		return 0
	}
	squares, run := 0.0, 0.0
	var ends []int // where in the question the run may stand
	at := -2
	for i, h := range c.hits[of.Start:of.End] {
		next := follow(c.ends[i&1][:0], ends, c.a.features[h.feature].positions)
		if h.at != at+1 || len(next) == 0 {
			squares += run * run
			run, next = 0, c.a.features[h.feature].positions
		}
		run += c.weights[h.feature] / c.total
		ends, at = next, h.at
	}
	return math.Sqrt(squares + run*run)
}

// follow appends those positions to next that come right after one of ends.
func follow(next, ends, positions []int) []int {
	for _, p := range positions {
		if slices.Contains(ends, p-1) {
			next = append(next, p)
		}
	}
	return next
}

// window returns the piece of at most limit characters (120 or more) around the
// best clause that has the answer most likely: the chances of its clauses are
// the most, and it had better begin and end where a sentence does, and not
// leave off the line that a list begins with. It has whole rows of tables.
func (c *cutter) window(limit int) Span {
	if len(c.clauses) == 0 {
		return Span{}
	}
	from, to := c.best, c.best
	best := math.Inf(-1)
	for i := c.best; i >= 0 && c.clauses[c.best].end-c.clauses[i].start <= limit; i-- {
		j := i
		for j+1 < len(c.clauses) && c.clauses[j+1].end-c.clauses[i].start <= limit {
			j++
		}
		if score := c.piece(i, j); score > best {
			best, from, to = score, i, j
		}
	}
	from, to = c.settle(from, to, c.best)
	return wholeRows(c.body, Span{c.clauses[from].startAt, c.clauses[to].endAt}, c.core(), limit)
}

// piece says how good it is to show the clauses from i to j.
func (c *cutter) piece(i, j int) float64 {
	w := &c.a.weights.Snippet
	score := 0.0
	for k := i; k <= j; k++ {
		score += c.chance[k]
	}
	if i == 0 || c.clauses[i].sentence != c.clauses[i-1].sentence {
		score += w.Opens
		if i > 0 && c.opensList(i-1) {
			score -= w.List
		}
	}
	return score
}

// opensList reports whether a clause says that a list follows.
func (c *cutter) opensList(i int) bool {
	text := strings.TrimRight(c.body[c.clauses[i].startAt:c.clauses[i].endAt], " \u3000\n")
	return strings.HasSuffix(text, "：") || strings.HasSuffix(text, ":")
}

// settle trims a window to sentence bounds where that loses little of it and
// not its core.
func (c *cutter) settle(from, to, at int) (int, int) {
	spare := int(c.a.weights.Snippet.Settle * float64(c.clauses[to].end-c.clauses[from].start))
	if s := c.clauses[to].sentence; to+1 < len(c.clauses) && c.clauses[to+1].sentence == s {
		if end := c.first[s] - 1; end >= at && c.clauses[to].end-c.clauses[end].end <= spare {
			to = end
		}
	}
	if s := c.clauses[from].sentence; c.first[s] != from && s+1 < len(c.first) {
		if start := c.first[s+1]; start <= at && c.clauses[start].start-c.clauses[from].start <= spare {
			from = start
		}
	}
	return from, to
}

// Sentences returns the sentences of a text as byte ranges that cover it: they
// end after 。！？； and line ends.
func Sentences(text string) []Span {
	var out []Span
	start := 0
	for at, r := range text {
		if _, ends := clauseEnd(r); ends {
			end := at + utf8.RuneLen(r)
			out = append(out, Span{start, end})
			start = end
		}
	}
	if start < len(text) || len(out) == 0 {
		out = append(out, Span{start, len(text)})
	}
	return out
}

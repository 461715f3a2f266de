package meili

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/policybot/policybot/index"
)

// Limits of queries.
const (
	maxWords   = 10  // Meilisearch drops what follows
	maxLetters = 60  // of a word, in characters; longer ones are not indexed
	pairUnits  = 6   // the rarest words, of which every pair is asked for
	maxAlso    = 6   // other ways to say a word, of all words
	fullLimit  = 100 // of a probe, for which a query brings
	queryLimit = 40  // so many

	// Among so few units, single words and their parts are asked for as well,
	// which costs little there: what BM25 finds by a piece of a word would be
	// missing otherwise, where there is nothing better. What is common is not
	// cut off either, as long as all of it is no more than room.
	smallCorpus = 5000
	room        = 2000
	maxParts    = 12
)

// query is one of the searches of a probe.
type query struct {
	words []string
	all   bool // units have to have all of the words; otherwise the last may be missing
	limit int
}

// text is the query as Meilisearch takes it. It ends in a blank, so that the
// last word is a whole one.
func (q query) text() string { return strings.Join(q.words, " ") + " " }

// asking is a word of a probe as it is asked for.
type asking struct {
	text  []string
	units int
	parts []string
	whole bool // all units that have it are asked for
}

// planner makes the queries of a probe. One query loses a quarter of what BM25
// finds: its first word is never dropped, and each word that is dropped takes
// all after it along. So every pair of the rarest words is asked for as well,
// and a word that few units have by itself, which finds all its pairs at once.
type planner struct {
	limit, each int // that are wanted, and that a query brings
	small       bool
	room        int // for what is common in a small corpus
	words       []asking
	out         []query
}

func plan(p index.Probe) []query {
	limit := min(max(1, p.Limit), maxTotalHits)
	q := planner{limit: limit, each: max((limit*queryLimit+fullLimit-1)/fullLimit, 1), small: units(p.Words) < smallCorpus}
	if q.small {
		q.room = room
	}
	for _, w := range p.Words {
		text := clean(w.Text)
		if len(text) > 0 && w.Units > 0 && !slices.ContainsFunc(q.words, func(o asking) bool { return slices.Equal(o.text, text) }) {
			q.words = append(q.words, asking{text, w.Units, clean(w.Parts...), len(q.words) < maxWords && q.fits(w.Units)})
		}
	}
	q.together()
	q.pairs()
	q.singles()
	q.otherwise(p.Words)
	if q.small {
		q.parts()
		q.rest(p.Rest)
	}
	return q.out
}

// units tells how many units there are, by how rare a word is.
func units(words []index.ProbeWord) int {
	for _, w := range words {
		if n := (math.Exp(w.IDF)-1)*(float64(w.Units)+.5) + float64(w.Units) - .5; n >= 1 && n < 1e9 {
			return int(n)
		}
	}
	return smallCorpus
}

// fits reports whether all units that have a word can be asked for.
func (q *planner) fits(units int) bool {
	if units <= q.limit {
		return true
	}
	if units > min(q.room, maxTotalHits) {
		return false
	}
	q.room -= units
	return true
}

// most is how many units a word by itself brings.
func (q *planner) most(w asking) int {
	if w.whole {
		return max(q.limit, w.units)
	}
	return q.limit
}

func (q *planner) add(limit int, all bool, words ...string) {
	if len(words) > 0 {
		q.out = append(q.out, query{words[:min(len(words), maxWords)], all, limit})
	}
}

// together asks for all words, the commonest of which may be missing.
func (q *planner) together() {
	limit := q.each
	if len(q.words) <= 3 { // there are few other queries
		limit = min(2*q.limit, maxTotalHits)
		if len(q.words) > 0 { // whose first is not asked for by itself
			limit = max(limit, q.most(q.words[0]))
		}
	}
	q.add(limit, false, q.flat()...)
}

// alone reports whether a word is asked for by itself.
func (q *planner) alone(i int) bool {
	return len(q.words) > 1 && (len(q.words) <= 3 || q.small || q.words[i].whole)
}

func (q *planner) pairs() {
	top := q.words[:min(len(q.words), pairUnits)]
	for i, a := range top {
		for _, b := range top[i+1:] {
			found := a.whole || b.whole     // by the one of them alone
			if len(q.words) > 2 && !found { // of two words, the first query begins with the pair
				q.add(q.each, true, slices.Concat(a.text, b.text)...)
			}
		}
	}
}

func (q *planner) singles() {
	for i, w := range q.words[:min(len(q.words), maxWords)] {
		if q.alone(i) && (i > 0 || len(q.words) > 2) {
			q.add(q.most(w), true, w.text...)
		}
	}
}

// otherwise asks for other ways to say a word, together with the other words.
func (q *planner) otherwise(words []index.ProbeWord) {
	n := 0
	for i, w := range words {
		for _, a := range w.Also {
			other := clean(a.Words...)
			if len(other) == 0 || n == maxAlso {
				continue
			}
			n++
			for k := range q.words {
				if k != i {
					other = append(other, q.words[k].text...)
				}
			}
			q.add(q.each, false, other...)
		}
	}
}

// parts asks for the shorter words in the words.
func (q *planner) parts() {
	var done []string
	for _, w := range q.words {
		for _, part := range w.parts {
			if len(done) < maxParts && !slices.Contains(done, part) && !slices.Equal(w.text, []string{part}) {
				done = append(done, part)
				q.add(q.each, true, part)
			}
		}
	}
}

// rest asks for the words of the question that ask: in a small corpus they are
// at times all that the right unit has of it.
func (q *planner) rest(words []index.ProbeWord) {
	for _, w := range words[:min(len(words), maxWords)] {
		limit := q.each
		if q.fits(w.Units) {
			limit = max(limit, w.Units)
		}
		q.add(limit, true, clean(w.Text)...)
	}
}

func (q *planner) flat() (out []string) {
	for _, w := range q.words {
		out = append(out, w.text...)
	}
	return out
}

// clean leaves letters and digits alone: quotes and minus signs are operators,
// and what separates words there is to separate them here.
func clean(texts ...string) []string {
	var out []string
	for _, text := range texts {
		for _, w := range strings.FieldsFunc(text, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) || r == unicode.ReplacementChar
		}) {
			if r := []rune(w); len(r) > maxLetters {
				w = string(r[:maxLetters])
			}
			if out = append(out, w); len(out) == maxWords {
				return out
			}
		}
	}
	return out
}

// filters writes a filter as Meilisearch takes it: all of them have to be met.
// Those that it cannot tell are left out: the Shelf filters again.
//
// Most units are in force on most days. That few are not is sooner known than
// that many are.
func filters(f index.Filter) (out []string) {
	readers := quoted(reader(""))
	own, ok := quotable(reader(f.Account))
	if f.Account != "" {
		readers += ", " + own
	}
	if ok {
		out = append(out, accountField+" IN ["+readers+"]")
	}
	if f.Own {
		out = append(out, sampleField+" = false")
	}
	if f.Day != "" {
		day := strconv.Itoa(dayNumber(f.Day, always))
		out = append(out, "NOT "+untilField+" <= "+day, "NOT "+fromField+" > "+day)
	}
	for _, one := range [][2]string{{kindField, string(f.Kind)}, {regionField, f.Region}, {agencyField, f.Agency}} {
		if q, ok := quotable(one[1]); ok && one[1] != "" {
			out = append(out, one[0]+" = "+q)
		}
	}
	return out
}

// quotable writes a value of a filter in quotes. One with a backslash cannot
// be written: it stands for itself and for what follows.
func quotable(value string) (string, bool) {
	if strings.ContainsRune(value, '\\') {
		return "", false
	}
	return quoted(value), true
}

func quoted(value string) string { return `"` + strings.ReplaceAll(value, `"`, `\"`) + `"` }

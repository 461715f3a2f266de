package meili

import (
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
	fullLimit  = 100 // of a probe, for which each query brings
	queryLimit = 40  // so many
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

// plan makes the queries of a probe. One query loses a quarter of what BM25
// finds: its first word is never dropped, and each word that is dropped takes
// all before it along. So every pair of the rarest words is asked for as well.
func plan(p index.Probe) []query {
	words := make([][]string, 0, len(p.Words))
	var also [][]string
	for i := range p.Words {
		w := clean(p.Words[i].Text)
		for _, a := range p.Words[i].Also {
			if other := clean(a.Words...); len(other) > 0 && len(also) < maxAlso {
				also = append(also, slices.Concat(other, flat(words), rest(p.Words[i+1:])))
			}
		}
		if len(w) > 0 && p.Words[i].Units > 0 && !slices.ContainsFunc(words, func(o []string) bool { return slices.Equal(o, w) }) {
			words = append(words, w)
		}
	}
	return limited(queries(words, also), max(1, p.Limit))
}

func queries(words, also [][]string) []query {
	var out []query
	if len(words) > 0 {
		out = append(out, query{words: flat(words)})
	}
	top := words[:min(len(words), pairUnits)]
	for i, a := range top {
		for _, b := range top[i+1:] {
			if len(words) > 2 { // of two words, the first query begins with the pair
				out = append(out, query{words: slices.Concat(a, b), all: true})
			}
		}
		if i > 0 && len(words) <= 3 { // few words: each may be all that a unit has
			out = append(out, query{words: a, all: true})
		}
	}
	for _, w := range also {
		out = append(out, query{words: w})
	}
	for i := range out {
		out[i].words = out[i].words[:min(len(out[i].words), maxWords)]
	}
	return out
}

// limited says how many each query brings, so that together they bring enough.
func limited(all []query, limit int) []query {
	each := max((limit*queryLimit+fullLimit-1)/fullLimit, 1)
	if len(all) <= 4 {
		each = limit
	}
	for i := range all {
		all[i].limit = min(each, maxTotalHits)
	}
	return all
}

func flat(words [][]string) []string { return slices.Concat(words...) }

func rest(words []index.ProbeWord) (out []string) {
	for i := range words {
		if words[i].Units > 0 && len(out) < maxWords {
			out = append(out, clean(words[i].Text)...)
		}
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
func filters(f index.Filter) []string {
	readers := quoted(reader(""))
	if q, ok := quotable(reader(f.Account)); ok {
		readers += ", " + q
		out := []string{accountField + " IN [" + readers + "]"}
		return append(out, narrower(f)...)
	}
	return narrower(f)
}

func narrower(f index.Filter) (out []string) {
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

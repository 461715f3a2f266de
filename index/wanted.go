package index

import (
	"slices"
	"strings"
)

// soughtWord is a word of a search with the words that mean it, all folded.
type soughtWord struct {
	forms   []string // its own first
	letters []uint64 // of each form
}

// titles reports whether a document's title has the word.
func (w *soughtWord) titles(e *entry) bool {
	for i, f := range w.forms {
		if w.letters[i]&^e.letters == 0 && strings.Contains(e.title, f) {
			return true
		}
	}
	return false
}

// named reports whether its title, number or agency has the word.
func (w *soughtWord) named(e *entry) bool {
	for i, f := range w.forms {
		if w.letters[i]&^e.letters == 0 && (strings.Contains(e.title, f) || strings.Contains(e.issued, f)) {
			return true
		}
	}
	return false
}

// lettersOf returns a set of 64 kinds of characters that a text has: one that
// lacks a word's has not the word, which tells most texts off at once.
func lettersOf(texts ...string) (set uint64) {
	for _, text := range texts {
		for _, r := range text {
			set |= 1 << (uint32(r) * 2654435761 >> 26)
		}
	}
	return set
}

// wanted returns the word as an engine looks for it.
func (w *soughtWord) wanted() Wanted {
	out := make(Wanted, len(w.forms))
	for i, f := range w.forms {
		Bigrams(f, func(t Term) { out[i] = append(out[i], t) })
	}
	return out
}

// sought returns the significant words of a search: the longest words that the
// segmenter and the lexicon know, and what lies between them where that is two
// characters or more; without question words, unless there is nothing else.
func (a *analysis) sought(lex *Lexicon) []soughtWord {
	pieces := a.pieces()
	blocked := a.questionWords(lex)
	significant := func(p Span) bool { return slices.Contains(blocked[p.Start:p.End], false) }
	if slices.ContainsFunc(pieces, significant) {
		pieces = slices.DeleteFunc(pieces, func(p Span) bool { return !significant(p) })
	}
	var out []soughtWord
	for _, p := range pieces {
		w := soughtWord{forms: a.forms(p)}
		for _, f := range w.forms {
			w.letters = append(w.letters, lettersOf(f))
		}
		known := func(o soughtWord) bool { return o.forms[0] == w.forms[0] }
		if len(out) < MaxWanted && !slices.ContainsFunc(out, known) {
			out = append(out, w)
		}
	}
	return out
}

// pieces cuts the text into words, as ranges of runes in the order of the text.
func (a *analysis) pieces() []Span {
	var found []Span
	for _, w := range a.words {
		for i := range a.runes {
			if hasPrefix(a.runes[i:], w.runes) {
				found = append(found, Span{i, i + len(w.runes)})
			}
		}
	}
	for i := range a.groups {
		if e := &a.groups[i]; e.End-e.Start > 1 && e.Within == (Within{}) {
			found = append(found, Span{e.Start, e.End})
		}
	}
	within := func(p Span) bool {
		return slices.ContainsFunc(found, func(o Span) bool {
			return o != p && o.Start <= p.Start && p.End <= o.End
		})
	}
	covered := make([]bool, len(a.runes))
	var out []Span
	for _, p := range found {
		if within(p) || slices.Contains(out, p) {
			continue
		}
		out = append(out, p)
		for i := p.Start; i < p.End; i++ {
			covered[i] = true
		}
	}
	start := 0
	for i := 0; i <= len(a.runes); i++ {
		if i < len(a.runes) && a.runes[i] != 0 && !covered[i] {
			continue
		}
		if i-start >= 2 {
			out = append(out, Span{start, i})
		}
		start = i + 1
	}
	slices.SortFunc(out, func(p, o Span) int { return p.Start - o.Start })
	return out
}

// forms returns a word and what the lexicon says for it: for the whole of it,
// for more around it, or for a part of it.
func (a *analysis) forms(p Span) []string {
	out := []string{string(a.runes[p.Start:p.End])}
	for i := range a.groups {
		e := &a.groups[i].Expansion
		to := string(e.folded)
		switch {
		case e.Within != Within{}:
			continue
		case e.Start <= p.Start && p.End <= e.End:
		case p.Start <= e.Start && e.End <= p.End:
			to = string(a.runes[p.Start:e.Start]) + to + string(a.runes[e.End:p.End])
		default:
			continue
		}
		if !slices.Contains(out, to) {
			out = append(out, to)
		}
	}
	return out
}

// Marker finds the words of a search in a text.
type Marker struct{ forms map[rune][][]rune }

func newMarker(words []soughtWord) Marker {
	m := Marker{map[rune][][]rune{}}
	for _, w := range words {
		for _, f := range w.forms {
			r := []rune(f)
			m.forms[r[0]] = append(m.forms[r[0]], r)
		}
	}
	return m
}

// Spans returns where the text has words of the search, as byte ranges in
// order that neither touch nor overlap. Case, width and traditional characters
// don't matter.
func (m Marker) Spans(text string) []Span {
	var out []Span
	for at, r := range text {
		n := 0
		for _, f := range m.forms[Fold(r)] {
			n = max(n, foldedPrefix(text[at:], f))
		}
		switch last := len(out) - 1; {
		case n == 0:
		case last >= 0 && out[last].End >= at:
			out[last].End = max(out[last].End, at+n)
		default:
			out = append(out, Span{at, at + n})
		}
	}
	return out
}

// foldedPrefix returns how many bytes of a text, folded, are a word; 0 where
// it doesn't begin with it.
func foldedPrefix(text string, word []rune) int {
	i := 0
	for at, r := range text {
		if i == len(word) {
			return at
		}
		if Fold(r) != word[i] {
			return 0
		}
		i++
	}
	if i < len(word) {
		return 0
	}
	return len(text)
}

package index

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxProbe is how many words of a question an engine outside of this process
// is asked for: of more the rarest.
const maxProbe = 32

// probe returns what an engine outside of this process is asked. It has no
// words where the question has none.
func (a *analysis) probe(w *wording, stats Statistics, f Filter, limit int) Probe {
	p := prober{analysis: a, seg: w.segmenter, stats: stats, blocked: a.questionWords(w.lexicon)}
	pieces := p.cut()
	some := slices.ContainsFunc(pieces, p.significant)
	for _, s := range pieces {
		if !some || p.significant(s) {
			p.add(s)
		} else {
			p.leave(s)
		}
	}
	for i := range a.groups {
		p.expand(&a.groups[i])
	}
	p.words = slices.DeleteFunc(p.words, func(w ProbeWord) bool { return w.Units == 0 && len(w.Also) == 0 })
	slices.SortStableFunc(p.words, func(x, y ProbeWord) int { return cmp.Compare(y.IDF, x.IDF) })
	return Probe{Words: p.words[:min(len(p.words), maxProbe)], Rest: p.rest[:min(len(p.rest), maxProbe)], Filter: f, Limit: limit}
}

// prober collects the words of a probe.
type prober struct {
	*analysis
	seg     Segmenter
	stats   Statistics
	blocked []bool // runes of question words
	words   []ProbeWord
	spans   []Span // of words, in runes
	rest    []ProbeWord
}

// cut returns the words of the question that do not overlap, in order.
func (p *prober) cut() []Span {
	text := strings.Map(func(r rune) rune {
		if r == 0 {
			return ' '
		}
		return r
	}, string(p.runes))
	var out []Span
	at := 0
	for _, w := range p.seg.Cut(text) {
		word := []rune(w)
		for at < len(p.runes) && !hasPrefix(p.runes[at:], word) {
			at++
		}
		if at == len(p.runes) {
			break // a segmenter that cuts what is not there
		}
		out = append(out, Span{at, at + len(word)})
		at += len(word)
	}
	return out
}

// significant reports whether a piece is more than question words.
func (p *prober) significant(s Span) bool { return slices.Contains(p.blocked[s.Start:s.End], false) }

// add adds a word of the question; one that no unit has by the words in it.
func (p *prober) add(s Span) {
	for _, w := range p.known(string(p.runes[s.Start:s.End])) {
		if !slices.ContainsFunc(p.words, func(o ProbeWord) bool { return o.Text == w.Text }) {
			p.words, p.spans = append(p.words, w), append(p.spans, s)
		}
	}
}

// leave notes a word that asks, where units have it.
func (p *prober) leave(s Span) {
	w := p.word(string(p.runes[s.Start:s.End]))
	if w.Units > 0 && !slices.ContainsFunc(p.rest, func(o ProbeWord) bool { return o.Text == w.Text }) {
		p.rest = append(p.rest, w)
	}
}

// known returns a word as the units have it: itself, or the place without
// 省, 市, 区 or 县 where more of them have that, or the words in it.
func (p *prober) known(text string) []ProbeWord {
	w := p.word(text)
	if short, ok := p.shorter(text); ok && short.Units > w.Units {
		return []ProbeWord{short}
	}
	if w.Units > 0 {
		return []ProbeWord{w}
	}
	var out []ProbeWord
	for _, part := range w.Parts {
		if q := p.word(part); q.Units > 0 {
			out = append(out, q)
		}
	}
	return out
}

// word looks a word up in the statistics.
func (p *prober) word(text string) ProbeWord {
	w := ProbeWord{Text: text, Units: p.stats.DocFreq(termOf(text))}
	w.IDF = idfOf(w.Units, collection(p.stats))
	for _, part := range p.seg.Words(text) {
		if part != text && !slices.Contains(w.Parts, part) {
			w.Parts = append(w.Parts, part)
		}
	}
	return w
}

// termOf is the term of a folded word of two or more characters.
func termOf(word string) Term {
	if utf8.RuneCountInString(word) > 2 {
		return WordTerm(word)
	}
	r := []rune(word)
	return BigramTerm(r[0], r[len(r)-1])
}

// shorter returns a place without the kind of place that it is.
func (p *prober) shorter(text string) (ProbeWord, bool) {
	r := []rune(text)
	last := len(r) - 1
	if last < 2 || !strings.ContainsRune("省市区县", r[last]) {
		return ProbeWord{}, false
	}
	if name, ok := p.names.at(r, 0); !ok || len(name.name) < last {
		return ProbeWord{}, false
	}
	return p.word(string(r[:last])), true
}

// expand adds what the lexicon says for a piece of the question to the rarest
// word in it. A piece in which there is none is a word of its own, as rare as
// what it is said by.
func (p *prober) expand(g *group) {
	also, idf := p.also(g)
	at := p.rarest(Span{g.Start, g.End})
	if at < 0 && g.End-g.Start > 1 {
		at = len(p.words)
		p.words = append(p.words, p.word(string(p.runes[g.Start:g.End])))
		p.spans = append(p.spans, Span{g.Start, g.End})
	}
	if at < 0 || len(also.Words) == 0 || len(also.Words) == 1 && also.Words[0] == p.words[at].Text {
		return
	}
	w := &p.words[at]
	if w.Units == 0 && (len(w.Also) == 0 || idf > w.IDF) {
		w.IDF = idf
	}
	w.Also = append(w.Also, also)
}

// also cuts an expansion and returns what it counts.
func (p *prober) also(g *group) (also Also, idf float64) {
	also.Weight = float64(g.Weight)
	for _, w := range p.seg.Cut(string(g.folded)) {
		for _, k := range p.known(w) {
			also.Words = append(also.Words, k.Text)
			idf = max(idf, also.Weight*k.IDF)
		}
	}
	return also, idf
}

// rarest returns the rarest word in a piece of the question; -1 is none.
func (p *prober) rarest(piece Span) int {
	at := -1
	for i, s := range p.spans {
		if s.Start < piece.End && piece.Start < s.End && (at < 0 || p.words[i].IDF > p.words[at].IDF) {
			at = i
		}
	}
	return at
}

package index

import (
	"math/bits"
	"strings"
	"sync"
	"unicode/utf8"
)

// scan is what one pass over a unit's text finds of a question.
type scan struct {
	runes     []rune // folded: Context, a separator, Body
	length    int    // bigrams
	tf        []uint32
	wordTF    []uint32
	groupTF   []uint32
	sentences []sentence
	all       mask // found anywhere
	lead80    mask // found in the first 80 characters
	lead150   mask
	places    Provinces // of the question's: one that the unit names
	leadPlace Provinces // in the first 100 characters
	askedAt   int       // index in runes where the questions in Context begin
	bodyAt    int       // index in runes where Body begins
	hidden    []bool    // bigrams of a word that only looks like one asked for; nil: none
	outside   uint32    // groups that do not count in this unit
}

type sentence struct {
	start, end int // in runes
	found      mask
	alone      bool // a question of people: the next one has nothing to do with it
}

// A sentence shorter than this is glued to the next: a numbered heading or a
// salutation is no context of its own.
const shortSentence = 12

var scans = sync.Pool{New: func() any { return new(scan) }}

// read scans a unit. The result is valid until the next read.
func (s *scan) read(a *analysis, u *Unit) {
	s.reset(a)
	above, questions := u.above()
	if above != "" {
		s.part(above)
		s.close()
		s.runes = append(s.runes, 0)
	}
	s.askedAt = len(s.runes)
	s.questions(questions)
	s.bodyAt = len(s.runes)
	s.part(u.Body)
	s.close()
	s.hidden, s.outside = nil, a.outside(u)
	for _, p := range a.others {
		s.hidden = p.hide(s.runes, s.hidden)
	}
	s.match(a)
	if a.places != 0 {
		s.places = a.names.mentions(s.runes, a.places, a.placeFirsts)
		lead := len(s.runes)
		if s.askedAt < s.bodyAt {
			lead = s.askedAt
		}
		s.leadPlace = a.names.in(s.runes[:min(100, lead)])
	}
}

// questions reads the questions that people ask for the passage, a line each:
// each is a sentence of its own, however short.
func (s *scan) questions(lines string) {
	if lines == "" {
		return
	}
	for line := range strings.SplitSeq(lines, "\n") {
		s.part(line)
		s.runes = append(s.runes, 0)
		start := 0
		if n := len(s.sentences); n > 0 {
			start = s.sentences[n-1].end
		}
		s.sentences = append(s.sentences, sentence{start: start, end: len(s.runes), alone: true})
	}
}

func (s *scan) reset(a *analysis) {
	s.runes, s.sentences = s.runes[:0], s.sentences[:0]
	s.tf = zeroed(s.tf, len(a.features))
	s.wordTF = zeroed(s.wordTF, len(a.words))
	s.groupTF = zeroed(s.groupTF, len(a.groups))
	s.length, s.bodyAt = 0, 0
	s.all, s.lead80, s.lead150 = mask{}, mask{}, mask{}
	s.places, s.leadPlace = 0, 0
}

func zeroed(b []uint32, n int) []uint32 {
	if cap(b) < n {
		return make([]uint32, n)
	}
	b = b[:n]
	clear(b)
	return b
}

// part folds a text and notes where its sentences end: after 。！？； and line
// ends, and at blanks that don't stand between Latin letters or digits.
func (s *scan) part(text string) {
	t := foldTable()
	blank := false
	for at := 0; at < len(text); {
		r, size := ofThree(text, at), 3
		if r == 0 {
			r, size = utf8.DecodeRuneInString(text[at:])
		}
		at += size
		if han(r) {
			if blank {
				s.end()
				blank = false
			}
			s.runes = append(s.runes, rune(t[r]))
			continue
		}
		var f rune
		if uint32(r) < 1<<16 {
			f = rune(t[r])
		}
		if blank && !(f != 0 && f < 0x80 && s.lastASCII()) {
			s.end()
		}
		blank = r == ' ' || r == '\u3000' || r == '\t'
		s.runes = append(s.runes, f)
		switch r {
		case '。', '！', '？', '；', '\n', '!', '?', ';':
			s.end()
		}
	}
}

// han reports whether a character is of CJK Unified Ideographs: no mark, no blank.
func han(r rune) bool { return r >= 0x4E00 && r <= 0x9FFF }

// ofThree is the character whose three bytes begin at one of a text, 0 where
// there is none: nearly all of a Chinese text, and quicker told than runes in
// general are decoded.
func ofThree(text string, at int) (r rune) {
	if at+2 < len(text) && text[at]>>4 == 0xE && text[at+1]^0x80|text[at+2]^0x80 <= 0x3F {
		r = rune(text[at]&0xF)<<12 | rune(text[at+1]&0x3F)<<6 | rune(text[at+2]&0x3F)
		if r < 0x800 || r>>11 == 0x1B { // overlong, a surrogate
			r = 0
		}
	}
	return r
}

func (s *scan) lastASCII() bool {
	n := len(s.runes)
	return n > 1 && s.runes[n-2] != 0 && s.runes[n-2] < 0x80
}

func (s *scan) end() {
	start := 0
	if n := len(s.sentences); n > 0 {
		start = s.sentences[n-1].end
	}
	if len(s.runes)-start >= shortSentence {
		s.sentences = append(s.sentences, sentence{start: start, end: len(s.runes)})
	}
}

// close ends the part: what is too short for a sentence belongs to the last.
func (s *scan) close() {
	n := len(s.sentences)
	switch {
	case n == 0:
		s.sentences = append(s.sentences, sentence{end: len(s.runes)})
	case s.sentences[n-1].end == len(s.runes):
	case len(s.runes)-s.sentences[n-1].end < shortSentence && s.sentences[n-1].end > s.bodyAt:
		s.sentences[n-1].end = len(s.runes)
	default:
		s.sentences = append(s.sentences, sentence{start: s.sentences[n-1].end, end: len(s.runes)})
	}
}

// match looks every bigram of the text up in the question.
func (s *scan) match(a *analysis) {
	at := 0
	var found mask
	for i := 1; i < len(s.runes); i++ {
		for i-1 >= s.sentences[at].end {
			s.sentences[at].found = found
			s.all.or(found)
			found = mask{}
			at++
		}
		x, y := s.runes[i-1], s.runes[i]
		if x == 0 || y == 0 {
			continue
		}
		s.length++
		if !a.lookup.seconds.has(y) || s.hidden != nil && s.hidden[i-1] {
			continue
		}
		slot := a.lookup.slot(uint32(BigramTerm(x, y)))
		if a.lookup.keys[slot] == noKey {
			continue
		}
		if k := a.lookup.features[slot]; k >= 0 && (!a.features[k].number || wholeNumber(s.runes, i-1)) {
			s.tf[k]++
			found.set(int(k))
			s.words(a, int(k), i-1)
		}
		for g := a.lookup.groups[slot]; g >= 0; g = a.groups[g].next {
			if s.outside&(1<<g) == 0 && hasPrefix(s.runes[i-1:], a.groups[g].folded) {
				s.groupTF[g]++
				found.groups |= 1 << g
			}
		}
		lead := i
		if i >= s.askedAt { // the questions are no lead
			if i < s.bodyAt {
				continue
			}
			lead -= s.bodyAt - s.askedAt
		}
		if lead <= 150 {
			s.lead150.or(found)
			if lead <= 80 {
				s.lead80.or(found)
			}
		}
	}
	if at < len(s.sentences) {
		s.sentences[at].found = found
		s.all.or(found)
	}
}

// follows reports whether the j-th sentence goes on where the i-th, not far before
// it, is.
func (s *scan) follows(i, j int) bool {
	return j < len(s.sentences) && !s.sentences[i].alone && !s.sentences[j].alone
}

func (s *scan) words(a *analysis, head, at int) {
	for w := range a.words {
		f := &a.words[w]
		if f.head == head && f.two < 0 && hasPrefix(s.runes[at:], f.runes) {
			s.wordTF[w]++
		}
	}
}

// covered returns the idf that a set of found features and groups is worth,
// at most that of all features in within.
func (a *analysis) covered(m, within mask) float64 {
	sum := 0.0
	for w := range m.bits {
		for b := m.bits[w] & within.bits[w]; b != 0; b &= b - 1 {
			sum += a.features[w<<6+bits.TrailingZeros64(b)].idf
		}
	}
	for g := m.groups; g != 0; g &= g - 1 {
		e := &a.groups[bits.TrailingZeros32(g)]
		for w := range m.bits {
			for b := e.span.bits[w] & within.bits[w] &^ m.bits[w]; b != 0; b &= b - 1 {
				sum += float64(e.Weight) * a.features[w<<6+bits.TrailingZeros64(b)].idf
				m.bits[w] |= b & -b // credited once, by the first expansion found
			}
		}
	}
	return sum
}

// every is the mask of all features.
func (a *analysis) every() (m mask) {
	for k := range a.features {
		m.set(k)
	}
	return m
}

package index

import (
	"slices"
	"strings"
)

// A spoken word is a word of the question with what it weighs: the rarer it is
// in the language, the more it says of what is asked. A corpus on one topic
// says of its own words that they are common, and of chat that it is rare.
type spokenWord struct {
	bigrams mask
	weight  float64
}

// rarities is a Segmenter that knows how rare words are.
type rarities interface{ Rarity(word string) float64 }

// addSpoken finds the words of the question, without those that ask.
func (a *analysis) addSpoken(words []string, seg Segmenter) {
	rare, ok := seg.(rarities)
	if !ok {
		return
	}
	for _, word := range words {
		s := spokenWord{weight: rare.Rarity(word)}
		asked, told := false, true
		var last rune
		for _, r := range word {
			if k, ok := a.lookup.feature(BigramTerm(last, r)); ok && last != 0 {
				s.bigrams.set(k)
				asked = asked || a.asked.has(k)
				told = told && a.features[k].idf < a.features[k].full
			}
			last = r
		}
		if !asked {
			continue
		}
		if told {
			s.weight *= toldShare
		}
		a.spoken = append(a.spoken, s)
		a.spokenSum += s.weight
	}
}

// longest returns the words of a text that are not inside of the longer one that
// a segmenter gives after them. Cutting the text once more would cost a tenth of
// the question.
func longest(words []string) []string {
	out := make([]string, 0, len(words))
	for i := len(words) - 1; i >= 0; i-- {
		if n := len(out); n == 0 || len(words[i]) >= len(out[n-1]) || !strings.Contains(out[n-1], words[i]) {
			out = append(out, words[i])
		}
	}
	slices.Reverse(out)
	return out
}

// said returns the share of the question's words, by how rare they are, that
// the beginning of the unit and two consecutive sentences have together. A word
// is had where all its bigrams are, or, with its weight, an expansion of it.
func (a *analysis) said(s *scan) float64 {
	best := 0.0
	for i := range s.sentences {
		if s.sentences[i].found.none() {
			continue // the next one has no less without it
		}
		m := s.lead80
		m.or(s.sentences[i].found)
		if s.follows(i, i+1) {
			m.or(s.sentences[i+1].found)
		}
		best = max(best, a.spokenIn(m))
	}
	return share(best, a.spokenSum)
}

func (a *analysis) spokenIn(m mask) float64 {
	sum := 0.0
	for w := range a.spoken {
		switch word := &a.spoken[w]; {
		case m.contains(word.bigrams):
			sum += word.weight
		case m.groups != 0:
			sum += word.weight * a.insteadOf(m.groups, word.bigrams)
		}
	}
	return sum
}

// insteadOf returns the best weight of the expansions, a set, that stand for a
// piece of the question with these bigrams.
func (a *analysis) insteadOf(groups uint32, bigrams mask) float64 {
	best := 0.0
	for g := range a.groups {
		if groups&(1<<g) != 0 && a.groups[g].span.contains(bigrams) {
			best = max(best, float64(a.groups[g].Weight))
		}
	}
	return best
}

// none reports whether the set is empty.
func (m *mask) none() bool {
	for _, b := range m.bits {
		if b != 0 {
			return false
		}
	}
	return m.groups == 0
}

// contains reports whether all features of o are in m.
func (m *mask) contains(o mask) bool {
	for i := range m.bits {
		if o.bits[i]&^m.bits[i] != 0 {
			return false
		}
	}
	return true
}

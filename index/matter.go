package index

import (
	"slices"
	"strings"
)

// A matter is a word of a question that names what it is about, not how it is
// asked: of 护照快过期了去哪换 the 护照. What answers has it, or says it in other
// words.

// nouns is a Segmenter that knows which words name a thing. Of one that does
// not, no word does.
type nouns interface{ Noun(word string) bool }

// Atoms returns the words that are not made of others of them: 结婚 and 登记 of
// 结婚登记, but 大学生 of 大学, 学生 and 大学生.
func Atoms(words []string) []string {
	var out []string
	for _, w := range words {
		if !slices.Contains(out, w) && !tiled(w, words) {
			out = append(out, w)
		}
	}
	return slices.DeleteFunc(slices.Clone(out), func(w string) bool {
		return slices.ContainsFunc(out, func(o string) bool { return o != w && strings.Contains(o, w) })
	})
}

// tiled reports whether a word is several of the others side by side.
func tiled(w string, words []string) bool {
	for _, o := range words {
		rest, ok := strings.CutPrefix(w, o)
		if ok && rest != "" && (slices.Contains(words, rest) || tiled(rest, words)) {
			return true
		}
	}
	return false
}

// addMatters finds the words that the question is about, as places in words.
func (a *analysis) addMatters() {
	all := make([]string, len(a.words))
	for w := range a.words {
		all[w] = string(a.words[w].runes)
	}
	atoms := Atoms(all)
	for w := range a.words {
		if a.asked.has(a.words[w].head) && slices.Contains(atoms, all[w]) {
			a.matters = append(a.matters, w)
		}
	}
}

// about adds to f whether the best unit, which s has read, has one at most of
// several words that the question is about, and how much of the rarest of them
// it lacks: of those that some unit has, and of those that name a thing.
func (a *analysis) about(f *Features, s *scan) {
	got, rarest, thing := 0, 0.0, 0.0
	for _, w := range a.matters {
		word, here := &a.words[w], a.wordIn(s, w)
		if here > 0 {
			got++
		}
		if word.idf > rarest && (word.df > 0 || a.expanded(word.head)) {
			rarest, f.Lost = word.idf, 1-here
		}
		if word.noun && word.idf > thing {
			thing, f.NounLost = word.idf, 1-here
		}
	}
	f.One = oneIf(got <= 1 && len(a.matters) > 1)
}

// wordIn returns 1 where the unit has a word, the weight of what it has for it
// else.
func (a *analysis) wordIn(s *scan, w int) float64 {
	word := &a.words[w]
	if word.two >= 0 && s.tf[word.two] > 0 || s.wordTF[w] > 0 {
		return 1
	}
	best := 0.0
	for g := range a.groups {
		if s.groupTF[g] > 0 && a.groups[g].span.has(word.head) {
			best = max(best, float64(a.groups[g].Weight))
		}
	}
	return best
}

// expanded reports whether the lexicon has other words for what a feature is
// part of.
func (a *analysis) expanded(feature int) bool {
	return slices.ContainsFunc(a.groups, func(g group) bool { return g.span.has(feature) })
}

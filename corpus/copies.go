package corpus

import "unicode"

const (
	shingle   = 5         // letters that are compared at a time
	maxCopied = 1_000_000 // bytes of a text that are
)

// SameWords reports whether two texts are copies of one: most of the shorter
// one stands in the other. Books of one code, or rules of the same title on
// other matters, have little in common.
func SameWords(a, b string) bool {
	one, other := shingles(a), shingles(b)
	if len(one) > len(other) {
		one, other = other, one
	}
	common := 0
	for s := range one {
		if other[s] {
			common++
		}
	}
	return common > 0 && 2*common >= len(one) && 4*len(one) >= len(other)
}

// shingles are the runs of letters and digits of a text.
func shingles(text string) map[[shingle]rune]bool {
	all := make(map[[shingle]rune]bool)
	var run [shingle]rune
	n := 0
	for _, r := range text[:min(len(text), maxCopied)] {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		copy(run[:], run[1:])
		run[shingle-1] = r
		if n++; n >= shingle {
			all[run] = true
		}
	}
	return all
}

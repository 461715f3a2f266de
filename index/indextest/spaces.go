package indextest

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/index"
)

// Spaces is a Segmenter that cuts at blanks, so that a test says itself what
// the words are.
type Spaces struct{}

var _ index.Segmenter = Spaces{}

// Words returns what stands between blanks and has two characters or more.
func (Spaces) Words(text string) []string {
	words := strings.Fields(index.FoldString(text))
	return slices.DeleteFunc(words, func(w string) bool { return utf8.RuneCountInString(w) < 2 })
}

// Long returns the Words of three and more characters.
func (s Spaces) Long(text string) []string {
	return slices.DeleteFunc(s.Words(text), func(w string) bool { return utf8.RuneCountInString(w) < 3 })
}

// Cut returns Words: none overlaps another.
func (s Spaces) Cut(text string) []string { return s.Words(text) }

// Version is always the same.
func (Spaces) Version() string { return "spaces" }

// Want makes a probe of the words of a text, the first the rarest.
func Want(text string, limit int) index.Probe {
	p := index.Probe{Limit: limit}
	words := Spaces{}.Words(text)
	for i, w := range words {
		p.Words = append(p.Words, index.ProbeWord{Text: w, IDF: float64(len(words)-i) + 1, Units: i + 1})
	}
	return p
}

package corpus

import (
	"strings"
	"unicode"
)

// Squeeze takes all blanks out: texts are the same whose printed characters
// are.
func Squeeze(s string) string {
	if strings.IndexFunc(s, unicode.IsSpace) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// Printed counts the characters of s that are no blanks.
func Printed(s string) int {
	n := 0
	for _, r := range s {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// Wide reports whether a character is set as wide as it is high, as Chinese
// ones are, and without blanks between words.
func Wide(r rune) bool {
	return r >= 0x2E80 && r <= 0x9FFF || r >= 0xF900 && r <= 0xFAFF || r >= 0xFE30 && r <= 0xFE4F ||
		r >= 0xFF00 && r <= 0xFF60 || r >= 0x20000 && r <= 0x3FFFF || strings.ContainsRune("“”‘’—―…·〔〕①②③④⑤⑥⑦⑧⑨⑩", r)
}

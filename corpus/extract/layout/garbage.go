package layout

import (
	"strings"
	"unicode"
)

// bullets are the signs that symbol fonts are used for in offices, by their
// place in the private area.
var bullets = map[rune]rune{
	0xF0B7: '•', 0xF06C: '●', 0xF06E: '■', 0xF075: '◆', 0xF0D8: '➢', 0xF0FC: '✓', 0xF0FE: '☑', 0xF0A8: '□',
	0xF0A7: '▪', 0xF0B2: '◇', 0xF076: '❖', 0xF0E0: '→', 0xF052: '☑', 0xF0A3: '□', 0xF02D: '-', 0xF0AB: '★',
}

// Unknown says whether a character means nothing outside its font. Signs of
// symbol fonts that are known are not.
func Unknown(r rune) bool { return unknown(r) && bullets[r] == 0 }

func unknown(r rune) bool {
	return r == unicode.ReplacementChar || r >= 0xE000 && r <= 0xF8FF || r >= 0xF0000 || r < ' ' && !unicode.IsSpace(r)
}

// garbage counts the characters of spans that mean nothing, and all.
func garbage(spans []Span) (bad, all int) {
	for _, s := range spans {
		for _, r := range s.Text {
			if unicode.IsSpace(r) {
				continue
			}
			all++
			if Unknown(r) {
				bad++
			}
		}
	}
	return bad, all
}

// mend writes the signs of symbol fonts as what they show, and other unknown
// characters as □. It returns how many those were.
func mend(spans []Span) (odd int) {
	for i := range spans {
		if strings.IndexFunc(spans[i].Text, unknown) < 0 {
			continue
		}
		spans[i].Text = strings.Map(func(r rune) rune {
			if b := bullets[r]; b != 0 {
				return b
			}
			if unknown(r) {
				odd++
				return '□'
			}
			return r
		}, spans[i].Text)
	}
	return odd
}

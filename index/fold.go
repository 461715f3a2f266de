package index

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

//go:embed fold.tsv
var traditional string

// foldTable maps each rune of the Basic Multilingual Plane to what it is
// compared as: lower case, half width, simplified; 0 where it separates.
var foldTable = sync.OnceValue(func() *[1 << 16]uint16 {
	t := new([1 << 16]uint16)
	for r := range rune(1 << 16) {
		if f := foldRune(r); f < 1<<16 {
			t[r] = uint16(f)
		}
	}
	for line := range strings.Lines(traditional) {
		from, n := utf8.DecodeRuneInString(line)
		to, _ := utf8.DecodeRuneInString(strings.TrimLeft(line[n:], "\t"))
		if from < 1<<16 && to < 1<<16 && from > 0x7f && to > 0x7f {
			t[from] = uint16(to)
		}
	}
	for r, f := range t {
		t[r] = t[f] // a compatibility ideograph of a traditional one
	}
	return t
})

func foldRune(r rune) rune {
	if k := []rune(norm.NFKC.String(string(r))); len(k) == 1 {
		r = k[0]
	}
	r = unicode.ToLower(r)
	if unicode.IsLetter(r) || unicode.IsDigit(r) {
		return r
	}
	return 0
}

// Fold returns what a rune is compared as: lower case, half width (NFKC where
// that is one rune), simplified Chinese; 0 for everything that is neither
// letter nor digit, and for runes outside the Basic Multilingual Plane. One
// rune stays one rune, so that offsets in folded text are offsets in the text.
func Fold(r rune) rune {
	if uint32(r) >= 1<<16 {
		return 0
	}
	return rune(foldTable()[r])
}

// FoldString folds a text rune by rune, separators to blanks.
func FoldString(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if r = Fold(r); r == 0 {
			r = ' '
		}
		b.WriteRune(r)
	}
	return b.String()
}

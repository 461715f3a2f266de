package diff

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// maxTokens bounds what is compared character by character; a longer text is
// compared sentence by sentence.
const maxTokens = 4000

// Words compares two texts character by character, numbers and Latin words
// whole: of 38元 and 40元 the pieces are 38, 40 and 元. Texts that have next to
// nothing in common are one deletion and one insertion.
func Words(older, newer string) []Piece {
	switch {
	case older == newer:
		return whole(Kept, older)
	case older == "" || newer == "" || share(bigrams(older), bigrams(newer)) < .2:
		return append(whole(Deleted, older), whole(Inserted, newer)...)
	}
	a, b := tokens(older), tokens(newer)
	if len(a) > maxTokens || len(b) > maxTokens {
		a, b = sentences(older), sentences(newer)
	}
	if len(a) > maxTokens || len(b) > maxTokens {
		return append(whole(Deleted, older), whole(Inserted, newer)...)
	}
	codes := map[string]rune{}
	dmp := diffmatchpatch.New()
	diffs := dmp.DiffCleanupSemantic(compare(codeAll(codes, a), codeAll(codes, b)))
	texts := make(map[rune]string, len(codes))
	for text, r := range codes {
		texts[r] = text
	}
	return pieces(diffs, texts)
}

func codeAll(codes map[string]rune, all []string) []rune {
	out := make([]rune, len(all))
	for i, t := range all {
		out[i] = code(codes, t)
	}
	return out
}

// pieces writes the tokens out again. Neighbours of one kind are one piece,
// and what was deleted comes before what was inserted in its place.
func pieces(diffs []diffmatchpatch.Diff, texts map[rune]string) []Piece {
	var out []Piece
	var deleted, inserted strings.Builder
	flush := func() {
		out = append(out, whole(Deleted, deleted.String())...)
		out = append(out, whole(Inserted, inserted.String())...)
		deleted.Reset()
		inserted.Reset()
	}
	for _, d := range diffs {
		var sb strings.Builder
		for _, r := range d.Text {
			sb.WriteString(texts[r])
		}
		switch d.Type {
		case diffmatchpatch.DiffDelete:
			deleted.WriteString(sb.String())
		case diffmatchpatch.DiffInsert:
			inserted.WriteString(sb.String())
		case diffmatchpatch.DiffEqual:
			flush()
			if n := len(out); n > 0 && out[n-1].Kind == Kept {
				out[n-1].Text += sb.String()
			} else {
				out = append(out, whole(Kept, sb.String())...)
			}
		}
	}
	flush()
	return out
}

// tokens cuts a text into what is compared as a whole: numbers, in digits or
// in Chinese numerals, Latin words, and every other character by itself.
func tokens(s string) []string {
	var out []string
	for len(s) > 0 {
		n := tokenLength(s)
		out = append(out, s[:n])
		s = s[n:]
	}
	return out
}

type class int8

const (
	other class = iota
	digit
	numeral
	latin
)

func classOf(r rune) class {
	switch {
	case unicode.IsDigit(r):
		return digit
	case strings.ContainsRune("〇零一二两三四五六七八九十百千万亿", r):
		return numeral
	case unicode.Is(unicode.Latin, r):
		return latin
	}
	return other
}

func tokenLength(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	kind := classOf(r)
	if kind == other {
		return n
	}
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if strings.ContainsRune(".,．，", r) && kind == digit {
			// A point or a comma within a number: 1,000.50.
			next, more := utf8.DecodeRuneInString(s[n+size:])
			if r == '，' || classOf(next) != digit {
				break
			}
			n += size + more
			continue
		}
		if classOf(r) != kind {
			break
		}
		n += size
	}
	return n
}

// sentences cuts behind 。；！？ and line breaks.
func sentences(s string) []string {
	var out []string
	start := 0
	for i, r := range s {
		if strings.ContainsRune("。；！？\n", r) {
			end := i + utf8.RuneLen(r)
			out = append(out, s[start:end])
			start = end
		}
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

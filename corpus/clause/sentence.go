package clause

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// line is a line of the canonical text, or the part of one that a passage is.
type line struct {
	start, end int // without blanks around
	role       corpus.Role
	passage    int
}

// tabled says whether a line is a row of a table that lists other things: what
// stands in its cells says nothing about the document. A row of one or two
// cells may be a letterhead or a signature that was set as a table.
func (r *reading) tabled(l line) bool {
	return strings.HasPrefix(r.text[l.end:], "\t") || // it names columns
		len(r.c.Passages[l.passage].Columns) > 0 || strings.Count(r.text[l.start:l.end], "\t") > 1
}

// sentence is a stretch up to 。；！？ or a line break.
type sentence struct {
	start, end int
	line       int
}

// linesOf cuts the text at its line breaks.
func linesOf(c *corpus.Content, masked string) []line {
	lines := make([]line, 0, 64)
	for i, p := range c.Passages {
		at := p.Start
		for at < p.End {
			next := strings.IndexByte(masked[at:p.End], '\n')
			end := p.End
			if next >= 0 {
				end = at + next
			}
			if s, e := trimmed(masked, at, end); s < e {
				lines = append(lines, line{s, e, p.Role, i})
			}
			at = end + 1
		}
	}
	return lines
}

// trimmed moves the ends over blanks.
func trimmed(s string, start, end int) (int, int) {
	for start < end {
		r, n := utf8.DecodeRuneInString(s[start:end])
		if !unicode.IsSpace(r) {
			break
		}
		start += n
	}
	for start < end {
		r, n := utf8.DecodeLastRuneInString(s[start:end])
		if !unicode.IsSpace(r) {
			break
		}
		end -= n
	}
	return start, end
}

func sentencesOf(masked string, lines []line) []sentence {
	out := make([]sentence, 0, 4*len(lines))
	for i, l := range lines {
		at := l.start
		for k, r := range masked[l.start:l.end] {
			if r != '。' && r != '；' && r != ';' && r != '！' && r != '？' {
				continue
			}
			end := l.start + k + utf8.RuneLen(r)
			if s, e := trimmed(masked, at, end); s < e {
				out = append(out, sentence{s, e, i})
			}
			at = end
		}
		if s, e := trimmed(masked, at, l.end); s < e {
			out = append(out, sentence{s, e, i})
		}
	}
	return out
}

// filler stands for a byte of what is quoted or named: rules look past it.
const filler = 'x'

// maxQuoted bounds a quotation that runs over lines, in lines: a mark that is
// never closed must not hide the rest.
const maxQuoted = 300

// mask blacks out what stands between 《》 and between “”, byte for byte, so
// that a rule does not take the words of another document for this one's. In a
// decision that amends others, a quotation runs on over lines until it closes.
func mask(text string, amending bool) string {
	out := []byte(text)
	inside, since := false, 0 // a quotation that began on an earlier line
	for at := 0; at < len(text); {
		end := len(text)
		if next := strings.IndexByte(text[at:], '\n'); next >= 0 {
			end = at + next
		}
		if inside && (since >= maxQuoted || topLevel(text[at:end]) || ownClause(text[at:end])) {
			inside = false
		}
		inside = maskLine(out[at:end], text[at:end], inside, amending)
		since++
		if !inside {
			since = 0
		}
		at = end + 1
	}
	return string(out)
}

// ownClause says whether a line is the decision's own last clause, which no
// amended text holds.
func ownClause(line string) bool {
	line = strings.TrimLeftFunc(line, unicode.IsSpace)
	return strings.HasPrefix(line, "本决定") || strings.HasPrefix(line, "本通知") || strings.HasPrefix(line, "本修正案")
}

// topLevel says whether a line is one of a decision's own sections: 三、….
func topLevel(line string) bool {
	n := 0
	for _, r := range strings.TrimLeftFunc(line, unicode.IsSpace) {
		switch {
		case strings.ContainsRune("一二三四五六七八九十百", r):
			if n++; n > 5 {
				return false
			}
		default:
			return n > 0 && r == '、'
		}
	}
	return false
}

// The bounds of a name and of a quotation within a line, in bytes.
const (
	maxNamed  = 1200
	maxWithin = 6000
)

// maskLine blacks out within one line and says whether a quotation is still
// open at its end. What is never closed stays as it is, but for quotations in
// a decision that amends.
func maskLine(out []byte, text string, inside, amending bool) bool {
	open, quote, depth := -1, -1, 0
	if inside {
		quote = 0
	}
	for i, r := range text {
		switch {
		case quote >= 0:
			if r == '”' {
				fill(out, quote, i)
				quote = -1
			}
		case open >= 0 && (r == '。' || i-open > maxNamed):
			open, depth = -1, 0
		case open >= 0 && (r == '《' || r == '〈'):
			depth++
		case open >= 0 && (r == '》' || r == '〉'):
			if depth--; depth == 0 || r == '》' && !strings.Contains(text[i+len("》"):min(len(text), i+240)], "》") {
				fill(out, open, i)
				open, depth = -1, 0
			}
		case r == '《' || r == '〈':
			open, depth = i+utf8.RuneLen(r), 1
		case r == '“':
			if from := i + len("“"); amending || strings.Contains(text[from:min(len(text), from+maxWithin)], "”") {
				quote = from
			}
		}
	}
	if quote < 0 {
		return false
	}
	fill(out, quote, len(text))
	return true
}

func fill(out []byte, from, to int) {
	for i := from; i < to; i++ {
		out[i] = filler
	}
}

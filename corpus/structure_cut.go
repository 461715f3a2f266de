package corpus

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxPassage = 1500 // characters; longer ones are split
	cutFrom    = 600  // where a long passage may be cut, in characters
	cutTo      = 1300
)

func isSentenceEnd(r rune) bool { return r == '。' || r == '！' || r == '？' }

// sequence tells numbers that go on from those that only look like it.
type sequence struct{ last [level4 + 1]int }

// follows reports whether m begins or goes on with the numbering of its level.
func (s *sequence) follows(m mark) bool {
	return m.num == 1 && m.sub == 0 || m.num == s.last[m.kind]+1 || m.sub > 0 && m.num == s.last[m.kind]
}

// take notes m; the levels below begin anew, except that articles count on
// through chapters and 1. often does through sections.
func (s *sequence) take(m mark) {
	s.last[m.kind] = m.num
	if m.kind >= article {
		for k := m.kind + 1; k <= level4; k++ {
			if k != level3 {
				s.last[k] = 0
			}
		}
	}
}

// runOnCuts finds where a text without line breaks is cut: before numbers
// that follow a blank or the end of a sentence and go on counting, and at
// blanks behind a sentence, which were paragraphs. Blanks stay with what is
// before them. Cuts are ascending, within (0, len(s)).
func runOnCuts(s string) []int {
	var cuts []int
	var seq sequence
	var prev, solid rune // the character before, and the last that is not blank
	solidAt := 0         // end of solid
	for i, r := range s {
		if unicode.IsSpace(r) {
			prev = r
			continue
		}
		if solid == 0 {
			if m := parseMark(s[i:]); m.kind != none {
				seq.take(m)
			}
		} else if spaced := unicode.IsSpace(prev); spaced || strings.ContainsRune("。；：", prev) {
			m := parseMark(s[i:])
			switch {
			case cutsHere(s, m, solidAt, spaced, &seq):
				seq.take(m)
				cuts = append(cuts, i)
			case spaced && (isSentenceEnd(solid) || wide(s[solidAt:i])):
				cuts = append(cuts, i)
			}
		}
		prev, solid, solidAt = r, r, i+utf8.RuneLen(r)
		if len(cuts) >= maxMarks {
			break
		}
	}
	return cuts
}

// wide says whether a gap is that of an indented paragraph.
func wide(gap string) bool { return strings.Contains(gap, "　　") }

func cutsHere(s string, m mark, solidAt int, spaced bool, seq *sequence) bool {
	if m.kind == none || !seq.follows(m) || !m.sure && m.num == 1 {
		return false
	}
	if m.kind <= article && !m.sure {
		return false
	}
	if m.kind >= level3 {
		before := strings.TrimRight(s[:solidAt], "：:")
		if strings.HasSuffix(before, "附件") {
			return false // 附件：1.申请表 2.承诺书
		}
	}
	return spaced || m.kind.level()
}

// headingCuts finds where a heading runs on into what stands under it in the
// same line: 第一章 总则 第一条 …, 一、总体要求 （一）….
func headingCuts(s string, runes int) []int {
	if runes < 8 {
		return nil
	}
	first := parseMark(s)
	if first.kind == none || first.kind >= level3 || first.kind == article {
		return nil
	}
	var cuts []int
	spaced := false
	begin, above := first.size, first.kind
	for i, r := range s {
		if i < begin {
			continue
		}
		if unicode.IsSpace(r) {
			spaced = true
			continue
		}
		if spaced && i > begin {
			m := parseMark(s[i:])
			if m.kind > above && m.sure && (m.num == 1 || m.kind == article) && strings.TrimSpace(s[begin:i]) != "" {
				cuts = append(cuts, i)
				if m.kind >= article {
					return cuts
				}
				begin, above = i+m.size, m.kind
			}
		}
		spaced = false
		if strings.ContainsRune("。；：，", r) || i-begin > 180 {
			break
		}
	}
	return cuts
}

// splitLong cuts s into parts of at most maxPassage characters: at line
// breaks, else at sentence ends, else at lesser marks, else anywhere. It
// returns the ends of the parts; the last is len(s).
func splitLong(s string) []int {
	var ends []int
	at := 0
	for runesMoreThan(s[at:], maxPassage) {
		at += cutPoint(s[at:])
		ends = append(ends, at)
	}
	return append(ends, len(s))
}

func runesMoreThan(s string, n int) bool {
	return len(s) > n && utf8.RuneCountInString(s[:min(len(s), 4*n+4)]) > n
}

// cutPoint chooses the best place between cutFrom and cutTo characters.
func cutPoint(s string) int {
	lineEnd, sentence, clause, hard := 0, 0, 0, 0
	n := 0
	ended := false // within the quotes and blanks behind a sentence
	for i, r := range s {
		if n > cutTo {
			break
		}
		n++
		end := i + utf8.RuneLen(r)
		if n <= cutFrom {
			continue
		}
		hard = end
		switch {
		case r == '\n':
			lineEnd, ended = end, false
		case isSentenceEnd(r), r == '；':
			sentence, ended = end, true
		case ended && (unicode.IsSpace(r) || strings.ContainsRune("”’」』）》", r)):
			sentence = end
		default:
			ended = false
			if strings.ContainsRune("，、,;", r) || unicode.IsSpace(r) {
				clause = end
			}
		}
	}
	for _, at := range [...]int{lineEnd, sentence, clause} {
		if at > 0 {
			return at
		}
	}
	return hard
}

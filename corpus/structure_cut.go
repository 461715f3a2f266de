package corpus

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxPassage = 1500 // characters; longer ones are split
	cutTo      = 1300 // into as many parts as this size gives
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

// splitLong cuts s into parts of about the same size, at most maxPassage
// characters each: where prefer says, else at line breaks, sentence ends,
// lesser marks, anywhere. prefer gives the rank of a byte of s at which
// something begins, 0 the best; anything over lineRank is nothing. It returns
// the ends of the parts; the last is len(s).
func splitLong(s string, prefer func(at int) int) []int {
	var ends []int
	at := 0
	if runesMoreThan(s, maxPassage) {
		for left := utf8.RuneCountInString(s); left > maxPassage; {
			end, runes := cutPoint(s, at, left/((left+cutTo-1)/cutTo), prefer)
			at, left = end, left-runes
			ends = append(ends, end)
		}
	}
	return append(ends, len(s))
}

func runesMoreThan(s string, n int) bool {
	return len(s) > n && utf8.RuneCountInString(s[:min(len(s), 4*n+4)]) > n
}

// The ranks of places to cut at; those below are prefer's.
const (
	lineRank = iota + 4
	sentenceRank
	clauseRank
	hardRank
)

// cutPoint chooses the best place to cut s behind from, near target
// characters. It returns it and the characters up to it.
func cutPoint(s string, from, target int, prefer func(at int) int) (end, runes int) {
	low, high := target*6/10, min(target*14/10, maxPassage)
	best := hardRank + 1
	n := 0
	ended := false // behind the end of a sentence or the quotes and blanks after it
	var prev rune
	for i, r := range s[from:] {
		at := from + i
		if n >= low {
			rank := hardRank
			switch {
			case prefer(at) < lineRank:
				rank = prefer(at)
			case prev == '\n':
				rank = lineRank
			case ended && !closesQuote(r) && !unicode.IsSpace(r):
				rank = sentenceRank
			case prev == '\t', strings.ContainsRune("，、,;", prev), unicode.IsSpace(prev):
				rank = clauseRank
			}
			if rank < best || rank == best && distance(n, target) < distance(runes, target) {
				best, end, runes = rank, at, n
			}
		}
		if n++; n > high {
			break
		}
		ended = isSentenceEnd(r) || r == '；' || ended && (unicode.IsSpace(r) || closesQuote(r))
		prev = r
	}
	return end, runes
}

func closesQuote(r rune) bool { return strings.ContainsRune("”’」』）》", r) }

func distance(a, b int) int { return max(a-b, b-a) }

package bot

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxRead is how many characters of a message are read; real messages are
// shorter (99 % under 450), pasted texts are longer and ask nothing more.
const maxRead = 1000

// Clean makes one line of a message as it was sent: valid UTF-8, NFKC,
// without control, zero-width and direction characters, blanks joined,
// punctuation repeated at most twice, at most 1,000 characters.
func Clean(text string) string {
	text = firstRunes(strings.ToValidUTF8(text, ""), 4*maxRead)
	var b strings.Builder
	var last rune
	repeated, n := 0, 0
	for _, r := range norm.NFKC.String(text) {
		switch {
		case unicode.IsSpace(r):
			r = ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Mn):
			continue
		}
		if r == last {
			repeated++
		} else {
			last, repeated = r, 0
		}
		if repeated > 0 && r == ' ' || repeated > 1 && (unicode.IsPunct(r) || unicode.IsSymbol(r)) {
			continue
		}
		if n++; n > maxRead {
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}

// firstRunes returns at most the first n characters of s.
func firstRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// letters counts letters and digits: what can be asked with.
func letters(s string) (n int) {
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// polite are openings and closings that ask nothing, longest first where one
// begins another.
var (
	polite = []string{
		"您好", "你好", "尊敬的领导", "领导您好", "领导好", "各位领导", "领导", "早上好", "上午好", "中午好", "下午好", "晚上好",
		"我想咨询一下", "想咨询一下", "咨询一下", "我想请问一下", "我想请问", "请问一下", "请问", "我想问一下", "我想问问", "我想问",
		"想问一下", "想问下", "想问问", "想问", "问一下", "问下", "打扰一下", "打扰了", "麻烦问一下", "麻烦问下", "麻烦您", "劳驾", "在吗", "在不在", "hello", "hi",
	}
	thanks = []string{
		"谢谢您", "谢谢你", "谢谢啦", "谢谢了", "谢谢哈", "谢谢啊", "谢谢", "多谢了", "多谢", "感谢您", "感谢", "辛苦了", "辛苦啦", "麻烦了", "盼回复", "望回复", "请回复", "谢了", "3q", "thanks", "thank you",
	}
)

// Substance takes greetings, politeness and thanks off both ends of a cleaned
// message and returns what is asked; "" where nothing is.
func Substance(text string) string {
	for {
		before := text
		text = trimEnds(text)
		for _, p := range polite {
			text = trimEnds(cutPrefixFold(text, p))
		}
		for _, p := range thanks {
			text = trimEnds(cutSuffixFold(cutPrefixFold(text, p), p))
		}
		if text == before {
			return text
		}
	}
}

// trimEnds takes blanks and separators off; a question mark at the end stays.
func trimEnds(s string) string {
	s = strings.TrimLeftFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '《' && r != '"' && r != '“'
	})
	return strings.TrimRight(s, " ,，.。;；~、!！")
}

func cutPrefixFold(s, prefix string) string {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		rest := s[len(prefix):]
		if r, _ := utf8.DecodeRuneInString(rest); prefix[0] < utf8.RuneSelf && r < utf8.RuneSelf && unicode.IsLetter(r) {
			return s // hi in history
		}
		return rest
	}
	return s
}

func cutSuffixFold(s, suffix string) string {
	if len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix) {
		return s[:len(s)-len(suffix)]
	}
	return s
}

// maxParts is how many questions of one message are answered.
const maxParts = 3

// Split takes the questions of a message apart: after question marks, at
// numbers 1. 2. and at 还有, 另外, 顺便. A piece too short to ask anything
// stays with the one before. A message of one question comes back as it is.
func Split(text string) []string {
	var parts []string
	add := func(s string) {
		s = trimEnds(s)
		switch n := letters(s); {
		case n == 0:
		case n < 3 && len(parts) > 0:
			parts[len(parts)-1] += " " + s
		default:
			parts = append(parts, s)
		}
	}
	for _, q := range strings.FieldsFunc(markBreaks(text), func(r rune) bool { return r == breakRune }) {
		add(q)
	}
	if len(parts) > maxParts {
		parts = parts[:maxParts]
	}
	if len(parts) < 2 {
		return []string{text}
	}
	return parts
}

const breakRune = '\x00'

var joiners = []string{"还有就是", "还有", "另外", "顺便问下", "顺便问一下", "顺便", "再问一下", "再问下", "第二个问题", "其次"}

// markBreaks puts breakRune where a question ends.
func markBreaks(text string) string {
	var b strings.Builder
	atStart := true
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		rest := text[i:]
		switch {
		case r == '?' || r == '？':
			b.WriteRune(r)
			b.WriteRune(breakRune)
			atStart = true
			i += size
			continue
		case atStart && numbered(rest) > 0:
			b.WriteRune(breakRune)
			i += numbered(rest)
			atStart = false
			continue
		}
		if j := joinerAt(rest); j > 0 && atStart {
			b.WriteRune(breakRune)
			i += j
			atStart = false
			continue
		}
		b.WriteRune(r)
		atStart = r == ' ' || unicode.IsPunct(r)
		i += size
	}
	return b.String()
}

func joinerAt(s string) int {
	for _, j := range joiners {
		if strings.HasPrefix(s, j) {
			return len(j)
		}
	}
	return 0
}

// numbered returns the length of a list number at the beginning of s: "2." or
// "2、", not the beginning of 2.5.
func numbered(s string) int {
	if len(s) < 3 || s[0] < '1' || s[0] > '9' {
		return 0
	}
	r, size := utf8.DecodeRuneInString(s[1:])
	if r != '.' && r != '、' && r != ')' {
		return 0
	}
	if next, _ := utf8.DecodeRuneInString(s[1+size:]); unicode.IsDigit(next) {
		return 0
	}
	return 1 + size
}

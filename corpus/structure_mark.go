package corpus

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus/numeral"
)

// markKind is a level of numbering, outermost first.
type markKind uint8

const (
	none    markKind = iota
	part             // 第一编, 第一部分
	subpart          // 第一分编
	chapter          // 第一章
	section          // 第一节
	article          // 第一条
	level1           // 一、
	level2           // （一）
	level3           // 1.
	level4           // （1）
)

func (k markKind) heading() bool { return k >= part && k <= section }
func (k markKind) level() bool   { return k >= level1 }

// mark is a number at the start of a line.
type mark struct {
	kind markKind
	num  int
	sub  int  // 第十二条之一: 1
	size int  // bytes of the number itself
	sure bool // what follows leaves no doubt that it is a number
}

// parseMark reads the number that s starts with.
func parseMark(s string) mark {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r == '第':
		return ordinalMark(s)
	case r == '（' || r == '(':
		num, k, arabic := numeral.Prefix(s[n:])
		if k == 0 {
			return mark{}
		}
		c, cn := utf8.DecodeRuneInString(s[n+k:])
		if c != '）' && c != ')' {
			return mark{}
		}
		m := mark{kind: level2, num: num, size: n + k + cn, sure: true}
		if arabic {
			m.kind = level4
			m.sure = num < 100
		}
		if num >= 1900 || refersOn(s[m.size:]) {
			return mark{} // （2019）; （一）至（三）项所列人员
		}
		return m
	}
	return plainMark(s)
}

// refersOn says whether what follows （一） makes it a reference to items.
func refersOn(rest string) bool {
	for _, word := range [...]string{"至（", "至(", "、（", "、(", "和（", "或（", "项"} {
		if strings.HasPrefix(rest, word) {
			return true
		}
	}
	return false
}

// ordinalMark reads 第N编, 章, 节 and 条.
func ordinalMark(s string) mark {
	at := len("第")
	at += blank(s[at:])
	num, k, _ := numeral.Prefix(s[at:])
	if k == 0 {
		return mark{}
	}
	at += k
	at += blank(s[at:])
	var m mark
	for _, u := range [...]struct {
		word string
		kind markKind
	}{{"分编", subpart}, {"部分", part}, {"编", part}, {"章", chapter}, {"节", section}, {"条", article}} {
		if strings.HasPrefix(s[at:], u.word) {
			m = mark{kind: u.kind, num: num}
			at += len(u.word)
			break
		}
	}
	if m.kind == none {
		return mark{}
	}
	if rest, ok := strings.CutPrefix(s[at:], "之"); ok && m.kind == article {
		if sub, k, _ := numeral.Prefix(rest); k > 0 {
			m.sub = sub
			at += len("之") + k
		}
	}
	m.size = at
	next, _ := utf8.DecodeRuneInString(s[at:])
	switch {
	case at == len(s), unicode.IsSpace(next), strings.ContainsRune("（(【[〔〖：:", next):
		m.sure = true
	case strings.ContainsRune("第、，,。；和及与至或的中所规款项以之”》）", next), strings.HasPrefix(s[at:], "规定"):
		return mark{} // a reference: 第三条第一款, 第二章规定的
	}
	return m
}

// plainMark reads 一、 and 1. or 1、 and 1）.
func plainMark(s string) mark {
	num, k, arabic := numeral.Prefix(s)
	if k == 0 || num >= 1000 {
		return mark{}
	}
	at := k + blank(s[k:])
	c, n := utf8.DecodeRuneInString(s[at:])
	m := mark{num: num, size: at + n, kind: level1, sure: true}
	rest := s[at+n:]
	next, _ := utf8.DecodeRuneInString(rest)
	if !arabic {
		if c != '、' && c != '．' && c != '.' {
			return mark{}
		}
		m.sure = numeral.Chinese(next) != num+1 // 二、三线城市
		return m
	}
	switch c {
	case '）', ')':
		m.kind = level4
	case '.', '．', '、':
		m.kind = level3
		if numeral.Arabic(next) >= 0 && !startsYear(rest) {
			return mark{} // 3.5万, 1、2号线
		}
	default:
		return mark{}
	}
	return m
}

// startsYear recognises 2020年 behind a number: 1.2020年起
func startsYear(s string) bool {
	num, k, _ := numeral.Prefix(s)
	return num >= 1900 && num < 2200 && strings.HasPrefix(s[k:], "年")
}

// blank returns the size of up to two blanks at the start of s.
func blank(s string) int {
	at := 0
	for range 2 {
		r, n := utf8.DecodeRuneInString(s[at:])
		if n == 0 || isBreak(r) || !unicode.IsSpace(r) {
			break
		}
		at += n
	}
	return at
}

// Numbered reports whether a line starts with a number that structures
// documents: 第三条, 一、, （二）, 3. A reader of a format that wraps lines
// keeps the break before it.
func Numbered(line string) bool {
	return parseMark(strings.TrimSpace(line)).kind != none
}

// headingLike says whether a text, without its number, reads as a heading:
// short, and no sentence.
func headingLike(s string) bool {
	if utf8.RuneCountInString(s) > 60 {
		return false
	}
	return !strings.ContainsAny(s, "。；;！")
}

// headingText is a heading as it is shown above a passage: blanks between
// single characters taken out (总　则), others made one.
func headingText(s string) string {
	m := parseMark(s)
	if m.kind == none {
		return tidy(s)
	}
	rest := tidy(s[m.size:])
	num := Squeeze(s[:m.size])
	if rest == "" {
		return num
	}
	if m.kind <= article {
		return num + " " + rest
	}
	return num + rest
}

func tidy(s string) string {
	fields := strings.Fields(s)
	for _, f := range fields {
		if utf8.RuneCountInString(f) > 1 {
			return strings.Join(fields, " ")
		}
	}
	return strings.Join(fields, "")
}

// leadHeading is the heading of a numbered paragraph for the paths of what
// stands under it: the whole where it is one, else its first clause, else the
// number alone.
func leadHeading(s string) string {
	m := parseMark(s)
	rest := s[m.size:]
	if i := strings.IndexFunc(rest, unicode.IsSpace); i > 0 && utf8.RuneCountInString(rest) > 20 {
		if n := utf8.RuneCountInString(rest[:i]); n >= 4 && headingLike(rest[:i]) {
			return headingText(s[:m.size+i]) // the text runs on behind a blank
		}
	}
	if headingLike(rest) {
		return headingText(s)
	}
	if i := strings.IndexAny(s, "。：:；"); i > m.size && utf8.RuneCountInString(s[:i]) <= 40 {
		return headingText(s[:i])
	}
	return Squeeze(s[:m.size])
}

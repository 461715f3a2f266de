package clause

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/numeral"
)

const (
	blank  = `[\s\x{3000}\x{a0}\x{2002}\x{2003}]*`
	digits = `0-9０-９〇○零ＯO一二三四五六七八九十`
	// dayShape is a day as offices write it, also in Chinese numerals, in full
	// width and with blanks. Its groups are year, month and day.
	dayShape = `([` + digits + `]{4})` + blank + `年` + blank + `([` + digits + `]{1,3})` + blank + `月` + blank + `([` + digits + `]{1,3})` + blank + `日`
)

var (
	dayRE    = regexp.MustCompile(dayShape)
	wholeDay = regexp.MustCompile(`^` + blank + dayShape)
	latinDay = regexp.MustCompile(`^\s*([0-9]{4})\s*[-/.－／．]\s*([0-9]{1,2})\s*[-/.－／．]\s*([0-9]{1,2})(?:[T\s].*)?$`)
	eightDay = regexp.MustCompile(`^\s*([0-9]{4})([0-9]{2})([0-9]{2})\s*$`)
)

// ParseDay reads a whole text that is a day: 2024-05-01, 2024/5/1, 2024.5.1,
// 20240501, 2024年5月1日, 二〇二四年五月一日, also in full width and followed by a
// time.
func ParseDay(s string) (corpus.Date, bool) {
	if len(s) > 80 {
		return "", false
	}
	half := strings.Map(halfWidth, s)
	for _, shape := range []*regexp.Regexp{wholeDay, latinDay, eightDay} {
		if m := shape.FindStringSubmatch(half); m != nil {
			return civil(m[1], m[2], m[3])
		}
	}
	return "", false
}

func halfWidth(r rune) rune {
	if '０' <= r && r <= '９' || r == '－' || r == '／' || r == '．' || r == '：' {
		return r - 0xFEE0
	}
	return r
}

// civil makes a day of its written parts; one that the calendar doesn't have
// is none.
func civil(year, month, day string) (corpus.Date, bool) {
	date, err := corpus.ParseDate(fmt.Sprintf("%04d-%02d-%02d", numeral.Positional(year), numeral.Value(month), numeral.Value(day)))
	return date, err == nil && date.Known()
}

// dayAt reads a day of a match of which the groups from n are year, month, day.
func dayAt(s string, m []int, n int) (corpus.Date, bool) {
	if m[2*n] < 0 {
		return "", false
	}
	return civil(s[m[2*n]:m[2*n+1]], s[m[2*n+2]:m[2*n+3]], s[m[2*n+4]:m[2*n+5]])
}

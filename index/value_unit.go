package index

import (
	"math"
	"strings"
	"unicode/utf8"
)

// measured is a unit as texts write it.
type measured struct {
	name    string
	measure Measure
	size    float64
}

// measuredUnits are by their first character, the longer before the shorter.
var measuredUnits = map[rune][]measured{
	'周': {{"周岁", Age, 1}, {"周", Duration, 7}},
	'岁': {{"岁", Age, 1}},
	'元': {{"元", Money, 1}},
	'圆': {{"圆", Money, 1}},
	'块': {{"块钱", Money, 1}, {"块", Money, 1}},
	'个': {{"个工作日", Duration, 1}, {"个月大", Age, 1. / 12}, {"个月", Duration, 30}, {"个星期", Duration, 7}, {"个礼拜", Duration, 7}, {"个小时", Duration, 1. / 24}, {"个人", People, 1}},
	'月': {{"月龄", Age, 1. / 12}},
	'天': {{"天", Duration, 1}},
	'日': {{"日", Duration, 1}},
	'工': {{"工作日", Duration, 1}},
	'年': {{"年", Duration, 360}},
	'星': {{"星期", Duration, 7}},
	'小': {{"小时", Duration, 1. / 24}},
	'平': {{"平方公里", Area, 1e6}, {"平方米", Area, 1}, {"平方", Area, 1}, {"平米", Area, 1}},
	'㎡': {{"㎡", Area, 1}},
	'亩': {{"亩", Area, 2000. / 3}},
	'公': {{"公顷", Area, 1e4}, {"公斤", Weight, 1}, {"公里", Length, 1000}},
	'人': {{"人", People, 1}},
	'名': {{"名", People, 1}},
	'口': {{"口人", People, 1}},
	'%': {{"%", Percent, 1}},
	'％': {{"％", Percent, 1}},
	'吨': {{"吨", Weight, 1000}},
	'千': {{"千克", Weight, 1}, {"千米", Length, 1000}},
	'米': {{"米", Length, 1}},
}

// unitAt reads the unit that text begins with, and how long it is.
func unitAt(text string) (measured, int) {
	r, _ := utf8.DecodeRuneInString(text)
	for _, u := range measuredUnits[r] {
		if strings.HasPrefix(text, u.name) {
			return u, len(u.name)
		}
	}
	return measured{}, 0
}

// number is one that a text has, by itself or behind 百分之.
type amount struct {
	value float64
	scale float64 // 10,000 where it ends in 万
	some  float64 // 80多, 三十几: up to so much more
	end   int
}

const (
	maxNumberRunes = 24
	maxNumber      = 1e13
)

// digitOf returns the value of a digit in any script; -1 is none.
func digitOf(r rune) int {
	switch {
	case '0' <= r && r <= '9':
		return int(r - '0')
	case '０' <= r && r <= '９':
		return int(r - '０')
	}
	switch r {
	case '零', '〇', '○':
		return 0
	case '一', '壹':
		return 1
	case '二', '两', '贰', '貳', '兩':
		return 2
	case '三', '叁', '參':
		return 3
	case '四', '肆':
		return 4
	case '五', '伍':
		return 5
	case '六', '陆', '陸':
		return 6
	case '七', '柒':
		return 7
	case '八', '捌':
		return 8
	case '九', '玖':
		return 9
	}
	return -1
}

// powerOf returns the value of a unit within numbers; 0 is none.
func powerOf(r rune) float64 {
	switch r {
	case '十', '拾':
		return 10
	case '百', '佰':
		return 100
	case '千', '仟':
		return 1000
	case '万', '萬':
		return 1e4
	case '亿', '億':
		return 1e8
	}
	return 0
}

// startsNumber reports whether a number may begin with a character.
func startsNumber(r rune) bool {
	switch {
	case r < '0':
		return false
	case r <= '9':
		return true
	case r < 0x3007:
		return false
	}
	return digitOf(r) >= 0 || r == '十' || r == '拾' || r == '半'
}

// numberAt reads the number that begins at a byte of text.
func numberAt(text string, at int) (n amount, ok bool) {
	total, section, digit := 0.0, 0.0, 0.0
	last, digits, runes := 0.0, 0, 0 // last is the unit before the digit
	end := at
	for end < len(text) && runes < maxNumberRunes {
		r, size := utf8.DecodeRuneInString(text[end:])
		if d := digitOf(r); d >= 0 {
			value, length := float64(d), size
			if r <= '9' || r >= '０' {
				value, length = arabicAt(text[end:])
				if digits > 0 {
					return n, false // 二3
				}
			} else if digits > 0 {
				value += 10 * digit
			}
			digit, end, digits, runes = value, end+length, digits+1, runes+1
			continue
		}
		power := powerOf(r)
		if power == 0 || (power < 1e4 && digits == 0 && power != 10) || strings.HasPrefix(text[end:], "千克") || strings.HasPrefix(text[end:], "千米") {
			break
		}
		switch {
		case power >= 1e4:
			total = (total + section + digit) * power
			section = 0
		case digits == 0:
			section += power // 十二
		default:
			section += digit * power
		}
		digit, digits, last, end, runes = 0, 0, power, end+size, runes+1
	}
	n.value, n.end, n.scale = total+section+digit, end, 1
	switch {
	case end == at:
		if strings.HasPrefix(text[at:], "半") {
			return amount{.5, 1, 0, at + len("半")}, true
		}
		return n, false
	case digits == 1 && last >= 100 && digit < 10: // 三万五, 一百二
		n.value += digit * (last/10 - 1)
	}
	if last >= 1e4 && digits == 0 {
		n.scale = last
	}
	for _, more := range [...]string{"多", "几", "余", "来"} {
		if strings.HasPrefix(text[n.end:], more) {
			n.some, n.end = magnitude(n.value), n.end+len(more)
			break
		}
	}
	return n, n.value < maxNumber
}

// magnitude is how much 80多 may be above 80: 10.
func magnitude(v float64) float64 {
	m := 1.0
	for v >= 10 && math.Mod(v, 10) == 0 && m < 1e9 {
		m, v = m*10, v/10
	}
	return m
}

// arabicAt reads Arabic digits of both widths, with commas between thousands
// and a decimal point.
func arabicAt(text string) (value float64, size int) {
	fraction := 0.0
	for size < len(text) && size < 3*maxNumberRunes {
		r, n := utf8.DecodeRuneInString(text[size:])
		switch d := digitOf(r); {
		case d >= 0 && (r <= '9' || r >= '０'):
			if fraction > 0 {
				value += float64(d) * fraction
				fraction /= 10
			} else {
				value = value*10 + float64(d)
			}
		case (r == '.' || r == '．') && fraction == 0 && arabic(text[size+n:], 1):
			fraction = .1
		case r == ',' && fraction == 0 && arabic(text[size+n:], 3) && !arabic(text[size+n:], 4):
		default:
			return value, size
		}
		size += n
	}
	return value, size
}

// arabic reports whether a text begins with n Arabic digits.
func arabic(text string, n int) bool {
	for _, r := range text {
		if n == 0 {
			return true
		}
		if d := digitOf(r); d < 0 || r > '9' && r < '０' {
			return false
		}
		n--
	}
	return n == 0
}

package docx

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	han         = "〇一二三四五六七八九"
	hanZero     = "零一二三四五六七八九"
	legal       = "零壹贰叁肆伍陆柒捌玖"
	legalTaiwan = "零壹貳參肆伍陸柒捌玖"
	stems       = "甲乙丙丁戊己庚辛壬癸"
	branches    = "子丑寅卯辰巳午未申酉戌亥"
)

// format writes a number in a format of ST_NumberFormat (ECMA-376 Part 1,
// 17.18.59), as Word shows it; one that is not known, or that ends before n,
// in Arabic digits.
func format(name, pattern string, n int) string {
	switch name {
	case "none", "bullet":
		return ""
	case "custom":
		return padded(pattern, n)
	case "decimalZero":
		return padded("01", n)
	}
	if n > 0 {
		if s := chinese(name, n); s != "" {
			return s
		}
		if s := western(name, n); s != "" {
			return s
		}
		if s := enclosed(name, n); s != "" {
			return s
		}
	}
	switch name {
	case "ideographDigital", "taiwaneseDigital", "japaneseDigitalTenThousand", "chineseCounting", "taiwaneseCounting":
		return digits(han, n)
	case "decimalFullWidth", "decimalFullWidth2":
		return digits("０１２３４５６７８９", n)
	case "numberInDash":
		return "- " + strconv.Itoa(n) + " -"
	}
	return strconv.Itoa(n)
}

// chinese writes the formats that count in Chinese; "" is none of them.
func chinese(name string, n int) string {
	switch name {
	case "chineseCounting", "taiwaneseCounting":
		// Word goes on digit by digit from a hundred: 九十九, 一〇〇.
		if n < 100 {
			return counting{digits: han, units: "十百千万", bareTen: true}.write(n)
		}
	case "chineseCountingThousand":
		return counting{digits: han, units: "十百千万", zeros: true, bareTen: true}.write(n)
	case "taiwaneseCountingThousand":
		return counting{digits: hanZero, units: "十百千萬", zeros: true, bareTen: true}.write(n)
	case "japaneseCounting":
		return counting{digits: han, units: "十百千万", bareAll: true}.write(n)
	case "chineseLegalSimplified":
		return counting{digits: legal, units: "拾佰仟万", zeros: true}.write(n)
	case "ideographLegalTraditional":
		return counting{digits: legalTaiwan, units: "拾佰仟萬", zeros: true}.write(n)
	case "japaneseLegal":
		return counting{digits: "〇壱弐参四伍六七八九", units: "拾百阡萬"}.write(n)
	case "ideographTraditional":
		return pick(stems, n)
	case "ideographZodiac":
		return pick(branches, n)
	case "ideographZodiacTraditional":
		if n <= 60 {
			return pick(stems, (n-1)%10+1) + pick(branches, (n-1)%12+1)
		}
	}
	return ""
}

// western writes letters and Roman numbers.
func western(name string, n int) string {
	switch name {
	case "upperRoman":
		return roman(n)
	case "lowerRoman":
		return strings.ToLower(roman(n))
	case "upperLetter":
		return letters('A', n)
	case "lowerLetter":
		return letters('a', n)
	case "ordinal":
		return strconv.Itoa(n) + ordinalEnding(n)
	}
	return ""
}

// enclosed writes the formats that Unicode has characters for up to twenty.
func enclosed(name string, n int) string {
	first, last := rune(0), 20
	switch name {
	case "decimalEnclosedCircle", "decimalEnclosedCircleChinese":
		first = '①'
	case "decimalEnclosedParen":
		first = '⑴'
	case "decimalEnclosedFullstop":
		first = '⒈'
	case "ideographEnclosedCircle":
		first, last = '㊀', 10
	}
	if first == 0 || n > last {
		return ""
	}
	return string(first + rune(n-1))
}

// counting is a way to count with units.
type counting struct {
	digits, units string // 0 to 9; ten, hundred, thousand, ten thousand
	zeros         bool   // a gap is said: 一百〇一
	bareTen       bool   // 十一 at the start, but 一百一十一
	bareAll       bool   // no 一 before ten, hundred and thousand: 百十一
}

func (c counting) write(n int) string {
	if n >= 100_000_000 {
		return strconv.Itoa(n)
	}
	high, low := n/10_000, n%10_000
	if high == 0 {
		return c.below(low, true)
	}
	s := c.below(high, true) + pick(c.units, 4)
	if low == 0 {
		return s
	}
	if c.zeros && low < 1000 {
		s += pick(c.digits, 1)
	}
	return s + c.below(low, false)
}

// below writes a number under ten thousand; first says that nothing stands
// before it.
func (c counting) below(n int, first bool) string {
	var sb strings.Builder
	gap := false
	for power, unit := 1000, 3; power > 0; power, unit = power/10, unit-1 {
		digit := n / power % 10
		if digit == 0 {
			gap = sb.Len() > 0
			continue
		}
		if gap && c.zeros {
			sb.WriteString(pick(c.digits, 1))
		}
		gap = false
		bare := digit == 1 && unit > 0 && (c.bareAll || c.bareTen && unit == 1 && sb.Len() == 0 && first)
		if !bare {
			sb.WriteString(pick(c.digits, digit+1))
		}
		if unit > 0 {
			sb.WriteString(pick(c.units, unit))
		}
	}
	return sb.String()
}

// pick is the nth character, from 1; "" where there are fewer.
func pick(s string, n int) string {
	for _, r := range s {
		if n--; n == 0 {
			return string(r)
		}
	}
	return ""
}

// digits writes a number digit by digit.
func digits(of string, n int) string {
	var sb strings.Builder
	for _, r := range strconv.Itoa(n) {
		if r >= '0' && r <= '9' {
			sb.WriteString(pick(of, int(r-'0')+1))
		} else {
			sb.WriteRune(r)
		}
	}
	return sb.String()
}

// padded writes a number with as many digits as the pattern's first has: 001,
// 002, 003, ...
func padded(pattern string, n int) string {
	pattern, _, _ = strings.Cut(pattern, ",")
	s := strconv.Itoa(n)
	if width := utf8.RuneCountInString(strings.TrimSpace(pattern)); width <= 6 && len(s) < width && n >= 0 {
		s = strings.Repeat("0", width-len(s)) + s
	}
	return s
}

// letters is a … z, aa, bb … zz, aaa: Word repeats the letter.
func letters(first rune, n int) string {
	if n > 26*10 {
		return ""
	}
	return strings.Repeat(string(first+rune((n-1)%26)), (n-1)/26+1)
}

func roman(n int) string {
	if n >= 4000 {
		return ""
	}
	var sb strings.Builder
	for _, step := range [...]struct {
		value int
		s     string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for n >= step.value {
			sb.WriteString(step.s)
			n -= step.value
		}
	}
	return sb.String()
}

func ordinalEnding(n int) string {
	if tens := n % 100; tens >= 11 && tens <= 13 {
		return "th"
	}
	switch n % 10 {
	case 1:
		return "st"
	case 2:
		return "nd"
	case 3:
		return "rd"
	}
	return "th"
}

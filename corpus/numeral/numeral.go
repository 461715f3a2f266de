// Package numeral reads and writes numbers as Chinese texts have them: in
// Arabic digits of both widths, and in Chinese numerals with units (一百零三)
// or digit by digit (二〇二四), GB/T 15835-2011.
package numeral

import (
	"strings"
	"unicode/utf8"
)

const ones = "一二三四五六七八九"

// Digit is the value of one digit in any script, 〇 and what is typed for it
// included; -1 is none.
func Digit(r rune) int {
	if d := Arabic(r); d >= 0 {
		return d
	}
	if strings.ContainsRune("〇○零ＯO", r) {
		return 0
	}
	if d := Chinese(r); d > 0 {
		return d
	}
	return -1
}

// Arabic is the value of an Arabic digit of either width; -1 is none.
func Arabic(r rune) int {
	switch {
	case r >= '0' && r <= '9':
		return int(r - '0')
	case r >= '０' && r <= '９':
		return int(r - '０')
	}
	return -1
}

// Chinese is the value of 一 to 九 and 两; 0 is none.
func Chinese(r rune) int {
	if r == '两' {
		return 2
	}
	if i := strings.IndexRune(ones, r); i >= 0 {
		return i/len("一") + 1
	}
	return 0
}

// Value reads a text that is known to be a number up to some thousands: 12,
// １２, 十二, 三十一, 一百零三. What is no digit is passed over.
func Value(s string) int {
	if !strings.ContainsAny(s, "十百千") {
		return Positional(s)
	}
	total, current, fresh := 0, 0, true
	for _, r := range s {
		unit := unitOf(r)
		switch v := Digit(r); {
		case unit > 0:
			if fresh {
				current = 1
			}
			total += current * unit
			current, fresh = 0, true
		case v > 0:
			current, fresh = v, false
		}
	}
	return total + current
}

// Positional reads digits one by one, at most nine of them: 二〇二四.
func Positional(s string) int {
	n := 0
	for _, r := range s {
		if v := Digit(r); v >= 0 && n < 1e8 {
			n = n*10 + v
		}
	}
	return n
}

func unitOf(r rune) int {
	switch r {
	case '十':
		return 10
	case '百':
		return 100
	case '千':
		return 1000
	}
	return 0
}

// Prefix reads the number of up to 9999 that s starts with, in one script,
// and returns it with its size in bytes, 0 where there is none.
func Prefix(s string) (num, size int, arabic bool) {
	r, _ := utf8.DecodeRuneInString(s)
	if Arabic(r) >= 0 {
		for i, r := range s {
			d := Arabic(r)
			if d < 0 {
				return num, i, true
			}
			if num = num*10 + d; num > 9999 {
				return 0, 0, true
			}
		}
		return num, len(s), true
	}
	total, last, positional := 0, 0, 0
	for i, r := range s {
		unit := unitOf(r)
		switch {
		case unit > 0:
			total += max(last, 1) * unit
			last, positional = 0, 0
		case r == '零' || r == '〇':
			last *= 10
			positional++
		default:
			d := Chinese(r)
			if d == 0 {
				return total + last, i, false
			}
			last = last*10 + d
			positional++
		}
		if total > 9999 || positional > 4 {
			return 0, 0, false
		}
	}
	return total + last, len(s), false
}

// Small reads a whole text that is a number below a hundred in Chinese
// numerals: 二, 两, 十二, 三十一; ok is false for anything else.
func Small(s string) (n int, ok bool) {
	one := func(s string) int {
		r, size := utf8.DecodeRuneInString(s)
		if size != len(s) {
			return 0
		}
		return Chinese(r)
	}
	tens, units, ten := strings.Cut(s, "十")
	if !ten {
		n = one(s)
		return n, n > 0
	}
	n = 10
	if tens != "" {
		n = 10 * one(tens)
	}
	if n == 0 || units != "" && one(units) == 0 {
		return 0, false
	}
	return n + one(units), true
}

// Write writes 1 to 9999 as the numbers of articles are: 十二, 一百零三; "" for
// anything else.
func Write(n int) string {
	if n < 1 || n > 9999 {
		return ""
	}
	var b strings.Builder
	zero := false
	for power, unit := 1000, "千"; power > 0; power /= 10 {
		d := n / power % 10
		switch {
		case d == 0:
			zero = b.Len() > 0
		default:
			if zero {
				b.WriteString("零")
				zero = false
			}
			if !(d == 1 && power == 10 && b.Len() == 0) {
				b.WriteString(ones[(d-1)*len("一") : d*len("一")])
			}
			b.WriteString(unit)
		}
		unit = map[int]string{1000: "百", 100: "十"}[power]
	}
	return b.String()
}

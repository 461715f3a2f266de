package corpus

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// numberShape is a document number (发文字号) as it is written in all the
// brackets that people use: agency, year, serial (GB/T 9704-2012, 7.2.5).
var numberShape = regexp.MustCompile(`([一-龥]{1,24})\s*[〔﹝\[［【（(]\s*((?:19|20)\d{2})\s*[〕﹞\]］】）)]\s*第?\s*0*(\d{1,5})\s*号`)

// NumberIn returns the first document number in a text in its normal form,
// 青政规〔2024〕3号, or "". What stands before it without a break is taken for
// its beginning: see SameNumber.
func NumberIn(text string) string {
	m := numberShape.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	return m[1] + "〔" + m[2] + "〕" + m[3] + "号"
}

// NumberTail returns the part of a normal number that holds no agency:
// 〔2024〕3号.
func NumberTail(number string) string {
	if i := strings.Index(number, "〔"); i >= 0 {
		return number[i:]
	}
	return ""
}

// SameNumber reports whether a number found by NumberIn, which may begin with
// words that are not part of it (请问青政规〔2024〕3号), is this one.
func SameNumber(found, number string) bool {
	return number != "" && strings.HasSuffix(found, number)
}

// WithoutNumber takes the first document number out of a text, its agency with
// it: the rest is what is asked about the document.
func WithoutNumber(text, number string) string {
	at := numberShape.FindStringIndex(text)
	if at == nil {
		return text
	}
	before := text[:at[1]]
	agency, _, _ := strings.Cut(number, "〔")
	if i := strings.LastIndex(before, agency); agency != "" && i >= at[0] {
		return text[:i] + " " + text[at[1]:]
	}
	return text[:at[0]] + " " + text[at[1]:]
}

// longestNumber bounds what is stored of a number, in characters.
const longestNumber = 64

// NormalNumber writes a document's number as NumberIn does, so that both can
// be compared; one of another shape (令第12号) stays as it is.
func NormalNumber(number string) string {
	number = strings.TrimSpace(number)
	if n := NumberIn(number); n != "" {
		return n
	}
	if utf8.RuneCountInString(number) > longestNumber {
		return ""
	}
	return number
}

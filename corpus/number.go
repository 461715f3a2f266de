package corpus

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus/numeral"
)

// numberShape is a document number (发文字号) as it is written in all the
// brackets that people use: agency, year, serial (GB/T 9704-2012, 7.2.5).
var numberShape = regexp.MustCompile(`([一-龥]{1,24})\s*[〔﹝\[［【（(]\s*((?:19|20)\d{2})\s*[〕﹞\]］】）)]\s*第?\s*0*(\d{1,5})\s*号`)

// orderShape is the number of an order or an announcement, as it is written and
// as people write it: 国务院令第743号, 财政部公告2020年第8号, 国务院第743号令. What
// stands before the word is an agency.
var (
	agencyBefore = `([一-龥、]{0,30}?(?:院|部|委|委员会|局|署|会|府|办|厅|行|主席|省|市))`
	serialOf     = `([0-9０-９]{1,5}|[一二三四五六七八九十百零〇]{1,7})\s*号`
	orderShape   = regexp.MustCompile(agencyBefore + `\s*(令|公告|通告)\s*[（(]?\s*(?:((?:19|20)\d{2})\s*年\s*)?第?\s*` + serialOf)
	orderTurned  = regexp.MustCompile(agencyBefore + `\s*第?\s*` + serialOf + `\s*令`)
)

// NumberIn returns the first document number in a text in its normal form,
// 青政规〔2024〕3号, 国务院令第743号, or "". What stands before it without a break
// is taken for its beginning: see SameNumber.
func NumberIn(text string) string {
	if code := CodeIn(text); code != "" {
		return code
	}
	number, _ := orderIn(text)
	return number
}

// CodeIn is NumberIn for numbers with an agency's code and a year alone.
func CodeIn(text string) string {
	if !strings.Contains(text, "号") { // most messages: the pattern is dear
		return ""
	}
	m := numberShape.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	return m[1] + "〔" + m[2] + "〕" + m[3] + "号"
}

// orderIn returns the number of an order in its normal form and where it
// stands; nil where there is none.
func orderIn(text string) (normal string, at []int) {
	if !strings.Contains(text, "号") {
		return "", nil
	}
	agency, word, year, serial := "", "令", "", ""
	if m := orderShape.FindStringSubmatchIndex(text); m != nil {
		at, agency, word, serial = m[:2], text[m[2]:m[3]], text[m[4]:m[5]], text[m[8]:m[9]]
		if m[6] >= 0 {
			year = text[m[6]:m[7]] + "年"
		}
	} else if m := orderTurned.FindStringSubmatchIndex(text); m != nil {
		at, agency, serial = m[:2], text[m[2]:m[3]], text[m[4]:m[5]]
	}
	n, _, _ := numeral.Prefix(serial)
	if n == 0 {
		return "", nil
	}
	agency = strings.ReplaceAll(agency, "中华人民共和国", "")
	return agency + word + year + "第" + strconv.Itoa(n) + "号", at
}

// NumberTail returns the part of a normal number that holds no agency:
// 〔2024〕3号, 令第743号; "" where it has none.
func NumberTail(number string) string {
	for _, word := range []string{"〔", "令", "公告", "通告"} {
		if i := strings.LastIndex(number, word); i >= 0 {
			return number[i:]
		}
	}
	return ""
}

// SameNumber reports whether a number found by NumberIn, which may begin with
// words that are not part of it (请问青政规〔2024〕3号), is this one, or, of a
// document of several agencies, that of one of them.
func SameNumber(found, number string) bool {
	if number == "" || found == "" {
		return false
	}
	if strings.HasSuffix(found, number) {
		return true
	}
	if !strings.Contains(number, "、") {
		return false
	}
	// 甲部令第4号、乙部令第5号 is two numbers, 甲部、乙部令第5号 one of two agencies.
	tail := ""
	parts := strings.Split(number, "、")
	for i := len(parts) - 1; i >= 0; i-- {
		one := parts[i]
		if own := NumberTail(one); own != "" {
			tail = own
		} else {
			one += tail
		}
		if one != tail && strings.HasSuffix(found, one) {
			return true
		}
	}
	return false
}

// WithoutNumber takes the first document number out of a text, its agency with
// it: the rest is what is asked about the document.
func WithoutNumber(text, number string) string {
	at := numberShape.FindStringIndex(text)
	if at == nil {
		if _, at = orderIn(text); at == nil {
			return text
		}
	}
	before := text[:at[1]]
	agency := strings.TrimSuffix(number, NumberTail(number))
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
	if n := CodeIn(number); n != "" {
		return n
	}
	if utf8.RuneCountInString(number) > longestNumber {
		return ""
	}
	return number
}

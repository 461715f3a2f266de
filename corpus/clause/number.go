package clause

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/numeral"
)

const (
	yearOpen  = `[〔﹝\[［【（(〈]`
	yearClose = `[〕﹞\]］】）)〉]`
	serial    = `[0-9０-９一二三四五六七八九十百零〇]{1,8}`
	// codeShape is 青政规〔2024〕3号 in all the brackets that people use; groups:
	// the agency's code, year, serial.
	codeShape = `([一-龥A-Za-z]{1,24})` + blank + yearOpen + blank + `((?:19|20)[0-9]{2})` + blank + `年?` + blank + yearClose + blank + `第?` + blank + `([0-9０-９]{1,5})` + blank + `号`
	// orderShape is 青岚市人民政府令第12号, 财政部公告2020年第8号; groups: agency with
	// the word, year, serial.
	orderShape = `([一-龥、 　]{0,60}?(?:令|公告|通告))` + blank + `[（(]?` + blank + `(?:((?:19|20)[0-9]{2})年` + blank + `)?第` + blank + `(` + serial + `)` + blank + `号` + blank + `[）)]?`
)

var (
	codeRE    = regexp.MustCompile(codeShape)
	orderRE   = regexp.MustCompile(orderShape)
	wholeCode = regexp.MustCompile(`^` + blank + `[（(]?` + blank + codeShape + blank + `[）)]?$`)
	wholeSet  = regexp.MustCompile(`^` + blank + `[（(]?` + blank + orderShape + blank + `[）)]?$`)
	bareRE    = regexp.MustCompile(`^[（(]?((?:19|20)[0-9]{2})年` + blank + `第` + blank + `([0-9]{1,4})` + blank + `号[）)]?$`)
	bracketed = regexp.MustCompile(`[（(]` + blank + codeShape + blank + `[）)]$`)
)

// notCode are the words that end what is not part of an agency's code: a text
// that runs on into a number.
var notCode = []string{
	"的通知", "的公告", "的通告", "的意见", "的决定", "的批复", "的函", "的复函", "的办法", "的规定", "的方案", "的措施", "若干措施",
	"根据", "按照", "依据", "依照", "参照", "请问", "文号", "字号", "对照", "执行", "现将", "转发", "印发", "关于",
}

// ParseNumber returns a document number, 发文字号, in its normal form:
// 青政规〔2024〕3号, 国务院令第743号, 财政部公告2020年第8号, 2020年第8号; joint ones
// joined with 、. "" is none. What does not belong to it is cut off on the
// left.
func ParseNumber(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 400 {
		return ""
	}
	if !strings.Contains(s, "号") {
		return ""
	}
	s = dayRE.ReplaceAllString(s, " ")
	var all []string
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == '、' || r == '；' || r == ';' }) {
		if n := oneNumber(part); n != "" {
			all = append(all, n)
		}
	}
	if whole := oneNumber(s); len(all) <= 1 && whole != "" {
		return whole
	}
	if len(all) > 4 {
		all = all[:4]
	}
	return strings.Join(all, "、")
}

func oneNumber(s string) string {
	if m := codeRE.FindStringSubmatch(s); m != nil {
		return codeOf(m)
	}
	if m := orderRE.FindStringSubmatch(s); m != nil {
		return orderOf(m)
	}
	if m := bareRE.FindStringSubmatch(strings.TrimSpace(s)); m != nil {
		return m[1] + "年第" + strconv.Itoa(numeral.Value(m[2])) + "号"
	}
	return ""
}

func codeOf(m []string) string {
	code := trimLeft(m[1], notCode)
	if code == "" {
		return ""
	}
	return code + "〔" + m[2] + "〕" + strconv.Itoa(numeral.Value(m[3])) + "号"
}

func orderOf(m []string) string {
	who := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, m[1])
	who = strings.ReplaceAll(trimLeft(who, notCode), "中华人民共和国", "")
	who = strings.TrimLeft(who, "、和及")
	year := ""
	if m[2] != "" {
		year = m[2] + "年"
	}
	n := numeral.Value(m[3])
	if n == 0 || who == "" {
		return ""
	}
	return who + year + "第" + strconv.Itoa(n) + "号"
}

// trimLeft cuts s behind the last of the words in it.
func trimLeft(s string, words []string) string {
	cut := 0
	for _, w := range words {
		if i := strings.LastIndex(s, w); i >= 0 && i+len(w) > cut && i+len(w) < len(s) {
			cut = i + len(w)
		}
	}
	return s[cut:]
}

// number finds the document's own number: it stands by itself above the
// addressees, or in brackets at the end of the title. One that is only cited
// stands within a sentence.
func (r *reading) number() {
	if r.d.Kind == corpus.FAQ || r.d.Kind == corpus.Guide || r.d.Kind == corpus.Interpretation {
		return
	}
	n, at := r.standing()
	if have := r.d.Number; have != "" {
		if n != "" && corpus.NumberTail(n) != corpus.NumberTail(have) {
			r.warn("发文字号以元数据的%s为准，%s写的是%s，请核对", have, r.place(at), n)
		}
		return
	}
	if n != "" {
		r.fill(&r.d.Number, "number", n, r.place(at), corpus.Derived)
		return
	}
	if n := r.titled(); n != "" {
		r.fill(&r.d.Number, "number", n, "标题", corpus.Derived)
		return
	}
	for i := len(r.events) - 1; i >= 0; i-- {
		if e := r.events[i]; e.number != "" {
			r.fill(&r.d.Number, "number", e.number, "题注", corpus.Derived)
			return
		}
	}
}

// titled is the number that a title ends with or consists of.
func (r *reading) titled() string {
	title := strings.TrimSpace(r.d.Title)
	if m := bracketed.FindStringSubmatch(title); m != nil && !strings.Contains(title, "转发") {
		return codeOf(m)
	}
	if m := wholeSet.FindStringSubmatch(title); m != nil && utf8.RuneCountInString(title) <= 80 {
		return orderOf(m)
	}
	return ""
}

// standing looks through the head of the text, up to its first full sentence.
func (r *reading) standing() (string, int) {
	before := ""
	for i, p := range r.head() {
		text := r.text[p.start:p.end]
		whole := wholeCode.FindStringSubmatch(text)
		if whole != nil {
			if n := codeOf(whole); n != "" {
				return n, p.start
			}
		}
		if m := wholeSet.FindStringSubmatch(text); m != nil && i < 20 {
			if n := orderOf([]string{"", before + m[1], m[2], m[3]}); n != "" && !strings.HasPrefix(m[1], "发布") && closed(text) {
				return n, p.start
			}
		}
		if m := bareRE.FindStringSubmatch(text); m != nil && i < 6 {
			if n := r.issuerOf(m); n != "" {
				return n, p.start
			}
		}
		if m := bareSet.FindStringSubmatch(text); m != nil && i < 20 && orderWord.MatchString(before) {
			if n := orderOf([]string{"", before, m[1], m[2]}); n != "" {
				return n, p.start
			}
		}
		switch {
		case isAgency(text), i == 0 && placeOf(text) != "" && !strings.Contains(text, "的") && !strings.Contains(text, "关于"):
			before += text // or a title that is broken over two lines
		case orderWord.MatchString(text):
			before = behind(before + text)
		default:
			before = ""
		}
		if n := runOn(text); n != "" {
			return n, p.start
		}
	}
	return "", 0
}

var announcement = regexp.MustCompile(`(?:公告|通告)$`)

// issuerOf completes a number that stands under a title without its agency,
// 2024年第2号, with those that the title begins with.
func (r *reading) issuerOf(m []string) string {
	title := strings.TrimSpace(r.d.Title)
	who := agenciesIn(titleAgency, title)
	if len(who) == 0 {
		return ""
	}
	word := announcement.FindString(title)
	if word == "" {
		return ""
	}
	return orderOf([]string{"", strings.Join(who, "") + word, m[1], m[2]})
}

var (
	orderWord = regexp.MustCompile(`(?:公告|通告|令)$`)
	bareSet   = regexp.MustCompile(`^[（(]` + blank + `(?:((?:19|20)[0-9]{2})年)?第` + blank + `(` + serial + `)` + blank + `号` + blank + `[）)]$`)
)

// behind is what stands behind a title that runs on: …的公告财政部公告. A title
// alone is no part of a number.
func behind(text string) string {
	for _, end := range []string{"的公告", "的通知", "的通告", "的命令"} {
		if i := strings.LastIndex(text, end); i >= 0 {
			text = text[i+len(end):]
		}
	}
	return text
}

var runOnRE = regexp.MustCompile(`的(?:通知|公告|通告|意见|决定)([一-龥]{2,20}(?:公告|令))((?:19|20)[0-9]{2})年第([0-9]{1,4})号$`)

// runOn reads a number that runs on from its title.
func runOn(text string) string {
	if m := runOnRE.FindStringSubmatch(text); m != nil {
		return orderOf(m)
	}
	return ""
}

// closed says whether brackets are balanced: 2020年第8号） is the end of a citation.
func closed(s string) bool {
	return strings.Count(s, "（")+strings.Count(s, "(") == strings.Count(s, "）")+strings.Count(s, ")")
}

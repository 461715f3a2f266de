package clause

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/numeral"
)

// named is a document that a text names: 《…》 with what stands beside it.
type named struct {
	title      string
	number     string
	agency     string
	edition    corpus.Date
	articles   []string
	partly     bool // only a paragraph or an item of an article
	start, end int  // from 《 or the number, to behind brackets and articles
}

// maxNamedOf bounds the documents that one sentence names.
const maxNamedOf = 200

// namedIn returns the documents named in text[start:end], in order. A number
// without a title is one as well.
func (r *reading) namedIn(start, end int) []named {
	var all []named
	for at := start; at < end && len(all) < maxNamedOf; {
		open := strings.IndexAny(r.masked[at:end], "《〈")
		if open < 0 {
			break
		}
		open += at
		closing := strings.IndexAny(r.masked[open:end], "》〉")
		if closing < 0 {
			break
		}
		n := named{title: strings.TrimSpace(r.text[open+len("《") : open+closing]), start: open, end: open + closing + len("》")}
		r.beside(&n, end)
		all = append(all, n)
		at = n.end
	}
	return r.withBare(all, start, end)
}

// beside reads the brackets and the articles behind a title.
func (r *reading) beside(n *named, end int) {
	for range 2 {
		inner, size := bracket(r.masked[n.end:end])
		if size == 0 {
			break
		}
		said := r.text[n.end+inner[0] : n.end+inner[1]]
		if number := ParseNumber(said); number != "" && n.number == "" {
			n.number = number
		}
		if m := dayRE.FindStringSubmatchIndex(said); m != nil && !n.edition.Known() {
			n.edition, _ = dayAt(said, m, 1)
		}
		n.end += size
	}
	if n.number == "" {
		if m := directCode.FindStringIndex(r.masked[n.end:end]); m != nil {
			n.number = ParseNumber(r.masked[n.end : n.end+m[1]])
			n.end += m[1]
		}
	}
	articles, partly, size := articlesAt(r.masked[n.end:end])
	n.articles, n.partly = articles, partly
	n.end += size
}

var directCode = regexp.MustCompile(`^` + blank + codeShape)

// bracket measures a bracket at the start of s: the bytes within, and its size
// with blanks before it. 0 is none.
func bracket(s string) (inner [2]int, size int) {
	at := len(s) - len(strings.TrimLeft(s, " 　"))
	depth := 0
	for i, c := range s[at:] {
		switch {
		case c == '（' || c == '(':
			if depth++; depth == 1 {
				inner[0] = at + i + utf8.RuneLen(c)
			}
		case depth == 0 || i > 400:
			return inner, 0
		case c == '）' || c == ')':
			if depth--; depth == 0 {
				inner[1] = at + i
				return inner, at + i + utf8.RuneLen(c)
			}
		}
	}
	return inner, 0
}

const articleShape = `第([0-9０-９一二三四五六七八九十百零〇]{1,8})条(?:之([0-9一二三四五六七八九十]{1,3}))?((?:第[0-9一二三四五六七八九十百零]{1,6}[款项目])*)`

var (
	articleHere = regexp.MustCompile(`^(?:中的?|的|中|，)?` + articleShape)
	articleNext = regexp.MustCompile(`^(、|，|和|及|以及|至|到|与|－|-|—)` + articleShape)
	bareNext    = regexp.MustCompile(`^(?:、|和|及)第[0-9一二三四五六七八九十百零]{1,6}[款项目]`)
	articleRE   = regexp.MustCompile(articleShape)
)

// articlesAt reads articles that stand right at the start of s: 第五条至第八条、
// 第十二条第二款. partly says that only a part of one is meant.
func articlesAt(s string) (anchors []string, partly bool, size int) {
	m := articleHere.FindStringSubmatch(s)
	if m == nil {
		return nil, false, 0
	}
	last := numeral.Value(m[1])
	anchors, partly, size = []string{anchorOf(m[1], m[2])}, m[3] != "", len(m[0])
	for len(anchors) < 200 {
		if k := bareNext.FindString(s[size:]); k != "" {
			partly, size = true, size+len(k)
			continue
		}
		m := articleNext.FindStringSubmatch(s[size:])
		if m == nil {
			break
		}
		next := numeral.Value(m[2])
		if strings.ContainsAny(m[1], "至到－-—") {
			for i := last + 1; i < next && len(anchors) < 200; i++ {
				anchors = append(anchors, "a"+strconv.Itoa(i))
			}
		}
		anchors = append(anchors, anchorOf(m[2], m[3]))
		partly = partly || m[4] != ""
		last = next
		size += len(m[0])
	}
	return anchors, partly, size
}

func anchorOf(number, sub string) string {
	a := "a" + strconv.Itoa(numeral.Value(number))
	if sub != "" {
		a += "-" + strconv.Itoa(numeral.Value(sub))
	}
	return a
}

// withBare adds numbers that stand without a title: 青政发〔2010〕5号文件.
func (r *reading) withBare(all []named, start, end int) []named {
	if !strings.Contains(r.masked[start:end], "号") {
		return all
	}
	var out []named
	k := 0
	for _, m := range codeRE.FindAllStringSubmatchIndex(r.masked[start:end], maxNamedOf) {
		a, b := start+m[0], start+m[1]
		for k < len(all) && all[k].start < a {
			out = append(out, all[k])
			k++
		}
		if len(out) > 0 && a < out[len(out)-1].end || strings.Contains(r.masked[a:b], string(filler)) {
			continue
		}
		number := ParseNumber(r.masked[a:b])
		if number == "" {
			continue
		}
		if i := strings.Index(r.masked[a:b], strings.SplitN(number, "〔", 2)[0]); i > 0 {
			a += i
		}
		n := named{number: number, start: a, end: b}
		articles, partly, size := articlesAt(r.masked[b:end])
		n.articles, n.partly, n.end = articles, partly, b+size
		out = append(out, n)
	}
	return append(out, all[k:]...)
}

const issueVerb = `(?:发布|公布|颁布|颁发|制定|印发|通过|批准|修订|修正|修改|下发|发出|转发|制发)`

var (
	issuedBy   = regexp.MustCompile(`([一-龥、（） ]{2,120}?)(?:令|公告)?(?:第[0-9]+号)?(?:于)?(?:联合)?(?:重新)?` + issueVerb)
	beforeDay  = regexp.MustCompile(`([一-龥、 ]{2,60})(?:于|在)?$`)
	afterStart = regexp.MustCompile(`(?:起|开始)?(?:正式)?(?:施行|实施|执行|生效)[，,；]|同时废止[，,；、]|(?:^|[，,])(?:同时|并)`)
)

// origin reads who issued a named document and when, from the words before it.
func origin(before string, n *named) {
	if all := afterStart.FindAllStringIndex(before, -1); len(all) > 0 {
		before = before[all[len(all)-1][1]:]
	}
	if len(before) > 600 {
		before = before[len(before)-600:]
		for len(before) > 0 && !utf8.RuneStart(before[0]) {
			before = before[1:]
		}
	}
	days := dayRE.FindAllStringSubmatchIndex(before, 10)
	tail := before
	if len(days) > 0 {
		m := days[len(days)-1]
		if day, ok := dayAt(before, m, 1); ok && !n.edition.Known() {
			n.edition = day
		}
		tail = before[m[1]:]
	}
	if approvedRE.MatchString(tail) {
		n.agency = adopterIn(before[:len(before)-len(tail)], days)
		return
	}
	if m := byCongress.FindStringSubmatch(tail); m != nil {
		n.agency = strings.TrimLeft(m[1], "经由于") + congress(m[2])
		return
	}
	if m := issuedBy.FindStringSubmatch(tail); m != nil {
		n.agency = plainAgency(m[1])
	}
	if n.agency == "" && len(days) > 0 {
		if m := beforeDay.FindStringSubmatch(before[:days[len(days)-1][0]]); m != nil {
			n.agency = plainAgency(m[1])
		}
	}
}

// approvedRE ends what names who approved a rule: a city's regulation is adopted
// by its own congress and approved by the province's (立法法, art. 81).
var approvedRE = regexp.MustCompile(`(?:人民代表大会|人大)(?:常务委员会|常委会)?[^，。；]{0,20}批准的?$`)

// adopterIn reads who adopted what another body approved: …通过、…批准的《…》; "" is
// not told. days are where the days stand, the approval's last.
func adopterIn(before string, days [][]int) string {
	if len(days) < 2 {
		if m := byCongress.FindStringSubmatchIndex(before); m != nil && strings.Contains(before[m[1]:], "通过") {
			return congressAt(before, m)
		}
		return ""
	}
	said := before[days[len(days)-2][1]:days[len(days)-1][0]]
	if m := byCongress.FindStringSubmatchIndex(said); m != nil && strings.Contains(said, "通过") {
		return congressAt(said, m)
	}
	return ""
}

func congressAt(s string, m []int) string {
	who := ""
	if m[2] >= 0 {
		who = strings.TrimLeft(s[m[2]:m[3]], "经由于")
	}
	return who + congress(s[m[4]:m[5]])
}

// congress writes 人大常委会 in full.
func congress(s string) string {
	s = strings.Replace(s, "人大", "人民代表大会", 1)
	return strings.Replace(s, "常委会", "常务委员会", 1)
}

// plainAgency takes off what is no part of an agency's name; "" is none.
func plainAgency(s string) string {
	s = strings.Join(strings.Fields(s), "、")
	for _, p := range []string{"经国务院批准、", "经", "由", "原", "此前", "以前", "并", "、", "和", "及", "以及", "（", "）", "，"} {
		s = strings.TrimPrefix(s, p)
	}
	s = strings.TrimPrefix(strings.Trim(s, "、于"), "原")
	for _, name := range strings.Split(s, "、") {
		if !isAgency(name) && name != "国务院" {
			return ""
		}
	}
	return strings.ReplaceAll(s, "中华人民共和国", "")
}

// fullTitle says whether a title stands for itself, and is not a short name
// that only its own text explains: 《办法》.
func fullTitle(title string) bool {
	n := utf8.RuneCountInString(title)
	return n >= 6 || n >= 3 && strings.HasSuffix(title, "法") && title != "办法" || n >= 4 && strings.HasSuffix(title, "条例")
}

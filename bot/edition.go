package bot

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// editions are words and years that tell a document from its other edition.
var editions = regexp.MustCompile(`暂行|试行|(?:19|20)\d\d`)

// draftWords name what is out for comment.
var draftWords = []string{"征求意见", "意见稿", "草案", "送审稿", "讨论稿", "公开征集", "征集意见", "出台"}

// namesAnother reports whether a question may be about another edition than
// the one in force.
func namesAnother(asked string) bool {
	return editions.MatchString(asked) || containsAny(asked, draftWords) ||
		containsAny(asked, []string{"《", "〔", "号文", "旧", "以前", "原来", "过期", "废止", "失效", "有效", "新规", "年起", "去年", "前年", "上年"}) ||
		containsAny(asked, []string{"办法", "条例", "细则", "规定里", "通知里", "规定中", "通知中", "规定第"}) // a title, maybe
}

// years returns the years that a question names, also as 去年 and 前年.
func years(asked string, day corpus.Date) []string {
	var out []string
	for _, e := range editions.FindAllString(asked, -1) {
		if e[0] < 0x80 {
			out = append(out, e)
		}
	}
	this, err := strconv.Atoi(string(day)[:min(4, len(day))])
	if err != nil {
		return out
	}
	for i, w := range [][]string{{"去年", "上年", "上一年"}, {"前年"}} {
		if containsAny(asked, w) {
			out = append(out, strconv.Itoa(this-1-i))
		}
	}
	return out
}

// editionOf returns the edition of a document that a question names.
func editionOf(asked string, d corpus.Document, day corpus.Date) string {
	for _, e := range append(editions.FindAllString(asked, -1), years(asked, day)...) {
		switch {
		case strings.Contains(d.Title, e), strings.Contains(d.Number, "〔"+e+"〕"), d.StandardYear > 0 && strconv.Itoa(d.StandardYear) == e:
			return e
		case strings.Contains(asked, e+"年版") && (strings.HasPrefix(string(d.Written), e) || strings.HasPrefix(string(d.Effective), e)):
			return e
		}
	}
	return ""
}

// named reports whether a question names what old has and now has not: an
// edition, of what old is about; the whole title; that it is out for comment.
func (t *turn) named(asked string, old, now corpus.Document) bool {
	if old.Kind == corpus.Consultation && containsAny(asked, draftWords) {
		return true
	}
	if titleIn(asked, old) && !titleIn(asked, now) {
		return true
	}
	e := editionOf(asked, old, t.day)
	return e != "" && editionOf(e, now, t.day) == "" && shared(pairs(matter(asked)), pairs(matter(old.Title))) > 0
}

// titleIn reports whether a question holds the whole of a document's title,
// with or without the place that it begins with.
func titleIn(asked string, d corpus.Document) bool {
	q, title := index.FoldString(asked), index.FoldString(d.Title)
	const shortest = 6 // letters: 停车办法 names no document
	short := strings.TrimPrefix(title, index.FoldString(d.Region))
	return title != "" && (strings.Contains(q, title) || letters(short) >= shortest && strings.Contains(q, short))
}

// editionWords are what tells editions apart, with the words that go with it.
var editionWords = regexp.MustCompile(`(?:(?:19|20)[0-9]{2}|去|前|上)年(?:版本|版|度)?|暂行|试行|(?:修订)?征求意见稿|以前|原来|旧的?|新版`)

// matterOf is what a question asks of a document that it names: without the
// title, and without what tells editions apart. Where nothing is left, it is
// the question.
func matterOf(asked string, d corpus.Document) string {
	rest := editionWords.ReplaceAllString(corpus.WithoutNumber(asked, corpus.NormalNumber(d.Number)), "")
	title := []rune(editionWords.ReplaceAllString(strings.TrimPrefix(d.Title, d.Region), ""))
	const shortest = 6 // letters of a title that are taken out: fewer are what is asked about
	for n := len(title); n >= shortest; n-- {
		for at := 0; at+n <= len(title); at++ {
			if piece := string(title[at : at+n]); strings.Contains(rest, piece) {
				rest = strings.Replace(rest, piece, "", 1)
				n = 0
				break
			}
		}
	}
	rest = strings.TrimLeft(strings.NewReplacer("《", "", "》", "", "（", "", "）", "", "条例", "", "办法", "", "规定", "").Replace(rest), "里中的上，。 ")
	if letters(rest) < 2 {
		return asked
	}
	return rest
}

// matter is what a title or a question is about: without the words that any
// title or question may have.
func matter(s string) string {
	s = editions.ReplaceAllString(s, " ")
	for _, w := range []string{"管理", "办法", "规定", "细则", "通知", "意见", "实施", "关于", "有关", "事项", "年度"} {
		s = strings.ReplaceAll(s, w, " ")
	}
	return s
}

func asksWhetherItHolds(asked string) bool {
	return containsAny(asked, []string{"还有效", "有效吗", "有没有效", "还有用", "作废", "失效", "过期", "废止", "还发", "还执行", "还管用", "还算数", "还能用"})
}

// wantsText reports whether a question asks for the words of a document that
// does not hold, by its name: then they follow the warning. A draft's never do.
func wantsText(asked string, old standingHit) bool {
	return old.Kind != corpus.Consultation && !asksWhetherItHolds(asked) &&
		(old.named || titleIn(asked, old.Document) || corpus.NumberIn(asked) != "")
}

// pastStandard reports whether a question names the year of a standard that
// another year's has taken the place of.
func (t *turn) pastStandard(asked string, old standingHit) bool {
	d := old.Document
	if d.Standard == "" || d.StandardYear == 0 || old.Validity == corpus.NotYet || asksWhetherItHolds(asked) {
		return false
	}
	for _, y := range years(asked, t.day) {
		if y == strconv.Itoa(d.StandardYear) {
			return true
		}
	}
	return false
}

package extract

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/clause"
)

// metaNames are the names of meta elements on government sites (国办秘函 on
// site marking), in lower case.
var metaNames = map[string]string{
	"articletitle": "title", "pubdate": "published", "contentsource": "agency", "url": "url", "og:title": "title",
}

const maxScanned = 20_000 // elements looked at for front metadata

// pageFields reads what a page says about its document outside of the text.
func pageFields(doc *goquery.Document) fields {
	f := fields{}
	set := func(name, value, place string) {
		value = strings.Trim(collapse(value), "：: 　")
		if name != "" && value != "" && !nothing.MatchString(value) && f[name] == nil && utf8.RuneCountInString(value) <= 300 {
			f[name] = found{value, place}
		}
	}
	doc.Find("td, th, li, dt, p, span, div, b, strong").EachWithBreak(func(i int, sel *goquery.Selection) bool {
		if n := sel.Nodes[0]; shortNode(n) {
			label, value := labelOf(nodeText(n))
			if name := clause.Field(label); name != "" {
				if value == "" && !namesColumn(n) {
					value = nextCell(n)
				}
				if name == "number" && clause.ParseNumber(value) == "" && strings.IndexFunc(value, isDigit) < 0 {
					value = ""
				}
				set(name, value, "信息表“"+label+"”")
			}
		}
		return i < maxScanned
	})
	doc.Find("meta").EachWithBreak(func(i int, sel *goquery.Selection) bool {
		name := sel.AttrOr("name", sel.AttrOr("property", ""))
		set(metaNames[strings.ToLower(name)], sel.AttrOr("content", ""), "网页 meta "+name)
		return i < 200
	})
	for _, name := range []string{"effective", "expires", "ended", "published", "written"} {
		if v, ok := f[name].(found); ok && strings.IndexFunc(v.value, isDigit) < 0 {
			delete(f, name) // 长期, 见正文
		}
	}
	for _, name := range []string{"level", "region"} { // a person's words, not a field's
		if v, ok := f[name].(found); ok && utf8.RuneCountInString(v.value) > 20 {
			delete(f, name)
		}
	}
	return f
}

// nothing is what sites write where a value is missing.
var nothing = regexp.MustCompile(`^(?:无|暂无|-+|—+|/|\\)$`)

func isDigit(r rune) bool {
	return r >= '0' && r <= '9' || r >= '０' && r <= '９' || strings.ContainsRune("〇○零一二三四五六七八九", r)
}

// shortNode says whether an element's text is as short as a label with its
// value, without reading a long one to its end.
func shortNode(n *html.Node) bool {
	size, nodes := 0, 0
	var walk func(*html.Node) bool
	walk = func(n *html.Node) bool {
		if nodes++; nodes > 40 {
			return false
		}
		if n.Type == html.TextNode {
			if size += len(strings.TrimSpace(n.Data)); size > 600 {
				return false
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if !walk(c) {
				return false
			}
		}
		return true
	}
	return walk(n) && size > 0
}

// labelOf splits 发文字号：青政规〔2024〕3号. Blanks within a label (文　　号)
// don't count.
func labelOf(s string) (label, value string) {
	i := strings.IndexAny(s, "：:")
	if i < 0 {
		return strings.Join(strings.FieldsFunc(s, isBlank), ""), ""
	}
	_, size := utf8.DecodeRuneInString(s[i:])
	label = strings.Join(strings.FieldsFunc(s[:i], isBlank), "")
	return strings.Trim(label, "【】[]"), strings.TrimSpace(s[i+size:])
}

func isBlank(r rune) bool { return r == ' ' || r == '　' || r == '\u00a0' || r == '\t' }

// nextCell is the text of the element after a label.
func nextCell(n *html.Node) string {
	for s := n.NextSibling; s != nil; s = s.NextSibling {
		if s.Type == html.ElementNode {
			if !shortNode(s) {
				return ""
			}
			value := nodeText(s)
			if label, _ := labelOf(value); clause.Field(label) != "" {
				return ""
			}
			return value
		}
	}
	return ""
}

// namesColumn says whether a cell stands in the row that names the columns of a
// table: what is beside it is no value of its own.
func namesColumn(n *html.Node) bool {
	if n.Data != "td" && n.Data != "th" {
		return false
	}
	before, first := 0, n
	for s := n.PrevSibling; s != nil; s = s.PrevSibling {
		if s.Type == html.ElementNode {
			first = s
			before++
		}
	}
	next := n.NextSibling
	for next != nil && next.Type != html.ElementNode {
		next = next.NextSibling
	}
	return before%2 == 1 || n.Data == "th" && next != nil && next.Data == "th" || first != n && shortNode(first) && serialColumn.MatchString(nodeText(first))
}

var serialColumn = regexp.MustCompile(`^[\s　]*(?:序[\s　]*号|编[\s　]*号)[\s　]*$`)

var siteName = regexp.MustCompile(`\s*(?:[_|｜]|\s[-–—]+\s|-{1,2}|—{1,2})[^_|｜—-]{2,30}$`)

// pageTitle reads the page's own title, without the name of the site.
func pageTitle(doc *goquery.Document) string {
	if h := doc.Find("h1").First(); h.Length() > 0 && shortNode(h.Nodes[0]) {
		if t := nodeText(h.Nodes[0]); t != "" {
			return t
		}
	}
	t := collapse(doc.Find("title").First().Text())
	for range 3 {
		cut := siteName.ReplaceAllString(t, "")
		if cut == t || corpus.Printed(cut) < 6 {
			break
		}
		t = cut
	}
	if utf8.RuneCountInString(t) > 300 {
		return corpus.FirstTitle(t)
	}
	return t
}

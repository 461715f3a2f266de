package extract

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/policybot/policybot/corpus"
)

// frontNames are what the table above a published document calls things.
var frontNames = map[string]string{
	"发文字号": "number", "文号": "number", "文件编号": "number", "公文种类文号": "number", "发文文号": "number",
	"发文机关": "agency", "发布机构": "agency", "发布机关": "agency", "发文单位": "agency", "制发机关": "agency", "发布单位": "agency",
	"标题": "title", "名称": "title", "信息名称": "title", "文件名称": "title",
	"发布日期": "published", "公开日期": "published", "发布时间": "published",
	"成文日期": "written", "生成日期": "written",
	"主题分类": "topics", "主题词": "topics",
	"施行日期": "effective", "实施日期": "effective", "生效日期": "effective", "生效时间": "effective",
	"废止日期": "expires", "失效日期": "expires", "有效期至": "expires",
	"索引号": "index", "有效性": "validity",
}

// metaNames are the names of meta elements on government sites (国办秘函 on
// site marking), in lower case.
var metaNames = map[string]string{
	"articletitle": "title", "pubdate": "published", "contentsource": "agency", "url": "url", "og:title": "title",
}

const maxScanned = 20_000 // elements looked at for front metadata

// pageFields reads what a page says about its document outside of the text.
func pageFields(doc *goquery.Document) fields {
	f := fields{}
	set := func(name, value string) {
		value = strings.Trim(collapse(value), "：: 　")
		if name != "" && value != "" && value != "无" && f[name] == nil && utf8.RuneCountInString(value) <= 300 {
			f[name] = value
		}
	}
	doc.Find("td, th, li, dt, p, span, div, b, strong").EachWithBreak(func(i int, sel *goquery.Selection) bool {
		if n := sel.Nodes[0]; shortNode(n) {
			label, value := labelOf(nodeText(n))
			if name := frontNames[label]; name != "" {
				if value == "" {
					value = nextCell(n)
				}
				set(name, value)
			}
		}
		return i < maxScanned
	})
	doc.Find("meta").EachWithBreak(func(i int, sel *goquery.Selection) bool {
		name := sel.AttrOr("name", sel.AttrOr("property", ""))
		set(metaNames[strings.ToLower(name)], sel.AttrOr("content", ""))
		return i < 200
	})
	if f["published"] == nil {
		f["published"] = f["written"]
	}
	for _, name := range []string{"effective", "expires", "published"} {
		if s, ok := f[name].(string); ok && strings.IndexFunc(s, func(r rune) bool { return r >= '0' && r <= '9' }) < 0 {
			delete(f, name) // 长期, 见正文
		}
	}
	return f
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
			if label, _ := labelOf(value); frontNames[label] != "" {
				return ""
			}
			return value
		}
	}
	return ""
}

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
		if cut == t || runesOf(cut) < 6 {
			break
		}
		t = cut
	}
	if utf8.RuneCountInString(t) > 300 {
		return corpus.FirstTitle(t)
	}
	return t
}

package extract

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/clause"
)

const (
	leastRest = 12  // characters of a sentence that is worth naming
	mostFound = 200 // pieces that are looked for within the text
)

// siteNotice is what stands on every page of a site, and belongs to none of
// its documents.
var siteNotice = regexp.MustCompile(`(?i)版权所有|ICP备|公网安备|网站标识码|copyright|技术支持|主办单位|建议使用|浏览器|扫一扫|分享到|分享至|当前位置|您现在的位置|您所在的位置|字体：|字号：|无障碍|责任编辑`)

// rest gathers what a page says outside of its text: sentences, and rows of
// tables other than the document's own front table. What links consist of are
// menus and lists of other pages.
type rest struct {
	size  int // characters
	first string
}

// restOf compares a page with the text that was found in it. inside is the
// element that the text is all of; nil where it was put together.
func restOf(root, inside *html.Node, text []corpus.Block) rest {
	all := &htmlReader{without: inside}
	all.walk(root, 0)
	all.flush()
	have := map[string]bool{}
	for _, b := range text {
		have[squeezed(b.Label+b.Text)] = true
	}
	whole, found := squeezed(allText(text)), 0
	var out rest
	for i, b := range all.blocks {
		s := squeezed(b.Label + b.Text)
		if have[s] || !worthNaming(b, all.linked[i]) {
			continue
		}
		if found++; found <= mostFound && strings.Contains(whole, s) {
			continue
		}
		if out.size == 0 {
			out.first = clip(collapse(b.Label+b.Text), 40)
		}
		out.size += corpus.Printed(s)
	}
	return out
}

func worthNaming(b corpus.Block, linked int) bool {
	size := corpus.Printed(b.Text)
	switch {
	case size < leastRest, 2*linked > size, siteNotice.MatchString(b.Text):
		return false
	case b.Row:
		for cell := range strings.SplitSeq(b.Text, "\t") {
			if label, _ := labelOf(cell); clause.Field(label) != "" {
				return false
			}
		}
		return true
	}
	return strings.ContainsAny(b.Text, "。；！？")
}

func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// clip cuts a text after n characters.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

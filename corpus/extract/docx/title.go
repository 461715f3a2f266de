package docx

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

const (
	titleWithin = 30  // blocks from the start
	titleSize   = 30  // half points of type, 15 pt: body text has 16 pt at most, and is not centred
	maxTitle    = 120 // characters
	minTitle    = 4
)

var (
	// titleEnding is how titles of documents end; an agency's name above them,
	// or …文件, does not.
	titleEnding = regexp.MustCompile(`(?:通知|公告|通告|通报|意见|办法|规定|措施|决定|方案|批复|细则|条例|指南|解读|公示|公报|函|规划|计划|目录|清单|标准|制度|规则|规程|规范|章程|纲要|要点|报告|说明|问答|预案|协议|办事指引|政策|倡议书|公开信)(?:（[^（）]{1,12}）)?$`)
	// besideTitle is a line of its own above or below: a number, a day.
	besideTitle = regexp.MustCompile(`[〔\[［【（(]\s*(?:19|20)\d{2}\s*[〕\]］】）)]\s*第?\d+\s*号$|^[（(].*年.*|^\d{4}年\d{1,2}月\d{1,2}日$|^第[\d一二三四五六七八九十百]+号$`)
)

// takeTitle finds the title and moves it to the front, so that it is not
// written twice: what has the title style; else the first centred lines in
// large type that read as the title of a document; else the line that the
// document's properties name. stated is what those say.
func takeTitle(items []item, stated string) (string, []item) {
	from, to := styledTitle(items)
	if to == from {
		from, to = printedTitle(items)
	}
	if to == from {
		from, to = statedTitle(items, stated)
	}
	if to == from {
		return "", items
	}
	title := items[from]
	title.Text, title.Heading = joinedTitle(items[from:to]), 0
	rest := slices.Delete(items, from, to)
	return title.Text, slices.Insert(rest, 0, title)
}

func styledTitle(items []item) (from, to int) {
	for i := range min(len(items), titleWithin) {
		if items[i].title {
			return i, i + 1 // several paragraphs are one item already
		}
	}
	return 0, 0
}

func printedTitle(items []item) (from, to int) {
	n := min(len(items), titleWithin)
	for i := 0; i < n; i++ {
		if !items[i].printedAsTitle() {
			continue
		}
		end := i + 1
		for end < n && items[end].printedAsTitle() && items[end].size == items[i].size {
			end++
		}
		text := joinedTitle(items[i:end])
		if l := utf8.RuneCountInString(text); l >= minTitle && l <= maxTitle && titleEnding.MatchString(corpus.Squeeze(text)) {
			return i, end
		}
		i = end - 1
	}
	return 0, 0
}

func (it item) printedAsTitle() bool {
	return it.centred && it.size >= titleSize && it.Label == "" && !it.Row && !it.toc && it.Text != "" &&
		!besideTitle.MatchString(corpus.Squeeze(it.Text)) && !corpus.Numbered(it.Text)
}

func statedTitle(items []item, stated string) (from, to int) {
	if utf8.RuneCountInString(stated) < minTitle {
		return 0, 0
	}
	for i, it := range items[:min(len(items), titleWithin)] {
		if !it.Row && !it.toc && it.Label == "" && corpus.Squeeze(it.Text) == corpus.Squeeze(stated) {
			return i, i + 1
		}
	}
	return 0, 0
}

func joinedTitle(items []item) string {
	var parts []string
	for _, it := range items {
		parts = append(parts, it.Text)
	}
	return joinLines(strings.Join(parts, "\n"))
}

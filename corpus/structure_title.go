package corpus

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxTitle      = 60  // characters of a title taken from running text
	maxNamedTitle = 100 // of one that ends as titles of documents do
	minTitle      = 8
)

var titleEnding = regexp.MustCompile(`(?:通知|公告|通告|意见|办法|规定|措施|决定|方案|批复|细则|条例|指南|解读|公示|倡议书|公开信|函|问答|令第?\s*[0-9一二三四五六七八九十]+\s*号|号令|（[^（）]{1,12}）|（[^（）]{1,24}号）)$`)

// agencyEnding is the end of an agency's name: several stand before a joint
// document's title.
var agencyEnding = regexp.MustCompile(`(?:[部厅局委署院会府行]|委员会|办公室|中心|小组|指挥部)$`)

// bareNumber is a document number without a title.
var bareNumber = regexp.MustCompile(`^\S{1,16}[〔﹝\[［【（(]\d{4}[〕﹞\]］】）)]第?\d{1,5}号$`)

// FirstTitle takes a title from the start of a text that has none: its first
// line where that is short, else its first segment between blanks that reads
// as a title, else its first sentence or clause. It is always a prefix of the
// text without leading blanks, "" only where there is no text.
func FirstTitle(text string) string {
	text = strings.TrimSpace(text)
	more := false // another line, so that this one may be the title as it is
	if i := strings.IndexFunc(text, isBreak); i >= 0 {
		text, more = strings.TrimSpace(text[:i]), true
	}
	if !runesMoreThan(text, maxTitle) && (more || !strings.ContainsAny(text, "。，")) {
		return text
	}
	segment := ""
	n := 0
	inGap := false
	for i, r := range text {
		if n++; n > maxNamedTitle+1 || r == '。' {
			break
		}
		if !unicode.IsSpace(r) {
			if inGap && segment != "" && parseMark(text[i:]).kind != none {
				return segment // a title never runs into the numbering
			}
			inGap = false
			continue
		}
		if inGap {
			continue
		}
		inGap = true
		head := text[:i]
		switch {
		case bareNumber.MatchString(head):
		case strings.Contains(head, "关于") && strings.HasPrefix(strings.TrimSpace(text[i:]), head):
			return head // written twice
		case titleEnding.MatchString(head) && n > minTitle/2:
			return head
		case n <= minTitle || n > maxTitle+1:
		case segment == "":
			segment = head
			fallthrough
		default:
			if !strings.Contains(head, "关于") && !agencyEnding.MatchString(head) {
				return segment
			}
		}
	}
	if segment != "" {
		return segment
	}
	return firstClause(text)
}

// firstClause cuts a text without blanks at a sentence end, else at the last
// comma that fits, else hard.
func firstClause(text string) string {
	n, clause := 0, 0
	for i, r := range text {
		if n >= maxTitle {
			if clause > 0 {
				return text[:clause]
			}
			return strings.TrimSpace(text[:i])
		}
		n++
		if n > minTitle {
			switch {
			case isSentenceEnd(r):
				return text[:i+utf8.RuneLen(r)]
			case strings.ContainsRune("，；：,", r):
				clause = i
			}
		}
	}
	return text
}

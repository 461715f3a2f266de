package corpus

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// editionMark is what tells one edition of a title from another at its end:
// (2020-12-30), （2018年修正）, （2024年本）, and what sites add to it.
var editionMark = regexp.MustCompile(`[(（](?:\d{4}-\d{1,2}-\d{1,2}|(?:\d{4}年?)?(?:\d{1,2}月)?(?:\d{1,2}日)?(?:第[一二三四五六七八九十]{1,3}次)?(?:修正|修订|修改|公布|通过|重新公布)(?:文本|本|版|案文本)?|\d{4}年?(?:版|本)|已?(?:废止|失效|修改)|(?:现行|全部)有效)[)）]$`)

// TitleKey returns the normal form under which the titles of all editions of a
// document are the same: without blanks, 《》 and quotation marks, the name of
// the state and marks of an edition at its end; brackets, digits and letters
// in half width. A title of nothing else stays as it is. 试行, 暂行 and
// 征求意见稿 tell documents apart and stay.
func TitleKey(title string) string {
	key := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("《》〈〉<>“”\"‘’'「」『』\ufeff\u200b", r) {
			return -1
		}
		return r
	}, width.Fold.String(title))
	for range 3 {
		cut := editionMark.ReplaceAllString(key, "")
		if cut == key || cut == "" {
			break
		}
		key = cut
	}
	if cut := strings.ReplaceAll(key, "中华人民共和国", ""); cut != "" {
		key = cut
	}
	if key == "" {
		return title
	}
	return key
}

// issuing is the title of a notice that issues a rule.
var issuing = regexp.MustCompile(`(?:印发|发布|公布|下发)[《〈]?(.+?)[》〉]?的(?:通知|公告|决定|通告)$`)

// issuedKey is the TitleKey of the rule that a notice issues: texts name the
// rule, with the number of the notice. "" where the title is none of a notice.
func issuedKey(title string) string {
	m := issuing.FindStringSubmatch(strings.TrimSpace(title))
	if m == nil {
		return ""
	}
	return TitleKey(m[1])
}

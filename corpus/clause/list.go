package clause

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

var (
	// opensList announces titles in the lines that follow.
	opensEnd  = regexp.MustCompile(`(?:废止|宣布失效|失效|停止执行)(?:[^。]{0,30}?)(?:以下|下列|如下|附件|目录|见附|附后)|(?:以下|下列|附件(?:[0-9一二三四五六]+)?(?:所列|中的|列明))[^。]{0,60}?` + ends)
	opensEdit = regexp.MustCompile(`(?:修改|修订)(?:[^。]{0,30}?)(?:以下|下列|如下|附件|目录)|(?:以下|下列)[^。]{0,40}?(?:修改|修订)`)
	keeps     = regexp.MustCompile(`继续有效|保留|现行有效|仍然有效|继续执行|拟修改|拟修订|有效的`)
	appendix  = regexp.MustCompile(`^附[件表录][0-9一二三四五六七八九十]*[：:]?[^。；]{0,40}$`)
	listHead  = regexp.MustCompile(`(?:目录|清单|文件|规章|法规|名单|附件|一览表|部分)`)
	itemMark  = regexp.MustCompile(`^(?:[（(]?[0-9０-９]{1,4}[）)]?[.．、)）]?|[（(]?[一二三四五六七八九十百零]{1,5}[）)]?[、.．]?)` + blank)
	titleForm = regexp.MustCompile(`^.{0,120}?(?:关于.{2,200}?的(?:通知|意见|办法|规定|决定|公告|通告|批复|函|复函|方案|措施|补充通知|实施意见|若干意见|报告|请示)|.{3,80}?(?:办法|条例|规定|细则|规则|意见|方案|措施|规程|标准|规划|通知|决定|制度))(?:[（(](?:试行|暂行|修订)[）)])?$`)
)

// lists reads clean-up decisions: the titles below 决定废止下列文件, or in a table
// or an appendix under a heading 废止的规范性文件目录.
func (r *reading) lists() {
	mode, sure := corpus.RelationKind(""), false
	misses := 0
	for i, l := range r.lines {
		if l.role == corpus.TitleRole || l.end-l.start > 4000 {
			continue
		}
		masked := r.masked[l.start:l.end]
		if next, opened := r.opens(masked, mode); opened {
			if next != mode || mode == "" {
				mode, misses = next, 0
			}
			sure = mode != ""
			continue
		}
		result, marked := resultOf(r.text[l.start:l.end])
		if mode == "" && (!marked || !r.words.amending) {
			continue
		}
		n, ok := r.item(l)
		switch {
		case ok && marked:
			if result != "" {
				r.listed(result, n, sentence{l.start, l.end, i}, true)
			}
		case mode == "":
		case ok:
			misses = 0
			r.listed(mode, n, sentence{l.start, l.end, i}, sure)
		case daySigned.MatchString(masked), structured.MatchString(masked) && !r.words.amending:
			mode = ""
		case strings.Contains(masked, "。"):
			if misses++; misses > 3 {
				mode = ""
			}
		}
	}
}

// resultOf reads the cell of a row that says what becomes of its document:
// 废止, 修改, 继续有效. marked says that there is one; "" is that nothing does.
func resultOf(row string) (kind corpus.RelationKind, marked bool) {
	if !strings.Contains(row, "\t") {
		return "", false
	}
	for _, cell := range strings.Split(row, "\t") {
		switch strings.TrimSpace(cell) {
		case "废止", "宣布失效", "失效", "宣布废止":
			return corpus.Repeals, true
		case "修改", "修订", "予以修改":
			return corpus.Amends, true
		case "继续有效", "有效", "保留", "继续执行", "现行有效":
			return "", true
		}
	}
	return "", false
}

// opens says whether a line begins or ends a list, and of what.
func (r *reading) opens(masked string, mode corpus.RelationKind) (corpus.RelationKind, bool) {
	if mode != "" && appendix.MatchString(masked) && !has(masked, endWords...) && !has(masked, "修改", "修订") {
		return "", true
	}
	if !has(masked, endWords...) && !has(masked, "修改", "修订", "继续有效", "保留", "继续执行") {
		return mode, false
	}
	n := utf8.RuneCountInString(masked)
	heading := n <= 60 && !strings.ContainsAny(masked, "。；\tx")
	switch {
	case strings.Contains(masked, "》") && !strings.HasSuffix(masked, "：") && !strings.HasSuffix(masked, ":") && !opensEnd.MatchString(masked):
		return mode, false
	case heading && keeps.MatchString(masked):
		return "", true
	case heading && r.words.amending && listHead.MatchString(masked) && endsWord.MatchString(masked):
		return corpus.Repeals, true
	case heading && r.words.amending && listHead.MatchString(masked) && strings.Contains(masked, "修改"):
		return corpus.Amends, true
	case keeps.MatchString(masked) && follows(masked):
		return "", true
	case reported.MatchString(masked) || keeps.MatchString(masked):
		return mode, false
	case opensEnd.MatchString(masked) && follows(masked):
		return corpus.Repeals, true
	case opensEdit.MatchString(masked) && follows(masked) && r.words.amending:
		return corpus.Amends, true
	}
	return mode, false
}

// follows says whether a list comes after a line: it ends in a colon, or points
// to an appendix.
func follows(masked string) bool {
	return strings.HasSuffix(masked, "：") || strings.HasSuffix(masked, ":") || strings.Contains(masked, "附件") || strings.Contains(masked, "目录") || strings.Contains(masked, "附后")
}

// item reads the document that a line of a list names: 1.《…》（…号）, a row of a
// table, or a title and a number without marks.
func (r *reading) item(l line) (named, bool) {
	text := r.text[l.start:l.end]
	if strings.Contains(text, "》") {
		if all := r.namedIn(l.start, l.end); len(all) > 0 && all[0].title != "" {
			n := all[0]
			origin(r.masked[l.start:n.start], &n)
			if n.number == "" {
				n.number = ParseNumber(tail(r.text[n.end:l.end]))
			}
			if n.edition == "" {
				if m := dayRE.FindStringSubmatchIndex(r.text[n.end:l.end]); m != nil {
					n.edition, _ = dayAt(r.text[n.end:l.end], m, 1)
				}
			}
			return n, true
		}
		return named{}, false
	}
	if strings.Contains(text, "。") || reported.MatchString(text) && !strings.Contains(text, "\t") {
		return named{}, false
	}
	n := named{start: l.start, end: l.end}
	for _, cell := range strings.Split(text, "\t") {
		cell = strings.TrimSpace(cell)
		if number := ParseNumber(cell); number != "" && n.number == "" {
			n.number = number
		}
		if day, ok := ParseDay(cell); ok {
			n.edition = day
			continue
		}
		if n.title == "" {
			n.title = titleIn(cell)
		}
	}
	return n, n.title != "" && (n.number != "" || strings.Contains(text, "\t") || itemMark.MatchString(text))
}

func tail(s string) string {
	if len(s) > 300 {
		return ""
	}
	return s
}

// titleIn is the title that a cell or a numbered line holds, "" where it holds
// none.
func titleIn(cell string) string {
	cell = strings.TrimSpace(cell[len(itemMark.FindString(cell)):])
	if i := strings.IndexAny(cell, "（("); i > 0 && (ParseNumber(cell[i:]) != "" || dayRE.MatchString(cell[i:])) {
		cell = strings.TrimSpace(cell[:i])
	}
	if titleForm.MatchString(cell) && utf8.RuneCountInString(cell) >= 6 {
		return cell
	}
	return ""
}

// listed states one item of a list.
func (r *reading) listed(kind corpus.RelationKind, n named, s sentence, sure bool) {
	if kind == corpus.Amends {
		if k := r.stating(kind, n.title); k >= 0 {
			return
		}
	}
	r.say(kind, n, s, sure && (n.number != "" || fullTitle(n.title)))
}

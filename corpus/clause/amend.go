package clause

import (
	"regexp"
	"strings"

	"github.com/policybot/policybot/corpus"
)

var (
	amendTitle  = regexp.MustCompile(`关于(修改|修订|废止|停止执行|宣布失效)(.{2,300}?)的(?:决定|通知|公告|决议|通告|令)`)
	bill        = regexp.MustCompile(`^(.{2,80}?)修正案(?:[（(][^（()）]{1,12}[）)])?$`)
	openNames   = regexp.MustCompile(`[《〈<＜]([^《》〈〉<>＜＞]*(?:[《〈<][^《》〈〉<>]*[》〉>][^《》〈〉<>]*)*)[》〉>＞]`)
	vague       = regexp.MustCompile(`部分|有关|一批|等[0-9一二三四五六七八九十]*[件部]|若干|个别|文件|法规|规章|条款|条文`)
	amendWord   = regexp.MustCompile(`修改|修正|删去|删除|增加|改为|合并|调整为|替换`)
	amendWhole  = regexp.MustCompile(`^(?:作|作出|做|做出|进行)?(?:如下|以下|部分|相应)?(?:的)?(?:修改|修订|修正)|^(?:的)?(?:部分|有关|个别)(?:条款|条文|内容)?(?:作|予以|进行)?[^，。]{0,12}修改`)
	amendsIt    = regexp.MustCompile(`(?:对|将|决定对|就|修改|修订|修正|在)` + blank + `$`)
	asNew       = regexp.MustCompile(`作为|改为|增加为|列为`)
	itemOfTitle = regexp.MustCompile(`^(?:[一二三四五六七八九十百]+、|（[一二三四五六七八九十百]+）|[0-9]{1,3}[.．、])?` + blank + `(?:对|将|在)?` + blank + `[《〈]`)
)

// ownArticle is the label of an item of the decision itself.
var ownArticle = regexp.MustCompile(`^第[一二三四五六七八九十百零]+条[\s\x{3000}]+`)

// titleActs reads what the title itself says that the document does: 关于修改
// 《…》的决定, 关于废止《…》的通知, …修正案.
func (r *reading) titleActs() {
	title := strings.TrimSpace(r.d.Title)
	s := r.titleSentence()
	if m := bill.FindStringSubmatch(title); m != nil && !strings.Contains(m[1], "关于") {
		name := strings.Trim(m[1], "《》〈〉")
		r.say(corpus.Amends, named{title: name, start: s.start}, s, fullTitle(name) || strings.HasSuffix(name, "法"))
		return
	}
	m := amendTitle.FindStringSubmatch(title)
	if m == nil {
		return
	}
	kind := corpus.Repeals
	if strings.HasPrefix(m[1], "修") {
		kind = corpus.Amends
	}
	names := openNames.FindAllStringSubmatchIndex(m[2], 20)
	if len(names) == 0 {
		if !vague.MatchString(m[2]) && nounOf(m[2]) != "" {
			r.say(kind, named{title: m[2], start: s.start}, s, true)
		}
		return
	}
	for _, at := range names {
		n := named{title: m[2][at[2]:at[3]], start: s.start}
		rest := m[2][at[1]:]
		n.articles, n.partly, _ = articlesAt(rest)
		if len(n.articles) == 0 && strings.HasPrefix(rest, "部分条款") {
			n.partly = kind == corpus.Repeals
		}
		n.number = ParseNumber(firstBracket(rest))
		r.say(kind, n, s, fullTitle(n.title))
	}
}

func firstBracket(s string) string {
	inner, size := bracket(s)
	if size == 0 {
		return ""
	}
	return s[inner[0]:inner[1]]
}

func (r *reading) titleSentence() sentence {
	if len(r.lines) == 0 {
		return sentence{}
	}
	l := r.lines[0]
	end := min(l.end, l.start+len(r.d.Title)+60)
	for end < l.end && end > l.start && r.text[end]&0xC0 == 0x80 {
		end++
	}
	return sentence{l.start, end, 0}
}

// amends reads the body of a decision or a notice that amends: which documents,
// and which of their articles.
func (r *reading) amends() {
	if !r.words.amending && !strings.Contains(r.masked, "修改为") {
		return
	}
	at := -1 // the statement that articles belong to
	for i, st := range r.d.Statements {
		if st.Kind == corpus.Amends {
			at = i
		}
	}
	for i, s := range r.spoken {
		said := r.masked[s.start:s.end]
		if len(said) > 8000 || r.lines[s.line].role == corpus.TitleRole {
			continue
		}
		opens := i == 0 || r.spoken[i-1].line != s.line
		if !has(said, "修", "删", "增加", "改为", "合并", "调整为", "替换", "》") {
			continue
		}
		if k := r.amended(s, said, opens); k >= 0 {
			at = k
		}
		if at >= 0 && r.words.amending && amendWord.MatchString(said) && !strings.Contains(said, "》") {
			r.addArticles(at, said)
		}
	}
}

// amended finds the document that a sentence amends and returns the index of
// its statement, -1 for none.
func (r *reading) amended(s sentence, said string, opens bool) int {
	if !strings.Contains(said, "》") || !amendWord.MatchString(said) && !(opens && r.words.amending && itemOfTitle.MatchString(said)) {
		return -1
	}
	found := -1
	if opens && !amendWord.MatchString(said) && !r.amendsNext(s) {
		return -1
	}
	for _, n := range r.namedIn(s.start, s.end) {
		before, behind := r.masked[s.start:n.start], r.masked[n.end:s.end]
		direct := len(n.articles) > 0 && amendsAfter(behind)
		whole := amendsIt.MatchString(last(before, 60)) && amendWhole.MatchString(behind) || strings.HasSuffix(before, "修改")
		item := opens && r.words.amending && itemOfTitle.MatchString(said) && n.start-s.start < 40
		if !direct && !whole && !item || strings.HasPrefix(behind, "的决定") || reported.MatchString(lastWords(before)) || citing.MatchString(lastWords(before)) {
			continue
		}
		if item && !direct && !whole && (endsWord.MatchString(said) || r.repealed(n.title)) {
			continue
		}
		if direct && endsWord.MatchString(behind) && !strings.Contains(behind, "修改") {
			continue
		}
		n.partly = false
		if k := r.stating(corpus.Amends, n.title); k >= 0 {
			for _, a := range n.articles {
				addTo(&r.d.Statements[k].Articles, a)
			}
			found = k
			continue
		}
		if r.say(corpus.Amends, n, s, (direct || whole) && (n.number != "" || fullTitle(n.title))) != nil {
			found = len(r.d.Statements) - 1
		}
	}
	return found
}

// amendsNext says whether the line below changes an article: the title above it
// is then the one that it belongs to, and not an item of a list.
func (r *reading) amendsNext(s sentence) bool {
	if s.line+1 >= len(r.lines) {
		return false
	}
	next := r.lines[s.line+1]
	text := r.masked[next.start:min(next.end, next.start+400)]
	return !strings.Contains(text, "》") && articleRE.MatchString(text) && amendWord.MatchString(text)
}

// last is the end of s, at most n bytes of it.
func last(s string, n int) string { return s[max(0, len(s)-n):] }

// amendsAfter says whether the words behind named articles change them.
func amendsAfter(behind string) bool {
	i := amendWord.FindStringIndex(behind[:min(len(behind), 200)])
	return i != nil && i[0] < 160 && !strings.ContainsAny(behind[:i[0]], "。；")
}

func (r *reading) repealed(title string) bool { return r.stating(corpus.Repeals, title) >= 0 }

func (r *reading) stating(kind corpus.RelationKind, title string) int {
	key := corpus.TitleKey(title)
	for i := len(r.d.Statements) - 1; i >= 0; i-- {
		if r.d.Statements[i].Kind == kind && r.keys[i] == key {
			return i
		}
	}
	return -1
}

// addArticles adds the articles that an item amends: 将第三条修改为…; new ones,
// and the numbers that others get, are no articles of the old text.
func (r *reading) addArticles(at int, said string) {
	said = said[len(ownArticle.FindString(said)):]
	end := len(said)
	if m := asNew.FindStringIndex(said); m != nil {
		end = m[0]
	}
	for _, m := range articleRE.FindAllStringSubmatchIndex(said[:end], 20) {
		behind := said[m[1]:end]
		if strings.HasPrefix(behind, "后") || strings.HasPrefix(behind, "之后") || strings.HasPrefix(behind, "前增加") {
			continue
		}
		anchors, _, _ := articlesAt(said[m[0]:end])
		for _, a := range anchors {
			addTo(&r.d.Statements[at].Articles, a)
		}
	}
}

func addTo(list *[]string, a string) {
	for _, have := range *list {
		if have == a {
			return
		}
	}
	if len(*list) < 400 {
		*list = append(*list, a)
	}
}

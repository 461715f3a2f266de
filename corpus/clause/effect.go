package clause

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/numeral"
)

const (
	nouns = `(?:法典|法|条例|规定|办法|细则|规则|规程|决定|决议|解释|批复|通知|通告|公告|意见|方案|措施|政策|标准|目录|清单|规范|准则|章程|制度|指引|指南|纲要|规划|计划|修正案|令|安排|文件|大纲|要点|制度|命令|答复|函)`
	takes = `(?:正式|开始|全面|一律|统一)?(?:施行|实施|执行|生效|试行|实行)`
	// ours is how a text names itself: 本条例, 本实施细则, 本《办法》.
	ours = `本(?:实施|暂行|若干|补充|管理|试行|修改|地方性|司法|指导|行动|工作|专项|优惠|扶持|规范性|政府|省|市|操作|考核|评价|技术|奖励)*《?x*》?` + nouns
)

var (
	onDay      = regexp.MustCompile(`(?:自|从|于|由)?` + blank + dayShape + blank + `(?:[零0]时)?(?:起|开始|之日起)?[，,]?` + blank + `(?:正式|开始|全面|一律|统一)?(?:施行|实施|执行|生效|试行|实行)`)
	onIssue    = regexp.MustCompile(`(?:(?:自|从|于)(?:本[一-龥]{1,6})?)?(?:正式)?(公布|发布|印发|颁布|颁发|通过|批准|下发|发文|签发|签署|公告|登报)之日(?:起|后)?(?:算起)?(?:满|第)?` + blank + `(?:([0-9０-９一二三四五六七八九十百]{1,4})` + blank + `(个月|日|天|个工作日|年))?(?:之日)?(?:以?后|起)*[，,]?` + takes)
	onNow      = regexp.MustCompile(`(?:自)?即日起[，,]?` + takes)
	dayNamed   = regexp.MustCompile(`(?:施行|实施|执行|生效)(?:日期|时间)(?:为|是|：|:)` + blank + dayShape)
	oursRE     = regexp.MustCompile(ours)
	issued     = regexp.MustCompile(`现予(?:以)?(?:公布|发布|印发)|现(?:公布|发布|印发|将)|予以(?:公布|发布)`)
	notWhole   = regexp.MustCompile(`第[0-9一二三四五六七八九十百零]+[条款项章节]|规定的|所称|所列|附件|其中|中的|前款|施行前|实施前|发布前|印发前|公布前|施行后|实施后|的(?:标准|规定|条款|政策)`)
	inBrackets = regexp.MustCompile(`[（(][^（()）]*[）)]`)
	aside      = regexp.MustCompile(`除?第[0-9一二三四五六七八九十百零、和]+[条款项][^，。]{0,60}外，`)
)

var effectWords = []string{"施行", "实施", "执行", "生效", "试行", "实行"}

// has says whether one of the words is in s. It is what rules ask first: an
// expression costs a hundred times as much.
func has(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// start is a clause that says from when this document holds.
type start struct {
	day   corpus.Date
	sure  corpus.Certainty
	noun  string // how the clause names the document
	place string
	at    int // behind the clause
	line  int
	note  string // why there is no day
}

// effect reads 施行日期 and what follows of it: 失效日期.
func (r *reading) effect() {
	if !r.binding() {
		return
	}
	starts := r.starts()
	best := r.choose(starts)
	if best == nil && len(r.opening) > 0 {
		r.fillDay(&r.d.Effective, "effective", slices.Max(r.opening), "题注", corpus.Derived)
	}
	if best != nil {
		switch {
		case best.day.Known():
			r.fillDay(&r.d.Effective, "effective", best.day, best.place, best.sure)
		case !r.d.Effective.Known():
			r.warn("%s写明%s，未算出施行日期，请补充", best.place, best.note)
		}
	}
	r.expiry(best)
}

// starts collects the clauses of effect that speak of this document.
func (r *reading) starts() []start {
	var found []start
	for _, s := range r.spoken {
		said := r.masked[s.start:s.end]
		if len(said) > 4000 || r.tabled(r.lines[s.line]) || !has(said, effectWords...) || !has(said, "日") || effectDay.MatchString(said) {
			continue
		}
		if st, ok := r.startIn(said, s); ok {
			found = append(found, st)
		}
	}
	return found
}

// startIn reads one sentence.
func (r *reading) startIn(said string, s sentence) (start, bool) {
	st := start{line: s.line, sure: corpus.Derived, place: r.place(s.start)}
	said = aside.ReplaceAllStringFunc(said, func(w string) string { return strings.Repeat(string(filler), len(w)) })
	read := func(m []int, n int) bool {
		subject, ok := r.subject(said[:m[0]], s)
		if !ok {
			return false
		}
		st.noun, st.at = subject, s.start+m[1]
		if n > 0 {
			if st.day, ok = dayAt(said, m, n); !ok {
				r.warn("%s写的施行日期“%s”不是日历上的日子，请核对", st.place, clip(said[m[2*n]:m[2*n+5]]+"日", 20))
			}
		}
		return ok
	}
	for _, shape := range []*regexp.Regexp{onDay, dayNamed} {
		for _, m := range shape.FindAllStringSubmatchIndex(said, 8) {
			if read(m, 1) {
				return st, true
			}
		}
	}
	for _, m := range onIssue.FindAllStringSubmatchIndex(said, 4) {
		if read(m, 0) {
			r.afterIssue(&st, said, m)
			return st, true
		}
	}
	if m := onNow.FindStringIndex(said); m != nil && read(m, 0) {
		st.day, _, _ = r.issueDay()
		st.sure, st.note = corpus.Guess, "即日起施行，但没有发布日期"
		return st, true
	}
	return st, false
}

// afterIssue computes 自发布之日起, and so many days later.
func (r *reading) afterIssue(st *start, said string, m []int) {
	day, _, sure := r.issueDay()
	st.day, st.sure = day, sure
	st.note = "自" + said[m[2]:m[3]] + "之日起施行，但没有" + said[m[2]:m[3]] + "日期"
	if m[4] < 0 || !day.Known() {
		return
	}
	n, unit := numeral.Value(said[m[4]:m[5]]), said[m[6]:m[7]]
	switch unit {
	case "日", "天":
		st.day = day.Add(n)
	case "个月":
		st.day = addMonths(day, n)
	case "年":
		st.day = addMonths(day, 12*n)
	default: // working days depend on a calendar
		st.day, st.note = "", "自发布之日起若干工作日后施行"
	}
}

// addMonths returns the same day of a later month, or that month's last.
func addMonths(d corpus.Date, n int) corpus.Date {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil || n < 0 || n > 1200 {
		return ""
	}
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return corpus.Date(first.AddDate(0, 0, min(t.Day(), last)-1).Format(time.DateOnly))
}

// subject says whether what stands before a clause of effect makes this
// document its subject, and how it names it.
func (r *reading) subject(before string, s sentence) (string, bool) {
	if i := strings.LastIndexAny(before, "：:"); i >= 0 && len(before)-i > 3 && !strings.Contains(before[i:], "本") {
		before = before[i:]
	}
	all := oursRE.FindAllStringIndex(before, 12)
	if len(all) > 0 {
		m := all[len(all)-1]
		between := inBrackets.ReplaceAllString(before[m[1]:], "")
		if notWhole.MatchString(between) || strings.HasPrefix(between, "的") || utf8.RuneCountInString(between) > 90 || strings.Contains(between, "》") {
			return "", false
		}
		return nounOf(before[m[0]:m[1]]), true
	}
	bare := strings.Trim(before, "　 （(，,")
	switch {
	case strings.HasSuffix(bare, "以上规定"), strings.HasSuffix(bare, "上述规定"), strings.HasSuffix(bare, "以上政策"), strings.HasSuffix(bare, "上述政策"), strings.HasSuffix(bare, "以上措施"), strings.HasSuffix(bare, "上述措施"):
		return "", true
	case newStandard.MatchString(bare):
		return "", standardOf.MatchString(r.d.Title)
	case issued.MatchString(before):
		return "", !notWhole.MatchString(before[issued.FindStringIndex(before)[0]:])
	case bare == "":
		return "", r.lines[s.line].end-s.start <= 90 || s.start > r.lines[s.line].start && oursRE.MatchString(r.masked[r.lines[s.line].start:s.start])
	}
	return "", r.namesItself(before, s)
}

var labelOnly = regexp.MustCompile(`^(?:第[一二三四五六七八九十百零]+条|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|[0-9]+[.、．])[　 ]*$`)

// newStandard is how a notice that sets a figure names it.
var newStandard = regexp.MustCompile(`(?:新的?|调整后的?|提高后的?|以上|上述|该|此|本次)(?:[一-龥]{0,12}(?:标准|基数|比例|水平|上下限))(?:统一|均|从)?$`)

// namesItself says whether the last title named before a clause is this
// document's own: 《青岚市停车办法》已经通过，自…起施行.
func (r *reading) namesItself(before string, s sentence) bool {
	if labelOnly.MatchString(before) {
		return true
	}
	open := strings.LastIndex(before, "《")
	end := strings.LastIndex(before, "》")
	if open < 0 || end < open || notWhole.MatchString(before[end:]) || utf8.RuneCountInString(before[end:]) > 60 {
		return false
	}
	// before is masked; the aside that was blacked out keeps its length.
	name := corpus.TitleKey(r.text[s.start+open : s.start+end])
	own := corpus.TitleKey(r.d.Title)
	return len(name) >= 12 && (strings.Contains(own, name) || strings.Contains(name, own))
}

// titleWords is what a title tells about how its text is to be read.
type titleWords struct {
	noun     string // 条例, 办法: of the document that a notice issues, where it does
	amending bool   // it changes or repeals others
}

var (
	lastNoun   = regexp.MustCompile(nouns)
	issuesRE   = regexp.MustCompile(`(?:印发|发布|公布|下发)《?(.+?)》?的(?:通知|公告|决定|通告|令)$`)
	amendsRE   = regexp.MustCompile(`修改|修正案|修订[《〈]|废止|失效|清理`)
	editionEnd = regexp.MustCompile(`[（(][^（()）]{1,20}[)）]$`)
)

func wordsOf(title string) titleWords {
	t := editionEnd.ReplaceAllString(strings.TrimSpace(title), "")
	w := titleWords{amending: amendsRE.MatchString(t)}
	if m := issuesRE.FindStringSubmatch(t); m != nil {
		t = editionEnd.ReplaceAllString(strings.TrimRight(m[1], "》"), "")
	}
	w.noun = nounOf(t)
	return w
}

// nounOf is the last noun for a kind of document in a text.
func nounOf(s string) string {
	all := lastNoun.FindAllString(s, -1)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

// choose picks the clause that is the document's: one that names it as the
// title does, else the last; one with a day goes before one without.
func (r *reading) choose(all []start) *start {
	var best *start
	rank := func(s *start) int {
		n := 0
		if s.noun != "" && s.noun == r.words.noun {
			n += 4
		}
		if s.sure == corpus.Derived {
			n++
		}
		if s.day.Known() {
			n += 2
		}
		return n
	}
	for i := range all {
		if best == nil || rank(&all[i]) >= rank(best) {
			best = &all[i]
		}
	}
	if best == nil {
		return nil
	}
	// A line below the title gives the very day that the clause leaves open.
	if len(r.opening) > 0 && (best.sure == corpus.Guess || !best.day.Known() || len(r.events) > 0 && best.day == r.lastIssue()) {
		if day := slices.Max(r.opening); !best.day.Known() || day != best.day {
			b := *best
			b.day, b.sure, b.place = day, corpus.Derived, "题注"
			if best.day.Known() && best.sure != corpus.Guess {
				r.warn("题注写明%s施行，%s写明自公布之日起施行，以题注为准，请核对", day.Chinese(), best.place)
			}
			return &b
		}
	}
	return best
}

func (r *reading) lastIssue() corpus.Date {
	for i := len(r.events) - 1; i >= 0; i-- {
		if r.events[i].issued {
			return r.events[i].day
		}
	}
	return ""
}

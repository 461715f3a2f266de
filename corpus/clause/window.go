package clause

import (
	"regexp"
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
)

const (
	maxWindows    = 40
	longestWindow = 400      // days
	longestStated = 11 * 366 // of what is called a time to apply, 换领时间为…
	acts          = `(?:网上|线上|现场|集中|统一|正式|资格)*(报名|申领|申请|换领|换发|补办|缴费|缴存|申报|登记|预约|领取|受理|办理|认购|参保|续保|征集|投报|填报|投标|选房|摇号|年审|年检|核验|认证|推荐)`
	// loose is a day that may leave out its year; groups year, month, day.
	loose = `(?:([0-9]{4})` + blank + `年` + blank + `)?(?:([0-9]{1,2})` + blank + `月` + blank + `)?([0-9]{1,2})` + blank + `日`
	clock = `(?:[（(][^（()）]{1,8}[）)])?` + blank + `(?:上午|下午|晚上|早上|凌晨|中午)?` + blank + `(?:[0-9]{1,2}` + blank + `[:：时点](?:[0-9]{2}分?)?(?:整)?)?`
	to    = blank + `(?:起|开始)?` + blank + `(?:至|到|—+|－+|–|-+|~|～)` + blank
)

var (
	actWord  = regexp.MustCompile(acts)
	span     = regexp.MustCompile(`(?:自|从)?` + loose + clock + to + loose)
	fromNow  = regexp.MustCompile(`(?:自)?(?:即日|公告发布之日|通知发布之日|发布之日|本公告发布之日|本通知发布之日)起?` + blank + `(?:，)?(?:至|到|—+|-+|～|~)` + blank + loose)
	deadline = regexp.MustCompile(`(?:截止|截至)(?:时间|日期|日|期限)?(?:为|到|至|是)?[：:]?` + blank + loose)
	timeOf   = regexp.MustCompile(acts + `(?:的)?(?:起止|开放|有效)?(?:时间|日期|期限|期|窗口)(?:为|是|从|自|在|：|:|，|,)*` + blank + `$`)
	endsOf   = regexp.MustCompile(acts + `(?:的)?$|` + acts + `(?:[^，。；]{0,8})$`)
	actAfter = regexp.MustCompile(`^(?:止|期间|内|之间)?[，,]?` + blank + `(?:[^，。；]{0,8}?)` + acts)
	recurs   = regexp.MustCompile(`每[年月季周]|每学[年期]|每个?月|次年|翌年|当年|上一?年|历年`)
	passed   = regexp.MustCompile(`期间(?:发生|产生|取得|缴纳|参加)|已(?:完成|办理|缴纳)|出生`)
)

// applications reads from when to when one can apply for something.
func (r *reading) applications() {
	if r.d.Kind == corpus.Interpretation || r.d.Kind == corpus.Consultation || r.d.Kind == corpus.Clarification {
		return
	}
	yearly := r.yearly()
	for _, s := range r.spoken {
		said := r.masked[s.start:s.end]
		if len(said) > 1500 || !has(said, "日") || !has(said, "至", "到", "截", "-", "—", "－", "–", "~", "～") || !has(said, "月") || len(r.d.Applications) >= maxWindows {
			continue
		}
		if actWord.MatchString(said) || r.headed(s) != "" {
			r.windows(s, said, yearly || recurs.MatchString(said))
		}
	}
}

// yearly reports whether what the document tells the time of comes round every
// year, so that days without a year are of no one year: a guide, or a rule with
// 报名时间为每年6月10日至20日 in it, whose next paragraph says 补报名8月5日至7日.
func (r *reading) yearly() bool {
	if r.d.Kind == corpus.Guide {
		return true
	}
	return slices.ContainsFunc(r.spoken, func(s sentence) bool {
		said := r.masked[s.start:s.end]
		return strings.Contains(said, "每年") && actWord.MatchString(said) && span.MatchString(said)
	})
}

// windows reads the days of a sentence; of recurring ones those that name their
// year.
func (r *reading) windows(s sentence, said string, recurring bool) {
	for _, m := range span.FindAllStringSubmatchIndex(said, 4) {
		what, stated := whatOf(said, m[0], m[1])
		if what == "" && strings.Trim(said[:m[0]], " 　（(：:") == "" {
			what = r.headed(s)
			stated = what != ""
		}
		if what != "" && m[4] >= 0 && (!recurring || m[2] >= 0) {
			from, guess1 := r.loosely(said, m, 1, "")
			until, guess2 := r.loosely(said, m, 4, from)
			if longest := map[bool]int{false: longestWindow, true: longestStated}[stated]; from.Known() && until > from.Add(longest) {
				return // the term of a benefit
			}
			r.window(s, what, from, until, guess1 || guess2)
			return
		}
	}
	for _, shape := range []*regexp.Regexp{fromNow, deadline} {
		m := shape.FindStringSubmatchIndex(said)
		if m == nil || m[4] < 0 || recurring && m[2] < 0 {
			continue
		}
		if what, _ := whatOf(said, m[0], m[1]); what != "" {
			until, guess := r.loosely(said, m, 1, "")
			r.window(s, what, "", until, guess)
			return
		}
	}
}

// headed is the act whose time the heading above a sentence announces: 一、报名时间.
func (r *reading) headed(s sentence) string {
	l := r.lines[s.line]
	if s.line == 0 || s.start != l.start {
		return ""
	}
	above := r.lines[s.line-1]
	if above.role == corpus.TitleRole || above.end-above.start > 60 {
		return ""
	}
	if m := timeOf.FindStringSubmatch(strings.TrimRight(r.text[above.start:above.end], "：: ")); m != nil {
		return firstOf(m[1:])
	}
	return ""
}

// whatOf is what the days at said[from:to] are for: a word that names their
// use right before them, or the act right behind. stated says that they are
// called the time for it.
func whatOf(said string, from, to int) (what string, stated bool) {
	before, after := said[:from], said[to:]
	if passed.MatchString(after[:min(len(after), 40)]) {
		return "", false
	}
	for _, shape := range []*regexp.Regexp{timeOf, endsOf} {
		if m := shape.FindStringSubmatch(before); m != nil {
			return firstOf(m[1:]), shape == timeOf
		}
	}
	if m := actAfter.FindStringSubmatch(after); m != nil {
		return firstOf(m[1:]), false
	}
	return "", false
}

func firstOf(all []string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

// loosely reads a day that may leave out its year, which is then that of the
// day before it in the span, else of the document; guess says so.
func (r *reading) loosely(said string, m []int, n int, after corpus.Date) (day corpus.Date, guess bool) {
	get := func(k int) string {
		if m[2*k] < 0 {
			return ""
		}
		return said[m[2*k]:m[2*k+1]]
	}
	year, month, number := get(n), get(n+1), get(n+2)
	if month == "" && after.Known() {
		month = string(after[5:7])
	}
	switch {
	case year != "":
	case after.Known():
		year = string(after[:4])
	default:
		year, guess = r.ownYear(), true
	}
	if year == "" || month == "" {
		return "", guess
	}
	day, _ = civil(year, month, number)
	if after.Known() && day.Known() && day < after && get(n) == "" {
		day, _ = civil(string(addMonths(day, 12)[:4]), month, number)
		guess = true
	}
	return day, guess
}

// ownYear is the year of the document.
func (r *reading) ownYear() string {
	for _, d := range []corpus.Date{r.d.Published, r.d.Written, r.d.Effective} {
		if d.Known() {
			return string(d[:4])
		}
	}
	if m := titleYear.FindStringSubmatch(r.d.Title); m != nil {
		return m[1]
	}
	return ""
}

// window adds a span of days within which one can apply.
func (r *reading) window(s sentence, what string, from, until corpus.Date, guess bool) {
	if guess && r.d.Kind == corpus.Policy {
		return // a standing rule means every year
	}
	if !from.Known() && !until.Known() || from.Known() && until.Known() && until < from {
		return
	}
	p := r.passage(s.start)
	if p == nil {
		return
	}
	a := corpus.Application{What: what, From: from, Until: until, Anchor: p.Anchor}
	for _, have := range r.d.Applications {
		if have == a {
			return
		}
	}
	r.d.Applications = append(r.d.Applications, a)
	sure := corpus.Derived
	if guess {
		sure = corpus.Guess
	}
	r.find("applications", what+" "+string(from)+" 至 "+string(until), r.place(s.start), sure)
}

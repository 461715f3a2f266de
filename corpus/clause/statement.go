package clause

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

const (
	maxStatements = 1000
	maxSentence   = 200 // characters
)

// statements reads what the text does to other documents.
func (r *reading) statements() {
	if r.binding() {
		r.titleActs()
		r.repeals()
		r.amends()
		r.lists()
		r.carriesOut()
		r.forwards()
	}
	r.explains()
	if len(r.d.Statements) >= maxStatements {
		r.warn("正文涉及的其他文件达到 %d 条的上限，其余没有读，请拆成几份或逐条核对", maxStatements)
	}
	r.settle()
}

// say adds a statement about a named document that stands at n.start.
func (r *reading) say(kind corpus.RelationKind, n named, s sentence, sure bool) *corpus.Statement {
	if len(r.d.Statements) >= maxStatements || n.title == "" && n.number == "" {
		return nil
	}
	if short := n.number == "" && utf8.RuneCountInString(n.title) <= 3 && !fullTitle(n.title); short && (kind == corpus.Repeals || kind == corpus.Amends) {
		return nil // 《决定》: a name that only its own text explains
	}
	n.agency = r.whole(n.agency)
	st := corpus.Statement{
		Kind: kind, Title: clip(n.title, 300), Number: n.number, Agency: n.agency, Edition: n.edition, Articles: n.articles,
		Sentence: r.quote(s, n.start), Sure: sure && !n.partly && !r.hearsay(),
	}
	if p := r.passage(n.start); p != nil {
		st.Anchor, st.Label = p.Anchor, p.Label
	}
	r.d.Statements = append(r.d.Statements, st)
	r.keys = append(r.keys, corpus.TitleKey(st.Title))
	return &r.d.Statements[len(r.d.Statements)-1]
}

// whole adds the place to the names of agencies that leave it out: 市人民政府.
func (r *reading) whole(agency string) string {
	return placed(agency, r.d.Region)
}

// placed adds a place to the names of agencies that begin with its level.
func placed(agency, place string) string {
	names := strings.Split(agency, "、")
	for i, name := range names {
		for _, level := range []string{"自治区", "省", "市", "县", "区"} {
			if strings.HasPrefix(name, level) && strings.HasSuffix(place, level) {
				names[i] = strings.TrimSuffix(place, level) + name
				break
			}
		}
	}
	return strings.Join(names, "、")
}

// hearsay says whether the text is news rather than a document: it reports
// what others did.
func (r *reading) hearsay() bool {
	if r.d.Kind != corpus.Notice || r.d.Number != "" {
		return false
	}
	return r.words.noun == "" || strings.Contains(r.text[:min(len(r.text), 900)], "记者")
}

// quote returns the sentence, shortened around a byte of the text.
func (r *reading) quote(s sentence, at int) string {
	text := strings.Join(strings.Fields(r.text[s.start:s.end]), " ")
	if utf8.RuneCountInString(text) <= maxSentence {
		return text
	}
	from := s.start
	if at-from > 240 {
		from = at - 180
		for from < at && !utf8.RuneStart(r.text[from]) {
			from++
		}
	}
	text = strings.Join(strings.Fields(r.text[from:s.end]), " ")
	return string([]rune(text)[:min(maxSentence, utf8.RuneCountInString(text))])
}

const ends = `(?:废止|失效|停止(?:执行|施行|实施|使用)|不再(?:执行|施行|实施)|终止(?:执行|施行|实施)|作废|停用)`

var (
	endsWord = regexp.MustCompile(ends)
	// toEnd is what may stand between the last title of a list and its verb.
	toEnd = regexp.MustCompile(`^(?:等?` + blank + `(?:[0-9０-９一二三四五六七八九十两]+[件个部项份])?(?:规范性|政策性)?(?:文件|规定|通知|规章|法规|办法|政策|制度)?)?[，,]?` + blank + `(?:(?:自|从|于)?(?:` + dayShape + `|本[一-龥]{1,12}之日|即日)(?:起|开始)?[，,]?)?(?:同时|一并|即行|即|予以|均|都|也|亦|随之|相应|全部|现予|现|一律|自行|自动|全文|宣布)*` + ends)
	// notNow follows a verb that does nothing here.
	notNow   = regexp.MustCompile(`^(?:前|后|之|以前|以后|的(?:决定|通知|公告|文件|规定|情况|建议|议案|程序|条件|，|、)|情况|工作|或者|或|程序|条件|与否)`)
	reported = regexp.MustCompile(`未|不予|拟|曾|已经|已于|已被|被|可能|建议|应当|如果|是否|尚未|尚无|将要|计划废止|视情况`)
	// forward is a verb that stands before its titles.
	forward = regexp.MustCompile(`(?:^|[，,：:、。；]|条[\s\x{3000}]|决定|现|同时|予以|并|经研究|、|日起)` + blank + `(?:同时|一并|予以|全文|宣布)?(废止|停止执行|停止施行|宣布失效|宣布废止)` + blank + `(?:以下|下列)?(?:文件|规定)?[：:]?`)
	citing  = regexp.MustCompile(`根据|依据|按照|依照|参照|适用|执行《|规定|为贯彻|为落实|符合|违反`)
	joiner  = regexp.MustCompile(`^[、，,和及与；; 　]*(?:以及|及其|连同|和)?[、，, 　]*`)
)

var endWords = []string{"废止", "失效", "停止", "不再", "终止", "作废", "停用"}

// repeals reads 《…》同时废止, 废止《…》 and 《…》第十二条停止执行.
func (r *reading) repeals() {
	for _, s := range r.spoken {
		said := r.masked[s.start:s.end]
		if len(said) > 12_000 || !has(said, endWords...) || !has(said, "》", "号") || r.lines[s.line].role == corpus.TitleRole {
			continue
		}
		if _, marked := resultOf(r.text[s.start:s.end]); marked {
			continue // a row of a list
		}
		all := r.withoutMeans(r.namedIn(s.start, s.end), s)
		if len(all) == 0 {
			continue
		}
		r.endedBefore(s, all)
		r.endedBehind(s, all)
	}
}

// means follows the title of a decision by which another document got its
// present form: …《关于修改〈…〉的决定》第二次修正的《…》.
var means = regexp.MustCompile(`^(?:第[一二三四五六七八九十]+次)?(?:修正|修订|修改)`)

// withoutMeans drops those decisions: they are named only to tell an edition.
func (r *reading) withoutMeans(all []named, s sentence) []named {
	return slices.DeleteFunc(all, func(n named) bool { return means.MatchString(r.masked[n.end:s.end]) })
}

// endedBefore finds lists of titles that a verb of repeal follows.
func (r *reading) endedBefore(s sentence, all []named) {
	from := 0
	for i := range all {
		rest := r.masked[all[i].end:s.end]
		m := toEnd.FindStringSubmatchIndex(rest)
		if m == nil || notNow.MatchString(rest[m[1]:]) {
			continue
		}
		first := r.listStart(s, all, from, i)
		before := r.masked[s.start:all[first].start]
		if reported.MatchString(rest[:m[1]]) || reported.MatchString(lastWords(before)) {
			from = i + 1
			continue
		}
		on, _ := dayAt(rest, m, 1)
		for k := first; k <= i; k++ {
			r.repeal(s, all, k, on, !strings.Contains(rest[:m[1]], "等"))
		}
		from = i + 1
	}
}

// listStart goes left from the title before a verb as long as the titles are
// one list.
func (r *reading) listStart(s sentence, all []named, from, i int) int {
	for i > from && joins(r.masked[all[i-1].end:all[i].start]) {
		i--
	}
	return i
}

// joins says whether the words between two titles make them one list.
func joins(between string) bool {
	rest := strings.Trim(between[len(joiner.FindString(between)):], " 　")
	switch {
	case rest == "":
		return true
	case len(between) > 900 || endsWord.MatchString(rest), citing.MatchString(rest) && !has(rest, "修正的", "修订的", "修改的"):
		return false
	}
	return strings.HasSuffix(rest, "的") || issuedBy.MatchString(rest) || isAgency(rest) || isAgency(strings.TrimPrefix(rest, "原"))
}

// lastWords are the last words before a list: what is said of it.
func lastWords(s string) string {
	if i := strings.LastIndexAny(s, "，,。；："); i >= 0 {
		s = s[i:]
	}
	return s
}

// repeal states one. Of a rule that repeals itself, nothing is said here: who
// resolves it sees.
func (r *reading) repeal(s sentence, all []named, k int, on corpus.Date, sure bool) {
	n := all[k]
	if n.number == "" && paper.MatchString(n.title) {
		return // 《采矿许可证》 is no document that rules
	}
	before := r.masked[s.start:n.start]
	if k > 0 {
		before = r.masked[all[k-1].end:n.start]
	}
	lead := r.masked[s.start:all[0].start]
	if m := leadDay.FindStringSubmatchIndex(lead); m != nil {
		if !on.Known() {
			on, _ = dayAt(lead, m, 1)
		}
		if k == 0 {
			before = ""
		}
	}
	if m := rightBefore.FindStringSubmatchIndex(lead); m != nil && !on.Known() {
		on, _ = dayAt(lead, m, 1)
		before = ""
	}
	origin(before, &n)
	st := r.say(corpus.Repeals, n, s, sure && (n.number != "" || fullTitle(n.title)))
	if st != nil && on != r.d.Effective {
		st.On = on
	}
}

// paper is what is handed out or filled in.
var paper = regexp.MustCompile(`(?:证|证书|执照|表|书|卡|单|票|簿|册|报告|合同|协议)$`)

// leadDay is a day at the start of a sentence that rules all of it: 自2023年1月1日
// 起，《…》停止执行.
var leadDay = regexp.MustCompile(`^[^，。；《]{0,12}(?:自|从)` + dayShape + `起[，,]?` + blank + `$`)

// rightBefore is a day before the verb that titles follow: 自2023年1月1日起停止执行《…》.
var rightBefore = regexp.MustCompile(`(?:自|从|于)` + dayShape + `(?:起)?[，,]?` + blank + `(?:同时|一并|予以|全文|宣布)?(?:废止|停止执行|停止施行|宣布失效|宣布废止)` + blank + `(?:以下|下列)?(?:文件|规定)?[：:]?$`)

// endedBehind finds verbs of repeal that titles follow: 决定废止《…》、《…》.
func (r *reading) endedBehind(s sentence, all []named) {
	said := r.masked[s.start:s.end]
	for _, m := range forward.FindAllStringIndex(said, 20) {
		at := s.start + m[1]
		i := 0
		for i < len(all) && all[i].start < at {
			i++
		}
		if i == len(all) || !leads(r.masked[at:all[i].start]) || reported.MatchString(lastWords(said[:m[0]])) {
			continue
		}
		last := i
		for last+1 < len(all) && joins(r.masked[all[last].end:all[last+1].start]) {
			last++
		}
		if notNow.MatchString(r.masked[all[last].end:s.end]) || toEnd.MatchString(r.masked[all[last].end:s.end]) {
			continue
		}
		for k := i; k <= last; k++ {
			r.repeal(s, all, k, "", true)
		}
	}
}

// leads says whether only the origin of a title stands between a verb and it.
func leads(between string) bool {
	rest := strings.Trim(between, " 　“：:")
	return rest == "" || len(rest) < 600 && !strings.ContainsAny(rest, "。；") && !citing.MatchString(rest) && (strings.HasSuffix(rest, "的") || isAgency(rest))
}

var (
	replaces   = regexp.MustCompile(`(?:本[一-龥]{1,6})?(?:代替|替代|取代)(?:了)?$`)
	replacedBy = regexp.MustCompile(`^(?:由|以)?本[一-龥]{1,8}(?:代替|替代|取代)`)
)

// settle orders the statements as the text does, drops what is said twice, and
// adds what replaces what.
func (r *reading) settle() {
	r.replacements()
	type key struct {
		kind          corpus.RelationKind
		title, number string
	}
	seen := map[key]int{}
	var out []corpus.Statement
	own := corpus.TitleKey(r.d.Title)
	for i, st := range r.d.Statements {
		k := key{st.Kind, r.keys[i], st.Number}
		if st.Title != "" {
			k.number = ""
		}
		if st.Title != "" && k.title == own && (st.Kind == corpus.Implements || st.Kind == corpus.Interprets) {
			continue
		}
		if at, ok := seen[k]; ok {
			merge(&out[at], st)
			continue
		}
		seen[k] = len(out)
		out = append(out, st)
	}
	r.d.Statements = out
}

// merge adds what a second statement about the same document knows.
func merge(to *corpus.Statement, st corpus.Statement) {
	if to.Number == "" {
		to.Number = st.Number
	}
	if to.Agency == "" {
		to.Agency = st.Agency
	}
	if !to.Edition.Known() {
		to.Edition = st.Edition
	}
	if !to.On.Known() {
		to.On = st.On
	}
	switch {
	case to.Kind == corpus.Repeals && (len(to.Articles) == 0) != (len(st.Articles) == 0):
		to.Articles = nil // the whole is said as well
	default:
		for _, a := range st.Articles {
			if !slices.Contains(to.Articles, a) && len(to.Articles) < 400 {
				to.Articles = append(to.Articles, a)
			}
		}
	}
	to.Sure = to.Sure || st.Sure
}

func (r *reading) replacements() {
	if !r.binding() {
		return
	}
	for _, s := range r.spoken {
		said := r.masked[s.start:s.end]
		if len(said) > 4000 || !strings.Contains(said, "代替") && !strings.Contains(said, "取代") && !strings.Contains(said, "替代") {
			continue
		}
		all := r.namedIn(s.start, s.end)
		for i, n := range all {
			before, behind := r.masked[s.start:n.start], r.masked[n.end:s.end]
			swapped := i > 0 && strings.HasSuffix(strings.TrimSpace(r.masked[s.start:all[i-1].start]), "以") && replaces.MatchString(strings.TrimSpace(r.masked[all[i-1].end:n.start])) &&
				corpus.TitleKey(all[i-1].title) == corpus.TitleKey(r.d.Title)
			ours := replaces.MatchString(strings.TrimSpace(last(before, 60))) && oursRE.MatchString(before) || replacedBy.MatchString(behind)
			if swapped || ours {
				r.say(corpus.Supersedes, n, s, n.number != "" || fullTitle(n.title))
			}
		}
	}
}

package clause

import (
	"regexp"
	"strings"

	"github.com/policybot/policybot/corpus"
)

const maxBasisSentences = 40

var (
	carries = regexp.MustCompile(`根据|依据|依照|按照|贯彻落实|贯彻实施|贯彻执行|贯彻|落实|实施|执行`)
	makes   = regexp.MustCompile(`制定本|制订本|特制定|特制订|制定如下|制定以下|作如下|作出如下|结合|现就|现将|提出(?:如下|以下)|如下|以下|修订本|决定如下|公告如下|通知如下`)
	// madeTo is a title that names the rule it carries out.
	madeTo   = regexp.MustCompile(`实施[《〈]?((?:中华人民共和国)?[^《》〈〉]{2,60}?(?:法|条例|规定|办法))[》〉]?(?:的)?(?:若干)?(?:办法|规定|细则|意见|条例|措施)?$`)
	madeFor  = regexp.MustCompile(`^(.{2,60}?(?:法|条例|办法|规定))(?:实施|施行)(?:条例|细则|办法|意见|规定)$`)
	applying = regexp.MustCompile(`关于(?:适用|执行|贯彻执行)[《〈]([^《》]{2,80}?)[》〉]`)
)

var laterItem = regexp.MustCompile(`^(?:[二三四五六七八九]、|十[一二三四五六七八九]?、|第(?:[三四五六七八九]|十)[一二三四五六七八九十]*条)`)

// carriesOut reads which rules this one carries out: 根据《…》，结合本市实际，制定本
// 办法; and titles 青岚市实施《…》办法.
func (r *reading) carriesOut() {
	title := editionEnd.ReplaceAllString(strings.TrimSpace(r.d.Title), "")
	for _, shape := range []*regexp.Regexp{applying, madeTo, madeFor} {
		if m := shape.FindStringSubmatch(title); m != nil && !r.words.amending && !strings.Contains(title, "解读") && !strings.Contains(m[1], "关于") {
			name := strings.TrimSpace(m[1])
			s := r.titleSentence()
			r.say(corpus.Implements, named{title: name, start: s.start}, s, fullTitle(name))
			break
		}
	}
	for i, s := range r.spoken {
		if i >= maxBasisSentences {
			return
		}
		said := r.masked[s.start:s.end]
		if len(said) > 6000 || r.lines[s.line].role == corpus.TitleRole || !strings.Contains(said, "》") {
			continue
		}
		from := carries.FindStringIndex(said)
		if laterItem.MatchString(said) {
			return // what a later item tells others to carry out
		}
		if from == nil || from[0] > 900 {
			continue
		}
		to := makes.FindAllStringIndex(said, -1)
		if len(to) == 0 || to[len(to)-1][0] < from[1] {
			continue
		}
		count := 0
		for _, n := range r.namedIn(s.start+from[1], s.start+to[len(to)-1][0]) {
			if n.title == "" || count >= 20 {
				continue
			}
			between := r.masked[s.start+from[1] : n.start]
			if strings.Contains(between, "。") || endsWord.MatchString(r.masked[n.end:min(s.end, n.end+40)]) {
				continue
			}
			r.say(corpus.Implements, n, s, n.number != "" || fullTitle(n.title))
			count++
		}
		if count > 0 {
			return
		}
	}
}

var (
	forwardTitle = regexp.MustCompile(`(?:转发|批转)(.{4,300}?)(?:的通知)?$`)
	forwardBody  = regexp.MustCompile(`^[^，。]{0,40}(?:转发|批转|印转)`)
)

// forwards reads what a notice passes on: 转发《…》的通知.
func (r *reading) forwards() {
	m := forwardTitle.FindStringSubmatch(strings.TrimSpace(r.d.Title))
	if m == nil {
		return
	}
	for i, s := range r.spoken {
		if i >= maxBasisSentences {
			break
		}
		if r.lines[s.line].role == corpus.TitleRole {
			continue
		}
		for _, n := range r.namedIn(s.start, s.end) {
			if n.title != "" && forwardBody.MatchString(r.masked[n.end:s.end]) {
				origin(r.masked[s.start:n.start], &n)
				r.say(corpus.Forwards, n, s, n.number != "" || fullTitle(n.title))
				return
			}
		}
	}
	s := r.titleSentence()
	if at := openNames.FindStringSubmatch(m[1]); at != nil {
		r.say(corpus.Forwards, named{title: at[1], start: s.start}, s, fullTitle(at[1]))
		return
	}
	r.say(corpus.Forwards, named{title: m[1], start: s.start}, s, false)
}

var (
	aboutTitle = regexp.MustCompile(`^(?:关于)?(?:对)?(.{4,120}?)(?:的)?(?:政策)?(?:文字|图文|专家|媒体|官方)?(?:解读|图解|问答|政策问答|一图读懂)`)
	clarifying = regexp.MustCompile(`关于[^《]{0,20}[《〈]([^《》]{4,120})[》〉][^《》]{0,40}?(?:问题|事项|条款|规定|内容)?的?(?:说明|澄清|答复|批复|解释|补充通知|补充说明)$`)
	basisLabel = regexp.MustCompile(`(?:设定|政策|法律|实施|办理|收费|法定|受理)?依据$`)
	basisStart = regexp.MustCompile(`^(?:根据|依据|按照|依照)[^，。；]{0,40}《`)
	citesBasis = regexp.MustCompile(`根据|依据|按照|依照|按`)
)

// explains reads which document an interpretation, a guide, an FAQ or a
// clarification is about.
func (r *reading) explains() {
	switch r.d.Kind {
	case corpus.Interpretation:
		r.interprets()
	case corpus.Guide:
		r.guided()
	case corpus.FAQ:
		r.answered()
	case corpus.Policy, corpus.Notice, corpus.Clarification:
		if m := clarifying.FindStringSubmatch(strings.TrimSpace(r.d.Title)); m != nil && !applying.MatchString(r.d.Title) {
			s := r.titleSentence()
			n := named{title: m[1], start: s.start, number: r.numberOf(m[1])}
			r.say(corpus.Clarifies, n, s, fullTitle(m[1]))
		}
	}
}

// numberOf is the number that the text gives for a title.
func (r *reading) numberOf(title string) string {
	key := corpus.TitleKey(title)
	for i, s := range r.spoken {
		if i >= maxBasisSentences {
			break
		}
		if !strings.Contains(r.masked[s.start:s.end], "号") {
			continue
		}
		for _, n := range r.namedIn(s.start, s.end) {
			if n.number != "" && corpus.TitleKey(n.title) == key {
				return n.number
			}
		}
	}
	return ""
}

// interprets reads the document in the title of an interpretation, else the
// first that its text names in full.
func (r *reading) interprets() {
	title := strings.TrimSpace(r.d.Title)
	ts := r.titleSentence()
	if m := openNames.FindStringSubmatch(title); m != nil {
		n := named{title: m[1], start: ts.start, number: r.numberOf(m[1])}
		r.say(corpus.Interprets, n, ts, n.number != "" || fullTitle(m[1]))
		return
	}
	for i, s := range r.spoken {
		if i >= 12 {
			break
		}
		said := r.masked[s.start:s.end]
		if r.lines[s.line].role == corpus.TitleRole || !strings.Contains(said, "》") {
			continue
		}
		for _, n := range r.namedIn(s.start, s.end) {
			before := lastWords(r.masked[s.start:n.start])
			if n.title == "" || citing.MatchString(before) || !fullTitle(n.title) {
				continue
			}
			origin(r.masked[s.start:n.start], &n)
			r.say(corpus.Interprets, n, s, n.number != "" && issuedRE.MatchString(said))
			return
		}
	}
	if m := aboutTitle.FindStringSubmatch(title); m != nil && nounOf(m[1]) != "" {
		r.say(corpus.Interprets, named{title: m[1], start: ts.start}, ts, false)
	}
}

var issuedRE = regexp.MustCompile(`印发|出台|发布|公布|制定|修订`)

// guided reads the basis that a guide states in a field made for it.
func (r *reading) guided() {
	for _, s := range r.spoken {
		p := r.c.Passages[r.lines[s.line].passage]
		label := p.Label
		if label == "" && len(p.Path) > 0 {
			label = p.Path[len(p.Path)-1]
		}
		lead, _, _ := strings.Cut(r.masked[r.lines[s.line].start:s.end], "：")
		if !basisStart.MatchString(r.masked[s.start:s.end]) && !basisLabel.MatchString(strings.TrimRight(label, "：: ")) && !(len(lead) < 40 && basisLabel.MatchString(lead)) {
			continue
		}
		r.basis(s)
	}
}

// answered reads the basis that an answer names.
func (r *reading) answered() {
	for _, s := range r.spoken {
		if r.lines[s.line].role != corpus.TitleRole && citesBasis.MatchString(r.masked[s.start:s.end]) {
			r.basis(s)
		}
	}
}

func (r *reading) basis(s sentence) {
	if !strings.Contains(r.masked[s.start:s.end], "》") {
		return
	}
	for _, n := range r.namedIn(s.start, s.end) {
		if n.title == "" {
			continue
		}
		st := r.say(corpus.Interprets, n, s, n.number != "" || fullTitle(n.title))
		if st != nil {
			st.Sure = n.number != "" || fullTitle(n.title) // a paragraph of an article is a basis as well
		}
	}
}

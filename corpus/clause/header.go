package clause

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// event is what a line below a law's title tells of its history.
type event struct {
	day                                      corpus.Date
	adopted, approved, issued, amended, full bool // full is a revision that replaces the whole text
	who, number                              string
}

// The bounds of those lines.
const (
	maxEvents     = 80
	maxHeaderLine = 6000 // bytes
)

var (
	eventStart = regexp.MustCompile(`^[（(　 ]*(?:根据)?[（(　 ]*[12１２一二]`)
	structured = regexp.MustCompile(`^第[一二三四五六七八九十百零]+[编章节条]`)
	effectDay  = regexp.MustCompile(`^[（( 　]*(?:自)?` + dayShape + blank + `起?(?:施行|实施|生效|执行)[）)]?$`)
	// A line that runs on: 2007年11月1日施行 根据2018年…修正; 公告第八号公布施行.
	thenEffect = regexp.MustCompile(`^` + blank + `起?(?:施行|实施|生效)(?:[）)　 ，,；;]|根据|$)`)
	withEffect = regexp.MustCompile(`(?:公布|发布|颁布)(?:施行|实施)[）)　 ]*$`)
	byCongress = regexp.MustCompile(`([一-龥]{1,14}?)?第?[一二三四五六七八九十]+届((?:全国)?(?:人民代表大会|人大)(?:常务委员会|常委会)?)`)
	byOrder    = regexp.MustCompile(`([一-龥、]{2,60}?)(?:令(?:(?:19|20)[0-9]{2}年)?第|公告|审判委员会|检察委员会|发布|公布|颁布|第[0-9一二三四五六七八九十]+次)`)
)

// header reads the lines between title and body that tell when the text was
// adopted, approved, issued and amended.
func (r *reading) header() {
	for _, l := range r.lines {
		text, masked := r.text[l.start:l.end], r.masked[l.start:l.end]
		if l.start > 40_000 || structured.MatchString(text) || len(r.events) >= maxEvents {
			break
		}
		if l.role == corpus.TitleRole || len(text) > maxHeaderLine || !eventStart.MatchString(text) || inBody(masked) {
			continue
		}
		if m := effectDay.FindStringSubmatchIndex(text); m != nil {
			day, _ := dayAt(text, m, 1)
			r.opening = append(r.opening, day)
			continue
		}
		r.eventsOf(text, masked)
	}
	var last event
	for _, e := range r.events {
		if e.day >= last.day {
			last = e
		}
	}
	if !last.day.Known() {
		return
	}
	r.fillDay(&r.d.Written, "written", last.day, "题注", corpus.Derived)
	if last.issued {
		r.fillDay(&r.d.Published, "published", last.day, "题注", corpus.Derived)
	}
}

// inBody says whether a line holds a whole sentence and more.
func inBody(masked string) bool {
	i := strings.Index(masked, "。")
	return i >= 0 && len(masked)-i > len("。根据 ")+2
}

// eventsOf reads the events that one line tells.
func (r *reading) eventsOf(text, masked string) {
	days := dayRE.FindAllStringSubmatchIndex(masked, 40)
	for k, m := range days {
		end := len(masked)
		if k+1 < len(days) {
			end = days[k+1][0]
		}
		day, ok := dayAt(masked, m, 1)
		if !ok {
			continue
		}
		said := masked[m[1]:end]
		if thenEffect.MatchString(said) {
			r.opening = append(r.opening, day)
		}
		e := event{
			day: day, adopted: strings.Contains(said, "通过"), approved: strings.Contains(said, "批准"),
			amended: strings.Contains(said, "修正") || strings.Contains(said, "修订") || strings.Contains(said, "修改"),
		}
		for _, w := range []string{"公布", "发布", "颁布", "印发", "公告"} {
			e.issued = e.issued || strings.Contains(said, w)
		}
		e.full = strings.Contains(said, "修订") && !strings.Contains(said, "《") && !strings.Contains(said, "修正")
		if !e.adopted && !e.approved && !e.amended && !e.issued {
			continue
		}
		if e.issued && !e.amended && withEffect.MatchString(said) {
			r.opening = append(r.opening, day)
		}
		e.who = maker(said)
		if !strings.Contains(said, "《") {
			if n := orderRE.FindStringSubmatch(said); n != nil && !strings.Contains(n[1], "常务委员会") {
				e.number = ParseNumber(text[m[1]:end])
			}
		}
		r.events = append(r.events, e)
	}
}

// maker reads who acted: 全国人民代表大会常务委员会, 国务院, 公安部.
func maker(said string) string {
	said = strings.TrimLeft(said, " 　由经")
	if m := byCongress.FindStringSubmatch(said); m != nil {
		if strings.HasPrefix(m[2], "全国") {
			return congress(m[2])
		}
		if m[1] != "" {
			return m[1] + congress(m[2])
		}
		return ""
	}
	m := byOrder.FindStringSubmatch(said)
	if m == nil {
		return ""
	}
	who := strings.ReplaceAll(m[1], "中华人民共和国", "")
	for _, name := range strings.Split(who, "、") {
		if utf8.RuneCountInString(name) < 3 || !isAgency(name) && name != "国务院" {
			return ""
		}
	}
	return who
}

// base is the index of the event that made the text as a whole: the last full
// revision, else the first adoption; -1 is none.
func (r *reading) base() int {
	at := -1
	for i, e := range r.events {
		if e.full || at < 0 && !e.amended {
			at = i
		}
	}
	return at
}

// issueDay is the day on which the text as a whole was issued, as far as it is
// told, and how sure that is: what only says 自公布之日起 takes effect then.
func (r *reading) issueDay() (corpus.Date, string, corpus.Certainty) {
	at := r.base()
	if at < 0 {
		return r.issuedAlone()
	}
	day, sure := r.events[at].day, corpus.Guess
	if r.events[at].issued {
		sure = corpus.Derived
	}
	i := at + 1
	for ; i < len(r.events); i++ {
		e := r.events[i]
		if e.amended || e.adopted && !e.approved || sure == corpus.Derived {
			break
		}
		if e.issued || e.approved {
			day = e.day
		}
		if e.issued {
			sure = corpus.Derived
		}
	}
	if named, ok := r.fileDate(); ok && sure == corpus.Guess && i == len(r.events) && named >= day {
		return named, "文件名", corpus.Derived
	}
	return day, "题注", sure
}

// issuedAlone is issueDay for what has no such lines.
func (r *reading) issuedAlone() (corpus.Date, string, corpus.Certainty) {
	switch {
	case r.d.Published.Known():
		return r.d.Published, "发布日期", corpus.Derived
	case r.d.Written.Known():
		return r.d.Written, "成文日期", corpus.Guess
	}
	if named, ok := r.fileDate(); ok {
		return named, "文件名", corpus.Derived
	}
	return "", "", corpus.Guess
}

var fileEdition = regexp.MustCompile(`[（(]([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})[）)](?:\.[A-Za-z]{1,8})?$`)

// fileDate is the day that the file's name ends with.
func (r *reading) fileDate() (corpus.Date, bool) {
	m := fileEdition.FindStringSubmatch(r.file)
	if m == nil {
		return "", false
	}
	return civil(m[1], m[2], m[3])
}

// fileDay takes over the day in the file's name: the edition's, where it is
// the latest; one older than the text says is a name that was never changed.
func (r *reading) fileDay() {
	day, ok := r.fileDate()
	switch {
	case !ok:
	case r.d.Written.Known() && day < r.d.Written:
		if !r.stated("written") {
			r.warn("文件名中的日期%s早于正文所载的%s，以正文为准", day.Chinese(), r.d.Written.Chinese())
		}
	default:
		r.fillDay(&r.d.Published, "published", day, "文件名", corpus.Derived)
		if r.d.Written.Known() && day > r.d.Written && !r.stated("written") {
			r.forget("written")
			r.d.Written = ""
		}
		r.fillDay(&r.d.Written, "written", day, "文件名", corpus.Derived)
	}
}

// forget drops what was found of a field.
func (r *reading) forget(field string) {
	r.c.Findings = slices.DeleteFunc(r.c.Findings, func(f corpus.Finding) bool { return f.Field == field })
}

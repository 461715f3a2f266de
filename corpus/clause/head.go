package clause

import (
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// The bounds of a letterhead.
const (
	headBytes = 3000
	headParts = 40
)

// part is a stretch of the text between blanks.
type part struct{ start, end int }

// head returns what stands above the first full sentence: whole lines and,
// where a line holds several, its parts between blanks.
func (r *reading) head() []part {
	var parts []part
	for _, l := range r.lines {
		if l.start > headBytes || len(parts) >= headParts {
			break
		}
		if r.tabled(l) {
			continue
		}
		end := min(l.end, l.start+headBytes)
		line := r.masked[l.start:end]
		stop := sentenceEnd(line)
		blanks := strings.IndexFunc(line, unicode.IsSpace) >= 0
		whole := end == l.end && stop < 0 && (!blanks || utf8.RuneCountInString(line) <= 60)
		if whole {
			parts = append(parts, part{l.start, l.end})
		}
		if blanks {
			parts = append(parts, pieces(line, l.start, whole)...)
		}
		if stop >= 0 && l.role != corpus.TitleRole {
			break
		}
	}
	return parts[:min(len(parts), headParts)]
}

// pieces cuts a line at its blanks, up to the piece that ends a sentence.
func pieces(line string, at int, all bool) []part {
	var parts []part
	for p := range fieldsOf(line) {
		if !all && sentenceEnd(line[p.start:p.end]) >= 0 || len(parts) >= headParts {
			break
		}
		parts = append(parts, part{at + p.start, at + p.end})
	}
	return parts
}

// fieldsOf yields what stands between blanks.
func fieldsOf(s string) iter.Seq[part] {
	return func(yield func(part) bool) {
		from := -1
		for i, c := range s {
			switch {
			case !unicode.IsSpace(c):
				if from < 0 {
					from = i
				}
			case from >= 0:
				if !yield(part{from, i}) {
					return
				}
				from = -1
			}
		}
		if from >= 0 {
			yield(part{from, len(s)})
		}
	}
}

func sentenceEnd(s string) int { return strings.Index(s, "。") }

var agencyName = regexp.MustCompile(`^[一-龥（）()]{1,38}(?:[部厅局委署院会府行办]|委员会|办公室|中心|小组|指挥部|总队|支队|大队|公司|集团|集团军|工委|党组|秘书处|管委会|联合会|机制|综合组|人民法院|检察院)$`)

var notAgency = regexp.MustCompile(`关于|通知|意见|工作会|现将|为了|根据|座谈会|推进会|动员会|发布会|召开|会议|举行|^各`)

// isAgency says whether a short text is the name of an agency.
func isAgency(s string) bool {
	return len(s) >= 6 && len(s) <= 130 && agencyName.MatchString(s) && !notAgency.MatchString(s)
}

var titleAgency = regexp.MustCompile(`^(.{2,200}?)(?:关于|转发|批转|印发|令第|公告第|通告第)`)

// agency reads who issued the document: from the front of its title, else from
// its signature, else from the lines of adoption.
func (r *reading) agency() {
	if r.d.Agency != "" || r.d.Kind == corpus.FAQ || r.d.Kind == corpus.Guide {
		return
	}
	sign := r.signers()
	fromTitle := agenciesIn(titleAgency, r.d.Title)
	switch {
	case len(fromTitle) > 0 && !(len(sign) > 0 && short(fromTitle[0])):
		r.fill(&r.d.Agency, "agency", strings.Join(fromTitle, "、"), "标题", corpus.Derived)
	case len(sign) > 0:
		r.fill(&r.d.Agency, "agency", strings.Join(sign, "、"), "落款", corpus.Derived)
	default:
		for _, e := range r.events {
			if e.who != "" {
				r.fill(&r.d.Agency, "agency", placed(e.who, placeOf(r.d.Title)), "题注", corpus.Derived)
				return
			}
		}
	}
}

// short says whether a name leaves out the place: 省发展改革委.
func short(name string) bool {
	for _, p := range []string{"省", "市", "县", "区", "州"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// agenciesIn splits the names at the front of a title; nil where one of them
// is none.
func agenciesIn(shape *regexp.Regexp, title string) []string {
	m := shape.FindStringSubmatch(strings.TrimSpace(title))
	if m == nil {
		return nil
	}
	var names []string
	for _, name := range strings.FieldsFunc(m[1], func(r rune) bool { return r == '、' || unicode.IsSpace(r) }) {
		if !isAgency(name) || len(names) >= 20 {
			return nil
		}
		if slices.Contains(names, name) {
			continue
		}
		names = append(names, name)
	}
	return names
}

var addressed = regexp.MustCompile(`^[^。《》“”；]{2,300}[：:]$`)

// notAddressed is in a sentence of the body that ends in a colon.
var notAddressed = regexp.MustCompile(`第[一二三四五六七八九十百零]+条|情形|行为|下列|以下|如下|规定|决定[：:]$|处理|案件|依照|按照|根据|的[，,]|^尊敬`)

var addressWord = regexp.MustCompile(`单位|部门|机构|政府|[局厅委部署院校区会行]|企业|用人`)

// addressees reads 主送机关: the line under the title that ends in a colon.
func (r *reading) addressees() {
	if len(r.d.Addressees) > 0 || !r.binding() {
		return
	}
	for _, p := range r.head() {
		text := r.text[p.start:p.end]
		if r.passageIsTitle(p.start) || !addressed.MatchString(text) || !addressWord.MatchString(text) ||
			notAddressed.MatchString(text) || labelled.MatchString(text) {
			continue
		}
		list := strings.FieldsFunc(strings.TrimRight(text, "：:"), func(r rune) bool { return strings.ContainsRune("，,；;", r) })
		for _, one := range list[:min(len(list), 40)] {
			if one = strings.TrimSpace(one); one != "" {
				r.d.Addressees = append(r.d.Addressees, one)
			}
		}
		r.find("addressees", strings.Join(r.d.Addressees, "、"), "主送", corpus.Derived)
		return
	}
}

func (r *reading) passageIsTitle(at int) bool {
	p := r.passage(at)
	return p != nil && p.Role == corpus.TitleRole
}

var (
	daySigned  = regexp.MustCompile(`^[（(]?` + blank + dayShape + blank + `[）)]?$`)
	dayPrinted = regexp.MustCompile(dayShape + blank + `印发$`)
)

// signed is a day that stands by itself, and who stands above it.
type signed struct {
	day    corpus.Date
	who    []string
	at     int
	inHead bool // in brackets under the title
}

// signers returns the agencies of the signature.
func (r *reading) signers() []string {
	s, _ := r.signing()
	return s.who
}

// signing finds the signature: the first day that stands alone below the names
// of agencies behind the body, so that the dates of attachments come later;
// else a day in brackets under the title; else one at the very end.
func (r *reading) signing() (signed, bool) {
	var last, head signed
	parts := r.runs()
	body := strings.Index(r.masked, "。")
	for i, p := range parts {
		text := r.text[p.start:p.end]
		if p.end-p.start > 2*shortLine || !strings.HasSuffix(strings.TrimRight(text, "）)"), "日") {
			continue
		}
		m := daySigned.FindStringSubmatchIndex(text)
		var above []string
		if m == nil {
			if m, above = signedBeside(text); len(above) == 0 {
				continue
			}
		}
		day, ok := dayAt(text, m, 1)
		if !ok {
			continue
		}
		s := signed{day: day, at: p.start, who: above}
		for k := i - 1; k >= 0 && k >= i-12; k-- {
			line := r.text[parts[k].start:parts[k].end]
			name := strings.Join(strings.Fields(line), "")
			if several := agenciesOf(line); len(several) > 1 {
				s.who = append(several, s.who...)
				continue
			}
			if !isAgency(name) {
				if len(s.who) > 0 && len(name) <= 90 && placeOf(name) != "" && !strings.ContainsAny(name, "，。：、；（）《》") {
					s.who[0] = name + s.who[0] // broken over two lines
				}
				break
			}
			if slices.Contains(s.who, name) {
				continue // the title stands above, written twice
			}
			s.who = append([]string{name}, s.who...)
		}
		if len(s.who) > 0 && body >= 0 && body < p.start {
			return s, true
		}
		if i <= 6 && strings.HasPrefix(text, "（") && head.day == "" {
			head = s
		}
		if i >= len(parts)-4 {
			last = s
		}
	}
	switch {
	case head.day.Known():
		head.inHead = true
		return head, true
	case last.day.Known():
		return last, true
	}
	return signed{}, false
}

var dayLast = regexp.MustCompile(dayShape + `$`)

// signedBeside reads a signature in one line: the agencies, then the day.
func signedBeside(text string) (m []int, who []string) {
	if m = dayLast.FindStringSubmatchIndex(text); m == nil {
		return nil, nil
	}
	return m, agenciesOf(text[:m[0]])
}

// agenciesOf reads a line that holds the names of agencies and nothing else,
// with blanks between them or none: 青岚市民政局青岚市财政局. nil is another line.
func agenciesOf(line string) []string {
	var all []string
	for _, name := range strings.FieldsFunc(line, func(c rune) bool { return unicode.IsSpace(c) || c == '、' }) {
		if place := placeOf(name); place != "" && strings.Count(name, place) > 1 {
			for _, rest := range strings.Split(name, place)[1:] {
				all = append(all, place+rest)
			}
			continue
		}
		all = append(all, name)
	}
	if len(all) > 20 || slices.ContainsFunc(all, func(name string) bool { return !isAgency(name) }) {
		return nil
	}
	return all
}

const maxRuns = 20_000

// shortLine bounds a line that is taken as a whole, in bytes.
const shortLine = 120

// runs returns the short lines and, of long ones, what stands between blanks:
// a text without line breaks holds its signature so.
func (r *reading) runs() []part {
	if r.parts != nil {
		return r.parts
	}
	for _, l := range r.lines {
		if len(r.parts) > maxRuns {
			break
		}
		if r.tabled(l) {
			continue
		}
		if l.end-l.start <= shortLine {
			r.parts = append(r.parts, part{l.start, l.end})
			continue
		}
		for p := range fieldsOf(r.text[l.start:l.end]) {
			r.parts = append(r.parts, part{l.start + p.start, l.start + p.end})
		}
	}
	return r.parts
}

// signature reads 成文日期 from the signature, and 印发日期 below it.
func (r *reading) signature() {
	if r.d.Kind == corpus.FAQ || r.d.Kind == corpus.Guide {
		return
	}
	if s, ok := r.signing(); ok && len(r.events) == 0 {
		place := "落款"
		sure := corpus.Derived
		switch {
		case s.inHead:
			place = "标题下"
		case len(s.who) == 0:
			sure = corpus.Guess
		}
		r.fillDay(&r.d.Written, "written", s.day, place, sure)
	}
	parts := r.runs()
	for _, p := range parts[max(0, len(parts)-6):] {
		text := r.text[p.start:p.end]
		if m := dayPrinted.FindStringSubmatchIndex(text); m != nil && len(text) < 200 && !r.d.Published.Known() {
			day, _ := dayAt(text, m, 1)
			r.fillDay(&r.d.Published, "published", day, "版记", corpus.Guess)
		}
	}
}

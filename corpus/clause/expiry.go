package clause

import (
	"regexp"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/numeral"
)

const termShape = `([0-9０-９一二两三四五六七八九十]{1,3})` + blank + `(年|个月)(半)?`

var (
	untilDay  = regexp.MustCompile(`(?:有效期限?|试行期限?|施行期限?|执行期限?|实施期限?|执行时间|实施时间|有效|试行|施行|执行|实施|期限)(?:暂定|截止|截至|延长|延续|继续)?(?:为|限|是)?[：:]?` + blank + `(?:(?:自|从)?[^，。；]{0,30}?(?:起|日))?` + blank + `(?:至|到|—|-|－|截至|截止到)` + blank + dayShape)
	spanDays  = regexp.MustCompile(`(?:有效期限?|试行期限?|施行期限?|执行期限?|实施期限?|执行时间|实施时间|政策期限|期限)(?:为|是)?[：:]?` + blank + `(?:自|从)?` + blank + dayShape + blank + `(?:起)?(?:至|到|—|-|－)` + blank + dayShape)
	untilYear = regexp.MustCompile(`(?:有效期限?|试行期限?|施行期限?|执行期限?|有效|执行)(?:暂定)?(?:截止|截至)?(?:为|是)?[：:]?(?:至|到)` + blank + `([0-9]{4})年(?:底|末|年底)`)
	term      = regexp.MustCompile(`(?:有效期限?|试行期限?|试行|施行期限?|执行期限?|实施期限?|有效期限)(?:暂定|暂)?(?:为|是|限)?[：:]?` + blank + `(?:自[^，。；]{1,40}?起(?:计算|算)?[，,]?(?:为|暂定)?)?` + blank + termShape)
	endsOn    = regexp.MustCompile(`^[，,；;]?(?:至|到)` + blank + dayShape + `(?:止|失效|废止|结束)?`)
	lapses    = regexp.MustCompile(`(?:于|至|自)?` + dayShape + `(?:起)?(?:自动|自行|即行)?(?:失效|废止)`)
	notOurs   = regexp.MustCompile(`许可|证书|执照|资格|合同|协议|保单|报告|证明|身份证|居住证|签证|护照|登记|卡|批准文件|批件|检定|检验|认证|认定|备案|委托|公示|商标|专利|保险|承诺|结论|凭证|印章|通行证|标志|发票|账户`)
)

// expiry reads until when the document holds: behind its clause of effect, or
// in a sentence of its own that has this document as its subject.
func (r *reading) expiry(from *start) {
	if from != nil {
		rest := r.masked[from.at:r.lines[from.line].end]
		if r.ends(rest[:min(len(rest), 600)], from, true) {
			return
		}
	}
	for i := len(r.spoken) - 1; i >= 0; i-- {
		s := r.spoken[i]
		said := r.masked[s.start:s.end]
		if len(said) > 1200 || r.tabled(r.lines[s.line]) || !has(said, "有效", "试行", "施行期", "执行期", "实施期", "期限", "执行时间", "实施时间") || !has(said, "年", "个月") || from != nil && s.line == from.line && s.start < from.at {
			continue
		}
		at := from
		if at == nil {
			at = &start{}
		}
		local := *at
		local.place = r.place(s.start)
		if r.ends(said, &local, false) {
			return
		}
	}
}

// ends reads an end from a text; behind says that it follows the clause of
// effect at once, so that its subject is known.
func (r *reading) ends(said string, from *start, behind bool) bool {
	if behind {
		if m := endsOn.FindStringSubmatchIndex(said); m != nil {
			return r.expires(said, m, 1, from)
		}
		if i := strings.Index(said, "\n"); i >= 0 {
			said = said[:i]
		}
	}
	if m := spanDays.FindStringSubmatchIndex(said); m != nil && r.about(said[:m[0]], behind) {
		if first, ok := dayAt(said, m, 1); ok && r.expires(said, m, 4, from) {
			r.fillDay(&r.d.Effective, "effective", first, from.place, corpus.Derived)
			return true
		}
	}
	if m := untilDay.FindStringSubmatchIndex(said); m != nil && r.about(said[:m[0]], behind) {
		return r.expires(said, m, 1, from)
	}
	if m := untilYear.FindStringSubmatchIndex(said); m != nil && r.about(said[:m[0]], behind) {
		r.fillDay(&r.d.Expires, "expires", corpus.Date(said[m[2]:m[3]]+"-12-31"), from.place, corpus.Derived)
		return true
	}
	if m := lapses.FindStringSubmatchIndex(said); m != nil && behind && !strings.Contains(said[:m[0]], "》") && !strings.Contains(said[:m[0]], "。") {
		if day, ok := dayAt(said, m, 1); ok && day > r.d.Effective {
			r.fillDay(&r.d.Expires, "expires", day.Add(-1), from.place, corpus.Derived)
			return true
		}
	}
	m := term.FindStringSubmatchIndex(said)
	if m == nil || !r.about(said[:m[0]], behind) {
		return false
	}
	return r.lasts(said, m, from)
}

// expires takes over a last day.
func (r *reading) expires(said string, m []int, n int, from *start) bool {
	day, ok := dayAt(said, m, n)
	if !ok {
		return false
	}
	r.fillDay(&r.d.Expires, "expires", day, from.place, corpus.Derived)
	return true
}

// lasts computes a last day from a term of years or months.
func (r *reading) lasts(said string, m []int, from *start) bool {
	months := numeral.Value(strings.ReplaceAll(said[m[2]:m[3]], "两", "二"))
	if said[m[4]:m[5]] == "年" {
		months *= 12
	}
	if m[6] >= 0 {
		months += 6
	}
	if months == 0 || months > 12*50 {
		return false
	}
	began, sure := r.d.Effective, corpus.Derived
	if !began.Known() {
		began, _, sure = r.issueDay()
	}
	if !began.Known() {
		r.warn("%s写明%s，但没有起算日期，未算出失效日期，请补充", from.place, strings.TrimSpace(said[m[0]:m[1]]))
		return true
	}
	r.fillDay(&r.d.Expires, "expires", addMonths(began, months).Add(-1), from.place, sure)
	return true
}

// about says whether the words before an end have this document as subject,
// and not a licence or a contract.
func (r *reading) about(before string, behind bool) bool {
	if i := strings.LastIndexAny(before, "。；"); i >= 0 {
		before = before[i:]
		before = strings.TrimLeft(before, "。；")
	}
	if notOurs.MatchString(before) || strings.Contains(before, "》") && !behind {
		return false
	}
	if behind {
		return len(before) <= 120
	}
	all := oursRE.FindAllStringIndex(before, -1)
	if len(all) > 0 {
		between := before[all[len(all)-1][1]:]
		return !notWhole.MatchString(between) && !strings.HasPrefix(between, "的") && len(between) <= 120
	}
	return strings.Trim(before, "　 ，,（(") == "" || labelOnly.MatchString(before)
}

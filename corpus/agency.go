package corpus

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Agency is an office that citizens turn to: whom to ask where nothing was
// found, who takes a complaint, when a window is open. Everything but ID and
// Name may be unknown, and is then left unsaid.
type Agency struct {
	ID      string   // stable, chosen by its importer: [A-Za-z0-9._-]{1,128}
	Account string   // the account that owns the entry; "" is shared by all
	Name    string   // 青岚市民政局; never empty
	Aliases []string // 民政局, 市民政局
	Region  string   // 青岚市
	Matters []string // what it is responsible for: 敬老卡, 低保
	Address string   // 青岚市文昌路18号
	Hours   Hours    //
	Phone   string   // 0599-1234567; several are separated by 、
	Website string   // https://…
	Checked Date     // when somebody last made sure that all this is right
	Sample  bool     // of the invented city: marked 示例 everywhere
}

// The bounds of an agency's entry, in characters, and of a directory.
const (
	MaxAgencies    = 10_000 // in one data folder
	maxAgencyName  = 60
	maxAddress     = 200
	maxPhones      = 5
	maxWebsite     = 300
	maxAliases     = 40
	maxMatters     = 400
	maxAgencyWord  = 40 // of an alias or a matter
	minAgencyWord  = 2
	maxAgencyPhone = 120
)

// StaleAfter is how many days after it was checked an entry is no longer to
// be trusted without asking.
const StaleAfter = 180

// VisibleTo reports whether an account may see the entry: it is shared, or
// the account's own.
func (a Agency) VisibleTo(account string) bool { return a.Account == "" || a.Account == account }

// StaleOn reports whether on day nobody has checked the entry for StaleAfter
// days, or ever.
func (a Agency) StaleOn(day Date) bool {
	return !a.Checked.Known() || a.Checked.Add(StaleAfter) < day
}

// Add returns the day n days later; an unknown day stays unknown.
func (d Date) Add(n int) Date {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d
	}
	return Date(t.AddDate(0, 0, n).Format(time.DateOnly))
}

// Phones returns the numbers, the first to call first.
func (a Agency) Phones() []string {
	return strings.FieldsFunc(a.Phone, func(r rune) bool { return r == '、' })
}

var agencyID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)

// Fault returns a sentence for the person who keeps the directory that says
// what is wrong with the entry, "" where nothing is. today bounds Checked.
func (a Agency) Fault(today Date) string {
	switch {
	case a.Name == "":
		return "没有名称"
	case !legible(a.Name, maxAgencyName) || utf8.RuneCountInString(a.Name) < minAgencyWord:
		return fmt.Sprintf("名称“%s”应为%d到%d个字，不能有尖括号和换行", clip(a.Name), minAgencyWord, maxAgencyName)
	case !agencyID.MatchString(a.ID) || strings.Trim(a.ID, ".") == "":
		return fmt.Sprintf("编号“%s”只能用字母、数字和 . _ -，最多128个", clip(a.ID))
	case a.Account != "" && (!agencyID.MatchString(a.Account) || strings.Trim(a.Account, ".") == ""):
		return fmt.Sprintf("账号“%s”只能用字母、数字和 . _ -", clip(a.Account))
	case !legible(a.Region, maxAgencyWord):
		return fmt.Sprintf("区域“%s”太长，或有不能显示的字符", clip(a.Region))
	case !legible(a.Address, maxAddress):
		return fmt.Sprintf("地址超过%d个字，或有尖括号、换行", maxAddress)
	case len(a.Aliases) > maxAliases:
		return fmt.Sprintf("别名有%d个，最多%d个", len(a.Aliases), maxAliases)
	case len(a.Matters) > maxMatters:
		return fmt.Sprintf("职责有%d项，最多%d项", len(a.Matters), maxMatters)
	case a.Checked > today:
		return fmt.Sprintf("核对日期%s还没有到", a.Checked.Chinese())
	}
	for _, w := range a.Aliases {
		if f := wordFault("别名", w); f != "" {
			return f
		}
	}
	for _, w := range a.Matters {
		if f := wordFault("职责", w); f != "" {
			return f
		}
	}
	if f := PhoneFault(a.Phone); f != "" {
		return f
	}
	return WebsiteFault(a.Website)
}

func wordFault(what, w string) string {
	if n := utf8.RuneCountInString(w); n < minAgencyWord || !legible(w, maxAgencyWord) {
		return fmt.Sprintf("%s“%s”应为%d到%d个字，几个之间用顿号隔开", what, clip(w), minAgencyWord, maxAgencyWord)
	}
	return ""
}

// legible reports whether a text is short enough and can stand in a reply: one
// line, without markup.
func legible(s string, most int) bool {
	return utf8.RuneCountInString(s) <= most && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r == '<' || r == '>' || unicode.IsControl(r) || r == utf8.RuneError
	})
}

// clip shortens what a message quotes.
func clip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > 24 {
		return string([]rune(s)[:24]) + "…"
	}
	return s
}

// phoneShape is a number that can be dialled in China: a landline with or
// without its area code and extension, a mobile number, 400 and 800 numbers,
// and hotlines of three to six digits; a remark may stand behind it.
var phoneShape = regexp.MustCompile(`^(?:0\d{2,3}-?\d{7,8}(?:(?:-|转)\d{1,6})?|1[3-9]\d{9}|[48]00-?\d{3}-?\d{4}|[1-9]\d{6,7}(?:(?:-|转)\d{1,6})?|1\d{2,5}|9\d{4,5})(?:（[^（）()<>]{1,20}）)?$`)

var (
	scientific = regexp.MustCompile(`^\d(?:\.\d+)?[Ee]\+\d+$`)
	zeroLost   = regexp.MustCompile(`^[1-9]\d{9,10}$`)
)

// PhoneFault says what is wrong with an agency's phone numbers, "" where
// nothing is.
func PhoneFault(phone string) string {
	numbers := Agency{Phone: phone}.Phones()
	if len(numbers) > maxPhones || utf8.RuneCountInString(phone) > maxAgencyPhone {
		return fmt.Sprintf("电话最多%d个，连说明不超过%d个字", maxPhones, maxAgencyPhone)
	}
	for _, n := range numbers {
		switch {
		case phoneShape.MatchString(n):
		case scientific.MatchString(n):
			return fmt.Sprintf("电话“%s”被表格软件改成了科学记数，请把这一列设为文本后重新填写", clip(n))
		case zeroLost.MatchString(n):
			return fmt.Sprintf("电话“%s”少了区号前面的0，请把这一列设为文本后重新填写", clip(n))
		default:
			return fmt.Sprintf("电话“%s”不是能拨打的号码，应写成0599-1234567、12345这样，几个之间用顿号隔开", clip(n))
		}
	}
	return ""
}

// WebsiteFault says what is wrong with an agency's website, "" where nothing
// is: it has to be an address that a citizen's phone can open.
func WebsiteFault(website string) string {
	if website == "" {
		return ""
	}
	u, err := url.Parse(website)
	bad := fmt.Sprintf("网站“%s”不是完整的网址，应以 https:// 或 http:// 开头", clip(website))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil ||
		len(website) > maxWebsite || strings.ContainsAny(website, " \"'<>\\\n\t") {
		return bad
	}
	host := u.Hostname()
	if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(strings.Trim(host, "."), ".") {
		return fmt.Sprintf("网站“%s”的域名不对，市民打不开", clip(website))
	}
	return ""
}

package desk

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/policybot/policybot/corpus"
)

// Flaw is something in a document that somebody should look at before it is
// published.
type Flaw struct {
	Field   string // as corpus.Finding.Field; "" is the text
	Anchor  string // of the passage, where it is in the text
	Words   string // what is meant, as it stands there
	Message string // in plain Chinese
	Blocks  bool   // it can't be submitted as it is
}

// Word is a word that is not to stand in what is published, from the list that
// staff keep.
type Word struct {
	Wrong  string `json:"wrong"`
	Right  string `json:"right,omitempty"` // what to write instead; "" is nothing known
	Why    string `json:"why,omitempty"`
	Blocks bool   `json:"blocks,omitempty"`
}

// Knowledge is what Check compares a document with.
type Knowledge struct {
	Words    []Word
	Agencies []string // names and aliases of the directory; none: not checked
	Titles   []string // of published documents
	Today    corpus.Date
}

// maxFlaws bounds what one document is told of each kind.
const maxFlaws = 20

// Check looks for what must not, or should not, be published: personal
// numbers, words of the list, names of agencies and documents that are nearly
// those known, links that cannot work, days that contradict each other. It is
// pure; time is linear in the text, for each word and title once.
func Check(c corpus.Content, k Knowledge) []Flaw {
	var all []Flaw
	all = append(all, days(c.Document, k.Today)...)
	all = append(all, agencies(c.Document, k.Agencies)...)
	for _, fault := range corpus.AskedFaults(c.Document.Asked, c.Passages) {
		all = append(all, Flaw{Field: "asked", Message: fault})
	}
	for _, where := range places(c) {
		all = append(all, numbers(where)...)
		all = append(all, words(where, k.Words)...)
		all = append(all, titles(where, k.Titles)...)
		all = append(all, links(where)...)
	}
	return limited(all)
}

// limited keeps the first of many of one message's kind, those that block
// first.
func limited(all []Flaw) []Flaw {
	slices.SortStableFunc(all, func(a, b Flaw) int {
		switch {
		case a.Blocks == b.Blocks:
			return 0
		case a.Blocks:
			return -1
		}
		return 1
	})
	return all[:min(len(all), 5*maxFlaws)]
}

// place is a piece of what citizens read.
type place struct{ field, anchor, text string }

func places(c corpus.Content) []place {
	d := c.Document
	all := []place{{"title", "", d.Title}, {"question", "", d.Question}, {"similar", "", strings.Join(d.Similar, "\n")}, {"url", "", d.URL}}
	all = slices.DeleteFunc(all, func(p place) bool { return p.text == "" })
	for _, a := range d.Asked { // not for citizens, but often copied from their messages
		all = append(all, place{"asked", a.Anchor, strings.Join(a.Questions, "\n")})
	}
	if len(c.Passages) == 0 {
		return append(all, place{"", "", c.Text})
	}
	for _, p := range c.Passages {
		if p.Start >= 0 && p.Start <= p.End && p.End <= len(c.Text) {
			all = append(all, place{"", p.Anchor, c.Text[p.Start:p.End]})
		}
	}
	return all
}

func (p place) flaw(words, format string, args ...any) Flaw {
	return Flaw{Field: p.field, Anchor: p.anchor, Words: words, Message: fmt.Sprintf(format, args...)}
}

// days finds days that contradict each other.
func days(d corpus.Document, today corpus.Date) []Flaw {
	var all []Flaw
	add := func(is, blocks bool, field, format string, args ...any) {
		if is {
			all = append(all, Flaw{Field: field, Message: fmt.Sprintf(format, args...), Blocks: blocks})
		}
	}
	both := func(a, b corpus.Date) bool { return a.Known() && b.Known() }
	add(both(d.Effective, d.Expires) && d.Expires < d.Effective, true, "expires",
		"失效日期%s早于施行日期%s", d.Expires.Chinese(), d.Effective.Chinese())
	add(both(d.Written, d.Published) && d.Published < d.Written, false, "published",
		"发布日期%s早于成文日期%s，请核对", d.Published.Chinese(), d.Written.Chinese())
	add(d.Published.Known() && d.Published > today, false, "published", "发布日期%s还没有到，请核对", d.Published.Chinese())
	add(d.Written.Known() && d.Written > today, true, "written", "成文日期%s还没有到", d.Written.Chinese())
	add(d.Expires.Known() && d.Expires < today, false, "expires", "这份文件%s就失效了，发布后会标为已失效", d.Expires.Chinese())
	for i, a := range d.Applications {
		add(both(a.From, a.Until) && a.Until < a.From, true, "applications",
			"第%d个办理期限的截止日期早于开始日期", i+1)
	}
	return all
}

var digits = regexp.MustCompile(`[0-9Xx]+`)

// numbers finds personal numbers. The number of an identity card stops a
// submission; a mobile number may be the office's own.
func numbers(p place) []Flaw {
	if p.field == "url" {
		return nil
	}
	var all []Flaw
	for _, n := range digits.FindAllString(width.Fold.String(p.text), -1) {
		switch {
		case identity(n):
			f := p.flaw(n[:6]+"…"+n[14:], "有公民身份号码（%s…%s），不能公开", n[:6], n[14:])
			f.Blocks = true
			all = append(all, f)
		case mobile(n):
			all = append(all, p.flaw(n, "有手机号码%s，请确认是单位公开的电话", n))
		case bankCard(n):
			all = append(all, p.flaw(n, "有像银行卡号的数字（末四位%s），请确认可以公开", n[len(n)-4:]))
		}
		if len(all) == maxFlaws {
			break
		}
	}
	return all
}

// identity reports whether n is a number of GB 11643: place, day of birth,
// check digit.
func identity(n string) bool {
	if len(n) != 18 || strings.ContainsAny(n[:17], "Xx") || n[0] == '0' {
		return false
	}
	day := n[6:10] + "-" + n[10:12] + "-" + n[12:14]
	if _, err := corpus.ParseDate(day); err != nil {
		return false
	}
	sum, weight := 0, [...]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	for i, w := range weight {
		sum += int(n[i]-'0') * w
	}
	return "10X98765432"[sum%11] == strings.ToUpper(n)[17]
}

func mobile(n string) bool {
	return len(n) == 11 && n[0] == '1' && n[1] >= '3' && n[1] <= '9' && !strings.ContainsAny(n, "Xx")
}

// bankCard reports whether n is a UnionPay number with its check digit.
func bankCard(n string) bool {
	if len(n) < 16 || len(n) > 19 || !strings.HasPrefix(n, "62") || strings.ContainsAny(n, "Xx") {
		return false
	}
	sum := 0
	for i := range len(n) {
		v := int(n[len(n)-1-i] - '0')
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

// words finds words of the list.
func words(p place, list []Word) []Flaw {
	if p.field == "url" {
		return nil
	}
	var all []Flaw
	for _, w := range list {
		if w.Wrong == "" || !strings.Contains(p.text, w.Wrong) || w.Right != "" && !strings.Contains(strings.ReplaceAll(p.text, w.Right, ""), w.Wrong) {
			continue
		}
		f := p.flaw(w.Wrong, "“%s”", w.Wrong)
		if w.Right != "" {
			f.Message += "，应写“" + w.Right + "”"
		} else {
			f.Message += "在不宜使用的词里"
		}
		if w.Why != "" {
			f.Message += "：" + w.Why
		}
		f.Blocks = w.Blocks
		all = append(all, f)
	}
	return all
}

// agencies finds issuers that the directory doesn't have.
func agencies(d corpus.Document, known []string) []Flaw {
	if len(known) == 0 {
		return nil
	}
	var all []Flaw
	for _, name := range d.Issuers() {
		if slices.Contains(known, name) {
			continue
		}
		f := Flaw{Field: "agency", Words: name, Message: "单位名录里没有“" + name + "”，请核对名称"}
		if near := nearest(name, known); near != "" {
			f.Message = "单位名录里没有“" + name + "”，是不是“" + near + "”"
		}
		all = append(all, f)
	}
	return all
}

var named = regexp.MustCompile(`《[^《》\n]{4,120}》`)

// titles finds titles in 《》 that are nearly, but not quite, one that is
// known.
func titles(p place, known []string) []Flaw {
	var all []Flaw
	seen := map[string]bool{}
	for _, t := range named.FindAllString(p.text, maxFlaws) {
		t = strings.TrimSuffix(strings.TrimPrefix(t, "《"), "》")
		if seen[t] || slices.Contains(known, t) {
			continue
		}
		seen[t] = true
		if near := nearest(t, known); near != "" && corpus.TitleKey(near) != corpus.TitleKey(t) {
			all = append(all, p.flaw(t, "没有《%s》，是不是《%s》", t, near))
		}
	}
	return all
}

// nearest returns the name that differs from s in one character, or, from
// twelve characters on, in two; "" where there is none.
func nearest(s string, known []string) string {
	a := []rune(s)
	if len(a) < 4 {
		return ""
	}
	most := 1
	if len(a) >= 12 {
		most = 2
	}
	for _, k := range known {
		if d := len(k) - len(s); d < -4*most || d > 4*most {
			continue // a character has four bytes at most
		}
		n := utf8.RuneCountInString(k)
		if n < len(a)-most || n > len(a)+most || k == s {
			continue
		}
		b := []rune(k)
		// Years and numbers tell documents apart: they are no slip of the pen.
		if digitsOf(s) == digitsOf(k) && edits(a, b, most) <= most {
			return k
		}
	}
	return ""
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("0123456789一二三四五六七八九十〇零", r) {
			return r
		}
		return -1
	}, s)
}

// edits counts how many characters have to be changed, put in or left out, up
// to most; more is most+1.
func edits(a, b []rune, most int) int {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	switch {
	case len(a) == 0 || len(b) == 0:
		return len(a) + len(b)
	case most == 0:
		return 1
	}
	return 1 + min(edits(a[1:], b, most-1), edits(a, b[1:], most-1), edits(a[1:], b[1:], most-1))
}

var address = regexp.MustCompile(`https?://[^\s<>"'“”《》（）()、，。；]+`)

// Links returns the addresses that a document names, each once.
func Links(c corpus.Content) []string {
	var all []string
	for _, p := range places(c) {
		for _, a := range addressesIn(p) {
			if !slices.Contains(all, a) {
				all = append(all, a)
			}
		}
	}
	return all
}

// addressesIn are the addresses of a place, but for those that are wrong as
// they stand.
func addressesIn(p place) []string {
	found := address.FindAllString(p.text, -1)
	return slices.DeleteFunc(found, func(a string) bool { return corpus.WebsiteFault(a) != "" })
}

// links finds addresses that no citizen's phone can open.
func links(p place) []Flaw {
	found := address.FindAllString(p.text, maxFlaws)
	if p.field == "url" {
		found = []string{p.text}
	}
	var all []Flaw
	for _, a := range found {
		if f := corpus.WebsiteFault(a); f != "" {
			all = append(all, p.flaw(a, "链接“%s”打不开：不是完整的公开网址", shown(a)))
		} else if u, err := url.Parse(a); err == nil && local(u.Hostname()) {
			all = append(all, p.flaw(a, "链接“%s”是内网地址，市民打不开", shown(a)))
		}
	}
	return all
}

func local(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".lan") || strings.HasSuffix(host, ".internal")
}

func shown(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// DefaultWords are the list that an installation begins with: misspellings
// that are common in what offices write, and words that no reply may have.
func DefaultWords() []Word {
	var all []Word
	for _, pair := range strings.Fields(`登陆网站/登录网站 登陆系统/登录系统 登陆平台/登录平台 帐户/账户 帐号/账号 报消/报销 户口薄/户口簿
		做为/作为 反应问题/反映问题 时侯/时候 既使/即使 布署/部署 按装/安装 另人/令人 渡假/度假 座落/坐落 截止到/截至
		穿流不息/川流不息 一愁莫展/一筹莫展 迫不急待/迫不及待 再接再励/再接再厉`) {
		wrong, right, _ := strings.Cut(pair, "/")
		all = append(all, Word{Wrong: wrong, Right: right, Why: "常见错别字"})
	}
	for _, pair := range strings.Fields(`计划生育委员会/卫生健康委员会 卫计委/卫生健康委员会 工商行政管理局/市场监督管理局 质量技术监督局/市场监督管理局
		食品药品监督管理局/市场监督管理局 国土资源局/自然资源局 地方税务局/税务局 国家税务局/税务局 人力资源和社会保证局/人力资源和社会保障局 民正局/民政局`) {
		wrong, right, _ := strings.Cut(pair, "/")
		all = append(all, Word{Wrong: wrong, Right: right, Why: "机构名称已改或写错，引用旧文件时除外"})
	}
	for _, w := range strings.Fields("刁民 滚蛋 闭嘴 神经病 无理取闹 爱告不告") {
		all = append(all, Word{Wrong: w, Why: "对群众不尊重", Blocks: true})
	}
	return all
}

package extract

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

var (
	numberShape = regexp.MustCompile(`^[（(]?\s*([一-龥]{1,16}\s*[〔﹝\[［【（(]\s*(?:19|20)\d{2}\s*[〕﹞\]］】）)]\s*第?\s*\d{1,5}\s*号|[一-龥]{0,20}令\s*第?\s*[\d一二三四五六七八九十百零〇]{1,8}\s*号|(?:[一-龥]{0,20}公告\s*)?\d{4}年第\s*\d{1,4}\s*号)\s*[）)]?$`)
	numberHint  = regexp.MustCompile(`号\s*[）)]?(?:\s|$)`)

	chineseDate = `(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日`
	adoption    = regexp.MustCompile(chineseDate + `[^。\n]{0,120}?(?:通过|修正|修订|公布|批准|发布|印发)`)
	effectLine  = regexp.MustCompile(`^（?\s*(?:自\s*)?` + chineseDate + `\s*起?(?:施行|实施|生效)\s*）?$`)
	effectTerm  = regexp.MustCompile(`(?:^|[。，；、）\s])(?:本|此)[^，。；：《》“”\n]{1,24}?自\s*` + chineseDate + `\s*起(?:正式)?(?:施行|实施|执行|生效)`)
	effectNow   = regexp.MustCompile(`(?:^|[。，；、）\s])本[^，。；：《》“”\n]{1,24}?自(?:公布|发布|印发|颁布)之日起(?:正式)?(?:施行|实施|执行|生效)`)
	expiryDay   = regexp.MustCompile(`^[，,；。（(]?\s*(?:试行|有效期?)(?:期)?(?:截?止?至|到)\s*` + chineseDate)
	expiryYears = regexp.MustCompile(`^[，,；。（(]?\s*(?:试行|有效)期(?:为|限)?\s*([1-9一二两三四五六七八九十])\s*年`)
	editionName = regexp.MustCompile(`[（(](\d{4})-(\d{2})-(\d{2})[）)]$`)
)

// recognise fills what a policy's or a notice's own words say plainly and its
// metadata leave open: document number, the days of publication, effect and
// expiry. Nothing is taken from sentences about other documents.
func recognise(c *corpus.Content) {
	d := &c.Document
	if d.Kind != corpus.Policy && d.Kind != corpus.Notice {
		return
	}
	head := c.Text[:min(len(c.Text), 1500)]
	if d.Number == "" {
		d.Number = standingNumber(head)
	}
	if !d.Published.Known() {
		d.Published = adopted(c)
	}
	if !d.Effective.Known() {
		effect(c)
	}
}

// standingNumber finds a document number that stands by itself, between line
// breaks or blanks, near the start.
func standingNumber(head string) string {
	for i, line := range strings.Split(head, "\n") {
		if i > 12 {
			break
		}
		if !numberHint.MatchString(line) {
			continue
		}
		for k, part := range append([]string{line}, strings.Fields(line)...) {
			if k > 20 {
				break
			}
			if m := numberShape.FindStringSubmatch(strings.TrimSpace(part)); m != nil {
				return strings.Join(strings.Fields(m[1]), "")
			}
		}
	}
	return ""
}

// adopted is the latest day of adoption, amendment or publication that the
// lines before the structure name.
func adopted(c *corpus.Content) corpus.Date {
	var last corpus.Date
	for _, p := range c.Passages {
		if p.Role == corpus.BodyRole && p.Anchor != "top" && !(strings.HasPrefix(p.Anchor, "p-") && p.Start < 600) {
			break
		}
		for _, line := range strings.Split(arabicDates(c.Text[p.Start:p.End]), "\n") {
			line = strings.TrimLeft(line, "（( 　")
			if len(line) == 0 || line[0] < '0' || line[0] > '9' {
				continue
			}
			for _, m := range adoption.FindAllStringSubmatch(line, 20) {
				if day, ok := civil(m[1], m[2], m[3]); ok && day > last {
					last = day
				}
			}
		}
	}
	return last
}

// effect reads the day of effect from a line of its own or from the last
// passage that states it for this document, and the expiry right behind it.
func effect(c *corpus.Content) {
	d := &c.Document
	for i := len(c.Passages) - 1; i >= 0; i-- {
		p := c.Passages[i]
		text := arabicDates(c.Text[p.Start:p.End])
		if !strings.Contains(text, "施行") && !strings.Contains(text, "实施") && !strings.Contains(text, "执行") && !strings.Contains(text, "生效") {
			continue
		}
		if m := effectTerm.FindStringSubmatchIndex(text); m != nil {
			if day, ok := civil(text[m[2]:m[3]], text[m[4]:m[5]], text[m[6]:m[7]]); ok {
				d.Effective = day
				expiry(d, text[m[1]:])
				return
			}
		}
		if m := effectNow.FindStringIndex(text); m != nil && d.Published.Known() {
			d.Effective = d.Published
			expiry(d, text[m[1]:])
			return
		}
		if p.Start < 1500 {
			for _, line := range strings.Split(text, "\n") {
				if m := effectLine.FindStringSubmatch(line); m != nil {
					d.Effective, _ = civil(m[1], m[2], m[3])
				}
			}
		}
	}
}

var chineseDay = regexp.MustCompile(`([一二][一二三四五六七八九〇○零]{3})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日`)

// arabicDates writes 二〇二四年五月一日 as 2024年5月1日.
func arabicDates(s string) string {
	return chineseDay.ReplaceAllStringFunc(s, func(day string) string {
		m := chineseDay.FindStringSubmatch(day)
		year := ""
		for _, r := range m[1] {
			if i := strings.IndexRune("一二三四五六七八九", r); i >= 0 {
				year += strconv.Itoa(i/3 + 1)
			} else {
				year += "0"
			}
		}
		return fmt.Sprintf("%s年%d月%d日", year, tens(m[2]), tens(m[3]))
	})
}

// tens reads 三, 十, 十二, 三十一.
func tens(s string) int {
	n := 0
	for _, r := range s {
		if r == '十' {
			n = max(n, 1) * 10
		} else {
			n += strings.IndexRune("一二三四五六七八九", r)/3 + 1
		}
	}
	return n
}

func expiry(d *corpus.Document, rest string) {
	if d.Expires.Known() {
		return
	}
	if m := expiryDay.FindStringSubmatch(rest); m != nil {
		d.Expires, _ = civil(m[1], m[2], m[3])
		return
	}
	if m := expiryYears.FindStringSubmatch(rest); m != nil {
		from, err := time.Parse(time.DateOnly, string(d.Effective))
		years := strings.Index("一二三四五六七八九十", m[1])/3 + 1
		if n, numErr := strconv.Atoi(m[1]); numErr == nil {
			years = n
		} else if m[1] == "两" {
			years = 2
		}
		if err == nil {
			d.Expires = corpus.Date(from.AddDate(years, 0, -1).Format(time.DateOnly))
		}
	}
}

var (
	draftTitle   = regexp.MustCompile(`征求意见稿|公开征求.{0,30}意见|草案`)
	explainTitle = regexp.MustCompile(`解读|图解|一图读懂|政策问答`)
	guideTitle   = regexp.MustCompile(`(?:办事|服务|办理|申报)指南$`)
	clarifyTitle = regexp.MustCompile(`辟谣|澄清`)
	listTitle    = regexp.MustCompile(`(?:清单|目录)(?:（[^）]*）)?$`)
	noticeTitle  = regexp.MustCompile(`(?:通知|公告|通告|公示|函|批复|令第?\S{0,6}号)$`)
	policyTitle  = regexp.MustCompile(`(?:法|法典|条例|办法|规定|细则|规则|意见|决定|决议|措施|方案|规划|解释|修正案|章程|标准|准则)(?:（[^（）]{1,20}）)*$`)
)

// guessKind tells the kind from the title and from whether the text has
// articles. What has neither is news: a notice.
func guessKind(title string, blocks []corpus.Block) corpus.Kind {
	switch {
	case draftTitle.MatchString(title):
		return corpus.Consultation
	case explainTitle.MatchString(title):
		return corpus.Interpretation
	case guideTitle.MatchString(title):
		return corpus.Guide
	case clarifyTitle.MatchString(title):
		return corpus.Clarification
	case listTitle.MatchString(title):
		return corpus.Catalogue
	case noticeTitle.MatchString(title) && !strings.Contains(title, "印发"):
		return corpus.Notice
	case noticeTitle.MatchString(title), policyTitle.MatchString(title), hasArticles(blocks):
		return corpus.Policy
	}
	return corpus.Notice
}

func hasArticles(blocks []corpus.Block) bool {
	n := 0
	for _, b := range blocks {
		if strings.HasPrefix(b.Text, "第一条") || strings.HasPrefix(b.Text, "第二条") {
			n++
		}
	}
	return n >= 2
}

// finish makes a content of metadata and blocks. It is the one place where
// title, kind, ID and passages are settled.
func (s *source) finish(d corpus.Document, f fields, blocks []corpus.Block) (corpus.Content, error) {
	size := 0
	for _, b := range blocks {
		size += len(b.Label) + len(b.Text) + 1
	}
	if size > MaxText {
		return corpus.Content{}, refuse("正文有 %.1f MB，超过 %d MB 的上限，未导入；请拆成几份", float64(size)/(1<<20), MaxText>>20)
	}
	if strings.TrimSpace(allText(blocks)) == "" {
		return corpus.Content{}, refuse("没有正文，未导入")
	}
	if d.Kind == "" && d.Question != "" {
		d.Kind = corpus.FAQ
	}
	if d.Title == "" {
		d.Title = d.Question
	}
	if d.Title == "" {
		d.Title = corpus.FirstTitle(blocks[0].Label + blocks[0].Text)
	}
	if d.Kind == "" {
		d.Kind = guessKind(d.Title, blocks)
	}
	if d.Kind == corpus.FAQ && d.Question == "" {
		d.Question = d.Title
	}
	if d.ID == "" {
		d.ID = s.madeID(d, blocks)
	}
	relations(f, &d)
	c := corpus.Content{Document: d}
	head := d.Title
	if d.Kind == corpus.FAQ {
		head = d.Question
	}
	c.Text, c.Passages = corpus.Assemble(d.Kind, head, blocks)
	if m := editionName.FindStringSubmatch(strings.TrimSuffix(s.rel, path.Ext(s.rel))); m != nil && s.line == 0 && !d.Published.Known() {
		c.Document.Published, _ = civil(m[1], m[2], m[3])
	}
	recognise(&c)
	if c.Document.Effective.Known() {
		for i := range c.Document.Declares {
			c.Document.Declares[i].On = c.Document.Effective
		}
	}
	return c, nil
}

// madeID is the ID of what comes without one: a file's path, a question, a
// title with its address, else the text.
func (s *source) madeID(d corpus.Document, blocks []corpus.Block) string {
	switch {
	case s.line == 0:
		return pathID(s.rel)
	case d.Question != "":
		return "faq-" + hash(d.Question)
	case d.URL != "":
		return "r-" + hash(d.URL)
	case utf8.RuneCountInString(d.Title) >= 8:
		return "r-" + hash(d.Title+"\n"+d.Number)
	}
	return "r-" + hash(allText(blocks))
}

func allText(blocks []corpus.Block) string {
	var sb strings.Builder
	for _, b := range blocks {
		sb.WriteString(b.Label)
		sb.WriteString(b.Text)
	}
	return sb.String()
}

package desk

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// year2026 knows the holidays of one year, some of them.
type year2026 map[corpus.Date]corpus.Holiday

func (y year2026) On(day corpus.Date) (corpus.Holiday, bool) {
	return y[day], strings.HasPrefix(string(day), "2026")
}

var calendar = year2026{
	"2026-02-16": {Name: "春节"}, "2026-02-17": {Name: "春节"}, "2026-02-18": {Name: "春节"}, "2026-02-19": {Name: "春节"}, "2026-02-20": {Name: "春节"},
	"2026-02-14": {Name: "春节", Work: true},
}

func TestWorkingDay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		after     corpus.Date
		n         int
		want      corpus.Date
		uncertain bool
	}{
		{"2026-03-02", 3, "2026-03-05", false}, // Monday
		{"2026-03-06", 3, "2026-03-11", false}, // Friday
		{"2026-03-07", 1, "2026-03-09", false}, // Saturday
		{"2026-02-13", 1, "2026-02-14", false}, // the Saturday is worked
		{"2026-02-13", 3, "2026-02-24", false}, // over the holiday
		{"2026-12-30", 3, "2027-01-04", true},  // into a year that nobody knows yet
		{"2026-12-28", 3, "2026-12-31", false},
		{"2031-05-02", 1, "2031-05-05", true},
		{"", 3, "", true},
	} {
		day, uncertain := WorkingDay(c.after, c.n, calendar)
		if day != c.want || uncertain != c.uncertain {
			t.Errorf("%d after %s: %s, %v; want %s, %v", c.n, c.after, day, uncertain, c.want, c.uncertain)
		}
	}
}

func TestClocks(t *testing.T) {
	t.Parallel()
	at := func(day string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", day, corpus.Zone)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	now := at("2026-03-05 10:00")
	got := Clocks(now, calendar, Running{
		Published: []Event{{Document: "late", At: at("2026-02-27 18:00")}, {Document: "p", At: at("2026-03-04 23:59")}},
		Submitted: []Event{{Document: "s", At: at("2026-03-05 09:00")}},
		Ending:    []Event{{Document: "today", Day: "2026-03-05"}, {Document: "far", Day: "2026-04-05"}, {Document: "gone", Day: "2026-03-04"}},
		Beginning: []Event{{Document: "tomorrow", Day: "2026-03-06"}, {Document: "now", Day: "2026-03-05"}},
		Concerns: []Concern{
			{Topic: "大事", Grave: true, Started: at("2026-03-05 04:59")},
			{Topic: "小事", Started: at("2026-03-05 09:00")},
			{Topic: "说过", Grave: true, Started: at("2026-03-05 09:00"), Answered: at("2026-03-05 09:30")},
			{Topic: "说完", Grave: true, Started: at("2026-03-05 09:00"), Answered: at("2026-03-05 09:30"), Briefed: at("2026-03-05 09:50")},
		},
	})
	var all []string
	for _, c := range got {
		line := string(c.Kind) + " " + c.Document + c.Title + " " + c.Due.In(corpus.Zone).Format("01-02 15:04")
		if c.Late {
			line += " late"
		}
		all = append(all, line)
	}
	want := []string{
		"interpretation late 03-05 00:00 late", "concern5h 大事 03-05 09:59 late", "expiring today 03-06 00:00", "starting tomorrow 03-06 00:00",
		"concern24h 大事 03-06 04:59", "concern24h 说过 03-06 09:00", "unreviewed s 03-07 00:00", "concern48h 小事 03-07 09:00", "interpretation p 03-10 00:00",
	}
	if !slices.Equal(all, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(all, "\n"), strings.Join(want, "\n"))
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	k := Knowledge{
		Words:    []Word{{Wrong: "帐户", Right: "账户"}, {Wrong: "刁民", Blocks: true}, {Wrong: "工商局", Right: "原工商局"}},
		Agencies: []string{"青岚市民政局", "民政局"}, Titles: []string{"青岚市敬老卡管理办法", "青岚市2025年低保标准"}, Today: "2026-03-05",
	}
	for _, c := range []struct {
		text, want string
		blocks     bool
	}{
		{"一切都好，电话12345。", "", false},
		{"张某某，身份证号11010519491231002X。", "公民身份号码", true},
		{"张某某，身份证号１１０１０５１９４９１２３１００２Ｘ。", "公民身份号码", true},
		{"编号110105194912310021不是身份证。", "", false}, // its check digit is wrong
		{"联系人手机13800138000。", "手机号码13800138000", false},
		{"缴费至6222021234567890128。", "银行卡", false},
		{"请到银行开立帐户。", "应写“账户”", false},
		{"个别刁民。", "不宜使用", true},
		{"由原工商局办理。", "", false},
		{"由工商局办理。", "应写“原工商局”", false},
		{"依据《青岚市敬老卡管理办法》办理。", "", false},
		{"依据《青岚市敬老卡管里办法》办理。", "是不是《青岚市敬老卡管理办法》", false},
		{"依据《青岚市2024年低保标准》办理。", "", false}, // another year, no slip
		{"见http://localhost:8080/a。", "打不开", false},
		{"见 http://10.0.0.5/a", "打不开", false},
		{"见https://www.gov.cn/zhengce。", "", false},
	} {
		got := Check(corpus.Content{Document: corpus.Document{Title: "办法", Kind: corpus.Policy}, Text: c.text}, k)
		switch {
		case c.want == "" && len(got) > 0:
			t.Errorf("%s: %+v", c.text, got)
		case c.want == "":
		case len(got) != 1 || !strings.Contains(got[0].Message, c.want) || got[0].Blocks != c.blocks:
			t.Errorf("%s: %+v, want %s", c.text, got, c.want)
		}
	}
}

func TestCheckAsked(t *testing.T) {
	t.Parallel()
	c := corpus.Content{
		Document: corpus.Document{Title: "办法", Kind: corpus.Policy, Asked: []corpus.Asking{
			{Anchor: "a1", Questions: []string{"手机13800138000收不到短信咋整"}}, {Anchor: "a7", Questions: []string{"伞丢了赔多少"}},
		}},
		Text: "第一条 甲。", Passages: []corpus.Passage{{Anchor: "a1", Role: corpus.BodyRole, End: len("第一条 甲。")}},
	}
	got := Check(c, Knowledge{})
	if len(got) != 2 || !strings.Contains(got[0].Message, "a7") || !strings.Contains(got[1].Message, "13800138000") || got[0].Blocks || got[1].Anchor != "a1" {
		t.Errorf("%+v", got)
	}
}

func TestCheckDays(t *testing.T) {
	t.Parallel()
	k := Knowledge{Today: "2026-03-05", Agencies: []string{"青岚市民政局"}}
	for _, c := range []struct {
		d      corpus.Document
		want   string
		blocks bool
	}{
		{corpus.Document{Written: "2026-01-01", Published: "2026-01-02", Effective: "2026-02-01", Expires: "2027-01-01"}, "", false},
		{corpus.Document{Effective: "2026-05-01", Expires: "2026-04-01"}, "失效日期2026年4月1日早于施行日期2026年5月1日", true},
		{corpus.Document{Written: "2026-02-01", Published: "2026-01-01"}, "早于成文日期", false},
		{corpus.Document{Published: "2026-03-06"}, "还没有到", false},
		{corpus.Document{Written: "2062-01-01"}, "还没有到", true},
		{corpus.Document{Expires: "2026-03-04"}, "已失效", false},
		{corpus.Document{Applications: []corpus.Application{{From: "2026-05-01", Until: "2026-04-01"}}}, "第1个办理期限", true},
		{corpus.Document{Agency: "青岚市民证局"}, "是不是“青岚市民政局”", false},
		{corpus.Document{Agency: "青岚市水务局"}, "没有“青岚市水务局”，请核对", false},
	} {
		got := Check(corpus.Content{Document: c.d}, k)
		switch {
		case c.want == "" && len(got) > 0:
			t.Errorf("%+v: %+v", c.d, got)
		case c.want == "":
		case len(got) != 1 || !strings.Contains(got[0].Message, c.want) || got[0].Blocks != c.blocks:
			t.Errorf("%+v: %+v, want %s", c.d, got, c.want)
		}
	}
}

func TestDefaultWordsAreNoneOfTheirRights(t *testing.T) {
	t.Parallel()
	list := DefaultWords()
	for _, w := range list {
		if w.Wrong == "" || w.Wrong == w.Right || w.Why == "" {
			t.Errorf("%+v", w)
		}
		if w.Right == "" {
			continue
		}
		if got := words(place{text: w.Right}, list); len(got) > 0 {
			t.Errorf("%s, which is right, is found fault with: %+v", w.Right, got)
		}
	}
}

func TestStaffFault(t *testing.T) {
	t.Parallel()
	good := Staff{Name: "wang.min", Display: "王敏", Roles: []Role{Editor, Reviewer}}
	if f := good.Fault(); f != "" {
		t.Error(f)
	}
	for name, change := range map[string]func(*Staff){
		"no name": func(s *Staff) { s.Name = "" }, "capitals": func(s *Staff) { s.Name = "Wang" }, "ours": func(s *Staff) { s.Name = "policybot" },
		"no display": func(s *Staff) { s.Display = " " }, "two lines": func(s *Staff) { s.Display = "王\n敏" }, "no role": func(s *Staff) { s.Roles = nil },
		"unknown role": func(s *Staff) { s.Roles = []Role{"god"} }, "twice": func(s *Staff) { s.Roles = []Role{Editor, Editor} },
		"long": func(s *Staff) { s.Agency = strings.Repeat("局", 61) },
	} {
		s := good
		if change(&s); s.Fault() == "" {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func TestChain(t *testing.T) {
	t.Parallel()
	first := Entry{Seq: 1, At: time.UnixMilli(1), Who: "a", Action: ActionSaved}.Chain()
	second := Entry{Seq: 2, At: time.UnixMilli(2), Who: "b", Before: first.Hash}.Chain()
	if err := first.Follows(Entry{}); err != nil {
		t.Error(err)
	}
	if err := second.Follows(first); err != nil {
		t.Error(err)
	}
	// What moves from one field into the next is another entry.
	moved := first
	moved.Who, moved.From = "", "a"
	if moved.Follows(Entry{}) == nil || second.Follows(Entry{}) == nil || first.Follows(second) == nil {
		t.Error("a changed chain is taken for whole")
	}
}

// FuzzCheck: no text makes it fail, and nothing is found in an empty one.
func FuzzCheck(f *testing.F) {
	f.Add("身份证11010519491231002X，《青岚市敬老卡管里办法》 https://a.b/c", "帐户", "青岚市敬老卡管理办法")
	f.Add("\xff《《《》》》http://", "", "")
	f.Fuzz(func(t *testing.T, text, word, title string) {
		k := Knowledge{Words: []Word{{Wrong: word, Right: title}}, Titles: []string{title}, Agencies: []string{title}, Today: "2026-03-05"}
		for _, flaw := range Check(corpus.Content{Document: corpus.Document{Title: word, URL: text}, Text: text}, k) {
			if flaw.Message == "" || utf8.ValidString(text) && utf8.ValidString(word) && utf8.ValidString(title) && !utf8.ValidString(flaw.Message) {
				t.Errorf("%q", flaw.Message)
			}
		}
	})
}

// FuzzEdited: a text that an editor writes is cut into passages that partition
// it, and saving it again changes nothing.
func FuzzEdited(f *testing.F) {
	f.Add("青岚市敬老卡管理办法\n第一章 总则\n第一条 年满六十周岁。\n姓名\t年龄\t\n张\t60")
	f.Add("\t\r\n\u2028一、\x00")
	f.Fuzz(func(t *testing.T, text string) {
		w := Work{}
		w.Document = corpus.Document{ID: "a", Title: "青岚市敬老卡管理办法", Kind: corpus.Policy}
		c, err := settle(w, corpus.Content{Document: w.Document, Text: text})
		if err != nil {
			return
		}
		end := 0
		for _, p := range c.Passages {
			if p.Start != end || p.End < p.Start {
				t.Fatalf("%+v", c.Passages)
			}
			end = p.End
		}
		if end != len(c.Text) {
			t.Fatalf("%d of %d bytes", end, len(c.Text))
		}
		w.Document, w.Revision = c.Document, corpus.Revision{Text: c.Text, Passages: c.Passages}
		again, err := settle(w, c)
		if err != nil || again.Text != c.Text || len(again.Passages) != len(c.Passages) {
			t.Fatalf("%q became %q, %v", c.Text, again.Text, err)
		}
	})
}

package bot

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

func TestOpening(t *testing.T) {
	t.Parallel()
	const autumn = corpus.Date("2026-09-22") // a Tuesday
	for _, c := range []struct {
		text   string
		day    corpus.Date
		has    []string
		hasNot []string
	}{
		{"民政局星期六开门不", autumn, []string{"青岚市民政局周六一般办公，9:00—12:00，9月26日是中秋节假期，不办公。\n\n办公时间：周一至周五9:00—12:00"}, nil},
		{"民政局星期六开门不", "2026-11-26", []string{"青岚市民政局周六办公，9:00—12:00。\n\n", "电话：0599-6612306（总机）、0599-6612399\n地址：明湖路18号\n\n这条信息是4月8日核对的，超过半年了"}, nil},
		{"民政局礼拜天上班么？", autumn, []string{"周日不办公。"}, nil},
		{"医保局周末上班吗", autumn, []string{"青岚市医疗保障局周末不办公。", "2025年3月1日核对的，超过半年了，去之前请先打电话问一下。"}, nil},
		{"民政局周末上班吗", autumn, []string{"周六一般办公", "；周日不办公。"}, nil},
		{"医保局今天上班吗", autumn, []string{"今天（周二）办公，8:30—17:00。"}, nil},
		{"医保局明天上班吗", autumn, []string{"明天（周三）办公"}, nil},
		{"医保局后天开门吗", "2026-09-23", []string{"后天（周五）是中秋节假期，一般不办公，以单位公告为准。"}, nil},
		{"医保局10月1号上班不", autumn, []string{"10月1日（周四）是国庆节假期，一般不办公，以单位公告为准。"}, nil},
		{"民政局十月一日上班不", autumn, []string{"10月1日（周四）是国庆节假期，不办公。"}, nil},
		{"医保局10月10日开门吗", autumn, []string{"10月10日（周六）调休上班，一般按工作日办公（8:30—17:00），以单位公告为准。"}, nil},
		{"医保局下周三开门吗", autumn, []string{"下周三（9月30日）办公"}, nil},
		{"医保局25号开门吗", autumn, []string{"9月25日（周五）是中秋节假期"}, nil},
		{"医保局3号开门吗", autumn, []string{"10月3日（周六）是国庆节假期"}, nil},
		{"民政局国庆放假吗", autumn, []string{"国庆节10月1日至10月7日放假，不办公；10月10日（周六）补班。"}, []string{"9月20日"}},
		{"医保局国庆上班吗", autumn, []string{"10月7日放假，一般不办公，以单位公告为准"}, nil},
		{"民政局国庆放假吗", "2031-09-01", []string{"还没有收录到国务院的安排，以单位公告为准。"}, []string{"10月1日至"}},
		{"医保局1月4日上班吗", "2030-12-30", []string{"1月4日（周六）不办公；是否调休上班，以单位公告为准。"}, nil},
		{"医保局1月2日上班吗", "2030-12-30", []string{"办公，8:30—17:00；1月2日是否放假，以单位公告为准。"}, nil},
		{"民政局节假日办公吗", autumn, []string{"法定节假日不办公。"}, nil},
		{"医保局节假日办公吗", autumn, []string{"法定节假日一般不办公，以单位公告为准。"}, nil},
		{"民政局中午休息吗", autumn, []string{"中午12:00—13:30休息。"}, nil},
		{"医保局中午上班吗", autumn, []string{"中午不休息。"}, nil},
		{"民政局几点下班", autumn, []string{"工作日9:00上班，17:00下班。"}, nil},
		{"民政局办公时间", autumn, []string{"青岚市民政局\n\n办公时间：周一至周五"}, nil},
		{"医保局電話多少", autumn, []string{"青岚市医疗保障局的电话：0599-6612302\n\n办公时间"}, []string{"\n电话"}},
		{"请问医保局在哪里？", autumn, []string{"青岚市医疗保障局在柳堤街27号。"}, []string{"地址："}},
		{"医保局在哪，电话多少", autumn, []string{"的电话：0599-6612302\n青岚市医疗保障局在柳堤街27号。"}, nil},
		{"医保局在哪，几点到几点办公", autumn, []string{"青岚市医疗保障局在柳堤街27号。\n\n办公时间"}, []string{"办公时间：\n青岚"}},
		{"审计局周六开门吗", autumn, []string{"青岚市审计局的办公时间这里没有登记", "没有写核对日期"}, nil},
		{"审计局电话", autumn, []string{"的电话这里没有登记，可以问12345。"}, nil},
		{"医保局", autumn, []string{"青岚市医疗保障局\n\n办公时间", "电话", "地址"}, nil},
	} {
		r := newCounter(t, qinglan()).on(t, c.day, c.text)
		checkText(t, r, Answered, c.has, c.hasNot...)
		if len(r.Sources) != 1 || r.Sources[0].Agency == "" || r.Sources[0].URL != "https://policy.example.gov.cn/agencies/"+r.Sources[0].Agency ||
			!strings.Contains(r.Text, r.Sources[0].URL) || r.Reason != "agency" {
			t.Errorf("%s: %+v", c.text, r.Sources)
		}
	}
}

func TestOpeningNow(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]string{
		"2026-09-22 08:10": "现在（8:10）没有开门，今天9:00开始办公。",
		"2026-09-22 10:00": "现在（10:00）在办公，到12:00。",
		"2026-09-22 12:30": "现在（12:30）没有开门，今天13:30开始办公。",
		"2026-09-22 18:00": "现在（18:00）已经下班了。",
		"2026-11-29 10:00": "今天（周日）不办公。",
		"2026-10-01 10:00": "今天（周四）是国庆节假期，不办公。",
	} {
		c := newCounter(t, qinglan())
		var err error
		if c.now, err = time.ParseInLocation("2006-01-02 15:04", at, corpus.Zone); err != nil {
			t.Fatal(err)
		}
		checkText(t, c.on(t, corpus.DayOf(c.now), "民政局现在开门吗"), Answered, []string{"青岚市民政局" + want})
	}
}

// Without a name, it is of what was talked of last, or the account's own, or
// asked for.
func TestOpeningOfWhom(t *testing.T) {
	t.Parallel()
	c := newCounter(t, qinglan())
	r := c.on(t, today, "星期六开门不")
	checkText(t, r, Choose, []string{"您问的是哪个单位？", "\n1 青岚市民政局\n2 青岚市医疗保障局"})
	if c.recent = (Recent{Status: Choose, Choices: r.Choices}); len(r.Choices) < 2 {
		t.Fatalf("%+v", r.Choices)
	}
	checkText(t, c.on(t, "2026-06-10", "2"), Answered, []string{"青岚市医疗保障局周六不办公"})

	c.recent = Recent{Status: Answered, Question: "医保局电话", Sources: []Source{{Agency: "yb", Title: "青岚市医疗保障局"}}}
	checkText(t, c.on(t, "2026-06-10", "那周六开门吗"), Answered, []string{"青岚市医疗保障局周六不办公"})
	checkText(t, c.on(t, "2026-06-10", "明天呢"), Answered, []string{"青岚市医疗保障局明天（周四）办公"})
	checkText(t, c.on(t, "2026-06-10", "在哪里"), Answered, []string{"在柳堤街27号"})

	// A document's agency, where its guide does not say.
	c.recent = Recent{Status: Answered, Question: "敬老卡怎么办", Sources: []Source{{Ref: corpus.Ref{Document: "card-guide", Anchor: "steps"}, Title: "敬老卡申领办事指南"}}}
	checkText(t, c.on(t, "2026-06-10", "周六开门吗"), Answered, []string{"青岚市民政局周六办公，9:00—12:00"})
	// The guide, where it does.
	c.always(.8, c.hit("card-guide", "hours", 1))
	r = c.on(t, "2026-06-10", "周六开门吗")
	checkText(t, r, Answered, []string{"查看办事指南"}, "明湖路18号")
	if r.Sources[0].Ref.Document != "card-guide" {
		t.Errorf("%+v", r.Sources)
	}

	c = newCounter(t, qinglan())
	c.agency = "青岚市医疗保障局"
	for q, want := range map[string]string{
		"星期六开门不": "周六不办公", "周末上班吗": "周末不办公", "你们几点下班": "17:00下班", "你们电话多少": "电话：0599-6612302",
		"你们地址在哪": "在柳堤街27号", "国庆放假吗": "国庆节10月1日至10月7日放假",
	} {
		checkText(t, c.on(t, "2026-06-10", q), Answered, []string{"青岚市医疗保障局", want})
	}
	c.agency = ""
	checkText(t, c.on(t, "2026-09-10", "国庆放假吗"), Choose, []string{"国庆节10月1日至10月7日放假，各单位的窗口不都一样。\n\n您问的是哪个单位？"})
}

// What asks something else, or what a guide answers, is none of the
// directory's.
func TestOpeningLeavesTheRest(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.always(.9, w.hit("card-guide", "place", 1))
	for _, q := range []string{"敬老卡在哪里办", "敬老卡办理电话是多少", "民政局办敬老卡周六上班吗", "民政局能代办敬老卡吗"} {
		if r := newCounter(t, w).on(t, today, q); len(r.Sources) == 0 || r.Sources[0].Agency != "" {
			t.Errorf("%s is answered from the directory: %s", q, r.Text)
		}
	}
	// Nor where there is no directory.
	for _, q := range []string{"星期六开门不", "民政局电话多少"} {
		if r := qinglan().typed(t, q); r.Reason == "agency" {
			t.Errorf("%s: %s", q, r.Text)
		}
	}
	// A matter's hours, where no document says them.
	w = qinglan()
	w.always(.2, w.hit("card", "a4", 1), w.hit("card-faq", "q1", .9))
	r := newCounter(t, w).on(t, "2026-06-10", "办结婚登记的那地方周六开门吗")
	checkText(t, r, Answered, []string{"青岚市民政局周六办公"})
	if len(r.Sources) != 3 || r.Sources[1].Ref.Document != "card" {
		t.Errorf("%+v", r.Sources)
	}
	// A guide that is among the first knows its matter's hours better.
	w.always(.2, w.hit("card", "a4", 1), w.hit("card-guide", "hours", .9))
	if r = newCounter(t, w).on(t, "2026-06-10", "办敬老卡的那地方周六开门吗"); r.Status != Answered || r.Sources[0].Ref.Anchor != "hours" {
		t.Errorf("%s %+v", r.Text, r.Sources)
	}
	w.always(.2, w.hit("card", "a4", 1), w.hit("card-faq", "q1", .9))
	for _, q := range []string{"上班的人能领低保吗", "低保户下班路上摔伤了有人管吗", "放假期间结婚登记要带什么", "小区的门一直不开，低保户出门不方便，晚上也没有人值班，希望有关部门能尽快让物业开门"} {
		if r := newCounter(t, w).on(t, today, q); r.Reason == "agency" {
			t.Errorf("%s: %s", q, r.Text)
		}
	}
}

// The longest entry that can be stored still makes a reply that can be sent.
func TestOpeningFits(t *testing.T) {
	t.Parallel()
	var h corpus.Hours
	for d := range h.Week {
		for i := range 6 {
			h.Week[d] = append(h.Week[d], corpus.Span{From: 600 + 100*i + d, To: 630 + 100*i})
		}
	}
	h.Note = strings.Repeat("注", 120)
	c := newCounter(t, qinglan())
	a := corpus.Agency{
		ID: strings.Repeat("a", 128), Name: strings.Repeat("局", 60), Address: strings.Repeat("路", 200), Hours: h,
		Phone: strings.Repeat("0599-1234567（"+strings.Repeat("注", 9)+"）、", 5), Aliases: []string{"大局"},
	}
	c.agencies = append(c.agencies, a)
	for _, q := range []string{"大局周一周二周三周四上班吗电话多少在哪", "大局", "大局国庆放假吗", "大局的鸽子吃什么呢"} {
		c.on(t, today, q) // checks its length
	}
}

func TestDaysAsked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text  string
		today corpus.Date
		want  []corpus.Date
	}{
		{"今天", "2026-11-26", []corpus.Date{"2026-11-26"}},
		{"大后天", "2026-11-26", []corpus.Date{"2026-11-29"}},
		{"周四", "2026-11-26", []corpus.Date{"2026-11-26"}},
		{"周三", "2026-11-26", []corpus.Date{"2026-12-02"}},
		{"下周四", "2026-11-26", []corpus.Date{"2026-12-03"}},
		{"下星期天", "2026-11-26", []corpus.Date{"2026-12-06"}},
		{"下周一", "2026-11-29", []corpus.Date{"2026-11-30"}}, // of a Sunday
		{"周六和周日", "2026-11-26", []corpus.Date{"2026-11-28", "2026-11-29"}},
		{"周末", "2026-11-26", []corpus.Date{"2026-11-28", "2026-11-29"}},
		{"下周末", "2026-11-26", []corpus.Date{"2026-12-05", "2026-12-06"}},
		{"1月1日", "2026-11-26", []corpus.Date{"2027-01-01"}},
		{"十二月三十一号", "2026-11-26", []corpus.Date{"2026-12-31"}},
		{"31号", "2026-11-26", []corpus.Date{"2026-12-31"}},
		{"26号", "2026-11-26", []corpus.Date{"2026-11-26"}},
		{"2月30日", "2026-11-26", nil},
		{"13月1日", "2026-11-26", nil},
		{"99号", "2026-11-26", nil},
		{"几点下班", "2026-11-26", nil},
	} {
		var got []corpus.Date
		for _, d := range daysAsked(index.FoldString(c.text), c.today) {
			got = append(got, d.date)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s on %s: %v, want %v", c.text, c.today, got, c.want)
		}
	}
}

func FuzzOpening(f *testing.F) {
	for _, s := range []string{"民政局10月1日上班吗", "下周日99月99号电话", "医保局现在开门不", "周末", "在哪"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c := newCounter(t, qinglan())
		checkReply(t, c.responder(t).AnswerOn(t.Context(), Question{Account: "default", Person: "o", Kind: Text, Text: text}, today))
	})
}

// Another office's phone, or a guide that speaks of some window, is no answer
// about an office that the directory lacks.
func TestOpeningOfUnlisted(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.always(.9, w.hit("card-guide", "phone", 1))
	for q, named := range map[string]string{"税务局电话多少": "税务局", "派出所几点上班": "派出所", "法院周六上班吗": "法院"} {
		r := newCounter(t, w).on(t, today, q)
		checkText(t, r, Refused, []string{"“" + named + "”", "这里没有登记", "12345"}, "6612306")
		if len(r.Sources) != 0 {
			t.Errorf("%s: %+v", q, r.Sources)
		}
	}
	// What is published about it answers.
	hit := w.hit("card-faq", "q1", 1)
	hit.Title = "税务局电话是多少"
	w.always(.9, hit)
	if r := newCounter(t, w).on(t, today, "税务局电话多少"); r.Status != Answered || len(r.Sources) == 0 {
		t.Errorf("%s", r.Text)
	}
}

func TestOpeningOfTwo(t *testing.T) {
	t.Parallel()
	const day = "2026-11-26"
	r := newCounter(t, qinglan()).on(t, day, "民政局和医保局周六都上班吗")
	checkText(t, r, Answered, []string{"青岚市民政局周六办公，9:00—12:00。", "青岚市医疗保障局周六不办公。"})
	if len(r.Sources) != 2 || strings.Index(r.Text, "民政局") > strings.Index(r.Text, "医疗保障局") {
		t.Errorf("%s %+v", r.Text, r.Sources)
	}
	r = newCounter(t, qinglan()).on(t, day, "医保局电话和地址")
	checkText(t, r, Answered, []string{"的电话：0599-6612302\n青岚市医疗保障局在柳堤街27号。"})
	r = newCounter(t, qinglan()).on(t, day, "医保局怎么坐车去")
	checkText(t, r, Answered, []string{"青岚市医疗保障局在柳堤街27号。"})
}

package bot

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/holiday"
	"github.com/policybot/policybot/index"
)

// county is a small directory.
func county(t testing.TB) []corpus.Agency {
	hours := func(text string) corpus.Hours {
		h, err := corpus.ParseHours(text)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	return []corpus.Agency{
		{
			ID: "mz", Name: "青岚市民政局", Aliases: []string{"民政局"}, Region: "青岚市", Matters: []string{"敬老卡", "低保", "结婚登记"},
			Address: "明湖路18号", Phone: "0599-6612306（总机）、0599-6612399", Checked: "2026-04-08",
			Hours: hours("周一至周五9:00-12:00，13:30-17:00；周六9:00-12:00，法定节假日除外"),
		},
		{
			ID: "yb", Name: "青岚市医疗保障局", Aliases: []string{"医保局"}, Region: "青岚市", Matters: []string{"医保", "异地就医"},
			Address: "柳堤街27号", Phone: "0599-6612302", Checked: "2025-03-01", Hours: hours("工作日8:30-17:00"),
		},
		{ID: "sj", Name: "青岚市审计局", Aliases: []string{"审计局"}, Region: "青岚市"},
		{ID: "town", Account: "town", Name: "明湖镇政府", Aliases: []string{"镇政府"}, Matters: []string{"宅基地"}, Phone: "0599-7000000", Checked: "2026-04-08", Hours: hours("每天8:00-20:00，节假日照常")},
		{ID: "inv", Name: "示例局", Matters: []string{"养狗"}, Phone: "0000-1", Checked: "2026-04-08", Sample: true},
	}
}

// counter is a town with a directory.
type counter struct {
	*town
	agencies []corpus.Agency
	agency   string // whose account it is
	now      time.Time
}

func newCounter(t testing.TB, w *town) *counter {
	return &counter{town: w, agencies: county(t), now: time.Date(2026, 5, 1, 9, 0, 0, 0, corpus.Zone)}
}

func (c *counter) responder(t testing.TB) *Responder {
	d := corpus.NewDirectory(c.agencies, index.FoldString)
	return NewResponder(Config{
		Finder: c, Register: c, Library: c, Memory: c, Keeper: c, Catalogue: c,
		Agencies: func() *corpus.Directory { return d }, Calendar: holiday.New(),
		Accounts: func(name string) Account {
			return Account{Name: name, Title: c.title, Region: c.region, Agency: c.agency, BaseURL: "https://policy.example.gov.cn/", Own: c.own}
		},
		Now: func() time.Time { return c.now },
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
}

func (c *counter) on(t testing.TB, day corpus.Date, text string) Reply {
	t.Helper()
	return c.as(t, "default", day, text)
}

func (c *counter) as(t testing.TB, account string, day corpus.Date, text string) Reply {
	t.Helper()
	r := c.responder(t).AnswerOn(t.Context(), Question{Account: account, Person: "o1", Kind: Text, Text: text}, day)
	checkReply(t, r)
	return r
}

func TestWhomToAsk(t *testing.T) {
	t.Parallel()
	const minzheng = "12345，或青岚市民政局（0599-6612306，工作日9:00—12:00、13:30—17:00，周六9:00—12:00）"
	for _, c := range []struct {
		name, text string
		found      float64 // confidence of documents of the 民政局
		agency     string  // whose account it is
		status     Status
		has        string
		hasNot     string
	}{
		{"by matter", "低保户能不能买汽车", 0, "", Refused, "可以问" + minzheng + "。", ""},
		{"by name", "民政局管不管宠物", 0, "", Refused, minzheng, ""},
		{"by what is near", "老人能不能养鸽子", .08, "", Refused, minzheng, ""},
		{"not by what is far", "老人能不能养鸽子", .04, "", Refused, "可以问12345。", "民政局"},
		{"the account's own", "老人能不能养鸽子", 0, "青岚市民政局", Refused, minzheng, ""},
		{"its name alone", "老人能不能养鸽子", 0, "青岚市林业局", Refused, "12345，或青岚市林业局。", ""},
		{"nobody", "老人能不能养鸽子", 0, "", Refused, "可以问12345。", "，或"},
		{"out of date", "医保能不能报鸽子", 0, "", Refused, "青岚市医疗保障局（0599-6612302，很久没核对，可能有变）", "8:30"},
		{"without anything", "审计局养鸽子吗要求", 0, "", Refused, "12345，或青岚市审计局（很久没核对，可能有变）。", ""},
		{"another account's", "宅基地能不能养鸽子", 0, "", Refused, "可以问12345。", "明湖镇"},
		{"complaint", "低保被人冒领，我要投诉举报", 0, "", Redirected, "请打12345登记，也可以找青岚市民政局（0599", ""},
		{"complaint of an agency", "我要投诉举报民政局", 0, "", Redirected, "请打12345登记，准备好", "0599"},
		{"by the way", strings.Repeat("楼道里堆满杂物没有人管，", 8) + "堆东西的人家还是低保户", 0, "", Redirected, "请打12345登记", "民政局"},
		{"again and again", strings.Repeat("楼道里堆满杂物没有人管，打了几次电话投诉都不来处理，", 4) + "堆东西的人家还是低保户，这样也能领低保吗", 0, "", Redirected, "要求重新办理", "民政局"},
		{"another place", "杭州的低保怎么办", 0, "", Redirected, "也可以问" + minzheng, ""},
		{"human", "转人工", 0, "青岚市民政局", Redirected, "请打12345，或者问青岚市民政局（0599-6612306", ""},
		{"foreign", "how to apply 低保", 0, "", Refused, "", ""},
		{"number", "青政规〔2030〕99号讲低保什么", 0, "", Refused, minzheng, ""},
	} {
		w := qinglan()
		if c.found > 0 {
			w.always(c.found, w.hit("card-guide", "steps", 1), w.hit("card-jiedu", "s2", .5))
		}
		counter := newCounter(t, w)
		counter.agency = c.agency
		r := counter.on(t, today, c.text)
		var hasNot []string
		if c.hasNot != "" {
			hasNot = []string{c.hasNot}
		}
		t.Run(c.name, func(t *testing.T) { checkText(t, r, c.status, []string{c.has}, hasNot...) })
	}
}

func TestWhomAnAccountSees(t *testing.T) {
	t.Parallel()
	c := newCounter(t, qinglan())
	checkText(t, c.as(t, "town", today, "宅基地能不能养鸽子"), Refused, []string{"明湖镇政府（0599-7000000，每天8:00—20:00）"})
	checkText(t, c.as(t, "town", today, "镇政府周末开门吗"), Answered, []string{"明湖镇政府周六办公，8:00—20:00；周日办公"})
	for _, other := range []string{"default", "village", ""} {
		for _, q := range []string{"镇政府周末开门吗", "镇政府电话多少", "镇政府", "宅基地办公时间", "周末上班吗"} {
			if r := c.as(t, other, today, q); strings.Contains(r.Text, "明湖镇") || strings.Contains(r.Text, "7000000") {
				t.Errorf("%s sees another account's agency: %s", other, r.Text)
			}
		}
	}
	checkText(t, c.on(t, today, "养狗要注意什么事情"), Refused, []string{"示例局（示例，0000-1）"})
	c.own = true
	checkText(t, c.on(t, today, "养狗要注意什么事情"), Refused, nil, "示例")
}

func TestTroubleNamesAnAgency(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.findErr = context.DeadlineExceeded
	checkText(t, newCounter(t, w).on(t, today, "低保怎么申请"), Failed, []string{"或打12345，或青岚市民政局（0599-6612306"})
}

package console_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/web/webtest"
)

// accounts are two, of which one is an agency's.
var accounts = []desk.Account{
	{Name: "qinglan", Title: "青岚发布"},
	{Name: "minzheng", Title: "青岚民政", Agency: "青岚市民政局", Greeting: "您好，查询帐户请回复1。"},
}

// nothing is found, so that every answer is a pin's.
type nothing struct{}

func (nothing) Find(context.Context, index.Query) (index.Result, error) { return index.Result{}, nil }

func (d *desktop) heard(ctx context.Context, p desk.Pin, since time.Time) (all []desk.Heard, err error) {
	caught, err := bot.Pin{Phrases: p.Phrases}.Heard(ctx, d.store, since)
	for _, h := range caught {
		one := desk.Heard{Account: h.Account, Question: h.Question, At: h.Asked, Status: string(h.Status), Told: h.Told}
		if h.Status == bot.Answered && len(h.Sources) > 0 {
			one.Document = h.Sources[0].Ref.Document
		}
		all = append(all, one)
	}
	return all, err
}

func (d *desktop) rehearse(ctx context.Context, p desk.Pin, account, question string) (string, error) {
	reply := d.answers.Rehearse(ctx, bot.Pin{Phrases: p.Phrases, Document: p.Document, Text: p.Words()}, bot.Question{Account: account, Kind: bot.Text, Text: question})
	return reply.Text, nil
}

func (d *desktop) bursts(ctx context.Context) (all []desk.Burst, err error) {
	rule, err := d.store.BurstRule(ctx)
	if err != nil {
		return nil, err
	}
	now, within := time.UnixMilli(d.clock.Load()), time.Duration(rule.Minutes)*time.Minute
	records, err := d.store.RecordsSince(ctx, now.Add(-within), 1000)
	for _, b := range bot.Bursts(now, bot.BurstRule{Persons: rule.Persons, Within: within}, bot.SpokenIn(records)) {
		all = append(all, desk.Burst{Account: b.Account, Question: b.Question, Phrase: b.Phrase, Persons: b.Persons, Since: b.Since})
	}
	return all, err
}

// callback answers citizens and keeps the journal, as a platform's callback
// has it.
func (d *desktop) callback(t *testing.T) func(person, question string) string {
	t.Helper()
	now := func() time.Time { return time.UnixMilli(d.clock.Load()) }
	journal, err := bot.NewJournal(bot.JournalConfig{Ledger: d.store, Archive: d.store, Secret: []byte(strings.Repeat("s", 32)), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { _ = journal.Run(ctx); close(done) }()
	t.Cleanup(func() { stop(); <-done })
	n := 0
	return func(person, question string) string {
		t.Helper()
		n++
		q := bot.Question{Account: "qinglan", Person: person, ID: fmt.Sprint(n), Kind: bot.Text, Text: question, Time: now()}
		_, err := journal.Begin(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		reply := d.answers.Answer(ctx, q)
		if err := journal.End(ctx, q, reply, []byte(reply.Text), time.Millisecond); err != nil {
			t.Fatal(err)
		}
		return reply.Text
	}
}

const waterRumour = `关于网传“自来水有异味不能喝”的情况说明

11月27日，有网民称自来水有异味、不能喝。

经市水务局和市疾控中心取样检测，该说法不属实，出厂水和管网水各项指标全部合格，可以放心饮用。

青岚市水务局
2026年11月27日
`

// publish puts a clarification live, by two people.
func (d *desktop) publish(t *testing.T, name, text string) (id string) {
	t.Helper()
	one := desk.Actor{Staff: d.enter(t, "writer", "", desk.Editor), From: "192.0.2.1"}
	two := desk.Actor{Staff: d.enter(t, "passer", "", desk.Reviewer), From: "192.0.2.1"}
	return d.putLive(t, one, two, corpus.Clarification, name, text)
}

// putLive has two people upload, review and publish a text.
func (d *desktop) putLive(t *testing.T, one, two desk.Actor, kind corpus.Kind, name, text string) (id string) {
	t.Helper()
	ctx := t.Context()
	u, err := d.Desk.Put(ctx, one, desk.Upload{Name: name, Kind: kind}, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	d.read(t)
	if u, err = d.Desk.UploadOf(ctx, one, u.ID); err != nil || len(u.Drafts) != 1 {
		t.Fatalf("%+v, %v", u, err)
	}
	id = u.Drafts[0].Document
	if err := d.Desk.Submit(ctx, one, id, 1, 1); err != nil {
		t.Fatal(err)
	}
	if err := d.Desk.Approve(ctx, two, desk.Move{Document: id, Revision: 1, Version: 2, Checklist: desk.Checklist{Secrecy: true, Accuracy: true, Links: true, Later: true}}); err != nil {
		t.Fatal(err)
	}
	if err := d.Desk.Publish(ctx, two, id, 1, 3); err != nil {
		t.Fatal(err)
	}
	return id
}

// TestPinJourney: many ask the same, an editor proposes what to say, another
// person approves it, citizens are told, and no longer once it is lifted.
func TestPinJourney(t *testing.T) {
	t.Parallel()
	for width, view := range widths {
		t.Run(width, func(t *testing.T) {
			t.Parallel()
			pinJourney(t, width, view)
		})
	}
}

// pinWalk is a walk with citizens who ask.
type pinWalk struct {
	walk
	ask func(person, question string) string
}

const asksWater = "听说自来水有异味不能喝是真的吗"

func pinJourney(t *testing.T, width string, view chromedp.Action[chromedp.Void]) {
	ctx, d := browser(t), open(t, "")
	w := pinWalk{walk{t, ctx, d, func(name string) {
		t.Helper()
		webtest.Fits(t, ctx, name)
		axe(t, ctx, name)
		shoot(t, ctx, name+"-"+width)
	}}, d.callback(t)}
	d.enter(t, "editor", "", desk.Editor)
	d.enter(t, "second", "", desk.Reviewer)
	d.publish(t, "说明.txt", waterRumour)
	for i := range 12 {
		if told := w.ask(fmt.Sprint("person", i), asksWater); strings.Contains(told, "不属实") {
			t.Fatalf("before: %s", told)
		}
	}
	d.pass(time.Minute)
	do(t, ctx, view)
	w.propose()
	w.approve()
	w.lift()
	w.hold()
	w.stop()
	w.wordList()
}

// propose makes a pin of what many ask just now.
func (w pinWalk) propose() {
	t, ctx := w.T, w.ctx
	w.enter("editor")
	w.says("12人", "青岚民政 “帐户”，应写“账户”")
	w.seen("home-burst")
	do(t, ctx, press(`.rail a[href="/console/pins"]`))
	title(t, ctx, "澄清")
	w.says("12人在问："+asksWater, "青岚发布", "现在没有置顶", "15分钟内有10个不同的人")
	w.seen("pins-burst")
	do(t, ctx, press(`.pins form button`))
	title(t, ctx, "提出置顶")
	if phrases := eval[string](t, ctx, `document.querySelector("#f-phrases").value`); !strings.Contains(phrases, "异味") {
		t.Errorf("the phrases are %q", phrases)
	}
	w.seen("pin-new")
	do(t, ctx, chromedp.SetValue(chromedp.CSS("#f-phrases"), "自来水 异味"), press(`input[name=document]:not([value=""])`), press("main button.button:not(.plain)"))
	until(t, ctx, `document.querySelector("#h-preview")`)
	w.says("过去一周有12次提问", "问“"+asksWater+"”，会得到：", "不属实", "可以放心饮用")
	if hash := eval[string](t, ctx, `location.hash`); hash != "#h-preview" {
		t.Errorf("one looks at %q, not at what would be answered", hash)
	}
	w.seen("pin-new-preview")
	do(t, ctx, press(`button[value=propose]`))
	title(t, ctx, "置顶")
	w.says("已提交，请另一位审核人员来审", "等审核", "要请另一位审核人员来审")
	if n := eval[int](t, ctx, `document.querySelectorAll("form[action$='/approve']").length`); n != 0 {
		t.Error("who proposed it is offered to approve it")
	}
	w.seen("pin-proposed")
	if told := w.ask("late", asksWater); strings.Contains(told, "不属实") {
		t.Errorf("not approved, but said: %s", told)
	}
}

// approve lets it pass, as another person.
func (w pinWalk) approve() {
	t, ctx := w.T, w.ctx
	w.enter("second")
	w.says("请您审核", "置顶：自来水 异味")
	do(t, ctx, press(`.cards a[href*="/pins/"]`))
	title(t, ctx, "置顶")
	w.says("过去一周有13次提问", "不属实")
	w.seen("pin-review")
	do(t, ctx, press(`form[action$="/approve"] button`))
	until(t, ctx, `document.querySelector(".notice")?.innerText.includes("审核通过")`)
	w.says("正在置顶", "置顶前一周有13次提问", "13次，最近", "没答上", "某second审核通过")
	w.seen("pin-stands")
	if told := w.ask("citizen", asksWater); !strings.Contains(told, "不属实") || strings.Contains(told, "有网民称") {
		t.Errorf("approved, but said: %s", told)
	}
	do(t, ctx, chromedp.Navigate(w.d.base+"/console/pins"))
	title(t, ctx, "澄清")
	w.says("“自来水 异味”", "还有7天", "全部账号", "已有置顶在答")
}

// lift gives it another end, and takes it back.
func (w pinWalk) lift() {
	t, ctx := w.T, w.ctx
	do(t, ctx, press(`.pins a`))
	title(t, ctx, "置顶")
	do(t, ctx, press(`form[action$="/extend"] button`))
	until(t, ctx, `document.querySelector(".notice")?.innerText.includes("结束时间已改")`)
	w.says("到2027-01-25 18:00")
	do(t, ctx, typed("why", "检测结果已登报"), press(`form[action$="/end"] button`))
	until(t, ctx, `document.querySelector(".notice")?.innerText.includes("已取消")`)
	w.says("某second取消：检测结果已登报")
	w.seen("pin-ended")
	do(t, ctx, press(`form[action$="/pins/new"] button`))
	title(t, ctx, "提出置顶")
	if again := eval[string](t, ctx, `document.querySelector("#f-phrases").value.trim() + document.querySelector("input[name=document]:checked").value`); !strings.HasPrefix(again, "自来水 异味d-") {
		t.Errorf("proposed anew: %q", again)
	}
	if told := w.ask("citizen", asksWater); strings.Contains(told, "不属实") {
		t.Errorf("lifted, but said: %s", told)
	}
}

// hold prepares a holding reply, starts it with one press, and takes it back.
func (w pinWalk) hold() {
	t, ctx := w.T, w.ctx
	do(t, ctx, chromedp.Navigate(w.d.base+"/console/pins/new"), typed("phrases", "城东 停水"), typed("text", "停水的原因正在核实，…时前发布。"), press("main button.button:not(.plain)"))
	until(t, ctx, `document.querySelector("#h-preview")`)
	w.says("过去一周没有人这样问过", "停水的原因正在核实，…时前发布。", "12345")
	do(t, ctx, chromedp.SetValue(chromedp.CSS("#f-phrases"), "城东 停水\n城东 没水"), press(`button[value=propose]`)) // changed since
	until(t, ctx, `document.querySelector(".notice")?.innerText.includes("先看看")`)
	do(t, ctx, press(`button[value=propose]`))
	title(t, ctx, "置顶")
	id := eval[string](t, ctx, `location.pathname`)
	w.d.enter(t, "third", "", desk.Reviewer)
	w.enter("third")
	do(t, ctx, chromedp.Navigate(w.d.base+id), press(`form[action$="/approve"] button`))
	until(t, ctx, `document.querySelector(".notice")?.innerText.includes("需要的时候按")`)
	do(t, ctx, chromedp.Navigate(w.d.base+"/console/pins"))
	title(t, ctx, "澄清")
	w.seen("pins-ready")
	do(t, ctx, press(`form[action$="/start"] button`))
	until(t, ctx, `document.querySelector(".notice")?.innerText.includes("已启用")`)
	w.says("停水的原因正在核实，18时前发布。", "还有1小时")
	if told := w.ask("citizen", "城东怎么停水了"); !strings.HasPrefix(told, "停水的原因正在核实，18时前发布。") {
		t.Errorf("held: %s", told)
	}
	do(t, ctx, chromedp.Navigate(w.d.base+"/console/"))
	title(t, ctx, "首页")
	w.says("暂时的答复要换成正式的，还有1小时", "停水的原因正在核实，18时前发布。")
}

// stop holds answers back and lets them go on.
func (w pinWalk) stop() {
	t, ctx := w.T, w.ctx
	do(t, ctx, chromedp.Navigate(w.d.base+"/console/pins"))
	title(t, ctx, "澄清")
	do(t, ctx, press("#h-stops ~ details summary"), chromedp.SetValue(chromedp.CSS("#f-account"), "qinglan"), chromedp.SetValue(chromedp.CSS("#f-topic"), "*"), typed("reason", "正在更正"))
	w.seen("pins-stop")
	do(t, ctx, press(`form[action$="/pins/stop"] button`))
	until(t, ctx, `document.querySelector(".notice")?.innerText.includes("已暂停")`)
	w.says("已暂停：青岚发布 · 所有问题", "正在更正", "某third")
	w.seen("pins-stopped")
	do(t, ctx, chromedp.Navigate(w.d.base+"/console/"))
	title(t, ctx, "首页")
	w.says("青岚发布 · 所有问题", "正在更正")
	w.seen("home-stopped")
	do(t, ctx, chromedp.Navigate(w.d.base+"/console/pins"))
	title(t, ctx, "澄清")
	if told := w.ask("citizen", "社保卡怎么办"); !strings.Contains(told, "暂停自动回答") {
		t.Errorf("stopped: %s", told)
	}
	do(t, ctx, press(`form[action$="/pins/resume"] button`))
	until(t, ctx, `document.querySelector(".notice")?.innerText.includes("已恢复")`)
	if told := w.ask("citizen", "社保卡怎么办"); strings.Contains(told, "暂停自动回答") {
		t.Errorf("resumed: %s", told)
	}
}

// wordList adds a word, by which a proposal is checked at once.
func (w pinWalk) wordList() {
	t, ctx := w.T, w.ctx
	do(t, ctx, press(`.lead a`))
	title(t, ctx, "用词清单")
	do(t, ctx, typed("wrong", "谣棍"), typed("right", "传谣者"), typed("why", "不文明"), press("input[name=blocks]"), press("#word .button"))
	until(t, ctx, `document.querySelector(".notice")?.innerText.includes("已保存")`)
	do(t, ctx, chromedp.Navigate(w.d.base+"/console/words?q=谣"))
	title(t, ctx, "用词清单")
	w.says("谣棍", "传谣者", "不能提交")
	w.seen("words")
	do(t, ctx, chromedp.Navigate(w.d.base+"/console/pins/new"), typed("phrases", "停电"), typed("text", "谣棍已处理。"), press("main button.button:not(.plain)"))
	until(t, ctx, `document.querySelector("#h-preview")`)
	w.says("✕ 要改", "“谣棍”，应写“传谣者”：不文明")
	do(t, ctx, press(`button[value=propose]`))
	until(t, ctx, `document.querySelector(".faults")`)
	w.says("“谣棍”，应写“传谣者”")
	w.seen("pin-new-faults")
}

var hidden = regexp.MustCompile(`name="seen" value="([^"]*)"`)

// TestPinWithoutScript proposes with plain requests: nothing is stored before
// it was looked at, and what somebody else may not see is not there.
func TestPinForms(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	id := d.publish(t, "说明.txt", waterRumour)
	d.enter(t, "mz", "青岚市民政局", desk.Editor, desk.Reviewer)
	d.enter(t, "mz2", "青岚市民政局", desk.Reviewer)
	d.enter(t, "other", "青岚市教育局", desk.Editor, desk.Reviewer)
	d.enter(t, "all", "", desk.Reviewer)
	d.enter(t, "auditor", "", desk.Auditor)
	c := d.client(t).signIn("mz")
	form := func(more ...string) []string {
		return append([]string{"phrases", "低保 取消\r\n\r\n低保  没了", "document", "", "text", "正在核实，…时前发布", "chosen", "yes", "account", "minzheng"}, more...)
	}
	seen := func(r reply) string { return hidden.FindStringSubmatch(r.body)[1] }
	page := c.post("/console/pins/new", form("do", "propose")...).must(t, 200).says(t, "先看看下面会答哪些问题")
	if all, _ := d.store.ListPins(t.Context(), "", 10); len(all) != 0 {
		t.Fatalf("stored before it was looked at: %+v", all)
	}
	c.post("/console/pins/new", form("do", "propose", "account", "qinglan", "seen", seen(page))...).must(t, 200).says(t, "先看看下面会答哪些问题")
	r := c.post("/console/pins/new", form("do", "propose", "seen", seen(page))...).must(t, 303)
	path := r.Header.Get("Location")
	all, err := d.store.ListPins(t.Context(), "", 10)
	if err != nil || len(all) != 1 || strings.Join(all[0].Phrases, "|") != "低保 取消|低保 没了" || strings.Join(all[0].Accounts, " ") != "minzheng" || all[0].Agency != "青岚市民政局" {
		t.Fatalf("%+v, %v", all, err)
	}
	c.get(path).must(t, 200)
	c.post(path+"/approve").must(t, 422).says(t, "自己提出的不能自己审核")
	// Another agency's is not there; an auditor sees it, without what was asked.
	d.client(t).signIn("other").get(path).must(t, 404)
	d.client(t).signIn("other").post(path+"/end", "reason", "x").must(t, 404)
	if page := d.client(t).signIn("auditor").get(path).must(t, 200).says(t, "低保 取消"); strings.Contains(page.words(), "会答哪些问题") || strings.Contains(page.body, "<form method=\"post\" action=\""+path) {
		t.Error(page.words())
	}
	if page := d.client(t).signIn("other").get("/console/pins").must(t, 200); strings.Contains(page.words(), "低保") {
		t.Error(page.words())
	}
	second := d.client(t).signIn("mz2")
	second.post(path+"/approve").must(t, 303)
	second.post(path+"/approve").must(t, 422).says(t, "已经审核过了")
	second.post(path+"/start", "day", "2027-01-15", "time", "").must(t, 422).says(t, "填完整")
	second.post(path+"/start", "until", "2027-01-14 18:00").must(t, 422).says(t, "要晚于现在")
	second.post(path+"/start", "day", "2027-01-16", "time", "09:30").must(t, 303)
	second.get(path).must(t, 200).says(t, "正在核实，1月16日9时30分前发布", "正在置顶")
	second.post(path+"/end", "reason", " ").must(t, 422).says(t, "请写明原因")
	// Accounts of others can't be spoken for.
	c.post("/console/pins/new", "phrases", "停水", "document", "", "text", "x", "do", "preview", "chosen", "yes").must(t, 422).says(t, "至少选一个账号")
	d.client(t).signIn("other").post("/console/pins/new", "phrases", "停水", "document", id, "text", "", "do", "preview").must(t, 404)
	a := d.client(t).signIn("all")
	a.post("/console/pins/new", "phrases", "停水", "document", id, "day", "2027-01-20", "time", "18:00", "do", "search", "q", "没有的标题").must(t, 200).says(t, "没有找到标题里有“没有的标题”", "关于网传")
	a.post("/console/pins/new", "phrases", "停", "document", id, "day", "2027-01-10", "time", "18:00", "do", "preview").must(t, 422).says(t, "2到30个字", "已经过了")
	if got := d.actions(t); strings.Count(got, desk.ActionPin) != 3 {
		t.Errorf("the history: %s", got)
	}
}

// TestStopsAndRule: what is stopped by whom, and by what a burst is known.
func TestStopsAndRule(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	ask := d.callback(t)
	d.enter(t, "all", "", desk.Reviewer)
	d.enter(t, "mz", "青岚市民政局", desk.Reviewer)
	d.enter(t, "keeper", "", desk.Maintainer)
	d.enter(t, "editor", "", desk.Editor)
	all, mz := d.client(t).signIn("all"), d.client(t).signIn("mz")
	for name, c := range map[string]struct {
		by     *client
		form   []string
		status int
	}{
		"nothing chosen":      {all, []string{"account", "", "topic", "", "reason", "x"}, 422},
		"without a reason":    {all, []string{"account", "qinglan", "topic", "*", "reason", ""}, 422},
		"a topic that is not": {all, []string{"account", "qinglan", "topic", "火星", "reason", "x"}, 422},
		"all, of an agency":   {mz, []string{"account", "*", "topic", "*", "reason", "x"}, 422},
		"one's own":           {mz, []string{"account", "minzheng", "topic", "*", "reason", "更正"}, 303},
		"all":                 {all, []string{"account", "*", "topic", "*", "reason", "演练"}, 303},
	} {
		if r := c.by.post("/console/pins/stop", c.form...); r.StatusCode != c.status {
			t.Errorf("%s: %d, want %d: %s", name, r.StatusCode, c.status, r.words())
		}
	}
	mz.get("/console/pins").must(t, 200).says(t, "已暂停：全部账号 · 所有问题", "演练", "已暂停：青岚民政 · 所有问题")
	for _, id := range []string{"1", "2"} {
		_ = mz.post("/console/pins/resume", "id", id) // all accounts are not theirs to lift
	}
	if standing, err := d.store.StandingStops(t.Context()); err != nil || len(standing) != 1 || standing[0].Account != "" {
		t.Errorf("%+v, %v", standing, err)
	}
	all.post("/console/pins/resume", "id", "x").must(t, 400)
	all.post("/console/pins/resume", "id", "99").must(t, 404)
	for i := range 4 {
		ask(fmt.Sprint("p", i), "城东停水停到几点")
	}
	editor := d.client(t).signIn("editor")
	editor.get("/console/pins").must(t, 200).says(t, "现在没有很多人问同一件事")
	keeper := d.client(t).signIn("keeper")
	keeper.post("/console/pins/burst", "persons", "2", "minutes", "30").must(t, 422).says(t, "人数应为3到500")
	keeper.post("/console/pins/burst", "persons", "4", "minutes", "30").must(t, 303)
	editor.get("/console/pins").must(t, 200).says(t, "4人在问：城东停水停到几点", "30分钟内有4个不同的人")
	if page := keeper.get("/console/pins").must(t, 200); strings.Contains(page.words(), "城东停水") {
		t.Error("a maintainer sees what citizens ask")
	}
	if got := d.actions(t); strings.Count(got, desk.ActionStop) != 3 || strings.Count(got, desk.ActionSetting) != 1 {
		t.Errorf("the history: %s", got)
	}
}

func TestWordsPage(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.enter(t, "keeper", "", desk.Maintainer)
	d.enter(t, "auditor", "", desk.Auditor)
	c := d.client(t).signIn("keeper")
	c.get("/console/words?edit=刁民").must(t, 200).says(t, "改“刁民”")
	c.post("/console/words", "wrong", "刁民", "was", "").must(t, 422).says(t, "清单里已经有“刁民”了")
	c.post("/console/words", "wrong", "<script>", "was", "", "right", "x").must(t, 303)
	c.get("/console/words?q=<script>").must(t, 200).says(t, "找词")
	c.post("/console/words", "wrong", "<script>", "was", "<script>", "right", "y", "blocks", "yes").must(t, 303)
	r := c.post("/console/words/drop", "wrong", "<script>").must(t, http.StatusSeeOther)
	back := c.get(r.Header.Get("Location")).must(t, 200).says(t, "要放回去，按“保存”")
	if !strings.Contains(back.body, `value="&lt;script&gt;"`) || !strings.Contains(back.body, `name="blocks" value="yes" checked`) {
		t.Error("what was taken out is not in the form")
	}
	c.post("/console/words/drop", "wrong", "<script>").must(t, 422)
	c.get("/console/words?page=2").must(t, 200)
	c.get("/console/words?page=x").must(t, 404)
	if page := d.client(t).signIn("auditor").get("/console/words").must(t, 200); strings.Contains(page.body, "/console/words/drop") {
		t.Error("an auditor is offered to change it")
	}
}

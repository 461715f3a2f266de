package console_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

// draft stores a draft that somebody has written.
func (d *desktop) draft(t *testing.T, by desk.Staff, id, title string, change ...func(*desk.NewWork)) {
	t.Helper()
	text, cut := corpus.Assemble(corpus.Notice, title, []corpus.Block{{Text: title}, {Text: "第一条 本通知自发布之日起施行。"}})
	n := desk.NewWork{Owner: by.Agency, Content: corpus.Content{
		Document: corpus.Document{ID: id, Kind: corpus.Notice, Title: title, Agency: "青岚市民政局"}, Text: text, Passages: cut,
	}}
	for _, f := range change {
		f(&n)
	}
	if _, err := d.store.BeginWork(t.Context(), 0, n, desk.Actor{Staff: by}); err != nil {
		t.Fatal(err)
	}
}

func backlog(n *desk.NewWork) { n.Backlog = true }

// status is where the newest revision of a document stands.
func (d *desktop) status(t *testing.T, id string) corpus.Status {
	t.Helper()
	w, err := d.store.Work(t.Context(), id, 0)
	if err != nil {
		t.Fatal(err)
	}
	return w.Revision.Status
}

// inputs are the hidden fields of a page's form.
func (r reply) inputs(name string) (all []string) {
	for _, part := range strings.Split(r.body, `name="`+name+`" value="`)[1:] {
		all = append(all, part[:strings.IndexByte(part, '"')])
	}
	return all
}

// many sends the form of a page that asks before something is done with many.
func (c *client) many(page reply, pairs ...string) reply {
	c.t.Helper()
	form := url.Values{"do": page.inputs("do"), "filter": {""}, "key": page.inputs("key")}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return c.do(http.MethodPost, "/console/documents", form)
}

// TestManyAtOnce takes ten documents from drafts to their withdrawal by
// twos and threes: what may not be done is said by name, and nothing else is
// held up by it.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	wang := d.enter(t, "wang", "", desk.Editor)
	both := d.enter(t, "both", "", desk.Editor, desk.Reviewer)
	d.enter(t, "other", "青岚市教育局", desk.Editor, desk.Reviewer)
	for i := range 4 {
		d.draft(t, wang, fmt.Sprint("a", i), fmt.Sprintf("甲通知%d", i))
	}
	d.draft(t, both, "own", "自己的通知")
	editor, reviewer := d.client(t).signIn("wang"), d.client(t).signIn("both")

	editor.post("/console/documents", "do", "approve", "d", "a0").must(t, 403)
	editor.post("/console/documents", "do", "submit").must(t, 303) // nothing is ticked
	page := editor.post("/console/documents", "do", "mark", "d", "a0", "d", "a1", "d", "nowhere").must(t, 200)
	page.says(t, "甲通知0", "编号nowhere：没有这份文件")
	editor.many(page).must(t, 422).says(t, "请填写主题或发文机关")
	editor.many(page, "topic", "养老").must(t, 303)
	if w, _ := d.store.Work(t.Context(), "a1", 0); len(w.Document.Topics) != 1 || w.Document.Topics[0] != "养老" || w.Document.Agency != "青岚市民政局" {
		t.Errorf("%+v", w.Document)
	}
	// The page that was shown before is out of date by now.
	editor.many(page, "agency", "青岚市教育局").must(t, 200).says(t, "2份没有做成", "别人刚刚改过")

	page = editor.post("/console/documents", "do", "submit", "all", "yes", "filter", "topic="+url.QueryEscape("养老")).must(t, 200).says(t, "提交审核（2份）")
	editor.many(page).must(t, 303)
	editor.many(editor.post("/console/documents", "do", "submit", "d", "a2", "d", "a3", "d", "own").must(t, 200)).must(t, 303)
	if s := d.status(t, "own"); s != corpus.Submitted {
		t.Error(s)
	}

	reviewer.get("/console/documents/a0").must(t, 200) // is opened by that
	page = reviewer.post("/console/documents", "do", "approve", "d", "a0", "d", "a1", "d", "own").must(t, 200)
	page.says(t, "自己的通知 ：自己写的或自己提交的不能自己审核", "甲通知0 待审核 · 您打开看过", "甲通知1 待审核 · 您还没打开过")
	reviewer.many(page, "secrecy", "yes", "accuracy", "yes").must(t, 422).says(t, "请确认链接能打开")
	reviewer.many(page, "secrecy", "yes", "accuracy", "yes", "links", "yes", "publish", "now").must(t, 200).
		says(t, "做成1份", "甲通知1 ：您还没有打开看过这一份")
	if a, b := d.status(t, "a0"), d.status(t, "a1"); a != corpus.Published || b != corpus.Submitted {
		t.Errorf("%s, %s", a, b)
	}

	// Another agency's person finds none of it.
	d.client(t).signIn("other").post("/console/documents", "do", "withdraw", "d", "a0", "key", "1.3.a0", "reason", "x").must(t, 200).
		says(t, "编号a0 ：没有这份文件")
	page = reviewer.post("/console/documents", "do", "withdraw", "d", "a0", "d", "a1").must(t, 200).says(t, "甲通知1 ：“待审核”的版本不能改为“已撤回”")
	reviewer.many(page).must(t, 422)
	reviewer.many(page, "reason", "条文有误").must(t, 303)
	if s := d.status(t, "a0"); s != corpus.Withdrawn {
		t.Error(s)
	}
	if got := d.actions(t); strings.Count(got, "submitted") != 5 || strings.Count(got, "approved") != 1 || strings.Count(got, "withdrawn") != 1 {
		t.Error(got)
	}
	// A key that is none is nothing to be done.
	reviewer.post("/console/documents", "do", "withdraw", "key", "x", "reason", "x").must(t, 303)
}

// TestBacklogPage: a batch of old documents passes once enough of it was
// opened, and starts no clock.
func TestBacklogPage(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	wang := d.enter(t, "wang", "", desk.Editor)
	d.enter(t, "zhao", "", desk.Reviewer)
	var drafts []string
	for i := range 12 {
		id := fmt.Sprintf("old%02d", i)
		drafts = append(drafts, "d", id)
		d.draft(t, wang, id, fmt.Sprintf("旧办法%02d", i), backlog, func(n *desk.NewWork) { n.Content.Document.Kind = corpus.Policy })
	}
	editor, reviewer := d.client(t).signIn("wang"), d.client(t).signIn("zhao")
	editor.get("/console/backlog").must(t, 200).says(t, "还有12份存量草稿没有提交审核")
	editor.many(editor.post("/console/documents", append([]string{"do", "submit"}, drafts...)...).must(t, 200)).must(t, 303)
	page := reviewer.get("/console/backlog").must(t, 200).says(t, "等您审核12份", "至少打开看2份", "现在看过0份")
	pass := func(pairs ...string) reply {
		form := url.Values{"key": page.inputs("key")}
		for i := 0; i < len(pairs); i += 2 {
			form.Add(pairs[i], pairs[i+1])
		}
		return reviewer.do(http.MethodPost, "/console/backlog", form)
	}
	ticked := []string{"secrecy", "yes", "accuracy", "yes", "links", "yes", "publish", "now"}
	reviewer.get("/console/documents/old00").must(t, 200)
	if said := pass(ticked...).must(t, 422).says(t, "请至少打开看2份再一起通过，现在看过1份").body; strings.Count(said, "请至少打开") != 1 {
		t.Error("said for each")
	}
	reviewer.get("/console/documents/old05").must(t, 200)
	pass().must(t, 422).says(t, "请确认已做保密审查")
	pass(ticked...).must(t, 303)
	reviewer.get("/console/backlog").must(t, 200).says(t, "审核通过并发布了12份", "没有等您审核的存量文件")
	if s := d.status(t, "old11"); s != corpus.Published {
		t.Error(s)
	}
	all, err := d.store.Entries(t.Context(), desk.EntryFilter{Document: "old05", Action: desk.ActionApproved}, 0, 1)
	if err != nil || len(all) != 1 || all[0].Detail != "存量成批审核，本批12份，这一份打开过" {
		t.Errorf("%+v, %v", all, err)
	}
	clocks, err := d.Desk.Clocks(t.Context(), desk.Actor{Staff: desk.Staff{Roles: []desk.Role{desk.Auditor}}})
	if err != nil || len(clocks) != 0 {
		t.Errorf("%+v, %v", clocks, err)
	}
	pass(ticked...).must(t, 422).says(t, "旧办法00 ：这一版已经是“已发布”了") // a second press
}

// TestConcernPages marks a topic, notes what was done and closes it; its
// clocks are on the first page.
func TestConcernPages(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.enter(t, "zhao", "", desk.Reviewer)
	d.enter(t, "wang", "", desk.Editor)
	d.enter(t, "other", "青岚市教育局", desk.Reviewer)
	reviewer, editor, other := d.client(t).signIn("zhao"), d.client(t).signIn("wang"), d.client(t).signIn("other")
	now := time.UnixMilli(d.clock.Load()).In(corpus.Zone)
	at := func(t time.Time) []string { return []string{"day", t.Format(time.DateOnly), "time", t.Format("15:04")} }
	mark := func(c *client, topic string, when time.Time) reply {
		return c.post("/console/concerns", append([]string{"topic", topic, "grave", "yes"}, at(when)...)...)
	}
	mark(reviewer, "", now).must(t, 422).says(t, "请写明是什么事")
	mark(reviewer, "x", now.Add(time.Hour)).must(t, 422).says(t, "发现的时间还没有到")
	reviewer.post("/console/concerns", "topic", "x").must(t, 422).says(t, "请填写日期和时间")
	mark(editor, "x", now).must(t, 403)
	path := mark(reviewer, "城东<b>停水", now.Add(-time.Hour)).must(t, 303).Header.Get("Location")
	if path != "/console/concerns/1" {
		t.Fatal(path)
	}
	editor.get("/console/").must(t, 200).says(t, "5小时内发布权威信息，还有4小时 城东&lt;b&gt;停水", "24小时内开新闻发布会")
	// The whole city's is seen by every agency, which notes what it does and
	// stops no clock; an agency's own is not there for another.
	other.get("/console/").must(t, 200).says(t, "5小时内发布权威信息")
	if page := other.get(path).must(t, 200).says(t, "总负责的同事统一计时和办结"); strings.Contains(page.body, `value="closed"`) {
		t.Error("another agency's reviewer is offered to close it")
	}
	other.post(path, append([]string{"step", "closed", "text", "x"}, at(now)...)...).must(t, 422).says(t, "总负责的同事统一计时和办结")
	theirs := mark(other, "学区", now).must(t, 303).Header.Get("Location")
	d.enter(t, "mz", "青岚市民政局", desk.Editor)
	mz := d.client(t).signIn("mz")
	mz.get(theirs).must(t, 404)
	mz.post(theirs, append([]string{"step", "noted", "text", "x"}, at(now)...)...).must(t, 404)
	if page := mz.get("/console/concerns").must(t, 200).says(t, "停水"); strings.Contains(page.body, "学区") {
		t.Error("another agency's concern is shown")
	}
	d.pass(5 * time.Hour)
	now = now.Add(5 * time.Hour)
	reviewer, editor = d.client(t).signIn("zhao"), d.client(t).signIn("wang") // sessions have run out
	reviewer.get(path).must(t, 200).says(t, "✕ 5小时内发布权威信息，已超过")
	note := func(c *client, step, text string, when time.Time) reply {
		return c.post(path, append([]string{"step", step, "text", text, "who", "供水公司李工"}, at(when)...)...)
	}
	note(editor, "answered", "", now).must(t, 422).says(t, "请写明做了什么")
	note(editor, "answered", "x", now.Add(-8*time.Hour)).must(t, 422).says(t, "早于发现的时间")
	note(editor, "answered", "公众号发了停水通知", now).must(t, 303)
	note(reviewer, "answered", "又发了一次", now).must(t, 422).says(t, "已经记过发布的时间")
	note(editor, "closed", "好了", now).must(t, 422).says(t, "只有审核人员可以办结")
	note(reviewer, "nothing", "好了", now).must(t, 422).says(t, "请选做了什么")
	reviewer.get(path).must(t, 200).says(t, "发布了权威信息 供水公司李工", "公众号发了停水通知", "24小时内开新闻发布会")
	note(reviewer, "closed", "18时恢复供水", now).must(t, 303)
	reviewer.get("/console/concerns").must(t, 200).says(t, "已办结，不再计时", "一年内办结的", "城东&lt;b&gt;停水")
	note(reviewer, "noted", "x", now).must(t, 422).says(t, "已经办结")
	if page := reviewer.get("/console/").must(t, 200); strings.Contains(page.body, "停水") {
		t.Error("a closed concern has a clock")
	}
	if got := d.actions(t); strings.Count(got, "concern") != 4 {
		t.Error(got)
	}
}

// TestTable: what a filter chooses comes as a table of Excel, in which nothing
// is a formula.
func TestTable(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	wang := d.enter(t, "wang", "", desk.Editor)
	titles := []string{"=1+1", "+86的号码", "-减", "@所有人", "=HYPERLINK(\"http://x\")", "普通的通知<&>"}
	for i, title := range titles {
		d.draft(t, wang, fmt.Sprint("t", i), title, func(n *desk.NewWork) {
			n.Content.Document.Published, n.Content.Document.Topics = "2026-03-05", []string{"养老", "住房"}
		})
	}
	d.draft(t, wang, "elsewhere", "另一个", func(n *desk.NewWork) { n.Content.Document.Agency = "别处" })
	c := d.client(t).signIn("wang")
	r := c.get("/console/documents.xlsx?agency="+url.QueryEscape("青岚市民政局")).must(t, 200)
	if got := r.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment;") || !strings.HasSuffix(got, ".xlsx") {
		t.Error(got)
	}
	f, err := excelize.OpenReader(bytes.NewReader([]byte(r.body)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheet := f.GetSheetName(0)
	rows, err := f.GetRows(sheet)
	if err != nil || len(rows) != 2+len(titles) {
		t.Fatalf("%q, %v", rows, err)
	}
	if !strings.Contains(rows[0][0], "共6份") || rows[1][0] != "标题" {
		t.Errorf("%q", rows[:2])
	}
	seen := map[string]bool{}
	for i := 3; i <= len(rows); i++ {
		cell := fmt.Sprint("A", i)
		formula, _ := f.GetCellFormula(sheet, cell)
		kind, _ := f.GetCellType(sheet, cell)
		if formula != "" || kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
			t.Errorf("%s: %q, type %d", cell, formula, kind)
		}
		seen[rows[i-1][0]] = true
		if row := rows[i-1]; row[2] != "青岚市民政局" || row[3] != "草稿" || row[7] != "2026-03-05" || row[10] != "养老、住房" {
			t.Errorf("%q", row)
		}
	}
	for _, title := range titles {
		if !seen[title] {
			t.Errorf("%q is not there", title)
		}
	}
	c.get("/console/documents.xlsx?state=withdrawn").must(t, 200) // nothing is a table, too
}

// TestUploadsToRead: what is not read yet is named, in its order.
func TestUploadsToRead(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	wang := d.enter(t, "wang", "", desk.Editor)
	c := d.client(t).signIn("wang")
	for i := range 3 {
		u := desk.Upload{Name: fmt.Sprintf("第%d个.txt", i+1)}
		if _, err := d.Desk.Put(t.Context(), desk.Actor{Staff: wang}, u, fmt.Appendf(nil, "青岚市通知%d\n\n第一条 内容。", i)); err != nil {
			t.Fatal(err)
		}
	}
	c.get("/console/uploads").must(t, 200).says(t, "收下的文件里，还有3个没读")
	words := c.get("/console/uploads?waiting=1").must(t, 200).says(t, "还有3个文件在排队").words()
	if i, j := strings.Index(words, "第1个.txt"), strings.Index(words, "第3个.txt"); i < 0 || j < i {
		t.Error(words)
	}
	d.read(t)
	c.get("/console/uploads?waiting=1").must(t, 200).says(t, "都读完了")
}

// TestAlarmsPage: what goes out is seen, and taken on, by those of the whole
// installation.
func TestAlarmsPage(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.enter(t, "zhao", "", desk.Reviewer)
	d.enter(t, "wu", "", desk.Auditor)
	d.enter(t, "other", "青岚市教育局", desk.Reviewer)
	reviewer, auditor, other := d.client(t).signIn("zhao"), d.client(t).signIn("wu"), d.client(t).signIn("other")
	reviewer.get("/console/").must(t, 200).says(t, "提醒")
	page := reviewer.get("/console/alarms").must(t, 200).says(t, "《停水》：权威信息还没有发布", "4小时没有人接手的")
	if key := page.inputs("key"); len(key) != 1 || key[0] != "concern5h 1" {
		t.Fatal(key)
	}
	if p := auditor.get("/console/alarms").must(t, 200); len(p.inputs("key")) != 0 {
		t.Error("an auditor is offered to take it on")
	}
	other.get("/console/alarms").must(t, 404)
	other.post("/console/alarms", "key", "concern5h 1").must(t, 404)
	reviewer.post("/console/alarms", "key", "nothing").must(t, 303)
	reviewer.get("/console/alarms").must(t, 200).says(t, "已经过去了")
	reviewer.post("/console/alarms", "key", "concern5h 1").must(t, 303)
	if p := reviewer.get("/console/alarms").must(t, 200).says(t, "已记下由您处理", "某zhao在处理"); len(p.inputs("key")) != 0 {
		t.Error("it can be taken on twice")
	}
}

package console_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/web/console"
)

// Nearest implements console.Finder.
func (d *desktop) Nearest(_ context.Context, _, _ string, limit int) ([]console.Near, error) {
	return d.near[:min(limit, len(d.near))], nil
}

// parks puts the park rules live, of an agency's people, and returns them.
func (d *desktop) parks(t *testing.T, agency string) (id string, one, two desk.Actor) {
	t.Helper()
	one = desk.Actor{Staff: d.enter(t, "writer", agency, desk.Editor), From: "192.0.2.1"}
	two = desk.Actor{Staff: d.enter(t, "passer", agency, desk.Reviewer), From: "192.0.2.1"}
	id = d.putLive(t, one, two, corpus.Policy, "公园.txt", strings.Replace(parkRules, "登陆网站", "登录网站", 1))
	d.near = []console.Near{
		{Document: id, Title: "青岚市公园管理办法", Anchor: "a3", Label: "第三条", Text: "第三条 市民可以带犬只进入设有遛犬区的公园。" + strings.Repeat("长", 300)},
		{Document: "gone", Title: "没有的文件", Anchor: "a1", Text: "没有"},
	}
	return id, one, two
}

// A question without an answer becomes a note in a new draft, by two presses.
func TestGapJourney(t *testing.T) {
	t.Parallel()
	for width, view := range widths {
		t.Run(width, func(t *testing.T) {
			t.Parallel()
			ctx, d := browser(t), open(t, "")
			id, _, _ := d.parks(t, "")
			w := walk{t, ctx, d, func(name string) {
				t.Helper()
				axe(t, ctx, name)
				shoot(t, ctx, name+"-"+width)
			}}
			do(t, ctx, view)
			w.enter("writer")
			w.seen("home-gaps")
			do(t, ctx, press(`.asked form button`))
			title(t, ctx, "补上问法")
			w.says("哪一段能回答", "青岚市公园管理办法", "第三条", "都不能回答")
			w.seen("gaps")
			do(t, ctx, chromedp.SetValue(chromedp.CSS("#f-ask"), "牵狗去公园让不让进"), press("main form button"))
			until(t, ctx, `document.readyState === "complete" && document.querySelector("input[type=hidden][name=ask]")?.value === "牵狗去公园让不让进"`)
			do(t, ctx, press(`form[action$="/gaps/note"] button`))
			title(t, ctx, "青岚市公园管理办法")
			until(t, ctx, `document.querySelector(".notice")?.innerText.includes("问法已记在草稿里")`)
			w.says("第2版", "群众会这样问：牵狗去公园让不让进")
			w.seen("work-noted")
			do(t, ctx, chromedp.Navigate(d.base+"/console/gaps"), chromedp.SetValue(chromedp.CSS("#f-ask"), "带猫要打什么针"), press("main form button"))
			until(t, ctx, `document.querySelector("#f-refer")`)
			do(t, ctx, chromedp.SetValue(chromedp.CSS("#f-refer"), "青岚市农业农村局"), press(`form[action$="/gaps/refer"] button`))
			until(t, ctx, `document.querySelector(".notice")?.innerText.includes("成了一条草稿")`)
			w.seen("uploads-referral")
			work, err := d.store.Work(t.Context(), id, 0)
			if err != nil || work.Revision.Number != 2 || !slices.Equal(work.Document.AskedFor("a3"), []string{"牵狗去公园让不让进"}) {
				t.Errorf("%+v, %v", work.Document.Asked, err)
			}
		})
	}
}

func TestGaps(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	id, one, two := d.parks(t, "青岚市城市管理局")
	d.enter(t, "other", "青岚市民政局", desk.Editor)
	c := d.client(t).signIn("writer")
	note := func(c *client, anchor, question string) reply {
		return c.post("/console/gaps/note", "document", id, "anchor", anchor, "ask", question)
	}

	c.get("/console/gaps").must(t, http.StatusOK).says(t, "补上问法", "找一找")
	c.post("/console/gaps", "ask", "").must(t, http.StatusUnprocessableEntity).says(t, "请写下市民的问题")
	c.post("/console/gaps", "ask", strings.Repeat("长", 300)).must(t, http.StatusUnprocessableEntity).says(t, "个字")
	page := c.post("/console/gaps", "ask", `<script>alert(1)</script>遛狗`).must(t, http.StatusOK).says(t, "第三条", "……", "记到这一段")
	if strings.Contains(page.body, "<script>alert") || strings.Count(page.body, "记到这一段") != 1 {
		t.Errorf("%s", page.body)
	}

	note(c, "a9", "牵狗能进不").must(t, http.StatusUnprocessableEntity).says(t, "没有“a9”这一段")
	note(c, "a3", " ").must(t, http.StatusUnprocessableEntity).says(t, "请写下市民的问题")
	if w, err := d.store.Work(t.Context(), id, 0); err != nil || w.Revision.Number != 1 {
		t.Fatalf("a draft was begun for nothing: %d, %v", w.Revision.Number, err)
	}
	for _, question := range []string{"牵狗能进不", "牵狗能进不", "猫能带进去吗\n吗"} {
		note(c, "a3", question).must(t, http.StatusSeeOther)
	}
	w, err := d.store.Work(t.Context(), id, 0)
	if err != nil || w.Revision.Number != 2 || !slices.Equal(w.Document.AskedFor("a3"), []string{"牵狗能进不", "猫能带进去吗 吗"}) {
		t.Fatalf("%+v, %v", w.Document.Asked, err)
	}

	refer := func(ask, agency string) reply { return c.post("/console/gaps/refer", "ask", ask, "refer", agency) }
	refer("带猫要打什么针", " ").must(t, http.StatusUnprocessableEntity).says(t, "请填该问谁", "哪一段能回答")
	refer(" ", "青岚市农业农村局").must(t, http.StatusUnprocessableEntity).says(t, "请写下市民的问题")
	refer("带猫要打什么针", strings.Repeat("长", 101)).must(t, http.StatusUnprocessableEntity).says(t, "该问谁超过100个字")
	refer("带猫要打什么针", "青岚市农业农村局").must(t, http.StatusSeeOther)
	for more := true; more; {
		if more, err = d.Desk.ReadNext(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	all, err := d.Desk.Uploaded(t.Context(), one, 0, 1)
	if err != nil || len(all) != 1 || len(all[0].Drafts) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	referral, err := d.store.Work(t.Context(), all[0].Drafts[0].Document, 0)
	if err != nil || !referral.Document.Referral() || referral.Document.Question != "带猫要打什么针" || !strings.Contains(referral.Revision.Text, "请问青岚市农业农村局") {
		t.Fatalf("%+v, %v", referral, err)
	}
	c.get("/console/documents/"+referral.Document.ID).must(t, http.StatusOK).says(t, "转问", "青岚市农业农村局")
	c.get("/console/documents/"+referral.Document.ID+"/edit").must(t, http.StatusOK).says(t, "没有政策能回答时")

	c.get("/console/documents/"+id+"/compare?revision=2").must(t, http.StatusOK).says(t, "问法有改动 · 第三条", "牵狗能进不")

	theirs := d.client(t).signIn("other")
	theirs.post("/console/gaps", "ask", "遛狗").must(t, http.StatusOK).says(t, "不归您的单位")
	if r := note(theirs, "a3", "我来写"); r.StatusCode == http.StatusSeeOther {
		t.Error("another agency's editor noted a question")
	}

	ctx := t.Context()
	if err := d.Desk.Submit(ctx, one, id, 2, w.Version); err != nil {
		t.Fatal(err)
	}
	note(c, "a3", "鸟能带进去吗").must(t, http.StatusUnprocessableEntity).says(t, "已有一版")
	check := desk.Checklist{Secrecy: true, Accuracy: true, Links: true, Later: true}
	if err := d.Desk.Approve(ctx, two, desk.Move{Document: id, Revision: 2, Version: w.Version + 1, Checklist: check}); err != nil {
		t.Fatal(err)
	}
	if err := d.Desk.Publish(ctx, two, id, 2, w.Version+2); err != nil {
		t.Fatal(err)
	}
	note(c, "a3", "牵狗能进不").must(t, http.StatusUnprocessableEntity).says(t, "已经记在这一段上了")
	if strings.Contains(d.logged(), "牵狗") {
		t.Error("the log has what somebody asked")
	}
}

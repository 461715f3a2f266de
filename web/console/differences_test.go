package console_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

// Who answers for documents sees what answers found to be said twice, and says
// what they found.
func TestDifferencesPage(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	keeper := desk.Actor{Staff: d.enter(t, "keeper", "", desk.Editor), From: "192.0.2.1"}
	passer := desk.Actor{Staff: d.enter(t, "passer", "", desk.Reviewer), From: "192.0.2.1"}
	d.enter(t, "stranger", "青岚市教育局", desk.Editor)
	d.enter(t, "auditor", "", desk.Auditor)
	var refs [2]corpus.Ref
	for i, sum := range []string{"100", "150"} {
		id := d.putLive(t, keeper, passer, corpus.Policy, "高龄津贴"+sum+".txt", "青岚市高龄津贴发放办法（"+sum+"）\n\n第一条　年满80周岁的老年人，高龄津贴每人每月"+sum+"元。\n\n第二条　本办法自2024年1月1日起施行。\n")
		refs[i] = corpus.Ref{Document: id, Revision: 1, Anchor: "a1"}
	}
	err := d.store.NoteDifferences(t.Context(), []bot.Difference{{Chosen: refs[1], Other: refs[0], Count: 3, Last: time.UnixMilli(d.clock.Load())}})
	if err != nil {
		t.Fatal(err)
	}
	ctx := browser(t)
	w := walk{T: t, ctx: ctx, d: d}
	w.enter("keeper")
	w.says("说法不一", "有1处文件的数字对不上")
	for name, view := range widths {
		do(t, ctx, view, chromedp.Navigate(d.base+"/console/differences"))
		title(t, ctx, "说法不一")
		w.says("3次回答遇到", "现在按这份回答", "高龄津贴每人每月150元", "另一份", "高龄津贴每人每月100元")
		axe(t, ctx, "differences")
		shoot(t, ctx, "differences-"+name)
	}
	id := eval[string](t, ctx, `document.querySelector("main form").action`)
	path := id[strings.Index(id, "/console/"):]
	d.client(t).signIn("stranger").post(path, "why", "都对").must(t, 404)
	d.client(t).signIn("auditor").post(path, "why", "都对").must(t, 403)
	c := d.client(t).signIn("keeper")
	c.post(path, "why", strings.Repeat("长", 501)).must(t, 422).says(t, "请写下核对的结果，最多500个字")
	c.post("/console/differences/x", "why", "都对").must(t, 404)
	do(t, ctx, chromedp.SendKeys(chromedp.CSS(`main input[name="why"]`), "两份都对，一份说的是往年\r"))
	until(t, ctx, `document.querySelector("main")?.innerText.includes("已记下")`)
	w.says("已记下核对的结果", "现在没有发现说法不一的文件")
}

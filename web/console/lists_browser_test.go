package console_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/web/webtest"
)

// TestListsJourney hands many drafts over at once, lets old ones pass in a
// batch, and follows a matter of public concern to its end, in a browser.
func TestListsJourney(t *testing.T) {
	t.Parallel()
	for width, view := range widths {
		t.Run(width, func(t *testing.T) {
			t.Parallel()
			listsJourney(t, width, view)
		})
	}
}

func listsJourney(t *testing.T, width string, view chromedp.Action[chromedp.Void]) {
	ctx, d := browser(t), open(t, "")
	w := walk{t, ctx, d, func(name string) {
		t.Helper()
		webtest.Fits(t, ctx, name)
		axe(t, ctx, name)
		shoot(t, ctx, name+"-"+width)
	}}
	editor := d.enter(t, "editor", "", desk.Editor)
	both := d.enter(t, "both", "", desk.Editor, desk.Reviewer)
	for i, title := range []string{"关于调整城区公交线路的通知", "青岚市老年人优待办法", "青岚市城市供水管理办法实施中有关问题的通知", "关于做好夏季防汛工作的通知"} {
		d.draft(t, editor, fmt.Sprint("old", i), title, backlog, func(n *desk.NewWork) {
			n.Content.Document.Number, n.Content.Document.Published = fmt.Sprintf("青民发〔2015〕%d号", 3+i), corpus.Date(fmt.Sprintf("2015-0%d-12", i+1))
		})
	}
	d.draft(t, both, "own", "关于端午节放假的通知", backlog)
	d.draft(t, editor, "bad", "青岚市旧区改造办法", backlog, func(n *desk.NewWork) {
		n.Content.Text, n.Content.Passages = corpus.Assemble(corpus.Notice, "", []corpus.Block{{Text: "联系人身份证号11010519491231002X，登陆网站查询。"}})
	})
	do(t, ctx, view)
	w.submitMany()
	w.passMany()
	w.concern()
	w.sendAgain()
}

// submitMany ticks the whole page and hands it over; what can't be is named.
func (w walk) submitMany() {
	t, ctx := w.T, w.ctx
	w.enter("editor")
	do(t, ctx, chromedp.Navigate(w.d.base+"/console/backlog"))
	title(t, ctx, "存量文件成批审核")
	w.says("还有6份存量草稿没有提交审核")
	do(t, ctx, press("main p a[href*='backlog=yes']"))
	title(t, ctx, "文件")
	do(t, ctx, press("[data-tick-all] input"))
	until(t, ctx, `document.querySelectorAll("input[name=d]:checked").length === 6`)
	w.seen("documents-many")
	do(t, ctx, chromedp.SetValue(chromedp.CSS("#f-do"), "submit"), press(".bulk button"))
	title(t, ctx, "成批提交审核")
	w.seen("selected")
	do(t, ctx, press("main button.button"))
	until(t, ctx, `document.readyState === "complete" && document.querySelector("main .lead .late")`)
	w.says("做成5份", "1份没有做成", "有公民身份号码")
	w.seen("selected-done")
	do(t, ctx, press("main a.button"))
	title(t, ctx, "文件")
}

// passMany opens one of the old documents and lets them pass together.
func (w walk) passMany() {
	t, ctx := w.T, w.ctx
	w.enter("both")
	do(t, ctx, chromedp.Navigate(w.d.base+"/console/documents"), press(`.ways a[href="/console/backlog"]`))
	title(t, ctx, "存量文件成批审核")
	w.says("等您审核4份", "至少打开看1份", "现在看过0份", "还有1份存量草稿没有提交审核")
	for _, name := range []string{"secrecy", "accuracy", "links"} {
		do(t, ctx, press(`input[name=`+name+`]`))
	}
	do(t, ctx, press("main button.button"))
	until(t, ctx, `document.querySelector(".faults")?.innerText.includes("请至少打开看1份")`)
	w.seen("backlog-faults")
	do(t, ctx, press("[data-open]"))
	w.says("现在看过1份")
	until(t, ctx, `document.querySelector("input[name=secrecy]").checked`)
	w.seen("backlog")
	// It was opened in a window of its own; that it was is with the server by now.
	eventually(t, func() bool {
		all, err := w.d.store.Entries(t.Context(), desk.EntryFilter{Action: desk.ActionOpened}, 0, 1)
		return err == nil && len(all) == 1
	})
	if _, err := chromedp.Call(ctx, page.BringToFront, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, press("input[name=publish][value=now]"), press("main button.button"))
	until(t, ctx, `document.querySelector(".notice")?.innerText.includes("审核通过并发布了4份")`)
	w.seen("backlog-done")
}

// concern marks a matter, notes what was done, and closes it.
func (w walk) concern() {
	t, ctx := w.T, w.ctx
	do(t, ctx, chromedp.Navigate(w.d.base+"/console/"))
	title(t, ctx, "首页")
	do(t, ctx, press(`.cards a[href="/console/concerns"]`))
	title(t, ctx, "舆情处理")
	w.seen("concerns-none")
	do(t, ctx, typed("topic", "城东片区自来水有异味"), press("input[name=grave][value=yes]"), press("main button.button"))
	title(t, ctx, "城东片区自来水有异味")
	w.says("已标记，开始计时", "5小时内发布权威信息，还有", "还没有记")
	do(t, ctx, chromedp.SetValue(chromedp.CSS("#f-step"), "answered"), typed("text", "公众号发布了情况说明，水质检测结果今晚公布"), press("main button.button"))
	until(t, ctx, `document.querySelector(".notice")?.innerText.includes("已记下")`)
	w.says("发布了权威信息", "24小时内开新闻发布会")
	w.seen("concern")
	do(t, ctx, chromedp.Navigate(w.d.base+"/console/"))
	title(t, ctx, "首页")
	w.says("24小时内开新闻发布会，还有", "城东片区自来水有异味")
	w.seen("home-concern")
	do(t, ctx, chromedp.Navigate(w.d.base+"/console/concerns/1"))
	title(t, ctx, "城东片区自来水有异味")
	do(t, ctx, chromedp.SetValue(chromedp.CSS("#f-step"), "closed"), typed("text", "水质合格，已公布检测报告"), press("main button.button"))
	title(t, ctx, "舆情处理")
	w.says("已办结，不再计时", "一年内办结的")
	w.seen("concerns")
}

// sendAgain sends a file while nobody answers: it goes once somebody does.
func (w walk) sendAgain() {
	t, ctx := w.T, w.ctx
	do(t, ctx, chromedp.Navigate(w.d.base+"/console/alarms"))
	title(t, ctx, "提醒")
	w.seen("alarms")
	do(t, ctx, chromedp.Navigate(w.d.base+"/console/uploads"))
	title(t, ctx, "上传")
	file := filepath.Join(t.TempDir(), "停车管理办法.txt")
	if err := os.WriteFile(file, []byte(parkRules), 0o600); err != nil {
		t.Fatal(err)
	}
	w.d.gone.Store(true)
	do(t, ctx, chromedp.SetUploadFiles(chromedp.CSS("#f-files"), []string{file}), press("form.upload button"))
	until(t, ctx, `document.querySelector(".sending .late")?.textContent.includes("正在重试")`)
	w.d.gone.Store(false)
	until(t, ctx, `document.readyState === "complete" && document.querySelector(".uploads")?.innerText.includes("停车管理办法.txt")`)
	w.says("收下的文件里，还有1个没读")
	w.seen("uploads-waiting")
}

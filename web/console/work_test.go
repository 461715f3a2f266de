package console_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/corpus/extract"
	"github.com/policybot/policybot/web/webtest"
)

// readFile reads what is uploaded, as the program does.
func readFile(ctx context.Context, f desk.File) (desk.Reading, error) {
	records, problems, err := extract.Read(ctx, f.Name, f.Data, extract.Options{Kind: f.Kind, Account: f.Account, Region: f.Region})
	var r desk.Reading
	for _, rec := range records {
		r.Contents = append(r.Contents, rec.Content)
	}
	for _, p := range problems {
		r.Problems = append(r.Problems, desk.Problem{Line: p.Line, Message: p.Message, Skipped: p.Skipped})
	}
	return r, err
}

const parkRules = `青岚市公园管理办法

青政规〔2026〕12号

第一条 为了规范公园管理，制定本办法。

第二条 公园开放时间为每日6时至22时。

第三条 市民可以带犬只进入设有遛犬区的公园，登陆网站可查公园名单。

第四条 本办法自2026年5月1日起施行。

青岚市人民政府
2026年3月20日
`

// read has everything that waits in the queue read.
func (d *desktop) read(t *testing.T) {
	t.Helper()
	for {
		more, err := d.Desk.ReadNext(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

// TestDocumentJourney takes a document from an editor's disk to the citizens
// and back, by two people in a browser.
func TestDocumentJourney(t *testing.T) {
	t.Parallel()
	for width, view := range widths {
		t.Run(width, func(t *testing.T) {
			t.Parallel()
			documentJourney(t, width, view)
		})
	}
}

type walk struct {
	*testing.T
	ctx  context.Context
	d    *desktop
	seen func(string)
}

func (w walk) enter(name string) {
	w.Helper()
	do(w.T, w.ctx, chromedp.Navigate(w.d.base+"/console/sign-in"))
	if eval[bool](w.T, w.ctx, `!!document.querySelector(".rail-me button")`) {
		do(w.T, w.ctx, press(".rail-me button"))
	}
	title(w.T, w.ctx, "登录")
	do(w.T, w.ctx, typed("name", name), typed("password", good+"\r"))
	title(w.T, w.ctx, "首页")
}

func (w walk) says(words ...string) {
	w.Helper()
	text := eval[string](w.T, w.ctx, `document.querySelector("main").innerText`)
	for _, x := range words {
		if !strings.Contains(text, x) {
			w.Errorf("the page does not say %q:\n%s", x, text)
		}
	}
}

func documentJourney(t *testing.T, width string, view chromedp.Action[chromedp.Void]) {
	ctx, d := browser(t), open(t, "")
	w := walk{t, ctx, d, func(name string) {
		t.Helper()
		webtest.Fits(t, ctx, name)
		axe(t, ctx, name)
		shoot(t, ctx, name+"-"+width)
	}}
	d.enter(t, "admin", "", desk.Admin)
	d.enter(t, "editor", "", desk.Editor)
	d.enter(t, "both", "", desk.Editor, desk.Reviewer)
	do(t, ctx, view)
	w.upload()
	w.edit()
	w.review()
}

// upload sends two files and looks at what became of them.
func (w walk) upload() {
	t, ctx := w.T, w.ctx
	w.enter("editor")
	do(t, ctx, press(`.rail a[href="/console/documents"]`))
	title(t, ctx, "文件")
	w.seen("documents-none")
	do(t, ctx, press("main a.button"))
	title(t, ctx, "上传")
	w.seen("uploads-none")
	folder := t.TempDir()
	var files []string
	for name, text := range map[string]string{"公园管理办法.txt": parkRules, "空的.txt": ""} {
		files = append(files, filepath.Join(folder, name))
		if err := os.WriteFile(files[len(files)-1], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	do(t, ctx, chromedp.SetUploadFiles(chromedp.CSS("#f-files"), files), press("form.upload button"))
	until(t, ctx, `document.querySelectorAll(".sending progress").length === 2 && [...document.querySelectorAll(".sending progress")].every(p => p.value === 1)`)
	until(t, ctx, `document.querySelector(".sending .late")`)
	w.says("文件是空的")
	w.d.read(t)
	do(t, ctx, chromedp.Navigate(w.d.base+"/console/uploads"))
	title(t, ctx, "上传")
	w.says("公园管理办法.txt", "已读取", "青岚市公园管理办法")
	w.seen("uploads")
	do(t, ctx, press(".drafts a"))
	title(t, ctx, "青岚市公园管理办法")
	w.says("草稿", "青政规〔2026〕12号", "第二条", "登录网站")
	w.seen("work-draft")
	do(t, ctx, press(`a[href*="/original?"]`))
	title(t, ctx, "对照原件")
	w.seen("original")
	do(t, ctx, press(".crumb a"))
	title(t, ctx, "青岚市公园管理办法")
}

// edit changes the draft; it is saved without a press.
func (w walk) edit() {
	t, ctx := w.T, w.ctx
	do(t, ctx, press(".head a.button"))
	title(t, ctx, "修改")
	w.seen("edit")
	_ = eval[bool](t, ctx, `(() => { const t = document.querySelector("#f-text"); t.value = t.value.replace("登陆网站", "登录网站").replace("22时", "22时30分"); t.dispatchEvent(new Event("input", {bubbles: true})); return true })()`)
	until(t, ctx, `document.querySelector(".saving").textContent.startsWith("已保存")`)
	do(t, ctx, typed("topics", "公园"), press(".sticky button"))
	title(t, ctx, "青岚市公园管理办法")
	w.says("已保存", "22时30分", "公园")
	do(t, ctx, press(`#h-submit ~ form button`))
	until(t, ctx, `document.querySelector(".notice")?.innerText.includes("已提交")`)
	w.seen("work-submitted")
	if n := eval[int](t, ctx, `document.querySelectorAll("form[action$='/approve']").length`); n != 0 {
		t.Error("an editor is offered to approve")
	}
}

// review sends the draft back once, lets it pass, publishes and withdraws it.
func (w walk) review() {
	t, ctx := w.T, w.ctx
	w.enter("both")
	w.says("请您审核", "青岚市公园管理办法")
	do(t, ctx, press(".cards a"))
	title(t, ctx, "青岚市公园管理办法")
	w.seen("work-review")
	do(t, ctx, typed("reason", "第二条请写明冬季时间"), press(`form[action$="/return"] button`))
	until(t, ctx, `document.querySelector(".notice")?.innerText.includes("已退回")`)
	w.enter("editor")
	w.says("退回给您修改")
	do(t, ctx, press(".cards a"))
	title(t, ctx, "青岚市公园管理办法")
	w.says("第二条请写明冬季时间")
	do(t, ctx, press(`#h-submit ~ form button`))
	until(t, ctx, `document.querySelector(".notice")?.innerText.includes("已提交")`)
	w.enter("both")
	do(t, ctx, press(".cards a"))
	title(t, ctx, "青岚市公园管理办法")
	do(t, ctx, press(`form[action$="/approve"] button`))
	until(t, ctx, `document.querySelector(".faults")`)
	w.says("请确认已做保密审查", "还没有解读")
	w.seen("work-faults")
	for _, name := range []string{"secrecy", "accuracy", "links", "later"} {
		do(t, ctx, press(`input[name=`+name+`]`))
	}
	do(t, ctx, press(`input[name=publish][value=now]`), press(`form[action$="/approve"] button`))
	until(t, ctx, `document.querySelector(".notice")?.innerText.includes("审核已通过并发布")`)
	w.says("已发布", "市民看到的页面")
	w.seen("work-published")
	w.revise()
	do(t, ctx, chromedp.Navigate(w.d.base+"/console/documents"))
	title(t, ctx, "文件")
	w.seen("documents")
	do(t, ctx, press("tbody a"))
	title(t, ctx, "青岚市公园管理办法")
}

// revise makes a second revision, looks at what it changes, and takes the
// published one back.
func (w walk) revise() {
	t, ctx := w.T, w.ctx
	id := eval[string](t, ctx, `location.pathname`)
	do(t, ctx, press(`form[action$="/revise"] button`))
	title(t, ctx, "修改")
	_ = eval[bool](t, ctx, `(() => { const t = document.querySelector("#f-text"); t.value = t.value.replace("22时30分", "21时"); return true })()`)
	do(t, ctx, press(".sticky button"))
	title(t, ctx, "青岚市公园管理办法")
	do(t, ctx, chromedp.Navigate(w.d.base+id+"/compare"))
	title(t, ctx, "改了什么")
	w.says("第1版 → 第2版", "有改动 · 第二条")
	w.seen("compare")
	do(t, ctx, chromedp.Navigate(w.d.base+id+"?revision=1"))
	title(t, ctx, "青岚市公园管理办法")
	do(t, ctx, typed("why", "条文有误，更正后重新发布"), press(`form[action$="/withdraw"] button`))
	until(t, ctx, `document.querySelector(".notice")?.innerText.includes("已撤回")`)
	work, err := w.d.Desk.Look(t.Context(), desk.Program("test"), strings.TrimPrefix(id, "/console/documents/"), 1)
	if err == nil && work.Revision.Status != corpus.Withdrawn {
		t.Errorf("revision 1 is %s", work.Revision.Status)
	}
}

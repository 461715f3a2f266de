//go:build unix

package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/policybot/policybot/corpus/extract/extracttest"
	"github.com/policybot/policybot/web/webtest"
)

const (
	officePassword = "lantern 4 willow"

	kiteTitle = "青岚市风筝放飞管理办法"
	kiteRules = kiteTitle + `
青政规〔2026〕31号
第一条 为了规范风筝放飞活动，保障公共安全，制定本办法。
第二条 滨河公园设风筝放飞区，每日7时至19时开放，不收费。
第三条 风筝线长不得超过二百米，不得使用金属线。
第四条 本办法自2026年1月1日起施行。
青岚市人民政府
2025年12月20日
`
	boatTitle = "青岚市游船码头管理办法"
	boatRules = boatTitle + `
青政规〔2026〕32号
第一条 为了规范游船码头管理，制定本办法。
第二条 游船码头每班次限载四十人，儿童乘船应当穿救生衣。
第三条 本办法自2026年1月1日起施行。
青岚市人民政府
2025年12月21日
`
	asksKites = "风筝放飞区几点开放？"
	asksBoats = "游船码头每班次限载多少人？"
	// It has no word of the rule, and is asked as staff noted that people would.
	asksColloquially = "纸鸢玩到啥钟点就得撤了"
	wrongLine        = "第三条的线长写错了，更正后重新发布"
)

var beginLink = regexp.MustCompile(`http://\S+/console/begin/\S+`)

// TestStaffJourney goes the whole way of issue and answer, with a real browser
// at a real server: from the link in the terminal to the first administrator,
// two more people, a Word document and a PDF uploaded, corrected, refused to
// their author, reviewed and published, asked about on the callback, and
// withdrawn. On a phone and at a desk.
func TestStaffJourney(t *testing.T) {
	t.Parallel()
	for width, view := range webtest.Widths() {
		t.Run(width, func(t *testing.T) {
			t.Parallel()
			w := openOffice(t, view)
			w.begin()
			w.upload()
			kites, boats := w.open(kiteTitle), w.open(boatTitle)
			w.beside(kites, boats)
			w.correct(kites)
			w.submit(kites, boats)
			w.pass(kites, boats)
			w.answers(kites, boats)
			w.withdraw(kites)
			w.note(boats)
		})
	}
}

// officeWalk is somebody who walks through the console of a running server.
type officeWalk struct {
	*testing.T
	ctx     context.Context
	server  *service
	first   string // the link that makes the first administrator
	staff   string // the console's address
	citizen *phone
}

func openOffice(t *testing.T, view chromedp.Action[chromedp.Void]) officeWalk {
	t.Helper()
	ctx := webtest.Browser(t, 3*time.Minute)
	s := startHere(t, t.TempDir(), append(accountArgs("safe"), "--empty")...)
	webtest.Do(t, ctx, view)
	link := beginLink.FindString(s.out.String())
	if link == "" {
		t.Fatalf("the terminal shows no link:\n%s", s.out)
	}
	staff, _, _ := strings.Cut(link, "/begin/")
	return officeWalk{t, ctx, s, link, staff, newPhone(s, "safe", "oCitizen")}
}

func (w officeWalk) do(actions ...chromedp.Action[chromedp.Void]) {
	w.Helper()
	webtest.Do(w.T, w.ctx, actions...)
}

func (w officeWalk) until(condition string) { w.Helper(); webtest.Until(w.T, w.ctx, condition) }

// title waits for a page, which is to fit on the screen.
func (w officeWalk) title(words string) {
	w.Helper()
	webtest.Title(w.T, w.ctx, words)
	webtest.Fits(w.T, w.ctx, words)
}

// notice waits for what the page says has been done.
func (w officeWalk) notice(words string) {
	w.Helper()
	w.until(`document.readyState === "complete" && document.querySelector(".notice")?.innerText.includes("` + words + `")`)
}

func (w officeWalk) says(words ...string) {
	w.Helper()
	text := webtest.Eval[string](w.T, w.ctx, `document.querySelector("main").innerText`)
	for _, x := range words {
		if !strings.Contains(text, x) {
			w.Errorf("the page does not say %q:\n%s", x, text)
		}
	}
}

// begin makes the first administrator by the link that the terminal shows, and
// two more people, who choose their passwords by links of their own.
func (w officeWalk) begin() {
	w.Helper()
	w.do(chromedp.Navigate(w.first), webtest.Typed("display", "周敏"), webtest.Typed("name", "zhoumin"), webtest.Typed("password", officePassword), webtest.Typed("again", officePassword+"\r"))
	w.title("首页")
	invited := map[string]string{}
	for name, display := range map[string]string{"wanglan": "王岚", "zhaoning": "赵宁"} {
		w.do(chromedp.Navigate(w.staff+"/people/new"), webtest.Typed("display", display), webtest.Typed("name", name))
		if name == "wanglan" { // writes, and may review what others wrote
			w.do(webtest.Press("input[value=reviewer]"))
		} else {
			w.do(webtest.Press("input[value=editor]"), webtest.Press("input[value=reviewer]"))
		}
		w.do(webtest.Press("main button.button"))
		w.title("给" + display + "的链接")
		invited[name] = webtest.Eval[string](w.T, w.ctx, `document.querySelector("#link").textContent`)
	}
	for _, link := range invited {
		w.do(chromedp.Navigate(link), webtest.Typed("password", officePassword), webtest.Typed("again", officePassword+"\r"))
		w.title("首页")
	}
	if status, _ := get(w.T, w.first); status == http.StatusOK {
		w.Error("the first link makes another administrator")
	}
}

// enter signs in as somebody else.
func (w officeWalk) enter(name string) {
	w.Helper()
	w.do(chromedp.Navigate(w.staff + "/"))
	w.until(`document.readyState === "complete"`)
	w.do(webtest.Press(".rail-me button"))
	w.title("登录")
	w.do(webtest.Typed("name", name), webtest.Typed("password", officePassword+"\r"))
	w.title("首页")
}

// upload sends both files at once, and waits until they are read.
func (w officeWalk) upload() {
	w.Helper()
	folder := w.TempDir()
	var files []string
	for name, data := range map[string][]byte{"风筝.docx": extracttest.Docx(w, kiteRules), "游船.pdf": extracttest.PDF(w, extracttest.HTML(w, boatRules))} {
		files = append(files, filepath.Join(folder, name))
		if err := os.WriteFile(files[len(files)-1], data, 0o600); err != nil {
			w.Fatal(err)
		}
	}
	w.enter("wanglan")
	w.do(chromedp.Navigate(w.staff+"/uploads"), chromedp.SetUploadFiles(chromedp.CSS("#f-files"), files), webtest.Press("form.upload button"))
	w.title("上传")
	eventually(w.T, "both files to be read", func() bool { // the first PDF of a data folder takes a while
		n, err := chromedp.Run(w.ctx, chromedp.Evaluate[int](`document.querySelectorAll(".drafts a").length`))
		return err == nil && n == 2 // an error while the page is loaded anew
	})
	w.title("上传")
	w.says("青政规〔2026〕31号 · 青岚市人民政府 · 2026年1月1日施行", "青政规〔2026〕32号 · 青岚市人民政府 · 2026年1月1日施行")
}

// open goes to a document by its title, and returns its ID.
func (w officeWalk) open(title string) (id string) {
	w.Helper()
	w.do(chromedp.Navigate(w.staff+"/documents"), webtest.Typed("text", title+"\r"))
	w.until(`document.querySelectorAll("tbody a").length === 1 && location.search`)
	w.do(webtest.Press("tbody a"))
	w.title(title)
	return strings.TrimPrefix(webtest.Eval[string](w.T, w.ctx, `location.pathname`), "/console/documents/")
}

func (w officeWalk) at(id string) chromedp.Action[chromedp.Void] {
	return chromedp.Navigate(w.staff + "/documents/" + id)
}

// beside looks at both originals next to what was recognised: a page of the PDF
// as a picture that was drawn here, the Word document too, or its text where
// there is no LibreOffice.
func (w officeWalk) beside(word, pdf string) {
	w.Helper()
	w.do(chromedp.Navigate(w.staff + "/documents/" + pdf + "/original"))
	w.title("对照原件")
	w.until(`[...document.images].filter(i => i.closest("figure") && i.complete && i.naturalWidth > 1000).length === 1`)
	w.says("游船.pdf", "共1页", "原件")
	w.do(chromedp.Navigate(w.staff + "/documents/" + word + "/original"))
	w.title("对照原件")
	w.says("风筝.docx")
	w.until(`document.querySelector(".plaintext")?.innerText.includes("每日7时至19时开放") || [...document.images].some(i => i.closest("figure") && i.complete && i.naturalWidth > 1000)`)
	shown := func(id string) bool {
		return webtest.Eval[bool](w.T, w.ctx, `document.querySelector("#`+id+`").offsetHeight > 0`)
	}
	phone := webtest.Eval[int](w.T, w.ctx, `innerWidth`) < 1024
	if !shown("original") || shown("read") == phone {
		w.Errorf("original %v, what was read %v", shown("original"), shown("read"))
	}
	if phone {
		w.do(webtest.Press("#side-read"))
		if shown("original") || !shown("read") {
			w.Error("a phone cannot change the side")
		}
	}
}

// correct changes a passage, which is saved without a press, and a field.
func (w officeWalk) correct(id string) {
	w.Helper()
	w.do(w.at(id))
	w.title(kiteTitle)
	w.says("第二条 滨河公园设风筝放飞区，每日7时至19时开放", "青政规〔2026〕31号", "2025年12月20日")
	w.do(webtest.Press(".head a.button"))
	w.title("修改")
	_ = webtest.Eval[bool](w.T, w.ctx, `(() => { const t = document.querySelector("#f-text"); t.value = t.value.replace("7时至19时", "6时至18时"); t.dispatchEvent(new Event("input", {bubbles: true})); return true })()`)
	w.until(`document.querySelector(".saving").textContent.startsWith("已保存")`)
	w.do(webtest.Typed("topics", "公园"), webtest.Press(".sticky button"))
	w.title(kiteTitle)
	w.notice("已保存")
	w.says("每日6时至18时开放", "公园")
	w.do(webtest.Press(`#p-a2 details:has(form[action$="/asked"]) summary`), webtest.Typed("asked-a2", asksColloquially), webtest.Press(`#p-a2 form[action$="/asked"] button`))
	w.notice("问法已记下")
	w.says("群众会这样问：" + asksColloquially)
}

// submit hands both over; who wrote them is not offered to approve them, and
// is refused when asking all the same.
func (w officeWalk) submit(ids ...string) {
	w.Helper()
	for _, id := range ids {
		w.do(w.at(id), webtest.Press("#h-submit ~ form button"))
		w.notice("已提交")
		w.says("这一版您写过，要请另一位同事审核")
		if n := webtest.Eval[int](w.T, w.ctx, `document.querySelectorAll("form[action$='/approve']").length`); n != 0 {
			w.Error("who wrote it is offered to approve it")
		}
		_ = webtest.Eval[bool](w.T, w.ctx, `(() => {
			const form = new URLSearchParams({publish: "now", secrecy: "yes", accuracy: "yes", links: "yes", later: "yes"});
			for (const name of ["revision", "version"]) form.set(name, document.querySelector("input[name=" + name + "]").value);
			window.refused = null;
			fetch(location.pathname + "/approve", {method: "POST", body: form, redirect: "manual"}).then(async r => { window.refused = r.status + " " + await r.text() });
			return true })()`)
		w.until(`window.refused`)
		if said := webtest.Eval[string](w.T, w.ctx, `window.refused`); strings.HasPrefix(said, "0") || strings.HasPrefix(said, "2") || !strings.Contains(said, "另一位") {
			w.Errorf("approving what one wrote: %.2000s", said)
		}
		if status, _ := get(w.T, w.server.base+"/d/"+id); status != http.StatusNotFound {
			w.Errorf("before it is published: %d", status)
		}
	}
	for _, question := range []string{asksKites, asksBoats} {
		if told := w.told(question); strings.Contains(told, "18时") || strings.Contains(told, "四十人") {
			w.Errorf("told before it was reviewed: %s", told)
		}
	}
}

// pass reviews both as somebody else: not without the checklist.
func (w officeWalk) pass(ids ...string) {
	w.Helper()
	w.enter("zhaoning")
	w.says("请您审核", kiteTitle, boatTitle)
	for _, id := range ids {
		w.do(w.at(id), webtest.Press(`form[action$="/approve"] button`))
		w.until(`document.readyState === "complete" && document.querySelector(".faults")`)
		w.says("请确认已做保密审查")
		for _, name := range []string{"secrecy", "accuracy", "links", "later"} {
			w.do(webtest.Press("input[name=" + name + "]"))
		}
		w.do(webtest.Press("input[name=publish][value=now]"), webtest.Press(`form[action$="/approve"] button`))
		w.notice("审核已通过并发布")
		w.says("已发布", "市民看到的页面")
	}
}

// told is what a citizen reads in WeChat.
func (w officeWalk) told(question string) string {
	w.Helper()
	g := w.citizen.send(w.T, w.citizen.text(question))
	if g.status != http.StatusOK || g.reply.MsgType != "text" || g.reply.ToUserName != w.citizen.person {
		w.Errorf("%d %s", g.status, g.raw)
	}
	return g.reply.Content
}

// answers asks on the callback for both documents: quoted, named, and with a
// link that leads to them.
func (w officeWalk) answers(kites, boats string) {
	w.Helper()
	start := time.Now()
	eventually(w.T, "the answer", func() bool { return strings.Contains(w.told(asksKites), "6时至18时") })
	w.Logf("published last, answered within %v", time.Since(start))
	for _, x := range []struct{ question, says, title, id string }{
		{asksKites, "6时至18时", kiteTitle, kites}, {asksColloquially, "6时至18时", kiteTitle, kites}, {asksBoats, "限载四十人", boatTitle, boats},
	} {
		told := w.told(x.question)
		link := w.server.base + "/d/" + x.id
		if !strings.Contains(told, x.says) || !strings.Contains(told, "《"+x.title+"》") || !strings.Contains(told, link) {
			w.Errorf("%s: %s", x.question, told)
		}
		if status, body := get(w.T, link); status != http.StatusOK || !strings.Contains(body, x.says) {
			w.Errorf("%s: %d", link, status)
		}
	}
}

// note looks for the passage that answers a citizen's question, as the index
// finds it, and notes the question with it in a new draft.
func (w officeWalk) note(id string) {
	w.Helper()
	w.enter("wanglan")
	w.do(chromedp.Navigate(w.staff + "/gaps"))
	w.title("补上问法")
	w.do(webtest.Typed("ask", "游船一趟能坐几个人"), webtest.Press("main form button"))
	w.until(`document.readyState === "complete" && document.querySelector("input[name=document][value='` + id + `']")`)
	w.title("补上问法")
	w.says(boatTitle, "限载四十人")
	w.do(webtest.Press(`form:has(input[name=document][value='` + id + `']) button`))
	w.title(boatTitle)
	w.notice("问法已记在草稿里")
	w.says("第2版", "群众会这样问：游船一趟能坐几个人")
}

// withdraw takes a document back: it is quoted no more, and its page says why.
func (w officeWalk) withdraw(id string) {
	w.Helper()
	w.do(w.at(id), webtest.Typed("why", wrongLine), webtest.Press(`form[action$="/withdraw"] button`))
	w.notice("已撤回")
	w.says(wrongLine)
	if told := w.told(asksKites); strings.Contains(told, "18时") || strings.Contains(told, kiteTitle) || strings.Contains(told, id) {
		w.Errorf("withdrawn, and told all the same: %s", told)
	}
	if told := w.told(asksBoats); !strings.Contains(told, "限载四十人") {
		w.Errorf("the other one went with it: %s", told)
	}
	status, body := get(w.T, w.server.base+"/d/"+id)
	if status != http.StatusGone || !strings.Contains(body, "这份文件已撤回") || !strings.Contains(body, wrongLine) || strings.Contains(body, "18时") {
		w.Errorf("%d %s", status, body)
	}
	w.do(chromedp.Navigate(w.server.base + "/d/" + id))
	w.until(`document.body.innerText.includes("` + wrongLine + `")`)
	webtest.Fits(w.T, w.ctx, "the page of what was withdrawn")
}

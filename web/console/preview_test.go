package console_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/web/console"
)

// previewing shows the texts that it is given.
type previewing struct{ told console.Told }

func (p previewing) PreviewPage(_ context.Context, revision int, c corpus.Content) ([]byte, error) {
	if strings.Contains(c.Text, "太慢") {
		return nil, context.DeadlineExceeded
	}
	return []byte(`<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>x</title><base target="_blank"><link rel="stylesheet" href="/assets/x/site.css"></head><body><main><h1>` +
		c.Document.Title + `</h1><p id="text">` + c.Text + `</p></main></body></html>`), nil
}

func (p previewing) PreviewReply(_ context.Context, _ int, c corpus.Content, question string) (console.Told, error) {
	t := p.told
	t.Text = "问：" + question + "\n依据《" + c.Document.Title + "》<a href=\"https://policy.example.cn/d/x\">查看原文</a><script>"
	return t, nil
}

// pasted uploads the park rules and returns the path of their draft.
func (d *desktop) pasted(t *testing.T, c *client, text string) string {
	t.Helper()
	c.post("/console/uploads/text", "text", text).must(t, http.StatusSeeOther)
	d.read(t)
	_, rest, _ := strings.Cut(c.get("/console/uploads").must(t, 200).body, `<ul class="drafts"><li><a href="`)
	path, _, _ := strings.Cut(rest, `"`)
	return path
}

// TestPreview: what is stored is shown to all who may see it, what is typed to
// editors; nothing is stored, and the page may stand in our frames alone.
func TestPreview(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.Preview = previewing{console.Told{Status: bot.Answered, Place: 2, First: "青岚市城市绿化办法", Now: "青岚市城市绿化办法"}}
	d.enter(t, "editor", "", desk.Editor)
	d.enter(t, "auditor", "", desk.Auditor)
	d.enter(t, "stranger", "青岚市教育局", desk.Editor)
	c := d.client(t).signIn("editor")
	path := d.pasted(t, c, parkRules)
	c.get(path).must(t, 200).says(t, "预览页面和微信回复")
	shown := c.get(path+"/preview?ask=公园几点开").must(t, 200).says(t, "草稿", "会先答《青岚市城市绿化办法》，不是这份草稿", "这份草稿排在第2位", "问：公园几点开", "没有存下来")
	if strings.Contains(shown.body, "<script>\n") || !strings.Contains(shown.body, "&lt;script&gt;") || !strings.Contains(shown.body, `href="https://policy.example.cn/d/x"`) {
		t.Error("the reply's text is not text")
	}
	if csp := shown.Header.Get("Content-Security-Policy"); !strings.HasSuffix(csp, "frame-src 'self'") || !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Error(csp)
	}
	page := c.get(path+"/preview/page").must(t, 200).says(t, "青岚市公园管理办法")
	if csp := page.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'self'") || strings.Contains(csp, "script-src") || page.Header.Get("X-Frame-Options") != "SAMEORIGIN" {
		t.Error(csp)
	}
	d.client(t).signIn("auditor").get(path+"/preview").must(t, 200)
	other := d.client(t).signIn("stranger")
	for _, p := range []string{"/preview", "/preview/page"} {
		other.get(path+p).must(t, 404)
	}
	fields := []string{"revision", "1", "version", "1", "title", "改过的标题", "kind", "policy", "text", "改过的标题\n第一条 改过的文字。", "written", "", "published", "", "effective", "2030-01-01", "expires", "", "ask", "几点开"}
	other.post(path+"/preview", fields...).must(t, 404)
	c.post(path+"/preview", fields...).must(t, 200).says(t, "还没有保存的内容", "依据《改过的标题》", "今天还不作为依据")
	c.post(path+"/preview", append(fields, "show", "page")...).must(t, 200).says(t, "改过的文字")
	script := d.client(t).signIn("editor")
	script.header.Set("Accept", "application/json")
	both := script.post(path+"/preview", fields...).must(t, 200)
	if !strings.Contains(both.body, "改过的文字") || !strings.Contains(both.body, "会先答") {
		t.Error(both.body)
	}
	with := func(name, value string) []string {
		all := append([]string{}, fields...)
		for i := 0; i < len(all); i += 2 {
			if all[i] == name {
				all[i+1] = value
			}
		}
		return all
	}
	for name, x := range map[string]struct {
		fields []string
		status int
		says   string
	}{
		"no title":     {with("title", " "), 422, "请填写标题"},
		"a bad day":    {with("written", "昨天"), 422, "成文日期"},
		"no kind":      {with("kind", "x"), 422, "请选择文件类型"},
		"too long":     {with("text", strings.Repeat("字", 400_000)), 422, "万字的不能预览"},
		"too much":     {with("ask", strings.Repeat("问", 201)), 422, "问题最多200个字"},
		"too slow":     {with("text", "太慢"), 503, "现在有点忙"},
		"no revision":  {with("revision", "9"), 404, "没有这一页"},
		"broken bytes": {with("text", "\xff\xfe"), 422, "不能显示的字符"},
	} {
		r := script.post(path+"/preview", x.fields...)
		if r.StatusCode != x.status || !strings.Contains(r.body, x.says) {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
	}
	w, err := d.store.Work(t.Context(), strings.TrimPrefix(path, "/console/documents/"), 0)
	if err != nil || w.Version != 1 && w.Version != 0 || w.Document.Title != "青岚市公园管理办法" {
		t.Errorf("something was stored: %d %s, %v", w.Version, w.Document.Title, err)
	}
	d.Preview = nil
	c.get(path+"/preview").must(t, 403).says(t, "不能预览")
	if strings.Contains(c.get(path+"/edit").must(t, 200).body, "data-preview") {
		t.Error("a preview is offered that there is not")
	}
}

// opened says of every address what it is told to.
type opened map[string]desk.LinkFinding

func (o opened) Check(_ context.Context, all []string) (found []desk.LinkFinding) {
	for _, a := range all {
		f := o[a]
		f.Address = a
		f.At = f.At.AddDate(2026, 1, 1)
		o[a] = f
	}
	found, _ = o.Known(all)
	return found
}

func (o opened) Known(all []string) (known []desk.LinkFinding, unknown int) {
	for _, a := range all {
		if f, ok := o[a]; ok && !f.At.IsZero() {
			known = append(known, f)
		} else {
			unknown++
		}
	}
	return known, unknown
}

const linked = parkRules + "\n详见https://www.qinglan.gov.cn/a 和https://www.qinglan.gov.cn/b 。\n"

// TestDeadLinks: links are opened before a draft is handed over; dead ones are
// a warning, and stop nothing.
func TestDeadLinks(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.Desk.Links = opened{"https://www.qinglan.gov.cn/b": {Dead: true, Why: "网页不存在（404）"}}
	d.enter(t, "editor", "", desk.Editor)
	d.enter(t, "reviewer", "", desk.Reviewer)
	d.enter(t, "auditor", "", desk.Auditor)
	c := d.client(t).signIn("editor")
	path := d.pasted(t, c, linked)
	c.get(path).must(t, 200).says(t, "有2个链接，还没有查能不能打开", "查链接能不能打开")
	if strings.Contains(d.client(t).signIn("auditor").get(path).must(t, 200).body, "data-links") {
		t.Error("an auditor is offered to have links opened")
	}
	r := c.post(path+"/links", "revision", "1", "version", "0").must(t, http.StatusSeeOther)
	if to := r.Header.Get("Location"); to != path+"?revision=1" {
		t.Error(to)
	}
	c.get(path).must(t, 200).says(t, "有2个链接，1个打不开", "▲ 请核对", "链接“https://www.qinglan.gov.cn/b”打不开：网页不存在（404）")
	w, err := d.store.Work(t.Context(), strings.TrimPrefix(path, "/console/documents/"), 0)
	if err != nil {
		t.Fatal(err)
	}
	c.post(path+"/submit", "revision", "1", "version", strconv.Itoa(w.Version)).must(t, http.StatusSeeOther)
	c.get(path).must(t, 200).says(t, "已提交", "有1个链接打不开：https://www.qinglan.gov.cn/b")
	d.client(t).signIn("reviewer").get(path).must(t, 200).says(t, "网页不存在（404）", "链接都能打开 有2个链接，1个打不开")
	d.Desk.Links = nil
	if off := c.get(path).must(t, 200).words(); strings.Contains(off, "个链接") {
		t.Error("it is switched off, and the page tells of links")
	}
}

// voices is what citizens say.
type voices struct{}

func (voices) VerdictsOn(context.Context, string, time.Time) (desk.Tally, error) {
	return desk.Tally{Useful: 12, Useless: 3, Questions: []desk.Heard{{Question: "公园里能<b>烧烤吗"}}}, nil
}

func (voices) Useless(_ context.Context, agency string, _ time.Time, _ int) ([]desk.Judged, error) {
	if agency != "" {
		return nil, errors.New("not asked in this test")
	}
	return []desk.Judged{{Document: "x", Title: "青岚市公园管理办法", Useful: 12, Useless: 3}}, nil
}

func TestWhatCitizensSay(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.Desk.Verdicts = voices{}
	d.enter(t, "editor", "", desk.Editor)
	c := d.client(t).signIn("editor")
	c.get("/console/").must(t, 200).says(t, "市民说没用的", "30天里3人说没用，12人说有用")
	c.get(d.pasted(t, c, parkRules)).must(t, 200).says(t, "市民怎么说", "有用 12 · 没用 3", "说没用以前，问的是", "公园里能&lt;b&gt;烧烤吗")
}

// TestPreviewInBrowser types in the editor and looks at what follows.
func TestPreviewInBrowser(t *testing.T) {
	t.Parallel()
	for width, view := range widths {
		t.Run(width, func(t *testing.T) {
			t.Parallel()
			ctx, d := browser(t), open(t, "")
			d.Preview = previewing{console.Told{Status: bot.Answered, Ours: true, Place: 1, First: "青岚市公园管理办法"}}
			d.Desk.Links = opened{"https://www.qinglan.gov.cn/b": {Dead: true, Why: "网页不存在（404）"}}
			d.enter(t, "editor", "", desk.Editor)
			path := d.pasted(t, d.client(t).signIn("editor"), linked)
			w := walk{t, ctx, d, func(name string) {
				if wide := eval[int](t, ctx, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
					t.Errorf("%s: the page is %d px wider than the screen", name, wide)
				}
				axe(t, ctx, name)
				shoot(t, ctx, name+"-"+width)
			}}
			do(t, ctx, view)
			w.enter("editor")
			do(t, ctx, chromedp.Navigate(d.base+path))
			until(t, ctx, `document.querySelector("#h-links ~ p").textContent.includes("1个打不开")`) // without a press
			w.seen("work-links")
			do(t, ctx, chromedp.Navigate(d.base+path+"/edit"))
			until(t, ctx, `document.querySelector(".frame").contentDocument?.querySelector("h1")?.textContent === "青岚市公园管理办法"`)
			do(t, ctx, chromedp.SendKeys(chromedp.CSS("#f-ask"), "公园几点开门"))
			until(t, ctx, `document.querySelector(".told").textContent.includes("由这份草稿来答")`)
			_ = eval[bool](t, ctx, `(() => { const t = document.querySelector("#f-text"); t.value = t.value.replace("22时", "23时"); t.dispatchEvent(new Event("input", {bubbles: true})); return true })()`)
			until(t, ctx, `document.querySelector(".frame").contentDocument.querySelector("#text").textContent.includes("23时")`)
			w.seen("edit-preview")
			until(t, ctx, `document.querySelector(".saving").textContent.startsWith("已保存")`)
			if stored, err := d.store.Work(t.Context(), strings.TrimPrefix(path, "/console/documents/"), 0); err != nil || stored.Document.Question != "" {
				t.Errorf("what was asked of the preview is stored: %q, %v", stored.Document.Question, err)
			}
			do(t, ctx, chromedp.SendKeys(chromedp.CSS("#f-title"), "\r")) // saves, and previews nothing elsewhere
			until(t, ctx, `document.querySelector(".notice")?.innerText.includes("已保存")`)
			do(t, ctx, chromedp.Navigate(d.base+path+"/preview?ask=公园几点开门"))
			title(t, ctx, "预览")
			until(t, ctx, `document.querySelector(".frame").contentDocument?.querySelector("#text")?.textContent.includes("23时")`)
			w.seen("preview")
		})
	}
}

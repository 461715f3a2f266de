package web_test

import (
	"context"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/web/webtest"
)

// browser starts a headless browser for one test, or skips it loudly where
// there is none.
func browser(t *testing.T) context.Context { t.Helper(); return webtest.Browser(t, 90*time.Second) }

var do, until = webtest.Do, webtest.Until

func eval[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	return webtest.Eval[T](t, ctx, expression)
}

func serve(t *testing.T, s setup) string {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	s.base = "http://" + server.Listener.Addr().String()
	server.Config.Handler = open(t, s)
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

// watch returns a function that says what the page had to complain of, and
// which other hosts it asked, since watch was called.
func watch(t *testing.T, ctx context.Context, base string) func() {
	t.Helper()
	do(t, ctx, chromedp.Navigate("about:blank"))
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	messages := chromedp.Console(ctx)
	requests := chromedp.Events(ctx, network.RequestWillBeSent)
	host, _ := url.Parse(base)
	return func() {
		t.Helper()
		_ = eval[bool](t, ctx, `console.log("the end"), fetch("/healthz?the-end"), true`)
		for m, err := range messages {
			if err != nil {
				t.Fatal(err)
			}
			if m.Text == "the end" {
				break
			}
			t.Errorf("console: %s %s", m.Type, m.Text)
		}
		for r, err := range requests {
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(r.Request.URL, "?the-end") {
				break
			}
			if u, err := url.Parse(r.Request.URL); err != nil || u.Host != host.Host && u.Scheme != "data" && u.Scheme != "about" {
				t.Errorf("asked another host: %s", r.Request.URL)
			}
		}
	}
}

func TestBrowserChat(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	release := make(chan struct{})
	base := serve(t, setup{answer: func(ctx context.Context, q bot.Question) bot.Reply {
		if strings.Contains(q.Text, "慢") {
			<-release
		}
		return answer(ctx, q)
	}})
	check := watch(t, ctx, base)
	do(t, ctx, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile), chromedp.Navigate(base+"/"),
		chromedp.SendKeys(chromedp.CSS("#page-text"), "老人走不动，子女能不能代办\r"))
	until(t, ctx, `document.querySelectorAll(".turn").length === 3 && !document.querySelector(".pending")`)
	if got := eval[string](t, ctx, `document.querySelector(".theirs").innerText`); got != "老人走不动，子女能不能代办" {
		t.Errorf("own bubble: %q", got)
	}
	if got := eval[string](t, ctx, `document.querySelector(".turn:last-child a").getAttribute("href")`); got != "/d/jinglaoka-banfa/a6" {
		t.Errorf("link: %q", got)
	}
	if !eval[bool](t, ctx, `document.querySelector(".turn:last-child").getBoundingClientRect().bottom <= document.querySelector(".send").getBoundingClientRect().top`) {
		t.Error("the reply is not in view")
	}
	do(t, ctx, chromedp.Click(chromedp.CSS(".turn:last-child .taps button")))
	until(t, ctx, `document.querySelectorAll(".turn").length === 5 && !document.querySelector(".pending")`)
	if got := eval[string](t, ctx, `document.querySelector(".turn:last-child").innerText`); !strings.Contains(got, "要带三样") {
		t.Errorf("after the tap: %q", got)
	}
	if !eval[bool](t, ctx, `[...document.querySelectorAll(".turn:nth-child(3) button")].every(b => b.disabled)`) {
		t.Error("the old numbers can still be tapped")
	}
	do(t, ctx, chromedp.SendKeys(chromedp.CSS("#page-text"), "慢"), chromedp.Click(chromedp.CSS(".send button")))
	until(t, ctx, `document.querySelector(".pending")?.innerText === "正在查…"`)
	close(release)
	until(t, ctx, `document.querySelectorAll(".turn").length === 7 && !document.querySelector(".pending")`)
	do(t, ctx, chromedp.Reload())
	if n := eval[int](t, ctx, `document.querySelectorAll(".turn").length`); n != 7 {
		t.Errorf("after a reload %d turns, want 7", n)
	}
	check()
}

func TestBrowserChatWithoutScript(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	base := serve(t, setup{})
	do(t, ctx, chromedp.Navigate("about:blank"))
	noScript(t, ctx)
	do(t, ctx, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile), chromedp.Navigate(base+"/"),
		chromedp.SendKeys(chromedp.CSS("#page-text"), "子女能不能代办"), chromedp.Click(chromedp.CSS(".send button")),
		chromedp.WaitVisible(chromedp.CSS(".turn:nth-child(3) .taps")), chromedp.Click(chromedp.CSS(".turn:nth-child(3) .taps button")),
		chromedp.WaitVisible(chromedp.CSS(".turn:nth-child(5)")))
	got, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS(".turn:nth-child(5)")))
	if err != nil || !strings.Contains(got, "要带三样") {
		t.Errorf("%q, %v", got, err)
	}
}

func noScript(t *testing.T, ctx context.Context) {
	t.Helper()
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
}

const citedInView = `(() => { const b = document.querySelector(".cited").getBoundingClientRect();
	return b.top >= 0 && b.top < innerHeight * .8 && document.querySelector(".cited").id === "a6" })()`

func TestBrowserDocument(t *testing.T) {
	t.Parallel()
	for _, script := range []bool{true, false} {
		ctx := browser(t)
		base := serve(t, setup{})
		check := watch(t, ctx, base)
		if !script {
			noScript(t, ctx)
		}
		do(t, ctx, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile),
			chromedp.Navigate(base+"/d/jinglaoka-banfa/a6"), chromedp.WaitVisible(chromedp.CSS(".cited")))
		until(t, ctx, citedInView)
		t.Logf("script %v: cited in view", script)
		if hidden := eval[bool](t, ctx, `document.querySelector("[data-copy]").hidden`); hidden == script {
			t.Errorf("script %v: copying hidden %v", script, hidden)
		}
		if script {
			do(t, ctx, chromedp.Evaluate[chromedp.Void](`window.copied = ""; navigator.clipboard ? navigator.clipboard.writeText = t => { window.copied = t; return Promise.resolve() } : 0`),
				chromedp.Click(chromedp.CSS("[data-copy]")))
			until(t, ctx, `document.querySelector(".said").textContent === "已复制"`)
			want := "《青岚市敬老卡管理办法》（青政规〔2024〕3号）第六条\n" + base + "/d/jinglaoka-banfa/a6"
			if got := eval[string](t, ctx, `window.copied`); got != want {
				t.Errorf("copied %q, want %q", got, want)
			}
		}
		if wide := eval[int](t, ctx, `document.documentElement.scrollWidth`); wide > 390 {
			t.Errorf("the page is %d px wide on a phone", wide)
		}
		check()
	}
}

// TestShots draws the pages into the folder that POLICYBOT_SHOTS names, to be
// looked at.
func TestShots(t *testing.T) {
	folder := os.Getenv("POLICYBOT_SHOTS")
	if folder == "" {
		t.Skip("SKIPPED: POLICYBOT_SHOTS names no folder for screenshots")
	}
	ctx := browser(t)
	base := serve(t, setup{sample: true})
	pages := map[string]string{
		"chat-first": "/", "document": "/d/jinglaoka-banfa", "cited": "/d/jinglaoka-banfa/a6", "repealed": "/d/jinglaoka-2018", "repealed-cited": "/d/jinglaoka-2018/a2",
		"notyet": "/d/zuche-guiding", "guide": "/d/jinglaoka-zhinan", "faq": "/d/faq-jinglaoka", "interpretation": "/d/jinglaoka-jiedu/s1",
		"list": "/documents", "404": "/nothing", "chat": "/",
	}
	for _, scheme := range []string{"light", "dark"} {
		for size, view := range map[string]chromedp.Action[chromedp.Void]{
			"phone": chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateScale(2)),
			"wide":  chromedp.EmulateViewport(1280, 900),
		} {
			_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
			if err != nil {
				t.Fatal(err)
			}
			for name, path := range pages {
				do(t, ctx, view, chromedp.Navigate(base+path))
				if name == "chat" {
					do(t, ctx, chromedp.SendKeys(chromedp.CSS("#page-text"), "老人走不动，子女能不能代办\r"))
					until(t, ctx, `document.querySelectorAll(".turn").length === 3 && !document.querySelector(".pending")`)
				}
				png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
				if err == nil {
					err = os.WriteFile(filepath.Join(folder, name+"-"+size+"-"+scheme+".png"), png, 0o644)
				}
				if err != nil {
					t.Fatal(err)
				}
				if name == "chat" {
					do(t, ctx, chromedp.Click(chromedp.CSS(".chat-bar button")), chromedp.WaitReady(chromedp.CSS(".turns")))
					until(t, ctx, `document.querySelectorAll(".turn").length === 1`)
				}
			}
		}
	}
}

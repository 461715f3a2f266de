package console_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"

	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/web/webtest"
)

// browser starts a headless browser for one test, or skips it loudly where
// there is none.
func browser(t *testing.T) context.Context { t.Helper(); return webtest.Browser(t, 180*time.Second) }

var (
	do, until, title, typed, press = webtest.Do, webtest.Until, webtest.Title, webtest.Typed, webtest.Press
	widths                         = webtest.Widths()
)

func eval[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	return webtest.Eval[T](t, ctx, expression)
}

// eventually waits for what a browser does beside the page that is looked at.
func eventually(t *testing.T, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			t.Fatal("waited in vain")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// TestBrowser goes the whole way from a first start to the second factor and
// out again, with the keyboard's and the mouse's means, and looks at every
// page on the way with axe.
func TestBrowser(t *testing.T) {
	t.Parallel()
	for width, view := range widths {
		t.Run(width, func(t *testing.T) {
			t.Parallel()
			journey(t, width, view)
		})
	}
}

func journey(t *testing.T, width string, view chromedp.Action[chromedp.Void]) {
	ctx := browser(t)
	d := open(t, "")
	seen := func(name string) {
		t.Helper()
		webtest.Fits(t, ctx, name)
		axe(t, ctx, name)
		shoot(t, ctx, name+"-"+width)
	}
	do(t, ctx, view, chromedp.Navigate(d.base+"/"))
	title(t, ctx, "登录")
	seen("sign-in-unused")

	link, _, err := d.First(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.Navigate(link), typed("display", "王敏"), typed("name", "wangmin"), typed("password", "123456789a"), typed("again", "123456789a"))
	seen("begin")
	do(t, ctx, press("main button"))
	until(t, ctx, `document.querySelector(".faults")`)
	seen("begin-faults")
	do(t, ctx, typed("password", good), typed("again", good+"\r")) // the names are there still
	title(t, ctx, "首页")
	seen("home")

	do(t, ctx, press(`.rail a[href="/console/people"]`))
	title(t, ctx, "人员")
	do(t, ctx, press(`main a.button`))
	title(t, ctx, "添加人员")
	seen("person-new")
	do(t, ctx, typed("display", "李雷"), typed("name", "lilei"), press(`input[value=reviewer]`), typed("agency", "青岚市民政局"), press("main button.button"))
	title(t, ctx, "给李雷的链接")
	seen("link")
	invite := eval[string](t, ctx, `document.querySelector("#link").textContent`)
	do(t, ctx, press("main a.button"))
	title(t, ctx, "人员")
	seen("people")
	do(t, ctx, press(`tbody tr:last-child a`))
	title(t, ctx, "李雷")
	seen("person")
	do(t, ctx, chromedp.Navigate(d.base+"/console/agencies"))
	title(t, ctx, "单位")
	seen("agencies")
	do(t, ctx, chromedp.Navigate(d.base+"/console/history"))
	title(t, ctx, "历史")
	seen("history")
	do(t, ctx, chromedp.Navigate(d.base+"/console/nothing"))
	title(t, ctx, "没有这一页")
	seen("problem")

	secondFactor(t, ctx, d, seen)

	do(t, ctx, chromedp.Navigate(invite))
	title(t, ctx, "设置密码")
	seen("set-password")
	do(t, ctx, typed("password", good), typed("again", good+"\r"))
	title(t, ctx, "首页")
	if rail := eval[string](t, ctx, `[...document.querySelectorAll(".rail nav a")].map(a => a.innerText).join(" ")`); strings.Contains(rail, "人员") {
		t.Errorf("a reviewer's rail: %s", rail)
	}
	lateForm(t, ctx, d, seen)
}

// secondFactor turns the code on, signs in with it, and ends all sessions.
func secondFactor(t *testing.T, ctx context.Context, d *desktop, seen func(string)) {
	code := func(secret string) string {
		text, err := totp.GenerateCode(strings.ReplaceAll(secret, " ", ""), time.UnixMilli(d.clock.Load()))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	do(t, ctx, press(`.rail a[href="/console/me"]`))
	title(t, ctx, "我的账号")
	seen("me")
	do(t, ctx, typed("confirm", good+"\r"))
	title(t, ctx, "开启动态码")
	seen("second")
	secret := eval[string](t, ctx, `document.querySelector(".secret").textContent`)
	do(t, ctx, typed("code", code(secret)+"\r"))
	title(t, ctx, "我的账号")
	until(t, ctx, `document.querySelector(".notice").innerText.includes("动态码已开启")`)
	do(t, ctx, press(`.rail-me button`))
	title(t, ctx, "登录")
	seen("sign-in")
	d.pass(time.Minute)
	do(t, ctx, typed("name", "wangmin"), typed("password", good+"\r"))
	title(t, ctx, "动态码")
	seen("code")
	do(t, ctx, typed("code", code(secret)+"\r"))
	title(t, ctx, "首页")
	do(t, ctx, chromedp.Navigate(d.base+"/console/me"), press(`button[value=all]`))
	title(t, ctx, "登录")
	if all, err := d.Door.SessionsOf(t.Context(), 1); len(all) != 0 || err != nil {
		t.Errorf("%d sessions are left, %v", len(all), err)
	}
}

// lateForm lets a session run out while a form is being filled in.
func lateForm(t *testing.T, ctx context.Context, d *desktop, seen func(string)) {
	p := d.enter(t, "hanmei", "", desk.Admin)
	do(t, ctx, press(`.rail-me button`))
	title(t, ctx, "登录")
	do(t, ctx, typed("name", p.Name), typed("password", good+"\r"))
	title(t, ctx, "首页")
	do(t, ctx, chromedp.Navigate(d.base+"/console/people/new"), typed("display", "周\"<b>山"), typed("name", "zhoushan"))
	d.pass(2 * time.Hour)
	do(t, ctx, press("main button.button"))
	title(t, ctx, "登录")
	do(t, ctx, typed("name", p.Name), typed("password", good+"\r"))
	title(t, ctx, "刚才填写的内容")
	seen("kept")
	do(t, ctx, press("main button.button"))
	title(t, ctx, `给周\"<b>山的链接`)
}

// axe looks at a page for what keeps people out.
func axe(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	script, err := os.ReadFile("testdata/axe/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatalf("axe is not there (npm ci --prefix web/console/testdata/axe): %v", err)
	}
	if !eval[bool](t, ctx, `typeof axe === "object"`) {
		_ = eval[bool](t, ctx, string(script)+";true")
	}
	_ = eval[bool](t, ctx, `window.found = null, axe.run(document, {resultTypes: ["violations"]}).then(r => {
		window.found = r.violations.map(v => v.impact + " " + v.id + ": " + v.help + " | " + v.nodes.map(n => n.target.join(" ") + " (" + (n.any[0]?.message || n.failureSummary) + ")").join("; ")) }), true`)
	until(t, ctx, `window.found`)
	for _, line := range eval[[]string](t, ctx, `window.found`) {
		t.Errorf("%s: %s", name, line)
	}
}

// shoot draws a page into the folder that POLICYBOT_SHOTS names, in both
// schemes, to be looked at.
func shoot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	folder := os.Getenv("POLICYBOT_SHOTS")
	if folder == "" {
		return
	}
	for _, scheme := range []string{"dark", "light"} {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		if err != nil {
			t.Fatal(err)
		}
		if scheme == "dark" && !strings.HasPrefix(name, "home") && !strings.HasPrefix(name, "begin-faults") {
			continue
		}
		png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, "console-"+name+"-"+scheme+".png"), png, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestBrowserWithoutScript signs in, adds somebody and signs out with scripts
// off.
func TestBrowserWithoutScript(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	d := open(t, "")
	d.enter(t, "wangmin", "", desk.Admin)
	do(t, ctx, widths["390"], chromedp.Navigate("about:blank"))
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.Navigate(d.base+"/console/people"))
	title(t, ctx, "登录")
	do(t, ctx, typed("name", "wangmin"), typed("password", good+"\r"))
	title(t, ctx, "人员")
	do(t, ctx, press("main a.button"))
	title(t, ctx, "添加人员")
	do(t, ctx, typed("display", "李雷"), typed("name", "lilei"), press("main button.button"))
	title(t, ctx, "给李雷的链接")
	do(t, ctx, press(".rail-me button"))
	title(t, ctx, "登录")
}

// Package webtest drives a real headless browser for tests: of the citizens'
// pages, of the staff console, and of the whole program.
package webtest

import (
	"context"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// patience bounds each wait for a page; it is met only where something is
// wrong.
const patience = 20 * time.Second

// names are what the browser is called by on different systems.
var names = []string{"chromium", "chromium-browser", "google-chrome", "chrome"}

// Browser starts a headless browser for one test, which may take so long with
// it. Where there is none, and with -short, the test is skipped loudly.
func Browser(t *testing.T, most time.Duration) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("SKIPPED: browser tests are long")
	}
	var bin string
	for _, name := range names {
		if found, err := exec.LookPath(name); err == nil {
			bin = found
			break
		}
	}
	if bin == "" {
		t.Skip("SKIPPED: no chromium on this machine; the pages were NOT tried in a browser")
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(bin), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-component-update", true))...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	ctx, done := context.WithTimeout(ctx, most)
	t.Cleanup(done)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil { // lives as long as this context
		t.Fatal(err)
	}
	return ctx
}

// Do has the browser do something, or fails the test and says on which page.
func Do(t *testing.T, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	limited, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	if err := chromedp.Do(limited, actions...); err != nil {
		t.Fatalf("%v at %s", err, where(ctx))
	}
}

// where tells which page is open, and what it says.
func where(ctx context.Context) string {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer stop()
	page, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname + " " + document.body.innerText`)) // only told
	return page
}

// Eval returns what an expression is in the page.
func Eval[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// Until asks the page for a condition until it holds; it works in pages whose
// own timers are off.
func Until(t *testing.T, ctx context.Context, condition string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+condition+")"))
		if ctx.Err() != nil {
			t.Fatalf("waited in vain for %s at %s", condition, where(ctx))
		}
		if ok && err == nil {
			return
		}
	}
}

// Title waits for a page by its heading.
func Title(t *testing.T, ctx context.Context, words string) {
	t.Helper()
	Until(t, ctx, `document.readyState === "complete" && document.querySelector("h1")?.innerText === "`+words+`"`)
}

// Widths are those of a phone and of a desk, in CSS pixels.
func Widths() map[string]chromedp.Action[chromedp.Void] {
	return map[string]chromedp.Action[chromedp.Void]{
		"390":  chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateScale(2)),
		"1280": chromedp.EmulateViewport(1280, 800),
	}
}

// Fits complains of a page that is wider than the screen.
func Fits(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	if wide := Eval[int](t, ctx, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
		t.Errorf("%s: the page is %d px wider than the screen", name, wide)
	}
}

// Typed fills the field of a form that has the name, as a person does.
func Typed(name, text string) chromedp.Action[chromedp.Void] {
	return chromedp.SendKeys(chromedp.CSS("#f-"+name), text)
}

// Press clicks on what a selector finds first.
func Press(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Click(chromedp.CSS(selector))
}

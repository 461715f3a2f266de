package web_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// A citizen types, opens the filters, taps one, drops it, and opens a passage;
// the same with and without script.
func TestBrowserSearch(t *testing.T) {
	t.Parallel()
	for _, script := range []bool{true, false} {
		ctx := browser(t)
		base := serve(t, setup{})
		check := watch(t, ctx, base)
		if !script {
			noScript(t, ctx)
		}
		where := func(want string) {
			t.Helper()
			until(t, ctx, `document.readyState === "complete" && decodeURIComponent(location.pathname + location.search) === "`+want+`"`)
			if wide := eval[int](t, ctx, `document.documentElement.scrollWidth`); wide > 390 {
				t.Errorf("script %v: %s is %d px wide on a phone", script, want, wide)
			}
		}
		do(t, ctx, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile), chromedp.Navigate(base+"/search"))
		where("/search")
		do(t, ctx, chromedp.SendKeys(chromedp.CSS("#search-q"), "敬老卡 代办"), chromedp.Click(chromedp.CSS(".ask button")))
		where("/search?q=敬老卡+代办")
		before := eval[int](t, ctx, `document.querySelectorAll(".docs > li").length`)
		if small := eval[int](t, ctx, `[...document.querySelectorAll("main button, main input, .chosen a")].filter(e => e.offsetHeight > 0 && e.offsetHeight < 43).length`); small > 0 {
			t.Errorf("script %v: %d things are too small for a finger", script, small)
		}
		do(t, ctx, chromedp.Click(chromedp.CSS(".filters summary")), chromedp.Click(chromedp.CSS(`button[name="kind"][value="guide"]`)))
		where("/search?q=敬老卡+代办&kind=guide")
		if after := eval[int](t, ctx, `document.querySelectorAll(".docs > li").length`); after != 1 || before < 2 {
			t.Errorf("script %v: %d hits, and %d of guides", script, before, after)
		}
		do(t, ctx, chromedp.Click(chromedp.CSS(".chosen a")))
		where("/search?q=敬老卡+代办")
		do(t, ctx, chromedp.Click(chromedp.CSS(".docs .doc")))
		until(t, ctx, `location.pathname.startsWith("/d/") && document.querySelector(".cited")`)
		check()
	}
}

// TestSearchShots draws the search page into the folder that POLICYBOT_SHOTS
// names, to be looked at.
func TestSearchShots(t *testing.T) {
	folder := os.Getenv("POLICYBOT_SHOTS")
	if folder == "" {
		t.Skip("SKIPPED: POLICYBOT_SHOTS names no folder for screenshots")
	}
	ctx := browser(t)
	base := serve(t, setup{sample: true})
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
			for name, address := range map[string]string{
				"search": at("q", "敬老卡 代办"), "search-old": at("q", "优待证"), "search-none": at("q", "敬老卡 火星 土星"), "search-all": at(),
				"search-filters": at("q", "敬老卡", "validity", "in_force"), "search-conditions": at("q", "敬老卡", "kind", "catalogue", "year", "2024"),
			} {
				do(t, ctx, view, chromedp.Navigate(base+address))
				if strings.HasSuffix(name, "filters") {
					do(t, ctx, chromedp.Click(chromedp.CSS(".filters summary")))
				}
				png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
				if err == nil {
					err = os.WriteFile(filepath.Join(folder, name+"-"+size+"-"+scheme+".png"), png, 0o644)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

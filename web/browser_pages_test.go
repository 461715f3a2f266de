package web_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// complaints is what a page does wrong for those who read it by ear, by
// keyboard, or on a narrow phone: one line for each fault.
const complaints = `(() => {
	const out = [];
	const seen = e => { const b = e.getBoundingClientRect(); return b.width > 1 && b.height > 1 && getComputedStyle(e).visibility !== "hidden" };
	if (document.documentElement.scrollWidth > innerWidth) out.push("scrolls sideways: " + document.documentElement.scrollWidth + " px");
	for (const e of document.querySelectorAll("body *")) {
		if (seen(e) && !e.closest(".skip, .hidden") && e.getBoundingClientRect().right > innerWidth + 1) { out.push("sticks out: " + e.tagName + "." + e.className); break; }
	}
	let level = 0;
	for (const h of document.querySelectorAll("h1, h2, h3, h4")) {
		const n = +h.tagName[1];
		if (n > level + 1) out.push("heading out of order: " + h.innerText);
		level = n;
	}
	if (document.querySelectorAll("h1").length !== 1) out.push("not one h1");
	if (document.querySelectorAll("main").length !== 1) out.push("not one main");
	for (const tag of ["header", "footer", "nav[aria-label]"]) if (!document.querySelector(tag)) out.push("no " + tag);
	for (const n of document.querySelectorAll("nav")) if (!n.getAttribute("aria-label")) out.push("nav without a name");
	const first = document.querySelector("a, button, input");
	if (!first.matches(".skip") || !document.querySelector(first.getAttribute("href"))) out.push("no skip link");
	for (const e of document.querySelectorAll("a, button")) {
		if (!(e.innerText || e.textContent).trim()) out.push("a link or button says nothing");
		if (e.tagName === "A" && !e.hasAttribute("href")) out.push("a link leads nowhere");
	}
	for (const e of document.querySelectorAll("input, textarea, select")) if (!e.labels.length && !e.getAttribute("aria-label")) out.push("a field without a label");
	for (const e of document.querySelectorAll("img")) if (!e.hasAttribute("alt")) out.push("img without alt");
	const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
	if (new Set(ids).size !== ids.length) out.push("an id twice");
	for (const e of document.querySelectorAll("nav a, .button, button, .card, .doc, .switch, .foot a")) {
		if (seen(e) && !e.closest(".side") && e.getBoundingClientRect().height < 24) out.push("too small to hit: " + e.innerText);
	}
	const light = c => { const [r, g, b] = c.map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b };
	const parse = s => { const m = s.match(/[\d.]+/g).map(Number); return m.length === 4 && m[3] === 0 ? null : m.slice(0, 3) };
	const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c) return c } return [255, 255, 255] };
	const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	const told = new Set();
	while (words.nextNode()) {
		const e = words.currentNode.parentElement;
		if (!words.currentNode.data.trim() || !seen(e) || e.closest("[disabled]")) continue;
		const a = light(parse(getComputedStyle(e).color)), b = light(behind(e));
		const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
		if (ratio < 4.5 && !told.has(e.className)) { told.add(e.className); out.push("contrast " + ratio.toFixed(2) + ": " + words.currentNode.data.trim().slice(0, 20)) }
	}
	return out.join("\n");
})()`

// TestBrowserEveryPage looks at all pages, on the narrowest phone, in both
// prints and schemes.
func TestBrowserEveryPage(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	base := serve(t, setup{sample: true, footer: footer, judge: func(context.Context, string, string, bool) error { return nil }, releases: releases{
		"jinglaoka-banfa": {{Revision: 2, At: today, Text: true}, {Revision: 1, At: today, First: true}},
	}})
	for _, scheme := range []string{"light", "dark"} {
		inScheme(t, ctx, scheme)
		for _, print := range []string{"off", "large"} {
			for width, view := range map[int]chromedp.Action[chromedp.Void]{
				320: chromedp.EmulateViewport(320, 640, chromedp.EmulateMobile), 1280: chromedp.EmulateViewport(1280, 900),
			} {
				for _, target := range everyPage {
					do(t, ctx, view, chromedp.Navigate(base+target+"?print="+print))
					if bad := eval[string](t, ctx, complaints); bad != "" {
						t.Errorf("%s at %d px, %s, print %s:\n%s", target, width, scheme, print, bad)
					}
				}
			}
		}
	}
	const size = `parseFloat(getComputedStyle(document.querySelector("main p")).fontSize)`
	do(t, ctx, chromedp.Navigate(base+"/privacy?print=off"))
	normal := eval[float64](t, ctx, size)
	do(t, ctx, chromedp.Navigate(base+"/privacy?print=large"), chromedp.Navigate(base+"/privacy"))
	if large := eval[float64](t, ctx, size); large < 1.25*normal || large > 1.4*normal {
		t.Errorf("large print has %g px, normal %g px", large, normal)
	}
	// The skip link shows when it has the focus, and leads into the page.
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	_ = eval[bool](t, ctx, `document.querySelector(".skip").focus(), true`)
	if !eval[bool](t, ctx, `document.querySelector(".skip").getBoundingClientRect().left >= 0`) {
		t.Error("the skip link cannot be seen")
	}
}

func inScheme(t *testing.T, ctx context.Context, scheme string) {
	t.Helper()
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	if err != nil {
		t.Fatal(err)
	}
}

// TestPageShots draws every page in every size, print and scheme into the
// folder that POLICYBOT_SHOTS names, to be looked at.
func TestPageShots(t *testing.T) {
	folder := os.Getenv("POLICYBOT_SHOTS")
	if folder == "" {
		t.Skip("SKIPPED: POLICYBOT_SHOTS names no folder for screenshots")
	}
	ctx := browser(t)
	base := serve(t, setup{footer: footer, sample: true, shelf: registry()})
	only := os.Getenv("POLICYBOT_SHOTS_ONLY") // part of a name
	names := map[string]string{
		"chat": "/", "document": "/d/jinglaoka-banfa", "documents": "/documents", "topics": "/topics", "topic": topicElderly, "notopic": "/topics/unknown",
		"agencies": "/agencies", "agency": "/agencies/minzheng", "agency-old": "/agencies/chengguan", "privacy": "/privacy", "404": "/nowhere",
		"table": "/d/mulu", "stopped": "/d/zhaopai/a2.2",
	}
	for _, scheme := range []string{"light", "dark"} {
		inScheme(t, ctx, scheme)
		for size, view := range map[string]chromedp.Action[chromedp.Void]{
			"320": chromedp.EmulateViewport(320, 640, chromedp.EmulateMobile, chromedp.EmulateScale(2)),
			"390": chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateScale(2)), "1280": chromedp.EmulateViewport(1280, 900),
		} {
			for _, print := range []string{"off", "large"} {
				for name, target := range names {
					file := strings.Join([]string{name, size, print, scheme}, "_") + ".png"
					if !strings.Contains(file, only) {
						continue
					}
					do(t, ctx, view, chromedp.Navigate(base+target+"?print="+print))
					png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
					if err == nil {
						err = os.WriteFile(filepath.Join(folder, file), png, 0o600)
					}
					if err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
}

package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/policybot/policybot/corpus"
)

// registry has a catalogue with a row that has ended, and an old rule of which
// one article was stopped.
func registry() shelf {
	s := library()
	s.put(corpus.Document{ID: "mulu", Kind: corpus.Catalogue, Title: "青岚市收费目录", Agency: "青岚市财政局", Published: "2025-01-20", Effective: "2025-02-01", Level: corpus.Normative, Addressees: []string{"各区县财政局"},
		Applications: []corpus.Application{{What: "申领", From: "2026-11-01", Until: "2026-11-30", Anchor: "r1"}}},
		piece{"title", corpus.TitleRole, "", "青岚市收费目录"},
		piece{"t1", corpus.HeadingRole, "", "收费项目\t收费标准\t收取单位\t减免情形\t"},
		piece{"r1", corpus.BodyRole, "", "不动产登记费（住宅）\t每件80元\t市不动产登记中心\t申请更正登记的免收"},
		piece{"r2", corpus.BodyRole, "", "临时占用城市道路费\t每平方米每天0.8元\t市城市管理局\t抢险救灾占用的免收"})
	e := s["mulu"]
	for i := range e.revision.Passages {
		if p := &e.revision.Passages[i]; p.Role == corpus.BodyRole {
			p.Columns = []string{"收费项目", "收费标准", "收取单位", "减免情形"}
		}
	}
	e.revision.Passages[3].Until = "2026-01-01"
	s["mulu"] = e
	s.put(corpus.Document{ID: "zhaopai", Kind: corpus.Policy, Title: "青岚市招牌设置办法", Published: "2019-07-08", Effective: "2019-09-01", Receives: []corpus.Relation{
		{Kind: corpus.Repeals, From: "laji-xiugai", To: "zhaopai", Title: "关于取消招牌审批的通知", On: "2025-04-01", Place: "s1", Label: "一、", Anchors: []string{"a2"}}}},
		article(1, "第一条", "商户可以设置招牌。"),
		article(2, "第二条", "设置招牌应当经街道办事处同意。\n没有同意的，责令拆除。"))
	return s
}

func TestTablesAndArticlesOnPages(t *testing.T) {
	t.Parallel()
	h := open(t, setup{shelf: registry()})
	for target, has := range map[string][]string{
		"/d/mulu": {`<th scope="col">收费标准</th>`, `<tr id="r1"><th scope="row">不动产登记费（住宅）</th>`, `class=" off"`, "这一项从2026年1月1日起不再执行", "效力级别", "各区县财政局",
			"2026年11月1日至2026年11月30日", "今天正在受理"},
		"/d/mulu/r1":      {`<tr id="r1" class="cited">`, `content="现行有效，青岚市财政局，收费项目：不动产登记费（住宅）；收费标准：每件80元`},
		"/d/zhaopai":      {"此条已于2025年4月1日停止执行，见", `href="/d/laji-xiugai/s1"`, "《关于取消招牌审批的通知》第一部分"},
		"/d/zhaopai/a2.2": {"第二条第二款", `id="a2.2" class=" cited"`},
		"/d/zhaopai/a9.9": {"没有这一条"},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
		page := w.Body.String()
		if w.Code != http.StatusOK || strings.Contains(page, "\t") {
			t.Errorf("%s: %d, or a tab in it", target, w.Code)
		}
		for _, s := range has {
			if !strings.Contains(page, s) {
				t.Errorf("%s: no %s in\n%s", target, s, page)
			}
		}
	}
}

func TestBrowserTables(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	base := serve(t, setup{shelf: registry()})
	check := watch(t, ctx, base)
	do(t, ctx, chromedp.EmulateViewport(320, 640, chromedp.EmulateMobile), chromedp.Navigate(base+"/d/mulu/r2"))
	if !eval[bool](t, ctx, `document.documentElement.scrollWidth <= innerWidth`) {
		t.Error("the page is wider than a phone")
	}
	if !eval[bool](t, ctx, `(s => s.scrollWidth > s.clientWidth && getComputedStyle(s).overflowX === "auto" && s.tabIndex === 0)(document.querySelector(".sheet"))`) {
		t.Error("the table cannot be moved sideways")
	}
	until(t, ctx, `document.querySelector("tr.cited").getBoundingClientRect().top < innerHeight`)
	if n := eval[int](t, ctx, `document.querySelectorAll("[id]").length - new Set([...document.querySelectorAll("[id]")].map(e => e.id)).size`); n != 0 {
		t.Errorf("%d ids are there twice", n)
	}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
		t.Fatal(err)
	}
	if !eval[bool](t, ctx, `getComputedStyle(document.querySelector(".sheet")).overflowX === "visible" && getComputedStyle(document.querySelector("thead")).display === "table-header-group"`) {
		t.Error("a printed table is cut, or its columns are named once only")
	}
	check()
}

package policybot_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/policybot/policybot/web/webtest"
)

const password = "lantern 4 willow"

// Texts of the invented city, as its offices would write them.
var shown = map[string]string{
	"青岚市口袋公园管理办法.txt": `青岚市口袋公园管理办法
青政规〔2026〕15号
第一条 为了建好、管好口袋公园，方便市民休闲，制定本办法。
第二条 本办法所称口袋公园，是指面积在一万平方米以下、向公众免费开放的小型公园。
第三条 口袋公园全天开放。夜间需要养护的，应当提前三日在入口处公告。
第四条 市民可以带犬只进入口袋公园，犬绳不得超过一点五米；犬只排泄物由携犬人当场清理。
第五条 在口袋公园内举办公益活动的，应当提前五个工作日向所在街道办事处申请，街道办事处应当在二个工作日内答复，不收取费用。
第六条 口袋公园的座椅、照明和健身器材损坏的，市民可以拨打12345报修，养护单位应当在二十四小时内处理。
第七条 本办法自2026年11月20日起施行，有效期5年。《青岚市小型绿地管理暂行规定》同时废止。
青岚市人民政府
2026年11月10日
`,
	"共享单车停放通知.txt": `青岚市城市管理局关于规范共享单车停放的通知
青城管发〔2026〕31号
各区城市管理局：
一、停放区域
共享单车应当停放在白线框内，地铁口五十米以内不得停放。
二、清运时间
企业接到通知后应当在三十分钟内清运堆积的车辆。
本通知自印发之日起施行。
青岚市城市管理局
2026年10月20日
`,
}

// consoleShots goes from the first administrator to a second revision under
// review, and takes the console's pictures on the way.
func consoleShots(t *testing.T, ctx context.Context, citizens, first, folder string) {
	phone := chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateScale(2))
	wide := chromedp.EmulateViewport(1280, 800)
	u, err := url.Parse(first)
	if err != nil {
		t.Fatal(err)
	}
	base := u.Scheme + "://" + u.Host + "/console"
	take := func(name string) { shoot(t, ctx, filepath.Join(folder, name+".png")) }
	do(t, ctx, wide, chromedp.Navigate(first), fill("display", "周敏"), fill("name", "zhoumin"), fill("password", password), fill("again", password+"\r"))
	heading(t, ctx, "首页")
	people := map[string]string{}
	for _, p := range []struct{ name, display, role string }{{"wanglan", "王岚", "editor"}, {"zhaoning", "赵宁", "reviewer"}} {
		do(t, ctx, chromedp.Navigate(base+"/people/new"), fill("display", p.display), fill("name", p.name))
		if p.role != "editor" { // which is chosen already
			do(t, ctx, tick("input[value=editor]"), tick("input[value="+p.role+"]"))
		}
		do(t, ctx, tick("main button.button"))
		heading(t, ctx, "给"+p.display+"的链接")
		link, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("#link").textContent`))
		if err != nil {
			t.Fatal(err)
		}
		people[p.name] = link
	}
	for _, name := range []string{"wanglan", "zhaoning"} {
		do(t, ctx, chromedp.Navigate(people[name]), fill("password", password), fill("again", password+"\r"))
		heading(t, ctx, "首页")
	}
	as := func(name string) {
		do(t, ctx, chromedp.Navigate(base+"/"))
		until(t, ctx, `document.readyState === "complete"`)
		do(t, ctx, tick(".rail-me button"))
		heading(t, ctx, "登录")
		do(t, ctx, fill("name", name), fill("password", password+"\r"))
		heading(t, ctx, "首页")
	}
	as("wanglan")
	sources := t.TempDir()
	var files []string
	for name, text := range shown {
		files = append(files, filepath.Join(sources, name))
		if err := os.WriteFile(files[len(files)-1], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	do(t, ctx, chromedp.Navigate(base+"/uploads"), chromedp.SetUploadFiles(chromedp.CSS("#f-files"), files), tick("form.upload button"))
	until(t, ctx, `document.querySelectorAll(".drafts a").length === 2`)
	open := func(title string) {
		do(t, ctx, chromedp.Navigate(base+"/documents?text="+url.QueryEscape(title)), tick("tbody a"))
		heading(t, ctx, title)
	}
	const park, bikes = "青岚市口袋公园管理办法", "青岚市城市管理局关于规范共享单车停放的通知"
	open(park)
	take("console-draft")
	for _, title := range []string{park, bikes} {
		open(title)
		do(t, ctx, tick("#h-submit ~ form button"))
		until(t, ctx, `document.querySelector(".notice")?.innerText.includes("已提交")`)
	}
	as("zhaoning")
	open(park)
	for _, name := range []string{"secrecy", "accuracy", "links", "later"} {
		do(t, ctx, tick(`input[name=`+name+`]`))
	}
	do(t, ctx, phone)
	until(t, ctx, `document.querySelector("#h-review").scrollIntoView() || true`)
	take("console-review-phone")
	do(t, ctx, wide, tick("input[name=publish][value=now]"), tick(`form[action$="/approve"] button`))
	until(t, ctx, `document.querySelector(".notice")?.innerText.includes("已发布") || document.querySelector(".notice")?.innerText.includes("并发布")`)
	for _, words := range []string{"口袋公园可以带狗进去吗", "没用", "口袋公园里能不能露营"} {
		do(t, ctx, chromedp.Navigate(citizens+"/"))
		said, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.querySelectorAll(".turn").length`))
		if err != nil {
			t.Fatal(err)
		}
		do(t, ctx, chromedp.SendKeys(chromedp.CSS("#page-text"), words+"\r"))
		until(t, ctx, fmt.Sprintf(`document.querySelectorAll(".turn").length === %d && !document.querySelector(".pending")`, said+2))
	}
	do(t, ctx, chromedp.Navigate(base+"/"))
	heading(t, ctx, "首页")
	take("console-home")
	do(t, ctx, phone, chromedp.Navigate(base+"/documents?state=published&sort=issued"))
	heading(t, ctx, "文件")
	until(t, ctx, `document.querySelector("table.documents").scrollIntoView() || true`)
	take("console-documents-phone")

	do(t, ctx, wide)
	as("wanglan")
	open(park)
	do(t, ctx, tick(`form[action$="/revise"] button`))
	heading(t, ctx, "修改")
	until(t, ctx, `(() => { const t = document.querySelector("#f-text"); t.value = t.value.replace("二十四小时内处理", "十二小时内处理").replace("犬绳不得超过一点五米", "犬绳不得超过一点二米"); t.dispatchEvent(new Event("input", {bubbles: true})); return true })()`)
	do(t, ctx, fill("ask", "口袋公园的灯坏了多久能修好"))
	until(t, ctx, `document.querySelector(".reply")`)
	until(t, ctx, `document.querySelector(".saving").textContent.startsWith("已保存")`)
	until(t, ctx, `document.querySelector("#h-trial").scrollIntoView() || true`)
	take("console-edit")
	path, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname.replace("/edit", "/compare")`))
	if err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.Navigate(u.Scheme+"://"+u.Host+path))
	heading(t, ctx, "改了什么")
	take("console-compare")
}

var fill, tick, heading = webtest.Typed, webtest.Press, webtest.Title

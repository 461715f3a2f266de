package web_test

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/web/page"
)

var footer = page.Footer{
	Organiser: "青岚市人民政府办公室", Operator: "青岚市大数据中心", SiteCode: "0000000001", ICP: "青ICP备00000001号-1",
	PublicSecurity: "青公网安备00000002000001号", ErrorReport: "https://zfwzgl.example.gov.cn/exposure/jiucuo.html?site_code=0000000001", Contact: "0000-6612345",
}

const topicElderly = "/topics/%E5%85%BB%E8%80%81"

// everyPage is every kind of page, for what holds on all of them.
var everyPage = []string{
	"/", "/documents", "/d/jinglaoka-banfa", "/d/jinglaoka-banfa/a6", "/d/jinglaoka-2018/a2", "/d/jinglaoka-zhinan", "/d/faq-jinglaoka",
	"/topics", topicElderly, "/topics/unknown", "/agencies", "/agencies/minzheng", "/agencies/chengguan", "/privacy", "/nowhere",
}

func TestPages(t *testing.T) {
	t.Parallel()
	h := open(t, setup{footer: footer})
	for _, c := range []struct {
		target      string
		status      int
		has, hasNot []string
	}{
		{"/topics", 200, []string{`href="/topics/%E5%85%BB%E8%80%81"`, "5份：政策文件2、办事指南1、政策解读1、常见问题1", `href="/topics/%E4%BA%A4%E9%80%9A%E5%87%BA%E8%A1%8C%2F%E5%81%9C%E8%BD%A6"`, "&lt;b&gt;题&lt;/b&gt;"}, []string{"机密", "<b>题"}},
		{topicElderly, 200, []string{"<h1>养老</h1>", "<h2>问得最多</h2>", "<h2>办事指南</h2>", "<h2>最新文件</h2>", `href="/feed.xml?topic=%E5%85%BB%E8%80%81"`, `aria-current="page">专题`}, []string{"别的账号", "gone"}},
		{topicElderly + "?page=2", 200, []string{"这一页没有文件了", "noindex"}, []string{"问得最多"}},
		{topicElderly + "?page=x", 404, []string{"没有找到这一页"}, nil},
		{"/topics/%E4%BA%A4%E9%80%9A%E5%87%BA%E8%A1%8C%2F%E5%81%9C%E8%BD%A6", 200, []string{"<h1>交通出行/停车</h1>", "公共停车泊位共享规定"}, []string{"问得最多", "<h2>办事指南"}},
		{"/topics/%E6%9C%BA%E5%AF%86", 404, []string{"没有“机密”这个专题", "养老", "noindex"}, []string{"别的账号"}},
		{"/topics/%3Cscript%3Ealert(1)%3C%2Fscript%3E", 404, []string{"没有“&lt;script&gt;alert(1)&lt;/script&gt;”"}, []string{"<script>"}},
		{"/topics/" + strings.Repeat("%E9%95%BF", 500), 404, []string{strings.Repeat("长", 30) + "…”"}, []string{strings.Repeat("长", 31)}},
		{"/topics/%FF", 404, []string{"没有"}, nil},
		{"/topics/", 404, []string{"没有找到这一页"}, nil},
		{"/agencies", 200, []string{"<h2>松陵县</h2>", "<h2>青岚市</h2>", `href="/agencies/minzheng"`, "敬老卡、低保、婚姻登记", "&lt;b&gt;医保"}, []string{"别家的单位", "<b>医保"}},
		{"/agencies?page=2", 200, []string{"这一页没有单位了"}, nil},
		{"/agencies/minzheng", 200, []string{
			`<a href="tel:0000-6612306">0000-6612306</a>、<a href="tel:0000-6612307">0000-6612307</a>转2`, "青岚市文昌路18号",
			"11月23日，星期一，按平时的时间现在开着，到12:00", `<tr class="today"><th scope="row">星期一<span class="soft">（今天）</span></th><td><span class="stay">9:00—12:00，</span><span class="stay">13:30—17:00</span></td>`,
			`<th scope="row">星期日</th><td><span class="stay">休息</span></td>`, "法定节假日和调休以单位的公告为准", `<a href="https://minzheng.qinglan.example">`, "资料核对日期：2026年10月1日",
			"示例单位，内容为虚构", "<h2>办事指南</h2>", "敬老卡申领办事指南", "<h2>最新文件</h2>", `href="/search?q=%E6%95%AC%E8%80%81%E5%8D%A1"`, "noindex"}, []string{"已超过半年", "别的账号"}},
		{"/agencies/chengguan", 200, []string{"2025年1月1日，已超过半年", `<a href="tel:12319">12319</a>`, "停车泊位"}, []string{"办公时间", "示例单位"}},
		{"/agencies/yiliao", 200, []string{"松陵县医疗保障局", "没有核对日期"}, []string{"javascript:"}},
		{"/agencies/stranger", 404, []string{"没有找到这一页"}, []string{"别家"}},
		{"/agencies/nothing", 404, []string{"没有找到这一页"}, nil},
		{"/d/stranger", 404, nil, []string{"别的账号"}},
		{"/d/stranger/original", 404, []string{"没有找到这一页"}, []string{"别的账号"}},
		{"/d/jinglaoka-2018/original", 404, []string{"没有找到这一页"}, nil},
		{"/d/nothing/original", 404, []string{"没有找到这一页"}, nil},
		{"/d/jinglaoka-banfa", 200, []string{`<a href="/d/jinglaoka-banfa/original" download="青岚市敬老卡管理办法.html">下载原文件</a><span class="soft">网页，41 字节</span>`, `专题</span><a href="/topics/%E5%85%BB%E8%80%81">养老</a>`}, nil},
		{"/d/jinglaoka-2018", 200, nil, []string{"下载原文件"}},
		{"/privacy", 200, []string{"90天", "查我的记录", "删除我的记录", "六个月", "青岚市人民政府办公室", "0000-6612345", "三个 Cookie", "每天都换的代号"}, nil},
		{"/feed.xml?topic=nothing", 404, []string{"没有找到这一页"}, nil},
		{"/sitemap/2.xml", 404, nil, nil}, {"/sitemap/0.xml", 404, nil, nil}, {"/sitemap/01.xml", 404, nil, nil}, {"/sitemap/1", 404, nil, nil},
	} {
		w := get(t, h, c.target)
		body := w.Body.String()
		if w.Code != c.status {
			t.Errorf("%s: %d, want %d", c.target, w.Code, c.status)
		}
		for _, s := range c.has {
			if !strings.Contains(body, s) {
				t.Errorf("%s lacks %q:\n%s", c.target, s, body)
			}
		}
		for _, s := range append(c.hasNot, "ZgotmplZ") {
			if strings.Contains(body, s) {
				t.Errorf("%s has %q:\n%s", c.target, s, body)
			}
		}
	}
}

func TestEveryPage(t *testing.T) {
	t.Parallel()
	h := open(t, setup{footer: footer, sample: true})
	for _, target := range everyPage {
		body := get(t, h, target).Body.String()
		for _, s := range []string{
			"主办单位：青岚市人民政府办公室", "承办单位：青岚市大数据中心", "联系方式：0000-6612345", "网站标识码 0000000001",
			`<a href="https://beian.miit.gov.cn/">青ICP备00000001号-1</a>`, `<a href="https://beian.mps.gov.cn/#/query/webSearch?code=00000002000001">青公网安备`,
			`">政府网站找错</a>`, `href="/privacy"`, `href="/search"`, `href="/topics"`, `href="/agencies"`, `href="/documents"`,
			`<a class="skip" href="#page-main">`, `<main`, `id="page-main"`, `type="application/rss+xml"`, `>大字版</a>`,
		} {
			if !strings.Contains(body, s) {
				t.Errorf("%s lacks %q", target, s)
			}
		}
		if n := strings.Count(body, "<h1"); n != 1 {
			t.Errorf("%s has %d h1", target, n)
		}
		if regexp.MustCompile(`\sstyle="|\son[a-z]+="|<style|<script>`).MatchString(body) {
			t.Errorf("%s has something inline", target)
		}
	}
	bare := get(t, open(t, setup{}), "/documents").Body.String()
	for _, s := range []string{"主办单位", "网站标识码", "beian", "找错"} {
		if strings.Contains(bare, s) {
			t.Errorf("without a footer's settings there is %q", s)
		}
	}
}

func TestLargePrint(t *testing.T) {
	t.Parallel()
	h := open(t, setup{})
	const large = `<html lang="zh-CN" class="large">`
	for _, target := range everyPage {
		at := func(query string) string {
			if strings.Contains(target, "?") {
				return target + "&" + query
			}
			return target + "?" + query
		}
		w := get(t, h, at("print=large"))
		if !strings.Contains(w.Body.String(), large) || !strings.Contains(w.Body.String(), `href="?print=off">标准版</a>`) {
			t.Errorf("%s: not in large print:\n%.600s", target, w.Body)
		}
		cookies := w.Result().Cookies()
		if len(cookies) != 1 || cookies[0].Name != "policybot_print" || cookies[0].Value != "large" || cookies[0].MaxAge < 3600 || !cookies[0].HttpOnly || !cookies[0].Secure {
			t.Fatalf("%s: cookies %v", target, cookies)
		}
		if !strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "Cookie") && w.Code == 200 {
			t.Errorf("%s: Vary %q", target, w.Header().Values("Vary"))
		}
		if w := get(t, h, target, "Cookie", "policybot_print=large"); !strings.Contains(w.Body.String(), large) || len(w.Result().Cookies()) != 0 {
			t.Errorf("%s: not remembered", target)
		}
		w = get(t, h, at("print=off"), "Cookie", "policybot_print=large")
		if strings.Contains(w.Body.String(), large) || w.Result().Cookies()[0].MaxAge >= 0 {
			t.Errorf("%s: cannot be switched off", target)
		}
		if w := get(t, h, at("print=huge")); strings.Contains(w.Body.String(), large) || len(w.Result().Cookies()) != 0 {
			t.Errorf("%s: another value does something", target)
		}
	}
	if body := get(t, h, "/documents?page=2&x=%22%3E").Body.String(); !strings.Contains(body, `href="?page=2&amp;print=large&amp;x=%22%3E"`) {
		t.Errorf("the switch loses the page: %s", body)
	}
	r := httptest.NewRequest(http.MethodPost, "/chat?a=b", strings.NewReader("text=x"))
	if body := send(h, r, "Content-Type", "application/x-www-form-urlencoded", "Cookie", "policybot_print=large").Body.String(); !strings.Contains(body, large) || !strings.Contains(body, `href="?print=off"`) {
		t.Error("the chat forgets the print")
	}
}

// TestWeight holds every page with its style sheet and script to 50 kB, not
// compressed, also the longest lists.
func TestWeight(t *testing.T) {
	t.Parallel()
	s := library()
	for i := range 400 {
		d := corpus.Document{ID: fmt.Sprintf("long-document-identifier-%04d", i), Kind: corpus.Policy, Title: fmt.Sprintf("青岚市人民政府办公室关于进一步做好第%d批城镇老旧小区改造工作有关事项的通知", i),
			Number: "青政办发〔2026〕100号", Agency: "青岚市住房和城乡建设局", Published: "2026-01-01", Effective: "2026-02-01", Topics: []string{"养老", fmt.Sprintf("很长的专题名称之%d", i)}}
		if i%2 == 0 {
			d.Kind = corpus.Guide
		}
		s.put(d, article(1, "第一条", "为了改造。"))
	}
	many := offices()
	for i := range 300 {
		many = append(many, corpus.Agency{ID: fmt.Sprintf("long-agency-identifier-%04d", i), Name: fmt.Sprintf("青岚市第%d区住房和城乡建设局房屋征收管理中心", i), Region: "青岚市",
			Matters: strings.Split("房屋征收补偿、物业维修资金、保障性住房申请、老旧小区改造、加装电梯补贴、房屋租赁备案、商品房预售许可", "、")})
	}
	h := open(t, setup{shelf: s, footer: footer, agencies: many})
	for _, target := range append([]string{"/documents?page=3", "/topics?page=2", topicElderly + "?page=2"}, everyPage...) {
		body := get(t, h, target).Body.String()
		html, total := len(body), len(body)
		for _, m := range regexp.MustCompile(`(?:href|src)="(/assets/[^"]+)"`).FindAllStringSubmatch(body, -1) {
			total += get(t, h, m[1]).Body.Len()
		}
		t.Logf("%-60.60s html %5d, all %5d bytes", target, html, total)
		if total > 50_000 {
			t.Errorf("%s: html %d, all %d bytes", target, html, total)
		}
	}
}

func TestCompression(t *testing.T) {
	t.Parallel()
	h := open(t, setup{footer: footer})
	for target, packed := range map[string]bool{
		"/documents": true, "/topics": true, "/feed.xml": true, "/sitemap.xml": true, "/d/jinglaoka-zhinan": true,
		"/d/jinglaoka-zhinan/original": false, "/healthz": false,
	} {
		plain := get(t, h, target)
		w := get(t, h, target, "Accept-Encoding", "gzip, br")
		if got := w.Header().Get("Content-Encoding") == "gzip"; got != packed {
			t.Errorf("%s: packed %v", target, got)
			continue
		}
		if !packed {
			continue
		}
		z, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		unpacked, err := io.ReadAll(z)
		if err != nil || !bytes.Equal(unpacked, plain.Body.Bytes()) {
			t.Errorf("%s: %v, other content", target, err)
		}
		if !strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "Accept-Encoding") {
			t.Errorf("%s: Vary %q", target, w.Header().Values("Vary"))
		}
		if again := get(t, h, target, "Accept-Encoding", "gzip", "If-None-Match", w.Header().Get("ETag")); again.Code != 304 || again.Body.Len() != 0 {
			t.Errorf("%s: %d for what has not changed", target, again.Code)
		}
	}
}

func TestOriginal(t *testing.T) {
	t.Parallel()
	h := open(t, setup{})
	w := get(t, h, "/d/jinglaoka-banfa/original")
	header := w.Header()
	if w.Code != 200 || w.Body.String() != string(files()["jinglaoka-banfa"].Data) {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/octet-stream", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "sandbox; default-src 'none'", "Accept-Ranges": "bytes", "X-Robots-Tag": "noindex",
		"Content-Disposition": `attachment; filename=__________.html; filename*=UTF-8''%E9%9D%92%E5%B2%9A%E5%B8%82%E6%95%AC%E8%80%81%E5%8D%A1%E7%AE%A1%E7%90%86%E5%8A%9E%E6%B3%95.html`,
	} {
		if got := header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if _, params, err := mime.ParseMediaType(strings.Replace(header.Get("Content-Disposition"), "filename=__________.html; ", "", 1)); err != nil || params["filename"] != "青岚市敬老卡管理办法.html" {
		t.Errorf("%v %v", params, err)
	}
	if w := get(t, h, "/d/jinglaoka-banfa/original", "If-None-Match", header.Get("ETag")); w.Code != 304 {
		t.Errorf("unchanged: %d", w.Code)
	}
	w = get(t, h, "/d/jinglaoka-zhinan/original", "Range", "bytes=2-10", "Accept-Encoding", "gzip")
	if w.Code != 206 || w.Body.String() != "敬老卡" || w.Header().Get("Content-Type") != "text/markdown" || w.Header().Get("Content-Disposition") != "attachment; filename=guide.md" {
		t.Errorf("range: %d %q %v", w.Code, w.Body, w.Header())
	}
	if w := send(h, httptest.NewRequest(http.MethodHead, "/d/jinglaoka-zhinan/original", nil)); w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Content-Length") == "" {
		t.Errorf("HEAD: %d %v", w.Code, w.Header())
	}
}

// TestFeed reads the feed as a reader does, and holds it to what RSS 2.0 asks
// for.
func TestFeed(t *testing.T) {
	t.Parallel()
	s := library()
	for i := range 40 {
		s.put(corpus.Document{ID: fmt.Sprintf("n%02d", i), Kind: corpus.Notice, Title: fmt.Sprintf("第%d号 <通知>\x01", i), Published: corpus.Date(fmt.Sprintf("2026-11-%02d", i%20+1))})
	}
	h := open(t, setup{shelf: s})
	for target, want := range map[string]int{"/feed.xml": 30, "/feed.xml?topic=" + url.QueryEscape("养老"): 5} {
		w := get(t, h, target)
		var feed struct {
			Version string `xml:"version,attr"`
			Channel struct {
				Title       string   `xml:"title"`
				Links       []string `xml:"link"`
				Description string   `xml:"description"`
				Items       []struct {
					Title   string `xml:"title"`
					Link    string `xml:"link"`
					GUID    string `xml:"guid"`
					PubDate string `xml:"pubDate"`
				} `xml:"item"`
			} `xml:"channel"`
		}
		if err := xml.Unmarshal(w.Body.Bytes(), &feed); err != nil || w.Header().Get("Content-Type") != "application/rss+xml; charset=utf-8" {
			t.Fatalf("%s: %v %v", target, err, w.Header())
		}
		c := feed.Channel
		if feed.Version != "2.0" || c.Title == "" || c.Description == "" || len(c.Items) != want {
			t.Errorf("%s: %d items, %+v", target, len(c.Items), c)
		}
		seen := map[string]bool{}
		last := time.Now().AddDate(100, 0, 0)
		for _, i := range c.Items {
			if u, err := url.Parse(i.Link); err != nil || !u.IsAbs() || seen[i.GUID] || i.GUID == "" || i.Title == "" {
				t.Errorf("%s: %+v", target, i)
			}
			seen[i.GUID] = true
			if strings.Contains(i.GUID, "stranger") {
				t.Errorf("%s shows another account's document", target)
			}
			if i.PubDate == "" {
				continue
			}
			day, err := time.Parse(time.RFC1123Z, i.PubDate)
			if err != nil || day.After(last) {
				t.Errorf("%s: %q is no date in order", target, i.PubDate)
			}
			last = day
		}
	}
	body := get(t, h, "/feed.xml?topic="+url.QueryEscape("养老")).Body.String()
	for _, s := range []string{
		`<atom:link href="https://policy.example/feed.xml?topic=%E5%85%BB%E8%80%81" rel="self"`, "<link>https://policy.example/d/jinglaoka-banfa</link>",
		`<guid isPermaLink="false">policybot:document:jinglaoka-banfa</guid>`, "【示例】", "现行有效", "<category>养老</category>",
	} {
		if !strings.Contains(body, s) {
			t.Errorf("the feed lacks %q:\n%s", s, body)
		}
	}
}

func TestSitemap(t *testing.T) {
	t.Parallel()
	read := func(h http.Handler, target string) (locs []string) {
		t.Helper()
		w := get(t, h, target)
		var doc struct {
			XMLName xml.Name
			URLs    []string `xml:"url>loc"`
			Parts   []string `xml:"sitemap>loc"`
		}
		if err := xml.Unmarshal(w.Body.Bytes(), &doc); err != nil || w.Code != 200 || doc.XMLName.Space != "http://www.sitemaps.org/schemas/sitemap/0.9" {
			t.Fatalf("%s: %d %v", target, w.Code, err)
		}
		return append(doc.URLs, doc.Parts...)
	}
	h := open(t, setup{})
	all := strings.Join(read(h, "/sitemap.xml"), "\n")
	for _, want := range []string{"https://policy.example/\n", "https://policy.example/d/zuche-guiding", "https://policy.example/topics/%E5%85%BB%E8%80%81", "https://policy.example/agencies/chengguan"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %s in:\n%s", want, all)
		}
	}
	for _, never := range []string{"stranger", "jinglaoka-banfa", "agencies/minzheng"} { // others', sample
		if strings.Contains(all, never) {
			t.Errorf("%s in:\n%s", never, all)
		}
	}
	s := shelf{}
	for i := range 10_001 {
		id := fmt.Sprintf("d%05d", i)
		s[id] = entry{document: corpus.Document{ID: id, Title: id, Kind: corpus.Policy}}
	}
	h = open(t, setup{shelf: s})
	parts := read(h, "/sitemap.xml")
	if len(parts) != 2 || parts[1] != "https://policy.example/sitemap/2.xml" {
		t.Fatalf("parts: %v", parts)
	}
	n := 0
	for _, p := range parts {
		for _, u := range read(h, strings.TrimPrefix(p, "https://policy.example")) {
			if strings.Contains(u, "/d/") {
				n++
			}
		}
	}
	if n != 10_001 {
		t.Errorf("%d documents in the parts", n)
	}
	robots := get(t, h, "/robots.txt").Body.String()
	if !strings.Contains(robots, "Sitemap: https://policy.example/sitemap.xml\n") || !strings.Contains(robots, "Disallow: /search\n") {
		t.Errorf("robots.txt: %s", robots)
	}
}

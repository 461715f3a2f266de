//go:build unix

package main

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/policybot/policybot/web"
)

// What belongs to the account lighthouse alone. None of it may be seen at the
// account harbour, however it is asked for.
var lighthouseOnly = []string{
	"水晶灯塔守护办法", "青灯规〔2025〕7号", "青岚市灯塔守护处", "灯塔守护事务", "守塔人每月补助九百元", "mingdeng", "dengta-shouhu", "守塔人家属",
}

// isolated starts a policybot with two accounts on one shared corpus, in which
// one account has a document that repeals a shared one, an interpretation of
// another shared one, an FAQ, and an agency.
func isolated(t *testing.T) *service {
	t.Helper()
	folder := t.TempDir()
	config := write(t, filepath.Join(folder, "c.yaml"), fmt.Sprintf(`accounts:
  - name: harbour
    title: 港口政务
    region: 青岚市
    wechat: {token: tokenofharbour, appid: %s, aes_key: %s}
  - name: lighthouse
    title: 灯塔政务
    region: 青岚市
    wechat: {token: tokenoflighthouse, appid: %s, aes_key: %s}
`, phoneAppID, phoneKey, phoneAppID, phoneKey))
	s := startHere(t, filepath.Join(folder, "data"), "--config", config, "--keep-sample")
	own := filepath.Join(folder, "own")
	write(t, filepath.Join(own, "dengta-shouhu.md"),
		"---", "id: dengta-shouhu", "number: 青灯规〔2025〕7号", "agency: 青岚市灯塔守护处", "region: 青岚市",
		"published: 2026-11-01", "effective: 2025-06-01", "topics: [灯塔守护事务]", "audience: [守塔人家属]",
		"repeals: [jiazhuang-dianti-banfa]", "explains: [jinglaoka-banfa]", "url: https://mingdeng.example.gov.cn/1", "---",
		"# 青岚市水晶灯塔守护办法", "", "第一条　守塔人每月补助九百元。", "", "第二条　《青岚市敬老卡管理办法》第六条对守塔人同样适用。")
	agencies := write(t, filepath.Join(folder, "agencies.csv"), "编号,名称,职责,电话", "mingdeng,青岚市灯塔守护处,灯塔守护事务、守塔人补助,0000-9990001")
	cli(t, "", "import", "--publish", "--data", s.data, "--account", "lighthouse", own).must(t, 0)
	cli(t, "", "agencies", "import", "--data", s.data, "--account", "lighthouse", agencies).must(t, 0)
	return s
}

func TestNoAccountSeesAnother(t *testing.T) {
	t.Parallel()
	s := isolated(t)
	seeds := []string{
		"/", "/documents", "/d/dengta-shouhu", "/d/dengta-shouhu/a1", "/d/dengta-shouhu/original", "/d/jinglaoka-banfa", "/d/jinglaoka-banfa/a6", "/d/jiazhuang-dianti-banfa",
		"/search", "/search?q=" + url.QueryEscape("守塔"), "/search?q=" + url.QueryEscape("每月补助") + "&sort=date", "/search?agency=" + url.QueryEscape("灯塔"),
		"/search?audience=" + url.QueryEscape("守塔人"), "/search?year=2026", "/topics", "/topics/" + url.PathEscape("灯塔守护事务"), "/topics/" + url.PathEscape("养老"),
		"/agencies", "/agencies/mingdeng", "/agencies/qinglan-minzheng", "/feed.xml", "/feed.xml?topic=" + url.QueryEscape("灯塔守护事务"), "/sitemap.xml", "/sitemap/1.xml",
		"/robots.txt", "/privacy", "/chat", "/healthz", "/readyz", "/nothing", "/wechat/lighthouse", "/wechat/harbour",
	}
	c := &crawl{t: t, base: s.base, seen: map[string]string{}}
	c.from(seeds...)
	c.ask("/chat", "守塔人每月补助多少钱", "灯塔守护处电话多少", "灯塔归谁管", "青灯规〔2025〕7号", "加装电梯有补贴吗", "星期六灯塔守护处开门吗")
	if len(c.seen) < 150 {
		t.Errorf("only %d pages were found", len(c.seen))
	}
	for address, body := range c.seen {
		for _, secret := range lighthouseOnly {
			// What a page repeats of its own address is the asker's.
			said := strings.ReplaceAll(body, html.EscapeString(queryOf(address)), "")
			if strings.Contains(said, secret) {
				t.Errorf("%s shows %q of another account", address, secret)
			}
		}
	}
	c.covers(web.Routes())
	harbour := newPhone(s, "safe", "oCurious")
	harbour.account, harbour.token = "harbour", "tokenofharbour"
	for _, question := range []string{"守塔人每月补助多少钱", "灯塔守护处电话多少", "青灯规〔2025〕7号", "加装电梯有补贴吗", "1"} {
		got := harbour.send(t, harbour.text(question)).reply.Content
		for _, secret := range lighthouseOnly {
			if strings.Contains(strings.ReplaceAll(got, question, ""), secret) {
				t.Errorf("%s → %s", question, got)
			}
		}
	}
	if _, body := get(t, s.base+"/d/jiazhuang-dianti-banfa"); !strings.Contains(body, "现行有效") || strings.Contains(body, "已废止") {
		t.Error("what one account repeals for itself is repealed for another")
	}
}

// TestOwnDocumentsHold is the other side: the account itself sees all of it.
func TestOwnDocumentsHold(t *testing.T) {
	t.Parallel()
	s := isolated(t)
	at := s.base + "/a/lighthouse"
	for address, want := range map[string][]string{
		"/d/dengta-shouhu/a1":       {"水晶灯塔守护办法", "守塔人每月补助九百元", `href="/a/lighthouse/d/dengta-shouhu/original"`},
		"/d/jiazhuang-dianti-banfa": {"已废止", "水晶灯塔守护办法"},
		"/d/jinglaoka-banfa":        {"现行有效", "解读", "/a/lighthouse/d/dengta-shouhu"},
		"/documents":                {"水晶灯塔守护办法"},
		"/search?q=守塔人补助":           {"水晶灯塔守护办法", `href="/a/lighthouse/d/dengta-shouhu`},
		"/topics/灯塔守护事务":            {"水晶灯塔守护办法"},
		"/agencies/mingdeng":        {"青岚市灯塔守护处", "0000-9990001"},
		"/feed.xml?topic=灯塔守护事务":    {"水晶灯塔守护办法", at + "/d/dengta-shouhu"},
		"/sitemap/1.xml":            {at + "/d/dengta-shouhu"},
	} {
		_, body := get(t, at+address)
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%s lacks %s", address, w)
			}
		}
		for _, m := range hrefs.FindAllStringSubmatch(body, -1) {
			if strings.HasPrefix(m[1], "/") && !strings.HasPrefix(m[1], "/a/lighthouse/") && !strings.HasPrefix(m[1], "/assets/") {
				t.Errorf("%s leads out of the account: %s", address, m[1])
			}
		}
	}
	own := newPhone(s, "safe", "oKeeper")
	own.account, own.token = "lighthouse", "tokenoflighthouse"
	if got := own.send(t, own.text("守塔人每月补助多少钱")).reply.Content; !strings.Contains(got, "九百元") {
		t.Errorf("own document: %s", got)
	}
	if got := own.send(t, own.text("加装电梯的补贴有多少")).reply.Content; strings.Contains(got, "依据《青岚市既有住宅加装电梯管理办法》") && !strings.Contains(got, "废止") {
		t.Errorf("what is repealed for the account is quoted to it: %s", got)
	}
}

var hrefs = regexp.MustCompile(`(?:href|action|src)="([^"]+)"`)
var locs = regexp.MustCompile(`<(?:loc|link|guid[^>]*)>([^<]+)<`)

// crawl follows every link of one site.
type crawl struct {
	t    *testing.T
	base string
	seen map[string]string // address → body
}

const maxCrawl = 1500

func (c *crawl) from(addresses ...string) {
	for len(addresses) > 0 && len(c.seen) < maxCrawl {
		address := addresses[0]
		addresses = addresses[1:]
		if _, done := c.seen[address]; done {
			continue
		}
		_, body := get(c.t, c.base+address)
		c.seen[address] = body
		for _, m := range slices.Concat(hrefs.FindAllStringSubmatch(body, -1), locs.FindAllStringSubmatch(body, -1)) {
			link := strings.TrimPrefix(html.UnescapeString(m[1]), c.base)
			link, _, _ = strings.Cut(link, "#")
			deep := strings.Count(link, "=") > 2 // filters of filters
			if strings.HasPrefix(link, "/") && !strings.HasPrefix(link, "/a/") && !deep && !strings.Contains(link, "print=") {
				addresses = append(addresses, link)
			}
		}
	}
}

// ask sends questions to the chat page.
func (c *crawl) ask(address string, questions ...string) {
	for _, q := range questions {
		res, err := http.PostForm(c.base+address, url.Values{"text": {q}})
		if err != nil {
			c.t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			c.t.Fatal(err)
		}
		c.seen[address+"?"+url.Values{"q": {q}}.Encode()] = strings.ReplaceAll(string(body), q, "")
	}
}

// covers fails the test for a route that no address of the crawl belongs to.
func (c *crawl) covers(routes []string) {
	c.t.Helper()
	for _, route := range routes {
		pattern := regexp.MustCompile(`^` + regexp.MustCompile(`:[a-z]+`).ReplaceAllString(regexp.QuoteMeta(route), `[^/]+`) + `(\?|$)`)
		met := route == "/chat/new" // ends a conversation, says nothing
		for address := range c.seen {
			met = met || pattern.MatchString(address)
		}
		if !met {
			c.t.Errorf("no address of the route %s was tried", route)
		}
	}
}

// queryOf returns the words that an address asks for: they are the asker's, and
// a page may repeat them.
func queryOf(address string) string {
	path, query, _ := strings.Cut(address, "?")
	values, err := url.ParseQuery(query)
	if err == nil && values.Get("q") != "" {
		return values.Get("q")
	}
	if topic, err := url.PathUnescape(strings.TrimPrefix(path, "/topics/")); err == nil && topic != path {
		return topic
	}
	return "\x00"
}

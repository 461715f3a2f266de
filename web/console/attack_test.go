package console_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/door"
	"github.com/policybot/policybot/store"
	"github.com/policybot/policybot/web/console"
)

func TestFormsOfOtherSites(t *testing.T) {
	t.Parallel()
	d := open(t, "https://console.example.gov.cn")
	d.enter(t, "admin", "", desk.Admin)
	for name, header := range map[string]http.Header{
		"another site":                 {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}},
		"another host of the site":     {"Sec-Fetch-Site": {"same-site"}, "Origin": {"https://www.example.gov.cn"}},
		"an origin alone":              {"Sec-Fetch-Site": {""}, "Origin": {"https://evil.example"}},
		"no origin":                    {"Sec-Fetch-Site": {""}, "Origin": {"null"}},
		"neither":                      {"Sec-Fetch-Site": {""}, "Origin": {""}},
		"another method's name":        {"Sec-Fetch-Site": {"cross-site"}, "X-Http-Method-Override": {"GET"}},
		"a proxy's host is no excuse":  {"Sec-Fetch-Site": {"cross-site"}, "X-Forwarded-Host": {"evil.example"}, "Origin": {"https://evil.example"}},
		"the right origin, other site": {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}},
	} {
		c := d.client(t)
		for k, v := range header {
			c.header[k] = v
		}
		if r := c.post("/console/sign-in", "name", "admin", "password", good); r.StatusCode != 403 || len(r.Cookies()) > 0 {
			t.Errorf("%s: %d", name, r.StatusCode)
		}
	}
	for name, header := range map[string]http.Header{
		"a browser":                   {},
		"behind a proxy, old browser": {"Sec-Fetch-Site": {""}, "Origin": {"https://console.example.gov.cn"}},
	} {
		c := d.client(t)
		for k, v := range header {
			c.header[k] = v
		}
		if r := c.post("/console/sign-in", "name", "admin", "password", good); r.StatusCode != 303 {
			t.Errorf("%s: %d", name, r.StatusCode)
		}
	}
}

func TestCookies(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]struct {
		name   string
		secure bool
	}{"": {"policybot-staff", false}, "https://console.example.gov.cn": {"__Host-policybot-staff", true}} {
		d := open(t, base)
		d.enter(t, "admin", "", desk.Admin)
		r := d.client(t).post("/console/sign-in", "name", "admin", "password", good).must(t, 303)
		if len(r.Cookies()) != 1 {
			t.Fatalf("%d cookies", len(r.Cookies()))
		}
		c := r.Cookies()[0]
		if c.Name != want.name || c.Secure != want.secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || len(c.Value) != 43 {
			t.Errorf("%+v", c)
		}
		if hsts := r.Header.Get("Strict-Transport-Security"); (hsts != "") != want.secure {
			t.Errorf("%q", hsts)
		}
	}
}

// TestFixation: a token that somebody had before is not the one that they are
// signed in by, and the one before is void.
func TestFixation(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.enter(t, "admin", "", desk.Admin)
	d.enter(t, "other", "", desk.Editor)
	c := d.client(t)
	at, _ := url.Parse(d.base)
	planted := strings.Repeat("A", 43)
	c.Jar.SetCookies(at, []*http.Cookie{{Name: "policybot-staff", Value: planted, Path: "/"}})
	c.signIn("admin")
	first := c.Jar.Cookies(at)[0].Value
	if first == planted {
		t.Error("a planted token is used")
	}
	c.signIn("other") // in the same browser
	second := c.Jar.Cookies(at)[0].Value
	thief := d.client(t)
	for _, token := range []string{planted, first, door.Hash(second), second[:42], second + "A"} {
		thief.Jar.SetCookies(at, []*http.Cookie{{Name: "policybot-staff", Value: token, Path: "/"}})
		thief.get("/console/").must(t, 303)
	}
	c.get("/console/").must(t, 200).says(t, "某other")
}

func TestOpenRedirect(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.enter(t, "admin", "", desk.Admin)
	for _, next := range []string{
		"https://evil.example/", "//evil.example/console/", `/\evil.example`, `\\evil.example`, "javascript:alert(1)", "/console", "/consolex/",
		"/console//evil.example", "/console/../../evil", "/console/sign-in?next=x", "http:/console/", "///console/", "/console/%0d%0aX: y\r\nZ: 1", "\t/console/", "data:,x",
		"/console/..//evil.example",
	} {
		r := d.client(t).post("/console/sign-in", "name", "admin", "password", good, "next", next).must(t, 303)
		to := r.Header.Get("Location")
		u, err := url.Parse(to)
		if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, "/console/") || strings.Contains(to, "//") || strings.ContainsAny(to, "\r\n\\") || r.Header.Get("Z") != "" {
			t.Errorf("%q leads to %q", next, to)
		}
	}
	r := d.client(t).post("/console/sign-in", "name", "admin", "password", good, "next", "/console/history?person=a%20b&page=2").must(t, 303)
	if to := r.Header.Get("Location"); to != "/console/history?person=a%20b&page=2" {
		t.Errorf("leads to %q", to)
	}
	r = d.client(t).post("/console/sign-in", "name", "admin", "password", good, "kept", "//evil.example/../x?y#z").must(t, 303)
	if to := r.Header.Get("Location"); to != "/console/kept/%2F%2Fevil.example%2F..%2Fx%3Fy%23z" {
		t.Errorf("leads to %q", to)
	}
}

// TestScripts: what people type is shown as they typed it, and never run.
func TestScripts(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.enter(t, "admin", "", desk.Admin)
	c := d.client(t).signIn("admin")
	const evil = `"><img src=x onerror=x>`
	c.post("/console/people/new", "display", evil, "name", "evil", "roles", "editor", "agency", `'<svg/onload=1>`).must(t, 200)
	c.post("/console/people/new", "display", evil, "name", evil, "roles", evil, "agency", evil).must(t, 422)
	pages := []string{
		"/console/people", "/console/people/evil", "/console/history", "/console/", "/console/agencies?q=" + url.QueryEscape(evil),
		"/console/history?person=" + url.QueryEscape(evil) + "&document=" + url.QueryEscape(evil) + "&from=" + url.QueryEscape(evil),
		"/console/sign-in?next=" + url.QueryEscape(evil) + "&kept=" + url.QueryEscape(evil), "/console/" + url.PathEscape(evil),
	}
	for _, path := range pages {
		r := c.get(path)
		if strings.Contains(r.body, "<img src=x") || strings.Contains(r.body, "<svg/onload") {
			t.Errorf("%s: %s", path, r.body)
		}
		for _, inline := range []string{"<style", " style=", " onclick", " onload", "javascript:", "<script>"} {
			if strings.Contains(strings.ReplaceAll(r.body, "&lt;script&gt;", ""), inline) {
				t.Errorf("%s has %s in it", path, inline)
			}
		}
		policy := r.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "data:") {
			t.Errorf("%s: %q", path, policy)
		}
		if r.Header.Get("Cache-Control") != "no-store" || r.Header.Get("X-Content-Type-Options") != "nosniff" || r.Header.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: %v", path, r.Header)
		}
	}
	if log := d.logged(); strings.Contains(log, "evil") || strings.Contains(log, "onerror") || strings.Contains(log, good) || strings.Contains(log, "127.0.0.1") {
		t.Error("the log holds what was typed, or an address")
	}
}

// TestDoubleSubmit adds one person, whoever presses twice.
func TestDoubleSubmit(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	link, _, err := d.First(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var in atomic.Int64
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			name := fmt.Sprintf("admin%d", i)
			r := d.client(t).post(strings.TrimPrefix(link, d.base), "display", "某", "name", name, "password", good, "again", good)
			if r.StatusCode == 303 {
				in.Add(1)
			} else if r.StatusCode != 404 {
				t.Errorf("%d %s", r.StatusCode, r.words())
			}
		})
	}
	all.Wait()
	if people, err := d.store.Everybody(t.Context()); in.Load() != 1 || len(people) != 1 || err != nil {
		t.Errorf("%d are in, %d people, %v", in.Load(), len(people), err)
	}
}

func TestBruteForce(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.enter(t, "admin", "", desk.Admin)
	var words [2][]string
	for i, name := range []string{"admin", "nobody"} {
		c := d.client(t)
		for range 7 {
			words[i] = append(words[i], c.post("/console/sign-in", "name", name, "password", "wrong").must(t, 422).words())
		}
		if !strings.Contains(words[i][4], "登录名或密码不对。输错的次数太多，请1分钟后再试。") || strings.Contains(words[i][6], "密码不对") {
			t.Error(words[i])
		}
	}
	for i := range words[0] {
		if words[0][i] != words[1][i] {
			t.Errorf("try %d: a known name is told from an unknown one: %q, %q", i, words[0][i], words[1][i])
		}
	}
	d.client(t).post("/console/sign-in", "name", "admin", "password", good).must(t, 422).says(t, "请1分钟后再试")
	d.pass(2 * 60e9)
	d.client(t).post("/console/sign-in", "name", "admin", "password", good).must(t, 303)
	if got := d.actions(t); got != "person locked-out signed-in" {
		t.Errorf("the history says %q", got)
	}
}

// TestForwarded: who somebody is said to be counts from our own proxies only.
func TestForwarded(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	for _, c := range []struct{ peer, said, want string }{
		{"203.0.113.9:1234", "", "203.0.113.9"},
		{"203.0.113.9:1234", "10.1.1.1", "203.0.113.9"},
		{"192.0.2.7:1", "10.1.1.1", "10.1.1.1"},
		{"192.0.2.7:1", "6.6.6.6, 10.1.1.1", "10.1.1.1"},
		{"192.0.2.7:1", "10.1.1.1, 192.0.2.8", "10.1.1.1"},
		{"192.0.2.7:1", "<script>", "192.0.2.7"},
		{"192.0.2.7:1", "", "192.0.2.7"},
		{"[::ffff:192.0.2.7]:1", "2001:db8::1", "2001:db8::1"},
		{"strange", "", "unknown"},
	} {
		r, _ := http.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.peer
		if c.said != "" {
			r.Header.Set("X-Forwarded-For", c.said)
		}
		if got := d.AddressOf(r); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// TestBounds: forms that are too large or no forms are refused.
func TestBounds(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.enter(t, "admin", "", desk.Admin)
	c := d.client(t)
	c.post("/console/sign-in", "name", strings.Repeat("x", 20_000), "password", "x").must(t, 413)
	c.header.Set("Content-Type", "application/json")
	c.post("/console/sign-in", "name", "admin", "password", good).must(t, 400)
	c.header.Set("Content-Type", "multipart/form-data; boundary=x")
	c.post("/console/sign-in", "name", "admin", "password", good).must(t, 400)
	c.header.Del("Content-Type")
	c.do(http.MethodPut, "/console/people", nil).must(t, 405)
	c.do(http.MethodPost, "/console/history", nil).must(t, 405)
	c.do(http.MethodDelete, "/console/nothing", nil).must(t, 404)
	for _, path := range []string{"/console/nothing", "/nothing", "/console/assets/x/../../console.go", "/console/assets/x/none.js", "/assets/x/none.css", "/d/x", "/wechat/default", "/metrics"} {
		if r := c.get(path); r.StatusCode != 404 && r.StatusCode != 301 && r.StatusCode != 307 {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	c.signIn("admin")
	for _, path := range []string{"/console/history?page=0", "/console/history?page=-1", "/console/history?page=99999999999", "/console/agencies?page=x"} {
		c.get(path).must(t, 404)
	}
	c.get("/console/history?from=9999-99-99&to=x&action=%00&page=100000").must(t, 200)
}

// TestApprovedTogetherAsSeen: an interpretation that was changed after the
// reviewer saw it on the policy's page does not pass with the policy.
func TestApprovedTogetherAsSeen(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	editor := d.enter(t, "wang", "", desk.Editor)
	d.enter(t, "zhao", "", desk.Reviewer)
	ctx, by := t.Context(), desk.Actor{Staff: editor}
	d.draft(t, editor, "policy", "城市养犬规定", func(n *desk.NewWork) { n.Content.Document.Kind = corpus.Policy })
	d.draft(t, editor, "why", "城市养犬规定解读", func(n *desk.NewWork) {
		n.Content.Document.Kind = corpus.Interpretation
		n.Content.Document.Declares = []corpus.Relation{{Kind: corpus.Interprets, From: "why", To: "policy"}}
	})
	for _, id := range []string{"policy", "why"} {
		if err := d.Desk.Submit(ctx, by, id, 1, 1); err != nil {
			t.Fatal(err)
		}
	}
	c := d.client(t).signIn("zhao")
	pass := func(page reply) reply {
		with := page.inputs("with")
		if len(with) != 1 {
			t.Fatalf("%q", with)
		}
		return c.post("/console/documents/policy/approve", "revision", "1", "version", page.inputs("version")[0], "secrecy", "yes", "accuracy", "yes", "links", "yes", "with", with[0])
	}
	seen := c.get("/console/documents/policy").must(t, 200)
	if err := d.Desk.Return(ctx, by, "why", 1, 2, ""); err != nil {
		t.Fatal(err)
	}
	w, err := d.store.Work(ctx, "why", 0)
	if err != nil {
		t.Fatal(err)
	}
	changed := w.Content()
	changed.Document.Title = "换过的解读"
	next, err := d.Desk.Save(ctx, by, "why", 1, w.Version, changed)
	if err == nil {
		err = d.Desk.Submit(ctx, by, "why", 1, next)
	}
	if err != nil {
		t.Fatal(err)
	}
	pass(seen).must(t, 409).says(t, "别人刚刚改过")
	if a, b := d.status(t, "policy"), d.status(t, "why"); a != corpus.Submitted || b != corpus.Submitted {
		t.Errorf("%s, %s", a, b)
	}
	pass(c.get("/console/documents/policy").must(t, 200)).must(t, 303)
	if a, b := d.status(t, "policy"), d.status(t, "why"); a != corpus.Approved || b != corpus.Approved {
		t.Errorf("%s, %s", a, b)
	}
	c.get("/console/documents").must(t, 200).says(t, "存量文件成批审核")
	d.enter(t, "root", "", desk.Admin)
	if r := d.client(t).signIn("root").get("/console/documents").must(t, 200); strings.Contains(r.body, "/console/backlog") {
		t.Error("somebody is led to a page that is not theirs")
	}
}

// TestLargeFilesWait: of large files only a few are in memory, whoever sends
// how many; all of them are taken in the end, and one that finds no place for
// long is told so.
func TestLargeFilesWait(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.enter(t, "wang", "", desk.Editor)
	c := d.client(t).signIn("wang")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			c.send(map[string][]byte{fmt.Sprintf("large%d.txt", i): []byte(strings.Repeat("长", 700_000))}).must(t, 303)
		})
	}
	all.Wait()
	for range 4 {
		if err := d.Room(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	late, cancel := context.WithCancel(t.Context())
	cancel()
	if status, title := console.ToldOf(d.Room(late)); status != 503 || title != "同时上传的大文件太多" {
		t.Errorf("%d %s", status, title)
	}
	c.send(map[string][]byte{"small.txt": []byte("小文件不用等")}).must(t, 303)
}

// Whose disk is full learns that, and not that something went wrong.
func TestDiskFullIsSaid(t *testing.T) {
	t.Parallel()
	if status, title := console.ToldOf(fmt.Errorf("store: moving: %w", store.ErrFull)); status != 507 || title != "服务器的磁盘满了" {
		t.Errorf("%d %s", status, title)
	}
}

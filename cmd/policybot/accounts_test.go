//go:build unix

package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// cityAccounts configure two accounts of the sample city, each with its own
// keys, words, region and address.
func cityAccounts(greeting string) string {
	return fmt.Sprintf(`site:
  organiser: 青岚市人民政府办公室
accounts:
  - name: qinglan
    title: 青岚发布
    greeting: %s
    region: 青岚市
    wechat: {token: tokenofqinglan, appid: %s, aes_key: %s}
  - name: minzheng
    title: 青岚民政
    greeting: 您好，这里是青岚民政的小窗口。
    agency: 青岚市民政局
    links: official
    wechat: {token: tokenofminzheng, appid: %s, aes_key: %s, mode: compatible}
`, greeting, phoneAppID, phoneKey, phoneAppID, aesTwo)
}

func phonesOf(s *service) (qinglan, minzheng *phone) {
	qinglan, minzheng = newPhone(s, "safe", "oSamePerson"), newPhone(s, "compatible", "oSamePerson")
	qinglan.account, qinglan.token = "qinglan", "tokenofqinglan"
	minzheng.account, minzheng.token, minzheng.key = "minzheng", "tokenofminzheng", aesTwo
	return qinglan, minzheng
}

// TestTwoAccounts drives two accounts of one process side by side.
func TestTwoAccounts(t *testing.T) {
	t.Parallel()
	config := write(t, filepath.Join(t.TempDir(), "policybot.yaml"), cityAccounts("您好，这里是青岚发布。"))
	s := startHere(t, t.TempDir(), "--config", config, "--keep-sample")
	for account, own := range map[string]struct{ what, sum string }{"qinglan": {"龙舟竞渡", "八百元"}, "minzheng": {"百岁寿星", "六百元"}} {
		file := write(t, filepath.Join(t.TempDir(), account+"-own.md"),
			"---", "url: https://"+account+".example.gov.cn/1.html", "region: 青岚市", "published: 2026-01-01", "effective: 2026-01-01", "---",
			"# 青岚市"+own.what+"奖励办法", "", "第一条　参加"+own.what+"活动的市民，每人奖励"+own.sum+"。", "", "第二条　奖励由街道办事处在十日内发放。")
		cli(t, "", "import", "--publish", "--data", s.data, "--account", account, file).must(t, 0)
	}
	stray := write(t, filepath.Join(t.TempDir(), "stray.md"), "# 青岚市走失办法", "", "第一条　找回走失的文件。")
	if r := cli(t, "", "import", "--data", s.data, "--account", "minzeng", stray).must(t, 0); !strings.Contains(r.errs, `no account "minzeng" is configured (there are: qinglan, minzheng)`) {
		t.Errorf("a mistyped account: %s", r.errs)
	}
	if r := cli(t, "", "health", "--data", s.data).must(t, 0); strings.Contains(r.out, "greeting") {
		t.Errorf("good greetings: %s", r.out)
	}
	qinglan, minzheng := phonesOf(s)
	if got := qinglan.send(t, qinglan.event("subscribe", "")).reply.Content; !strings.HasPrefix(got, "您好，这里是青岚发布。\n") {
		t.Errorf("greeting of one: %s", got)
	}
	if got := minzheng.send(t, minzheng.event("subscribe", "")).reply.Content; !strings.HasPrefix(got, "您好，这里是青岚民政的小窗口。\n") {
		t.Errorf("greeting of the other: %s", got)
	}
	ask := func(p *phone, question string) string { return p.send(t, p.text(question)).reply.Content }
	mine := ask(qinglan, "参加龙舟竞渡奖励多少钱")
	if !strings.Contains(mine, "八百元") || !strings.Contains(mine, `href="`+s.base+`/d/qinglan-own`) {
		t.Errorf("own document: %s", mine)
	}
	if got := ask(minzheng, "参加百岁寿星活动奖励多少钱"); !strings.Contains(got, "六百元") || !strings.Contains(got, `href="https://minzheng.example.gov.cn/1.html"`) {
		t.Errorf("own document with the official address: %s", got)
	}
	if got := ask(minzheng, "参加龙舟竞渡奖励多少钱"); strings.Contains(got, "龙舟竞渡奖励办法") || strings.Contains(got, "八百元") {
		t.Errorf("another account's document: %s", got)
	}
	shared := ask(minzheng, "老人卡在哪里办？")
	if !strings.Contains(shared, "敬老卡") || !strings.Contains(shared, s.base+"/a/minzheng/d/") {
		t.Errorf("shared document: %s", shared)
	}
	if got := ask(qinglan, "1"); strings.Contains(got, "百岁寿星") {
		t.Errorf("the same person at another account: %s", got)
	}
	for address, status := range map[string]int{
		"/d/qinglan-own": 200, "/d/minzheng-own": 404, "/a/minzheng/d/minzheng-own": 200, "/a/minzheng/d/qinglan-own": 404,
		"/a/minzheng/": 200, "/a/minzheng": 200, "/a/qinglan/d/qinglan-own": 200, "/a/nobody/": 404, "/a/": 404, "/a/minzheng/documents": 200,
		"/wechat/nobody": 404,
	} {
		if got, body := get(t, s.base+address); got != status {
			t.Errorf("%s: %d, want %d\n%.200s", address, got, status, body)
		}
	}
	// A redirect goes to our own origin, and keeps the path as it was asked for.
	stay := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for address, to := range map[string]string{
		"/a/qinglan//evil.example": "//evil.example", "/a/qinglan/%2Fevil.example": "/%2Fevil.example", "/a/qinglan/x%0d%0aX-Evil:1": "/x%0d%0aX-Evil:1",
		"/a/qinglan/topics/a%2Fb%3Fc?page=2": "/topics/a%2Fb%3Fc?page=2", "/a/minzheng?print=large": "/a/minzheng/?print=large",
	} {
		res, err := stay.Get(s.base + address)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if got := res.Header.Get("Location"); got != s.base+to || res.StatusCode != http.StatusPermanentRedirect {
			t.Errorf("%s: %d to %s", address, res.StatusCode, got)
		}
	}
	if _, body := get(t, s.base+"/a/minzheng/documents"); strings.Contains(body, "龙舟") || !strings.Contains(body, "百岁寿星") ||
		!strings.Contains(body, `href="/a/minzheng/d/minzheng-own"`) || strings.Contains(body, `href="/d/`) {
		t.Errorf("documents of one account:\n%s", body)
	}
	crossed, _ := phonesOf(s)
	crossed.account = "minzheng"
	if got, err := crossed.try(crossed.text("你好")); err != nil || got.status != 403 {
		t.Errorf("keys of another account: %d, %v", got.status, err)
	}
}

// TestReload: a new file is served without a restart, a wrong one is refused
// whole.
func TestReload(t *testing.T) {
	t.Parallel()
	config := write(t, filepath.Join(t.TempDir(), "policybot.yaml"), cityAccounts("您好，旧的问候。"))
	s := startChild(t, t.TempDir(), "--config", config, "--keep-sample")
	qinglan, minzheng := phonesOf(s)
	greeting := func(p *phone) string {
		got, err := p.try(p.event("subscribe", fmt.Sprint(p.ids.Add(1))))
		if err != nil {
			t.Fatal(err)
		}
		line, _, _ := strings.Cut(got.reply.Content, "\n")
		return fmt.Sprint(got.status) + " " + line
	}
	write(t, config, cityAccounts("您好，新的问候。"))
	if r := cli(t, "", "reload", "--data", s.data).must(t, 0); !strings.Contains(r.out, "accounts: qinglan, minzheng\n") {
		t.Errorf("reload: %s", r.out)
	}
	if got := greeting(qinglan); got != "200 您好，新的问候。" {
		t.Errorf("after a reload: %s", got)
	}
	write(t, config, cityAccounts("您好，不该有的问候。"), "  - name: qinglan")
	if r := cli(t, "", "reload", "--data", s.data).must(t, 1); !strings.Contains(r.errs, `policybot.yaml:16: accounts[2].name: there are two accounts of the name "qinglan"`) {
		t.Errorf("a wrong file: %s", r.errs)
	}
	if got := greeting(qinglan); got != "200 您好，新的问候。" {
		t.Errorf("after a refused reload: %s", got)
	}
	write(t, config, cityAccounts("您好，帐户的事也可以问。"))
	cli(t, "", "reload", "--data", s.data).must(t, 0)
	if r := cli(t, "", "health", "--data", s.data).must(t, 0); !strings.Contains(r.out, "greeting   account qinglan: “帐户”，应写“账户”") {
		t.Errorf("a greeting with a wrong word: %s", r.out)
	}
	write(t, config, cityAccounts("您好，新的问候。"))
	cli(t, "", "reload", "--data", s.data).must(t, 0)
	write(t, config, "") // as an editor leaves it for a moment
	if r := cli(t, "", "reload", "--data", s.data).must(t, 1); !strings.Contains(r.errs, "no account is left in it") {
		t.Errorf("an emptied file: %s", r.errs)
	}
	if got := greeting(minzheng); !strings.HasPrefix(got, "200") {
		t.Errorf("after an emptied file: %s", got)
	}
	alone, _, _ := strings.Cut(cityAccounts("您好，信号之后。"), "  - name: minzheng")
	write(t, config, alone)
	if err := s.process.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "SIGHUP", func() bool { return greeting(qinglan) == "200 您好，信号之后。" })
	if got := greeting(minzheng); !strings.HasPrefix(got, "404") {
		t.Errorf("an account that is gone: %s", got)
	}
	if status, _ := get(t, s.base+"/a/minzheng/"); status != 404 {
		t.Errorf("pages of an account that is gone: %d", status)
	}
	cli(t, "", "reload", "--data", t.TempDir()).must(t, 1)
	if code := s.stop(); code != 0 {
		t.Errorf("stopped with %d\n%s", code, s.log)
	}
}

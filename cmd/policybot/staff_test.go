//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// colleague is a browser at the console, as far as cookies and forms go.
type colleague struct {
	t *testing.T
	*http.Client
}

func newColleague(t *testing.T) *colleague {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &colleague{t, &http.Client{Jar: jar}}
}

// send posts a form where there is one, and returns the page that it leads to.
func (o *colleague) send(address string, form url.Values) (status int, body string) {
	o.t.Helper()
	method, content := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, content = http.MethodPost, strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(o.t.Context(), method, address, content)
	if err != nil {
		o.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := o.Do(req)
	if err != nil {
		o.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

var (
	staffAt   = regexp.MustCompile(`staff\s+(http://\S+/console)/\n`)
	firstLink = regexp.MustCompile(`http://\S+/console/begin/\S+`)
	setLink   = regexp.MustCompile(`http://\S+/console/set-password/\S+`)
)

// TestStaff goes from the first start to people who come and go, by the links
// that the terminal prints.
func TestStaff(t *testing.T) {
	t.Parallel()
	const good = "lantern 4 willow"
	data := filepath.Join(t.TempDir(), "data")
	s := startHere(t, data, "--empty", "--log-file", "-")
	at := staffAt.FindStringSubmatch(s.out.String())
	link := firstLink.FindString(s.out.String())
	if at == nil || link == "" || strings.HasPrefix(link, s.base) {
		t.Fatalf("%s", s.out)
	}
	staff := func(args ...string) result {
		return cli(t, "", append(append([]string{"staff"}, args...), "--data", data)...)
	}
	if r := staff("list").must(t, 0); !strings.Contains(r.out, "nobody works in the console yet") {
		t.Errorf("%q", r.out)
	}
	wangmin := newColleague(t)
	password := url.Values{"display": {"王敏"}, "name": {"wangmin"}, "password": {good}, "again": {good}}
	if status, body := wangmin.send(link, password); status != 200 || !strings.Contains(body, "首页") {
		t.Fatalf("%d %s", status, body)
	}
	r := staff("add", "lilei", "--display", "李雷", "--roles", "编辑,reviewer", "--agency", "青岚市民政局").must(t, 0)
	lilei := newColleague(t)
	set := setLink.FindString(r.out)
	if status, body := lilei.send(set, password); status != 200 || !strings.Contains(body, "首页") || !strings.HasPrefix(set, at[1]) {
		t.Fatalf("%d %s %s", status, set, body)
	}
	var one staffPerson
	lines := strings.Split(strings.TrimSpace(staff("list", "--json").must(t, 0).out), "\n")
	if err := json.Unmarshal([]byte(lines[0]), &one); err != nil || len(lines) != 2 || one.Name != "lilei" || !one.Password || len(one.Roles) != 2 || one.Agency != "青岚市民政局" {
		t.Errorf("%q %v", lines, err)
	}
	staff("add", "lilei", "--display", "李雷", "--roles", "编辑").must(t, 1)
	staff("add", "Li Lei", "--display", "李雷", "--roles", "编辑").must(t, 2)
	staff("add", "hanmei", "--display", "韩梅", "--roles", "boss").must(t, 2)
	staff("add", "hanmei", "--display", "韩梅").must(t, 2)
	staff("reset", "nobody").must(t, 1)
	staff("disable", "wangmin").must(t, 1) // the only administrator
	staff("disable", "lilei").must(t, 0)
	if _, body := lilei.send(at[1]+"/", nil); !strings.Contains(body, "登录名") {
		t.Errorf("somebody who is disabled is in: %s", body)
	}
	staff("reset", "lilei").must(t, 1)
	staff("enable", "lilei").must(t, 0)
	staff("reset", "lilei").must(t, 0)
	if _, body := lilei.send(at[1]+"/sign-in", url.Values{"name": {"lilei"}, "password": {good}}); !strings.Contains(body, "登录名或密码不对") {
		t.Errorf("the password before the reset: %s", body)
	}
	if log := s.log.String(); strings.Contains(log, good) || strings.Contains(log, link[len(link)-20:]) {
		t.Error("the log tells too much")
	}
	s.stop()
	// Without a server the commands do the same.
	if r := staff("list").must(t, 0); !strings.Contains(r.out, "李雷") || !strings.Contains(r.out, "no password yet") {
		t.Errorf("%q", r.out)
	}
	if again := startHere(t, data, "--empty", "--log-file", "-"); firstLink.MatchString(again.out.String()) {
		t.Error("another first link, although there is an administrator")
	}
}

func TestConsoleAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ addr, console, want string }{
		{"127.0.0.1:8080", "", "127.0.0.1:8081"}, {":80", "", "127.0.0.1:81"}, {"0.0.0.0:0", "", "127.0.0.1:0"},
		{"127.0.0.1:65535", "", "127.0.0.1:0"}, {"x", "", "127.0.0.1:0"}, {":8080", "10.0.0.5:9000", "10.0.0.5:9000"}, {":8080", "-", "-"},
	} {
		s := settings{Addr: c.addr, AddrConsole: c.console}
		if got, _ := s.consoleAddr(); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
	for text, want := range map[string]int{"": 0, "127.0.0.1": 1, "10.0.0.0/8, ::1": 2, "proxy": -1, "10.0.0.0/99": -1} {
		s := settings{ConsoleProxies: text}
		if all, err := s.proxies(); (err != nil) != (want < 0) || err == nil && len(all) != want {
			t.Errorf("%q: %v %v", text, all, err)
		}
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	var log bytes.Buffer
	s := settings{AddrConsole: taken.Addr().String()}
	if _, err := s.listenConsole(slog.New(slog.NewTextHandler(&log, nil))); err == nil {
		t.Error("an address that was asked for, and is taken")
	}
	s = settings{AddrConsole: "-"}
	if l, err := s.listenConsole(slog.Default()); l != nil || err != nil {
		t.Error(l, err)
	}
	for base, want := range map[string]bool{"https://console.example.gov.cn/": true, "console.example.gov.cn": false, "https://a.example/console": false} {
		s := settings{BaseURLConsole: base}
		if got, err := s.consoleBase(); (err == nil) != want || want && got != "https://console.example.gov.cn" {
			t.Errorf("%s: %s %v", base, got, err)
		}
	}
	for addr, want := range map[string]bool{"127.0.0.1:1": false, "[::1]:1": false, "0.0.0.0:1": true, "10.0.0.5:1": true} {
		if got := (&settings{AddrConsole: addr}).exposed(); got != want {
			t.Errorf("%s: %v", addr, got)
		}
	}
}

//go:build unix

package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// checking is a wechat check at work.
type checking struct {
	out  *output
	done chan int
}

func startCheck(t *testing.T, args ...string) *checking {
	t.Helper()
	c := &checking{out: &output{}, done: make(chan int, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	errs := &output{}
	go func() {
		c.done <- execute(ctx, append([]string{"wechat", "check"}, args...), strings.NewReader(""), c.out, errs)
	}()
	eventually(t, "wechat check to wait", func() bool {
		if errs.String() != "" {
			t.Fatalf("wechat check failed: %s", errs)
		}
		return strings.Contains(c.out.String(), "Waiting for")
	})
	return c
}

func (c *checking) says(t *testing.T, words string) {
	t.Helper()
	eventually(t, "wechat check to say "+words, func() bool { return strings.Contains(c.out.String(), words) })
}

// verification is the platform's GET.
func verification(t *testing.T, base, path, token string, at time.Time) int {
	t.Helper()
	ts := fmt.Sprint(at.Unix())
	q := url.Values{"timestamp": {ts}, "nonce": {"1234"}, "echostr": {"5577006791947779410"}, "signature": {phoneSign(token, ts, "1234")}}
	status, _ := get(t, base+path+"?"+q.Encode())
	return status
}

// knock does everything that may be wrong, and lastly what is right.
func knock(t *testing.T, c *checking, base string) {
	t.Helper()
	for _, tt := range []struct {
		words, path, token string
		off                time.Duration
		status             int
	}{
		{"  token: ", "/wechat/default", "another-token", 0, 403},
		{"clock is 42 minutes behind", "/wechat/default", phoneToken, 42*time.Minute + 30*time.Second, 403},
		{`it came to "/wechat/defualt"`, "/wechat/defualt", phoneToken, 0, 404},
		{"  ok      verification", "/wechat/default", phoneToken, 0, 200},
	} {
		if got := verification(t, base, tt.path, tt.token, time.Now().Add(tt.off)); got != tt.status {
			t.Errorf("%s: status %d", tt.words, got)
		}
		c.says(t, tt.words)
	}
	p := newPhone(&service{base: base}, "plain", "oSecretCitizen")
	if got := p.send(t, p.text("我的秘密")); got.status != http.StatusForbidden || got.raw != "" {
		t.Errorf("plain: %d %q", got.status, got.raw)
	}
	c.says(t, "  mode: a plain message came")
	p = newPhone(&service{base: base}, "safe", "oSecretCitizen")
	p.key = "A" + phoneKey[1:]
	if got := p.send(t, p.text("我的秘密")); got.status != http.StatusForbidden || got.raw != "" {
		t.Errorf("wrong key: %d %q", got.status, got.raw)
	}
	c.says(t, "  AES key: ")
	p.key = phoneKey
	if got := p.send(t, p.text("我的秘密")); got.status != http.StatusOK {
		t.Errorf("right: %d %q", got.status, got.raw)
	}
	c.says(t, "the account is connected: a message was authentic (text)")
	if code := <-c.done; code != 0 {
		t.Errorf("exit status %d", code)
	}
	for _, secret := range []string{"秘密", "oSecretCitizen", phoneToken, phoneKey} {
		if strings.Contains(c.out.String(), secret) {
			t.Errorf("%q was printed:\n%s", secret, c.out)
		}
	}
	for _, words := range []string{"自动回复", "自定义菜单", "text 文字: an answer", "/wechat/default   (服务器地址 URL"} {
		if !strings.Contains(c.out.String(), words) {
			t.Errorf("no %q in\n%s", words, c.out)
		}
	}
}

func TestWeChatCheckBesideServer(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := startHere(t, data, append(accountArgs("safe"), "--keep-sample")...)
	knock(t, startCheck(t, "--data", data, "--message"), s.base)
	if strings.Contains(s.log.String(), "秘密") {
		t.Error("the log holds a message")
	}
	c := startCheck(t, "--data", data, "--timeout", "50ms")
	if code := <-c.done; code != 1 || !strings.Contains(c.out.String(), "address: nothing arrived") {
		t.Errorf("exit status %d:\n%s", code, c.out)
	}
	c = startCheck(t, "--data", data)
	if verification(t, s.base, "/wechat/default", phoneToken, time.Now()) != http.StatusOK || <-c.done != 0 {
		t.Errorf("a verification is not enough:\n%s", c.out)
	}
	if r := cli(t, "", "wechat", "check", "--data", data, "--account", "nobody").must(t, 1); !strings.Contains(r.errs, `unknown account "nobody"`) {
		t.Errorf("got %q", r.errs)
	}
}

func TestWeChatCheckAlone(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t)
	c := startCheck(t, append(accountArgs("safe"), "--data", t.TempDir(), "--addr", addr, "--message")...)
	knock(t, c, "http://"+addr)
	if r := cli(t, "", "wechat", "check", "--data", t.TempDir()).must(t, 2); !strings.Contains(r.errs, "no account has WeChat settings") {
		t.Errorf("got %q", r.errs)
	}
	if r := cli(t, "", append(accountArgs("safe"), "wechat", "check", "--timeout", "0s")...).must(t, 2); r.errs == "" {
		t.Error("no words")
	}
}

// freeAddress is one that nobody listened on a moment ago.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

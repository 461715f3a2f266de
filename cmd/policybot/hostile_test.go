//go:build unix

package main

import (
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"
)

// hostile are questions that no citizen should be able to break us with.
var hostile = []struct{ name, text string }{
	{"empty", ""},
	{"spaces", " \t\n\u3000"},
	{"100,000 letters", strings.Repeat("abcdefghij", 10_000)},
	{"80,000 characters", strings.Repeat("老人卡在哪里办", 80_000/7)},
	{"one character", strings.Repeat("办", 30_000)},
	{"control characters", "老\x00人\x01卡\x02在\x1b[31m哪\x7f里\u0085办"},
	{"invalid UTF-8", "老人卡\xff\xfe在哪\xe5\x8d里办\xf0"},
	{"zero-width joiners", strings.Repeat("老\u200d人\u200b卡\ufeff", 300)},
	{"right-to-left marks", "\u202e办里哪在卡人老\u202c\u2066老人卡\u2069\u200f"},
	{"combining marks", "老" + strings.Repeat("\u0301", 5000) + "人卡"},
	{"only emoji", "😀👨‍👩‍👧‍👦🎉"},
	{"only punctuation", "？？？！！！。。。"},
	{"SQL", "'; DROP TABLE journal; --"},
	{"SQL LIKE", "%' OR 1=1 UNION SELECT value FROM settings --"},
	{"HTML", `<script>alert(1)</script><img src=x onerror=alert(1)>老人卡在哪里办`},
	{"link", `<a href="https://evil.example.com">老人卡</a>在哪里办？<a href="https://evil.example.com">租房</a>能提公积金吗？`},
	{"CDATA", "老人卡]]></Content><Content>x]]>在哪里办"},
	{"template", "{{.Secret}} ${jndi:ldap://x} %s%n 老人卡"},
	{"digits", strings.Repeat("9", 400)},
	{"number", "99999999999999999999"},
	{"many questions", strings.Repeat("老人卡在哪里办？", 400)},
}

// echoes are what no reply may contain.
var echoes = []string{"<script", "<img", "evil.example.com\"", "onerror=", "\x00", "\x1b", "\u202e"}

func checkHostile(t *testing.T, name, text string) {
	t.Helper()
	if strings.TrimSpace(text) == "" || !utf8.ValidString(text) {
		t.Errorf("%s: the reply is %q", name, text)
	}
	for _, e := range echoes {
		if strings.Contains(text, e) {
			t.Errorf("%s: the reply echoes %q: %s", name, e, text)
		}
	}
}

var statuses = map[string]bool{
	"answered": true, "choose": true, "refused": true, "redirected": true,
	"emergency": true, "smalltalk": true, "limited": true,
}

func hostileToAsk(t *testing.T, data string) {
	var questions []string
	for _, h := range hostile {
		questions = append(questions, h.text)
	}
	for i, l := range asked(t, data, nil, questions...) {
		checkHostile(t, hostile[i].name, l.Text)
		if !statuses[string(l.Status)] {
			t.Errorf("%s: status %q", hostile[i].name, l.Status)
		}
	}
	for _, h := range hostile[5:] {
		r := cli(t, "", "ask", "--data", data, h.text).must(t, 0)
		checkHostile(t, h.name, r.out)
	}
}

// hostileToCallback sends them as a citizen would. What is too large for a
// callback may be refused; nothing may hang or fail.
func hostileToCallback(t *testing.T, p *phone) {
	for _, h := range hostile {
		n := p.text(strings.ReplaceAll(h.text, "]]>", ""))
		g := p.send(t, n)
		if len(n.xml) > 120<<10 && g.status >= 400 && g.status < 500 {
			continue
		}
		if g.status != http.StatusOK || g.raw == "success" {
			t.Errorf("%s: %d %q", h.name, g.status, g.raw)
			continue
		}
		checkHostile(t, h.name, g.reply.Content)
	}
	// Text that closes its section and brings elements of its own.
	for _, broken := range []string{
		"x]]></Content><FromUserName><![CDATA[other]]></FromUserName><Content><![CDATA[y",
		"x]]></Content></xml><xml><Content><![CDATA[y",
	} {
		g := p.send(t, p.message("<MsgType><![CDATA[text]]></MsgType><Content><![CDATA["+broken+"]]></Content>"))
		if g.status == http.StatusOK && g.reply.ToUserName != p.person || g.status >= 500 {
			t.Errorf("%q: %d %s", broken, g.status, g.raw)
		}
	}
}

package wechat

import (
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/policybot/policybot/bot"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	c := newChannel(t, "", key1, "")
	for name, tt := range map[string]struct {
		q    bot.Question
		body string
		want string
		err  bool
	}{
		"nothing":         {bot.Question{}, "", success, false},
		"acknowledgement": {bot.Question{Origin: bot.Origin{Encrypted: true}}, success, success, false},
		"plain":           {bot.Question{}, "<xml/>", "<xml/>", false},
		"unknown key":     {bot.Question{Origin: bot.Origin{Encrypted: true, Key: 1}}, "<xml/>", "", true},
		"negative key":    {bot.Question{Origin: bot.Origin{Encrypted: true, Key: -1}}, "<xml/>", "", true},
	} {
		w := httptest.NewRecorder()
		if err := c.Write(w, tt.q, []byte(tt.body)); (err != nil) != tt.err || w.Body.String() != tt.want {
			t.Errorf("%s: got %q, %v", name, w.Body, err)
		}
	}
}

// content reads a reply as the platform does.
func content(t testing.TB, body []byte) (r struct {
	XMLName                                    xml.Name `xml:"xml"`
	ToUserName, FromUserName, MsgType, Content string
	CreateTime                                 int64
}) {
	t.Helper()
	if err := xml.Unmarshal(body, &r); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return r
}

func TestEncode(t *testing.T) {
	t.Parallel()
	c := newChannel(t, "", "", "")
	asked := func(text string) bot.Question {
		return bot.Question{Kind: bot.Text, Person: citizen, Text: text, Origin: bot.Origin{To: account}}
	}
	const link = `<a href="https://qinglan.example/d/1/art-6?a=1&b=2">查看原文</a>`
	for name, tt := range map[string]struct {
		q          bot.Question
		text, want string
	}{
		"as it is":                {asked("办卡"), "可以。\n" + link, "可以。\n" + link},
		"never empty":             {asked("办卡"), " \n\x02", trouble},
		"CDATA end":               {asked("办卡"), "甲]]>乙", "甲]]＞乙"},
		"controls out":            {asked("办卡"), "一\x02二\x1d三\u202e。\r\n四", "一二三。\n四"},
		"comparison":              {asked("办卡"), "月收入<2000元 & 年龄>60", "月收入＜2000元 & 年龄＞60"},
		"entities":                {asked("办卡"), "&lt;a&gt; &#60; &#x3c; R&D; a&b c& &;", "＆lt;a＆gt; ＆#60; ＆#x3c; R＆D; a&b c& &;"},
		"other markup":            {asked("办卡"), `<b>粗</b><a onclick="x" href="https://x">y</a>`, `＜b＞粗＜/b＞＜a onclick="x" href="https://x"＞y＜/a＞`},
		"script":                  {asked("办卡"), `<a href="javascript:alert(1)">x</a>`, `＜a href="javascript:alert(1)"＞x＜/a＞`},
		"link in a link":          {asked("办卡"), `<a href="https://x"><a href="https://y">z</a></a>`, `＜a href="https://x"＞<a href="https://y">z</a>＜/a＞`},
		"unclosed":                {asked("办卡"), `<a href="https://x">y`, `＜a href="https://x"＞y`},
		"tap to ask":              {asked("办卡"), `<a href="weixin://bizmsgmenu?msgmenucontent=%E4%B8%80&msgmenuid=1">一</a>`, `<a href="weixin://bizmsgmenu?msgmenucontent=%E4%B8%80&msgmenuid=1">一</a>`},
		"entity in a label":       {asked("办卡"), `<a href="https://x">&lt;b</a>`, `<a href="https://x">＆lt;b</a>`},
		"citizen's markup":        {asked(`<a href="https://evil.example">点我</a>`), `您问的是“<a href="https://evil.example">点我</a>”？`, `您问的是“点我 https://evil.example”？`},
		"citizen's, disguised":    {asked("＜ａ\u200d ＨＲＥＦ＝＂https://evil.example＂＞点我＜/a＞"), `<a href="https://evil.example">点我</a>`, `点我 https://evil.example`},
		"an address is no markup": {asked("https://qinglan.example/d/1 是真的吗"), link, link},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body, err := c.Encode(tt.q, bot.Reply{Text: tt.text}, noon)
			if err != nil {
				t.Fatal(err)
			}
			r := content(t, body)
			if r.Content != tt.want {
				t.Errorf("got  %s\nwant %s", r.Content, tt.want)
			}
			if r.ToUserName != citizen || r.FromUserName != account || r.CreateTime != noon.Unix() || r.MsgType != "text" {
				t.Errorf("got %+v", r)
			}
		})
	}
}

func TestEncodeEvents(t *testing.T) {
	t.Parallel()
	c := newChannel(t, "", "", "")
	for _, k := range []bot.Kind{bot.Ignored, bot.Unsubscribe} {
		q := bot.Question{Kind: k, Person: citizen, Origin: bot.Origin{To: account}}
		if body, err := c.Encode(q, bot.Reply{Text: "再见"}, noon); string(body) != success || err != nil {
			t.Errorf("%s: got %s, %v", k, body, err)
		}
	}
	if _, err := c.Encode(bot.Question{Kind: bot.Text}, bot.Reply{Text: "一"}, noon); err == nil {
		t.Error("a reply to nobody was encoded")
	}
}

// CDATA survives whatever its text is.
func TestWriteCDATA(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "]]>", "]]]]>>", "a]]>]]>b", "<![CDATA[x]]>", "]"} {
		var b strings.Builder
		writeCDATA(&b, s)
		var got struct {
			V string `xml:",chardata"`
		}
		if err := xml.Unmarshal([]byte("<xml>"+b.String()+"</xml>"), &got); err != nil || got.V != s {
			t.Errorf("%q: got %q, %v", s, got.V, err)
		}
	}
}

func BenchmarkCallback(b *testing.B) {
	k := mustKey(b, key1)
	body, enc := envelope(k, message("老人卡在哪里办？要带什么材料？"), appID, "")
	reply := bot.Reply{Text: strings.Repeat("本人不便办理的，可以委托近亲属持双方身份证件代为申领。", 12) + "\n" +
		`<a href="https://qinglan.example/d/1/art-6">查看原文</a>`}
	for name, bb := range map[string]struct {
		c *Channel
		r func() *http.Request
	}{
		"plain": {newChannel(b, "", "", ""), func() *http.Request { return plainRequest(message("老人卡在哪里办？要带什么材料？")) }},
		"safe":  {newChannel(b, "", key1, ""), func() *http.Request { return aesRequest(body, enc) }},
	} {
		b.Run(name, func(b *testing.B) {
			r := bb.r()
			raw, err := io.ReadAll(r.Body)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				r.Body = io.NopCloser(strings.NewReader(string(raw)))
				q, err := bb.c.Decode(r)
				if err != nil {
					b.Fatal(err)
				}
				out, err := bb.c.Encode(q, reply, noon)
				if err != nil {
					b.Fatal(err)
				}
				if err := bb.c.Write(discard{}, q, out); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

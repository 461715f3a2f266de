//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
)

func TestCallbacks(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"plain", "compatible", "safe"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			data := t.TempDir()
			args := append(accountArgs(mode), "--keep-sample")
			s := startHere(t, data, args...)
			p := newPhone(s, mode, "oPerson-of-"+mode)
			t.Run("question", func(t *testing.T) { callbackQuestion(t, p) })
			t.Run("repeats", func(t *testing.T) { callbackRepeats(t, p) })
			t.Run("events", func(t *testing.T) { callbackEvents(t, p) })
			t.Run("refused", func(t *testing.T) { callbackRefused(t, p) })
			t.Run("privacy", func(t *testing.T) { callbackPrivacy(t, p) })
			if mode != "safe" {
				t.Run("hostile", func(t *testing.T) { hostileToCallback(t, p) })
				return
			}
			choices := callbackChoices(t, p)
			before := p.text("离婚冷静期是多少天") // offers nothing
			first := p.send(t, before)
			if code := s.stop(); code != 0 {
				t.Fatalf("serve ended with %d:\n%s", code, s.log)
			}
			p.service = startHere(t, data, args...)
			if again := p.send(t, before); again.raw != first.raw {
				t.Errorf("a repeat after a restart differs:\n%s\n%s", first.raw, again.raw)
			}
			callbackNumber(t, p, choices) // the last choices are the last ones offered
			t.Run("previous key", func(t *testing.T) { callbackKeyChange(t, p) })
		})
	}
}

var replyLink = regexp.MustCompile(`<a href="([^"]+)">[^<]+</a>`)

func callbackQuestion(t *testing.T, p *phone) {
	g := p.send(t, p.text("老人卡在哪里办？"))
	link := replyLink.FindStringSubmatch(g.reply.Content)
	if link == nil || !strings.HasPrefix(link[1], p.service.base+"/d/") {
		t.Fatalf("no link of ours in %s", g.reply.Content)
	}
	if !strings.Contains(g.reply.Content, "《") || !strings.Contains(g.reply.Content, "示例") {
		t.Errorf("no source marked 示例 in %s", g.reply.Content)
	}
	if status, _ := get(t, link[1]); status != http.StatusOK {
		t.Errorf("%s: %d", link[1], status)
	}
	echo := "/wechat/default?" + signedQuery().Encode() + "&echostr=4711"
	if status, body := get(t, p.service.base+echo); status != http.StatusOK || body != "4711" {
		t.Errorf("verification: %d %q", status, body)
	}
}

func signedQuery() url.Values {
	timestamp := fmt.Sprint(time.Now().Unix())
	return url.Values{"timestamp": {timestamp}, "nonce": {"n1"}, "signature": {phoneSign(phoneToken, timestamp, "n1")}}
}

func callbackRepeats(t *testing.T, p *phone) {
	n := p.text("外地户口孩子怎么上小学")
	first := p.send(t, n)
	if again := p.send(t, n); again.raw != first.raw {
		t.Errorf("a repeat differs:\n%s\n%s", first.raw, again.raw)
	}
	// Repeats at the same time share one computation.
	n = p.text("高龄津贴怎么申请")
	rows := "SELECT count(*) FROM journal"
	before := inquire[int](t, p.service.data, rows)
	var wg sync.WaitGroup
	all := make([]got, 12)
	errs := make([]error, len(all))
	for i := range all {
		wg.Go(func() { all[i], errs[i] = p.try(n) })
	}
	wg.Wait()
	for i, g := range all {
		if errs[i] != nil || g.raw != all[0].raw || g.reply.Content == "" {
			t.Errorf("repeat %d: %v %s, the first got %s", i, errs[i], g.raw, all[0].raw)
		}
	}
	if after := inquire[int](t, p.service.data, rows); after != before+1 {
		t.Errorf("%d computations for one message", after-before)
	}
	// The same words in a message of their own are another message.
	p.send(t, p.text("高龄津贴怎么申请"))
	if after := inquire[int](t, p.service.data, rows); after != before+2 {
		t.Errorf("%d records for two messages", after-before)
	}
}

func callbackEvents(t *testing.T, p *phone) {
	for _, name := range []string{"subscribe", "SUBSCRIBE", "SCAN"} {
		if g := p.send(t, p.event(name, "qrscene_1")); !strings.Contains(g.reply.Content, "您好") {
			t.Errorf("%s: %d %s", name, g.status, g.raw)
		}
	}
	for _, n := range []note{
		p.message("<MsgType><![CDATA[hologram]]></MsgType><Content><![CDATA[老人卡]]></Content>"),
		p.event("TEMPLATESENDJOBFINISH", ""), p.event("LOCATION", ""), p.event("of_tomorrow", "x"), p.event("unsubscribe", ""),
	} {
		if g := p.send(t, n); g.status != http.StatusOK || g.raw != "success" {
			t.Errorf("%s: %d %q", n.xml, g.status, g.raw)
		}
	}
	for _, fields := range []string{
		"<MsgType><![CDATA[image]]></MsgType><PicUrl><![CDATA[http://x/1]]></PicUrl><MediaId><![CDATA[1]]></MediaId>",
		"<MsgType><![CDATA[voice]]></MsgType><MediaId><![CDATA[1]]></MediaId><Format><![CDATA[amr]]></Format>",
		"<MsgType><![CDATA[location]]></MsgType><Location_X>23.1</Location_X><Location_Y>113.3</Location_Y><Scale>20</Scale><Label><![CDATA[x]]></Label>",
		"<MsgType><![CDATA[link]]></MsgType><Title><![CDATA[t]]></Title><Description><![CDATA[d]]></Description><Url><![CDATA[http://x]]></Url>",
	} {
		if g := p.send(t, p.message(fields)); g.reply.Content == "" {
			t.Errorf("%s: %d %q", fields, g.status, g.raw)
		}
	}
}

func callbackRefused(t *testing.T, p *phone) {
	post := func(query, body string) int {
		res, err := http.Post(p.service.base+"/wechat/default?"+query, "text/xml", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		return res.StatusCode
	}
	body := p.text("老人卡在哪里办？").xml
	old := fmt.Sprint(time.Now().Add(-time.Hour).Unix())
	queries := map[string]string{
		"unsigned": "", "wrong signature": "signature=00&timestamp=" + fmt.Sprint(time.Now().Unix()) + "&nonce=1",
		"old": url.Values{"timestamp": {old}, "nonce": {"1"}, "signature": {phoneSign(phoneToken, old, "1")}}.Encode(),
	}
	if p.mode != "plain" {
		queries["plain where encryption is configured"] = signedQuery().Encode()
	}
	for name, q := range queries {
		if status := post(q, body); status != http.StatusForbidden {
			t.Errorf("%s: %d", name, status)
		}
	}
	if p.mode != "plain" {
		wrong := newPhone(p.service, p.mode, p.person)
		wrong.key = "A" + phoneKey[1:]
		req, err := wrong.request(wrong.text("x"))
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil || res.StatusCode != http.StatusForbidden {
			t.Errorf("another key: %v %v", res, err)
		}
		res.Body.Close()
	}
	res, err := http.Post(p.service.base+"/wechat/nobody?"+signedQuery().Encode(), "text/xml", strings.NewReader(body))
	if err != nil || res.StatusCode != http.StatusNotFound {
		t.Errorf("another account: %v %v", res, err)
	}
	res.Body.Close()
}

// callbackPrivacy looks for what must not be on disk or in the log.
func callbackPrivacy(t *testing.T, p *phone) {
	leaving := newPhone(p.service, p.mode, "oLeaving")
	leaving.ids.Store(700)
	leaving.send(t, leaving.text("我叫张三丰，身份证110101199003074258，手机13800138000，老人卡在哪里办？"))
	stored := fmt.Sprint(messages(t, p.service.data), inquire[string](t, p.service.data, "SELECT group_concat(person || key, ' ') FROM journal"))
	for _, secret := range []string{"110101199003074258", "13800138000", "oLeaving", p.person} {
		if strings.Contains(stored, secret) {
			t.Errorf("the journal holds %s", secret)
		}
		if strings.Contains(p.service.log.String(), secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
	if strings.Contains(p.service.log.String(), "老人卡") {
		t.Error("the log holds what was asked")
	}
	of := func() (n int) {
		for _, m := range messages(t, p.service.data) {
			n += strings.Count(m.Question, "张三丰")
		}
		return n
	}
	if of() != 1 {
		t.Fatal("the question was not recorded")
	}
	leaving.send(t, leaving.event("unsubscribe", ""))
	if of() != 0 {
		t.Error("what an unsubscriber asked is still there")
	}
}

// callbackChoices asks what is answered with choices, and returns them.
func callbackChoices(t *testing.T, p *phone) []bot.Choice {
	t.Helper()
	for _, q := range []string{"高龄津贴怎么申请", "落户", "老人卡在哪里办？", "租房补贴"} {
		p.send(t, p.text(q))
		all := messages(t, p.service.data)
		choices := all[len(all)-1].Choices
		if len(choices) > 0 && choices[0].Ref != "" {
			callbackNumber(t, p, choices)
			p.send(t, p.text(q)) // offered anew, for what comes
			return choices
		}
	}
	t.Fatal("no question was answered with choices")
	return nil
}

// callbackNumber opens the first of the choices.
func callbackNumber(t *testing.T, p *phone, choices []bot.Choice) {
	t.Helper()
	g := p.send(t, p.text("1"))
	document, anchor, _ := strings.Cut(choices[0].Ref, "#")
	if want := p.service.base + "/d/" + document + "/" + anchor; !strings.Contains(g.reply.Content, want) {
		t.Errorf("number 1 (%s) does not open %s:\n%s", choices[0].Label, want, g.reply.Content)
	}
}

// callbackKeyChange restarts with a new key beside the one in use.
func callbackKeyChange(t *testing.T, p *phone) {
	p.service.stop()
	args := []string{
		"--wechat-token-file", write(t, filepath.Join(t.TempDir(), "token"), phoneToken),
		"--wechat-appid", phoneAppID, "--wechat-aes-key", strings.Repeat("n", 43),
		"--wechat-aes-key-previous", phoneKey, "--keep-sample",
	}
	p.service = startHere(t, p.service.data, args...)
	for _, key := range []string{phoneKey, strings.Repeat("n", 43)} {
		p.key = key
		if g := p.send(t, p.text("老人卡在哪里办？")); g.reply.Content == "" {
			t.Errorf("key %.3s…: %d %s", key, g.status, g.raw)
		}
	}
}

// TestConfiguredAccount: an account takes the sample out.
func TestConfiguredAccount(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := startHere(t, data, "--keep-sample")
	sampled := asked(t, data, nil, "老人卡在哪里办？")[0]
	s.stop()
	if len(sampled.Sources) == 0 || !strings.Contains(sampled.Text, "示例") {
		t.Fatalf("the sample is not there: %s", sampled.Text)
	}
	s = startHere(t, data, accountArgs("safe")...)
	p := newPhone(s, "safe", "oCitizen")
	for _, q := range []string{"老人卡在哪里办？", "租房能提公积金吗", "青岚市敬老卡管理办法"} {
		g := p.send(t, p.text(q))
		if strings.Contains(g.reply.Content, "示例") || strings.Contains(g.reply.Content, "青岚") || strings.Contains(g.reply.Content, "/d/") {
			t.Errorf("%s is answered from the sample:\n%s", q, g.reply.Content)
		}
	}
	u, err := url.Parse(sampled.Sources[0].URL)
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := get(t, s.base+u.Path); status != http.StatusNotFound {
		t.Errorf("%s: %d", u.Path, status)
	}
	for _, path := range []string{"/", "/documents"} {
		if _, body := get(t, s.base+path); strings.Contains(body, "示例") || strings.Contains(body, "青岚") || strings.Contains(body, "/d/") {
			t.Errorf("%s still shows the sample:\n%s", path, body)
		}
	}
	if page := chatWith(t, browser(t), s.base, "老人卡在哪里办？"); strings.Contains(page, "示例") {
		t.Errorf("the chat answers from the sample:\n%s", page)
	}
	if l := asked(t, data, nil, "老人卡在哪里办？")[0]; len(l.Sources) > 0 {
		t.Errorf("ask finds %v", l.Sources)
	}
	// Documents of one's own are answered as soon as the import returns.
	file := write(t, filepath.Join(t.TempDir(), "own.jsonl"), policy("lunyi", "共享轮椅"))
	cli(t, "", "import", "--publish", "--data", data, file).must(t, 0)
	if g := p.send(t, p.text("共享轮椅怎么借？")); !strings.Contains(g.reply.Content, s.base+"/d/lunyi/") {
		t.Errorf("what was imported is not answered from:\n%s", g.reply.Content)
	}
}

// TestStopWithCallbacksInFlight: SIGTERM lets them finish.
func TestStopWithCallbacksInFlight(t *testing.T) {
	t.Parallel()
	s := startChild(t, t.TempDir(), append(accountArgs("safe"), "--keep-sample", "--log-format", "json")...)
	p := newPhone(s, "safe", "oPatient")
	const inFlight = 8
	var waiting []*halfSent
	for range inFlight {
		waiting = append(waiting, sendHalf(t, p, p.text("老人卡在哪里办？")))
	}
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	address := strings.TrimPrefix(s.base, "http://")
	eventually(t, "no new connections", func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			c.Close()
		}
		return err != nil
	})
	for i, h := range waiting {
		if g, err := h.finish(p); err != nil || g.reply.Content == "" {
			t.Errorf("callback %d: %d %v", i, g.status, err)
		}
	}
	if code := s.wait(); code != 0 {
		t.Errorf("serve ended with %d:\n%s", code, s.log)
	}
	if n := inquire[int](t, s.data, "SELECT count(*) FROM journal"); n != inFlight {
		t.Errorf("%d records of %d replies", n, inFlight)
	}
	for line := range strings.Lines(s.log.String()) {
		if !json.Valid([]byte(line)) || strings.Contains(line, p.person) {
			t.Errorf("log line %q", line)
		}
	}
}

// halfSent is a callback whose handler waits for the rest of its body.
type halfSent struct {
	conn net.Conn
	in   *bufio.Reader
	req  *http.Request
	rest string
}

func sendHalf(t *testing.T, p *phone, n note) *halfSent {
	t.Helper()
	req, err := p.request(n)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", req.URL.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(testPatience))
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", req.URL.RequestURI(), req.URL.Host, len(body))
	h := &halfSent{conn: conn, in: bufio.NewReader(conn), req: req, rest: string(body)}
	// The server says this when the handler begins to read.
	line, err := h.in.ReadString('\n')
	if err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("%q, %v", line, err)
	}
	if _, err := h.in.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *halfSent) finish(p *phone) (got, error) {
	if _, err := io.WriteString(h.conn, h.rest); err != nil {
		return got{}, err
	}
	res, err := http.ReadResponse(h.in, h.req)
	if err != nil {
		return got{}, err
	}
	return p.read(res)
}

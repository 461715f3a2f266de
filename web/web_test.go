package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/web"
)

func get(t *testing.T, h http.Handler, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	return send(h, httptest.NewRequest(http.MethodGet, target, nil), header...)
}

func send(h http.Handler, r *http.Request, header ...string) *httptest.ResponseRecorder {
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func post(h http.Handler, text string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/chat", strings.NewReader(url.Values{"text": {text}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return send(h, r, header...)
}

func TestStatusAndWords(t *testing.T) {
	t.Parallel()
	s := library()
	s["broken"] = entry{err: errors.New("secret: disk on fire")}
	s["slow"] = entry{err: context.DeadlineExceeded}
	h := open(t, setup{shelf: s, sample: true})
	for _, c := range []struct {
		method, target string
		status         int
		has, hasNot    string
	}{
		{"GET", "/", 200, "您好", ""},
		{"HEAD", "/", 200, "", "您好"},
		{"GET", "/", 200, "正在用示例文件回答", ""},
		{"GET", "/chat", 303, "", ""},
		{"GET", "/documents", 200, "青岚市敬老卡管理办法", ""},
		{"GET", "/documents?page=2", 200, "这一页没有文件了", ""},
		{"GET", "/documents?page=0", 404, "没有找到这一页", ""},
		{"GET", "/documents?page=x", 404, "没有找到这一页", ""},
		{"GET", "/documents?page=99999999999999999999", 404, "没有找到这一页", ""},
		{"GET", "/d/jinglaoka-banfa", 200, `<span class="shape" aria-hidden="true">●</span>现行有效`, "没有这一条"},
		{"GET", "/d/jinglaoka-banfa", 200, "示例文件，内容为虚构", "cited"},
		{"GET", "/d/jinglaoka-banfa", 200, `<html lang="zh-CN">`, ""},
		{"GET", "/d/jinglaoka-banfa", 200, `<link rel="canonical" href="https://policy.example/d/jinglaoka-banfa">`, ""},
		{"GET", "/d/jinglaoka-banfa", 200, `<a href="/d/jinglaoka-jiedu/s1">解读：子女能不能替老人办</a>`, ""},
		{"GET", "/d/jinglaoka-banfa", 200, `官方解读</span><a href="/d/jinglaoka-jiedu">《〈青岚市敬老卡管理办法〉解读》`, ""},
		{"GET", "/d/jinglaoka-jiedu", 200, `解读的文件</span><a href="/d/jinglaoka-banfa">《青岚市敬老卡管理办法》`, ""},
		{"GET", "/d/jinglaoka-banfa/a6", 200, `<section class="passage article cited" id="a6" tabindex="-1" autofocus>`, ""},
		{"GET", "/d/jinglaoka-banfa/a6", 200, `data-copy="《青岚市敬老卡管理办法》（青政规〔2024〕3号）第六条` + "\nhttps://policy.example/d/jinglaoka-banfa/a6\"", ""},
		{"GET", "/d/jinglaoka-banfa/a6", 200, `<title>第六条 青岚市敬老卡管理办法 - 青岚市政策问答</title>`, ""},
		{"GET", "/d/jinglaoka-banfa/a99", 200, "没有这一条", `id="a99"`},
		{"HEAD", "/d/jinglaoka-banfa", 200, "", "敬老卡"},
		{"GET", "/d/jinglaoka-2018", 200, "本文件已于2024年5月1日废止，现在按<a href=\"/d/jinglaoka-banfa\">《青岚市敬老卡管理办法》</a>执行", "现行有效"},
		{"GET", "/d/jinglaoka-2018/a2", 200, `<div class="state here repealed">`, ""},
		{"GET", "/d/zuche-guiding", 200, "从2026年12月1日起施行，今天还不执行。今天仍按<a href=\"/d/tingche-2020\">《青岚市停车泊位管理暂行规定》</a>执行", "现行有效"},
		{"GET", "/d/tingche-2020", 200, "从2026年12月1日起改按<a href=\"/d/zuche-guiding\">", "已失效"},
		{"GET", "/d/butie-2021", 200, "有效期到2022年12月31日为止，现在不再执行", "现行有效"},
		{"GET", "/d/laji-banfa", 200, "部分内容已由<a href=\"/d/laji-xiugai\">《关于修改〈青岚市生活垃圾分类办法〉的决定》</a>修改", "现行有效"},
		{"GET", "/d/faq-jinglaoka", 200, "也有人这样问", "class=\"sign"},
		{"GET", "/d/jinglaoka-zhinan", 200, `<a href="tel:0000-6612306">0000-6612306</a>`, ""},
		{"GET", "/d/nothing", 404, "没有找到这一页", "corpus:"},
		{"GET", "/d/a%2Fb%2Fc", 404, "没有找到这一页", ""},
		{"GET", "/d/" + strings.Repeat("a", 129), 404, "没有找到这一页", ""},
		{"GET", "/d/%E6%95%AC", 404, "没有找到这一页", ""},
		{"GET", "/d/broken", 500, "刚才没查成", "disk on fire"},
		{"GET", "/d/broken", 500, "请报编号", ""},
		{"GET", "/d/slow", 503, "有点忙", ""},
		{"GET", "/nowhere", 404, "没有找到这一页", ""},
		{"GET", "/assets/x/nothing.css", 404, "没有找到这一页", ""},
		{"DELETE", "/documents", 405, "请从首页进入", ""},
		{"GET", "/healthz", 200, "ok", ""},
		{"GET", "/readyz", 200, "ready", ""},
	} {
		w := send(h, httptest.NewRequest(c.method, c.target, nil))
		body := w.Body.String()
		if w.Code != c.status || !strings.Contains(body, c.has) || c.hasNot != "" && strings.Contains(body, c.hasNot) {
			t.Errorf("%s %s: %d (want %d), want %q and not %q in:\n%s", c.method, c.target, w.Code, c.status, c.has, c.hasNot, body)
		}
		if strings.Contains(body, "ZgotmplZ") {
			t.Errorf("%s %s: a template refused a value", c.method, c.target)
		}
		if len(body) > 50_000 {
			t.Errorf("%s %s: %d bytes", c.method, c.target, len(body))
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	h := open(t, setup{})
	for _, target := range []string{"/", "/documents", "/d/jinglaoka-banfa", "/nowhere", "/healthz"} {
		header := get(t, h, target).Header()
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"Referrer-Policy":         "same-origin", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
		} {
			if got := header.Get(name); got != want {
				t.Errorf("%s: %s: %q", target, name, got)
			}
		}
		if header.Get("Permissions-Policy") == "" || len(header.Get("X-Request-Id")) != 12 {
			t.Errorf("%s: %v", target, header)
		}
	}
}

func TestHostileTexts(t *testing.T) {
	t.Parallel()
	h := open(t, setup{})
	pages := []string{
		get(t, h, "/d/hostile").Body.String(), get(t, h, "/documents").Body.String(),
		get(t, h, `/d/hostile/a1%22%3E%3Cscript%3E`).Body.String(), post(h, "<b>").Body.String(),
		get(t, h, `/d/jinglaoka-banfa/%3Cscript%3Ealert(1)%3C%2Fscript%3E`).Body.String(),
	}
	for i, body := range pages {
		for _, bad := range []string{"<script>", "<img src=x", "<b>局", "<i>", `"javascript:`, "onclick=\"alert"} {
			if strings.Contains(body, bad) {
				t.Errorf("page %d has %s:\n%s", i, bad, body)
			}
		}
		if regexp.MustCompile(`\sstyle="|\son[a-z]+="|<style|<script>`).MatchString(body) {
			t.Errorf("page %d has something inline", i)
		}
	}
}

func TestRevalidation(t *testing.T) {
	t.Parallel()
	s := library()
	h := open(t, setup{shelf: s})
	first := get(t, h, "/d/jinglaoka-banfa")
	tag := first.Header().Get("ETag")
	if w := get(t, h, "/d/jinglaoka-banfa", "If-None-Match", tag); w.Code != 304 || w.Body.Len() != 0 {
		t.Errorf("unchanged: %d", w.Code)
	}
	e := s["jinglaoka-banfa"]
	e.document.Receives = append(e.document.Receives, corpus.Relation{Kind: corpus.Repeals, From: "x", Title: "新办法"})
	s["jinglaoka-banfa"] = e
	if w := get(t, h, "/d/jinglaoka-banfa", "If-None-Match", tag); w.Code != 200 || !strings.Contains(w.Body.String(), "已废止") {
		t.Errorf("repealed since: %d", w.Code)
	}
	css := regexp.MustCompile(`/assets/([0-9a-f]{16})/site\.css`).FindStringSubmatch(first.Body.String())
	if css == nil {
		t.Fatal("no style sheet")
	}
	if w := get(t, h, css[0]); w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Header().Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("asset: %d %v", w.Code, w.Header())
	}
	if w := get(t, h, "/assets/0/site.css"); w.Code != 200 || w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("asset of another version: %d %v", w.Code, w.Header())
	}
}

func TestChat(t *testing.T) {
	t.Parallel()
	var asked []bot.Question
	h := open(t, setup{answer: func(ctx context.Context, q bot.Question) bot.Reply {
		asked = append(asked, q)
		return answer(ctx, q)
	}})
	w := post(h, "子女能不能代办", "Accept", "application/json")
	var got struct{ HTML, Status string }
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Status != "answered" || !strings.Contains(got.HTML, `<a href="/d/jinglaoka-banfa/a6">查看原文</a>`) {
		t.Fatalf("%v %s", err, w.Body)
	}
	cookie := w.Result().Cookies()[0]
	if !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode || len(cookie.Value) != 26 {
		t.Errorf("cookie: %v", cookie)
	}
	pair := cookie.Name + "=" + cookie.Value
	body := post(h, "1", "Cookie", pair).Body.String()
	if !strings.Contains(body, "要带三样") || !strings.Contains(body, "子女能不能代办") || strings.Count(body, " disabled") != 2 {
		t.Errorf("whole page: %s", body)
	}
	if len(asked) != 2 || asked[0].Person != cookie.Value || asked[1].Person != cookie.Value || asked[0].ID == asked[1].ID || asked[0].ID == "" ||
		asked[0].Account != "default" || asked[0].Kind != bot.Text || !asked[0].Time.Equal(today) {
		t.Errorf("asked: %+v", asked)
	}
	if body := get(t, h, "/", "Cookie", pair).Body.String(); !strings.Contains(body, "子女能不能代办") {
		t.Error("the conversation is not kept")
	}
	if body := get(t, h, "/").Body.String(); strings.Contains(body, "子女能不能代办") {
		t.Error("the conversation is shown to others")
	}
	w = send(h, httptest.NewRequest(http.MethodPost, "/chat/new", nil), "Cookie", pair)
	if w.Code != 303 || w.Result().Cookies()[0].MaxAge >= 0 {
		t.Errorf("new: %d %v", w.Code, w.Header())
	}
	if body := get(t, h, "/", "Cookie", pair).Body.String(); strings.Contains(body, "子女能不能代办") {
		t.Error("the conversation is not forgotten")
	}
}

func TestChatBounds(t *testing.T) {
	t.Parallel()
	h := open(t, setup{})
	for _, c := range []struct {
		name, text string
		status     int
		has        string
	}{
		{"2,000 characters", strings.Repeat("问", 2000), 200, "由近亲属代办"},
		{"2,001 characters", strings.Repeat("问", 2001), 200, "最多2000字"},
		{"100,000 characters", strings.Repeat("问", 100_000), 413, "内容太长"},
		{"nothing", "  \n", 200, "没收到文字"},
		{"not UTF-8", "\xff\xfe代办", 200, "由近亲属代办"},
		{"control characters", "代\x00办\u202e\u200d", 200, "由近亲属代办"},
	} {
		if w := post(h, c.text); w.Code != c.status || !strings.Contains(w.Body.String(), c.has) {
			t.Errorf("%s: %d %s", c.name, w.Code, w.Body)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/chat", strings.NewReader("text=%zz"))
	if w := send(h, r, "Content-Type", "application/x-www-form-urlencoded"); w.Code != 400 {
		t.Errorf("broken form: %d", w.Code)
	}
}

func TestChatCrowded(t *testing.T) {
	t.Parallel()
	entered, release := make(chan struct{}), make(chan struct{})
	h := open(t, setup{answer: func(context.Context, bot.Question) bot.Reply {
		entered <- struct{}{}
		<-release
		return bot.Reply{Status: bot.Answered, Text: "好"}
	}})
	done := make(chan string)
	for range 32 {
		go func() { done <- post(h, "代办").Body.String() }()
		<-entered
	}
	if body := post(h, "代办").Body.String(); !strings.Contains(body, "问的人比较多") {
		t.Errorf("the 33rd at once: %s", body)
	}
	close(release)
	for range 32 {
		if body := <-done; !strings.Contains(body, "好") {
			t.Errorf("one of 32: %s", body)
		}
	}
}

func TestOtherOrigins(t *testing.T) {
	t.Parallel()
	h := open(t, setup{})
	for _, c := range []struct {
		header []string
		status int
	}{
		{[]string{"Sec-Fetch-Site", "cross-site"}, 403},
		{[]string{"Sec-Fetch-Site", "same-origin"}, 200},
		{[]string{"Origin", "https://evil.example"}, 403},
		{[]string{"Origin", "null"}, 403},
		{[]string{"Origin", "https://policy.example"}, 200}, // behind a proxy that changes Host
		{[]string{"Origin", "http://example.com"}, 200},     // httptest's own host
	} {
		if w := post(h, "代办", c.header...); w.Code != c.status {
			t.Errorf("%v: %d, want %d", c.header, w.Code, c.status)
		}
	}
}

func TestLogHoldsNoText(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := open(t, setup{log: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	post(h, "我的身份证丢了")
	get(t, h, "/documents?page=%E7%A7%98%E5%AF%86")
	get(t, h, "/d/jinglaoka-banfa/%E7%A7%98%E5%AF%86")
	get(t, h, "/%E7%A7%98%E5%AF%86")
	w := post(h, "boom")
	if w.Code != 500 || !strings.Contains(w.Body.String(), "刚才没查成") || strings.Contains(w.Body.String(), "goroutine") {
		t.Errorf("panic: %d %s", w.Code, w.Body)
	}
	text := log.String()
	for _, bad := range []string{"身份证", "秘密", "%E7", "text of a citizen", "boom\""} {
		if strings.Contains(text, bad) {
			t.Errorf("the log has %q:\n%s", bad, text)
		}
	}
	for _, want := range []string{`"route":"/d/:document/:anchor"`, `"route":"-"`, `"status":500`, `"msg":"panic"`, `"request":"` + w.Header().Get("X-Request-Id")} {
		if !strings.Contains(text, want) {
			t.Errorf("the log lacks %q:\n%s", want, text)
		}
	}
}

func TestReady(t *testing.T) {
	t.Parallel()
	h := open(t, setup{ready: func() error { return errors.New("generation: none") }})
	w := get(t, h, "/readyz")
	if w.Code != 503 || !strings.Contains(w.Body.String(), "还没有准备好") || strings.Contains(w.Body.String(), "generation") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestServeFinishesWhatIsInFlight(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	entered, release := make(chan struct{}), make(chan struct{})
	h := open(t, setup{answer: func(ctx context.Context, q bot.Question) bot.Reply {
		close(entered)
		<-release
		return answer(ctx, q)
	}})
	stopped := make(chan error, 1)
	go func() { stopped <- web.Serve(ctx, l, h, slog.New(slog.DiscardHandler), 20*time.Second) }()
	replied := make(chan int, 1)
	go func() {
		res, err := http.PostForm("http://"+l.Addr().String()+"/chat", url.Values{"text": {"代办"}})
		if err != nil {
			replied <- 0
			return
		}
		res.Body.Close()
		replied <- res.StatusCode
	}()
	<-entered
	stop()
	close(release)
	if status := <-replied; status != 200 {
		t.Errorf("status %d", status)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

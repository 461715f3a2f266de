//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
)

// live waits until a message is answered with these words, at most a second
// and what the test machine takes.
func live(t *testing.T, p *phone, text, words string) {
	t.Helper()
	var last string
	eventually(t, fmt.Sprintf("%s to be answered with %s", text, words), func() bool {
		p.person = fmt.Sprintf("oCitizen%d", p.ids.Add(1)) // nobody is limited
		last = p.send(t, p.text(text)).reply.Content
		return strings.Contains(last, words)
	})
}

func TestStopSwitch(t *testing.T) {
	t.Parallel()
	const topicStopped, accountStopped = "关于“养老”的自动回答暂停了", "这个账号暂停自动回答"
	data := t.TempDir()
	s := startHere(t, data, append(accountArgs("safe"), "--keep-sample")...)
	p := newPhone(s, "safe", "oCitizen")
	run := func(code int, args ...string) result {
		t.Helper()
		return cli(t, "", append(args, "--data", data)...).must(t, code)
	}

	for _, tt := range []struct {
		says string
		code int
		args []string
	}{
		{"unknown topic \"养老保险\": do you mean 养老", 1, []string{"stop", "--topic", "养老保险", "--reason", "r"}},
		{"unknown account \"elsewhere\": the accounts are default", 1, []string{"stop", "--account", "elsewhere", "--reason", "r"}},
		{"the reason is empty", 2, []string{"stop"}},
		{"either --account or --all-accounts", 2, []string{"stop", "--account", "default", "--all-accounts", "--reason", "r"}},
		{"--topic is empty", 2, []string{"stop", "--topic", " ", "--reason", "r"}},
		{"is not stopped, nor is anything else", 1, []string{"resume"}},
	} {
		if r := run(tt.code, tt.args...); !strings.Contains(r.errs, tt.says) {
			t.Errorf("%v: %q", tt.args, r.errs)
		}
	}
	if r := run(0, "stops"); !strings.Contains(r.out, "nothing is stopped") {
		t.Fatalf("something was applied: %q", r.out)
	}

	run(0, "stop", "--topic", "养老", "--reason", "文件正在更正", "--by", "王主任")
	live(t, p, "高龄津贴多少钱", topicStopped)
	live(t, p, "租房能提公积金吗", "公积金")
	live(t, p, "家里着火了，高龄津贴多少钱", "119")
	if r := run(1, "stop", "--topic", "养老", "--reason", "again"); !strings.Contains(r.errs, "by 王主任: 文件正在更正") {
		t.Errorf("stopped twice: %q", r.errs)
	}
	if got := asked(t, data, nil, "高龄津贴多少钱"); got[0].Status != bot.Redirected || !strings.Contains(got[0].Text, topicStopped) {
		t.Errorf("ask: %+v", got[0])
	}
	run(0, "stop", "--all-accounts", "--reason", "演练")
	live(t, p, "你好", accountStopped)
	live(t, p, "有人触电了", "120")
	if page := chatOnce(t, s, "租房能提公积金吗"); !strings.Contains(page, accountStopped) {
		t.Errorf("the chat page answers: %s", page)
	}
	if r := run(0, "resume", "--topic", "养老"); !strings.Contains(r.out, "still stopped: all accounts") {
		t.Errorf("resume: %q", r.out)
	}
	if r := run(1, "resume"); !strings.Contains(r.errs, "stopped are: all accounts") {
		t.Errorf("resume: %q", r.errs)
	}
	run(0, "resume", "--all-accounts", "--reason", "结束", "--by", "李四")
	live(t, p, "高龄津贴多少钱", "80周岁")

	lines := strings.Split(strings.TrimSpace(run(0, "stops", "--json").out), "\n")
	if len(lines) != 2 {
		t.Fatalf("history: %q", lines)
	}
	var all bot.Stop
	if err := json.Unmarshal([]byte(lines[0]), &all); err != nil || all.Stands() || all.LiftedBy != "李四" || all.LiftedReason != "结束" || all.By == "" || all.At.IsZero() {
		t.Errorf("%+v, %v", all, err)
	}
	if strings.Contains(s.log.String(), "文件正在更正") {
		t.Error("the reason is in the log")
	}
	if n := inquire[int](t, data, `SELECT count(*) FROM journal WHERE status = 'redirected' AND reason = 'stopped'`); n < 3 {
		t.Errorf("%d journalled as stopped", n)
	}
}

// A stop that another process writes into the database is live within a
// second.
func TestStopWrittenByAnother(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := startHere(t, data, append(accountArgs("plain"), "--keep-sample")...)
	p := newPhone(s, "plain", "oCitizen")
	live(t, p, "高龄津贴多少钱", "80周岁")
	inquire[int](t, data, `INSERT INTO stops (account, topic, reason, stopped_by, stopped_at) VALUES ('default', '', 'r', 'b', 1) RETURNING 1`)
	time.Sleep(time.Second)
	p.person = "oLater"
	if got := p.send(t, p.text("高龄津贴多少钱")).reply.Content; !strings.Contains(got, "这个账号暂停自动回答") {
		t.Errorf("after a second: %s", got)
	}
}

// chatOnce asks on the chat page as a new visitor.
func chatOnce(t *testing.T, s *service, text string) string {
	t.Helper()
	return chats(t, s, 1, text)[0]
}

// chats asks on the chat page, n times in one session.
func chats(t *testing.T, s *service, n int, text string) []string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	out := make([]string, n)
	for i := range out {
		req, err := http.NewRequest(http.MethodPost, s.base+"/chat", strings.NewReader(url.Values{"text": {text}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Accept", "application/json")
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("chat: %d, %v", res.StatusCode, err)
		}
		out[i] = string(body)
	}
	return out
}

func TestLimits(t *testing.T) {
	t.Parallel()
	const tooFast = "您发得有点快"
	data := t.TempDir()
	s := startHere(t, data, append(accountArgs("safe"), "--keep-sample")...)
	p := newPhone(s, "safe", "oHasty")
	first := p.text("你好")
	for range 3 {
		if got := p.send(t, first); !strings.Contains(got.reply.Content, "您好") {
			t.Fatalf("got %q", got.raw)
		}
	}
	for i := range bot.MessagesPerMinute - 1 { // repeats did not count
		if got := p.send(t, p.text("你好")); !strings.Contains(got.reply.Content, "您好") {
			t.Fatalf("message %d: %q", i+2, got.raw)
		}
	}
	over := p.text("你好")
	if got := p.send(t, over); !strings.Contains(got.reply.Content, tooFast) {
		t.Fatalf("got %q", got.raw)
	}
	if got := p.send(t, over); !strings.Contains(got.reply.Content, tooFast) {
		t.Errorf("its repeat got %q", got.raw)
	}
	silent := p.text("你好")
	for range 2 {
		if got := p.send(t, silent); got.status != http.StatusOK || got.raw != "success" {
			t.Errorf("got %d %q", got.status, got.raw)
		}
	}
	if got := p.send(t, p.text("家里着火了")); !strings.Contains(got.reply.Content, "119") {
		t.Errorf("danger: %q", got.raw)
	}
	if got := p.send(t, p.event("subscribe", "")); !strings.Contains(got.reply.Content, "您好") {
		t.Errorf("subscribing: %q", got.raw)
	}
	other := newPhone(s, "safe", "oCalm")
	other.ids.Store(1_000_000)
	if got := other.send(t, other.text("你好")); !strings.Contains(got.reply.Content, "您好") {
		t.Errorf("somebody else: %q", got.raw)
	}
	if n := inquire[int](t, data, `SELECT count(*) FROM journal WHERE status = 'limited' AND reason = 'rate'`); n != 2 {
		t.Errorf("%d journalled as limited", n)
	}
	pages := chats(t, s, bot.MessagesPerMinute+2, "你好")
	for i, page := range pages {
		if limited := strings.Contains(page, tooFast); limited != (i >= bot.MessagesPerMinute) {
			t.Errorf("chat, message %d: %s", i+1, page)
		}
	}
}

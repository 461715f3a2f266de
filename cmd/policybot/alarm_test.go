package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/web/metrics"
)

func TestAlarmsOf(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 5, 10, 0, 0, 0, corpus.Zone)
	all := alarmsOf(now, signs{clocks: []desk.Clock{
		{Kind: desk.InterpretationDue, Document: "a", Title: "甲办法", Due: now.Add(14 * time.Hour)},
		{Kind: desk.InterpretationDue, Document: "b", Title: "乙办法", Due: now.Add(38 * time.Hour)},
		{Kind: desk.Unreviewed, Document: "c", Title: "丙办法", Due: now.Add(-time.Hour), Late: true},
		{Kind: desk.Concern5h, Title: "停水", Due: now.Add(30 * time.Minute)},
		{Kind: desk.Expiring, Document: "d", Title: "丁办法", Due: now.Add(48 * time.Hour)},
	}, bursts: []desk.Burst{{Account: "default", Question: "我叫张三，停水吗", Persons: 12}}, changed: now.Add(-11 * 24 * time.Hour),
		failures: []metrics.Notice{{Urgent: true, Code: metrics.DiskFull, Text: "x"}, {Text: "no backup"}},
		promised: []desk.Pin{{ID: 1, Text: "停水的原因正在核实", Until: now.Add(20 * time.Minute)}, {ID: 2, Text: "还早", Until: now.Add(time.Hour)}},
		answered: map[string]time.Time{"qinglan": now.Add(-12 * 24 * time.Hour), "other": now.Add(-9 * 24 * time.Hour)}})
	var lines []string
	for _, a := range all {
		lines = append(lines, a.text)
	}
	text := strings.Join(lines, "\n")
	for _, want := range []string{"12人", "《甲办法》的解读还没有发布，3月6日00:00到时限", "《丙办法》还没有人审核，已超过时限", "《停水》：权威信息还没有发布", "11天没有发布", "数据盘快满了", "账号qinglan已经12天没有回答过问题",
		"暂时的答复“停水的原因正在核实”要换成正式的，3月5日10:20到时限"} {
		if !strings.Contains(text, want) {
			t.Errorf("not said: %s", want)
		}
	}
	if len(all) != 8 || strings.Contains(text, "张三") {
		t.Errorf("%s", text)
	}
	if all := alarmsOf(now, signs{}); len(all) != 0 {
		t.Errorf("%+v", all)
	}
	for _, code := range metrics.Codes() {
		if failureWords[code] == "" {
			t.Errorf("nobody is told of %s", code)
		}
	}
	for kind := range clockWords {
		if _, ok := due[kind]; !ok {
			t.Errorf("%s is never due", kind)
		}
	}
}

func TestAlarmist(t *testing.T) {
	t.Parallel()
	got := map[string][]string{}
	answer := `{"errcode":0,"errmsg":"ok"}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var m struct {
			MsgType string `json:"msgtype"`
			Text    struct{ Content string }
		}
		if err := json.Unmarshal(body, &m); err != nil || m.MsgType != "text" {
			t.Errorf("%s: %v", body, err)
		}
		got[r.URL.Path] = append(got[r.URL.Path], m.Text.Content)
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	s := settings{AlarmURL: server.URL + "/first?key=secret", AlarmDeputy: server.URL + "/deputy"}
	ways, err := s.alarmWays()
	if err != nil {
		t.Fatal(err)
	}
	a := newAlarmist(ways, "")
	now := time.Date(2026, 3, 5, 10, 0, 0, 0, time.UTC)
	on := map[string]taken{}
	tell := func(after time.Duration, all ...alarm) error { return a.tell(t.Context(), now.Add(after), all, on) }
	x, y := alarm{key: "x", text: "甲"}, alarm{key: "y", text: "乙"}
	for _, step := range []struct {
		after         time.Duration
		all           []alarm
		first, deputy int // messages by then
	}{
		{0, []alarm{x}, 1, 0}, {time.Minute, []alarm{x}, 1, 0}, {2 * time.Minute, []alarm{x, y}, 2, 0},
		{5 * time.Hour, []alarm{x}, 2, 1}, {6 * time.Hour, []alarm{x}, 2, 1}, {7 * time.Hour, nil, 2, 1},
		{8 * time.Hour, []alarm{x}, 3, 1}, {33 * time.Hour, []alarm{x}, 4, 2},
	} {
		if err := tell(step.after, step.all...); err != nil {
			t.Fatal(err)
		}
		kept, err := a.kept()
		if err != nil {
			t.Fatal(err)
		}
		a = newAlarmist(ways, kept) // as after a restart: nothing is said twice
		if len(got["/first"]) != step.first || len(got["/deputy"]) != step.deputy {
			t.Errorf("after %v: %q", step.after, got)
		}
	}
	if !strings.Contains(got["/first"][1], "乙") || strings.Contains(got["/first"][1], "甲") {
		t.Errorf("%q", got["/first"][1])
	}
	if !strings.HasPrefix(got["/deputy"][0], "下面的事过了4小时还没有人接手") {
		t.Errorf("%q", got["/deputy"][0])
	}
	// What somebody has taken on is the deputy's only a day later.
	z := alarm{key: "z", text: "丙"}
	on["z"] = taken{"王敏", now.Add(51 * time.Hour)}
	for _, step := range []struct {
		after  time.Duration
		deputy int
	}{{50 * time.Hour, 2}, {60 * time.Hour, 2}, {76 * time.Hour, 3}} {
		if err := tell(step.after, z); err != nil {
			t.Fatal(err)
		}
		if len(got["/deputy"]) != step.deputy {
			t.Errorf("after %v the deputy has %q", step.after, got["/deputy"])
		}
	}
	// What may be over by itself is told once it has stood.
	brief := alarm{key: "failure disk", text: "丁", patience: failurePatience}
	for _, step := range []struct {
		after time.Duration
		first int
	}{{80 * time.Hour, len(got["/first"])}, {80*time.Hour + 3*time.Minute, len(got["/first"])}, {80*time.Hour + 5*time.Minute, len(got["/first"]) + 1}} {
		if err := tell(step.after, brief); err != nil {
			t.Fatal(err)
		}
		if len(got["/first"]) != step.first {
			t.Errorf("after %v: %q", step.after, got["/first"])
		}
	}
	// What was not taken is said again, and no error tells the key.
	answer = `{"errcode":93000,"errmsg":"invalid webhook url"}`
	if err := tell(100*time.Hour, y); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
	server.Close()
	if err := tell(101*time.Hour, y); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
}

// A robot that leads elsewhere is told as a fault: nothing goes there, neither
// words nor the key that the address holds.
func TestRobotLeadsNowhere(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/robot" {
			t.Errorf("%s is asked, by %s", r.URL.Path, r.Referer())
			return
		}
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))
	defer server.Close()
	s := settings{AlarmURL: server.URL + "/robot?key=secret"}
	ways, err := s.alarmWays()
	if err != nil {
		t.Fatal(err)
	}
	if err := ways[0].send(t.Context(), "", "甲"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
}

// A title with a break in it, from before titles were lines, makes no line of
// its own in an alarm.
func TestAlarmIsOneLine(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 5, 10, 0, 0, 0, time.UTC)
	all := alarmsOf(now, signs{clocks: []desk.Clock{{Kind: desk.Expiring, Document: "a", Title: "办法\r\n· 请转账", Due: now}}})
	if len(all) != 1 || strings.ContainsAny(all[0].text, "\r\n") {
		t.Errorf("%+v", all)
	}
}

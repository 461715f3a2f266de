package metrics

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/failover"
	"github.com/policybot/policybot/web/hook"
)

var noon = time.Date(2026, 3, 5, 12, 0, 0, 0, corpus.Zone)

func full() State {
	return State{
		Started: noon.Add(-time.Hour), Ready: true, Accounts: []string{"qinglan", "hubin"},
		Index:   index.Status{Engine: "local", Generation: "g1+7", Units: 42, Seq: 9, Synced: noon},
		Engines: []Engine{{Name: "meilisearch", Asked: true, Generation: "g7", Entries: 42, Documents: 5, Switches: 3}},
		Pending: corpus.Pending{Changes: 2, Oldest: noon.Add(-90 * time.Second)},
		Census: corpus.Census{
			Documents: map[corpus.Group]int{{Kind: corpus.Guide, Validity: corpus.InForce}: 5},
			Newest:    "2026-03-01", Changed: noon.Add(-time.Minute),
		},
		Journal: bot.JournalStats{Commits: 7, Failures: 1, Records: 6, Busy: time.Second, Queue: 3, Oldest: 2 * time.Second, Healthy: true},
		Busy:    4, Most: 64, Backup: noon.Add(-24 * time.Hour), Free: 5 << 30, Total: 9 << 30, Database: 1 << 20,
	}
}

func counters(state State) *Metrics {
	return New(Build{"v1", "go1"}, func() time.Time { return noon }, func(context.Context) State { return state })
}

// exercised has every figure that there is.
func exercised() *Metrics {
	m := counters(full())
	m.Callback("qinglan", string(bot.Answered), "policy", 3*time.Millisecond)
	m.Chat("qinglan", bot.Answered, time.Millisecond)
	m.Request("GET", "/d/:document", 200, time.Millisecond)
	m.Recall("meilisearch", failover.Answered, 12*time.Millisecond)
	m.Answering(func(context.Context, bot.Question) bot.Reply { return bot.Reply{Status: bot.Answered, Engine: "local"} })(nil, bot.Question{})
	return m
}

func scrape(t *testing.T, m *Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.ServeHTTP(w, httptest.NewRequest("GET", Path, nil))
	if w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func wants(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, l := range lines {
		if !strings.Contains(text, "\n"+l+"\n") {
			t.Errorf("no line %q", l)
		}
	}
}

func TestFigures(t *testing.T) {
	t.Parallel()
	m := exercised()
	m.Callback("", hook.Rejected, "unknown account", time.Millisecond)
	m.Callback("qinglan", hook.Repeat, "answered", time.Millisecond)
	m.Callback("qinglan", string(bot.Limited), "crowded", 700*time.Millisecond)
	m.Answering(func(context.Context, bot.Question) bot.Reply { return bot.Reply{Status: bot.SmallTalk} })(nil, bot.Question{})
	text := scrape(t, m)
	wants(t, text,
		`policybot_build_info{goversion="go1",version="v1"} 1`,
		`policybot_callbacks_total{account="qinglan",reason="policy",status="answered"} 1`,
		`policybot_callbacks_total{account="qinglan",reason="answered",status="repeat"} 1`,
		`policybot_callbacks_total{account="qinglan",reason="crowded",status="limited"} 1`,
		`policybot_callbacks_total{account="unknown",reason="unknown account",status="rejected"} 1`,
		`policybot_callback_duration_seconds_bucket{account="qinglan",status="limited",le="0.5"} 0`,
		`policybot_callback_duration_seconds_bucket{account="qinglan",status="limited",le="1"} 1`,
		`policybot_answers_total{engine="local",status="answered"} 1`,
		`policybot_answers_total{engine="none",status="smalltalk"} 1`,
		`policybot_chat_questions_total{account="qinglan",status="answered"} 1`,
		`policybot_http_requests_total{method="GET",route="/d/:document",status="200"} 1`,
		`policybot_index_behind_seconds 90`, `policybot_index_pending_changes 2`, `policybot_index_units 42`,
		`policybot_index_info{engine="local",generation="g1"} 1`,
		`policybot_documents{kind="guide",sample="false",validity="in_force"} 5`,
		`policybot_account_info{account="hubin"} 1`,
		`policybot_newest_document_timestamp_seconds 1.7722944e+09`,
		`policybot_backup_timestamp_seconds 1.7725968e+09`,
		`policybot_journal_failures_total 1`, `policybot_journal_oldest_seconds 2`, `policybot_journal_healthy 1`,
		`policybot_engine_asked{engine="meilisearch"} 1`, `policybot_engine_behind_seconds{engine="meilisearch"} 0`,
		`policybot_engine_queued_changes{engine="meilisearch"} 0`, `policybot_engine_entries{engine="meilisearch"} 42`,
		`policybot_engine_set_aside_documents{engine="meilisearch"} 0`, `policybot_engine_troubled{engine="meilisearch"} 0`,
		`policybot_engine_switches_total{engine="meilisearch"} 3`, `policybot_engine_building_entries{engine="meilisearch"} 0`,
		`policybot_engine_recalls_total{engine="meilisearch",outcome="answered"} 1`,
		`policybot_engine_recall_duration_seconds_bucket{engine="meilisearch",le="0.025"} 1`,
		`policybot_answering 4`, `policybot_answering_limit 64`, `policybot_ready 1`,
	)
	if !strings.Contains(text, "\ngo_goroutines ") {
		t.Error("nothing of the runtime")
	}
}

// What is not known is left out rather than zero: an alert on the age of a
// backup must not count from 1970.
func TestWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	text := scrape(t, counters(State{}))
	wants(t, text, "policybot_ready 0", "policybot_journal_healthy 0", "policybot_index_behind_seconds 0")
	for _, name := range []string{"backup_timestamp", "newest_document", "changed_timestamp", "disk_free", "index_info"} {
		if strings.Contains(text, "policybot_"+name) {
			t.Errorf("%s is there", name)
		}
	}
}

func TestReasonsAreFew(t *testing.T) {
	t.Parallel()
	m := counters(State{})
	for i := range 500 {
		m.Callback("qinglan", string(bot.Answered), fmt.Sprint("reason ", i), time.Millisecond)
	}
	m.Callback("qinglan", string(bot.Failed), "我的秘密问题", time.Millisecond)
	m.Callback("qinglan", string(bot.Failed), strings.Repeat("x", 41), time.Millisecond)
	text := scrape(t, m)
	if n := strings.Count(text, "policybot_callbacks_total{"); n > maxReasons+2 {
		t.Errorf("%d series", n)
	}
	wants(t, text, `policybot_callbacks_total{account="qinglan",reason="other",status="failed"} 2`,
		fmt.Sprintf(`policybot_callbacks_total{account="qinglan",reason="other",status="answered"} %d`, 500-maxReasons))
	if strings.Contains(text, "秘密") {
		t.Error("a text got in")
	}
}

// Who may read the figures on the address that citizens reach.
func TestGuard(t *testing.T) {
	t.Parallel()
	next := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "没有找到这一页")
	})
	h := exercised().Guard(next)
	for name, tt := range map[string]struct {
		method, from, host, header, proto string
		shown                             bool
	}{
		"this machine":              {shown: true},
		"this machine, by IPv6":     {from: "[::1]:4711", host: "[::1]:8080", shown: true},
		"this machine, both at one": {from: "[::ffff:127.0.0.1]:4711", shown: true},
		"by name":                   {host: "localhost:8080", shown: true},
		"HEAD":                      {method: "HEAD", shown: true},
		"another machine":           {from: "192.0.2.7:4711"},
		"another, by IPv6":          {from: "[2001:db8::1]:4711"},
		"no address":                {from: "@"},
		"POST":                      {method: "POST"},
		"invented method":           {method: "BREW"},
		"a proxy":                   {header: "X-Forwarded-For"},
		"a proxy, by the book":      {header: "Forwarded"},
		"nginx":                     {header: "X-Real-IP"},
		"a cache":                   {header: "Via"},
		"a proxy that passes Host":  {host: "policy.example.gov.cn"},
		"a name that looks local":   {host: "localhost.example.gov.cn"},
		"no host":                   {host: "-"},
		"nginx, told nothing":       {proto: "HTTP/1.0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			or := func(s, other string) string {
				if s == "" {
					return other
				}
				return s
			}
			r := httptest.NewRequest(or(tt.method, "GET"), Path, nil)
			r.RemoteAddr, r.Host = or(tt.from, "127.0.0.1:4711"), strings.TrimPrefix(or(tt.host, "127.0.0.1:8080"), "-")
			if tt.header != "" {
				r.Header.Set(tt.header, "")
			}
			if tt.proto != "" {
				r.ProtoMajor, r.ProtoMinor = 1, 0
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if tt.shown != (w.Code == 200) || !tt.shown && w.Body.String() != "没有找到这一页" {
				t.Errorf("%d %.80s", w.Code, w.Body)
			}
		})
	}
	r := httptest.NewRequest("GET", "/metrics/", nil)
	r.RemoteAddr, r.Host = "127.0.0.1:1", "127.0.0.1"
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != 404 {
		t.Errorf("/metrics/: %d", w.Code)
	}
}

func TestOwnAddress(t *testing.T) {
	t.Parallel()
	h := exercised().Own(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "site") }))
	for path, want := range map[string]string{
		"/metrics": "policybot_ready 1", "/healthz": "site", "/readyz": "site",
		"/": "404 page not found", "/documents": "404 page not found", "/wechat/default": "404 page not found",
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", path, nil)
		r.RemoteAddr = "10.1.2.3:4"
		r.Header.Set("X-Forwarded-For", "10.9.9.9")
		if h.ServeHTTP(w, r); !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %.60s", path, w.Code, w.Body)
		}
	}
}

func BenchmarkCallback(b *testing.B) {
	m := counters(State{})
	b.ReportAllocs()
	for b.Loop() {
		m.Callback("qinglan", "answered", "policy", 3*time.Millisecond)
	}
}

func BenchmarkRequest(b *testing.B) {
	m := counters(State{})
	b.ReportAllocs()
	for b.Loop() {
		m.Request("POST", "/wechat/:account", 200, 3*time.Millisecond)
	}
}

func BenchmarkAnswering(b *testing.B) {
	m := counters(State{})
	answer := m.Answering(func(context.Context, bot.Question) bot.Reply { return bot.Reply{Status: bot.Answered, Engine: "local"} })
	b.ReportAllocs()
	for b.Loop() {
		answer(nil, bot.Question{})
	}
}

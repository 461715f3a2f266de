//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus/sample"
)

var watchedAt = regexp.MustCompile(`metrics\s+(http://\S+)/metrics\n`)

// The figures and the status of a running server, by all the ways to them.
func TestWatching(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	if r := cli(t, "", "status", "--data", data).must(t, 1); !strings.Contains(r.errs, "no policybot is running") {
		t.Errorf("nobody there: %q", r.errs)
	}
	s := startHere(t, data, "--metrics-addr", "127.0.0.1:0")
	m := watchedAt.FindStringSubmatch(s.out.String())
	if m == nil {
		t.Fatalf("the greeting names no address for metrics:\n%s", s.out)
	}
	res, err := http.PostForm(s.base+"/chat", url.Values{"text": {"老人卡在哪里办？"}})
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	get(t, s.base+"/wechat/stranger?signature=1")
	get(t, s.base+"/d/jinglaoka-banfa")
	for _, base := range []string{s.base, m[1]} {
		status, text := get(t, base+"/metrics")
		for _, want := range []string{
			"policybot_ready 1", `policybot_answers_total{engine="local",status="answered"} 1`,
			`policybot_chat_questions_total{account="default",status="answered"} 1`,
			`policybot_callbacks_total{account="unknown",reason="unknown account",status="rejected"} 1`,
			`policybot_http_requests_total{method="GET",route="/d/:document",status="200"} 1`,
			`policybot_documents{kind="clarification",sample="true",validity="in_force"} 1`,
			"policybot_index_behind_seconds 0", "policybot_journal_records_total 1", "policybot_answering_limit ",
		} {
			if status != 200 || !strings.Contains(text, "\n"+want) {
				t.Errorf("%s: %d, no %q", base, status, want)
			}
		}
		if strings.Contains(text, "老人卡") || strings.Contains(text, "stranger") {
			t.Errorf("%s says what was typed", base)
		}
	}
	watchedFromAfar(t, s)
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/": 404, "/documents": 404, "/wechat/default": 404} {
		if status, _ := get(t, m[1]+path); status != want {
			t.Errorf("the address for metrics: %s: %d", path, status)
		}
	}
	statusOf(t, data)
}

// watchedFromAfar: whoever comes through a proxy gets what an address that
// does not exist gets.
func watchedFromAfar(t *testing.T, s *service) {
	t.Helper()
	ask := func(path string, change func(*http.Request)) (int, string) {
		req, err := http.NewRequest(http.MethodGet, s.base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		change(req)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var b strings.Builder
		for _, name := range []string{"Content-Type", "Cache-Control", "Content-Security-Policy", "Etag"} {
			b.WriteString(res.Header.Get(name) + "\n")
		}
		buf := make([]byte, 64<<10)
		for n, err := res.Body.Read(buf); n > 0; n, err = res.Body.Read(buf) {
			b.Write(buf[:n])
			if err != nil {
				break
			}
		}
		return res.StatusCode, b.String()
	}
	wantStatus, want := ask("/no-such-page", func(*http.Request) {})
	for name, change := range map[string]func(*http.Request){
		"X-Forwarded-For": func(r *http.Request) { r.Header.Set("X-Forwarded-For", "127.0.0.1") },
		"Forwarded":       func(r *http.Request) { r.Header.Set("Forwarded", "for=127.0.0.1") },
		"X-Real-IP":       func(r *http.Request) { r.Header.Set("X-Real-IP", "127.0.0.1") },
		"the Host":        func(r *http.Request) { r.Host = "policy.example.gov.cn" },
	} {
		if status, got := ask("/metrics", change); status != wantStatus || got != want {
			t.Errorf("by %s: %d %.200s", name, status, got)
		}
	}
}

func statusOf(t *testing.T, data string) {
	t.Helper()
	r := cli(t, "", "status", "--data", data).must(t, 0)
	for _, want := range []string{
		"policybot is answering.", "note    No account is configured", fmt.Sprintf("%d of the sample corpus", inSample(t)), "up to date",
		"last hour  1: rejected 1", "chat page     last hour  1, today 1", "healthy, 1 recorded", "last backup   none known",
	} {
		if !strings.Contains(r.out, want) {
			t.Errorf("status does not say %q:\n%s", want, r.out)
		}
	}
	var got report
	if err := json.Unmarshal([]byte(cli(t, "", "status", "--json", "--data", data).must(t, 0).out), &got); err != nil {
		t.Fatal(err)
	}
	if !got.Ready || got.Sample != inSample(t) || got.Own != 0 || got.Hour.Counts["rejected"] != 1 || got.Index.Units == 0 || got.PID == 0 || len(got.Attention) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestMetricsAddressIsTaken(t *testing.T) {
	t.Parallel()
	s := startHere(t, filepath.Join(t.TempDir(), "data"), "--empty")
	taken := strings.TrimPrefix(s.base, "http://")
	r := cli(t, "", "serve", "--addr", "127.0.0.1:0", "--data", filepath.Join(t.TempDir(), "data"), "--metrics-addr", taken).must(t, 1)
	if !strings.Contains(r.errs, "cannot listen on "+taken+" for metrics") {
		t.Errorf("%q", r.errs)
	}
}

// inSample is how many documents the sample corpus has.
func inSample(t *testing.T) int {
	t.Helper()
	all, err := sample.Contents()
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

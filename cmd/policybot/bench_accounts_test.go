package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BenchmarkAccounts compares twenty accounts in one process with one: resident
// memory, and callbacks one at a time, taking turns among the accounts. Each
// account has documents of its own. The two servers run by turns, so that
// whatever else the machine does is shared out.
func BenchmarkAccounts(b *testing.B) {
	counts := []int{1, 20}
	data := benchData(b, benchSizes[0])
	for i := range counts[1] {
		run(b, "import", "--data", data, "--publish", "--account", loadAccount(i), ownDocuments(b, i))
	}
	took := map[int][]time.Duration{}
	memory := map[int]float64{}
	runs := 0
	for b.Loop() {
		for range 4 {
			for _, n := range counts {
				runs++
				s := startWith(b, data, "POLICYBOT_CONFIG="+loadConfig(b, n))
				took[n] = append(took[n], s.takeTurns(b, n, runs)...)
				all, _ := s.resident(b)
				memory[n] = max(memory[n], all)
				s.stop(b)
			}
		}
	}
	for _, n := range counts {
		reportTimes(b, fmt.Sprintf("accounts%d", n), took[n])
		b.ReportMetric(memory[n], fmt.Sprintf("accounts%d-rss-MB", n))
	}
	p99 := func(n int) float64 { return float64(took[n][len(took[n])*99/100]) }
	b.ReportMetric(memory[counts[1]]/memory[counts[0]], "rss-ratio")
	b.ReportMetric(p99(counts[1])/p99(counts[0]), "p99-ratio")
}

func loadAccount(i int) string { return fmt.Sprintf("account%02d", i) }

// loadConfig configures n accounts.
func loadConfig(b *testing.B, n int) string {
	b.Helper()
	var text strings.Builder
	text.WriteString("accounts:\n")
	for i := range n {
		fmt.Fprintf(&text, "  - {name: %s, title: 第%d个账号, greeting: 您好。, wechat: {token: %s, appid: %s, aes_key: %s}}\n",
			loadAccount(i), i+1, loadToken, loadAppID, loadKey)
	}
	name := filepath.Join(b.TempDir(), "accounts.yaml")
	if err := os.WriteFile(name, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	return name
}

// ownDocuments writes some that one account alone sees.
func ownDocuments(b *testing.B, i int) string {
	b.Helper()
	var lines strings.Builder
	for d := range 20 {
		fmt.Fprintf(&lines, `{"id":"own-%d-%d","title":"第%d个账号的第%d号办事规定","text":"第一条　本单位受理第%d类事项。\n第二条　办结时限为%d个工作日。","effective":"2024-01-01"}`+"\n", i, d, i, d, d, d+1)
	}
	name := filepath.Join(b.TempDir(), fmt.Sprintf("own%d.jsonl", i))
	if err := os.WriteFile(name, []byte(lines.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	return name
}

// takeTurns sends messages to n accounts, one at a time, for four seconds
// after one to warm up. Messages of another run have other IDs: the journal
// would repeat what it said.
func (s *server) takeTurns(b *testing.B, n, run int) []time.Duration {
	b.Helper()
	ask, id := another(benchQuestions(b, answerable)), run*1_000_000
	platforms := make([]*platform, n)
	for i := range n {
		p, err := newPlatform(s.base+"/wechat/"+loadAccount(i), true)
		if err != nil {
			b.Fatal(err)
		}
		platforms[i] = p
	}
	turn := func(during time.Duration) (sum burst) {
		for end := time.Now().Add(during); time.Now().Before(end); id++ {
			m := ask(id % 1_000_000)
			m.id = id
			sum.one(platforms[id%n], m)
		}
		return sum
	}
	turn(time.Second)
	r := turn(4 * time.Second)
	if r.lost > 0 {
		b.Errorf("%d messages without a reply: %v", r.lost, r.first)
	}
	return r.took
}

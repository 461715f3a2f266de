package metrics

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
)

func TestAttention(t *testing.T) {
	t.Parallel()
	well := func() State {
		s := full()
		s.Pending = corpus.Pending{}
		return s
	}
	if got := Attention(well(), Summary{}, noon); len(got) != 0 {
		t.Fatalf("all is well, but %v", got)
	}
	busy := func(total, p99ms int, counts map[string]int) Summary {
		return Summary{Total: total, P99: time.Duration(p99ms) * time.Millisecond, Counts: counts}
	}
	for name, tt := range map[string]struct {
		change func(*State)
		hour   Summary
		urgent bool
		words  string
	}{
		"not ready":         {func(s *State) { s.Ready, s.Trouble = false, "no generation" }, Summary{}, true, "cannot be answered: no generation."},
		"journal":           {func(s *State) { s.Journal.Healthy = false }, Summary{}, true, "journal cannot be written"},
		"stale":             {func(s *State) { s.Pending = full().Pending }, Summary{}, true, "published 90 s ago is not served yet"},
		"disk":              {func(s *State) { s.Free = 100 << 20 }, Summary{}, true, "Only 105 MB are left"},
		"disk, nearly":      {func(s *State) { s.Free, s.Total = 900<<20, 90<<30 }, Summary{}, false, "nearly full"},
		"slow":              {nil, busy(100, 1300, nil), true, "longer than 1.3s"},
		"failing":           {nil, busy(100, 5, map[string]int{"failed": 6}), true, "6 of the 100"},
		"refused":           {nil, busy(30, 0, map[string]int{"rejected": 30}), true, "All 30 callbacks"},
		"no account":        {func(s *State) { s.Accounts = nil }, Summary{}, false, "No account"},
		"nothing published": {func(s *State) { s.Census.Changed = noon.Add(-15 * 24 * time.Hour) }, Summary{}, false, "for 15 days"},
		"agencies":          {func(s *State) { s.Stale, s.Agencies = 3, 20 }, Summary{}, false, "3 of 20 agencies"},
		"no backup":         {func(s *State) { s.Backup = time.Time{} }, Summary{}, false, "No backup"},
		"old backup":        {func(s *State) { s.Backup = noon.Add(-9 * 24 * time.Hour) }, Summary{}, false, "9 days old"},
		"engine not asked": {func(s *State) {
			s.Engines[0].Asked, s.Engines[0].Since, s.Engines[0].Why = false, noon.Add(-7*time.Minute), "it does not answer"
		}, Summary{}, false, "meilisearch has not been asked for 7 min: the embedded index answers. It says: it does not answer."},
		"engine not asked, and behind": {func(s *State) {
			s.Engines[0].Asked, s.Engines[0].Since, s.Engines[0].Behind = false, noon.Add(-7*time.Minute), 300
		}, Summary{}, false, "has not been asked for 7 min"},
		"engine behind": {func(s *State) { s.Engines[0].Queued, s.Engines[0].Behind = 4, 95 }, Summary{}, false,
			"published 95 s ago is not in meilisearch yet"},
		"engine refuses": {func(s *State) { s.Engines[0].SetAside = 2 }, Summary{}, false, "refuses 2 documents"},
		"engine dropped": {func(s *State) {
			s.Engines[0].Asked, s.Engines[0].Dropped, s.Engines[0].Since = false, true, noon.Add(-time.Hour)
		}, Summary{}, false, "meilisearch was dropped"},
		"sample kept": {func(s *State) {
			s.Census.Documents = map[corpus.Group]int{{Kind: corpus.FAQ, Sample: true}: 1}
		}, Summary{}, false, "--keep-sample"},
	} {
		s := well()
		if tt.change != nil {
			tt.change(&s)
		}
		got := Attention(s, tt.hour, noon)
		if len(got) != 1 || got[0].Urgent != tt.urgent || got[0].Urgent != slices.Contains(Codes(), got[0].Code) || !strings.Contains(got[0].Text, tt.words) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	// What is being built, or is not asked for a moment, needs nobody.
	for _, e := range []Engine{
		{Name: "m", Since: noon.Add(-time.Minute), Why: "it does not answer"},
		{Name: "m", Since: noon.Add(-time.Hour), Building: "g8", Built: 70},
		{Name: "m"},
	} {
		s := well()
		s.Engines = []Engine{e}
		if got := Attention(s, Summary{}, noon); len(got) != 0 {
			t.Errorf("%+v: %v", e, got)
		}
	}
	// A few slow or failed ones at night say nothing.
	if got := Attention(well(), busy(5, 3000, map[string]int{"failed": 2}), noon); len(got) != 0 {
		t.Errorf("few: %v", got)
	}
	// What is urgent comes first.
	s := well()
	s.Backup, s.Journal.Healthy = time.Time{}, false
	if got := Attention(s, Summary{}, noon); len(got) != 2 || !got[0].Urgent || got[1].Urgent {
		t.Errorf("order: %v", got)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{0: "0 s", 90 * time.Second: "90 s", time.Hour: "60 min", 5 * time.Hour: "5 h", 72 * time.Hour: "3 days"} {
		if got := Span(d); got != want {
			t.Errorf("%v: %s", d, got)
		}
	}
	for n, want := range map[uint64]string{0: "0 B", 999: "999 B", 1200: "1.2 KB", 35_000_000: "35 MB", 2_000_000_000_000_000: "2000 TB"} {
		if got := Bytes(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

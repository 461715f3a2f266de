package metrics

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/index/failover"
)

func TestEngineInWords(t *testing.T) {
	t.Parallel()
	has := Engine{Name: "meilisearch", Version: "1.50.0", Generation: "g7", Entries: 706, Documents: 132}
	with := func(change func(*Engine)) Engine {
		e := has
		change(&e)
		return e
	}
	for want, e := range map[string]Engine{
		"meilisearch 1.50.0: is asked before the embedded index; 706 entries of 132 documents; up to date": with(func(e *Engine) { e.Asked = true }),
		"meilisearch 1.50.0: is asked before the embedded index; 706 entries of 132 documents, 2 refused; 3 changes wait, the oldest for 4 s": with(func(e *Engine) {
			e.Asked, e.SetAside, e.Queued, e.Behind = true, 2, 3, 4
		}),
		"meilisearch 1.50.0: is not asked, the embedded index answers: it does not answer; up to date": with(func(e *Engine) { e.Why = "it does not answer" }),
		"meilisearch: is not asked, the embedded index answers: the key is refused":                    {Name: "meilisearch", Trouble: "the key is refused", Why: "it has nothing yet"},
		"meilisearch: is being built, 40 of 132 documents so far; the embedded index answers":          {Name: "meilisearch", Building: "g8", Done: 40, Total: 132},
		"meilisearch: is not asked, the embedded index answers":                                        {Name: "meilisearch"},
	} {
		if got := e.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Labels come from the configuration and from closed sets, whatever an engine
// says.
func TestRecallsAreFew(t *testing.T) {
	t.Parallel()
	m := counters(State{})
	for i := range 100 {
		m.Recall("meilisearch", fmt.Sprint("outcome ", i), time.Millisecond)
	}
	m.Recall("meilisearch", failover.Skipped, 0)
	m.Recall("meilisearch", failover.Stale, 0)
	m.Recall("meilisearch", failover.Timeout, 300*time.Millisecond)
	text := scrape(t, m)
	wants(t, text, `policybot_engine_recalls_total{engine="meilisearch",outcome="other"} 100`,
		`policybot_engine_recalls_total{engine="meilisearch",outcome="skipped"} 1`,
		`policybot_engine_recalls_total{engine="meilisearch",outcome="stale"} 1`,
		`policybot_engine_recalls_total{engine="meilisearch",outcome="timeout"} 1`,
		`policybot_engine_recall_duration_seconds_count{engine="meilisearch"} 1`)
	if n := strings.Count(text, "policybot_engine_recalls_total{"); n != 4 {
		t.Errorf("%d series", n)
	}
}

package metrics

import (
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/policybot/policybot/index/failover"
)

// Engine is how an engine outside of the process is. Its JSON is for scripts.
type Engine struct {
	Name       string    `json:"engine"`
	Address    string    `json:"address"`
	Version    string    `json:"version,omitempty"`
	Generation string    `json:"generation,omitempty"` // that serves
	Asked      bool      `json:"asked"`                // questions are put to it
	Why        string    `json:"why,omitempty"`        // they are not
	Since      time.Time `json:"since,omitzero"`       // of Asked, or of the contrary, where that is known
	Switches   int64     `json:"switches"`             // from one to the other
	ReadOnly   bool      `json:"read_only,omitempty"`  // another process feeds it
	Entries    int       `json:"entries"`
	Documents  int       `json:"documents"`
	Queued     int       `json:"queued"`         // changes that it does not have yet
	Behind     float64   `json:"behind_seconds"` // since the oldest of them was published
	SetAside   int       `json:"set_aside"`      // documents that it refuses
	Building   string    `json:"building,omitempty"`
	Built      int       `json:"built,omitempty"`   // entries that the one being built has
	Done       int       `json:"done,omitempty"`    // documents that are in it
	Total      int       `json:"total,omitempty"`   // documents that are to be in it
	Trouble    string    `json:"trouble,omitempty"` // why it is not further
	Dropped    bool      `json:"dropped,omitempty"` // by an operator; nothing is built before it is asked for
}

// String says on one line how it is, for an operator.
func (e Engine) String() string {
	text := e.Name
	if e.Version != "" {
		text += " " + e.Version
	}
	has := fmt.Sprintf("%d entries of %d documents", e.Entries, e.Documents)
	if e.SetAside > 0 {
		has += fmt.Sprintf(", %d refused", e.SetAside)
	}
	switch {
	case e.Asked && e.Trouble != "":
		text += ": is asked before the embedded index, and cannot be fed: " + e.Trouble
	case e.Asked:
		text += ": is asked before the embedded index; " + has
	case e.Building != "" && e.Trouble == "":
		text += ": is being built"
		if e.Total > 0 {
			text += fmt.Sprintf(", %d of %d documents so far", e.Done, e.Total)
		}
		text += "; the embedded index answers"
	default:
		text += ": is not asked, the embedded index answers"
		if why := e.reason(); why != "" {
			text += ": " + why
		}
	}
	switch {
	case e.Queued == 1:
		text += fmt.Sprintf("; 1 change waits, for %s", Span(e.behind()))
	case e.Queued > 1:
		text += fmt.Sprintf("; %d changes wait, the oldest for %s", e.Queued, Span(e.behind()))
	case e.Generation != "":
		text += "; up to date"
	}
	return text
}

// reason is why it is not asked.
func (e Engine) reason() string {
	if e.Trouble != "" {
		return e.Trouble
	}
	return e.Why
}

func (e Engine) behind() time.Duration { return time.Duration(e.Behind * float64(time.Second)) }

// Recall counts that a question was put to an engine outside of the process,
// or why it was not. Durations are of those that were put.
func (m *Metrics) Recall(engine, outcome string, took time.Duration) {
	if !slices.Contains(failover.Outcomes(), outcome) {
		outcome = other
	}
	m.recalls.WithLabelValues(engine, outcome).Inc()
	switch outcome {
	case failover.Answered, failover.Failed, failover.Timeout:
		m.recalled.WithLabelValues(engine).Observe(took.Seconds())
	}
}

// ofEngine is one figure of an Engine.
type ofEngine struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(Engine) float64
}

func each(name, help string, kind prometheus.ValueType, value func(Engine) float64) ofEngine {
	return ofEngine{prometheus.NewDesc("policybot_engine_"+name, help, []string{"engine"}, nil), kind, value}
}

// perEngine are the figures of engines outside of the process. Their names are
// of the configuration.
var perEngine = []ofEngine{
	each("asked", "1 while questions are put to the engine, 0 while the embedded index answers in its place.", level, func(e Engine) float64 { return flag(e.Asked) }),
	each("behind_seconds", "Age of the oldest published change that the engine does not have yet; 0 when it has all.", level, func(e Engine) float64 { return e.Behind }),
	each("queued_changes", "Published changes that the engine does not have yet.", level, func(e Engine) float64 { return float64(e.Queued) }),
	each("entries", "Entries of the generation that serves, when they were last counted.", level, func(e Engine) float64 { return float64(e.Entries) }),
	each("set_aside_documents", "Documents that the engine refuses.", level, func(e Engine) float64 { return float64(e.SetAside) }),
	each("troubled", "1 while the engine cannot be fed.", level, func(e Engine) float64 { return flag(e.Trouble != "") }),
	each("building_entries", "Entries of the generation that is being built; 0 when none is.", level, func(e Engine) float64 { return float64(e.Built) }),
	each("switches_total", "How often questions began or ceased to be put to the engine.", total, func(e Engine) float64 { return float64(e.Switches) }),
}

func flag(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// unasked is how long an engine may be left unasked before a person is told.
const unasked = 5 * time.Minute

// notices says what of the engines a person should look at. None of it is
// urgent: the embedded index answers.
func notices(engines []Engine, now time.Time, mention func(ok bool, format string, args ...any)) {
	for _, e := range engines {
		idle := now.Sub(e.Since)
		mention(e.Asked || e.Dropped || e.Since.IsZero() || idle < unasked || e.Building != "" && e.Trouble == "",
			"%s has not been asked for %s: the embedded index answers. %s", e.Name, Span(idle), sentence(e.reason()))
		mention(e.behind() <= maxBehind || !e.Asked && idle >= unasked,
			"What was published %s ago is not in %s yet: the embedded index answers meanwhile. %s", Span(e.behind()), e.Name, sentence(e.Trouble))
		mention(e.SetAside == 0, "%s refuses %d documents, which are not found while it is asked: policybot index status names them and the reasons.", e.Name, e.SetAside)
		mention(!e.Dropped, "%s was dropped and is not fed: policybot index rebuild builds it again; without POLICYBOT_MEILI_URL it is left for good.", e.Name)
	}
}

// sentence ends what an engine said with a full stop.
func sentence(why string) string {
	if why == "" {
		return "The log says why."
	}
	return "It says: " + why + "."
}

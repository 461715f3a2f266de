package failover

import (
	"slices"
	"time"
)

// State is whether questions are put to an engine.
type State string

// States.
const (
	Asked    State = "asked"
	Resting  State = "resting"   // it has failed; Stat.Why says how
	Behind   State = "behind"    // of what was published
	NotBuilt State = "not built" // there is no generation to ask
)

// Stat is how an engine does.
type Stat struct {
	Engine   string
	State    State
	Up       bool      // it does not rest
	Since    time.Time // of the last switch; of New before the first
	Why      string    // it rests
	Switches int64     // from one to the other

	Outcomes map[string]int64 // of questions so far
	InFlight int              // questions that it has now, those included that nobody waits for
	Room     int              // for so many at a time; the others go elsewhere at once
	Budget   time.Duration    // of a question now
	P50, P99 time.Duration    // of the last answers since the last switch; 0 where there are none
}

func (t *target) stat() Stat {
	generation, fresh := t.Serving()
	t.mu.Lock()
	defer t.mu.Unlock()
	s := Stat{
		Engine: t.name, State: Asked, Up: !t.resting(), Since: t.since, Why: t.why, Switches: t.era.Load(),
		Outcomes: map[string]int64{}, InFlight: int(t.inFlight.Load()), Room: int(t.room.Load()), Budget: t.budget(),
		P50: t.latencies.quantile(.5), P99: t.latencies.quantile(.99),
	}
	switch {
	case !s.Up:
		s.State = Resting
	case generation == "":
		s.State = NotBuilt
	case !fresh:
		s.State = Behind
	}
	for i, o := range Outcomes() {
		s.Outcomes[o] = t.counts[i].Load()
	}
	return s
}

// count notes what became of a question.
func (t *target) count(outcome string, took time.Duration) {
	t.counts[slices.Index(Outcomes(), outcome)].Add(1)
	if t.observe != nil {
		t.observe(t.name, outcome, took)
	}
}

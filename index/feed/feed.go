// Package feed keeps engines outside of this process in step with the outbox:
// one Worker an engine reads the outbox in order, has the engine take what
// changed, and moves its own cursor. It can be killed at any moment and goes
// on where it was; what an engine refuses is set aside and shown, and never
// holds up the rest. Of several processes on one store, one works at a time.
package feed

import (
	"context"
	"time"

	"github.com/policybot/policybot/corpus"
)

// Progress is how far an engine is, as the store keeps it: for people, and for
// the processes that only read. The truth is in the engine: see index.Stamp.
type Progress struct {
	Engine     string        `json:"engine"`
	Generation string        `json:"generation"`         // the one that serves; "" where none does
	Cut        string        `json:"cut"`                // see index.Stamp
	Cursor     int64         `json:"cursor"`             // the outbox row up to which it is complete
	Version    string        `json:"version"`            // of the engine
	Entries    int           `json:"entries"`            // when it was last counted
	Documents  int           `json:"documents"`          // when they were last counted
	Trouble    string        `json:"trouble,omitempty"`  // why it is not further, in words for the operator; "" where all is well
	Since      time.Time     `json:"since,omitzero"`     // of Trouble
	Building   string        `json:"building,omitempty"` // the generation that is being built
	Built      int           `json:"built,omitempty"`    // entries that it has
	Done       int           `json:"done,omitempty"`     // documents that are in it
	Total      int           `json:"total,omitempty"`    // documents that are to be in it
	Took       time.Duration `json:"took_ns"`            // of the last build
	Dropped    bool          `json:"dropped,omitempty"`  // an operator dropped all of it: nothing is built before Rebuild asks for it
	Doubtful   bool          `json:"doubtful,omitempty"` // it may differ from the store, and is to be compared with it
	Updated    time.Time     `json:"updated"`
}

// building notes how far a build is; the zero values, that there is none.
func (p *Progress) building(generation string, built, done, total int) {
	p.Building, p.Built, p.Done, p.Total = generation, built, done, total
}

// Aside is a document that an engine refuses.
type Aside struct {
	Engine   string    `json:"engine"`
	Document string    `json:"document"`
	Seq      int64     `json:"seq"` // the change that could not be applied
	Reason   string    `json:"reason"`
	At       time.Time `json:"at"`
}

// Event is a line of the history of engines.
type Event struct {
	At     time.Time `json:"at"`
	Engine string    `json:"engine"`
	Kind   string    `json:"kind"`   // one of the constants below
	Detail string    `json:"detail"` // in words for the operator
}

// Kinds of events.
const (
	Built     = "built"     // a generation was built and serves
	Resumed   = "resumed"   // a generation that was found serves
	Dropped   = "dropped"   // a generation was removed
	Lost      = "lost"      // questions are not put to the engine any more
	Recovered = "recovered" // they are put to it again
	SetAside  = "set aside" // documents that the engine refuses
	Repaired  = "repaired"  // entries that differed from the store
	Failed    = "failed"    // feeding it; once, until it works again
	CaughtUp  = "caught up" // feeding it works again, and nothing waits
)

// MaxEvents is how many events are kept of each engine.
const MaxEvents = 200

// Store keeps what workers know, for all processes.
type Store interface {
	// Lease takes or renews the right to feed an engine until a time; false
	// where another holder has it, and it has not ended by now.
	Lease(ctx context.Context, engine, holder string, now, until time.Time) (bool, error)
	// Release gives it back, where it is the holder's.
	Release(ctx context.Context, engine, holder string) error
	// Progress returns that of all engines that ever had one, by name.
	Progress(ctx context.Context) ([]Progress, error)
	// SaveProgress keeps p, where the holder has the lease or was the last to
	// have it; false where another took it.
	SaveProgress(ctx context.Context, holder string, p Progress) (bool, error)
	// ForgetEngine removes all that is known of an engine but its history.
	ForgetEngine(ctx context.Context, engine string) error

	// SetAside keeps what an engine refuses, one for each document.
	SetAside(ctx context.Context, refused []Aside) error
	// Aside returns them by document; of all engines where engine is "".
	Aside(ctx context.Context, engine string) ([]Aside, error)
	// Readmit forgets that documents were set aside; all of them where none is
	// named.
	Readmit(ctx context.Context, engine string, documents []string) error

	// Pending returns what was published after a row of the outbox.
	Pending(ctx context.Context, after int64) (corpus.Pending, error)
	// Counts returns how many documents are published.
	Counts(ctx context.Context) (sample, own int, err error)

	// Happened adds events; the oldest over MaxEvents are forgotten.
	Happened(ctx context.Context, events ...Event) error
	// Events returns the newest events of all engines, newest first.
	Events(ctx context.Context, limit int) ([]Event, error)
}

package bot

import (
	"context"
	"time"
)

// Ledger is where a Journal keeps what must outlive the process. Nothing that
// is given to it names a person: keys and persons are HMACs, texts are
// masked, bodies are encrypted.
type Ledger interface {
	// Commit does everything in the batch in one transaction, in the order of
	// its fields, and returns what became of each claim. Where it fails,
	// nothing of the batch is kept.
	Commit(ctx context.Context, b Batch) ([]Held, error)
	// Recent returns the person's newest records since then, newest first, at
	// most limit, of which only Asked, Status, Question, Sources and Choices
	// need be filled.
	Recent(ctx context.Context, account, person string, since time.Time, limit int) ([]Record, error)
	// Forget removes the person's records.
	Forget(ctx context.Context, account, person string) error
}

// Batch is what one transaction does.
type Batch struct {
	Records []Record // a record of a question that has one already is dropped
	Frees   []Claim  // claims given back, where they are still their holder's
	Claims  []Claim
	// Bodies answered before DropBodies are removed, claims answered or left
	// before DropClaims too. Zero times remove nothing.
	DropBodies, DropClaims time.Time
}

// Claim is the wish to be the one who answers a question.
type Claim struct {
	Key     string // HMAC of account and de-duplication key
	Account string
	Holder  string // the process that claims
	Now     time.Time
	Until   time.Time // the end of the lease
}

// Held is what became of a Claim: it was won where nobody had answered and
// nobody else's lease was running.
type Held struct {
	Won      bool
	Until    time.Time // not won: the end of the lease that stands in the way
	Answered time.Time // not won: when it was answered; zero where it was not yet
	Body     []byte    // as in Record; nil where it was removed
}

// Record is a question and what was said, as it is kept.
type Record struct {
	Key        string // as in Claim
	Account    string
	Person     string // HMAC of account and the sender's ID; "" of an unsubscriber
	Kind       Kind
	Question   string // masked
	Asked      time.Time
	Answered   time.Time
	Took       time.Duration
	Status     Status
	Reason     string
	Text       string // what was said, masked
	Confidence float64
	Engine     string
	Lexicon    string
	Generation string
	Sources    []Source // snippet and passage of the first only
	Choices    []Choice
	Body       []byte // encrypted; removed when no repeat can ask for it
}

// Recent is what a conversation remembers of its last turns.
type Recent struct {
	Status   Status    // of the newest record; "" where there is none
	Question string    // of the newest record, masked
	Asked    time.Time // of the newest record
	Choices  []Choice  // the newest that were offered
	Sources  []Source  // the newest that were shown
}

package bot

import (
	"context"
	"time"
)

// Ledger is where a Journal keeps what must outlive the process. Nothing that
// is given to it names a person or can be read: keys and persons are HMACs,
// texts and bodies are encrypted.
type Ledger interface {
	// Commit does everything in the batch in one transaction, in the order of
	// its fields, and returns what became of each claim. Where it fails,
	// nothing of the batch is kept.
	Commit(ctx context.Context, b Batch) ([]Held, error)
	// Recent returns the person's newest records since then, newest first, at
	// most limit, of which only Key, Asked, Status, Sources, Texts and Secret
	// need be filled.
	Recent(ctx context.Context, account, person string, since time.Time, limit int) ([]Record, error)
	// Forget removes texts, secrets and the person from the person's records,
	// and the bodies of their answers. It returns the records' keys.
	Forget(ctx context.Context, account, person string) (keys []string, err error)
}

// Archive is what a Journal does to records as they age.
type Archive interface {
	// Kept returns how many of the person's records hold texts, when the
	// oldest of them was asked, and the newest of them, at most newest, filled
	// as by Recent.
	Kept(ctx context.Context, account, person string, newest int) (n int, oldest time.Time, last []Record, err error)
	// Expire removes texts, secrets and persons of records asked before
	// texts, and whole records asked before lines: at most limit of each. It
	// returns how many records it changed.
	Expire(ctx context.Context, texts, lines time.Time, limit int) (int, error)
	// Scrub makes sure that nothing of what was removed is left in files.
	Scrub(ctx context.Context) error
	// Unsealed returns some of the records that an older version stored in
	// the clear, at most limit; none says that all are sealed.
	Unsealed(ctx context.Context, limit int) ([]Unsealed, error)
	// Reseal puts sealed texts in the place of those in the clear.
	Reseal(ctx context.Context, sealed []Resealed) error
}

// Unsealed is a record's text as older versions stored it.
type Unsealed struct {
	ID             int64
	Key            string // as in Record
	Question, Text string
	Choices        []Choice
}

// Resealed is the same, sealed.
type Resealed struct {
	ID            int64
	Texts, Secret []byte // as in Record
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
	Person     string // HMAC of account and the sender's ID; "" where Texts are removed
	Kind       Kind
	Asked      time.Time
	Answered   time.Time
	Took       time.Duration
	Status     Status
	Reason     string
	Confidence float64
	Engine     string
	Lexicon    string
	Generation string
	Sources    []Source // snippet and passage of the first only
	Texts      []byte   // what was asked, said and offered, masked and encrypted under Secret; nil where removed
	Secret     []byte   // of this record alone: without it nobody reads Texts
	Body       []byte   // encrypted; removed when no repeat can ask for it
}

// Recent is what a conversation remembers of its last turns.
type Recent struct {
	Status   Status     // of the newest record; "" where there is none
	Question string     // of the newest record, masked
	Asked    time.Time  // of the newest record
	Choices  []Choice   // the newest that were offered
	Sources  []Source   // the newest that were shown
	Turns    []PastTurn // the newest records, newest first
	Answer   Verdict    // what a verdict would be about: the newest reply, but for small talk, where it rests on a document
}

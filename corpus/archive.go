package corpus

import (
	"context"
	"time"
)

// Stored is a revision with all that is kept of it, published or not.
type Stored struct {
	Document Document // of this revision, with relations both ways where it is the published one
	Revision Revision
	Created  time.Time
	Newest   bool // no later revision exists
	Findings []Finding
	Warnings []string
	Hold     string // see Content; "" where there is none, or a person has confirmed it
	// ConfirmedBy is who has, "" where nobody had to.
	ConfirmedBy string
	File        *Attached // the file it was read from; nil where there is none
}

// Withdrawal tells citizens why a document is no longer published.
type Withdrawal struct {
	Title   string
	Account string // whose the document was; "" was shared
	Reason  string // as staff wrote it for everybody
	At      time.Time
}

// Listing chooses documents for people at a terminal. The zero value is the
// newest revision of every document of every account.
type Listing struct {
	Kind     Kind     `json:"kind,omitempty"`
	Validity Validity `json:"validity,omitempty"` // on Day
	Status   Status   `json:"status,omitempty"`   // of the newest revision
	Day      Date     `json:"day,omitempty"`
	Text     string   `json:"text,omitempty"`   // in title or number
	Held     bool     `json:"held,omitempty"`   // only what a person has to confirm
	Fallen   bool     `json:"fallen,omitempty"` // only guides, FAQ and interpretations whose policy is out of force
}

// Archive is what people look at and decide about, published or not.
type Archive interface {
	// Listed calls yield for the newest revision of each document that fits,
	// ascending by ID, without text and passages. It stops at the first error
	// of yield and returns it.
	Listed(ctx context.Context, l Listing, yield func(Stored) error) error
	// Stored returns a revision; 0 is the published one, else the newest.
	// ErrNotFound where there is none.
	Stored(ctx context.Context, id string, revision int) (Stored, error)
	// History returns all revisions of a document without text and passages,
	// the newest first. ErrNotFound where there is none.
	History(ctx context.Context, id string) ([]Stored, error)
	// Confirm says that a person has read the held text of the newest revision
	// and that it is right. It publishes nothing.
	Confirm(ctx context.Context, id, by string) error

	// Edges returns edges by their source's ID and in the order of its text.
	Edges(ctx context.Context, f EdgeFilter) ([]Edge, error)
	// Decide accepts or rejects an edge, also one that was applied by itself
	// or decided on before. It takes effect at once. ErrNotFound where there
	// is none of that ID.
	Decide(ctx context.Context, edge string, accept bool, by string) (Edge, error)
}

// Package desk is what staff do with documents: upload, correct, check,
// review, publish and withdraw them, by rules that the console, the command
// line and every other caller share. The rules are pure functions; what is
// kept, and that a step is taken once and in order, is a store's. It knows
// neither SQL nor HTTP.
package desk

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/policybot/policybot/corpus"
)

// Denied is why a person may not do something, in plain Chinese. It is shown
// to them.
type Denied string

func (d Denied) Error() string { return string(d) }

// NotReady is what has to be done before a step, each in plain Chinese.
type NotReady []string

func (n NotReady) Error() string { return "desk: not ready" }

// Conflict says that somebody else was faster. Theirs is what is stored now.
type Conflict struct{ Theirs Work }

func (c *Conflict) Error() string { return "desk: changed by somebody else meanwhile" }

// ErrStale is returned by a Store where a revision is no longer as the caller
// has seen it. A Desk makes a Conflict of it.
var ErrStale = errors.New("desk: changed meanwhile")

// ErrFull is returned by a Store whose disk is full: nothing was stored.
var ErrFull = errors.New("the disk is full")

// Desk holds the use cases. Its fields are set before it is used; the methods
// may be called at the same time.
type Desk struct {
	People    People
	Works     Works
	Comments  Comments
	Foresight Foresight
	Uploads   Uploads
	Knowledge func(ctx context.Context, account string) (Knowledge, error) // for Check
	Verdicts  Verdicts                                                     // nil: nobody is asked
	Links     LinkChecker                                                  // nil: links are not opened
	History   History
	Corpus    *corpus.Desk   // settles the sample when something is published
	Archive   corpus.Archive // edges and revisions
	Reader    Reader
	Timers    Timers
	Concerns  Concerns
	Calendar  Calendar
	Now       func() time.Time
	Log       *slog.Logger
	Pins      Pins
	Stops     Stops
	Rules     Rules
	WordList  WordList
	// Differences keeps what answers found to differ.
	Differences Differences
	// Accounts lists the public accounts of the configuration; nil: none is
	// known, and any name will do.
	Accounts func() []Account
	// Heard returns the questions since then that a pin would catch, the newest
	// first, without who asked.
	Heard func(ctx context.Context, p Pin, since time.Time) ([]Heard, error)
	// Rehearse returns what an account would answer a question if a pin stood.
	Rehearse func(ctx context.Context, p Pin, account, question string) (string, error)
	// Bursts returns what many ask just now, the most first; nil: nobody knows.
	Bursts func(ctx context.Context) ([]Burst, error)
	// Published is called after something was published or withdrawn, so that
	// it is served at once. It doesn't wait.
	Published func()
	// Queued is called after something was uploaded.
	Queued func()
}

// People keeps who works here.
type People interface {
	// Person returns a person by ID; corpus.ErrNotFound where there is none.
	Person(ctx context.Context, id int64) (Staff, error)
	// PersonNamed returns the person who signs in with a name.
	PersonNamed(ctx context.Context, name string) (Staff, error)
	// Everybody returns all persons by name, disabled ones too.
	Everybody(ctx context.Context) ([]Staff, error)
	// AddPerson stores a person and returns it with its ID. ErrTaken where the
	// name is.
	AddPerson(ctx context.Context, s Staff, by Actor) (Staff, error)
	// ChangePerson stores display name, roles, agency and Disabled. ErrLastAdmin
	// where nobody could manage people afterwards.
	ChangePerson(ctx context.Context, s Staff, by Actor) error
}

var (
	// ErrTaken says that somebody else has the name.
	ErrTaken = errors.New("desk: the name is taken")
	// ErrLastAdmin says that nobody could manage people afterwards.
	ErrLastAdmin = errors.New("desk: the last administrator")
)

// Works keeps revisions on their way. Every change is one transaction with its
// entry in the history and, where citizens see it, its outbox rows.
type Works interface {
	// Work returns a revision with its text; 0 is the newest.
	Work(ctx context.Context, id string, revision int) (Work, error)
	// ListWorks returns at most limit documents of a filter that staff of an
	// agency see ("" is all), after skip, and how many there are in all.
	ListWorks(ctx context.Context, agency string, f Filter, skip, limit int) ([]Item, int, error)
	// BeginWork stores a new draft, of a new document or as the next revision
	// of one, and returns its number. ErrStale where base, the number of the
	// last revision (0: there is none), isn't any more.
	BeginWork(ctx context.Context, base int, n NewWork, by Actor) (revision int, err error)
	// SaveWork replaces metadata and text of a draft. ErrStale where it is no
	// draft any more, or not of that version. It returns the next version.
	SaveWork(ctx context.Context, id string, revision, version int, c corpus.Content, by Actor) (int, error)
	// SaveWorkAs is SaveWork with an entry of its own in the history, that says
	// what was changed.
	SaveWorkAs(ctx context.Context, id string, revision, version int, c corpus.Content, detail string, by Actor) (int, error)
	// Move takes steps, all or none. ErrStale where a revision is no longer as
	// its step has seen it.
	Move(ctx context.Context, steps []Move) error
}

// Foresight tells what a revision would do once it is published.
type Foresight interface {
	// Foresee returns the edges that a revision would be the source of, with
	// what was decided about them.
	Foresee(ctx context.Context, id string, revision int) ([]corpus.Edge, error)
	// DecideAhead accepts or rejects one of them. corpus.ErrNotFound where there
	// is none of that ID.
	DecideAhead(ctx context.Context, id string, revision int, edge string, accept bool, by Actor) error
	// Interpretations returns the documents whose newest revision says that it
	// interprets a document: with their statuses.
	Interpretations(ctx context.Context, id string) ([]Item, error)
}

// NewWork is a draft that is to be stored.
type NewWork struct {
	Content corpus.Content
	From    int // the revision that it was made from, whose file it keeps; 0: none
	Owner   string
	Backlog bool
	Like    *Likeness
}

// History is what was done, by whom.
type History interface {
	// Note adds an entry. Seq, At, Before and Hash are the store's.
	Note(ctx context.Context, e Entry) error
	// Entries returns what fits, the newest first.
	Entries(ctx context.Context, f EntryFilter, skip, limit int) ([]Entry, error)
	// Titles returns what documents are called, by ID; those that are gone are
	// missing.
	Titles(ctx context.Context, ids []string) (map[string]string, error)
}

// EntryFilter chooses entries. The zero value is all.
type EntryFilter struct {
	Document string
	Revision int
	Staff    int64
	Action   string
	Agency   string // of the document, or none: what staff of an agency may see
	From, To time.Time
}

// Calendar knows the public holidays. A year that it lacks is not known.
type Calendar interface {
	On(day corpus.Date) (h corpus.Holiday, known bool)
}

// Reader reads an uploaded file. The error is a corpus.Refusal, or that of
// ctx.
type Reader func(ctx context.Context, f File) (Reading, error)

// File is what is to be read.
type File struct {
	Name    string
	Data    []byte
	Account string
	Kind    corpus.Kind // of documents that don't name one; "" is told from the text
	Region  string
}

// Reading is what a file holds.
type Reading struct {
	Contents []corpus.Content
	Problems []Problem
}

// Problem is something that could not be read as it stands.
type Problem struct {
	File    string // within the one that was uploaded, which is a zip; "" is itself
	Line    int    // 0 is the whole file
	Message string // in plain Chinese
	Skipped bool   // nothing came of that record
}

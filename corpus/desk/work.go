package desk

import (
	"time"

	"github.com/policybot/policybot/corpus"
)

// Work is a revision with all that staff did to it.
type Work struct {
	corpus.Stored
	Owner   string // agency whose staff put the document in; "" where it was imported
	Version int    // counts the changes of this revision: for compare-and-set
	Live    int    // the document's published revision; 0 is none
	Last    int    // the number of its last revision, dropped ones too

	Authors    []int64   // staff who wrote at this revision, as IDs; none: it was imported
	Submitted  string    // who has submitted it: a display name; "" is nobody
	Approved   string    // who has approved it
	ApprovedBy int64     // as an ID
	Due        time.Time // when it is to be published; zero: not scheduled
	Checklist  Checklist // as it was approved
	Backlog    bool      // 存量: starts no interpretation clock
	Like       *Likeness // a known document that this may be a new version of; nil: none
	Comments   []Comment // oldest first
	Withdrawal *Withdrawal
	Updated    time.Time
	UpdatedBy  string // a display name
}

// Owned returns what decides whose the document is.
func (w Work) Owned() Owned { return Owned{Owner: w.Owner, Issuers: w.Document.Issuers()} }

// Content returns what an editor changes: metadata and text.
func (w Work) Content() corpus.Content {
	return corpus.Content{Document: w.Document, Text: w.Revision.Text, Passages: w.Revision.Passages}
}

// Item is a document as lists show it: its newest revision, without text.
type Item struct {
	Document  corpus.Document // metadata of the newest revision, with relations where it is published
	Owner     string
	Revision  int
	Version   int
	Status    corpus.Status
	Live      int // the published revision; 0 is none
	Held      bool
	Returned  bool // a draft that was sent back
	Backlog   bool
	Like      bool // it may be a new version of a known document
	Due       time.Time
	Updated   time.Time
	UpdatedBy string
	Validity  corpus.Validity // on the filter's day
}

// Owned returns what decides whose the document is.
func (i Item) Owned() Owned { return Owned{Owner: i.Owner, Issuers: i.Document.Issuers()} }

// Filter chooses documents for a list. The zero value is all.
type Filter struct {
	States    []State
	Kinds     []corpus.Kind
	Validity  corpus.Validity // on Day
	Day       corpus.Date     // "" is today
	Agency    string          // one of its issuers, or its owner
	Topic     string
	Account   string
	Clock     ClockKind // only documents that this clock runs for
	Text      string    // in title, number or ID
	Words     string    // in title, number or text: each of those that have blanks between
	Author    int64     // only what this person wrote at
	NotAuthor int64     // only what this person did not write at
	Backlog   bool      // only 存量
	Sort      Sort
}

// Sort is the order of a list.
type Sort string

// The orders.
const (
	ByUpdated Sort = ""      // changed last comes first
	ByTitle   Sort = "title" //
	ByIssued  Sort = "issued"
	ByOldest  Sort = "oldest" // changed last comes last
)

// State is where a document stands, as lists filter by it.
type State string

// The states. Several may hold.
const (
	IsDraft     State = "draft"
	IsReturned  State = "returned" // a draft that was sent back
	IsHeld      State = "held"     // somebody has to confirm its text
	IsSubmitted State = "submitted"
	IsApproved  State = "approved"
	IsScheduled State = "scheduled" // approved, to be published at a time
	IsPublished State = "published" // a revision of it is
	IsWithdrawn State = "withdrawn"
)

// Comment is what somebody wrote about a revision, or a passage of it.
type Comment struct {
	ID       int64
	Revision int
	Anchor   string // of the passage; "" is the whole
	Quote    string // the words that are meant; "" is the whole passage
	Text     string
	By       string // a display name
	At       time.Time
	Resolved bool
}

// Withdrawal is why a document was taken back.
type Withdrawal struct {
	Reason string // for staff and citizens
	By     string // a display name
	At     time.Time
}

// Likeness says that a document may be another version of a known one.
type Likeness struct {
	Document string // ID
	Title    string
	Why      string // in plain Chinese: 文号和标题相同
	Same     bool   // nothing but form tells the two apart: a duplicate
}

// Move is a step of one revision.
type Move struct {
	Document  string
	Revision  int
	Version   int // as the mover has seen it
	From, To  corpus.Status
	By        Actor
	Reason    string    // for a withdrawal and a return
	Checklist Checklist // for an approval
	Publish   time.Time // for an approval: when it is to be published; zero is by hand
}

// Entry is a line of the history. Nobody can change one: each carries the hash
// of the one before.
type Entry struct {
	Seq      int64
	At       time.Time
	Staff    int64  // 0: this program, or a person whom the console doesn't know
	Who      string // name and display name: wangmin 王敏
	From     string // address of the browser, or "terminal"
	Action   string // submitted, approved, published … (see Actions)
	Document string // "" is none
	Revision int
	Detail   string // in plain Chinese
	Before   string // hash of the entry before, in hexadecimal; "" is the first
	Hash     string
}

package corpus

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Ref names a passage of one revision of a document.
type Ref struct {
	Document string `json:"document"`
	Revision int    `json:"revision"`
	Anchor   string `json:"anchor"`
}

// Status is where a revision stands on its way to the citizens.
type Status string

// The statuses of a revision.
const (
	Draft     Status = "draft"
	Submitted Status = "submitted" // waits for a second person's review
	Approved  Status = "approved"  // reviewed, to be published
	Published Status = "published"
	Withdrawn Status = "withdrawn" // taken back, or replaced by a later revision
	Dropped   Status = "dropped"   // a draft that staff threw away
)

// Revision is an edit of a document by staff. It has one canonical text:
// plain UTF-8, one block (heading, paragraph, table row) a line. The cells of
// a row have tabs between them, and the line of a table that names its columns
// ends in a tab: see Readable. Another dated version of a law is not a
// revision but another document.
type Revision struct {
	Document string
	Number   int // 1, 2, 3 …
	Status   Status
	Text     string
	Passages []Passage
	Hash     string // of metadata and text, see Fingerprint
}

// Role is what a passage is in its document.
type Role string

// The roles of passages.
const (
	TitleRole   Role = "title"   // the document's title
	HeadingRole Role = "heading" // a heading without own text: 第二章 申请
	BodyRole    Role = "body"    // text that can be cited
)

// Passage is a byte range of a revision's canonical text that an anchor
// names. The passages of a revision partition its text: the first starts at
// 0, each starts where the one before ends, the last ends at len(Text).
type Passage struct {
	Anchor string   `json:"a"`           // unique in the document: a6, s2.3, materials
	Role   Role     `json:"r"`           //
	Label  string   `json:"l,omitempty"` // how it is cited: 第六条, 二、（三）, 申请材料; "" for plain paragraphs
	Path   []string `json:"p,omitempty"` // headings above it, outermost first, without its own
	Start  int      `json:"s"`
	End    int      `json:"e"`

	// Columns are the headings of the table that the passage is a row of, in
	// the order of its cells.
	Columns []string `json:"c,omitempty"`
	// From and Until are the days [from, until) that a row of a catalogue
	// names for itself; "" is as the document.
	From  Date `json:"f,omitempty"`
	Until Date `json:"u,omitempty"`
}

// Find returns the passage with that anchor.
func (r Revision) Find(anchor string) (Passage, bool) {
	for _, p := range r.Passages {
		if p.Anchor == anchor {
			return p, true
		}
	}
	return Passage{}, false
}

// Content is a document with its text, as read from a file or a record and
// not yet stored.
type Content struct {
	Document Document
	Text     string
	Passages []Passage

	// Original is the file it was read from; nil where there is none of its
	// own, as for a record among many.
	Original *Original

	Findings []Finding // where each of the metadata was read
	Warnings []string  // what a person should look at, in plain Chinese
	// Hold says in plain Chinese why a person has to confirm the text before
	// it can be published: it was recognised from pictures. "" is none.
	Hold string
}

// Fingerprint returns a hash over metadata and text that stays the same where
// importing again would change nothing. Source and Original are left out: a
// moved file, or one with other blanks, is not a new revision.
func (c Content) Fingerprint() string {
	d := c.Document
	d.Source, d.Receives = "", nil // findings, warnings and Hold say how, not what
	sum := sha256.New()
	// A struct of strings and slices always encodes.
	_ = json.NewEncoder(sum).Encode(struct {
		Document Document
		Text     string
		Passages []Passage
	}{d, c.Text, c.Passages})
	return hex.EncodeToString(sum.Sum(nil))
}

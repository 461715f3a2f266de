package corpus

import "time"

// EdgeState says what became of a Statement.
type EdgeState string

// The states of an edge.
const (
	Applied  EdgeState = "applied"  // it matches exactly, and is in effect by itself
	Proposed EdgeState = "proposed" // a person has to decide
	Accepted EdgeState = "accepted" // a person has
	Rejected EdgeState = "rejected"
	Dangling EdgeState = "dangling" // no published document is the one it names
)

// Edge is a Statement of a published document and what became of it. An
// applied or accepted one acts as a Relation while its source is published.
type Edge struct {
	ID        string    `json:"id"` // stays the same while source, kind and what is named do
	State     EdgeState `json:"state"`
	Why       string    `json:"why"` // for the state, in plain Chinese
	From      string    `json:"from"`
	FromTitle string    `json:"from_title"`
	To        string    `json:"to,omitempty"` // "" while Dangling
	ToTitle   string    `json:"to_title,omitempty"`
	Statement
	TakesEffect Date      `json:"takes_effect,omitempty"`
	DecidedBy   string    `json:"decided_by,omitempty"`
	DecidedAt   time.Time `json:"decided_at,omitzero"`
}

// EdgeFilter chooses edges. The zero value is all.
type EdgeFilter struct {
	States   []EdgeState `json:"states,omitempty"`
	Document string      `json:"document,omitempty"` // at either end
}

// Reason is a link of the chain that explains a validity, in plain Chinese:
// 被《…》（…号）第三十条废止，自2023年1月1日起.
type Reason struct {
	Text string `json:"text"`
	// Document and Anchor say where to read it; "" where it is this document's
	// own metadata.
	Document string `json:"document,omitempty"`
	Anchor   string `json:"anchor,omitempty"`
}

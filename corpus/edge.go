package corpus

import (
	"slices"
	"time"
)

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

// Decision is what a person has decided about an edge. It is kept apart from
// the edge, so that importing its documents again changes nothing about it.
type Decision struct {
	Edge   string
	Accept bool
	To     string // the target that was accepted; "" is as resolved
	By     string
	At     time.Time
}

// Acts reports whether an edge of this state is in effect.
func (s EdgeState) Acts() bool { return s == Applied || s == Accepted }

// Decided returns the edge as a person has decided about it.
func (r Resolved) Decided(d Decision) Resolved {
	r.DecidedBy, r.DecidedAt = d.By, d.At
	if !d.Accept {
		r.State, r.Why = Rejected, "已由"+d.By+"否决"
		return r
	}
	if d.To != "" && !slices.Contains(r.Targets, d.To) {
		r.To, r.Targets = d.To, []string{d.To}
	}
	if r.To == "" {
		return r // there is nothing to act on yet
	}
	r.State, r.Why = Accepted, "已由"+d.By+"采纳"
	return r
}

// Relations returns what an edge does: one relation to each of its targets,
// none unless it Acts.
func (r Resolved) Relations() []Relation {
	if !r.State.Acts() {
		return nil
	}
	all := make([]Relation, 0, len(r.Targets))
	for _, to := range r.Targets {
		if to != r.From {
			all = append(all, Relation{
				Kind: r.Kind, From: r.From, To: to, On: r.TakesEffect,
				Anchors: r.Articles, Place: r.Anchor, Label: r.Label,
			})
		}
	}
	return all
}

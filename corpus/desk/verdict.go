package desk

import (
	"context"
	"time"
)

// Verdicts is what citizens say of documents: 有用 or 没用, on a page or of an
// answer.
type Verdicts interface {
	// VerdictsOn returns what was said of a document since an instant.
	VerdictsOn(ctx context.Context, document string, since time.Time) (Tally, error)
	// Useless returns the documents that staff of an agency see ("" is all) of
	// which somebody said 没用, those of the most first.
	Useless(ctx context.Context, agency string, since time.Time, limit int) ([]Judged, error)
}

// Tally is what was said of a document.
type Tally struct {
	Useful, Useless int
	Questions       []Heard // that 没用 was said after, the newest first; masked
}

// Judged is a document that somebody found of no use.
type Judged struct {
	Document, Title string
	Useful, Useless int
}

// How far back verdicts are shown: on a document's page, and on the first.
const (
	verdictsBack = 90 * 24 * time.Hour
	judgedBack   = 30 * 24 * time.Hour
	judgedLines  = 8
)

// VerdictsOf returns what citizens said of a document that a person has looked
// at: see Look.
func (d *Desk) VerdictsOf(ctx context.Context, seen Work) (Tally, error) {
	if d.Verdicts == nil {
		return Tally{}, nil
	}
	return d.Verdicts.VerdictsOn(ctx, seen.Document.ID, d.Now().Add(-verdictsBack))
}

// judged are the documents of the person's agency that were of no use.
func (d *Desk) judged(ctx context.Context, by Actor) ([]Judged, error) {
	if d.Verdicts == nil || !by.Is(Editor, Reviewer, Auditor, Admin) {
		return nil, nil
	}
	return d.Verdicts.Useless(ctx, by.Agency, d.Now().Add(-judgedBack), judgedLines)
}

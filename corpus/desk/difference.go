package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// Difference is a pair of published passages that answers found to say other
// figures of what looks like the same matter. Until somebody has looked, the
// higher or later one is answered from.
type Difference struct {
	ID     int64
	Chosen Side // what is answered from
	Other  Side
	Met    int // answers that met it
	First  time.Time
	Last   time.Time
}

// Side is one of the two.
type Side struct {
	corpus.Ref
	Title, Number string
	Label, Text   string // of the passage, as published; filled in by Differing
}

// Differences keeps them.
type Differences interface {
	// OpenDifferences returns at most limit pairs that nobody has looked at and
	// that are published as they were met, the most met first, without texts.
	OpenDifferences(ctx context.Context, limit int) ([]Difference, error)
	// Difference returns one as it was met, also where somebody has looked at it,
	// without titles and texts; corpus.ErrNotFound where there is none.
	Difference(ctx context.Context, id int64) (Difference, error)
	// SettleDifference notes who has looked at one, and what they found.
	// ErrStale where somebody has already; corpus.ErrNotFound where there is none.
	SettleDifference(ctx context.Context, id int64, why string, by Actor) error
}

const mostDiffering = 100

// Differing returns the pairs that a person has to look at, with their texts:
// those of which they may see a document.
func (d *Desk) Differing(ctx context.Context, by Actor) ([]Difference, error) {
	if err := d.inside(by); err != nil {
		return nil, err
	}
	all, err := d.Differences.OpenDifferences(ctx, mostDiffering)
	if err != nil {
		return nil, err
	}
	var out []Difference
	for _, p := range all {
		theirs := 0
		for _, side := range []*Side{&p.Chosen, &p.Other} {
			w, err := d.Look(ctx, by, side.Document, side.Revision)
			if errors.Is(err, corpus.ErrNotFound) {
				continue // another agency's: its published title is shown
			}
			if err != nil {
				return nil, err
			}
			theirs++
			if passage, ok := w.Revision.Find(side.Anchor); ok {
				side.Label = passage.Label
				side.Text = strings.TrimSpace(corpus.Readable(w.Revision.Text[passage.Start:passage.End], passage.Columns))
			}
		}
		if theirs > 0 {
			out = append(out, p)
		}
	}
	return out, nil
}

// SettleDifference notes that a person has looked at a pair, and what they
// found: that both are right, or what will be changed.
func (d *Desk) SettleDifference(ctx context.Context, by Actor, id int64, why string) error {
	all, err := d.Differing(ctx, by)
	if err != nil {
		return err
	}
	switch {
	case !slices.ContainsFunc(all, func(p Difference) bool { return p.ID == id }):
		return d.settledBefore(ctx, by, id)
	case !by.Is(Editor, Reviewer):
		return Denied("只有编辑和审核人员可以核对")
	case strings.TrimSpace(why) == "" || utf8.RuneCountInString(why) > maxReason || !utf8.ValidString(why):
		return NotReady{"请写下核对的结果，最多500个字"}
	}
	err = d.Differences.SettleDifference(ctx, id, strings.TrimSpace(why), by)
	if errors.Is(err, ErrStale) {
		return Denied("刚刚已经有人核对过了")
	}
	return err
}

// settledBefore says why a pair is no longer open: a Denied to who may see one of
// its documents, corpus.ErrNotFound to everybody else.
func (d *Desk) settledBefore(ctx context.Context, by Actor, id int64) error {
	p, err := d.Differences.Difference(ctx, id)
	if err != nil {
		return err
	}
	_, err = d.Look(ctx, by, p.Chosen.Document, p.Chosen.Revision)
	if errors.Is(err, corpus.ErrNotFound) {
		_, err = d.Look(ctx, by, p.Other.Document, p.Other.Revision)
	}
	if err != nil {
		return err
	}
	return Denied("刚刚已经有人核对过了，或者文件已经换了版本")
}

package desk

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// Comments keeps what staff write beside revisions.
type Comments interface {
	// AddComment stores one and returns its ID: of the same that waits already,
	// where somebody says it twice.
	AddComment(ctx context.Context, document string, c Comment, by Actor) (int64, error)
	// ResolveComment marks one of a document as dealt with. corpus.ErrNotFound
	// where there is none.
	ResolveComment(ctx context.Context, document string, id int64, by Actor) error
	// ConfirmWork says that a person has read the held text of a revision.
	// ErrStale where it is not of that version any more.
	ConfirmWork(ctx context.Context, id string, revision, version int, by Actor) error
}

const maxComment = 1000 // characters

// Comment writes a comment on a revision, or on the passage that it names.
func (d *Desk) Comment(ctx context.Context, by Actor, id string, c Comment) (int64, error) {
	w, err := d.Look(ctx, by, id, c.Revision)
	if err != nil {
		return 0, err
	}
	c.Revision = w.Revision.Number
	_, known := w.Revision.Find(c.Anchor)
	switch {
	case !by.Is(Editor, Reviewer):
		return 0, Denied("只有编辑和审核人员可以写意见")
	case strings.TrimSpace(c.Text) == "":
		return 0, NotReady{"请写下意见"}
	case utf8.RuneCountInString(c.Text) > maxComment || utf8.RuneCountInString(c.Quote) > maxComment || !utf8.ValidString(c.Text+c.Quote):
		return 0, NotReady{"意见最多1000个字"}
	case c.Anchor != "" && !known:
		return 0, corpus.ErrNotFound
	}
	return d.Comments.AddComment(ctx, id, c, by)
}

// Resolve marks a comment as dealt with.
func (d *Desk) Resolve(ctx context.Context, by Actor, id string, comment int64) error {
	if _, err := d.Look(ctx, by, id, 0); err != nil {
		return err
	}
	if !by.Is(Editor, Reviewer) {
		return Denied("只有编辑和审核人员可以处理意见")
	}
	return d.Comments.ResolveComment(ctx, id, comment, by)
}

// Confirm says that the person has read a recognised text beside its original,
// and that it is right.
func (d *Desk) Confirm(ctx context.Context, by Actor, id string, revision, version int) error {
	w, err := d.Look(ctx, by, id, revision)
	switch {
	case err != nil:
		return err
	case !by.Is(Editor, Reviewer):
		return Denied("只有编辑和审核人员可以确认文字")
	case w.Hold == "":
		return Denied("这一版不用确认")
	case w.Version != version:
		return &Conflict{Theirs: w}
	}
	err = d.Comments.ConfirmWork(ctx, id, w.Revision.Number, version, by)
	return d.conflict(ctx, by, err, id, w.Revision.Number)
}

// Edges returns what a revision does, or would do, to other documents.
func (d *Desk) Edges(ctx context.Context, by Actor, id string, revision int) ([]corpus.Edge, error) {
	w, err := d.Look(ctx, by, id, revision)
	if err != nil {
		return nil, err
	}
	return d.Foresight.Foresee(ctx, id, w.Revision.Number)
}

// Explained returns the interpretations of a document that a person may see:
// those of another agency only once they are published.
func (d *Desk) Explained(ctx context.Context, by Actor, id string) ([]Item, error) {
	all, err := d.Foresight.Interpretations(ctx, id)
	return slices.DeleteFunc(all, func(i Item) bool { return MaySee(by.Staff, i.Owned()) != nil && i.Live != i.Revision }), err
}

// Decide accepts or rejects one of Edges.
func (d *Desk) Decide(ctx context.Context, by Actor, id string, revision int, edge string, accept bool) error {
	w, err := d.Look(ctx, by, id, revision)
	switch {
	case err != nil:
		return err
	case !by.Is(Reviewer):
		return Denied("只有审核人员可以采纳或否决文件关系")
	}
	return d.Foresight.DecideAhead(ctx, id, w.Revision.Number, edge, accept, by)
}

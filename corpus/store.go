package corpus

import (
	"context"
	"errors"
)

// ErrNotFound is returned where a document, a revision or an anchor does not
// exist, or is not for the asker to see.
var ErrNotFound = errors.New("corpus: not found")

// Outcome is what storing one Content did.
type Outcome struct {
	ID       string
	Revision int
	Changed  bool // false: the newest revision was the same, and as published, already
	Held     bool // it has a Hold and stays a draft, whatever was asked
	// Busy: what a person has written at it waits to be published, so that
	// nothing was stored.
	Busy bool
	// Twin is another published document of the same title and text, where
	// this one was published: two of them are kept, one is in force.
	Twin string
}

// Store keeps documents and their revisions.
type Store interface {
	// Put stores each content as a new revision of its document, unless the
	// newest one has the same Fingerprint, and publishes it where publish is
	// set (an unchanged draft too), but not while its Hold is not confirmed, and
	// never over what a person has written and not published yet.
	// What its Statements, its title and its Standard do to others is worked
	// out. Everything is done in one transaction, with one outbox row for each
	// document whose published state, relations, or days in force changed. An
	// Original is kept with the revision, an unchanged one too.
	Put(ctx context.Context, contents []Content, publish bool) ([]Outcome, error)

	// Live returns the published revision and the document with relations
	// both ways. ErrNotFound where none is published.
	Live(ctx context.Context, id string) (Document, Revision, error)

	// List returns the published documents that are VisibleTo an account in a
	// stable order (published date descending, then ID), without text: at
	// most limit, after skip.
	List(ctx context.Context, account string, skip, limit int) ([]Document, error)

	// WithdrawSample takes the published documents of the sample corpus back,
	// with outbox rows, and returns how many there were.
	WithdrawSample(ctx context.Context) (int, error)

	// Counts returns the number of published documents, of the sample and of
	// one's own.
	Counts(ctx context.Context) (sample, own int, err error)
}

package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

// ErrHeld says that a revision cannot be published before a person has
// confirmed its text.
var ErrHeld = errors.New("store: a person has to confirm the text first")

// Publish puts the newest revision of a document live, with outbox rows as Put
// has. Nothing changes where it is. Errors are ErrHeld, corpus.ErrNotFound, or
// a database's cause.
func (s *Store) Publish(ctx context.Context, id string) error { return s.PublishAs(ctx, id, nil) }

// PublishAs is Publish by somebody whom the history is to name: entry says who
// and why; nil for nobody.
func (s *Store) PublishAs(ctx context.Context, id string, entry *desk.Entry) error {
	return s.change(ctx, "publishing a document", func(tx *sql.Tx) error {
		p := s.putting(ctx, tx)
		was, err := p.head(id)
		if err != nil {
			return err
		}
		if was.newest == 0 {
			return corpus.ErrNotFound
		}
		if was.live == was.newest {
			return nil
		}
		if held, err := p.held(id, was.newest); err != nil || held {
			return errors.Join(err, ErrHeld)
		}
		c, _, err := p.content(id, was.newest)
		if err != nil {
			return err
		}
		if err := p.exec(p.stmts.setStatus, string(corpus.Published), id, was.newest); err != nil {
			return err
		}
		if _, err := p.publish(c, was.newest, was); err != nil {
			return err
		}
		if err := p.describe(c, was.newest, corpus.Published); err != nil {
			return err
		}
		if entry != nil {
			e := *entry
			e.Action, e.Document, e.Revision = desk.ActionPublished, id, was.newest
			if err := s.note(ctx, tx, e); err != nil {
				return err
			}
		}
		return p.finish()
	})
}

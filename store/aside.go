package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// AsPublished returns what would be served if a revision were published with a
// content: the document first, then those for whom that changes something, at
// most many. Like Foresee it does so within a transaction that it undoes, so
// that nothing of the content is kept. Errors wrap ErrInvalid and
// corpus.ErrNotFound.
func (s *Store) AsPublished(ctx context.Context, revision int, c corpus.Content) ([]index.Live, error) {
	if err := check(c); err != nil {
		return nil, err
	}
	meta, passages, err := encode(c)
	if err != nil {
		return nil, err
	}
	var all []index.Live
	err = s.change(ctx, "looking at a draft as published", func(tx *sql.Tx) error {
		p := s.putting(ctx, tx)
		id := c.Document.ID
		was, err := p.head(id)
		if err != nil {
			return err
		}
		var number int
		err = tx.QueryRowContext(ctx, `UPDATE revisions SET meta = $1, passages = $2, text = $3 WHERE document = $4 AND number = $5 RETURNING number`,
			meta, passages, c.Text, id, revision).Scan(&number)
		if errors.Is(err, sql.ErrNoRows) {
			return corpus.ErrNotFound
		}
		if err != nil {
			return err
		}
		if err := p.annotate(revision, c); err != nil {
			return err
		}
		if _, err := p.publish(c, revision, was); err != nil {
			return err
		}
		if err := p.settle(); err != nil {
			return err
		}
		if all, err = p.lives(unique(append([]string{id}, p.changed...))); err != nil {
			return err
		}
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		return nil, err
	}
	return all, nil
}

// lives reads published documents as the transaction has them, in order.
func (p *putting) lives(ids []string) ([]index.Live, error) {
	ids = ids[:min(len(ids), many)]
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	found := make(map[string]index.Standing, len(ids))
	rows, err := p.tx.QueryContext(p.ctx, documentsQuery(len(ids)), args...)
	if err != nil {
		return nil, err
	}
	if err := scanDocuments(rows, ids, found); err != nil {
		return nil, err
	}
	if rows, err = p.tx.QueryContext(p.ctx, textsQuery(len(ids)), args...); err != nil {
		return nil, err
	}
	read, err := scanLives(rows, found)
	if err != nil {
		return nil, err
	}
	var all []index.Live
	for _, id := range ids {
		if l, ok := read[id]; ok {
			all = append(all, l)
		}
	}
	return all, nil
}

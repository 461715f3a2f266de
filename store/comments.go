package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

var _ desk.Comments = (*Store)(nil)

func (p *putting) comment(document string, c desk.Comment, by desk.Actor) (id int64, err error) {
	err = p.tx.QueryRowContext(p.ctx, `INSERT INTO comments (document, revision, anchor, quote, text, author, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
		document, c.Revision, c.Anchor, c.Quote, c.Text, by.Display, p.now).Scan(&id)
	return id, err
}

// AddComment implements desk.Comments.
func (s *Store) AddComment(ctx context.Context, document string, c desk.Comment, by desk.Actor) (id int64, err error) {
	err = s.change(ctx, "storing a comment", func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT id FROM comments WHERE document = $1 AND revision = $2 AND anchor = $3 AND quote = $4
			AND text = $5 AND author = $6 AND resolved = 0`, document, c.Revision, c.Anchor, c.Quote, c.Text, by.Display).Scan(&id)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if id, err = s.putting(ctx, tx).comment(document, c, by); err != nil {
			return err
		}
		return s.note(ctx, tx, by.Entry(desk.ActionCommented, document, c.Revision, c.Text))
	})
	return id, err
}

// ResolveComment implements desk.Comments.
func (s *Store) ResolveComment(ctx context.Context, document string, id int64, by desk.Actor) error {
	return s.change(ctx, "marking a comment", func(tx *sql.Tx) error {
		var revision int
		err := tx.QueryRowContext(ctx, `UPDATE comments SET resolved = 1 WHERE id = $1 AND document = $2 RETURNING revision`, id, document).Scan(&revision)
		if errors.Is(err, sql.ErrNoRows) {
			return corpus.ErrNotFound
		}
		if err != nil {
			return err
		}
		return s.note(ctx, tx, by.Entry(desk.ActionCommented, document, revision, "已处理"))
	})
}

// ConfirmWork implements desk.Comments.
func (s *Store) ConfirmWork(ctx context.Context, id string, revision, version int, by desk.Actor) error {
	return s.change(ctx, "confirming a text", func(tx *sql.Tx) error {
		p := s.putting(ctx, tx)
		if _, err := p.bump(id, revision, version); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE revision_notes SET confirmed_by = $1, confirmed = $2
			WHERE document = $3 AND revision = $4 AND hold <> '' AND confirmed_by = ''`, by.Display, p.now, id, revision)
		if err == nil {
			_, err = tx.ExecContext(ctx, `UPDATE works SET held = 0 WHERE document = $1 AND revision = $2`, id, revision)
		}
		if err != nil {
			return err
		}
		return s.note(ctx, tx, by.Entry(desk.ActionConfirmed, id, revision, ""))
	})
}

var _ desk.Foresight = (*Store)(nil)

// errUndo ends a transaction that was only to be seen.
var errUndo = errors.New("store: undone on purpose")

// Foresee implements desk.Foresight. It publishes the revision within a
// transaction and undoes it: what is shown is what would be.
func (s *Store) Foresee(ctx context.Context, id string, revision int) ([]corpus.Edge, error) {
	var all []corpus.Edge
	err := s.change(ctx, "foreseeing a publication", func(tx *sql.Tx) error {
		p := s.putting(ctx, tx)
		was, err := p.head(id)
		if err != nil {
			return err
		}
		if was.live != revision {
			c, _, err := p.content(id, revision)
			if err != nil {
				return err
			}
			if _, err := p.publish(c, revision, was); err != nil {
				return err
			}
			if err := p.settle(); err != nil {
				return err
			}
		}
		rows, err := tx.QueryContext(ctx, edgesQuery+` WHERE e.source = $1 ORDER BY e.ordinal`, id)
		if err != nil {
			return err
		}
		if all, err = scanEdges(rows); err != nil {
			return err
		}
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		return nil, err
	}
	return all, nil
}

// DecideAhead implements desk.Foresight. Errors wrap ErrUnnamed, too.
func (s *Store) DecideAhead(ctx context.Context, id string, revision int, edge string, accept bool, by desk.Actor) error {
	edges, err := s.Foresee(ctx, id, revision)
	if err != nil {
		return err
	}
	for _, e := range edges {
		if e.ID != edge {
			continue
		}
		if accept && e.To == "" {
			return fmt.Errorf("store: deciding about an edge: %w", ErrUnnamed)
		}
		return s.change(ctx, "deciding about an edge", func(tx *sql.Tx) error {
			p := s.putting(ctx, tx)
			if err := p.decision(edge, id, e.To, accept, by.Display); err != nil {
				return err
			}
			p.touched.sources = append(p.touched.sources, id)
			if err := p.finish(); err != nil {
				return err
			}
			return s.note(ctx, tx, by.Entry(desk.ActionDecided, id, revision, decidedWords(e, accept)))
		})
	}
	return corpus.ErrNotFound
}

func decidedWords(e corpus.Edge, accept bool) string {
	word := "否决关系："
	if accept {
		word = "采纳关系："
	}
	return word + string(e.Kind) + " 《" + e.Title + "》" + e.Number
}

// Interpretations implements desk.Foresight.
func (s *Store) Interpretations(ctx context.Context, id string) (items []desk.Item, err error) {
	err = s.view(ctx, "looking for interpretations", func(tx *sql.Tx) error {
		ids, err := texts(tx.QueryContext(ctx, `SELECT f.document FROM work_facets f JOIN works w ON w.document = f.document
			WHERE f.facet = $1 AND f.value = $2 AND w.revision > 0 AND w.kind = $3 ORDER BY f.document LIMIT $4`,
			interpretsFacet, id, string(corpus.Interpretation), many))
		if err == nil {
			items, err = s.items(ctx, tx, ids, corpus.DayOf(s.now()))
		}
		return err
	})
	return items, err
}

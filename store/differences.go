package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

var _ desk.Differences = (*Store)(nil)

// NoteDifferences adds what answers have met since they were last noted: Count
// is that much. What is no longer published as it was met, and nobody has
// looked at, is forgotten.
func (s *Store) NoteDifferences(ctx context.Context, met []bot.Difference) error {
	return s.change(ctx, "noting documents that differ", func(tx *sql.Tx) error {
		for _, d := range met {
			_, err := tx.ExecContext(ctx, `INSERT INTO differences
				(chosen, chosen_revision, chosen_anchor, other, other_revision, other_anchor, met, first, last)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
				ON CONFLICT (chosen, chosen_revision, chosen_anchor, other, other_revision, other_anchor)
				DO UPDATE SET met = differences.met + excluded.met, last = max(differences.last, excluded.last)`,
				d.Chosen.Document, d.Chosen.Revision, d.Chosen.Anchor, d.Other.Document, d.Other.Revision, d.Other.Anchor,
				d.Count, d.Last.UnixMilli())
			if err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM differences WHERE settled_by = '' AND NOT EXISTS (
			SELECT 1 FROM documents c JOIN documents o ON o.id = other AND o.live = other_revision
			WHERE c.id = chosen AND c.live = chosen_revision)`)
		return err
	})
}

// OpenDifferences implements desk.Differences.
func (s *Store) OpenDifferences(ctx context.Context, limit int) ([]desk.Difference, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT d.id, d.met, d.first, d.last,
			d.chosen, d.chosen_revision, d.chosen_anchor, c.title, c.number,
			d.other, d.other_revision, d.other_anchor, o.title, o.number
		FROM differences d JOIN documents c ON c.id = d.chosen AND c.live = d.chosen_revision
			JOIN documents o ON o.id = d.other AND o.live = d.other_revision
		WHERE d.settled_by = '' ORDER BY d.met DESC, d.id LIMIT $1`, max(0, limit))
	if err != nil {
		return nil, fmt.Errorf("store: reading what differs: %w", explain(err))
	}
	defer rows.Close()
	var all []desk.Difference
	for rows.Next() {
		var d desk.Difference
		var first, last int64
		x, y := &d.Chosen, &d.Other
		if err := rows.Scan(&d.ID, &d.Met, &first, &last, &x.Document, &x.Revision, &x.Anchor, &x.Title, &x.Number,
			&y.Document, &y.Revision, &y.Anchor, &y.Title, &y.Number); err != nil {
			return nil, fmt.Errorf("store: reading what differs: %w", explain(err))
		}
		d.First, d.Last = time.UnixMilli(first), time.UnixMilli(last)
		all = append(all, d)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: reading what differs: %w", explain(err))
	}
	return all, nil
}

// Difference implements desk.Differences.
func (s *Store) Difference(ctx context.Context, id int64) (d desk.Difference, err error) {
	x, y := &d.Chosen, &d.Other
	var first, last int64
	err = s.read.QueryRowContext(ctx, `SELECT id, met, first, last, chosen, chosen_revision, chosen_anchor, other, other_revision, other_anchor
		FROM differences WHERE id = $1`, id).Scan(&d.ID, &d.Met, &first, &last, &x.Document, &x.Revision, &x.Anchor, &y.Document, &y.Revision, &y.Anchor)
	if errors.Is(err, sql.ErrNoRows) {
		return d, corpus.ErrNotFound
	}
	if err != nil {
		return d, fmt.Errorf("store: reading what differs: %w", explain(err))
	}
	d.First, d.Last = time.UnixMilli(first), time.UnixMilli(last)
	return d, nil
}

// SettleDifference implements desk.Differences.
func (s *Store) SettleDifference(ctx context.Context, id int64, why string, by desk.Actor) error {
	return s.change(ctx, "noting who has looked at what differs", func(tx *sql.Tx) error {
		var chosen, other, before string
		var revision int
		err := tx.QueryRowContext(ctx, `SELECT chosen, chosen_revision, other, settled_by FROM differences WHERE id = $1`, id).Scan(&chosen, &revision, &other, &before)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return corpus.ErrNotFound
		case err != nil:
			return err
		case before != "":
			return desk.ErrStale
		}
		_, err = tx.ExecContext(ctx, `UPDATE differences SET settled_by = $1, settled = $2, why = $3 WHERE id = $4`,
			by.Display, s.now().UnixMilli(), why, id)
		if err != nil {
			return err
		}
		return s.note(ctx, tx, by.Entry(desk.ActionDecided, chosen, revision, "核对与"+other+"说法不同之处："+why))
	})
}

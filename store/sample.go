package store

import (
	"context"
	"database/sql"

	"github.com/policybot/policybot/corpus"
)

// WithdrawSample implements corpus.Store. The sample's revisions become drafts
// again, so that putting the sample once more would publish it.
func (s *Store) WithdrawSample(ctx context.Context) (int, error) {
	n := 0
	err := s.change(ctx, "withdrawing the sample", func(tx *sql.Tx) error {
		live, err := liveSample(ctx, tx)
		if err != nil {
			return err
		}
		n = len(live)
		p := s.putting(ctx, tx)
		for id, number := range live {
			was, err := p.head(id)
			if err != nil {
				return err
			}
			if err := p.exec(p.stmts.setStatus, string(corpus.Draft), id, number); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `UPDATE documents SET live = 0 WHERE id = $1`, id); err != nil {
				return err
			}
			if err := p.exec(p.stmts.dropFacets, id); err != nil {
				return err
			}
			if err := p.showStatus(id, number, corpus.Draft); err != nil {
				return err
			}
			p.mark(id)
			p.touch(id, was, nil)
		}
		return p.finish()
	})
	return n, err
}

// liveSample returns the published revisions of the sample's documents.
func liveSample(ctx context.Context, tx *sql.Tx) (map[string]int, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, live FROM documents WHERE sample = 1 AND live > 0`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	live := map[string]int{}
	for rows.Next() {
		var id string
		var number int
		if err := rows.Scan(&id, &number); err != nil {
			return nil, err
		}
		live[id] = number
	}
	return live, rows.Err()
}

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/policybot/policybot/corpus"
)

// upgradeStep is how many documents are worked out anew at a time.
const upgradeStep = 256

// upgrade works out what is in force for documents that an older version of
// the program published, or one with other rules. All of them are indexed
// again. Of several processes that open the database at once the first does
// it.
func (s *Store) upgrade(ctx context.Context) error {
	const outdated = `SELECT EXISTS (SELECT 1 FROM title_keys WHERE rules < $1)`
	var old bool
	if err := s.read.QueryRowContext(ctx, outdated, rulesVersion).Scan(&old); err != nil || !old {
		return err
	}
	return s.change(ctx, "working out what is in force", func(tx *sql.Tx) error {
		ids, err := texts(tx.QueryContext(ctx, `SELECT document FROM title_keys WHERE rules < $1 ORDER BY document`, rulesVersion))
		if err != nil {
			return err
		}
		p := s.putting(ctx, tx)
		for _, id := range ids { // all names first: documents find each other by them
			if err := p.rename(id); err != nil {
				return fmt.Errorf("%s: %w", id, err)
			}
		}
		for len(ids) > 0 {
			n := min(upgradeStep, len(ids))
			p.touched = touched{ids: ids[:n]}
			if err := p.settle(); err != nil {
				return err
			}
			ids = ids[n:]
		}
		return p.notify()
	})
}

// rename works out what a published document is found and listed by.
func (p *putting) rename(id string) error {
	var meta []byte
	var text string
	err := p.tx.QueryRowContext(p.ctx, `SELECT r.meta, r.text FROM documents d
		JOIN revisions r ON r.document = d.id AND r.number = d.live WHERE d.id = $1`, id).Scan(&meta, &text)
	if err != nil {
		return err
	}
	var d corpus.Document
	if err := json.Unmarshal(meta, &d); err != nil {
		return err
	}
	const order = `UPDATE documents SET published = $1 WHERE id = $2`
	if _, err := p.tx.ExecContext(p.ctx, order, string(d.ListedOn()), id); err != nil {
		return err
	}
	if err := p.list(d); err != nil {
		return err
	}
	n := namesOf(d)
	p.mark(id)
	return p.exec(p.stmts.addKeys, id, n.key, n.stem, n.standard, textSum(text))
}

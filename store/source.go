package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// Changes implements index.Source.
func (s *Store) Changes(ctx context.Context, after int64, limit int) ([]index.Change, error) {
	changes, err := s.changes(ctx, after, limit)
	if err != nil {
		return nil, fmt.Errorf("store: reading changes: %w", explain(err))
	}
	return changes, nil
}

func (s *Store) changes(ctx context.Context, after int64, limit int) ([]index.Change, error) {
	rows, err := s.stmts.changes.QueryContext(ctx, after, max(0, limit))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var changes []index.Change
	for rows.Next() {
		var c index.Change
		if err := rows.Scan(&c.Seq, &c.Document); err != nil {
			return nil, err
		}
		changes = append(changes, c)
	}
	return changes, rows.Err()
}

// NewestDocument returns the newest change of a document, 0 where there was
// none.
func (s *Store) NewestDocument(ctx context.Context) (int64, error) {
	seq, err := newestDocument(ctx, s.read)
	if err != nil {
		return 0, fmt.Errorf("store: reading the newest change of a document: %w", explain(err))
	}
	return seq, nil
}

func newestDocument(ctx context.Context, q queryer) (seq int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT COALESCE(MAX(seq), 0) FROM outbox`).Scan(&seq)
	return seq, err
}

// Newest implements index.Source.
func (s *Store) Newest(ctx context.Context) (seq int64, err error) {
	err = s.stmts.newest.QueryRowContext(ctx).Scan(&seq)
	if err != nil {
		return 0, fmt.Errorf("store: reading the newest change: %w", explain(err))
	}
	return seq, nil
}

// Documents implements index.Source.
func (s *Store) Documents(ctx context.Context, ids []string) ([]index.Live, error) {
	var all []index.Live
	err := s.view(ctx, "reading documents", func(tx *sql.Tx) error {
		for chunk := range slices.Chunk(unique(ids), many) {
			found, err := s.lives(ctx, tx, chunk)
			if err != nil {
				return err
			}
			for _, id := range chunk {
				if live, ok := found[id]; ok {
					all = append(all, live)
				}
			}
		}
		return nil
	})
	return all, err
}

// Each implements index.Source.
func (s *Store) Each(ctx context.Context, yield func(index.Live) error) error {
	var stop error // of yield: not the database's, so not to be explained
	err := s.chunks(ctx, "reading all documents", func(tx *sql.Tx, ids []string) (more bool, err error) {
		found, err := s.lives(ctx, tx, ids)
		if err != nil {
			return false, err
		}
		for _, id := range ids {
			if stop = yield(found[id]); stop != nil {
				return false, nil
			}
		}
		return true, nil
	})
	if stop != nil {
		return stop
	}
	return err
}

// EachDocument implements index.Source.
func (s *Store) EachDocument(ctx context.Context, yield func(corpus.Document) error) error {
	var stop error
	err := s.chunks(ctx, "reading what is known of all documents", func(tx *sql.Tx, ids []string) (more bool, err error) {
		found := make(map[string]index.Standing, len(ids))
		if err := s.documents(ctx, tx, ids, found); err != nil {
			return false, err
		}
		for _, id := range ids {
			if stop = yield(found[id].Document); stop != nil {
				return false, nil
			}
		}
		return true, nil
	})
	if stop != nil {
		return stop
	}
	return err
}

// chunks calls do with the IDs of the published documents, many at a time, all
// in one transaction, until it wants no more.
func (s *Store) chunks(ctx context.Context, what string, do func(*sql.Tx, []string) (bool, error)) error {
	return s.view(ctx, what, func(tx *sql.Tx) error {
		for last := ""; ; {
			ids, err := texts(tx.StmtContext(ctx, s.stmts.ids).QueryContext(ctx, last, many))
			if err != nil || len(ids) == 0 {
				return err
			}
			if more, err := do(tx, ids); err != nil || !more {
				return err
			}
			last = ids[len(ids)-1]
		}
	})
}

// Cuts implements index.Source.
func (s *Store) Cuts(ctx context.Context, segmenter string, refs []corpus.Ref) ([]index.Cut, error) {
	revisions := make(map[string]int, len(refs))
	ids := make([]string, 0, len(refs))
	for _, r := range refs {
		revisions[r.Document] = r.Revision
		ids = append(ids, r.Document)
	}
	var cuts []index.Cut
	for chunk := range slices.Chunk(unique(ids), many) {
		found, err := s.cuts(ctx, segmenter, chunk)
		if err != nil {
			return nil, fmt.Errorf("store: reading cuts: %w", explain(err))
		}
		for _, c := range found {
			if revisions[c.Document] == c.Revision {
				cuts = append(cuts, c)
			}
		}
	}
	return cuts, nil
}

// cutsQuery reads the cuts of n documents by one segmenter.
func cutsQuery(n int) string {
	return fmt.Sprintf(`SELECT document, revision, words FROM cuts
		WHERE document IN (%s) AND segmenter = $%d`, places(n), n+1)
}

// cuts reads the cuts of at most many documents. One that cannot be decoded
// is left out: it can always be cut again.
func (s *Store) cuts(ctx context.Context, segmenter string, ids []string) ([]index.Cut, error) {
	rows, err := query(ctx, nil, s.stmts.cuts, ids, segmenter)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var cuts []index.Cut
	for rows.Next() {
		var c index.Cut
		var words []byte
		if err := rows.Scan(&c.Document, &c.Revision, &words); err != nil {
			return nil, err
		}
		if c.Words, err = decodeWords(words); err == nil {
			cuts = append(cuts, c)
		}
	}
	return cuts, rows.Err()
}

// SaveCuts implements index.Source.
func (s *Store) SaveCuts(ctx context.Context, segmenter string, cuts []index.Cut) error {
	return s.change(ctx, "saving cuts", func(tx *sql.Tx) error {
		stmt := tx.StmtContext(ctx, s.stmts.cut)
		for _, c := range cuts {
			if _, err := stmt.ExecContext(ctx, c.Document, c.Revision, segmenter, encodeWords(c.Words)); err != nil {
				return fmt.Errorf("%s: %w", c.Document, err)
			}
		}
		return nil
	})
}

// unique returns the strings without repetitions, in order.
func unique(all []string) []string {
	seen := make(map[string]bool, len(all))
	once := make([]string, 0, len(all))
	for _, s := range all {
		if !seen[s] {
			seen[s] = true
			once = append(once, s)
		}
	}
	return once
}

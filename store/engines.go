package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/policybot/policybot/index/feed"
)

var _ feed.Store = (*Store)(nil)

// Lease implements feed.Store.
func (s *Store) Lease(ctx context.Context, engine, holder string, now, until time.Time) (bool, error) {
	// One statement, so that of two who take it at once one has it.
	return s.one(ctx, "leasing an engine", `INSERT INTO engines (name, holder, until) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
		WHERE engines.holder = excluded.holder OR engines.until <= $4`,
		engine, holder, millis(until), millis(now))
}

// Release implements feed.Store.
func (s *Store) Release(ctx context.Context, engine, holder string) error {
	_, err := s.one(ctx, "releasing an engine", `UPDATE engines SET holder = '', until = 0
		WHERE name = $1 AND holder = $2`, engine, holder)
	return err
}

// SaveProgress implements feed.Store.
func (s *Store) SaveProgress(ctx context.Context, holder string, p feed.Progress) (bool, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return false, fmt.Errorf("store: an engine's progress: %w", err)
	}
	return s.one(ctx, "saving an engine's progress", `UPDATE engines SET progress = $1
		WHERE name = $2 AND holder = $3`, string(text), p.Engine, holder)
}

// one executes a statement that changes one row at most, and reports whether
// it did.
func (s *Store) one(ctx context.Context, what, query string, args ...any) (bool, error) {
	done, err := s.write.ExecContext(ctx, query, args...)
	if err != nil {
		return false, fmt.Errorf("store: %s: %w", what, explain(err))
	}
	n, err := done.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("store: %s: %w", what, explain(err))
	}
	return n > 0, nil
}

// Progress implements feed.Store. What another version wrote and this one
// cannot read is as if nothing were known.
func (s *Store) Progress(ctx context.Context) ([]feed.Progress, error) {
	return list(ctx, s.read, "reading the engines' progress", func(row scanner) (p feed.Progress, err error) {
		var name, text string
		if err := row.Scan(&name, &text); err != nil {
			return p, err
		}
		if json.Unmarshal([]byte(text), &p) != nil {
			p = feed.Progress{}
		}
		p.Engine = name
		return p, nil
	}, `SELECT name, progress FROM engines WHERE progress <> '' ORDER BY name`)
}

// ForgetEngine implements feed.Store.
func (s *Store) ForgetEngine(ctx context.Context, engine string) error {
	return s.change(ctx, "forgetting an engine", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM engines WHERE name = $1`, engine); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM asides WHERE engine = $1`, engine)
		return err
	})
}

// SetAside implements feed.Store.
func (s *Store) SetAside(ctx context.Context, refused []feed.Aside) error {
	return s.change(ctx, "setting documents aside", func(tx *sql.Tx) error {
		for _, a := range refused {
			_, err := tx.ExecContext(ctx, `INSERT INTO asides (engine, document, seq, reason, at) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (engine, document) DO UPDATE SET seq = excluded.seq, reason = excluded.reason, at = excluded.at`,
				a.Engine, a.Document, a.Seq, a.Reason, millis(a.At))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Aside implements feed.Store.
func (s *Store) Aside(ctx context.Context, engine string) ([]feed.Aside, error) {
	return list(ctx, s.read, "reading what was set aside", func(row scanner) (a feed.Aside, err error) {
		var at int64
		err = row.Scan(&a.Engine, &a.Document, &a.Seq, &a.Reason, &at)
		a.At = instant(at)
		return a, err
	}, `SELECT engine, document, seq, reason, at FROM asides WHERE engine = $1 OR $1 = '' ORDER BY document, engine`, engine)
}

// Readmit implements feed.Store.
func (s *Store) Readmit(ctx context.Context, engine string, documents []string) error {
	return s.change(ctx, "readmitting documents", func(tx *sql.Tx) error {
		if len(documents) == 0 {
			_, err := tx.ExecContext(ctx, `DELETE FROM asides WHERE engine = $1`, engine)
			return err
		}
		for _, id := range documents {
			if _, err := tx.ExecContext(ctx, `DELETE FROM asides WHERE engine = $1 AND document = $2`, engine, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// Happened implements feed.Store.
func (s *Store) Happened(ctx context.Context, events ...feed.Event) error {
	return s.change(ctx, "noting what happened to an engine", func(tx *sql.Tx) error {
		for _, e := range events {
			_, err := tx.ExecContext(ctx, `INSERT INTO engine_events (at, engine, kind, detail) VALUES ($1, $2, $3, $4)`,
				millis(e.At), e.Engine, e.Kind, e.Detail)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, `DELETE FROM engine_events WHERE engine = $1 AND id <=
				(SELECT id FROM engine_events WHERE engine = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)`, e.Engine, feed.MaxEvents)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Events implements feed.Store.
func (s *Store) Events(ctx context.Context, limit int) ([]feed.Event, error) {
	return list(ctx, s.read, "reading what happened to engines", func(row scanner) (e feed.Event, err error) {
		var at int64
		err = row.Scan(&at, &e.Engine, &e.Kind, &e.Detail)
		e.At = instant(at)
		return e, err
	}, `SELECT at, engine, kind, detail FROM engine_events ORDER BY id DESC LIMIT $1`, max(0, limit))
}

type scanner interface{ Scan(...any) error }

// list reads rows.
func list[T any](ctx context.Context, db *sql.DB, what string, read func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: %s: %w", what, explain(err))
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := read(rows)
		if err != nil {
			return nil, fmt.Errorf("store: %s: %w", what, explain(err))
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: %s: %w", what, explain(err))
	}
	return all, nil
}

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/policybot/policybot/bot"
)

// What the journal does beside recording: it shows a person what is kept, and
// removes. What is removed is overwritten in the database (secure_delete), and
// the log, which holds pages as they were, is emptied by Scrub.

// Forget implements bot.Ledger.
func (s *Store) Forget(ctx context.Context, account, person string) (keys []string, err error) {
	if person == "" {
		return nil, nil
	}
	err = s.change(ctx, "forgetting a person", func(tx *sql.Tx) error {
		const whose = ` FROM journal WHERE account = $1 AND person = $2 AND person <> '')`
		for _, q := range []string{
			`DELETE FROM journal_keys WHERE id IN (SELECT id` + whose,
			`UPDATE claims SET body = NULL WHERE body IS NOT NULL AND key IN (SELECT key` + whose,
		} {
			if _, err := tx.ExecContext(ctx, q, account, person); err != nil {
				return err
			}
		}
		keys, err = texts(tx.QueryContext(ctx, `UPDATE journal SET texts = NULL, person = '', question = '', reply = '', choices = ''
			WHERE account = $1 AND person = $2 AND person <> '' RETURNING key`, account, person))
		return err
	})
	return keys, err
}

// Kept implements bot.Archive.
func (s *Store) Kept(ctx context.Context, account, person string, newest int) (n int, oldest time.Time, last []bot.Record, err error) {
	err = s.view(ctx, "reading what is kept of a person", func(tx *sql.Tx) error {
		var first int64
		err := tx.QueryRowContext(ctx, `SELECT count(*), COALESCE(min(asked), 0) FROM journal
			WHERE account = $1 AND person = $2 AND person <> ''`, account, person).Scan(&n, &first)
		if err != nil {
			return err
		}
		oldest = time.UnixMilli(first)
		rows, err := tx.QueryContext(ctx, recentQuery, account, person, 0, max(0, newest))
		if err != nil {
			return err
		}
		last, err = scanRecent(rows)
		return err
	})
	return n, oldest, last, err
}

// Expire implements bot.Archive.
func (s *Store) Expire(ctx context.Context, texts, lines time.Time, limit int) (n int, err error) {
	// Most of the time there is nothing, and nobody is kept from writing to
	// find that out.
	var one int
	err = s.read.QueryRowContext(ctx, `SELECT 1 WHERE EXISTS (SELECT 1 FROM journal WHERE texts IS NOT NULL AND asked < $1)
		OR EXISTS (SELECT 1 FROM journal WHERE asked < $2) OR EXISTS (SELECT 1 FROM verdicts WHERE at < $2)`, millis(texts), millis(lines)).Scan(&one)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("store: looking for what is too old: %w", explain(err))
	}
	err = s.change(ctx, "removing what is too old", func(tx *sql.Tx) error {
		const old = ` (SELECT id FROM journal WHERE texts IS NOT NULL AND asked < $1 ORDER BY asked, id LIMIT $2)`
		for _, q := range []struct {
			text   string
			before time.Time
			counts bool
		}{
			{`DELETE FROM journal_keys WHERE id IN` + old, texts, false},
			{`UPDATE journal SET texts = NULL, person = '' WHERE id IN` + old, texts, true},
			{`DELETE FROM journal WHERE id IN (SELECT id FROM journal WHERE asked < $1 ORDER BY asked, id LIMIT $2)`, lines, true},
			{`DELETE FROM verdicts WHERE (voter, document) IN (SELECT voter, document FROM verdicts WHERE at < $1 ORDER BY at LIMIT $2)`, lines, false},
		} {
			done, err := tx.ExecContext(ctx, q.text, millis(q.before), limit)
			if err != nil {
				return err
			}
			if rows, err := done.RowsAffected(); err == nil && q.counts {
				n += int(rows)
			}
		}
		return nil
	})
	return n, err
}

// Scrub implements bot.Archive. ErrBusy while somebody still reads an earlier
// state of the database.
func (s *Store) Scrub(ctx context.Context) error {
	if err := s.scrub(ctx); err != nil {
		return fmt.Errorf("store: emptying the log: %w", explain(err))
	}
	return nil
}

// Unsealed implements bot.Archive.
func (s *Store) Unsealed(ctx context.Context, limit int) ([]bot.Unsealed, error) {
	list, err := s.unsealed(ctx, limit)
	if err != nil {
		return nil, fmt.Errorf("store: reading the journal: %w", explain(err))
	}
	return list, nil
}

func (s *Store) unsealed(ctx context.Context, limit int) ([]bot.Unsealed, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id, key, question, reply, choices FROM journal
		WHERE question <> '' OR reply <> '' OR choices <> '' ORDER BY id LIMIT $1`, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []bot.Unsealed
	for rows.Next() {
		var u bot.Unsealed
		var choices []byte
		if err := rows.Scan(&u.ID, &u.Key, &u.Question, &u.Text, &choices); err != nil {
			return nil, err
		}
		if len(choices) > 0 {
			if err := json.Unmarshal(choices, &u.Choices); err != nil {
				return nil, fmt.Errorf("choices: %w", err)
			}
		}
		list = append(list, u)
	}
	return list, rows.Err()
}

// Reseal implements bot.Archive.
func (s *Store) Reseal(ctx context.Context, sealed []bot.Resealed) error {
	return s.change(ctx, "sealing the journal", func(tx *sql.Tx) error {
		for _, r := range sealed {
			if _, err := tx.ExecContext(ctx, `UPDATE journal SET texts = $1, question = '', reply = '', choices = ''
				WHERE id = $2`, r.Texts, r.ID); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO journal_keys (id, secret) VALUES ($1, $2)
				ON CONFLICT (id) DO UPDATE SET secret = excluded.secret`, r.ID, r.Secret); err != nil {
				return err
			}
		}
		return nil
	})
}

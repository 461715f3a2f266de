package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/policybot/policybot/door"
)

var _ door.Store = (*Store)(nil)

// triesKept is how long it is remembered that somebody failed to sign in.
const triesKept = 24 * time.Hour

// moment reads an instant; 0 is none.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// unless names the one error that its callers look for.
func unless(err error, what string) error {
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("store: %s: %w", what, door.ErrUnknown)
	case err != nil:
		return fmt.Errorf("store: %s: %w", what, explain(err))
	}
	return nil
}

// do runs one statement and returns how many rows it changed.
func (s *Store) do(ctx context.Context, what, query string, args ...any) (int, error) {
	res, err := s.write.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("store: %s: %w", what, explain(err))
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// AddSession implements door.Sessions.
func (s *Store) AddSession(ctx context.Context, e door.Session) error {
	_, err := s.do(ctx, "adding a session", `INSERT INTO door_sessions (hash, person, stage, made, seen, ends, address, agent, notice)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		e.Hash, e.Person, string(e.Stage), millis(e.Made), millis(e.Seen), millis(e.Ends), e.Address, e.Agent, e.Notice)
	return err
}

const sessionColumns = `hash, person, stage, made, seen, ends, address, agent, notice`

func scanSession(row interface{ Scan(...any) error }) (e door.Session, err error) {
	var made, seen, ends int64
	err = row.Scan(&e.Hash, &e.Person, &e.Stage, &made, &seen, &ends, &e.Address, &e.Agent, &e.Notice)
	e.Made, e.Seen, e.Ends = moment(made), moment(seen), moment(ends)
	return e, err
}

// Session implements door.Sessions.
func (s *Store) Session(ctx context.Context, hash string) (door.Session, error) {
	e, err := scanSession(s.read.QueryRowContext(ctx, `SELECT `+sessionColumns+` FROM door_sessions WHERE hash = $1`, hash))
	return e, unless(err, "reading a session")
}

// NoteSession implements door.Sessions.
func (s *Store) NoteSession(ctx context.Context, hash string, seen time.Time, notice string) error {
	_, err := s.do(ctx, "noting a session", `UPDATE door_sessions SET seen = $1, notice = $2 WHERE hash = $3`, millis(seen), notice, hash)
	return err
}

// PersonSessions implements door.Sessions.
func (s *Store) PersonSessions(ctx context.Context, person int64) (all []door.Session, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+sessionColumns+` FROM door_sessions WHERE person = $1 ORDER BY made DESC, hash LIMIT 200`, person)
	if err != nil {
		return nil, fmt.Errorf("store: listing sessions: %w", explain(err))
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scanSession(rows)
		if err != nil {
			return nil, fmt.Errorf("store: listing sessions: %w", explain(err))
		}
		all = append(all, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: listing sessions: %w", explain(err))
	}
	return all, nil
}

// EndSessions implements door.Sessions.
func (s *Store) EndSessions(ctx context.Context, person int64, hash, except string) (int, error) {
	return s.do(ctx, "ending sessions", `DELETE FROM door_sessions WHERE person = $1 AND ($2 = '' OR hash = $2) AND hash <> $3`, person, hash, except)
}

// AddLink implements door.Links.
func (s *Store) AddLink(ctx context.Context, l door.Link) error {
	return s.change(ctx, "adding a link", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM door_links WHERE purpose = $1 AND person = $2`, string(l.Purpose), l.Person); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO door_links (hash, purpose, person, expires) VALUES ($1, $2, $3, $4)`,
			l.Hash, string(l.Purpose), l.Person, millis(l.Expires))
		return err
	})
}

func scanLink(row *sql.Row) (l door.Link, err error) {
	var expires int64
	err = row.Scan(&l.Hash, &l.Purpose, &l.Person, &expires)
	l.Expires = moment(expires)
	return l, unless(err, "reading a link")
}

// Link implements door.Links.
func (s *Store) Link(ctx context.Context, hash string) (door.Link, error) {
	return scanLink(s.read.QueryRowContext(ctx, `SELECT hash, purpose, person, expires FROM door_links WHERE hash = $1`, hash))
}

// TakeLink implements door.Links.
func (s *Store) TakeLink(ctx context.Context, hash string) (door.Link, error) {
	return scanLink(s.write.QueryRowContext(ctx, `DELETE FROM door_links WHERE hash = $1 RETURNING hash, purpose, person, expires`, hash))
}

// DropLinks implements door.Links.
func (s *Store) DropLinks(ctx context.Context, person int64) error {
	_, err := s.do(ctx, "dropping links", `DELETE FROM door_links WHERE person = $1 AND person <> 0`, person)
	return err
}

// Credentials implements door.Keys.
func (s *Store) Credentials(ctx context.Context, person int64) (c door.Credentials, err error) {
	var changed int64
	err = s.read.QueryRowContext(ctx, `SELECT person, password, changed, secret, offered, step FROM door_keys WHERE person = $1`, person).
		Scan(&c.Person, &c.Password, &changed, &c.Secret, &c.Offered, &c.Step)
	c.Changed = moment(changed)
	return c, unless(err, "reading credentials")
}

// SetPassword implements door.Keys.
func (s *Store) SetPassword(ctx context.Context, person int64, hash string, at time.Time) error {
	changed := int64(0)
	if !at.IsZero() {
		changed = millis(at)
	}
	_, err := s.do(ctx, "setting a password", `INSERT INTO door_keys (person, password, changed) VALUES ($1, $2, $3)
		ON CONFLICT (person) DO UPDATE SET password = excluded.password, changed = excluded.changed`, person, hash, changed)
	return err
}

// SetSecret implements door.Keys.
func (s *Store) SetSecret(ctx context.Context, person int64, secret, offered string) error {
	_, err := s.do(ctx, "setting a second factor", `INSERT INTO door_keys (person, secret, offered) VALUES ($1, $2, $3)
		ON CONFLICT (person) DO UPDATE SET secret = excluded.secret, offered = excluded.offered`, person, secret, offered)
	return err
}

// Secrets implements door.Keys.
func (s *Store) Secrets(ctx context.Context) (all []door.Credentials, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT person, secret, offered FROM door_keys WHERE secret <> '' OR offered <> '' ORDER BY person`)
	if err != nil {
		return nil, fmt.Errorf("store: reading second factors: %w", explain(err))
	}
	defer rows.Close()
	for rows.Next() {
		var c door.Credentials
		if err := rows.Scan(&c.Person, &c.Secret, &c.Offered); err != nil {
			return nil, fmt.Errorf("store: reading second factors: %w", explain(err))
		}
		all = append(all, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: reading second factors: %w", explain(err))
	}
	return all, nil
}

// UseStep implements door.Keys.
func (s *Store) UseStep(ctx context.Context, person int64, step int64) (bool, error) {
	n, err := s.do(ctx, "using a code", `UPDATE door_keys SET step = $1 WHERE person = $2 AND step < $1`, step, person)
	return n > 0, err
}

// Tried implements door.Tries.
func (s *Store) Tried(ctx context.Context, keys []string) ([]door.Failures, error) {
	out := make([]door.Failures, len(keys))
	for i, k := range keys {
		f, err := scanTries(s.read.QueryRowContext(ctx, triesQuery, k))
		if err != nil {
			return nil, fmt.Errorf("store: reading tries: %w", explain(err))
		}
		out[i] = f
	}
	return out, nil
}

const triesQuery = `SELECT count, last, until FROM door_tries WHERE key = $1`

// scanTries reads what failed under a key: nothing, where there is no row.
func scanTries(row *sql.Row) (f door.Failures, err error) {
	var last, until int64
	err = row.Scan(&f.Count, &last, &until)
	if errors.Is(err, sql.ErrNoRows) {
		return door.Failures{}, nil
	}
	f.Last, f.Until = moment(last), moment(until)
	return f, err
}

// CountTry implements door.Tries.
func (s *Store) CountTry(ctx context.Context, key string, rule func(door.Failures) door.Failures) (before door.Failures, err error) {
	err = s.change(ctx, "counting a try", func(tx *sql.Tx) error {
		if before, err = scanTries(tx.QueryRowContext(ctx, triesQuery, key)); err != nil {
			return err
		}
		f := rule(before)
		if f == before {
			return nil
		}
		until := int64(0)
		if !f.Until.IsZero() {
			until = millis(f.Until)
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO door_tries (key, count, last, until) VALUES ($1, $2, $3, $4)
			ON CONFLICT (key) DO UPDATE SET count = excluded.count, last = excluded.last, until = excluded.until`,
			key, f.Count, millis(f.Last), until)
		return err
	})
	return before, err
}

// ClearTries implements door.Tries.
func (s *Store) ClearTries(ctx context.Context, key string) error {
	_, err := s.do(ctx, "clearing tries", `DELETE FROM door_tries WHERE key = $1`, key)
	return err
}

// KeepForm implements door.Forms.
func (s *Store) KeepForm(ctx context.Context, k door.Kept, most, bytes int) error {
	return s.change(ctx, "keeping a form", func(tx *sql.Tx) error {
		for _, step := range []struct {
			query string
			args  []any
		}{
			{`DELETE FROM door_forms WHERE person = $1 AND path = $2`, []any{k.Person, k.Path}},
			{`INSERT INTO door_forms (id, person, path, body, made) VALUES ($1, $2, $3, $4, $5)`,
				[]any{k.ID, k.Person, k.Path, string(k.Body), millis(k.Made)}},
			{`DELETE FROM door_forms WHERE id IN (SELECT id FROM (
				SELECT id, ROW_NUMBER() OVER newest AS place, SUM(LENGTH(body)) OVER newest AS bytes
				FROM door_forms WHERE person = $1 WINDOW newest AS (ORDER BY made DESC, id DESC)
			) AS mine WHERE place > $2 OR bytes > $3)`, []any{k.Person, most, bytes}},
		} {
			if _, err := tx.ExecContext(ctx, step.query, step.args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// KeptForm implements door.Forms.
func (s *Store) KeptForm(ctx context.Context, person int64, id string) (k door.Kept, err error) {
	var made int64
	err = s.read.QueryRowContext(ctx, `SELECT id, person, path, body, made FROM door_forms WHERE id = $1 AND person = $2`, id, person).
		Scan(&k.ID, &k.Person, &k.Path, &k.Body, &made)
	k.Made = moment(made)
	return k, unless(err, "reading a kept form")
}

// DropForm implements door.Forms.
func (s *Store) DropForm(ctx context.Context, person int64, id string) error {
	_, err := s.do(ctx, "dropping a kept form", `DELETE FROM door_forms WHERE id = $1 AND person = $2`, id, person)
	return err
}

// SweepDoor implements door.Store.
func (s *Store) SweepDoor(ctx context.Context, now time.Time) error {
	return s.change(ctx, "sweeping the door", func(tx *sql.Tx) error {
		for _, step := range []struct {
			query string
			at    time.Time
		}{
			{`DELETE FROM door_sessions WHERE ends < $1 OR seen < $1`, now.Add(-door.Remembered)},
			{`DELETE FROM door_sessions WHERE stage <> 'in' AND ends < $1`, now},
			{`DELETE FROM door_links WHERE expires < $1`, now},
			{`DELETE FROM door_forms WHERE made < $1`, now.Add(-door.KeptFor)},
			{`DELETE FROM door_tries WHERE last < $1`, now.Add(-triesKept)},
		} {
			if _, err := tx.ExecContext(ctx, step.query, millis(step.at)); err != nil {
				return err
			}
		}
		return nil
	})
}

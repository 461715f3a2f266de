package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/policybot/policybot/index/lexicon"
)

const revisionColumns = `revision, parent, author, reason, at, sum, count`

func scanRevision(row interface{ Scan(...any) error }, more ...any) (r lexicon.Revision, err error) {
	var at int64
	err = row.Scan(append([]any{&r.Number, &r.Parent, &r.Author, &r.Reason, &at, &r.Sum, &r.Count}, more...)...)
	r.At = time.UnixMilli(at)
	return r, err
}

// AddLexicon keeps entries as a new revision and returns it. It is not live.
func (s *Store) AddLexicon(ctx context.Context, entries []lexicon.Entry, author, reason string) (r lexicon.Revision, err error) {
	var lines bytes.Buffer
	if err := lexicon.WriteLines(&lines, entries); err != nil {
		return r, fmt.Errorf("store: writing a lexicon: %w", err)
	}
	err = s.change(ctx, "adding a lexicon", func(tx *sql.Tx) error {
		live, err := liveLexicon(ctx, tx)
		if err != nil {
			return err
		}
		r, err = scanRevision(tx.QueryRowContext(ctx, `INSERT INTO lexicons (revision, parent, author, reason, at, sum, count, entries)
			SELECT COALESCE(MAX(revision), 0) + 1, $1, $2, $3, $4, $5, $6, $7 FROM lexicons WHERE true RETURNING `+revisionColumns,
			live, author, reason, millis(s.now()), lexicon.Sum(entries), len(entries), lines.String()))
		return err
	})
	return r, err
}

// Lexicon returns a revision with its entries. lexicon.ErrNotFound where there
// is none, also for 0, which comes with the program.
func (s *Store) Lexicon(ctx context.Context, revision int) (lexicon.Revision, []lexicon.Entry, error) {
	var lines string
	r, err := scanRevision(s.read.QueryRowContext(ctx, `SELECT `+revisionColumns+`, entries FROM lexicons WHERE revision = $1`, revision), &lines)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return r, nil, fmt.Errorf("%w: %d", lexicon.ErrNotFound, revision)
	case err != nil:
		return r, nil, fmt.Errorf("store: reading a lexicon: %w", explain(err))
	}
	entries, err := lexicon.Lines(lines)
	if err != nil {
		return r, nil, fmt.Errorf("store: reading lexicon %d: %w", revision, err)
	}
	return r, entries, nil
}

// Lexicons returns all revisions without their entries, newest first.
func (s *Store) Lexicons(ctx context.Context) (all []lexicon.Revision, err error) {
	err = s.each(ctx, "reading lexicons", func(rows *sql.Rows) error {
		r, err := scanRevision(rows)
		all = append(all, r)
		return err
	}, `SELECT `+revisionColumns+` FROM lexicons ORDER BY revision DESC`)
	return all, err
}

// each reads the rows of a query.
func (s *Store) each(ctx context.Context, what string, scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("store: %s: %w", what, explain(err))
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("store: %s: %w", what, explain(err))
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("store: %s: %w", what, explain(err))
	}
	return nil
}

type queryer interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// liveLexicon returns the revision that is live, 0 where none was put live.
func liveLexicon(ctx context.Context, q queryer) (revision int, err error) {
	err = q.QueryRowContext(ctx, `SELECT revision FROM lexicon_switches ORDER BY id DESC LIMIT 1`).Scan(&revision)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return revision, err
}

// newestSwitch are the switches that no later one has overtaken: that one, as
// the outbox has the newest change of each document.
const newestSwitch = `id = (SELECT MAX(id) FROM lexicon_switches)`

// LiveLexicon returns the number of the revision that is live; 0 is the one
// that comes with the program.
func (s *Store) LiveLexicon(ctx context.Context) (int, error) {
	revision, err := liveLexicon(ctx, s.read)
	if err != nil {
		return 0, fmt.Errorf("store: reading the live lexicon: %w", explain(err))
	}
	return revision, nil
}

// SwitchLexicon puts w.Revision live where w.Before is: else lexicon.ErrMoved.
// check is told the newest change of a document and the newest trial of the
// revision (ID 0: none), in the same transaction: its error leaves all as it
// is. A switch without a reason names the trial for one. The switch is a change
// of the outbox. It returns the switch as it was written.
func (s *Store) SwitchLexicon(ctx context.Context, w lexicon.Switch, check func(newest int64, t lexicon.Trial) error) (lexicon.Switch, error) {
	w.At = time.UnixMilli(millis(s.now()))
	err := s.change(ctx, "switching the lexicon", func(tx *sql.Tx) error {
		live, err := liveLexicon(ctx, tx)
		if err != nil {
			return err
		}
		if live != w.Before {
			return fmt.Errorf("%w: revision %d", lexicon.ErrMoved, live)
		}
		if w.Revision > 0 {
			var one int
			err := tx.QueryRowContext(ctx, `SELECT 1 FROM lexicons WHERE revision = $1`, w.Revision).Scan(&one)
			if errors.Is(err, sql.ErrNoRows) {
				return fmt.Errorf("%w: %d", lexicon.ErrNotFound, w.Revision)
			}
			if err != nil {
				return err
			}
		}
		newest, err := newestDocument(ctx, tx)
		if err != nil {
			return err
		}
		t, err := scanTrial(tx.QueryRowContext(ctx, trials+` WHERE revision = $1 ORDER BY id DESC LIMIT 1`, w.Revision))
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err := check(newest, t); err != nil {
			return err
		}
		if w.Reason == "" {
			w.Trial = t.ID
		}
		var seq int64
		if err := tx.QueryRowContext(ctx, `UPDATE outbox_counter SET seq = seq + 1 WHERE id = 1 RETURNING seq`).Scan(&seq); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `INSERT INTO lexicon_switches (revision, before, back, author, reason, trial, at, seq)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
			w.Revision, w.Before, w.Back, w.Author, w.Reason, w.Trial, millis(w.At), seq).Scan(&w.ID)
	})
	return w, err
}

// LexiconSwitches returns what was put live, oldest first.
func (s *Store) LexiconSwitches(ctx context.Context) (all []lexicon.Switch, err error) {
	err = s.each(ctx, "reading the lexicon's switches", func(rows *sql.Rows) error {
		var w lexicon.Switch
		var at int64
		err := rows.Scan(&w.ID, &w.Revision, &w.Before, &w.Back, &w.Author, &w.Reason, &w.Trial, &at)
		w.At = time.UnixMilli(at)
		all = append(all, w)
		return err
	}, `SELECT id, revision, before, back, author, reason, trial, at FROM lexicon_switches ORDER BY id`)
	return all, err
}

const trials = `SELECT id, revision, sum, against, seq, author, questions, better, worse, changed, verdicts, at FROM lexicon_trials`

func scanTrial(row interface{ Scan(...any) error }) (t lexicon.Trial, err error) {
	var at int64
	var verdicts string
	if err = row.Scan(&t.ID, &t.Revision, &t.Sum, &t.Against, &t.Seq, &t.Author, &t.Questions, &t.Better, &t.Worse, &t.Changed, &verdicts, &at); err != nil {
		return lexicon.Trial{}, err
	}
	t.At = time.UnixMilli(at)
	return t, json.Unmarshal([]byte(verdicts), &t.Verdicts)
}

// AddLexiconTrial keeps a trial and returns it with its number and instant.
func (s *Store) AddLexiconTrial(ctx context.Context, t lexicon.Trial) (lexicon.Trial, error) {
	verdicts, err := json.Marshal(t.Verdicts)
	if err != nil {
		return t, fmt.Errorf("store: keeping a trial: %w", err)
	}
	t.At = time.UnixMilli(millis(s.now()))
	err = s.change(ctx, "keeping a trial", func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `INSERT INTO lexicon_trials (revision, sum, against, seq, author, questions, better, worse, changed, verdicts, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id`,
			t.Revision, t.Sum, t.Against, t.Seq, t.Author, t.Questions, t.Better, t.Worse, t.Changed, string(verdicts), millis(t.At)).Scan(&t.ID)
	})
	return t, err
}

// LexiconTrials returns the trials of a revision, newest first.
func (s *Store) LexiconTrials(ctx context.Context, revision int) (all []lexicon.Trial, err error) {
	err = s.each(ctx, "reading trials", func(rows *sql.Rows) error {
		t, err := scanTrial(rows)
		all = append(all, t)
		return err
	}, trials+` WHERE revision = $1 ORDER BY id DESC`, revision)
	return all, err
}

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

// A claim is won where nobody else has it, where its lease is over, or where
// its holder asks again. It is lost to an answer for good.
const claimQuery = `INSERT INTO claims (key, account, holder, lease) VALUES ($1, $2, $3, $4)
	ON CONFLICT (key) DO UPDATE SET holder = excluded.holder, lease = excluded.lease
	WHERE claims.answered = 0 AND (claims.lease <= $5 OR claims.holder = excluded.holder)
	RETURNING lease`

// The first answer to a question stays, also where its claim was not written.
const answerQuery = `INSERT INTO claims (key, account, holder, lease, answered, body)
	VALUES ($1, $2, '', $3, $4, $5)
	ON CONFLICT (key) DO UPDATE SET answered = excluded.answered, body = excluded.body
	WHERE claims.answered = 0
	RETURNING answered`

// question, reply and choices held texts in the clear once: see journal.go.
const recordQuery = `INSERT INTO journal (key, account, person, kind, question, asked, took, status,
	reason, reply, confidence, engine, lexicon, generation, sources, choices, texts)
	VALUES ($1, $2, $3, $4, '', $5, $6, $7, $8, '', $9, $10, $11, $12, $13, '', $14)
	RETURNING id`

const secretQuery = `INSERT INTO journal_keys (id, secret) VALUES ($1, $2)`

const recentQuery = `SELECT j.key, j.asked, j.status, j.sources, j.texts, k.secret
	FROM journal j LEFT JOIN journal_keys k ON k.id = j.id
	WHERE j.account = $1 AND j.person = $2 AND j.person <> '' AND j.asked >= $3
	ORDER BY j.asked DESC, j.id DESC LIMIT $4`

// Commit implements bot.Ledger.
func (s *Store) Commit(ctx context.Context, b bot.Batch) ([]bot.Held, error) {
	var held []bot.Held
	err := s.change(ctx, "writing the journal", func(tx *sql.Tx) error {
		l := &ledgering{ctx: ctx, tx: tx, stmts: s.stmts}
		if err := l.records(b.Records); err != nil {
			return err
		}
		if len(b.Frees) > 0 {
			free := tx.StmtContext(ctx, s.stmts.free)
			for _, c := range b.Frees {
				if _, err := free.ExecContext(ctx, c.Key, c.Holder); err != nil {
					return err
				}
			}
		}
		var err error
		if held, err = l.claims(b.Claims); err != nil {
			return err
		}
		return l.drop(b.DropBodies, b.DropClaims)
	})
	return held, err
}

// ledgering is one Commit.
type ledgering struct {
	ctx   context.Context
	tx    *sql.Tx
	stmts *statements
}

func (l *ledgering) records(records []bot.Record) error {
	if len(records) == 0 {
		return nil
	}
	answer := l.tx.StmtContext(l.ctx, l.stmts.answer)
	record := l.tx.StmtContext(l.ctx, l.stmts.record)
	secret := l.tx.StmtContext(l.ctx, l.stmts.secret)
	for _, r := range records {
		var answered int64
		err := answer.QueryRowContext(l.ctx, r.Key, r.Account, millis(r.Answered), millis(r.Answered), r.Body).Scan(&answered)
		if errors.Is(err, sql.ErrNoRows) {
			continue // answered before
		}
		if err != nil {
			return err
		}
		sources, err := json.Marshal(r.Sources)
		if err != nil {
			return err
		}
		var id int64
		err = record.QueryRowContext(l.ctx, r.Key, r.Account, r.Person, string(r.Kind),
			millis(r.Asked), r.Took.Microseconds(), string(r.Status), r.Reason, r.Confidence,
			r.Engine, r.Lexicon, r.Generation, string(sources), r.Texts).Scan(&id)
		if err == nil {
			err = l.cite(id, r)
		}
		if err != nil {
			return err
		}
		if r.Secret == nil {
			continue
		}
		if _, err := secret.ExecContext(l.ctx, id, r.Secret); err != nil {
			return err
		}
	}
	return nil
}

func (l *ledgering) claims(claims []bot.Claim) ([]bot.Held, error) {
	if len(claims) == 0 {
		return nil, nil
	}
	claim := l.tx.StmtContext(l.ctx, l.stmts.claim)
	standing := l.tx.StmtContext(l.ctx, l.stmts.standing)
	held := make([]bot.Held, len(claims))
	for i, c := range claims {
		var lease, answered int64
		err := claim.QueryRowContext(l.ctx, c.Key, c.Account, c.Holder, millis(c.Until), millis(c.Now)).Scan(&lease)
		switch {
		case err == nil:
			held[i].Won = true
			continue
		case !errors.Is(err, sql.ErrNoRows):
			return nil, err
		}
		if err := standing.QueryRowContext(l.ctx, c.Key).Scan(&lease, &answered, &held[i].Body); err != nil {
			return nil, err
		}
		held[i].Until = time.UnixMilli(lease)
		if answered > 0 {
			held[i].Answered = time.UnixMilli(answered)
		}
	}
	return held, nil
}

// drop removes old bodies and claims, each by an index of its own.
func (l *ledgering) drop(bodies, claims time.Time) error {
	if !bodies.IsZero() {
		if _, err := l.tx.ExecContext(l.ctx, `UPDATE claims SET body = NULL
			WHERE body IS NOT NULL AND answered < $1`, millis(bodies)); err != nil {
			return fmt.Errorf("removing bodies: %w", err)
		}
	}
	if !claims.IsZero() {
		if _, err := l.tx.ExecContext(l.ctx, `DELETE FROM claims WHERE lease < $1`, millis(claims)); err != nil {
			return fmt.Errorf("removing claims: %w", err)
		}
	}
	return nil
}

// Recent implements bot.Ledger.
func (s *Store) Recent(ctx context.Context, account, person string, since time.Time, limit int) ([]bot.Record, error) {
	records, err := s.recent(ctx, account, person, since, limit)
	if err != nil {
		return nil, fmt.Errorf("store: reading the journal: %w", explain(err))
	}
	return records, nil
}

func (s *Store) recent(ctx context.Context, account, person string, since time.Time, limit int) ([]bot.Record, error) {
	rows, err := s.stmts.recent.QueryContext(ctx, account, person, millis(since), max(0, limit))
	if err != nil {
		return nil, err
	}
	return scanRecent(rows)
}

func scanRecent(rows *sql.Rows) ([]bot.Record, error) {
	defer rows.Close()
	var records []bot.Record
	for rows.Next() {
		var r bot.Record
		var asked int64
		var sources sql.RawBytes
		if err := rows.Scan(&r.Key, &asked, &r.Status, &sources, &r.Texts, &r.Secret); err != nil {
			return nil, err
		}
		r.Asked = time.UnixMilli(asked)
		if err := json.Unmarshal(sources, &r.Sources); err != nil {
			return nil, fmt.Errorf("sources: %w", err)
		}
		records = append(records, r)
	}
	return records, rows.Err()
}

func millis(t time.Time) int64 { return max(0, t.UnixMilli()) }

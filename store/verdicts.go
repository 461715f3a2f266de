package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

var (
	_ bot.Ballots   = (*Store)(nil)
	_ desk.Verdicts = (*Store)(nil)
)

// recordBack is how old the record of an answer can be that a verdict is about:
// older ones are not looked through.
const recordBack = time.Hour

// Vote implements bot.Ballots. A verdict on an answer knows its record by
// number, so that staff can read the question while that is kept.
func (s *Store) Vote(ctx context.Context, b bot.Ballot) error {
	return s.change(ctx, "keeping a verdict", func(tx *sql.Tx) error {
		var one string
		err := tx.QueryRowContext(ctx, `INSERT INTO verdicts (voter, document, revision, account, useful, journal, at)
			SELECT $1, d.id, d.live, $2, $3, COALESCE((SELECT MAX(id) FROM journal WHERE asked >= $4 AND key = $5 AND key <> ''), 0), $6
			FROM documents d WHERE d.id = $7 AND d.live > 0
			ON CONFLICT (voter, document) DO UPDATE SET revision = excluded.revision, useful = excluded.useful, at = excluded.at,
			journal = CASE WHEN excluded.journal > 0 THEN excluded.journal ELSE verdicts.journal END RETURNING document`,
			b.Voter, b.Account, truth(b.Useful), millis(b.At.Add(-recordBack)), b.Record, millis(b.At), b.Document).Scan(&one)
		if errors.Is(err, sql.ErrNoRows) {
			return corpus.ErrNotFound
		}
		return err
	})
}

// maxJudged is how many questions behind 没用 are read at most.
const maxJudged = 20

// VerdictsOn implements desk.Verdicts.
func (s *Store) VerdictsOn(ctx context.Context, document string, since time.Time) (t desk.Tally, err error) {
	err = s.view(ctx, "counting verdicts", func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT COALESCE(SUM(useful), 0), COALESCE(SUM(1 - useful), 0) FROM verdicts
			WHERE document = $1 AND at >= $2`, document, millis(since)).Scan(&t.Useful, &t.Useless)
		if err != nil || t.Useless == 0 {
			return err
		}
		rows, err := tx.QueryContext(ctx, `SELECT j.account, j.key, j.asked, j.texts, k.secret
			FROM verdicts v JOIN journal j ON j.id = v.journal JOIN journal_keys k ON k.id = j.id
			WHERE v.document = $1 AND v.at >= $2 AND v.useful = 0 AND j.texts IS NOT NULL ORDER BY v.at DESC LIMIT $3`,
			document, millis(since), maxJudged)
		if err != nil {
			return err
		}
		records, err := scanAskedTexts(rows)
		for _, r := range records {
			if texts, err := r.Read(); err == nil { // else it was removed meanwhile
				t.Questions = append(t.Questions, desk.Heard{Account: r.Account, Question: texts.Question, At: r.Asked})
			}
		}
		return err
	})
	return t, err
}

// scanAskedTexts reads account, key, time, texts and secret of records.
func scanAskedTexts(rows *sql.Rows) (all []bot.Record, err error) {
	defer rows.Close()
	for rows.Next() {
		var r bot.Record
		var at int64
		if err := rows.Scan(&r.Account, &r.Key, &at, &r.Texts, &r.Secret); err != nil {
			return nil, err
		}
		r.Asked = time.UnixMilli(at)
		all = append(all, r)
	}
	return all, rows.Err()
}

// Useless implements desk.Verdicts.
func (s *Store) Useless(ctx context.Context, agency string, since time.Time, limit int) (all []desk.Judged, err error) {
	err = s.view(ctx, "looking for what is of no use", func(tx *sql.Tx) error {
		var args arguments
		query := `SELECT w.document, w.title, SUM(v.useful), SUM(1 - v.useful) FROM verdicts v JOIN works w ON w.document = v.document
			WHERE v.at >= ` + args.one(millis(since)) + ` AND w.revision > 0 AND ` + ownedBy(&args, agency) + `
			GROUP BY w.document, w.title HAVING SUM(1 - v.useful) > 0 ORDER BY SUM(1 - v.useful) DESC, w.document LIMIT ` + args.one(max(0, limit))
		rows, err := tx.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var j desk.Judged
			if err := rows.Scan(&j.Document, &j.Title, &j.Useful, &j.Useless); err != nil {
				return err
			}
			all = append(all, j)
		}
		return rows.Err()
	})
	return all, err
}

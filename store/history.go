package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

// note adds an entry to the history, in the transaction of what it tells.
func (s *Store) note(ctx context.Context, tx *sql.Tx, e desk.Entry) error {
	// The head is written first: it makes who comes at the same time wait.
	err := tx.QueryRowContext(ctx, `UPDATE history_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash`).Scan(&e.Seq, &e.Before)
	if err != nil {
		return err
	}
	e.At = time.UnixMilli(s.now().UnixMilli())
	e = e.Chain()
	_, err = tx.ExecContext(ctx, `INSERT INTO history (seq, at, staff, who, origin, action, document, revision, detail, before, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		e.Seq, e.At.UnixMilli(), e.Staff, e.Who, e.From, e.Action, e.Document, e.Revision, e.Detail, e.Before, e.Hash)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE history_head SET hash = $1 WHERE id = 1`, e.Hash)
	return err
}

// Note implements desk.History.
func (s *Store) Note(ctx context.Context, e desk.Entry) error {
	if desk.Seeing(e.Action) {
		seen, err := s.seenToday(ctx, e)
		if err != nil || seen {
			return err
		}
	}
	return s.change(ctx, "writing the history", func(tx *sql.Tx) error { return s.note(ctx, tx, e) })
}

// seenToday reports whether the history tells already that a person has looked
// at the same today.
func (s *Store) seenToday(ctx context.Context, e desk.Entry) (seen bool, err error) {
	day, err := time.ParseInLocation(time.DateOnly, string(corpus.DayOf(s.now())), corpus.Zone)
	if err != nil {
		return false, err
	}
	err = s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM history WHERE document = $1 AND action = $2
		AND staff = $3 AND revision = $4 AND detail = $5 AND at >= $6)`, e.Document, e.Action, e.Staff, e.Revision, e.Detail, day.UnixMilli()).Scan(&seen)
	if err != nil {
		return false, fmt.Errorf("store: reading the history: %w", explain(err))
	}
	return seen, nil
}

const entryColumns = `h.seq, h.at, h.staff, h.who, h.origin, h.action, h.document, h.revision, h.detail, h.before, h.hash`

func scanEntries(rows *sql.Rows) ([]desk.Entry, error) {
	defer rows.Close()
	var all []desk.Entry
	for rows.Next() {
		var e desk.Entry
		var at int64
		err := rows.Scan(&e.Seq, &at, &e.Staff, &e.Who, &e.From, &e.Action, &e.Document, &e.Revision, &e.Detail, &e.Before, &e.Hash)
		if err != nil {
			return nil, err
		}
		e.At = time.UnixMilli(at)
		all = append(all, e)
	}
	return all, rows.Err()
}

// Entries implements desk.History.
func (s *Store) Entries(ctx context.Context, f desk.EntryFilter, skip, limit int) ([]desk.Entry, error) {
	var args arguments
	where := []string{"h.seq > 0"}
	only := func(is bool, column string, v any) {
		if is {
			where = append(where, column+args.one(v))
		}
	}
	only(f.Document != "", "h.document <> '' AND h.document = ", f.Document)
	only(f.Revision != 0, "h.revision = ", f.Revision)
	only(f.Staff != 0, "h.staff = ", f.Staff)
	only(f.Action != "", "h.action = ", f.Action)
	only(!f.From.IsZero(), "h.at >= ", f.From.UnixMilli())
	only(!f.To.IsZero(), "h.at < ", f.To.UnixMilli())
	if f.Agency != "" {
		where = append(where, "(h.document = '' AND h.staff IN (SELECT id FROM staff WHERE agency = "+args.one(f.Agency)+
			") OR h.document IN (SELECT w.document FROM works w WHERE "+ownedBy(&args, f.Agency)+"))")
	}
	rows, err := s.read.QueryContext(ctx, `SELECT `+entryColumns+` FROM history h WHERE `+strings.Join(where, " AND ")+
		` ORDER BY h.seq DESC LIMIT `+args.one(max(0, limit))+` OFFSET `+args.one(max(0, skip)), args...)
	var all []desk.Entry
	if err == nil {
		all, err = scanEntries(rows)
	}
	if err != nil {
		return nil, fmt.Errorf("store: reading the history: %w", explain(err))
	}
	return all, nil
}

// VerifyHistory looks through the whole history. It returns the newest entry's
// number and hash, which prove, where they were written down elsewhere before,
// that nothing was cut off since; and what is wrong first, nil where nothing
// is. err is a database's.
func (s *Store) VerifyHistory(ctx context.Context) (last desk.Entry, wrong, err error) {
	err = s.view(ctx, "verifying the history", func(tx *sql.Tx) error {
		for {
			rows, err := tx.QueryContext(ctx, `SELECT `+entryColumns+` FROM history h WHERE h.seq > $1 ORDER BY h.seq LIMIT 1000`, last.Seq)
			if err != nil {
				return err
			}
			all, err := scanEntries(rows)
			if err != nil {
				return err
			}
			for _, e := range all {
				if wrong = e.Follows(last); wrong != nil {
					return nil
				}
				last = e
			}
			if len(all) < 1000 {
				break
			}
		}
		var seq int64
		var hash string
		if err := tx.QueryRowContext(ctx, `SELECT seq, hash FROM history_head WHERE id = 1`).Scan(&seq, &hash); err != nil {
			return err
		}
		if seq != last.Seq || hash != last.Hash {
			wrong = fmt.Errorf("the newest entry should be %d, the last that is there is %d", seq, last.Seq)
		}
		return nil
	})
	return last, wrong, err
}

// Titles implements desk.History.
func (s *Store) Titles(ctx context.Context, ids []string) (map[string]string, error) {
	found := make(map[string]string, len(ids))
	err := s.view(ctx, "reading titles", func(tx *sql.Tx) error {
		for chunk := range slices.Chunk(unique(ids), many) {
			var args arguments
			rows, err := tx.QueryContext(ctx, `SELECT document, title FROM works WHERE document IN (`+each(&args, chunk)+`)`, args...)
			if err != nil {
				return err
			}
			for rows.Next() {
				var id, title string
				if err := rows.Scan(&id, &title); err != nil {
					return errors.Join(err, rows.Close())
				}
				found[id] = title
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil {
				return err
			}
		}
		return nil
	})
	return found, err
}

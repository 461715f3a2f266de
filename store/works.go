package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/policybot/policybot/corpus/desk"
)

var _ desk.Works = (*Store)(nil)

// ownedBy is the condition under which staff of an agency see a row of works.
func ownedBy(args *arguments, agency string) string {
	if agency == "" {
		return "1 = 1"
	}
	a := args.one(agency)
	return `(w.owner = ` + a + ` OR w.owner = '' AND EXISTS (SELECT 1 FROM work_facets o
		WHERE o.document = w.document AND o.facet = '` + agencyFacet + `' AND o.value = ` + a + `))`
}

// Work implements desk.Works.
func (s *Store) Work(ctx context.Context, id string, revision int) (w desk.Work, err error) {
	err = s.view(ctx, "reading a document's work", func(tx *sql.Tx) error {
		query := storedQuery + ` JOIN works w ON w.document = d.id WHERE d.id = $1
			AND r.number = CASE WHEN $2 > 0 THEN $2 ELSE w.revision END`
		all, err := s.revisions(ctx, tx, query, id, revision)
		if err != nil {
			return err
		}
		w.Stored = all[0].Stored
		var passages []byte
		err = tx.QueryRowContext(ctx, `SELECT passages, text FROM revisions WHERE document = $1 AND number = $2`,
			id, w.Revision.Number).Scan(&passages, &w.Revision.Text)
		if err == nil {
			err = json.Unmarshal(passages, &w.Revision.Passages)
		}
		if err == nil {
			err = readWork(ctx, tx, &w)
		}
		return err
	})
	return w, err
}

// readWork adds what staff did to a revision.
func readWork(ctx context.Context, tx *sql.Tx, w *desk.Work) error {
	id, n := w.Document.ID, w.Revision.Number
	var updated, due int64
	var shown int
	var likeness, checklist string
	err := tx.QueryRowContext(ctx, `SELECT w.owner, w.backlog, w.revision, w.due, w.likeness, w.updated, w.updated_by, d.live, d.newest,
		COALESCE(x.version, 0), COALESCE(x.submitted, ''), COALESCE(x.approved, ''), COALESCE(x.approved_by, 0), COALESCE(x.checklist, '')
		FROM works w JOIN documents d ON d.id = w.document
		LEFT JOIN work_revisions x ON x.document = w.document AND x.revision = $2 WHERE w.document = $1`, id, n).Scan(
		&w.Owner, &w.Backlog, &shown, &due, &likeness, &updated, &w.UpdatedBy, &w.Live, &w.Last,
		&w.Version, &w.Submitted, &w.Approved, &w.ApprovedBy, &checklist)
	if err != nil {
		return err
	}
	w.Updated = time.UnixMilli(updated)
	if shown == n {
		w.Due = instant(due)
		if likeness != "" {
			err = json.Unmarshal([]byte(likeness), &w.Like)
		}
	}
	if err == nil && checklist != "" {
		err = json.Unmarshal([]byte(checklist), &w.Checklist)
	}
	if err != nil {
		return err
	}
	if w.Authors, err = numbers(tx.QueryContext(ctx, `SELECT staff FROM work_authors WHERE document = $1 AND revision = $2 ORDER BY staff`, id, n)); err != nil {
		return err
	}
	var wd desk.Withdrawal
	var at int64
	err = tx.QueryRowContext(ctx, `SELECT reason, author, at FROM withdrawals WHERE document = $1`, id).Scan(&wd.Reason, &wd.By, &at)
	if err == nil {
		wd.At = time.UnixMilli(at)
		w.Withdrawal = &wd
	} else if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	w.Comments, err = readComments(ctx, tx, id)
	return err
}

// numbers reads rows of one number each.
func numbers(rows *sql.Rows, err error) ([]int64, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []int64
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, rows.Err()
}

func readComments(ctx context.Context, tx *sql.Tx, id string) ([]desk.Comment, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, revision, anchor, quote, text, author, at, resolved FROM comments
		WHERE document = $1 ORDER BY id`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []desk.Comment
	for rows.Next() {
		var c desk.Comment
		var at int64
		if err := rows.Scan(&c.ID, &c.Revision, &c.Anchor, &c.Quote, &c.Text, &c.By, &at, &c.Resolved); err != nil {
			return nil, err
		}
		c.At = time.UnixMilli(at)
		all = append(all, c)
	}
	return all, rows.Err()
}

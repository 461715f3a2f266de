package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// storedQuery reads revisions with all that is kept of them but text and
// passages.
const storedQuery = `SELECT d.id, d.newest, d.live, r.number, r.status, r.hash, r.created, r.meta,
	COALESCE(n.statements, ''), COALESCE(n.findings, ''), COALESCE(n.warnings, ''), COALESCE(n.hold, ''), COALESCE(n.confirmed_by, ''),
	COALESCE(o.name, ''), COALESCE(o.media_type, ''), COALESCE(o.sum, ''), COALESCE(b.size, 0)
	FROM documents d JOIN revisions r ON r.document = d.id
	LEFT JOIN revision_notes n ON n.document = r.document AND n.revision = r.number
	LEFT JOIN revision_originals o ON o.document = r.document AND o.revision = r.number
	LEFT JOIN originals b ON b.sum = o.sum`

// storedRow is a revision as storedQuery reads it.
type storedRow struct {
	corpus.Stored
	live bool // it is the published one
}

func scanStored(rows *sql.Rows) ([]storedRow, error) {
	defer rows.Close()
	var all []storedRow
	for rows.Next() {
		var s storedRow
		var newest, live int
		var created int64
		var meta sql.RawBytes
		var n notes
		var file corpus.Attached
		r := &s.Revision
		err := rows.Scan(&r.Document, &newest, &live, &r.Number, &r.Status, &r.Hash, &created, &meta,
			&n.statements, &n.findings, &n.warnings, &n.hold, &n.confirmedBy, &file.Name, &file.MediaType, &file.Sum, &file.Size)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(meta, &s.Document); err != nil {
			return nil, fmt.Errorf("document %s: %w", r.Document, err)
		}
		if err := n.fill(&s.Stored); err != nil {
			return nil, err
		}
		s.Created, s.Newest, s.live = time.UnixMilli(created), r.Number == newest, r.Number == live
		if file.Name != "" {
			s.File = &file
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

// published gives those of the revisions that are published their relations
// both ways.
func (s *Store) published(ctx context.Context, tx *sql.Tx, all []storedRow) error {
	var ids []string
	for _, one := range all {
		if one.live {
			ids = append(ids, one.Document.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found := make(map[string]index.Standing, len(ids))
	if err := s.documents(ctx, tx, ids, found); err != nil {
		return err
	}
	for i := range all {
		if d := &all[i].Document; all[i].live {
			d.Declares, d.Receives = found[d.ID].Document.Declares, found[d.ID].Document.Receives
		}
	}
	return nil
}

// Listed implements corpus.Archive.
func (s *Store) Listed(ctx context.Context, l corpus.Listing, yield func(corpus.Stored) error) error {
	var stop error // of yield: not the database's, so not to be explained
	err := s.view(ctx, "listing documents", func(tx *sql.Tx) error {
		for last := ""; ; {
			rows, err := tx.QueryContext(ctx, storedQuery+` WHERE d.id > $1 AND r.number = d.newest ORDER BY d.id LIMIT $2`, last, many)
			if err != nil {
				return err
			}
			all, err := scanStored(rows)
			if err != nil || len(all) == 0 {
				return err
			}
			if err := s.published(ctx, tx, all); err != nil {
				return err
			}
			for _, one := range all {
				if fits(one.Stored, l) {
					if stop = yield(one.Stored); stop != nil {
						return nil
					}
				}
			}
			last = all[len(all)-1].Document.ID
		}
	})
	if stop != nil {
		return stop
	}
	return err
}

// fits reports whether a listing asks for a document.
func fits(s corpus.Stored, l corpus.Listing) bool {
	d := s.Document
	if l.Fallen {
		if _, fallen := d.Fallen(l.Day); !fallen {
			return false
		}
	}
	return (l.Kind == "" || d.Kind == l.Kind) && (l.Status == "" || s.Revision.Status == l.Status) &&
		(!l.Held || s.Hold != "") && (l.Validity == "" || d.ValidityOn(l.Day) == l.Validity) &&
		(l.Text == "" || strings.Contains(d.Title, l.Text) || strings.Contains(d.Number, l.Text))
}

// Stored implements corpus.Archive.
func (s *Store) Stored(ctx context.Context, id string, revision int) (corpus.Stored, error) {
	var found corpus.Stored
	err := s.view(ctx, "reading a document", func(tx *sql.Tx) error {
		query := storedQuery + ` WHERE d.id = $1 AND r.number = CASE WHEN $2 > 0 THEN $2 WHEN d.live > 0 THEN d.live ELSE d.newest END`
		all, err := s.revisions(ctx, tx, query, id, revision)
		if err != nil {
			return err
		}
		found = all[0].Stored
		var passages []byte
		err = tx.QueryRowContext(ctx, `SELECT passages, text FROM revisions WHERE document = $1 AND number = $2`,
			id, found.Revision.Number).Scan(&passages, &found.Revision.Text)
		if err != nil {
			return err
		}
		return json.Unmarshal(passages, &found.Revision.Passages)
	})
	return found, err
}

// revisions reads revisions of a document; none is corpus.ErrNotFound.
func (s *Store) revisions(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]storedRow, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	all, err := scanStored(rows)
	if err == nil && len(all) == 0 {
		err = corpus.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return all, s.published(ctx, tx, all)
}

// History implements corpus.Archive.
func (s *Store) History(ctx context.Context, id string) ([]corpus.Stored, error) {
	var history []corpus.Stored
	err := s.view(ctx, "reading a document's history", func(tx *sql.Tx) error {
		all, err := s.revisions(ctx, tx, storedQuery+` WHERE d.id = $1 ORDER BY r.number DESC`, id)
		if err != nil {
			return err
		}
		for _, one := range all {
			history = append(history, one.Stored)
		}
		return nil
	})
	return history, err
}

// Confirm implements corpus.Archive. Nothing changes where the revision is not
// held, or was confirmed before.
func (s *Store) Confirm(ctx context.Context, id, by string) error {
	return s.change(ctx, "confirming a text", func(tx *sql.Tx) error {
		var newest int
		err := tx.QueryRowContext(ctx, `SELECT newest FROM documents WHERE id = $1`, id).Scan(&newest)
		if errors.Is(err, sql.ErrNoRows) {
			return corpus.ErrNotFound
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE revision_notes SET confirmed_by = $1, confirmed = $2
			WHERE document = $3 AND revision = $4 AND hold <> '' AND confirmed_by = ''`, by, s.now().UnixMilli(), id, newest)
		return err
	})
}

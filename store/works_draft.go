package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

// bump counts a change of a revision that the caller has seen as version, and
// returns the next. desk.ErrStale where it is of another version by now.
func (p *putting) bump(id string, revision, version int) (next int, err error) {
	err = p.tx.QueryRowContext(p.ctx, `INSERT INTO work_revisions (document, revision, version) VALUES ($1, $2, 1)
		ON CONFLICT (document, revision) DO UPDATE SET version = work_revisions.version + 1
		WHERE work_revisions.version = $3 RETURNING version`, id, revision, version).Scan(&next)
	if errors.Is(err, sql.ErrNoRows) || err == nil && next != version+1 {
		return 0, desk.ErrStale
	}
	return next, err
}

// wrote notes who has written at a revision.
func (p *putting) wrote(id string, revision int, by desk.Actor) error {
	if by.ID != 0 {
		if _, err := p.tx.ExecContext(p.ctx, `INSERT INTO work_authors (document, revision, staff) VALUES ($1, $2, $3)
			ON CONFLICT (document, revision, staff) DO NOTHING`, id, revision, by.ID); err != nil {
			return err
		}
	}
	_, err := p.tx.ExecContext(p.ctx, `UPDATE works SET updated = $1, updated_by = $2 WHERE document = $3`, p.now, by.Display, id)
	return err
}

// BeginWork implements desk.Works. Errors wrap ErrInvalid, too.
func (s *Store) BeginWork(ctx context.Context, base int, n desk.NewWork, by desk.Actor) (revision int, err error) {
	err = s.change(ctx, "storing a draft", func(tx *sql.Tx) error {
		revision, err = s.putting(ctx, tx).begin(s, base, n, by)
		return err
	})
	return revision, err
}

// begin stores a draft.
func (p *putting) begin(s *Store, base int, n desk.NewWork, by desk.Actor) (int, error) {
	c := n.Content
	if err := check(c); err != nil {
		return 0, err
	}
	id := c.Document.ID
	was, err := p.head(id)
	if err != nil {
		return 0, err
	}
	if was.newest != base {
		return 0, desk.ErrStale
	}
	number, hash := base+1, c.Fingerprint()
	meta, passages, err := encode(c)
	if err != nil {
		return 0, err
	}
	if err := p.exec(p.stmts.addRevision, id, number, string(corpus.Draft), hash, p.now, meta, passages, c.Text); err != nil {
		return 0, err
	}
	if err := p.exec(p.stmts.addDocument, id, number, hash); err != nil {
		return 0, err
	}
	if err := errors.Join(p.attach(id, number, c.Original), p.annotate(number, c)); err != nil {
		return 0, err
	}
	if n.From > 0 && c.Original == nil {
		if err := p.inherit(id, n.From, number); err != nil {
			return 0, err
		}
	}
	if err := p.describe(c, number, corpus.Draft); err != nil {
		return 0, err
	}
	likeness := ""
	if n.Like != nil {
		data, err := json.Marshal(n.Like)
		if err != nil {
			return 0, err
		}
		likeness = string(data)
	}
	_, err = p.tx.ExecContext(p.ctx, `UPDATE works SET owner = $1, backlog = $2, likeness = $3, returned = 0, due = 0 WHERE document = $4`,
		n.Owner, truth(n.Backlog), likeness, id)
	if err != nil {
		return 0, err
	}
	if _, err := p.bump(id, number, 0); err != nil {
		return 0, err
	}
	if err := p.wrote(id, number, by); err != nil {
		return 0, err
	}
	return number, s.note(p.ctx, p.tx, by.Entry(desk.ActionDrafted, id, number, c.Document.Title))
}

// inherit gives a revision the file of the one that it was made from, and what
// was found out about that one's text.
func (p *putting) inherit(id string, from, number int) error {
	_, err := p.tx.ExecContext(p.ctx, `INSERT INTO revision_originals (document, revision, sum, name, media_type)
		SELECT document, $1, sum, name, media_type FROM revision_originals WHERE document = $2 AND revision = $3`, number, id, from)
	if err != nil {
		return err
	}
	_, err = p.tx.ExecContext(p.ctx, `UPDATE revision_notes SET
		hold = COALESCE((SELECT b.hold FROM revision_notes b WHERE b.document = $1 AND b.revision = $2), ''),
		confirmed_by = COALESCE((SELECT b.confirmed_by FROM revision_notes b WHERE b.document = $1 AND b.revision = $2), ''),
		confirmed = COALESCE((SELECT b.confirmed FROM revision_notes b WHERE b.document = $1 AND b.revision = $2), 0)
		WHERE document = $1 AND revision = $3`, id, from, number)
	return err
}

// SaveWork implements desk.Works. Errors wrap ErrInvalid, too.
func (s *Store) SaveWork(ctx context.Context, id string, revision, version int, c corpus.Content, by desk.Actor) (next int, err error) {
	return s.SaveWorkAs(ctx, id, revision, version, c, "", by)
}

// SaveWorkAs implements desk.Works. Errors wrap ErrInvalid, too.
func (s *Store) SaveWorkAs(ctx context.Context, id string, revision, version int, c corpus.Content, detail string, by desk.Actor) (next int, err error) {
	c.Document.ID = id
	if err := check(c); err != nil {
		return 0, err
	}
	meta, passages, err := encode(c)
	if err != nil {
		return 0, fmt.Errorf("store: saving a draft: %w", err)
	}
	err = s.change(ctx, "saving a draft", func(tx *sql.Tx) error {
		p := s.putting(ctx, tx)
		if next, err = p.bump(id, revision, version); err != nil {
			return err
		}
		hash := c.Fingerprint()
		var newest int
		err := tx.QueryRowContext(ctx, `UPDATE revisions SET meta = $1, passages = $2, text = $3, hash = $4
			WHERE document = $5 AND number = $6 AND status = $7 RETURNING number`,
			meta, passages, c.Text, hash, id, revision, string(corpus.Draft)).Scan(&newest)
		if errors.Is(err, sql.ErrNoRows) {
			return desk.ErrStale
		}
		if err == nil {
			err = tx.QueryRowContext(ctx, `UPDATE documents SET hash = $1 WHERE id = $2 AND newest = $3 RETURNING newest`,
				hash, id, revision).Scan(&newest)
		}
		if errors.Is(err, sql.ErrNoRows) {
			return desk.ErrStale // a newer revision came in
		}
		if err != nil {
			return err
		}
		had, err := p.notes(id, revision)
		if err != nil {
			return err
		}
		c.Hold = had.hold
		if err := errors.Join(p.annotate(revision, c), p.describe(c, revision, corpus.Draft), p.wrote(id, revision, by)); err != nil {
			return err
		}
		if detail != "" {
			return s.note(ctx, tx, by.Entry(desk.ActionSaved, id, revision, detail))
		}
		return s.noteSaved(ctx, tx, by.Entry(desk.ActionSaved, id, revision, ""))
	})
	return next, err
}

// savesApart is how far apart two saves of one person are to be told as two:
// drafts are saved as they are written.
const savesApart = 10 * time.Minute

func (s *Store) noteSaved(ctx context.Context, tx *sql.Tx, e desk.Entry) error {
	var action string
	var staff, at int64
	err := tx.QueryRowContext(ctx, `SELECT action, staff, at FROM history WHERE document = $1 AND document <> '' AND action NOT IN ($2, $3, $4)
		ORDER BY seq DESC LIMIT 1`, e.Document, desk.ActionOpened, desk.ActionOriginal, desk.ActionQuestions).Scan(&action, &staff, &at)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if action == e.Action && staff == e.Staff && s.now().Sub(time.UnixMilli(at)) < savesApart {
		return nil
	}
	return s.note(ctx, tx, e)
}

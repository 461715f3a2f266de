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

// Move implements desk.Works. Whether a person may take a step is not looked
// at: that is desk.MayMove. Errors wrap desk.ErrStale, ErrHeld and
// corpus.ErrNotFound.
func (s *Store) Move(ctx context.Context, steps []desk.Move) error {
	return s.change(ctx, "moving a revision", func(tx *sql.Tx) error {
		p := s.putting(ctx, tx)
		for _, m := range steps {
			if err := p.move(s, m); err != nil {
				return fmt.Errorf("%s: %w", m.Document, err)
			}
		}
		return p.finish()
	})
}

// move takes one step: status, what follows from it, and the history's entry.
func (p *putting) move(s *Store, m desk.Move) error {
	was, err := p.head(m.Document)
	if err != nil {
		return err
	}
	if m.To != corpus.Withdrawn && was.newest != m.Revision || m.To == corpus.Withdrawn && was.live != m.Revision {
		return desk.ErrStale
	}
	if _, err := p.bump(m.Document, m.Revision, m.Version); err != nil {
		return err
	}
	var number int
	err = p.tx.QueryRowContext(p.ctx, `UPDATE revisions SET status = $1 WHERE document = $2 AND number = $3 AND status = $4 RETURNING number`,
		string(m.To), m.Document, m.Revision, string(m.From)).Scan(&number)
	if errors.Is(err, sql.ErrNoRows) {
		return desk.ErrStale
	}
	if err != nil {
		return err
	}
	if err := p.showStatus(m.Document, m.Revision, m.To); err != nil {
		return err
	}
	action, err := p.effect(m, was)
	if err != nil {
		return err
	}
	_, err = p.tx.ExecContext(p.ctx, `UPDATE works SET updated = $1, updated_by = $2 WHERE document = $3`, p.now, m.By.Display, m.Document)
	if err != nil {
		return err
	}
	return s.note(p.ctx, p.tx, m.By.Entry(action, m.Document, m.Revision, m.Reason))
}

// showStatus keeps the status of a revision where it is the one that staff
// see.
func (p *putting) showStatus(id string, revision int, status corpus.Status) error {
	_, err := p.tx.ExecContext(p.ctx, `UPDATE works SET status = $1 WHERE document = $2 AND revision = $3`, string(status), id, revision)
	return err
}

// effect does what a step brings with it, and names it for the history.
func (p *putting) effect(m desk.Move, was head) (action string, err error) {
	run := func(query string, args ...any) {
		if err == nil {
			_, err = p.tx.ExecContext(p.ctx, query, args...)
		}
	}
	switch m.To {
	case corpus.Submitted:
		run(`UPDATE work_revisions SET submitted = $1 WHERE document = $2 AND revision = $3`, m.By.Display, m.Document, m.Revision)
		run(`UPDATE works SET returned = 0 WHERE document = $1`, m.Document)
		if err == nil {
			err = p.wrote(m.Document, m.Revision, m.By)
		}
		return desk.ActionSubmitted, err
	case corpus.Draft:
		return p.sendBack(m)
	case corpus.Approved:
		var list []byte
		if list, err = json.Marshal(m.Checklist); err != nil {
			return "", err
		}
		run(`UPDATE work_revisions SET approved = $1, approved_by = $2, checklist = $3 WHERE document = $4 AND revision = $5`,
			m.By.Display, m.By.ID, string(list), m.Document, m.Revision)
		run(`UPDATE works SET due = $1 WHERE document = $2`, millis(m.Publish), m.Document)
		return desk.ActionApproved, err
	case corpus.Published:
		return desk.ActionPublished, p.putLive(m, was)
	case corpus.Withdrawn:
		return desk.ActionWithdrawn, p.takeBack(m, was)
	case corpus.Dropped:
		return desk.ActionDropped, p.drop(m, was)
	}
	return "", fmt.Errorf("%w: no step leads to %.20q", ErrInvalid, m.To)
}

// sendBack makes a draft again of what was submitted or approved. The reason
// stands among the comments.
func (p *putting) sendBack(m desk.Move) (action string, err error) {
	returned := m.Reason != ""
	_, err = p.tx.ExecContext(p.ctx, `UPDATE works SET returned = $1, due = 0 WHERE document = $2`, truth(returned), m.Document)
	if err == nil {
		_, err = p.tx.ExecContext(p.ctx, `UPDATE work_revisions SET approved = '', approved_by = 0, checklist = ''
			WHERE document = $1 AND revision = $2`, m.Document, m.Revision)
	}
	if err != nil || !returned {
		return desk.ActionRecalled, err
	}
	_, err = p.comment(m.Document, desk.Comment{Revision: m.Revision, Text: m.Reason}, m.By)
	return desk.ActionReturned, err
}

// putLive publishes a revision.
func (p *putting) putLive(m desk.Move, was head) error {
	if held, err := p.held(m.Document, m.Revision); err != nil || held {
		return errors.Join(err, ErrHeld)
	}
	c, _, err := p.content(m.Document, m.Revision)
	if err != nil {
		return err
	}
	if _, err := p.publish(c, m.Revision, was); err != nil {
		return err
	}
	_, err = p.tx.ExecContext(p.ctx, `INSERT INTO publications (document, revision, at, staff, backlog)
		SELECT $1, $2, $3, $4, backlog FROM works WHERE document = $1`, m.Document, m.Revision, p.now, m.By.ID)
	if err == nil {
		_, err = p.tx.ExecContext(p.ctx, `DELETE FROM withdrawals WHERE document = $1`, m.Document)
	}
	if err == nil {
		_, err = p.tx.ExecContext(p.ctx, `UPDATE works SET due = 0, likeness = '' WHERE document = $1`, m.Document)
	}
	return err
}

// takeBack withdraws the published revision.
func (p *putting) takeBack(m desk.Move, was head) error {
	if _, err := p.tx.ExecContext(p.ctx, `UPDATE documents SET live = 0 WHERE id = $1`, m.Document); err != nil {
		return err
	}
	if err := p.exec(p.stmts.dropFacets, m.Document); err != nil {
		return err
	}
	_, err := p.tx.ExecContext(p.ctx, `INSERT INTO withdrawals (document, revision, reason, author, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (document) DO UPDATE SET revision = excluded.revision, reason = excluded.reason,
		author = excluded.author, at = excluded.at`, m.Document, m.Revision, m.Reason, m.By.Display, p.now)
	if err != nil {
		return err
	}
	p.mark(m.Document)
	p.touch(m.Document, was, nil)
	return nil
}

// drop shows the document as it was before the draft: its published revision,
// else the newest that is no draft; of a new document nothing is left.
func (p *putting) drop(m desk.Move, was head) error {
	before := was.live
	if before == 0 {
		err := p.tx.QueryRowContext(p.ctx, `SELECT COALESCE(MAX(number), 0) FROM revisions
			WHERE document = $1 AND status = $2`, m.Document, string(corpus.Withdrawn)).Scan(&before)
		if err != nil {
			return err
		}
	}
	if before == 0 {
		_, err := p.tx.ExecContext(p.ctx, `UPDATE works SET revision = 0, held = 0, due = 0, likeness = '' WHERE document = $1`, m.Document)
		return err
	}
	if err := p.describeStored(m.Document, before); err != nil {
		return err
	}
	_, err := p.tx.ExecContext(p.ctx, `UPDATE works SET returned = 0, due = 0, likeness = '' WHERE document = $1`, m.Document)
	return err
}

// Withdrawn returns why a document is no longer published, and when. The error
// is corpus.ErrNotFound where it is, or never was.
func (s *Store) Withdrawn(ctx context.Context, id string) (w corpus.Withdrawal, err error) {
	var at int64
	err = s.read.QueryRowContext(ctx, `SELECT d.title, d.account, x.reason, x.at FROM withdrawals x JOIN documents d ON d.id = x.document
		WHERE x.document = $1 AND d.live = 0`, id).Scan(&w.Title, &w.Account, &w.Reason, &at)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return w, corpus.ErrNotFound
	case err != nil:
		return w, fmt.Errorf("store: reading a withdrawal: %w", explain(err))
	}
	w.At = time.UnixMilli(at)
	return w, nil
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

var _ desk.Timers = (*Store)(nil)

// soon is how many days ahead it is told that documents end or begin.
const soon = 30

// maxRunning bounds how many clocks of a kind are looked at.
const maxRunning = 500

// Running implements desk.Timers.
func (s *Store) Running(ctx context.Context, agency string, today corpus.Date) (r desk.Running, err error) {
	err = s.view(ctx, "reading clocks", func(tx *sql.Tx) (err error) {
		events := func(to *[]desk.Event, query string, more ...any) {
			if err != nil {
				return
			}
			args := arguments(more)
			query += ` AND w.revision > 0 AND ` + ownedBy(&args, agency)
			*to, err = scanEvents(tx.QueryContext(ctx, query+` ORDER BY 3, 4, 1 LIMIT `+args.one(maxRunning), args...))
		}
		const live = ` FROM documents d JOIN works w ON w.document = d.id WHERE d.live > 0 AND d.sample = 0`
		// Policies that staff have published and that nothing interprets.
		events(&r.Published, `SELECT d.id, d.title, (SELECT MIN(x.at) FROM publications x WHERE x.document = d.id AND x.backlog = 0) AS at, ''`+live+`
			AND w.kind = 'policy' AND EXISTS (SELECT 1 FROM publications x WHERE x.document = d.id AND x.backlog = 0)
			AND NOT EXISTS (SELECT 1 FROM relations i JOIN documents n ON n.id = i.source JOIN works v ON v.document = i.source
				WHERE i.target = d.id AND i.kind = 'interprets' AND n.live > 0 AND v.kind = 'interpretation')`)
		events(&r.Submitted, `SELECT w.document, w.title, w.updated, '' FROM works w WHERE w.status = $1`, string(corpus.Submitted))
		events(&r.Ending, `SELECT d.id, d.title, 0, d.ends`+live+` AND d.ends > $1 AND d.ends <= $2 AND d.fate = $3`,
			string(today), string(today.Add(soon+1)), string(corpus.Expired))
		events(&r.Beginning, `SELECT d.id, d.title, 0, d.begins`+live+` AND d.begins > $1 AND d.begins <= $2`,
			string(today), string(today.Add(soon)))
		for i := range r.Ending {
			r.Ending[i].Day = r.Ending[i].Day.Add(-1) // the last day in force
		}
		return err
	})
	if err == nil {
		r.Concerns, err = s.openConcerns(ctx, agency)
	}
	return r, err
}

func scanEvents(rows *sql.Rows, err error) ([]desk.Event, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []desk.Event
	for rows.Next() {
		var e desk.Event
		var at int64
		if err := rows.Scan(&e.Document, &e.Title, &at, &e.Day); err != nil {
			return nil, err
		}
		e.At = instant(at)
		all = append(all, e)
	}
	return all, rows.Err()
}

// runningFor returns the documents that a filter's clock runs for.
func (s *Store) runningFor(ctx context.Context, agency string, f desk.Filter) ([]string, error) {
	r, err := s.Running(ctx, agency, f.Day)
	var ids []string
	for _, e := range map[desk.ClockKind][]desk.Event{
		desk.InterpretationDue: r.Published, desk.Unreviewed: r.Submitted, desk.Expiring: r.Ending, desk.Starting: r.Beginning,
	}[f.Clock] {
		ids = append(ids, e.Document)
	}
	return ids, err
}

// DueWorks implements desk.Timers.
func (s *Store) DueWorks(ctx context.Context, now time.Time) ([]desk.Work, error) {
	ids, err := texts(s.read.QueryContext(ctx, `SELECT document FROM works WHERE due > 0 AND due <= $1 AND status = $2
		ORDER BY due, document LIMIT $3`, now.UnixMilli(), string(corpus.Approved), many))
	if err != nil {
		return nil, fmt.Errorf("store: looking for what is due: %w", explain(err))
	}
	all := make([]desk.Work, 0, len(ids))
	for _, id := range ids {
		w, err := s.Work(ctx, id, 0)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

// Reschedule implements desk.Timers.
func (s *Store) Reschedule(ctx context.Context, id string, revision, version int, at time.Time, by desk.Actor) error {
	return s.change(ctx, "scheduling a publication", func(tx *sql.Tx) error {
		p := s.putting(ctx, tx)
		if _, err := p.bump(id, revision, version); err != nil {
			return err
		}
		err := tx.QueryRowContext(ctx, `UPDATE works SET due = $1, updated = $2, updated_by = $3
			WHERE document = $4 AND revision = $5 AND status = $6 RETURNING revision`,
			millis(at), p.now, by.Display, id, revision, string(corpus.Approved)).Scan(&revision)
		if errors.Is(err, sql.ErrNoRows) {
			return desk.ErrStale
		}
		if err != nil {
			return err
		}
		detail := "不再定时发布"
		if !at.IsZero() {
			detail = "定于" + at.In(corpus.Zone).Format("2006年1月2日15:04") + "发布"
		}
		return s.note(ctx, tx, by.Entry(desk.ActionScheduled, id, revision, detail))
	})
}

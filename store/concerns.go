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

var _ desk.Concerns = (*Store)(nil)

// AddConcern implements desk.Concerns.
func (s *Store) AddConcern(ctx context.Context, c desk.Concern, by desk.Actor) (id int64, err error) {
	err = s.change(ctx, "marking a concern", func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT id FROM concerns WHERE closed = 0 AND topic = $1 AND agency = $2`, c.Topic, c.Agency).Scan(&id)
		if !errors.Is(err, sql.ErrNoRows) {
			if err == nil {
				err = desk.ErrTaken
			}
			return err
		}
		err = tx.QueryRowContext(ctx, `INSERT INTO concerns (topic, grave, agency, author, started) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
			c.Topic, truth(c.Grave), c.Agency, c.By, millis(c.Started)).Scan(&id)
		if err != nil {
			return err
		}
		detail := fmt.Sprintf("标记舆情%d：%s，按一般事件办理，48小时内回应", id, c.Topic)
		if c.Grave {
			detail = fmt.Sprintf("标记舆情%d：%s，按特别重大、重大办理，5小时内发布权威信息，24小时内开新闻发布会", id, c.Topic)
		}
		return s.note(ctx, tx, by.Entry(desk.ActionConcern, "", 0, detail))
	})
	return id, err
}

const concernColumns = `id, topic, grave, agency, author, started, touched, answered, briefed, closed`

func scanConcern(row interface{ Scan(...any) error }) (c desk.Concern, err error) {
	var started, touched, answered, briefed, closed int64
	err = row.Scan(&c.ID, &c.Topic, &c.Grave, &c.Agency, &c.By, &started, &touched, &answered, &briefed, &closed)
	if errors.Is(err, sql.ErrNoRows) {
		return c, corpus.ErrNotFound
	}
	c.Started, c.Touched, c.Answered, c.Briefed, c.Closed = instant(started), instant(touched), instant(answered), instant(briefed), instant(closed)
	return c, err
}

// Concern implements desk.Concerns.
func (s *Store) Concern(ctx context.Context, id int64) (c desk.Concern, err error) {
	err = s.view(ctx, "reading a concern", func(tx *sql.Tx) error {
		if c, err = scanConcern(tx.QueryRowContext(ctx, `SELECT `+concernColumns+` FROM concerns WHERE id = $1`, id)); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, `SELECT step, text, who, at, author FROM concern_notes WHERE concern = $1 ORDER BY id`, id)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var n desk.ConcernNote
			var at int64
			if err := rows.Scan(&n.Step, &n.Text, &n.Who, &at, &n.By); err != nil {
				return err
			}
			n.At = time.UnixMilli(at)
			c.Notes = append(c.Notes, n)
		}
		return rows.Err()
	})
	return c, err
}

// ListConcerns implements desk.Concerns.
func (s *Store) ListConcerns(ctx context.Context, agency string, since time.Time, limit int) ([]desk.Concern, error) {
	return s.concerns(ctx, `(closed = 0 OR started >= $1) AND ($2 = '' OR agency IN ('', $2))
		ORDER BY closed <> 0, started DESC, id DESC LIMIT $3`, millis(since), agency, max(0, limit))
}

// openConcerns are those whose clocks may run.
func (s *Store) openConcerns(ctx context.Context, agency string) ([]desk.Concern, error) {
	return s.concerns(ctx, `closed = 0 AND ($1 = '' OR agency IN ('', $1)) ORDER BY started DESC, id DESC LIMIT $2`, agency, maxRunning)
}

func (s *Store) concerns(ctx context.Context, where string, args ...any) ([]desk.Concern, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+concernColumns+` FROM concerns WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("store: reading concerns: %w", explain(err))
	}
	defer rows.Close()
	var all []desk.Concern
	for rows.Next() {
		c, err := scanConcern(rows)
		if err != nil {
			return nil, fmt.Errorf("store: reading concerns: %w", explain(err))
		}
		all = append(all, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: reading concerns: %w", explain(err))
	}
	return all, nil
}

// concernSteps say what a step does to its concern, and what it is called in
// the history.
var concernSteps = map[desk.ConcernStep]struct{ set, only, words string }{
	desk.ConcernAnswered: {", answered = $1", " AND answered = 0", "已发布权威信息或回应"},
	desk.ConcernBriefed:  {", briefed = $1", " AND briefed = 0", "已开新闻发布会"},
	desk.ConcernNoted:    {"", "", "处理情况"},
	desk.ConcernClosed:   {", closed = $1", "", "办结"},
}

// NoteConcern implements desk.Concerns. Errors wrap ErrInvalid, too.
func (s *Store) NoteConcern(ctx context.Context, id int64, n desk.ConcernNote, by desk.Actor) error {
	step, known := concernSteps[n.Step]
	if !known {
		return fmt.Errorf("%w: %.20q is no step of a concern", ErrInvalid, n.Step)
	}
	return s.change(ctx, "noting what was done about a concern", func(tx *sql.Tx) error {
		if twice, err := noted(ctx, tx, id, n); twice || err != nil {
			return err
		}
		var topic string
		err := tx.QueryRowContext(ctx, `UPDATE concerns SET touched = $1`+step.set+` WHERE id = $2 AND closed = 0`+step.only+` RETURNING topic`,
			millis(n.At), id).Scan(&topic)
		if errors.Is(err, sql.ErrNoRows) {
			return desk.ErrStale
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO concern_notes (concern, step, text, who, at, author, noted) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			id, string(n.Step), n.Text, n.Who, millis(n.At), n.By, s.now().UnixMilli())
		if err != nil {
			return err
		}
		return s.note(ctx, tx, by.Entry(desk.ActionConcern, "", 0, fmt.Sprintf("舆情%d：%s。%s（%s，%s）：%s",
			id, topic, step.words, n.Who, n.At.In(corpus.Zone).Format("2006-01-02 15:04"), n.Text)))
	})
}

// noted reports whether somebody has noted the same already: who presses twice
// has done it once. Steps that are taken but once are told apart by their
// concern.
func noted(ctx context.Context, tx *sql.Tx, id int64, n desk.ConcernNote) (twice bool, err error) {
	if n.Step != desk.ConcernNoted {
		return false, nil
	}
	err = tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM concern_notes
		WHERE concern = $1 AND step = $2 AND text = $3 AND who = $4 AND at = $5 AND author = $6)`,
		id, string(n.Step), n.Text, n.Who, millis(n.At), n.By).Scan(&twice)
	return twice, err
}

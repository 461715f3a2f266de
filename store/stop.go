package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

var (
	_ bot.Stops  = (*Store)(nil)
	_ desk.Stops = (*Store)(nil)
)

// stopsFresh is how long what stands is taken from memory: what another
// process writes is seen within it.
const stopsFresh = 500 * time.Millisecond

// stopping remembers what stands.
type stopping struct {
	mu       sync.RWMutex
	read     time.Time // before it was read; zero is never, or no more
	standing []bot.Stop
	changes  int // made by this process
}

const stopColumns = `id, account, topic, reason, stopped_by, stopped_at, lifted_by, lifted_reason, lifted_at`

// StandingStops implements bot.Stops, oldest first. What it returns is shared:
// don't change it.
func (s *Store) StandingStops(ctx context.Context) ([]bot.Stop, error) {
	m := &s.stopping
	now := s.now()
	m.mu.RLock()
	standing, age, changes := m.standing, now.Sub(m.read), m.changes
	fresh := !m.read.IsZero() && age >= 0 && age < stopsFresh
	m.mu.RUnlock()
	if fresh {
		return standing, nil
	}
	standing, err := s.stops(ctx, `WHERE lifted_at = 0 ORDER BY id`)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.read.Before(now) && m.changes == changes {
		m.read, m.standing = now, standing
	}
	return standing, nil
}

// AllStops returns what stands and what was lifted, newest first, at most
// limit.
func (s *Store) AllStops(ctx context.Context, limit int) ([]bot.Stop, error) {
	return s.stops(ctx, `ORDER BY id DESC LIMIT $1`, max(0, limit))
}

func (s *Store) stops(ctx context.Context, which string, args ...any) ([]bot.Stop, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+stopColumns+` FROM stops `+which, args...)
	if err != nil {
		return nil, fmt.Errorf("store: reading stops: %w", explain(err))
	}
	defer rows.Close()
	var all []bot.Stop
	for rows.Next() {
		one, err := scanStop(rows)
		if err != nil {
			return nil, fmt.Errorf("store: reading stops: %w", explain(err))
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: reading stops: %w", explain(err))
	}
	return all, nil
}

func scanStop(row interface{ Scan(...any) error }) (s bot.Stop, err error) {
	var at, lifted int64
	err = row.Scan(&s.ID, &s.Account, &s.Topic, &s.Reason, &s.By, &at, &s.LiftedBy, &s.LiftedReason, &lifted)
	s.At = time.UnixMilli(at)
	if lifted > 0 {
		s.LiftedAt = time.UnixMilli(lifted)
	}
	return s, err
}

// Stop records a stop of stop.Account and stop.Topic by somebody at the
// terminal, and returns it with its number and instant. Where the same stands
// already, it returns that one and an error that wraps bot.ErrStopped.
func (s *Store) Stop(ctx context.Context, stop bot.Stop) (bot.Stop, error) {
	return s.stopBy(ctx, stop, terminal(stop.By))
}

// terminal is who types a command.
func terminal(name string) desk.Actor {
	return desk.Actor{Staff: desk.Staff{Name: name}, From: "terminal"}
}

func (s *Store) stopBy(ctx context.Context, stop bot.Stop, by desk.Actor) (bot.Stop, error) {
	return s.switching(ctx, "stopping", func(tx *sql.Tx) (bot.Stop, error) {
		done, err := scanStop(tx.QueryRowContext(ctx, `INSERT INTO stops (account, topic, reason, stopped_by, stopped_at)
			VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (account, topic) WHERE lifted_at = 0 DO NOTHING RETURNING `+stopColumns,
			stop.Account, stop.Topic, stop.Reason, stop.By, millis(s.now())))
		if err == nil {
			return done, s.noteStop(ctx, tx, "暂停自动回答：", done, stop.Reason, by)
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return done, err
		}
		done, err = scanStop(tx.QueryRowContext(ctx, `SELECT `+stopColumns+` FROM stops
			WHERE account = $1 AND topic = $2 AND lifted_at = 0`, stop.Account, stop.Topic))
		return done, errors.Join(bot.ErrStopped, err)
	})
}

func (s *Store) noteStop(ctx context.Context, tx *sql.Tx, what string, stop bot.Stop, why string, by desk.Actor) error {
	detail := what + deskStop(stop).Scope()
	if why != "" {
		detail += "：" + why
	}
	return s.note(ctx, tx, by.Entry(desk.ActionStop, "", 0, detail))
}

// Lift notes who lifted the standing stop of an account and a topic at the
// terminal, why and when, and returns it. The error wraps bot.ErrNotStopped
// where none stands.
func (s *Store) Lift(ctx context.Context, account, topic, reason, by string) (bot.Stop, error) {
	return s.liftBy(ctx, `account = $4 AND topic = $5`, []any{account, topic}, by, reason, terminal(by))
}

func (s *Store) liftBy(ctx context.Context, which string, args []any, name, reason string, by desk.Actor) (bot.Stop, error) {
	return s.switching(ctx, "lifting a stop", func(tx *sql.Tx) (bot.Stop, error) {
		done, err := scanStop(tx.QueryRowContext(ctx, `UPDATE stops SET lifted_by = $1, lifted_reason = $2, lifted_at = $3
			WHERE `+which+` AND lifted_at = 0 RETURNING `+stopColumns,
			append([]any{name, reason, millis(s.now())}, args...)...))
		if errors.Is(err, sql.ErrNoRows) {
			return done, bot.ErrNotStopped
		}
		if err != nil {
			return done, err
		}
		return done, s.noteStop(ctx, tx, "恢复自动回答：", done, reason, by)
	})
}

// StopAnswers implements desk.Stops.
func (s *Store) StopAnswers(ctx context.Context, stop desk.Stop, by desk.Actor) error {
	_, err := s.stopBy(ctx, bot.Stop{Account: stop.Account, Topic: stop.Topic, Reason: stop.Reason, By: by.Display}, by)
	if errors.Is(err, bot.ErrStopped) {
		return desk.ErrTaken
	}
	return err
}

// ResumeAnswers implements desk.Stops.
func (s *Store) ResumeAnswers(ctx context.Context, id int64, why string, by desk.Actor) error {
	_, err := s.liftBy(ctx, `id = $4`, []any{id}, by.Display, why, by)
	if errors.Is(err, bot.ErrNotStopped) {
		return desk.ErrStale
	}
	return err
}

// StopOf implements desk.Stops.
func (s *Store) StopOf(ctx context.Context, id int64) (desk.Stop, error) {
	all, err := s.stops(ctx, `WHERE id = $1`, id)
	if err == nil && len(all) == 0 {
		err = corpus.ErrNotFound
	}
	if err != nil {
		return desk.Stop{}, err
	}
	return deskStop(all[0]), nil
}

// ListStops implements desk.Stops: those that stand first, each the newest
// first.
func (s *Store) ListStops(ctx context.Context, limit int) ([]desk.Stop, error) {
	all, err := s.stops(ctx, `ORDER BY lifted_at > 0, id DESC LIMIT $1`, max(0, limit))
	out := make([]desk.Stop, len(all))
	for i, one := range all {
		out[i] = deskStop(one)
	}
	return out, err
}

func deskStop(s bot.Stop) desk.Stop {
	return desk.Stop{
		ID: s.ID, Account: s.Account, Topic: s.Topic, Reason: s.Reason, By: s.By, At: s.At,
		LiftedBy: s.LiftedBy, LiftedReason: s.LiftedReason, LiftedAt: s.LiftedAt,
	}
}

// switching makes one change, after which what stands is read again.
func (s *Store) switching(ctx context.Context, what string, do func(*sql.Tx) (bot.Stop, error)) (out bot.Stop, err error) {
	err = s.change(ctx, what, func(tx *sql.Tx) error {
		out, err = do(tx)
		return err
	})
	s.stopping.mu.Lock()
	s.stopping.read = time.Time{}
	s.stopping.changes++
	s.stopping.mu.Unlock()
	return out, err
}

// TopicNames returns the topics of the published documents that belong to one of
// the accounts or to all, sorted.
func (s *Store) TopicNames(ctx context.Context, accounts []string) ([]string, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT d.account, r.meta FROM documents d
		JOIN revisions r ON r.document = d.id AND r.number = d.live WHERE d.live > 0`)
	if err != nil {
		return nil, fmt.Errorf("store: reading topics: %w", explain(err))
	}
	defer rows.Close()
	seen := map[string]bool{}
	for rows.Next() {
		var account string
		var meta []byte
		var d struct{ Topics []string }
		if err := rows.Scan(&account, &meta); err != nil {
			return nil, fmt.Errorf("store: reading topics: %w", explain(err))
		}
		if account != "" && !slices.Contains(accounts, account) {
			continue
		}
		if err := json.Unmarshal(meta, &d); err != nil {
			return nil, fmt.Errorf("store: reading topics: %w", err)
		}
		for _, t := range d.Topics {
			seen[t] = true
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: reading topics: %w", explain(err))
	}
	all := make([]string, 0, len(seen))
	for t := range seen {
		all = append(all, t)
	}
	slices.Sort(all)
	return all, nil
}

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
)

var _ bot.Stops = (*Store)(nil)

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

// Stop records a stop of stop.Account and stop.Topic, and returns it with its
// number and instant. Where the same stands already, it returns that one and
// an error that wraps bot.ErrStopped.
func (s *Store) Stop(ctx context.Context, stop bot.Stop) (bot.Stop, error) {
	return s.switching(ctx, "stopping", func(tx *sql.Tx) (bot.Stop, error) {
		done, err := scanStop(tx.QueryRowContext(ctx, `INSERT INTO stops (account, topic, reason, stopped_by, stopped_at)
			VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (account, topic) WHERE lifted_at = 0 DO NOTHING RETURNING `+stopColumns,
			stop.Account, stop.Topic, stop.Reason, stop.By, millis(s.now())))
		if !errors.Is(err, sql.ErrNoRows) {
			return done, err
		}
		done, err = scanStop(tx.QueryRowContext(ctx, `SELECT `+stopColumns+` FROM stops
			WHERE account = $1 AND topic = $2 AND lifted_at = 0`, stop.Account, stop.Topic))
		return done, errors.Join(bot.ErrStopped, err)
	})
}

// Lift notes who lifted the standing stop of an account and a topic, why and
// when, and returns it. The error wraps bot.ErrNotStopped where none stands.
func (s *Store) Lift(ctx context.Context, account, topic, reason, by string) (bot.Stop, error) {
	return s.switching(ctx, "lifting a stop", func(tx *sql.Tx) (bot.Stop, error) {
		done, err := scanStop(tx.QueryRowContext(ctx, `UPDATE stops SET lifted_by = $1, lifted_reason = $2, lifted_at = $3
			WHERE account = $4 AND topic = $5 AND lifted_at = 0 RETURNING `+stopColumns,
			by, reason, millis(s.now()), account, topic))
		if errors.Is(err, sql.ErrNoRows) {
			err = bot.ErrNotStopped
		}
		return done, err
	})
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

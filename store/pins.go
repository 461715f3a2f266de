package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

var (
	_ bot.Pins     = (*Store)(nil)
	_ bot.Listener = (*Store)(nil)
	_ desk.Pins    = (*Store)(nil)
)

// pinning remembers what stands, as stopping does.
type pinning struct {
	mu       sync.Mutex
	read     time.Time
	standing []bot.Pin
}

const pinColumns = `id, state, phrases, document, text, accounts, since, until, agency, author, author_name, approved, ended, why, at`

func scanPin(row interface{ Scan(...any) error }) (p desk.Pin, err error) {
	var phrases, accounts string
	var since, until, at int64
	err = row.Scan(&p.ID, &p.State, &phrases, &p.Document, &p.Text, &accounts, &since, &until, &p.Agency, &p.Author, &p.By,
		&p.Approved, &p.Ended, &p.Why, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return p, corpus.ErrNotFound
	}
	if err == nil {
		err = errors.Join(json.Unmarshal([]byte(phrases), &p.Phrases), json.Unmarshal([]byte(accounts), &p.Accounts))
	}
	p.Since, p.Until, p.At = instant(since), instant(until), time.UnixMilli(at)
	return p, err
}

func (s *Store) pins(ctx context.Context, which string, args ...any) ([]desk.Pin, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+pinColumns+` FROM pins `+which, args...)
	if err != nil {
		return nil, fmt.Errorf("store: reading pins: %w", explain(err))
	}
	defer rows.Close()
	var all []desk.Pin
	for rows.Next() {
		p, err := scanPin(rows)
		if err != nil {
			return nil, fmt.Errorf("store: reading pins: %w", explain(err))
		}
		all = append(all, p)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: reading pins: %w", explain(err))
	}
	return all, nil
}

// StandingPins implements bot.Pins.
func (s *Store) StandingPins(ctx context.Context) ([]bot.Pin, error) {
	m, now := &s.pinning, s.now()
	m.mu.Lock()
	defer m.mu.Unlock()
	if age := now.Sub(m.read); !m.read.IsZero() && age >= 0 && age < stopsFresh {
		return m.standing, nil
	}
	all, err := s.pins(ctx, `WHERE state = $1 AND until > $2 ORDER BY since DESC, id DESC`, string(desk.PinStands), now.UnixMilli())
	if err != nil {
		return nil, err
	}
	standing := make([]bot.Pin, len(all))
	for i, p := range all {
		standing[i] = bot.Pin{ID: p.ID, Phrases: p.Phrases, Document: p.Document, Text: p.Words(), Accounts: p.Accounts, Since: p.Since, Until: p.Until}
	}
	m.read, m.standing = now, standing
	return standing, nil
}

// AddPin implements desk.Pins.
func (s *Store) AddPin(ctx context.Context, p desk.Pin, by desk.Actor) (id int64, err error) {
	phrases, err := json.Marshal(p.Phrases)
	if err != nil {
		return 0, fmt.Errorf("store: storing a pin: %w", err)
	}
	accounts, err := json.Marshal(p.Accounts)
	if err != nil {
		return 0, fmt.Errorf("store: storing a pin: %w", err)
	}
	err = s.change(ctx, "storing a pin", func(tx *sql.Tx) error {
		// Who presses twice proposes once.
		err := tx.QueryRowContext(ctx, `SELECT id FROM pins WHERE state = $1 AND phrases = $2 AND document = $3 AND text = $4
			AND accounts = $5 AND until = $6 AND agency = $7 AND author = $8`,
			string(desk.PinProposed), string(phrases), p.Document, p.Text, string(accounts), millis(p.Until), p.Agency, p.Author).Scan(&id)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		err = tx.QueryRowContext(ctx, `INSERT INTO pins (state, phrases, document, text, accounts, until, agency, author, author_name, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
			string(desk.PinProposed), string(phrases), p.Document, p.Text, string(accounts), millis(p.Until), p.Agency, p.Author, p.By, s.now().UnixMilli()).Scan(&id)
		if err != nil {
			return err
		}
		detail := fmt.Sprintf("提出置顶%d：%s", id, strings.Join(p.Phrases, "、"))
		if p.Text != "" {
			detail += "，答：" + p.Text
		}
		return s.note(ctx, tx, by.Entry(desk.ActionPin, p.Document, 0, detail))
	})
	return id, err
}

// Pin implements desk.Pins.
func (s *Store) Pin(ctx context.Context, id int64) (desk.Pin, error) {
	p, err := scanPin(s.read.QueryRowContext(ctx, `SELECT `+pinColumns+` FROM pins WHERE id = $1`, id))
	if err != nil {
		err = fmt.Errorf("store: reading a pin: %w", explain(err))
	}
	return p, err
}

// ListPins implements desk.Pins.
func (s *Store) ListPins(ctx context.Context, agency string, limit int) ([]desk.Pin, error) {
	return s.pins(ctx, `WHERE $1 = '' OR agency = $1 ORDER BY id DESC LIMIT $2`, agency, max(0, limit))
}

// pinStep says what a step of a pin is, for the history.
func pinStep(id int64, from, to desk.PinState, until time.Time, why string) string {
	words := map[desk.PinState]string{desk.PinReady: "审核通过置顶", desk.PinStands: "启用置顶", desk.PinEnded: "取消置顶"}[to]
	switch {
	case from == desk.PinProposed && to == desk.PinEnded:
		words = "不采用置顶"
	case from == desk.PinProposed && to == desk.PinStands:
		words = "审核通过并启用置顶"
	case from == to:
		words = "延长置顶"
	}
	words = fmt.Sprintf("%s%d", words, id)
	if to == desk.PinStands {
		words += "，到" + until.In(corpus.Zone).Format("2006年1月2日15:04")
	}
	if why != "" {
		words += "：" + why
	}
	return words
}

// MovePin implements desk.Pins.
func (s *Store) MovePin(ctx context.Context, id int64, from, to desk.PinState, until time.Time, why string, by desk.Actor) error {
	err := s.change(ctx, "moving a pin", func(tx *sql.Tx) error {
		approves, ends, starts := from == desk.PinProposed && to != desk.PinEnded, to == desk.PinEnded, to == desk.PinStands && from != to
		pick := func(is bool) string {
			if is {
				return by.Display
			}
			return ""
		}
		var since int64
		if starts {
			since = s.now().UnixMilli()
		}
		var document string
		var ending int64
		err := tx.QueryRowContext(ctx, `UPDATE pins SET state = $1, since = CASE WHEN $2 > 0 THEN $2 ELSE since END,
			until = CASE WHEN $3 > 0 THEN $3 ELSE until END, approved = CASE WHEN $4 <> '' THEN $4 ELSE approved END, ended = $5, why = $6
			WHERE id = $7 AND state = $8 RETURNING document, until`,
			string(to), since, millis(until), pick(approves), pick(ends), why, id, string(from)).Scan(&document, &ending)
		if errors.Is(err, sql.ErrNoRows) {
			return desk.ErrStale
		}
		if err != nil {
			return err
		}
		return s.note(ctx, tx, by.Entry(desk.ActionPin, document, 0, pinStep(id, from, to, instant(ending), why)))
	})
	s.pinning.mu.Lock()
	s.pinning.read = time.Time{} // looked up anew
	s.pinning.mu.Unlock()
	return err
}

// RecordsSince implements bot.Listener.
func (s *Store) RecordsSince(ctx context.Context, since time.Time, limit int) ([]bot.Record, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT j.account, j.person, j.key, j.asked, j.status, j.sources, j.texts, k.secret
		FROM journal j JOIN journal_keys k ON k.id = j.id WHERE j.asked >= $1 AND j.texts IS NOT NULL
		ORDER BY j.asked DESC, j.id DESC LIMIT $2`, millis(since), max(0, limit))
	if err != nil {
		return nil, fmt.Errorf("store: reading the journal: %w", explain(err))
	}
	defer rows.Close()
	var records []bot.Record
	for rows.Next() {
		var r bot.Record
		var asked int64
		var sources sql.RawBytes
		if err := rows.Scan(&r.Account, &r.Person, &r.Key, &asked, &r.Status, &sources, &r.Texts, &r.Secret); err != nil {
			return nil, fmt.Errorf("store: reading the journal: %w", explain(err))
		}
		r.Asked = time.UnixMilli(asked)
		if err := json.Unmarshal(sources, &r.Sources); err != nil {
			return nil, fmt.Errorf("store: reading the journal: %w", err)
		}
		records = append(records, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: reading the journal: %w", explain(err))
	}
	return records, nil
}

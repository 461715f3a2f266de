package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/policybot/policybot/corpus/desk"
)

// ErrNotSet is returned for a setting that has no value.
var ErrNotSet = errors.New("store: not set")

// InstallationID is the setting that tells a data folder from its copies. A
// backup that is restored gets another one.
const InstallationID = "installation_id"

// Setting returns a setting's value. ErrNotSet where it has none.
func (s *Store) Setting(ctx context.Context, name string) (string, error) {
	return setting(s.stmts.setting.QueryRowContext(ctx, name), name)
}

// SetSetting gives a setting its value.
func (s *Store) SetSetting(ctx context.Context, name, value string) error {
	_, err := s.write.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	if err != nil {
		return fmt.Errorf("store: setting %s: %w", name, explain(err))
	}
	return nil
}

// SetSettingAs is SetSetting with an entry in the history.
func (s *Store) SetSettingAs(ctx context.Context, name, value string, e desk.Entry) error {
	return s.change(ctx, "setting "+name, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
		if err != nil {
			return err
		}
		return s.note(ctx, tx, e)
	})
}

// wordsSetting holds the list of words that staff keep.
const wordsSetting = "desk_words"

// Words implements desk.WordList.
func (s *Store) Words(ctx context.Context) ([]desk.Word, error) {
	list, err := s.Setting(ctx, wordsSetting)
	if err != nil && !errors.Is(err, ErrNotSet) {
		return nil, err
	}
	return wordsOf(list)
}

// EditWords implements desk.WordList.
func (s *Store) EditWords(ctx context.Context, by desk.Actor, edit func([]desk.Word) ([]desk.Word, string, error)) error {
	return s.change(ctx, "the list of words", func(tx *sql.Tx) error {
		// Written first, so that who comes at the same time waits.
		if err := keepSetting(ctx, tx, wordsSetting, ""); err != nil {
			return err
		}
		list, err := setting(tx.QueryRowContext(ctx, `SELECT value FROM settings WHERE name = $1`, wordsSetting), wordsSetting)
		if err != nil {
			return err
		}
		all, err := wordsOf(list)
		if err != nil {
			return err
		}
		all, done, err := edit(all)
		if err != nil {
			return err
		}
		next, err := json.Marshal(all)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE settings SET value = $1 WHERE name = $2`, string(next), wordsSetting); err != nil {
			return err
		}
		return s.note(ctx, tx, by.Entry(desk.ActionSetting, "", 0, done))
	})
}

// wordsOf reads the list; "" is the one that an installation begins with.
func wordsOf(list string) (all []desk.Word, err error) {
	if list == "" {
		return desk.DefaultWords(), nil
	}
	if err := json.Unmarshal([]byte(list), &all); err != nil {
		return nil, fmt.Errorf("store: the list of words: %w", err)
	}
	return all, nil
}

// burstSetting holds the rule that a burst is known by.
const burstSetting = "desk_burst"

// BurstRule implements desk.Rules.
func (s *Store) BurstRule(ctx context.Context) (r desk.BurstRule, err error) {
	text, err := s.Setting(ctx, burstSetting)
	if errors.Is(err, ErrNotSet) {
		return desk.DefaultBurst, nil
	}
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return r, fmt.Errorf("store: the rule of bursts: %w", err)
	}
	return r, nil
}

// SetBurstRule implements desk.Rules.
func (s *Store) SetBurstRule(ctx context.Context, r desk.BurstRule, by desk.Actor) error {
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("store: the rule of bursts: %w", err)
	}
	return s.SetSettingAs(ctx, burstSetting, string(text), by.Entry(desk.ActionSetting, "", 0,
		fmt.Sprintf("集中提问的提醒：%d分钟内有%d人", r.Minutes, r.Persons)))
}

// EnsureSetting gives a setting its value where it has none, and returns the
// one it has then: the same for all who ask at once, as the instance's secret
// needs it.
func (s *Store) EnsureSetting(ctx context.Context, name, value string) (had string, err error) {
	err = s.change(ctx, "setting "+name, func(tx *sql.Tx) error {
		if err := keepSetting(ctx, tx, name, value); err != nil {
			return err
		}
		had, err = setting(tx.QueryRowContext(ctx, `SELECT value FROM settings WHERE name = $1`, name), name)
		return err
	})
	return had, err
}

// keepSetting gives a setting its value where it has none.
func keepSetting(ctx context.Context, tx *sql.Tx, name, value string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, name, value)
	return err
}

func setting(row *sql.Row, name string) (value string, err error) {
	switch err = row.Scan(&value); {
	case errors.Is(err, sql.ErrNoRows):
		return "", fmt.Errorf("%w: %s", ErrNotSet, name)
	case err != nil:
		return "", fmt.Errorf("store: reading setting %s: %w", name, explain(err))
	}
	return value, nil
}

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
	if errors.Is(err, ErrNotSet) {
		return desk.DefaultWords(), nil
	}
	if err != nil {
		return nil, err
	}
	var all []desk.Word
	if err := json.Unmarshal([]byte(list), &all); err != nil {
		return nil, fmt.Errorf("store: the list of words: %w", err)
	}
	return all, nil
}

// SetWords implements desk.WordList.
func (s *Store) SetWords(ctx context.Context, all []desk.Word, by desk.Actor) error {
	list, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("store: the list of words: %w", err)
	}
	return s.SetSettingAs(ctx, wordsSetting, string(list), by.Entry(desk.ActionSetting, "", 0, fmt.Sprintf("修改用词清单，共%d个词", len(all))))
}

// EnsureSetting gives a setting its value where it has none, and returns the
// one it has then: the same for all who ask at once, as the instance's secret
// needs it.
func (s *Store) EnsureSetting(ctx context.Context, name, value string) (had string, err error) {
	err = s.change(ctx, "setting "+name, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2)
			ON CONFLICT (name) DO NOTHING`, name, value); err != nil {
			return err
		}
		had, err = setting(tx.QueryRowContext(ctx, `SELECT value FROM settings WHERE name = $1`, name), name)
		return err
	})
	return had, err
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

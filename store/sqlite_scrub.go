package store

import (
	"context"
	"database/sql"
	"fmt"
)

// rewritten is the setting that says that the database's free pages hold
// nothing of what was removed before secure_delete was on.
const rewritten = "journal_rewritten"

// scrub folds the log into the database and empties it. It does not wait long
// for readers: the journal waits for it.
func (s *Store) scrub(ctx context.Context) error {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA busy_timeout = 5000`) // as connect sets it
		_ = conn.Close()
	}()
	if _, err := conn.ExecContext(ctx, `PRAGMA busy_timeout = 10`); err != nil {
		return err
	}
	var busy, log, folded int
	if err := conn.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &folded); err != nil {
		return err
	}
	if busy != 0 {
		return ErrBusy
	}
	return nil
}

// Rewritten reports whether Rewrite has nothing to do.
func (s *Store) Rewritten(ctx context.Context) (bool, error) {
	var one int
	switch err := s.read.QueryRowContext(ctx, `SELECT 1 FROM settings WHERE name = $1`, rewritten).Scan(&one); err {
	case nil:
		return true, nil
	case sql.ErrNoRows:
		return false, nil
	default:
		return false, fmt.Errorf("store: reading settings: %w", explain(err))
	}
}

// Rewrite writes the whole database anew, so that nothing is left of what was
// removed before removing overwrote it. It needs as much room again, and lets
// nobody write meanwhile: call it at start, once, after texts were sealed.
func (s *Store) Rewrite(ctx context.Context) error {
	if _, err := s.write.ExecContext(ctx, `VACUUM`); err != nil {
		return fmt.Errorf("store: writing the database anew: %w", explain(err))
	}
	if err := s.Scrub(ctx); err != nil {
		return err
	}
	return s.SetSetting(ctx, rewritten, "1")
}

// Package store keeps documents, the index's outbox, settings and the bot's
// ledger in SQL, behind the interfaces of the packages that use them. The
// database is SQLite. Statements keep to what PostgreSQL understands as well:
// $1 parameters in the order of their first use, RETURNING, ON CONFLICT,
// integers for instants; what differs is in the migrations and in sqlite.go.
//
// A commit is safe from a crash of the process. From a power failure the last
// moments may be lost (synchronous NORMAL), never the database.
package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

var (
	_ corpus.Store   = (*Store)(nil)
	_ index.Source   = (*Store)(nil)
	_ index.Register = (*Store)(nil)
	_ bot.Ledger     = (*Store)(nil)
	_ bot.Archive    = (*Store)(nil)
)

// Config is what Open needs.
type Config struct {
	Path string           // the database's file; its folder exists
	Now  func() time.Time // nil is the real clock
	// BeforeMigrate is called when the schema of a database that holds
	// something is about to be changed; an error leaves it as it is. nil is
	// no such call.
	BeforeMigrate func(ctx context.Context, from, to int64) error
}

// Store is an open database. Its methods may be called at the same time; one
// writes at a time, readers don't wait.
type Store struct {
	write *sql.DB // one connection
	read  *sql.DB
	now   func() time.Time
	stmts *statements

	standings standings
	stopping  stopping
	pinning   pinning
	census    census
	topics    topics
	titles    titles
	asked     asked
}

// Open opens the database, makes it where it does not exist, and brings its
// schema up to date. Errors wrap ErrReadOnly, ErrFull, ErrCorrupt, ErrBusy or
// ErrNewer where one of these is the cause.
func Open(ctx context.Context, c Config) (*Store, error) {
	s := &Store{now: c.Now}
	if s.now == nil {
		s.now = time.Now
	}
	if err := s.open(ctx, c); err != nil {
		_ = s.Close() // the first error is the one to tell
		return nil, fmt.Errorf("store: opening %s: %w", c.Path, explain(err))
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, c Config) (err error) {
	path := c.Path
	if err := touch(path); err != nil {
		return err
	}
	if s.write, err = connect(path, true); err != nil {
		return err
	}
	if err := migrate(ctx, s.write, c.BeforeMigrate); err != nil {
		return err
	}
	if s.read, err = connect(path, false); err != nil {
		return err
	}
	if err := s.read.PingContext(ctx); err != nil {
		return err
	}
	if s.stmts, err = prepare(ctx, s.write, s.read); err != nil {
		return err
	}
	if err := s.upgrade(ctx); err != nil {
		return err
	}
	if err := s.upgradeWorks(ctx); err != nil {
		return err
	}
	return s.upgradeWords(ctx)
}

// Close waits for what is running and closes the database.
func (s *Store) Close() error {
	var first error
	for _, db := range []*sql.DB{s.read, s.write} { // the writer last: it folds the log in
		if db == nil {
			continue
		}
		if err := db.Close(); err != nil && first == nil {
			first = fmt.Errorf("store: closing: %w", explain(err))
		}
	}
	return first
}

// change runs do in one writing transaction.
func (s *Store) change(ctx context.Context, what string, do func(*sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: %s: %w", what, explain(err))
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback() // the first error is the one to tell
		return fmt.Errorf("store: %s: %w", what, explain(err))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store: %s: %w", what, explain(err))
	}
	return nil
}

// view runs do on one state of the database.
func (s *Store) view(ctx context.Context, what string, do func(*sql.Tx) error) error {
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("store: %s: %w", what, explain(err))
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	if err := do(tx); err != nil {
		return fmt.Errorf("store: %s: %w", what, explain(err))
	}
	return nil
}

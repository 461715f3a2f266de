package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"runtime"

	"github.com/pressly/goose/v3"

	"github.com/policybot/policybot/store/migrations"
)

// touch makes an empty file that only its owner may read, which SQLite then
// takes for an empty database. Its log gets the same permissions.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// connect returns a pool: the writer's has one connection, for SQLite lets one
// write at a time, and waiting in line is fairer than its polling.
func connect(path string, writer bool) (*sql.DB, error) {
	q := url.Values{"_pragma": {
		"busy_timeout(5000)",
		"journal_mode(WAL)",
		"synchronous(NORMAL)",
		"foreign_keys(1)",
		"trusted_schema(0)",
		"secure_delete(1)", // what is removed is overwritten
		"temp_store(MEMORY)",
		"cache_size(-8192)",
		"journal_size_limit(67108864)",
	}}
	connections := max(4, runtime.GOMAXPROCS(0))
	if writer {
		q.Set("_txlock", "immediate")
		connections = 1
	} else {
		q.Add("_pragma", "query_only(1)")
	}
	name := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// migrate brings the schema up to date, or says that it is newer than this
// program.
func migrate(ctx context.Context, db *sql.DB, before func(ctx context.Context, from, to int64) error) error {
	files, err := fs.Sub(migrations.SQLite, "sqlite")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	// Two processes may get here at once. The one that comes second fails on
	// what the first has done, and finds it done when it looks again.
	for range 3 {
		if err = upgrade(ctx, p, db, before); err == nil || errors.Is(err, ErrNewer) || errors.Is(err, errNotSaved) {
			return err
		}
	}
	return err
}

// errNotSaved says that what is to be done before a migration failed.
var errNotSaved = errors.New("the database was left as it was")

func upgrade(ctx context.Context, p *goose.Provider, db *sql.DB, before func(ctx context.Context, from, to int64) error) error {
	current, target, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("reading the schema's version: %w", err)
	case current > target:
		return fmt.Errorf("%w (schema %d, this one knows up to %d)", ErrNewer, current, target)
	}
	if current > 0 && current < target && before != nil {
		holds, err := holdsAnything(ctx, db)
		if err != nil {
			return err
		}
		if holds {
			if err := before(ctx, current, target); err != nil {
				return fmt.Errorf("%w: %w", errNotSaved, err)
			}
		}
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bringing the schema up to date: %w", err)
	}
	return nil
}

// holdsAnything reports whether any table of ours has a row that is not there
// from the beginning.
func holdsAnything(ctx context.Context, db *sql.DB) (bool, error) {
	tables, err := texts(db.QueryContext(ctx, `SELECT name FROM sqlite_master WHERE type = 'table'
		AND name NOT LIKE 'sqlite_%' AND name NOT IN ('goose_db_version', 'outbox_counter', 'history_head')
		AND name NOT LIKE 'work_words%'`)) // its own tables never are empty
	if err != nil {
		return false, err
	}
	for _, t := range tables {
		var one int
		err := db.QueryRowContext(ctx, `SELECT 1 FROM "`+t+`" LIMIT 1`).Scan(&one) // a name from our own migrations
		if err == nil {
			return true, nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return false, err
		}
	}
	return false, nil
}

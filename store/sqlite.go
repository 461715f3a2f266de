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
func migrate(ctx context.Context, db *sql.DB) error {
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
		if err = upgrade(ctx, p); err == nil || errors.Is(err, ErrNewer) {
			return err
		}
	}
	return err
}

func upgrade(ctx context.Context, p *goose.Provider) error {
	current, target, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("reading the schema's version: %w", err)
	case current > target:
		return fmt.Errorf("%w (schema %d, this one knows up to %d)", ErrNewer, current, target)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bringing the schema up to date: %w", err)
	}
	return nil
}

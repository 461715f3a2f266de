package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"modernc.org/sqlite"

	"github.com/policybot/policybot/store/migrations"
)

// Inventory says what a copy of the database holds.
type Inventory struct {
	Schema    int64  // number of the last migration
	Instance  string // tells instances apart; secrets fit the copy of the same one only
	Documents int    // in any state
	Messages  int    // lines of the journal
	Readable  int    // of which the texts can be read
}

// pagesAtOnce is how much is copied before whoever serves has its turn: 1 MB.
const pagesAtOnce = 256

// Snapshot copies the database to a new file, as of one moment, beside
// whoever reads and writes it, and takes out what no backup may hold: secrets
// of the journal, bodies of answers, and texts that an older version left in
// the clear. pause is called after each step of work with the time that it
// took. Errors are as those of Open.
func Snapshot(ctx context.Context, from, to string, pause func(worked time.Duration)) (Inventory, error) {
	err := copyPages(ctx, from, to, pause)
	if err == nil {
		err = clean(ctx, to)
	}
	var inv Inventory
	if err == nil {
		inv, err = inspect(ctx, to)
	}
	if err != nil {
		return inv, fmt.Errorf("store: copying the database: %w", explain(err))
	}
	return inv, nil
}

// raw opens a file that nobody else uses, without our schema.
func raw(file string, pragmas ...string) (*sql.DB, error) {
	name := url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath(), RawQuery: url.Values{"_pragma": pragmas}.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// copyPages runs in one reading transaction, so that what is written meanwhile
// neither gets in nor makes it begin again.
func copyPages(ctx context.Context, from, to string, pause func(time.Duration)) error {
	if _, err := os.Stat(from); err != nil {
		return err
	}
	if err := touch(to); err != nil {
		return err
	}
	db, err := raw(from, "busy_timeout(5000)", "query_only(1)")
	if err != nil {
		return err
	}
	defer db.Close() // it only read
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, q := range []string{`BEGIN`, `SELECT count(*) FROM sqlite_master`} {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`) //nolint:errcheck // nothing was written
	return conn.Raw(func(driver any) error {
		c, ok := driver.(interface {
			NewBackup(string) (*sqlite.Backup, error)
		})
		if !ok {
			return errors.New("the driver cannot copy")
		}
		target := url.URL{Scheme: "file", Opaque: (&url.URL{Path: to}).EscapedPath(), RawQuery: "_pragma=synchronous(0)&_pragma=journal_mode(OFF)"}
		b, err := c.NewBackup(target.String())
		if err != nil {
			return err
		}
		for more := true; more && err == nil; {
			start := time.Now()
			if more, err = b.Step(pagesAtOnce); err == nil {
				pause(time.Since(start))
				err = ctx.Err()
			}
		}
		return errors.Join(err, b.Finish())
	})
}

// clean takes out of a copy what no backup may hold.
func clean(ctx context.Context, file string) error {
	db, err := raw(file, "journal_mode(DELETE)", "synchronous(0)", "secure_delete(1)")
	if err != nil {
		return err
	}
	defer db.Close() // again below, where it matters
	schema, err := schemaOf(ctx, db)
	if err != nil {
		return err
	}
	const (
		withJournal = 2
		withSecrets = 7
		withDoor    = 17
	)
	sealed := false
	var steps []string
	if schema >= withJournal {
		// What a version before the sealing needs to read the lines: JSON.
		steps = append(steps, `DELETE FROM claims`, `UPDATE journal SET question = '', reply = '', choices = 'null'
			WHERE question <> '' OR reply <> '' OR choices NOT IN ('', 'null')`)
	}
	if schema >= withSecrets {
		steps = append(steps, `DELETE FROM journal_keys`)
		if err := db.QueryRowContext(ctx, `SELECT count(*) > 0 FROM settings WHERE name = $1`, rewritten).Scan(&sealed); err != nil {
			return err
		}
	}
	if schema >= withDoor {
		// Who was signed in when the copy was made is not when it is restored.
		steps = append(steps, `DELETE FROM door_sessions`, `DELETE FROM door_links`, `DELETE FROM door_tries`,
			`DELETE FROM door_forms`, `UPDATE door_keys SET offered = '' WHERE offered <> ''`)
	}
	if !sealed {
		steps = append(steps, `VACUUM`) // free pages may hold what was removed
	}
	for _, q := range steps {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return db.Close()
}

// Inspect reads the whole copy of a database and says what it holds. Errors
// wrap ErrCorrupt where it is damaged or no database of ours, ErrNewer where a
// newer program wrote it.
func Inspect(ctx context.Context, file string) (Inventory, error) {
	inv, err := inspect(ctx, file)
	if err == nil {
		err = wholesome(ctx, file)
	}
	if err != nil {
		return inv, fmt.Errorf("store: reading %s: %w", path.Base(file), explain(err))
	}
	return inv, nil
}

func wholesome(ctx context.Context, file string) error {
	db, err := raw(file, "query_only(1)", "trusted_schema(0)")
	if err != nil {
		return err
	}
	defer db.Close() // it only read
	found, err := texts(db.QueryContext(ctx, `PRAGMA integrity_check(1)`))
	if err != nil {
		return err
	}
	if len(found) != 1 || found[0] != "ok" {
		return fmt.Errorf("%w: %.200q", ErrCorrupt, strings.Join(found, "; "))
	}
	return nil
}

func inspect(ctx context.Context, file string) (inv Inventory, err error) {
	db, err := raw(file, "query_only(1)", "trusted_schema(0)")
	if err != nil {
		return inv, err
	}
	defer db.Close() // it only read
	if inv.Schema, err = schemaOf(ctx, db); err != nil {
		return inv, err
	}
	newest, err := NewestSchema()
	if err != nil {
		return inv, err
	}
	if inv.Schema > newest {
		return inv, fmt.Errorf("%w (schema %d, this one knows up to %d)", ErrNewer, inv.Schema, newest)
	}
	for table, n := range map[string]*int{"documents": &inv.Documents, "journal": &inv.Messages, "journal_keys": &inv.Readable} {
		if err := count(ctx, db, table, n); err != nil {
			return inv, err
		}
	}
	secret := ""
	err = db.QueryRowContext(ctx, `SELECT value FROM settings WHERE name = 'instance_secret'`).Scan(&secret)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return inv, err
	}
	sum := sha256.Sum256([]byte("policybot instance " + secret))
	inv.Instance = hex.EncodeToString(sum[:8])
	return inv, nil
}

// count leaves n as it is where an older schema has no such table.
func count(ctx context.Context, db *sql.DB, table string, n *int) error {
	there := false
	err := db.QueryRowContext(ctx, `SELECT count(*) > 0 FROM sqlite_master WHERE type = 'table' AND name = $1`, table).Scan(&there)
	if err != nil || !there {
		return err
	}
	return db.QueryRowContext(ctx, `SELECT count(*) FROM `+table).Scan(n) // one of our own names
}

// schemaOf returns the number of the last migration of a database of ours.
func schemaOf(ctx context.Context, db *sql.DB) (n int64, err error) {
	ours := false
	if err := db.QueryRowContext(ctx, `SELECT count(*) = 3 FROM sqlite_master
		WHERE name IN ('goose_db_version', 'documents', 'settings')`).Scan(&ours); err != nil {
		return 0, err
	}
	if !ours {
		return 0, fmt.Errorf("%w: policybot did not write it", ErrCorrupt)
	}
	err = db.QueryRowContext(ctx, `SELECT COALESCE(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&n)
	return n, err
}

// NewestSchema returns the number of this program's last migration.
func NewestSchema() (newest int64, err error) {
	files, err := fs.Glob(migrations.SQLite, "sqlite/*.sql")
	for _, f := range files {
		number, _, _ := strings.Cut(path.Base(f), "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("migration %s: %w", f, err)
		}
		newest = max(newest, n)
	}
	return newest, err
}

// JournalSecret is the key to one message of the journal.
type JournalSecret struct {
	ID     int64
	Secret []byte
}

// Secrets returns the journal's secrets after an ID, at most limit, in the
// order of their IDs, and the instance that they belong to.
func Secrets(ctx context.Context, file string, after int64, limit int) (list []JournalSecret, instance string, err error) {
	inv, err := inspect(ctx, file)
	if err == nil {
		list, err = secrets(ctx, file, after, limit)
	}
	if err != nil {
		return nil, "", fmt.Errorf("store: reading the journal's keys: %w", explain(err))
	}
	return list, inv.Instance, nil
}

func secrets(ctx context.Context, file string, after int64, limit int) (list []JournalSecret, err error) {
	db, err := raw(file, "busy_timeout(5000)", "query_only(1)")
	if err != nil {
		return nil, err
	}
	defer db.Close() // it only read
	rows, err := db.QueryContext(ctx, `SELECT id, secret FROM journal_keys WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var k JournalSecret
		if err := rows.Scan(&k.ID, &k.Secret); err != nil {
			return nil, err
		}
		list = append(list, k)
	}
	return list, rows.Err()
}

// Settle prepares a copy for service: the secrets are put in where they have
// their message, and messages without one lose what cannot be read any more,
// and whose they are, for that is how whoever was forgotten since the copy was
// made stays forgotten. It becomes an installation of its own: what the one
// that it was copied from has in engines outside of its process is not its.
func Settle(ctx context.Context, file string, list []JournalSecret) (Inventory, error) {
	err := settle(ctx, file, list)
	var inv Inventory
	if err == nil {
		inv, err = inspect(ctx, file)
	}
	if err != nil {
		return inv, fmt.Errorf("store: preparing the database: %w", explain(err))
	}
	return inv, nil
}

// leaveEngines forgets whose installation a copy was, and its engines.
func leaveEngines(ctx context.Context, db *sql.DB) error {
	if _, err := db.ExecContext(ctx, `DELETE FROM settings WHERE name = $1`, InstallationID); err != nil {
		return err
	}
	for _, table := range []string{"engines", "asides", "engine_events"} {
		there := false
		err := db.QueryRowContext(ctx, `SELECT count(*) > 0 FROM sqlite_master WHERE type = 'table' AND name = $1`, table).Scan(&there)
		if err == nil && there {
			_, err = db.ExecContext(ctx, `DELETE FROM `+table) // one of our own names
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func settle(ctx context.Context, file string, list []JournalSecret) error {
	db, err := raw(file, "journal_mode(DELETE)", "synchronous(2)", "secure_delete(1)", "trusted_schema(0)")
	if err != nil {
		return err
	}
	defer db.Close() // again below, where it matters
	if err := leaveEngines(ctx, db); err != nil {
		return err
	}
	sealed := false
	if err := db.QueryRowContext(ctx, `SELECT count(*) > 0 FROM sqlite_master WHERE name = 'journal_keys'`).Scan(&sealed); err != nil {
		return err
	}
	if !sealed {
		return db.Close() // of before the sealing: there are no texts in it
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing after Commit
	if _, err := tx.ExecContext(ctx, `DELETE FROM journal_keys`); err != nil {
		return err
	}
	put, err := tx.PrepareContext(ctx, `INSERT INTO journal_keys (id, secret)
		SELECT id, $1 FROM journal WHERE id = $2 AND texts IS NOT NULL ON CONFLICT (id) DO NOTHING`)
	if err != nil {
		return err
	}
	for _, k := range list {
		if _, err := put.ExecContext(ctx, k.Secret, k.ID); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE journal SET texts = NULL, person = ''
		WHERE (texts IS NOT NULL OR person <> '') AND id NOT IN (SELECT id FROM journal_keys)`); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	return db.Close()
}

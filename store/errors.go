package store

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/policybot/policybot/corpus/desk"
)

var (
	// ErrFull says that the disk is full.
	ErrFull = desk.ErrFull
	// ErrReadOnly says that the database or its folder cannot be written.
	ErrReadOnly = errors.New("the database cannot be written: check the folder's permissions")
	// ErrCorrupt says that the file is damaged, or no database.
	ErrCorrupt = errors.New("the database is damaged, or the file is something else")
	// ErrBusy says that another process held the database for too long.
	ErrBusy = errors.New("another process holds the database")
	// ErrNewer says that a newer policybot wrote the database.
	ErrNewer = errors.New("the database was written by a newer version of policybot: use that version, or restore a backup")
)

// explain puts the cause that an operator can act on before a driver's error.
func explain(err error) error {
	var cause error
	var failure *sqlite.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &failure):
		if failure.Code() == sqlite3.SQLITE_IOERR_SHMSIZE {
			cause = ErrFull // no room for the log's index
		}
		switch failure.Code() & 0xff {
		case sqlite3.SQLITE_FULL:
			cause = ErrFull
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
			cause = ErrReadOnly
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			cause = ErrCorrupt
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			cause = ErrBusy
		}
	case errors.Is(err, syscall.ENOSPC):
		cause = ErrFull
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		cause = ErrReadOnly
	}
	if cause == nil || errors.Is(err, cause) {
		return err
	}
	return fmt.Errorf("%w (%w)", cause, err)
}

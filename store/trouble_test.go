package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
)

func doc(id string) corpus.Content {
	return corpus.Content{Document: corpus.Document{ID: id, Kind: corpus.Notice, Title: id}, Text: strings.Repeat("公告", 2000)}
}

func TestNewerSchema(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "p.db")
	s, err := Open(t.Context(), Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.write.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Config{Path: path}); !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "9999") {
		t.Errorf("%v", err)
	}
}

func TestNotADatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "p.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("这不是数据库", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Config{Path: path}); !errors.Is(err, ErrCorrupt) {
		t.Errorf("%v", err)
	}
}

func TestNoFolder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "none", "p.db")
	if _, err := Open(t.Context(), Config{Path: path}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func TestReadOnlyFolder(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Log("as root permissions don't hold: the causes are tested by explain")
		for _, err := range []error{os.ErrPermission, syscall.EROFS, &os.PathError{Err: syscall.EACCES}} {
			if !errors.Is(explain(err), ErrReadOnly) {
				t.Errorf("%v", explain(err))
			}
		}
		return
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Config{Path: filepath.Join(dir, "p.db")}); !errors.Is(err, ErrReadOnly) {
		t.Errorf("%v", err)
	}
}

func TestReadOnlyDatabase(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "p.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.write.Exec(`PRAGMA query_only = 1`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), []corpus.Content{doc("a")}, true); !errors.Is(err, ErrReadOnly) {
		t.Errorf("%v", err)
	}
}

// fill leaves no room in the database.
func fill(t *testing.T, s *Store) {
	t.Helper()
	var pages int
	if err := s.write.QueryRow(`PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if err := s.write.QueryRow(fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)).Scan(&pages); err != nil {
		t.Fatal(err)
	}
}

func makeRoom(t *testing.T, s *Store) {
	t.Helper()
	var pages int
	if err := s.write.QueryRow(`PRAGMA max_page_count = 1000000`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
}

func TestDiskFull(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s, err := Open(ctx, Config{Path: filepath.Join(t.TempDir(), "p.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Put(ctx, []corpus.Content{doc("before")}, true); err != nil {
		t.Fatal(err)
	}
	fill(t, s)
	var batch []corpus.Content
	for i := range 20 {
		batch = append(batch, doc(fmt.Sprint("d", i)))
	}
	if _, err := s.Put(ctx, batch, true); !errors.Is(err, ErrFull) {
		t.Errorf("%v", err)
	}
	if _, own, err := s.Counts(ctx); own != 1 || err != nil {
		t.Errorf("half a batch was kept: %d, %v", own, err)
	}
	makeRoom(t, s)
	if _, err := s.Put(ctx, batch, true); err != nil {
		t.Error(err)
	}
}

func TestJournalOnAFullDisk(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "p.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	j, err := bot.NewJournal(bot.JournalConfig{Ledger: s, Secret: []byte("0123456789abcdef")})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- j.Run(ctx) }()
	defer func() { cancel(); <-ended }()

	fill(t, s)
	text := strings.Repeat("问", 1000)
	for i := 0; j.Healthy() == nil; i++ {
		if i == 1000 {
			t.Fatal("the disk never gets full")
		}
		q := bot.Question{Account: "default", Person: "p", ID: fmt.Sprint(i), Text: text}
		_, begun := j.Begin(ctx, q)
		ending := j.End(ctx, q, bot.Reply{Text: text}, []byte(q.ID), time.Millisecond)
		for _, err := range []error{begun, ending} {
			if err != nil && (!errors.Is(err, bot.ErrJournal) || !errors.Is(err, ErrFull)) {
				t.Fatalf("%v", err)
			}
		}
		// Recorded or not, a repeat gets the same.
		if body, err := j.Begin(ctx, q); string(body) != q.ID || err != nil {
			t.Errorf("%q, %v", body, err)
		}
	}
	makeRoom(t, s)
	q := bot.Question{Account: "default", Person: "p", ID: "after"}
	if _, err := j.Begin(ctx, q); err != nil || j.Healthy() != nil {
		t.Errorf("%v, %v", err, j.Healthy())
	}
}

package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/store"
)

// talk records n messages of a person, an hour apart, the first at from.
func talk(t *testing.T, s *store.Store, person string, n int, from time.Time) {
	t.Helper()
	var b bot.Batch
	for i := range n {
		at := from.Add(time.Duration(i) * time.Hour)
		b.Records = append(b.Records, bot.Record{
			Key: fmt.Sprint(person, i), Account: "default", Person: person, Kind: bot.Text, Asked: at, Answered: at, Status: bot.Answered,
			Texts: fmt.Appendf(nil, "sealed %s %d", person, i), Secret: fmt.Appendf(nil, "%-32s", fmt.Sprint("secret ", person, i)), Body: []byte("body of " + person),
		})
	}
	if _, err := s.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

// inFiles reports whether a database's files hold a text.
func inFiles(t *testing.T, path, text string) bool {
	t.Helper()
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte(text)) {
			return true
		}
	}
	return false
}

var epoch = time.UnixMilli(1_800_000_000_000)

func TestForgetLeavesLinesAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "p.db")
	s := openAt(t, path, nil)
	talk(t, s, "leaves", 3, epoch)
	talk(t, s, "stays", 2, epoch)
	keys, err := s.Forget(t.Context(), "default", "leaves")
	if len(keys) != 3 || err != nil {
		t.Fatal(keys, err)
	}
	for _, who := range []string{"leaves", ""} {
		if n, _, last, err := s.Kept(t.Context(), "default", who, 9); n != 0 || len(last) != 0 || err != nil {
			t.Errorf("%q: %d, %v, %v", who, n, last, err)
		}
	}
	if keys, err := s.Forget(t.Context(), "default", ""); len(keys) != 0 || err != nil {
		t.Error(keys, err)
	}
	n, oldest, last, err := s.Kept(t.Context(), "default", "stays", 1)
	if n != 2 || !oldest.Equal(epoch) || len(last) != 1 || last[0].Key != "stays1" || string(last[0].Texts) != "sealed stays 1" || err != nil {
		t.Errorf("%d, %v, %+v, %v", n, oldest, last, err)
	}
	held, err := s.Commit(t.Context(), bot.Batch{Claims: []bot.Claim{{Key: "leaves0", Holder: "x", Now: epoch, Until: epoch}, {Key: "stays0", Holder: "x", Now: epoch, Until: epoch}}})
	if err != nil || held[0].Body != nil || held[0].Won || held[0].Answered.IsZero() || held[1].Body == nil {
		t.Errorf("%+v, %v", held, err)
	}
	if err := s.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{"secret leaves0": false, "sealed leaves 2": false, "body of leaves": false, "secret stays0": true} {
		if got := inFiles(t, path, text); got != want {
			t.Errorf("%q in the files: %v, want %v", text, got, want)
		}
	}
}

func TestScrubDoesNotWaitForReaders(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "p.db")
	s := openAt(t, path, nil)
	talk(t, s, "a", 1, epoch)
	done := make(chan error, 1)
	step := make(chan struct{})
	go func() {
		_, err := store.Snapshot(t.Context(), path, filepath.Join(t.TempDir(), "copy"), func(time.Duration) { step <- struct{}{}; <-step })
		done <- err
	}()
	<-step // it reads
	talk(t, s, "b", 1, epoch)
	if err := s.Scrub(t.Context()); !errors.Is(err, store.ErrBusy) {
		t.Errorf("beside a reader: %v", err)
	}
	step <- struct{}{}
	for ended := false; !ended; {
		select {
		case <-step:
			step <- struct{}{}
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			ended = true
		}
	}
	if err := s.Scrub(t.Context()); err != nil {
		t.Errorf("after the reader: %v", err)
	}
}

func TestExpire(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "p.db")
	s := openAt(t, path, nil)
	talk(t, s, "a", 10, epoch)
	expire := func(texts, lines time.Duration, limit, want int) {
		t.Helper()
		if n, err := s.Expire(t.Context(), epoch.Add(texts), epoch.Add(lines), limit); n != want || err != nil {
			t.Errorf("%d, %v; want %d", n, err, want)
		}
	}
	kept := func(want int) {
		t.Helper()
		if n, _, _, err := s.Kept(t.Context(), "default", "a", 0); n != want || err != nil {
			t.Errorf("%d are kept, %v; want %d", n, err, want)
		}
	}
	expire(0, -time.Hour, 9, 0) // asked at the very moment: kept
	expire(5*time.Hour, -time.Hour, 3, 3)
	kept(7)
	expire(5*time.Hour, -time.Hour, 3, 2)
	expire(5*time.Hour, -time.Hour, 3, 0)
	kept(5)
	inv, err := store.Inspect(t.Context(), path)
	if err != nil || inv.Messages != 10 || inv.Readable != 5 {
		t.Errorf("%+v, %v", inv, err)
	}
	expire(5*time.Hour, 5*time.Hour, 100, 5)
	inv, err = store.Inspect(t.Context(), path)
	if err != nil || inv.Messages != 5 || inv.Readable != 5 {
		t.Errorf("%+v, %v", inv, err)
	}
	expire(5*time.Hour, 100*time.Hour, 100, 5) // lines go with their secrets
	if inv, err = store.Inspect(t.Context(), path); err != nil || inv.Messages != 0 || inv.Readable != 0 {
		t.Errorf("%+v, %v", inv, err)
	}
	if err := s.Scrub(t.Context()); err != nil || inFiles(t, path, "secret a") {
		t.Errorf("secrets are left, %v", err)
	}
}

func TestSnapshot(t *testing.T) {
	t.Parallel()
	path, copied := filepath.Join(t.TempDir(), "p.db"), filepath.Join(t.TempDir(), "copy")
	s := openAt(t, path, nil)
	if _, err := s.EnsureSetting(t.Context(), "instance_secret", "geheim"); err != nil {
		t.Fatal(err)
	}
	put(t, s, true, content("one"), content("two"))
	talk(t, s, "a", 3, epoch)
	if err := s.Rewrite(t.Context()); err != nil {
		t.Fatal(err)
	}
	n := 0
	inv, err := store.Snapshot(t.Context(), path, copied, func(time.Duration) { n++; talk(t, s, fmt.Sprint("later", n), 1, epoch) })
	if err != nil || inv.Documents != 2 || inv.Messages != 3 || inv.Readable != 0 || inv.Instance == "" || n == 0 {
		t.Fatalf("%+v, %v, %d pauses", inv, err, n)
	}
	for _, secret := range []string{"secret a", "body of a"} {
		if !inFiles(t, path, secret) {
			t.Errorf("%q is not in the original: this test looks in the wrong place", secret)
		}
		if inFiles(t, copied, secret) {
			t.Errorf("the copy holds %q", secret)
		}
	}
	if _, err := store.Inspect(t.Context(), copied); err != nil {
		t.Error(err)
	}
	list, instance, err := store.Secrets(t.Context(), path, 0, 2)
	if err != nil || len(list) != 2 || instance != inv.Instance {
		t.Fatal(list, instance, err)
	}
	more, _, err := store.Secrets(t.Context(), path, list[1].ID, 100)
	if err != nil || len(more) != 1+n {
		t.Fatal(more, err)
	}
	// The second was forgotten meanwhile.
	inv, err = store.Settle(t.Context(), copied, append(list[:1:1], more...))
	if err != nil || inv.Readable != 2 {
		t.Errorf("%+v, %v", inv, err)
	}
	back := openAt(t, copied, nil)
	if kept, _, last, err := back.Kept(t.Context(), "default", "a", 9); kept != 2 || last[0].Key != "a2" || last[1].Key != "a0" || err != nil {
		t.Errorf("%d, %+v, %v", kept, last, err)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := store.Snapshot(stopped, path, filepath.Join(t.TempDir(), "x"), func(time.Duration) {}); err == nil {
		t.Error("goes on after it was stopped")
	}
	if _, err := store.Snapshot(t.Context(), filepath.Join(t.TempDir(), "missing"), filepath.Join(t.TempDir(), "x"), func(time.Duration) {}); err == nil {
		t.Error("copies nothing")
	}
}

func TestInspectRefuses(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x")
	for name, data := range map[string]string{"nothing": "", "text": "hello", "a page of rubbish": "SQLite format 3\x00" + string(make([]byte, 8000))} {
		if err := os.WriteFile(file, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Inspect(t.Context(), file); !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/policybot/policybot/door"
	"github.com/policybot/policybot/store"
)

// TestBackupsHoldNoSessions: who was signed in when a copy was made is not
// when it is restored; passwords are still good.
func TestBackupsHoldNoSessions(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), t.TempDir()
	s := openAt(t, filepath.Join(dir, "p.db"), nil)
	now := time.Now()
	steps := []error{
		s.AddSession(ctx, door.Session{Hash: "session-hash", Person: 1, Stage: door.In, Made: now, Seen: now, Ends: now.Add(time.Hour)}),
		s.AddLink(ctx, door.Link{Hash: "link-hash", Purpose: door.Password, Person: 1, Expires: now.Add(time.Hour)}),
		s.KeepForm(ctx, door.Kept{ID: "kept", Person: 1, Path: "/x", Body: []byte("what was typed"), Made: now}, 1, 100),
		s.SetPassword(ctx, 1, "a hash", now),
		s.SetSecret(ctx, 1, "CONFIRMED", "OFFERED"),
	}
	for i, err := range steps {
		if err != nil {
			t.Fatal(i, err)
		}
	}
	to := filepath.Join(dir, "copy.db")
	if _, err := store.Snapshot(ctx, filepath.Join(dir, "p.db"), to, func(time.Duration) {}); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"session-hash", "link-hash", "what was typed", "OFFERED"} {
		if inFiles(t, to, text) {
			t.Errorf("the copy holds %q", text)
		}
	}
	copied := openAt(t, to, nil)
	if c, err := copied.Credentials(ctx, 1); err != nil || c.Password != "a hash" || c.Secret != "CONFIRMED" {
		t.Errorf("%+v %v", c, err)
	}
}

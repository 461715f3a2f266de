package store_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/store"
)

// crashPath makes the test binary the child that is killed.
const crashPath = "POLICYBOT_TEST_CRASH_PATH"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashPath); path != "" {
		fmt.Println("failed", crash(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// crash stores documents and answers questions until it is killed, and says
// what was acknowledged.
func crash(path string) error {
	ctx := context.Background()
	s, err := store.Open(ctx, store.Config{Path: path})
	if err != nil {
		return err
	}
	j, err := bot.NewJournal(bot.JournalConfig{Ledger: s, Secret: secret})
	if err != nil {
		return err
	}
	failed := make(chan error)
	go func() { failed <- j.Run(ctx) }()
	var out sync.Mutex
	say := func(what, id string) {
		out.Lock()
		defer out.Unlock()
		fmt.Println(what, id)
	}
	go func() {
		for i := 0; ; i += 10 {
			var batch []corpus.Content
			for k := range 10 {
				batch = append(batch, content(fmt.Sprint("d", i+k), declares(corpus.Related, "d0")))
			}
			if _, err := s.Put(ctx, batch, true); err != nil {
				failed <- err
				return
			}
			say("put", fmt.Sprint(i))
		}
	}()
	for caller := range 8 {
		go func() {
			for i := 0; ; i++ {
				q := question(fmt.Sprintf("%d-%d", caller, i))
				if _, err := j.Begin(ctx, q); err != nil {
					failed <- err
					return
				}
				if err := j.End(ctx, q, reply(), []byte("答"+q.ID), time.Millisecond); err != nil {
					failed <- err
					return
				}
				say("end", fmt.Sprintf("%d-%d", caller, i))
			}
		}()
	}
	return <-failed
}

func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("short: processes that are killed takes long under the race detector")
	}
	t.Parallel()
	path := filepath.Join(t.TempDir(), "p.db")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashPath+"="+path)
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := map[string][]string{}
	lines := bufio.NewReader(pipe)
	for n := 0; ; n++ {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // killed; what was said before came through the pipe
		}
		what, id, _ := strings.Cut(strings.TrimSpace(line), " ")
		said[what] = append(said[what], id)
		if n == 600 {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait() // it was killed
	if len(said["put"]) == 0 || len(said["end"]) == 0 || len(said["failed"]) > 0 {
		t.Fatalf("%d stored, %d answered, %v", len(said["put"]), len(said["end"]), said["failed"])
	}
	t.Logf("acknowledged before the kill: %d batches, %d answers", len(said["put"]), len(said["end"]))
	afterKill(t, path, said)
}

func afterKill(t *testing.T, path string, said map[string][]string) {
	t.Helper()
	ctx := t.Context()
	s, err := store.Open(ctx, store.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, own, err := s.Counts(ctx)
	if err != nil || own < 10*len(said["put"]) || own%10 != 0 {
		t.Errorf("%d documents of %d acknowledged batches of ten, %v", own, len(said["put"]), err)
	}
	changes, err := s.Changes(ctx, 0, own+1)
	if err != nil || len(changes) != own {
		t.Errorf("%d changes of %d documents, %v", len(changes), own, err)
	}
	for _, id := range said["put"] {
		if _, r, err := s.Live(ctx, "d"+id); err != nil || r.Text != content("d"+id).Text {
			t.Errorf("%s: %v", id, err)
		}
	}
	j := startJournal(t, s)
	for _, id := range said["end"] {
		q := question(id)
		if body, err := j.Begin(ctx, q); string(body) != "答"+q.ID || err != nil {
			t.Errorf("%s: %q, %v", id, body, err)
		}
	}
}

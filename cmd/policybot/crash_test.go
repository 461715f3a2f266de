//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// TestKilledImport kills an import without a server, and the server during an
// import: what was acknowledged is there, and importing again completes.
func TestKilledImport(t *testing.T) {
	t.Parallel()
	data, n := t.TempDir(), 4000
	var lines []string
	for i := range n {
		lines = append(lines, policy(fmt.Sprintf("d%04d", i), fmt.Sprintf("共享器材%04d号", i)))
	}
	file := write(t, filepath.Join(t.TempDir(), "many.jsonl"), lines...)
	stored := func() (n int) {
		db := database(t, data)
		defer db.Close()
		if err := db.QueryRow("SELECT count(*) FROM documents WHERE live > 0").Scan(&n); err != nil {
			return 0 // no schema yet
		}
		return n
	}
	var out, errs output
	c := child(t, &out, &errs, nil, "import", "--publish", "--data", data, file)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a first batch", func() bool {
		if _, err := os.Stat(filepath.Join(data, "policybot.db")); err != nil {
			return false
		}
		return stored() > 0
	})
	_ = c.Process.Kill()
	_ = c.Wait()
	before := stored()
	if before == n {
		t.Log("the import was done before it was killed")
	}
	// A document of the first batch, acknowledged long before the kill.
	s := startChild(t, data)
	if l := asked(t, data, nil, "共享器材0000号怎么借")[0]; len(l.Sources) == 0 || l.Sources[0].Document != "d0000" {
		t.Errorf("after the kill: %s %s", l.Status, l.Text)
	}
	if after := stored(); after != before {
		t.Errorf("%d documents before, %d after", before, after)
	}
	t.Run("client killed", func(t *testing.T) {
		// What a client published before it was killed is served all the same.
		more := write(t, filepath.Join(t.TempDir(), "more.jsonl"), policy("lunyi", "共享轮椅"))
		publishOnly(t, data, more)
		eventually(t, "documents of a killed client are served", func() bool {
			l := asked(t, data, nil, "共享轮椅怎么借")[0]
			return len(l.Sources) > 0 && l.Sources[0].Document == "lunyi"
		})
	})
	s.kill()
	r := cli(t, "", "import", "--publish", "--data", data, file).must(t, 0)
	if want := fmt.Sprintf("%d documents published and being served", n-before); !strings.HasPrefix(r.out, want) {
		t.Errorf("again: %q, want %s", r.out, want)
	}
	if got := stored(); got != n+1 {
		t.Errorf("%d of %d documents", got, n+1)
	}
}

// publishOnly does what an import does before it is killed: it never asks for
// what it published to be served.
func publishOnly(t *testing.T, data, file string) {
	t.Helper()
	ctx := context.Background()
	path, err := socketPath(data)
	if err != nil {
		t.Fatal(err)
	}
	r, _ := dial(ctx, path)
	if r == nil {
		t.Fatal("nobody listens")
	}
	defer r.Close()
	run := &importRun{owner: unserved{r}, publish: true, errs: &output{}, progress: newProgress(&output{})}
	opts, err := (&importFlags{}).options()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.all(ctx, []string{file}, opts); !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
}

var errKilled = errors.New("killed")

type unserved struct{ owner }

func (unserved) Served(context.Context) error { return errKilled }

// TestKilledCallbacks kills the server in a burst: every reply that was
// received is on record, and a repeat gets the same bytes or an
// acknowledgement.
func TestKilledCallbacks(t *testing.T) {
	t.Parallel()
	args := append(accountArgs("safe"), "--keep-sample")
	data := t.TempDir()
	s := startChild(t, data, args...)
	const citizens, enough = 16, 80
	type exchange struct {
		note note
		raw  string
	}
	var (
		wg       sync.WaitGroup
		mu       sync.Mutex
		received = map[*phone][]exchange{}
		count    atomic.Int64
	)
	for i := range citizens {
		p := newPhone(s, "safe", fmt.Sprintf("oCitizen%02d", i))
		wg.Go(func() {
			for {
				n := p.text("老人卡在哪里办？")
				g, err := p.try(n)
				if err != nil || g.reply.Content == "" {
					return // the server is gone
				}
				mu.Lock()
				received[p] = append(received[p], exchange{n, g.raw})
				mu.Unlock()
				if count.Add(1) == enough {
					_ = s.process.Process.Kill()
				}
			}
		})
	}
	wg.Wait()
	s.kill()
	if count.Load() < enough {
		t.Fatalf("only %d replies:\n%s", count.Load(), s.log)
	}
	s = startHere(t, data, args...)
	if n := inquire[int64](t, data, "SELECT count(*) FROM journal"); n < count.Load() {
		t.Errorf("%d records of %d replies that were received", n, count.Load())
	}
	for p, all := range received {
		p.service = s
		for _, e := range all {
			if g := p.send(t, e.note); g.raw != e.raw && g.raw != "success" {
				t.Fatalf("a repeat after a crash got\n%s\nafter\n%s", g.raw, e.raw)
			}
		}
	}
}

// TestDamagedIndex: an index that cannot be used is said, and built again.
func TestDamagedIndex(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	file := write(t, filepath.Join(t.TempDir(), "own.jsonl"), policy("lunyi", "共享轮椅"), policy("tent", "共享帐篷"))
	cli(t, "", "import", "--publish", "--data", data, file).must(t, 0)
	questions := []string{"共享轮椅怎么借", "共享帐篷能借几天"}
	before := asked(t, data, nil, questions...)
	snapshot := filepath.Join(data, "index", "snapshot")
	b, err := os.ReadFile(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(b) / 2; i < len(b)/2+64 && i < len(b); i++ {
		b[i] ^= 0xff
	}
	if err := os.WriteFile(snapshot, b, 0o600); err != nil {
		t.Fatal(err)
	}
	s := startHere(t, data)
	if !strings.Contains(s.log.String(), "level=WARN") || !strings.Contains(s.log.String(), "built again from the database") {
		t.Errorf("a damaged index is not said:\n%s", s.log)
	}
	for i, l := range asked(t, data, nil, questions...) {
		if l.Status != before[i].Status || len(l.Sources) == 0 || l.Sources[0].Snippet != before[i].Sources[0].Snippet || l.Sources[0].Score != before[i].Sources[0].Score {
			t.Errorf("%s: %+v, before %+v", questions[i], l, before[i])
		}
	}
}

// TestUnusableFolder: a clear error and exit status 1.
func TestUnusableFolder(t *testing.T) {
	t.Parallel()
	if dir := t.TempDir(); true {
		file := write(t, filepath.Join(dir, "file"), "not a folder")
		for _, data := range []string{file, filepath.Join(file, "data")} {
			if r := cli(t, "", serveArgs(data, nil)...).must(t, 1); !strings.Contains(r.errs, "data folder: ") {
				t.Errorf("%s: %q", data, r.errs)
			}
		}
	}
	garbage := t.TempDir()
	write(t, filepath.Join(garbage, "policybot.db"), strings.Repeat("this is no database ", 500))
	if r := cli(t, "", serveArgs(garbage, nil)...).must(t, 1); !strings.Contains(r.errs, "the database is damaged") {
		t.Errorf("no database: %q", r.errs)
	}
	readOnly := t.TempDir()
	cli(t, "", "ask", "--data", readOnly, "你好").must(t, 0) // makes what is needed
	var env []string
	if os.Geteuid() == 0 {
		env = []string{userEnv + "=65534"}
		for dir := filepath.Dir(readOnly); dir != "/" && dir != os.TempDir(); dir = filepath.Dir(dir) {
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	err := filepath.WalkDir(readOnly, func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		return os.Chmod(name, 0o444)
	})
	if err := errors.Join(err, os.Chmod(readOnly, 0o555), os.Chmod(filepath.Join(readOnly, "index"), 0o555)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(readOnly, 0o755); _ = os.Chmod(filepath.Join(readOnly, "index"), 0o755) })
	for _, args := range [][]string{serveArgs(readOnly, nil), {"import", "--data", readOnly, "/dev/null"}} {
		var out, errs output
		code := exitStatus(child(t, &out, &errs, env, args...).Run())
		said := errs.String()
		if code != 1 || !strings.Contains(said, "permission denied") || !strings.Contains(said, readOnly) || strings.Contains(said, "goroutine") {
			t.Errorf("%s on a read-only folder: %d %q", args[0], code, said)
		}
	}
}

// TestJournalCannotWrite: answers go out all the same, repeats get the same,
// and the fault is shown; when there is room again the journal goes on.
func TestJournalCannotWrite(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := startChild(t, data, append(accountArgs("safe"), "--keep-sample")...)
	p := newPhone(s, "safe", "oCitizen")
	p.send(t, p.text("老人卡在哪里办？"))
	rows := func() int { return inquire[int](t, data, "SELECT count(*) FROM journal") }
	before := rows()
	full(t, s, true)
	n := p.text("租房能提公积金吗")
	first := p.send(t, n)
	if first.reply.Content == "" || !strings.Contains(first.reply.Content, "/d/") {
		t.Errorf("with a full disk: %d %s", first.status, first.raw)
	}
	if again := p.send(t, n); again.raw != first.raw {
		t.Errorf("a repeat with a full disk differs:\n%s\n%s", first.raw, again.raw)
	}
	if status, _ := get(t, s.base+"/readyz"); status != 503 {
		t.Errorf("the fault is not shown: /readyz is %d", status)
	}
	cli(t, "", "health", "--data", data).must(t, 1)
	if !strings.Contains(s.log.String(), "journal failed") {
		t.Errorf("the fault is not in the log:\n%s", s.log)
	}
	full(t, s, false)
	eventually(t, "the journal goes on", func() bool {
		p.send(t, p.text("老人卡在哪里办？"))
		return rows() > before
	})
	if again := p.send(t, n); again.raw != first.raw {
		t.Errorf("a repeat after the disk was full differs:\n%s\n%s", first.raw, again.raw)
	}
	if code := s.stop(); code != 0 {
		t.Errorf("serve ended with %d:\n%s", code, s.log)
	}
}

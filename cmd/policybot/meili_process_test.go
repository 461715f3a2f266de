//go:build unix

package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// meiliBinEnv names the Meilisearch program that benchmarks start for
// themselves, so that they can stop, kill and freeze it.
const meiliBinEnv = "POLICYBOT_TEST_MEILI_BIN"

// meiliProcess is a Meilisearch of a benchmark's own.
type meiliProcess struct {
	program, folder string
	address         string // host:port
	key             string
	log             *os.File
	process         *exec.Cmd
	frozen          bool
}

// newMeili starts one on a free port of this machine in a temporary folder. It
// is gone when the benchmark ends.
func newMeili(b *testing.B) *meiliProcess {
	b.Helper()
	program := os.Getenv(meiliBinEnv)
	if program == "" {
		// go test keeps quiet about benchmarks that are skipped.
		fmt.Fprintf(os.Stderr, "SKIPPED %s: %s does not name a meilisearch program\n", b.Name(), meiliBinEnv)
		b.SkipNow()
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	m := &meiliProcess{program: program, folder: b.TempDir(), address: free.Addr().String(), key: rand.Text()}
	if err := free.Close(); err != nil {
		b.Fatal(err)
	}
	if m.log, err = os.Create(filepath.Join(m.folder, "log")); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		m.end(syscall.SIGKILL)
		_ = m.log.Close() // nothing is read from it any more
	})
	m.start(b)
	return m
}

func (m *meiliProcess) url() string { return "http://" + m.address }

// start returns when it answers.
func (m *meiliProcess) start(b *testing.B) {
	b.Helper()
	c := exec.Command(m.program, "--http-addr", m.address, "--master-key", m.key, "--no-analytics",
		"--db-path", filepath.Join(m.folder, "db"), "--dump-dir", filepath.Join(m.folder, "dumps"), "--snapshot-dir", filepath.Join(m.folder, "snapshots"))
	c.Dir, c.Stdout, c.Stderr = m.folder, m.log, m.log
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	m.process = c
	for deadline := time.Now().Add(testPatience); ; time.Sleep(10 * time.Millisecond) {
		if m.healthy(b.Context()) {
			return
		}
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(m.log.Name()) // what there is of it
			b.Fatalf("meilisearch does not answer:\n%.2000s", log)
		}
	}
}

func (m *meiliProcess) healthy(ctx context.Context) bool {
	ctx, stop := context.WithTimeout(ctx, time.Second)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, m.url()+"/health", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close() // its status says it
	return res.StatusCode == http.StatusOK
}

// end sends a signal and returns when the process is gone.
func (m *meiliProcess) end(how syscall.Signal) {
	if m.process == nil {
		return
	}
	_ = m.process.Process.Signal(how)
	if m.frozen {
		m.thaw()
	}
	_ = m.process.Wait() // that a signal ended it is no error here
	m.process = nil
}

// freeze stops it where it is: it takes connections, and says nothing.
func (m *meiliProcess) freeze() {
	_ = m.process.Process.Signal(syscall.SIGSTOP)
	m.frozen = true
}

func (m *meiliProcess) thaw() {
	_ = m.process.Process.Signal(syscall.SIGCONT)
	m.frozen = false
}

// weight returns its resident memory and what it has on disk, in MB.
func (m *meiliProcess) weight(b *testing.B) (memory, disk float64) {
	b.Helper()
	memory, _ = (&server{process: m.process}).resident(b)
	err := filepath.WalkDir(filepath.Join(m.folder, "db"), func(_ string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		size := info.Size()
		if s, ok := info.Sys().(*syscall.Stat_t); ok {
			size = s.Blocks * 512 // its files have holes
		}
		disk += float64(size) / 1e6
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return memory, disk
}

package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// benchEnv names the folder of the benchmark corpora.
const benchEnv = "POLICYBOT_BENCH"

// benchSize is how much is loaded: everything, with the laws so many times
// under other IDs.
type benchSize struct {
	name string
	laws int // 0 leaves them out
}

var benchSizes = []benchSize{{"50k", 1}, {"150k", 3}}

func benchRoot(b *testing.B) string {
	b.Helper()
	root := os.Getenv(benchEnv)
	if root == "" {
		// go test keeps quiet about benchmarks that are skipped.
		fmt.Fprintf(os.Stderr, "SKIPPED %s: %s does not name the folder of the benchmark corpora\n", b.Name(), benchEnv)
		b.SkipNow()
	}
	return root
}

// built is this program, built once. It stays in the temporary folder, one for
// each checkout.
var built = sync.OnceValues(func() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(here))
	folder := filepath.Join(os.TempDir(), "policybot-bench-"+hex.EncodeToString(sum[:8]))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	program := filepath.Join(folder, "policybot")
	fresh := fmt.Sprintf("%s-%d", program, os.Getpid())
	if out, err := exec.Command("go", "build", "-o", fresh, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return program, os.Rename(fresh, program) // one that runs goes on
})

// command is a run of the program with nothing of our own environment's
// settings.
func command(b *testing.B, args ...string) *exec.Cmd {
	b.Helper()
	program, err := built()
	if err != nil {
		b.Fatal(err)
	}
	c := exec.Command(program, args...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "POLICYBOT_") {
			c.Env = append(c.Env, v)
		}
	}
	return c
}

func run(b *testing.B, args ...string) {
	b.Helper()
	if out, err := command(b, args...).CombinedOutput(); err != nil {
		b.Fatalf("policybot %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// benchData returns a data folder of this benchmark's own, copied from one
// that is prepared once and kept in the temporary folder as long as neither
// corpora nor code change.
func benchData(b *testing.B, size benchSize) string {
	b.Helper()
	root := benchRoot(b)
	key := benchKey(b, root)
	kept := filepath.Join(os.TempDir(), "policybot-bench-"+key, size.name)
	if _, err := os.Stat(kept); err != nil {
		forgetOld(b, key)
		prepare(b, root, kept, size)
	}
	mine := filepath.Join(b.TempDir(), "data")
	if err := os.CopyFS(mine, os.DirFS(kept)); err != nil {
		b.Fatal(err)
	}
	return mine
}

func prepare(b *testing.B, root, kept string, size benchSize) {
	b.Helper()
	var laws []string
	if size.laws > 0 {
		laws = append(laws, filepath.Join(root, "laws"))
	}
	if size.laws > 1 {
		copies := filepath.Join(b.TempDir(), "laws")
		for n := range size.laws {
			if err := os.CopyFS(filepath.Join(copies, strconv.Itoa(n)), os.DirFS(laws[0])); err != nil {
				b.Fatal(err)
			}
		}
		laws[0] = copies
	}
	if err := os.MkdirAll(filepath.Dir(kept), 0o700); err != nil {
		b.Fatal(err)
	}
	raw, err := os.MkdirTemp(filepath.Dir(kept), "part-")
	if err != nil {
		b.Fatal(err)
	}
	run(b, append([]string{"import", "--data", raw, "--publish", filepath.Join(root, "ncp", "documents.jsonl")}, laws...)...)
	run(b, "import", "--data", raw, "--publish", "--map", guidesMap, filepath.Join(root, "guides", "guides.jsonl"))
	if err := os.Rename(raw, kept); err != nil && !errors.Is(err, fs.ErrExist) { // another run was quicker
		b.Fatal(err)
	}
}

// benchKey changes with the corpora and with the code that decides what a
// data folder holds.
func benchKey(b *testing.B, root string) string {
	b.Helper()
	sum := sha256.New()
	for _, folder := range []string{"../../corpus", "../../index", "../../store", root} {
		err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || strings.HasSuffix(path, "_test.go") {
				return err
			}
			info, err := e.Info()
			if err != nil {
				return err
			}
			if folder == root {
				fmt.Fprintln(sum, path, info.Size())
				return nil
			}
			data, err := os.ReadFile(path)
			fmt.Fprintln(sum, path, len(data))
			sum.Write(data)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// forgetOld removes prepared folders of code that is gone.
func forgetOld(b *testing.B, key string) {
	b.Helper()
	old, err := filepath.Glob(filepath.Join(os.TempDir(), "policybot-bench-*"))
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range old {
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > time.Hour && !strings.HasSuffix(name, key) {
			_ = os.RemoveAll(name) // another run may be doing the same
		}
	}
}

// server is a running policybot.
type server struct {
	process *exec.Cmd
	base    string
	ready   time.Duration // from start to ready
	log     string
}

// startServer starts one with one account over a data folder and returns when
// it is ready.
func startServer(b *testing.B, data string, safe bool) *server {
	b.Helper()
	env := []string{"POLICYBOT_WECHAT_TOKEN=" + loadToken, "POLICYBOT_WECHAT_APPID=" + loadAppID}
	if safe {
		env = append(env, "POLICYBOT_WECHAT_AES_KEY="+loadKey)
	}
	return startWith(b, data, env...)
}

// startWith starts one with these settings.
func startWith(b *testing.B, data string, env ...string) *server {
	b.Helper()
	s := &server{}
	s.process = command(b, "serve", "--data", data, "--addr", "127.0.0.1:0")
	s.process.Env = append(s.process.Env, env...)
	log, err := os.CreateTemp(filepath.Dir(data), "log-") // as long as the data
	if err != nil {
		b.Fatal(err)
	}
	s.log = log.Name()
	defer log.Close() // the child has its own
	s.process.Stderr = log
	out, err := s.process.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	if err := s.process.Start(); err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && s.base == "" {
		if f := strings.Fields(lines.Text()); len(f) == 3 && f[0] == "try" {
			s.base, s.ready = strings.TrimSuffix(f[2], "/"), time.Since(start)
		}
	}
	if s.base == "" {
		b.Fatalf("serve did not get ready:\n%s", s.tail())
	}
	return s
}

func (s *server) tail() string {
	data, err := os.ReadFile(s.log)
	if err != nil {
		return err.Error()
	}
	return string(data[max(0, len(data)-2000):])
}

// stop ends the server and returns how often its log names each status.
func (s *server) stop(b *testing.B) map[string]int {
	b.Helper()
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		b.Fatal(err)
	}
	if err := s.process.Wait(); err != nil {
		b.Fatalf("serve: %v\n%s", err, s.tail())
	}
	data, err := os.ReadFile(s.log)
	if err != nil {
		b.Fatal(err)
	}
	counts := map[string]int{}
	for line := range bytes.Lines(data) {
		if !bytes.Contains(line, []byte("msg=callback ")) {
			continue
		}
		_, rest, _ := bytes.Cut(line, []byte(" status="))
		status, _, _ := bytes.Cut(rest, []byte(" "))
		counts[string(status)]++
	}
	return counts
}

// resident returns a process's resident memory in MB: all of it, and what of
// it is not a file's (the mapped snapshot can be given back at any time).
func (s *server) resident(b *testing.B) (all, private float64) {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.Process.Pid))
	if err != nil {
		b.Skipf("SKIPPED: resident memory is read from /proc: %v", err)
	}
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); len(f) == 3 {
			kb, _ := strconv.ParseFloat(f[1], 64) // other lines have words there
			switch f[0] {
			case "VmRSS:":
				all = kb / 1024
			case "RssAnon:":
				private = kb / 1024
			}
		}
	}
	return all, private
}

// processor returns the seconds of processor time that a process has used:
// unlike the clock it does not depend on what else the machine does.
func (s *server) processor(b *testing.B) float64 {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.process.Process.Pid))
	if err != nil {
		b.Skipf("SKIPPED: processor time is read from /proc: %v", err)
	}
	f := strings.Fields(string(data))
	user, _ := strconv.ParseFloat(f[13], 64)   // numbers by definition
	system, _ := strconv.ParseFloat(f[14], 64) //
	return (user + system) / 100
}

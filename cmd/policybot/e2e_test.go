//go:build unix

package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The tests here start the whole program: in this process where that is
// enough, as a child where it has to be killed or limited.

// childEnv makes this test binary the program itself.
const childEnv = "POLICYBOT_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		limitChild()
		main() // exits
	}
	if len(os.Args) > 1 && os.Args[1] == pdfWorker {
		main() // an import in this process has started it
	}
	for _, kv := range os.Environ() {
		if name, _, _ := strings.Cut(kv, "="); strings.HasPrefix(name, "POLICYBOT_") && name != benchEnv && !strings.HasPrefix(name, meiliTest) {
			_ = os.Unsetenv(name) // whoever runs the tests may have settings
		}
	}
	os.Exit(m.Run())
}

// output is written by the program and read by the test.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// patience bounds every wait; it is met only where something is wrong.
const testPatience = 60 * time.Second

// eventually waits for a condition.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(testPatience); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("timed out: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// service is a running serve.
type service struct {
	base     string // http://127.0.0.1:port
	data     string
	out, log *output
	process  *exec.Cmd // nil in this process
	stop     func() int
	wait     func() int
}

var tryIt = regexp.MustCompile(`try it\s+(http://\S+)/\n`)

// ready waits until the greeting is there.
func (s *service) ready(t *testing.T) *service {
	t.Helper()
	eventually(t, "the greeting of serve", func() bool {
		if m := tryIt.FindStringSubmatch(s.out.String()); m != nil {
			s.base = m[1]
		}
		if s.base == "" && s.log.String() != "" && strings.Contains(s.log.String(), "policybot: ") {
			t.Fatalf("serve failed:\n%s", s.log)
		}
		return s.base != ""
	})
	return s
}

// serveArgs are those of a server that the test finds by its greeting.
func serveArgs(data string, args []string) []string {
	return append([]string{"serve", "--addr", "127.0.0.1:0", "--data", data}, args...)
}

// startHere serves in this process until the test ends.
func startHere(t *testing.T, data string, args ...string) *service {
	t.Helper()
	s := &service{data: data, out: &output{}, log: &output{}}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	code := 0
	go func() {
		defer close(done)
		code = execute(ctx, serveArgs(data, args), strings.NewReader(""), s.out, s.log)
	}()
	s.wait = func() int { <-done; return code }
	s.stop = func() int { cancel(); return s.wait() }
	t.Cleanup(func() { s.stop() })
	return s.ready(t)
}

// startChild serves in a process of its own.
func startChild(t *testing.T, data string, args ...string) *service {
	t.Helper()
	s := &service{data: data, out: &output{}, log: &output{}}
	s.process = child(t, s.out, s.log, nil, serveArgs(data, args)...)
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	s.wait = sync.OnceValue(func() int { return exitStatus(s.process.Wait()) })
	s.stop = func() int { _ = s.process.Process.Signal(syscall.SIGTERM); return s.wait() }
	t.Cleanup(func() { s.kill() })
	return s.ready(t)
}

// kill ends a child as a crash would.
func (s *service) kill() {
	_ = s.process.Process.Kill()
	s.wait()
}

func child(t *testing.T, out, errs io.Writer, env []string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, args...)
	c.Env = append(append(os.Environ(), childEnv+"=1"), env...)
	c.Stdout, c.Stderr = out, errs
	return c
}

// exitStatus is -1 where a signal ended the process.
func exitStatus(err error) int {
	if err == nil {
		return 0
	}
	if e, ok := err.(*exec.ExitError); ok {
		return e.ExitCode()
	}
	return -2
}

// done is what a command did.
type result struct {
	out, errs string
	code      int
}

// cli runs a command in this process.
func cli(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), testPatience)
	defer cancel()
	var out, errs output
	code := execute(ctx, args, strings.NewReader(stdin), &out, &errs)
	return result{out.String(), errs.String(), code}
}

// must fails the test where a command did not exit with code.
func (r result) must(t *testing.T, code int) result {
	t.Helper()
	if r.code != code {
		t.Fatalf("exit status %d, want %d\nstdout: %s\nstderr: %s", r.code, code, r.out, r.errs)
	}
	return r
}

// asked runs ask --jsonl with these questions.
func asked(t *testing.T, data string, flags []string, questions ...string) []answeredLine {
	t.Helper()
	var in strings.Builder
	for i, q := range questions {
		line, err := json.Marshal(askedLine{ID: fmt.Sprint(i), Question: q})
		if err != nil {
			t.Fatal(err)
		}
		in.Write(append(line, '\n'))
	}
	args := append([]string{"ask", "--jsonl", "--data", data}, flags...)
	r := cli(t, in.String(), args...).must(t, 0)
	var lines []answeredLine
	for dec := json.NewDecoder(strings.NewReader(r.out)); ; {
		var l answeredLine
		err := dec.Decode(&l)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
	}
	if len(lines) != len(questions) {
		t.Fatalf("%d lines for %d questions", len(lines), len(questions))
	}
	return lines
}

// get fetches a page.
func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// write makes a file of the test's own.
func write(t *testing.T, name string, lines ...string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// policy is a line of JSONL: a document of two articles about a thing that no
// other document is about.
func policy(id, thing string) string {
	line, err := json.Marshal(map[string]string{
		"id": id, "kind": "policy", "title": "云溪县" + thing + "借用办法", "agency": "云溪县民政局",
		"number": "云政规〔2025〕1号", "published": "2025-01-10", "effective": "2025-02-01",
		"text": "第一条 本县各乡镇便民服务中心配备" + thing + "，供居民免费借用。\n" +
			"第二条 借用" + thing + "的，凭本人身份证到乡镇便民服务中心登记，每次借用不超过七日，到期可以续借一次。",
	})
	if err != nil {
		panic(err)
	}
	return string(line)
}

// inquire reads one value from a data folder's database.
func inquire[T any](t *testing.T, data, query string, args ...any) T {
	t.Helper()
	db := database(t, data)
	var v T
	if err := db.QueryRow(query, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

// database opens a data folder's database beside its owner.
func database(t *testing.T, data string) *sql.DB {
	t.Helper()
	return openFile(t, filepath.Join(data, databaseName))
}

func openFile(t *testing.T, name string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+name+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

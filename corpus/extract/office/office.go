// Package office runs the programs that read what Go cannot: LibreOffice for
// doc, wps, rtf, xls and et, and a command that recognises the text of
// pictures. They meet hostile files: each runs in a folder of its own that is
// removed, without our environment's secrets, and is killed with all that it
// started at a deadline. Nothing that they print is shown.
package office

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
)

// The bounds of what is given to a program and taken from it.
const (
	maxInput  = 64 << 20 // bytes
	maxOutput = 64 << 20 // bytes of a converted file
	maxText   = 4 << 20  // bytes of recognised text
	killDelay = 5 * time.Second
)

// errDeadline is why a program was killed: it took longer than it may.
var errDeadline = errors.New("office: deadline")

// program is one run of another program.
type program struct {
	name    string
	args    []string
	dir     string // its working, home and temporary folder
	timeout time.Duration
	stdout  *bounded // nil is nowhere
}

// run runs it to its end. It returns ctx's error, errDeadline, errTooMuch, or
// that of the program.
func (p program) run(ctx context.Context) error {
	deadline, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	cmd := exec.CommandContext(deadline, p.name, p.args...)
	cmd.Dir, cmd.Env = p.dir, environment(cmd.Environ(), p.dir)
	cmd.WaitDelay = killDelay
	if p.stdout != nil {
		p.stdout.full = cancel
		cmd.Stdout = p.stdout
	}
	family(cmd)
	err := cmd.Run()
	// What it started and left behind ends with it.
	endFamily(cmd)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(deadline.Err(), context.DeadlineExceeded):
		return errDeadline
	case p.stdout != nil && p.stdout.over:
		return errTooMuch
	}
	return err
}

// environment is ours without what is our own: a program that a hostile file
// has taken over finds no secrets in it, and no home.
func environment(ours []string, dir string) []string {
	var out []string
	for _, pair := range ours {
		name, _, _ := strings.Cut(pair, "=")
		switch upper := strings.ToUpper(name); {
		case strings.HasPrefix(upper, "POLICYBOT_"):
		case upper == "HOME", upper == "TMPDIR", upper == "TMP", upper == "TEMP", upper == "DISPLAY", strings.HasPrefix(upper, "XDG_"):
		default:
			out = append(out, pair)
		}
	}
	return append(out, "HOME="+dir, "TMPDIR="+dir, "TMP="+dir, "TEMP="+dir)
}

// bounded keeps an output; one that is too large ends its program.
type bounded struct {
	most int
	full func() // called on the first byte too many
	text bytes.Buffer
	over bool
}

var errTooMuch = errors.New("office: output too large")

func (b *bounded) Write(p []byte) (int, error) {
	if b.over = b.over || b.text.Len()+len(p) > b.most; b.over {
		b.full()
		return 0, errTooMuch
	}
	return b.text.Write(p)
}

// workplace makes a folder for one run; done removes it.
func workplace() (dir string, done func(), err error) {
	dir, err = os.MkdirTemp("", "policybot-office-")
	if err != nil {
		return "", nil, fmt.Errorf("office: %w", err)
	}
	return dir, func() { _ = os.RemoveAll(dir) }, nil // what is left in a temporary folder is the system's to remove
}

// readBounded reads a file that a program wrote: a plain file of a size that
// can be.
func readBounded(name string, most int64) ([]byte, error) {
	info, err := os.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return nil, os.ErrNotExist
	}
	if info.Size() > most {
		return nil, errTooMuch
	}
	return os.ReadFile(name)
}

// turn waits for the one place of a slot.
func turn(ctx context.Context, slot chan struct{}) error {
	select {
	case slot <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// unusable is what a person is told when the machine fails us, not the file.
const unusable = corpus.Refusal("服务器的临时文件夹不能写入或已满，没有读取这个文件；请清理磁盘后再导入")

func writeInput(dir, name string, data []byte) (string, error) {
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return "", unusable
	}
	return path, nil
}

//go:build unix

package office

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// script is a program that does as a test wants.
func script(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(name, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestKilledWithChildren shows that what a program has started ends with it: a
// pipe that only they hold open is closed.
func TestKilledWithChildren(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	c := newConverter(script(t, "sh -c 'exec 3>"+pipe+"; sleep 600; echo late >&3' & sleep 600"))
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() {
		_, err := c.Convert(ctx, "a.rtf", []byte(`{\rtf1 a}`))
		result <- err
	}()
	held, err := os.Open(pipe) // until the child has opened it
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if rest, err := io.ReadAll(held); err != nil || len(rest) > 0 {
		t.Errorf("%q, %v", rest, err)
	}
}

func TestProgramsFail(t *testing.T) {
	t.Parallel()
	png := []byte("\x89PNG")
	for _, test := range []struct {
		name, script string
		timeout      time.Duration
		want         error
	}{
		{"too long", "sleep 600", 50 * time.Millisecond, slowPicture},
		{"too much", "while :; do echo 0123456789012345678901234567890123456789012345678901234567890123456789; done", recogniseTime, failed},
		{"an error", "echo secret >&2; echo half; exit 3", recogniseTime, failed},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := &Recogniser{args: []string{script(t, test.script), "{in}"}, timeout: test.timeout, slot: make(chan struct{}, 1)}
			if got, err := r.Text(t.Context(), png); !errors.Is(err, test.want) || got != "" {
				t.Errorf("%q, %v, want %v", got, err, test.want)
			}
		})
	}
	slowConverter := newConverter(script(t, "sleep 600"))
	slowConverter.timeout = 50 * time.Millisecond
	if _, err := slowConverter.Convert(t.Context(), "a.rtf", []byte(`{\rtf1 a}`)); !errors.Is(err, slow) {
		t.Errorf("got %v", err)
	}
	for name, text := range map[string]string{"nothing": "exit 0", "a link": `while [ "$1" != --outdir ]; do shift; done; mkdir "$2"; ln -s /etc/passwd "$2/in.docx"`} {
		if _, err := newConverter(script(t, text)).Convert(t.Context(), "a.rtf", []byte(`{\rtf1 a}`)); !errors.Is(err, damaged) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestWorkplace shows what a program finds, and that nothing of it stays.
func TestWorkplace(t *testing.T) {
	t.Setenv("POLICYBOT_TOKEN", "secret")
	t.Setenv("TMPDIR", t.TempDir())
	r := &Recogniser{args: []string{script(t, `echo "$POLICYBOT_TOKEN|$HOME|$1|$2"; pwd`), "x={in}", "$HOME"}, timeout: recogniseTime, slot: make(chan struct{}, 1)}
	got, err := r.Text(t.Context(), []byte("\x89PNG"))
	if err != nil {
		t.Fatal(err)
	}
	line, dir, _ := strings.Cut(got, "\n")
	if line != "|"+dir+"|x="+dir+"/in.png|$HOME" {
		t.Errorf("got %q", got)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

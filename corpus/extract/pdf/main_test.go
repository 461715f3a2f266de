package pdf

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMain makes the test program a child, or one that misbehaves, where its
// first argument says so.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		if run, ok := children[os.Args[1]]; ok {
			if err := run(); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			os.Exit(0)
		}
	}
	os.Exit(m.Run())
}

const ready = `{"ready":true}` + "\n"

// take reads hello and a request, so that the reader's writes don't fail.
func take() request {
	in := bufio.NewReader(os.Stdin)
	var h hello
	var r request
	_ = readLine(in, maxRequest, &h)
	fmt.Print(ready)
	_ = readLine(in, maxRequest, &r)
	_, _ = in.Discard(r.Size)
	return r
}

var children = map[string]func() error{
	"child-good": func() error { return Serve(context.Background(), os.Stdin, os.Stdout) },
	"child-never-ready": func() error {
		return fmt.Errorf("no memory")
	},
	"child-hangs": func() error {
		take()
		fmt.Print(`{"page":{"w":100,"h":100}}` + "\n")
		time.Sleep(time.Hour) // is killed
		return nil
	},
	"child-dies": func() error {
		take()
		return fmt.Errorf("out of memory")
	},
	"child-babbles": func() error {
		take()
		fmt.Print("no JSON\n")
		return nil
	},
	"child-floods": func() error {
		take()
		for range 100 {
			if _, err := fmt.Print(strings.Repeat("x", 1<<20)); err != nil {
				return err
			}
		}
		return nil
	},
	"child-endless": func() error {
		take()
		for {
			if _, err := fmt.Print(`{"page":{"w":100,"h":100}}` + "\n"); err != nil {
				return err
			}
		}
	},
}

// command starts the test program as a child.
func command(t testing.TB, name string) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{self, name}
}

// open returns a reader with a good child, ended with the test. The compiled
// PDFium is kept from one run to the next.
func opened(t testing.TB, cfg Config) *Reader {
	t.Helper()
	if cfg.Command == nil {
		cfg.Command = command(t, "child-good")
	}
	if cfg.Cache == "" {
		cfg.Cache = filepath.Join(os.TempDir(), "policybot-test-pdfium")
	}
	r := New(cfg)
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows how far an import is: a bar on a terminal, a line every few
// seconds elsewhere.
type progress struct {
	bar  *progressbar.ProgressBar
	errs io.Writer
	what string // is counted
	n    int
	last time.Time
}

func newProgress(errs io.Writer) progress {
	p := progress{errs: errs, what: "documents read", last: time.Now()}
	if f, ok := errs.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions(-1, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription("importing"),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("documents"),
			progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
	}
	return p
}

func (p *progress) add(n int) {
	p.n += n
	if p.bar != nil {
		_ = p.bar.Add(n) // a terminal that is gone
		return
	}
	if time.Since(p.last) > 5*time.Second {
		p.last = time.Now()
		fmt.Fprintf(p.errs, "%d %s\n", p.n, p.what)
	}
}

func (p *progress) say(what string) {
	if p.bar != nil {
		p.bar.Describe(what)
	}
}

func (p *progress) clear() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}

func (p *progress) done() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}

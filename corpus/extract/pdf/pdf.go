// Package pdf reads PDF files (ISO 32000) into blocks. PDFium, as WebAssembly,
// finds the text and its places. Nothing interrupts it once it runs, so it
// runs in a child process of the same program, which is ended where it takes
// too long; memory that it may take is bounded, and only the child dies of
// it. How places become blocks is package layout's rule.
package pdf

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract/layout"
)

// Config says how the child is started and what helps.
type Config struct {
	// Command starts the child: a program and its arguments that call Serve
	// with its standard input and output.
	Command []string
	// Cache is a folder for the compiled PDFium (about 22 MB), made where it
	// is missing. "" compiles it anew in every child, which takes seconds.
	Cache string
	// Recognise returns the text of a picture (PNG), a line a line; nil where
	// nothing does.
	Recognise func(ctx context.Context, picture []byte) (string, error)
	// PageTime bounds the time of one page and FileTime that of a file, without
	// the time in Recognise; 0 is 20 seconds and 3 minutes.
	PageTime, FileTime time.Duration
}

// Reader reads PDF files, one at a time. The child is started with the first
// and kept for the next.
type Reader struct {
	cfg   Config
	turn  chan struct{} // holds one token while nobody reads
	child *child        // nil where none runs; owned by who has the token
}

// New returns a reader. Close ends its child.
func New(cfg Config) *Reader {
	if cfg.PageTime <= 0 {
		cfg.PageTime = 20 * time.Second
	}
	if cfg.FileTime <= 0 {
		cfg.FileTime = 3 * time.Minute
	}
	r := &Reader{cfg: cfg, turn: make(chan struct{}, 1)}
	r.turn <- struct{}{}
	return r
}

// Close waits for the file that is being read and ends the child.
func (r *Reader) Close() error {
	<-r.turn
	defer func() { r.turn <- struct{}{} }()
	r.drop()
	return nil
}

func (r *Reader) drop() {
	if r.child != nil {
		r.child.end()
		r.child = nil
	}
}

// Read reads a PDF file. Errors are corpus.Refusal, or those of ctx.
func (r *Reader) Read(ctx context.Context, data []byte) (corpus.Reading, error) {
	if !bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-")) {
		return corpus.Reading{}, corpus.Refusal("不是 PDF 文件，或文件开头已损坏")
	}
	select {
	case <-r.turn:
	case <-ctx.Done():
		return corpus.Reading{}, ctx.Err()
	}
	defer func() { r.turn <- struct{}{} }()
	b := &layout.Collector{Recognise: r.cfg.Recognise}
	if !bytes.Contains(data[max(0, len(data)-2048):], []byte("%%EOF")) {
		b.Warn("文件结尾不完整，可能没有下载完或已损坏，请核对有无缺页")
	}
	if err := r.pages(ctx, data, b); err != nil {
		if ctx.Err() != nil {
			return corpus.Reading{}, ctx.Err()
		}
		return corpus.Reading{}, err
	}
	return b.Reading(), nil
}

// errDied says that the child ended without an answer.
var errDied = errors.New("pdf: the child died")

// pages asks the child for all pages. A child that was kept may have died
// since: the file then gets a new one.
func (r *Reader) pages(ctx context.Context, data []byte, b *layout.Collector) error {
	kept := r.child != nil
	read := func(c *child) error { return c.read(ctx, r.cfg, data, b) }
	err := r.attempt(ctx, read)
	if kept && errors.Is(err, errDied) && b.Count() == 0 && ctx.Err() == nil {
		err = r.attempt(ctx, read)
	}
	if errors.Is(err, errDied) {
		return corpus.Refusal("读取 PDF 时出错：文件已损坏，或占用的内存超过上限，未导入")
	}
	return err
}

// attempt has a child do something.
func (r *Reader) attempt(ctx context.Context, do func(*child) error) error {
	if r.child != nil && r.child.late.Load() {
		r.drop() // its time ran out just as it answered
	}
	if r.child == nil {
		c, err := start(ctx, r.cfg)
		if err != nil {
			return err
		}
		r.child = c
	}
	err := do(r.child)
	var refusal corpus.Refusal
	if err != nil && !(errors.As(err, &refusal) && r.child.answered) {
		r.drop()
	}
	return err
}

// Drawing is a page as a person looks at it.
type Drawing struct {
	PNG   []byte // nil: there is no such page
	Pages int    // of the whole file
}

// The refusals of Draw.
const (
	notDrawn  = corpus.Refusal("这一页画不出来，请下载原件看")
	notOpened = corpus.Refusal("这份PDF打不开，请下载原件看")
)

// Draw draws one page of a PDF file, counted from 1. Errors are
// corpus.Refusal, or those of ctx.
func (r *Reader) Draw(ctx context.Context, data []byte, page int) (Drawing, error) {
	if page < 1 {
		return Drawing{}, notDrawn
	}
	select {
	case <-r.turn:
	case <-ctx.Done():
		return Drawing{}, ctx.Err()
	}
	defer func() { r.turn <- struct{}{} }()
	var out Drawing
	draw := func(c *child) (err error) { out, err = c.draw(ctx, r.cfg, data, page); return err }
	kept := r.child != nil
	err := r.attempt(ctx, draw)
	if kept && errors.Is(err, errDied) && ctx.Err() == nil {
		err = r.attempt(ctx, draw)
	}
	if errors.Is(err, errDied) {
		err = notDrawn
	}
	return out, err
}

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
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract/layout"
)

// The bounds of what is read.
const (
	MaxPages = 2000
	maxText  = 16 << 20 // bytes of text, spread over all pages
	maxSpans = 2_000_000
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
	b := &book{recognise: r.cfg.Recognise}
	if !bytes.Contains(data[max(0, len(data)-2048):], []byte("%%EOF")) {
		b.warn("文件结尾不完整，可能没有下载完或已损坏，请核对有无缺页")
	}
	if err := r.pages(ctx, data, b); err != nil {
		if ctx.Err() != nil {
			return corpus.Reading{}, ctx.Err()
		}
		return corpus.Reading{}, err
	}
	return b.reading(), nil
}

// errDied says that the child ended without an answer.
var errDied = errors.New("pdf: the child died")

// pages asks the child for all pages. A child that was kept may have died
// since: the file then gets a new one.
func (r *Reader) pages(ctx context.Context, data []byte, b *book) error {
	kept := r.child != nil
	err := r.attempt(ctx, data, b)
	if kept && errors.Is(err, errDied) && b.count == 0 && ctx.Err() == nil {
		err = r.attempt(ctx, data, b)
	}
	if errors.Is(err, errDied) {
		return corpus.Refusal("读取 PDF 时出错：文件已损坏，或占用的内存超过上限，未导入")
	}
	return err
}

func (r *Reader) attempt(ctx context.Context, data []byte, b *book) error {
	if r.child == nil {
		c, err := start(ctx, r.cfg)
		if err != nil {
			return err
		}
		r.child = c
	}
	err := r.child.read(ctx, r.cfg, data, b)
	var refusal corpus.Refusal
	if err != nil && !(errors.As(err, &refusal) && r.child.answered) {
		r.drop()
	}
	return err
}

// book collects pages.
type book struct {
	recognise  func(ctx context.Context, picture []byte) (string, error)
	count      int // pages seen
	total      int // pages that the file has
	size       int
	spans      int
	pages      []layout.Page
	warnings   []string
	recognised []int
	unread     []int // pictures without text
	failed     []int // pages that PDFium could not open
	garbled    []int // pages whose fonts don't say what they show
	silent     []int // pictures in which nothing was recognised
	turned     []string
	odd        int // single characters that are unknown
}

func (b *book) warn(format string, args ...any) {
	b.warnings = append(b.warnings, fmt.Sprintf(format, args...))
}

// take adds a page that the child sent.
func (b *book) take(ctx context.Context, p *pageMessage) error {
	b.count++
	for _, s := range p.Spans {
		b.size += len(s.Text)
	}
	if b.spans += len(p.Spans); b.count > MaxPages || b.size > maxText || b.spans > maxSpans {
		return corpus.Refusal(fmt.Sprintf("PDF 太大（超过 %d 页，或文字超过 %d MB），未导入；请拆成几份", MaxPages, maxText>>20))
	}
	number := b.count
	if p.Failed {
		b.failed = append(b.failed, number)
		return nil
	}
	page := p.page(number)
	bad, all := garbage(page.Spans)
	unreadable := all >= 20 && 10*bad >= all
	switch {
	case unreadable && len(p.Picture) == 0:
		b.garbled = append(b.garbled, number)
		return nil
	case unreadable, p.Scan && len(p.Picture) > 0 && b.recognise != nil:
		return b.see(ctx, p, page, unreadable)
	case p.Scan:
		b.unread = append(b.unread, number)
	case p.Hidden:
		b.recognised = append(b.recognised, number)
	}
	b.odd += mend(page.Spans)
	b.pages = append(b.pages, page)
	if p.Turned != "" {
		b.turned = append(b.turned, p.Turned)
	}
	return nil
}

// see recognises the picture of a page. Text that stands on it besides is
// part of the picture, and not taken twice.
func (b *book) see(ctx context.Context, p *pageMessage, page layout.Page, garbled bool) error {
	text, err := b.recognise(ctx, p.Picture)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil || strings.TrimSpace(text) == "" {
		switch {
		case garbled:
			b.garbled = append(b.garbled, page.Number)
			return nil
		case err != nil:
			b.unread = append(b.unread, page.Number)
		default:
			b.silent = append(b.silent, page.Number)
		}
		b.odd += mend(page.Spans)
		b.pages = append(b.pages, page)
		return nil
	}
	b.recognised = append(b.recognised, page.Number)
	b.pages = append(b.pages, layout.Plain(page.Number, text, 12))
	return nil
}

// reading lays out all pages.
func (b *book) reading() corpus.Reading {
	laid := layout.Read(b.pages)
	out := corpus.Reading{
		Title: laid.Title, Blocks: laid.Blocks, Pages: b.count,
		Recognised: b.recognised, Unread: slices.Sorted(slices.Values(slices.Concat(b.unread, b.garbled, b.silent, b.failed))),
	}
	for _, w := range []struct {
		pages []int
		text  string
	}{
		{b.unread, "%s是扫描图片，没有文字，未导入；请提供可复制文字的 PDF 或 Word 原件，或配置文字识别"},
		{b.silent, "%s是图片，没有识别出文字，请核对原件"},
		{b.recognised, "%s的文字是从图片识别的，可能有错，请对照原件核对"},
		{b.garbled, "%s的字体没有文字编码，取出来是乱码，未导入；请提供 Word 原件"},
		{b.failed, "%s已损坏，无法打开，未导入"},
	} {
		if len(w.pages) > 0 {
			b.warn(w.text, layout.Pages(w.pages))
		}
	}
	if b.total > b.count {
		b.warn("文件称有 %d 页，只读出 %d 页", b.total, b.count)
	}
	if len(b.turned) > 0 {
		b.warn("已略去斜排的文字（多为水印）：“%s”", strings.Join(distinct(b.turned), "”“"))
	}
	if b.odd > 0 {
		b.warn("有 %d 个字符的字体没有文字编码，以“□”代替，请对照原件核对", b.odd)
	}
	out.Warnings = append(b.warnings, laid.Warnings...)
	return out
}

func distinct(all []string) []string {
	slices.Sort(all)
	return slices.Compact(all)
}

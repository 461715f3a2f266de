package layout

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// The bounds of what a collector takes.
const (
	MaxPages = 2000
	maxText  = 16 << 20 // bytes of text, spread over all pages
	maxSpans = 2_000_000
	minGuess = 20 // characters from which a share of unknown ones tells something
)

// Sheet is a page as a reader of a format found it.
type Sheet struct {
	Number int
	// Turns are what is read upright, and what is read with the page turned by
	// one, two and three quarters: each with the places as then seen.
	Turns   [4]Page
	Scan    bool   // a picture, or letters drawn as shapes: there is text that has no characters
	Hidden  bool   // a picture with invisible text above it, as text recognition writes it
	Failed  bool   // it could not be opened
	Picture []byte // of the page; empty where there is none, or nobody recognises it
	Slanted string // text at other angles, left out
}

// Collector takes the pages of a file one after the other and makes its
// Reading: it has the text of pictures recognised, refuses garbled text, and
// says what is missing.
type Collector struct {
	// Recognise returns the text of a picture, a line a line; nil: nothing does.
	Recognise func(ctx context.Context, picture []byte) (string, error)
	// Total is how many pages the file says to have; 0 is not known.
	Total int

	count, size, spans                                    int
	pages                                                 []Page
	warnings                                              []string
	recognised, unread, failed, garbled, silent, notRight []int
	slanted                                               []string
	odd                                                   int // single characters that are unknown
}

// Count is the number of pages taken.
func (c *Collector) Count() int { return c.count }

// Warn adds a warning.
func (c *Collector) Warn(format string, args ...any) {
	c.warnings = append(c.warnings, fmt.Sprintf(format, args...))
}

// Add takes a page. Its errors are a corpus.Refusal of what is too large, and
// that of ctx.
func (c *Collector) Add(ctx context.Context, s Sheet) error {
	c.count++
	bad, all := 0, 0
	for _, p := range s.Turns {
		for _, span := range p.Spans {
			c.size += len(span.Text)
		}
		c.spans += len(p.Spans)
		b, n := garbage(p.Spans)
		bad, all = bad+b, all+n
	}
	if c.count > MaxPages || c.size > maxText || c.spans > maxSpans {
		return corpus.Refusal(fmt.Sprintf("文件太大（超过 %d 页，或文字超过 %d MB），未导入；请拆成几份", MaxPages, maxText>>20))
	}
	unreadable := all >= minGuess && 10*bad >= all
	switch {
	case s.Failed:
		c.failed = append(c.failed, s.Number)
		return nil
	case (unreadable || s.Scan) && len(s.Picture) > 0 && c.Recognise != nil:
		done, err := c.see(ctx, s, unreadable)
		if err != nil || done {
			return err
		}
	case unreadable:
		c.garbled = append(c.garbled, s.Number)
		return nil
	case s.Scan:
		c.unread = append(c.unread, s.Number)
	case s.Hidden:
		c.recognised = append(c.recognised, s.Number)
	}
	c.keep(s)
	return nil
}

// keep takes the text of a page.
func (c *Collector) keep(s Sheet) {
	for i, p := range s.Turns {
		if i == 0 || len(p.Spans) > 0 {
			c.odd += mend(p.Spans)
			c.pages = append(c.pages, p)
		}
	}
	if s.Slanted != "" {
		c.slanted = append(c.slanted, s.Slanted)
	}
}

// see recognises the picture of a page. Text that stands on it besides is
// part of the picture, and not taken twice. done is false where nothing came
// of it and the page's own text is good.
func (c *Collector) see(ctx context.Context, s Sheet, garbled bool) (done bool, err error) {
	text, err := c.Recognise(ctx, s.Picture)
	switch {
	case ctx.Err() != nil:
		return true, ctx.Err()
	case err == nil && strings.TrimSpace(text) != "":
		c.recognised = append(c.recognised, s.Number)
		c.pages = append(c.pages, Plain(s.Number, text, 12))
		return true, nil
	case garbled:
		c.garbled = append(c.garbled, s.Number)
		return true, nil
	case err != nil:
		c.notRight = append(c.notRight, s.Number)
	default:
		c.silent = append(c.silent, s.Number)
	}
	return false, nil
}

// Reading lays out all pages.
func (c *Collector) Reading() corpus.Reading {
	laid := Read(c.pages)
	unread := slices.Concat(c.unread, c.garbled, c.silent, c.notRight, c.failed)
	slices.Sort(unread)
	out := corpus.Reading{
		Title: laid.Title, Blocks: laid.Blocks, Pages: c.count, Recognised: c.recognised, Unread: unread,
	}
	for _, w := range [...]struct {
		pages []int
		text  string
	}{
		{c.unread, "%s是扫描图片，没有文字，未导入；请提供能复制文字的原件（如 Word），或配置文字识别"},
		{c.notRight, "%s是扫描图片，文字识别没有成功，未导入；请提供能复制文字的原件（如 Word）"},
		{c.silent, "%s是图片，没有识别出文字，请核对原件"},
		{c.recognised, "%s的文字是从图片识别的，可能有错，请对照原件核对"},
		{c.garbled, "%s的字体没有文字编码，取出来是乱码，未导入；请提供 Word 原件"},
		{c.failed, "%s缺失或已损坏，无法打开，未导入"},
	} {
		if len(w.pages) > 0 {
			c.Warn(w.text, Pages(w.pages))
		}
	}
	if len(laid.Blocks) == 0 && len(unread) == 0 {
		c.Warn("文件里没有文字，未导入；请核对原件")
	}
	if c.Total > c.count {
		c.Warn("文件称有 %d 页，只读出 %d 页", c.Total, c.count)
	}
	if len(c.slanted) > 0 {
		slices.Sort(c.slanted)
		c.Warn("已略去斜排的文字（多为水印）：“%s”", strings.Join(slices.Compact(c.slanted), "”“"))
	}
	if c.odd > 0 {
		c.Warn("有 %d 个字符的字体没有文字编码，以“□”代替，请对照原件核对", c.odd)
	}
	out.Warnings = append(c.warnings, laid.Warnings...)
	return out
}

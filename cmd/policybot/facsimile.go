package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // scans
	"image/png"
	"io"
	"sync"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract"
	"github.com/policybot/policybot/web/console"
)

// The bounds of showing an original. Citizens' answers go first: one leaf is
// made at a time, by a reader of its own, which ends when nobody looks.
const (
	leafTime     = 30 * time.Second
	leafPrint    = 20 * time.Second
	leafIdle     = 2 * time.Minute
	leafLetters  = 100_000  // of a text that is shown
	leafPixels   = 25 << 20 // of a picture that is opened: A4 at 400 dpi has 15 million
	leafSide     = 2000     // pixels of the longer side that is shown
	leavesKept   = 24 << 20 // bytes of leaves that may be looked at again
	leafPicture  = "这张图片打不开或太大，请下载原件看。"
	leafManifold = "这个文件里不止这一条，分不出哪一段是它的，请下载原件看。"
)

// facsimile shows the files that revisions were read from: pages of a PDF,
// scans, and, where there is LibreOffice, of Word documents as pictures that
// are drawn here, everything else as the text that a reader finds. Nothing of the file itself reaches a browser.
type facsimile struct {
	app   *app
	tools func() (*tools, error)
	slot  chan struct{}

	mu   sync.Mutex
	made *tools // set once they were
	idle *time.Timer
	kept map[leafKey]console.Leaf
	size int

	// What was printed last, by who has the slot: its pages are looked at one
	// after the other.
	printed    []byte
	printedSum string
}

// leafKey is what a leaf depends on: a file of the same content is the same.
type leafKey struct {
	sum, title string
	page       int
}

func newFacsimile(a *app) *facsimile {
	f := &facsimile{app: a, slot: make(chan struct{}, 1), kept: map[leafKey]console.Leaf{}}
	f.tools = sync.OnceValues(func() (*tools, error) {
		t, err := a.settings.newTools(a.settings.path("cache"), func(line string) { a.log.Info(line) })
		f.mu.Lock()
		defer f.mu.Unlock()
		f.made = t
		return t, err
	})
	return f
}

// Close ends the reader.
func (f *facsimile) Close() error {
	f.mu.Lock()
	made, idle := f.made, f.idle
	f.mu.Unlock()
	if idle != nil {
		idle.Stop()
	}
	if made == nil {
		return nil
	}
	return made.Close()
}

// Leaf implements console.Facsimile.
func (f *facsimile) Leaf(ctx context.Context, a corpus.Attached, title string, page int) (console.Leaf, error) {
	key := leafKey{sum: a.Sum, title: title, page: page}
	if l, ok := f.known(key); ok {
		return l, nil
	}
	ctx, cancel := context.WithTimeout(ctx, leafTime)
	defer cancel()
	select {
	case f.slot <- struct{}{}:
		defer func() { <-f.slot }()
	case <-ctx.Done():
		return console.Leaf{}, ctx.Err()
	}
	if l, ok := f.known(key); ok { // somebody else asked for the same
		return l, nil
	}
	data, err := io.ReadAll(f.app.store.Bytes(ctx, a))
	if err != nil {
		return console.Leaf{}, err
	}
	l, err := f.leaf(ctx, a, data, title, page)
	var said corpus.Refusal
	if errors.As(err, &said) {
		l, err = console.Leaf{Why: string(said)}, nil
	}
	if err == nil {
		f.keep(key, l)
	}
	return l, err
}

// leaf makes one, by what the file's bytes are.
func (f *facsimile) leaf(ctx context.Context, a corpus.Attached, data []byte, title string, page int) (console.Leaf, error) {
	t, err := f.tools()
	if err != nil {
		return console.Leaf{}, fmt.Errorf("the readers: %w", err)
	}
	switch {
	case bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-")):
		return f.drawn(ctx, t, data, page)
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")), bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		if page > 1 {
			return console.Leaf{Pages: 1}, nil
		}
		drawn, err := redrawn(data)
		if err != nil {
			return console.Leaf{}, corpus.Refusal(leafPicture)
		}
		return pictured(drawn, 1)
	}
	paper, err := f.print(ctx, t, a, data)
	if err != nil {
		return console.Leaf{}, err
	}
	if paper != nil {
		return f.drawn(ctx, t, paper, page)
	}
	return textLeaf(ctx, t, a, data, title)
}

func (f *facsimile) drawn(ctx context.Context, t *tools, data []byte, page int) (console.Leaf, error) {
	d, err := t.reader.Draw(ctx, data, page)
	f.endLater(t)
	if err != nil {
		return console.Leaf{}, err
	}
	return pictured(d.PNG, d.Pages)
}

// print makes a PDF of a Word document; nil where that cannot be done, or not
// soon enough. The error is ctx's.
func (f *facsimile) print(ctx context.Context, t *tools, a corpus.Attached, data []byte) ([]byte, error) {
	if t.print == nil {
		return nil, nil
	}
	if f.printedSum != a.Sum {
		soon, cancel := context.WithTimeout(ctx, leafPrint)
		defer cancel()
		paper, err := t.print(soon, a.Name, data)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			paper = nil // its text is shown instead
		}
		f.printed, f.printedSum = paper, a.Sum
	}
	return f.printed, nil
}

// endLater ends the reader's child when it was not needed for a while.
func (f *facsimile) endLater(t *tools) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.idle == nil {
		f.idle = time.AfterFunc(leafIdle, func() { _ = t.Close() }) // it never fails
		return
	}
	f.idle.Reset(leafIdle)
}

func pictured(data []byte, pages int) (console.Leaf, error) {
	l := console.Leaf{PNG: data, Pages: pages}
	if data == nil {
		return l, nil
	}
	c, err := png.DecodeConfig(bytes.NewReader(data))
	l.Width, l.Height = c.Width, c.Height
	return l, err
}

// redrawn opens a picture and makes a PNG of what is seen in it: nothing else
// that is in the file goes on, and it is not larger than a screen.
func redrawn(data []byte) ([]byte, error) {
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if c.Width <= 0 || c.Height <= 0 || c.Width > leafPixels/c.Height {
		return nil, corpus.Refusal(leafPicture)
	}
	picture, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, smaller(picture, leafSide))
	return out.Bytes(), err
}

// smaller takes a picture down by a whole number, each point the mean of a
// square, so that its longer side has at most so many pixels.
func smaller(from image.Image, most int) image.Image {
	b := from.Bounds()
	n := (max(b.Dx(), b.Dy()) + most - 1) / most
	if n <= 1 {
		return from
	}
	out := image.NewRGBA(image.Rect(0, 0, max(1, b.Dx()/n), max(1, b.Dy()/n)))
	for y := range out.Rect.Max.Y {
		for x := range out.Rect.Max.X {
			var sum [3]uint64
			for i := range n * n {
				at := from.At(min(b.Min.X+x*n+i%n, b.Max.X-1), min(b.Min.Y+y*n+i/n, b.Max.Y-1))
				red, green, blue, _ := at.RGBA()
				sum[0], sum[1], sum[2] = sum[0]+uint64(red), sum[1]+uint64(green), sum[2]+uint64(blue)
			}
			of := func(v uint64) uint8 { return uint8(v / uint64(n*n) >> 8) }
			out.SetRGBA(x, y, color.RGBA{of(sum[0]), of(sum[1]), of(sum[2]), 255})
		}
	}
	return out
}

// textLeaf is the text that a reader finds in a file; of one that holds many
// documents, that of the one with the title.
func textLeaf(ctx context.Context, t *tools, a corpus.Attached, data []byte, title string) (console.Leaf, error) {
	records, problems, err := extract.Read(ctx, a.Name, data, extract.Options{Tools: extract.Tools{Convert: t.Convert}})
	if err != nil {
		return console.Leaf{}, err
	}
	var found []corpus.Content
	for _, r := range records {
		if len(records) == 1 || r.Content.Document.Title == title {
			found = append(found, r.Content)
		}
	}
	switch {
	case len(records) == 0 && len(problems) > 0:
		return console.Leaf{Why: problems[0].Message + "。"}, nil
	case len(found) != 1:
		return console.Leaf{Why: leafManifold}, nil
	}
	l := console.Leaf{Text: found[0].Text}
	if letters := []rune(l.Text); len(letters) > leafLetters {
		l.Text, l.More = string(letters[:leafLetters]), true
	}
	return l, nil
}

func (f *facsimile) known(key leafKey) (console.Leaf, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l, ok := f.kept[key]
	return l, ok
}

// keep keeps a leaf for who looks at it next: the page asks for its size, then
// for its picture, and a colleague looks at the same. When there are too many,
// all are let go.
func (f *facsimile) keep(key leafKey, l console.Leaf) {
	f.mu.Lock()
	defer f.mu.Unlock()
	size := len(l.PNG) + len(l.Text)
	if f.size+size > leavesKept {
		clear(f.kept)
		f.size = 0
	}
	f.kept[key] = l
	f.size += size
}

//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract/extracttest"
	"github.com/policybot/policybot/web/console"
)

func TestPicturesAreRedrawn(t *testing.T) {
	t.Parallel()
	scan := func(w, h int) []byte {
		img := image.NewGray(image.Rect(0, 0, w, h))
		for x := range w {
			img.SetGray(x, 0, color.Gray{Y: 255})
		}
		var out bytes.Buffer
		if err := png.Encode(&out, img); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	for name, x := range map[string]struct {
		w, h, wantW, wantH int
	}{
		"small stays": {30, 40, 30, 40}, "a half": {4000, 10, 2000, 5}, "a third": {4001, 10, 1333, 3}, "thin": {1, 2001, 1, 1000},
	} {
		drawn, err := redrawn(scan(x.w, x.h))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c, err := png.DecodeConfig(bytes.NewReader(drawn)); err != nil || c.Width != x.wantW || c.Height != x.wantH {
			t.Errorf("%s: %d by %d, %v", name, c.Width, c.Height, err)
		}
	}
	huge := scan(2, 2)
	copy(huge[16:], []byte{0, 0, 0x7f, 0xff, 0, 0, 0x7f, 0xff}) // says that it is 32767 wide and high
	for name, data := range map[string][]byte{"huge": huge, "half": scan(300, 300)[:60], "none": nil} {
		if _, err := redrawn(data); err == nil {
			t.Errorf("%s: drawn", name)
		}
	}
}

func TestTextOfAnOriginal(t *testing.T) {
	t.Parallel()
	faq := extracttest.Workbook(t, "问题|答案", "风筝能放多高？|不超过一百二十米。", "风筝在哪放？|在滨河公园。")
	old := &tools{}
	for name, x := range map[string]struct {
		file, title string
		data        []byte
		says, why   string
	}{
		"word":     {"a.docx", "", extracttest.Docx(t, kiteRules), "每日7时至19时开放", ""},
		"one line": {"a.xlsx", "风筝在哪放？", faq, "在滨河公园", ""},
		"no line":  {"a.xlsx", "改过的题目", faq, "", leafManifold},
		"old":      {"a.doc", "", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 2000)), "", "。"},
		"broken":   {"a.docx", "", extracttest.Docx(t, kiteRules)[:200], "", "损坏"},
	} {
		l, err := textLeaf(t.Context(), old, corpus.Attached{Name: x.file}, x.data, x.title)
		if err != nil || !strings.Contains(l.Text, x.says) || !strings.Contains(l.Why, x.why) || (l.Why == "") != (x.why == "") {
			t.Errorf("%s: %+v, %v", name, l, err)
		}
	}
	long := "风筝的规定\n" + strings.Repeat("第一条 风筝线长不得超过二百米。\n", leafLetters/8)
	if l, err := textLeaf(t.Context(), old, corpus.Attached{Name: "a.txt"}, []byte(long), ""); err != nil || !l.More || len([]rune(l.Text)) != leafLetters {
		t.Errorf("%d letters, more: %v, %v", len([]rune(l.Text)), l.More, err)
	}
}

// TestLeavesAreKept: what was made is not made again, as long as it is not too
// much; who waits no longer gets nothing.
func TestLeavesAreKept(t *testing.T) {
	t.Parallel()
	f := newFacsimile(nil)
	for i := range 5 {
		f.keep(leafKey{sum: "a", page: i}, console.Leaf{PNG: make([]byte, leavesKept/4)})
	}
	if _, ok := f.known(leafKey{sum: "a", page: 4}); !ok || f.size > leavesKept || len(f.kept) != 1 {
		t.Errorf("%d leaves of %d bytes, the last is there: %v", len(f.kept), f.size, ok)
	}
	if l, err := f.Leaf(t.Context(), corpus.Attached{Sum: "a"}, "", 4); err != nil || len(l.PNG) == 0 {
		t.Error(err)
	}
	f.slot <- struct{}{} // somebody else's turn
	gone, stop := context.WithCancel(t.Context())
	stop()
	if _, err := f.Leaf(gone, corpus.Attached{Sum: "b"}, "", 1); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

package pdf

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
)

// TestDraw draws pages by the same child that reads files.
func TestDraw(t *testing.T) {
	t.Parallel()
	r := opened(t, Config{})
	red := onePage(helvetica, stream("", "1 0 0 rg 0 421 595 421 re f 0 g BT /F1 12 Tf 72 300 Td (Hello, office) Tj ET"))
	got, err := r.Draw(t.Context(), red, 1)
	if err != nil || got.Pages != 1 {
		t.Fatalf("%d pages, %v", got.Pages, err)
	}
	picture, err := png.Decode(bytes.NewReader(got.PNG))
	if err != nil {
		t.Fatal(err)
	}
	size := picture.Bounds()
	if size.Dx() < 1000 || size.Dy() < 1400 || size.Dy() > drawPixels {
		t.Errorf("A4 is drawn as %v", size)
	}
	if r, g, b, _ := picture.At(size.Dx()/2, size.Dy()/4).RGBA(); r>>8 != 255 || g != 0 || b != 0 {
		t.Errorf("what is red is drawn as %d %d %d", r>>8, g>>8, b>>8)
	}
	if got, err := r.Draw(t.Context(), red, 2); err != nil || got.PNG != nil || got.Pages != 1 {
		t.Errorf("the second page of one: %d bytes of %d pages, %v", len(got.PNG), got.Pages, err)
	}
	if page := read(t, r, red); text(page) != "Hello, office" {
		t.Errorf("read after it was drawn: %q", text(page))
	}
	wide := onePage("/UserUnit 1", stream("", ""))
	wide = bytes.Replace(wide, []byte("[0 0 595 842]"), []byte("[0 0 9999 42]"), 1)
	if got, err := r.Draw(t.Context(), wide, 1); err == nil {
		c, err := png.DecodeConfig(bytes.NewReader(got.PNG))
		if err != nil || c.Width > drawPixels {
			t.Errorf("a wide page is drawn as %d by %d, %v", c.Width, c.Height, err)
		}
	} else {
		t.Error(err)
	}
	var said corpus.Refusal
	for _, page := range []int{0, -1} {
		if _, err := r.Draw(t.Context(), red, page); !errors.As(err, &said) {
			t.Errorf("page %d: %v", page, err)
		}
	}
	if _, err := r.Draw(t.Context(), []byte("%PDF-1.7\nnothing\n%%EOF"), 1); !errors.As(err, &said) || !strings.Contains(err.Error(), "下载原件") {
		t.Errorf("broken: %v", err)
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	if _, err := r.Draw(gone, red, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits: %v", err)
	}
}

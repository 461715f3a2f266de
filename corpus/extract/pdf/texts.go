package pdf

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract/layout"
)

// texts collects the characters of a page into spans: neighbours on one line
// in one size.
type texts struct {
	view    view
	out     *pageMessage
	pdf     pdfium.Pdfium
	page    references.FPDF_TEXTPAGE
	trusted bool // codes are characters, whatever the font says
	letters int
	bad     int // characters that mean nothing outside their font

	open    strings.Builder
	box     [4]float64 // of the open span
	loose   [4]float64 // of the last character
	size    float64
	gap     float64 // before the last character
	blank   bool    // PDFium sees a blank before the next character
	turn    int     // quarter turns of the open span
	skipped bool    // the open span is at another angle
	suspect bool    // the open span's font didn't tell its first character
	slanted strings.Builder
}

func (t *texts) read(pdf pdfium.Pdfium, page requests.Page) error {
	loaded, err := pdf.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: page})
	if err != nil {
		return err
	}
	t.pdf, t.page = pdf, loaded.TextPage
	defer func() {
		_, _ = pdf.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: t.page}) // all is closed with the document
	}()
	counted, err := pdf.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: t.page})
	if err != nil {
		return err
	}
	var high rune // first half of a character beyond U+FFFF
	for i := range min(counted.Count, maxChars) {
		got, err := pdf.FPDFText_GetUnicode(&requests.FPDFText_GetUnicode{TextPage: t.page, Index: i})
		if err != nil {
			return err
		}
		r := rune(uint32(got.Unicode))
		switch {
		case r >= 0xD800 && r < 0xDC00:
			high = r
			continue
		case r >= 0xDC00 && r < 0xE000:
			r = 0x10000 + (high-0xD800)<<10 + (r - 0xDC00)
		case r == 0x02 || r == 0xFFFE || r == 0xAD:
			r = '-' // a hyphen at a line's end
		case r == '\r' || r == '\n':
			t.blank = true
			continue
		case r == 0 || !utf8.ValidRune(r):
			r = unicode.ReplacementChar
		}
		if err := t.char(i, r); err != nil {
			return err
		}
	}
	t.flush()
	t.out.Slanted = strings.Join(strings.Fields(t.slanted.String()), " ")
	return nil
}

// char adds a character.
func (t *texts) char(index int, r rune) error {
	if r == ' ' {
		generated, err := t.pdf.FPDFText_IsGenerated(&requests.FPDFText_IsGenerated{TextPage: t.page, Index: index})
		if err != nil {
			return err
		}
		if generated.IsGenerated {
			t.blank = true
			return nil
		}
	}
	got, err := t.pdf.FPDFText_GetLooseCharBox(&requests.FPDFText_GetLooseCharBox{TextPage: t.page, Index: index})
	if err != nil {
		return err
	}
	box := func() [4]float64 {
		return t.view.turned(t.turn).box(float64(got.Rect.Left), float64(got.Rect.Bottom), float64(got.Rect.Right), float64(got.Rect.Top))
	}
	b := box()
	gap := b[0] - t.loose[2]
	even := math.Abs(gap-t.gap) < 0.06*t.size // spread letters, no blank
	t.gap = gap
	if t.open.Len() == 0 || !t.goesOn(b, r) {
		t.flush()
		if err := t.angle(index); err != nil {
			return err
		}
		b = box()
		if err := t.begin(index, b, r); err != nil {
			return err
		}
	} else if t.blank && !even && !corpus.Wide(r) {
		if last, _ := utf8.DecodeLastRuneInString(t.open.String()); !corpus.Wide(last) && last != ' ' {
			t.open.WriteByte(' ')
		}
	}
	t.blank = false
	if t.suspect && t.unmapped(index) {
		r = unicode.ReplacementChar
	}
	if !unicode.IsSpace(r) {
		t.letters++
		if layout.Unknown(r) {
			t.bad++
		}
	}
	t.open.WriteRune(r)
	t.box[0], t.box[2] = min(t.box[0], b[0]), max(t.box[2], b[2])
	t.loose = b
	return nil
}

// goesOn says whether a character follows the last one on the same line, in
// the same size and without a gap.
func (t *texts) goesOn(b [4]float64, r rune) bool {
	gap := b[0] - t.loose[2]
	height := t.loose[3] - t.loose[1]
	limit := 0.3
	switch {
	case t.blank && !corpus.Wide(r):
		limit = 0.5
	case t.blank:
		limit = 0.15 // the layout decides whether it is one
	}
	return math.Abs(b[3]-t.loose[3]) < 0.05*height && math.Abs((b[3]-b[1])-height) < 0.1*height &&
		gap < limit*t.size && gap > -0.5*t.size
}

// begin opens a span.
func (t *texts) begin(index int, b [4]float64, r rune) error {
	font, err := t.pdf.FPDFText_GetFontSize(&requests.FPDFText_GetFontSize{TextPage: t.page, Index: index})
	if err != nil {
		return err
	}
	t.size = font.FontSize
	if m, err := t.pdf.FPDFText_GetMatrix(&requests.FPDFText_GetMatrix{TextPage: t.page, Index: index}); err == nil {
		t.size *= math.Hypot(float64(m.Matrix.C), float64(m.Matrix.D))
	}
	switch width, height := b[2]-b[0], b[3]-b[1]; {
	case corpus.Wide(r) && !unicode.IsPunct(r) && (t.size < 0.7*width || t.size > 3*width && t.size > 2*height):
		t.size = width // the font's own measure says something else
	case t.size < 0.3*height || t.size > 4*height:
		t.size = 0.8 * height
	}
	t.size = max(t.size, 0.1)
	t.box = b
	t.suspect = !t.trusted && t.unmapped(index)
	origin, err := t.pdf.FPDFText_GetCharOrigin(&requests.FPDFText_GetCharOrigin{TextPage: t.page, Index: index})
	if err == nil {
		_, y := t.view.turned(t.turn).point(origin.X, origin.Y)
		t.box[1], t.box[3] = y-0.88*t.size, y+0.12*t.size
	}
	return nil
}

// angle settles how the text of a new span runs: it is turned by quarters, as
// wide tables are, or slanted, as watermarks are.
func (t *texts) angle(index int) error {
	got, err := t.pdf.FPDFText_GetCharAngle(&requests.FPDFText_GetCharAngle{TextPage: t.page, Index: index})
	if err != nil {
		return err
	}
	quarters := -float64(got.CharAngle)/(math.Pi/2) - float64(t.view.turns) // the angle is clockwise
	if math.IsNaN(quarters) || math.Abs(quarters) > 1000 {
		quarters = 0
	}
	t.skipped = math.Abs(quarters-math.Round(quarters)) > 0.11 // ten degrees
	t.turn = int(math.Round(quarters)) & 3
	return nil
}

// unmapped says whether the font doesn't tell which character it shows: what
// PDFium returns is then the font's own code.
func (t *texts) unmapped(index int) bool {
	got, err := t.pdf.FPDFText_HasUnicodeMapError(&requests.FPDFText_HasUnicodeMapError{TextPage: t.page, Index: index})
	return err == nil && got.HasUnicodeMapError
}

// flush closes the open span.
func (t *texts) flush() {
	text := t.open.String()
	t.open.Reset()
	if strings.TrimSpace(text) == "" {
		return
	}
	if t.skipped {
		t.slanted.WriteString(text)
		return
	}
	t.out.Spans = append(t.out.Spans, spanWire{Text: text, Box: wire(t.box), Size: float32(t.size), Turn: t.turn})
}

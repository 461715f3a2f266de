package pdf

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"math"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"github.com/policybot/policybot/corpus/extract/layout"
)

const (
	dpi        = 200
	maxPixels  = 3400    // of a picture's longer side: A3 at 200 dpi
	drawDPI    = 130     // of a page that a person looks at
	drawPixels = 2000    // of its longer side
	maxChars   = 200_000 // of a page
	maxObjects = 20_000  // of a page that are looked at for rules and pictures
	maxMarks   = 4_000   // rules of a page that are told
	scanShare  = 0.35    // of the page that pictures cover on a scanned one
	scanText   = 30      // characters that a scanned page has at most besides
	drawnPaths = 60      // paths of a page without text that may be drawn letters
)

// reader reads one file in the child.
type reader struct {
	pdf    pdfium.Pdfium
	doc    references.FPDF_DOCUMENT
	render bool
	out    *bufio.Writer
}

// open opens a file and counts its pages.
func (r *reader) open(data []byte) (pages int, why fault) {
	opened, err := r.pdf.OpenDocument(&requests.OpenDocument{File: &data})
	if err != nil {
		return 0, faultOf(err)
	}
	r.doc = opened.Document
	counted, err := r.pdf.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: r.doc})
	switch {
	case err != nil || counted.PageCount <= 0:
		return 0, faultFormat
	case counted.PageCount > layout.MaxPages:
		return 0, faultPages
	}
	return counted.PageCount, ""
}

// file sends all pages of a file and then that it is done. Its error means
// that the child can't go on.
func (r *reader) file(data []byte) error {
	pages, why := r.open(data)
	if why != "" {
		return send(r.out, message{Done: true, Fault: why})
	}
	for i := range pages {
		p, err := r.page(i)
		if err != nil {
			p = &pageMessage{Failed: true}
		}
		if err := send(r.out, message{Page: p}); err != nil {
			return err
		}
	}
	return send(r.out, message{Done: true, Total: pages})
}

// draw sends a picture of one page, counted from 1, as a person looks at it:
// in colour, for seals are red. There is none of a page that there is not.
func (r *reader) draw(data []byte, number int) error {
	pages, why := r.open(data)
	if why != "" || number > pages {
		return send(r.out, message{Done: true, Fault: why, Total: pages})
	}
	p, err := r.drawn(number - 1)
	if err != nil {
		p = &pageMessage{Failed: true}
	}
	if err := send(r.out, message{Page: p}); err != nil {
		return err
	}
	return send(r.out, message{Done: true, Total: pages})
}

func (r *reader) drawn(index int) (*pageMessage, error) {
	loaded, err := r.pdf.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: r.doc, Index: index})
	if err != nil {
		return nil, err
	}
	defer func() {
		_, _ = r.pdf.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: loaded.Page}) // all is closed with the document
	}()
	page := requests.Page{ByReference: &loaded.Page}
	view, err := r.view(page)
	if err != nil {
		return nil, err
	}
	out := &pageMessage{Width: float32(view.width), Height: float32(view.height)}
	out.Picture, err = r.rendered(page, view, drawDPI, drawPixels, requests.RenderImageFormatRGBA)
	return out, err
}

func faultOf(err error) fault {
	switch {
	case errors.Is(err, pdferrors.ErrPassword):
		return faultPassword
	case errors.Is(err, pdferrors.ErrSecurity):
		return faultSecurity
	}
	return faultFormat
}

// page reads one page.
func (r *reader) page(index int) (*pageMessage, error) {
	loaded, err := r.pdf.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: r.doc, Index: index})
	if err != nil {
		return nil, err
	}
	defer func() {
		_, _ = r.pdf.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: loaded.Page}) // all is closed with the document
	}()
	page := requests.Page{ByReference: &loaded.Page}
	view, err := r.view(page)
	if err != nil {
		return nil, err
	}
	out := &pageMessage{Width: float32(view.width), Height: float32(view.height)}
	o := objects{pdf: r.pdf, view: view, out: out}
	if err := o.read(page); err != nil {
		return nil, err
	}
	covered := o.pictures >= scanShare*view.width*view.height
	// Text recognition writes characters as codes of a font without shapes.
	t := texts{view: view, out: out, trusted: covered && o.invisible > o.visible}
	if err := t.read(r.pdf, page); err != nil {
		return nil, err
	}
	out.Hidden = t.trusted && t.letters >= scanText
	out.Scan = covered && t.letters < scanText || t.letters == 0 && (o.pictures > 0 || o.paths >= drawnPaths)
	if r.render && (out.Scan || t.bad*10 >= t.letters && t.letters >= scanText) {
		out.Picture, err = r.picture(page, view)
	}
	return out, err
}

// picture renders a page in grey, for recognition.
func (r *reader) picture(page requests.Page, v view) ([]byte, error) {
	return r.rendered(page, v, dpi, maxPixels, requests.RenderImageFormatGrayscale)
}

// rendered is a page as a PNG, whose longer side has at most so many pixels.
func (r *reader) rendered(page requests.Page, v view, dots, most float64, format requests.RenderImageFormat) ([]byte, error) {
	scale := dots / 72.0
	if longer := max(v.width, v.height); longer*scale > most {
		scale = most / longer
	}
	rendered, err := r.pdf.RenderPageInPixels(&requests.RenderPageInPixels{
		Page: page, Width: max(1, int(v.width*scale)), Height: max(1, int(v.height*scale)),
		RenderFlags: enums.FPDF_RENDER_FLAG_ANNOT, ImageFormat: format,
	})
	if err != nil {
		return nil, err
	}
	defer rendered.Cleanup()
	var buf bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&buf, rendered.Result.RenderedImage); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// view turns places of PDF's user space into those of the page as it is
// looked at.
type view struct {
	left, top, right, bottom float64 // of the page in user space
	turns                    int     // quarter turns clockwise
	width, height            float64 // as looked at
}

func (r *reader) view(page requests.Page) (view, error) {
	box, err := r.pdf.FPDF_GetPageBoundingBox(&requests.FPDF_GetPageBoundingBox{Page: page})
	if err != nil {
		return view{}, err
	}
	turned, err := r.pdf.FPDFPage_GetRotation(&requests.FPDFPage_GetRotation{Page: page})
	if err != nil {
		return view{}, err
	}
	b := box.Rect
	v := view{
		left: float64(min(b.Left, b.Right)), right: float64(max(b.Left, b.Right)),
		bottom: float64(min(b.Top, b.Bottom)), top: float64(max(b.Top, b.Bottom)), turns: int(turned.PageRotation) & 3,
	}
	v.width, v.height = v.right-v.left, v.top-v.bottom
	if v.turns%2 == 1 {
		v.width, v.height = v.height, v.width
	}
	if !(v.width > 0 && v.height > 0) {
		return view{}, fmt.Errorf("pdf: a page of %v by %v", v.width, v.height)
	}
	return v, nil
}

// point turns a place of user space into one from the upper left corner.
func (v view) point(x, y float64) (float64, float64) {
	switch v.turns {
	case 1:
		return y - v.bottom, x - v.left
	case 2:
		return v.right - x, y - v.bottom
	case 3:
		return v.top - y, v.right - x
	}
	return x - v.left, v.top - y
}

// turned is the view of a page that is turned by more quarters.
func (v view) turned(quarters int) view {
	v.turns = (v.turns + quarters) & 3
	return v
}

// box turns a box; the result is left, top, right, bottom.
func (v view) box(x1, y1, x2, y2 float64) [4]float64 {
	ax, ay := v.point(x1, y1)
	bx, by := v.point(x2, y2)
	return [4]float64{min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)}
}

func wire(b [4]float64) [4]float32 {
	var out [4]float32
	for i, f := range b {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			f = 0 // JSON has neither
		}
		out[i] = float32(max(-1e6, min(1e6, f)))
	}
	return out
}

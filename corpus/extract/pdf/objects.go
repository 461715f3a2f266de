package pdf

import (
	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// objects looks through what is drawn on a page: rules, pictures, and whether
// its text can be seen.
type objects struct {
	pdf                pdfium.Pdfium
	view               view
	out                *pageMessage
	seen               int
	pictures           float64 // area that they cover
	paths              int
	visible, invisible int // text objects
}

const (
	thin        = 3.0 // points of a rule's thickness
	maxSegments = 60  // of a path that may be a frame
	maxForms    = 3   // forms within forms
)

func (o *objects) read(page requests.Page) error {
	counted, err := o.pdf.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: page})
	if err != nil {
		return err
	}
	for i := 0; i < counted.Count && o.seen < maxObjects; i++ {
		got, err := o.pdf.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: page, Index: i})
		if err != nil {
			return err
		}
		if err := o.object(got.PageObject, 0); err != nil {
			return err
		}
	}
	return nil
}

func (o *objects) object(object references.FPDF_PAGEOBJECT, depth int) error {
	o.seen++
	kind, err := o.pdf.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: object})
	if err != nil {
		return err
	}
	switch kind.Type {
	case enums.FPDF_PAGEOBJ_TEXT:
		mode, err := o.pdf.FPDFTextObj_GetTextRenderMode(&requests.FPDFTextObj_GetTextRenderMode{PageObject: object})
		if err == nil && mode.TextRenderMode == enums.FPDF_TEXTRENDERMODE_INVISIBLE {
			o.invisible++
		} else {
			o.visible++
		}
	case enums.FPDF_PAGEOBJ_IMAGE:
		if b, ok := o.bounds(object); ok {
			w := min(b[2], o.view.width) - max(b[0], 0)
			h := min(b[3], o.view.height) - max(b[1], 0)
			if w > 0 && h > 0 {
				o.pictures += w * h
			}
		}
	case enums.FPDF_PAGEOBJ_PATH:
		o.paths++
		o.path(object)
	case enums.FPDF_PAGEOBJ_FORM:
		return o.form(object, depth)
	}
	return nil
}

// form looks into a form. Bounds within it are its own, so only pictures and
// text count, not rules.
func (o *objects) form(object references.FPDF_PAGEOBJECT, depth int) error {
	if depth >= maxForms {
		return nil
	}
	counted, err := o.pdf.FPDFFormObj_CountObjects(&requests.FPDFFormObj_CountObjects{PageObject: object})
	if err != nil {
		return err
	}
	before := *o
	marks := len(o.out.Rules)
	for i := 0; i < counted.Count && o.seen < maxObjects; i++ {
		got, err := o.pdf.FPDFFormObj_GetObject(&requests.FPDFFormObj_GetObject{PageObject: object, Index: uint64(i)})
		if err != nil {
			return err
		}
		if err := o.object(got.PageObject, depth+1); err != nil {
			return err
		}
	}
	o.out.Rules = o.out.Rules[:marks]
	if b, ok := o.bounds(object); ok && o.pictures > before.pictures {
		o.pictures = before.pictures + (b[2]-b[0])*(b[3]-b[1])
	}
	return nil
}

func (o *objects) bounds(object references.FPDF_PAGEOBJECT) ([4]float64, bool) {
	b, err := o.pdf.FPDFPageObj_GetBounds(&requests.FPDFPageObj_GetBounds{PageObject: object})
	if err != nil {
		return [4]float64{}, false
	}
	return o.view.box(float64(b.Left), float64(b.Bottom), float64(b.Right), float64(b.Top)), true
}

// path tells the rules that a path draws: it is thin itself, or a frame of
// straight lines.
func (o *objects) path(object references.FPDF_PAGEOBJECT) {
	b, ok := o.bounds(object)
	if !ok || len(o.out.Rules) >= maxMarks {
		return
	}
	if b[2]-b[0] <= thin || b[3]-b[1] <= thin {
		o.out.Rules = append(o.out.Rules, wire(b))
		return
	}
	counted, err := o.pdf.FPDFPath_CountSegments(&requests.FPDFPath_CountSegments{PageObject: object})
	if err != nil || counted.Count > maxSegments {
		return
	}
	m, err := o.pdf.FPDFPageObj_GetMatrix(&requests.FPDFPageObj_GetMatrix{PageObject: object})
	if err != nil {
		return
	}
	a := m.Matrix
	var lastX, lastY, firstX, firstY float64
	for i := range counted.Count {
		seg, err := o.pdf.FPDFPath_GetPathSegment(&requests.FPDFPath_GetPathSegment{PageObject: object, Index: i})
		if err != nil {
			return
		}
		kind, err := o.pdf.FPDFPathSegment_GetType(&requests.FPDFPathSegment_GetType{PathSegment: seg.PathSegment})
		if err != nil {
			return
		}
		pt, err := o.pdf.FPDFPathSegment_GetPoint(&requests.FPDFPathSegment_GetPoint{PathSegment: seg.PathSegment})
		if err != nil {
			return
		}
		x, y := o.view.point(float64(a.A*pt.X+a.C*pt.Y+a.E), float64(a.B*pt.X+a.D*pt.Y+a.F))
		switch kind.Type {
		case enums.FPDF_SEGMENT_MOVETO:
			o.edge(lastX, lastY, firstX, firstY)
			firstX, firstY = x, y
		case enums.FPDF_SEGMENT_LINETO:
			o.edge(lastX, lastY, x, y)
		}
		lastX, lastY = x, y
	}
	o.edge(lastX, lastY, firstX, firstY)
}

// edge tells a straight line along one of the page's sides.
func (o *objects) edge(x1, y1, x2, y2 float64) {
	w, h := max(x1-x2, x2-x1), max(y1-y2, y2-y1)
	if w <= thin && h > 2*thin || h <= thin && w > 2*thin {
		o.out.Rules = append(o.out.Rules, wire([4]float64{min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)}))
	}
}

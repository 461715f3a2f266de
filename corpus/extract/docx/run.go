package docx

import (
	"strings"

	"github.com/policybot/policybot/corpus"
)

// inline reads an element that stands within a paragraph.
func (s *story) inline(e element) error {
	switch {
	case e.is("pPr"):
		return s.properties()
	case e.is("r"):
		return s.run()
	case e.is("ins"), e.is("moveTo"):
		s.r.left.revised = true
	case e.is("del"), e.is("moveFrom"):
		s.r.left.revised = true
		return s.d.skip()
	case e.is("fldSimple"):
		s.fields = append(s.fields, newResult(e.get("instr")))
		err := s.d.children(s.inline)
		s.fields = s.fields[:len(s.fields)-1]
		return err
	case e.is("sdt"):
		return s.control(s.inline)
	case e.space == compat && e.name == "AlternateContent":
		return s.alternate(s.inline)
	case e.space == math:
		return s.formula(e)
	}
	return s.d.children(s.inline) // hyperlinks, tags, what others have put around runs
}

// format of a run, as far as it matters.
type runFormat struct {
	hidden, struck bool
	prompt         bool // in the style of prompts
	font           string
	size           int // half points
}

func (s *story) run() error {
	f := &runFormat{hidden: s.p.look.hidden, size: s.p.look.size}
	var read func(e element) error
	read = func(e element) error {
		switch {
		case e.is("rPr"):
			return s.runFormat(f)
		case e.is("t"):
			text, err := s.d.text()
			if err != nil {
				return err
			}
			return s.add(oneLine(symbols(text, f.font, &s.r.left)), f)
		case e.is("tab"), e.is("ptab"):
			if err := s.add(" ", f); err != nil {
				return err
			}
		case e.is("br"), e.is("cr"):
			if err := s.add("\n", f); err != nil {
				return err
			}
		case e.is("noBreakHyphen"):
			if err := s.add("-", f); err != nil {
				return err
			}
		case e.is("sym"):
			if err := s.add(symbol(e.get("char"), e.get("font"), &s.r.left), f); err != nil {
				return err
			}
		case e.is("footnoteReference"), e.is("endnoteReference"):
			if err := s.refer(e, f); err != nil {
				return err
			}
		case e.is("instrText"):
			text, err := s.d.text()
			s.instruction(text)
			return err
		case e.is("fldChar"):
			return s.fieldMark(e, f)
		case e.is("ruby"):
			return s.ruby()
		case e.space == compat && e.name == "AlternateContent":
			return s.alternate(read)
		case e.is("drawing"), e.is("pict"):
			return s.d.children(s.shape)
		case e.is("object"):
			s.objects++
			err := s.d.children(s.shape)
			s.objects--
			return err
		}
		return s.d.skip()
	}
	return s.d.children(read)
}

func (s *story) runFormat(f *runFormat) error {
	return s.d.children(func(e element) error {
		switch {
		case e.is("vanish"):
			f.hidden = e.on()
		case e.is("rStyle"):
			style := s.r.looks.byID[e.val()]
			f.hidden = f.hidden || style.vanish == 1
			f.prompt = style.name == "placeholder text"
		case e.is("strike"), e.is("dstrike"):
			f.struck = f.struck || e.on()
		case e.is("rFonts"):
			f.font = e.get("ascii")
		case e.is("sz"):
			f.size = e.number("val", f.size)
		}
		return s.d.skip()
	})
}

// oneLine makes the line breaks and tabs of XML text blanks: those of the
// document are elements.
func oneLine(s string) string {
	if !strings.ContainsAny(s, "\n\r\t") {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, s)
}

// add writes text of the open paragraph, or counts it where it is not shown.
func (s *story) add(text string, f *runFormat) error {
	n := corpus.Printed(text)
	if err := s.r.grow(len(text)); err != nil {
		return err
	}
	left := &s.r.left
	switch {
	case s.prompts > 0 && f.prompt:
		left.prompts += n
		return nil
	case f.hidden:
		left.hidden += n
		s.p.lost = s.p.lost || n > 0
		return nil
	case s.inInstruction():
		left.fields += n
		return nil
	case s.margin && s.inPageNumber():
		return nil
	}
	if f.struck {
		left.struck += n
	}
	if s.prompts > 0 {
		left.doubtful += n // programs fill in controls and leave the sign of the prompt
	}
	s.p.text.WriteString(text)
	s.p.runes += n
	if n > 0 {
		s.p.size = max(s.p.size, f.size)
	}
	if s.toc > 0 || s.inContents() {
		s.p.listed += n
	}
	if k := len(s.fields); k > 0 {
		s.fields[k-1].shown = s.fields[k-1].shown || n > 0
	}
	return nil
}

// ruby keeps the text and leaves out its pronunciation.
func (s *story) ruby() error {
	return s.d.children(func(e element) error {
		switch {
		case e.is("rubyBase"):
			return s.d.children(s.inline)
		case e.is("rt"):
			s.r.left.ruby++
		}
		return s.d.skip()
	})
}

// shape looks for text within a drawing, and counts what has none.
func (s *story) shape(e element) error {
	left := &s.r.left
	switch {
	case e.is("txbxContent"):
		return s.box()
	case e.space == compat && e.name == "AlternateContent":
		return s.alternate(s.shape)
	case e.space != foreign:
		return s.d.children(s.shape)
	}
	switch e.name {
	case "pic", "imagedata":
		if s.objects == 0 {
			left.pictures++
		}
		return s.d.skip()
	case "chart", "relIds":
		left.charts++
		return s.d.skip()
	case "OLEObject":
		if strings.HasPrefix(e.get("ProgID"), "Equation") {
			left.equations++
		} else {
			left.files++
		}
		return s.d.skip()
	case "textpath": // WordArt of old
		if text := trim(oneLine(e.get("string"))); text != "" {
			if err := s.r.grow(len(text)); err != nil {
				return err
			}
			s.p.boxes = append(s.p.boxes, item{Block: corpus.Block{Text: text}})
		}
	}
	return s.d.children(s.shape)
}

// box reads a text box: its blocks come behind the paragraph.
func (s *story) box() error {
	fields, p := s.fields, s.p
	s.fields = nil
	items, err := s.within(s.block)
	s.fields = fields
	p.boxes = append(p.boxes, items...)
	return err
}

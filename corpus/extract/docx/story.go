package docx

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

const maxHeading = 80 // characters; a longer heading is a paragraph in a heading's style

// story is a run of blocks: the body, a note, a header.
type story struct {
	r      *reader
	d      *decoder
	margin bool // a header or a footer

	items   []item
	p       *paragraph // open
	fields  []*field   // open
	carry   string     // text of paragraphs whose mark was deleted: the next one goes on from it
	waiting []item     // notes that come behind the paragraph, or the table
	tables  int        // open
	prompts int        // content controls open that only show a prompt
	toc     int        // content controls open that hold a table of contents
	objects int        // embedded objects open: their picture is none of its own
}

// paragraph is one that is being read.
type paragraph struct {
	text    strings.Builder
	look    look
	direct  numbered // what it says itself
	outline int      // 0 to 9; -1 is not said
	deleted bool     // its mark is: the next paragraph goes on from it
	hidden  bool     // its mark is
	lost    bool     // some of its text was hidden
	runes   int      // of text, without blanks
	listed  int      // of those, within a table of contents
	boxes   []item   // text boxes that are anchored in it
	align   string
	size    int // of its largest type, in half points
}

// within reads the blocks of the open element: next reads one of its children.
func (s *story) within(next func(element) error) ([]item, error) {
	items, carry := s.items, s.carry
	s.items, s.carry = nil, ""
	err := s.d.children(next)
	s.flush()
	got := s.items
	s.items, s.carry = items, carry
	return got, err
}

// flush ends a paragraph whose mark was deleted with none behind it.
func (s *story) flush() {
	if s.carry != "" {
		s.push(item{Block: corpus.Block{Text: s.carry}})
		s.carry = ""
	}
}

// block reads an element that stands among paragraphs.
func (s *story) block(e element) error {
	switch {
	case e.is("p"):
		return s.paragraph()
	case e.is("tbl"):
		s.flush()
		return s.table()
	case e.is("sdt"):
		return s.control(s.block)
	case e.space == compat && e.name == "AlternateContent":
		return s.alternate(s.block)
	case e.is("altChunk"):
		s.r.left.files++
		return s.d.skip()
	case e.is("del"), e.is("moveFrom"):
		s.r.left.revised = true
		return s.d.skip()
	case e.is("r"), e.space == math:
		return s.loose(e)
	}
	return s.d.children(s.block)
}

// loose reads text that stands in no paragraph.
func (s *story) loose(e element) error {
	outer := s.p
	s.p = &paragraph{direct: unnumbered, outline: -1, look: look{number: unnumbered}}
	err := s.inline(e)
	s.end()
	s.p = outer
	return err
}

func (s *story) paragraph() error {
	s.r.paragraphs++
	outer := s.p
	s.p = &paragraph{direct: unnumbered, outline: -1, look: s.r.looks.look("")}
	err := s.d.children(s.inline)
	if err == nil {
		s.closeInstructions()
		s.end()
	}
	s.p = outer
	return err
}

// properties reads pPr.
func (s *story) properties() error {
	d, p := s.d, s.p
	return d.children(func(e element) error {
		switch {
		case e.is("pStyle"):
			p.look = s.r.looks.look(e.val())
		case e.is("numPr"):
			return readNumPr(d, &p.direct)
		case e.is("outlineLvl"):
			p.outline = e.number("val", -1)
		case e.is("jc"):
			p.align = e.val()
		case e.is("rPr"): // of the paragraph's mark
			return d.children(func(e element) error {
				switch {
				case e.is("del"), e.is("moveFrom"):
					p.deleted, s.r.left.revised = true, true
				case e.is("ins"), e.is("moveTo"):
					s.r.left.revised = true
				case e.is("vanish"):
					p.hidden = e.on()
				}
				return d.skip()
			})
		}
		return d.skip()
	})
}

// end makes the open paragraph a block.
func (s *story) end() {
	p := s.p
	text := s.carry + p.text.String()
	s.carry = ""
	if p.deleted {
		s.carry = text
		s.items = append(s.items, p.boxes...)
		return
	}
	it := item{Block: corpus.Block{Text: trim(text)}, centred: p.align == "center" || p.align == "" && p.look.align == "center", size: p.size}
	it.toc = p.look.toc || p.runes > 0 && p.listed == p.runes
	swallowed := it.Text == "" && p.lost // hidden as a whole
	if !it.toc && !swallowed {
		it.title = p.look.title
		s.number(&it)
		s.head(&it)
	}
	if it.Text != "" || it.Label != "" {
		s.push(it)
	}
	s.items = append(s.items, p.boxes...)
	s.place()
}

// place writes the notes that wait, where no table is open.
func (s *story) place() {
	if s.tables == 0 {
		s.items = append(s.items, s.waiting...)
		s.waiting = nil
	}
}

func (s *story) push(it item) {
	if n := len(s.items); it.title && n > 0 && s.items[n-1].title && it.Label == "" {
		s.items[n-1].Text = joinLines(s.items[n-1].Text + "\n" + it.Text) // a title of two paragraphs
		return
	}
	s.items = append(s.items, it)
}

// number counts the paragraph where it has an automatic number: its own, or
// its style's.
func (s *story) number(it *item) {
	p := s.p
	n, byStyle := p.direct, []string(nil)
	if n.list < 0 {
		n.list = p.look.number.list
		if n.level < 0 {
			n.level, byStyle = p.look.number.level, p.look.ids
		}
	}
	label, suffix, ok := s.r.counter.next(n, byStyle)
	switch {
	case !ok:
	case labelled(label):
		it.Label = label
	default:
		it.Text = trim(label + suffix + it.Text)
	}
}

// head makes it a heading where its style or its outline level says so, and
// it reads as one.
func (s *story) head(it *item) {
	level := s.p.look.heading
	if s.p.outline >= 0 {
		level = (s.p.outline + 1) % 10 // 9 is body text
	}
	if it.title {
		it.Text = joinLines(it.Text)
		return
	}
	if level == 0 || it.Text == "" {
		return
	}
	last, _ := utf8.DecodeLastRuneInString(it.Text)
	if strings.ContainsRune("。；;！？", last) || utf8.RuneCountInString(it.Text) > maxHeading {
		return
	}
	it.Heading = min(level, 6)
	it.Text = joinLines(it.Text)
}

// trim takes blanks off the ends of lines.
func trim(s string) string {
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "\n") {
		return s
	}
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, "\n")
}

// joinLines makes one line of a heading that was broken by hand: with a blank
// where a number or a Latin word ends, without one between Chinese characters.
func joinLines(s string) string {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '\n' })
	var sb strings.Builder
	for i, part := range parts {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		if i > 0 {
			before := sb.String()
			last, _ := utf8.DecodeLastRuneInString(before)
			first, _ := utf8.DecodeRuneInString(part)
			if corpus.Numbered(before) && utf8.RuneCountInString(before) < 8 || narrow(last) || narrow(first) {
				sb.WriteByte(' ')
			}
		}
		sb.WriteString(part)
	}
	return sb.String()
}

func narrow(r rune) bool { return r < 0x2000 && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// control reads a content control: next reads what it holds. Prompts that it
// shows while it is empty are no text.
func (s *story) control(next func(element) error) error {
	prompt, toc := 0, 0
	return s.d.children(func(e element) error {
		switch {
		case e.is("sdtPr"):
			return s.d.children(func(e element) error {
				switch {
				case e.is("showingPlcHdr") && e.on():
					prompt = 1
				case e.is("docPartObj"):
					return s.d.children(func(e element) error {
						if e.is("docPartGallery") && e.val() == "Table of Contents" {
							toc = 1
						}
						return s.d.skip()
					})
				}
				return s.d.skip()
			})
		case e.is("sdtContent"):
			s.prompts += prompt
			s.toc += toc
			err := s.d.children(next)
			s.prompts -= prompt
			s.toc -= toc
			return err
		}
		return s.d.skip()
	})
}

// alternate reads the first choice that has anything to read, else the
// fallback: they are forms of the same thing.
func (s *story) alternate(next func(element) error) error {
	done := false
	return s.d.children(func(e element) error {
		if done || e.space != compat {
			return s.d.skip()
		}
		before := s.progress()
		err := s.d.children(next)
		done = s.progress() != before
		return err
	})
}

// progress changes whenever something was read.
func (s *story) progress() [3]int {
	l := &s.r.left
	return [3]int{s.r.size + s.r.paragraphs, l.pictures + l.charts + l.files + l.equations, l.hidden + l.prompts + l.fields}
}

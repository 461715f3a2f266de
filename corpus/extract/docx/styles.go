package docx

import (
	"regexp"
	"strconv"
	"strings"
)

// maxInherit bounds how many styles stand above one another; Word allows 11.
const maxInherit = 32

// style is a paragraph, character or numbering style as it is written.
type style struct {
	name    string // built-in ones have English names in every Word: heading 1
	basedOn string
	number  numbered
	outline int // 0 to 8; 9 is body text; -1 is not said
	vanish  int // 1 hidden, 0 shown, -1 not said
	size    int // of type, in half points; 0 is not said
	align   string
}

// numbered is what numPr says: which list, and which level of it.
type numbered struct {
	list  int // numId; 0 takes a number away, -1 is not said
	level int // ilvl; -1 is not said
}

var unnumbered = numbered{-1, -1}

// look is what a style comes to with all that it is based on.
type look struct {
	names   []string // of the style and of those that it is based on, nearest first
	ids     []string
	number  numbered
	heading int // 1 to 9; 0 is body text
	hidden  bool
	title   bool
	toc     bool // a line of a table of contents
	size    int
	align   string
}

// styles resolves styles, each once.
type styles struct {
	byID     map[string]style
	fallback string // style of paragraphs that name none
	looks    map[string]look
}

func (c *container) styles() (*styles, error) {
	s := &styles{byID: map[string]style{}, looks: map[string]look{}}
	name := c.one(c.relations, "styles")
	if name == "" {
		return s, nil
	}
	return s, c.parse(name, func(d *decoder, _ element) error {
		return d.children(func(e element) error {
			if !e.is("style") {
				return d.skip()
			}
			id := e.get("styleId")
			if def := e.get("default"); e.get("type") == "paragraph" && (def == "1" || def == "true" || def == "on") {
				s.fallback = id
			}
			one, err := readStyle(d)
			s.byID[id] = one
			return err
		})
	})
}

func readStyle(d *decoder) (style, error) {
	s := style{number: unnumbered, outline: -1, vanish: -1}
	err := d.children(func(e element) error {
		switch {
		case e.is("name"):
			s.name = strings.ToLower(strings.TrimSpace(e.val()))
		case e.is("basedOn"):
			s.basedOn = e.val()
		case e.is("pPr"):
			return d.children(func(e element) error {
				switch {
				case e.is("numPr"):
					return readNumPr(d, &s.number)
				case e.is("outlineLvl"):
					s.outline = e.number("val", -1)
				case e.is("jc"):
					s.align = e.val()
				}
				return d.skip()
			})
		case e.is("rPr"):
			return d.children(func(e element) error {
				switch {
				case e.is("vanish"):
					s.vanish = 0
					if e.on() {
						s.vanish = 1
					}
				case e.is("sz"):
					s.size = e.number("val", 0)
				}
				return d.skip()
			})
		}
		return d.skip()
	})
	return s, err
}

// readNumPr reads numPr; what it does not say stays.
func readNumPr(d *decoder, n *numbered) error {
	return d.children(func(e element) error {
		switch {
		case e.is("ilvl"):
			n.level = e.number("val", -1)
		case e.is("numId"):
			n.list = e.number("val", -1)
		}
		return d.skip()
	})
}

var (
	headingName = regexp.MustCompile(`^(?:heading|标题)\s*([1-9])$`)
	tocName     = regexp.MustCompile(`^(?:toc|目录)\s*[1-9]$`)
	headingID   = regexp.MustCompile(`^(?i:heading)([1-9])$`)
)

// look resolves a style; "" is the one of paragraphs that name none. A circle
// ends where it began.
func (s *styles) look(id string) look {
	if id == "" {
		id = s.fallback
	}
	if l, ok := s.looks[id]; ok {
		return l
	}
	l := look{number: unnumbered}
	outline, vanish := -1, -1
	seen := map[string]bool{}
	for at := id; at != "" && !seen[at] && len(seen) < maxInherit; {
		seen[at] = true
		one, ok := s.byID[at]
		if !ok {
			one = style{number: unnumbered, outline: -1, vanish: -1}
			if m := headingID.FindStringSubmatch(at); m != nil {
				one.name = "heading " + m[1] // WPS leaves out styles that are as built in
			}
		}
		l.ids, l.names = append(l.ids, at), append(l.names, one.name)
		if l.number.list < 0 {
			l.number.list = one.number.list
		}
		if l.number.level < 0 {
			l.number.level = one.number.level
		}
		if m := headingName.FindStringSubmatch(one.name); outline < 0 && one.outline < 0 && m != nil {
			n, _ := strconv.Atoi(m[1]) // one digit
			outline = n - 1
		} else if outline < 0 {
			outline = one.outline
		}
		if vanish < 0 {
			vanish = one.vanish
		}
		if l.size == 0 {
			l.size = one.size
		}
		if l.align == "" {
			l.align = one.align
		}
		at = one.basedOn
	}
	if outline >= 0 && outline < 9 {
		l.heading = outline + 1
	}
	l.hidden = vanish == 1
	if len(l.names) > 0 {
		l.title = l.names[0] == "title"
		l.toc = tocName.MatchString(l.names[0])
	}
	if len(s.looks) < 100_000 {
		s.looks[id] = l
	}
	return l
}

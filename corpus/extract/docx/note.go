package docx

import "strconv"

const (
	footnotes = "footnotes"
	endnotes  = "endnotes"
)

type noteKey struct {
	kind, id string
}

// note is a footnote or an endnote.
type note struct {
	items  []item
	placed bool // its text stands in the body
	number int
}

// loadNotes reads the notes of a kind. Those that a separator is made of are
// none.
func (r *reader) loadNotes(kind string) error {
	name := r.one(r.relations, kind)
	if name == "" {
		return nil
	}
	return r.parse(name, func(d *decoder, _ element) error {
		s := &story{r: r, d: d}
		return d.children(func(e element) error {
			if t := e.get("type"); t != "" && t != "normal" || !e.is("footnote") && !e.is("endnote") {
				return d.skip()
			}
			items, err := s.within(s.block)
			if items = append(items, s.waiting...); len(items) > 0 {
				r.notes[noteKey{kind, e.get("id")}] = &note{items: items}
			}
			s.waiting, s.fields = nil, nil
			return err
		})
	})
}

// refer writes the mark of a note and has its text follow: once, however
// often it is referred to.
func (s *story) refer(e element, f *runFormat) error {
	kind, before := footnotes, "["
	if e.is("endnoteReference") {
		kind, before = endnotes, "[尾注"
	}
	n := s.r.notes[noteKey{kind, e.get("id")}]
	if n == nil || f.hidden {
		return nil
	}
	mark := ""
	if own := e.get("customMarkFollows"); own == "" || own == "0" || own == "false" {
		if n.number == 0 {
			s.r.counts[kind]++
			n.number = s.r.counts[kind]
		}
		mark = before + strconv.Itoa(n.number) + "]"
		if err := s.add(mark, f); err != nil {
			return err
		}
	}
	if n.placed {
		return nil
	}
	n.placed = true
	for i, it := range n.items {
		if i == 0 && mark != "" {
			it.Text = mark + " " + it.Label + it.Text
			it.Label = ""
		}
		it.Heading, it.title = 0, false
		s.waiting = append(s.waiting, it)
	}
	return nil
}

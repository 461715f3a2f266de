package docx

import (
	"strings"

	"github.com/policybot/policybot/corpus"
)

// reader is a document on its way to blocks.
type reader struct {
	*container
	looks   *styles
	counter *counter
	notes   map[noteKey]*note
	counts  map[string]int // notes referred to so far, by kind
	left    left

	size, paragraphs int // bytes of text, and paragraphs, so far
}

// item is a block and what only this room knows about it.
type item struct {
	corpus.Block
	title   bool // of the title style
	toc     bool // a line of an automatic table of contents
	centred bool
	size    int // of its largest type, in half points
}

func load(c *container) (*reader, error) {
	s, err := c.styles()
	if err != nil {
		return nil, err
	}
	n, err := c.numbering()
	if err != nil {
		return nil, err
	}
	return &reader{container: c, looks: s, counter: newCounter(n, s), notes: map[noteKey]*note{}, counts: map[string]int{}}, nil
}

// body reads the main part, and before it the notes that it refers to.
func (r *reader) body() ([]item, error) {
	for _, kind := range []string{footnotes, endnotes} {
		if err := r.loadNotes(kind); err != nil {
			return nil, err
		}
	}
	s := &story{r: r}
	err := r.parse(r.main, func(d *decoder, root element) error {
		if !root.is("document") {
			return notWord
		}
		return d.children(func(e element) error {
			if !e.is("body") {
				return d.skip()
			}
			s.d = d
			items, err := s.within(s.block)
			s.items = append(s.items, items...)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	s.items = append(s.items, s.waiting...)
	if s.inContents() { // a field without an end: what follows is no contents
		for i := range s.items {
			s.items[i].toc = false
		}
	}
	for _, n := range r.notes {
		if !n.placed {
			r.left.notes++
		}
	}
	return s.items, nil
}

// grow notes text that was read.
func (r *reader) grow(n int) error {
	if r.size += n; r.size > maxText {
		return tooLong
	}
	return nil
}

// outside looks at what is no part of the body: headers, footers, comments.
func (r *reader) outside(blocks []corpus.Block) {
	if name := r.one(r.relations, "comments"); name != "" {
		// A damaged part of what is left out anyway is no reason to refuse.
		_ = r.parse(name, func(d *decoder, _ element) error {
			return d.children(func(e element) error {
				if e.is("comment") {
					r.left.comments++
				}
				return d.skip()
			})
		})
	}
	var body string
	seen := map[string]bool{}
	for _, rel := range r.relations {
		if rel.kind != "header" && rel.kind != "footer" || !r.has(rel.target) || seen[rel.target] {
			continue
		}
		seen[rel.target] = true
		if body == "" {
			body = solidBody(blocks)
		}
		for _, line := range r.margin(rel.target) {
			if s := corpus.Squeeze(line); !pageNumber(s) && !strings.Contains(body, s) && !seen[s] {
				seen[s] = true
				r.left.margins = append(r.left.margins, line)
			}
		}
	}
}

// margin is the text of a header or a footer, without the numbers of pages.
func (r *reader) margin(name string) []string {
	other := &reader{container: r.container, looks: r.looks, counter: newCounter(r.counter.numbering, r.looks), notes: map[noteKey]*note{}, counts: map[string]int{}}
	s := &story{r: other, margin: true}
	// As above: what is left out anyway.
	_ = r.parse(name, func(d *decoder, _ element) error {
		s.d = d
		items, err := s.within(s.block)
		s.items = items
		return err
	})
	var out []string
	for _, it := range s.items {
		if len(out) < 100 {
			out = append(out, strings.Join(strings.Fields(it.Label+it.Text), " "))
		}
	}
	return out
}

// pageNumber recognises what is left of - 1 -, 第 1 页 共 9 页 and the like.
func pageNumber(s string) bool {
	return strings.Trim(s, "0123456789０１２３４５６７８９-－—–―·•/.第页共Page of") == ""
}

func solidBody(blocks []corpus.Block) string {
	var sb strings.Builder
	for _, b := range blocks {
		sb.WriteString(corpus.Squeeze(b.Label))
		sb.WriteString(corpus.Squeeze(b.Text))
	}
	return sb.String()
}

// stated is the title that the document's properties name: often that of the
// document that it was made from.
func (r *reader) stated() string {
	name := r.one(r.root, "core-properties")
	if name == "" {
		return ""
	}
	title := ""
	// Without them the document is as good as with.
	_ = r.parse(name, func(d *decoder, _ element) error {
		return d.children(func(e element) error {
			if e.name != "title" {
				return d.skip()
			}
			s, err := d.text()
			title = strings.TrimSpace(s)
			return err
		})
	})
	return title
}

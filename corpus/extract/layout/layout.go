// Package layout makes blocks of what stands on pages: pieces of text with
// their places become lines, lines are read in the order of columns, headers,
// footers and page numbers are taken off, and lines are joined into
// paragraphs. It knows no file format; every rule is a pure function of
// places and texts.
package layout

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// Span is a piece of text on one line, as a font set it. Places are in any
// one unit, from the page's upper left corner, y downwards.
type Span struct {
	Text                     string
	Left, Top, Right, Bottom float64
	Size                     float64 // of the type: the width of a full-width character
}

// Rule is a straight line that is drawn on the page, as the box that it fills.
type Rule struct{ Left, Top, Right, Bottom float64 }

// Page is a page and what stands on it, in any order.
type Page struct {
	Number        int // from 1, for warnings
	Width, Height float64
	Spans         []Span
	Rules         []Rule
}

// Result is what a document's pages say.
type Result struct {
	Title    string // from the largest centred lines of the first page; "" where none stands out
	Blocks   []corpus.Block
	Warnings []string // what was left out, in plain Chinese
}

// The bounds of what is laid out; what exceeds them is read in the order in
// which it came.
const (
	maxRules = 4000    // of a page; a drawing has more, a table has not
	far      = 1 << 20 // no place on a page is further out
)

// Read lays out a document. Every character of the spans is in the blocks
// once, or, where a warning names it, left out. The title's block comes first
// wherever it stands on its page: Assemble writes it there.
func Read(pages []Page) Result {
	d := &document{}
	for i := range pages {
		d.pages = append(d.pages, newSheet(pages[i]))
	}
	d.body = bodySize(d.pages)
	var r Result
	r.Warnings = d.takeFurniture()
	items := d.inOrder()
	if len(d.repeated) > 0 {
		r.Warnings = append(r.Warnings, "已略去跨页表格重复的表头："+Pages(d.repeated))
	}
	d.measure(items)
	paragraphs := d.paragraphs(items)
	r.Title, paragraphs = d.takeTitle(paragraphs)
	r.Blocks = d.blocks(paragraphs, r.Title != "")
	return r
}

// document is the state of one reading.
type document struct {
	pages   []*sheet
	body    float64 // size of most of the text
	margins map[region]margin
	pitch   float64 // distance of one line of a paragraph from the next
	indents bool    // numbered lines are indented as a rule

	repeated []int // pages that repeat the head of a table
}

// sheet is a page on its way.
type sheet struct {
	Page
	rows   []row
	tables []table
	middle float64 // of the gutter, where the page has two columns
	two    bool
}

func newSheet(p Page) *sheet {
	s := &sheet{Page: p}
	spans := make([]Span, 0, len(p.Spans))
	for _, sp := range p.Spans {
		if strings.TrimSpace(sp.Text) == "" {
			continue
		}
		spans = append(spans, sane(sp))
	}
	s.Spans = spans
	s.tables, spans = takeTables(p.Rules, slices.Clone(spans))
	s.rows = rowsOf(spans)
	return s
}

// sane brings the places of a span into order: files say anything.
func sane(s Span) Span {
	s.Text = strings.ToValidUTF8(s.Text, "\uFFFD")
	for _, v := range [...]*float64{&s.Left, &s.Top, &s.Right, &s.Bottom} {
		if math.IsNaN(*v) {
			*v = 0
		}
		*v = max(-far, min(far, *v))
	}
	s.Left, s.Right = min(s.Left, s.Right), max(s.Left, s.Right)
	s.Top, s.Bottom = min(s.Top, s.Bottom), max(s.Top, s.Bottom)
	if !(s.Size > 0.01 && s.Size < far) {
		s.Size = max(0.01, s.Bottom-s.Top)
	}
	return s
}

// bodySize is the size in which most characters are set.
func bodySize(pages []*sheet) float64 {
	count := map[int]int{}
	for _, p := range pages {
		for _, s := range p.Spans {
			count[sizeKey(s.Size)] += utf8.RuneCountInString(s.Text)
		}
	}
	best, most := 0, 0
	for key, n := range count {
		if n > most || n == most && key < best {
			best, most = key, n
		}
	}
	if most == 0 {
		return 1
	}
	return math.Pow(1.04, float64(best))
}

// sizeKey puts sizes that look the same together.
func sizeKey(size float64) int { return int(math.Round(math.Log(max(size, 0.01)) / math.Log(1.04))) }

// Join writes the next line behind the one before: Chinese without a blank,
// words of letters with one.
func Join(before, next string) string {
	before = strings.TrimRight(before, " \t")
	next = strings.TrimLeft(next, " \t")
	last, _ := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(next)
	if before == "" || next == "" || corpus.Wide(last) || corpus.Wide(first) || unicode.IsSpace(last) || unicode.IsSpace(first) || last == '-' || last == '/' {
		return before + next
	}
	return before + " " + next
}

// Plain is a page of lines whose places are not known, as text recognition
// returns them: each as long as its characters are wide, in type of that size.
func Plain(number int, text string, size float64) Page {
	p := Page{Number: number}
	top := 0.0
	for l := range strings.Lines(text) {
		width := 0.0
		for _, r := range strings.TrimSpace(l) {
			if corpus.Wide(r) {
				width += size
			} else {
				width += size / 2
			}
		}
		if width > 0 {
			p.Spans = append(p.Spans, Span{Text: strings.TrimSpace(l), Top: top, Right: width, Bottom: top + size, Size: size})
			p.Width = max(p.Width, width)
		}
		top += 1.5 * size
	}
	p.Height = top
	return p
}

package layout

import (
	"math"
	"slices"
)

// region names the part of pages whose lines have common margins.
type region struct {
	column int // 0 spans the page, 1 is the left column, 2 the right
	width  int // of the page
}

// line is a line of one column.
type line struct {
	row
	words  string
	page   int // index
	region region
	note   bool // of a footnote
	cells  []string
	header bool // with cells: names the columns
}

const (
	minColumnRows = 5
	minColumn     = 8.0 // characters that a column is wide
	maxGutters    = 50  // places of one that are tried on other pages
)

// gutter finds the empty strip between two columns of running text: rows end
// at it on the left and begin behind it on the right, and few cross it. A
// list of short words in two columns is none: it is read across.
func (s *sheet) gutter(em float64) (left, right float64, ok bool) {
	if len(s.rows) < minColumnRows {
		return 0, 0, false
	}
	from, to := math.Inf(1), math.Inf(-1)
	for _, r := range s.rows {
		from, to = min(from, r.left), max(to, r.right)
	}
	step := em / 4
	bins := int((to - from) / step)
	if bins < 8 || bins > 4000 {
		return 0, 0, false
	}
	crossing := make([]int, bins+1)
	for _, r := range s.rows {
		for _, p := range r.pieces(0.7) {
			for b := max(0, int((p.left-from)/step)); b <= min(bins, int((p.right-from)/step)); b++ {
				crossing[b]++
			}
		}
	}
	start, best, width := -1, 0, 0
	for b := bins / 4; b <= bins*3/4; b++ {
		if crossing[b] > len(s.rows)/4 {
			start = -1
			continue
		}
		if start < 0 {
			start = b
		}
		if b-start+1 > width {
			best, width = start, b-start+1
		}
	}
	if width < 3 {
		return 0, 0, false
	}
	left, right = from+float64(best)*step, from+float64(best+width)*step
	return left, right, s.twoColumns(left, right, from, to, em)
}

// twoColumns says whether both sides of a strip hold running text: most lines
// fill their column.
func (s *sheet) twoColumns(left, right, from, to, em float64) bool {
	if left-from < minColumn*em || to-right < minColumn*em {
		return false
	}
	leftRows, leftFull, rightRows, rightFull := 0, 0, 0, 0
	middle := (left + right) / 2
	for _, r := range s.rows {
		a, b, crosses := r.split(middle)
		if crosses {
			continue
		}
		if len(a.spans) > 0 {
			leftRows++
			if a.right > left-2*em {
				leftFull++
			}
		}
		if len(b.spans) > 0 {
			rightRows++
			if b.right > to-2*em {
				rightFull++
			}
		}
	}
	return leftRows >= minColumnRows && rightRows >= minColumnRows-2 && 3*leftFull >= leftRows && 3*rightFull >= rightRows
}

// findColumns looks for the gutter of every page. One that several pages have,
// or the only one, is that of pages with lists or little text, too.
func (d *document) findColumns() {
	var known []float64
	for _, s := range d.pages {
		if a, b, ok := s.gutter(d.body); ok {
			s.middle, s.two = (a+b)/2, true
			near := func(x float64) bool { return abs(x-s.middle) < d.body/20 }
			if len(known) < maxGutters && !slices.ContainsFunc(known, near) {
				known = append(known, s.middle)
			}
		}
	}
	for _, s := range d.pages {
		for _, middle := range known {
			if !s.two && s.fits(middle) {
				s.middle, s.two = middle, true
			}
		}
	}
}

// fits says whether a page has text on both sides of a gutter and hardly any
// across.
func (s *sheet) fits(middle float64) bool {
	left, right, across := 0, 0, 0
	for _, r := range s.rows {
		a, b, crosses := r.split(middle)
		switch {
		case crosses:
			across++
		default:
			left += min(1, len(a.spans))
			right += min(1, len(b.spans))
		}
	}
	return left > 0 && right > 0 && 4*across <= len(s.rows)
}

// split cuts a row at x, unless something stands there.
func (r row) split(x float64) (left, right row, crosses bool) {
	for _, p := range r.pieces(0.7) {
		switch {
		case p.right <= x:
			left.spans = append(left.spans, p.spans...)
		case p.left >= x:
			right.spans = append(right.spans, p.spans...)
		default:
			return row{}, row{}, true
		}
	}
	if len(left.spans) > 0 {
		left.settle()
	}
	if len(right.spans) > 0 {
		right.settle()
	}
	return left, right, false
}

// lines brings a page's rows into reading order: across, or, between rows
// that span both columns, first the left and then the right one.
func (s *sheet) lines(page int) []line {
	width := int(math.Round(max(0, min(s.Width, far))))
	make1 := func(r row, column int) line {
		return line{row: r, words: r.text(), page: page, region: region{column, width}}
	}
	var out, left, right []line
	for _, r := range s.rows {
		if !s.two {
			out = append(out, make1(r, 0))
			continue
		}
		l, rr, crosses := r.split(s.middle)
		if crosses {
			out = append(append(out, left...), right...)
			left, right = nil, nil
			out = append(out, make1(r, 0))
			continue
		}
		if len(l.spans) > 0 {
			left = append(left, make1(l, 1))
		}
		if len(rr.spans) > 0 {
			right = append(right, make1(rr, 2))
		}
	}
	return append(append(out, left...), right...)
}

// inOrder returns all lines of the document as they are read: tables in their
// place, footnotes marked.
func (d *document) inOrder() []line {
	d.findColumns()
	var all []line
	for i, s := range d.pages {
		lines := s.lines(i)
		lines = alignedTables(lines)
		d.markNotes(s, lines)
		next := 0
		for _, t := range s.tables {
			for next < len(lines) && lines[next].top < t.top {
				next++
			}
			rows := t.lines(i)
			if next == 0 {
				rows = d.goOn(all, rows)
			}
			lines = append(lines[:next:next], append(rows, lines[next:]...)...)
			next += len(rows)
		}
		all = append(all, lines...)
	}
	return all
}

// goOn joins a table at the top of a page to the one that the page before
// ended with. Its head may be repeated there: it is left out, and said.
func (d *document) goOn(before, rows []line) []line {
	last := len(before) - 1
	if last < 0 || before[last].cells == nil || len(before[last].cells) != len(rows[0].cells) {
		return rows
	}
	head := last
	for head > 0 && before[head-1].cells != nil && len(before[head-1].cells) == len(rows[0].cells) && !before[head].header {
		head--
	}
	rows[0].header = false
	if before[head].header && before[head].words == rows[0].words {
		d.repeated = append(d.repeated, d.pages[rows[0].page].Number)
		return rows[1:]
	}
	return rows
}

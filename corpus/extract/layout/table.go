package layout

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// table is a table drawn with rules. Cells that were joined hold their text
// in the first of them.
type table struct {
	top    float64
	rows   [][]string
	bottom float64
	left   float64
	right  float64
}

const (
	maxLines  = 400 // of a page's rules after those that touch are joined
	maxHeader = 20  // characters of a column's name
)

// stroke is a rule without its thickness: at is its place across, from and to
// its ends along.
type stroke struct{ at, from, to float64 }

// strokes returns the horizontal and the vertical rules, pieces joined.
func strokes(rules []Rule, tol float64) (hs, vs []stroke) {
	for _, r := range rules[:min(len(rules), maxRules)] {
		w, h := abs(r.Right-r.Left), abs(r.Bottom-r.Top)
		switch {
		case h <= tol && w > 2*tol:
			hs = append(hs, stroke{(r.Top + r.Bottom) / 2, min(r.Left, r.Right), max(r.Left, r.Right)})
		case w <= tol && h > 2*tol:
			vs = append(vs, stroke{(r.Left + r.Right) / 2, min(r.Top, r.Bottom), max(r.Top, r.Bottom)})
		}
	}
	return joinStrokes(hs, tol), joinStrokes(vs, tol)
}

func joinStrokes(all []stroke, tol float64) []stroke {
	slices.SortFunc(all, func(a, b stroke) int { return compare(a.at, b.at) })
	for i := 1; i < len(all); i++ {
		if all[i].at-all[i-1].at <= tol/2 {
			all[i].at = all[i-1].at
		}
	}
	slices.SortStableFunc(all, func(a, b stroke) int {
		if c := compare(a.at, b.at); c != 0 {
			return c
		}
		return compare(a.from, b.from)
	})
	var out []stroke
	for _, s := range all {
		if n := len(out); n > 0 && out[n-1].at == s.at && s.from <= out[n-1].to+tol {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}

// takeTables finds the tables that rules draw and takes their spans from the
// others. Only what has two columns and two rows at least is a table.
func takeTables(rules []Rule, spans []Span) ([]table, []Span) {
	if len(rules) < 4 || len(spans) < 3 {
		return nil, spans
	}
	sizes := make([]float64, len(spans))
	for i, s := range spans {
		sizes[i] = s.Size
	}
	slices.Sort(sizes)
	tol := 0.35 * sizes[len(sizes)/2]
	hs, vs := strokes(rules, tol)
	if len(hs) < 2 || len(vs) == 0 || len(hs) > maxLines || len(vs) > maxLines {
		return nil, spans
	}
	var tables []table
	for _, g := range grids(hs, vs, tol) {
		t, rest, ok := g.fill(spans)
		if ok {
			tables = append(tables, t)
			spans = rest
		}
	}
	slices.SortStableFunc(tables, func(a, b table) int { return compare(a.top, b.top) })
	return tables, spans
}

// grid is a set of rules that touch each other.
type grid struct {
	hs, vs []stroke
	xs, ys []float64
	tol    float64
}

func grids(hs, vs []stroke, tol float64) []grid {
	group := make([]int, len(hs)+len(vs))
	for i := range group {
		group[i] = i
	}
	find := func(i int) int {
		for group[i] != i {
			group[i] = group[group[i]]
			i = group[i]
		}
		return i
	}
	for i, h := range hs {
		for j, v := range vs {
			if v.at >= h.from-tol && v.at <= h.to+tol && h.at >= v.from-tol && h.at <= v.to+tol {
				group[find(i)] = find(len(hs) + j)
			}
		}
	}
	at := map[int]*grid{}
	var order []int
	of := func(i int) *grid {
		k := find(i)
		if at[k] == nil {
			at[k] = &grid{tol: tol}
			order = append(order, k)
		}
		return at[k]
	}
	for i, h := range hs {
		g := of(i)
		g.hs = append(g.hs, h)
	}
	for j, v := range vs {
		g := of(len(hs) + j)
		g.vs = append(g.vs, v)
	}
	var out []grid
	for _, k := range order {
		g := at[k]
		if len(g.hs) < 2 || len(g.vs) == 0 {
			continue
		}
		g.xs, g.ys = edges(g.vs, g.hs, tol), edges(g.hs, g.vs, tol)
		if len(g.xs) >= 3 && len(g.ys) >= 3 {
			out = append(out, *g)
		}
	}
	return out
}

// edges are the places of the rules of one direction, and the ends of the
// others: tables are often open at their sides.
func edges(along, across []stroke, tol float64) []float64 {
	var all []float64
	for _, s := range along {
		all = append(all, s.at)
	}
	for _, s := range across {
		all = append(all, s.from, s.to)
	}
	slices.Sort(all)
	var out []float64
	for _, v := range all {
		if len(out) == 0 || v-out[len(out)-1] > 1.5*tol {
			out = append(out, v)
		}
	}
	return out
}

// drawn says whether one of the rules at a place covers a point.
func drawn(all []stroke, at, point, tol float64) bool {
	for _, s := range all {
		if abs(s.at-at) <= 1.5*tol && s.from <= point && s.to >= point {
			return true
		}
	}
	return false
}

// slot finds the interval between edges that v lies in; -1 is none.
func slot(edges []float64, v float64) int {
	i, _ := slices.BinarySearch(edges, v)
	if i == 0 || i == len(edges) {
		return -1
	}
	return i - 1
}

// fill puts the spans within the grid into its cells.
func (g grid) fill(spans []Span) (t table, rest []Span, ok bool) {
	cols, rows := len(g.xs)-1, len(g.ys)-1
	if cols*rows > 20_000 {
		return table{}, spans, false
	}
	owner := g.joined(cols, rows)
	cells := make([][]Span, cols*rows)
	taken := 0
	for _, s := range spans {
		r := slot(g.ys, (s.Top+s.Bottom)/2)
		c := slot(g.xs, min((s.Left+s.Right)/2, s.Left+s.Size/2))
		if r < 0 || c < 0 {
			rest = append(rest, s)
			continue
		}
		k := owner[r*cols+c]
		cells[k] = append(cells[k], s)
		taken++
	}
	ends := make([]float64, cols*rows) // right edges
	for i, k := range owner {
		ends[k] = max(ends[k], g.xs[i%cols+1])
	}
	filled, columns := 0, map[int]bool{}
	t = table{top: g.ys[0], bottom: g.ys[rows], left: g.xs[0], right: g.xs[cols]}
	for r := range rows {
		texts := make([]string, cols)
		any := false
		for c := range cols {
			texts[c] = cellText(cells[r*cols+c], ends[r*cols+c])
			if texts[c] != "" {
				filled++
				columns[c] = true
				any = true
			}
		}
		if any {
			t.rows = append(t.rows, texts)
		}
	}
	if filled < 3 || len(columns) < 2 || len(t.rows) < 2 {
		return table{}, spans, false
	}
	t.dropEmptyColumns(columns)
	return t, rest, true
}

// dropEmptyColumns takes out what double rules and margins make.
func (t *table) dropEmptyColumns(filled map[int]bool) {
	for r, texts := range t.rows {
		kept := texts[:0]
		for c, s := range texts {
			if filled[c] {
				kept = append(kept, s)
			}
		}
		t.rows[r] = kept
	}
}

// joined returns for every cell the one that holds its text: the first of
// those that no rule parts.
func (g grid) joined(cols, rows int) []int {
	owner := make([]int, cols*rows)
	for i := range owner {
		owner[i] = i
	}
	find := func(i int) int {
		for owner[i] != i {
			i = owner[i]
		}
		return i
	}
	link := func(a, b int) {
		a, b = find(a), find(b)
		owner[max(a, b)] = min(a, b)
	}
	for r := range rows {
		y := (g.ys[r] + g.ys[r+1]) / 2
		for c := range cols {
			x := (g.xs[c] + g.xs[c+1]) / 2
			if c+1 < cols && !drawn(g.vs, g.xs[c+1], y, g.tol) {
				link(r*cols+c, r*cols+c+1)
			}
			if r+1 < rows && !drawn(g.hs, g.ys[r+1], x, g.tol) {
				link(r*cols+c, (r+1)*cols+c)
			}
		}
	}
	for i := range owner {
		owner[i] = find(i)
	}
	return owner
}

// cellText joins the lines of a cell that ends at right: one that was not
// broken for want of room keeps a blank behind it.
func cellText(spans []Span, right float64) string {
	text := ""
	for i, rows := 0, rowsOf(spans); i < len(rows); i++ {
		next := strings.Join(strings.Fields(rows[i].text()), " ")
		if i > 0 && (corpus.Numbered(next) || rows[i-1].right < right-2*rows[i-1].size) {
			text += " " + next
			continue
		}
		text = Join(text, next)
	}
	return text
}

// lines are the rows of the table as lines of a page.
func (t table) lines(page int) []line {
	out := make([]line, len(t.rows))
	for i, cells := range t.rows {
		out[i] = line{page: page, cells: cells, words: strings.Join(cells, "\t"), header: i == 0 && namesColumns(cells)}
		out[i].left, out[i].right, out[i].top, out[i].bottom = t.left, t.right, t.top, t.bottom
	}
	return out
}

// namesColumns says whether a table's first row reads as the names of its
// columns: each is filled, short and no figure.
func namesColumns(cells []string) bool {
	for _, c := range cells {
		if c == "" || utf8.RuneCountInString(c) > maxHeader || strings.IndexFunc(c, unicode.IsLetter) < 0 {
			return false
		}
	}
	return len(cells) > 1
}

// alignedTables makes rows of lines that are set in columns without rules:
// three lines at least, each of the same three or more pieces that are flush
// with those above.
func alignedTables(lines []line) []line {
	for i := 0; i < len(lines); {
		first := lines[i].pieces(1.2)
		if len(first) < 3 || lines[i].region.column != 0 {
			i++
			continue
		}
		all := [][]row{first}
		for k := i + 1; k < len(lines); k++ {
			next := lines[k].pieces(1.2)
			if len(next) != len(first) || lines[k].region.column != 0 || !flush(all[0], next, lines[k].size) {
				break
			}
			all = append(all, next)
		}
		if len(all) < 3 {
			i++
			continue
		}
		for k, pieces := range all {
			l := &lines[i+k]
			l.cells = nil
			for _, p := range pieces {
				l.cells = append(l.cells, strings.Join(strings.Fields(p.text()), " "))
			}
			l.words = strings.Join(l.cells, "\t")
			l.header = k == 0 && namesColumns(l.cells)
		}
		i += len(all)
	}
	return lines
}

// flush says whether the pieces of two rows stand in the same columns.
func flush(a, b []row, em float64) bool {
	for i := range a {
		left, right := abs(a[i].left-b[i].left), abs(a[i].right-b[i].right)
		centre := abs(a[i].left+a[i].right-b[i].left-b[i].right) / 2
		if min(left, right, centre) > 0.6*em {
			return false
		}
	}
	return true
}

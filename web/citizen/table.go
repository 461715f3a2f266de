package citizen

import (
	"strings"

	"github.com/policybot/policybot/corpus"
)

// table is rows of a document's text below the names of their columns.
type table struct {
	Columns []string // nil where the source names none
	Rows    []tableRow
}

// tableRow is a row; one with a passage of its own has its anchor.
type tableRow struct {
	Anchor string
	Cited  bool
	Off    bool   // it does not hold today
	Note   []Part // what there is to know about this row alone
	Across bool   // a heading across the table: one cell
	Cells  []cell
}

// cell is a cell; Head says that it names what its row is about.
type cell struct {
	Parts []Part
	Head  bool
}

// maxColumns bounds what a page lays out side by side.
const maxColumns = 60

// tableOf makes a table of lines that are rows. columns are those of a table
// that began before them.
func tableOf(lines []line, columns []string) *table {
	t := &table{Columns: columns}
	var above []string
	for _, l := range lines {
		cells := corpus.Cells(l.text)
		if len(cells) > maxColumns {
			cells = append(cells[:maxColumns-1:maxColumns-1], strings.Join(cells[maxColumns-1:], "；"))
		}
		if corpus.IsHeader(l.text) {
			if len(t.Rows) == 0 {
				t.Columns = cells
				continue
			}
			above = nil
		}
		// A cell that was merged over several rows stands in the first alone.
		for i := 0; i < len(cells) && i < len(above) && cells[i] == ""; i++ {
			cells[i] = above[i]
		}
		if above = cells; filled(cells) == 1 {
			above = nil
		}
		t.Rows = append(t.Rows, t.row(cells))
	}
	return t
}

func (t *table) row(cells []string) tableRow {
	r := tableRow{Across: filled(cells) == 1 && cells[0] != ""}
	if r.Across {
		r.Cells = []cell{{phones(cells[0]), true}}
		return r
	}
	for i, c := range cells {
		r.Cells = append(r.Cells, cell{phones(c), i == 0 && c != "" && len(t.Columns) > 1})
	}
	for len(r.Cells) < len(t.Columns) {
		r.Cells = append(r.Cells, cell{})
	}
	return r
}

// Width is how many columns the table has.
func (t *table) Width() int {
	n := len(t.Columns)
	for _, r := range t.Rows {
		n = max(n, len(r.Cells))
	}
	return n
}

func filled(cells []string) (n int) {
	for _, c := range cells {
		if c != "" {
			n++
		}
	}
	return n
}

// Package sheet reads xlsx (ECMA-376 Part 1, SpreadsheetML) and CSV row by row
// into cells as people see them: days as days, numbers with all their digits,
// the value that a formula had when the file was saved. It takes no more than
// it needs of a file and holds one row at a time; what the columns mean is its
// caller's business.
package sheet

import (
	"fmt"
	"iter"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// Limits bound what is read of one file. All are above zero.
type Limits struct {
	Rows     int   // with text in them, of one sheet
	Columns  int   // of a row
	Cells    int   // with text in them, of all sheets
	Cell     int   // bytes of a cell
	Text     int   // bytes of all cells of all sheets, a merged cell counted for each of its rows
	Sheets   int   // of a workbook
	Unzipped int64 // bytes of the parts of a workbook, unpacked
	Strings  int64 // bytes of its table of texts, unpacked
}

// Table is a sheet of a workbook, or a CSV file, whose name is "".
type Table struct {
	Name   string
	Hidden bool
	// HiddenColumns are left out of all rows, from 1.
	HiddenColumns []int
}

// Row is a row with text in it.
type Row struct {
	Number int      // from 1, as a spreadsheet program shows it; of CSV the line on which it begins
	Cells  []string // without blanks around them and without the empty ones at the end
	Hidden bool
	// Filled are the cells with the text of a cell that is merged over several
	// rows in each of them; Cells have it in the first alone.
	Filled []string
	// Uncomputed are the columns, from 1, whose formula was saved without a
	// value; their cells are empty.
	Uncomputed []int
}

// Visit is called for each table. rows can be read once, during the call; its
// last pair carries the error that ended it, if any.
type Visit func(t Table, rows iter.Seq2[Row, error]) error

func refuse(format string, args ...any) error { return corpus.Refusal(fmt.Sprintf(format, args...)) }

// tidy takes blanks off the ends of cells, and the empty ones at the end.
func tidy(cells []string) []string {
	last := 0
	for i, c := range cells {
		cells[i] = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(c, "\uFFFD"), "\r\n", "\n"))
		if cells[i] != "" {
			last = i + 1
		}
	}
	return cells[:last]
}

// meter counts what was read against the limits.
type meter struct {
	Limits
	rows, cells, text int
}

// take counts a row. Its error is a Refusal that ends the table.
func (m *meter) take(r Row) error {
	if m.rows++; m.rows > m.Rows {
		return refuse("超过 %d 行的上限，其余未读取；请拆成几份", m.Rows)
	}
	if len(r.Cells) > m.Columns {
		return refuse("第 %d 行有 %d 列，超过 %d 列的上限，从这一行起未读取", r.Number, len(r.Cells), m.Columns)
	}
	for _, c := range r.Cells {
		if c != "" {
			m.cells++
		}
		if len(c) > m.Cell {
			return refuse("第 %d 行有一格的文字超过 %d KB 的上限，从这一行起未读取", r.Number, m.Cell>>10)
		}
	}
	for _, c := range r.Filled {
		m.text += len(c)
	}
	switch {
	case m.cells > m.Cells:
		return refuse("超过 %d 格的上限，其余未读取；请拆成几份", m.Cells)
	case m.text > m.Text:
		return refuse("文字超过 %d MB 的上限，其余未读取；请拆成几份", m.Text>>20)
	}
	return nil
}

package docx

import (
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

const maxColumns = 63 // of a table, as in Word

// cell of a table; span is the columns that it takes up.
type cell struct {
	items []item
	span  int
}

// row of a table.
type row struct {
	cells  []cell
	header bool // said to be one: repeated on every page
}

// columns is the width of the row.
func (w row) columns() int {
	n := 0
	for _, c := range w.cells {
		n += c.span
	}
	return n
}

// table reads a table. One that only frames its text, a single cell a row, is
// read as what stands in it.
func (s *story) table() error {
	s.tables++
	outer := s.p
	s.p = nil
	var rows []row
	var read func(e element) error
	read = func(e element) error {
		switch {
		case e.is("tr"):
			w, err := s.row()
			if len(w.cells) > 0 {
				rows = append(rows, w)
			}
			return err
		case e.is("tblPr"), e.is("tblGrid"), e.is("del"), e.is("moveFrom"):
			return s.d.skip()
		case e.is("sdt"):
			return s.control(read)
		case e.space == compat && e.name == "AlternateContent":
			return s.alternate(read)
		}
		return s.d.children(read)
	}
	err := s.d.children(read)
	s.p = outer
	s.tables--
	if err != nil {
		return err
	}
	s.items = append(s.items, blocks(rows)...)
	s.place()
	return nil
}

func (s *story) row() (row, error) {
	var w row
	after, deleted := 0, false
	var read func(e element) error
	read = func(e element) error {
		switch {
		case e.is("trPr"):
			return s.d.children(func(e element) error {
				switch {
				case e.is("tblHeader"):
					w.header = e.on()
				case e.is("gridBefore"):
					if n := span(e); n > 0 {
						w.cells = append(w.cells, cell{span: n})
					}
				case e.is("gridAfter"):
					after = span(e)
				case e.is("del"):
					deleted, s.r.left.revised = true, true
				case e.is("ins"):
					s.r.left.revised = true
				}
				return s.d.skip()
			})
		case e.is("tc") && !deleted:
			c, ok, err := s.cell()
			if ok {
				w.cells = append(w.cells, c)
			}
			return err
		case e.is("tc"), e.is("tblPrEx"):
			return s.d.skip()
		case e.is("sdt"):
			return s.control(read)
		case e.space == compat && e.name == "AlternateContent":
			return s.alternate(read)
		}
		return s.d.children(read)
	}
	err := s.d.children(read)
	if deleted {
		return row{}, err
	}
	if after > 0 && len(w.cells) > 0 {
		w.cells = append(w.cells, cell{span: after})
	}
	return w, err
}

func span(e element) int { return max(0, min(e.number("val", 0), maxColumns)) }

// cell reads a cell; ok is false where it was deleted, or belongs to the one
// on its left.
func (s *story) cell() (c cell, ok bool, err error) {
	c, ok = cell{span: 1}, true
	c.items, err = s.within(func(e element) error {
		if !e.is("tcPr") {
			return s.block(e)
		}
		return s.d.children(func(e element) error {
			switch {
			case e.is("gridSpan"):
				c.span = max(1, span(e))
			case e.is("cellDel"):
				ok, s.r.left.revised = false, true
			}
			return s.d.skip()
		})
	})
	if err == nil {
		err = s.r.grow(c.span)
	}
	return c, ok, err
}

// blocks writes the rows of a table.
func blocks(rows []row) []item {
	columns, framed := 0, true
	for _, w := range rows {
		columns = max(columns, w.columns())
		framed = framed && len(w.cells) == 1
	}
	var out []item
	if framed {
		for _, w := range rows {
			out = append(out, w.cells[0].items...)
		}
		return out
	}
	first, last := 0, len(rows)
	for first < last && wide(rows[first], columns) { // a caption within the table
		out = append(out, rows[first].cells[0].items...)
		first++
	}
	for last > first && wide(rows[last-1], columns) { // a remark below it
		last--
	}
	lines := make([][]string, 0, last-first)
	for _, w := range rows[first:last] {
		lines = append(lines, line(w))
	}
	said := false
	for _, w := range rows[first:last] {
		said = said || w.header
	}
	for i, cells := range lines {
		text := strings.Join(cells, "\t")
		if strings.TrimSpace(text) == "" {
			continue
		}
		header := i == 0 && !said && looksLikeHeader(lines) || said && rows[first+i].header
		out = append(out, item{Block: corpus.Block{Text: text, Row: true, Header: header}})
	}
	for _, w := range rows[last:] {
		out = append(out, w.cells[0].items...)
	}
	return out
}

// wide says whether a row is a single cell across the table.
func wide(w row, columns int) bool { return len(w.cells) == 1 && w.columns() >= columns && columns > 1 }

// line is the texts of a row's columns: a cell across several stands in the
// first of them.
func line(w row) []string {
	var out []string
	for _, c := range w.cells {
		var parts []string
		for _, it := range c.items {
			if it.Label != "" {
				it.Text = strings.TrimSpace(it.Label + it.Text)
			}
			parts = append(parts, strings.Fields(it.Text)...)
		}
		out = append(out, strings.Join(parts, " "))
		for range c.span - 1 {
			out = append(out, "")
		}
	}
	return out
}

// headers are words that name a column.
var headers = []string{"序号", "编号", "项目", "名称", "事项", "内容", "标准", "金额", "单位", "备注", "类别", "依据", "时限", "电话", "地址", "说明", "要求", "条件", "材料", "凭证"}

// looksLikeHeader tells a row that names the columns from a first row of
// values: every cell short and filled, none a number or a name with a colon.
// Of two columns the first row of a form (姓名, 张三) looks the same: there a
// word has to say it.
func looksLikeHeader(lines [][]string) bool {
	if len(lines) < 2 || len(lines[0]) < 2 {
		return false
	}
	words, filled := 0, 0
	for _, c := range lines[0] {
		if c == "" {
			continue
		}
		filled++
		if utf8.RuneCountInString(c) > 16 || strings.HasSuffix(c, "：") || strings.HasSuffix(c, ":") || strings.ContainsAny(c, "。；") ||
			strings.ContainsAny(c[:1], "0123456789") {
			return false
		}
		for _, w := range headers {
			if strings.HasSuffix(c, w) {
				words++
				break
			}
		}
	}
	switch {
	case filled < 2, filled < len(lines[0]) && words < 2:
		return false
	case len(lines[0]) == 2:
		return words == 2
	}
	return words > 0 || len(lines) > 2
}

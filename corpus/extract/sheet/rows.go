package sheet

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// maxMerges bounds the merged cells of a sheet that are looked at.
const maxMerges = 20_000

// table reads one sheet.
func (w *workbook) table(s sheetRef, m *meter, visit Visit) error {
	merges, err := w.merges(s.part)
	if err != nil {
		return err
	}
	in, err := w.zip.Part(s.part, w.limits.Unzipped)
	if err != nil {
		return w.explain(err)
	}
	defer in.Close()
	m.rows = 0
	r := &rowReader{w: w, d: xml.NewDecoder(in), meter: m, merges: merges, held: map[int]merge{}, hidden: map[int]bool{}}
	if err := r.start(); err != nil {
		return w.explain(err)
	}
	for c := range r.hidden {
		s.HiddenColumns = append(s.HiddenColumns, c)
	}
	slices.Sort(s.HiddenColumns)
	return visit(s.Table, r.rows)
}

// merge is a merged cell of more than one row: its first column's text counts
// for all of its rows.
type merge struct {
	column     int
	first, end int // rows
	text       string
}

var mergeRef = regexp.MustCompile(`<(?:\w+:)?mergeCell\s[^>]{0,100}?ref="([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})"`)

// merges finds merged cells. They stand behind the rows, so the part is read
// twice.
func (w *workbook) merges(part string) ([]merge, error) {
	in, err := w.zip.Part(part, w.limits.Unzipped)
	if err != nil {
		return nil, w.explain(err)
	}
	defer in.Close()
	var out []merge
	const overlap = 256
	buf := make([]byte, 0, 64<<10+overlap)
	for {
		n, err := in.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		end := err != nil
		if end || cap(buf)-len(buf) < 4<<10 {
			last := 0
			for _, at := range mergeRef.FindAllSubmatchIndex(buf, -1) {
				last = at[1]
				first, _ := strconv.Atoi(string(buf[at[4]:at[5]]))
				until, _ := strconv.Atoi(string(buf[at[6]:at[7]]))
				if until > first && len(out) < maxMerges {
					out = append(out, merge{column: columnOf(string(buf[at[2]:at[3]])), first: first, end: until})
				}
			}
			keep := buf[max(last, len(buf)-overlap):]
			buf = append(buf[:0], keep...)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, w.explain(err)
		}
	}
	slices.SortFunc(out, func(a, b merge) int { return a.first - b.first })
	return out, nil
}

// columnOf reads A, B … AA as 1, 2 … 27, up to three letters.
func columnOf(letters string) int {
	n := 0
	for i := 0; i < len(letters) && i < 3; i++ {
		c := letters[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n
}

// rowReader reads the rows of a sheet.
type rowReader struct {
	w      *workbook
	d      *xml.Decoder
	meter  *meter
	merges []merge       // not begun yet
	held   map[int]merge // begun, by column
	hidden map[int]bool
}

// start reads up to the rows: which columns are hidden stands before them.
func (r *rowReader) start() error {
	for {
		t, err := r.d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		e, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		switch e.Name.Local {
		case "sheetData":
			return nil
		case "col":
			if isTrue(attr(e, "hidden")) {
				first, _ := strconv.Atoi(attr(e, "min"))
				last, _ := strconv.Atoi(attr(e, "max"))
				for c := max(first, 1); c <= min(last, r.meter.Columns); c++ {
					r.hidden[c] = true
				}
			}
		}
	}
}

// rows is the iterator that Visit gets.
func (r *rowReader) rows(yield func(Row, error) bool) {
	number := 0
	for {
		t, err := r.d.RawToken()
		if errors.Is(err, io.EOF) {
			return
		}
		if err == nil {
			if e, ok := t.(xml.EndElement); ok && e.Name.Local == "sheetData" {
				return
			}
			e, ok := t.(xml.StartElement)
			if !ok || e.Name.Local != "row" {
				continue
			}
			number++
			if n, wrong := strconv.Atoi(attr(e, "r")); wrong == nil && n > 0 {
				number = n
			}
			row := Row{Number: number, Hidden: isTrue(attr(e, "hidden"))}
			err = r.row(&row)
			if err == nil {
				row.Cells = tidy(row.Cells)
				if r.fill(&row); len(row.Cells) == 0 && len(row.Uncomputed) == 0 {
					continue
				}
				err = r.meter.take(row)
			}
			if err == nil {
				if !yield(row, nil) {
					return
				}
				continue
			}
		}
		yield(Row{}, r.w.explain(err))
		return
	}
}

// row reads the cells of a row.
func (r *rowReader) row(row *Row) error {
	column := 0
	for {
		t, err := r.d.RawToken()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.EndElement:
			if t.Name.Local == "row" {
				return nil
			}
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			column++
			if ref := attr(t, "r"); ref != "" {
				column = columnOf(ref)
			}
			text, computed, err := r.cell(t)
			if err != nil {
				return err
			}
			if r.hidden[column] || column < 1 {
				continue
			}
			if !computed {
				row.Uncomputed = append(row.Uncomputed, column)
			}
			if text == "" {
				continue
			}
			if column > r.meter.Columns {
				return refuse("第 %d 行有 %d 列，超过 %d 列的上限，从这一行起未读取", row.Number, column, r.meter.Columns)
			}
			for len(row.Cells) < column {
				row.Cells = append(row.Cells, "")
			}
			row.Cells[column-1] = text
		}
	}
}

// cell reads a cell. computed is false where it has a formula without a value.
func (r *rowReader) cell(c xml.StartElement) (text string, computed bool, err error) {
	var value strings.Builder
	formula, in := false, false
	for {
		t, err := r.d.RawToken()
		if err != nil {
			return "", true, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			in = t.Name.Local == "v"
			switch t.Name.Local {
			case "f":
				formula = true
			case "is":
				s, err := runs(r.d, "is")
				if err != nil {
					return "", true, err
				}
				value.WriteString(s)
			}
		case xml.EndElement:
			in = false
			if t.Name.Local == "c" {
				v := value.String()
				return r.shown(v, attr(c, "t"), attr(c, "s")), v != "" || !formula, nil
			}
		case xml.CharData:
			if in {
				value.Write(t)
			}
		}
	}
}

// shown is a value as people see it, by its type and style (18.18.11).
func (r *rowReader) shown(v, kind, style string) string {
	switch kind {
	case "s":
		if i, err := strconv.Atoi(strings.TrimSpace(v)); err == nil && i >= 0 && i < len(r.w.texts) {
			return r.w.texts[i]
		}
		return ""
	case "b":
		if isTrue(v) {
			return "是"
		}
		return "否"
	case "str", "inlineStr":
		return unescape(v)
	case "e":
		return "" // #N/A says nothing to a citizen
	case "d":
		return strings.TrimSuffix(strings.Replace(v, "T", " ", 1), " 00:00:00")
	}
	var f format
	if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(r.w.styles) {
		f = r.w.styles[i]
	}
	return f.write(strings.TrimSpace(v), r.w.from04)
}

// fill makes Filled.
func (r *rowReader) fill(row *Row) {
	row.Filled = row.Cells
	at := func(c int) string {
		if c >= 1 && c <= len(row.Filled) {
			return row.Filled[c-1]
		}
		return ""
	}
	for len(r.merges) > 0 && r.merges[0].first <= row.Number {
		m := r.merges[0]
		r.merges = r.merges[1:]
		if m.first == row.Number && m.column >= 1 && m.column <= r.meter.Columns && !r.hidden[m.column] {
			m.text = at(m.column)
			r.held[m.column] = m
		}
	}
	if len(row.Cells) == 0 {
		return // nothing but the merged cell: an empty row of a form
	}
	own := true
	for c, m := range r.held {
		switch {
		case m.end < row.Number:
			delete(r.held, c)
		case m.text != "" && at(c) == "":
			if own {
				row.Filled, own = slices.Clone(row.Cells), false
			}
			for len(row.Filled) < c {
				row.Filled = append(row.Filled, "")
			}
			row.Filled[c-1] = m.text
		}
	}
}

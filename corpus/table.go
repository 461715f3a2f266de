package corpus

import "strings"

// Lines of a canonical text that are rows of a table hold a tab. A row whose
// later cells are all empty ends behind its last one, except that a row with
// a first cell only ends in a tab, so that it is known for a row. The line
// that names the columns ends in a tab behind two cells or more.

// IsRow reports whether a line of a canonical text is a row of a table.
func IsRow(line string) bool { return strings.Contains(line, "\t") }

// IsHeader reports whether a line of a canonical text, with or without its
// break, names the columns of the rows below it.
func IsHeader(line string) bool {
	body, ok := strings.CutSuffix(strings.TrimRight(line, "\r\n"), "\t")
	return ok && strings.Contains(body, "\t")
}

// Cells returns the cells of a line of a canonical text that is a row of a
// table, empty ones too; nil where it is none.
func Cells(line string) []string {
	line = strings.TrimRight(line, "\r\n")
	if !IsRow(line) {
		return nil
	}
	return strings.Split(strings.TrimSuffix(line, "\t"), "\t")
}

// rowText writes a row as a line of a canonical text; "" where all cells are
// empty.
func rowText(text string, header bool) string {
	cells := strings.Split(text, "\t")
	filled := 0
	last := -1
	for i, c := range cells {
		if cells[i] = strings.Join(strings.Fields(c), " "); cells[i] != "" {
			filled, last = filled+1, i
		}
	}
	switch {
	case filled == 0:
		return ""
	case last == 0, header:
		return strings.Join(cells[:last+1], "\t") + "\t"
	}
	return strings.Join(cells[:last+1], "\t")
}

// Readable writes a piece of a canonical text as people read it: the rows of
// tables as 项目：工本费；标准：20元, without the lines that name the columns
// where rows follow. A cell that was merged over several rows, and stands
// empty at the start of the later ones, is said again. columns are those of a
// table that began before the piece (Passage.Columns, ColumnsAt); nil where
// none did. What is no table stays as it is. The piece begins where a line or
// a passage does.
func Readable(text string, columns []string) string {
	if !IsRow(text) {
		return text
	}
	lines := strings.Split(text, "\n")
	out := make([]string, 0, len(lines))
	var above []string
	for i, line := range lines {
		switch {
		case !IsRow(line):
			out = append(out, line)
			columns, above = nil, nil
		case IsHeader(line):
			if i == 0 || !IsHeader(lines[i-1]) {
				columns = nil
			}
			columns, above = below(columns, Cells(line)), nil
			if i+1 >= len(lines) || !IsRow(lines[i+1]) {
				out = append(out, readableRow(columns, nil))
			}
		default:
			cells, _ := columnsOf(columns).fillDown(Cells(line), above)
			if above = cells; len(cells) == 1 {
				above = nil // a heading across the table
			}
			out = append(out, readableRow(cells, columns))
		}
	}
	return strings.Join(out, "\n")
}

func readableRow(cells, columns []string) string {
	if name := strings.TrimRight(cells[0], "：:"); len(cells) == 2 && cells[1] != "" {
		if _, ok := GuideField(name); ok {
			return name + "：" + cells[1] // whatever the columns are called
		}
	}
	var sb strings.Builder
	for i, c := range cells {
		if c == "" {
			continue
		}
		if sb.Len() > 0 && !endsClause(sb.String()) {
			sb.WriteString("；")
		}
		if len(cells) > 1 && i < len(columns) && columns[i] != "" && columns[i] != c {
			sb.WriteString(columns[i])
			sb.WriteString("：")
		}
		sb.WriteString(c)
	}
	return sb.String()
}

func endsClause(s string) bool {
	for _, end := range [...]string{"。", "；", "！", "？", ";"} {
		if strings.HasSuffix(s, end) {
			return true
		}
	}
	return false
}

// ColumnsAt returns the names of the columns of the table in which byte at of
// a canonical text lies; nil where it lies in none, or in one without names.
func ColumnsAt(text string, at int) []string {
	if at < 0 || at > len(text) {
		return nil
	}
	end := len(text)
	if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
		end = at + i
	}
	for end >= 0 {
		start := strings.LastIndexByte(text[:end], '\n') + 1
		line := text[start:end]
		switch {
		case IsHeader(line):
			if start > 0 {
				return below(headerBefore(text[:start-1]), Cells(line))
			}
			return Cells(line)
		case !IsRow(line):
			return nil
		}
		end = start - 1
	}
	return nil
}

// headerBefore is what the line at the end of a text names, nil where that
// names no columns.
func headerBefore(text string) []string {
	line := text[strings.LastIndexByte(text, '\n')+1:]
	if !IsHeader(line) {
		return nil
	}
	return Cells(line)
}

// below joins two rows that name columns: one that spans several has its names
// in the row below it.
func below(upper, lower []string) []string {
	for i := range min(len(upper), len(lower)) {
		if lower[i] == "" {
			lower[i] = upper[i]
		}
	}
	if len(upper) > len(lower) {
		lower = append(lower, upper[len(lower):]...)
	}
	return lower
}

// nameColumns gives the passages that begin within a table the names of its
// columns; for one that begins within a row they start with the column that
// it begins in.
func nameColumns(passages []Passage, text string, pieces []piece) {
	var columns []string
	k := 0
	for i := range passages {
		p := &passages[i]
		for ; k < len(pieces) && pieces[k].start <= p.Start; k++ {
			switch {
			case pieces[k].header:
				if k == 0 || !pieces[k-1].header {
					columns = nil
				}
				columns = below(columns, Cells(pieces[k].text))
			case !pieces[k].row:
				columns = nil
			}
		}
		if k == 0 || columns == nil || pieces[k-1].header || p.Role != BodyRole {
			continue
		}
		if skip := strings.Count(text[pieces[k-1].start:p.Start], "\t"); skip < len(columns) {
			p.Columns = columns[skip:]
		}
	}
}

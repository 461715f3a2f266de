package extract

import (
	"strings"
	"unicode/utf8"
)

// tableLines writes rows as lines. With a header each cell says what it is:
// 项目：工本费；标准：20元. Empty cells are left out.
func tableLines(rows [][]string, header bool) []string {
	var out []string
	var names []string
	if header && len(rows) > 1 {
		names, rows = rows[0], rows[1:]
	}
	for _, row := range rows {
		var parts []string
		for i, cell := range row {
			cell = strings.TrimSpace(cell)
			if cell == "" {
				continue
			}
			if i < len(names) && strings.TrimSpace(names[i]) != "" && names[i] != cell {
				cell = strings.TrimSpace(names[i]) + "：" + cell
			}
			parts = append(parts, cell)
		}
		if len(parts) > 0 {
			out = append(out, strings.Join(parts, "；"))
		}
	}
	return out
}

// looksLikeHeader tells a header from a first row of values: every cell
// short and filled, none a number or a name with a colon.
func looksLikeHeader(rows [][]string) bool {
	if len(rows) < 2 || len(rows[0]) < 2 {
		return false
	}
	for _, c := range rows[0] {
		if c == "" || utf8.RuneCountInString(c) > 16 || strings.HasSuffix(c, "：") || strings.HasSuffix(c, ":") ||
			strings.ContainsAny(c[:1], "0123456789") {
			return false
		}
	}
	return true
}

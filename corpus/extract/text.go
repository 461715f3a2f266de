package extract

import (
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// textFile reads plain text: one block a line, and a row of a table where tabs
// part it into cells.
func textFile(s *source, data []byte) (corpus.Content, error) {
	d, err := s.document(fields{})
	if err != nil {
		return corpus.Content{}, err
	}
	return s.finish(d, nil, textBlocks(decode(s, data, "")))
}

// textBlocks makes a block of every line that is not blank, a row of those that
// tabs part into as many cells as the lines beside them.
func textBlocks(text string) []corpus.Block {
	var blocks []corpus.Block
	var rows [][]string
	flush := func() {
		if isTable(rows) {
			heads := 0
			if looksLikeHeader(rows) {
				heads = 1
			}
			blocks = append(blocks, tableBlocks(rows, heads)...)
		} else {
			for _, row := range rows {
				blocks = append(blocks, corpus.Block{Text: strings.TrimSpace(strings.Join(row, "\t"))})
			}
		}
		rows = nil
	}
	for part := range strings.SplitSeq(strings.ReplaceAll(text, "\r", "\n"), "\n") {
		// An empty cell at a row's end counts, one that indents a line does not.
		row := strings.Split(strings.TrimLeft(strings.Trim(part, " \u3000"), "\t"), "\t")
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		if strings.TrimSpace(part) == "" {
			flush()
			continue
		}
		if len(rows) > 0 && len(row) != len(rows[0]) {
			flush()
		}
		rows = append(rows, row)
	}
	flush()
	return blocks
}

// isTable says whether lines of cells between tabs are rows: as a table looks
// that was pasted into a text. A tab behind a number is no cell's.
func isTable(rows [][]string) bool {
	if len(rows) < 2 || len(rows[0]) < 2 {
		return false
	}
	numbered, single := 0, 0
	for _, row := range rows {
		if len(slices.DeleteFunc(slices.Clone(row), func(cell string) bool { return cell == "" })) < 2 {
			single++
		}
		if corpus.Numbered(strings.Join(row, "\t")) {
			numbered++
		}
	}
	return 2*single < len(rows) && (len(rows[0]) > 2 || 2*numbered < len(rows))
}

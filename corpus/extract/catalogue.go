package extract

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract/sheet"
)

// document sends the sheet as one document.
func (t *tableReader) document(ctx context.Context, kind corpus.Kind, title string, blocks []corpus.Block) error {
	s := t.source(0)
	d, err := s.document(fields{"id": t.id()})
	var content corpus.Content
	if err == nil {
		if d.Kind == "" {
			d.Kind = kind
		}
		d.Title = clean(title)
		content, err = safely(func() (corpus.Content, error) { return s.finish(d, nil, cleanBlocks(blocks)) })
	}
	if err == nil {
		content.Original = t.file.original(d.ID)
	}
	return t.file.send(ctx, t.watch, s.outcome(Record{Content: content}, err))
}

// collect reads rows to the end, or to the first error.
func collect(rows iter.Seq2[sheet.Row, error], failed *error) []sheet.Row {
	var all []sheet.Row
	for row, err := range rows {
		if err != nil {
			*failed = err
			break
		}
		all = append(all, row)
	}
	return all
}

// isForm tells a sheet that is one service guide, with the names of fields in
// a column and what they say beside them.
func isForm(rows [][]string) bool {
	known := 0
	for _, row := range rows {
		label, value := pair(row)
		if value != "" && (slices.Contains(guideColumns, heading(label)) || columnNames[heading(label)] == "matter") {
			known++
		}
	}
	return known >= 3
}

// pair is a row's first text and the rest of them.
func pair(row []string) (label, value string) {
	for i, cell := range row {
		if cell == "" {
			continue
		}
		if label == "" {
			label = cell
			continue
		}
		return label, strings.TrimSpace(strings.Join(row[i:], "\n"))
	}
	return label, ""
}

// form reads a sheet that is one guide.
func (t *tableReader) form(ctx context.Context, rows []sheet.Row) error {
	title := ""
	var blocks []corpus.Block
	last := ""
	for _, row := range rows {
		label, value := pair(row.Filled)
		switch {
		case value == "":
			blocks = append(blocks, textBlocks(label)...)
			continue
		case title == "" && columnNames[heading(label)] == "matter":
			title = strings.Join(strings.Fields(value), " ")
		case label != last:
			blocks = append(blocks, corpus.Block{Heading: 2, Text: strings.Join(strings.Fields(strings.Trim(label, "：:")), "")})
		}
		if columnNames[heading(label)] != "matter" {
			blocks = append(blocks, textBlocks(value)...)
		}
		last = label
	}
	if title == "" {
		title = t.name()
	}
	return t.document(ctx, corpus.Guide, title, blocks)
}

// catalogue reads any other sheet as one document: a title, and a table.
func (t *tableReader) catalogue(ctx context.Context, head []sheet.Row, more iter.Seq2[sheet.Row, error]) error {
	header := headerRow(head)
	b := tableBuilder{}
	title := ""
	for i, row := range head {
		label, rest := pair(row.Cells)
		switch {
		case i < header && rest == "" && title == "":
			title = strings.Join(strings.Fields(label), " ")
		case i < header && rest == "":
			b.blocks = append(b.blocks, textBlocks(label)...)
		default:
			b.row(row.Cells, i == header)
		}
	}
	for row, err := range more {
		if err != nil {
			return t.refuse(ctx, err)
		}
		b.row(row.Cells, false)
		if b.size > MaxText {
			return t.refuse(ctx, refuse("文字超过 %d MB 的上限，未导入；请拆成几份", MaxText>>20))
		}
	}
	if title == "" {
		title = t.name()
	}
	return t.document(ctx, corpus.Catalogue, title, b.blocks)
}

// headerRow is the first row that reads like headings: two and more short
// cells without figures, as many as the rows below have. -1 is none.
func headerRow(rows []sheet.Row) int {
	for i, row := range rows[:min(len(rows), 10)] {
		filled, fine := 0, true
		for _, c := range row.Cells {
			if c == "" {
				continue
			}
			filled++
			first := c[0]
			if len([]rune(c)) > 16 || first >= '0' && first <= '9' || strings.HasSuffix(c, "：") || strings.HasSuffix(c, "。") {
				fine = false
			}
		}
		if filled < 2 || !fine || i+1 >= len(rows) {
			continue
		}
		below := rows[i+1].Filled
		if len(below) <= len(row.Cells)+2 && len(row.Cells)-filled <= filled {
			return i
		}
		return -1
	}
	return -1
}

// tableBuilder gathers the rows of a table as blocks.
type tableBuilder struct {
	blocks []corpus.Block
	size   int
}

func (b *tableBuilder) row(cells []string, header bool) {
	if len(cells) == 0 {
		return
	}
	line := make([]string, len(cells))
	for i, c := range cells {
		line[i] = strings.Join(strings.Fields(c), " ")
	}
	text := strings.Join(line, "\t")
	b.size += len(text) + 1
	b.blocks = append(b.blocks, corpus.Block{Row: true, Header: header, Text: text})
}

package sheet

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
)

// CSV reads a text of values with commas, semicolons or tabs between them
// (RFC 4180, and what spreadsheets make of it). Quotation marks within an
// unquoted value are taken as they stand. Errors are those of visit and ctx,
// or a corpus.Refusal.
func CSV(ctx context.Context, text string, l Limits, visit Visit) error {
	from := &feeder{text: strings.NewReader(text), separator: byte(separator(text)), left: maxRecord}
	in := csv.NewReader(from)
	in.Comma = rune(from.separator)
	in.FieldsPerRecord = -1
	in.LazyQuotes = true
	in.ReuseRecord = true
	m := &meter{Limits: l}
	return visit(Table{}, func(yield func(Row, error) bool) {
		for {
			if err := ctx.Err(); err != nil {
				yield(Row{}, err)
				return
			}
			from.left = maxRecord
			record, err := in.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if errors.Is(err, errWide) {
				yield(Row{}, refuse("有一行超过 %d 列的上限，从这一行起未读取", l.Columns))
				return
			}
			if err != nil {
				var at *csv.ParseError
				line := 0
				if errors.As(err, &at) {
					line = at.StartLine
				}
				yield(Row{}, refuse("第 %d 行的引号不成对，从这一行起未读取", line))
				return
			}
			line, _ := in.FieldPos(0)
			r := Row{Number: line, Cells: tidy(slices.Clone(record))}
			if r.Filled = r.Cells; len(r.Cells) == 0 {
				continue
			}
			err = m.take(r)
			if err != nil {
				yield(Row{}, err)
				return
			}
			if !yield(r, nil) {
				return
			}
		}
	})
}

// maxRecord bounds the separators of one row, also those within its cells: a
// parser makes a row before anybody can look at it.
const maxRecord = 50_000

var errWide = errors.New("sheet: too many columns")

// feeder stops a parser that takes too much for one row.
type feeder struct {
	text      *strings.Reader
	separator byte
	left      int
}

func (f *feeder) Read(p []byte) (int, error) {
	n, err := f.text.Read(p)
	if f.left -= bytes.Count(p[:n], []byte{f.separator}); f.left < 0 {
		return 0, errWide
	}
	return n, err
}

// separator tells what stands between values: what the first lines have most
// of, outside of quotation marks.
func separator(text string) rune {
	counts := map[rune]int{}
	quoted, lines := false, 0
	for _, r := range text[:min(len(text), 64<<10)] {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == ',' || r == ';' || r == '\t':
			counts[r]++
		case r == '\n':
			lines++
		}
		if lines == 5 {
			break
		}
	}
	best := ','
	for _, r := range []rune{';', '\t'} {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best
}

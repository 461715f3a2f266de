package layout

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// row is what stands on one height of a page, from left to right, across
// columns.
type row struct {
	spans                    []Span
	left, top, right, bottom float64
	size                     float64
}

// rowsOf sorts spans into rows from top to bottom. A span belongs to a row
// when it shares at least half of its height with the span that began it.
func rowsOf(spans []Span) []row {
	slices.SortStableFunc(spans, func(a, b Span) int { return compare(a.Top+a.Bottom, b.Top+b.Bottom) })
	var rows []row
	var first Span // that began the row: the tallest near the top
	for _, s := range spans {
		if len(rows) > 0 {
			shared := min(s.Bottom, first.Bottom) - max(s.Top, first.Top)
			if shared > 0 && shared >= 0.5*min(s.Bottom-s.Top, first.Bottom-first.Top) {
				r := &rows[len(rows)-1]
				r.spans = append(r.spans, s)
				if s.Size > 1.3*first.Size {
					first = s // a mark above the line came first
				}
				continue
			}
		}
		first = s
		rows = append(rows, row{spans: []Span{s}})
	}
	for i := range rows {
		rows[i].settle()
	}
	return rows
}

// maxAgain is how many spans back the same one is looked for: letters set bold
// by printing them again stand next to each other.
const maxAgain = 100

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// settle sorts a row, drops what was printed twice in one place to look bold,
// and measures it.
func (r *row) settle() {
	slices.SortStableFunc(r.spans, func(a, b Span) int { return compare(a.Left, b.Left) })
	kept := r.spans[:0]
	for _, s := range r.spans {
		again := false
		for k := len(kept) - 1; k >= max(0, len(kept)-maxAgain) && kept[k].Left > s.Left-0.2*s.Size; k-- {
			if kept[k].Text == s.Text && kept[k].Right > s.Left && abs(kept[k].Top-s.Top) < 0.2*s.Size {
				again = true
				break
			}
		}
		if !again {
			kept = append(kept, s)
		}
	}
	r.spans = kept
	weight := map[int]int{}
	most := 0
	for i, s := range r.spans {
		if i == 0 {
			r.left, r.top, r.right, r.bottom = s.Left, s.Top, s.Right, s.Bottom
		}
		r.left, r.top = min(r.left, s.Left), min(r.top, s.Top)
		r.right, r.bottom = max(r.right, s.Right), max(r.bottom, s.Bottom)
		key := sizeKey(s.Size)
		if weight[key] += utf8.RuneCountInString(s.Text); weight[key] > most {
			most, r.size = weight[key], s.Size
		}
	}
}

func abs(v float64) float64 { return max(v, -v) }

// text writes the row as one line.
func (r row) text() string { return textOf(r.spans) }

// textOf writes spans, in order, as one line: a blank where there is room for
// one that the font did not set.
func textOf(spans []Span) string {
	var sb strings.Builder
	for i, s := range spans {
		if i > 0 && (needsBlank(spans[i-1], s) || s.Left-spans[i-1].Right > 0.15*s.Size && behindMark(sb.String())) {
			sb.WriteByte(' ')
		}
		sb.WriteString(s.Text)
	}
	return strings.TrimSpace(sb.String())
}

func needsBlank(a, b Span) bool {
	last, _ := utf8.DecodeLastRuneInString(a.Text)
	first, _ := utf8.DecodeRuneInString(b.Text)
	if unicode.IsSpace(last) || unicode.IsSpace(first) {
		return false
	}
	gap := (b.Left - a.Right) / max(a.Size, b.Size)
	if corpus.Wide(last) || corpus.Wide(first) {
		return gap > 0.9
	}
	return gap > 0.24
}

// pieces cuts the row where it is empty for at least gap times its size.
func (r row) pieces(gap float64) []row {
	var out []row
	from := 0
	for i := 1; i <= len(r.spans); i++ {
		if i < len(r.spans) && r.spans[i].Left-r.spans[i-1].Right < gap*r.size {
			continue
		}
		p := row{spans: slices.Clone(r.spans[from:i])}
		p.settle()
		out = append(out, p)
		from = i
	}
	return out
}

// behindMark says whether a line so far is the number of an article or a
// heading and no more: there a blank is meant, however narrow it is.
func behindMark(s string) bool { return len(s) < 40 && mark.MatchString(s) }

var mark = regexp.MustCompile(`^第[一二三四五六七八九十百千零〇\d]+(?:条(?:之[一二三四五六七八九十]+)?|[编章节]|部分)$`)

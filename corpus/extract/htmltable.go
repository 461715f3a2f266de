package extract

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func itoa(n int) string { return strconv.Itoa(n) }

// nodeText is the text of a node in one line.
func nodeText(n *html.Node) string {
	var sb strings.Builder
	var walk func(*html.Node, int)
	walk = func(n *html.Node, depth int) {
		if n.Type == html.TextNode {
			sb.WriteString(n.Data)
		}
		if depth > maxDepth || n.Type == html.ElementNode && (skipped[n.DataAtom] || hidden(n)) {
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, depth+1)
		}
		if blockElements[n.DataAtom] {
			sb.WriteByte(' ')
		}
	}
	walk(n, 0)
	return collapse(sb.String())
}

// table writes a table of values as lines; one that only arranges the page is
// walked as if it were not there.
func (r *htmlReader) table(n *html.Node, depth int) {
	rows, named, ok := gridOf(n)
	if named == 0 && looksLikeHeader(rows) {
		named = 1
	}
	if !ok {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			r.walk(c, depth+1)
		}
		r.flush()
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Caption {
			r.walk(c, depth+1)
		}
	}
	rowBlocks := tableBlocks(rows, named)
	r.blocks = append(r.blocks, rowBlocks...)
	r.linked = append(r.linked, make([]int, len(rowBlocks))...)
}

// gridOf reads the cells of a table; one that spans several stands in the
// first of them, the others are empty. named: how many rows at its top consist of th. ok is false for a table of the page's layout.
func gridOf(table *html.Node) (rows [][]string, named int, ok bool) {
	carry := map[int]int{} // column → rows that a cell from above still reaches
	cells, wide := 0, false
	fine := eachRow(table, 0, func(tr *html.Node) bool {
		var row []string
		heads, own := 0, 0
		fill := func() {
			for {
				left, held := carry[len(row)]
				if !held {
					return
				}
				if left--; left <= 0 {
					delete(carry, len(row))
				} else {
					carry[len(row)] = left
				}
				row = append(row, "")
			}
		}
		for c := tr.FirstChild; c != nil; c = c.NextSibling {
			if c.DataAtom != atom.Td && c.DataAtom != atom.Th {
				continue
			}
			if hasTable(c, 0) {
				return false
			}
			fill()
			text := nodeText(c)
			if utf8.RuneCountInString(text) > 600 {
				return false
			}
			if own++; c.DataAtom == atom.Th {
				heads++
			}
			down := spanOf(c, "rowspan")
			for k := range spanOf(c, "colspan") {
				if down > 1 {
					carry[len(row)] = down - 1
				}
				if k > 0 {
					text = ""
				}
				row = append(row, text)
			}
			if cells++; cells > maxCells || len(row) > 200 {
				return false
			}
		}
		fill()
		if len(rows) == named && named < maxHeads && heads == own && (own > 1 || named > 0) {
			named++
		}
		wide = wide || len(row) > 1
		rows = append(rows, row)
		return true
	})
	return rows, named, fine && wide
}

const maxHeads = 3 // rows that name the columns of one table

func spanOf(n *html.Node, name string) int {
	for _, a := range n.Attr {
		if a.Key == name {
			if k, err := strconv.Atoi(strings.TrimSpace(a.Val)); err == nil {
				return max(1, min(k, 100))
			}
		}
	}
	return 1
}

// eachRow calls yield for the rows of this table until it returns false.
func eachRow(n *html.Node, depth int, yield func(*html.Node) bool) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.DataAtom {
		case atom.Tr:
			if !yield(c) {
				return false
			}
		case atom.Thead, atom.Tbody, atom.Tfoot:
			if depth < 3 && !eachRow(c, depth+1, yield) {
				return false
			}
		}
	}
	return true
}

func hasTable(n *html.Node, depth int) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Table || depth < maxDepth && hasTable(c, depth+1) {
			return true
		}
	}
	return false
}

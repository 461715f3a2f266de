package layout

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	edgeShare = 0.13 // of the page's height, where headers and footers stand
	edgeRows  = 3    // at most so many of them above each other
)

var (
	pageNumber = regexp.MustCompile(`^(?:[-—–―－·•~]+\s*\d{1,4}\s*[-—–―－·•~]+|第\s*[\d一二三四五六七八九十百]+\s*页(?:\s*[,，、/]?\s*[（(]?\s*共\s*[\d一二三四五六七八九十百]+\s*页\s*[）)]?)?|共\s*\d+\s*页\s*[,，、/]?\s*第\s*\d+\s*页|(?i:page)\s*\d+(?:\s*(?i:of|/)\s*\d+)?|\d{1,4}\s*[/／]\s*\d{1,4})$`)
	bareFigure = regexp.MustCompile(`^\d{1,4}$`)
	figures    = regexp.MustCompile(`\d+`)
)

// place is a row that stands where headers and footers do.
type place struct {
	page, row int
	top       bool
	text      string
}

// takeFurniture takes headers, footers and page numbers off all pages and
// says which: what is written as a page number is, and what stands at the
// same height of several pages with the same words, figures apart.
func (d *document) takeFurniture() []string {
	var all []place
	for i, s := range d.pages {
		all = append(all, s.edges(i)...)
	}
	groups := map[string][]place{}
	bare := map[int][]place{} // by the difference of figure and page
	var off []place
	numbers := 0
	for _, p := range all {
		plain := strings.TrimSpace(narrow(p.text))
		if pageNumber.MatchString(plain) {
			off = append(off, p)
			numbers++
			continue
		}
		if bareFigure.MatchString(plain) {
			n, _ := strconv.Atoi(plain)
			bare[n-p.page] = append(bare[n-p.page], p)
			continue
		}
		key := fmt.Sprint(p.top, figures.ReplaceAllString(squeeze(plain), "#"))
		groups[key] = append(groups[key], p)
	}
	for _, same := range bare {
		if distinct(same) >= 2 || len(d.pages) == 1 && d.lastAlone(same[0]) {
			off = append(off, same...)
			numbers += len(same)
		}
	}
	var repeated []place
	for _, same := range groups {
		for _, level := range d.level(same) {
			if n := distinct(level); n >= 3 && 5*n >= 2*len(d.pages) || n == 2 && len(d.pages) <= 3 && d.smallPrint(level) {
				repeated = append(repeated, level...)
			}
		}
	}
	d.remove(append(off, repeated...))
	return leftOut(repeated, numbers, d)
}

// edges lists the first and last rows of a page that stand near its edge.
func (s *sheet) edges(page int) []place {
	height := s.Height
	if !(height > 0 && height < far) {
		for _, r := range s.rows {
			height = max(height, r.bottom)
		}
	}
	var out []place
	for i, r := range s.rows {
		if i >= edgeRows || r.bottom > edgeShare*height {
			break
		}
		out = append(out, place{page, i, true, r.text()})
	}
	for k := range min(edgeRows, len(s.rows)-len(out)) {
		i := len(s.rows) - 1 - k
		if s.rows[i].top < (1-edgeShare)*height {
			break
		}
		out = append(out, place{page, i, false, s.rows[i].text()})
	}
	return out
}

// level parts rows with the same words by the height at which they stand.
func (d *document) level(same []place) [][]place {
	slices.SortStableFunc(same, func(a, b place) int { return compare(d.at(a).top, d.at(b).top) })
	var out [][]place
	for i, p := range same {
		if i > 0 && d.at(p).top-d.at(same[i-1]).top < 0.7*d.body {
			out[len(out)-1] = append(out[len(out)-1], p)
			continue
		}
		out = append(out, []place{p})
	}
	return out
}

func (d *document) at(p place) row { return d.pages[p.page].rows[p.row] }

// smallPrint says whether rows are set smaller than the text or apart from
// it: on two pages alone, equal lines may be chance.
func (d *document) smallPrint(same []place) bool {
	for _, p := range same {
		if r := d.at(p); r.size > 0.93*d.body {
			return false
		}
	}
	return true
}

// lastAlone says whether a row is the last of its page and set off from the
// others.
func (d *document) lastAlone(p place) bool {
	rows := d.pages[p.page].rows
	return p.row == len(rows)-1 && p.row > 0 && rows[p.row].top-rows[p.row-1].bottom > 1.5*d.body
}

func distinct(all []place) int {
	pages := map[int]bool{}
	for _, p := range all {
		pages[p.page] = true
	}
	return len(pages)
}

func (d *document) remove(all []place) {
	off := map[[2]int]bool{}
	for _, p := range all {
		off[[2]int{p.page, p.row}] = true
	}
	for i, s := range d.pages {
		kept := make([]row, 0, len(s.rows))
		for k, r := range s.rows {
			if !off[[2]int{i, k}] {
				kept = append(kept, r)
			}
		}
		s.rows = kept
	}
}

// leftOut is the one warning that names everything taken off.
func leftOut(repeated []place, numbers int, d *document) []string {
	if len(repeated) == 0 && numbers == 0 {
		return nil
	}
	pages := map[string][]int{}
	var texts []string
	slices.SortStableFunc(repeated, func(a, b place) int {
		if a.page != b.page {
			return a.page - b.page
		}
		return a.row - b.row
	})
	for _, p := range repeated {
		key := figures.ReplaceAllString(p.text, "#")
		if pages[key] == nil {
			texts = append(texts, p.text)
		}
		pages[key] = append(pages[key], d.pages[p.page].Number)
	}
	var named []string
	for _, t := range texts {
		named = append(named, "“"+t+"”（"+Pages(pages[figures.ReplaceAllString(t, "#")])+"）")
	}
	say := "已略去页眉、页脚：" + strings.Join(named, "、")
	switch {
	case len(named) == 0:
		say = fmt.Sprintf("已略去 %d 处页码", numbers)
	case numbers > 0:
		say += fmt.Sprintf("，以及 %d 处页码", numbers)
	}
	return []string{say}
}

// Pages names pages for people: 第3页、第5–7页. The numbers are sorted.
func Pages(numbers []int) string {
	numbers = slices.Compact(slices.Clone(numbers))
	var parts []string
	for i := 0; i < len(numbers); {
		k := i
		for k+1 < len(numbers) && numbers[k+1] == numbers[k]+1 {
			k++
		}
		if k == i {
			parts = append(parts, fmt.Sprintf("第%d页", numbers[i]))
		} else {
			parts = append(parts, fmt.Sprintf("第%d–%d页", numbers[i], numbers[k]))
		}
		i = k + 1
	}
	return strings.Join(parts, "、")
}

// narrow writes full-width figures as half-width ones.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, s)
}

func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
}

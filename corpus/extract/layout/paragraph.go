package layout

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// margin is where the lines of a region begin and end.
type margin struct{ left, right float64 }

// fewLines is up to how many lines don't show where the right margin is.
const fewLines = 8

// paragraph is lines that belong together.
type paragraph struct {
	text     string
	size     float64
	page     int
	centred  bool
	cells    bool
	header   bool
	numbered bool
	last     line
}

// measure finds margins, the distance of lines and whether numbers are
// indented, from all lines.
func (d *document) measure(lines []line) {
	d.margins = map[region]margin{}
	groups := map[region][]line{}
	for _, l := range lines {
		if l.cells == nil && !l.note {
			groups[l.region] = append(groups[l.region], l)
		}
	}
	for key, group := range groups {
		m := marginsOf(group, d.body)
		if key.column == 0 && len(group) < fewLines {
			m.right = max(m.right, float64(key.width)-m.left) // too few to show it
		}
		d.margins[key] = m
	}
	for key, m := range d.margins {
		// What spans two columns has their outer margins.
		if left, ok := d.margins[region{1, key.width}]; ok && key.column == 0 {
			m.left = min(m.left, left.left)
		}
		if right, ok := d.margins[region{2, key.width}]; ok && key.column == 0 {
			m.right = max(m.right, right.right)
		}
		d.margins[key] = m
	}
	d.pitch = pitchOf(lines, d.body)
	numbered, in := 0, 0
	for _, l := range lines {
		if l.cells == nil && !l.note && corpus.Numbered(l.words) && !d.centred(l) {
			numbered++
			if d.indent(l) {
				in++
			}
		}
	}
	d.indents = numbered >= 3 && 4*in >= 3*numbered
}

// marginsOf takes the leftmost edge that a tenth of the lines share, and the
// rightmost that a few do: single lines hang over.
func marginsOf(lines []line, em float64) margin {
	var lefts, rights []float64
	for _, l := range lines {
		lefts = append(lefts, l.left)
		rights = append(rights, l.right)
	}
	slices.Sort(lefts)
	slices.Sort(rights)
	m := margin{lefts[0], rights[len(rights)-1]}
	need := max(2, len(lefts)/10)
	for i := 0; i+need-1 < len(lefts); i++ {
		if lefts[i+need-1]-lefts[i] < 0.4*em {
			m.left = lefts[i]
			break
		}
	}
	m.right = shared(rights, em, m.right)
	// A mark may hang over the margin. Lines that were broken within a
	// sentence end at it.
	broken := make([]float64, 0, len(lines))
	for _, l := range lines {
		if !hangs(l.words) {
			broken = append(broken, l.right)
		}
	}
	slices.Sort(broken)
	if at := shared(broken, em, m.right); at < m.right && m.right-at < 1.4*em {
		m.right = at
	}
	return m
}

// shared is the rightmost of ascending edges that a few lines have; none where
// they have none.
func shared(edges []float64, em, none float64) float64 {
	need := max(2, len(edges)/25)
	for i := len(edges) - 1; i-need+1 >= 0; i-- {
		if edges[i]-edges[i-need+1] < 0.4*em {
			return edges[i]
		}
	}
	return none
}

// hangs says whether the last of a line is a mark that may stand in the margin.
func hangs(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune("，。、；：！？）》”’,.;:!?)", r)
}

// pitchOf is the distance at which most lines of the text's size follow each
// other.
func pitchOf(lines []line, em float64) float64 {
	count := map[int]int{}
	best, most := 0, 0
	for i := 1; i < len(lines); i++ {
		a, b := lines[i-1], lines[i]
		if a.cells != nil || b.cells != nil || a.page != b.page || a.region != b.region || sizeKey(a.size) != sizeKey(b.size) {
			continue
		}
		step := b.bottom - a.bottom
		if step <= 0 || step > 6*em {
			continue
		}
		key := int(math.Round(step / em * 10))
		count[key]++
		if n := count[key]; n > most || n == most && key < best {
			best, most = key, n
		}
	}
	return float64(best) / 10 * em
}

func (d *document) indent(l line) bool {
	return l.left-d.margins[l.region].left > 1.2*d.body
}

// centred says whether a line stands in the middle and away from the margins.
func (d *document) centred(l line) bool {
	m := d.margins[l.region]
	a, b := l.left-m.left, m.right-l.right
	least := 2.2 * d.body // more than a paragraph's first line is indented
	if l.size > larger*d.body {
		least = d.body
	}
	return a > least && abs(a-b) < max(1.2*d.body, 0.04*(m.right-m.left))
}

// full says whether the first word of the next line had no room left behind
// a line: the text was broken there, not ended.
func (d *document) full(l line, next string) bool {
	m := d.margins[l.region]
	return l.right+d.wordWidth(next, l.size)+0.05*l.size > m.right
}

// wordWidth estimates the width of what cannot be parted at the start of a
// line.
func (d *document) wordWidth(s string, size float64) float64 {
	width, opening := 0.0, false
	for i, r := range s {
		switch {
		case corpus.Wide(r):
			if i > 0 && !opening && !unicode.IsPunct(r) {
				return width
			}
			width += size
			// A line does not end in a mark that opens something.
			if opening = strings.ContainsRune("（〔【《“‘", r); opening {
				continue
			}
		case unicode.IsSpace(r):
			return width
		default:
			if i > 0 {
				if last, _ := utf8.DecodeLastRuneInString(s[:i]); corpus.Wide(last) && !unicode.IsPunct(last) {
					return width
				}
			}
			width += 0.5 * size
		}
		if width > 12*size {
			return width
		}
	}
	return width
}

// paragraphs joins lines. A footnote waits until the paragraph that goes on
// over the page's end is finished.
func (d *document) paragraphs(lines []line) []paragraph {
	var out, notes []paragraph
	var open, note *paragraph
	flush := func() {
		if open != nil {
			out = append(out, *open)
			open = nil
		}
		if note != nil {
			notes = append(notes, *note)
			note = nil
		}
		out = append(out, notes...)
		notes = nil
	}
	for _, l := range lines {
		switch {
		case l.note:
			if note != nil && note.page == l.page && !startsNote(l.words) {
				note.add(l)
				continue
			}
			if note != nil {
				notes = append(notes, *note)
			}
			p := d.begin(l)
			note = &p
		case l.cells != nil:
			flush()
			p := d.begin(l)
			p.cells, p.header = true, l.header
			out = append(out, p)
		case open != nil && !d.breaks(open, l):
			open.add(l)
			open.centred = open.centred || d.centred(l) && l.size > larger*d.body
		default:
			flush()
			p := d.begin(l)
			open = &p
		}
	}
	flush()
	return out
}

func (d *document) begin(l line) paragraph {
	p := paragraph{text: l.words, size: l.size, page: l.page, last: l, numbered: corpus.Numbered(l.words)}
	p.centred = l.cells == nil && d.centred(l)
	return p
}

func (p *paragraph) add(l line) {
	p.text = Join(p.text, l.words)
	p.last = l
}

// breaks says whether a line begins a new paragraph. The order of the rules
// is their rank.
func (d *document) breaks(open *paragraph, l line) bool {
	last := open.last
	full := d.full(last, l.words)
	centred := d.centred(l)
	samePlace := last.page == l.page && last.region == l.region
	switch {
	case abs(float64(sizeKey(last.size)-sizeKey(l.size))) > 2:
		return true
	case corpus.Numbered(l.words) && !(full && d.indents && !d.indent(l) && !centred):
		return true
	case (open.centred || centred) && opened(open.text):
		return false // （2024年…通过 over two lines
	case (open.centred || full) && centred && (last.size > larger*d.body || chapter.MatchString(open.text)) && samePlace && d.near(last, l):
		return titleEnds(open.text, l.words)
	case open.centred || centred && abs(l.left-last.left) > 0.5*d.body:
		return true
	case !full, d.signed(open, l):
		return true
	case samePlace && d.pitch > 0 && l.bottom-last.bottom > 1.3*d.pitch*max(1, last.size/d.body):
		return true
	case d.indent(l) && abs(l.left-last.left) < 0.5*d.body:
		return d.indents || ends(last.words) // or a block that is indented as a whole
	case d.indent(l) && open.numbered && !d.indent(last):
		return ends(last.words) // what follows a number may hang
	case d.indent(l):
		return true
	}
	return false
}

// signed says whether a paragraph is a line set to the right, as who signs and
// the day are (GB/T 9704-2012, 7.3.5): it reaches the margin and ends there.
func (d *document) signed(open *paragraph, next line) bool {
	m := d.margins[open.last.region]
	return open.text == open.last.words && open.last.left-m.left > 0.4*(m.right-m.left) && abs(next.left-open.last.left) > 0.5*d.body
}

// chapter begins a heading that may take two lines.
var chapter = regexp.MustCompile(`^第[一二三四五六七八九十百]+[编章节]`)

// near says whether a line follows another at the distance of one paragraph.
func (d *document) near(a, b line) bool {
	return b.top-a.bottom < 1.3*max(a.size, b.size)
}

// titleEnds says whether a large centred line begins something new below
// another one: lines of one title follow each other.
func titleEnds(above, below string) bool {
	below = squeeze(below)
	return redHead(above) || corpus.CodeIn(above) != "" && corpus.Printed(above) < 30 || strings.HasPrefix(below, "（") || below == "目录"
}

func ends(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(strings.TrimSpace(s))
	return strings.ContainsRune("。；：！？.;:!?", r)
}

// opened says whether a bracket is still open at the end of s.
func opened(s string) bool {
	return strings.Count(s, "（")+strings.Count(s, "(") > strings.Count(s, "）")+strings.Count(s, ")")
}

// startsNote recognises the number of a footnote.
func startsNote(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r >= '①' && r <= '⑳', r == '*', r == '†', r == '※', strings.ContainsRune("¹²³⁴⁵⁶⁷⁸⁹", r):
		return true
	case r == '[' || r == '〔' || r == '［':
		next, _ := utf8.DecodeRuneInString(s[n:])
		return unicode.IsDigit(next)
	}
	return unicode.IsDigit(r) || strings.HasPrefix(s, "注")
}

// markNotes marks the small lines at a page's end that begin as a footnote
// does.
func (d *document) markNotes(s *sheet, lines []line) {
	from := len(lines)
	for from > 0 && lines[from-1].cells == nil && lines[from-1].size < 0.9*d.body && lines[from-1].top > 0.4*s.Height {
		from--
	}
	for from < len(lines) && !startsNote(lines[from].words) {
		from++
	}
	if from == 0 {
		return // a page of small print
	}
	for i := from; i < len(lines); i++ {
		lines[i].note = true
	}
}

package ofd

import (
	"math"
	"strconv"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract/layout"
)

// glyph is a character and where it stands, in places of the page.
type glyph struct {
	r    rune
	x, y float64
}

// text reads a text object (clause 11 of the standard).
func (c *canvas) text(o *node, m matrix) {
	if o.attr("Visible") == "false" {
		c.hidden++
		return
	}
	size := number(o.attr("Size"), 3)
	scale := number(o.attr("HScale"), 1)
	m = m.then(placed(o))
	vertical := math.Hypot(m[2], m[3])
	if vertical == 0 {
		vertical = 1
	}
	var x, y float64
	as := setting{m: m, size: size, scale: scale, onPage: size * vertical}
	var all strings.Builder
	for _, code := range o.all("TextCode") {
		x, y = number(code.attr("X"), x), number(code.attr("Y"), y)
		text := strings.Map(func(r rune) rune {
			if r == '\n' || r == '\r' || r == '\t' {
				return -1
			}
			return r
		}, code.chars)
		all.WriteString(text)
		c.code(code, text, as, x, y)
	}
	whole := all.String()
	c.letters += corpus.Printed(whole)
	if id := o.attr("ID"); id != "" && len(c.r.doc.texts) < maxObjects {
		c.r.doc.texts[c.tagged+"/"+id] = strings.TrimSpace(whole)
	}
}

// setting is how a text object sets its characters: size in its own places,
// onPage as it looks.
type setting struct {
	m                   matrix
	size, scale, onPage float64
}

// code places the characters of a text code and makes spans of them.
func (c *canvas) code(n *node, text string, as setting, x, y float64) {
	m := as.m
	runes := []rune(text)
	dx, dy := deltas(n.attr("DeltaX"), len(runes)), deltas(n.attr("DeltaY"), len(runes))
	glyphs := make([]glyph, len(runes))
	for i, r := range runes {
		if i > 0 {
			switch {
			case i-1 < len(dx):
				x += dx[i-1]
			case len(dx) == 0 && len(dy) == 0:
				x += advance(runes[i-1]) * as.size * as.scale
			}
			if i-1 < len(dy) {
				y += dy[i-1]
			}
		}
		px, py := m.apply(x, y)
		glyphs[i] = glyph{r, px - c.left, py - c.top}
	}
	quarters := math.Atan2(m[1], m[0]) / (math.Pi / 2) // clockwise, for y runs down
	if math.Abs(quarters-math.Round(quarters)) > 0.11 {
		if s := strings.TrimSpace(text); s != "" {
			c.slanted = append(c.slanted, s)
		}
		return
	}
	turn := -int(math.Round(quarters)) & 3
	across := math.Hypot(m[0], m[1])
	if across == 0 {
		across = 1
	}
	c.spans(glyphs, turn, as.size*as.scale*across, as.onPage)
}

// spans joins neighbours on one line. em is a full-width character's width on
// the page and size its height.
func (c *canvas) spans(glyphs []glyph, turn int, em, size float64) {
	if !(size > 0.05) {
		size = 0.05
	}
	if !(em > 0.05) {
		em = 0.05
	}
	page := &c.sheet.Turns[turn]
	var open layout.Span
	var sb strings.Builder
	flush := func() {
		if open.Text = sb.String(); strings.TrimSpace(open.Text) != "" {
			page.Spans = append(page.Spans, open)
		}
		sb.Reset()
	}
	var lastX, lastY, lastAdvance float64
	for i, g := range glyphs {
		x, y := turned(g.x, g.y, turn, c.width, c.height)
		step := advance(g.r) * em
		if i > 0 {
			gap := x - lastX - lastAdvance
			if math.Abs(x-lastX-em) < 0.1*em {
				gap = 0 // letters set as wide as characters
			}
			if math.Abs(y-lastY) > 0.1*size || gap > 0.3*em || x < lastX-0.1*em {
				flush()
			} else {
				open.Right = max(lastX, min(open.Right, x))
			}
		}
		if sb.Len() == 0 {
			open = layout.Span{Left: x, Top: y - 0.88*size, Bottom: y + 0.12*size, Size: size}
		}
		sb.WriteRune(g.r)
		open.Right = max(open.Right, x+step)
		lastX, lastY, lastAdvance = x, y, step
	}
	flush()
}

// turned is a place on a page turned clockwise by quarters.
func turned(x, y float64, quarters int, width, height float64) (float64, float64) {
	switch quarters {
	case 1:
		return height - y, x
	case 2:
		return width - x, height - y
	case 3:
		return y, width - x
	}
	return x, y
}

// advance estimates a character's width in full-width characters.
func advance(r rune) float64 {
	if corpus.Wide(r) {
		return 1
	}
	return 0.5
}

// deltas reads the distances of characters, at most most: figures, and g n v
// for n times v (11.3 of the standard).
func deltas(s string, most int) []float64 {
	var out []float64
	fields := strings.Fields(s)
	for i := 0; i < len(fields) && len(out) < most; i++ {
		if fields[i] != "g" || i+2 >= len(fields) {
			out = append(out, number(fields[i], 0))
			continue
		}
		n, _ := strconv.Atoi(fields[i+1])
		v := number(fields[i+2], 0)
		for range min(n, most-len(out)) {
			out = append(out, v)
		}
		i += 2
	}
	return out
}

// number reads a figure; what is none, or none that a page has, is or.
func number(s string, or float64) float64 {
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsNaN(v) || math.Abs(v) > 1e6 {
		return or
	}
	return v
}

// floats reads up to most figures at the start of s.
func floats(s string, most int) []float64 {
	var out []float64
	for _, f := range strings.Fields(s) {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil || math.IsNaN(v) || math.Abs(v) > 1e6 || len(out) == most {
			break
		}
		out = append(out, v)
	}
	return out
}

// floats4 reads a box: x, y, width and height, which some programs write
// negative.
func floats4(s string) (box [4]float64, ok bool) {
	v := floats(s, 4)
	if len(v) != 4 {
		return box, false
	}
	copy(box[:], v)
	return box, true
}

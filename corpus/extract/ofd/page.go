package ofd

import (
	"fmt"
	"math"
	"strings"

	"github.com/policybot/policybot/corpus/extract/layout"
)

const (
	maxDepthBlocks = 12      // blocks and composite graphics within each other
	maxObjects     = 200_000 // of a page
	scanShare      = 0.35    // of the page that pictures cover where it is one
	scanText       = 30      // characters that such a page has at most besides
	drawnPaths     = 60      // paths of a page without text that may be drawn letters
)

// matrix is a transformation: x' = a·x + c·y + e, y' = b·x + d·y + f.
type matrix [6]float64

var identity = matrix{1, 0, 0, 1, 0, 0}

func (m matrix) apply(x, y float64) (float64, float64) {
	return m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]
}

// then returns the transformation that first does n and then m.
func (m matrix) then(n matrix) matrix {
	x, y := m.apply(n[4], n[5])
	return matrix{
		m[0]*n[0] + m[2]*n[1], m[1]*n[0] + m[3]*n[1],
		m[0]*n[2] + m[2]*n[3], m[1]*n[2] + m[3]*n[3], x, y,
	}
}

// canvas collects what stands on a page.
type canvas struct {
	r        *reader
	sheet    layout.Sheet
	width    float64
	height   float64
	left     float64
	top      float64
	objects  int
	paths    int
	pictures float64
	largest  float64 // area of the largest picture
	picture  string  // its file
	letters  int
	slanted  []string
	hidden   int // text objects that are not shown
	tagged   string
}

// page reads one page with its templates.
func (r *reader) page(entry *node) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	number := r.out.Count() + 1
	name := r.pack.resolve(r.doc.path, entry.attr("BaseLoc"))
	content, err := r.pack.xml(name)
	if err != nil {
		return err
	}
	if content == nil {
		return r.out.Add(r.ctx, layout.Sheet{Number: number, Failed: true})
	}
	box := r.doc.box
	if own, ok := floats4(content.child("Area").text("PhysicalBox")); ok && own[2] > 0 && own[3] > 0 {
		box = own
	}
	c := &canvas{r: r, left: box[0], top: box[1], width: box[2], height: box[3], tagged: entry.attr("ID")}
	c.sheet.Number = number
	for i := range c.sheet.Turns {
		c.sheet.Turns[i] = layout.Page{Number: number, Width: box[2], Height: box[3]}
		if i%2 == 1 {
			c.sheet.Turns[i].Width, c.sheet.Turns[i].Height = box[3], box[2]
		}
	}
	for _, t := range content.all("Template") {
		path, known := r.doc.templates[t.attr("TemplateID")]
		template, err := r.pack.xml(path)
		if err != nil {
			return err
		}
		if !known || template == nil {
			r.out.Warn("第%d页的模板缺失，模板上的文字未导入", number)
			continue
		}
		c.layers(template)
	}
	c.layers(content)
	return c.finish()
}

// finish hands the page over.
func (c *canvas) finish() error {
	c.sheet.Slanted = strings.Join(c.slanted, " ")
	covered := c.pictures >= scanShare*c.width*c.height
	c.sheet.Scan = covered && c.letters < scanText || c.letters == 0 && (c.pictures > 0 || c.paths >= drawnPaths)
	if c.hidden > 0 {
		c.r.out.Warn("第%d页有 %d 处不显示的文字，未导入", c.sheet.Number, c.hidden)
	}
	if c.sheet.Scan && c.r.out.Recognise != nil && c.picture != "" {
		data, err := c.r.pack.bytes(c.picture, maxPicture)
		if err != nil {
			return err
		}
		if known(data) {
			c.sheet.Picture = data
		}
	}
	return c.r.out.Add(c.r.ctx, c.sheet)
}

// known says whether a picture has a format that text recognition takes.
func known(data []byte) bool {
	s := string(data[:min(len(data), 8)])
	return strings.HasPrefix(s, "\x89PNG") || strings.HasPrefix(s, "\xFF\xD8\xFF") || strings.HasPrefix(s, "II*\x00") || strings.HasPrefix(s, "MM\x00*")
}

func (c *canvas) layers(content *node) {
	for _, part := range content.all("Content") {
		for _, l := range part.all("Layer") {
			c.block(l, identity, 0)
		}
		c.block(part, identity, 0) // objects without a layer
	}
}

// block reads the objects of a layer, a page block or a composite graphic.
func (c *canvas) block(n *node, m matrix, depth int) {
	if n == nil || depth > maxDepthBlocks {
		return
	}
	for _, o := range n.children {
		if c.objects++; c.objects > maxObjects {
			return
		}
		switch o.name {
		case "PageBlock":
			c.block(o, m, depth+1)
		case "TextObject":
			c.text(o, m)
		case "PathObject":
			c.path(o, m)
		case "ImageObject":
			c.image(o, m)
		case "CompositeObject":
			c.block(c.r.doc.units[o.attr("ResourceID")], m.then(placed(o)), depth+1)
		}
	}
}

// placed is the transformation of an object's own places to those around it
// (8.5 of the standard): its matrix, and then its box's corner.
func placed(o *node) matrix {
	m := identity
	if v := floats(o.attr("CTM"), 6); len(v) == 6 {
		copy(m[:], v)
	}
	if box, ok := floats4(o.attr("Boundary")); ok {
		m[4] += box[0]
		m[5] += box[1]
	}
	return m
}

func (c *canvas) image(o *node, m matrix) {
	box, ok := floats4(o.attr("Boundary"))
	if !ok {
		return
	}
	x1, y1 := m.apply(box[0], box[1])
	x2, y2 := m.apply(box[0]+box[2], box[1]+box[3])
	w := min(max(x1, x2), c.left+c.width) - max(min(x1, x2), c.left)
	h := min(max(y1, y2), c.top+c.height) - max(min(y1, y2), c.top)
	if w <= 0 || h <= 0 {
		return
	}
	c.pictures += w * h
	name, known := c.r.doc.media[o.attr("ResourceID")]
	if !known || !c.r.pack.has(name) {
		if name == "" {
			name = fmt.Sprintf("第%d页的一张", c.sheet.Number)
		}
		c.r.missing = append(c.r.missing, name)
		return
	}
	if w*h > c.largest {
		c.largest, c.picture = w*h, name
	}
}

// path takes the straight lines of a path: they may be a table's rules.
func (c *canvas) path(o *node, m matrix) {
	c.paths++
	if len(c.sheet.Turns[0].Rules) > 4000 {
		return
	}
	m = m.then(placed(o))
	var x, y, fromX, fromY float64
	fields := strings.Fields(o.text("AbbreviatedData"))
	if len(fields) > 400 {
		return // a drawing
	}
	for i := 0; i < len(fields); {
		op := fields[i]
		args := floats(strings.Join(fields[i+1:min(len(fields), i+7)], " "), 7)
		i++
		switch op {
		case "M", "S":
			if len(args) >= 2 {
				x, y = m.apply(args[0], args[1])
				fromX, fromY = x, y
				i += 2
			}
		case "L":
			if len(args) >= 2 {
				toX, toY := m.apply(args[0], args[1])
				c.edge(x, y, toX, toY)
				x, y = toX, toY
				i += 2
			}
		case "C":
			c.edge(x, y, fromX, fromY)
			x, y = fromX, fromY
		}
	}
}

func (c *canvas) edge(x1, y1, x2, y2 float64) {
	w, h := math.Abs(x1-x2), math.Abs(y1-y2)
	if (w <= 1) == (h <= 1) {
		return
	}
	p := &c.sheet.Turns[0]
	p.Rules = append(p.Rules, layout.Rule{
		Left: min(x1, x2) - c.left, Right: max(x1, x2) - c.left, Top: min(y1, y2) - c.top, Bottom: max(y1, y2) - c.top,
	})
}

package corpus

import (
	"strconv"
	"strings"
)

// node is an open heading or numbered paragraph.
type node struct {
	kind    markKind // none for a heading without number
	num     int
	level   int // as marked in the source; 0 where it was not
	heading string
	label   string
	anchor  string // own part of the anchor
	nested  bool   // article: stands within sections
}

// draft is a passage being filled with pieces.
type draft struct {
	Passage
	kind   markKind
	depth  int  // nodes open, itself included
	head   bool // its first piece is a heading
	pieces int
}

// builder reads pieces in order and decides where passages begin.
type builder struct {
	kind   Kind
	text   string
	pieces []piece

	structured bool
	tocEnd     int    // pieces before it belong to the table of contents
	tables     int    // of contents
	looked     bool   // for one that does not say what it is
	listing    bool   // the appendices of the document are listed: 附件：1.… 2.…
	quoted     []bool // pieces within the words that an amendment quotes
	nextOf     []int
	stack      []node
	seq        sequence
	marks      int

	scope      string          // prefix of the anchors in the open part
	appendix   string          // that of the open appendix
	runs       int             // countings that began anew within it
	used       map[string]bool // anchors
	appendices map[string]int  // how often an anchor of one came

	field *fieldMark // open field of a guide

	table    rowColumns // of the open table of a catalogue
	above    []string   // its last row
	named    int        // where the row that names its columns ends
	rowGroup string     // the last heading across it
	drafts   []draft
}

func (b *builder) run() {
	b.lookAhead()
	for i := 0; i < len(b.pieces); i++ {
		p := b.pieces[i]
		if b.kind == Catalogue && p.row {
			b.row(p)
			continue
		}
		b.endTable()
		b.listing = listsAppendices(p.text) || b.listing && p.mark.kind == level3
		if end := b.contents(i); end > i {
			b.open(draft{Passage: Passage{Anchor: "toc", Role: HeadingRole, Label: "目录", Start: p.start}, pieces: 1})
			b.extend(b.pieces[end-1].end)
			b.tocEnd = end
			b.tables++
			b.stack = nil
			i = end - 1
			continue
		}
		if b.kind != FAQ && b.marks < maxMarks && !b.quoted[i] && b.begin(i, p) {
			b.marks++
			b.structured = true
			continue
		}
		b.paragraph(i, p)
	}
}

// begin opens a passage at piece i where one starts there.
func (b *builder) begin(i int, p piece) bool {
	if b.kind == Guide && b.beginField(p) {
		return true
	}
	if p.row {
		return false
	}
	m := p.mark
	switch {
	case m.kind.heading() && (m.sure || p.heading > 0) && b.isHeading(p):
		b.beginNode(p, node{kind: m.kind, num: m.num, level: p.heading})
	case m.kind == article && (m.sure || b.seq.follows(m)) && b.field == nil:
		b.beginArticle(p)
	case m.kind.level() && !b.listing && b.acceptLevel(i, p):
		b.beginNode(p, node{kind: m.kind, num: m.num, level: p.heading})
	case p.heading > 0:
		b.beginNode(p, node{level: p.heading})
	case b.attachment(i):
		b.beginNode(p, node{level: 1})
	default:
		return false
	}
	if m.kind != none {
		b.seq.take(m)
	}
	return true
}

// isHeading tells 第二章 申请 from a sentence that starts with 第二章.
func (b *builder) isHeading(p piece) bool {
	return p.heading > 0 || headingLike(p.text) || len(p.text) > loneRun
}

// acceptLevel decides whether 一、, （一）, 1. or （1） begins a passage here:
// within an article and within a guide's field they are items of it.
func (b *builder) acceptLevel(i int, p piece) bool {
	m := p.mark
	if p.heading == 0 && !m.sure && (m.num == 1 || !b.seq.follows(m) || b.marked(m.kind)) {
		return false
	}
	if b.field != nil {
		return p.heading > 0 || b.field.mark.kind == m.kind && m.num == b.field.mark.num+1
	}
	a := b.openArticle()
	if a == nil || p.heading > 0 {
		return true
	}
	if m.kind != level1 {
		return false
	}
	for _, n := range b.stack {
		if n.kind == level1 {
			return m.num == n.num+1
		}
	}
	return b.nextOf[i] != a.num+1 // articles go on: an item of this one
}

// marked says whether the open section of that level is a marked heading: the
// next one is, too.
func (b *builder) marked(k markKind) bool {
	for _, n := range b.stack {
		if n.kind == k {
			return n.level > 0
		}
	}
	return false
}

func (b *builder) openArticle() *node {
	if n := len(b.stack); n > 0 && b.stack[n-1].kind == article {
		return &b.stack[n-1]
	}
	return nil
}

func (b *builder) beginField(p piece) bool {
	f, ok := parseField(p.text)
	if p.row {
		f, ok = rowField(p.text)
	}
	if !ok {
		return false
	}
	if p.heading == 0 && b.field != nil && (b.field.marked || b.field.mark.kind != f.mark.kind) {
		return false // 联系方式：… as an item of another field
	}
	f.marked = p.heading > 0
	b.field = &f
	level := p.heading
	if level == 0 {
		level = 6
	}
	b.closeFor(node{level: level})
	n := node{level: level, heading: f.name, label: f.name}
	b.push(p, n, f.anchor)
	if f.mark.kind != none {
		b.seq.take(f.mark)
	}
	return true
}

func (b *builder) beginArticle(p piece) {
	m := p.mark
	n := node{kind: article, num: m.num, label: Squeeze(p.text[:m.size])}
	n.heading = n.label
	// An article stands within sections where both begin, or where it goes on
	// counting there; else an attachment's articles follow the sections.
	prev := b.openArticle()
	b.closeFor(n)
	if k := b.firstLevel(); k >= 0 {
		inside := m.num == 1 && b.stack[k].num == 1 || m.num == b.seq.last[article]+1 && (m.num > 1 || prev != nil && prev.nested)
		if !inside {
			b.stack = b.stack[:k]
		}
		n.nested = inside
	}
	anchor := "a" + strconv.Itoa(m.num)
	if m.sub > 0 {
		anchor += "-" + strconv.Itoa(m.sub)
	}
	b.push(p, n, b.scoped(anchor, m.num == 1 && m.sub == 0))
}

func (b *builder) firstLevel() int {
	for i, n := range b.stack {
		if n.kind.level() {
			return i
		}
	}
	return -1
}

// beginNode opens a heading or a numbered section.
func (b *builder) beginNode(p piece, n node) {
	b.field = nil
	b.closeFor(n)
	switch {
	case n.kind == none:
		n.heading = headingText(p.text)
		n.label = n.heading
		n.anchor = b.headingAnchor(p.text)
		b.push(p, n, n.anchor)
	case n.kind.heading():
		n.heading = headingText(p.text)
		n.label = Squeeze(p.text[:p.mark.size])
		if headingLike(p.text) {
			n.label = n.heading
		}
		n.anchor = map[markKind]string{part: "b", subpart: "f", chapter: "c", section: "j"}[n.kind] + strconv.Itoa(n.num)
		b.push(p, n, b.scoped(b.chain(n, markKind.heading), n.num == 1))
	default:
		n.heading = leadHeading(p.text)
		mark := Squeeze(p.text[:p.mark.size])
		n.label = mark
		for i := len(b.stack) - 1; i >= 0; i-- {
			if b.stack[i].kind.level() {
				n.label = b.stack[i].label + mark
				break
			}
		}
		n.anchor = strconv.Itoa(n.num)
		b.push(p, n, b.sectionAnchor("s"+b.chain(n, markKind.level), n.num == 1))
	}
}

// chain joins the anchors of the open nodes of the same family.
func (b *builder) chain(n node, same func(markKind) bool) string {
	var sb strings.Builder
	for _, s := range b.stack {
		if same(s.kind) {
			sb.WriteString(s.anchor)
			sb.WriteByte('.')
		}
	}
	sb.WriteString(n.anchor)
	return sb.String()
}

// closeFor closes what cannot stand above n.
func (b *builder) closeFor(n node) {
	for i, s := range b.stack {
		sameFamily := n.kind != none && s.kind >= n.kind
		switch {
		case n.kind == article:
			sameFamily = s.kind == article
		case n.kind.level() && s.kind == article:
			sameFamily = true // nothing stands below an article
		}
		byLevel := n.level > 0 && (s.level >= n.level && s.kind == none || n.kind == none && (s.level == 0 || s.level >= n.level))
		if sameFamily || byLevel {
			b.stack = b.stack[:i]
			return
		}
	}
}

func (b *builder) push(p piece, n node, anchor string) {
	path := b.path()
	b.stack = append(b.stack, n)
	b.open(draft{
		Passage: Passage{Anchor: anchor, Role: BodyRole, Label: n.label, Path: path, Start: p.start},
		kind:    n.kind, depth: len(b.stack), pieces: 1,
		head: n.kind != article && (b.field != nil && isBareField(p.text) || b.field == nil && headingLike(p.text[p.mark.size:])),
	})
	b.extend(p.end)
}

// path lists the headings that are open.
func (b *builder) path() []string {
	var path []string
	for _, s := range b.stack {
		path = append(path, s.heading)
	}
	return path
}

func isBareField(s string) bool {
	if IsRow(s) {
		return false
	}
	f, _ := parseField(s)
	return strings.HasSuffix(strings.TrimRight(Squeeze(s), "：:】"), f.name)
}

func (b *builder) open(d draft) { b.drafts = append(b.drafts, d) }

func (b *builder) extend(end int) { b.drafts[len(b.drafts)-1].End = end }

// paragraph adds a piece without number to the open passage.
func (b *builder) paragraph(i int, p piece) {
	last := len(b.drafts) - 1
	switch {
	case b.kind == FAQ && last < 0:
		b.open(draft{Passage: Passage{Anchor: "q1", Role: BodyRole, Start: p.start}, pieces: 1})
	case last >= 0 && b.kind == Catalogue && i > 0 && b.pieces[i-1].row:
		b.open(draft{Passage: Passage{Anchor: b.scope + "p-" + code(p.text, codeLength), Role: BodyRole, Path: b.path(), Start: p.start}, pieces: 1})
	case last < 0, b.tocEnd > 0 && b.tocEnd == i:
		b.open(draft{Passage: Passage{Anchor: "top", Role: BodyRole, Start: p.start}, pieces: 1})
	default:
		b.drafts[last].pieces++
	}
	b.extend(p.end)
}

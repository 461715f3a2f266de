package extract

import (
	"strings"
	"unicode"

	"codeberg.org/readeck/go-readability/v2"
	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/policybot/policybot/corpus"
)

// Containers of the text in the systems that government sites run on, most
// certain first.
var containers = []string{
	"#zoom", "#UCAP-CONTENT", ".TRS_Editor", ".TRS_UEDITOR", ".article-content", ".article_content",
	".pages_content", "#articleContent", ".content-article", ".xxgk_content", ".view-content", "article",
}

const (
	minContainer = 30  // characters of text below which a container is not believed
	maxDepth     = 400 // nesting of elements that is walked
	maxCells     = 200_000
)

func htmlFile(s *source, data []byte) (corpus.Content, error) {
	page := decode(s, data, htmlCharset(data))
	root, err := parseHTML(page)
	if err != nil {
		return corpus.Content{}, err
	}
	doc := goquery.NewDocumentFromNode(root)
	f := pageFields(doc)
	d, err := s.document(f)
	if err != nil {
		// A page's own table is not written for us: go on without its days.
		s.warn("网页标注的施行或废止日期无法识别，已略去")
		delete(f, "effective")
		delete(f, "expires")
		delete(f, "ended")
		if d, err = s.document(f); err != nil {
			return corpus.Content{}, err
		}
	}
	blocks, inside := mainBlocks(doc, root)
	if left := restOf(root, inside, blocks); left.size > 0 {
		s.warn("网页正文以外还有 %d 字没有导入，开头是“%s”；如果也是正文，请把全文另存为 Word 文档（docx）再导入", left.size, left.first)
	}
	if d.Title == "" && len(blocks) > 0 && blocks[0].Heading > 0 {
		d.Title = strings.Join(strings.Fields(blocks[0].Text), " ")
	}
	if d.Title == "" {
		d.Title = pageTitle(doc)
	}
	return s.finish(d, f, blocks)
}

// mainBlocks finds the text: in a known container, else where a reader's view
// finds it, else all of the body. inside is the element that it is all of; nil
// where it was put together from several.
func mainBlocks(doc *goquery.Document, root *html.Node) (text []corpus.Block, inside *html.Node) {
	for _, selector := range containers {
		best := doc.Find(selector).First()
		if best.Length() > 0 && corpus.Printed(best.Text()) >= minContainer {
			if blocks := nodeBlocks(best.Nodes[0]); len(blocks) > 0 {
				return blocks, best.Nodes[0]
			}
		}
	}
	all := nodeBlocks(root)
	read, err := safely(func() ([]corpus.Block, error) {
		a, err := readability.FromDocument(root, nil)
		if err != nil || a.Node == nil {
			return nil, err
		}
		return nodeBlocks(a.Node), nil
	})
	// A reader's view that leaves out nearly everything has misjudged.
	if err == nil && len(allText(read))*4 >= len(allText(all)) {
		return read, nil
	}
	return all, root
}

// fragmentBlocks reads a piece of HTML.
func fragmentBlocks(s string) ([]corpus.Block, error) {
	root, err := parseHTML(s)
	if err != nil {
		return nil, err
	}
	return nodeBlocks(root), nil
}

func tooDeep(root *html.Node) bool {
	depth := 0
	for n := root; n != nil; {
		if n.FirstChild != nil {
			if depth++; depth > maxDepth {
				return true
			}
			n = n.FirstChild
			continue
		}
		for n != nil && n.NextSibling == nil {
			n = n.Parent
			depth--
		}
		if n != nil {
			n = n.NextSibling
		}
	}
	return false
}

var skipped = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Nav: true,
	atom.Form: true, atom.Button: true, atom.Select: true, atom.Iframe: true, atom.Svg: true,
	atom.Object: true, atom.Head: true, atom.Footer: true, atom.Textarea: true, atom.Audio: true, atom.Video: true,
}

var blockElements = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Section: true, atom.Article: true, atom.Main: true, atom.Header: true,
	atom.Aside: true, atom.Ul: true, atom.Ol: true, atom.Li: true, atom.Tr: true, atom.Td: true, atom.Th: true,
	atom.Blockquote: true, atom.Pre: true, atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Br: true,
	atom.Hr: true, atom.Center: true, atom.Figure: true, atom.Figcaption: true, atom.Caption: true, atom.Body: true,
}

// htmlReader walks elements and gathers blocks.
type htmlReader struct {
	blocks  []corpus.Block
	linked  []int // characters of each block that are a link's
	buf     strings.Builder
	heading int
	label   string
	without *html.Node // left out

	link, links int // depth within links; characters of theirs in buf
}

func nodeBlocks(n *html.Node) []corpus.Block {
	r := &htmlReader{}
	r.walk(n, 0)
	r.flush()
	return r.blocks
}

func (r *htmlReader) flush() {
	s, links := collapse(r.buf.String()), r.links
	r.buf.Reset()
	r.links = 0
	if s == "" {
		return
	}
	r.blocks = append(r.blocks, corpus.Block{Heading: r.heading, Label: r.label, Text: s})
	r.linked = append(r.linked, links)
	r.label = ""
}

func (r *htmlReader) walk(n *html.Node, depth int) {
	if n.Type == html.TextNode {
		r.buf.WriteString(n.Data)
		if r.link > 0 {
			r.links += corpus.Printed(n.Data)
		}
		return
	}
	if n == r.without || depth > maxDepth || n.Type == html.CommentNode || n.Type == html.ElementNode && (skipped[n.DataAtom] && !holdsPage(n) || hidden(n)) {
		return
	}
	a := n.DataAtom
	level := 0
	if a >= atom.H1 && len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
		level = int(n.Data[1] - '0')
	}
	isBlock := level > 0 || blockElements[a]
	if isBlock {
		r.flush()
	}
	switch {
	case a == atom.Table:
		r.flush()
		r.table(n, depth)
		return
	case level > 0 && r.heading == 0:
		r.heading = level
		r.children(n, depth)
		r.flush()
		r.heading = 0
		return
	case a == atom.Ol:
		r.ordered(n, depth)
	case a == atom.A:
		r.link++
		r.children(n, depth)
		r.link--
	default:
		r.children(n, depth)
	}
	if isBlock {
		r.flush()
	}
}

func (r *htmlReader) children(n *html.Node, depth int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		r.walk(c, depth+1)
	}
}

// ordered keeps the numbers that a browser would show.
func (r *htmlReader) ordered(n *html.Node, depth int) {
	i := 0
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Li {
			i++
			r.flush()
			if t := strings.TrimSpace(nodeText(c)); !corpus.Numbered(t) {
				r.label = itoa(i) + "."
			}
		}
		r.walk(c, depth+1)
		r.label = ""
	}
}

// holdsPage says whether a form holds more than a search box: some systems
// put the whole page into one.
func holdsPage(n *html.Node) bool {
	if n.DataAtom != atom.Form {
		return false
	}
	size := 0
	for c := range n.Descendants() {
		if c.Type == html.TextNode && (c.Parent == nil || !skipped[c.Parent.DataAtom]) {
			if size += corpus.Printed(c.Data); size > maxFormText {
				return true
			}
		}
	}
	return false
}

// maxFormText is how many characters a form to fill in has.
const maxFormText = 300

func hidden(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "style":
			v := strings.ToLower(strings.ReplaceAll(a.Val, " ", ""))
			if strings.Contains(v, "display:none") || strings.Contains(v, "visibility:hidden") {
				return true
			}
		}
	}
	return false
}

// collapse makes one blank of every run of blanks as a browser does, and none
// where a source line was merely wrapped between Chinese characters.
func collapse(s string) string {
	var sb strings.Builder
	sb.Grow(len(s))
	var last rune
	gap, wrapped := false, false
	for _, r := range s {
		if unicode.IsSpace(r) && r != '　' {
			gap = true
			wrapped = wrapped || r == '\n' || r == '\r'
			continue
		}
		if gap && last != 0 && !(wrapped && last > 0x2E7F && r > 0x2E7F) {
			sb.WriteByte(' ')
		}
		gap, wrapped = false, false
		sb.WriteRune(r)
		last = r
	}
	return strings.TrimSpace(sb.String())
}

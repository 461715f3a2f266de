package extract

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/policybot/policybot/corpus"
)

const (
	maxNesting = 100  // lists in lists, quotes in quotes
	maxMarkup  = 5000 // characters of markup in one paragraph
)

// lawMark ends the head of the files of a widely used collection of laws.
const lawMark = "<!-- INFO END -->"

func markdownFile(s *source, data []byte) (corpus.Content, error) {
	body := strings.ReplaceAll(decode(s, data, ""), "\r\n", "\n")
	f, body, err := frontMatter(s, body)
	if err != nil {
		return corpus.Content{}, err
	}
	d, err := s.document(f)
	if err != nil {
		return corpus.Content{}, err
	}
	if len(body) > 2*MaxText {
		return corpus.Content{}, refuse("正文有 %d MB，超过 %d MB 的上限，未导入；请拆成几份", len(body)>>20, MaxText>>20)
	}
	if d.Kind == "" && strings.Contains(body, lawMark) {
		d.Kind = corpus.Policy
	}
	var blocks []corpus.Block
	if tangled(body) {
		s.warn("格式符号（* _ [ > 等）太密，已按纯文本读取")
		blocks = textBlocks(body)
	} else {
		blocks = markdownBlocks([]byte(body))
		if n := unread(body, blocks); n > 0 {
			s.warn("约有 %d 个汉字没有读进正文（可能写在网址、网页标签或表格多出的格子里），请对照原文检查", n)
		}
	}
	if d.Title == "" && len(blocks) > 0 && blocks[0].Heading == 1 {
		d.Title = strings.Join(strings.Fields(blocks[0].Text), " ")
	}
	return s.finish(d, f, blocks)
}

// tangled says whether a text has more markup in one paragraph, or opens more
// quotes and lists in one line, than documents have: a parser's time grows
// with the square of them, and it cannot be stopped.
func tangled(body string) bool {
	inParagraph := 0
	for line := range strings.SplitSeq(body, "\n") {
		if strings.TrimSpace(line) == "" {
			inParagraph = 0
			continue
		}
		opening, starts := 0, true
		for i := range len(line) {
			switch c := line[i]; c {
			case '>', '-', '+', '*', '_', '[', ']', '!', '`', '<', '&', '~', '\\', '(':
				inParagraph++
				if starts {
					opening++
				}
			case ' ', '\t', '|', ':':
			default:
				starts = false
			}
		}
		if rule.MatchString(line) {
			opening = 0
		}
		if opening > maxNesting || inParagraph > maxMarkup {
			return true
		}
	}
	return false
}

// notText is what a Markdown file holds beside its text.
var notText = regexp.MustCompile(`(?s)<!--.*?-->|<(?:script|style)\b.*?</(?:script|style)>|<[a-zA-Z/][^>]*>|\]\([^)\n]*\)`)

// unread counts the Chinese characters of a file that are in no block.
func unread(body string, blocks []corpus.Block) int {
	read := 0
	for _, b := range blocks {
		read += hanIn(b.Text)
	}
	if n := hanIn(body); n <= read {
		return 0
	}
	return hanIn(notText.ReplaceAllString(body, "")) - read
}

func hanIn(s string) (n int) {
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}

var rule = regexp.MustCompile(`^[\s|:*_+=-]*$`)

// markdownBlocks reads headings, paragraphs, lists with their numbers, and
// tables; markup is dropped and its text kept.
func markdownBlocks(src []byte) []corpus.Block {
	md := goldmark.New(goldmark.WithExtensions(extension.Table))
	root := md.Parser().Parse(text.NewReader(src), parser.WithContext(parser.NewContext()))
	r := &markdownReader{src: src}
	r.walk(root, 0)
	return r.blocks
}

type markdownReader struct {
	src    []byte
	blocks []corpus.Block
	label  string // number of the list item whose first block comes next
}

func (r *markdownReader) add(heading int, s string) {
	label := r.label
	r.label = ""
	if s = strings.TrimSpace(s); s != "" || label != "" {
		r.blocks = append(r.blocks, corpus.Block{Heading: heading, Label: label, Text: s})
	}
}

func (r *markdownReader) walk(n ast.Node, depth int) {
	if depth > 2*maxNesting {
		return
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Heading:
			r.add(c.Level, strings.ReplaceAll(r.inline(c), "\n", " "))
		case *ast.Paragraph, *ast.TextBlock:
			r.add(0, r.inline(c))
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			r.add(0, string(c.Lines().Value(r.src)))
		case *ast.HTMLBlock:
			r.html(c)
		case *ast.List:
			r.list(c, depth)
		case *east.Table:
			r.table(c)
		default:
			r.walk(c, depth+1)
		}
	}
}

// list keeps the numbers of an ordered list as they were written.
func (r *markdownReader) list(l *ast.List, depth int) {
	n := l.Start
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		if l.IsOrdered() {
			r.label = strconv.Itoa(n) + string(rune(l.Marker))
			n++
		}
		r.walk(item, depth+2)
		if r.label != "" {
			r.add(0, "")
		}
	}
}

func (r *markdownReader) table(t *east.Table) {
	var rows [][]string
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []string
		for c := row.FirstChild(); c != nil; c = c.NextSibling() {
			cells = append(cells, strings.ReplaceAll(r.inline(c), "\n", " "))
		}
		rows = append(rows, cells)
	}
	r.blocks = append(r.blocks, tableBlocks(rows, 1)...)
}

// html reads a piece of HTML within Markdown; comments and scripts show
// nothing.
func (r *markdownReader) html(b *ast.HTMLBlock) {
	raw := string(b.Lines().Value(r.src))
	if b.HasClosure() {
		raw += string(b.ClosureLine.Value(r.src))
	}
	if strings.HasPrefix(strings.TrimSpace(raw), "<!--") && strings.Count(raw, "<") == 1 {
		return
	}
	if blocks, err := fragmentBlocks(raw); err == nil {
		r.blocks = append(r.blocks, blocks...)
	}
}

var leftStrong = regexp.MustCompile(`\*\*([^*\n]+?)\*\*`)

// inline is the text of a node. A break in the source is one in the text only
// where a new numbered line or a new sentence begins; Chinese lines that were
// wrapped are joined without a blank. Strong marks that touch Chinese
// punctuation are not recognised by the CommonMark rules: those left over are
// dropped here.
func (r *markdownReader) inline(n ast.Node) string {
	var sb strings.Builder
	code := false
	// The callback returns no error.
	_ = ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch c := c.(type) {
		case *ast.Text:
			value := c.Segment.Value(r.src)
			if !c.IsRaw() {
				value = util.UnescapePunctuations(util.ResolveEntityNames(util.ResolveNumericReferences(value)))
			}
			sb.Write(value)
			switch {
			case c.HardLineBreak():
				sb.WriteByte('\n')
			case c.SoftLineBreak():
				sb.WriteByte('\v') // settled when the whole is known
			}
		case *ast.String:
			sb.Write(c.Value)
		case *ast.AutoLink:
			sb.Write(c.Label(r.src))
		case *ast.CodeSpan:
			code = true
		}
		return ast.WalkContinue, nil
	})
	s := softBreaks(sb.String())
	if !code {
		s = leftStrong.ReplaceAllString(s, "$1")
	}
	return s
}

func softBreaks(s string) string {
	if !strings.Contains(s, "\v") {
		return s
	}
	parts := strings.Split(s, "\v")
	var sb strings.Builder
	sb.WriteString(parts[0])
	for i, next := range parts[1:] {
		last, _ := utf8.DecodeLastRuneInString(strings.TrimSpace(parts[i]))
		first, _ := utf8.DecodeRuneInString(strings.TrimSpace(next))
		switch {
		case corpus.Numbered(next), strings.ContainsRune("。；：！？;:", last):
			sb.WriteByte('\n')
		case unicode.Is(unicode.Han, last) || unicode.Is(unicode.Han, first) || last > 0x2FFF || first > 0x2FFF:
		default:
			sb.WriteByte(' ')
		}
		sb.WriteString(next)
	}
	return sb.String()
}

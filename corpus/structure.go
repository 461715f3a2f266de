package corpus

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Block is a heading, a paragraph or a table row as a reader of some format
// found it.
type Block struct {
	Heading int // 1 to 6; 0 is a paragraph
	// Label is a number or a name that the source keeps apart from the text:
	// an automatic list number (第三条, 2.), the field of a record. It is
	// written before the text.
	Label string
	Text  string

	// Row says that it is a row of a table: Text is its cells with tabs between
	// them, as they stand in the source, empty ones too. Header says that this
	// row names the columns.
	Row, Header bool
}

const (
	maxMarks = 20_000 // structure beyond is read as plain paragraphs
	longRun  = 500    // a longer line is looked through for marks
	loneRun  = 120    // a longer line is, where the text has hardly another
)

// Assemble writes the canonical text of a document, one block a line below
// its title, and cuts it into passages that partition it: articles, numbered
// sections, headings, a guide's fields, an FAQ's answer, and paragraphs where
// there is no structure. A first block that repeats the title, or runs on
// from it, is not written twice. Characters are neither lost nor reordered;
// only blanks at the ends of lines are. It never fails: what it does not
// recognise is paragraphs.
//
// An anchor says where its passage stands, and an amendment elsewhere leaves
// it as it is: a12 and a12-1 are 第十二条 and 第十二条之一 (for what is below
// them see Places), b1.c2.j3 is 第一编第二章第三节, s2.1 is 二、（一）; top is
// what stands before the structure, toc the table of contents, preamble,
// supplement and appendix-1 are 序言, 附则 and 附件1; what counts anew has a
// prefix (appendix-1.a2; r2.a2 where a second regulation begins); q1 is an
// FAQ's answer, materials and the like a guide's field; headings, paragraphs
// and rows without a number are named by their first words (h-…, p-…, row-…).
// Numbered sections under a heading without number begin with its anchor. A
// continuation of a long passage ends in .p2, .p3, or names the 款 or 项 that
// it begins with.
func Assemble(kind Kind, title string, blocks []Block) (text string, passages []Passage) {
	lines := splitLines(blocks)
	lines, titleEnd := placeTitle(title, lines)
	text, pieces := join(kind, lines, titleEnd)
	if text == "" {
		return "", nil
	}
	b := builder{kind: kind, text: text, pieces: pieces, used: map[string]bool{}, appendices: map[string]int{}, table: columnsOf(nil)}
	b.run()
	return text, b.finish(titleEnd)
}

// line is a line of the canonical text before it is joined.
type line struct {
	heading     int
	text        string
	row, header bool
}

func isBreak(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}

func splitLines(blocks []Block) []line {
	var lines []line
	for _, b := range blocks {
		heading := max(0, min(b.Heading, 6))
		label := strings.Join(strings.Fields(strings.ToValidUTF8(b.Label, "\uFFFD")), " ")
		text := strings.ToValidUTF8(b.Text, "\uFFFD")
		if b.Row {
			if label != "" {
				text = label + " " + text
			}
			if row := rowText(text, b.Header); row != "" {
				lines = append(lines, line{text: row, row: true, header: IsHeader(row)})
			}
			continue
		}
		// A tab within a paragraph would make a row of it.
		parts := strings.FieldsFunc(strings.ReplaceAll(text, "\t", " "), isBreak)
		wrote := false
		for _, part := range parts {
			part = strings.TrimSpace(part)
			if part == "" {
				continue
			}
			if !wrote {
				part = labelled(label, part)
				wrote = true
			}
			lines = append(lines, line{heading: heading, text: part})
		}
		if !wrote && label != "" {
			lines = append(lines, line{heading: heading, text: label})
		}
	}
	return lines
}

// labelled writes a label before its text as it would be printed.
func labelled(label, text string) string {
	if label == "" {
		return text
	}
	last, _ := utf8.DecodeLastRuneInString(label)
	m := parseMark(label)
	switch {
	case m.kind.heading() || m.kind == article:
		return label + " " + text
	case m.kind != none && m.size == len(label), unicode.IsPunct(last):
		if r, _ := utf8.DecodeRuneInString(text); last == '.' && unicode.IsDigit(r) {
			return label + " " + text // 1. 2024年 must not become 1.2024年
		}
		return label + text
	}
	return label + "：" + text
}

// placeTitle makes the title the start of the first line. titleEnd is the
// number of bytes that belong to it, without the line break.
func placeTitle(title string, lines []line) ([]line, int) {
	title = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(title, "\uFFFD"), isBreak), " ")
	title = strings.TrimSpace(strings.ReplaceAll(title, "\t", " "))
	if title == "" {
		return lines, 0
	}
	if len(lines) > 0 && !lines[0].row {
		first := lines[0].text
		if Squeeze(first) == Squeeze(title) {
			return lines, len(first)
		}
		if rest, ok := strings.CutPrefix(first, title); ok && opensAfterTitle(rest, title) {
			return lines, len(first) - len(strings.TrimLeftFunc(rest, unicode.IsSpace))
		}
	}
	return append([]line{{heading: 1, text: title}}, lines...), len(title)
}

// opensAfterTitle says whether the text after a title is set off from it.
func opensAfterTitle(rest, title string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	last, _ := utf8.DecodeLastRuneInString(title)
	return unicode.IsSpace(r) || unicode.IsPunct(r) && r != '（' && r != '(' || isSentenceEnd(last) || utf8.RuneCountInString(title) >= maxTitle
}

// piece is what passages are made of: a line, or part of one that runs on.
type piece struct {
	start, end int // end is behind blanks and line break
	text       string
	heading    int
	mark       mark // as far as it can be told without its surroundings

	row, header bool // of a table
}

// join writes the lines one below the other and cuts them into pieces,
// leaving out the title.
func join(kind Kind, lines []line, titleEnd int) (string, []piece) {
	size := 0
	for _, l := range lines {
		size += len(l.text) + 1
	}
	var sb strings.Builder
	sb.Grow(size)
	var pieces []piece
	for i, l := range lines {
		start := sb.Len()
		sb.WriteString(l.text)
		if i < len(lines)-1 {
			sb.WriteByte('\n')
		}
		from := 0
		if i == 0 {
			from = titleEnd
		}
		body := l.text[from:]
		if body == "" {
			continue
		}
		if l.row {
			pieces = append(pieces, rowPieces(kind, l, start, sb.Len())...)
			continue
		}
		n := utf8.RuneCountInString(body)
		var cuts []int
		switch {
		case l.heading > 0:
		case n > longRun, len(lines) <= 3 && n > loneRun:
			cuts = runOnCuts(body)
		default:
			cuts = headingCuts(body, n)
		}
		at := start + from
		for k := 0; k <= len(cuts); k++ {
			a, b := 0, len(body)
			if k > 0 {
				a = cuts[k-1]
			}
			end := sb.Len()
			if k < len(cuts) {
				b = cuts[k]
				end = at + b
			}
			t := strings.TrimSpace(body[a:b])
			p := piece{start: at + a, end: end, text: t}
			if k == 0 {
				p.heading = l.heading
			}
			p.mark = parseMark(t)
			pieces = append(pieces, p)
		}
	}
	return sb.String(), pieces
}

// rowPieces is a row as one piece; in a guide one for each field in it.
func rowPieces(kind Kind, l line, start, end int) []piece {
	whole := piece{start: start, end: end, text: l.text, row: true, header: l.header}
	if kind != Guide || l.header {
		return []piece{whole}
	}
	var out []piece
	for _, at := range fieldCuts(l.text) {
		first := whole
		first.end = start + at
		first.text = l.text[whole.start-start : at]
		out = append(out, first)
		whole.start, whole.text = start+at, l.text[at:]
	}
	return append(out, whole)
}

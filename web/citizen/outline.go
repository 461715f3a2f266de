package citizen

import (
	"regexp"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// section is a passage as its page shows it.
type section struct {
	Anchor    string
	Address   string // permanent address of the passage
	Chapter   bool   // a heading without own text
	Heading   string // the heading that stands in the passage
	Number    string // 第六条, hung beside the text
	Field     bool   // a guide's field
	Cited     bool
	Within    bool   // a part of it is cited: the block that has Cited
	Sample    bool   // cited, and invented: said beside it
	State     *state // beside the cited passage: its reader may never see the top
	Own       *state // what became of this passage alone
	Blocks    []block
	Explained []anchorLink // interpretations of it
}

// block is a paragraph or a table.
type block struct {
	Anchor string // of the 款 or 项 that begins with it
	Cited  bool
	Parts  []Part
	Item   bool // starts with （一） or 1.: its number hangs
	Short  bool // 1. hangs less
	Table  *table
}

// line is a line of the canonical text, without the blanks around it.
type line struct {
	start, end int // bytes of the text
	text       string
}

// entry is a line of the table of contents.
type entry struct {
	Anchor, Number, Text string
	Deep, Cited          bool
}

var (
	item = regexp.MustCompile(`^(（[一二三四五六七八九十]{1,4}）|\([一二三四五六七八九十]{1,4}\)|[0-9]{1,2}[.．、)）]|[①-⑳])`)
	rule = regexp.MustCompile(`^第[零〇一二三四五六七八九十百千0-9]+条(之[一二三四五六七八九十]+)?$`)
	deep = regexp.MustCompile(`^第[零〇一二三四五六七八九十百千0-9]+节`)
)

// layoutOf makes sections of a revision.
type layoutOf struct {
	document corpus.Document
	revision corpus.Revision
	day      corpus.Date
	cited    string       // anchor of the passage that is cited, "" is none
	place    corpus.Place // the part of it that alone is, empty is none
	all      []section
}

// sections lays out a revision. Bytes that no passage covers (there are none
// in a sound revision) are left out, a revision without passages is one
// section. Rows that are passages of their own stay one table.
func (l *layoutOf) sections() (titleAnchor string) {
	r := l.revision
	passages := r.Passages
	if len(passages) == 0 {
		passages = []corpus.Passage{{Role: corpus.BodyRole, End: len(r.Text)}}
	}
	for _, p := range passages {
		if p.Start < 0 || p.End > len(r.Text) || p.Start >= p.End {
			continue
		}
		lines := linesOf(r.Text, p.Start, p.End)
		if p.Role == corpus.TitleRole {
			titleAnchor = p.Anchor
			if lines = lines[min(1, len(lines)):]; len(lines) == 0 {
				continue
			}
			p.Anchor += ".more" // the heading has the title's own
		}
		if len(lines) == 0 || l.goesOn(p, lines) {
			continue
		}
		l.all = append(l.all, l.section(p, lines))
	}
	return titleAnchor
}

func (l *layoutOf) section(p corpus.Passage, lines []line) section {
	s := section{Anchor: p.Anchor, Address: path(l.document.ID, p.Anchor), Cited: l.isCited(p) && l.place.Anchor == ""}
	s.Within = l.isCited(p) && l.place.Anchor != ""
	switch {
	case corpus.IsRow(lines[0].text) && p.Role == corpus.HeadingRole: // the names of the columns
		s.Blocks = []block{{Table: tableOf(lines, nil)}}
		return s
	case corpus.IsRow(lines[0].text) && len(p.Columns) > 0: // a row: its line of the table has the anchor
		s.Anchor += ".table"
		s.Cited, s.Within = false, l.isCited(p)
	default:
		s.Own = l.own(p)
	}
	s.Blocks = l.blocks(p, s.head(p, lines, l.document.Kind))
	return s
}

func (l *layoutOf) isCited(p corpus.Passage) bool { return l.cited != "" && p.Anchor == l.cited }

// own says what became of a passage alone, while the document holds.
func (l *layoutOf) own(p corpus.Passage) *state {
	if p.Role != corpus.BodyRole {
		return nil
	}
	return passageState(l.document, p, l.day)
}

// goesOn adds a passage of rows to the table that the section before it ends
// with. It reports whether there is such a table.
func (l *layoutOf) goesOn(p corpus.Passage, lines []line) bool {
	if len(l.all) == 0 || !corpus.IsRow(lines[0].text) || corpus.IsHeader(lines[0].text) || p.Role != corpus.BodyRole {
		return false
	}
	last := &l.all[len(l.all)-1]
	if len(last.Blocks) == 0 || last.Blocks[len(last.Blocks)-1].Table == nil {
		return false
	}
	t := last.Blocks[len(last.Blocks)-1].Table
	n := 0
	for n < len(lines) && corpus.IsRow(lines[n].text) {
		n++
	}
	more := tableOf(lines[:n], t.Columns)
	l.mark(p, more)
	t.Rows = append(t.Rows, more.Rows...)
	last.Blocks = append(last.Blocks, l.blocks(p, lines[n:])...)
	last.Within = last.Within || l.isCited(p)
	return true
}

// mark gives the first row of a passage of rows its anchor, and says of all of
// them what became of them.
func (l *layoutOf) mark(p corpus.Passage, t *table) {
	own := l.own(p)
	for i := range t.Rows {
		r := &t.Rows[i]
		r.Cited = l.isCited(p)
		if i == 0 {
			r.Anchor = p.Anchor
		}
		if own != nil {
			r.Off = own.Sign.Class != "modified"
			if i == 0 {
				r.Note = own.Text
			}
		}
	}
}

// blocks makes a paragraph of each line, and a table of rows that follow each
// other.
func (l *layoutOf) blocks(p corpus.Passage, lines []line) []block {
	places := map[int]string{}
	if whole, ok := l.article(p); ok {
		for _, place := range corpus.Places(l.revision.Text, whole) {
			if _, ok := places[place.Start]; !ok {
				places[place.Start] = place.Anchor
			}
		}
	}
	all := make([]block, 0, len(lines))
	for i := 0; i < len(lines); i++ {
		at := lines[i]
		var b block
		if corpus.IsRow(at.text) {
			n := i + 1
			for n < len(lines) && corpus.IsRow(lines[n].text) {
				n++
			}
			columns := p.Columns
			if i > 0 || corpus.IsHeader(at.text) {
				columns = nil
			}
			b.Table = tableOf(lines[i:n], columns)
			if len(p.Columns) > 0 && i == 0 { // the passage is a row
				l.mark(p, b.Table)
			}
			i = n - 1
		} else {
			b = paragraph(at.text)
		}
		// The first 款 is where the article is.
		if b.Anchor = places[at.start]; b.Anchor == p.Anchor {
			b.Anchor = ""
		}
		b.Cited = l.isCited(p) && at.start < l.place.End && l.place.Start < at.end
		all = append(all, b)
	}
	return all
}

// article returns the whole article that a passage is, or is a part of.
func (l *layoutOf) article(p corpus.Passage) (corpus.Passage, bool) {
	if !p.IsArticle() {
		return p, false
	}
	return l.revision.Article(p.Anchor)
}

func paragraph(text string) block {
	mark := item.FindString(text)
	return block{Parts: phones(text), Item: mark != "", Short: mark != "" && !strings.ContainsAny(mark, "（(")}
}

// head takes the heading or number off the first line.
func (s *section) head(p corpus.Passage, lines []line, kind corpus.Kind) []line {
	first := lines[0].text
	switch {
	case p.Role == corpus.HeadingRole:
		s.Chapter, s.Heading = true, first
		return lines[1:]
	case rule.MatchString(p.Label) && strings.HasPrefix(first, p.Label):
		s.Number = p.Label
		if rest := strings.TrimLeft(first[len(p.Label):], " 　\t"); rest != "" {
			return append([]line{{lines[0].start, lines[0].end, rest}}, lines[1:]...)
		}
		return lines[1:]
	case kind == corpus.Guide && p.Label != "" && strings.TrimRight(first, "：:") == p.Label:
		s.Field, s.Heading = true, p.Label
		return lines[1:]
	case p.Label != "" && (first == p.Label || strings.HasSuffix(p.Label, "、") && strings.HasPrefix(first, p.Label)) && isHeading(first):
		s.Heading = first
		return lines[1:]
	}
	return lines
}

// isHeading tells 二、大件垃圾收运 from a paragraph that starts with 二、.
func isHeading(line string) bool {
	if strings.ContainsAny(line, "。；") || len([]rune(line)) > 40 {
		return false
	}
	return !strings.HasSuffix(line, "：") && !strings.HasSuffix(line, "，") && !strings.HasSuffix(line, ":")
}

// linesOf returns the lines of a piece of a text that are not blank.
func linesOf(text string, start, end int) []line {
	var lines []line
	for at := start; at < end; {
		next := end
		if i := strings.IndexByte(text[at:end], '\n'); i >= 0 {
			next = at + i + 1
		}
		if words := strings.Trim(text[at:next], " 　\r\n"); words != "" {
			lines = append(lines, line{at, next, words})
		}
		at = next
	}
	return lines
}

func split(text string) []string {
	all := linesOf(text, 0, len(text))
	lines := make([]string, len(all))
	for i, l := range all {
		lines[i] = l.text
	}
	return lines
}

// longContents is the number of entries above which a table of contents
// keeps to the chapters, where there are some.
const longContents = 60

// contents makes the table of contents; nil where there is nothing to find.
func contents(all []section) []entry {
	var entries []entry
	chapters := 0
	for _, s := range all {
		switch {
		case s.Chapter:
			chapters++
			entries = append(entries, entry{Anchor: s.Anchor, Text: s.Heading, Cited: s.Cited, Deep: deep.MatchString(s.Heading)})
		case s.Heading != "":
			entries = append(entries, entry{Anchor: s.Anchor, Text: s.Heading, Cited: s.Cited})
		case s.Number != "":
			entries = append(entries, entry{Anchor: s.Anchor, Number: s.Number, Text: begins(s), Deep: chapters > 0, Cited: s.Cited})
		}
	}
	if len(entries) > longContents && chapters >= 3 {
		kept := entries[:0]
		for _, e := range entries {
			if e.Number == "" {
				kept = append(kept, e)
			}
		}
		entries = kept
	}
	if len(entries) < 4 || len(entries) > 1000 {
		return nil
	}
	return entries
}

// begins returns the first words of a section, up to a comma.
func begins(s section) string {
	for _, b := range s.Blocks {
		var text strings.Builder
		for _, p := range b.Parts {
			text.WriteString(p.Text)
		}
		line := text.String()
		if i := strings.IndexAny(line, "，。；："); i > 0 {
			line = line[:i]
		}
		if line != "" {
			return shorten(line, 16)
		}
	}
	return ""
}

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
	Sample    bool   // cited, and invented: said beside it
	State     *state // beside the cited passage: its reader may never see the top
	Blocks    []block
	Explained []anchorLink // interpretations of it
}

// block is a paragraph.
type block struct {
	Parts []Part
	Item  bool // starts with （一） or 1.: its number hangs
	Short bool // 1. hangs less
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

// sections lays out a revision. Bytes that no passage covers (there are none
// in a sound revision) are left out, a revision without passages is one
// section.
func sections(d corpus.Document, r corpus.Revision, cited string) (titleAnchor string, all []section) {
	passages := r.Passages
	if len(passages) == 0 {
		passages = []corpus.Passage{{Role: corpus.BodyRole, End: len(r.Text)}}
	}
	for _, p := range passages {
		if p.Start < 0 || p.End > len(r.Text) || p.Start >= p.End {
			continue
		}
		lines := split(r.Text[p.Start:p.End])
		if p.Role == corpus.TitleRole {
			titleAnchor = p.Anchor
			if lines = lines[min(1, len(lines)):]; len(lines) == 0 {
				continue
			}
			p.Anchor += ".more" // the heading has the title's own
		}
		if len(lines) == 0 {
			continue
		}
		s := section{Anchor: p.Anchor, Address: path(d.ID, p.Anchor), Cited: cited != "" && p.Anchor == cited}
		lines = s.head(p, lines, d.Kind)
		s.Blocks = blocks(lines)
		all = append(all, s)
	}
	return titleAnchor, all
}

// head takes the heading or number off the first line.
func (s *section) head(p corpus.Passage, lines []string, kind corpus.Kind) []string {
	first := lines[0]
	switch {
	case p.Role == corpus.HeadingRole:
		s.Chapter, s.Heading = true, first
		return lines[1:]
	case rule.MatchString(p.Label) && strings.HasPrefix(first, p.Label):
		s.Number = p.Label
		if rest := strings.TrimLeft(first[len(p.Label):], " 　\t"); rest != "" {
			return append([]string{rest}, lines[1:]...)
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

func split(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.Trim(line, " 　\r\n"); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// blocks makes a paragraph of each line; tables come as lines, too
// (项目：工本费；标准：20元).
func blocks(lines []string) []block {
	all := make([]block, 0, len(lines))
	for _, line := range lines {
		mark := item.FindString(line)
		all = append(all, block{Parts: phones(line), Item: mark != "", Short: mark != "" && !strings.ContainsAny(mark, "（(")})
	}
	return all
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

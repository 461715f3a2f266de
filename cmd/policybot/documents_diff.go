package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/diff"
)

func newDocumentsDiff() *cobra.Command {
	return archiveCommand(&cobra.Command{
		Use: "diff ID [N [M]]", Short: "Show what changed between two revisions of a document", Args: cobra.RangeArgs(1, 3),
		Long: `Show what changed from revision N to revision M, passage by passage: what was
taken out as [-…-] and what was put in as {+…+}, numbers whole; in a terminal
also in red and green. Passages that are the same are left out. A passage that
only got another number is one that changed.

Without M it is the newest revision. Without N as well, it is what publishing
the newest revision would change, or, where that is published, what it changed.`,
		Example: `  policybot documents diff jinglaoka-banfa
  policybot documents diff jinglaoka-banfa 1 3`,
	}, reads, func(c *cobra.Command, o owner, args []string) error {
		from, to, err := revisionsOf(c, o, args)
		if err != nil {
			return err
		}
		older, err := opStored.ask(c.Context(), o, revisionOf{args[0], from})
		if err != nil {
			return err
		}
		newer, err := opStored.ask(c.Context(), o, revisionOf{args[0], to})
		if err != nil {
			return err
		}
		p := comparison{out: c.OutOrStdout(), colour: inColour(c.OutOrStdout())}
		return p.print(older, newer)
	})
}

// revisionsOf returns the numbers of the revisions to compare.
func revisionsOf(c *cobra.Command, o owner, args []string) (from, to int, err error) {
	var given []int
	for _, a := range args[1:] {
		n, err := strconv.Atoi(a)
		if err != nil || n < 1 {
			return 0, 0, usageError{fmt.Errorf("%.40q is not the number of a revision", a)}
		}
		given = append(given, n)
	}
	if len(given) == 2 {
		return given[0], given[1], nil
	}
	all, err := opHistory.ask(c.Context(), o, revisionOf{ID: args[0]})
	if err != nil {
		return 0, 0, err
	}
	to = all[0].Revision.Number
	if len(given) == 1 {
		return given[0], to, nil
	}
	if len(all) == 1 {
		return 0, 0, fmt.Errorf("%s has one revision only: there is nothing to compare", args[0])
	}
	from = all[1].Revision.Number
	for _, s := range all[1:] {
		if s.Revision.Status == corpus.Published {
			from = s.Revision.Number
		}
	}
	return from, to, nil
}

// comparison prints what changed.
type comparison struct {
	out    io.Writer
	colour bool
}

const (
	red, green, bold, ending = "\x1b[31m", "\x1b[32m", "\x1b[1m", "\x1b[0m"
)

func (p comparison) mark(colour, text string) string {
	if !p.colour || text == "" {
		return text
	}
	// Each line by itself: pagers forget colours at a line's end.
	return colour + strings.ReplaceAll(text, "\n", ending+"\n"+colour) + ending
}

func (p comparison) print(older, newer corpus.Stored) error {
	var sb strings.Builder
	fmt.Fprintf(&sb, "%s\n第%d版（%s，%s） → 第%d版（%s，%s）\n", oneLine(newer.Document.Title),
		older.Revision.Number, standing(older), clock(older.Created), newer.Revision.Number, standing(newer), clock(newer.Created))
	n := p.metadata(&sb, older.Document, newer.Document)
	same := 0
	for _, passage := range diff.Passages(older.Revision, newer.Revision) {
		if passage.State == diff.Same {
			same++
			continue
		}
		n++
		p.passage(&sb, passage)
	}
	if n == 0 {
		sb.WriteString("\n内容相同\n")
	} else {
		fmt.Fprintf(&sb, "\n其余 %d 段相同\n", same)
	}
	_, err := io.WriteString(p.out, sb.String())
	return err
}

// metadata compares what is known of the document beside its text.
func (p comparison) metadata(sb *strings.Builder, a, b corpus.Document) (n int) {
	for _, m := range []struct{ name, was, is string }{
		{"标题", a.Title, b.Title}, {"类型", kindWords[a.Kind], kindWords[b.Kind]}, {"文号", a.Number, b.Number},
		{"机关", a.Agency, b.Agency}, {"级别", string(a.Level), string(b.Level)}, {"成文", string(a.Written), string(b.Written)},
		{"发布", string(a.Published), string(b.Published)}, {"施行", string(a.Effective), string(b.Effective)},
		{"失效", string(a.Expires), string(b.Expires)}, {"地区", a.Region, b.Region}, {"账号", a.Account, b.Account}, {"网址", a.URL, b.URL},
		{"主题", strings.Join(a.Topics, "、"), strings.Join(b.Topics, "、")},
	} {
		if m.was == m.is {
			continue
		}
		if n++; n == 1 {
			sb.WriteByte('\n')
		}
		fmt.Fprintf(sb, "%s：%s → %s\n", m.name, p.mark(red, or(oneLine(m.was), "无")), p.mark(green, or(oneLine(m.is), "无")))
	}
	return n
}

func (p comparison) passage(sb *strings.Builder, c diff.Passage) {
	title := map[diff.State]string{
		diff.Added: "新增 " + c.New.Anchor, diff.Removed: "删去 " + c.Old.Anchor, diff.Changed: "修改 " + c.New.Anchor,
	}[c.State]
	if c.State == diff.Changed && c.Old.Anchor != c.New.Anchor {
		title += "（原 " + c.Old.Anchor + "）"
	}
	path := c.New.Path
	if c.State == diff.Removed {
		path = c.Old.Path
	}
	if len(path) > 0 {
		title += "  " + oneLine(strings.Join(path, " › "))
	}
	fmt.Fprintf(sb, "\n%s\n", p.mark(bold, title))
	for _, piece := range c.Pieces {
		text := printable(piece.Text)
		// Blanks around stay outside the marks: a line break is no change that anybody sees.
		body := strings.TrimSpace(text)
		switch {
		case piece.Kind == diff.Kept || body == "":
			sb.WriteString(text)
			continue
		}
		before, after, _ := strings.Cut(text, body)
		marked := p.mark(red, "[-"+body+"-]")
		if piece.Kind == diff.Inserted {
			marked = p.mark(green, "{+"+body+"+}")
		}
		sb.WriteString(before + marked + after)
	}
	if text := sb.String(); !strings.HasSuffix(text, "\n") {
		sb.WriteByte('\n')
	}
}

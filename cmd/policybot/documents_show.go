package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/corpus"
)

func newDocumentsShow() *cobra.Command {
	number, asJSON := 0, false
	c := archiveCommand(&cobra.Command{
		Use: "show ID", Short: "Show what was read from a document, and from where in it", Args: cobra.ExactArgs(1),
		Long: `Show everything that is known of a document: its metadata, each with the place
that it was read from and how sure it is; whether it is in force today, and why;
what it does to other documents and they to it; what a person should look at;
and its text, passage by passage, each below its anchor and its headings.

It is the published revision, or the newest where none is published; --revision
chooses another. --json prints the line of 'policybot export --jsonl'.`,
		Example: `  policybot documents show jinglaoka-banfa
  policybot documents show jinglaoka-banfa --json | jq .passages`,
	}, reads, func(c *cobra.Command, o owner, args []string) error {
		s, err := opStored.ask(c.Context(), o, revisionOf{args[0], number})
		if err != nil {
			return err
		}
		today := corpus.DayOf(time.Now())
		if asJSON {
			return jsonLines(c.OutOrStdout()).Encode(exportLineOf(s.Document, s.Revision.Text, s.Revision.Passages, today))
		}
		edges, err := opEdges.ask(c.Context(), o, corpus.EdgeFilter{Document: args[0]})
		if err != nil {
			return err
		}
		return sheet{s, edges, today}.print(c.OutOrStdout())
	})
	c.PreRunE = func(c *cobra.Command, _ []string) error { return wantRevision(number, c.Flags().Changed("revision")) }
	c.Flags().IntVar(&number, "revision", 0, "the `number` of a revision, as 'policybot documents history' lists them")
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return c
}

func wantRevision(number int, given bool) error {
	if given && number < 1 {
		return usageError{fmt.Errorf("--revision %d: revisions are numbered from 1", number)}
	}
	return nil
}

// sheet is what show prints for people.
type sheet struct {
	stored corpus.Stored
	edges  []corpus.Edge
	day    corpus.Date
}

func (p sheet) print(out io.Writer) error {
	var sb strings.Builder
	p.head(&sb)
	p.metadata(&sb)
	p.related(&sb)
	if len(p.stored.Warnings) > 0 {
		sb.WriteString("\n需要留意\n")
		for _, w := range p.stored.Warnings {
			sb.WriteString("  " + oneLine(w) + "\n")
		}
	}
	p.text(&sb)
	_, err := io.WriteString(out, sb.String())
	return err
}

func (p sheet) head(sb *strings.Builder) {
	s, d := p.stored, p.stored.Document
	newest := ""
	if !s.Newest {
		newest = "，之后另有新版本"
	}
	fmt.Fprintf(sb, "%s%s\n%s  第%d版，%s%s，%s存入\n", oneLine(d.Title), owned(d), d.ID, s.Revision.Number, standing(s), newest, clock(s.Created))
	fmt.Fprintf(sb, "%s（%s）\n", validityWord(d, p.day), p.day.Chinese())
	for _, r := range d.ReasonsOn(p.day) {
		fmt.Fprintf(sb, "  %s\n", oneLine(r.Text))
	}
	switch {
	case s.Hold != "":
		fmt.Fprintf(sb, "待确认：%s；核对无误后运行 policybot documents confirm %s\n", oneLine(s.Hold), d.ID)
	case s.ConfirmedBy != "":
		fmt.Fprintf(sb, "已由%s核对确认\n", oneLine(s.ConfirmedBy))
	}
}

// metadata lists what is known, each with where it was read and how sure.
func (p sheet) metadata(sb *strings.Builder) {
	d := p.stored.Document
	sb.WriteByte('\n')
	found := map[string]corpus.Finding{}
	for _, f := range p.stored.Findings {
		if _, ok := found[f.Field]; !ok {
			found[f.Field] = f
		}
	}
	file := ""
	if p.stored.File != nil {
		file = fmt.Sprintf("%s（%s，%d 字节）", p.stored.File.Name, p.stored.File.MediaType, p.stored.File.Size)
	}
	year := ""
	if d.StandardYear > 0 {
		year = " " + strconv.Itoa(d.StandardYear)
	}
	for _, m := range []struct{ name, field, value string }{
		{"类型", "kind", kindWords[d.Kind]}, {"文号", "number", d.Number}, {"机关", "agency", d.Agency},
		{"级别", "level", string(d.Level)}, {"成文", "written", string(d.Written)}, {"发布", "published", string(d.Published)},
		{"施行", "effective", string(d.Effective)}, {"失效", "expires", string(d.Expires)}, {"地区", "region", d.Region},
		{"主送", "addressees", strings.Join(d.Addressees, "、")}, {"主题", "topics", strings.Join(d.Topics, "、")},
		{"对象", "audience", strings.Join(d.Audience, "、")}, {"标准", "standard", strings.TrimSpace(d.Standard + year)},
		{"账号", "account", d.Account}, {"网址", "url", d.URL}, {"来源", "source", d.Source}, {"文件", "file", file},
		{"问题", "question", d.Question}, {"问法", "similar", strings.Join(d.Similar, "；")},
		{"反例", "negative", strings.Join(d.Negative, "；")}, {"转问", "refer", d.Refer},
	} {
		if m.value == "" {
			continue
		}
		from := ""
		if f, ok := found[m.field]; ok {
			from = "  ← " + or(oneLine(f.Place), "？") + "（" + or(sureWords[f.Sure], string(f.Sure)) + "）"
		}
		fmt.Fprintf(sb, "  %s  %s%s\n", m.name, oneLine(m.value), from)
	}
	for _, a := range d.Applications {
		fmt.Fprintf(sb, "  办理  %s  %s 至 %s  ← %s\n", oneLine(a.What), or(string(a.From), "即日"), or(string(a.Until), "长期"), a.Anchor)
	}
}

// related lists relations that are in effect, and the statements that became
// none.
func (p sheet) related(sb *strings.Builder) {
	d := p.stored.Document
	if len(d.Declares)+len(d.Receives)+len(p.edges) > 0 {
		sb.WriteString("\n与其他文件的关系\n")
	}
	for _, r := range d.Declares {
		fmt.Fprintf(sb, "  本文件%s《%s》（%s）%s\n", relationWords[r.Kind], or(oneLine(r.Title), "未入库"), r.To, relationNote(r))
	}
	for _, r := range d.Receives {
		fmt.Fprintf(sb, "  被《%s》（%s）%s%s\n", oneLine(r.Title), r.From, relationWords[r.Kind], relationNote(r))
	}
	for _, e := range p.edges {
		if e.State != corpus.Applied && e.State != corpus.Accepted {
			sb.WriteString("  " + edgeLine(e) + "\n")
		}
	}
}

func relationNote(r corpus.Relation) string {
	var parts []string
	if len(r.Anchors) > 0 {
		parts = append(parts, "只涉及"+strings.Join(r.Anchors, "、"))
	}
	if r.On.Known() {
		parts = append(parts, "自"+r.On.Chinese()+"起")
	}
	if at := or(r.Label, r.Place); at != "" {
		parts = append(parts, "见"+at)
	}
	if len(parts) == 0 {
		return ""
	}
	return "，" + oneLine(strings.Join(parts, "，"))
}

// text writes the passages. Headings and the title are passages, too.
func (p sheet) text(sb *strings.Builder) {
	r := p.stored.Revision
	fmt.Fprintf(sb, "\n正文，%d 段\n", len(r.Passages))
	var path []string
	for _, q := range r.Passages {
		body := strings.TrimSpace(printable(r.Text[q.Start:q.End]))
		where := "[" + q.Anchor + "]"
		if !slices.Equal(q.Path, path) && len(q.Path) > 0 {
			where += " " + oneLine(strings.Join(q.Path, " › "))
		}
		path = q.Path
		if state := p.stored.Document.PassageValidityOn(q, p.day); !state.Quotable() && p.stored.Document.ValidityOn(p.day).Quotable() {
			where += "  ※" + validityWords[state]
		}
		fmt.Fprintf(sb, "\n%s\n%s\n", where, asRead(body, q.Columns))
		if asked := p.stored.Document.AskedFor(q.Anchor); len(asked) > 0 {
			fmt.Fprintf(sb, "  问法  %s\n", oneLine(strings.Join(asked, "；")))
		}
	}
}

// asRead writes the rows of tables as people read them, and breaks nothing
// else.
func asRead(text string, columns []string) string {
	if !strings.Contains(text, "\t") {
		return text
	}
	return strings.TrimSpace(corpus.Readable(text, columns))
}

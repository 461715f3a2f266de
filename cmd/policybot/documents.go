package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/corpus"
)

func newDocuments() *cobra.Command {
	c := &cobra.Command{
		Use: "documents", Short: "Look at documents: what was read, what is in force and why",
		Long: `Look at the documents of the data folder, published or not: what was read from
them and how sure that is, what changed between their revisions, and whether
they are in force on a day and why.

A document is named by its ID, which 'policybot documents list' shows and links
hold: /d/ID/. These commands need no running policybot, and start at once.`,
		Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newDocumentsList(), newDocumentsShow(), newDocumentsHistory(), newDocumentsDiff(), newDocumentsValidity(), newDocumentsConfirm())
	return c
}

// listFlags are what documents list chooses by, as it is typed.
type listFlags struct {
	kind, validity, status, on, text string
	held, fallen, asJSON             bool
}

func newDocumentsList() *cobra.Command {
	var f listFlags
	var l corpus.Listing
	c := archiveCommand(&cobra.Command{
		Use: "list", Short: "List documents, those of all accounts, with what is in force", Args: cobra.NoArgs,
		Long: `List the newest revision of each document by ID: where it stands, whether it is
in force (today, or on the day of --on), its kind, the day it takes effect, its
number and its title. What one account alone sees is marked with its name.

  --held     only drafts whose text was recognised from pictures: a person has to
             read and confirm them ('policybot documents confirm')
  --fallen   only guides, FAQ and interpretations whose policy is out of force

--json prints JSON lines: the fields of 'policybot export --jsonl' without the
passages, and account, region, written, status, revision, held, file, warnings.`,
		Example: `  policybot documents list --validity repealed
  policybot documents list --kind guide --fallen
  policybot documents list --text 敬老卡 --on 2024-05-01 --json`,
	}, reads, func(c *cobra.Command, o owner, _ []string) error {
		return printList(c, o, l, f.asJSON)
	})
	c.PreRunE = func(*cobra.Command, []string) (err error) { l, err = f.listing(time.Now()); return err }
	c.Flags().StringVar(&f.kind, "kind", "", "only this `kind`: policy, interpretation, guide, faq, clarification, notice, catalogue, draft")
	c.Flags().StringVar(&f.validity, "validity", "", "only this `validity`: in_force, not_yet, expired, repealed, superseded, modified, unknown")
	c.Flags().StringVar(&f.status, "status", "", "only where the newest revision has this `status`: draft, published, withdrawn")
	c.Flags().StringVar(&f.text, "text", "", "only with this `text` in title or number")
	c.Flags().StringVar(&f.on, "on", "", "validity on this `day`, 2024-05-01; default today")
	c.Flags().BoolVar(&f.held, "held", false, "only what a person has to confirm")
	c.Flags().BoolVar(&f.fallen, "fallen", false, "only what explains a policy that is out of force")
	c.Flags().BoolVar(&f.asJSON, "json", false, "print JSON lines")
	return c
}

func (f listFlags) listing(now time.Time) (corpus.Listing, error) {
	l := corpus.Listing{
		Kind: corpus.Kind(f.kind), Validity: corpus.Validity(f.validity), Status: corpus.Status(f.status),
		Text: f.text, Held: f.held, Fallen: f.fallen,
	}
	_, known := validityWords[l.Validity]
	_, stands := statusWords[l.Status]
	switch {
	case f.kind != "" && !l.Kind.Valid():
		return l, usageError{fmt.Errorf("--kind %q is none of the kinds that --help lists", f.kind)}
	case f.validity != "" && !known:
		return l, usageError{fmt.Errorf("--validity %q is none of those that --help lists", f.validity)}
	case f.status != "" && !stands:
		return l, usageError{fmt.Errorf("--status %q is neither draft, published nor withdrawn", f.status)}
	}
	var err error
	l.Day, err = dayFlag("on", f.on, now)
	return l, err
}

// dayFlag reads a day that was typed; "" is today.
func dayFlag(name, given string, now time.Time) (corpus.Date, error) {
	if given == "" {
		return corpus.DayOf(now), nil
	}
	day, err := corpus.ParseDate(given)
	if err != nil {
		return "", usageError{fmt.Errorf("--%s: %w", name, err)}
	}
	return day, nil
}

// listedLine is a document as list prints it for programs.
type listedLine struct {
	documentLine
	Account  string        `json:"account"`
	Region   string        `json:"region"`
	Written  corpus.Date   `json:"written"`
	Status   corpus.Status `json:"status"`
	Revision int           `json:"revision"`
	Held     string        `json:"held"` // why a person has to confirm it; "" is not
	File     string        `json:"file"`
	Warnings []string      `json:"warnings"`
}

func printList(c *cobra.Command, o owner, l corpus.Listing, asJSON bool) error {
	out, n := c.OutOrStdout(), 0
	enc := jsonLines(out)
	t := newTable(out, "编号", "状态", "效力", "类型", "施行日期", "文号", "标题")
	err := opListed.ask(c.Context(), o, l, func(s corpus.Stored) error {
		n++
		if asJSON {
			return enc.Encode(listedOf(s, l.Day))
		}
		d := s.Document
		t.row(d.ID, standing(s), validityWord(d, l.Day), kindWords[d.Kind], string(d.Effective), d.Number, d.Title+owned(d))
		return t.err
	})
	if err != nil || asJSON || n == 0 {
		if err == nil && n == 0 {
			fmt.Fprintln(c.ErrOrStderr(), "no document fits")
		}
		return err
	}
	return t.flush()
}

func listedOf(s corpus.Stored, day corpus.Date) listedLine {
	d := s.Document
	l := listedLine{
		documentLine: lineOf(d, day), Account: d.Account, Region: d.Region, Written: d.Written,
		Status: s.Revision.Status, Revision: s.Revision.Number, Held: s.Hold, Warnings: orEmpty(s.Warnings),
	}
	if s.File != nil {
		l.File = s.File.Name
	}
	return l
}

// standing says where a revision stands on its way to the citizens.
func standing(s corpus.Stored) string {
	if s.Hold != "" {
		return "待确认"
	}
	return statusWords[s.Revision.Status]
}

// owned marks what is not everybody's, and what is invented.
func owned(d corpus.Document) string {
	mark := ""
	if d.Account != "" {
		mark = "（账号：" + d.Account + "）"
	}
	if d.Sample {
		mark += "（示例）"
	}
	return mark
}

func newDocumentsHistory() *cobra.Command {
	return archiveCommand(&cobra.Command{
		Use: "history ID", Short: "List the revisions of a document", Args: cobra.ExactArgs(1),
		Long: `List the revisions of a document, the newest first: when each was stored, where
it stands, and the file that it was read from. A revision is an edit; another
dated version of a law is another document.`,
	}, reads, func(c *cobra.Command, o owner, args []string) error {
		all, err := opHistory.ask(c.Context(), o, revisionOf{ID: args[0]})
		if err != nil {
			return err
		}
		return printHistory(c.OutOrStdout(), all)
	})
}

func printHistory(out io.Writer, all []corpus.Stored) error {
	t := newTable(out, "版本", "存入时间", "状态", "施行日期", "文件", "标题")
	for _, s := range all {
		state, file := standing(s), ""
		if s.ConfirmedBy != "" {
			state += "（" + s.ConfirmedBy + "确认）"
		}
		if s.File != nil {
			file = s.File.Name
		}
		t.row(fmt.Sprint(s.Revision.Number), clock(s.Created), state, string(s.Document.Effective), file, s.Document.Title+owned(s.Document))
	}
	return t.flush()
}

func newDocumentsValidity() *cobra.Command {
	on, asJSON, day := "", false, corpus.Date("")
	c := archiveCommand(&cobra.Command{
		Use: "validity ID", Short: "Say whether a document is in force on a day, and why", Args: cobra.ExactArgs(1),
		Long: `Say whether a document is in force on a day, and the chain of reasons: each with
the document, and the passage of it, where to read it. Articles that alone are
out of force are listed. It is computed for that day, so that tomorrow's answer
can be seen today.`,
		Example: `  policybot documents validity jinglaoka-banfa --on 2024-05-01`,
	}, reads, func(c *cobra.Command, o owner, args []string) error {
		s, err := opStored.ask(c.Context(), o, revisionOf{ID: args[0]})
		if err != nil {
			return err
		}
		if asJSON {
			return jsonLines(c.OutOrStdout()).Encode(verdictOf(s, day))
		}
		return verdictOf(s, day).print(c.OutOrStdout())
	})
	c.PreRunE = func(*cobra.Command, []string) (err error) { day, err = dayFlag("on", on, time.Now()); return err }
	c.Flags().StringVar(&on, "on", "", "the `day`, 2024-05-01; default today")
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return c
}

// verdict is what validity prints.
type verdict struct {
	ID       string            `json:"id"`
	Title    string            `json:"title"`
	Day      corpus.Date       `json:"day"`
	Validity corpus.Validity   `json:"validity"`
	Reasons  []corpus.Reason   `json:"reasons"`
	Passages []passageStanding `json:"passages"` // those that stand otherwise than the document

	draft bool
	word  string
}

type passageStanding struct {
	Anchor   string          `json:"anchor"`
	Label    string          `json:"label"`
	Validity corpus.Validity `json:"validity"`
}

func verdictOf(s corpus.Stored, day corpus.Date) verdict {
	d := s.Document
	v := verdict{
		ID: d.ID, Title: d.Title, Day: day, Validity: d.ValidityOn(day), Reasons: orEmpty(d.ReasonsOn(day)),
		Passages: []passageStanding{}, draft: s.Revision.Status != corpus.Published, word: validityWord(d, day),
	}
	for _, p := range s.Revision.Passages {
		// A document may be modified where none of its passages is told apart.
		if now := d.PassageValidityOn(p, day); now != v.Validity && !(now.Quotable() && v.Validity.Quotable()) {
			v.Passages = append(v.Passages, passageStanding{p.Anchor, p.Label, now})
		}
	}
	return v
}

func (v verdict) print(out io.Writer) error {
	note := ""
	if v.draft {
		note = "（未发布）"
	}
	if _, err := fmt.Fprintf(out, "%s%s\n%s：%s\n", oneLine(v.Title), note, v.Day.Chinese(), v.word); err != nil {
		return err
	}
	for _, r := range v.Reasons {
		where := ""
		if r.Document != "" {
			where = "  [" + r.Document + slashed(r.Anchor) + "]"
		}
		fmt.Fprintf(out, "  %s%s\n", oneLine(r.Text), where)
	}
	for _, p := range v.Passages {
		fmt.Fprintf(out, "  %s %s\n", or(oneLine(p.Label), p.Anchor), validityWords[p.Validity])
	}
	return nil
}

func slashed(anchor string) string {
	if anchor == "" {
		return ""
	}
	return "/" + anchor
}

func or(s, instead string) string {
	if s == "" {
		return instead
	}
	return s
}

// orEmpty makes [] of what JSON would write as null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func newDocumentsConfirm() *cobra.Command {
	in := confirmRequest{}
	c := archiveCommand(&cobra.Command{
		Use: "confirm ID", Short: "Say that a person has read a recognised text, and that it is right", Args: cobra.ExactArgs(1),
		Long: `A text that was recognised from pictures stays a draft until a person has read
it beside its source ('policybot documents show ID'). This command notes who
has; --publish puts the document live as well. A draft that nobody has to
confirm is published by --publish, too.`,
		Example: `  policybot documents confirm tongzhi-2012 --publish`,
	}, changes, func(c *cobra.Command, o owner, args []string) error {
		in.ID = args[0]
		if in.By == "" {
			in.By = systemUser()
		}
		s, err := opConfirm.ask(c.Context(), o, in)
		if err != nil {
			return err
		}
		by := ""
		if s.ConfirmedBy != "" {
			by = ", confirmed by " + oneLine(s.ConfirmedBy)
		}
		_, err = fmt.Fprintf(c.OutOrStdout(), "%s revision %d: %s%s\n", s.Document.ID, s.Revision.Number, s.Revision.Status, by)
		if err != nil || !in.Publish {
			return err
		}
		return awaitEngines(c.Context(), o, true, c.OutOrStdout(), c.ErrOrStderr())
	})
	c.Flags().BoolVar(&in.Publish, "publish", false, "put the document live")
	in.flags(c.Flags())
	c.Flags().StringVar(&in.By, "by", "", "`name` of who has read it; default the user of the operating system")
	return c
}

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/corpus"
)

func newEdges() *cobra.Command {
	c := &cobra.Command{
		Use: "edges", Short: "Decide what documents do to each other: repeal, replace, amend, explain",
		Long: `A sentence such as "《…》（…号）同时废止" is an edge from the document that says it
to the one that it names. One that matches exactly (by number, or by title and
agency) is applied by itself while its document is published and effective. Any
other is proposed: a person decides.`,
		Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newEdgesList(), newEdgesDecide(true), newEdgesDecide(false))
	return c
}

func newEdgesList() *cobra.Command {
	var states []string
	var f corpus.EdgeFilter
	asJSON := false
	c := archiveCommand(&cobra.Command{
		Use: "list", Short: "List edges, each with its sentence and why it stands as it does", Args: cobra.NoArgs,
		Long: `List edges by the document that says them, in the order of its text: what it
does to which document, from when, the sentence that says so, and why the edge
is applied, proposed, or leads nowhere (dangling: no published document is the
one that is named).`,
		Example: `  policybot edges list --state proposed
  policybot edges list --document jinglaoka-banfa --json`,
	}, reads, func(c *cobra.Command, o owner, _ []string) error {
		all, err := opEdges.ask(c.Context(), o, f)
		if err != nil {
			return err
		}
		return printEdges(c, all, asJSON)
	})
	c.PreRunE = func(*cobra.Command, []string) error {
		for _, s := range states {
			if _, ok := edgeWords[corpus.EdgeState(s)]; !ok {
				return usageError{fmt.Errorf("--state %q is none of applied, proposed, accepted, rejected, dangling", s)}
			}
			f.States = append(f.States, corpus.EdgeState(s))
		}
		return nil
	}
	c.Flags().StringSliceVar(&states, "state", nil, "only these `states`: applied, proposed, accepted, rejected, dangling")
	c.Flags().StringVar(&f.Document, "document", "", "only of or to the document with this `ID`")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON lines")
	return c
}

func printEdges(c *cobra.Command, all []corpus.Edge, asJSON bool) error {
	if len(all) == 0 {
		fmt.Fprintln(c.ErrOrStderr(), "no edge fits")
		return nil
	}
	enc := jsonLines(c.OutOrStdout())
	for _, e := range all {
		if asJSON {
			if err := enc.Encode(e); err != nil {
				return err
			}
			continue
		}
		if err := printEdge(c.OutOrStdout(), e); err != nil {
			return err
		}
	}
	return nil
}

func printEdge(out io.Writer, e corpus.Edge) error {
	var sb strings.Builder
	fmt.Fprintf(&sb, "%s  %s\n", e.ID, edgeLine(e))
	if e.Sentence != "" {
		fmt.Fprintf(&sb, "    原文：%s%s\n", oneLine(e.Sentence), cited(e))
	}
	if e.Why != "" {
		fmt.Fprintf(&sb, "    理由：%s\n", oneLine(e.Why))
	}
	if e.DecidedBy != "" {
		fmt.Fprintf(&sb, "    决定：%s，%s\n", oneLine(e.DecidedBy), clock(e.DecidedAt))
	}
	_, err := io.WriteString(out, sb.String())
	return err
}

func cited(e corpus.Edge) string {
	at := or(e.Label, e.Anchor)
	if at == "" {
		return ""
	}
	return "（" + oneLine(at) + "）"
}

// edgeLine says what an edge does, on one line.
func edgeLine(e corpus.Edge) string {
	target := e.Number
	if title := or(e.ToTitle, e.Title); title != "" {
		target = "《" + title + "》" + e.Number
	}
	to := "未入库"
	if e.To != "" {
		to = e.To
	}
	line := fmt.Sprintf("%s  《%s》（%s）%s%s（%s）", edgeWords[e.State], e.FromTitle, e.From, relationWords[e.Kind], target, to)
	if len(e.Articles) > 0 {
		line += "，只涉及" + strings.Join(e.Articles, "、")
	}
	if e.TakesEffect.Known() {
		line += "，自" + e.TakesEffect.Chinese() + "起"
	}
	return oneLine(line)
}

func newEdgesDecide(accept bool) *cobra.Command {
	use, short, long := "reject EDGE…", "Say that edges are wrong: they have no effect", `An edge that was applied by itself is taken back as well.`
	if accept {
		use, short, long = "accept EDGE…", "Say that edges are right: they take effect", `It takes effect on the day that the edge names, while its document is published.`
	}
	by, in := "", authority{}
	c := archiveCommand(&cobra.Command{
		Use: use, Short: short, Args: cobra.MinimumNArgs(1),
		Long: long + ` Each EDGE is an ID that 'policybot
edges list' shows. The policybot that is running on the data folder answers
accordingly at once. Who decided, and when, is kept; a later decision takes the
place of an earlier one. Exit status 3 where some of several are not there.`,
	}, changes, func(c *cobra.Command, o owner, args []string) error {
		return decideAll(c, o, args, decideRequest{Accept: accept, By: or(by, or(in.As, systemUser())), authority: in})
	})
	in.flags(c.Flags())
	c.Flags().StringVar(&by, "by", "", "`name` of who decided it; default the user of the operating system")
	return c
}

func decideAll(c *cobra.Command, o owner, ids []string, in decideRequest) error {
	failed := 0
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		in.Edge = id
		e, err := opDecide.ask(c.Context(), o, in)
		if err == nil {
			err = printEdge(c.OutOrStdout(), e)
		}
		if err != nil {
			if len(ids) == 1 || c.Context().Err() != nil {
				return err
			}
			failed++
			fmt.Fprintf(c.ErrOrStderr(), "policybot: %v\n", err)
		}
	}
	if failed == len(ids) {
		return exitCode(1)
	}
	if err := awaitEngines(c.Context(), o, true, c.OutOrStdout(), c.ErrOrStderr()); err != nil {
		return err
	}
	if failed > 0 {
		return exitCode(3)
	}
	return nil
}

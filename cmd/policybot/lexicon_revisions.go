package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/index/lexicon"
)

func newLexiconPromote() *cobra.Command {
	in := lexiconSwitch{}
	c := lexiconCommand(&cobra.Command{
		Use: "promote REVISION", Short: "Put a revision live", Args: cobra.ExactArgs(1),
		Long: `Put a revision live. It needs a trial ('policybot lexicon try') against what is
live, on the documents of now, in which no question got worse, and no errors of 'policybot
lexicon check' that the live one has not; --because says why it is promoted all the same.

The next question is answered under it, within a second, without a restart. If
its domain words are others, an index is built for them first, in the
background; --wait waits for that.`,
	}, func(c *cobra.Command, o owner, _ []string) error { return putLive(c, o, in) })
	c.PreRunE = func(c *cobra.Command, args []string) error {
		in.By = or(in.By, systemUser())
		if c.Flags().Changed("because") {
			if err := lexicon.CheckText("reason of --because", in.Reason, 500); err != nil {
				return usageError{err}
			}
		}
		return theRevision(&in.Revision)(c, args)
	}
	c.Flags().StringVar(&in.Reason, "because", "", "why without a trial, or in spite of errors: `text` that is kept")
	c.Flags().BoolVar(&in.Wait, "wait", false, "return when it serves, also where an index is built for it")
	byFlag(c, &in.By)
	return c
}

func newLexiconRollback() *cobra.Command {
	in := lexiconSwitch{Back: true, Revision: -1}
	c := lexiconCommand(&cobra.Command{
		Use: "rollback", Short: "Put the revision live again that was before", Args: cobra.NoArgs,
		Long: `Put the revision live again that was live before this one was promoted, or the
one of --to. It needs no trial, and is served as fast as a promotion.`,
	}, func(c *cobra.Command, o owner, _ []string) error { return putLive(c, o, in) })
	c.PreRunE = func(c *cobra.Command, _ []string) error {
		in.By = or(in.By, systemUser())
		if c.Flags().Changed("to") && in.Revision < 0 {
			return usageError{errors.New("--to is no number of a revision: see 'policybot lexicon list'")}
		}
		return usage(lexicon.CheckText("reason", in.Reason, 500))
	}
	c.Flags().IntVar(&in.Revision, "to", -1, "this `revision`; default the one before")
	c.Flags().StringVar(&in.Reason, "reason", "", "why: `text` that is kept")
	c.Flags().BoolVar(&in.Wait, "wait", false, "return when it serves, also where an index is built for it")
	byFlag(c, &in.By)
	return c
}

func putLive(c *cobra.Command, o owner, in lexiconSwitch) error {
	done, err := opLexiconSwitch.ask(c.Context(), o, in)
	if err != nil {
		return err
	}
	w := done.Switch
	if done.State.Serves == w.Revision {
		_, err = fmt.Fprintf(c.OutOrStdout(), "revision %d is live and serves (before: %d)\n", w.Revision, w.Before)
		return err
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "revision %d is live; an index is being built for its domain words, and revision %d serves until it is there: see 'policybot lexicon list'\n",
		w.Revision, done.State.Serves)
	return err
}

func newLexiconList() *cobra.Command {
	asJSON := false
	c := lexiconCommand(&cobra.Command{
		Use: "list", Short: "List the revisions, what is live, and what was when", Args: cobra.NoArgs,
	}, func(c *cobra.Command, o owner, _ []string) error {
		l, err := opLexiconList.ask(c.Context(), o, struct{}{})
		if err != nil {
			return err
		}
		if asJSON {
			return jsonLines(c.OutOrStdout()).Encode(l)
		}
		return l.print(c.OutOrStdout())
	})
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return c
}

func (l lexiconList) print(out io.Writer) error {
	t := newTable(out, "revision", "made", "by", "entries", "from", "why")
	for _, r := range l.Revisions {
		number, made := strconv.Itoa(r.Number), ""
		switch {
		case r.Number == l.State.Serves && r.Number == l.Live:
			number += " live"
		case r.Number == l.Live:
			number += " live, being built"
		case r.Number == l.State.Serves:
			number += " serves until then"
		}
		if !r.At.IsZero() {
			made = instant(r.At)
		}
		t.row(number, made, r.Author, strconv.Itoa(r.Count), strconv.Itoa(r.Parent), r.Reason)
	}
	if err := t.flush(); err != nil {
		return err
	}
	for _, w := range l.Switches {
		what := "promoted"
		if w.Back {
			what = "rolled back to"
		}
		why := w.Reason
		if why == "" {
			why = fmt.Sprintf("trial %d", w.Trial)
		}
		if _, err := fmt.Fprintf(out, "%s %s %d (before: %d) by %s: %s\n", instant(w.At), what, w.Revision, w.Before, oneLine(w.Author), oneLine(why)); err != nil {
			return err
		}
	}
	if l.State.Trouble != "" {
		_, err := fmt.Fprintln(out, l.State.Trouble)
		return err
	}
	return nil
}

func newLexiconShow() *cobra.Command {
	against, asJSON, revision := -1, false, -1
	c := lexiconCommand(&cobra.Command{
		Use: "show [REVISION]", Short: "Show who made a revision, why, and what it changes", Args: cobra.MaximumNArgs(1),
		Long: `Show who made a revision (default the live one) and why, how many entries of each
kind it has, and what differs from the one it was made from, or from --against.`,
	}, func(c *cobra.Command, o owner, _ []string) error {
		full, err := opLexicon.ask(c.Context(), o, lexiconOf{Revision: revision})
		if err != nil {
			return err
		}
		if against < 0 {
			against = full.Revision.Parent
		}
		from, err := opLexicon.ask(c.Context(), o, lexiconOf{Revision: against})
		if err != nil {
			return err
		}
		changes := lexicon.Diff(from.Entries, full.Entries)
		if asJSON {
			return jsonLines(c.OutOrStdout()).Encode(struct {
				lexicon.Revision
				Against int              `json:"against"`
				Changes []lexicon.Change `json:"changes"`
			}{full.Revision, against, orEmpty(changes)})
		}
		return printRevision(c.OutOrStdout(), full, against, changes)
	})
	c.PreRunE = func(_ *cobra.Command, args []string) (err error) {
		if len(args) == 1 {
			revision, err = revisionArg(args[0])
		}
		return err
	}
	c.Flags().IntVar(&against, "against", -1, "this `revision` instead of the one it was made from")
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return c
}

func printRevision(out io.Writer, full lexiconFull, against int, changes []lexicon.Change) error {
	r, counts := full.Revision, map[lexicon.Kind]int{}
	for _, e := range full.Entries {
		counts[e.Kind]++
	}
	made := "comes with the program"
	if r.Number > 0 {
		made = fmt.Sprintf("%s, by %s: %s", instant(r.At), oneLine(r.Author), oneLine(r.Reason))
	}
	var kinds []string
	for _, k := range lexicon.Kinds() {
		kinds = append(kinds, fmt.Sprintf("%d %s", counts[k], k))
	}
	if _, err := fmt.Fprintf(out, "revision %d: %s\n%s\n%d changed from revision %d\n", r.Number, made, strings.Join(kinds, ", "), len(changes), against); err != nil {
		return err
	}
	printChanges(out, changes)
	return nil
}

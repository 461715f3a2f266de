package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/sample"
	"github.com/policybot/policybot/index/eval"
	"github.com/policybot/policybot/index/lexicon"
)

func newLexicon() *cobra.Command {
	c := &cobra.Command{
		Use: "lexicon", Short: "Look at the words that questions are understood by, change them and take a change back",
		Long: `The lexicon is what questions are understood by: synonyms (one-way or mutual,
each with a weight, and with the agency, region or topic whose documents it
holds in), pairs that are never the same, domain words that are kept whole,
question words that ask and are not asked for, place names, and cues that route
messages.

It is kept in revisions, each with author and reason. Revision 0 comes with the
program and serves until another is promoted. The way of a change:

  policybot lexicon export words.csv               edit it, keep it in git
  policybot lexicon import words.csv --reason "…"  a new revision, not live
  policybot lexicon try 1                          golden questions, side by side
  policybot lexicon promote 1                      live within a second
  policybot lexicon rollback --reason "…"          and back

Changed domain words change how documents are cut: an index is built for them
in the background, and is switched together with the lexicon.`,
		Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newLexiconExport(), newLexiconImport(), newLexiconCheck(), newLexiconTry(), newLexiconPromote(),
		newLexiconRollback(), newLexiconList(), newLexiconShow())
	return c
}

// lexiconCommand completes a command of the lexicon.
func lexiconCommand(c *cobra.Command, run func(c *cobra.Command, o owner, args []string) error) *cobra.Command {
	s, envErr := fromEnvironment()
	c.RunE = func(c *cobra.Command, args []string) error {
		if envErr != nil {
			return envErr
		}
		return withOwner(c, s, func(o owner) error { return run(c, o, args) })
	}
	s.dataFlag(c.Flags())
	s.configFlag(c.Flags())
	return c
}

// revisionArg reads a revision's number.
func revisionArg(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, usageError{fmt.Errorf("%.40q is no number of a revision: see 'policybot lexicon list'", text)}
	}
	return n, nil
}

// theRevision checks that the one argument is a revision, before anybody is
// asked.
func theRevision(to *int) func(*cobra.Command, []string) error {
	return func(_ *cobra.Command, args []string) (err error) {
		*to, err = revisionArg(args[0])
		return err
	}
}

func readLexicon(c *cobra.Command, name string) ([]lexicon.Entry, error) {
	if name == "-" {
		all, err := lexicon.Read(c.InOrStdin())
		return all, ofFile("standard input", err)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close() // only read
	all, err := lexicon.Read(file)
	return all, ofFile(name, err)
}

func ofFile(name string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func newLexiconExport() *cobra.Command {
	revision, format := -1, ""
	c := lexiconCommand(&cobra.Command{
		Use: "export [FILE]", Short: "Write a revision as CSV or JSON lines", Args: cobra.MaximumNArgs(1),
		Long: `Write the live revision, or that of --revision, to FILE or to standard output: as
JSON lines where FILE ends in .jsonl or --format says so, else as CSV in UTF-8.
The order is kept, so that git shows what changed. FILE is replaced.`,
		Example: `  policybot lexicon export words.csv
  policybot lexicon export --revision 0 --format jsonl | jq -r .word`,
	}, func(c *cobra.Command, o owner, args []string) error {
		full, err := opLexicon.ask(c.Context(), o, lexiconOf{Revision: revision})
		if err != nil {
			return err
		}
		write := lexicon.WriteCSV
		if format == "jsonl" || format == "" && len(args) == 1 && strings.EqualFold(filepath.Ext(args[0]), ".jsonl") {
			write = lexicon.WriteLines
		}
		if len(args) == 0 {
			return write(c.OutOrStdout(), full.Entries)
		}
		return writeWhole(args[0], func(w io.Writer) error { return write(w, full.Entries) })
	})
	c.PreRunE = func(*cobra.Command, []string) error {
		if format != "" && format != "csv" && format != "jsonl" {
			return usageError{fmt.Errorf("--format %q is neither csv nor jsonl", format)}
		}
		return nil
	}
	c.Flags().IntVar(&revision, "revision", -1, "this `number`; default the live one")
	c.Flags().StringVar(&format, "format", "", "csv or jsonl; default as FILE is named")
	return c
}

// writeWhole writes a file aside and renames it, so that none is left half.
func writeWhole(name string, write func(io.Writer) error) error {
	file, err := os.CreateTemp(filepath.Dir(name), ".lexicon-")
	if err != nil {
		return err
	}
	err = errors.Join(write(file), file.Chmod(0o644), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		_ = os.Remove(file.Name()) // the first error is the one to tell
	}
	return err
}

func newLexiconImport() *cobra.Command {
	in := lexiconImport{}
	c := lexiconCommand(&cobra.Command{
		Use: "import FILE", Short: "Keep a file as a new revision, which is not live yet", Args: cobra.ExactArgs(1),
		Long: `Read CSV or JSON lines (- is standard input) and keep them as a new revision. FILE
is the whole lexicon; with --add it is added to the live one, and takes the
place of what is there of the same words.

The CSV has a heading that names its columns, in any order: kind (synonym,
never, domain, question, place, cue; default synonym), word, to, weight,
direction (one-way or mutual), agency, region, topic, note. UTF-8 and GBK are read. A file
with a line that is none is refused whole, and the line is named.

What differs from the live revision is listed, and what 'lexicon check' finds
that the live one has not.`,
		Example: `  policybot lexicon import words.csv --reason "本地的说法" --by 王主任
  policybot lexicon import more.csv --add --reason "老人卡的叫法"`,
	}, func(c *cobra.Command, o owner, args []string) (err error) {
		if in.Entries, err = readLexicon(c, args[0]); err != nil {
			return err
		}
		done, err := opLexiconImport.ask(c.Context(), o, in)
		if err != nil {
			return err
		}
		out := c.OutOrStdout()
		printChanges(out, done.Changes)
		printFindings(out, done.Findings)
		_, err = fmt.Fprintf(out, "revision %d: %d entries, %d changed from revision %d, which is live; %d new errors\n",
			done.Revision.Number, done.Revision.Count, len(done.Changes), done.Live, lexicon.Errors(done.Findings))
		return err
	})
	c.PreRunE = func(*cobra.Command, []string) error {
		in.By = or(in.By, systemUser())
		return usage(lexicon.CheckText("reason", in.Reason, 500))
	}
	c.Flags().BoolVar(&in.Add, "add", false, "add to the live revision, instead of taking its place")
	c.Flags().StringVar(&in.Reason, "reason", "", "why: `text` that is kept")
	byFlag(c, &in.By)
	return c
}

func byFlag(c *cobra.Command, by *string) {
	c.Flags().StringVar(by, "by", "", "`name` of who decided it; default the user of the operating system")
}

// usage makes a usage error of an error.
func usage(err error) error {
	if err != nil {
		return usageError{err}
	}
	return nil
}

// shownChanges bounds what is listed of a large change.
const shownChanges = 200

func printChanges(out io.Writer, all []lexicon.Change) {
	for i, c := range all {
		if i == shownChanges {
			fmt.Fprintf(out, "… and %d more\n", len(all)-i)
			return
		}
		switch {
		case c.Was == nil:
			fmt.Fprintf(out, "+ %s\n", oneLine(c.Is.String()))
		case c.Is == nil:
			fmt.Fprintf(out, "- %s\n", oneLine(c.Was.String()))
		default:
			fmt.Fprintf(out, "~ %s  (was %s)\n", oneLine(c.Is.String()), oneLine(c.Was.String()))
		}
	}
}

func printFindings(out io.Writer, all []lexicon.Finding) {
	for _, f := range all {
		level := "warning"
		if f.Error {
			level = "error"
		}
		fmt.Fprintf(out, "%s: %s: %s\n", level, oneLine(f.Entry.String()), oneLine(f.Text))
	}
}

func newLexiconCheck() *cobra.Command {
	asJSON := false
	c := lexiconCommand(&cobra.Command{
		Use: "check [REVISION|FILE]", Short: "Find what is wrong with a lexicon", Args: cobra.MaximumNArgs(1),
		Long: `Check the live revision, another one, or a file: circles of synonyms, words that
the segmenter does not keep whole, a stop word as a key, duplicates, expansions
that are in over a tenth of the published corpus, synonyms of words that are
never the same. Exit status 1 where there is an error; warnings are for reading.`,
	}, func(c *cobra.Command, o owner, args []string) (err error) {
		in := lexiconOf{Revision: -1}
		if len(args) == 1 {
			if in.Revision, err = strconv.Atoi(args[0]); err != nil || in.Revision < 0 {
				in.Given = true
				if in.Entries, err = readLexicon(c, args[0]); err != nil {
					return err
				}
			}
		}
		found, err := opLexiconCheck.ask(c.Context(), o, in)
		if err != nil {
			return err
		}
		out := c.OutOrStdout()
		if asJSON {
			enc := jsonLines(out)
			for _, f := range found {
				err = errors.Join(err, enc.Encode(f))
			}
		} else {
			printFindings(out, found)
			_, err = fmt.Fprintf(out, "%d errors, %d warnings\n", lexicon.Errors(found), len(found)-lexicon.Errors(found))
		}
		if err == nil && lexicon.Errors(found) > 0 {
			err = exitCode(1)
		}
		return err
	})
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON lines")
	return c
}

func newLexiconTry() *cobra.Command {
	in, questions, on, asJSON := lexiconTry{}, []string(nil), "", false
	c := lexiconCommand(&cobra.Command{
		Use: "try REVISION", Short: "Ask golden questions under the live lexicon and under a revision, side by side", Args: cobra.ExactArgs(1),
		Long: `Ask every golden question twice, as a citizen would get it answered from the
documents that are published now: under the live lexicon and under the revision.
Each that got better, worse, or otherwise another reply is listed with both.
Nothing changes for citizens. Exit status 1 where one got worse.

The questions are those of --questions, as 'policybot eval' reads them, or, as
long as the sample corpus serves, its own. The outcome is kept: a promotion
needs one, on the same documents, in which none got worse.`,
		Example: `  policybot lexicon try 3 --questions golden.jsonl`,
	}, func(c *cobra.Command, o owner, _ []string) (err error) {
		if in.Questions, err = tryQuestions(c, o, questions); err != nil {
			return err
		}
		done, err := opLexiconTry.ask(c.Context(), o, in)
		if err != nil {
			return err
		}
		if asJSON {
			err = jsonLines(c.OutOrStdout()).Encode(done)
		} else {
			err = printTrial(c.OutOrStdout(), done)
		}
		if err == nil && done.Trial.Worse > 0 {
			err = exitCode(1)
		}
		return err
	})
	c.PreRunE = func(c *cobra.Command, args []string) (err error) {
		in.By = systemUser()
		if in.On, err = corpus.ParseDate(on); err != nil {
			return usageError{fmt.Errorf("--on: %w", err)}
		}
		return theRevision(&in.Revision)(c, args)
	}
	c.Flags().StringSliceVar(&questions, "questions", nil, "`files` of golden questions")
	c.Flags().StringVar(&in.Account, "account", "", "ask as a citizen of this `account`; default the first one")
	c.Flags().StringVar(&on, "on", "", "ask as of this `date`; default today")
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return c
}

// tryQuestions reads the questions of files, or those of the sample corpus
// where there is nothing else to ask about.
func tryQuestions(c *cobra.Command, o owner, files []string) (all []eval.Question, err error) {
	if len(files) == 0 {
		h, err := o.Health(c.Context())
		if err != nil {
			return nil, err
		}
		if h.Own > 0 || h.Sample == 0 {
			return nil, usageError{errors.New("give --questions with golden questions about your own documents: those of the sample are about an invented city")}
		}
		return eval.ReadQuestions(sample.Golden())
	}
	for _, name := range files {
		more, err := readQuestions(name)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

func printTrial(out io.Writer, done lexiconTried) error {
	for _, c := range done.Compared {
		fmt.Fprintf(out, "%s: %s %s\n  want %s\n", c.Verdict, oneLine(c.ID), oneLine(c.Question), oneLine(c.Want))
		for _, side := range []struct {
			name string
			eval.Given
		}{{"live", c.Was}, {"new", c.Is}} {
			fmt.Fprintf(out, "  %s: %s\n    %s\n", side.name, oneLine(side.Got), strings.ReplaceAll(printable(plain(side.Text)), "\n", "\n    "))
		}
	}
	t := done.Trial
	_, err := fmt.Fprintf(out, "revision %d against %d, %d questions: %d better, %d worse, %d changed\n",
		t.Revision, t.Against, t.Questions, t.Better, t.Worse, t.Changed)
	return err
}

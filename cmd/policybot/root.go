package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// exitCode is an error that was said already: 1 failed, 3 done in part.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit status %d", int(c)) }

// usageError is a mistake in how the command was typed: exit status 2.
type usageError struct{ error }

// newRoot makes the whole command line. Every command reads its settings from
// flags and POLICYBOT_… alike.
func newRoot(in io.Reader, out, errs io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:   "policybot",
		Short: "Answer citizens' policy questions with the passage, its source and its link",
		Long: `policybot answers questions about policy on a government's public account
(WeChat Official Account first): with the passage that answers, its source and
its link, and an honest "not found" where nothing does.

Start here, with nothing installed and nothing configured:

  policybot serve                      a page to try it, on a sample corpus
  policybot ask "老人卡在哪里办？"         the same answer in the terminal
  policybot import --publish FOLDER    your own documents

Every flag can be given as an environment variable: --base-url is
POLICYBOT_BASE_URL. Exit status: 0 done, 1 failed, 2 wrong usage, 3 done in part.`,
		Args: cobra.NoArgs, SilenceErrors: true, SilenceUsage: true,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(newServe(), newReload(), newImport(), newAsk(), newEval(), newTune(), newHealth(), newStatus(), newVersion())
	root.AddCommand(newAgencies(), newDocuments(), newEdges(), newIndex(), newLexicon(), newAudit(), newExport(), newPDFWorker())
	root.AddCommand(newStop(), newResume(), newStops(), newWeChat(), newBackup(), newRestore(), newStaff(), newAlarm())
	checkArgs(root)
	return root
}

// checkArgs makes usage errors of commands given with the wrong arguments.
func checkArgs(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, given []string) error {
			if err := check(c, given); err != nil {
				return usageError{err}
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		checkArgs(sub)
	}
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version of this program", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(c.OutOrStdout(), "policybot "+version())
			return err
		},
	}
}

// stamp is the version that a release was built as: cmd/release sets it.
var stamp string

// version is what the program says of itself: its release and the Go that it
// was built with.
func version() string { return release() + " " + runtime.Version() }

// release is the version that was stamped, or the module's, or the commit that
// it was built from.
func release() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	if stamp != "" {
		return stamp
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") {
			v = s.Value
		}
	}
	return v
}

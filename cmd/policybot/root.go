package main

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// exitCode is an error that was said already: 1 failed, 2 wrong usage, 3 done
// in part.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit status %d", int(c)) }

// usageError is a mistake in how the command was typed.
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
		SilenceErrors: true, SilenceUsage: true,
	}
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(newServe(), newImport(), newAsk(), newEval(), newHealth(), newVersion())
	return withUsage(root)
}

// withUsage says where a mistyped command's help is, and exits with 2.
func withUsage(root *cobra.Command) *cobra.Command {
	var wrap func(c *cobra.Command)
	wrap = func(c *cobra.Command) {
		if args := c.Args; args != nil {
			c.Args = func(c *cobra.Command, given []string) error {
				if err := args(c, given); err != nil {
					return usageError{err}
				}
				return nil
			}
		}
		if run := c.RunE; run != nil {
			c.RunE = func(c *cobra.Command, given []string) error {
				err := run(c, given)
				var usage usageError
				if !errors.As(err, &usage) {
					return err
				}
				return sayUsage(c, usage)
			}
		}
		for _, sub := range c.Commands() {
			wrap(sub)
		}
	}
	wrap(root)
	return root
}

func sayUsage(c *cobra.Command, err error) error {
	fmt.Fprintf(c.ErrOrStderr(), "policybot: %v\nSee '%s --help'.\n", err, c.CommandPath())
	return exitCode(2)
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

// version is the module's version, or the commit that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") {
			v = s.Value
		}
	}
	return v + " " + info.GoVersion
}

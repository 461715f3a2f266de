package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func newIndexDrop() *cobra.Command {
	in, yes := engineRequest{}, false
	c := indexCommand(&cobra.Command{
		Use: "drop", Short: "Remove what a Meilisearch holds of this data folder", Args: cobra.NoArgs,
		Long: `Remove from a Meilisearch the indexes of this data folder: one generation that
nobody uses, or, without --generation, all of them. What is going to be removed
is shown, and asked for in a terminal; elsewhere --yes is needed. Indexes of
other programs and other data folders are never touched.

After all of them are removed the embedded index answers, and the Meilisearch is
not fed until 'policybot index rebuild'. To leave it for good, drop first, then
take POLICYBOT_MEILI_URL out of the settings. An engine that no setting names
any more is forgotten; what its server has stays there.`,
		Example: `  policybot index drop --engine meilisearch --generation mwxyjnl1
  policybot index drop --yes`,
	}, &in, func(c *cobra.Command, o owner) error {
		return dropIndexes(c, o, in, yes)
	})
	c.Flags().StringVar(&in.Generation, "generation", "", "only this `generation`; default all")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

func dropIndexes(c *cobra.Command, o owner, in engineRequest, yes bool) error {
	if in.Engine == embedded {
		return usageError{errNeverDropped}
	}
	r, err := opIndexStatus.ask(c.Context(), o, indexStatusRequest{})
	if err != nil {
		return err
	}
	found, lines := r.removes(in)
	switch {
	case len(found) == 0 && in.Engine == "":
		return errors.New("no Meilisearch is configured (POLICYBOT_MEILI_URL): there is nothing to drop")
	case len(found) == 0:
		return fmt.Errorf("there is no engine %.60q: see 'policybot index status'", in.Engine)
	case len(found) > 1 && in.Generation != "":
		return usageError{errors.New("--generation is of one engine: name it with --engine")}
	}
	fmt.Fprintf(c.ErrOrStderr(), "to be removed:\n%s", lines)
	if err := agreed(c, yes); err != nil {
		return err
	}
	failed := false
	for _, name := range found {
		in.Engine = name
		bad, err := follow(c, o, opIndexDrop, in, func(s step) error {
			_, err := fmt.Fprintln(c.OutOrStdout(), s.outcome("removed"))
			return err
		})
		if err != nil {
			return err
		}
		failed = failed || bad
	}
	return exitWhere(failed, nil)
}

// removes names the engines that are meant, and what they have.
func (r indexReport) removes(in engineRequest) (names []string, lines string) {
	for _, e := range r.Engines {
		if e.Left && e.Name != in.Engine { // it is forgotten by its whole name alone
			continue
		}
		if e.Name == embedded || in.Engine != "" && e.Name != in.Engine && !strings.HasPrefix(e.Name, in.Engine+"@") {
			continue
		}
		names = append(names, e.Name)
		n := 0
		for _, g := range e.Generations {
			if in.Generation == "" || g.Name == in.Generation {
				n++
				lines += fmt.Sprintf("  %s, generation %s: %d entries\n", e.Name, oneLine(g.Name), g.Entries)
			}
		}
		switch {
		case e.Left:
			lines += fmt.Sprintf("  %s: what the database knows of it; what its server has stays there\n", e.Name)
		case n > 0:
		case e.Unknown != "":
			lines += fmt.Sprintf("  %s: what it has is not known: %s\n", e.Name, oneLine(e.Unknown))
		default:
			lines += fmt.Sprintf("  %s: it has nothing that would be removed\n", e.Name)
		}
	}
	return names, lines
}

// agreed asks the person at the terminal.
func agreed(c *cobra.Command, yes bool) error {
	if yes {
		return nil
	}
	in, ok := c.InOrStdin().(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return usageError{errors.New("nobody can be asked here whether that is meant: give --yes")}
	}
	fmt.Fprint(c.ErrOrStderr(), "remove it? [y/N] ")
	answer, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if a := strings.ToLower(strings.TrimSpace(answer)); a != "y" && a != "yes" {
		return errors.New("nothing was removed")
	}
	return nil
}

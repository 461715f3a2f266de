package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"
)

func newHealth() *cobra.Command {
	s, envErr := fromEnvironment()
	asJSON := false
	c := &cobra.Command{
		Use: "health", Short: "Say whether the running policybot can answer", Args: cobra.NoArgs,
		Long: `Ask the policybot that is running on the data folder how it is: exit status 0
when it answers questions, 1 when it cannot, or none is running. An engine
outside of the process (Meilisearch) has a line of its own; where it is not
asked, the embedded index answers, and that is no failure. Where the greeting of
an account has a word of the staff's list, or something else that should be
mended, a line says what.`,
		RunE: func(c *cobra.Command, _ []string) error {
			if envErr != nil {
				return envErr
			}
			r, err := running(c.Context(), s)
			if err != nil {
				return err
			}
			defer r.Close()
			h, err := r.Health(c.Context())
			if err != nil {
				return err
			}
			return h.print(c, asJSON)
		},
	}
	s.dataFlag(c.Flags())
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (h health) print(c *cobra.Command, asJSON bool) error {
	if asJSON {
		if err := json.NewEncoder(c.OutOrStdout()).Encode(h); err != nil {
			return err
		}
	} else {
		state := "ready"
		if !h.Ready {
			state = "not ready: " + h.Trouble
		}
		fmt.Fprintf(c.OutOrStdout(), "%s\n  process    %d\n  version    %s\n  documents  %d own, %d sample\n  index      %s, generation %s, %d units, outbox %d\n",
			state, h.PID, h.Version, h.Own, h.Sample, h.Index.Engine, h.Index.Generation, h.Index.Units, h.Index.Seq)
		for _, e := range h.Engines {
			fmt.Fprintf(c.OutOrStdout(), "  engine     %s\n", oneLine(e.String()))
		}
		for _, g := range h.Greetings {
			fmt.Fprintf(c.OutOrStdout(), "  greeting   %s\n", oneLine(g))
		}
	}
	if !h.Ready {
		return exitCode(1)
	}
	return nil
}

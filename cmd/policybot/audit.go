package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/store"
)

// fromTerminal is where the history says that a command came from.
const fromTerminal = "terminal"

// terminalSetting says whether the terminal may publish: "off" is not.
const terminalSetting = "terminal_publishing"

// authority is by whom, and why, something is put live from the terminal.
type authority struct {
	As      string `json:"as,omitempty"`
	Because string `json:"because,omitempty"`
}

func (a *authority) flags(f *pflag.FlagSet) {
	f.StringVar(&a.As, "as", "", "`name` that the reviewer signs in with, who answers for it; needed once people work in the console")
	f.StringVar(&a.Because, "because", "", "why it goes past the console's review: `text` for the history")
}

// maxBecause bounds a reason, in characters.
const maxBecause = 500

// authorised returns the entry that the history is to have of what goes live
// from the terminal; nil where nobody works in the console yet.
func (a *app) authorised(ctx context.Context, in authority) (*desk.Entry, error) {
	people, err := a.store.Everybody(ctx)
	if err != nil || len(people) == 0 {
		return nil, err
	}
	switch allowed, err := a.store.Setting(ctx, terminalSetting); {
	case err != nil && !errors.Is(err, store.ErrNotSet):
		return nil, err
	case allowed == "off":
		return nil, errors.New("publishing from the terminal is switched off: use the console, or let an administrator switch it on ('policybot audit terminal --help')")
	}
	p, err := a.person(ctx, in, desk.Reviewer)
	if err != nil {
		return nil, err
	}
	e := desk.Actor{Staff: p, From: fromTerminal}.Entry("", "", 0, "命令行，理由："+strings.TrimSpace(in.Because))
	return &e, nil
}

// person returns who answers for a command: somebody with a role, and a reason.
func (a *app) person(ctx context.Context, in authority, role desk.Role) (desk.Staff, error) {
	because := strings.TrimSpace(in.Because)
	switch {
	case in.As == "" || because == "":
		return desk.Staff{}, fmt.Errorf("people work in the console here: say who answers for it and why, with --as PERSON (a %s) and --because TEXT", role)
	case utf8.RuneCountInString(because) > maxBecause || !utf8.ValidString(because) || strings.ContainsAny(because, "\r\n"):
		return desk.Staff{}, fmt.Errorf("--because has to be one line of at most %d characters", maxBecause)
	}
	p, err := a.store.PersonNamed(ctx, in.As)
	switch {
	case errors.Is(err, corpus.ErrNotFound):
		return p, fmt.Errorf("nobody signs in as %.60q: see 'policybot staff list'", in.As)
	case err != nil:
		return p, err
	case p.Disabled:
		return p, fmt.Errorf("%s was disabled, and cannot answer for it", p.Name)
	case !p.Is(role):
		return p, fmt.Errorf("%s is no %s, and cannot answer for it", p.Name, role)
	}
	return p, nil
}

// audited is what verifying the history found.
type audited struct {
	Entries int64     `json:"entries"`
	Hash    string    `json:"hash"`
	Last    time.Time `json:"last"`
	Wrong   string    `json:"wrong,omitempty"`
}

type terminalRequest struct {
	authority
	On bool `json:"on"`
}

var (
	opVerify = operation[struct{}, audited]{"/audit/verify", func(h *host, ctx context.Context, _ struct{}) (audited, error) {
		last, wrong, err := h.app.store.VerifyHistory(ctx)
		out := audited{Entries: last.Seq, Hash: last.Hash, Last: last.At}
		if wrong != nil {
			out.Wrong = wrong.Error()
		}
		return out, err
	}}
	opTerminal = operation[terminalRequest, struct{}]{"/audit/terminal", func(h *host, ctx context.Context, in terminalRequest) (struct{}, error) {
		return struct{}{}, h.app.allowTerminal(ctx, in)
	}}
)

// allowTerminal switches publishing from the terminal on or off.
func (a *app) allowTerminal(ctx context.Context, in terminalRequest) error {
	p, err := a.person(ctx, in.authority, desk.Admin)
	if err != nil {
		return err
	}
	value, word := "off", "关闭"
	if in.On {
		value, word = "on", "打开"
	}
	return a.store.SetSettingAs(ctx, terminalSetting, value,
		desk.Actor{Staff: p, From: fromTerminal}.Entry(desk.ActionSetting, "", 0, word+"命令行发布，理由："+strings.TrimSpace(in.Because)))
}

func newAudit() *cobra.Command {
	c := &cobra.Command{
		Use: "audit", Short: "Verify the history of who did what, and rule what the terminal may do", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newAuditVerify(), newAuditTerminal())
	return c
}

func newAuditVerify() *cobra.Command {
	asJSON := false
	c := archiveCommand(&cobra.Command{
		Use: "verify", Short: "Look through the whole history for entries that were changed or removed", Args: cobra.NoArgs,
		Long: `Each entry of the history carries the hash of the one before it, so that none
can be changed, removed or put in without all after it being wrong. This command
looks through all of them, and prints the number and the hash of the newest.

Who can write the database file could make the whole chain anew. Write the hash
down elsewhere now and then: the number of an entry stays, and so does its hash.
Exit status 1 where something is wrong.`,
		Example: `  policybot audit verify`,
	}, reads, func(c *cobra.Command, o owner, _ []string) error {
		found, err := opVerify.ask(c.Context(), o, struct{}{})
		if err != nil {
			return err
		}
		if asJSON {
			err = jsonLines(c.OutOrStdout()).Encode(found)
		} else if found.Wrong == "" {
			_, err = fmt.Fprintf(c.OutOrStdout(), "%d entries, none changed or missing\nnewest  %s  %s\n", found.Entries, clock(found.Last), found.Hash)
		}
		if err == nil && found.Wrong != "" {
			return fmt.Errorf("the history was altered: %s", found.Wrong)
		}
		return err
	})
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return c
}

func newAuditTerminal() *cobra.Command {
	var in terminalRequest
	c := archiveCommand(&cobra.Command{
		Use: "terminal on|off", Short: "Let commands put documents live, or not", Args: cobra.ExactArgs(1),
		Long: `Once people work in the console, 'import --publish', 'documents confirm --publish'
and 'edges accept' need --as REVIEWER and --because TEXT, and are in the history.
off refuses them altogether. It is for an administrator.`,
		Example: `  policybot audit terminal off --as zhao --because "everything goes through the console"`,
	}, changes, func(c *cobra.Command, o owner, args []string) error {
		if args[0] != "on" && args[0] != "off" {
			return usageError{fmt.Errorf("%q is neither on nor off", args[0])}
		}
		in.On = args[0] == "on"
		if _, err := opTerminal.ask(c.Context(), o, in); err != nil {
			return err
		}
		_, err := fmt.Fprintf(c.OutOrStdout(), "publishing from the terminal is %s\n", args[0])
		return err
	})
	in.flags(c.Flags())
	return c
}

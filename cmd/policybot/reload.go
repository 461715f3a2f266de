package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// reloaded is what a reload did.
type reloaded struct {
	File     string   `json:"file"`
	Accounts []string `json:"accounts"`
	Added    []string `json:"added"`
	Removed  []string `json:"removed"`
}

var opReload = operation[struct{}, reloaded]{"/reload", func(h *host, ctx context.Context, _ struct{}) (reloaded, error) {
	if !h.serves {
		return reloaded{}, fmt.Errorf("%w: nothing to reload", errNoOwner)
	}
	return h.reload(ctx)
}}

// reload reads the configuration file again and serves what it says. Where
// something in it is wrong, everything stays as it was. The address to listen
// on, the data folder and the environment are read at the start only.
func (h *host) reload(ctx context.Context) (reloaded, error) {
	h.reloading.Lock()
	defer h.reloading.Unlock()
	ctx = context.WithoutCancel(ctx) // whoever asked may be gone: it is finished all the same
	a := h.app
	before := a.roster.Load()
	if a.settings.Config == "" {
		return reloaded{}, errors.New("this policybot was started without --config: there is no file to read again")
	}
	next, err := a.settings.roster()
	if err != nil {
		return reloaded{}, err
	}
	if before.listed > 0 && next.listed == 0 {
		// An editor that empties the file before it writes, or a full disk.
		return reloaded{}, usageError{fmt.Errorf("%s: no account is left in it: was it written whole? To serve without accounts, restart", a.settings.Config)}
	}
	a.roster.Store(next)
	if err := h.sites.arrange(); err != nil {
		a.roster.Store(before)
		return reloaded{}, err
	}
	if err := a.sync(ctx); err != nil { // a first account takes the sample out
		return reloaded{}, fmt.Errorf("%s is in force, but what is served did not follow yet: %w", a.settings.Config, err)
	}
	out := reloaded{File: a.settings.Config, Accounts: next.names(), Added: lacking(next, before), Removed: lacking(before, next)}
	a.log.Info("configuration read again", "accounts", len(out.Accounts), "added", strings.Join(out.Added, " "), "removed", strings.Join(out.Removed, " "))
	return out, nil
}

// lacking lists the accounts of r that other has not.
func lacking(r, other *roster) []string {
	var out []string
	for _, name := range r.names() {
		if other.byName[name] == nil {
			out = append(out, name)
		}
	}
	return out
}

// reloadOnSignal reads the configuration again on SIGHUP until ctx ends. Without
// a file SIGHUP ends the program, as when its terminal is closed.
func (h *host) reloadOnSignal(ctx context.Context) error {
	if h.app.settings.Config == "" {
		return nil
	}
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	for {
		select {
		case <-hup:
			if _, err := h.reload(ctx); err != nil {
				h.app.log.Error("the configuration was not read again", "err", err.Error())
			}
		case <-ctx.Done():
			return nil
		}
	}
}

func newReload() *cobra.Command {
	s, envErr := fromEnvironment()
	c := &cobra.Command{
		Use: "reload", Short: "Have the running policybot read its configuration file again", Args: cobra.NoArgs,
		Long: `Have the policybot that is serving the data folder read its --config file again,
without a restart; SIGHUP does the same. Callbacks go on meanwhile. A file with
a mistake is refused whole, with the line, and everything stays as it was; so is
one without any account where there were some. Write the file aside and move it
into place (mv), so that a half written one is never read.

Read again: accounts with their keys, words, thresholds and addresses, and what
stands at the foot of the pages. Read at the start only: flags and environment,
such as the address to listen on and the data folder.`,
		RunE: func(c *cobra.Command, _ []string) error {
			if envErr != nil {
				return envErr
			}
			r, err := running(c.Context(), s)
			if err != nil {
				return err
			}
			defer r.Close()
			done, err := opReload.ask(c.Context(), r, struct{}{})
			if err != nil {
				return err
			}
			return done.print(c)
		},
	}
	s.dataFlag(c.Flags())
	return c
}

func (d reloaded) print(c *cobra.Command) error {
	text := fmt.Sprintf("%s is in force\n  accounts: %s\n", d.File, strings.Join(d.Accounts, ", "))
	if len(d.Added) > 0 {
		text += "  new: " + strings.Join(d.Added, ", ") + "\n"
	}
	if len(d.Removed) > 0 {
		text += "  gone: " + strings.Join(d.Removed, ", ") + "\n"
	}
	_, err := fmt.Fprint(c.OutOrStdout(), text)
	return err
}

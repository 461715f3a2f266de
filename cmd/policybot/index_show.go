package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/feed"
	"github.com/policybot/policybot/index/local"
	"github.com/policybot/policybot/web/metrics"
)

// closedIndex looks at an embedded index that nobody has opened.
func closedIndex(folder string, log *slog.Logger) (index.Status, error) {
	if _, err := os.Stat(folder); err != nil {
		return index.Status{}, err
	}
	e, err := local.Open(folder, log)
	if err != nil {
		return index.Status{}, err
	}
	v, err := e.View()
	if err != nil {
		return index.Status{}, errors.Join(err, e.Close())
	}
	st := index.Status{Engine: embedded, Generation: v.Generation(), Units: v.Count(), Seq: e.Cursor()}
	v.Release()
	return st, e.Close()
}

// shownEvents is how many events of the history are shown to a person.
const shownEvents = 10

func newIndexStatus() *cobra.Command {
	s, envErr := fromEnvironment()
	asJSON := false
	c := &cobra.Command{
		Use: "status", Short: "Say what each engine holds and how far it is", Args: cobra.NoArgs,
		Long: `Say of each engine: its version, the generation that serves, entries and
documents, what waits for it and for how long, trouble, documents that it
refuses and why, generations that nobody uses, and when questions began or
ceased to be put to it. Nothing is built or changed. --json has the whole
history.`,
		RunE: func(c *cobra.Command, _ []string) error {
			if envErr != nil {
				return envErr
			}
			s.outside = acts
			quiet := slog.New(slog.NewTextHandler(c.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelError}))
			o, err := openArchive(c.Context(), s, changes, quiet)
			if err != nil {
				return err
			}
			in := indexStatusRequest{Events: shownEvents}
			if asJSON {
				in.Events = 10 * feed.MaxEvents
			}
			r, err := opIndexStatus.ask(c.Context(), o, in)
			if err == nil && asJSON {
				err = jsonLines(c.OutOrStdout()).Encode(r)
			} else if err == nil {
				err = r.print(c.OutOrStdout())
			}
			return errors.Join(err, o.Close())
		},
	}
	s.dataFlag(c.Flags())
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return c
}

func (r indexReport) print(out io.Writer) error {
	t := newTable(out, "engine", "version", "generation", "entries", "documents", "queued", "behind", "state")
	for _, e := range r.Engines {
		t.row(e.Name, or(e.Version, "-"), or(e.Generation, "-"), fmt.Sprint(e.Entries), fmt.Sprint(e.Documents),
			fmt.Sprint(e.Queued), metrics.Span(seconds(e.Behind)), e.state(r.Serves))
	}
	if err := t.flush(); err != nil {
		return err
	}
	for _, e := range r.Engines {
		e.printDetails(out)
	}
	if len(r.History) == 0 {
		return nil
	}
	fmt.Fprintf(out, "\nhistory, the newest first\n")
	t = newTable(out, "when", "engine", "what", "detail")
	for _, ev := range r.History {
		t.row(instant(ev.At), ev.Engine, ev.Kind, ev.Detail)
	}
	return t.flush()
}

// state says in a few words what an engine does.
func (e engineReport) state(serves bool) string {
	switch {
	case e.Trouble != "" && e.Name == embedded:
		return e.Trouble
	case e.Name == embedded && !serves:
		return "ready; no policybot is running"
	case e.Name == embedded:
		return "answers whenever no other does"
	case e.Left:
		return "not asked or fed: no setting names it any more"
	case e.Building != "" && e.Total == 0:
		return "is being built: it is set up"
	case e.Building != "":
		return fmt.Sprintf("is being built: %d of %d documents, %d entries", e.Done, e.Total, e.Built)
	case e.Dropped:
		return "dropped; not fed until 'policybot index rebuild'"
	case e.Trouble != "":
		return "in trouble"
	case e.Asked:
		return "is asked before the embedded index"
	case !serves && e.Generation != "":
		return "ready; no policybot is running"
	}
	return "not asked: " + or(e.Why, "it has nothing yet")
}

// printDetails names what a person may have to look at.
func (e engineReport) printDetails(out io.Writer) {
	if e.Name == embedded {
		return
	}
	if e.Left {
		fmt.Fprintf(out, "\n%s\n  its server may still hold indexes of this folder: name it in POLICYBOT_MEILI_URL again to drop them,\n"+
			"  or forget it with 'policybot index drop --engine %s'\n", oneLine(e.Name), oneLine(e.Name))
		return
	}
	fmt.Fprintf(out, "\n%s  %s\n", e.Name, e.Address)
	if e.Trouble != "" {
		fmt.Fprintf(out, "  trouble: %s\n", oneLine(e.Trouble))
	}
	if e.Unknown != "" && e.Unknown != e.Trouble {
		fmt.Fprintf(out, "  its generations are not known: %s\n", oneLine(e.Unknown))
	}
	for _, g := range e.Generations {
		fmt.Fprintf(out, "  generation %s, %d entries: %s\n", oneLine(g.Name), g.Entries, e.use(g))
	}
	if n := len(e.Asides); n > 0 {
		fmt.Fprintf(out, "  %d documents are refused, and not found while it is asked:\n", n)
		for _, a := range e.Asides[:min(n, mostNamed)] {
			fmt.Fprintf(out, "    %s  %s  (since %s)\n", oneLine(a.Document), oneLine(a.Reason), clock(a.At))
		}
		andMore(out, n, "policybot index status --json")
	}
}

// use says what a generation is for.
func (e engineReport) use(g feed.Generation) string {
	switch {
	case g.Serves:
		return "serves"
	case g.Name == e.Building:
		return "is being built"
	}
	return fmt.Sprintf("nobody uses it: policybot index drop --engine %s --generation %s", e.Name, oneLine(g.Name))
}

// indexCommand completes a command that changes engines: with whoever owns the
// folder, or, where nobody does, in this process.
func indexCommand(c *cobra.Command, in *engineRequest, run func(*cobra.Command, owner) error) *cobra.Command {
	s, envErr := fromEnvironment()
	c.RunE = func(c *cobra.Command, _ []string) error {
		if envErr != nil {
			return envErr
		}
		if _, err := os.Stat(s.path(databaseName)); errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("there are no documents in the data folder %s: see 'policybot import --help'", s.Data)
		}
		s.outside = acts
		return withOwner(c, s, func(o owner) error { return run(c, o) })
	}
	s.dataFlag(c.Flags())
	c.Flags().StringVar(&in.Engine, "engine", "", "only this `engine`: local, meilisearch, or a name that 'policybot index status' shows; default all")
	return c
}

// far shows how far an operation is, every few seconds.
type far struct {
	errs io.Writer
	last time.Time
}

func (f *far) say(engines ...metrics.Engine) {
	if time.Since(f.last) < 5*time.Second {
		return
	}
	f.last = time.Now()
	for _, e := range engines {
		switch {
		case e.Building != "":
			fmt.Fprintf(f.errs, "%s: %d of %d documents, %d entries\n", e.Name, e.Done, e.Total, e.Built)
		case e.Queued > 0:
			fmt.Fprintf(f.errs, "%s: %d changes wait\n", e.Name, e.Queued)
		}
	}
}

// follow has a long operation done, shows how far it is, and calls each for
// what became of each engine. failed is whether something went wrong.
func follow(c *cobra.Command, o owner, op stream[engineRequest, step], in engineRequest, each func(step) error) (failed bool, err error) {
	f := far{errs: c.ErrOrStderr(), last: time.Now()}
	err = op.ask(c.Context(), o, in, func(s step) error {
		switch {
		case s.Far != nil:
			f.say(*s.Far)
			return nil
		case !s.Done:
			return nil
		}
		failed = failed || s.Failed != ""
		return each(s)
	})
	return failed, err
}

func newIndexRebuild() *cobra.Command {
	in, asJSON := engineRequest{}, false
	c := indexCommand(&cobra.Command{
		Use: "rebuild", Short: "Build engines anew from the database", Args: cobra.NoArgs,
		Long: `Build engines anew from the database, beside what serves now; that answers until
the new one is whole, and is removed afterwards. An engine that was dropped is
fed again from then on. Exit status 1 where one of them failed.`,
		Example: `  policybot index rebuild --engine meilisearch`,
	}, &in, func(c *cobra.Command, o owner) error {
		failed, err := follow(c, o, opIndexRebuild, in, func(s step) error {
			if asJSON {
				return jsonLines(c.OutOrStdout()).Encode(s)
			}
			_, err := fmt.Fprintln(c.OutOrStdout(), s.outcome("built anew and serves"))
			return err
		})
		return exitWhere(failed, err)
	})
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON lines")
	return c
}

// outcome says what became of an engine.
func (s step) outcome(well string) string {
	if s.Failed != "" {
		return fmt.Sprintf("%s: failed: %s", s.Engine, oneLine(s.Failed))
	}
	return fmt.Sprintf("%s: %s, %.1f s", s.Engine, well, s.Seconds)
}

func exitWhere(failed bool, err error) error {
	if err == nil && failed {
		return exitCode(1)
	}
	return err
}

func newIndexVerify() *cobra.Command {
	in, asJSON, keep := engineRequest{}, false, false
	c := indexCommand(&cobra.Command{
		Use: "verify", Short: "Compare engines with the database, entry by entry, and repair them", Args: cobra.NoArgs,
		Long: `Compare every entry of an engine with what the database makes of the documents
that are published. What is missing, is too much, or has other content is
repaired, unless --no-repair is given. Questions are answered meanwhile.

Exit status 0 where nothing differed or all of it was repaired, 1 where
something differs still, or could not be compared.`,
		Example: `  policybot index verify --no-repair --engine meilisearch`,
	}, &in, func(c *cobra.Command, o owner) error {
		in.Repair = !keep
		differs := false
		failed, err := follow(c, o, opIndexVerify, in, func(s step) error {
			differs = differs || s.Found != nil && !s.Found.same() && !s.Found.Repaired
			if asJSON {
				return jsonLines(c.OutOrStdout()).Encode(s)
			}
			return s.printFound(c.OutOrStdout())
		})
		return exitWhere(failed || differs, err)
	})
	c.Flags().BoolVar(&keep, "no-repair", false, "only say what differs")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON lines")
	return c
}

func (s step) printFound(out io.Writer) error {
	if s.Failed != "" || s.Found == nil {
		_, err := fmt.Fprintln(out, s.outcome(""))
		return err
	}
	f := s.Found
	text := "no difference"
	if !f.same() {
		text = fmt.Sprintf("%d missing, %d too many, %d with other content", f.Missing, f.Extra, f.Other)
		if f.Repaired {
			text += "; repaired"
		} else {
			text += "; not repaired"
		}
	}
	fmt.Fprintf(out, "%s: %d entries compared, %s, %.1f s\n", s.Engine, f.Entries, text, s.Seconds)
	if len(f.Documents) > 0 {
		names := strings.Join(f.Documents, ", ")
		if len(f.Documents) == index.MaxDiffer {
			names += " …"
		}
		fmt.Fprintf(out, "  documents: %s\n", oneLine(names))
	}
	if f.SetAside > 0 {
		fmt.Fprintf(out, "  %d documents are refused by it: policybot index status\n", f.SetAside)
	}
	return nil
}

// awaitEngines waits for the engines outside of the process, or only looks,
// and says what they lack.
func awaitEngines(ctx context.Context, o owner, wait bool, out, errs io.Writer) error {
	f := far{errs: errs, last: time.Now()}
	return opAwait.ask(ctx, o, awaitRequest{Wait: wait}, func(a awaited) error {
		f.say(a.Engines...)
		if !a.Done {
			return nil
		}
		later := "the next 'policybot serve' brings it, and the embedded index answers until then"
		if a.Serves {
			later = "it follows by itself, and the embedded index answers until then"
		}
		for _, l := range a.Lags {
			fmt.Fprintf(out, "%s; %s\n", oneLine(l.String()), later)
		}
		return nil
	})
}

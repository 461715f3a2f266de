package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/user"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
)

// stopRequest asks to stop, or to resume, what Account and Topic say.
type stopRequest struct {
	Account string `json:"account"` // "" is the only one there is
	All     bool   `json:"all"`     // all accounts
	Topic   string `json:"topic"`
	Reason  string `json:"reason"`
	By      string `json:"by"`
}

// stopResult is what was done, and what holds answers back of the same
// accounts all the same.
type stopResult struct {
	Stop  bot.Stop   `json:"stop"`
	Still []bot.Stop `json:"still,omitempty"`
}

var (
	opStop   = operation[stopRequest, stopResult]{"/stop", func(h *host, ctx context.Context, in stopRequest) (stopResult, error) { return h.app.halt(ctx, in) }}
	opResume = operation[stopRequest, stopResult]{"/resume", func(h *host, ctx context.Context, in stopRequest) (stopResult, error) { return h.app.resume(ctx, in) }}
	opStops  = operation[stopsRequest, []bot.Stop]{"/stops", func(h *host, ctx context.Context, in stopsRequest) ([]bot.Stop, error) {
		return h.app.store.AllStops(ctx, in.Limit)
	}}
)

// halt stops automatic answers. Nothing is written where account or topic are
// not known, or where the same is stopped already.
func (a *app) halt(ctx context.Context, in stopRequest) (stopResult, error) {
	if err := bot.CheckStopWords(in.Reason, in.By, true); err != nil {
		return stopResult{}, err
	}
	names := a.roster.Load().names()
	account, err := in.account(names)
	if err != nil {
		return stopResult{}, err
	}
	if account != "" {
		if !slices.Contains(names, account) {
			return stopResult{}, unknownAccount(account, names)
		}
		names = []string{account}
	}
	if in.Topic != "" {
		known, err := a.store.TopicNames(ctx, names)
		if err != nil {
			return stopResult{}, err
		}
		if in.Topic, err = bot.KnownTopic(in.Topic, known); err != nil {
			return stopResult{}, err
		}
	}
	done, err := a.store.Stop(ctx, bot.Stop{Account: account, Topic: in.Topic, Reason: in.Reason, By: in.By})
	if errors.Is(err, bot.ErrStopped) {
		return stopResult{}, fmt.Errorf("%s is stopped already, since %s, by %s: %s", scope(done), instant(done.At), done.By, done.Reason)
	}
	if err != nil {
		return stopResult{}, err
	}
	a.log.Warn("automatic answers stopped", "account", done.Account, "topic", done.Topic, "by", done.By)
	return stopResult{Stop: done}, nil
}

// resume lifts a stop. It says what holds answers back all the same.
func (a *app) resume(ctx context.Context, in stopRequest) (stopResult, error) {
	if err := bot.CheckStopWords(in.Reason, in.By, false); err != nil {
		return stopResult{}, err
	}
	account, err := in.account(a.roster.Load().names())
	if err != nil {
		return stopResult{}, err
	}
	standing, err := a.store.StandingStops(ctx)
	if err != nil {
		return stopResult{}, err
	}
	// As it was recorded: the topic may be gone from the documents, and the
	// account from the configuration.
	var topics []string
	for _, s := range standing {
		if s.Account == account && s.Topic != "" {
			topics = append(topics, s.Topic)
		}
	}
	topic, err := bot.KnownTopic(in.Topic, topics)
	if err != nil {
		topic = in.Topic
	}
	done, err := a.store.Lift(ctx, account, topic, in.Reason, in.By)
	if errors.Is(err, bot.ErrNotStopped) {
		return stopResult{}, notStopped(bot.Stop{Account: account, Topic: topic}, standing)
	}
	if err != nil {
		return stopResult{}, err
	}
	a.log.Warn("automatic answers resumed", "account", done.Account, "topic", done.Topic, "by", done.LiftedBy)
	out := stopResult{Stop: done}
	for _, s := range standing {
		wider := s.Account == "" || account == "" || s.Account == account
		if s.ID != done.ID && wider && (s.Topic == "" || topic == "" || s.Topic == topic) {
			out.Still = append(out.Still, s)
		}
	}
	return out, nil
}

// account returns whose answers are meant, "" for all accounts.
func (in stopRequest) account(names []string) (string, error) {
	switch {
	case in.All && in.Account != "":
		return "", errors.New("give either --account or --all-accounts")
	case in.All:
		return "", nil
	case in.Account != "":
		return in.Account, nil
	case len(names) == 1:
		return names[0], nil
	}
	return "", fmt.Errorf("there are several accounts: give --account with one of %s, or --all-accounts", listed(names))
}

func unknownAccount(name string, names []string) error {
	return fmt.Errorf("unknown account %.60q: the accounts are %s", name, listed(names))
}

// listed writes at most twenty names.
func listed(names []string) string {
	const most = 20
	text := strings.Join(names[:min(len(names), most)], ", ")
	if len(names) > most {
		text += fmt.Sprintf(" and %d more", len(names)-most)
	}
	return text
}

func notStopped(meant bot.Stop, standing []bot.Stop) error {
	if len(standing) == 0 {
		return fmt.Errorf("%.200s is not stopped, nor is anything else", scope(meant))
	}
	scopes := make([]string, len(standing))
	for i, s := range standing {
		scopes[i] = scope(s)
	}
	return fmt.Errorf("%.200s is not stopped; stopped are: %s", scope(meant), strings.Join(scopes, "; "))
}

// scope says what a stop holds back.
func scope(s bot.Stop) string {
	who := "account " + s.Account
	if s.Account == "" {
		who = "all accounts"
	}
	if s.Topic == "" {
		return who
	}
	return who + ", topic " + strconv.Quote(s.Topic)
}

func instant(t time.Time) string { return t.In(corpus.Zone).Format("2006-01-02 15:04:05") }

func newStop() *cobra.Command {
	return newSwitch(&cobra.Command{
		Use: "stop", Short: "Hold automatic answers back: of an account, or on a topic",
		Long: `Hold automatic answers back, within a second, until 'policybot resume': of one
account or of all, on everything or on one topic of the published documents.
Citizens get a fixed sentence with the number to call. Emergencies are answered
as ever, and whoever unsubscribes is forgotten. With a topic, everything that
rests on a document of it, or names it, is held back; the rest goes on.

Who, why and when is kept for good: see 'policybot stops'.`,
		Example: `  policybot stop --reason "the new rules are being corrected" --topic 养老
  policybot stop --all-accounts --reason "drill"`,
	}, opStop, func(d stopResult, out io.Writer) {
		fmt.Fprintf(out, "stopped: %s (by %s: %s)\n", scope(d.Stop), d.Stop.By, d.Stop.Reason)
	})
}

func newResume() *cobra.Command {
	return newSwitch(&cobra.Command{
		Use: "resume", Short: "Lift a stop of automatic answers",
		Long: `Lift a stop: exactly the one that 'policybot stop' made with the same --account,
--all-accounts and --topic. What else holds answers back is said.`,
		Example: `  policybot resume --topic 养老 --reason "corrected"`,
	}, opResume, func(d stopResult, out io.Writer) {
		fmt.Fprintf(out, "resumed: %s (stopped since %s by %s: %s)\n", scope(d.Stop), instant(d.Stop.At), d.Stop.By, d.Stop.Reason)
		for _, s := range d.Still {
			fmt.Fprintf(out, "still stopped: %s (since %s by %s: %s)\n", scope(s), instant(s.At), s.By, s.Reason)
		}
	})
}

// newSwitch completes stop and resume, which are typed alike.
func newSwitch(c *cobra.Command, op operation[stopRequest, stopResult], say func(stopResult, io.Writer)) *cobra.Command {
	s, envErr := fromEnvironment()
	var in stopRequest
	c.Args = cobra.NoArgs
	c.RunE = func(c *cobra.Command, _ []string) error {
		if envErr != nil {
			return envErr
		}
		if in.All && in.Account != "" {
			return usageError{errors.New("give either --account or --all-accounts")}
		}
		if c.Flags().Changed("topic") && strings.TrimSpace(in.Topic) == "" {
			return usageError{errors.New("--topic is empty: leave it out for every topic")}
		}
		if in.By == "" {
			in.By = systemUser()
		}
		if err := bot.CheckStopWords(in.Reason, in.By, op.path == opStop.path); err != nil {
			return usageError{err}
		}
		return withOwner(c, s, func(o owner) error {
			done, err := op.ask(c.Context(), o, in)
			if err == nil {
				say(done, c.OutOrStdout())
			}
			return err
		})
	}
	f := c.Flags()
	s.dataFlag(f)
	s.configFlag(f)
	f.StringVar(&in.Account, "account", "", "`name` of the account; may be left out where there is one")
	f.BoolVar(&in.All, "all-accounts", false, "all accounts, those to come as well")
	f.StringVar(&in.Topic, "topic", "", "a `topic` of the published documents; default everything")
	f.StringVar(&in.Reason, "reason", "", "why, for colleagues: `text` that is kept; citizens do not see it")
	f.StringVar(&in.By, "by", "", "`name` of who decided it; default the user of the operating system")
	return c
}

// withOwner runs do with whoever owns the data folder.
func withOwner(c *cobra.Command, s settings, do func(owner) error) error {
	quiet := slog.New(slog.NewTextHandler(c.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelError}))
	o, err := connect(c.Context(), s, quiet)
	if err != nil {
		return err
	}
	return errors.Join(do(o), o.Close())
}

// systemUser names who typed the command.
func systemUser() string {
	u, err := user.Current()
	if err != nil || u.Username == "" {
		return "unknown"
	}
	return u.Username
}

type stopsRequest struct {
	Limit int `json:"limit"`
}

func newStops() *cobra.Command {
	s, envErr := fromEnvironment()
	asJSON, limit := false, 0
	c := &cobra.Command{
		Use: "stops", Short: "List what is stopped, and what was", Args: cobra.NoArgs,
		Long: `List the stops that stand and those that were lifted, the newest first: who
stopped and lifted them, why and when.`,
		RunE: func(c *cobra.Command, _ []string) error {
			if envErr != nil {
				return envErr
			}
			if limit < 1 {
				return usageError{errors.New("--limit has to be at least 1")}
			}
			return withOwner(c, s, func(o owner) error {
				all, err := opStops.ask(c.Context(), o, stopsRequest{limit})
				if err != nil {
					return err
				}
				return printStops(c.OutOrStdout(), all, asJSON)
			})
		},
	}
	s.dataFlag(c.Flags())
	s.configFlag(c.Flags())
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON lines")
	c.Flags().IntVar(&limit, "limit", 100, "at most this `number`, the newest")
	return c
}

func printStops(out io.Writer, all []bot.Stop, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		for _, s := range all {
			if err := enc.Encode(s); err != nil {
				return err
			}
		}
		return nil
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(out, "nothing is stopped, and nothing was")
		return err
	}
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "what\tsince\tby\twhy\tlifted")
	for _, s := range all {
		lifted := "stands"
		if !s.Stands() {
			lifted = strings.TrimRight(instant(s.LiftedAt)+" by "+s.LiftedBy+": "+s.LiftedReason, ": ")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", scope(s), instant(s.At), s.By, s.Reason, lifted)
	}
	return w.Flush()
}

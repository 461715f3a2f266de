package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/web/metrics"
)

// report is what status says. Its JSON is for scripts.
type report struct {
	PID        int              `json:"pid"`
	Version    string           `json:"version"`
	Started    time.Time        `json:"started"`
	Now        time.Time        `json:"now"`
	Ready      bool             `json:"ready"`
	Attention  []metrics.Notice `json:"attention"`
	Accounts   []string         `json:"accounts"`
	Own        int              `json:"own_documents"`
	Sample     int              `json:"sample_documents"`
	Kinds      map[string]int   `json:"own_by_kind"`
	Outdated   int              `json:"own_not_in_force"`
	Newest     corpus.Date      `json:"newest_document,omitempty"`
	Changed    *time.Time       `json:"last_published,omitempty"`
	Index      index.Status     `json:"index"`
	Engines    []metrics.Engine `json:"engines"` // outside of the process
	Pending    int              `json:"pending_changes"`
	Behind     float64          `json:"behind_seconds"`
	Hour       metrics.Summary  `json:"callbacks_last_hour"`
	Today      metrics.Summary  `json:"callbacks_today"`
	ChatsHour  int              `json:"chat_questions_last_hour"`
	ChatsToday int              `json:"chat_questions_today"`
	Busy       int              `json:"answering"`
	Waiting    int              `json:"answering_waiting"`
	Most       int              `json:"answering_limit"`
	Journal    journalReport    `json:"journal"`
	Free       uint64           `json:"disk_free_bytes"`
	Disk       uint64           `json:"disk_bytes"`
	Database   int64            `json:"database_bytes"`
	Backup     *time.Time       `json:"last_backup,omitempty"`

	Differences []bot.Difference `json:"documents_that_differ"` // since the start
}

type journalReport struct {
	Healthy  bool  `json:"healthy"`
	Records  int64 `json:"records"`
	Failures int64 `json:"failures"`
	Queue    int   `json:"queue"`
}

var opStatus = operation[struct{}, report]{"/status", func(h *host, ctx context.Context, _ struct{}) (report, error) {
	return h.report(ctx, time.Now()), nil
}}

func newStatus() *cobra.Command {
	s, envErr := fromEnvironment()
	asJSON := false
	c := &cobra.Command{
		Use: "status", Short: "Say how the running policybot is doing, and what needs attention", Args: cobra.NoArgs,
		Long: `Say how the policybot that is running on the data folder is doing: what needs
attention first, then accounts, documents, index, callbacks, journal, disk and
backup. The figures of callbacks are of this process: they start with it.

Exit status 0 when all is well, or can wait; 1 when something is urgent, or
none is running.`,
		RunE: func(c *cobra.Command, _ []string) error {
			if envErr != nil {
				return envErr
			}
			r, err := running(c.Context(), s)
			if err != nil {
				return err
			}
			defer r.Close()
			out, err := opStatus.ask(c.Context(), r, struct{}{})
			if err != nil {
				return err
			}
			if asJSON {
				err = json.NewEncoder(c.OutOrStdout()).Encode(out)
			} else {
				err = out.print(c.OutOrStdout())
			}
			if err == nil && slices.ContainsFunc(out.Attention, func(n metrics.Notice) bool { return n.Urgent }) {
				err = exitCode(1)
			}
			return err
		},
	}
	s.dataFlag(c.Flags())
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// report puts together what status says.
func (h *host) report(ctx context.Context, now time.Time) report {
	a := h.app
	s := a.state(ctx)
	local := now.In(corpus.Zone)
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, corpus.Zone)
	out := report{
		PID: os.Getpid(), Version: version(), Started: s.Started, Now: now, Ready: s.Ready,
		Accounts: append([]string{}, s.Accounts...), Kinds: make(map[string]int),
		Newest: s.Census.Newest, Changed: known(s.Census.Changed), Backup: known(s.Backup),
		Index: s.Index, Engines: orEmpty(s.Engines), Pending: s.Pending.Changes, Behind: s.Behind(now).Seconds(),
		Hour: a.watch.Callbacks.Since(now.Add(-time.Hour)), Today: a.watch.Callbacks.Since(midnight),
		ChatsHour: a.watch.Chats.Since(now.Add(-time.Hour)).Total, ChatsToday: a.watch.Chats.Since(midnight).Total,
		Busy: s.Busy, Waiting: s.Waiting, Most: s.Most, Free: s.Free, Disk: s.Total, Database: s.Database,
		Journal: journalReport{s.Journal.Healthy, s.Journal.Records, s.Journal.Failures, s.Journal.Queue}, Differences: orEmpty(a.differs.All()),
	}
	for g, n := range s.Census.Documents {
		if g.Sample {
			out.Sample += n
			continue
		}
		out.Own += n
		out.Kinds[string(g.Kind)] += n
		if !g.Validity.Quotable() {
			out.Outdated += n
		}
	}
	if out.Attention = metrics.Attention(s, out.Hour, now); out.Attention == nil {
		out.Attention = []metrics.Notice{}
	}
	return out
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// print writes the report for a person: what needs attention first.
func (r report) print(out io.Writer) error {
	var b strings.Builder
	headline := "policybot is answering."
	if !r.Ready {
		headline = "policybot cannot answer."
	}
	fmt.Fprintf(&b, "%s\n\n", headline)
	for _, n := range r.Attention {
		mark := "note"
		if n.Urgent {
			mark = "URGENT"
		}
		fmt.Fprintf(&b, "  %-7s %s\n", mark, n.Text)
	}
	if len(r.Attention) > 0 {
		b.WriteByte('\n')
	}
	for _, l := range r.lines() {
		fmt.Fprintf(&b, "  %-13s %s\n", l[0], l[1])
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func (r report) lines() [][2]string {
	none := func(s, instead string) string {
		if s == "" {
			return instead
		}
		return s
	}
	accounts := strings.Join(r.Accounts, ", ")
	fresh := "up to date"
	if r.Pending > 0 {
		fresh = fmt.Sprintf("%d changes not served yet, the oldest %s old", r.Pending, metrics.Span(seconds(r.Behind)))
	}
	journal := "healthy"
	if !r.Journal.Healthy {
		journal = "CANNOT BE WRITTEN"
	}
	disk := "not known"
	if r.Disk > 0 {
		disk = fmt.Sprintf("%s of %s free", metrics.Bytes(r.Free), metrics.Bytes(r.Disk))
	}
	backup := "none known"
	if r.Backup != nil {
		backup = fmt.Sprintf("%s (%s ago)", clock(*r.Backup), metrics.Span(r.Now.Sub(*r.Backup)))
	}
	lines := [][2]string{
		{"running", fmt.Sprintf("since %s (%s), process %d", clock(r.Started), metrics.Span(r.Now.Sub(r.Started)), r.PID)},
		{"version", r.Version},
		{"accounts", none(accounts, "none configured")},
		{"documents", r.documents()},
		{"index", fmt.Sprintf("%d units, generation %s, %s", r.Index.Units, none(r.Index.Generation, "none"), fresh)},
	}
	for _, e := range r.Engines {
		lines = append(lines, [2]string{"engine", oneLine(e.String())})
	}
	for i, d := range r.Differences[:min(len(r.Differences), 5)] {
		label := ""
		if i == 0 {
			label = "to look at"
		}
		lines = append(lines, [2]string{label, oneLine(fmt.Sprintf("%s (%s) and %s (%s) say different figures; answered from the first, %d times",
			d.Chosen.Document, d.Chosen.Anchor, d.Other.Document, d.Other.Anchor, d.Count))})
	}
	return append(lines, [][2]string{
		{"callbacks", "last hour  " + summary(r.Hour)},
		{"", "today      " + summary(r.Today)},
		{"", fmt.Sprintf("now        %d of at most %d being answered, %d waiting", r.Busy, r.Most, r.Waiting)},
		{"chat page", fmt.Sprintf("last hour  %d, today %d", r.ChatsHour, r.ChatsToday)},
		{"journal", fmt.Sprintf("%s, %d recorded and %d failures since the start, %d waiting", journal, r.Journal.Records, r.Journal.Failures, r.Journal.Queue)},
		{"disk", fmt.Sprintf("%s, database %s", disk, metrics.Bytes(r.Database))},
		{"last backup", backup},
	}...)
}

func (r report) documents() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d of your own", r.Own)
	if r.Own > 0 {
		b.WriteString(" (" + counts(r.Kinds))
		if r.Outdated > 0 {
			fmt.Fprintf(&b, "; %d not in force", r.Outdated)
		}
		b.WriteString(")")
	}
	if r.Sample > 0 {
		fmt.Fprintf(&b, ", %d of the sample corpus", r.Sample)
	}
	if r.Newest.Known() {
		b.WriteString(", the newest of " + string(r.Newest))
	}
	if r.Changed != nil {
		b.WriteString(", last published " + clock(*r.Changed))
	}
	return b.String()
}

func summary(s metrics.Summary) string {
	if s.Total == 0 {
		return "none"
	}
	text := fmt.Sprintf("%d: %s", s.Total, counts(s.Counts))
	if s.P99 > 0 {
		text += fmt.Sprintf("; p50 %s, p99 %s", round(s.P50), round(s.P99))
	}
	return text
}

// counts writes "answered 12, refused 3", the most first.
func counts(of map[string]int) string {
	names := slices.Sorted(maps.Keys(of))
	slices.SortStableFunc(names, func(a, b string) int { return of[b] - of[a] })
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %d", name, of[name])
	}
	return strings.Join(names, ", ")
}

func round(d time.Duration) time.Duration {
	if d < 10*time.Millisecond {
		return d.Round(100 * time.Microsecond)
	}
	return d.Round(time.Millisecond)
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// clock writes an instant as the clock on the wall has it in China.
func clock(t time.Time) string { return t.In(corpus.Zone).Format("2006-01-02 15:04") }

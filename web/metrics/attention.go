package metrics

import (
	"fmt"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/web/hook"
)

// What a person has to be told of. docs/grafana/alerts.yml has the same
// limits.
const (
	maxBehind   = time.Minute         // of the index
	slow        = time.Second         // the 99th percentile of callbacks
	silent      = 14 * 24 * time.Hour // without anything published: the platform's office calls that a dead account (僵尸账号)
	oldBackup   = 7 * 24 * time.Hour
	leastFree   = 500 << 20 // bytes
	enough      = 20        // callbacks that say something about the hour
	failedShare = 20        // one in so many
)

// Notice is one thing that needs attention.
type Notice struct {
	Urgent bool   `json:"urgent"` // citizens feel it, or soon will
	Text   string `json:"text"`
	Code   string `json:"code,omitempty"` // of an urgent one: one of Codes
}

// The codes of what is urgent.
const (
	NotReady     = "not-ready"
	JournalFails = "journal"
	IndexBehind  = "behind"
	DiskFull     = "disk"
	TooSlow      = "slow"
	AnswersFail  = "failed"
	AllRefused   = "refused"
)

// Codes lists them.
func Codes() []string {
	return []string{NotReady, JournalFails, IndexBehind, DiskFull, TooSlow, AnswersFail, AllRefused}
}

// Attention decides what a person should look at, most urgent first. hour is
// what the callbacks of the last hour became.
func Attention(s State, hour Summary, now time.Time) []Notice {
	var urgent, later []Notice
	say := func(code string, ok bool, format string, args ...any) {
		if !ok {
			urgent = append(urgent, Notice{true, fmt.Sprintf(format, args...), code})
		}
	}
	mention := func(ok bool, format string, args ...any) {
		if !ok {
			later = append(later, Notice{Text: fmt.Sprintf(format, args...)})
		}
	}
	say(NotReady, s.Ready, "Questions cannot be answered: %s.", s.Trouble)
	say(JournalFails, s.Journal.Healthy || s.Journal.Commits == 0, "The journal cannot be written, so nothing is recorded and repeats are answered from memory alone: look at the disk and at the log.")
	say(IndexBehind, s.Behind(now) <= maxBehind, "What was published %s ago is not served yet: the log says why.", Span(s.Behind(now)))
	say(DiskFull, s.Total == 0 || s.Free > leastFree, "Only %s are left on the disk of the data folder.", Bytes(s.Free))
	asked := hour.Total - hour.Counts[hook.Rejected] - hour.Counts[hook.Verified]
	say(TooSlow, asked < enough || hour.P99 <= slow, "One callback in a hundred took longer than %s in the last hour; the platform hangs up after 5 s.", hour.P99.Round(100*time.Millisecond))
	say(AnswersFail, asked < enough || hour.Counts[string(bot.Failed)]*failedShare <= asked, "%d of the %d questions of the last hour failed on our side: the log says why.", hour.Counts[string(bot.Failed)], asked)
	say(AllRefused, asked > 0 || hour.Counts[hook.Rejected] < enough, "All %d callbacks of the last hour were refused: compare token, AES key and app ID with the platform's console, and look at the clock.", hour.Counts[hook.Rejected])

	own, samples := s.documents()
	mention(len(s.Accounts) > 0, "No account is configured: only the pages answer.")
	mention(own+samples > 0, "There is no document to answer from: import some.")
	mention(samples == 0 || len(s.Accounts) == 0 && own == 0, "The invented sample corpus is in service beside what is real (--keep-sample).")
	mention(own == 0 || s.Census.Changed.IsZero() || now.Sub(s.Census.Changed) <= silent, "Nothing has been published for %s.", Span(now.Sub(s.Census.Changed)))
	notices(s.Engines, now, mention)
	mention(s.Stale == 0, "%d of %d agencies have not been checked for %d days: policybot agencies check lists them (with --account an account's own).", s.Stale, s.Agencies, corpus.StaleAfter)
	mention(own == 0 || !s.Backup.IsZero(), "No backup is known: policybot backup FILE makes one while it runs.")
	mention(own == 0 || s.Backup.IsZero() || now.Sub(s.Backup) <= oldBackup, "The last backup is %s old.", Span(now.Sub(s.Backup)))
	mention(s.Total == 0 || s.Free <= leastFree || s.Free >= s.Total/10, "The disk of the data folder is nearly full: %s of %s are left.", Bytes(s.Free), Bytes(s.Total))
	return append(urgent, later...)
}

func (s State) documents() (own, samples int) {
	for g, n := range s.Census.Documents {
		if g.Sample {
			samples += n
		} else {
			own += n
		}
	}
	return own, samples
}

// Span writes a duration as a person says it: 40 s, 12 min, 5 h, 3 days.
func Span(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// Bytes writes a size: 512 B, 3.4 MB, 12 GB.
func Bytes[N int64 | uint64](n N) string {
	v, unit := float64(n), "B"
	for _, larger := range []string{"KB", "MB", "GB", "TB"} {
		if v < 1000 {
			break
		}
		v, unit = v/1000, larger
	}
	if v < 10 && unit != "B" {
		return fmt.Sprintf("%.1f %s", v, unit)
	}
	return fmt.Sprintf("%.0f %s", v, unit)
}

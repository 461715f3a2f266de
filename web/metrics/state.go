package metrics

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// State is how a process is at a moment. What cannot be told is zero.
type State struct {
	Started  time.Time
	Ready    bool
	Trouble  string   // why it is not ready
	Accounts []string // that are configured

	Index   index.Status
	Engines []Engine // outside of the process, in the order in which they are asked
	Pending corpus.Pending
	Census  corpus.Census
	Journal bot.JournalStats

	Agencies, Stale int // agencies of one's own, and those of them not checked for long

	Busy, Waiting, Most int // callbacks being answered, those that wait for it, and how many may be answered

	Backup   time.Time // the last one that succeeded
	Free     uint64    // bytes left for the data folder
	Total    uint64    // bytes of the disk that it is on
	Database int64     // bytes of the database, its log included
}

// Behind is how far the index is behind what was published, as of now.
func (s State) Behind(now time.Time) time.Duration {
	if s.Pending.Oldest.IsZero() {
		return 0
	}
	return max(0, now.Sub(s.Pending.Oldest))
}

// gauge is one figure of a State. One that is not known is left out.
type gauge struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(s State, now time.Time) (v float64, known bool)
}

func one(name, help string, kind prometheus.ValueType, value func(s State, now time.Time) (float64, bool)) gauge {
	return gauge{prometheus.NewDesc("policybot_"+name, help, nil, nil), kind, value}
}

func known[N int | int64 | uint64](pick func(State) N) func(State, time.Time) (float64, bool) {
	return func(s State, _ time.Time) (float64, bool) { return float64(pick(s)), true }
}

func truth(pick func(State) bool) func(State, time.Time) (float64, bool) {
	return func(s State, _ time.Time) (float64, bool) {
		return flag(pick(s)), true
	}
}

// size leaves out what could not be measured.
func size[N int64 | uint64](pick func(State) N) func(State, time.Time) (float64, bool) {
	return func(s State, _ time.Time) (float64, bool) { return float64(pick(s)), pick(s) > 0 }
}

func instant(pick func(State) time.Time) func(State, time.Time) (float64, bool) {
	return func(s State, _ time.Time) (float64, bool) {
		t := pick(s)
		return float64(t.UnixMilli()) / 1000, !t.IsZero()
	}
}

const (
	level = prometheus.GaugeValue
	total = prometheus.CounterValue
)

// gauges are the figures without labels.
var gauges = []gauge{
	one("ready", "1 when questions can be answered.", level, truth(func(s State) bool { return s.Ready })),
	one("start_time_seconds", "When the process was ready to start, in seconds since 1970.", level, instant(func(s State) time.Time { return s.Started })),
	one("index_units", "Units that the index serves.", level, known(func(s State) int { return s.Index.Units })),
	one("index_change", "Number of the newest published change that is served.", level, known(func(s State) int64 { return s.Index.Seq })),
	one("index_pending_changes", "Published changes of documents that are not served yet.", level, known(func(s State) int { return s.Pending.Changes })),
	one("index_behind_seconds", "Age of the oldest published change that is not served yet; 0 when all are.", level,
		func(s State, now time.Time) (float64, bool) { return s.Behind(now).Seconds(), true }),
	one("index_synced_timestamp_seconds", "When the index was last brought up to date.", level, instant(func(s State) time.Time { return s.Index.Synced })),
	one("journal_commits_total", "Transactions of the journal.", total, known(func(s State) int64 { return s.Journal.Commits })),
	one("journal_failures_total", "Transactions of the journal that failed.", total, known(func(s State) int64 { return s.Journal.Failures })),
	one("journal_records_total", "Questions recorded with their replies.", total, known(func(s State) int64 { return s.Journal.Records })),
	one("journal_commit_seconds_total", "Time spent in transactions of the journal.", total,
		func(s State, _ time.Time) (float64, bool) { return s.Journal.Busy.Seconds(), true }),
	one("journal_queue", "Writes that wait for the journal.", level, known(func(s State) int { return s.Journal.Queue })),
	one("journal_oldest_seconds", "How long the oldest write has waited for the journal.", level,
		func(s State, _ time.Time) (float64, bool) { return s.Journal.Oldest.Seconds(), true }),
	one("journal_healthy", "1 when the last transaction of the journal succeeded.", level, truth(func(s State) bool { return s.Journal.Healthy })),
	one("answering", "Callbacks that are being answered.", level, known(func(s State) int { return s.Busy })),
	one("answering_waiting", "Callbacks that wait to be answered.", level, known(func(s State) int { return s.Waiting })),
	one("answering_limit", "Callbacks that may be answered at a time.", level, known(func(s State) int { return s.Most })),
	one("newest_document_timestamp_seconds", "The latest date of publication (发布日期) of a document of one's own, midnight in China.", level, newest),
	one("changed_timestamp_seconds", "When a document was last published or taken back here.", level, instant(func(s State) time.Time { return s.Census.Changed })),
	one("agencies", "Agencies of one's own in the directory.", level, known(func(s State) int { return s.Agencies })),
	one("agencies_stale", "Agencies of one's own that were not checked for 180 days.", level, known(func(s State) int { return s.Stale })),
	one("backup_timestamp_seconds", "When the last backup succeeded; absent where none is known.", level, instant(func(s State) time.Time { return s.Backup })),
	one("disk_free_bytes", "Space left for the data folder.", level, size(func(s State) uint64 { return s.Free })),
	one("disk_bytes", "Size of the disk that the data folder is on.", level, size(func(s State) uint64 { return s.Total })),
	one("database_bytes", "Size of the database with its log.", level, size(func(s State) int64 { return s.Database })),
}

func newest(s State, _ time.Time) (float64, bool) {
	t, err := time.ParseInLocation(time.DateOnly, string(s.Census.Newest), corpus.Zone)
	return float64(t.Unix()), err == nil
}

// The figures with labels.
var (
	documents   = prometheus.NewDesc("policybot_documents", "Published documents by kind and validity today; sample says whether they are of the invented sample corpus.", []string{"kind", "validity", "sample"}, nil)
	accountInfo = prometheus.NewDesc("policybot_account_info", "1 for each account that is configured.", []string{"account"}, nil)
	indexInfo   = prometheus.NewDesc("policybot_index_info", "1; the labels say what serves.", []string{"engine", "generation"}, nil)
)

// collector asks for the state at each scrape.
type collector struct {
	now   func() time.Time
	state func(context.Context) State
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for _, g := range gauges {
		out <- g.desc
	}
	out <- documents
	out <- accountInfo
	out <- indexInfo
	for _, g := range perEngine {
		out <- g.desc
	}
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
	defer stop()
	s, now := c.state(ctx), c.now()
	for _, g := range gauges {
		if v, ok := g.value(s, now); ok {
			out <- prometheus.MustNewConstMetric(g.desc, g.kind, v)
		}
	}
	for group, n := range s.Census.Documents {
		out <- prometheus.MustNewConstMetric(documents, level, float64(n),
			string(group.Kind), string(group.Validity), strconv.FormatBool(group.Sample))
	}
	for _, name := range s.Accounts {
		out <- prometheus.MustNewConstMetric(accountInfo, level, 1, name)
	}
	for _, e := range s.Engines {
		for _, g := range perEngine {
			out <- prometheus.MustNewConstMetric(g.desc, g.kind, g.value(e), e.Name)
		}
	}
	// What follows the plus counts changes: a label for each would be many.
	if generation, _, _ := strings.Cut(s.Index.Generation, "+"); generation != "" {
		out <- prometheus.MustNewConstMetric(indexInfo, level, 1, s.Index.Engine, generation)
	}
}

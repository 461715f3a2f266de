package bot

import (
	"sync/atomic"
	"time"
)

// JournalStats is how a journal is doing. The counts are since its start.
type JournalStats struct {
	Commits  int64         // transactions that were tried
	Failures int64         // of these, those that failed
	Records  int64         // questions recorded
	Busy     time.Duration // spent in transactions
	Queue    int           // writes that wait to be taken up
	Oldest   time.Duration // how long the oldest write has waited; 0 is none
	Healthy  bool
}

// Stats returns how the journal is doing.
func (j *LedgerJournal) Stats() JournalStats {
	c := &j.counted
	st := JournalStats{
		Commits: c.commits.Load(), Failures: c.failures.Load(), Records: c.records.Load(),
		Busy: time.Duration(c.busy.Load()), Queue: len(j.queue), Healthy: j.Healthy() == nil,
	}
	if oldest := c.oldest.Load(); oldest > 0 {
		st.Oldest = since(j.now(), time.UnixMilli(oldest))
	}
	return st
}

// counted is what the writer counts.
type counted struct {
	commits, failures, records, busy atomic.Int64
	oldest                           atomic.Int64 // when the first write of the running commit was queued, in ms; 0 is none
}

// begin notes that a commit of these writes, the oldest first, runs from now.
func (c *counted) begin(now time.Time, writes []*write) time.Time {
	if len(writes) > 0 {
		c.oldest.Store(writes[0].queued.UnixMilli())
	}
	return now
}

// end notes what became of it.
func (c *counted) end(records int, took time.Duration, err error) {
	c.oldest.Store(0)
	c.commits.Add(1)
	c.busy.Add(int64(max(0, took)))
	if err != nil {
		c.failures.Add(1)
		return
	}
	c.records.Add(int64(records))
}

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/policybot/policybot/corpus"
)

// censusStep is how many documents a census reads at a time, so that it keeps
// no statement open for long.
const censusStep = 500

// census remembers the last one: it holds until something changes, or a day
// ends.
type census struct {
	mu  sync.Mutex
	seq int64
	day corpus.Date
	all corpus.Census
}

// Census counts the published documents by what they are on a day. It reads
// every document once for each change and day, and is remembered in between.
// Don't change what it returns.
func (s *Store) Census(ctx context.Context, day corpus.Date) (corpus.Census, error) {
	s.census.mu.Lock()
	defer s.census.mu.Unlock()
	seq, err := s.Newest(ctx)
	if err != nil {
		return corpus.Census{}, err
	}
	if s.census.all.Documents != nil && s.census.seq == seq && s.census.day == day {
		return s.census.all, nil
	}
	all, err := s.count(ctx, day)
	if err != nil {
		return corpus.Census{}, fmt.Errorf("store: counting documents by kind: %w", explain(err))
	}
	s.census.seq, s.census.day, s.census.all = seq, day, all
	return all, nil
}

func (s *Store) count(ctx context.Context, day corpus.Date) (corpus.Census, error) {
	all := corpus.Census{Documents: make(map[corpus.Group]int)}
	received, explains, err := s.deciding(ctx)
	if err != nil {
		return all, err
	}
	for last := ""; ; {
		n, next, err := s.countStep(ctx, day, last, received, explains, &all)
		if err != nil {
			return all, err
		}
		if n < censusStep {
			break
		}
		last = next
	}
	all.Changed, err = s.LastChange(ctx)
	return all, err
}

// deciding are the relations that decide on whether documents are in force, by
// document, as each one's own account sees them.
func (s *Store) deciding(ctx context.Context) (received, explains map[string][]corpus.Relation, err error) {
	received, explains = make(map[string][]corpus.Relation), make(map[string][]corpus.Relation)
	rows, err := s.read.QueryContext(ctx, `SELECT x.target, x.kind, x.effective, x.anchors, '', '', '', ''
		FROM relations x JOIN documents f ON f.id = x.source JOIN documents t ON t.id = x.target
		WHERE x.binding = 1 AND x.kind IN ($1, $2, $3) AND f.account IN ('', t.account)
		UNION ALL
		SELECT x.source, x.kind, '', '', t.title, t.begins, t.ends, t.fate
		FROM relations x JOIN documents f ON f.id = x.source JOIN documents t ON t.id = x.target
		WHERE x.kind = $4 AND t.account IN ('', f.account)`,
		string(corpus.Repeals), string(corpus.Supersedes), string(corpus.Amends), string(corpus.Interprets))
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, anchors string
		var r corpus.Relation
		if err := rows.Scan(&id, &r.Kind, &r.On, &anchors, &r.Title, &r.Begins, &r.Ends, &r.Fate); err != nil {
			return nil, nil, err
		}
		if r.Anchors = strings.Fields(anchors); r.Kind == corpus.Interprets {
			explains[id] = append(explains[id], r)
		} else {
			received[id] = append(received[id], r)
		}
	}
	return received, explains, rows.Err()
}

// countStep counts the documents that follow an ID.
func (s *Store) countStep(ctx context.Context, day corpus.Date, after string, received, explains map[string][]corpus.Relation,
	all *corpus.Census) (n int, last string, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT d.id, r.meta
		FROM documents d JOIN revisions r ON r.document = d.id AND r.number = d.live
		WHERE d.live > 0 AND d.id > $1 ORDER BY d.id LIMIT $2`, after, censusStep)
	if err != nil {
		return 0, "", err
	}
	defer rows.Close()
	for rows.Next() {
		var meta sql.RawBytes
		if err := rows.Scan(&last, &meta); err != nil {
			return n, last, err
		}
		// Only what counts: a document has twenty fields.
		var d struct {
			Kind                                   corpus.Kind
			Published, Effective, Expires, Written corpus.Date
			Sample                                 bool
		}
		if err := json.Unmarshal(meta, &d); err != nil {
			return n, last, fmt.Errorf("document %s: %w", last, err)
		}
		n++
		full := corpus.Document{
			Kind: d.Kind, Published: d.Published, Effective: d.Effective, Expires: d.Expires, Written: d.Written,
			Receives: received[last], Declares: explains[last],
		}
		all.Documents[corpus.Group{Kind: d.Kind, Validity: full.ValidityOn(day), Sample: d.Sample}]++
		if on := full.ListedOn(); !d.Sample && on <= day && on > all.Newest {
			all.Newest = on
		}
	}
	return n, last, rows.Err()
}

// Pending returns what changed after a row of the outbox.
func (s *Store) Pending(ctx context.Context, after int64) (corpus.Pending, error) {
	var p corpus.Pending
	var at int64
	err := s.read.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(MIN(at), 0) FROM (
		SELECT at FROM outbox WHERE seq > $1
		UNION ALL SELECT at FROM lexicon_switches WHERE seq > $1 AND `+newestSwitch+`) AS waiting`, after).Scan(&p.Changes, &at)
	if err != nil {
		return p, fmt.Errorf("store: reading what waits to be served: %w", explain(err))
	}
	p.Oldest = instant(at)
	return p, nil
}

// instant is the zero time for 0.
func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

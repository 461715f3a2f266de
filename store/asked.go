package store

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
)

const (
	askedDays    = 30
	askedAnew    = 10 * time.Minute // how long a count is good for
	maxAsked     = 500              // documents that are counted up to
	fewestAskers = 3                // fewer persons, and it could be told who asked
)

// cite notes the document that an answer rests on, for Asked: what was found
// beside it was not asked for. Who has
// left, and so has no name, is not counted.
func (l *ledgering) cite(journal int64, r bot.Record) error {
	if r.Status != bot.Answered || r.Person == "" || len(r.Sources) == 0 || r.Sources[0].Ref.Document == "" {
		return nil
	}
	_, err := l.tx.StmtContext(l.ctx, l.stmts.cite).ExecContext(l.ctx, journal, r.Sources[0].Ref.Document, r.Account, millis(r.Asked))
	return err
}

// asked remembers counts for some minutes.
type asked struct {
	mu sync.Mutex
	by map[string]counted // by account
}

type counted struct {
	at   time.Time
	list []corpus.Asked
}

// Asked returns the published documents that an account's answers of the last
// 30 days were given from, those of the most persons first, and how many
// different persons that were: at least three, so that nobody's question
// shows. It is as of some minutes ago, and holds at most 500 documents, which
// may also be others' than the account's: look before you show one. Don't
// change what it returns.
func (s *Store) Asked(ctx context.Context, account string) ([]corpus.Asked, error) {
	// One counts at a time: who waits finds it done.
	s.asked.mu.Lock()
	defer s.asked.mu.Unlock()
	now := s.now()
	if c, ok := s.asked.by[account]; ok && now.Sub(c.at) < askedAnew {
		return c.list, nil
	}
	list, err := s.countAsked(ctx, account, now.AddDate(0, 0, -askedDays))
	if err != nil {
		return nil, fmt.Errorf("store: counting what was asked: %w", explain(err))
	}
	if s.asked.by == nil || len(s.asked.by) >= maxAccounts {
		s.asked.by = map[string]counted{}
	}
	s.asked.by[account] = counted{now, list}
	return list, nil
}

func (s *Store) countAsked(ctx context.Context, account string, since time.Time) ([]corpus.Asked, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT c.document, COUNT(DISTINCT j.person)
		FROM citations c JOIN documents d ON d.id = c.document JOIN journal j ON j.id = c.journal
		WHERE j.person <> '' AND c.account = $1 AND c.asked >= $2 AND d.live > 0
		GROUP BY c.document HAVING COUNT(DISTINCT j.person) >= $3
		ORDER BY COUNT(DISTINCT j.person) DESC, c.document LIMIT $4`, account, millis(since), fewestAskers, maxAsked)
	if err != nil {
		return nil, err
	}
	list, err := scanAsked(rows)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Topics, err = texts(s.read.QueryContext(ctx,
			`SELECT value FROM facets WHERE document = $1 AND facet = $2`, list[i].Document, topicFacet))
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

func scanAsked(rows *sql.Rows) ([]corpus.Asked, error) {
	defer rows.Close()
	var list []corpus.Asked
	for rows.Next() {
		var a corpus.Asked
		if err := rows.Scan(&a.Document, &a.Persons); err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

const (
	topicFacet  = "topic"
	agencyFacet = "agency"
)

// list keeps what a published document is listed by: a referral, which answers
// nothing, by nothing.
func (p *putting) list(d corpus.Document) error {
	if err := p.exec(p.stmts.dropFacets, d.ID); err != nil || d.Referral() {
		return err
	}
	for facet, values := range map[string][]string{topicFacet: d.Groups(), agencyFacet: d.Issuers()} {
		for _, v := range values {
			if err := p.exec(p.stmts.addFacet, d.ID, facet, v, string(d.Kind), string(d.ListedOn())); err != nil {
				return err
			}
		}
	}
	return nil
}

// arguments writes the places of a statement as its arguments come.
type arguments []any

func (a *arguments) one(v any) string {
	*a = append(*a, v)
	return fmt.Sprintf("$%d", len(*a))
}

func each[T ~string](a *arguments, all []T) string {
	var in []string
	for _, v := range all {
		in = append(in, a.one(string(v)))
	}
	return strings.Join(in, ", ")
}

// Select returns the published documents of a selection that an account may
// see, in List's order: at most limit, after skip. A selection of nothing is
// empty.
func (s *Store) Select(ctx context.Context, account string, sel corpus.Selection, skip, limit int) ([]corpus.Document, error) {
	facet, values := topicFacet, []string{sel.Topic}
	if sel.Topic == "" {
		facet, values = agencyFacet, sel.Agencies
	}
	if len(values) == 0 {
		return nil, nil
	}
	values = values[:min(len(values), many)]
	var args arguments
	where := "f.facet = " + args.one(facet) + " AND f.value IN (" + each(&args, values) + ")"
	if len(sel.Kinds) > 0 {
		where += " AND f.kind IN (" + each(&args, sel.Kinds) + ")"
	}
	where += " AND d.live > 0 AND d.account IN ('', " + args.one(account) + ")"
	if len(values) > 1 { // only then a document may be found twice
		where += " GROUP BY f.document, f.published"
	}
	query := "SELECT f.document FROM facets f JOIN documents d ON d.id = f.document WHERE " + where +
		" ORDER BY f.published DESC, f.document LIMIT " + args.one(max(0, limit)) + " OFFSET " + args.one(max(0, skip))
	var list []corpus.Document
	err := s.view(ctx, "selecting documents", func(tx *sql.Tx) error {
		ids, err := texts(tx.QueryContext(ctx, query, args...))
		if err != nil {
			return err
		}
		list, err = s.inOrder(ctx, tx, ids)
		return err
	})
	return list, err
}

// inOrder loads published documents in the order of their IDs given.
func (s *Store) inOrder(ctx context.Context, tx *sql.Tx, ids []string) ([]corpus.Document, error) {
	list := make([]corpus.Document, 0, len(ids))
	for chunk := range slices.Chunk(ids, many) {
		found := make(map[string]index.Standing, len(chunk))
		if err := s.documents(ctx, tx, chunk, found); err != nil {
			return nil, err
		}
		for _, id := range chunk {
			if st, ok := found[id]; ok {
				list = append(list, st.Document)
			}
		}
	}
	return list, nil
}

// topics remembers what accounts see of topics, as long as nothing changes.
type topics struct {
	mu  sync.Mutex
	seq int64
	by  map[string][]corpus.Topic // by account
}

// Topics returns the topics of the published documents that an account may
// see, those with the most documents first. Don't change what it returns.
func (s *Store) Topics(ctx context.Context, account string) ([]corpus.Topic, error) {
	seq, err := s.Newest(ctx)
	if err != nil {
		return nil, err
	}
	// One counts at a time: who waits finds it done.
	s.topics.mu.Lock()
	defer s.topics.mu.Unlock()
	if s.topics.seq != seq || s.topics.by == nil || len(s.topics.by) > maxAccounts {
		s.topics.seq, s.topics.by = seq, map[string][]corpus.Topic{}
	}
	if all, ok := s.topics.by[account]; ok {
		return all, nil
	}
	all, err := s.countTopics(ctx, account)
	if err != nil {
		return nil, fmt.Errorf("store: counting topics: %w", explain(err))
	}
	s.topics.by[account] = all
	return all, nil
}

// maxAccounts bounds for how many accounts something is remembered.
const maxAccounts = 256

func (s *Store) countTopics(ctx context.Context, account string) ([]corpus.Topic, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT f.value, f.kind, COUNT(*)
		FROM facets f JOIN documents d ON d.id = f.document
		WHERE f.facet = $1 AND d.live > 0 AND d.account IN ('', $2)
		GROUP BY f.value, f.kind ORDER BY f.value, f.kind`, topicFacet, account)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []corpus.Topic
	for rows.Next() {
		var name string
		var kind corpus.Kind
		var n int
		if err := rows.Scan(&name, &kind, &n); err != nil {
			return nil, err
		}
		if len(all) == 0 || all[len(all)-1].Name != name {
			all = append(all, corpus.Topic{Name: name, Kinds: map[corpus.Kind]int{}})
		}
		last := &all[len(all)-1]
		last.Kinds[kind] = n
		last.Documents += n
	}
	slices.SortStableFunc(all, func(a, b corpus.Topic) int { return b.Documents - a.Documents })
	return all, rows.Err()
}

// Addresses returns the published documents that an account may see, without
// the sample's, in order of their IDs: at most limit, after skip.
func (s *Store) Addresses(ctx context.Context, account string, skip, limit int) ([]corpus.Address, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT d.id, r.created
		FROM documents d JOIN revisions r ON r.document = d.id AND r.number = d.live
		WHERE d.live > 0 AND d.sample = 0 AND d.account IN ('', $1)
		ORDER BY d.id LIMIT $2 OFFSET $3`, account, max(0, limit), max(0, skip))
	if err != nil {
		return nil, fmt.Errorf("store: listing addresses: %w", explain(err))
	}
	defer rows.Close()
	var all []corpus.Address
	for rows.Next() {
		var a corpus.Address
		var created int64
		if err := rows.Scan(&a.Document, &created); err != nil {
			return nil, fmt.Errorf("store: listing addresses: %w", explain(err))
		}
		a.Changed = corpus.DayOf(time.UnixMilli(created))
		all = append(all, a)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: listing addresses: %w", explain(err))
	}
	return all, nil
}

// CountAddresses returns how many Addresses there are.
func (s *Store) CountAddresses(ctx context.Context, account string) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM documents
		WHERE live > 0 AND sample = 0 AND account IN ('', $1)`, account).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("store: counting addresses: %w", explain(err))
	}
	return n, nil
}

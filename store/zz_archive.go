package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
)

// Listed implements corpus.Archive.
func (s *Store) Listed(ctx context.Context, l corpus.Listing, yield func(corpus.Stored) error) error {
	ids, err := texts(s.read.QueryContext(ctx, `SELECT id FROM documents ORDER BY id`))
	if err != nil {
		return err
	}
	for _, id := range ids {
		h, err := s.History(ctx, id)
		if err != nil {
			return err
		}
		st, d := h[0], h[0].Document
		if l.Kind != "" && d.Kind != l.Kind || l.Status != "" && st.Revision.Status != l.Status ||
			l.Validity != "" && d.ValidityOn(l.Day) != l.Validity || l.Held && st.Hold == "" || l.Fallen ||
			!strings.Contains(d.Title+d.Number, l.Text) {
			continue
		}
		if err := yield(st); err != nil {
			return err
		}
	}
	return nil
}

// History implements corpus.Archive.
func (s *Store) History(ctx context.Context, id string) ([]corpus.Stored, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT number, status, created, meta FROM revisions WHERE document = $1 ORDER BY number DESC`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []corpus.Stored
	for rows.Next() {
		var st corpus.Stored
		var created int64
		var meta string
		if err := rows.Scan(&st.Revision.Number, &st.Revision.Status, &created, &meta); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(meta), &st.Document); err != nil {
			return nil, err
		}
		st.Revision.Document, st.Created, st.Newest = id, time.UnixMilli(created), len(all) == 0
		all = append(all, st)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%w: %s", corpus.ErrNotFound, id)
	}
	return all, rows.Err()
}

// Stored implements corpus.Archive.
func (s *Store) Stored(ctx context.Context, id string, revision int) (corpus.Stored, error) {
	all, err := s.History(ctx, id)
	if err != nil {
		return corpus.Stored{}, err
	}
	st := all[0]
	for _, h := range all {
		if revision == 0 && h.Revision.Status == corpus.Published || h.Revision.Number == revision && revision > 0 {
			st = h
		}
	}
	if revision > 0 && st.Revision.Number != revision {
		return st, corpus.ErrNotFound
	}
	var passages string
	err = s.read.QueryRowContext(ctx, `SELECT passages, text FROM revisions WHERE document = $1 AND number = $2`, id, st.Revision.Number).Scan(&passages, &st.Revision.Text)
	if err == nil {
		err = json.Unmarshal([]byte(passages), &st.Revision.Passages)
	}
	a, e := s.Attached(ctx, id, st.Revision.Number)
	if e == nil {
		st.File = &a
	} else if !errors.Is(e, corpus.ErrNotFound) {
		return st, e
	}
	return st, err
}

// Confirm implements corpus.Archive.
func (s *Store) Confirm(ctx context.Context, id, by string) error { return nil }

// Edges implements corpus.Archive.
func (s *Store) Edges(ctx context.Context, f corpus.EdgeFilter) ([]corpus.Edge, error) {
	return nil, nil
}

// Decide implements corpus.Archive.
func (s *Store) Decide(ctx context.Context, edge string, accept bool, by string) (corpus.Edge, error) {
	return corpus.Edge{}, corpus.ErrNotFound
}

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

var _ corpus.Archive = (*Store)(nil)

// ErrUnnamed says that an edge cannot be accepted: no published document is the
// one that it names.
var ErrUnnamed = errors.New("store: no published document is the one that the edge names")

// edgesQuery reads edges with what people see of their ends.
const edgesQuery = `SELECT e.id, e.state, e.why, e.source, f.title, e.target, COALESCE(t.title, ''), e.effective, e.statement,
	COALESCE(d.decided_by, ''), COALESCE(d.decided, 0)
	FROM edges e JOIN documents f ON f.id = e.source
	LEFT JOIN documents t ON t.id = e.target
	LEFT JOIN decisions d ON d.edge = e.id`

// Edges implements corpus.Archive.
func (s *Store) Edges(ctx context.Context, f corpus.EdgeFilter) ([]corpus.Edge, error) {
	var args arguments
	var where []string
	if len(f.States) > 0 {
		where = append(where, "e.state IN ("+each(&args, f.States)+")")
	}
	if f.Document != "" {
		id := args.one(f.Document)
		where = append(where, "(e.source = "+id+" OR e.target = "+id+" AND e.target <> ''"+ // as its index has it
			" OR e.id IN (SELECT edge FROM relations WHERE target = "+id+"))")
	}
	query := edgesQuery
	if len(where) > 0 {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	rows, err := s.read.QueryContext(ctx, query+" ORDER BY e.source, e.ordinal", args...)
	var all []corpus.Edge
	if err == nil {
		all, err = scanEdges(rows)
	}
	if err != nil {
		return nil, fmt.Errorf("store: reading edges: %w", explain(err))
	}
	return all, nil
}

func scanEdges(rows *sql.Rows) ([]corpus.Edge, error) {
	defer rows.Close()
	var all []corpus.Edge
	for rows.Next() {
		var e corpus.Edge
		var said sql.RawBytes
		var at int64
		err := rows.Scan(&e.ID, &e.State, &e.Why, &e.From, &e.FromTitle, &e.To, &e.ToTitle, &e.TakesEffect, &said, &e.DecidedBy, &at)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(said, &e.Statement); err != nil {
			return nil, fmt.Errorf("edge %s: %w", e.ID, err)
		}
		e.DecidedAt = instant(at)
		all = append(all, e)
	}
	return all, rows.Err()
}

// Decide implements corpus.Archive. ErrUnnamed is returned where a dangling
// edge is accepted.
func (s *Store) Decide(ctx context.Context, edge string, accept bool, by string) (corpus.Edge, error) {
	return s.DecideAs(ctx, edge, accept, by, nil)
}

// DecideAs is Decide by somebody whom the history is to name: entry says who
// and why; nil for nobody.
func (s *Store) DecideAs(ctx context.Context, edge string, accept bool, by string, entry *desk.Entry) (corpus.Edge, error) {
	var decided corpus.Edge
	err := s.change(ctx, "deciding about an edge", func(tx *sql.Tx) error {
		var source, target string
		err := tx.QueryRowContext(ctx, `SELECT source, target FROM edges WHERE id = $1`, edge).Scan(&source, &target)
		if errors.Is(err, sql.ErrNoRows) {
			return corpus.ErrNotFound
		}
		if err != nil {
			return err
		}
		if accept && target == "" {
			return ErrUnnamed
		}
		p := s.putting(ctx, tx)
		if err := p.decision(edge, source, target, accept, by); err != nil {
			return err
		}
		p.touched.sources = append(p.touched.sources, source)
		if err := p.finish(); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, edgesQuery+" WHERE e.id = $1", edge)
		if err != nil {
			return err
		}
		all, err := scanEdges(rows)
		if err != nil {
			return err
		}
		decided = all[0] // it was read before
		if entry == nil {
			return nil
		}
		e := *entry
		e.Action, e.Document = desk.ActionDecided, source
		e.Detail = decidedWords(decided, accept) + "；" + e.Detail
		return s.note(ctx, tx, e)
	})
	return decided, err
}

// decision keeps what a person has decided about an edge.
func (p *putting) decision(edge, source, target string, accept bool, by string) error {
	_, err := p.tx.ExecContext(p.ctx, `INSERT INTO decisions (edge, source, accepted, target, decided_by, decided)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (edge) DO UPDATE SET accepted = excluded.accepted,
		target = excluded.target, decided_by = excluded.decided_by, decided = excluded.decided`,
		edge, source, truth(accept), target, by, p.now)
	return err
}

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/index"
)

// validityOf is the condition under which a published document has a validity
// on a day, from what is kept of its own dates and relations. What an
// interpretation takes over from its policy is not looked at.
func validityOf(args *arguments, v corpus.Validity, day corpus.Date) string {
	today := args.one(string(day))
	ended := `d.ends <> '' AND d.ends <= ` + today
	ahead := `d.begins > ` + today
	modified := `EXISTS (SELECT 1 FROM relations x WHERE x.target = d.id AND x.binding = 1 AND x.effective <= ` + today + `
		AND (x.kind = 'amends' OR x.kind IN ('repeals', 'supersedes') AND x.anchors <> ''))`
	var is string
	switch v {
	case corpus.NotYet:
		is = ahead + ` AND NOT (` + ended + `)`
	case corpus.Modified:
		is = modified + ` AND NOT (` + ended + `) AND NOT (` + ahead + `)`
	case corpus.Unknown:
		is = `d.begins = '' AND NOT (` + ended + `) AND NOT ` + modified
	case corpus.InForce:
		is = `d.begins <> '' AND NOT (` + ahead + `) AND NOT (` + ended + `) AND NOT ` + modified
	default:
		is = ended + ` AND d.fate = ` + args.one(string(v))
	}
	return `d.live > 0 AND ` + is
}

// stateOf is the condition of a state.
func stateOf(args *arguments, st desk.State) string {
	status := func(s corpus.Status) string { return `w.status = ` + args.one(string(s)) }
	switch st {
	case desk.IsReturned:
		return status(corpus.Draft) + ` AND w.returned = 1`
	case desk.IsHeld:
		return `w.held = 1`
	case desk.IsScheduled:
		return status(corpus.Approved) + ` AND w.due > 0`
	case desk.IsPublished:
		return `d.live > 0`
	case desk.IsWithdrawn:
		return `d.live = 0 AND EXISTS (SELECT 1 FROM withdrawals x WHERE x.document = w.document)`
	}
	return status(corpus.Status(st))
}

// yearBrackets makes those around a year of document numbers, as people type
// them, what corpus.NormalNumber makes of them.
var yearBrackets = strings.NewReplacer("[", "〔", "]", "〕", "［", "〔", "］", "〕", "【", "〔", "】", "〕", "﹝", "〔", "﹞", "〕")

// where are the conditions of a filter, over works w and documents d.
func (s *Store) where(ctx context.Context, args *arguments, agency string, f desk.Filter) (string, error) {
	all := []string{"w.revision > 0", ownedBy(args, agency)}
	facet := func(name, value string) string {
		return `EXISTS (SELECT 1 FROM work_facets f WHERE f.document = w.document AND f.facet = '` + name + `' AND f.value = ` + args.one(value) + `)`
	}
	author := func(id int64) string {
		return `EXISTS (SELECT 1 FROM work_authors a WHERE a.document = w.document AND a.revision = w.revision AND a.staff = ` + args.one(id) + `)`
	}
	if len(f.States) > 0 {
		var any []string
		for _, st := range f.States {
			any = append(any, stateOf(args, st))
		}
		all = append(all, "("+strings.Join(any, " OR ")+")")
	}
	if len(f.Kinds) > 0 {
		all = append(all, "w.kind IN ("+each(args, f.Kinds)+")")
	}
	if f.Validity != "" {
		all = append(all, validityOf(args, f.Validity, f.Day))
	}
	if f.Agency != "" {
		all = append(all, "(w.owner = "+args.one(f.Agency)+" OR "+facet(agencyFacet, f.Agency)+")")
	}
	if f.Topic != "" {
		all = append(all, facet(topicFacet, f.Topic))
	}
	if f.Account != "" {
		all = append(all, "w.account = "+args.one(f.Account))
	}
	if f.Text != "" {
		t := args.one(f.Text)
		all = append(all, "(instr(w.title, "+t+") > 0 OR instr(w.document, "+t+") > 0 OR instr(w.number, "+args.one(yearBrackets.Replace(f.Text))+") > 0)")
	}
	if f.Words != "" {
		all = append(all, foundBy(args, f.Words))
	}
	if f.Author != 0 {
		all = append(all, author(f.Author))
	}
	if f.NotAuthor != 0 {
		all = append(all, "NOT "+author(f.NotAuthor))
	}
	if f.Backlog {
		all = append(all, "w.backlog = 1")
	}
	if f.Clock != "" {
		ids, err := s.runningFor(ctx, agency, f)
		if err != nil {
			return "", err
		}
		all = append(all, "w.document IN ("+each(args, append(ids, ""))+")")
	}
	return strings.Join(all, " AND "), nil
}

var orders = map[desk.Sort]string{
	desk.ByUpdated: "w.updated DESC, w.document", desk.ByTitle: "w.title, w.document",
	desk.ByIssued: "w.issued DESC, w.document", desk.ByOldest: "w.updated, w.document",
}

// ListWorks implements desk.Works.
func (s *Store) ListWorks(ctx context.Context, agency string, f desk.Filter, skip, limit int) (items []desk.Item, total int, err error) {
	var args arguments
	where, err := s.where(ctx, &args, agency, f)
	if err != nil {
		return nil, 0, err
	}
	from := ` FROM works w JOIN documents d ON d.id = w.document WHERE ` + where
	order, known := orders[f.Sort]
	if !known {
		order = orders[desk.ByUpdated]
	}
	page := ` ORDER BY ` + order + ` LIMIT ` + args.one(max(0, limit)) + ` OFFSET ` + args.one(max(0, skip))
	err = s.view(ctx, "listing documents for staff", func(tx *sql.Tx) error {
		var ids []string
		if f.Words != "" && limit > 0 {
			// Looking for words costs more than sorting: it is done once.
			ids, total, err = withTotal(tx.QueryContext(ctx, `SELECT w.document, COUNT(*) OVER ()`+from+page, args...))
		}
		if err == nil && len(ids) == 0 {
			err = tx.QueryRowContext(ctx, `SELECT COUNT(*)`+from, args[:len(args)-2]...).Scan(&total)
		}
		if err == nil && len(ids) == 0 && total > skip && limit > 0 {
			ids, err = texts(tx.QueryContext(ctx, `SELECT w.document`+from+page, args...))
		}
		if err == nil {
			items, err = s.items(ctx, tx, ids, f.Day)
		}
		return err
	})
	return items, total, err
}

// withTotal reads rows of a text and how many rows there are in all.
func withTotal(rows *sql.Rows, err error) (all []string, total int, _ error) {
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one, &total); err != nil {
			return nil, 0, err
		}
		all = append(all, one)
	}
	return all, total, rows.Err()
}

// items reads documents as lists show them, in the order of their IDs given.
func (s *Store) items(ctx context.Context, tx *sql.Tx, ids []string, day corpus.Date) ([]desk.Item, error) {
	found := make(map[string]desk.Item, len(ids))
	for chunk := range slices.Chunk(ids, many) {
		var args arguments
		in := each(&args, chunk)
		rows, err := tx.QueryContext(ctx, `SELECT d.id, r.meta, w.owner, w.revision, w.status, d.live, w.held, w.returned, w.backlog,
			w.likeness <> '', w.due, w.updated, w.updated_by, COALESCE(x.version, 0)
			FROM works w JOIN documents d ON d.id = w.document JOIN revisions r ON r.document = d.id AND r.number = w.revision
			LEFT JOIN work_revisions x ON x.document = d.id AND x.revision = w.revision WHERE d.id IN (`+in+`)`, args...)
		if err != nil {
			return nil, err
		}
		if err := scanItems(rows, found); err != nil {
			return nil, err
		}
		if err := s.judge(ctx, tx, chunk, found, day); err != nil {
			return nil, err
		}
	}
	items := make([]desk.Item, 0, len(ids))
	for _, id := range ids {
		if i, ok := found[id]; ok {
			items = append(items, i)
		}
	}
	return items, nil
}

func scanItems(rows *sql.Rows, found map[string]desk.Item) error {
	defer rows.Close()
	for rows.Next() {
		var i desk.Item
		var id string
		var meta sql.RawBytes
		var due, updated int64
		err := rows.Scan(&id, &meta, &i.Owner, &i.Revision, &i.Status, &i.Live, &i.Held, &i.Returned, &i.Backlog,
			&i.Like, &due, &updated, &i.UpdatedBy, &i.Version)
		if err == nil {
			err = json.Unmarshal(meta, &i.Document)
		}
		if err != nil {
			return fmt.Errorf("document %s: %w", id, err)
		}
		i.Due, i.Updated = instant(due), time.UnixMilli(updated)
		found[id] = i
	}
	return rows.Err()
}

// judge says of published documents what they are on a day. A document has the
// validity of its published revision, whatever a newer draft says.
func (s *Store) judge(ctx context.Context, tx *sql.Tx, ids []string, found map[string]desk.Item, day corpus.Date) error {
	live := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return found[id].Live == 0 })
	if len(live) == 0 {
		return nil
	}
	standing := make(map[string]index.Standing, len(live))
	if err := s.documents(ctx, tx, live, standing); err != nil {
		return err
	}
	for id, st := range standing {
		i := found[id]
		i.Validity = st.Document.ValidityOn(day)
		if i.Live == i.Revision {
			i.Document = st.Document
		}
		found[id] = i
	}
	return nil
}

// titles remembers the titles of published documents, as long as nothing
// changes.
type titles struct {
	mu    sync.Mutex
	seq   int64
	limit int
	all   []string
}

// LiveTitles returns the titles of published documents, at most limit. Don't
// change what it returns.
func (s *Store) LiveTitles(ctx context.Context, limit int) ([]string, error) {
	seq, err := s.Newest(ctx)
	if err != nil {
		return nil, err
	}
	// One reads at a time: who waits finds it done.
	s.titles.mu.Lock()
	defer s.titles.mu.Unlock()
	if s.titles.all != nil && s.titles.seq == seq && s.titles.limit == limit {
		return s.titles.all, nil
	}
	all, err := texts(s.read.QueryContext(ctx, `SELECT DISTINCT title FROM documents WHERE live > 0 AND sample = 0 ORDER BY title LIMIT $1`, limit))
	if err != nil {
		return nil, fmt.Errorf("store: reading titles: %w", explain(err))
	}
	s.titles.seq, s.titles.limit, s.titles.all = seq, limit, all
	return all, nil
}

package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// The parts of documentsQuery's answer.
const (
	partDocument = iota
	partReceived
	partDeclared
)

// documentsQuery reads everything about n published documents but their texts
// in one statement, and so as of one moment: the documents, what others say
// about them, and the other ends of what they say.
func documentsQuery(n int) string {
	in := places(n)
	// In one column: a driver's cost is by columns.
	const more = `f.begins || '` + unitMark + `' || f.ends || '` + unitMark + `' || f.fate || '` + unitMark + `' || x.edge || '` + unitMark +
		`' || x.anchors || '` + unitMark + `' || x.place || '` + unitMark + `' || f.number || '` + unitMark + `' || x.label`
	return fmt.Sprintf(`
		SELECT %d, d.id, d.live, r.meta, '', '', '', '', ''
		FROM documents d JOIN revisions r ON r.document = d.id AND r.number = d.live
		WHERE d.id IN (%[4]s) AND d.live > 0
		UNION ALL
		SELECT %[2]d, x.target, x.ordinal, x.kind, x.source, x.effective, f.title, f.account, %[5]s
		FROM relations x JOIN documents f ON f.id = x.source
		WHERE x.target IN (%[4]s) AND x.binding = 1
		UNION ALL
		SELECT %[3]d, x.source, x.ordinal, x.kind, x.target, x.effective, f.title, f.account, %[5]s
		FROM relations x JOIN documents f ON f.id = x.target
		WHERE x.source IN (%[4]s) AND f.live > 0`, partDocument, partReceived, partDeclared, in, more)
}

// unitMark stands between the parts of a column.
const unitMark = "\x1f"

// textsQuery reads n published revisions.
func textsQuery(n int) string {
	return fmt.Sprintf(`
		SELECT r.document, r.number, r.status, r.hash, r.passages, r.text
		FROM documents d JOIN revisions r ON r.document = d.id AND r.number = d.live
		WHERE d.id IN (%s) AND d.live > 0`, places(n))
}

// query runs a statement of the readers with ids and then more for its places,
// in tx or, where that is nil, by itself.
func query(ctx context.Context, tx *sql.Tx, stmts map[int]*sql.Stmt, ids []string, more ...any) (*sql.Rows, error) {
	n := many
	for _, size := range sizes {
		if len(ids) <= size {
			n = size
			break
		}
	}
	args := make([]any, n, n+len(more))
	for i := range args {
		args[i] = "" // no document has it
	}
	for i, id := range ids {
		args[i] = id
	}
	stmt := stmts[n]
	if tx != nil {
		stmt = tx.StmtContext(ctx, stmt)
	}
	return stmt.QueryContext(ctx, append(args, more...)...)
}

// documents loads at most many published documents into found.
func (s *Store) documents(ctx context.Context, tx *sql.Tx, ids []string, found map[string]index.Standing) error {
	rows, err := query(ctx, tx, s.stmts.documents, ids)
	if err != nil {
		return err
	}
	return scanDocuments(rows, ids, found)
}

// scanDocuments reads the rows of documentsQuery into found.
func scanDocuments(rows *sql.Rows, ids []string, found map[string]index.Standing) error {
	defer rows.Close()
	received, declared := make(map[string][]corpus.Relation), make(map[string][]bond)
	for rows.Next() {
		var part, number int
		var id, other, more string
		var first sql.RawBytes // a document, or the kind of a relation
		var b bond
		if err := rows.Scan(&part, &id, &number, &first, &other, &b.On, &b.Title, &b.Account, &more); err != nil {
			return err
		}
		if part == partDocument {
			st := index.Standing{Revision: number}
			if err := json.Unmarshal(first, &st.Document); err != nil {
				return fmt.Errorf("document %s: %w", id, err)
			}
			found[id] = st
			continue
		}
		b.Kind = corpus.RelationKind(first)
		b.take(more)
		if part == partReceived {
			b.From, b.To = other, id
			received[id] = append(received[id], b.Relation)
		} else {
			b.From, b.To = id, other
			declared[id] = append(declared[id], b)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, id := range ids {
		if st, ok := found[id]; ok {
			complete(&st.Document, received[id], declared[id])
			found[id] = st
		}
	}
	return nil
}

// bond is a relation as it is stored, with its other end.
type bond struct {
	corpus.Relation
	edge string
}

// take reads the parts of documentsQuery's last column.
func (b *bond) take(more string) {
	next := func() (part string) {
		part, more, _ = strings.Cut(more, unitMark)
		return part
	}
	b.Begins, b.Ends, b.Fate, b.edge = corpus.Date(next()), corpus.Date(next()), corpus.Validity(next()), next()
	if anchors := next(); anchors != "" {
		b.Anchors = strings.Fields(anchors)
	}
	b.Place, b.Number, b.Label = next(), next(), more
}

// complete fills in what a document's own revision does not hold.
func complete(d *corpus.Document, received []corpus.Relation, declared []bond) {
	slices.SortFunc(received, func(a, b corpus.Relation) int {
		return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.From, b.From), cmp.Compare(a.Kind, b.Kind))
	})
	d.Receives = received
	for i := range d.Declares {
		r := &d.Declares[i]
		r.On = d.TakesEffect()
		for _, b := range declared {
			if b.To == r.To {
				r.Title, r.Account, r.Number, r.Begins, r.Ends, r.Fate = b.Title, b.Account, b.Number, b.Begins, b.Ends, b.Fate
				break
			}
		}
	}
	for _, b := range declared {
		if b.Edge = b.edge; b.edge != "" {
			d.Declares = append(d.Declares, b.Relation)
		}
	}
}

// lives loads at most many published documents with their texts into a map.
func (s *Store) lives(ctx context.Context, tx *sql.Tx, ids []string) (map[string]index.Live, error) {
	found := make(map[string]index.Standing, len(ids))
	if err := s.documents(ctx, tx, ids, found); err != nil {
		return nil, err
	}
	rows, err := query(ctx, tx, s.stmts.texts, ids)
	if err != nil {
		return nil, err
	}
	return scanLives(rows, found)
}

// scanLives reads the rows of textsQuery, with what is known of the documents.
func scanLives(rows *sql.Rows, found map[string]index.Standing) (map[string]index.Live, error) {
	defer rows.Close()
	lives := make(map[string]index.Live, len(found))
	for rows.Next() {
		var r corpus.Revision
		var passages []byte
		if err := rows.Scan(&r.Document, &r.Number, &r.Status, &r.Hash, &passages, &r.Text); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(passages, &r.Passages); err != nil {
			return nil, fmt.Errorf("passages of %s: %w", r.Document, err)
		}
		lives[r.Document] = index.Live{Document: found[r.Document].Document, Revision: r}
	}
	return lives, rows.Err()
}

// Live implements corpus.Store.
func (s *Store) Live(ctx context.Context, id string) (corpus.Document, corpus.Revision, error) {
	found, err := s.Documents(ctx, []string{id})
	if err != nil {
		return corpus.Document{}, corpus.Revision{}, err
	}
	if len(found) == 0 || id == "" {
		return corpus.Document{}, corpus.Revision{}, fmt.Errorf("%w: document %.140q", corpus.ErrNotFound, id)
	}
	return found[0].Document, found[0].Revision, nil
}

// List implements corpus.Store. The newest first by ListedOn, those without such a day last.
func (s *Store) List(ctx context.Context, account string, skip, limit int) ([]corpus.Document, error) {
	var list []corpus.Document
	err := s.view(ctx, "listing documents", func(tx *sql.Tx) error {
		ids, err := texts(tx.QueryContext(ctx, `SELECT id FROM documents WHERE live > 0
			AND account IN ('', $1) ORDER BY published DESC, id LIMIT $2 OFFSET $3`, account, max(0, limit), max(0, skip)))
		if err != nil {
			return err
		}
		list, err = s.inOrder(ctx, tx, ids)
		return err
	})
	return list, err
}

// Counts implements corpus.Store.
func (s *Store) Counts(ctx context.Context) (sample, own int, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT COALESCE(SUM(sample), 0), COALESCE(SUM(1 - sample), 0)
		FROM documents WHERE live > 0`).Scan(&sample, &own)
	if err != nil {
		return 0, 0, fmt.Errorf("store: counting documents: %w", explain(err))
	}
	return sample, own, nil
}

// Owners returns the accounts that published documents belong to alone, sorted.
func (s *Store) Owners(ctx context.Context) ([]string, error) {
	names, err := texts(s.read.QueryContext(ctx, `SELECT DISTINCT account FROM documents
		WHERE live > 0 AND account <> '' ORDER BY account`))
	if err != nil {
		return nil, fmt.Errorf("store: reading the owners of documents: %w", explain(err))
	}
	return names, nil
}

// texts reads rows of one text each.
func texts(rows *sql.Rows, err error) ([]string, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// ByNumber returns the IDs of the published documents whose number is the one
// that corpus.NumberIn found, which may begin with other words; those with the
// longest agency first.
func (s *Store) ByNumber(ctx context.Context, found string) ([]string, error) {
	tail := corpus.NumberTail(found)
	if tail == "" {
		return nil, nil
	}
	type numbered struct{ id, number string }
	var same []numbered
	err := s.view(ctx, "looking a number up", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT id, number FROM documents
			WHERE live > 0 AND number LIKE $1 ORDER BY id`, "%"+tail+"%")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var n numbered
			if err := rows.Scan(&n.id, &n.number); err != nil {
				return err
			}
			if corpus.SameNumber(found, n.number) {
				same = append(same, n)
			}
		}
		return rows.Err()
	})
	slices.SortStableFunc(same, func(a, b numbered) int { return cmp.Compare(len(b.number), len(a.number)) })
	ids := make([]string, len(same))
	for i, n := range same {
		ids[i] = n.id
	}
	return ids, err
}

// ByTitle returns the published documents of kinds that can be repealed which a
// name may mean, with their corpus.TitleKey: those whose key holds it, or ends
// it. name is in the form of a TitleKey.
func (s *Store) ByTitle(ctx context.Context, name string) ([]corpus.Named, error) {
	if name == "" {
		return nil, nil
	}
	return s.named(ctx, `(k.key LIKE $1 ESCAPE '!' OR substr($2, length($2) - length(k.key) + 1) = k.key AND length(k.key) <= length($2))`,
		"%"+likeEscape.Replace(name)+"%", name)
}

// ByKey returns those of the documents of ByTitle whose corpus.TitleKey is key.
func (s *Store) ByKey(ctx context.Context, key string) ([]corpus.Named, error) {
	return s.named(ctx, `k.key = $1`, key)
}

// named returns published documents that a condition on their title keys lets
// pass, the shortest key first.
func (s *Store) named(ctx context.Context, condition string, args ...any) ([]corpus.Named, error) {
	const most = "200"
	var all []corpus.Named
	err := s.view(ctx, "looking a title up", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT k.document, k.key FROM title_keys k JOIN documents d ON d.id = k.document
			WHERE d.live > 0 AND k.key <> '' AND `+condition+` ORDER BY length(k.key), k.document LIMIT `+most, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var n corpus.Named
			if err := rows.Scan(&n.ID, &n.Key); err != nil {
				return err
			}
			all = append(all, n)
		}
		return rows.Err()
	})
	return all, err
}

var likeEscape = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

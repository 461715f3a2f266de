package store

import (
	"cmp"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/policybot/policybot/corpus"
)

// names are what documents and edges find each other by.
type names struct{ key, other, stem, number, standard string }

// namesOf leaves out the names that nobody looks a document of its kind up by.
func namesOf(d corpus.Document) names {
	n := names{number: corpus.NormalNumber(d.Number)}
	if d.Kind.Acts() {
		n.key, n.standard = corpus.TitleKey(d.Title), d.Standard
	}
	if d.Kind.Governs() {
		n.stem = corpus.TitleStem(d.Title)
		n.other = d.OtherKey()
	}
	return n
}

// touched are the documents that a transaction published, withdrew, or decided
// about, and the names that they have or had.
type touched struct {
	ids     []string
	renamed map[string]bool // shown otherwise than before: title, number, account
	names   []names
	sources []string // to be resolved again for another reason
}

// touch notes that a document was published or withdrawn. was is what it was
// called before; now what it is, nil where it is withdrawn.
func (p *putting) touch(id string, was head, now *corpus.Document) {
	p.touched.ids = append(p.touched.ids, id)
	if was.live > 0 {
		p.touched.names = append(p.touched.names, was.names)
	}
	if now == nil {
		return
	}
	p.touched.names = append(p.touched.names, namesOf(*now))
	if was.title != now.Title || was.account != now.Account || was.number != corpus.NormalNumber(now.Number) {
		if p.touched.renamed == nil {
			p.touched.renamed = make(map[string]bool)
		}
		p.touched.renamed[id] = true
	}
}

// textSum tells texts apart, by their letters and digits: blanks and
// punctuation often differ between two copies.
func textSum(text string) string {
	words := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, text)
	sum := sha256.Sum256([]byte(words))
	return hex.EncodeToString(sum[:12])
}

// settling works out, at the end of a transaction, what follows for others
// from what it touched: edges, relations, and the days within which documents
// can be quoted. It looks at nothing else.
type settling struct {
	*putting
	documents                           map[string]*corpus.Document // nil: not published
	titled, numbered, stemmed, measured map[string][]corpus.Document
	dirty                               map[string]bool // whose window may be another
	order                               []string        // of dirty
	err                                 error           // the first of a Neighbours' look-up
}

func (p *putting) settle() error {
	if len(p.touched.ids)+len(p.touched.sources) == 0 {
		return nil
	}
	s := &settling{
		putting: p, documents: make(map[string]*corpus.Document), dirty: make(map[string]bool),
		titled: make(map[string][]corpus.Document), numbered: make(map[string][]corpus.Document),
		stemmed: make(map[string][]corpus.Document), measured: make(map[string][]corpus.Document),
	}
	sources, err := s.sources()
	if err != nil {
		return err
	}
	for _, id := range p.touched.ids {
		s.soil(id)
	}
	for _, id := range sources {
		if err := s.resolve(id); err != nil {
			return fmt.Errorf("resolving what %s says: %w", id, err)
		}
	}
	for _, id := range s.order {
		if err := s.window(id); err != nil {
			return fmt.Errorf("the window of %s: %w", id, err)
		}
	}
	return nil
}

func (s *settling) soil(id string) {
	if !s.dirty[id] {
		s.dirty[id] = true
		s.order = append(s.order, id)
	}
}

// sources are the documents whose edges may be others than before: those
// touched, those that name them, and those that share a title, a stem or a
// standard with them.
func (s *settling) sources() ([]string, error) {
	all := slices.Concat(s.touched.ids, s.touched.sources)
	look := func(stmt *sql.Stmt, value string) error {
		if value == "" {
			return nil
		}
		found, err := s.texts(stmt, value)
		all = append(all, found...)
		return err
	}
	for _, id := range unique(s.touched.ids) {
		if err := look(s.stmts.pointing, id); err != nil {
			return nil, err
		}
	}
	seen := make(map[names]bool)
	for _, n := range s.touched.names {
		if seen[n] {
			continue
		}
		seen[n] = true
		err := errors.Join(look(s.stmts.namingKey, n.key), look(s.stmts.namingNumber, n.number),
			look(s.stmts.byStem, n.stem), look(s.stmts.byKey, n.other), look(s.stmts.byStandard, n.standard))
		if err != nil {
			return nil, err
		}
	}
	return unique(all), nil
}

// texts reads the rows of one text each that a statement of the writer finds.
func (p *putting) texts(stmt *sql.Stmt, args ...any) ([]string, error) {
	return texts(p.tx.StmtContext(p.ctx, stmt).QueryContext(p.ctx, args...))
}

// document returns a published document with what its text says, nil where it
// is not published.
func (s *settling) document(id string) (*corpus.Document, error) {
	if d, ok := s.documents[id]; ok {
		return d, nil
	}
	var meta, statements []byte
	err := s.row(s.stmts.speaking, id).Scan(&meta, &statements)
	if errors.Is(err, sql.ErrNoRows) {
		s.documents[id] = nil
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	d := new(corpus.Document)
	if err := json.Unmarshal(meta, d); err != nil {
		return nil, fmt.Errorf("document %s: %w", id, err)
	}
	if len(statements) > 0 {
		if err := json.Unmarshal(statements, &d.Statements); err != nil {
			return nil, fmt.Errorf("statements of %s: %w", id, err)
		}
	}
	s.documents[id] = d
	return d, nil
}

// Titled and the following implement corpus.Neighbours.
func (s *settling) Titled(key string) []corpus.Document { return s.find(s.titled, s.stmts.byKey, key) }
func (s *settling) Stemmed(stem string) []corpus.Document {
	return s.find(s.stemmed, s.stmts.byStem, stem)
}
func (s *settling) Numbered(number string) []corpus.Document {
	return s.find(s.numbered, s.stmts.byNumber, number)
}
func (s *settling) Measured(standard string) []corpus.Document {
	return s.find(s.measured, s.stmts.byStandard, standard)
}

// SameText implements corpus.Neighbours.
func (s *settling) SameText(id, other string) bool {
	if s.err != nil {
		return false
	}
	n := 0
	if s.err = s.row(s.stmts.sums, id, other).Scan(&n); s.err != nil || n == 1 {
		return s.err == nil
	}
	var a, b string
	s.err = errors.Join(s.row(s.stmts.liveText, id).Scan(&a), s.row(s.stmts.liveText, other).Scan(&b))
	return s.err == nil && corpus.SameWords(a, b)
}

func (s *settling) find(known map[string][]corpus.Document, stmt *sql.Stmt, value string) []corpus.Document {
	if all, ok := known[value]; ok || s.err != nil || value == "" {
		return all
	}
	ids, err := s.texts(stmt, value)
	all := make([]corpus.Document, 0, len(ids))
	for _, id := range ids {
		var d *corpus.Document
		if err == nil {
			d, err = s.document(id)
		}
		if d != nil {
			all = append(all, *d)
		}
	}
	s.err = err
	known[value] = all
	return all
}

// resolve works a document's edges and relations out again.
func (s *settling) resolve(id string) error {
	d, err := s.document(id)
	if err != nil {
		return err
	}
	var edges []corpus.Resolved
	if d != nil {
		edges = corpus.Resolve(*d, s)
		if s.err != nil {
			return s.err
		}
		if err := s.decided(id, edges); err != nil {
			return err
		}
	}
	if err := s.keepEdges(id, edges); err != nil {
		return err
	}
	var after []relation
	if d != nil {
		after = declared(*d)
	}
	for _, e := range edges {
		for _, r := range e.Relations() {
			after = append(after, relation{
				kind: r.Kind, target: r.To, effective: r.On, binding: binds(d.Kind, r.Kind),
				anchors: strings.Join(r.Anchors, " "), place: r.Place, label: r.Label, edge: e.ID,
			})
		}
	}
	return s.relate(id, once(after))
}

// once leaves out relations that say what one before them does.
func once(all []relation) []relation {
	type said struct {
		kind            corpus.RelationKind
		target, anchors string
	}
	seen := make(map[said]bool, len(all))
	return slices.DeleteFunc(all, func(r relation) bool {
		is := said{r.kind, r.target, r.anchors}
		had := seen[is]
		seen[is] = true
		return had
	})
}

// decided applies what persons have decided.
func (s *settling) decided(source string, edges []corpus.Resolved) error {
	if len(edges) == 0 {
		return nil
	}
	rows, err := s.tx.StmtContext(s.ctx, s.stmts.decisions).QueryContext(s.ctx, source)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var d corpus.Decision
		var at int64
		if err := rows.Scan(&d.Edge, &d.Accept, &d.To, &d.By, &at); err != nil {
			return err
		}
		d.At = instant(at)
		for i := range edges {
			if edges[i].ID == d.Edge {
				edges[i] = edges[i].Decided(d)
			}
		}
	}
	return rows.Err()
}

// edgeRow is a row of edges, without what is the source's.
type edgeRow struct {
	id, origin, kind, key, number, state, why, target, targets, effective, statement string
}

func rowOf(e corpus.Resolved) (edgeRow, error) {
	said, err := json.Marshal(e.Statement)
	r := edgeRow{
		id: e.ID, origin: string(e.Origin), kind: string(e.Kind), number: corpus.NormalNumber(e.Number), state: string(e.State),
		why: e.Why, target: e.To, targets: strings.Join(e.Targets, " "), effective: string(e.TakesEffect), statement: string(said),
	}
	if e.Title != "" {
		r.key = corpus.TitleKey(e.Title)
	}
	return r, err
}

// keepEdges stores a document's edges where they are others than before.
func (s *settling) keepEdges(source string, edges []corpus.Resolved) error {
	before, err := s.edgeRows(source)
	if err != nil {
		return err
	}
	after := make([]edgeRow, len(edges))
	for i, e := range edges {
		if after[i], err = rowOf(e); err != nil {
			return err
		}
	}
	if slices.Equal(before, after) {
		return nil
	}
	if err := s.exec(s.stmts.dropEdges, source); err != nil {
		return err
	}
	for i, r := range after {
		err := s.exec(s.stmts.addEdge, r.id, source, i, r.origin, r.kind, r.key, r.number, r.state, r.why,
			r.target, r.targets, r.effective, r.statement)
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *settling) edgeRows(source string) ([]edgeRow, error) {
	rows, err := s.tx.StmtContext(s.ctx, s.stmts.edgesOf).QueryContext(s.ctx, source)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []edgeRow
	for rows.Next() {
		var r edgeRow
		err := rows.Scan(&r.id, &r.origin, &r.kind, &r.key, &r.number, &r.state, &r.why, &r.target, &r.targets, &r.effective, &r.statement)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

// relate stores what a document does to others, and marks it and those for
// whom that changes something.
func (s *settling) relate(source string, after []relation) error {
	before, err := s.related(source)
	if err != nil {
		return err
	}
	renamed := s.touched.renamed[source]
	for _, r := range slices.Concat(before, after) {
		same := slices.Contains(before, r) && slices.Contains(after, r)
		if same && !renamed {
			continue
		}
		if !same {
			s.soil(r.target)
		}
		if err := s.markLive(r.target); err != nil {
			return err
		}
	}
	if slices.Equal(before, after) {
		return nil
	}
	if err := s.markLive(source); err != nil {
		return err
	}
	if err := s.exec(s.stmts.dropRelations, source); err != nil {
		return err
	}
	for i, r := range after {
		err := s.exec(s.stmts.addRelation, source, i, string(r.kind), r.target, string(r.effective), truth(r.binding),
			r.anchors, r.place, r.label, r.edge)
		if err != nil {
			return err
		}
	}
	return nil
}

// rulesVersion names the rules by which title_keys and windows are worked out. A
// greater one makes Open do it again.
const rulesVersion = 2

// window works out within which days a document can be quoted, and marks those
// that rest on it where that changes.
func (s *settling) window(id string) error {
	d, err := s.document(id)
	if err != nil {
		return err
	}
	var was, now [3]string
	var rules int
	err = s.row(s.stmts.force, id).Scan(&was[0], &was[1], &was[2], &rules)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	known := err == nil
	if d == nil {
		if !known {
			return nil
		}
		if err := s.exec(s.stmts.dropKeys, id); err != nil {
			return err
		}
		return s.markResting(id)
	}
	judged := *d
	if judged.Receives, err = s.cutting(id, d.Account); err != nil {
		return err
	}
	begins, ends, fate := judged.OwnWindow()
	now = [3]string{string(begins), string(ends), string(fate)}
	if known && was == now && rules == rulesVersion {
		if s.touched.renamed[id] {
			return s.markResting(id)
		}
		return nil
	}
	if err := s.exec(s.stmts.setForce, now[0], now[1], now[2], id); err != nil {
		return err
	}
	if err := s.exec(s.stmts.setRules, rulesVersion, id); err != nil {
		return err
	}
	if err := s.markLive(id); err != nil {
		return err
	}
	return s.markResting(id)
}

// cutting are the relations to a document that can take it out of force, as
// its own account sees them.
func (s *settling) cutting(id, account string) ([]corpus.Relation, error) {
	rows, err := s.tx.StmtContext(s.ctx, s.stmts.cutting).QueryContext(s.ctx, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []corpus.Relation
	for rows.Next() {
		var r corpus.Relation
		var anchors string
		if err := rows.Scan(&r.Kind, &r.From, &r.On, &anchors, &r.Account); err != nil {
			return nil, err
		}
		r.Anchors = strings.Fields(anchors)
		if r.Account == "" || r.Account == account {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b corpus.Relation) int { return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.From, b.From)) })
	return all, rows.Err()
}

func (s *settling) markResting(id string) error {
	ids, err := s.texts(s.stmts.resting, id, string(corpus.Interprets))
	if err != nil {
		return err
	}
	for _, source := range ids {
		if err := s.markLive(source); err != nil {
			return err
		}
	}
	return nil
}

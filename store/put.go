package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

// ErrInvalid says that a content cannot be stored as it is: its ID, its title,
// its kind or its passages are not what corpus says they are.
var ErrInvalid = errors.New("store: not a valid document")

var (
	validID  = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)
	validSum = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

func check(c corpus.Content) error {
	d := c.Document
	switch {
	case !validID.MatchString(d.ID):
		return fmt.Errorf("%w: id %.140q", ErrInvalid, d.ID)
	case d.Title == "":
		return fmt.Errorf("%w: %s has no title", ErrInvalid, d.ID)
	case !d.Kind.Valid():
		return fmt.Errorf("%w: %s has the unknown kind %.40q", ErrInvalid, d.ID, d.Kind)
	}
	if o := c.Original; o != nil && (o.Name == "" || o.Name != corpus.FileName(o.Name) || len(o.Data) > maxOriginal || o.Sum != "" && !validSum.MatchString(o.Sum)) {
		return fmt.Errorf("%w: %s: the file %.140q has no proper name or sum, or %d bytes", ErrInvalid, d.ID, o.Name, len(o.Data))
	}
	if len(c.Passages) == 0 {
		return nil
	}
	end := 0
	for _, p := range c.Passages {
		if p.Anchor == corpus.OriginalAnchor {
			return fmt.Errorf("%w: %s: a passage has the anchor %q, which is the file's", ErrInvalid, d.ID, p.Anchor)
		}
		if p.Start != end || p.End < p.Start {
			return fmt.Errorf("%w: %s: passage %.40q does not follow the one before", ErrInvalid, d.ID, p.Anchor)
		}
		end = p.End
	}
	if end != len(c.Text) {
		return fmt.Errorf("%w: %s: the passages end at %d, the text at %d", ErrInvalid, d.ID, end, len(c.Text))
	}
	return nil
}

// Put implements corpus.Store. It holds the one writer until it is done:
// importers give it a few hundred contents at a time, so that the journal is
// not kept waiting. Errors wrap ErrInvalid, which names the document, or a
// database's cause (see Open); then nothing was stored.
func (s *Store) Put(ctx context.Context, contents []corpus.Content, publish bool) ([]corpus.Outcome, error) {
	return s.PutAs(ctx, contents, publish, nil)
}

// PutAs is Put by somebody whom the history is to name: entry says who and
// why, and is written for each document that was published; nil for none.
func (s *Store) PutAs(ctx context.Context, contents []corpus.Content, publish bool, entry *desk.Entry) ([]corpus.Outcome, error) {
	for _, c := range contents {
		if err := check(c); err != nil {
			return nil, err
		}
	}
	outcomes := make([]corpus.Outcome, 0, len(contents))
	err := s.change(ctx, "storing documents", func(tx *sql.Tx) error {
		p := s.putting(ctx, tx)
		p.many = true
		for _, c := range contents {
			o, err := p.put(c, publish)
			if err != nil {
				return fmt.Errorf("%s: %w", c.Document.ID, err)
			}
			outcomes = append(outcomes, o)
			if entry != nil && publish && o.Changed && !o.Held {
				e := *entry
				e.Action, e.Document, e.Revision = desk.ActionImported, o.ID, o.Revision
				if err := s.note(ctx, tx, e); err != nil {
					return err
				}
			}
		}
		return p.finish()
	})
	if err != nil {
		return nil, err
	}
	return outcomes, nil
}

// putting is one Put.
type putting struct {
	ctx     context.Context
	tx      *sql.Tx
	stmts   *statements
	now     int64
	changed []string // for the outbox, in order
	seen    map[string]bool
	touched touched
	many    bool    // finish keeps what documents are found by, all at once
	found   []found // to be kept still
}

func (s *Store) putting(ctx context.Context, tx *sql.Tx) *putting {
	return &putting{ctx: ctx, tx: tx, stmts: s.stmts, now: s.now().UnixMilli(), seen: make(map[string]bool)}
}

// finish works out what follows for other documents, and writes the outbox.
func (p *putting) finish() error {
	if err := p.settle(); err != nil {
		return err
	}
	if err := p.keepFound(); err != nil {
		return err
	}
	return p.notify()
}

func (p *putting) exec(stmt *sql.Stmt, args ...any) error {
	_, err := p.tx.StmtContext(p.ctx, stmt).ExecContext(p.ctx, args...)
	return err
}

func (p *putting) row(stmt *sql.Stmt, args ...any) *sql.Row {
	return p.tx.StmtContext(p.ctx, stmt).QueryRowContext(p.ctx, args...)
}

func (p *putting) mark(id string) {
	if !p.seen[id] {
		p.seen[id] = true
		p.changed = append(p.changed, id)
	}
}

// head is what a document was before.
type head struct {
	newest         int
	hash           string
	live           int
	title, account string
	names          // while it is published
}

func (p *putting) head(id string) (was head, err error) {
	err = p.row(p.stmts.head, id).Scan(&was.newest, &was.hash, &was.live, &was.title, &was.account,
		&was.number, &was.key, &was.stem, &was.standard)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return was, err
}

func (p *putting) put(c corpus.Content, publish bool) (corpus.Outcome, error) {
	id, hash := c.Document.ID, c.Fingerprint()
	was, err := p.head(id)
	if err != nil {
		return corpus.Outcome{}, err
	}
	if was.newest > 0 && was.hash == hash {
		return p.again(c, was, publish)
	}
	if busy, err := p.busy(id, was.newest); err != nil || busy {
		return corpus.Outcome{ID: id, Revision: was.newest, Busy: busy}, err
	}
	held := c.Hold != ""
	status := corpus.Draft
	if publish = publish && !held; publish {
		status = corpus.Published
	}
	number := was.newest + 1
	meta, passages, err := encode(c)
	if err != nil {
		return corpus.Outcome{}, err
	}
	if err := p.exec(p.stmts.addRevision, id, number, string(status), hash, p.now, meta, passages, c.Text); err != nil {
		return corpus.Outcome{}, err
	}
	if err := p.exec(p.stmts.addDocument, id, number, hash); err != nil {
		return corpus.Outcome{}, err
	}
	if err := p.attach(id, number, c.Original); err != nil {
		return corpus.Outcome{}, err
	}
	if err := p.annotate(number, c); err != nil {
		return corpus.Outcome{}, err
	}
	if err := p.describe(c, number, status); err != nil {
		return corpus.Outcome{}, err
	}
	o := corpus.Outcome{ID: id, Revision: number, Changed: true, Held: held}
	if publish {
		o.Twin, err = p.publish(c, number, was)
	}
	return o, err
}

// busy reports whether the newest revision is somebody's work that is not
// published yet: another one after it would put it aside.
func (p *putting) busy(id string, newest int) (busy bool, err error) {
	if newest == 0 {
		return false, nil
	}
	err = p.tx.QueryRowContext(p.ctx, `SELECT EXISTS (SELECT 1 FROM revisions r JOIN work_authors a ON a.document = r.document AND a.revision = r.number
		WHERE r.document = $1 AND r.number = $2 AND r.status IN ($3, $4, $5))`,
		id, newest, string(corpus.Draft), string(corpus.Submitted), string(corpus.Approved)).Scan(&busy)
	return busy, err
}

// again publishes an unchanged draft. What staff withdrew stays withdrawn: an
// import that runs every night must not bring it back.
func (p *putting) again(c corpus.Content, was head, publish bool) (corpus.Outcome, error) {
	o := corpus.Outcome{ID: c.Document.ID, Revision: was.newest}
	if err := p.attach(o.ID, o.Revision, c.Original); err != nil {
		return o, err
	}
	if err := p.annotate(o.Revision, c); err != nil {
		return o, err
	}
	if was.live == was.newest {
		return o, nil
	}
	held, err := p.held(o.ID, o.Revision)
	if err != nil {
		return o, err
	}
	if o.Held = held; held || !publish {
		return o, nil
	}
	var status corpus.Status
	if err := p.row(p.stmts.status, o.ID, o.Revision).Scan(&status); err != nil || status != corpus.Draft {
		return o, err
	}
	if err := p.exec(p.stmts.setStatus, string(corpus.Published), o.ID, o.Revision); err != nil {
		return o, err
	}
	if err := p.describe(c, o.Revision, corpus.Published); err != nil {
		return o, err
	}
	o.Changed = true
	o.Twin, err = p.publish(c, o.Revision, was)
	return o, err
}

// publish makes a stored revision the one that is served. twin is another
// published document of the same title and text.
func (p *putting) publish(c corpus.Content, number int, was head) (twin string, err error) {
	d := c.Document
	if was.live > 0 {
		if err := p.exec(p.stmts.setStatus, string(corpus.Withdrawn), d.ID, was.live); err != nil {
			return "", err
		}
	}
	if err := p.exec(p.stmts.publish, number, d.Title, string(d.ListedOn()), truth(d.Sample),
		corpus.NormalNumber(d.Number), d.Account, d.ID); err != nil {
		return "", err
	}
	if err := p.list(d); err != nil {
		return "", err
	}
	n, sum := namesOf(d), textSum(c.Text)
	if err := p.exec(p.stmts.addKeys, d.ID, n.key, n.stem, n.standard, sum); err != nil {
		return "", err
	}
	p.mark(d.ID)
	p.touch(d.ID, was, &d)
	err = p.row(p.stmts.twin, n.key, sum, d.ID, d.Account).Scan(&twin)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return twin, err
}

// relation is a row of relations.
type relation struct {
	kind      corpus.RelationKind
	target    string
	effective corpus.Date
	binding   bool

	anchors, place, label, edge string // as in the table
}

func (p *putting) related(id string) ([]relation, error) {
	rows, err := p.tx.StmtContext(p.ctx, p.stmts.relations).QueryContext(p.ctx, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var rs []relation
	for rows.Next() {
		var r relation
		if err := rows.Scan(&r.kind, &r.target, &r.effective, &r.binding, &r.anchors, &r.place, &r.label, &r.edge); err != nil {
			return nil, err
		}
		rs = append(rs, r)
	}
	return rs, rows.Err()
}

// markLive marks a document if it is published: another one is not served, so
// nothing changes.
func (p *putting) markLive(id string) error {
	if p.seen[id] {
		return nil
	}
	var live int
	err := p.row(p.stmts.isLive, id).Scan(&live)
	if live > 0 {
		p.mark(id)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// notify writes the outbox. The counter is taken last, and once.
func (p *putting) notify() error {
	if len(p.changed) == 0 {
		return nil
	}
	var last int64
	err := p.tx.QueryRowContext(p.ctx, `UPDATE outbox_counter SET seq = seq + $1 WHERE id = 1 RETURNING seq`,
		len(p.changed)).Scan(&last)
	if err != nil {
		return err
	}
	for i, id := range p.changed {
		if err := p.exec(p.stmts.note, id, last-int64(len(p.changed)-1-i), p.now); err != nil {
			return err
		}
	}
	return nil
}

// declared are a document's relations as they are kept: one of each kind to
// each document, none to itself.
func declared(d corpus.Document) []relation {
	var rs []relation
	seen := make(map[relation]bool, len(d.Declares))
	for _, r := range d.Declares {
		row := relation{kind: r.Kind, target: r.To, effective: d.TakesEffect(), binding: binds(d.Kind, r.Kind), anchors: strings.Join(r.Anchors, " ")}
		if r.To == "" || r.To == d.ID || seen[row] {
			continue
		}
		seen[row] = true
		rs = append(rs, row)
	}
	return rs
}

// binds reports whether a relation does something to its target. A draft for
// comment repeals nothing.
func binds(by corpus.Kind, r corpus.RelationKind) bool {
	return by != corpus.Consultation || r == corpus.Interprets || r == corpus.Related
}

// encode writes what is known about a document, and its passages, as JSON.
func encode(c corpus.Content) (meta, passages string, err error) {
	d := c.Document
	d.Receives, d.Declares, d.Statements = nil, nil, nil // statements are kept in revision_notes
	for _, r := range c.Document.Declares {
		d.Declares = append(d.Declares, corpus.Relation{Kind: r.Kind, From: d.ID, To: r.To, Anchors: r.Anchors})
	}
	m, err := compact(d)
	if err != nil {
		return "", "", err
	}
	p, err := json.Marshal(c.Passages)
	return string(m), string(p), err
}

// compact writes a document without its empty fields: it is read on every
// answer.
func compact(d corpus.Document) ([]byte, error) {
	full, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(full, &fields); err != nil {
		return nil, err
	}
	for name, value := range fields {
		switch string(value) {
		case `""`, "null", "false", "0":
			delete(fields, name)
		}
	}
	return json.Marshal(fields)
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/index"
)

var _ desk.Works = (*Store)(nil)

const interpretsFacet = "interprets"

// describe keeps what lists of staff show of a document: of its newest
// revision, as it was just stored. change tells who has touched it.
func (p *putting) describe(c corpus.Content, revision int, status corpus.Status) error {
	d := c.Document
	key := d.Title
	if d.Kind == corpus.FAQ && d.Question != "" {
		key = d.Question
	}
	held, err := p.held(d.ID, revision)
	if err != nil {
		return err
	}
	err = p.exec(p.stmts.describe, d.ID, revision, string(status), truth(held), p.now, string(d.Kind), d.Title,
		corpus.NormalNumber(d.Number), corpus.TitleKey(key), d.Account, string(d.ListedOn()), textSum(c.Text))
	if err != nil {
		return err
	}
	if err := p.exec(p.stmts.dropWorkFacets, d.ID); err != nil {
		return err
	}
	for _, r := range d.Declares {
		if r.Kind == corpus.Interprets && r.Edge == "" && validID.MatchString(r.To) {
			if err := p.exec(p.stmts.addWorkFacet, d.ID, interpretsFacet, r.To); err != nil {
				return err
			}
		}
	}
	for facet, values := range map[string][]string{topicFacet: d.Groups(), agencyFacet: d.Issuers()} {
		for _, v := range values {
			if err := p.exec(p.stmts.addWorkFacet, d.ID, facet, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// describeStored is describe of a stored revision.
func (p *putting) describeStored(id string, revision int) error {
	c, status, err := p.content(id, revision)
	if err != nil {
		return err
	}
	return p.describe(c, revision, status)
}

// content reads a stored revision, without its file.
func (p *putting) content(id string, revision int) (c corpus.Content, status corpus.Status, err error) {
	var meta, passages []byte
	err = p.tx.QueryRowContext(p.ctx, `SELECT meta, passages, text, status FROM revisions WHERE document = $1 AND number = $2`,
		id, revision).Scan(&meta, &passages, &c.Text, &status)
	if errors.Is(err, sql.ErrNoRows) {
		return c, "", corpus.ErrNotFound
	}
	if err != nil {
		return c, "", err
	}
	if err := errors.Join(json.Unmarshal(meta, &c.Document), json.Unmarshal(passages, &c.Passages)); err != nil {
		return c, "", fmt.Errorf("document %s: %w", id, err)
	}
	n, err := p.notes(id, revision)
	if err == nil && n.statements != "" {
		err = json.Unmarshal([]byte(n.statements), &c.Document.Statements)
	}
	return c, status, err
}

// upgradeWorks makes the rows of works that an older version of the program
// did not keep.
func (s *Store) upgradeWorks(ctx context.Context) error {
	for {
		ids, err := texts(s.read.QueryContext(ctx, `SELECT d.id FROM documents d
			WHERE NOT EXISTS (SELECT 1 FROM works w WHERE w.document = d.id) ORDER BY d.id LIMIT $1`, upgradeStep))
		if err != nil || len(ids) == 0 {
			return err
		}
		err = s.change(ctx, "listing documents for staff", func(tx *sql.Tx) error {
			p := s.putting(ctx, tx)
			for _, id := range ids {
				var newest int
				err := tx.QueryRowContext(ctx, `SELECT newest FROM documents WHERE id = $1`, id).Scan(&newest)
				if err == nil {
					err = p.describeStored(id, newest)
				}
				if err == nil {
					_, err = tx.ExecContext(ctx, `UPDATE works SET updated = (SELECT created FROM revisions
						WHERE revisions.document = works.document AND revisions.number = works.revision) WHERE document = $1`, id)
				}
				if err != nil {
					return fmt.Errorf("%s: %w", id, err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

// ownedBy is the condition under which staff of an agency see a row of works.
func ownedBy(args *arguments, agency string) string {
	if agency == "" {
		return "1 = 1"
	}
	a := args.one(agency)
	return `(w.owner = ` + a + ` OR w.owner = '' AND EXISTS (SELECT 1 FROM work_facets o
		WHERE o.document = w.document AND o.facet = '` + agencyFacet + `' AND o.value = ` + a + `))`
}

// Work implements desk.Works.
func (s *Store) Work(ctx context.Context, id string, revision int) (w desk.Work, err error) {
	err = s.view(ctx, "reading a document's work", func(tx *sql.Tx) error {
		query := storedQuery + ` JOIN works w ON w.document = d.id WHERE d.id = $1
			AND r.number = CASE WHEN $2 > 0 THEN $2 ELSE w.revision END`
		all, err := s.revisions(ctx, tx, query, id, revision)
		if err != nil {
			return err
		}
		w.Stored = all[0].Stored
		var passages []byte
		err = tx.QueryRowContext(ctx, `SELECT passages, text FROM revisions WHERE document = $1 AND number = $2`,
			id, w.Revision.Number).Scan(&passages, &w.Revision.Text)
		if err == nil {
			err = json.Unmarshal(passages, &w.Revision.Passages)
		}
		if err == nil {
			err = readWork(ctx, tx, &w)
		}
		return err
	})
	return w, err
}

// readWork adds what staff did to a revision.
func readWork(ctx context.Context, tx *sql.Tx, w *desk.Work) error {
	id, n := w.Document.ID, w.Revision.Number
	var updated, due int64
	var shown int
	var likeness, checklist string
	err := tx.QueryRowContext(ctx, `SELECT w.owner, w.backlog, w.revision, w.due, w.likeness, w.updated, w.updated_by, d.live, d.newest,
		COALESCE(x.version, 0), COALESCE(x.submitted, ''), COALESCE(x.approved, ''), COALESCE(x.approved_by, 0), COALESCE(x.checklist, '')
		FROM works w JOIN documents d ON d.id = w.document
		LEFT JOIN work_revisions x ON x.document = w.document AND x.revision = $2 WHERE w.document = $1`, id, n).Scan(
		&w.Owner, &w.Backlog, &shown, &due, &likeness, &updated, &w.UpdatedBy, &w.Live, &w.Last,
		&w.Version, &w.Submitted, &w.Approved, &w.ApprovedBy, &checklist)
	if err != nil {
		return err
	}
	w.Updated = time.UnixMilli(updated)
	if shown == n {
		w.Due = instant(due)
		if likeness != "" {
			err = json.Unmarshal([]byte(likeness), &w.Like)
		}
	}
	if err == nil && checklist != "" {
		err = json.Unmarshal([]byte(checklist), &w.Checklist)
	}
	if err != nil {
		return err
	}
	if w.Authors, err = numbers(tx.QueryContext(ctx, `SELECT staff FROM work_authors WHERE document = $1 AND revision = $2 ORDER BY staff`, id, n)); err != nil {
		return err
	}
	var wd desk.Withdrawal
	var at int64
	err = tx.QueryRowContext(ctx, `SELECT reason, author, at FROM withdrawals WHERE document = $1`, id).Scan(&wd.Reason, &wd.By, &at)
	if err == nil {
		wd.At = time.UnixMilli(at)
		w.Withdrawal = &wd
	} else if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	w.Comments, err = readComments(ctx, tx, id)
	return err
}

// numbers reads rows of one number each.
func numbers(rows *sql.Rows, err error) ([]int64, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []int64
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, rows.Err()
}

func readComments(ctx context.Context, tx *sql.Tx, id string) ([]desk.Comment, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, revision, anchor, quote, text, author, at, resolved FROM comments
		WHERE document = $1 ORDER BY id`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []desk.Comment
	for rows.Next() {
		var c desk.Comment
		var at int64
		if err := rows.Scan(&c.ID, &c.Revision, &c.Anchor, &c.Quote, &c.Text, &c.By, &at, &c.Resolved); err != nil {
			return nil, err
		}
		c.At = time.UnixMilli(at)
		all = append(all, c)
	}
	return all, rows.Err()
}

// bump counts a change of a revision that the caller has seen as version, and
// returns the next. desk.ErrStale where it is of another version by now.
func (p *putting) bump(id string, revision, version int) (next int, err error) {
	err = p.tx.QueryRowContext(p.ctx, `INSERT INTO work_revisions (document, revision, version) VALUES ($1, $2, 1)
		ON CONFLICT (document, revision) DO UPDATE SET version = work_revisions.version + 1
		WHERE work_revisions.version = $3 RETURNING version`, id, revision, version).Scan(&next)
	if errors.Is(err, sql.ErrNoRows) || err == nil && next != version+1 {
		return 0, desk.ErrStale
	}
	return next, err
}

// wrote notes who has written at a revision.
func (p *putting) wrote(id string, revision int, by desk.Actor) error {
	if by.ID != 0 {
		if _, err := p.tx.ExecContext(p.ctx, `INSERT INTO work_authors (document, revision, staff) VALUES ($1, $2, $3)
			ON CONFLICT (document, revision, staff) DO NOTHING`, id, revision, by.ID); err != nil {
			return err
		}
	}
	_, err := p.tx.ExecContext(p.ctx, `UPDATE works SET updated = $1, updated_by = $2 WHERE document = $3`, p.now, by.Display, id)
	return err
}

// BeginWork implements desk.Works. Errors wrap ErrInvalid, too.
func (s *Store) BeginWork(ctx context.Context, base int, n desk.NewWork, by desk.Actor) (revision int, err error) {
	err = s.change(ctx, "storing a draft", func(tx *sql.Tx) error {
		revision, err = s.putting(ctx, tx).begin(s, base, n, by)
		return err
	})
	return revision, err
}

// begin stores a draft.
func (p *putting) begin(s *Store, base int, n desk.NewWork, by desk.Actor) (int, error) {
	c := n.Content
	if err := check(c); err != nil {
		return 0, err
	}
	id := c.Document.ID
	was, err := p.head(id)
	if err != nil {
		return 0, err
	}
	if was.newest != base {
		return 0, desk.ErrStale
	}
	number, hash := base+1, c.Fingerprint()
	meta, passages, err := encode(c)
	if err != nil {
		return 0, err
	}
	if err := p.exec(p.stmts.addRevision, id, number, string(corpus.Draft), hash, p.now, meta, passages, c.Text); err != nil {
		return 0, err
	}
	if err := p.exec(p.stmts.addDocument, id, number, hash); err != nil {
		return 0, err
	}
	if err := errors.Join(p.attach(id, number, c.Original), p.annotate(number, c)); err != nil {
		return 0, err
	}
	if n.From > 0 && c.Original == nil {
		if err := p.inherit(id, n.From, number); err != nil {
			return 0, err
		}
	}
	if err := p.describe(c, number, corpus.Draft); err != nil {
		return 0, err
	}
	likeness := ""
	if n.Like != nil {
		data, err := json.Marshal(n.Like)
		if err != nil {
			return 0, err
		}
		likeness = string(data)
	}
	_, err = p.tx.ExecContext(p.ctx, `UPDATE works SET owner = $1, backlog = $2, likeness = $3, returned = 0, due = 0 WHERE document = $4`,
		n.Owner, truth(n.Backlog), likeness, id)
	if err != nil {
		return 0, err
	}
	if _, err := p.bump(id, number, 0); err != nil {
		return 0, err
	}
	if err := p.wrote(id, number, by); err != nil {
		return 0, err
	}
	return number, s.note(p.ctx, p.tx, by.Entry(desk.ActionDrafted, id, number, c.Document.Title))
}

// inherit gives a revision the file of the one that it was made from, and what
// was found out about that one's text.
func (p *putting) inherit(id string, from, number int) error {
	_, err := p.tx.ExecContext(p.ctx, `INSERT INTO revision_originals (document, revision, sum, name, media_type)
		SELECT document, $1, sum, name, media_type FROM revision_originals WHERE document = $2 AND revision = $3`, number, id, from)
	if err != nil {
		return err
	}
	_, err = p.tx.ExecContext(p.ctx, `UPDATE revision_notes SET
		hold = COALESCE((SELECT b.hold FROM revision_notes b WHERE b.document = $1 AND b.revision = $2), ''),
		confirmed_by = COALESCE((SELECT b.confirmed_by FROM revision_notes b WHERE b.document = $1 AND b.revision = $2), ''),
		confirmed = COALESCE((SELECT b.confirmed FROM revision_notes b WHERE b.document = $1 AND b.revision = $2), 0)
		WHERE document = $1 AND revision = $3`, id, from, number)
	return err
}

// SaveWork implements desk.Works. Errors wrap ErrInvalid, too.
func (s *Store) SaveWork(ctx context.Context, id string, revision, version int, c corpus.Content, by desk.Actor) (next int, err error) {
	c.Document.ID = id
	if err := check(c); err != nil {
		return 0, err
	}
	meta, passages, err := encode(c)
	if err != nil {
		return 0, fmt.Errorf("store: saving a draft: %w", err)
	}
	err = s.change(ctx, "saving a draft", func(tx *sql.Tx) error {
		p := s.putting(ctx, tx)
		if next, err = p.bump(id, revision, version); err != nil {
			return err
		}
		hash := c.Fingerprint()
		var newest int
		err := tx.QueryRowContext(ctx, `UPDATE revisions SET meta = $1, passages = $2, text = $3, hash = $4
			WHERE document = $5 AND number = $6 AND status = $7 RETURNING number`,
			meta, passages, c.Text, hash, id, revision, string(corpus.Draft)).Scan(&newest)
		if errors.Is(err, sql.ErrNoRows) {
			return desk.ErrStale
		}
		if err == nil {
			err = tx.QueryRowContext(ctx, `UPDATE documents SET hash = $1 WHERE id = $2 AND newest = $3 RETURNING newest`,
				hash, id, revision).Scan(&newest)
		}
		if errors.Is(err, sql.ErrNoRows) {
			return desk.ErrStale // a newer revision came in
		}
		if err != nil {
			return err
		}
		had, err := p.notes(id, revision)
		if err != nil {
			return err
		}
		c.Hold = had.hold
		if err := errors.Join(p.annotate(revision, c), p.describe(c, revision, corpus.Draft), p.wrote(id, revision, by)); err != nil {
			return err
		}
		return s.noteSaved(ctx, tx, by.Entry(desk.ActionSaved, id, revision, ""))
	})
	return next, err
}

// savesApart is how far apart two saves of one person are to be told as two:
// drafts are saved as they are written.
const savesApart = 10 * time.Minute

func (s *Store) noteSaved(ctx context.Context, tx *sql.Tx, e desk.Entry) error {
	var action string
	var staff, at int64
	err := tx.QueryRowContext(ctx, `SELECT action, staff, at FROM history WHERE document = $1 AND document <> '' AND action <> $2
		ORDER BY seq DESC LIMIT 1`, e.Document, desk.ActionOpened).Scan(&action, &staff, &at)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if action == e.Action && staff == e.Staff && s.now().Sub(time.UnixMilli(at)) < savesApart {
		return nil
	}
	return s.note(ctx, tx, e)
}

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
		all = append(all, "(instr(w.title, "+t+") > 0 OR instr(w.number, "+t+") > 0 OR instr(w.document, "+t+") > 0)")
	}
	if f.Words != "" {
		all = append(all, `EXISTS (SELECT 1 FROM revisions v WHERE v.document = w.document AND v.number = w.revision AND instr(v.text, `+args.one(f.Words)+`) > 0)`)
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

// ListWorks implements desk.Works.
func (s *Store) ListWorks(ctx context.Context, agency string, f desk.Filter, skip, limit int) (items []desk.Item, total int, err error) {
	var args arguments
	where, err := s.where(ctx, &args, agency, f)
	if err != nil {
		return nil, 0, err
	}
	from := ` FROM works w JOIN documents d ON d.id = w.document WHERE ` + where
	order := map[desk.Sort]string{desk.ByTitle: "w.title, w.document", desk.ByIssued: "w.issued DESC, w.document"}[f.Sort]
	if order == "" {
		order = "w.updated DESC, w.document"
	}
	err = s.view(ctx, "listing documents for staff", func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*)`+from, args...).Scan(&total); err != nil {
			return err
		}
		ids, err := texts(tx.QueryContext(ctx, `SELECT w.document`+from+` ORDER BY `+order+
			` LIMIT `+args.one(max(0, limit))+` OFFSET `+args.one(max(0, skip)), args...))
		if err != nil {
			return err
		}
		items, err = s.items(ctx, tx, ids, f.Day)
		return err
	})
	return items, total, err
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

// LiveTitles returns the titles of published documents, at most limit.
func (s *Store) LiveTitles(ctx context.Context, limit int) ([]string, error) {
	all, err := texts(s.read.QueryContext(ctx, `SELECT DISTINCT title FROM documents WHERE live > 0 AND sample = 0 ORDER BY title LIMIT $1`, limit))
	if err != nil {
		return nil, fmt.Errorf("store: reading titles: %w", explain(err))
	}
	return all, nil
}

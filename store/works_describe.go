package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/policybot/policybot/corpus"
)

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
	text := textSum(c.Text)
	err = p.exec(p.stmts.describe, d.ID, revision, string(status), truth(held), p.now, string(d.Kind), d.Title,
		corpus.NormalNumber(d.Number), corpus.TitleKey(key), d.Account, string(d.ListedOn()), text)
	if err != nil {
		return err
	}
	if err := p.find(c, text); err != nil {
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
			p.many = true
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
			return p.keepFound()
		})
		if err != nil {
			return err
		}
	}
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// Staff find documents, drafts too, by any piece of their titles, numbers and
// texts. What is found by is kept in SQLite's FTS5, every character a word of
// its own: a piece of a text is a phrase then, whatever its length, which
// neither its trigrams (two characters are the commonest search) nor a scan of
// all texts (a second for 200,000 passages) can do.

// apart stands between title, number and text, so that no piece runs on from
// one to the next. Nobody types it.
const apart = '\ue000'

// findable writes texts as they are found by: a character a word, in the form
// in which index.Fold compares them, without blanks and punctuation.
func findable(parts ...string) string {
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	var b strings.Builder
	b.Grow(size * 4 / 3)
	for i, p := range parts {
		if i > 0 {
			b.WriteRune(apart)
			b.WriteByte(' ')
		}
		for _, r := range p {
			if r = index.Fold(r); r != 0 {
				b.WriteRune(r)
				b.WriteByte(' ')
			}
		}
	}
	return b.String()
}

// mostSought bounds how many words are looked for: each costs a list of
// documents. Those after them narrow nothing any more.
const mostSought = 12

// sought writes what somebody looks for as a query of FTS5: everything that
// stands between blanks has to be there; "" is nothing that can be found.
func sought(words string) string {
	var all []string
	fields := strings.Fields(words)
	for _, w := range fields[:min(len(fields), mostSought)] {
		if phrase := strings.TrimSpace(findable(w)); phrase != "" {
			all = append(all, `"`+phrase+`"`) // letters and digits alone: nothing to be quoted
		}
	}
	return strings.Join(all, " ")
}

// find keeps what a document is found by, where that has changed. text is the
// sum of its text.
func (p *putting) find(c corpus.Content, text string) error {
	d := c.Document
	asked := d.Question + " " + strings.Join(d.Similar, " ")
	var id int64
	err := p.row(p.stmts.nameWords, d.ID, textSum(d.Title+string(apart)+d.Number+string(apart)+asked)+text).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // it is as it was
	}
	if err != nil {
		return err
	}
	p.found = append(p.found, found{id, findable(d.Title, d.Number, asked, c.Text)})
	if p.many {
		return nil
	}
	return p.keepFound()
}

// found is what a document is found by.
type found struct {
	id    int64 // of the row
	words string
}

// keepFound writes what find has collected. FTS5 writes a segment whenever
// another statement may have to be undone by itself: where there are many
// documents, one after the other, that is half of what they cost.
func (p *putting) keepFound() error {
	for _, f := range p.found {
		if err := p.exec(p.stmts.dropWords, f.id); err != nil {
			return err
		}
		if err := p.exec(p.stmts.addWords, f.id, f.words); err != nil {
			return err
		}
	}
	p.found = nil
	return nil
}

// foundBy is the condition under which a row of works has what is sought.
func foundBy(args *arguments, words string) string {
	query := sought(words)
	if query == "" {
		return "1 = 0"
	}
	return `w.document IN (SELECT t.document FROM work_words x JOIN work_texts t ON t.id = x.rowid WHERE x.words MATCH ` + args.one(query) + `)`
}

// upgradeWords makes what documents are found by that an older version of the
// program did not keep.
func (s *Store) upgradeWords(ctx context.Context) error {
	for {
		ids, err := texts(s.read.QueryContext(ctx, `SELECT w.document FROM works w WHERE w.revision > 0
			AND NOT EXISTS (SELECT 1 FROM work_texts t WHERE t.document = w.document) ORDER BY w.document LIMIT $1`, upgradeStep))
		if err != nil || len(ids) == 0 {
			return err
		}
		err = s.change(ctx, "making documents findable for staff", func(tx *sql.Tx) error {
			p := s.putting(ctx, tx)
			p.many = true
			for _, id := range ids {
				var revision int
				if err := tx.QueryRowContext(ctx, `SELECT revision FROM works WHERE document = $1`, id).Scan(&revision); err != nil {
					return err
				}
				c, _, err := p.content(id, revision)
				if err == nil {
					err = p.find(c, textSum(c.Text))
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

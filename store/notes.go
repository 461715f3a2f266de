package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/policybot/policybot/corpus"
)

// notes are the row of revision_notes of a revision.
type notes struct{ statements, findings, warnings, hold, confirmedBy string }

func notesOf(c corpus.Content) (n notes, err error) {
	list := func(to *string, n int, v any) {
		if n == 0 || err != nil {
			return
		}
		var data []byte
		data, err = json.Marshal(v)
		*to = string(data)
	}
	list(&n.statements, len(c.Document.Statements), c.Document.Statements)
	list(&n.findings, len(c.Findings), c.Findings)
	list(&n.warnings, len(c.Warnings), c.Warnings)
	n.hold = c.Hold
	return n, err
}

// fill writes the notes to what is shown of a revision.
func (n notes) fill(s *corpus.Stored) error {
	s.Hold, s.ConfirmedBy = n.hold, n.confirmedBy
	if n.confirmedBy != "" {
		s.Hold = ""
	}
	for _, part := range []struct {
		text string
		to   any
	}{{n.statements, &s.Document.Statements}, {n.findings, &s.Findings}, {n.warnings, &s.Warnings}} {
		if part.text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(part.text), part.to); err != nil {
			return fmt.Errorf("notes of %s: %w", s.Revision.Document, err)
		}
	}
	return nil
}

// annotate keeps how a revision was read. Reading the same text again may have
// found more; what a person has confirmed stays confirmed.
func (p *putting) annotate(revision int, c corpus.Content) error {
	n, err := notesOf(c)
	if err != nil {
		return err
	}
	was, err := p.notes(c.Document.ID, revision)
	if err != nil {
		return err
	}
	n.confirmedBy = was.confirmedBy
	if was == n {
		return nil
	}
	return p.exec(p.stmts.annotate, c.Document.ID, revision, n.statements, n.findings, n.warnings, n.hold)
}

// notes are zero where there are none.
func (p *putting) notes(document string, revision int) (n notes, err error) {
	err = p.row(p.stmts.notes, document, revision).Scan(&n.statements, &n.findings, &n.warnings, &n.hold, &n.confirmedBy)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return n, err
}

// held reports whether a person has to confirm a revision before it can be
// published.
func (p *putting) held(document string, revision int) (bool, error) {
	n, err := p.notes(document, revision)
	return n.hold != "" && n.confirmedBy == "", err
}

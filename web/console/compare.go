package console

import (
	"net/url"
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/corpus/diff"
)

type compareView struct {
	Title    string
	Path     string
	Older    int // 0: nothing was published before
	Newer    int
	Rows     []compareRow
	Same     int  // passages that nothing happened to
	Rejoined bool // every passage is new
}

type compareRow struct {
	State, Label string
	Pieces       []pieceRow
}

type pieceRow struct {
	Text         string
	Deleted, New bool
}

var diffWords = map[diff.State]string{diff.Changed: "有改动", diff.Added: "新增", diff.Removed: "删去"}

// compare shows what is different from the revision that citizens read, or
// from another, character by character.
func (s *Site) compare(v *Visit) error {
	ctx, by, id, q := v.R.Context(), v.Actor(), v.R.PathValue("id"), v.R.URL.Query()
	w, err := s.Desk.Look(ctx, by, id, number(q.Get("revision")))
	if err != nil {
		return err
	}
	older := number(q.Get("older"))
	if older == 0 {
		older = w.Live
	}
	all, err := s.Desk.Compare(ctx, by, id, older, w.Revision.Number)
	if err != nil {
		return err
	}
	view := compareView{Title: w.Document.Title, Path: "/documents/" + url.PathEscape(id), Older: older, Newer: w.Revision.Number}
	for _, p := range all {
		if p.State == diff.Same {
			view.Same++
			continue
		}
		view.Rows = append(view.Rows, compared(p))
	}
	if older > 0 {
		before, err := s.Desk.Look(ctx, by, id, older)
		if err != nil {
			return err
		}
		view.Rows = append(view.Rows, notesCompared(before.Document, w)...)
	}
	view.Rejoined = older == 0
	return v.Show("compare", "改了什么", view)
}

// notesCompared are the questions noted with passages that are others than
// before.
func notesCompared(before corpus.Document, w desk.Work) (rows []compareRow) {
	for _, p := range w.Revision.Passages {
		old, now := before.AskedFor(p.Anchor), w.Document.AskedFor(p.Anchor)
		row := compareRow{State: "问法有改动", Label: p.Label}
		for _, q := range old {
			if !slices.Contains(now, q) {
				row.Pieces = append(row.Pieces, pieceRow{Text: q + "；", Deleted: true})
			}
		}
		for _, q := range now {
			if !slices.Contains(old, q) {
				row.Pieces = append(row.Pieces, pieceRow{Text: q + "；", New: true})
			}
		}
		if len(row.Pieces) > 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

func compared(p diff.Passage) compareRow {
	row := compareRow{State: diffWords[p.State], Label: p.New.Label}
	if row.Label == "" {
		row.Label = p.Old.Label
	}
	row.Pieces = pieces(p.Pieces)
	return row
}

func pieces(all []diff.Piece) []pieceRow {
	rows := make([]pieceRow, 0, len(all))
	for _, x := range all {
		rows = append(rows, pieceRow{strings.Trim(x.Text, "\n"), x.Kind == diff.Deleted, x.Kind == diff.Inserted})
	}
	return rows
}

package console

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

// Facsimile shows the file that a revision was read from, without handing the
// file to the browser: pages as pictures, or text.
type Facsimile interface {
	// Leaf returns one page, counted from 1, of a file; title is the document's
	// that it is shown for, where a file holds several. What cannot be shown
	// says why in the leaf.
	Leaf(ctx context.Context, a corpus.Attached, title string, page int) (Leaf, error)
}

// Leaf is a page of a file as a person looks at it.
type Leaf struct {
	Pages         int    // of the file; 0: it is shown as text
	PNG           []byte // nil: there is no such page
	Width, Height int    // of the picture in pixels
	Text          string
	More          bool   // the text goes on
	Why           string // nothing can be shown, a sentence
}

var originalPages = []Route{
	{Method: Get, Path: "/documents/{id}/original", Who: Staff, Do: (*Site).original},
	{Method: Get, Path: "/documents/{id}/original/{revision}/{page}", Who: Staff, Do: (*Site).leaf},
}

// leavesShown is how many pages of an original stand below each other.
const leavesShown = 20

type originalView struct {
	Work     desk.Work
	Path     string
	File     corpus.Attached
	Leaf     Leaf // the first that is shown
	Pages    []leafRow
	Previous int // the page that the earlier ones begin with; 0: there are none
	Next     int
	Passages []passageRow
	Edit     bool
}

type leafRow struct {
	Number, Width, Height int
}

// original shows a file beside what was recognised in it.
func (s *Site) original(v *Visit) error {
	ctx, q := v.R.Context(), v.R.URL.Query()
	w, a, err := s.originalOf(v, number(q.Get("revision")))
	if err != nil {
		return err
	}
	from := max(1, number(q.Get("from")))
	view := originalView{
		Work: w, Path: "/documents/" + url.PathEscape(w.Document.ID), File: a, Passages: passages(w, nil),
		Edit: mayDo(v.Me, w).Edit,
	}
	if view.Leaf, err = s.Facsimile.Leaf(ctx, a, w.Document.Title, from); err != nil {
		return err
	}
	if view.Leaf.Pages > 0 && from > view.Leaf.Pages {
		return corpus.ErrNotFound
	}
	for n := from; n <= view.Leaf.Pages && n < from+leavesShown; n++ {
		view.Pages = append(view.Pages, leafRow{n, view.Leaf.Width, view.Leaf.Height})
	}
	if from > 1 {
		view.Previous = max(1, from-leavesShown)
	}
	if next := from + leavesShown; next <= view.Leaf.Pages {
		view.Next = next
	}
	return v.Show("original", "对照原件", view)
}

// leaf is the picture of a page, which was drawn here.
func (s *Site) leaf(v *Visit) error {
	w, a, err := s.originalOf(v, number(v.R.PathValue("revision")))
	if err != nil {
		return err
	}
	l, err := s.Facsimile.Leaf(v.R.Context(), a, w.Document.Title, max(1, number(v.R.PathValue("page"))))
	if err != nil {
		return err
	}
	if l.PNG == nil {
		return corpus.ErrNotFound
	}
	h := v.W.Header()
	h.Set("Content-Type", "image/png")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Content-Disposition", "inline; filename=page.png")
	http.ServeContent(v.W, v.R, "", time.Time{}, bytes.NewReader(l.PNG))
	return nil
}

// originalOf is a revision that the person may see, with its file; that it was
// looked at is in the history.
func (s *Site) originalOf(v *Visit, revision int) (w desk.Work, a corpus.Attached, err error) {
	if s.Facsimile == nil {
		return w, a, corpus.ErrNotFound
	}
	ctx := v.R.Context()
	if w, err = s.Desk.OpenOriginal(ctx, v.Actor(), v.R.PathValue("id"), revision); err != nil {
		return w, a, err
	}
	a, err = s.Originals.Attached(ctx, w.Document.ID, w.Revision.Number)
	return w, a, err
}

// Lines are those of the text.
func (l Leaf) Lines() []string { return strings.Split(strings.TrimSpace(l.Text), "\n") }

// beside reports whether a revision has an original that can be shown.
func (s *Site) beside(w desk.Work) bool { return s.Facsimile != nil && w.File != nil }

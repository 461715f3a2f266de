package citizen

import (
	"net/http"
	"strconv"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/web/page"
)

const (
	pageSize = 30
	lastPage = 100_000
)

type listView struct {
	Head page.Head
	pager
	Rows []listRow
}

type listRow struct {
	Title, Href string
	Sign        Sign
	Sample      bool
	Facts       []string
}

// pageNumber reads ?page=2. A number that makes no sense is
// corpus.ErrNotFound.
func pageNumber(r *http.Request) (int, error) {
	text := r.URL.Query().Get("page")
	if text == "" {
		return 1, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > lastPage {
		return 0, corpus.ErrNotFound
	}
	return n, nil
}

// pager is where a list of pages goes on.
type pager struct {
	Page           int
	Previous, Next string
}

func pagerOf(address string, n int, more bool) pager {
	p := pager{Page: n}
	if n > 1 {
		p.Previous = address + "?page=" + strconv.Itoa(n-1)
	}
	if more {
		p.Next = address + "?page=" + strconv.Itoa(n+1)
	}
	return p
}

// List shows the published documents, a page at a time (?page=2). A page
// number that makes no sense is corpus.ErrNotFound.
func (s *Site) List(w http.ResponseWriter, r *http.Request) error {
	n, err := pageNumber(r)
	if err != nil {
		return err
	}
	documents, err := s.Documents.List(r.Context(), s.Account, (n-1)*pageSize, pageSize+1)
	if err != nil {
		return err
	}
	v := listView{Head: s.Head(r, "全部文件"), pager: pagerOf("/documents", n, len(documents) > pageSize)}
	v.Head.Here = "/documents"
	v.Rows = s.rows(documents[:min(len(documents), pageSize)])
	html, err := s.Pages.Render("documents", v)
	if err != nil {
		return err
	}
	send(w, r, html)
	return nil
}

// rows are documents as a list shows them. What is not the account's to see
// is left out, whoever gave it.
func (s *Site) rows(documents []corpus.Document) []listRow {
	var rows []listRow
	for _, d := range documents {
		if !d.VisibleTo(s.Account) {
			continue
		}
		d = d.SeenBy(s.Account)
		rows = append(rows, listRow{
			Title: d.Title, Href: path(d.ID, ""), Sample: d.Sample,
			Sign: signOn(d, s.today()), Facts: facts(d, false),
		})
	}
	return rows
}

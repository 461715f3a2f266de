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
	Head           page.Head
	Rows           []listRow
	Page           int
	Previous, Next string
}

type listRow struct {
	Title, Href string
	Sign        Sign
	Sample      bool
	Facts       []string
}

// List shows the published documents, a page at a time (?page=2). A page
// number that makes no sense is corpus.ErrNotFound.
func (s *Site) List(w http.ResponseWriter, r *http.Request) error {
	n := 1
	if text := r.URL.Query().Get("page"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil || n < 1 || n > lastPage {
			return corpus.ErrNotFound
		}
	}
	documents, err := s.Documents.List(r.Context(), s.Account, (n-1)*pageSize, pageSize+1)
	if err != nil {
		return err
	}
	v := listView{Head: s.Head("全部文件"), Page: n}
	if n > 1 {
		v.Previous = "/documents?page=" + strconv.Itoa(n-1)
	}
	if len(documents) > pageSize {
		documents = documents[:pageSize]
		v.Next = "/documents?page=" + strconv.Itoa(n+1)
	}
	for _, d := range documents {
		d = d.SeenBy(s.Account)
		v.Rows = append(v.Rows, listRow{
			Title: d.Title, Href: path(d.ID, ""), Sample: d.Sample,
			Sign: signOn(d, s.today()), Facts: facts(d, false),
		})
	}
	html, err := s.Pages.Render("documents", v)
	if err != nil {
		return err
	}
	send(w, r, html)
	return nil
}

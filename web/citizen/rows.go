package citizen

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/policybot/policybot/corpus"
)

// A page shows all rows of a catalogue up to manyRows; of a longer one
// rowsAPage at a time, for a phone takes ten seconds to lay 50,000 out.
const (
	manyRows  = 1000
	rowsAPage = 500
)

// rowPages says which of a long catalogue's rows a page shows.
type rowPages struct {
	From, To, All int // rows, counted from 1
	Prev, Next    string
}

// someRows leaves those rows in a revision that a page shows: the page that
// is asked for, else the one with the cited row. It is nil for what has fewer.
func someRows(r *corpus.Revision, address string, asked string, cited string) *rowPages {
	isRow := func(p corpus.Passage) bool { return p.Role == corpus.BodyRole && len(p.Columns) > 0 }
	all, at := 0, 0
	for _, p := range r.Passages {
		if isRow(p) {
			if p.Anchor == cited {
				at = all
			}
			all++
		}
	}
	if all <= manyRows {
		return nil
	}
	last := (all - 1) / rowsAPage
	n := at / rowsAPage
	if asked, err := strconv.Atoi(asked); err == nil {
		n = min(max(asked-1, 0), last)
	}
	v := &rowPages{From: n*rowsAPage + 1, To: min((n+1)*rowsAPage, all), All: all}
	if n > 0 {
		v.Prev = address + "?rows=" + strconv.Itoa(n)
	}
	if n < last {
		v.Next = address + "?rows=" + strconv.Itoa(n+2)
	}
	i := 0
	r.Passages = slices.DeleteFunc(slices.Clone(r.Passages), func(p corpus.Passage) bool {
		if !isRow(p) {
			return false
		}
		i++
		return i < v.From || i > v.To
	})
	return v
}

// askedRows is the page of rows that an address asks for.
func askedRows(r *http.Request) string { return r.URL.Query().Get("rows") }

package console

import (
	"net/url"
	"strings"

	"github.com/policybot/policybot/corpus"
)

var agencyPages = []Route{
	{Method: Get, Path: "/agencies", Who: Staff, Do: (*Site).agencies},
}

const agencyPage = 100

type agenciesView struct {
	Rows           []agencyRow
	Stale, All     int
	Old            bool // only those that were not checked for long
	Words          string
	Page           int
	Previous, Next string
	Sample         bool // all there is is invented
}

type agencyRow struct {
	corpus.Agency
	Stale bool
}

// Phones are the numbers, to be read one below the other.
func (r agencyRow) Numbers() []string { return r.Agency.Phones() }

// agencies is the directory, by region and name. ?old=1 leaves those that
// nobody has checked for long.
func (s *Site) agencies(v *Visit) error {
	q := v.R.URL.Query()
	page, err := pageOf(q)
	if err != nil {
		return err
	}
	all, err := s.Agencies.AllAgencies(v.R.Context())
	if err != nil {
		return err
	}
	view := agenciesView{Old: q.Get("old") != "", Words: strings.TrimSpace(q.Get("q")), Page: page, Sample: len(all) > 0}
	today := corpus.DayOf(s.Now())
	var rows []agencyRow
	for _, a := range all {
		if v.Me.Agency != "" && a.Name != v.Me.Agency && a.Account != "" {
			continue // another account's own
		}
		row := agencyRow{a, a.StaleOn(today) && !a.Sample}
		view.All++
		if row.Stale {
			view.Stale++
		}
		view.Sample = view.Sample && a.Sample
		if view.Old && !row.Stale || !named(a, view.Words) {
			continue
		}
		rows = append(rows, row)
	}
	start := min((page-1)*agencyPage, len(rows))
	view.Rows = rows[start:min(start+agencyPage, len(rows))]
	at := func(n int) string {
		to := url.Values{"page": {itoa(n)}}
		for _, name := range []string{"old", "q"} {
			if q.Get(name) != "" {
				to.Set(name, q.Get(name))
			}
		}
		return Root + "/agencies?" + to.Encode()
	}
	if page > 1 {
		view.Previous = at(page - 1)
	}
	if start+agencyPage < len(rows) {
		view.Next = at(page + 1)
	}
	return v.Show("agencies", "单位", view)
}

// named reports whether an agency has the words in its name, in another name
// for it, or in what it does.
func named(a corpus.Agency, words string) bool {
	if words == "" {
		return true
	}
	for _, text := range append(append([]string{a.Name, a.Phone}, a.Aliases...), a.Matters...) {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}

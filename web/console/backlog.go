package console

import (
	"errors"
	"net/url"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

var backlogPages = []Route{
	{Method: Get, Path: "/backlog", Who: Only(desk.Editor, desk.Reviewer, desk.Auditor), Do: (*Site).backlog, Options: []Option{Under("/documents")}},
	{Method: Post, Path: "/backlog", Who: Only(desk.Reviewer), Do: (*Site).passBacklog, Options: []Option{Under("/documents")}},
}

// batchSize is how many old documents are reviewed together: as many as one
// person can answer for.
const batchSize = 30

type backlogView struct {
	Rows    []backlogRow
	Waiting int // for this person's review
	Own     int // submitted, but written by themselves
	Drafts  int // not submitted yet
	Need    int // of Rows that have to be opened
	Opened  int
	May     bool // review
	Edits   bool // submit
	Later   bool // the template "checklist" asks: never here
	Faults  []string
	Failed  []pick
	Done    string
	Typed   url.Values
}

type backlogRow struct {
	pick
	Number, Agency, Issued string
	Flaws, Blocks          int // what should be looked at, and what has to be mended
	Out                    bool
}

func (s *Site) backlog(v *Visit) error {
	view, err := s.backlogView(v, nil)
	if err != nil {
		return err
	}
	return v.Show("backlog", "存量文件成批审核", view)
}

// backlogView collects a batch of old documents that wait for a second person:
// those that wait longest.
func (s *Site) backlogView(v *Visit, typed url.Values) (backlogView, error) {
	ctx, by := v.R.Context(), v.Actor()
	view := backlogView{May: v.Me.Is(desk.Reviewer), Edits: v.Me.Is(desk.Editor), Typed: typed}
	waiting := desk.Filter{States: []desk.State{desk.IsSubmitted}, Backlog: true, NotAuthor: v.Me.ID, Sort: desk.ByOldest}
	items, total, err := s.Desk.List(ctx, by, waiting, 0, batchSize)
	if err != nil {
		return view, err
	}
	view.Waiting = total
	all, err := s.count(v, desk.Filter{States: []desk.State{desk.IsSubmitted}, Backlog: true})
	if err != nil {
		return view, err
	}
	view.Own = all - total
	if view.Drafts, err = s.count(v, desk.Filter{States: []desk.State{desk.IsDraft}, Backlog: true}); err != nil || !view.May {
		return view, err
	}
	glances := make([]desk.Glance, 0, len(items))
	for _, i := range items {
		row, err := s.backlogRow(v, i)
		if err != nil {
			return view, err
		}
		view.Rows = append(view.Rows, row)
		glances = append(glances, desk.Glance{Backlog: true, Opened: row.Opened})
	}
	view.Need, view.Opened = desk.SampleOf(len(glances)), 0
	_, view.Opened = desk.Sampled(glances)
	return view, nil
}

func (s *Site) count(v *Visit, f desk.Filter) (int, error) {
	_, n, err := s.Desk.List(v.R.Context(), v.Actor(), f, 0, 0)
	return n, err
}

func (s *Site) backlogRow(v *Visit, i desk.Item) (backlogRow, error) {
	ctx, by := v.R.Context(), v.Actor()
	row := backlogRow{Number: i.Document.Number, Agency: i.Document.Agency, Issued: i.Document.IssuedOn()}
	row.pick = pick{
		Move:  desk.Move{Document: i.Document.ID, Revision: i.Revision, Version: i.Version},
		Title: i.Document.Title, Href: s.documentPath(i.Document.ID), Backlog: true,
	}
	w, err := s.Desk.Look(ctx, by, i.Document.ID, i.Revision)
	if err != nil {
		return row, err
	}
	flaws, err := s.Desk.Check(ctx, by, w.Content())
	if err != nil {
		return row, err
	}
	for _, f := range flaws {
		if f.Blocks {
			row.Blocks++
		} else {
			row.Flaws++
		}
	}
	// What can't pass anyway is not ticked beforehand.
	row.Out = row.Blocks > 0
	row.Opened, err = s.Desk.HasOpened(ctx, by, i.Document.ID, i.Revision)
	return row, err
}

// passBacklog lets what is ticked of a batch pass, as the second person.
func (s *Site) passBacklog(v *Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	steps := keys(form["key"], checklist(form))
	var results []desk.Result
	if len(steps) == 0 {
		err = desk.NotReady{"请先在文件前面打勾"}
	} else {
		results, err = s.passAll(v.R.Context(), v.Actor(), steps, form.Get("publish") == "now")
	}
	var lacks desk.NotReady
	if err != nil && !errors.As(err, &lacks) {
		return err
	}
	passed := 0
	var failed []pick
	for _, r := range results {
		var sample desk.NotReady
		switch {
		case r.Err == nil:
			passed++
		case errors.As(r.Err, &sample) && passed == 0 && sampleOnly(results):
			lacks = sample // the same for all: said once
		default:
			failed = append(failed, pick{Move: desk.Move{Document: r.Document}, Title: r.Title, Href: s.documentPath(r.Document), Why: s.why(r.Err)})
		}
	}
	if len(lacks) == 0 && len(failed) == 0 {
		return v.Go("/backlog", passedWords(passed, form.Get("publish") == "now"))
	}
	view, err := s.backlogView(v, form)
	if err != nil {
		return err
	}
	view.Faults, view.Failed = lacks, failed
	if passed > 0 {
		view.Done = passedWords(passed, form.Get("publish") == "now")
	}
	return v.Again("backlog", "存量文件成批审核", view)
}

// sampleOnly reports whether all of a batch failed, and of the same.
func sampleOnly(all []desk.Result) bool {
	for _, r := range all {
		if r.Err == nil || r.Err.Error() != all[0].Err.Error() {
			return false
		}
		var lacks, first desk.NotReady
		if !errors.As(r.Err, &lacks) || !errors.As(all[0].Err, &first) || joined(lacks) != joined(first) {
			return false
		}
	}
	return true
}

func passedWords(n int, published bool) string {
	if published {
		return "审核通过并发布了" + itoa(n) + "份。"
	}
	return "审核通过了" + itoa(n) + "份。要市民能查到，还要发布：在文件列表里选“" + statusWords[corpus.Approved] + "”，成批发布。"
}

// keys reads the revisions that a form names, at most desk.Page.
func keys(all []string, c desk.Checklist) (steps []desk.Move) {
	for _, key := range all {
		if m, ok := readKey(key); ok && len(steps) < desk.Page {
			m.Checklist = c
			steps = append(steps, m)
		}
	}
	return steps
}

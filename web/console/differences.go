package console

import (
	"strconv"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

var differencePages = []Route{
	{Method: Get, Path: "/differences", Who: Staff, Do: (*Site).differences, Options: []Option{Under("/documents")}},
	{Method: Post, Path: "/differences/{id}", Who: Only(desk.Editor, desk.Reviewer), Do: (*Site).settleDifference, Options: []Option{Under("/documents")}},
}

type differencesView struct {
	Rows   []differenceRow
	May    bool
	Faults []string
}

type differenceRow struct {
	desk.Difference
	Sides [2]sideRow
	Typed string // what was typed and not taken
}

type sideRow struct {
	desk.Side
	Words, Href string
}

// differences shows what answers found to be said twice, with other figures.
func (s *Site) differences(v *Visit) error {
	view, err := s.differing(v)
	if err != nil {
		return err
	}
	return v.Show("differences", "说法不一", view)
}

func (s *Site) differing(v *Visit) (view differencesView, err error) {
	all, err := s.Desk.Differing(v.R.Context(), v.Actor())
	if err != nil {
		return view, err
	}
	view.May = v.Me.Is(desk.Editor, desk.Reviewer)
	for _, d := range all {
		row := differenceRow{Difference: d}
		for i, side := range []desk.Side{d.Chosen, d.Other} {
			row.Sides[i] = sideRow{Side: side, Words: "现在按这份回答"}
			if i == 1 {
				row.Sides[i].Words = "另一份"
			}
			if side.Text != "" { // theirs to see
				row.Sides[i].Href = s.documentPath(side.Document)
			}
		}
		view.Rows = append(view.Rows, row)
	}
	return view, nil
}

func (s *Site) settleDifference(v *Visit) error {
	id, err := strconv.ParseInt(v.R.PathValue("id"), 10, 64)
	if err != nil {
		return corpus.ErrNotFound
	}
	form, err := v.Form()
	if err != nil {
		return err
	}
	err = s.Desk.SettleDifference(v.R.Context(), v.Actor(), id, form.Get("why"))
	if err == nil {
		return v.Go("/differences", "已记下核对的结果。")
	}
	faults, ok := sentences(err)
	if !ok {
		return err
	}
	view, err := s.differing(v)
	if err != nil {
		return err
	}
	view.Faults = faults
	for i := range view.Rows {
		if view.Rows[i].ID == id {
			view.Rows[i].Typed = form.Get("why")
		}
	}
	return v.Again("differences", "说法不一", view)
}

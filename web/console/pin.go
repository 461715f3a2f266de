package console

import (
	"context"
	"errors"
	"net/url"
	"strconv"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

type pinView struct {
	pinRow
	Approve, Start, Extend, End bool // what the person may do
	Again                       bool // it is over, and may be proposed anew
	Own                         bool // they proposed it, and so can't review it
	Proposed                    bool
	Faults                      []string
	Typed                       url.Values
	Times                       []Choice
	Tomorrow                    string
	Preview                     *pinPreview // while it doesn't stand
	Told                        *pinPreview // who was told otherwise, once it does
}

// pin is the page of one.
func (s *Site) pin(v *Visit) error {
	p, err := s.pinOf(v)
	if err != nil {
		return err
	}
	view, err := s.pinView(v, p)
	if err != nil {
		return err
	}
	return v.Show("pin", pinTitle, view)
}

const pinTitle = "置顶"

func (s *Site) pinOf(v *Visit) (desk.Pin, error) {
	id, err := strconv.ParseInt(v.R.PathValue("id"), 10, 64)
	if err != nil {
		return desk.Pin{}, corpus.ErrNotFound
	}
	return s.Desk.OnePin(v.R.Context(), v.Actor(), id)
}

func (s *Site) pinView(v *Visit, p desk.Pin) (view pinView, err error) {
	if view.pinRow, err = s.pinRow(v, p); err != nil {
		return view, err
	}
	at := v.Me.Is(desk.Editor, desk.Reviewer)
	view.Proposed, view.Own = p.State == desk.PinProposed, p.Author == v.Me.ID
	view.Approve = view.Proposed && v.Me.Is(desk.Reviewer) && !view.Own
	view.Start, view.Extend = at && p.State == desk.PinReady, at && p.State == desk.PinStands
	view.End, view.Again = at && p.State != desk.PinEnded, at && view.Over
	view.Times, view.Tomorrow = soonTimes(s.Now()), string(corpus.DayOf(s.Now()).Add(1))
	if p.State == desk.PinStands {
		view.Times = laterTimes(p, s.Now())
	}
	switch {
	case !at:
	case p.State == desk.PinProposed, p.State == desk.PinReady:
		view.Preview, err = s.previewPin(v, p)
	case !view.Over:
		var all []desk.Heard
		all, err = s.Desk.Caught(v.R.Context(), v.Actor(), p)
		view.Told = s.heardView(all)
		err = errors.Join(err, s.sawHeard(v, all))
	}
	return view, err
}

// pinStep takes a step with a pin. What is lacking is told on its page.
func (s *Site) pinStep(v *Visit, words string, do func(ctx context.Context, by desk.Actor, p desk.Pin, form url.Values) error) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	p, err := s.pinOf(v)
	if err != nil {
		return err
	}
	if err = do(v.R.Context(), v.Actor(), p, form); err == nil {
		return v.Go("/pins/"+strconv.FormatInt(p.ID, 10), words)
	}
	faults, ok := sentences(err)
	if !ok {
		return err
	}
	if p, err = s.pinOf(v); err != nil { // as it is now
		return err
	}
	view, err := s.pinView(v, p)
	if err != nil {
		return err
	}
	view.Faults, view.Typed = faults, form
	return v.Again("pin", pinTitle, view)
}

func (s *Site) approvePin(v *Visit) error {
	p, err := s.pinOf(v)
	if err != nil {
		return err
	}
	words := "审核通过，现在就照它答了。"
	if p.Document == "" {
		words = "审核通过。需要的时候按“启用”，就照它答。"
	}
	return s.pinStep(v, words, func(ctx context.Context, by desk.Actor, p desk.Pin, _ url.Values) error {
		return s.Desk.ApprovePin(ctx, by, p.ID)
	})
}

func (s *Site) startPin(v *Visit) error {
	return s.pinStep(v, "已启用，一秒内生效。", func(ctx context.Context, by desk.Actor, p desk.Pin, form url.Values) error {
		until, err := untilOf(form)
		if err != nil {
			return err
		}
		return s.Desk.StartPin(ctx, by, p.ID, until)
	})
}

func (s *Site) extendPin(v *Visit) error {
	return s.pinStep(v, "结束时间已改。", func(ctx context.Context, by desk.Actor, p desk.Pin, form url.Values) error {
		until, err := untilOf(form)
		if err != nil {
			return err
		}
		return s.Desk.ExtendPin(ctx, by, p.ID, until)
	})
}

func (s *Site) endPin(v *Visit) error {
	return s.pinStep(v, "已取消，一秒内生效。", func(ctx context.Context, by desk.Actor, p desk.Pin, form url.Values) error {
		return s.Desk.EndPin(ctx, by, p.ID, form.Get("reason"))
	})
}

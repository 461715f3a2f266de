package console

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

var pinPages = []Route{
	{Method: Get, Path: "/pins", Who: Staff, Do: (*Site).pins},
	{Method: Get, Path: "/pins/new", Who: Only(desk.Editor, desk.Reviewer), Do: (*Site).newPin},
	{Method: Post, Path: "/pins/new", Who: Only(desk.Editor, desk.Reviewer), Do: (*Site).addPin},
	{Method: Get, Path: "/pins/{id}", Who: Staff, Do: (*Site).pin},
	{Method: Post, Path: "/pins/{id}/approve", Who: Only(desk.Reviewer), Do: (*Site).approvePin},
	{Method: Post, Path: "/pins/{id}/start", Who: Only(desk.Editor, desk.Reviewer), Do: (*Site).startPin},
	{Method: Post, Path: "/pins/{id}/extend", Who: Only(desk.Editor, desk.Reviewer), Do: (*Site).extendPin},
	{Method: Post, Path: "/pins/{id}/end", Who: Only(desk.Editor, desk.Reviewer), Do: (*Site).endPin},
	{Method: Post, Path: "/pins/burst", Who: Only(desk.Reviewer, desk.Maintainer), Do: (*Site).setBurst},
	{Method: Post, Path: "/pins/stop", Who: Only(desk.Reviewer), Do: (*Site).stopAnswers},
	{Method: Post, Path: "/pins/resume", Who: Only(desk.Reviewer), Do: (*Site).resumeAnswers},
}

// shownEnded is how many pins that are over the page shows.
const shownEnded = 20

type pinsView struct {
	Propose, Review, SetRule bool // what the person may do
	Faults                   []string
	Typed                    url.Values

	Bursts                          []burstRow
	Rule                            desk.BurstRule
	Standing, Waiting, Ready, Ended []pinRow
	Times                           []Choice // until when a holding reply may be said
	Stops, Lifted                   []stopRow
	Accounts, Topics                []Choice // that may be stopped
	Greetings                       []desk.Greeting
}

type burstRow struct {
	desk.Burst
	Account string
	Pin     *pinRow // that answers it, or will once it is approved
}

// pinRow is a pin as lists show it.
type pinRow struct {
	desk.Pin
	Path  string // below Root
	State string
	Title string // of its document
	Where string // the accounts
	Left  string // how long it stands still
	Over  bool
}

var pinStates = map[desk.PinState]string{
	desk.PinProposed: "等审核", desk.PinReady: "审核通过，还没启用", desk.PinStands: "正在置顶", desk.PinEnded: "已取消",
}

// pins is the room of what is said before anything is searched.
func (s *Site) pins(v *Visit) error {
	view, err := s.pinsView(v)
	if err != nil {
		return err
	}
	return v.Show("pins", "澄清", view)
}

func (s *Site) pinsView(v *Visit) (view pinsView, err error) {
	ctx, by := v.R.Context(), v.Actor()
	view = pinsView{
		Propose: v.Me.Is(desk.Editor, desk.Reviewer), Review: v.Me.Is(desk.Reviewer), SetRule: v.Me.Is(desk.Reviewer, desk.Maintainer),
		Times: soonTimes(s.Now()),
	}
	if view.Rule, err = s.Desk.Rules.BurstRule(ctx); err != nil {
		return view, err
	}
	if view.Propose {
		all, err := s.Desk.Bursting(ctx, by)
		if err != nil {
			return view, err
		}
		if len(all) > 0 {
			if err := s.Desk.SawQuestions(ctx, by, "", "澄清：很多人在问的"); err != nil {
				return view, err
			}
		}
		for _, b := range all {
			view.Bursts = append(view.Bursts, burstRow{Burst: b, Account: s.accountLabel(b.Account)})
		}
	}
	if view.Greetings, err = s.Desk.CheckGreetings(ctx, by); err != nil {
		return view, err
	}
	if err := s.listPins(v, &view); err != nil {
		return view, err
	}
	for i := range view.Bursts {
		view.Bursts[i].Pin = pinFor(view.Bursts[i].Burst, view.Standing, view.Waiting)
	}
	return view, s.listStops(v, &view)
}

// pinFor returns the first pin that catches the question of a burst; nil where
// none does.
func pinFor(b desk.Burst, lists ...[]pinRow) *pinRow {
	for _, p := range slices.Concat(lists...) {
		if (len(p.Accounts) == 0 || slices.Contains(p.Accounts, b.Account)) && (bot.Pin{Phrases: p.Phrases}).Catches(b.Question) {
			return &p
		}
	}
	return nil
}

// listPins fills in the pins, each where it belongs.
func (s *Site) listPins(v *Visit, view *pinsView) error {
	all, err := s.Desk.Pinned(v.R.Context(), v.Actor())
	if err != nil {
		return err
	}
	for _, p := range all {
		to := &view.Ended
		switch {
		case p.Over(s.Now()):
			if len(view.Ended) == shownEnded {
				continue
			}
		case p.State == desk.PinStands:
			to = &view.Standing
		case p.State == desk.PinReady:
			to = &view.Ready
		case p.State == desk.PinProposed:
			to = &view.Waiting
		}
		row, err := s.pinRow(v, p)
		if err != nil {
			return err
		}
		*to = append(*to, row)
	}
	return nil
}

func (s *Site) pinRow(v *Visit, p desk.Pin) (pinRow, error) {
	row := pinRow{Pin: p, Path: "/pins/" + strconv.FormatInt(p.ID, 10), State: pinStates[p.State], Where: s.accountLabels(p.Accounts), Over: p.Over(s.Now())}
	switch {
	case p.State == desk.PinStands && row.Over:
		row.State = "已到期"
	case p.State == desk.PinStands:
		row.Left = left(p.Until.Sub(s.Now()))
	}
	if p.Document == "" {
		return row, nil
	}
	w, err := s.Desk.Look(v.R.Context(), v.Actor(), p.Document, 0)
	if errors.Is(err, corpus.ErrNotFound) {
		row.Title = p.Document
		return row, nil
	}
	row.Title = w.Document.Title
	return row, err
}

// accountLabel is what staff know an account by.
func (s *Site) accountLabel(name string) string {
	if s.Desk.Accounts != nil {
		for _, a := range s.Desk.Accounts() {
			if a.Name == name {
				return a.Label()
			}
		}
	}
	return name
}

// accountLabels lists accounts; none is all.
func (s *Site) accountLabels(names []string) string {
	if len(names) == 0 {
		return "全部账号"
	}
	words := make([]string, len(names))
	for i, name := range names {
		words[i] = s.accountLabel(name)
	}
	return strings.Join(words, "、")
}

const minuteForm = "2006-01-02 15:04"

// soonTimes are the ends that a holding reply is likely to get: full hours of
// today, and of tomorrow.
func soonTimes(now time.Time) []Choice {
	now = now.In(corpus.Zone)
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, corpus.Zone)
	next := now.Add(90 * time.Minute).Truncate(time.Hour)
	all := []time.Time{next, next.Add(time.Hour), next.Add(2 * time.Hour), next.Add(4 * time.Hour),
		day.Add(18 * time.Hour), day.Add(33 * time.Hour), day.Add(36 * time.Hour), day.Add(42 * time.Hour)}
	slices.SortFunc(all, time.Time.Compare)
	all = slices.CompactFunc(all, time.Time.Equal)
	var out []Choice
	for _, t := range all {
		if t.Before(next) {
			continue
		}
		word := map[bool]string{true: "今天", false: "明天"}[t.Day() == now.Day()]
		out = append(out, Choice{Value: t.Format(minuteForm), Text: word + strconv.Itoa(t.Hour()) + "时", Chosen: t.Equal(next.Add(time.Hour))})
	}
	return out
}

// laterTimes are the ends that a pin is likely to be extended to: a holding
// reply by hours, a clarification by days.
func laterTimes(p desk.Pin, now time.Time) (all []Choice) {
	if p.Document == "" {
		all = slices.DeleteFunc(soonTimes(now), func(c Choice) bool { return c.Value <= p.Until.In(corpus.Zone).Format(minuteForm) })
	}
	if len(all) > 0 {
		for i := range all {
			all[i].Chosen = i == 0
		}
		return all
	}
	from := p.Until.In(corpus.Zone)
	if from.Before(now) {
		from = now.In(corpus.Zone)
	}
	for _, days := range []int{1, 3, 7, 30} {
		t := from.AddDate(0, 0, days)
		all = append(all, Choice{Value: t.Format(minuteForm), Text: t.Format("1月2日15:04") + "（多" + itoa(days) + "天）", Chosen: days == 3})
	}
	return all
}

// untilOf reads an end: one that was chosen, or a day and a time; zero where
// nothing is given.
func untilOf(form url.Values) (time.Time, error) {
	text := form.Get("until")
	if text == "" {
		text = strings.TrimSpace(form.Get("day") + " " + form.Get("time"))
	}
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(minuteForm, text, corpus.Zone)
	if err != nil {
		return t, desk.NotReady{"请把结束的日期和时间填完整"}
	}
	return t, nil
}

// sentences are what is wrong, for the page, of an error that a person can do
// something about; ok is false where it is another.
func sentences(err error) (all []string, ok bool) {
	var lacks desk.NotReady
	var denied desk.Denied
	switch {
	case errors.As(err, &lacks):
		return lacks, true
	case errors.As(err, &denied):
		return []string{denied.Error()}, true
	}
	return nil, false
}

// pinsStep does something on the page of all pins. What is lacking is told
// there, beside what was typed.
func (s *Site) pinsStep(v *Visit, words string, do func(ctx context.Context, by desk.Actor, form url.Values) error) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	err = do(v.R.Context(), v.Actor(), form)
	if err == nil {
		return v.Go("/pins", words)
	}
	faults, ok := sentences(err)
	if !ok {
		return err
	}
	view, err := s.pinsView(v)
	if err != nil {
		return err
	}
	view.Faults, view.Typed = faults, form
	return v.Again("pins", "澄清", view)
}

func (s *Site) setBurst(v *Visit) error {
	return s.pinsStep(v, "提醒的条件已保存，马上按它算。", func(ctx context.Context, by desk.Actor, form url.Values) error {
		return s.Desk.SetBurstRule(ctx, by, desk.BurstRule{Persons: number(form.Get("persons")), Minutes: number(form.Get("minutes"))})
	})
}

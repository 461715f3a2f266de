package console

import (
	"errors"
	"net/url"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

var concernPages = []Route{
	{Method: Get, Path: "/concerns", Who: Staff, Do: (*Site).concerns, Options: []Option{Under("/documents")}},
	{Method: Post, Path: "/concerns", Who: Only(desk.Reviewer), Do: (*Site).markConcern, Options: []Option{Under("/documents")}},
	{Method: Get, Path: "/concerns/{id}", Who: Staff, Do: (*Site).concern, Options: []Option{Under("/documents")}},
	{Method: Post, Path: "/concerns/{id}", Who: Only(desk.Editor, desk.Reviewer), Do: (*Site).noteConcern, Options: []Option{Under("/documents")}},
}

type concernsView struct {
	Form
	Open, Closed []concernRow
	May          bool // mark
	Grave        bool
}

type concernRow struct {
	desk.Concern
	Href   string
	Level  string
	Clocks []clockRow
}

// concernLevels are what a concern is counted as.
func concernLevel(grave bool) string {
	if grave {
		return "特别重大、重大"
	}
	return "一般"
}

func (s *Site) concernRow(c desk.Concern) concernRow {
	row := concernRow{Concern: c, Href: Root + concernPath(c.ID), Level: concernLevel(c.Grave)}
	for _, k := range c.Clocks(s.Now()) {
		row.Clocks = append(row.Clocks, clockRow{Clock: k, What: clockWords[k.Kind], Left: left(k.Due.Sub(s.Now()))})
	}
	return row
}

func concernPath(id int64) string { return "/concerns/" + itoa(int(id)) }

func (s *Site) concerns(v *Visit) error {
	view, err := s.concernsView(v, s.concernForm(url.Values{}), false)
	if err != nil {
		return err
	}
	return v.Show("concerns", "舆情处理", view)
}

func (s *Site) concernsView(v *Visit, form Form, grave bool) (concernsView, error) {
	view := concernsView{Form: form, May: v.Me.Is(desk.Reviewer), Grave: grave}
	all, err := s.Desk.ConcernList(v.R.Context(), v.Actor())
	for _, c := range all {
		if c.Closed.IsZero() {
			view.Open = append(view.Open, s.concernRow(c))
		} else {
			view.Closed = append(view.Closed, s.concernRow(c))
		}
	}
	return view, err
}

// concernForm asks what it is and since when it has been known.
func (s *Site) concernForm(typed url.Values) Form {
	return Form{Fields: append([]Field{
		{Name: "topic", Label: "什么事", Value: typed.Get("topic"), Max: 60, Required: true, Hint: "一句话，例如：城东自来水有异味"},
	}, s.momentFields(typed, "发现的")...)}
}

// momentFields ask for a day and a time, now where nothing was typed.
func (s *Site) momentFields(typed url.Values, of string) []Field {
	now := s.Now().In(corpus.Zone)
	day, hour := now.Format(time.DateOnly), now.Format("15:04")
	if typed.Has("day") {
		day, hour = typed.Get("day"), typed.Get("time")
	}
	return []Field{
		{Name: "day", Label: of + "日期", Type: "date", Value: day, Required: true},
		{Name: "time", Label: of + "时间", Type: "time", Value: hour, Required: true},
	}
}

// moment reads what momentFields ask.
func moment(form url.Values) (time.Time, error) {
	at, err := time.ParseInLocation("2006-01-02 15:04", form.Get("day")+" "+form.Get("time"), corpus.Zone)
	if err != nil {
		return at, desk.NotReady{"请填写日期和时间"}
	}
	return at, nil
}

// markConcern starts the clocks of a topic.
func (s *Site) markConcern(v *Visit) error {
	in, err := v.Form()
	if err != nil {
		return err
	}
	at, err := moment(in)
	var id int64
	if err == nil {
		id, err = s.Desk.MarkConcern(v.R.Context(), v.Actor(), desk.Concern{Topic: in.Get("topic"), Grave: in.Get("grave") == "yes", Started: at})
	}
	var lacks desk.NotReady
	if errors.As(err, &lacks) {
		form := s.concernForm(in)
		form.Whole = joined(lacks)
		view, err := s.concernsView(v, form, in.Get("grave") == "yes")
		if err != nil {
			return err
		}
		return v.Again("concerns", "舆情处理", view)
	}
	if err != nil {
		return err
	}
	return v.Go(concernPath(id), "已标记，开始计时。做了什么，请随时记在这里。")
}

type concernView struct {
	Form
	concernRow
	Notes []noteRow
	Steps Field
	May   bool // note
	// Others stop its clocks, who answer for the whole installation.
	Others bool
	Text   string
}

type noteRow struct {
	desk.ConcernNote
	What string
}

var concernWords = map[desk.ConcernStep]string{
	desk.ConcernAnswered: "发布了权威信息", desk.ConcernBriefed: "开了新闻发布会", desk.ConcernNoted: "处理情况", desk.ConcernClosed: "办结",
}

func (s *Site) concern(v *Visit) error {
	c, err := s.Desk.ConcernOf(v.R.Context(), v.Actor(), int64(number(v.R.PathValue("id"))))
	if err != nil {
		return err
	}
	return v.Show("concern", c.Topic, s.concernView(v, c, url.Values{}))
}

func (s *Site) concernView(v *Visit, c desk.Concern, typed url.Values) concernView {
	view := concernView{concernRow: s.concernRow(c), May: c.Closed.IsZero() && v.Me.Is(desk.Editor, desk.Reviewer), Text: typed.Get("text")}
	for _, n := range c.Notes {
		view.Notes = append(view.Notes, noteRow{n, concernWords[n.Step]})
	}
	steps := []desk.ConcernStep{desk.ConcernNoted} // first: it starts and ends nothing
	if c.Answered.IsZero() {
		steps = append(steps, desk.ConcernAnswered)
	}
	if c.Grave && c.Briefed.IsZero() {
		steps = append(steps, desk.ConcernBriefed)
	}
	if v.Me.Is(desk.Reviewer) {
		steps = append(steps, desk.ConcernClosed)
	}
	if view.Others = c.OthersToStop(v.Me); view.Others {
		steps = steps[:1]
	}
	view.Steps = choose("step", "是哪一步", typed.Get("step"), steps, func(x desk.ConcernStep) string { return concernWords[x] })
	view.Steps.Options = view.Steps.Options[1:]
	who := v.Me.Display
	if typed.Has("who") {
		who = typed.Get("who")
	}
	view.Form = Form{Fields: append([]Field{{Name: "who", Label: "谁做的", Value: who, Max: 30, Required: true}}, s.momentFields(typed, "")...)}
	return view
}

// noteConcern notes what was done, and closes it where that is chosen.
func (s *Site) noteConcern(v *Visit) error {
	in, err := v.Form()
	if err != nil {
		return err
	}
	ctx, by, id := v.R.Context(), v.Actor(), int64(number(v.R.PathValue("id")))
	c, err := s.Desk.ConcernOf(ctx, by, id)
	if err != nil {
		return err
	}
	at, err := moment(in)
	if err == nil {
		err = s.Desk.NoteConcern(ctx, by, id, desk.ConcernNote{Step: desk.ConcernStep(in.Get("step")), Text: unixLines(in.Get("text")), Who: in.Get("who"), At: at})
	}
	var lacks desk.NotReady
	var denied desk.Denied
	switch {
	case errors.As(err, &lacks):
	case errors.As(err, &denied):
		lacks = desk.NotReady{string(denied)}
	case errors.Is(err, desk.ErrStale):
		lacks = desk.NotReady{"别人刚刚记过这一步，请看过再记"}
	case err != nil:
		return err
	case in.Get("step") == string(desk.ConcernClosed):
		return v.Go("/concerns", "已办结，不再计时："+c.Topic)
	default:
		return v.Go(concernPath(id), "已记下。")
	}
	if c, err = s.Desk.ConcernOf(ctx, by, id); err != nil {
		return err
	}
	view := s.concernView(v, c, in)
	view.Whole = joined(lacks)
	return v.Again("concern", c.Topic, view)
}

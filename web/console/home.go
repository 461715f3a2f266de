package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/door"
)

var homePages = []Route{
	{Method: Get, Path: "/{$}", Who: Staff, Do: (*Site).home},
}

// Overview is what the first page tells.
type Overview interface {
	// Freshness says how the index follows what was published.
	Freshness(ctx context.Context) (Freshness, error)
	// Unanswered returns what citizens asked some accounts (nil: all) since an
	// instant and got no answer to, newest first, at most limit, and how many
	// that were of how many questions.
	Unanswered(ctx context.Context, accounts []string, since time.Time, limit int) (Unanswered, error)
}

// Freshness is how the index follows the documents.
type Freshness struct {
	Trouble   string // why no question can be answered; "" is well
	Documents int    // of one's own, published
	Sample    int    // of the invented city, in service
	Pending   int    // changes that wait to be served
	Behind    time.Duration
	Served    time.Time // when the index was brought up to date last
	Unchecked int       // agencies whose entries nobody has checked for 180 days
}

// Unanswered are questions that got no answer.
type Unanswered struct {
	Asked     int // questions in all
	Count     int // without an answer
	Questions []Question
}

// Question is what somebody asked: masked, and of nobody.
type Question struct {
	At      time.Time
	Account string
	Text    string
}

// shownAsked is how many questions the first page shows.
const shownAsked = 8

type homeView struct {
	Alarms     bool // the person sees what goes out of the console
	Bursts     []burstRow
	Greetings  []desk.Greeting
	Stops      []stopRow
	Fresh      Freshness
	Unanswered Unanswered
	Todo       []todo
	Clocks     []clockRow
	Useless    []uselessRow
	Edits      bool // the person may note a question with a passage
	More       bool // something else waits, and is not shown
	Later      int  // clocks that are not shown
}

// uselessRow is a document that somebody found of no use.
type uselessRow struct {
	desk.Judged
	Href string
}

// Share writes how many of a hundred got no answer.
func (u Unanswered) Share() string {
	if u.Asked == 0 {
		return ""
	}
	return strconv.Itoa((u.Count*100+u.Asked/2)/u.Asked) + "%"
}

func (s *Site) home(v *Visit) error {
	ctx := v.R.Context()
	var view homeView
	var err error
	if view.Fresh, err = s.Overview.Freshness(ctx); err != nil {
		return err
	}
	if view.Unanswered, err = s.Overview.Unanswered(ctx, s.Desk.Hears(v.Actor()), s.Now().AddDate(0, 0, -7), shownAsked); err != nil {
		return err
	}
	if len(view.Unanswered.Questions) > 0 {
		if err := s.Desk.SawQuestions(ctx, v.Actor(), "", "首页：没答上的问题"); err != nil {
			return err
		}
	}
	view.Edits = v.Me.Is(desk.Editor)
	view.Alarms = v.Me.Agency == "" && v.Me.Is(desk.Editor, desk.Reviewer, desk.Admin, desk.Auditor)
	if err := s.waiting(v, &view); err != nil {
		return err
	}
	return v.Show("home", "首页", view)
}

// todo is one thing that waits for the person.
type todo struct {
	What, Title, Href string
	By                string // who handed it over, or changed it last
	At                time.Time
}

// todoShown and clocksShown are how much the first page names of each.
const (
	todoShown   = 10
	clocksShown = 10
)

// clockRow is a clock as the first page tells of it.
type clockRow struct {
	desk.Clock
	What, Href, Left string
}

var clockWords = map[desk.ClockKind]string{
	desk.InterpretationDue: "要有解读", desk.Concern5h: "5小时内发布权威信息", desk.Concern24h: "24小时内开新闻发布会",
	desk.Concern48h: "48小时内回应", desk.Expiring: "到期", desk.Starting: "施行", desk.Unreviewed: "等待审核",
}

// waiting fills in what waits for the person and which clocks run.
func (s *Site) waiting(v *Visit, view *homeView) error {
	h, err := s.Desk.Home(v.R.Context(), v.Actor())
	if err != nil {
		return err
	}
	add := func(items []desk.Item, what func(desk.Item) string) {
		for _, i := range items {
			view.Todo = append(view.Todo, todo{What: what(i), Title: i.Document.Title, Href: s.documentPath(i.Document.ID), By: i.UpdatedBy, At: i.Updated})
		}
	}
	for _, p := range h.Promised {
		late := !p.Until.After(s.Now())
		view.Clocks = append(view.Clocks, clockRow{
			Clock: desk.Clock{Title: p.Words(), Due: p.Until, Late: late}, What: "暂时的答复要换成正式的",
			Left: left(p.Until.Sub(s.Now())), Href: Root + "/pins/" + strconv.FormatInt(p.ID, 10),
		})
	}
	for _, p := range h.Pins {
		view.Todo = append(view.Todo, todo{
			What: "请您审核", Title: "置顶：" + strings.Join(p.Phrases, "、"), Href: Root + "/pins/" + strconv.FormatInt(p.ID, 10), By: p.By, At: p.At,
		})
	}
	for _, b := range h.Bursts {
		view.Bursts = append(view.Bursts, burstRow{Burst: b, Account: s.accountLabel(b.Account)})
	}
	view.Greetings = h.Greetings
	for _, one := range h.Stops {
		view.Stops = append(view.Stops, stopRow{Stop: one, What: s.scope(one)})
	}
	if len(h.Differing) > 0 {
		view.Todo = append(view.Todo, todo{What: "说法不一", Title: "有" + itoa(len(h.Differing)) + "处文件的数字对不上", Href: Root + "/differences", At: h.Differing[0].Last})
	}
	add(h.Waiting, func(desk.Item) string { return "请您审核" })
	add(h.Mine, func(i desk.Item) string {
		if i.Returned {
			return "退回给您修改"
		}
		return "您的草稿"
	})
	add(h.Ready, func(desk.Item) string { return "可以发布" })
	if len(view.Todo) > todoShown {
		view.Todo, view.More = view.Todo[:todoShown], true
	}
	for _, j := range h.Useless {
		view.Useless = append(view.Useless, uselessRow{j, s.documentPath(j.Document)})
	}
	for _, c := range h.Clocks {
		row := clockRow{Clock: c, What: clockWords[c.Kind], Left: left(c.Due.Sub(s.Now()))}
		switch {
		case c.Document != "":
			row.Href = s.documentPath(c.Document)
		case c.Concern > 0:
			row.Href = Root + concernPath(c.Concern)
		}
		view.Clocks = append(view.Clocks, row)
	}
	if n := len(view.Clocks); n > clocksShown {
		view.Clocks, view.Later = view.Clocks[:clocksShown], n-clocksShown
	}
	return nil
}

// documentPath is where a document is worked on, "" where this console has no
// page for that.
func (s *Site) documentPath(id string) string {
	path := Root + "/documents/" + url.PathEscape(id)
	r, err := http.NewRequest(Get, path, nil)
	if err != nil {
		return ""
	}
	if _, pattern := s.mux.Handler(r); pattern == "" {
		return ""
	}
	return path
}

// left says how long there is still, or since when there is none.
func left(d time.Duration) string {
	word := "还有"
	if d < 0 {
		word, d = "已超过", -d
	}
	switch {
	case d < time.Hour:
		return word + strconv.Itoa(int(d.Minutes())) + "分钟"
	case d < 48*time.Hour:
		return word + strconv.Itoa(int(d.Hours())) + "小时"
	}
	return word + strconv.Itoa(int(d.Hours()/24)) + "天"
}

func itoa(n int) string { return strconv.Itoa(n) }

// isNone reports whether an error says that something is not there.
func isNone(err error) bool {
	return errors.Is(err, corpus.ErrNotFound) || errors.Is(err, door.ErrUnknown)
}

// Waiting is Behind in words.
func (f Freshness) Waiting() string {
	if f.Behind < time.Minute {
		return strconv.Itoa(int(f.Behind.Seconds())) + "秒"
	}
	return strconv.Itoa(int(f.Behind.Minutes())) + "分钟"
}

package console

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/door"
)

var homePages = []Route{
	{Method: Get, Path: "/{$}", Who: Staff, Do: (*Site).home},
}

// Overview is what the first page tells.
type Overview interface {
	// Freshness says how the index follows what was published.
	Freshness(ctx context.Context) (Freshness, error)
	// Unanswered returns what citizens asked since an instant and got no
	// answer to, newest first, at most limit, and how many that were of how
	// many questions.
	Unanswered(ctx context.Context, since time.Time, limit int) (Unanswered, error)
	// Ending returns published documents whose validity begins or ends within
	// so many days, the first to do so first.
	Ending(ctx context.Context, today corpus.Date, days, limit int) ([]Ending, error)
}

// Freshness is how the index follows the documents.
type Freshness struct {
	Trouble   string // why no question can be answered; "" is well
	Documents int    // of one's own, published
	Sample    int    // of the invented city, in service
	Pending   int    // changes that wait to be served
	Behind    time.Duration
	Served    time.Time // when the index was brought up to date last
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

// Ending is a document whose validity changes soon.
type Ending struct {
	Document string
	Title    string
	Day      corpus.Date // the last day in force, or the first
	Begins   bool
	Days     int // from today
}

const (
	endingDays  = 30
	shownEnding = 8
	shownAsked  = 8
)

type homeView struct {
	Fresh      Freshness
	Unanswered Unanswered
	Ending     []Ending
	Stale      int // agencies not checked for long
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
	today := corpus.DayOf(s.Now())
	var view homeView
	var err error
	if view.Fresh, err = s.Overview.Freshness(ctx); err != nil {
		return err
	}
	if view.Unanswered, err = s.Overview.Unanswered(ctx, s.Now().AddDate(0, 0, -7), shownAsked); err != nil {
		return err
	}
	if view.Ending, err = s.Overview.Ending(ctx, today, endingDays, shownEnding); err != nil {
		return err
	}
	all, err := s.Agencies.AllAgencies(ctx)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.StaleOn(today) && !a.Sample {
			view.Stale++
		}
	}
	return v.Show("home", "首页", view)
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

package console

import (
	"context"
	"errors"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

var alarmPages = []Route{
	{Method: Get, Path: "/alarms", Who: Only(desk.Editor, desk.Reviewer, desk.Admin, desk.Auditor), Do: (*Site).alarms, Options: []Option{Under("/")}},
	{Method: Post, Path: "/alarms", Who: Only(desk.Editor, desk.Reviewer, desk.Admin), Do: (*Site).takeOn, Options: []Option{Under("/")}},
}

// Alarms are what those on duty are told outside of the console.
type Alarms interface {
	// Standing returns what stands now.
	Standing(ctx context.Context) (Standing, error)
	// TakeOn notes that a person sees to one of it: the deputy is told only if it
	// stands a day later. corpus.ErrNotFound where it is over.
	TakeOn(ctx context.Context, key string, by desk.Actor) error
}

// Standing is what is alarming now, and whether anybody is told of it outside.
type Standing struct {
	Alarms          []Alarm
	Outside, Deputy bool
}

// Alarm is one matter.
type Alarm struct {
	Key, Text string
	By        string // who sees to it; "" is nobody yet
	At        time.Time
}

type alarmsView struct {
	Standing
	May bool // take one on
}

// alarms lists what stands. It is of the whole installation: an agency's own
// people see their clocks on the first page.
func (s *Site) alarms(v *Visit) error {
	if v.Me.Agency != "" {
		return corpus.ErrNotFound
	}
	all, err := s.Alarms.Standing(v.R.Context())
	if err != nil {
		return err
	}
	return v.Show("alarms", "提醒", alarmsView{all, v.Me.Is(desk.Editor, desk.Reviewer, desk.Admin)})
}

func (s *Site) takeOn(v *Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	if v.Me.Agency != "" {
		return corpus.ErrNotFound
	}
	err = s.Alarms.TakeOn(v.R.Context(), form.Get("key"), v.Actor())
	if errors.Is(err, corpus.ErrNotFound) {
		return v.Go("/alarms", "这件事已经过去了，不用再处理。")
	}
	if err != nil {
		return err
	}
	return v.Go("/alarms", "已记下由您处理。")
}

package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
)

// Stop holds automatic answers back, of an account or of all, on a topic or on
// everything: see bot.Stop. Its record stays after it was lifted.
type Stop struct {
	ID      int64
	Account string // "" is all accounts
	Topic   string // "" is everything
	Reason  string // for staff: citizens are not told
	By      string
	At      time.Time

	LiftedBy     string
	LiftedReason string
	LiftedAt     time.Time // zero: it stands
}

// Stands reports whether the stop holds answers back.
func (s Stop) Stands() bool { return s.LiftedAt.IsZero() }

// Scope says what a stop holds back: 账号minzheng，主题“养老”.
func (s Stop) Scope() string {
	text := "全部账号"
	if s.Account != "" {
		text = "账号" + s.Account
	}
	if s.Topic != "" {
		text += "，主题“" + s.Topic + "”"
	}
	return text
}

// Stops keeps them. What stands is looked at for every reply.
type Stops interface {
	// StopAnswers stores a stop's Account, Topic and Reason. ErrTaken where the
	// same stands already.
	StopAnswers(ctx context.Context, s Stop, by Actor) error
	// ResumeAnswers lifts one. ErrStale where it does not stand any more.
	ResumeAnswers(ctx context.Context, id int64, why string, by Actor) error
	// StopOf returns one; corpus.ErrNotFound where there is none.
	StopOf(ctx context.Context, id int64) (Stop, error)
	// ListStops returns those that stand and, of those that were lifted, the
	// newest, at most limit.
	ListStops(ctx context.Context, limit int) ([]Stop, error)
	// TopicNames returns the topics of what some accounts have published.
	TopicNames(ctx context.Context, accounts []string) ([]string, error)
}

// Stop holds automatic answers back from now on.
func (d *Desk) Stop(ctx context.Context, by Actor, s Stop) error {
	if !by.Is(Reviewer) {
		return Denied("只有审核人员可以暂停自动回答")
	}
	var lacks NotReady
	if strings.TrimSpace(s.Reason) == "" || !oneLine(s.Reason, maxReason) {
		lacks = append(lacks, "请写明原因，最多500个字，写在一行里")
	}
	if !d.stoppable(by, s) {
		lacks = append(lacks, "请选要暂停的账号；大家共用的账号，一个单位只能停一个主题")
	}
	if s.Topic != "" {
		topics, err := d.Topics(ctx, by)
		if err != nil {
			return err
		}
		if !slices.Contains(topics, s.Topic) {
			lacks = append(lacks, "没有这个主题，请重新选")
		}
	}
	if len(lacks) > 0 {
		return lacks
	}
	err := d.Stops.StopAnswers(ctx, s, by)
	if errors.Is(err, ErrTaken) {
		return NotReady{s.Scope() + "已经暂停了，不用再停"}
	}
	return err
}

// stoppable reports whether a person may throw a switch: who is of an agency
// may stop that agency's accounts, and a topic on those that are everybody's.
func (d *Desk) stoppable(by Actor, s Stop) bool {
	if by.Agency == "" && s.Account == "" {
		return true
	}
	return slices.ContainsFunc(d.AccountsOf(by), func(a Account) bool {
		return a.Name == s.Account && (by.Agency == "" || a.Agency == by.Agency || s.Topic != "")
	})
}

// MayLift reports whether a person may lift a stop: who might have made it. One
// of an account that is no longer configured is lifted by who is of no agency.
func (d *Desk) MayLift(by Actor, s Stop) bool {
	return by.Is(Reviewer) && (by.Agency == "" || d.stoppable(by, s))
}

// Lift lets automatic answers go on. Why need not be said.
func (d *Desk) Lift(ctx context.Context, by Actor, id int64, why string) error {
	s, err := d.Stops.StopOf(ctx, id)
	switch {
	case err != nil:
		return err
	case !d.sees(by, s):
		return corpus.ErrNotFound
	case !by.Is(Reviewer):
		return Denied("只有审核人员可以恢复自动回答")
	case !d.MayLift(by, s):
		return Denied("这一条要由管全部单位的审核人员恢复")
	case !oneLine(why, maxReason):
		return NotReady{"原因最多500个字，写在一行里"}
	}
	err = d.Stops.ResumeAnswers(ctx, id, strings.TrimSpace(why), by)
	if errors.Is(err, ErrStale) {
		return Denied("已经有人恢复了")
	}
	return err
}

// sees reports whether a stop concerns a person: their accounts, or all.
func (d *Desk) sees(by Actor, s Stop) bool { return s.Account == "" || d.speaks(by)(s.Account) }

// maxStops is how many stops are shown.
const maxStops = 50

// Stopped returns the stops that concern a person: those that stand, and the
// last that were lifted.
func (d *Desk) Stopped(ctx context.Context, by Actor) ([]Stop, error) {
	if err := d.inside(by); err != nil {
		return nil, err
	}
	all, err := d.Stops.ListStops(ctx, maxStops)
	return slices.DeleteFunc(all, func(s Stop) bool { return !d.sees(by, s) }), err
}

// standing are the stops that hold answers back of a person's accounts.
func (d *Desk) standing(ctx context.Context, by Actor) ([]Stop, error) {
	if d.Stops == nil {
		return nil, nil
	}
	all, err := d.Stopped(ctx, by)
	return slices.DeleteFunc(all, func(s Stop) bool { return !s.Stands() }), err
}

// Topics are what answers may be stopped on: the topics of what a person's
// accounts have published.
func (d *Desk) Topics(ctx context.Context, by Actor) ([]string, error) {
	var names []string
	for _, a := range d.AccountsOf(by) {
		names = append(names, a.Name)
	}
	return d.Stops.TopicNames(ctx, names)
}

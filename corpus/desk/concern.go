package desk

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// Concern is a topic that staff have marked as of public concern (舆情).
type Concern struct {
	ID       int64
	Topic    string
	Grave    bool      // 特别重大、重大: 5 and 24 hours; else 48
	Agency   string    // whose it is; "" is the whole installation's
	By       string    // who has marked it, a display name
	Started  time.Time // when it became known
	Touched  time.Time // something was done last; zero: nothing yet
	Answered time.Time // of the first release; zero: none yet
	Briefed  time.Time // of the press conference; zero: none yet
	Closed   time.Time // zero: it is open
	Notes    []ConcernNote
}

// ConcernStep is what was done about a concern.
type ConcernStep string

// The steps.
const (
	ConcernAnswered ConcernStep = "answered" // 发布了权威信息, 作了回应
	ConcernBriefed  ConcernStep = "briefed"  // 开了新闻发布会
	ConcernNoted    ConcernStep = "noted"    // anything else: 已联系供水公司
	ConcernClosed   ConcernStep = "closed"
)

// ConcernNote is what was done, by whom and when.
type ConcernNote struct {
	Step ConcernStep
	Text string
	Who  string    // has done it
	At   time.Time // it was done
	By   string    // has noted it, a display name
}

// Concerns keeps them. Every change is one transaction with its entry in the
// history.
type Concerns interface {
	// AddConcern stores one and returns its ID. ErrTaken, with the ID of that,
	// where one of that topic is open already.
	AddConcern(ctx context.Context, c Concern, by Actor) (int64, error)
	// Concern returns one with its notes, oldest first; corpus.ErrNotFound where
	// there is none.
	Concern(ctx context.Context, id int64) (Concern, error)
	// ListConcerns returns those of an agency and of the whole installation ("" is
	// all) that are open, or were
	// marked since then, without their notes: the open ones first, then the
	// newest.
	ListConcerns(ctx context.Context, agency string, since time.Time, limit int) ([]Concern, error)
	// NoteConcern adds a note, once, and what it says of the concern. ErrStale where
	// that is closed, or where the step was taken already.
	NoteConcern(ctx context.Context, id int64, n ConcernNote, by Actor) error
}

// The bounds of concerns.
const (
	maxConcern     = 60  // characters of a topic
	maxConcernNote = 500 // characters
	maxConcerns    = 200 // in a list
	// concernsKept is how long a closed one is listed after it was marked.
	concernsKept = 365 * 24 * time.Hour
)

// clocks are those that a concern still has.
func (c Concern) clocks() []Clock {
	if !c.Closed.IsZero() {
		return nil
	}
	clock := func(kind ClockKind, d time.Duration) Clock {
		return Clock{Kind: kind, Title: c.Topic, Concern: c.ID, Started: c.Started, Due: c.Started.Add(d)}
	}
	var all []Clock
	switch {
	case !c.Answered.IsZero():
	case c.Grave:
		all = append(all, clock(Concern5h, 5*time.Hour))
	default:
		all = append(all, clock(Concern48h, 48*time.Hour))
	}
	if c.Grave && c.Briefed.IsZero() {
		all = append(all, clock(Concern24h, 24*time.Hour))
	}
	return all
}

// Clocks are those that a concern still has at an instant, that which runs out
// first first.
func (c Concern) Clocks(now time.Time) []Clock {
	all := c.clocks()
	for i := range all {
		all[i].Late = !now.Before(all[i].Due)
	}
	return all
}

// MarkConcern marks a topic: its clocks run from c.Started, from now on where
// that is zero.
func (d *Desk) MarkConcern(ctx context.Context, by Actor, c Concern) (int64, error) {
	now := d.Now()
	if c.Started.IsZero() {
		c.Started = now
	}
	c.Topic = strings.TrimSpace(c.Topic)
	switch {
	case d.inside(by) != nil || !by.Is(Reviewer):
		return 0, Denied("只有审核人员可以标记舆情")
	case c.Topic == "" || !oneLine(c.Topic, maxConcern):
		return 0, NotReady{"请写明是什么事，最多60个字，写在一行里"}
	case c.Started.After(now):
		return 0, NotReady{"发现的时间还没有到"}
	case now.Sub(c.Started) > concernsKept:
		return 0, NotReady{"发现的时间太早，请核对"}
	}
	c.Agency, c.By = by.Agency, by.Display
	id, err := d.Concerns.AddConcern(ctx, c, by)
	if errors.Is(err, ErrTaken) {
		return id, NotReady{"“" + c.Topic + "”已经标记过，正在计时，请在那一件里记处理情况"}
	}
	return id, err
}

// ConcernOf returns one that the person may see: their agency's, and the whole
// installation's, which concern everybody.
func (d *Desk) ConcernOf(ctx context.Context, by Actor, id int64) (Concern, error) {
	c, err := d.Concerns.Concern(ctx, id)
	if err == nil && (d.inside(by) != nil || by.Agency != "" && c.Agency != "" && c.Agency != by.Agency) {
		return Concern{}, corpus.ErrNotFound
	}
	return c, err
}

// ConcernList returns what is open, and what was marked within a year.
func (d *Desk) ConcernList(ctx context.Context, by Actor) ([]Concern, error) {
	if err := d.inside(by); err != nil {
		return nil, err
	}
	return d.Concerns.ListConcerns(ctx, by.Agency, d.Now().Add(-concernsKept), maxConcerns)
}

// NoteConcern notes what was done about a concern, and by whom and when. It is
// closed by a reviewer, with what came of it.
func (d *Desk) NoteConcern(ctx context.Context, by Actor, id int64, n ConcernNote) error {
	c, err := d.ConcernOf(ctx, by, id)
	if err != nil {
		return err
	}
	now := d.Now()
	if n.At.IsZero() {
		n.At = now
	}
	if n.Who = strings.TrimSpace(n.Who); n.Who == "" {
		n.Who = by.Display
	}
	n.Text, n.By = strings.TrimSpace(n.Text), by.Display
	switch {
	case !by.Is(Editor, Reviewer):
		return Denied("只有编辑和审核人员可以记处理情况")
	case n.Step != ConcernNoted && c.OthersToStop(by.Staff):
		return Denied("这件事由总负责的同事统一计时和办结，您可以记处理情况")
	case n.Step == ConcernClosed && !by.Is(Reviewer):
		return Denied("只有审核人员可以办结舆情")
	case !c.Closed.IsZero():
		return Denied("这件事已经办结，不能再记")
	case n.Step == ConcernAnswered && !c.Answered.IsZero():
		return Denied("已经记过发布的时间")
	case n.Step == ConcernBriefed && !c.Briefed.IsZero():
		return Denied("已经记过新闻发布会的时间")
	}
	if lacks := noteFaults(c, n, now); len(lacks) > 0 {
		return lacks
	}
	return d.Concerns.NoteConcern(ctx, id, n, by)
}

// OthersToStop reports whether others stop a concern's clocks: those of the
// whole installation are stopped by who answers for all of it, while any
// agency notes what it has done.
func (c Concern) OthersToStop(s Staff) bool { return s.Agency != "" && c.Agency != s.Agency }

// noteFaults says what is wrong with a note.
func noteFaults(c Concern, n ConcernNote, now time.Time) NotReady {
	var lacks NotReady
	add := func(is bool, what string) {
		if is {
			lacks = append(lacks, what)
		}
	}
	switch n.Step {
	case ConcernAnswered, ConcernBriefed, ConcernNoted, ConcernClosed:
	default:
		add(true, "请选做了什么")
	}
	add(n.Text == "", "请写明做了什么")
	add(utf8.RuneCountInString(n.Text) > maxConcernNote || !utf8.ValidString(n.Text), "处理情况最多500个字")
	add(!oneLine(n.Who, maxDisplay), "是谁做的最多30个字，写在一行里")
	add(n.At.After(now), "处理的时间还没有到")
	add(n.At.Before(c.Started.Truncate(time.Minute)), "处理的时间早于发现的时间，请核对")
	return lacks
}

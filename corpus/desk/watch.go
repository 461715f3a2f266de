package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/policybot/policybot/corpus"
)

// Timers knows what clocks run for, and what is to be published by itself.
type Timers interface {
	// Running returns what clocks run for on a day, of what staff of an agency
	// may see.
	Running(ctx context.Context, agency string, today corpus.Date) (Running, error)
	// DueWorks returns approved revisions whose time has come, the oldest first.
	DueWorks(ctx context.Context, now time.Time) ([]Work, error)
	// Reschedule changes when an approved revision is to be published; zero is
	// by hand. ErrStale as SaveWork.
	Reschedule(ctx context.Context, id string, revision, version int, at time.Time, by Actor) error
}

// Clocks returns the clocks that run of what the person may see, those that
// run out first first.
func (d *Desk) Clocks(ctx context.Context, by Actor) ([]Clock, error) {
	if err := d.inside(by); err != nil {
		return nil, err
	}
	now := d.Now()
	r, err := d.Timers.Running(ctx, by.Agency, corpus.DayOf(now))
	if err != nil {
		return nil, err
	}
	return Clocks(now, d.Calendar, r), nil
}

// Schedule changes when an approved revision is to be published; zero is by
// hand.
func (d *Desk) Schedule(ctx context.Context, by Actor, id string, revision, version int, at time.Time) error {
	w, err := d.Look(ctx, by, id, revision)
	if err != nil {
		return err
	}
	switch {
	case w.Revision.Status != corpus.Approved:
		return Denied("审核通过的版本才能定时发布")
	case !by.Is(Reviewer):
		return Denied("只有审核人员可以定时发布")
	case w.Version != version:
		return &Conflict{Theirs: w}
	case !at.IsZero() && at.Before(d.Now()):
		return NotReady{"发布时间已经过了"}
	}
	err = d.Timers.Reschedule(ctx, id, w.Revision.Number, version, at, by)
	return d.conflict(ctx, by, err, id, w.Revision.Number)
}

// PublishDue publishes what was approved for a time that has come, each by
// itself, and returns how many there were. It is called every few seconds.
func (d *Desk) PublishDue(ctx context.Context) (int, error) {
	due, err := d.Timers.DueWorks(ctx, d.Now())
	if err != nil || len(due) == 0 {
		return 0, err
	}
	n := 0
	var failed []error
	for _, w := range due {
		err := d.Works.Move(ctx, []Move{{
			Document: w.Document.ID, Revision: w.Revision.Number, Version: w.Version,
			From: corpus.Approved, To: corpus.Published, By: Program("schedule"),
		}})
		switch {
		case err == nil:
			n++
		case !errors.Is(err, ErrStale): // else somebody was faster
			failed = append(failed, err)
		}
	}
	if n > 0 {
		failed = append(failed, d.published(ctx))
	}
	return n, errors.Join(failed...)
}

// Trail returns what was done, the newest first: all of it for auditors and
// administrators, what was done to their documents for others.
func (d *Desk) Trail(ctx context.Context, by Actor, f EntryFilter, skip, limit int) ([]Entry, error) {
	if err := d.inside(by); err != nil {
		return nil, err
	}
	if f.Document != "" {
		if _, err := d.Look(ctx, by, f.Document, 0); err != nil {
			return nil, err
		}
	} else if !by.Is(Auditor, Admin) {
		return nil, Denied("只有审计人员和管理人员可以看全部记录")
	}
	f.Agency = by.Agency
	return d.History.Entries(ctx, f, max(0, skip), min(max(0, limit), Page))
}

// Home is what a person sees first.
type Home struct {
	Mine    []Item  // drafts of theirs that were sent back, or not handed over
	Waiting []Item  // for their review: submitted by others
	Ready   []Item  // approved, to be published
	Clocks  []Clock // that run out first
	Uploads []Upload
	Pins    []Pin // for their review: proposed by others
	// Promised are holding replies whose hour has nearly come, or has passed, that
	// of the first first.
	Promised []Pin
	Bursts   []Burst // what many ask just now
	Stops    []Stop  // what is held back now
	// Greetings are the accounts whose greeting has something to be mended.
	Greetings []Greeting
	Differing []Difference // what answers found to be said twice, with other figures
	Useless   []Judged
}

// homeLines bounds each list of Home.
const homeLines = 20

// Home returns what waits for a person.
func (d *Desk) Home(ctx context.Context, by Actor) (h Home, err error) {
	list := func(to *[]Item, is bool, f Filter) {
		if err == nil && is {
			*to, _, err = d.List(ctx, by, f, 0, homeLines)
		}
	}
	list(&h.Mine, by.Is(Editor), Filter{States: []State{IsDraft}, Author: by.ID})
	list(&h.Waiting, by.Is(Reviewer), Filter{States: []State{IsSubmitted}, NotAuthor: by.ID})
	list(&h.Ready, by.Is(Reviewer), Filter{States: []State{IsApproved}})
	if err != nil {
		return h, err
	}
	if h.Clocks, err = d.Clocks(ctx, by); err != nil {
		return h, err
	}
	h.Clocks = h.Clocks[:min(len(h.Clocks), homeLines)]
	if h.Greetings, err = d.CheckGreetings(ctx, by); err != nil {
		return h, err
	}
	if h.Stops, err = d.standing(ctx, by); err != nil {
		return h, err
	}
	if h.Pins, h.Promised, err = d.pinsAtHome(ctx, by); err != nil {
		return h, err
	}
	if by.Is(Editor, Reviewer) {
		if h.Bursts, err = d.Bursting(ctx, by); err != nil {
			return h, err
		}
		if h.Differing, err = d.Differing(ctx, by); err != nil {
			return h, err
		}
	}
	if h.Useless, err = d.judged(ctx, by); err != nil {
		return h, err
	}
	all, err := d.Uploaded(ctx, by, 0, homeLines)
	h.Uploads = slices.DeleteFunc(all, func(u Upload) bool { return u.State == UploadDone })
	return h, err
}

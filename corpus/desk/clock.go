package desk

import (
	"cmp"
	"slices"
	"time"

	"github.com/policybot/policybot/corpus"
)

// ClockKind is what a clock runs for.
type ClockKind string

// The kinds of clocks.
const (
	InterpretationDue ClockKind = "interpretation" // 解读 within three working days of publication
	Concern5h         ClockKind = "concern5h"      // 特别重大、重大: 5小时内权威发布
	Concern24h        ClockKind = "concern24h"     // 24小时内新闻发布会
	Concern48h        ClockKind = "concern48h"     // 其他: 48小时内回应
	Expiring          ClockKind = "expiring"       // a document ends within 30 days
	Starting          ClockKind = "starting"       // a document takes effect within 30 days
	Unreviewed        ClockKind = "unreviewed"     // submitted, and nobody has reviewed it
)

// Clock is something that runs out.
type Clock struct {
	Kind     ClockKind
	Document string // ID; "" where it is a topic's
	Concern  int64  // ID of that; 0 where it is a document's
	Title    string // of the document, or the topic
	Started  time.Time
	Due      time.Time // the end of the last day, or the instant
	Late     bool      // it has run out
	// Uncertain: the holidays of a year that it runs through are not published
	// yet, so that only its weekends were left out.
	Uncertain bool
}

// Event is what starts a clock.
type Event struct {
	Document string
	Title    string
	At       time.Time   // of publication, submission or marking
	Day      corpus.Date // of taking effect or of the last day
}

// Running is what clocks run for.
type Running struct {
	Published []Event // policies without an interpretation that need one
	Submitted []Event
	Ending    []Event // Day: the last day in force
	Beginning []Event // Day: of taking effect
	Concerns  []Concern
}

// The lengths of clocks.
const (
	interpretationDays = 3  // working days
	soon               = 30 // days before a document ends or begins
	reviewDays         = 1  // working day for a review
)

// Clocks returns the clocks that run at an instant, those that run out first
// first. It is pure.
func Clocks(now time.Time, cal Calendar, r Running) []Clock {
	var all []Clock
	working := func(kind ClockKind, e Event, days int) {
		day, uncertain := WorkingDay(corpus.DayOf(e.At), days, cal)
		all = append(all, Clock{Kind: kind, Document: e.Document, Title: e.Title, Started: e.At, Due: endOf(day), Uncertain: uncertain})
	}
	for _, e := range r.Published {
		working(InterpretationDue, e, interpretationDays)
	}
	for _, e := range r.Submitted {
		working(Unreviewed, e, reviewDays)
	}
	today := corpus.DayOf(now)
	for _, e := range r.Ending {
		if e.Day >= today && e.Day <= today.Add(soon) {
			all = append(all, Clock{Kind: Expiring, Document: e.Document, Title: e.Title, Started: e.At, Due: endOf(e.Day)})
		}
	}
	for _, e := range r.Beginning {
		if e.Day > today && e.Day <= today.Add(soon) {
			all = append(all, Clock{Kind: Starting, Document: e.Document, Title: e.Title, Started: e.At, Due: endOf(e.Day.Add(-1))})
		}
	}
	for _, c := range r.Concerns {
		all = append(all, c.clocks()...)
	}
	for i := range all {
		all[i].Late = !now.Before(all[i].Due)
	}
	slices.SortStableFunc(all, func(a, b Clock) int {
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Document, b.Document))
	})
	return all
}

// WorkingDay returns the n-th working day after a day. uncertain says that it
// went through a year whose holidays are not published, where only weekends
// are left out.
func WorkingDay(after corpus.Date, n int, cal Calendar) (day corpus.Date, uncertain bool) {
	day = after
	for n > 0 {
		next := day.Add(1)
		if next == day { // no day
			return day, true
		}
		day = next
		off, known := dayOff(day, cal)
		uncertain = uncertain || !known
		if !off {
			n--
		}
	}
	return day, uncertain
}

func dayOff(day corpus.Date, cal Calendar) (off, known bool) {
	h, known := cal.On(day)
	t, err := time.Parse(time.DateOnly, string(day))
	weekend := err == nil && (t.Weekday() == time.Saturday || t.Weekday() == time.Sunday)
	return h.Off() || weekend && !h.Work, known
}

// endOf is the instant at which a day ends.
func endOf(day corpus.Date) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(day.Add(1)), corpus.Zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

package desk_test

import (
	"errors"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

// Of old documents one of ten has to be opened, of others each.
func TestMayPass(t *testing.T) {
	t.Parallel()
	old, seen := desk.Glance{Backlog: true}, desk.Glance{Backlog: true, Opened: true}
	fresh, read := desk.Glance{}, desk.Glance{Opened: true}
	gone := desk.Glance{Err: corpus.ErrNotFound, Backlog: true}
	many := func(n int, g desk.Glance, more ...desk.Glance) []desk.Glance {
		for range n {
			more = append(more, g)
		}
		return more
	}
	for name, c := range map[string]struct {
		batch []desk.Glance
		pass  int // of them
	}{
		"one old": {many(1, old), 0}, "one old, opened": {many(1, seen), 1}, "ten, one opened": {many(9, old, seen), 10},
		"eleven, one opened": {many(10, old, seen), 0}, "eleven, two opened": {many(9, old, seen, seen), 11},
		"new": {many(2, fresh, read), 1}, "new ones are no sample": {many(3, old, read), 1}, "what is gone counts for nothing": {many(9, old, seen, gone), 10},
	} {
		pass := 0
		for i, g := range c.batch {
			err := desk.MayPass(c.batch, i)
			var denied desk.Denied
			var lacks desk.NotReady
			switch {
			case err == nil:
				pass++
			case g.Err != nil && !errors.Is(err, g.Err), g.Err == nil && !errors.As(err, &denied) && !errors.As(err, &lacks):
				t.Errorf("%s: %v", name, err)
			}
		}
		if pass != c.pass {
			t.Errorf("%s: %d pass, want %d", name, pass, c.pass)
		}
	}
}

func TestConcernClocks(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, corpus.Zone)
	done := start.Add(time.Hour)
	for name, c := range map[string]struct {
		concern desk.Concern
		at      time.Duration
		want    int
		late    int
	}{
		"grave": {desk.Concern{Grave: true}, 4 * time.Hour, 2, 0}, "grave, late": {desk.Concern{Grave: true}, 5 * time.Hour, 2, 1},
		"grave, answered": {desk.Concern{Grave: true, Answered: done}, 30 * time.Hour, 1, 1},
		"grave, all done": {desk.Concern{Grave: true, Answered: done, Briefed: done}, 30 * time.Hour, 0, 0},
		"plain":           {desk.Concern{}, 47 * time.Hour, 1, 0}, "plain, late": {desk.Concern{}, 48 * time.Hour, 1, 1},
		"answered": {desk.Concern{Answered: done}, 0, 0, 0}, "closed": {desk.Concern{Grave: true, Closed: done}, 0, 0, 0},
	} {
		c.concern.Started = start
		clocks := c.concern.Clocks(start.Add(c.at))
		late := 0
		for _, k := range clocks {
			if k.Late {
				late++
			}
		}
		if len(clocks) != c.want || late != c.late {
			t.Errorf("%s: %+v", name, clocks)
		}
	}
}

package store_test

import (
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

// A clock that is set back, and forward again, publishes once what is due,
// keeps the history whole, and ends a pin when its hour comes.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	o.draft(t, "a")
	w := o.to(t, "a", corpus.Submitted)
	at := o.clock.Add(time.Hour)
	if err := o.Approve(ctx, o.reviewer, desk.Move{Document: "a", Revision: 1, Version: w.Version, Checklist: looked, Publish: at}); err != nil {
		t.Fatal(err)
	}
	pin, err := o.Pin(ctx, o.editor, desk.Pin{Phrases: []string{"停水"}, Text: "正在核实。"})
	if err == nil {
		err = o.ApprovePin(ctx, o.reviewer, pin)
	}
	if err == nil {
		err = o.StartPin(ctx, o.editor, pin, at)
	}
	if err != nil {
		t.Fatal(err)
	}
	due := 0
	for _, step := range []struct {
		by   time.Duration
		due  int // published by then
		over bool
	}{{-2 * time.Hour, 0, false}, {90 * time.Minute, 0, false}, {2 * time.Hour, 1, true}, {-48 * time.Hour, 1, false}, {72 * time.Hour, 1, true}} {
		o.clock = o.clock.Add(step.by)
		n, err := o.PublishDue(ctx)
		if due += n; due != step.due || err != nil {
			t.Errorf("at %v: %d published, %v", o.clock, due, err)
		}
		if p, err := o.OnePin(ctx, o.editor, pin); err != nil || p.Over(o.clock) != step.over {
			t.Errorf("at %v: %+v, %v", o.clock, p, err)
		}
		if _, err := o.Clocks(ctx, o.auditor); err != nil {
			t.Error(err)
		}
	}
	if last, wrong, err := o.store.VerifyHistory(ctx); wrong != nil || err != nil || last.Action != desk.ActionPublished {
		t.Errorf("%+v, %v, %v", last, wrong, err)
	}
}

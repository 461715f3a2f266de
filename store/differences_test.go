package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

// What answers found to differ is looked at by those whose documents they are,
// once, and is gone with the next revision.
func TestDifferences(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	for _, id := range []string{"a", "b"} {
		o.draft(t, id, func(d *corpus.Document) { d.Agency = "青岚市民政局" })
		o.to(t, id, corpus.Published)
	}
	at := o.clock.Add(time.Hour)
	met := func(n int) {
		t.Helper()
		err := o.store.NoteDifferences(t.Context(), []bot.Difference{{
			Chosen: corpus.Ref{Document: "a", Revision: 1, Anchor: "a1"}, Other: corpus.Ref{Document: "b", Revision: 1, Anchor: "a1"}, Count: n, Last: at,
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	met(2)
	met(3)
	all, err := o.Differing(t.Context(), o.editor)
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	d := all[0]
	if d.Met != 5 || !d.Last.Equal(at) || d.Chosen.Title == "" || d.Chosen.Text == "" || d.Other.Text == "" || d.Chosen.Document != "a" {
		t.Errorf("%+v", d)
	}
	if all, err := o.Differing(t.Context(), o.stranger); err != nil || len(all) != 0 {
		t.Errorf("another agency sees %+v, %v", all, err)
	}
	var denied desk.Denied
	var lacks desk.NotReady
	if err := o.SettleDifference(t.Context(), o.stranger, d.ID, "都对"); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("another agency's: %v", err)
	}
	if err := o.SettleDifference(t.Context(), o.auditor, d.ID, "都对"); !errors.As(err, &denied) {
		t.Errorf("by an auditor: %v", err)
	}
	if err := o.SettleDifference(t.Context(), o.editor, d.ID, " "); !errors.As(err, &lacks) {
		t.Errorf("without a word: %v", err)
	}
	if err := o.SettleDifference(t.Context(), o.editor, d.ID, "两份都对，一份说的是往年"); err != nil {
		t.Fatal(err)
	}
	if err := o.store.SettleDifference(t.Context(), d.ID, "再看一遍", o.reviewer); !errors.Is(err, desk.ErrStale) {
		t.Errorf("twice: %v", err)
	}
	met(1)
	if all, err := o.Differing(t.Context(), o.editor); err != nil || len(all) != 0 {
		t.Errorf("after it was looked at: %+v, %v", all, err)
	}
	entries, err := o.History.Entries(t.Context(), desk.EntryFilter{Action: desk.ActionDecided}, 0, 5)
	if err != nil || len(entries) != 1 || entries[0].Document != "a" || entries[0].Detail != "核对与b说法不同之处：两份都对，一份说的是往年" {
		t.Errorf("%+v, %v", entries, err)
	}
	if err := o.store.SettleDifference(t.Context(), 99, "没有这一处", o.reviewer); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("none: %v", err)
	}
}

package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

// Who presses twice has done it once, and is told so where they have to know.
func TestPressedTwice(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	w := o.draft(t, "a")
	var once [3]int64
	for range 2 {
		pin, err := o.Pin(ctx, o.editor, desk.Pin{Phrases: []string{"停水"}, Text: "正在核实。"})
		if err != nil {
			t.Fatal(err)
		}
		comment, err := o.Comment(ctx, o.reviewer, "a", desk.Comment{Revision: 1, Text: "金额请核对"})
		if err != nil {
			t.Fatal(err)
		}
		concern, err := o.MarkConcern(ctx, o.reviewer, desk.Concern{Topic: "停水", Started: o.clock})
		var lacks desk.NotReady
		if once == [3]int64{} {
			once = [3]int64{pin, comment, concern}
			if err != nil {
				t.Fatal(err)
			}
		} else if !errors.As(err, &lacks) || once != [3]int64{pin, comment, concern} {
			t.Errorf("again: %d, %d, %d, %v", pin, comment, concern, err)
		}
		if err := o.NoteConcern(ctx, o.editor, concern, desk.ConcernNote{Step: desk.ConcernNoted, Text: "已联系水厂", At: o.clock}); err != nil {
			t.Fatal(err)
		}
	}
	other, err := o.Pin(ctx, o.second, desk.Pin{Phrases: []string{"停水"}, Text: "正在核实。"})
	if err != nil || other == once[0] {
		t.Errorf("somebody else's proposal is theirs: %d, %v", other, err)
	}
	c, err := o.ConcernOf(ctx, o.editor, once[2])
	if w = o.now(t, "a"); len(c.Notes) != 1 || len(w.Comments) != 1 || err != nil {
		t.Errorf("%+v, %+v, %v", c.Notes, w.Comments, err)
	}
	if err := o.Resolve(ctx, o.reviewer, "a", once[1]); err != nil {
		t.Fatal(err)
	}
	if id, err := o.Comment(ctx, o.reviewer, "a", desk.Comment{Revision: 1, Text: "金额请核对"}); err != nil || id == once[1] {
		t.Errorf("what was dealt with may be said again: %d, %v", id, err)
	}
	var denied desk.Denied
	if err := o.Submit(ctx, o.editor, "a", 1, w.Version); err != nil {
		t.Fatal(err)
	}
	if err := o.Submit(ctx, o.editor, "a", 1, w.Version); !errors.As(err, &denied) || denied != "这一版已经是“待审核”了" {
		t.Errorf("submitted again: %v", err)
	}
	w = o.now(t, "a")
	for range 2 {
		err = o.Approve(ctx, o.reviewer, desk.Move{Document: "a", Revision: 1, Version: w.Version, Checklist: looked})
		if err == nil {
			if err := o.Publish(ctx, o.reviewer, "a", 1, w.Version+1); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !errors.As(err, &denied) || denied != "这一版已经是“已发布”了" {
		t.Errorf("approved and published again: %v", err)
	}
}

// A line of metadata is one line: a second would say anything in a list or an
// alarm, and a mark of direction turns what stands after it.
func TestMetadataAreLines(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	w := o.draft(t, "a")
	c := w.Content()
	c.Document.Title, c.Document.Number, c.Document.Topics = "办法\r\n· 假的提醒\u202e", "青民\t1号\u2028", []string{"养老\n"}
	if _, err := o.Save(ctx, o.editor, "a", 1, w.Version, c); err != nil {
		t.Fatal(err)
	}
	if d := o.now(t, "a").Document; d.Title != "办法  · 假的提醒" || d.Number != "青民 1号" || d.Topics[0] != "养老" {
		t.Errorf("%q, %q, %q", d.Title, d.Number, d.Topics)
	}
}

// What another agency writes about a shared document is theirs until it is
// published.
func TestExplainedByOthers(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	o.draft(t, "a", func(d *corpus.Document) { d.Agency = "青岚市财政局、青岚市教育局" })
	o.draft(t, "i", declares(corpus.Interprets, "a"), func(d *corpus.Document) { d.Kind, d.Agency = corpus.Interpretation, "青岚市财政局" })
	sees := func(by desk.Actor, want int) {
		t.Helper()
		if all, err := o.Explained(ctx, by, "a"); err != nil || len(all) != want {
			t.Errorf("%s sees %+v, %v", by.Name, all, err)
		}
	}
	sees(o.stranger, 0)
	sees(o.reviewer, 1)
	o.to(t, "i", corpus.Published)
	sees(o.stranger, 1)
}

// Who comes second to a pair that differs is told so; a stranger isn't.
func TestDifferenceSettledTwice(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	for _, id := range []string{"a", "b"} {
		o.draft(t, id, func(d *corpus.Document) { d.Agency, d.Number = "青岚市财政局", id })
		o.to(t, id, corpus.Published)
	}
	pair := bot.Difference{Chosen: corpus.Ref{Document: "a", Revision: 1, Anchor: "a1"}, Other: corpus.Ref{Document: "b", Revision: 1, Anchor: "a1"}, Count: 1, Last: time.UnixMilli(1)}
	if err := o.store.NoteDifferences(ctx, []bot.Difference{pair}); err != nil {
		t.Fatal(err)
	}
	all, err := o.Differing(ctx, o.editor)
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	if err := o.SettleDifference(ctx, o.editor, all[0].ID, "都对"); err != nil {
		t.Fatal(err)
	}
	var denied desk.Denied
	if err := o.SettleDifference(ctx, o.reviewer, all[0].ID, "都对"); !errors.As(err, &denied) {
		t.Errorf("%v", err)
	}
	for _, by := range []desk.Actor{o.stranger} {
		if err := o.SettleDifference(ctx, by, all[0].ID, "都对"); !errors.Is(err, corpus.ErrNotFound) {
			t.Errorf("%v", err)
		}
	}
	if err := o.SettleDifference(ctx, o.editor, all[0].ID+1, "都对"); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

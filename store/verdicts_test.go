package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

// One verdict of each voter and document counts, the last; its owner reads what
// was asked, others don't know of it.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.Verdicts = o.store
	o.draft(t, "a", func(d *corpus.Document) { d.Title, d.Agency = "青岚市公园管理办法", "青岚市民政局" })
	o.to(t, "a", corpus.Published)
	o.draft(t, "b")
	vote := func(voter, document, record string, useful bool) error {
		return o.store.Vote(t.Context(), bot.Ballot{Voter: voter, Account: "default", At: o.clock,
			Verdict: bot.Verdict{Document: document, Useful: useful, Record: record}})
	}
	if err := errors.Join(vote("1", "a", "", true), vote("2", "a", "", true), vote("2", "a", "", false), vote("3", "a", "", false)); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"b", "none"} { // a draft, and nothing at all
		if err := vote("1", id, "", true); !errors.Is(err, corpus.ErrNotFound) {
			t.Errorf("%s: %v", id, err)
		}
	}
	tally, err := o.VerdictsOf(t.Context(), o.now(t, "a"))
	if err != nil || tally.Useful != 1 || tally.Useless != 2 || len(tally.Questions) != 0 {
		t.Errorf("%+v, %v", tally, err)
	}
	for who, want := range map[*desk.Actor]int{&o.editor: 1, &o.stranger: 0, &o.maintainer: 0} {
		h, err := o.Home(t.Context(), *who)
		if err != nil || len(h.Useless) != want {
			t.Errorf("%s: %+v, %v", who.Name, h.Useless, err)
		}
	}
	h, _ := o.Home(t.Context(), o.editor)
	if j := h.Useless[0]; j.Title != "青岚市公园管理办法" || j.Useful != 1 || j.Useless != 2 {
		t.Errorf("%+v", j)
	}
	o.clock = o.clock.AddDate(0, 0, 31)
	if h, _ := o.Home(t.Context(), o.editor); len(h.Useless) != 0 {
		t.Error("the first page tells of last month")
	}
	o.clock = o.clock.AddDate(1, 0, 0)
	if _, err := o.store.Expire(t.Context(), o.clock, o.clock.AddDate(0, -6, 0), 10); err != nil {
		t.Fatal(err)
	}
	o.clock = o.clock.AddDate(-1, 0, 0)
	if tally, _ := o.VerdictsOf(t.Context(), o.now(t, "a")); tally.Useful+tally.Useless != 0 {
		t.Errorf("what is old is kept: %+v", tally)
	}
}

// What a verdict on an answer is about is read from the journal, while it is
// kept there.
func TestVerdictKnowsItsQuestion(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.draft(t, "a")
	o.to(t, "a", corpus.Published)
	j, err := bot.NewJournal(bot.JournalConfig{Ledger: o.store, Archive: o.store, Ballots: o.store, Secret: []byte("0123456789abcdef"), Now: func() time.Time { return o.clock }})
	if err != nil {
		t.Fatal(err)
	}
	running(t, j)
	q := bot.Question{Account: "default", Person: "openid-7", ID: "m1", Kind: bot.Text, Text: "公园几点开门，我的电话13800138000"}
	r := bot.Reply{Status: bot.Answered, Text: "六点。", Sources: []bot.Source{{Ref: corpus.Ref{Document: "a", Revision: 1}}}}
	if _, err := j.Begin(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	if err := j.End(t.Context(), q, r, []byte("六点。"), time.Second); err != nil {
		t.Fatal(err)
	}
	last, err := j.Recent(t.Context(), "default", "openid-7", o.clock.Add(-time.Minute))
	if err != nil || last.Answer.Document != "a" {
		t.Fatalf("%+v, %v", last, err)
	}
	if err := j.Judge(t.Context(), "default", "openid-7", last.Answer); err != nil {
		t.Fatal(err)
	}
	tally, err := o.store.VerdictsOn(t.Context(), "a", o.clock.Add(-time.Hour))
	if err != nil || tally.Useless != 1 || len(tally.Questions) != 1 || !strings.HasPrefix(tally.Questions[0].Question, "公园几点开门") {
		t.Fatalf("%+v, %v", tally, err)
	}
	if strings.Contains(tally.Questions[0].Question, "138") {
		t.Error("the question is not masked")
	}
	if _, err := j.Forget(t.Context(), "default", "openid-7"); err != nil {
		t.Fatal(err)
	}
	if tally, _ := o.store.VerdictsOn(t.Context(), "a", o.clock.Add(-time.Hour)); tally.Useless != 1 || len(tally.Questions) != 0 {
		t.Errorf("after forgetting %+v", tally)
	}
}

// What would be served is told, and nothing of it stays.
func TestAsPublished(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	put(t, o.store, true, rule("old", "青岚市养犬管理办法", "2010-01-01"))
	_, seq := changed(t, o.store, 0)
	c := rule("new", "青岚市动物管理条例", "2020-01-01", repealing("青岚市养犬管理办法"))
	if _, err := o.store.BeginWork(t.Context(), 0, desk.NewWork{Content: rule("new", "还没有写好", "2020-01-01")}, o.editor); err != nil {
		t.Fatal(err)
	}
	before := o.now(t, "new")
	live, err := o.store.AsPublished(t.Context(), 1, c)
	if err != nil || len(live) != 2 || live[0].Document.ID != "new" || live[1].Document.ID != "old" {
		t.Fatalf("%d, %v", len(live), err)
	}
	if live[0].Document.Title != "青岚市动物管理条例" || live[0].Revision.Text != c.Text || live[0].Revision.Number != 1 {
		t.Errorf("%+v", live[0].Document)
	}
	if v := live[1].Document.ValidityOn(today); v != corpus.Repealed {
		t.Errorf("what it repeals would be %s", v)
	}
	if ids, _ := changed(t, o.store, seq); len(ids) != 0 || validity(t, o.store, "old", today) != corpus.InForce {
		t.Errorf("it was done: %v", ids)
	}
	if w := o.now(t, "new"); w.Document.Title != before.Document.Title || w.Version != before.Version || w.Live != 0 || w.Revision.Text != before.Revision.Text {
		t.Errorf("something is kept: %+v", w)
	}
	if _, err := o.store.AsPublished(t.Context(), 7, c); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("%v", err)
	}
	c.Passages = append(c.Passages, corpus.Passage{Start: 1})
	if _, err := o.store.AsPublished(t.Context(), 1, c); err == nil {
		t.Error("broken passages")
	}
}

// What was corrected is told: what kind of change, and when.
func TestReleases(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.draft(t, "a")
	o.to(t, "a", corpus.Published)
	again := func(change func(*corpus.Content)) {
		t.Helper()
		o.clock = o.clock.AddDate(0, 1, 0)
		n, err := o.Revise(t.Context(), o.editor, "a")
		if err != nil {
			t.Fatal(err)
		}
		w := o.now(t, "a")
		c := w.Content()
		change(&c)
		if _, err := o.Save(t.Context(), o.editor, "a", n, w.Version, c); err != nil {
			t.Fatal(err)
		}
		o.to(t, "a", corpus.Published)
	}
	again(func(c *corpus.Content) { c.Text += "\n第九条 新加的一条。\n" })
	again(func(c *corpus.Content) {
		c.Document.Number, c.Document.Expires = "青政规〔2026〕99号", "2031-01-01"
	})
	o.draft(t, "b")
	all, err := o.store.Releases(t.Context(), "a")
	if err != nil || len(all) != 3 {
		t.Fatalf("%+v, %v", all, err)
	}
	if all[2].First == false || all[1].First || !all[1].Text || all[0].Text || strings.Join(all[0].Fields, " ") != "number expires" || len(all[1].Fields) != 0 {
		t.Errorf("%+v", all)
	}
	if corpus.DayOf(all[2].At) != "2026-03-02" || corpus.DayOf(all[0].At) != "2026-05-02" {
		t.Errorf("%v", all)
	}
	if all, err := o.store.Releases(t.Context(), "b"); err != nil || len(all) != 0 {
		t.Errorf("a draft: %+v, %v", all, err)
	}
}

// running runs a journal until the test ends.
func running(t *testing.T, j *bot.LedgerJournal) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- j.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		<-ended
	})
}

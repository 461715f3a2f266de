package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/store"
)

// office is a desk over a real database, with people.
type office struct {
	*desk.Desk
	store *store.Store
	path  string
	clock time.Time
	read  desk.Reader

	editor, second, reviewer, both, maintainer, admin, auditor, stranger desk.Actor
}

// noHolidays is a calendar that knows every year, and no holiday.
type noHolidays struct{}

func (noHolidays) On(corpus.Date) (corpus.Holiday, bool) { return corpus.Holiday{}, true }

func openOffice(t testing.TB) *office {
	t.Helper()
	o := &office{path: filepath.Join(t.TempDir(), "p.db"), clock: time.Date(2026, 3, 2, 9, 0, 0, 0, corpus.Zone)}
	o.open(t)
	add := func(name, agency string, roles ...desk.Role) desk.Actor {
		p, err := o.store.AddPerson(t.Context(), desk.Staff{Name: name, Display: "人员" + name, Roles: roles, Agency: agency}, desk.Program("terminal"))
		if err != nil {
			t.Fatal(err)
		}
		return desk.Actor{Staff: p, From: "192.0.2.7"}
	}
	o.editor, o.second = add("wang", "", desk.Editor), add("li", "", desk.Editor)
	o.reviewer, o.both = add("zhao", "", desk.Reviewer), add("sun", "", desk.Editor, desk.Reviewer)
	o.maintainer, o.admin, o.auditor = add("zhou", "", desk.Maintainer), add("root", "", desk.Admin), add("wu", "", desk.Auditor)
	o.stranger = add("zheng", "青岚市教育局", desk.Editor, desk.Reviewer)
	return o
}

// open opens the database again, as after a crash.
func (o *office) open(t testing.TB) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{Path: o.path, Now: func() time.Time { return o.clock }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	o.store = s
	o.Desk = &desk.Desk{
		People: s, Works: s, Comments: s, Foresight: s, Uploads: s, History: s, Timers: s, Concerns: s, Pins: s, Stops: s, Rules: s, WordList: s, Differences: s,
		Corpus: &corpus.Desk{Store: s}, Archive: s, Calendar: noHolidays{}, Now: func() time.Time { return o.clock },
		Knowledge: func(context.Context, string) (desk.Knowledge, error) { return desk.Knowledge{}, nil },
		Reader:    func(ctx context.Context, f desk.File) (desk.Reading, error) { return o.read(ctx, f) },
	}
}

// draft stores a draft that the editor has written.
func (o *office) draft(t testing.TB, id string, change ...func(*corpus.Document)) desk.Work {
	t.Helper()
	if _, err := o.store.BeginWork(t.Context(), 0, desk.NewWork{Content: content(id, change...)}, o.editor); err != nil {
		t.Fatal(err)
	}
	return o.now(t, id)
}

func (o *office) now(t testing.TB, id string) desk.Work {
	t.Helper()
	w, err := o.store.Work(t.Context(), id, 0)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

var looked = desk.Checklist{Secrecy: true, Accuracy: true, Links: true, Later: true}

// to brings a document to a status, by the people who may.
func (o *office) to(t testing.TB, id string, status corpus.Status) desk.Work {
	t.Helper()
	ctx, w := t.Context(), o.now(t, id)
	n, v := w.Revision.Number, w.Version
	var err error
	if status != corpus.Draft && status != corpus.Dropped {
		err = o.Submit(ctx, o.editor, id, n, v)
	}
	if err == nil && (status == corpus.Approved || status == corpus.Published || status == corpus.Withdrawn) {
		err = o.Approve(ctx, o.reviewer, desk.Move{Document: id, Revision: n, Version: v + 1, Checklist: looked})
	}
	if err == nil && (status == corpus.Published || status == corpus.Withdrawn) {
		err = o.Publish(ctx, o.reviewer, id, n, v+2)
	}
	switch {
	case err == nil && status == corpus.Withdrawn:
		err = o.Withdraw(ctx, o.reviewer, id, n, v+3, "内容有误")
	case err == nil && status == corpus.Dropped:
		err = o.Drop(ctx, o.editor, id, n, v)
	}
	if err != nil {
		t.Fatal(err)
	}
	if w, err = o.store.Work(ctx, id, n); err != nil || w.Revision.Status != status {
		t.Fatalf("%s is %s, want %s, %v", id, w.Revision.Status, status, err)
	}
	return w
}

var statuses = []corpus.Status{corpus.Draft, corpus.Submitted, corpus.Approved, corpus.Published, corpus.Withdrawn, corpus.Dropped}

// TestMoves tries every step by everybody from every status. What is not
// allowed changes nothing, neither the revision nor the history.
func TestMoves(t *testing.T) {
	if testing.Short() {
		t.Skip("short: every step of everybody takes long under the race detector")
	}
	t.Parallel()
	o := openOffice(t)
	type way struct{ from, to corpus.Status }
	allowed := map[way]string{
		{corpus.Draft, corpus.Submitted}: "wang li sun", {corpus.Draft, corpus.Dropped}: "wang li sun",
		{corpus.Submitted, corpus.Draft}: "wang zhao sun", {corpus.Submitted, corpus.Approved}: "zhao sun",
		{corpus.Approved, corpus.Draft}: "zhao sun", {corpus.Approved, corpus.Published}: "zhao sun",
		{corpus.Published, corpus.Withdrawn}: "zhao sun",
	}
	people := []desk.Actor{o.editor, o.second, o.reviewer, o.both, o.maintainer, o.admin, o.auditor, o.stranger}
	n := 0
	for _, from := range statuses {
		for _, to := range statuses {
			for _, by := range people {
				n++
				id := fmt.Sprintf("d%d", n)
				o.draft(t, id)
				w := o.to(t, id, from)
				before, err := o.store.Entries(t.Context(), desk.EntryFilter{}, 0, 1)
				if err != nil {
					t.Fatal(err)
				}
				err = o.step(t, by, w, to)
				want := slices.Contains(strings.Fields(allowed[way{from, to}]), by.Name)
				after, _ := o.store.Work(t.Context(), id, 1)
				entries, _ := o.store.Entries(t.Context(), desk.EntryFilter{}, 0, 1)
				var denied desk.Denied
				switch {
				case want && (err != nil || after.Revision.Status != to || entries[0].Who != by.Name+" 人员"+by.Name):
					t.Errorf("%s may take %s to %s, but: %v, it is %s", by.Name, from, to, err, after.Revision.Status)
				case !want && err == nil:
					t.Errorf("%s took %s to %s", by.Name, from, to)
				case !want && (after.Revision.Status != from || after.Version != w.Version || entries[0].Seq != before[0].Seq):
					t.Errorf("%s may not take %s to %s, but something changed", by.Name, from, to)
				case !want && by.Name == "zheng" && !errors.Is(err, corpus.ErrNotFound):
					t.Errorf("a stranger is told of %s to %s: %v", from, to, err)
				case !want && by.Name != "zheng" && !errors.As(err, &denied):
					t.Errorf("%s, %s to %s: %v is no sentence", by.Name, from, to, err)
				}
			}
		}
	}
	if _, wrong, err := o.store.VerifyHistory(t.Context()); wrong != nil || err != nil {
		t.Errorf("the history: %v, %v", wrong, err)
	}
}

// step calls the use case that leads to a status.
func (o *office) step(t testing.TB, by desk.Actor, w desk.Work, to corpus.Status) error {
	ctx, id, n, v := t.Context(), w.Document.ID, w.Revision.Number, w.Version
	switch to {
	case corpus.Draft:
		return o.Return(ctx, by, id, n, v, "第一条的数字不对")
	case corpus.Submitted:
		return o.Submit(ctx, by, id, n, v)
	case corpus.Approved:
		return o.Approve(ctx, by, desk.Move{Document: id, Revision: n, Version: v, Checklist: looked})
	case corpus.Published:
		return o.Publish(ctx, by, id, n, v)
	case corpus.Withdrawn:
		return o.Withdraw(ctx, by, id, n, v, "内容有误")
	}
	return o.Drop(ctx, by, id, n, v)
}

func TestOwnWorkIsNotApproved(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	w := o.draft(t, "a")
	// Who is both has corrected a word of it, and submits it.
	c := w.Content()
	c.Document.Number = "青政规〔2026〕1号"
	v, err := o.Save(ctx, o.both, "a", 1, w.Version, c)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Submit(ctx, o.editor, "a", 1, v); err != nil {
		t.Fatal(err)
	}
	var denied desk.Denied
	pass := desk.Move{Document: "a", Revision: 1, Version: v + 1, Checklist: looked}
	if err := o.Approve(ctx, o.both, pass); !errors.As(err, &denied) {
		t.Errorf("approved by one who has written at it: %v", err)
	}
	if err := o.Approve(ctx, o.reviewer, pass); err != nil {
		t.Errorf("%v", err)
	}
	// Whom the history names.
	w = o.now(t, "a")
	if w.Approved != "人员zhao" || w.Submitted != "人员wang" || !slices.Equal(w.Authors, []int64{o.editor.ID, o.both.ID}) {
		t.Errorf("%+v", w)
	}
}

func TestApprovalLacks(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.draft(t, "a")
	w := o.to(t, "a", corpus.Submitted)
	for _, c := range []struct {
		list desk.Checklist
		want int
	}{
		{desk.Checklist{}, 4}, {desk.Checklist{Secrecy: true, Accuracy: true, Later: true}, 1},
		{desk.Checklist{Secrecy: true, Accuracy: true, Links: true}, 1}, {looked, 0},
	} {
		err := o.Approve(t.Context(), o.reviewer, desk.Move{Document: "a", Revision: 1, Version: w.Version, Checklist: c.list})
		var lacks desk.NotReady
		errors.As(err, &lacks)
		if len(lacks) != c.want || c.want == 0 && err != nil {
			t.Errorf("%+v: %q, %v", c.list, lacks, err)
		}
	}
	if w := o.now(t, "a"); w.Checklist != looked {
		t.Errorf("the checklist is kept as %+v", w.Checklist)
	}
}

// A policy and its interpretation pass together, or not at all.
func TestApprovedAsOne(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	o.draft(t, "a")
	o.draft(t, "i", declares(corpus.Interprets, "a"), func(d *corpus.Document) { d.Kind = corpus.Interpretation })
	a, i := o.to(t, "a", corpus.Submitted), o.to(t, "i", corpus.Submitted)
	list := desk.Checklist{Secrecy: true, Accuracy: true, Links: true}
	steps := func(version int) []desk.Move {
		return []desk.Move{{Document: "a", Revision: 1, Version: a.Version, Checklist: list}, {Document: "i", Revision: 1, Version: version, Checklist: list}}
	}
	var conflict *desk.Conflict
	if err := o.Approve(ctx, o.reviewer, steps(i.Version-1)...); !errors.As(err, &conflict) || conflict.Theirs.Document.ID != "i" {
		t.Errorf("%v", err)
	}
	if w := o.now(t, "a"); w.Revision.Status != corpus.Submitted {
		t.Errorf("half of it is %s", w.Revision.Status)
	}
	if err := o.Approve(ctx, o.reviewer, steps(i.Version)...); err != nil {
		t.Error(err)
	}
	if a, i := o.now(t, "a"), o.now(t, "i"); a.Revision.Status != corpus.Approved || i.Revision.Status != corpus.Approved {
		t.Errorf("%s, %s", a.Revision.Status, i.Revision.Status)
	}
}

// Two who save, submit, approve or publish at once: one is first, the other is
// told what is stored now, or that it is done.
func TestRaces(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	race := func(name string, do func(i int) error) {
		t.Helper()
		var group sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			group.Go(func() { errs[i] = do(i) })
		}
		group.Wait()
		won := 0
		for _, err := range errs {
			var conflict *desk.Conflict
			var denied desk.Denied
			switch {
			case err == nil:
				won++
			case name != "save" && errors.As(err, &denied) && strings.Contains(string(denied), "已经是"):
			case !errors.As(err, &conflict) || conflict.Theirs.Version == 0:
				t.Errorf("%s: %v", name, err)
			}
		}
		if won != 1 {
			t.Errorf("%s: %d of 8 were first", name, won)
		}
	}
	w := o.draft(t, "a")
	race("save", func(i int) error {
		c := w.Content()
		c.Document.Topics = []string{fmt.Sprint("主题", i)}
		_, err := o.Save(ctx, o.editor, "a", 1, w.Version, c)
		return err
	})
	race("submit", func(int) error { return o.Submit(ctx, o.editor, "a", 1, 2) })
	race("approve", func(int) error {
		return o.Approve(ctx, o.reviewer, desk.Move{Document: "a", Revision: 1, Version: 3, Checklist: looked})
	})
	_, seq := changed(t, o.store, 0)
	race("publish", func(int) error { return o.Publish(ctx, o.reviewer, "a", 1, 4) })
	if ids, _ := changed(t, o.store, seq); !slices.Equal(ids, []string{"a"}) {
		t.Errorf("the outbox has %v", ids)
	}
	race("withdraw", func(int) error { return o.Withdraw(ctx, o.reviewer, "a", 1, 5, "有误") })
	if last, wrong, err := o.store.VerifyHistory(ctx); wrong != nil || err != nil || last.Action != desk.ActionWithdrawn {
		t.Errorf("%+v, %v, %v", last, wrong, err)
	}
}

// What two have written is shown to who comes second; nothing is lost.
func TestConflictShowsTheirs(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	w := o.draft(t, "a")
	mine, theirs := w.Content(), w.Content()
	theirs.Text = strings.Replace(theirs.Text, "六十", "六十五", 1)
	if _, err := o.Save(ctx, o.second, "a", 1, w.Version, theirs); err != nil {
		t.Fatal(err)
	}
	mine.Text = strings.Replace(mine.Text, "免费", "半价", 1)
	var conflict *desk.Conflict
	if _, err := o.Save(ctx, o.editor, "a", 1, w.Version, mine); !errors.As(err, &conflict) {
		t.Fatal(err)
	}
	if !strings.Contains(conflict.Theirs.Revision.Text, "六十五") || conflict.Theirs.UpdatedBy != "人员li" {
		t.Errorf("%+v", conflict.Theirs)
	}
	next, err := o.Save(ctx, o.editor, "a", 1, conflict.Theirs.Version, mine)
	if err != nil || next != conflict.Theirs.Version+1 {
		t.Errorf("%d, %v", next, err)
	}
	if p, ok := o.now(t, "a").Revision.Find("a1"); !ok || p.Label != "第一条" {
		t.Errorf("the passages were not cut again: %+v", o.now(t, "a").Revision.Passages)
	}
}

func TestAgenciesAreApart(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	theirs := func(d *corpus.Document) { d.Agency = "青岚市财政局、青岚市教育局" }
	o.draft(t, "mine")
	o.draft(t, "shared", theirs)
	if _, err := o.store.BeginWork(ctx, 0, desk.NewWork{Content: content("owned"), Owner: "青岚市教育局"}, o.stranger); err != nil {
		t.Fatal(err)
	}
	items, total, err := o.List(ctx, o.stranger, desk.Filter{}, 0, 10)
	if err != nil || total != 2 || len(items) != 2 {
		t.Fatalf("%d %+v, %v", total, items, err)
	}
	if _, err := o.Look(ctx, o.stranger, "mine", 0); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("%v", err)
	}
	for name, err := range map[string]error{
		"open": second(o.Open(ctx, o.stranger, "mine", 1)), "save": second(o.Save(ctx, o.stranger, "mine", 1, 1, content("mine"))),
		"revise": second(o.Revise(ctx, o.stranger, "mine")), "comment": second(o.Comment(ctx, o.stranger, "mine", desk.Comment{Text: "？"})),
		"edges": second(o.Edges(ctx, o.stranger, "mine", 1)), "trail": second(o.Trail(ctx, o.stranger, desk.EntryFilter{Document: "mine"}, 0, 9)),
		"withdraw": o.Withdraw(ctx, o.stranger, "mine", 1, 1, "?"), "confirm": o.Confirm(ctx, o.stranger, "mine", 1, 1),
		"schedule": o.Schedule(ctx, o.stranger, "mine", 1, 1, time.Time{}), "compare": second(o.Compare(ctx, o.stranger, "mine", 0, 1)),
	} {
		if !errors.Is(err, corpus.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := o.Look(ctx, o.editor, "owned", 0); err != nil {
		t.Errorf("who sees all: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

// Who has left, or has no role, sees nothing.
func TestDisabledSeesNothing(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.draft(t, "a")
	gone := o.both
	gone.Disabled = true
	if _, err := o.Look(t.Context(), gone, "a", 0); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if _, _, err := o.List(t.Context(), gone, desk.Filter{}, 0, 10); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("%v", err)
	}
	last := o.admin.Staff
	last.Disabled = true
	if err := o.store.ChangePerson(t.Context(), last, o.admin); !errors.Is(err, desk.ErrLastAdmin) {
		t.Errorf("%v", err)
	}
}

func TestWithdrawnAndRevised(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	o.draft(t, "a")
	o.to(t, "a", corpus.Published)
	_, seq := changed(t, o.store, 0)
	w := o.now(t, "a")
	if err := o.Withdraw(ctx, o.reviewer, "a", 1, w.Version, "数字有误"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.store.Live(ctx, "a"); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("it is still published: %v", err)
	}
	if ids, _ := changed(t, o.store, seq); !slices.Equal(ids, []string{"a"}) {
		t.Errorf("the outbox has %v", ids)
	}
	gone, err := o.store.Withdrawn(ctx, "a")
	if err != nil || gone.Title != "青岚市a办法" || gone.Reason != "数字有误" || !gone.At.Equal(o.clock) {
		t.Errorf("%+v, %v", gone, err)
	}
	// A nightly import does not bring it back.
	if out := put(t, o.store, true, content("a")); out[0].Changed {
		t.Errorf("%+v", out)
	}
	n, err := o.Revise(ctx, o.editor, "a")
	if err != nil || n != 2 {
		t.Fatal(n, err)
	}
	var denied desk.Denied
	if _, err := o.Revise(ctx, o.editor, "a"); !errors.As(err, &denied) {
		t.Errorf("a second draft: %v", err)
	}
	o.to(t, "a", corpus.Published)
	if _, err := o.store.Withdrawn(ctx, "a"); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("it is published again, but: %v", err)
	}
	if _, r, err := o.store.Live(ctx, "a"); err != nil || r.Number != 2 {
		t.Errorf("%d, %v", r.Number, err)
	}
}

// A draft of a published document that is dropped leaves it as it was.
func TestDropped(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	o.draft(t, "a")
	o.to(t, "a", corpus.Published)
	if _, err := o.Revise(ctx, o.editor, "a"); err != nil {
		t.Fatal(err)
	}
	o.to(t, "a", corpus.Dropped)
	if w := o.now(t, "a"); w.Revision.Number != 1 || w.Revision.Status != corpus.Published {
		t.Errorf("%d %s", w.Revision.Number, w.Revision.Status)
	}
	if n, err := o.Revise(ctx, o.editor, "a"); err == nil {
		if w := o.now(t, "a"); n != 3 || w.Revision.Status != corpus.Draft {
			t.Errorf("%d %s", n, w.Revision.Status)
		}
	} else {
		t.Error(err)
	}
	o.draft(t, "b")
	o.to(t, "b", corpus.Dropped)
	if _, err := o.Look(ctx, o.editor, "b", 0); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func TestScheduled(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	o.draft(t, "a")
	w := o.to(t, "a", corpus.Submitted)
	at := o.clock.Add(2 * time.Hour)
	err := o.Approve(ctx, o.reviewer, desk.Move{Document: "a", Revision: 1, Version: w.Version, Checklist: looked, Publish: at})
	if err != nil {
		t.Fatal(err)
	}
	items, _, err := o.List(ctx, o.reviewer, desk.Filter{States: []desk.State{desk.IsScheduled}}, 0, 10)
	if err != nil || len(items) != 1 || !items[0].Due.Equal(at) {
		t.Errorf("%+v, %v", items, err)
	}
	if n, err := o.PublishDue(ctx); n != 0 || err != nil {
		t.Errorf("before its time: %d, %v", n, err)
	}
	o.clock = at
	if n, err := o.PublishDue(ctx); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := o.PublishDue(ctx); n != 0 || err != nil {
		t.Errorf("twice: %d, %v", n, err)
	}
	if _, _, err := o.store.Live(ctx, "a"); err != nil {
		t.Error(err)
	}
}

// Nobody changes the history, not even in the database: what is changed there
// is found.
func TestTamperedHistory(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.draft(t, "a")
	o.to(t, "a", corpus.Withdrawn)
	before, wrong, err := o.store.VerifyHistory(t.Context())
	if wrong != nil || err != nil || before.Seq < 10 {
		t.Fatalf("%+v, %v, %v", before, wrong, err)
	}
	db, err := sql.Open("sqlite", o.path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, q := range []string{"UPDATE history SET who = 'x' WHERE seq = 3", "DELETE FROM history WHERE seq = 3"} {
		if _, err := db.Exec(q); err == nil {
			t.Errorf("%s: nothing held it back", q)
		}
	}
	must := func(q string) {
		t.Helper()
		if _, err := db.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	must("DROP TRIGGER history_unchanged")
	must("DROP TRIGGER history_kept")
	must("CREATE TABLE kept AS SELECT * FROM history")
	for _, q := range []string{
		"UPDATE history SET who = 'x' WHERE seq = 3", "UPDATE history SET at = at + 1 WHERE seq = 5",
		"UPDATE history SET detail = '别的原因' WHERE action = 'withdrawn'", "DELETE FROM history WHERE seq = 4",
		"DELETE FROM history WHERE seq = (SELECT MAX(seq) FROM history)", "DELETE FROM history WHERE seq = 1",
		"UPDATE history SET before = hash, hash = before WHERE seq = 6", "UPDATE history SET staff = 99 WHERE seq = 7",
		"UPDATE history_head SET hash = ''",
	} {
		must(q)
		if _, wrong, err := o.store.VerifyHistory(t.Context()); wrong == nil || err != nil {
			t.Errorf("%s: not found, %v", q, err)
		}
		must("DELETE FROM history")
		must("INSERT INTO history SELECT * FROM kept")
		must("UPDATE history_head SET hash = (SELECT hash FROM history ORDER BY seq DESC LIMIT 1)")
		if _, wrong, err := o.store.VerifyHistory(t.Context()); wrong != nil || err != nil {
			t.Fatalf("after %s it was put back: %v, %v", q, wrong, err)
		}
	}
}

// reading is what a reader makes of a file: a document for each line.
func reading(_ context.Context, f desk.File) (desk.Reading, error) {
	var r desk.Reading
	if strings.HasPrefix(string(f.Data), "坏") {
		return r, corpus.Refusal("内容无法读取")
	}
	for i, line := range strings.Fields(string(f.Data)) {
		c := content(fmt.Sprintf("record-%d", i), func(d *corpus.Document) { d.Title = line })
		c.Text = line + "\n" + c.Text[len("青岚市办法\n")+len(c.Document.ID):]
		head := len(line) + 1
		c.Passages = []corpus.Passage{{Anchor: "t", Role: corpus.TitleRole, End: head}, {Anchor: "a1", Role: corpus.BodyRole, Label: "第一条", Start: head, End: len(c.Text)}}
		r.Contents = append(r.Contents, c)
	}
	return r, nil
}

func (o *office) upload(t testing.TB, name, text string) desk.Upload {
	t.Helper()
	u, err := o.Put(t.Context(), o.editor, desk.Upload{Name: name}, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// readAll reads the queue to its end, and returns what became of the uploads,
// the first first.
func (o *office) readAll(t testing.TB) []desk.Upload {
	t.Helper()
	for {
		more, err := o.ReadNext(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			break
		}
	}
	all, err := o.Uploaded(t.Context(), o.editor, 0, 200)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(all)
	return all
}

func TestUploads(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.read = reading
	o.upload(t, "../a/通知.txt", "养犬办法 敬老办法")
	o.upload(t, "x.txt", "坏的")
	o.upload(t, "y.txt", "养犬办法")
	all := o.readAll(t)
	if len(all) != 3 || all[0].State != desk.UploadDone || len(all[0].Drafts) != 2 || all[0].Name != "通知.txt" {
		t.Fatalf("%+v", all)
	}
	if all[1].State != desk.UploadFailed || len(all[1].Problems) != 1 || all[1].Problems[0].Message != "内容无法读取" {
		t.Errorf("%+v", all[1])
	}
	twin := all[2].Drafts[0]
	if twin.Like == nil || !twin.Like.Same || twin.Revision != 0 || twin.Document != all[0].Drafts[0].Document {
		t.Errorf("a duplicate: %+v", twin)
	}
	if _, total, err := o.List(t.Context(), o.editor, desk.Filter{States: []desk.State{desk.IsDraft}}, 0, 9); err != nil || total != 2 {
		t.Errorf("%d drafts, %v", total, err)
	}
	var denied desk.Denied
	var lacks desk.NotReady
	if _, err := o.Put(t.Context(), o.reviewer, desk.Upload{Name: "a"}, []byte("a")); !errors.As(err, &denied) {
		t.Errorf("%v", err)
	}
	if _, err := o.Put(t.Context(), o.editor, desk.Upload{Name: "a"}, nil); !errors.As(err, &lacks) {
		t.Errorf("%v", err)
	}
}

// Killed anywhere, no file is lost and none becomes documents twice.
func TestUploadsSurvive(t *testing.T) {
	if testing.Short() {
		t.Skip("short: a queue that is ended over and over takes long under the race detector")
	}
	t.Parallel()
	o := openOffice(t)
	o.read = reading
	var lines []string
	for i := range 250 { // three batches
		lines = append(lines, fmt.Sprintf("第%d号办法", i))
	}
	for i := range 20 {
		o.upload(t, fmt.Sprintf("f%d.txt", i), fmt.Sprintf("文件%d办法", i))
	}
	o.upload(t, "many.txt", strings.Join(lines, " "))
	o.upload(t, "poison.txt", "毒")
	kills := 0
	for n := 1; ; n++ {
		// The store fails at its n-th storing from here, as if killed there.
		o.Desk.Uploads = &dying{Uploads: o.store, after: n % 7}
		o.read = func(ctx context.Context, f desk.File) (desk.Reading, error) {
			if f.Name == "poison.txt" {
				return desk.Reading{}, errKilled
			}
			return reading(ctx, f)
		}
		more, err := true, error(nil)
		for more && err == nil {
			more, err = o.ReadNext(t.Context())
		}
		if err == nil {
			break
		}
		if kills++; kills > 60 {
			t.Fatal(err)
		}
		if err := o.store.Close(); err != nil {
			t.Fatal(err)
		}
		read := o.read
		o.open(t)
		o.read = read
		if _, err := o.store.RequeueUploads(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if kills < 4 {
		t.Errorf("killed only %d times", kills)
	}
	all, err := o.Uploaded(t.Context(), o.editor, 0, 200)
	if err != nil || len(all) != 22 {
		t.Fatalf("%d uploads, %v", len(all), err)
	}
	for _, u := range all {
		want, drafts := desk.UploadDone, 1
		switch u.Name {
		case "many.txt":
			drafts = 250
		case "poison.txt":
			want, drafts = desk.UploadFailed, 0
		}
		if u.State != want || len(u.Drafts) != drafts {
			t.Errorf("%s is %s with %d drafts: %v", u.Name, u.State, len(u.Drafts), u.Problems)
		}
	}
	if _, total, err := o.List(t.Context(), o.editor, desk.Filter{}, 0, 1); err != nil || total != 270 {
		t.Errorf("%d documents, %v", total, err)
	}
}

var errKilled = errors.New("killed")

// dying fails at its after-th storing.
type dying struct {
	desk.Uploads
	after int
}

func (d *dying) StoreDrafts(ctx context.Context, u desk.Upload, n []desk.NewWork, by desk.Actor) (desk.Upload, error) {
	if d.after--; d.after < 0 {
		return u, errKilled
	}
	return d.Uploads.StoreDrafts(ctx, u, n, by)
}

func TestNewVersionIsOffered(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	o.draft(t, "known", func(d *corpus.Document) { d.Number = "青政规〔2026〕1号" })
	o.to(t, "known", corpus.Published)
	o.read = func(_ context.Context, f desk.File) (desk.Reading, error) {
		c := content("upload", func(d *corpus.Document) { d.Title, d.Number = "青岚市known办法", "青政规〔2026〕1号" })
		c.Original = &corpus.Original{Name: f.Name, MediaType: "text/plain", Data: f.Data}
		return desk.Reading{Contents: []corpus.Content{c}}, nil
	}
	o.upload(t, "新.txt", "x")
	d := o.readAll(t)[0].Drafts[0]
	if d.Like == nil || d.Like.Same || d.Like.Document != "known" || d.Document != "upload" || d.Revision != 1 {
		t.Fatalf("%+v", d)
	}
	w := o.now(t, "upload")
	known, n, err := o.Merge(ctx, o.editor, "upload", w.Version)
	if err != nil || known != "known" || n != 2 {
		t.Fatal(known, n, err)
	}
	w = o.now(t, "known")
	if w.Revision.Number != 2 || w.Revision.Status != corpus.Draft || w.File == nil || w.File.Name != "新.txt" || w.Live != 1 {
		t.Errorf("%+v", w)
	}
	if _, err := o.Look(ctx, o.editor, "upload", 0); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("%v", err)
	}
	// What others see is not offered to those who don't.
	like, err := o.store.Alike(ctx, "青岚市教育局", content("known"))
	if err != nil || like != nil {
		t.Errorf("%+v, %v", like, err)
	}
}

// A recognised text is confirmed before anybody can submit it.
func TestHeldDraft(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	c := content("a")
	c.Hold = "文字是从图片识别的"
	if _, err := o.store.BeginWork(ctx, 0, desk.NewWork{Content: c}, o.editor); err != nil {
		t.Fatal(err)
	}
	var denied desk.Denied
	if err := o.Submit(ctx, o.editor, "a", 1, 1); !errors.As(err, &denied) {
		t.Errorf("%v", err)
	}
	w := o.now(t, "a")
	edited := w.Content()
	edited.Document.Topics = []string{"养老"}
	v, err := o.Save(ctx, o.editor, "a", 1, w.Version, edited)
	if err != nil || o.now(t, "a").Hold == "" {
		t.Fatalf("an edit has confirmed it: %v", err)
	}
	if err := o.Confirm(ctx, o.editor, "a", 1, v); err != nil {
		t.Fatal(err)
	}
	o.to(t, "a", corpus.Published)
	if w := o.now(t, "a"); w.ConfirmedBy != "人员wang" {
		t.Errorf("%+v", w)
	}
}

// What a draft will do to others is decided before it does.
func TestEdgesAhead(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	put(t, o.store, true, rule("old", "青岚市养犬管理办法", "2010-01-01", func(d *corpus.Document) { d.Agency = "青岚市公安局" }))
	c := rule("new", "青岚市文明养犬条例", "2026-04-01", repealing("青岚市养犬管理办法"), func(d *corpus.Document) { d.Agency = "青岚市城管局" })
	if _, err := o.store.BeginWork(ctx, 0, desk.NewWork{Content: c}, o.editor); err != nil {
		t.Fatal(err)
	}
	_, seq := changed(t, o.store, 0)
	edges, err := o.Edges(ctx, o.reviewer, "new", 1)
	if err != nil || len(edges) != 1 || edges[0].To != "old" {
		t.Fatalf("%+v, %v", edges, err)
	}
	if ids, _ := changed(t, o.store, seq); len(ids) != 0 {
		t.Errorf("looking ahead has changed %v", ids)
	}
	var denied desk.Denied
	if err := o.Decide(ctx, o.editor, "new", 1, edges[0].ID, false); !errors.As(err, &denied) {
		t.Errorf("%v", err)
	}
	if err := o.Decide(ctx, o.reviewer, "new", 1, "nothing", false); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if err := o.Decide(ctx, o.reviewer, "new", 1, edges[0].ID, false); err != nil {
		t.Fatal(err)
	}
	o.to(t, "new", corpus.Published)
	if v := validity(t, o.store, "old", "2026-05-01"); v == corpus.Repealed {
		t.Errorf("it was refused, but old is %s", v)
	}
	if err := o.Decide(ctx, o.reviewer, "new", 1, edges[0].ID, true); err != nil {
		t.Fatal(err)
	}
	if v := validity(t, o.store, "old", "2026-05-01"); v != corpus.Repealed {
		t.Errorf("it was accepted, but old is %s", v)
	}
}

func TestClocksOfPublished(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	o.draft(t, "a", func(d *corpus.Document) { d.Effective, d.Expires = "2026-03-10", "2026-03-20" })
	o.to(t, "a", corpus.Published) // on a Monday
	b := content("b")
	if _, err := o.store.BeginWork(ctx, 0, desk.NewWork{Content: b, Backlog: true}, o.editor); err != nil {
		t.Fatal(err)
	}
	o.to(t, "b", corpus.Published)
	o.draft(t, "c")
	o.to(t, "c", corpus.Submitted)
	put(t, o.store, true, content("imported"))
	got := func() (all []string) {
		clocks, err := o.Clocks(ctx, o.editor)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range clocks {
			all = append(all, fmt.Sprintf("%s %s %s %v", c.Kind, c.Document, c.Due.In(corpus.Zone).Format("01-02 15"), c.Late))
		}
		return all
	}
	want := []string{"unreviewed c 03-04 00 false", "interpretation a 03-06 00 false", "starting a 03-10 00 false", "expiring a 03-21 00 false"}
	if all := got(); !slices.Equal(all, want) {
		t.Errorf("%q", all)
	}
	for kind, id := range map[desk.ClockKind]string{desk.InterpretationDue: "a", desk.Unreviewed: "c", desk.Expiring: "a"} {
		items, total, err := o.List(ctx, o.editor, desk.Filter{Clock: kind}, 0, 9)
		if err != nil || total != 1 || items[0].Document.ID != id {
			t.Errorf("%s: %d %+v, %v", kind, total, items, err)
		}
	}
	o.draft(t, "i", declares(corpus.Interprets, "a"), func(d *corpus.Document) { d.Kind = corpus.Interpretation })
	o.to(t, "i", corpus.Published)
	if all := got(); slices.ContainsFunc(all, func(s string) bool { return strings.HasPrefix(s, "interpretation") }) {
		t.Errorf("it has its interpretation, but: %q", all)
	}
	home, err := o.Home(ctx, o.reviewer)
	if err != nil || len(home.Waiting) != 1 || home.Waiting[0].Document.ID != "c" || len(home.Mine) != 0 {
		t.Errorf("%+v, %v", home, err)
	}
}

// The filters of a list agree with what a document is.
func TestListFilters(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	put(t, o.store, true, rule("v1", "青岚市养犬管理办法", "2010-01-01"), rule("v2", "青岚市养犬管理办法", "2015-01-01"),
		rule("ahead", "青岚市未来办法", "2027-01-01"), rule("amended", "青岚市住房办法", "2012-01-01"),
		rule("amending", "青岚市住房办法修正案", "2020-01-01", declares(corpus.Amends, "amended")),
		content("undated", func(d *corpus.Document) { d.Effective, d.Kind = "", corpus.Notice }),
		rule("over", "青岚市旧办法", "2010-01-01", func(d *corpus.Document) { d.Expires = "2020-01-01" }))
	o.draft(t, "mine", func(d *corpus.Document) { d.Topics = []string{"住房"}; d.Number = "青政规〔2026〕9号" })
	all, total, err := o.List(ctx, o.editor, desk.Filter{}, 0, 100)
	if err != nil || total != 8 {
		t.Fatal(total, err)
	}
	for _, v := range []corpus.Validity{corpus.InForce, corpus.NotYet, corpus.Expired, corpus.Repealed, corpus.Superseded, corpus.Modified, corpus.Unknown} {
		var want []string
		for _, i := range all {
			if i.Validity == v {
				want = append(want, i.Document.ID)
			}
		}
		if got := o.ids(t, desk.Filter{Validity: v}); !same(got, want) {
			t.Errorf("%s: %q, want %q", v, got, want)
		}
	}
	for _, c := range []struct {
		f    desk.Filter
		want string
	}{
		{desk.Filter{Topic: "住房"}, "mine"}, {desk.Filter{Text: "〔2026〕9"}, "mine"}, {desk.Filter{Text: "规[2026]9号"}, "mine"}, {desk.Filter{Text: "养犬"}, "v1 v2"},
		{desk.Filter{Words: "免费乘坐"}, "v1 v2 ahead amended amending undated over mine"}, {desk.Filter{Words: "%"}, ""},
		{desk.Filter{Kinds: []corpus.Kind{corpus.Notice}}, "undated"}, {desk.Filter{Author: o.editor.ID}, "mine"},
		{desk.Filter{States: []desk.State{desk.IsDraft, desk.IsSubmitted}}, "mine"}, {desk.Filter{Account: "x"}, ""},
		{desk.Filter{States: []desk.State{desk.IsPublished}, Text: "住房"}, "amended amending"}, {desk.Filter{Text: "' OR 1=1 --"}, ""},
	} {
		if got := o.ids(t, c.f); !same(got, strings.Fields(c.want)) {
			t.Errorf("%+v: %q, want %q", c.f, got, c.want)
		}
	}
	if page, total, err := o.List(ctx, o.editor, desk.Filter{Sort: desk.ByTitle}, 2, 3); err != nil || total != 8 || len(page) != 3 {
		t.Errorf("%d %d, %v", total, len(page), err)
	}
}

func (o *office) ids(t testing.TB, f desk.Filter) (ids []string) {
	t.Helper()
	all, total, err := o.List(t.Context(), o.editor, f, 0, 100)
	if err != nil || total != len(all) {
		t.Fatal(total, len(all), err)
	}
	for _, i := range all {
		ids = append(ids, i.Document.ID)
	}
	return ids
}

func same(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// A clarification stands once a second person has approved it, a holding reply
// once somebody starts it; both end at their time or by hand.
func TestPins(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	o.draft(t, "c", func(d *corpus.Document) { d.Kind = corpus.Clarification })
	until := o.clock.Add(48 * time.Hour)
	id, err := o.Pin(ctx, o.both, desk.Pin{Phrases: []string{"自来水 异味"}, Document: "c", Until: until, Accounts: []string{"default"}})
	if err != nil {
		t.Fatal(err)
	}
	var denied desk.Denied
	var lacks desk.NotReady
	if err := o.ApprovePin(ctx, o.both, id); !errors.As(err, &denied) {
		t.Errorf("by its author: %v", err)
	}
	if err := o.ApprovePin(ctx, o.reviewer, id); !errors.As(err, &lacks) {
		t.Errorf("of a draft: %v", err)
	}
	o.to(t, "c", corpus.Published)
	if err := o.ApprovePin(ctx, o.stranger, id); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("by a stranger: %v", err)
	}
	if err := o.ApprovePin(ctx, o.reviewer, id); err != nil {
		t.Fatal(err)
	}
	hold, err := o.Pin(ctx, o.editor, desk.Pin{Phrases: []string{"停水"}, Text: "停水的原因正在核实，…时前发布。"})
	if err != nil {
		t.Fatal(err)
	}
	standing := func(want ...int64) {
		t.Helper()
		all, err := o.store.StandingPins(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, p := range all {
			got = append(got, p.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("standing: %v, want %v", got, want)
		}
	}
	if err := o.StartPin(ctx, o.editor, hold, until); !errors.As(err, &denied) {
		t.Errorf("not reviewed: %v", err)
	}
	if err := o.ApprovePin(ctx, o.reviewer, hold); err != nil {
		t.Fatal(err)
	}
	standing(id)
	o.clock = o.clock.Add(time.Minute)
	if err := o.StartPin(ctx, o.editor, hold, o.clock.Add(8*time.Hour)); err != nil {
		t.Fatal(err)
	}
	standing(hold, id)
	since := o.clock
	o.clock = o.clock.Add(10 * time.Hour) // it ran out two hours ago
	standing(id)
	if err := o.ExtendPin(ctx, o.stranger, hold, o.clock.Add(time.Hour)); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("extended by a stranger: %v", err)
	}
	if err := o.ExtendPin(ctx, o.auditor, hold, o.clock.Add(time.Hour)); !errors.As(err, &denied) {
		t.Errorf("extended by an auditor: %v", err)
	}
	if err := o.ExtendPin(ctx, o.second, hold, o.clock); !errors.As(err, &lacks) {
		t.Errorf("extended by nothing: %v", err)
	}
	if err := o.ExtendPin(ctx, o.second, hold, o.clock.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	standing(hold, id)
	p, err := o.OnePin(ctx, o.auditor, hold)
	if err != nil || !p.Since.Equal(since) || !p.Until.Equal(o.clock.Add(time.Hour)) || p.Approved != "人员zhao" {
		t.Errorf("extended: %+v, %v", p, err)
	}
	if all, err := o.store.StandingPins(ctx); err != nil || all[0].Text != "停水的原因正在核实，20时1分前发布。" {
		t.Errorf("%+v, %v", all, err)
	}
	if err := o.EndPin(ctx, o.second, hold, ""); !errors.As(err, &lacks) {
		t.Errorf("%v", err)
	}
	if err := o.EndPin(ctx, o.second, hold, "已发布通报"); err != nil {
		t.Fatal(err)
	}
	standing(id)
	o.pinTrail(t, "审核通过并启用置顶1，到2026年3月4日09:00", "提出置顶2：停水，答：停水的原因正在核实，…时前发布。", "审核通过置顶2",
		"启用置顶2，到2026年3月2日17:01", "延长置顶2，到2026年3月2日20:01", "取消置顶2：已发布通报")
	o.clock = until
	standing()
	o.clock = until.Add(25 * time.Hour)
	if err := o.ExtendPin(ctx, o.editor, id, o.clock.Add(time.Hour)); !errors.As(err, &denied) {
		t.Errorf("extended a day later: %v", err)
	}
	o.clock = until
	for name, p := range map[string]desk.Pin{
		"no phrase": {Text: "x", Until: until.Add(time.Hour)}, "one character": {Phrases: []string{"水"}, Text: "x", Until: until.Add(time.Hour)},
		"nothing to say": {Phrases: []string{"停水"}, Until: until.Add(time.Hour)}, "over": {Phrases: []string{"停水"}, Text: "x", Until: until},
		"for ever": {Phrases: []string{"停水"}, Text: "x", Until: until.AddDate(1, 0, 0)},
		"both":     {Phrases: []string{"停水"}, Text: "x", Document: "c", Until: until.Add(time.Hour)},
	} {
		if _, err := o.Pin(ctx, o.editor, p); !errors.As(err, &lacks) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := o.Pin(ctx, o.auditor, desk.Pin{}); !errors.As(err, &denied) {
		t.Errorf("%v", err)
	}
}

// pinTrail looks for what the history tells of pins, in order.
func (o *office) pinTrail(t *testing.T, want ...string) {
	t.Helper()
	all, err := o.store.Entries(t.Context(), desk.EntryFilter{Action: desk.ActionPin}, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range slices.Backward(all) {
		told = append(told, e.Detail)
		if len(want) > 0 && e.Detail == want[0] {
			want = want[1:]
		}
	}
	if len(want) > 0 {
		t.Errorf("the history tells:\n%s\nnot %q", strings.Join(told, "\n"), want)
	}
}

// Two who do something with a pin at the same moment: the second is told.
func TestPinsAtOnce(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	id, err := o.Pin(ctx, o.editor, desk.Pin{Phrases: []string{"停水"}, Text: "正在核实"})
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	errs := make([]error, 4)
	for i, by := range []desk.Actor{o.reviewer, o.both, o.reviewer, o.both} {
		group.Go(func() { errs[i] = o.ApprovePin(ctx, by, id) })
	}
	group.Wait()
	n := 0
	for _, err := range errs {
		var denied desk.Denied
		if err == nil {
			n++
		} else if !errors.As(err, &denied) {
			t.Errorf("%v is no sentence", err)
		}
	}
	if n != 1 {
		t.Errorf("approved %d times", n)
	}
	// What the list of words came to forbid meanwhile is not approved.
	id, err = o.Pin(ctx, o.editor, desk.Pin{Phrases: []string{"停水"}, Text: "正在核实"})
	if err != nil {
		t.Fatal(err)
	}
	o.Knowledge = func(context.Context, string) (desk.Knowledge, error) {
		return desk.Knowledge{Words: []desk.Word{{Wrong: "核实", Blocks: true}}}, nil
	}
	var lacks desk.NotReady
	if err := o.ApprovePin(ctx, o.reviewer, id); !errors.As(err, &lacks) || !strings.Contains(lacks[0], "核实") {
		t.Errorf("%v", err)
	}
	if _, err := o.Pin(ctx, o.editor, desk.Pin{Phrases: []string{"停水"}, Text: "正在核实"}); !errors.As(err, &lacks) {
		t.Errorf("%v", err)
	}
}

// Old documents are reviewed many at a time, and each tells whether it was
// opened. New ones are not.
func TestBacklogInBatches(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	var steps []desk.Move
	for i := range 5 {
		id := fmt.Sprint("old", i)
		if _, err := o.store.BeginWork(ctx, 0, desk.NewWork{Content: content(id), Backlog: true}, o.editor); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, desk.Move{Document: id, Revision: 1, Version: 1, Checklist: desk.Checklist{Secrecy: true, Accuracy: true, Links: true}})
	}
	o.draft(t, "new")
	steps = append(steps, desk.Move{Document: "new", Revision: 1, Version: 1, Checklist: looked})
	for _, r := range o.Batch(ctx, o.editor, corpus.Submitted, steps) {
		if r.Err != nil {
			t.Errorf("%+v", r)
		}
	}
	if _, err := o.Open(ctx, o.reviewer, "old3", 1); err != nil {
		t.Fatal(err)
	}
	for i := range steps {
		steps[i].Version = 2
	}
	var denied desk.Denied
	for i, r := range o.Batch(ctx, o.reviewer, corpus.Approved, steps) {
		if i < 5 && r.Err != nil || i == 5 && !errors.As(r.Err, &denied) {
			t.Errorf("%+v", r)
		}
		if i == 5 {
			break
		}
		e, err := o.store.Entries(ctx, desk.EntryFilter{Document: r.Document, Action: desk.ActionApproved}, 0, 1)
		if err != nil || len(e) != 1 || strings.Contains(e[0].Detail, "打开过") != (i == 3) {
			t.Errorf("%d: %+v, %v", i, e, err)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	if all, err := o.store.Words(ctx); err != nil || len(all) != len(desk.DefaultWords()) {
		t.Errorf("%d words, %v", len(all), err)
	}
	if err := o.PutWord(ctx, o.maintainer, "", desk.Word{Wrong: " 网红卡 ", Right: "敬老卡", Why: "俗称"}); err != nil {
		t.Fatal(err)
	}
	if err := o.PutWord(ctx, o.reviewer, "网红卡", desk.Word{Wrong: "网红卡", Blocks: true}); err != nil {
		t.Fatal(err)
	}
	all, err := o.ListWords(ctx, o.auditor)
	if err != nil || len(all) != len(desk.DefaultWords())+1 || all[len(all)-1] != (desk.Word{Wrong: "网红卡", Blocks: true}) {
		t.Errorf("%d words, %v", len(all), err)
	}
	if err := o.DropWord(ctx, o.maintainer, "网红卡"); err != nil {
		t.Fatal(err)
	}
	var denied desk.Denied
	var lacks desk.NotReady
	for _, err := range []error{o.PutWord(ctx, o.editor, "", desk.Word{Wrong: "x"}), o.DropWord(ctx, o.editor, "刁民")} {
		if !errors.As(err, &denied) {
			t.Errorf("%v", err)
		}
	}
	for _, err := range []error{o.PutWord(ctx, o.reviewer, "", desk.Word{}), o.PutWord(ctx, o.reviewer, "", desk.Word{Wrong: "刁民"}), o.DropWord(ctx, o.reviewer, "网红卡")} {
		if !errors.As(err, &lacks) {
			t.Errorf("%v", err)
		}
	}
	told, err := o.store.Entries(ctx, desk.EntryFilter{Action: desk.ActionSetting}, 0, 10)
	if err != nil || len(told) != 3 || told[1].Detail != "用词清单：“网红卡”改为“网红卡”，不改不能提交" || told[2].Detail != "用词清单：加“网红卡”→“敬老卡”（俗称）" {
		t.Errorf("%+v, %v", told, err)
	}
}

// Many who add words at the same time lose none.
func TestWordsAtOnce(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	var group sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		group.Go(func() { errs[i] = o.PutWord(t.Context(), o.maintainer, "", desk.Word{Wrong: fmt.Sprint("错", i)}) })
	}
	group.Wait()
	all, err := o.store.Words(t.Context())
	if err := errors.Join(append(errs, err)...); err != nil || len(all) != len(desk.DefaultWords())+len(errs) {
		t.Errorf("%d words, %v", len(all), err)
	}
}

func TestBurstRule(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	want := desk.BurstRule{Persons: 5, Minutes: 30}
	var denied desk.Denied
	var lacks desk.NotReady
	if r, err := o.store.BurstRule(ctx); err != nil || r != desk.DefaultBurst {
		t.Errorf("%+v, %v", r, err)
	}
	if err := o.SetBurstRule(ctx, o.editor, want); !errors.As(err, &denied) {
		t.Errorf("%v", err)
	}
	if err := o.SetBurstRule(ctx, o.maintainer, desk.BurstRule{}); !errors.As(err, &lacks) {
		t.Errorf("%v", err)
	}
	if err := o.SetBurstRule(ctx, o.maintainer, want); err != nil {
		t.Fatal(err)
	}
	if r, err := o.store.BurstRule(ctx); err != nil || r != want {
		t.Errorf("%+v, %v", r, err)
	}
	told, err := o.store.Entries(ctx, desk.EntryFilter{Action: desk.ActionSetting}, 0, 1)
	if err != nil || len(told) != 1 || told[0].Detail != "集中提问的提醒：30分钟内有5人" || told[0].Who != "zhou 人员zhou" {
		t.Errorf("%+v, %v", told, err)
	}
}

// Stops of the console and of the terminal are the same, and in the history.
func TestDeskStops(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	o.Accounts = func() []desk.Account { return []desk.Account{{Name: "default"}} }
	if err := o.Stop(ctx, o.reviewer, desk.Stop{Account: "default", Reason: "正在更正"}); err != nil {
		t.Fatal(err)
	}
	var lacks desk.NotReady
	if err := o.Stop(ctx, o.both, desk.Stop{Account: "default", Reason: "再停一次"}); !errors.As(err, &lacks) {
		t.Errorf("stopped twice: %v", err)
	}
	if _, err := o.store.Stop(ctx, bot.Stop{Reason: "演练", By: "ops"}); err != nil {
		t.Fatal(err)
	}
	if got := standing(t, o.store); !slices.Equal(got, []string{"default/", "/"}) {
		t.Errorf("stands: %v", got)
	}
	all, err := o.Stopped(ctx, o.auditor)
	if err != nil || len(all) != 2 || all[1].By != "人员zhao" || all[0].By != "ops" {
		t.Fatalf("%+v, %v", all, err)
	}
	if err := o.Lift(ctx, o.both, all[1].ID, "改好了"); err != nil {
		t.Fatal(err)
	}
	var denied desk.Denied
	if err := o.Lift(ctx, o.both, all[1].ID, ""); !errors.As(err, &denied) {
		t.Errorf("lifted twice: %v", err)
	}
	if _, err := o.store.Lift(ctx, "", "", "", "ops"); err != nil {
		t.Fatal(err)
	}
	if got := standing(t, o.store); len(got) != 0 {
		t.Errorf("stands: %v", got)
	}
	told, err := o.store.Entries(ctx, desk.EntryFilter{Action: desk.ActionStop}, 0, 10)
	if err != nil || len(told) != 4 {
		t.Fatalf("%+v, %v", told, err)
	}
	for i, want := range []string{
		"ops@terminal 恢复自动回答：全部账号", "sun 人员sun@192.0.2.7 恢复自动回答：账号default：改好了",
		"ops@terminal 暂停自动回答：全部账号：演练", "zhao 人员zhao@192.0.2.7 暂停自动回答：账号default：正在更正",
	} {
		if got := told[i].Who + "@" + told[i].From + " " + told[i].Detail; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// Concerns belong to an agency; a step is taken once, and none after the end.
func TestConcerns(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	ours, err := o.MarkConcern(ctx, o.reviewer, desk.Concern{Topic: "停水", Grave: true})
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := o.MarkConcern(ctx, o.stranger, desk.Concern{Topic: "学区", Started: o.clock.Add(-time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	for by, want := range map[*desk.Actor]int{&o.reviewer: 2, &o.stranger: 2} {
		all, err := o.ConcernList(ctx, *by)
		if err != nil || len(all) != want {
			t.Errorf("%s sees %+v, %v", by.Name, all, err)
		}
	}
	clocks, err := o.Clocks(ctx, o.stranger)
	if err != nil || len(clocks) != 3 || clocks[2].Concern != theirs || !clocks[2].Due.Equal(o.clock.Add(47*time.Hour)) {
		t.Errorf("%+v, %v", clocks, err)
	}
	if clocks, err = o.Clocks(ctx, o.auditor); err != nil || len(clocks) != 3 {
		t.Errorf("%+v, %v", clocks, err)
	}
	// What was marked for the whole city is seen by every agency, which notes
	// what it does, but does not stop the clocks.
	if _, err := o.ConcernOf(ctx, o.stranger, ours); err != nil {
		t.Errorf("%v", err)
	}
	var denied desk.Denied
	for _, step := range []desk.ConcernStep{desk.ConcernAnswered, desk.ConcernBriefed, desk.ConcernClosed} {
		if err := o.NoteConcern(ctx, o.stranger, ours, desk.ConcernNote{Step: step, Text: "x"}); !errors.As(err, &denied) {
			t.Errorf("%s by an agency: %v", step, err)
		}
	}
	neighbour := o.stranger
	neighbour.Agency = "青岚市民政局"
	if _, err := o.ConcernOf(ctx, neighbour, theirs); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("another agency's: %v", err)
	}
	note := desk.ConcernNote{Step: desk.ConcernAnswered, Text: "发了通告", Who: "水务局", At: o.clock}
	errs := make([]error, 4)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() { errs[i] = o.store.NoteConcern(ctx, ours, note, o.reviewer) })
	}
	group.Wait()
	if n := len(slices.DeleteFunc(slices.Clone(errs), func(err error) bool { return !errors.Is(err, desk.ErrStale) })); n != 3 {
		t.Errorf("answered once: %v", errs)
	}
	o.clock = o.clock.Add(time.Hour)
	for _, n := range []desk.ConcernNote{{Step: desk.ConcernNoted, Text: "抢修中"}, {Step: desk.ConcernBriefed, Text: "开了发布会"}, {Step: desk.ConcernClosed, Text: "已恢复"}} {
		if err := o.NoteConcern(ctx, o.both, ours, n); err != nil {
			t.Errorf("%s: %v", n.Step, err)
		}
	}
	c, err := o.ConcernOf(ctx, o.auditor, ours)
	if err != nil || len(c.Notes) != 4 || c.Notes[0].Who != "水务局" || c.Notes[3].Who != "人员sun" || !c.Closed.Equal(o.clock) || c.By != "人员zhao" {
		t.Errorf("%+v, %v", c, err)
	}
	if err := o.store.NoteConcern(ctx, ours, desk.ConcernNote{Step: desk.ConcernNoted, Text: "x", At: o.clock}, o.reviewer); !errors.Is(err, desk.ErrStale) {
		t.Errorf("after the end: %v", err)
	}
	if err := o.store.NoteConcern(ctx, ours, desk.ConcernNote{Step: "x"}, o.reviewer); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("no step: %v", err)
	}
	all, err := o.store.Entries(ctx, desk.EntryFilter{Action: desk.ActionConcern}, 0, 10)
	if err != nil || len(all) != 6 || !strings.Contains(all[3].Detail, "停水。已发布权威信息或回应（水务局，2026-03-02 09:00）：发了通告") {
		t.Errorf("%+v, %v", all, err)
	}
}

// A policy passes in a batch with the interpretation that comes after it.
func TestBatchWithInterpretation(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	o.draft(t, "a")
	o.draft(t, "i", declares(corpus.Interprets, "a"), func(d *corpus.Document) { d.Kind = corpus.Interpretation })
	var steps []desk.Move
	for _, id := range []string{"a", "i"} {
		w := o.to(t, id, corpus.Submitted)
		if _, err := o.Open(ctx, o.reviewer, id, 1); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, desk.Move{Document: id, Revision: 1, Version: w.Version, Checklist: desk.Checklist{Secrecy: true, Accuracy: true, Links: true}})
	}
	for i, r := range o.Batch(ctx, o.reviewer, corpus.Approved, steps) {
		if r.Err != nil || r.Document != steps[i].Document {
			t.Errorf("%+v", r)
		}
	}
}

// What is set on many drafts is told of each, and leaves what is no draft.
func TestMarkAll(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	for _, id := range []string{"a", "b", "c"} {
		o.draft(t, id)
	}
	o.to(t, "c", corpus.Submitted)
	step := func(id string, version int) desk.Move { return desk.Move{Document: id, Revision: 1, Version: version} }
	results, err := o.MarkAll(ctx, o.second, desk.Mark{Topic: "公交", Agency: "青岚市交通运输局"},
		[]desk.Move{step("a", 1), step("b", 7), step("c", 2), step("none", 1)})
	if err != nil || len(results) != 4 {
		t.Fatal(results, err)
	}
	var denied desk.Denied
	var conflict *desk.Conflict
	if results[0].Err != nil || !errors.As(results[1].Err, &conflict) || !errors.As(results[2].Err, &denied) || !errors.Is(results[3].Err, corpus.ErrNotFound) {
		t.Errorf("%+v", results)
	}
	w := o.now(t, "a")
	if !slices.Equal(w.Document.Topics, []string{"老人", "公交"}) || w.Document.Agency != "青岚市交通运输局" || len(w.Revision.Passages) != 2 {
		t.Errorf("%+v", w.Document)
	}
	if _, err := o.MarkAll(ctx, o.second, desk.Mark{Topic: "公交"}, []desk.Move{step("a", 2)}); err != nil {
		t.Error(err)
	}
	if topics := o.now(t, "a").Document.Topics; len(topics) != 2 {
		t.Errorf("%q", topics)
	}
	all, err := o.store.Entries(ctx, desk.EntryFilter{Document: "a", Action: desk.ActionSaved}, 0, 10)
	if err != nil || len(all) != 2 || all[1].Detail != "成批加上主题：公交；成批改发文机关：青岚市交通运输局" {
		t.Errorf("%+v, %v", all, err)
	}
	var lacks desk.NotReady
	for _, m := range []desk.Mark{{}, {Topic: "一\n二"}, {Topic: strings.Repeat("长", 31)}} {
		if _, err := o.MarkAll(ctx, o.second, m, nil); !errors.As(err, &lacks) {
			t.Errorf("%+v: %v", m, err)
		}
	}
	if r, err := o.MarkAll(ctx, o.reviewer, desk.Mark{Topic: "x"}, []desk.Move{step("b", 1)}); err != nil || !errors.As(r[0].Err, &denied) {
		t.Errorf("a reviewer: %+v, %v", r, err)
	}
	if r, err := o.MarkAll(ctx, o.stranger, desk.Mark{Topic: "x"}, []desk.Move{step("b", 1)}); err != nil || !errors.Is(r[0].Err, corpus.ErrNotFound) {
		t.Errorf("a stranger: %+v, %v", r, err)
	}
}

// An import leaves alone what somebody has written and not published yet; what
// only imports have written is replaced as ever.
func TestImportLeavesWorkAlone(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	put := func(c corpus.Content, publish bool) corpus.Outcome {
		t.Helper()
		all, err := o.store.Put(ctx, []corpus.Content{c}, publish)
		if err != nil {
			t.Fatal(err)
		}
		return all[0]
	}
	text := func(words string) corpus.Content {
		c := content("mine")
		c.Text += words
		c.Passages[len(c.Passages)-1].End = len(c.Text)
		return c
	}
	if out := put(text("一"), false); !out.Changed || out.Busy {
		t.Fatalf("%+v", out)
	}
	if out := put(text("二"), false); !out.Changed || out.Revision != 2 {
		t.Errorf("over an import's draft: %+v", out)
	}
	w, err := o.Look(ctx, o.editor, "mine", 0)
	if err == nil {
		_, err = o.Save(ctx, o.editor, "mine", 2, w.Version, text("二，改过"))
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, publish := range []bool{false, true} {
		if out := put(text("三"), publish); !out.Busy || out.Changed || out.Revision != 2 {
			t.Errorf("over a colleague's draft, publishing %v: %+v", publish, out)
		}
	}
	w, err = o.Look(ctx, o.editor, "mine", 0)
	if err != nil || w.Revision.Number != 2 || !strings.Contains(w.Revision.Text, "改过") {
		t.Errorf("the draft: %+v, %v", w.Revision, err)
	}
	if err := o.Drop(ctx, o.editor, "mine", 2, w.Version); err != nil {
		t.Fatal(err)
	}
	if out := put(text("三"), false); !out.Changed || out.Busy || out.Revision != 3 {
		t.Errorf("after the draft was discarded: %+v", out)
	}
}

// Nobody fills the disk alone, and a colleague is not kept out by them.
func TestUploadQuota(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	put := func(by desk.Actor) error {
		_, err := o.Put(ctx, by, desk.Upload{Name: "a.txt"}, []byte("第一条 好。"))
		return err
	}
	if err := put(o.editor); err != nil {
		t.Fatal(err)
	}
	behind(t, o, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1999)
		INSERT INTO uploads (sum, name, size, staff, display, agency, account, kind, region, backlog, state, at)
		SELECT sum, name, size, staff, display, agency, account, kind, region, backlog, 'done', at FROM uploads, n`)
	var lacks desk.NotReady
	if err := put(o.editor); !errors.As(err, &lacks) || !strings.Contains(lacks[0], "一小时最多上传2000个文件") {
		t.Errorf("the 2001st: %v", err)
	}
	if err := put(o.second); err != nil {
		t.Errorf("a colleague: %v", err)
	}
	o.clock = o.clock.Add(61 * time.Minute)
	if err := put(o.editor); err != nil {
		t.Errorf("an hour later: %v", err)
	}
	behind(t, o, `UPDATE uploads SET size = 3 << 30 WHERE id = 1`)
	behind(t, o, `UPDATE uploads SET size = 3 << 30 WHERE id = 2`)
	if err := put(o.editor); !errors.As(err, &lacks) || !strings.Contains(lacks[0], "一天最多上传5000个文件、共5GB") {
		t.Errorf("6 GB in a day: %v", err)
	}
	o.clock = o.clock.Add(24 * time.Hour)
	if err := put(o.editor); err != nil {
		t.Errorf("the next day: %v", err)
	}
}

// Who looks is told once a day for each place.
func TestLookingIsToldOnce(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	look := func(by desk.Actor, where string) {
		t.Helper()
		if err := o.SawQuestions(ctx, by, "", where); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		look(o.editor, "首页")
		look(o.editor, "澄清")
		look(o.second, "首页")
	}
	o.clock = o.clock.Add(24 * time.Hour)
	look(o.editor, "首页")
	all, err := o.store.Entries(ctx, desk.EntryFilter{Action: desk.ActionQuestions}, 0, 10)
	if err != nil || len(all) != 4 {
		t.Errorf("%+v, %v", all, err)
	}
	if err := o.SawQuestions(ctx, desk.Actor{}, "", "首页"); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("a nobody: %v", err)
	}
}

// behind changes the database behind the desk's back.
func behind(t *testing.T, o *office, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", o.path)
	if err == nil {
		_, err = db.ExecContext(t.Context(), query)
	}
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

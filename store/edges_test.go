package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/store"
)

// rule is a document of one government that names no other.
func rule(id, title string, start corpus.Date, change ...func(*corpus.Document)) corpus.Content {
	return content(id, append([]func(*corpus.Document){func(d *corpus.Document) {
		d.Title, d.Agency, d.Level, d.Effective, d.Published = title, "青岚市人民政府", corpus.LocalRule, start, start
	}}, change...)...)
}

func says(s corpus.Statement) func(*corpus.Document) {
	return func(d *corpus.Document) { d.Statements = append(d.Statements, s) }
}

func repealing(title string) func(*corpus.Document) {
	return says(corpus.Statement{Kind: corpus.Repeals, Title: title, Sure: true, Anchor: "a1", Label: "第一条", Sentence: "《" + title + "》同时废止。"})
}

func edges(t *testing.T, s *store.Store, f corpus.EdgeFilter) []corpus.Edge {
	t.Helper()
	all, err := s.Edges(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func validity(t *testing.T, s *store.Store, id string, day corpus.Date) corpus.Validity {
	t.Helper()
	d, _, err := s.Live(t.Context(), id)
	if err != nil {
		t.Fatal(id, err)
	}
	return d.ValidityOn(day)
}

const today = corpus.Date("2024-06-01")

// An edge waits for its target, acts once it is there, and goes with its
// source; whoever changes is in the outbox.
func TestEdgesFollowTheirDocuments(t *testing.T) {
	t.Parallel()
	s := open(t)
	dogs := "青岚市养犬管理办法"
	put(t, s, true, rule("new", "青岚市动物管理条例", "2020-01-01", repealing(dogs)))
	if all := edges(t, s, corpus.EdgeFilter{}); len(all) != 1 || all[0].State != corpus.Dangling || all[0].To != "" {
		t.Fatalf("%+v", all)
	}
	_, seq := changed(t, s, 0)
	put(t, s, false, rule("old", dogs, "2010-01-01"))
	if all := edges(t, s, corpus.EdgeFilter{}); all[0].State != corpus.Dangling {
		t.Errorf("a draft is named: %+v", all)
	}
	put(t, s, true, rule("old", dogs, "2010-01-01"))
	ids, seq := changed(t, s, seq)
	if !slices.Equal(ids, []string{"new", "old"}) {
		t.Errorf("outbox %v", ids)
	}
	all := edges(t, s, corpus.EdgeFilter{States: []corpus.EdgeState{corpus.Applied}, Document: "old"})
	if len(all) != 1 || all[0].From != "new" || all[0].ToTitle != dogs || all[0].TakesEffect != "2020-01-01" || all[0].Sentence == "" {
		t.Fatalf("%+v", all)
	}
	d, _, _ := s.Live(t.Context(), "old")
	if v := d.ValidityOn("2019-12-31"); v != corpus.InForce {
		t.Error(v)
	}
	if r := d.ReasonsOn(today)[0]; d.ValidityOn(today) != corpus.Repealed || r.Document != "new" || r.Anchor != "a1" || !strings.Contains(r.Text, "第一条废止，自2020年1月1日起") {
		t.Errorf("%+v", d.ReasonsOn(today))
	}
	if d, _, _ := s.Live(t.Context(), "new"); len(d.Declares) != 1 || d.Declares[0].Ends != "2020-01-01" || d.Declares[0].Fate != corpus.Repealed {
		t.Errorf("the other end: %+v", d.Declares)
	}
	put(t, s, true, rule("old", dogs, "2010-01-01"), rule("new", "青岚市动物管理条例", "2020-01-01", repealing(dogs)))
	if ids, _ := changed(t, s, seq); len(ids) != 0 {
		t.Errorf("nothing changed, but %v", ids)
	}
	put(t, s, true, rule("new", "青岚市动物管理条例", "2020-01-01"))
	if ids, _ = changed(t, s, seq); !slices.Equal(ids, []string{"new", "old"}) {
		t.Errorf("outbox %v", ids)
	}
	if v := validity(t, s, "old", today); v != corpus.InForce || len(edges(t, s, corpus.EdgeFilter{})) != 0 {
		t.Errorf("the source says it no longer, the target is %s", v)
	}
	// The title moves away from the name.
	put(t, s, true, rule("new", "青岚市动物管理条例", "2020-01-01", repealing(dogs)), rule("old", "青岚市养猫管理办法", "2010-01-01"))
	if all := edges(t, s, corpus.EdgeFilter{}); all[0].State != corpus.Dangling || validity(t, s, "old", today) != corpus.InForce {
		t.Errorf("%+v", all)
	}
}

func TestEdgesWithinOneBatch(t *testing.T) {
	t.Parallel()
	s := open(t)
	put(t, s, true, rule("new", "青岚市动物管理条例", "2020-01-01", repealing("青岚市养犬管理办法"), repealing("青岚市养犬管理办法")),
		rule("old", "青岚市养犬管理办法", "2010-01-01"))
	if all := edges(t, s, corpus.EdgeFilter{}); len(all) != 1 || all[0].State != corpus.Applied {
		t.Errorf("%+v", all)
	}
}

func TestSampleEdgesLeave(t *testing.T) {
	t.Parallel()
	s := open(t)
	sample := func(d *corpus.Document) { d.Sample = true }
	put(t, s, true, rule("old", "青岚市养犬管理办法", "2010-01-01", sample), rule("new", "青岚市动物管理条例", "2020-01-01", sample, repealing("青岚市养犬管理办法")))
	if v := validity(t, s, "old", today); v != corpus.Repealed {
		t.Error(v)
	}
	if _, err := s.WithdrawSample(t.Context()); err != nil {
		t.Fatal(err)
	}
	if all := edges(t, s, corpus.EdgeFilter{}); len(all) != 0 {
		t.Errorf("%+v", all)
	}
}

// Editions that arrive in any order: one is in force on each day, and whoever
// is put in another light is indexed again.
func TestEditionsArrive(t *testing.T) {
	t.Parallel()
	title := "青岚市养犬管理办法"
	amended := func(on corpus.Date) func(*corpus.Document) { return func(d *corpus.Document) { d.Written = on } }
	all := []corpus.Content{
		rule("v1", title, "2010-01-01"), rule("v2", title+"（2015年修正）", "2010-01-01", amended("2015-03-01")),
		rule("v3", "《"+title+"》", "2010-01-01", amended("2019-05-05")), rule("v4", title, "2035-01-01"),
	}
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}} {
		s := open(t)
		for _, i := range order {
			put(t, s, true, all[i])
		}
		for day, want := range map[corpus.Date]string{"2009-12-31": "", "2010-01-01": "v1", "2015-02-28": "v1", "2015-03-01": "v2", "2019-05-05": "v3", today: "v3", "2035-01-01": "v4"} {
			var in []string
			for _, c := range all {
				if validity(t, s, c.Document.ID, day) == corpus.InForce {
					in = append(in, c.Document.ID)
				}
			}
			if strings.Join(in, " ") != want {
				t.Errorf("%v on %s: %v in force, want %s", order, day, in, want)
			}
		}
		d, _, _ := s.Live(t.Context(), "v1")
		if r, ok := d.SuccessorOn(today); !ok || r.From != "v3" {
			t.Errorf("what to show today: %+v", r)
		}
		// After a repeal of the title none is in force.
		put(t, s, true, rule("end", "青岚市动物管理条例", "2022-01-01", repealing(title)))
		for id, want := range map[string]corpus.Validity{"v1": corpus.Superseded, "v2": corpus.Superseded, "v3": corpus.Repealed, "v4": corpus.NotYet} {
			if v := validity(t, s, id, today); v != want {
				t.Errorf("after the repeal %s is %s, want %s", id, v, want)
			}
		}
	}
}

func TestTwins(t *testing.T) {
	t.Parallel()
	s := open(t)
	twin := func(id string) corpus.Content {
		c := rule("x", "青岚市养犬管理办法", "2010-01-01")
		c.Document.ID = id
		return c
	}
	o := put(t, s, true, twin("b"), twin("a"), rule("c", "青岚市别的办法", "2010-01-01"))
	if o[0].Twin != "" || o[1].Twin != "b" || o[2].Twin != "" {
		t.Errorf("%+v", o)
	}
	if a, b := validity(t, s, "a", today), validity(t, s, "b", today); a != corpus.InForce || b != corpus.Superseded {
		t.Errorf("%s %s", a, b)
	}
}

// A title that very many have tells nothing, and costs little.
func TestManyOfOneTitle(t *testing.T) {
	t.Parallel()
	s := open(t)
	start := time.Now()
	for i := range 10 {
		var batch []corpus.Content
		for j := range 40 {
			batch = append(batch, rule(fmt.Sprintf("d%d-%d", i, j), "实施办法", corpus.Date(fmt.Sprintf("20%d-01-%02d", 10+i, 1+j%28)), repealing("实施办法")))
		}
		put(t, s, true, batch...)
	}
	all := edges(t, s, corpus.EdgeFilter{States: []corpus.EdgeState{corpus.Applied}})
	if took := time.Since(start); len(all) > 0 || took > 20*time.Second {
		t.Errorf("%d edges in %v", len(all), took)
	}
	if e := edges(t, s, corpus.EdgeFilter{Document: "d9-1"}); len(e) != 1 || !strings.Contains(e[0].Why, "太多") {
		t.Errorf("%+v", e)
	}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	dogs := "青岚市养犬管理办法"
	source := rule("new", "青岚市动物管理条例", "2020-01-01", says(corpus.Statement{Kind: corpus.Repeals, Title: dogs, Anchor: "a1"}))
	put(t, s, true, source)
	id := edges(t, s, corpus.EdgeFilter{})[0].ID
	if _, err := s.Decide(ctx, id, true, "甲"); !errors.Is(err, store.ErrUnnamed) {
		t.Errorf("a dangling edge is accepted: %v", err)
	}
	if _, err := s.Decide(ctx, "nothing", true, "甲"); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("%v", err)
	}
	put(t, s, true, rule("old", dogs, "2010-01-01"))
	if v := validity(t, s, "old", today); v != corpus.InForce {
		t.Errorf("a proposal acts: %s", v)
	}
	_, seq := changed(t, s, 0)
	e, err := s.Decide(ctx, id, true, "甲")
	if err != nil || e.State != corpus.Accepted || e.DecidedBy != "甲" || e.DecidedAt.IsZero() || e.To != "old" {
		t.Errorf("%+v, %v", e, err)
	}
	ids, seq := changed(t, s, seq)
	if v := validity(t, s, "old", today); v != corpus.Repealed || !slices.Equal(ids, []string{"new", "old"}) {
		t.Errorf("%s, outbox %v", v, ids)
	}
	// Both ends are imported again, changed.
	source.Document.Topics = []string{"动物"}
	put(t, s, true, source, rule("old", dogs, "2010-01-01", func(d *corpus.Document) { d.Topics = nil }))
	if v := validity(t, s, "old", today); v != corpus.Repealed {
		t.Errorf("after an import: %s", v)
	}
	if e, err = s.Decide(ctx, id, false, "乙"); err != nil || e.State != corpus.Rejected || e.DecidedBy != "乙" {
		t.Errorf("%+v, %v", e, err)
	}
	if ids, _ := changed(t, s, seq); validity(t, s, "old", today) != corpus.InForce || len(ids) != 2 {
		t.Errorf("%s, outbox %v", validity(t, s, "old", today), ids)
	}
	// An applied one can be rejected, and stays so.
	put(t, s, true, rule("sure", "青岚市宠物条例", "2021-01-01", repealing(dogs)))
	applied := edges(t, s, corpus.EdgeFilter{States: []corpus.EdgeState{corpus.Applied}})
	if len(applied) != 1 {
		t.Fatalf("%+v", applied)
	}
	if _, err = s.Decide(ctx, applied[0].ID, false, "乙"); err != nil {
		t.Fatal(err)
	}
	put(t, s, true, rule("sure", "青岚市宠物条例", "2021-01-01", repealing(dogs), topics("动物")))
	if v := validity(t, s, "old", today); v != corpus.InForce {
		t.Errorf("a rejected edge acts: %s", v)
	}
}

// What rests on a policy hears of its fall.
func TestInterpretationsFall(t *testing.T) {
	t.Parallel()
	s := open(t)
	dogs := "青岚市养犬管理办法"
	explains := func(kind corpus.Kind) func(*corpus.Document) {
		return func(d *corpus.Document) {
			d.Kind, d.Effective = kind, ""
			d.Statements = []corpus.Statement{{Kind: corpus.Interprets, Title: dogs, Sure: true}}
		}
	}
	put(t, s, true, rule("i", "一图读懂", "2010-02-01", explains(corpus.Interpretation)), rule("g", "养犬登记", "2010-02-01", explains(corpus.Guide)),
		content("byid", declares(corpus.Interprets, "old"), func(d *corpus.Document) { d.Kind, d.Effective = corpus.Interpretation, "" }))
	_, seq := changed(t, s, 0)
	put(t, s, true, rule("old", dogs, "2010-01-01"))
	ids, seq := changed(t, s, seq)
	if !slices.Equal(ids, []string{"byid", "g", "i", "old"}) {
		t.Errorf("the policy arrives: outbox %v", ids)
	}
	put(t, s, true, rule("new", "青岚市动物管理条例", "2020-01-01", repealing(dogs)))
	if ids, seq = changed(t, s, seq); !slices.Equal(ids, []string{"byid", "g", "i", "new", "old"}) {
		t.Errorf("the policy falls: outbox %v", ids)
	}
	for id, want := range map[string]corpus.Validity{"i": corpus.Repealed, "byid": corpus.Repealed, "g": corpus.Unknown} {
		d, _, _ := s.Live(t.Context(), id)
		if r, ok := d.Fallen(today); !ok || r.To != "old" || d.ValidityOn(today) != want || d.ValidityOn("2019-12-31") != corpus.Unknown {
			t.Errorf("%s: %s, %v", id, d.ValidityOn(today), ok)
		}
	}
	var fallen []string
	err := s.Listed(t.Context(), corpus.Listing{Fallen: true, Day: today}, func(st corpus.Stored) error { fallen = append(fallen, st.Document.ID); return nil })
	if err != nil || !slices.Equal(fallen, []string{"byid", "g", "i"}) {
		t.Errorf("%v, %v", fallen, err)
	}
	c, err := s.Census(t.Context(), today)
	if n := c.Documents[corpus.Group{Kind: corpus.Interpretation, Validity: corpus.Repealed}]; err != nil || n != 2 {
		t.Errorf("the census: %+v, %v", c, err)
	}
	put(t, s, true, rule("new", "青岚市动物管理条例", "2020-01-01"))
	if ids, _ = changed(t, s, seq); !slices.Equal(ids, []string{"byid", "g", "i", "new", "old"}) || validity(t, s, "i", today) != corpus.Unknown {
		t.Errorf("the policy stands again: outbox %v", ids)
	}
}

// What a private document says is for its account alone.
func TestEdgesOfAccounts(t *testing.T) {
	t.Parallel()
	s := open(t)
	dogs := "青岚市养犬管理办法"
	mine := func(d *corpus.Document) { d.Account = "one" }
	put(t, s, true, rule("old", dogs, "2010-01-01"), rule("mine", "青岚市动物管理条例", "2020-01-01", mine, repealing(dogs)),
		rule("edition", dogs, "2022-01-01", mine))
	d, _, _ := s.Live(t.Context(), "old")
	if v := d.SeenBy("two").ValidityOn(today); v != corpus.InForce {
		t.Errorf("for another account it is %s", v)
	}
	if v := d.SeenBy("one").ValidityOn(today); v != corpus.Repealed {
		t.Errorf("for its own account it is %s", v)
	}
	put(t, s, true, rule("i", "一图读懂", "2010-02-01", func(d *corpus.Document) {
		d.Kind, d.Statements = corpus.Interpretation, []corpus.Statement{{Kind: corpus.Interprets, Title: dogs, Sure: true}}
	}))
	if v := validity(t, s, "i", today); v != corpus.InForce {
		t.Errorf("a shared interpretation falls with what one account says: %s", v)
	}
	c, err := s.Census(t.Context(), today)
	if n := c.Documents[corpus.Group{Kind: corpus.Policy, Validity: corpus.Repealed}]; err != nil || n != 0 {
		t.Errorf("the census: %+v, %v", c, err)
	}
}

func TestHeld(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	c := rule("a", "青岚市养犬管理办法", "2010-01-01")
	c.Hold, c.Warnings = "文字是从图片识别的", []string{"第2页是图片"}
	c.Findings = []corpus.Finding{{Field: "effective", Value: "2010-01-01", Place: "第三十条", Sure: corpus.Derived}}
	for range 2 {
		if o := put(t, s, true, c)[0]; !o.Held || o.Revision != 1 {
			t.Errorf("%+v", o)
		}
	}
	if _, _, err := s.Live(ctx, "a"); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("held, but published: %v", err)
	}
	st, err := s.Stored(ctx, "a", 0)
	if err != nil || st.Hold != c.Hold || !slices.Equal(st.Warnings, c.Warnings) || !slices.Equal(st.Findings, c.Findings) || !st.Newest || st.Revision.Status != corpus.Draft {
		t.Errorf("%+v, %v", st, err)
	}
	if err := s.Confirm(ctx, "nothing", "甲"); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if err := s.Confirm(ctx, "a", "甲"); err != nil {
		t.Fatal(err)
	}
	c.Warnings = nil
	if o := put(t, s, true, c)[0]; o.Held || !o.Changed {
		t.Errorf("confirmed: %+v", o)
	}
	if st, err = s.Stored(ctx, "a", 0); err != nil || st.Hold != "" || st.ConfirmedBy != "甲" || st.Warnings != nil || st.Revision.Status != corpus.Published {
		t.Errorf("%+v, %v", st, err)
	}
	c.Document.Topics = []string{"动物"} // another text, read again
	if o := put(t, s, true, c)[0]; !o.Held || o.Revision != 2 {
		t.Errorf("%+v", o)
	}
	history, err := s.History(ctx, "a")
	if err != nil || len(history) != 2 || history[0].Revision.Number != 2 || history[0].Hold == "" || history[1].Revision.Status != corpus.Published {
		t.Errorf("%+v, %v", history, err)
	}
	if _, err := s.History(ctx, "nothing"); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func TestListedAndStored(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	var all []corpus.Content
	for i := range 130 {
		all = append(all, rule(fmt.Sprintf("d%03d", i), fmt.Sprintf("青岚市第%d号办法", i), "2010-01-01", func(d *corpus.Document) {
			d.Number = fmt.Sprintf("青政发〔2009〕%d号", i)
			if i%2 == 1 {
				d.Kind = corpus.Guide
			}
		}))
	}
	all[0] = withFile(all[0], "a.md", []byte("# 办法"))
	put(t, s, true, all[:120]...)
	put(t, s, false, all[120:]...)
	put(t, s, true, rule("new", "青岚市动物管理条例", "2020-01-01", repealing("青岚市第0号办法")))
	count := func(l corpus.Listing) (n int) {
		t.Helper()
		l.Day = today
		last := ""
		if err := s.Listed(ctx, l, func(st corpus.Stored) error {
			if st.Document.ID <= last || !st.Newest || st.Revision.Text != "" {
				t.Errorf("%+v after %s", st, last)
			}
			last = st.Document.ID
			n++
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, c := range []struct {
		l    corpus.Listing
		want int
	}{
		{corpus.Listing{}, 131}, {corpus.Listing{Status: corpus.Draft}, 10}, {corpus.Listing{Kind: corpus.Guide}, 65},
		{corpus.Listing{Validity: corpus.Repealed}, 1}, {corpus.Listing{Text: "〔2009〕7号"}, 1}, {corpus.Listing{Text: "动物"}, 1}, {corpus.Listing{Held: true}, 0},
	} {
		if n := count(c.l); n != c.want {
			t.Errorf("%+v: %d, want %d", c.l, n, c.want)
		}
	}
	stop := errors.New("enough")
	if err := s.Listed(ctx, corpus.Listing{}, func(corpus.Stored) error { return stop }); err != stop {
		t.Errorf("%v, want the error of yield", err)
	}
	st, err := s.Stored(ctx, "d000", 0)
	if err != nil || st.File == nil || st.File.Name != "a.md" || st.Revision.Text != all[0].Text || len(st.Revision.Passages) != 2 || len(st.Document.Receives) != 1 {
		t.Errorf("%+v, %v", st, err)
	}
	if st, err = s.Stored(ctx, "new", 1); err != nil || len(st.Document.Statements) != 1 || st.File != nil {
		t.Errorf("%+v, %v", st, err)
	}
	if _, err := s.Stored(ctx, "new", 2); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

// A database of the version before: what it holds is worked out once, and
// explains is interprets.
func TestOpensTheVersionBefore(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "p.db")
	reopen := func() *store.Store {
		t.Helper()
		s, err := store.Open(t.Context(), store.Config{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := reopen()
	put(t, s, true, rule("v1", "青岚市养犬管理办法", "2010-01-01"), rule("v2", "青岚市养犬管理办法", "2015-01-01"),
		content("i", declares(corpus.Interprets, "v1"), func(d *corpus.Document) { d.Kind = corpus.Interpretation }))
	_, seq := changed(t, s, 0)
	s.Close()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		"UPDATE relations SET kind = 'explains' WHERE kind = 'interprets'",
		`UPDATE revisions SET meta = replace(meta, '"interprets"', '"explains"')`,
		"DELETE FROM relations WHERE edge <> ''",
		"DROP TABLE revision_notes", "DROP TABLE title_keys", "ALTER TABLE documents DROP COLUMN begins",
		"ALTER TABLE documents DROP COLUMN ends", "ALTER TABLE documents DROP COLUMN fate", "DROP TABLE edges", "DROP TABLE decisions", "DROP INDEX documents_number",
		"ALTER TABLE relations DROP COLUMN anchors", "ALTER TABLE relations DROP COLUMN place", "ALTER TABLE relations DROP COLUMN label",
		"ALTER TABLE relations DROP COLUMN edge", "DROP TABLE engines", "DROP TABLE asides", "DROP TABLE engine_events", "DROP TABLE lexicons", "DROP TABLE lexicon_switches", "DROP TABLE lexicon_trials",
		"DROP TABLE differences", "DROP TABLE verdicts", "DROP TABLE door_keys", "DROP TABLE door_sessions", "DROP TABLE door_links", "DROP TABLE door_tries", "DROP TABLE door_forms",
		"DROP TABLE work_facets", "DROP TABLE works", "DROP TABLE work_revisions", "DROP TABLE work_authors", "DROP TABLE comments", "DROP TABLE publications",
		"DROP TABLE withdrawals", "DROP TABLE uploads", "DROP TABLE work_words", "DROP TABLE work_texts", "DROP TABLE concern_notes", "DROP TABLE concerns", "DROP TABLE pins", "DROP TABLE history", "DROP TABLE history_head", "DROP TABLE staff",
		"DELETE FROM goose_db_version WHERE version_id >= 10",
	} {
		if _, err := db.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	db.Close()
	s = reopen()
	ids, seq := changed(t, s, seq)
	if !slices.Equal(ids, []string{"i", "v1", "v2"}) {
		t.Errorf("to be indexed again: %v", ids)
	}
	for id, want := range map[string]corpus.Validity{"v1": corpus.Superseded, "v2": corpus.InForce, "i": corpus.Superseded} {
		if v := validity(t, s, id, today); v != want {
			t.Errorf("%s is %s, want %s", id, v, want)
		}
	}
	s.Close()
	s = reopen()
	defer s.Close()
	if ids, _ := changed(t, s, seq); len(ids) != 0 {
		t.Errorf("worked out twice: %v", ids)
	}
}

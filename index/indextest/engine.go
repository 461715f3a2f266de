package indextest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// Engine tests what every engine must do. open returns an empty engine, which
// it closes by itself when the test ends.
func Engine(t *testing.T, open func(t *testing.T) index.Engine) {
	for name, test := range map[string]func(*testing.T, index.Engine){
		"empty": empty, "rebuild": rebuild, "failed rebuild": failedRebuild, "apply": apply,
		"filter": filter, "hostile": hostile, "cancelled": cancelled, "whole documents": wholeDocuments, "survey": survey,
		"weigh": weigh, "chosen": chosen, "spellings": spellings,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// Sequence yields units as a store does.
func Sequence(units []*index.Unit) iter.Seq2[*index.Unit, error] {
	return func(yield func(*index.Unit, error) bool) {
		for _, u := range units {
			if !yield(u, nil) {
				return
			}
		}
	}
}

// Ask makes each bigram of a text a term of weight 1.
func Ask(text string) []index.Weighted {
	var out []index.Weighted
	index.Bigrams(text, func(t index.Term) { out = append(out, index.Weighted{Term: t, Weight: 1}) })
	return out
}

func unit(document string, ordinal int, body string) *index.Unit {
	return &index.Unit{Document: document, Revision: 1, Ordinal: ordinal, Kind: corpus.Policy, Title: document, Body: body}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func look(t *testing.T, e index.Engine) index.View {
	t.Helper()
	v, err := e.View()
	must(t, err)
	t.Cleanup(v.Release)
	return v
}

// recalled returns the documents that a text finds, best first.
func recalled(t *testing.T, v index.View, text string, f index.Filter, limit int) string {
	t.Helper()
	got, err := v.Recall(t.Context(), Ask(text), f, limit)
	must(t, err)
	var out []string
	for i, c := range got {
		if i > 0 && got[i-1].Score < c.Score {
			t.Errorf("place %d scores %g after %g", i, c.Score, got[i-1].Score)
		}
		out = append(out, v.Unit(c.ID).Document)
	}
	return strings.Join(out, " ")
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func empty(t *testing.T, e index.Engine) {
	if _, err := e.View(); err == nil {
		t.Error("a view of nothing")
	}
	equal(t, "cursor", e.Cursor(), 0)
	if err := e.Apply(t.Context(), []*index.Unit{unit("a", 0, "老人卡")}, nil, 1); err == nil {
		t.Error("applied to nothing")
	}
	must(t, e.Rebuild(t.Context(), "g1", 3, Sequence(nil)))
	v := look(t, e)
	equal(t, "count", v.Count(), 0)
	equal(t, "average", v.Average(index.FAQUnit), 1)
	equal(t, "found", recalled(t, v, "老人卡", index.Filter{}, 10), "")
	must(t, e.Apply(t.Context(), []*index.Unit{unit("a", 0, "老人卡")}, []string{"a"}, 4))
	equal(t, "found", recalled(t, look(t, e), "老人卡", index.Filter{}, 10), "a")
}

func rebuild(t *testing.T, e index.Engine) {
	r := rand.New(rand.NewPCG(1, 1))
	var o Oracle
	var documents []string
	for i := range 30 {
		d := fmt.Sprint("d", i)
		documents = append(documents, d)
		o.Units = append(o.Units, Document(r, d, 1, 1+r.IntN(5))...)
	}
	must(t, e.Rebuild(t.Context(), "first", 7, Sequence(o.Units)))
	v := look(t, e)
	equal(t, "cursor", e.Cursor(), 7)
	if !strings.Contains(v.Generation(), "first") {
		t.Errorf("generation %q does not name first", v.Generation())
	}
	must(t, o.CheckUnits(v, append(documents, "", "none", "d", "d99")))
	must(t, o.CheckStatistics(v, Terms(Ask("公积金办理养老"))))
	must(t, e.Rebuild(t.Context(), "second", 8, Sequence(o.Units[:1])))
	must(t, o.CheckUnits(v, documents)) // the old view stays
	next := look(t, e)
	equal(t, "count", next.Count(), 1)
	equal(t, "cursor", e.Cursor(), 8)
	if next.Generation() == v.Generation() {
		t.Errorf("two generations are named %q", v.Generation())
	}
}

func failedRebuild(t *testing.T, e index.Engine) {
	must(t, e.Rebuild(t.Context(), "g", 1, Sequence([]*index.Unit{unit("a", 0, "老人卡")})))
	broken := errors.New("broken")
	err := e.Rebuild(t.Context(), "h", 2, func(yield func(*index.Unit, error) bool) {
		_ = yield(unit("b", 0, "老人卡"), nil) && yield(nil, broken)
	})
	if !errors.Is(err, broken) {
		t.Errorf("error %v, want that of the units", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = e.Rebuild(ctx, "h", 2, func(yield func(*index.Unit, error) bool) {
		for i := 0; yield(unit("c", i, "老人卡"), nil) && i < 5000; i++ {
			cancel()
		}
	})
	if err == nil {
		t.Error("rebuilt after its context ended")
	}
	equal(t, "found", recalled(t, look(t, e), "老人卡", index.Filter{}, 10), "a")
	equal(t, "cursor", e.Cursor(), 1)
}

func apply(t *testing.T, e index.Engine) {
	must(t, e.Rebuild(t.Context(), "g", 1, Sequence([]*index.Unit{
		unit("a", 0, "老人卡在哪里办理"), unit("a", 1, "住房补贴"), unit("b", 0, "公积金提取"),
	})))
	old := look(t, e)
	must(t, e.Apply(t.Context(), []*index.Unit{unit("a", 0, "居住证"), unit("c", 0, "老人卡年审")}, []string{"a", "b", "none"}, 5))
	v := look(t, e)
	equal(t, "cursor", e.Cursor(), 5)
	equal(t, "count", v.Count(), 2)
	if v.Generation() == old.Generation() {
		t.Errorf("two states are named %q", v.Generation())
	}
	for question, want := range map[string]string{"老人卡": "c", "居住证": "a", "住房补贴": "", "公积金": ""} {
		equal(t, question, recalled(t, v, question, index.Filter{}, 10), want)
	}
	equal(t, "units of a", len(v.Document("a")), 1)
	equal(t, "units of b", len(v.Document("b")), 0)
	equal(t, "old view", recalled(t, old, "老人卡", index.Filter{}, 10), "a")
	// The same once more changes nothing: rows are applied again after a restart.
	must(t, e.Apply(t.Context(), []*index.Unit{unit("a", 0, "居住证"), unit("c", 0, "老人卡年审")}, []string{"a", "b", "c"}, 5))
	equal(t, "count", look(t, e).Count(), 2)
	must(t, e.Apply(t.Context(), nil, nil, 9))
	equal(t, "cursor", e.Cursor(), 9)
	must(t, e.Apply(t.Context(), nil, []string{"a", "c"}, 10))
	equal(t, "count", look(t, e).Count(), 0)
}

func filter(t *testing.T, e index.Engine) {
	units := []*index.Unit{
		unit("shared", 0, "老人卡"), unit("mine", 0, "老人卡"), unit("theirs", 0, "老人卡"), unit("sample", 0, "老人卡"),
		unit("later", 0, "老人卡"), unit("ended", 0, "老人卡"),
	}
	units[1].Account, units[2].Account, units[3].Sample = "mine", "theirs", true
	units[4].From, units[5].Until = "2025-01-01", "2024-01-01"
	for i := range 50 { // the hidden must not take the places of the visible
		u := unit(fmt.Sprint("hidden", i), 0, "老人卡")
		u.Account = "theirs"
		units = append(units, u)
	}
	must(t, e.Rebuild(t.Context(), "g", 1, Sequence(units)))
	v := look(t, e)
	for _, c := range []struct {
		filter index.Filter
		want   string
	}{
		{index.Filter{}, "ended later sample shared"},
		{index.Filter{Account: "mine"}, "ended later mine sample shared"},
		{index.Filter{Account: "mine", Day: "2024-06-01", Own: true}, "mine shared"},
		{index.Filter{Day: "2023-12-31"}, "ended sample shared"},
		{index.Filter{Day: "2024-01-01"}, "sample shared"},
		{index.Filter{Day: "2025-01-01", Own: true}, "later shared"},
	} {
		got := strings.Fields(recalled(t, v, "老人卡", c.filter, 5))
		slices.Sort(got)
		equal(t, fmt.Sprintf("%+v", c.filter), strings.Join(got, " "), c.want)
	}
}

// terms are the bigrams of a text.
func terms(text string) []index.Term { return Terms(Ask(text)) }

func survey(t *testing.T, e index.Engine) {
	o := Oracle{Units: []*index.Unit{
		unit("a", 0, "老人卡在哪里办理"), unit("a", 1, "住房补贴"), unit("b", 0, "敬老卡。住房公积金"), unit("theirs", 0, "老人卡 住房补贴"),
		unit("sample", 0, "老人卡"), unit("ended", 0, "老人卡"),
	}}
	o.Units[3].Account, o.Units[4].Sample, o.Units[5].Until = "theirs", true, "2024-01-01"
	must(t, e.Rebuild(t.Context(), "g", 1, Sequence(o.Units)))
	words := []index.Wanted{{terms("老人卡"), terms("敬老卡")}, {terms("住房补贴")}, {}, {nil}}
	for _, f := range []index.Filter{{}, {Account: "theirs", Own: true}, {Day: "2024-01-01"}} {
		v := look(t, e)
		got, err := v.Survey(t.Context(), words, Ask("老人卡住房补贴"), f)
		must(t, err)
		must(t, o.CheckSurvey(v, got, words, Ask("老人卡住房补贴"), f))
	}
	v := look(t, e)
	for _, nothing := range [][]index.Wanted{nil, {}, {{}}, {{nil}}, {{terms("没有")}}, {{{0}}, {{math.MaxUint64}}}} {
		if got, err := v.Survey(t.Context(), nothing, Ask("老人卡"), index.Filter{}); err != nil || len(got) > 0 {
			t.Errorf("%v surveyed %v, %v", nothing, got, err)
		}
	}
	many := make([]index.Wanted, 3*index.MaxWanted)
	for i := range many {
		many[i] = index.Wanted{terms("公积金")}
	}
	got, err := v.Survey(t.Context(), many, nil, index.Filter{})
	if err != nil || len(got) != 1 || got[0].Words != math.MaxUint64 || got[0].Score != 0 || v.Unit(got[0].Best).Document != "b" {
		t.Errorf("%+v, %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Survey(ctx, words, nil, index.Filter{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func hostile(t *testing.T, e index.Engine) {
	long := unit("long", 0, strings.Repeat("老人卡", 2000))
	bad := unit("", 0, "\xff\xfe老人\x00卡\u200b\u202e")
	must(t, e.Rebuild(t.Context(), "g", 1, Sequence([]*index.Unit{long, bad, unit("none", 0, ""), unit("minus", -1, "老人卡")})))
	v := look(t, e)
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	term := Ask("老人")[0].Term
	for _, q := range [][]index.Weighted{
		nil, {{Term: 0, Weight: 1}}, {{Term: math.MaxUint64, Weight: 1}},
		{{Term: term, Weight: -1}}, {{Term: term, Weight: nan}}, {{Term: term, Weight: inf}}, {{Term: term, Weight: 0}},
	} {
		got, err := v.Recall(t.Context(), q, index.Filter{}, 10)
		if err != nil || len(got) > 0 {
			t.Errorf("%v found %v, %v", q, got, err)
		}
	}
	for _, limit := range []int{math.MinInt, -1, 0, 1, math.MaxInt} {
		got, err := v.Recall(t.Context(), Ask("老人"), index.Filter{}, limit)
		if err != nil || len(got) != max(0, min(limit, 3)) {
			t.Errorf("limit %d: %v, %v", limit, got, err)
		}
	}
	equal(t, "the same term 10,000 times", recalled(t, v, strings.Repeat("人卡 ", 10000), index.Filter{}, 1), "long")
	equal(t, "unknown unit", v.Unit(math.MaxUint32).Document, "")
	equal(t, "average of no class", v.Average(255), 1)
	v.Release()
	v.Release()
	wrong := unit("wrong", 0, "老人卡")
	wrong.Class = index.Classes
	if err := e.Apply(t.Context(), []*index.Unit{wrong}, nil, 2); err == nil {
		t.Error("a class that does not exist")
	}
	equal(t, "count", look(t, e).Count(), 4)
}

func cancelled(t *testing.T, e index.Engine) {
	must(t, e.Rebuild(t.Context(), "g", 1, Sequence([]*index.Unit{unit("a", 0, "老人卡")})))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	v := look(t, e)
	if _, err := v.Recall(ctx, Ask("老人卡"), index.Filter{}, 10); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if err := e.Apply(ctx, []*index.Unit{unit("b", 0, "老人卡")}, nil, 2); err == nil {
		t.Error("applied after its context ended")
	}
	equal(t, "found", recalled(t, v, "老人卡", index.Filter{}, 10), "a")
	equal(t, "cursor", e.Cursor(), 1)
}

// wholeDocuments replaces documents while others read: each state has all
// units of one revision or of the next, never of both.
func wholeDocuments(t *testing.T, e index.Engine) {
	const documents, units, rounds = 5, 7, 40
	put := func(d, revision int) (out []*index.Unit) {
		for i := range units {
			u := unit(fmt.Sprint("d", d), i, fmt.Sprintf("老人卡办理第%d条", i))
			u.Revision = revision
			out = append(out, u)
		}
		return out
	}
	var all []*index.Unit
	for d := range documents {
		all = append(all, put(d, 0)...)
	}
	must(t, e.Rebuild(t.Context(), "g", 0, Sequence(all)))
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					if err := readWhole(t.Context(), e, documents, units); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	for i := range rounds {
		d := i % documents
		if err := e.Apply(t.Context(), put(d, i+1), []string{fmt.Sprint("d", d)}, int64(i+1)); err != nil {
			t.Error(err)
		}
		if i == rounds/2 {
			if err := e.Rebuild(t.Context(), "h", int64(i), Sequence(all)); err != nil {
				t.Error(err)
			}
		}
	}
	close(done)
	readers.Wait()
}

func readWhole(ctx context.Context, e index.Engine, documents, units int) error {
	v, err := e.View()
	if err != nil {
		return err
	}
	defer v.Release()
	got, err := v.Recall(ctx, Ask("老人卡办理"), index.Filter{}, 1000)
	if err != nil {
		return err
	}
	if len(got) != documents*units || v.Count() != len(got) {
		return fmt.Errorf("%d candidates of %d units, want %d", len(got), v.Count(), documents*units)
	}
	revisions := map[string]int{}
	for _, c := range got {
		u := v.Unit(c.ID)
		if r, seen := revisions[u.Document]; seen && r != u.Revision {
			return fmt.Errorf("%s has units of revisions %d and %d", u.Document, r, u.Revision)
		}
		revisions[u.Document] = u.Revision
	}
	return nil
}

// Exact tests that an engine's own recall and statistics are those of the
// oracle through random changes.
func Exact(t *testing.T, open func(t *testing.T) index.Engine) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			exact(t, open(t), rand.New(rand.NewPCG(seed, 2)))
		})
	}
}

func exact(t *testing.T, e index.Engine, r *rand.Rand) {
	var o Oracle
	for i := range 10 + r.IntN(40) {
		o.Units = append(o.Units, Document(r, fmt.Sprint("d", i), 0, r.IntN(6))...)
	}
	must(t, e.Rebuild(t.Context(), "g", 0, Sequence(o.Units)))
	for round := range 30 {
		var put []*index.Unit
		var drop []string
		for range r.IntN(4) {
			d := fmt.Sprint("d", r.IntN(50))
			if !slices.Contains(drop, d) {
				drop = append(drop, d)
				put = append(put, Document(r, d, round+1, r.IntN(5))...)
			}
		}
		must(t, e.Apply(t.Context(), put, drop, int64(round+1)))
		o.Units = slices.DeleteFunc(o.Units, func(u *index.Unit) bool { return slices.Contains(drop, u.Document) })
		o.Units = append(o.Units, put...)
		v := look(t, e)
		must(t, o.CheckUnits(v, drop))
		for range 3 {
			q, f, limit := Query(r), Filter(r), 1+r.IntN(30)
			must(t, o.CheckStatistics(v, Terms(q)))
			got, err := v.Recall(t.Context(), q, f, limit)
			must(t, err)
			must(t, o.CheckRecall(v, got, q, f, limit))
			places := Places(r, o.Units)
			weighed, err := v.Weigh(t.Context(), places, q, f, limit)
			must(t, err)
			must(t, o.CheckWeigh(v, weighed, places, q, f, limit))
			words := Words(r)
			surveyed, err := v.Survey(t.Context(), words, q, f)
			must(t, err)
			must(t, o.CheckSurvey(v, surveyed, words, q, f))
		}
	}
}

package indextest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/policybot/policybot/index"
)

// Opener opens an engine for an installation, any number of times, on what
// was kept before.
type Opener func(installation string) index.Outside

// Outside tests what every engine outside of this process must do. place
// returns an Opener on an empty place, which it cleans up by itself when the
// test ends. refused are entries that the engine refuses for what they are.
func Outside(t *testing.T, place func(t *testing.T) Opener, refused ...index.Entry) {
	for name, test := range map[string]func(*outsider){
		"empty": outsideEmpty, "apply": outsideApply, "replace": outsideReplace, "names": outsideNames,
		"sums": outsideSums, "many": outsideMany, "filters": outsideFilters, "hostile filters": outsideHostileFilters,
		"generations": outsideGenerations, "installations": outsideInstallations, "restart": outsideRestart,
		"cancelled": outsideCancelled, "together": outsideTogether,
		"recall": outsideRecall, "said otherwise": outsideOtherwise, "stays cut": outsideStaysCut,
		"spellings": outsideSpellings, "operators": outsideOperators, "long": outsideLong,
		"refused": func(o *outsider) { o.refused(refused) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			open := place(t)
			test(&outsider{T: t, e: open("one"), open: open})
		})
	}
}

// outsider is an engine under test.
type outsider struct {
	*testing.T
	e    index.Outside
	open Opener
}

// stamp is that of a generation which is complete up to a row.
func stamp(generation string, cursor int64) index.Stamp {
	return index.Stamp{Installation: "one", Generation: generation, Cut: "spaces-1", Cursor: cursor, Complete: true}
}

// entries makes an entry of each text, of one document.
func entries(document string, texts ...string) []index.Entry {
	var out []index.Entry
	for i, text := range texts {
		out = append(out, index.NewEntry(unit(document, i, text), Spaces{}))
	}
	return out
}

// built creates a generation and puts entries into it.
func (o *outsider) built(generation string, put ...[]index.Entry) {
	o.Helper()
	must(o.T, o.e.Create(o.Context(), index.Stamp{Installation: "one", Generation: generation, Cut: "spaces-1"}))
	o.apply(generation, 1, slices.Concat(put...))
}

func (o *outsider) apply(generation string, cursor int64, put []index.Entry, documents ...string) {
	o.Helper()
	must(o.T, o.e.Apply(o.Context(), stamp(generation, cursor), put, documents))
}

// names are places as document:ordinal, sorted.
func names(places []index.Place) string {
	var out []string
	for _, p := range places {
		out = append(out, fmt.Sprint(p.Document, ":", p.Ordinal))
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}

// found returns what a probe brings.
func (o *outsider) found(generation string, p index.Probe) string {
	o.Helper()
	got, err := o.e.Recall(o.Context(), generation, p)
	must(o.T, err)
	return names(got)
}

func (o *outsider) finds(generation, text, want string) {
	o.Helper()
	if got := o.found(generation, Want(text, 20)); got != want {
		o.Errorf("%q finds %q, want %q", text, got, want)
	}
}

// has compares what a generation has with what was put.
func (o *outsider) has(generation string, want ...[]index.Entry) {
	o.Helper()
	sums := map[index.Place]string{}
	err := o.e.Sums(o.Context(), generation, func(p index.Place, sum string) error {
		if _, twice := sums[p]; twice {
			o.Errorf("%v is there twice", p)
		}
		sums[p] = sum
		return nil
	})
	must(o.T, err)
	n, err := o.e.Count(o.Context(), generation)
	must(o.T, err)
	all := slices.Concat(want...)
	if len(sums) != len(all) || n != len(all) {
		o.Errorf("%d entries, counted %d, want %d", len(sums), n, len(all))
	}
	for _, e := range all {
		if p := (index.Place{Document: e.Document, Ordinal: e.Ordinal}); sums[p] != e.Sum {
			o.Errorf("%v has the sum %q, want %q", p, sums[p], e.Sum)
		}
	}
}

// stamps compares the stamps that an installation finds.
func (o *outsider) stamps(e index.Outside, want ...index.Stamp) {
	o.Helper()
	got, err := e.Generations(o.Context())
	must(o.T, err)
	slices.SortFunc(got, func(a, b index.Stamp) int { return strings.Compare(a.Generation, b.Generation) })
	if !slices.Equal(got, want) {
		o.Errorf("generations %+v, want %+v", got, want)
	}
}

func outsideEmpty(o *outsider) {
	ctx := o.Context()
	if _, err := o.e.Check(ctx); err != nil {
		o.Errorf("check: %v", err)
	}
	if o.e.Name() == "" {
		o.Error("no name")
	}
	o.stamps(o.e)
	must(o.T, o.e.Drop(ctx, "none"))
	_, recall := o.e.Recall(ctx, "none", Want("老人卡", 5))
	_, count := o.e.Count(ctx, "none")
	for what, err := range map[string]error{
		"recall": recall, "count": count, "apply": o.e.Apply(ctx, stamp("none", 1), entries("a", "老人卡"), nil),
		"keep": o.e.Keep(ctx, stamp("none", 1)),
		"sums": o.e.Sums(ctx, "none", func(index.Place, string) error { return nil }),
	} {
		if err == nil {
			o.Errorf("%s of a generation that is not there: no error", what)
		}
	}
	o.stamps(o.e)
	o.built("g")
	o.has("g")
	o.finds("g", "老人卡", "")
}

func outsideApply(o *outsider) {
	begun := index.Stamp{Installation: "one", Generation: "g", Cut: "spaces-1"}
	must(o.T, o.e.Create(o.Context(), begun))
	o.stamps(o.e, begun)
	a, b := entries("a", "老人卡 办理", "住房 补贴"), entries("b", "老人卡 年审")
	begun.Cursor = 7
	must(o.T, o.e.Apply(o.Context(), begun, slices.Concat(a, b), nil))
	o.stamps(o.e, begun)
	o.has("g", a, b)
	o.finds("g", "老人卡", "a:0 b:0")
	must(o.T, o.e.Keep(o.Context(), stamp("g", 9)))
	o.stamps(o.e, stamp("g", 9))
	o.apply("g", 12, nil)
	o.stamps(o.e, stamp("g", 12))
	o.has("g", a, b)
}

// outsideReplace puts fewer units than a document had before, and drops.
func outsideReplace(o *outsider) {
	o.built("g", entries("a", "老人卡 一", "老人卡 二", "老人卡 三"), entries("b", "老人卡 四"))
	a, c := entries("a", "居住证 办理"), entries("c", "老人卡 年审")
	for range 2 { // rows are applied again after a crash
		o.apply("g", 2, slices.Concat(a, c), "a", "b", "c", "none")
		o.has("g", a, c)
		o.finds("g", "老人卡", "c:0")
		o.finds("g", "居住证", "a:0")
	}
	longer := entries("a", "居住证 办理", "居住证 年审", "居住证 换领")
	o.apply("g", 3, longer, "a")
	o.has("g", longer, c)
	o.finds("g", "居住证", "a:0 a:1 a:2")
	o.apply("g", 4, nil, "a", "c")
	o.has("g")
	o.finds("g", "居住证", "")
}

// outsideNames has documents whose names differ in little.
func outsideNames(o *outsider) {
	all := []string{
		"a", "A", "a1", "a-1", "a_1", "a/1", "a 1", "a.1", `a"1`, "a'1", `a\1`, "a OR b", "文件", "文件一", "ａ", "é", "e\u0301",
		"2024-01-01", "*", "-", " a", strings.Repeat("x", 200), strings.Repeat("文", 100),
	}
	kept := map[string][]index.Entry{}
	for _, d := range all {
		kept[d] = entries(d, "老人卡 办理", "居住证 办理")
	}
	left := func() (out [][]index.Entry) {
		for _, e := range kept {
			out = append(out, e)
		}
		return out
	}
	o.built("g", left()...)
	o.has("g", left()...)
	for i, d := range all {
		if i%3 == 0 {
			delete(kept, d)
			o.apply("g", int64(i+2), nil, d)
		} else if i%3 == 1 {
			kept[d] = entries(d, "住房 补贴")
			o.apply("g", int64(i+2), kept[d], d)
		}
	}
	o.has("g", left()...)
	got, err := o.e.Recall(o.Context(), "g", Want("补贴 住房", 30))
	must(o.T, err)
	var want []index.Place
	for d, e := range kept {
		if len(e) == 1 {
			want = append(want, index.Place{Document: d})
		}
	}
	equal(o.T, "found", names(got), names(want))
}

func outsideSums(o *outsider) {
	before := entries("a", "老人卡 办理")
	o.built("g", before)
	after := entries("a", "老人卡 办理")
	after[0].Unit.Until = "2025-01-01"
	after[0] = index.NewEntry(after[0].Unit, Spaces{})
	if before[0].Sum == after[0].Sum {
		o.Fatal("two contents have one sum")
	}
	o.apply("g", 2, after, "a")
	o.has("g", after)
	broken := errors.New("broken")
	if err := o.e.Sums(o.Context(), "g", func(index.Place, string) error { return broken }); !errors.Is(err, broken) {
		o.Errorf("error %v, want that of yield", err)
	}
}

// outsideMany puts more than fits into a page or a batch of anything small.
func outsideMany(o *outsider) {
	const documents, units = 150, 15
	var all [][]index.Entry
	for d := range documents {
		texts := make([]string, units)
		for i := range texts {
			texts[i] = fmt.Sprintf("老人卡 第%d号 %s", d*units+i, strings.Repeat("办理 ", 100))
		}
		all = append(all, entries(fmt.Sprint("d", d), texts...))
	}
	o.built("g", all...)
	o.has("g", all...)
	o.finds("g", "第777号 老人卡", o.found("g", Want("第777号 老人卡", 20)))
	if got := o.found("g", Want("第777号 老人卡", 20)); !strings.Contains(" "+got+" ", " d51:12 ") {
		o.Errorf("第777号 is not among %q", got)
	}
	var drop []string
	for d := range documents - 1 {
		drop = append(drop, fmt.Sprint("d", d))
	}
	o.apply("g", 2, nil, drop...)
	o.has("g", all[documents-1])
}

func outsideGenerations(o *outsider) {
	old, next := entries("a", "老人卡 办理"), entries("a", "居住证 办理")
	o.built("g1", old)
	o.built("g2", next)
	o.stamps(o.e, stamp("g1", 1), stamp("g2", 1))
	o.finds("g1", "老人卡", "a:0")
	o.finds("g1", "居住证", "")
	o.finds("g2", "居住证", "a:0")
	o.apply("g2", 5, nil, "a")
	o.has("g1", old)
	o.has("g2")
	for range 2 { // once more is no error
		must(o.T, o.e.Drop(o.Context(), "g1"))
		o.stamps(o.e, stamp("g2", 5))
	}
	if _, err := o.e.Count(o.Context(), "g1"); err == nil {
		o.Error("counted what was dropped")
	}
}

// outsideInstallations has two of them in one place.
func outsideInstallations(o *outsider) {
	mine := entries("a", "老人卡 办理")
	o.built("g", mine)
	two := o.open("two")
	o.stamps(two)
	theirs := index.Stamp{Installation: "two", Generation: "g"}
	if err := two.Create(o.Context(), theirs); err == nil {
		// The engine keeps them apart by itself: then all is apart.
		must(o.T, two.Apply(o.Context(), theirs, entries("a", "居住证"), []string{"a"}))
		o.stamps(two, theirs)
	}
	must(o.T, two.Create(o.Context(), index.Stamp{Installation: "two", Generation: "h"}))
	o.stamps(o.e, stamp("g", 1))
	_ = two.Drop(o.Context(), "g") // an error, or its own
	_ = o.e.Drop(o.Context(), "h")
	o.has("g", mine)
	o.stamps(o.e, stamp("g", 1))
	o.stamps(two, index.Stamp{Installation: "two", Generation: "h"})
}

func outsideRestart(o *outsider) {
	a := entries("a", "老人卡 办理", "住房 补贴")
	o.built("g", a)
	begun := index.Stamp{Installation: "one", Generation: "h", Cut: "spaces-2", Cursor: 3}
	must(o.T, o.e.Create(o.Context(), begun))
	o.e = o.open("one")
	o.stamps(o.e, stamp("g", 1), begun)
	o.has("g", a)
	o.finds("g", "补贴", "a:1")
	o.apply("h", 4, a)
	o.has("h", a)
}

func outsideCancelled(o *outsider) {
	a := entries("a", "老人卡 办理")
	o.built("g", a)
	ctx, cancel := context.WithCancel(o.Context())
	cancel()
	_, recall := o.e.Recall(ctx, "g", Want("老人卡", 5))
	_, count := o.e.Count(ctx, "g")
	_, generations := o.e.Generations(ctx)
	for what, err := range map[string]error{
		"recall": recall, "count": count, "generations": generations,
		"apply": o.e.Apply(ctx, stamp("g", 2), entries("b", "老人卡"), []string{"a"}),
		"keep":  o.e.Keep(ctx, stamp("g", 2)), "drop": o.e.Drop(ctx, "g"),
		"sums": o.e.Sums(ctx, "g", func(index.Place, string) error { return nil }),
	} {
		if !errors.Is(err, context.Canceled) {
			o.Errorf("%s: error %v", what, err)
		}
	}
	o.has("g", a)
	o.stamps(o.e, stamp("g", 1))
}

// outsideTogether applies while others read and another generation is built.
func outsideTogether(o *outsider) {
	const documents, rounds = 4, 12
	put := func(d, round int) []index.Entry {
		return entries(fmt.Sprint("d", d), fmt.Sprintf("老人卡 第%d次", round), "老人卡 办理")
	}
	o.built("g", put(0, 0), put(1, 0), put(2, 0), put(3, 0))
	done := make(chan struct{})
	var others sync.WaitGroup
	for range 2 {
		others.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				got, err := o.e.Recall(o.Context(), "g", Want("老人卡", 50))
				if err != nil || len(got) == 0 {
					o.Errorf("%d places, %v", len(got), err)
					return
				}
			}
		})
	}
	others.Go(func() {
		if err := o.e.Create(o.Context(), stamp("h", 0)); err != nil {
			o.Error(err)
		}
		if err := o.e.Apply(o.Context(), stamp("h", 1), put(0, 9), nil); err != nil {
			o.Error(err)
		}
	})
	for i := range rounds {
		d := i % documents
		if err := o.e.Apply(o.Context(), stamp("g", int64(i+2)), put(d, i+1), []string{fmt.Sprint("d", d)}); err != nil {
			o.Error(err)
		}
	}
	close(done)
	others.Wait()
	o.has("g", put(0, 9), put(1, 10), put(2, 11), put(3, 12))
	o.has("h", put(0, 9))
	o.stamps(o.e, stamp("g", rounds+1), stamp("h", 1))
}

// refused puts what the engine refuses among what it takes.
func (o *outsider) refused(bad []index.Entry) {
	if len(bad) == 0 {
		o.Skip("SKIPPED: no entry is known that this engine refuses")
	}
	good, later := entries("good", "老人卡 办理"), entries("later", "老人卡 年审")
	o.built("g")
	err := o.e.Apply(o.Context(), stamp("g", 2), slices.Concat(good, bad, later), nil)
	var refused *index.EntryError
	if !errors.As(err, &refused) {
		o.Fatalf("error %v, want an EntryError", err)
	}
	for _, e := range bad {
		if refused.Documents[e.Document] == "" {
			o.Errorf("%.40q is refused without a reason", e.Document)
		}
	}
	equal(o.T, "refused", len(refused.Documents), 1)
	o.has("g", good, later)
	o.stamps(o.e, stamp("g", 2))
	o.finds("g", "老人卡", "good:0 later:0")
}

// outsideHostileFilters has values that are no values where they are pasted
// into a text.
func outsideHostileFilters(o *outsider) {
	o.built("g", entries("a", "老人卡 办理"))
	for _, text := range []string{
		`"`, `'`, `\`, `x" OR account EXISTS OR account = "x`, `x' OR 'a' = 'a`, "x\x00y", "\xff", "x\ny", "NULL", "EMPTY", " ", strings.Repeat("长", 5000),
	} {
		p := Want("老人卡", 20)
		p.Filter.Account = text
		equal(o.T, fmt.Sprintf("account %.40q", text), o.found("g", p), "a:0")
		p.Filter = index.Filter{Region: text}
		if _, err := o.e.Recall(o.Context(), "g", p); err != nil {
			o.Errorf("region %.40q: %v", text, err)
		}
		p.Filter = index.Filter{Agency: text}
		if _, err := o.e.Recall(o.Context(), "g", p); err != nil {
			o.Errorf("agency %.40q: %v", text, err)
		}
	}
	for _, limit := range []int{math.MinInt, -1, 0, 1, math.MaxInt} {
		if _, err := o.e.Recall(o.Context(), "g", Want("老人卡", limit)); err != nil {
			o.Errorf("limit %d: %v", limit, err)
		}
	}
}

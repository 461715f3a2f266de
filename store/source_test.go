package store_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

func TestEachIsOneMoment(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	var all []corpus.Content
	for i := range 150 {
		all = append(all, content(fmt.Sprintf("d%03d", i), declares(corpus.Related, "d000")))
	}
	put(t, s, true, all...)
	n := 0
	err := s.Each(ctx, func(l index.Live) error {
		if want := all[n]; l.Document.ID != want.Document.ID || l.Revision.Text != want.Text || l.Document.Agency != "" {
			t.Errorf("%d: %+v", n, l)
		}
		if n == 0 {
			if len(l.Document.Receives) != 149 {
				t.Errorf("%d relations", len(l.Document.Receives))
			}
			// A writer in the middle neither waits nor shows.
			for i := range all {
				all[i].Document.Agency = "新"
			}
			put(t, s, true, append(all, content("zzz"))...)
		}
		n++
		return nil
	})
	if err != nil || n != 150 {
		t.Errorf("%d documents, %v", n, err)
	}
	stop := errors.New("enough")
	if err := s.Each(ctx, func(index.Live) error { return stop }); err != stop {
		t.Errorf("%v, want the error of yield", err)
	}
}

func TestEachDocumentIsEachWithoutText(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	var all []corpus.Content
	for i := range 150 {
		all = append(all, content(fmt.Sprintf("d%03d", i), declares(corpus.Amends, "d000")))
	}
	put(t, s, true, all...)
	put(t, s, false, content("draft"))
	var want, got []corpus.Document
	if err := s.Each(ctx, func(l index.Live) error { want = append(want, l.Document); return nil }); err != nil {
		t.Fatal(err)
	}
	if err := s.EachDocument(ctx, func(d corpus.Document) error { got = append(got, d); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 150 || len(got[0].Receives) != 149 || !reflect.DeepEqual(got, want) {
		t.Errorf("%d documents, want %d, or others", len(got), len(want))
	}
	stop := errors.New("enough")
	if err := s.EachDocument(ctx, func(corpus.Document) error { return stop }); err != stop {
		t.Errorf("%v, want the error of yield", err)
	}
}

func TestStandingAndDocuments(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	var all []corpus.Content
	var ids []string
	for i := range 130 {
		ids = append(ids, fmt.Sprintf("d%03d", i))
		all = append(all, content(ids[i]))
	}
	put(t, s, true, all...)
	put(t, s, true, content("d001", declares(corpus.Amends, "d000")))
	put(t, s, false, content("draft"))
	for _, n := range []int{0, 1, 5, 6, 64, 65, 130} {
		asked := append(slices.Clone(ids[:n]), "draft", "nowhere", "", "d000", "d000")
		got, err := s.Standing(ctx, asked)
		if want := max(n, 1); err != nil || len(got) != want {
			t.Errorf("%d: %d, %v", n, len(got), err)
		}
		if v := got["d000"].Document.ValidityOn("2024-02-01"); v != corpus.Modified {
			t.Errorf("%d: %s", n, v)
		}
		if n > 1 && got["d001"].Revision != 2 {
			t.Errorf("%d: %+v", n, got["d001"])
		}
		lives, err := s.Documents(ctx, asked)
		if want := max(n, 1); err != nil || len(lives) != want {
			t.Errorf("%d: %d, %v", n, len(lives), err)
		}
	}
}

func TestChangesArePaged(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	for range 3 {
		for i := range 7 {
			put(t, s, true, content(fmt.Sprintf("d%d", i), func(d *corpus.Document) { d.Agency = time.Now().String() }))
		}
	}
	var seen []string
	for after := int64(0); ; {
		changes, err := s.Changes(ctx, after, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(changes) == 0 {
			break
		}
		for _, c := range changes {
			seen = append(seen, c.Document)
			after = c.Seq
		}
	}
	if len(seen) != 7 {
		t.Errorf("%v: want each document once", seen)
	}
}

func TestCuts(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	put(t, s, true, content("a"), content("b"))
	words := [][]string{{"公交车", "免费乘坐", "公交车"}, nil, {"老年人"}}
	save := func(segmenter string, revision int) {
		t.Helper()
		cuts := []index.Cut{{Document: "a", Revision: revision, Words: words}, {Document: "b", Revision: revision}}
		if err := s.SaveCuts(ctx, segmenter, cuts); err != nil {
			t.Fatal(err)
		}
	}
	count := func(segmenter string, refs ...corpus.Ref) int {
		t.Helper()
		cuts, err := s.Cuts(ctx, segmenter, refs)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cuts {
			if c.Document == "a" && !reflect.DeepEqual(c.Words, words) {
				t.Errorf("%q", c.Words)
			}
		}
		return len(cuts)
	}
	a, b := corpus.Ref{Document: "a", Revision: 1}, corpus.Ref{Document: "b", Revision: 1, Anchor: "x"}
	save("v1", 1)
	if n := count("v1", a, b, a, corpus.Ref{Document: "c"}); n != 2 {
		t.Errorf("%d cuts", n)
	}
	if n := count("v2", a); n != 0 {
		t.Errorf("cuts of another segmenter: %d", n)
	}
	save("v2", 2)
	if n := count("v2", a, b); n != 0 {
		t.Errorf("cuts of another revision: %d", n)
	}
	if n := count("v1", a); n != 0 {
		t.Errorf("old cuts are kept: %d", n)
	}
}

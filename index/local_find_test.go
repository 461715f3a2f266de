package index_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/indextest"
	"github.com/policybot/policybot/index/local"
)

// blanks is a Segmenter that cuts at blanks.
type blanks struct{}

func (blanks) Words(text string) (out []string) {
	for w := range strings.FieldsSeq(index.FoldString(text)) {
		if utf8.RuneCountInString(w) > 1 {
			out = append(out, w)
		}
	}
	return out
}

func (b blanks) Long(text string) (out []string) {
	for _, w := range b.Words(text) {
		if utf8.RuneCountInString(w) > 2 {
			out = append(out, w)
		}
	}
	return out
}

func (b blanks) Cut(text string) []string { return b.Words(text) }

func (blanks) Version() string { return "blanks" }

func openLocal(t testing.TB, units []*index.Unit) *local.Index {
	t.Helper()
	x, err := local.Open(t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	if err := x.Rebuild(context.Background(), "g", 1, indextest.Sequence(units)); err != nil {
		t.Fatal(err)
	}
	return x
}

func shelfOf(t testing.TB, e index.Engine) *index.Shelf {
	t.Helper()
	lex, err := index.ShippedLexicon()
	if err != nil {
		t.Fatal(err)
	}
	s := index.NewShelf("local", e, nil, slog.New(slog.DiscardHandler))
	s.Use(lex, blanks{})
	return s
}

// The same units give the same answers, in whatever order they came and
// wherever they lie: a snapshot, or what was applied since.
func TestTheOrderDoesNotDependOnTheEngineState(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(21, 22))
	var units []*index.Unit
	for i := range 20 { // fewer units than are ranked
		d := fmt.Sprint("d", i)
		if i%5 == 4 { // a twin of the one before
			twin := *units[len(units)-1]
			twin.Document, twin.Ordinal = d, 0
			units = append(units, &twin)
			continue
		}
		units = append(units, indextest.Document(r, d, 1, 1)...)
	}
	for _, u := range units {
		u.Account, u.From, u.Until = "", "", ""
	}
	one := shelfOf(t, openLocal(t, units))
	r.Shuffle(len(units), func(i, j int) { units[i], units[j] = units[j], units[i] })
	applied := openLocal(t, units[:5])
	for i := 5; i < len(units); i += 5 {
		if err := applied.Apply(t.Context(), units[i:i+5], nil, int64(i)); err != nil {
			t.Fatal(err)
		}
	}
	other := shelfOf(t, applied)
	for _, text := range []string{"社保公积金补贴怎么办理", "居住证明", "养老的补贴", "Ab7", "的的的的"} {
		a, err := one.Find(t.Context(), index.Query{Text: text, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		b, err := other.Find(t.Context(), index.Query{Text: text, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(a.Hits, b.Hits) {
			t.Errorf("%s:\n%+v\nor\n%+v", text, a.Hits, b.Hits)
		}
	}
}

// Results outlive the snapshot that they were found in.
func TestResultsOutliveTheSnapshot(t *testing.T) {
	t.Parallel()
	d := corpus.Document{ID: "card", Kind: corpus.Policy, Title: "敬老卡办法", Number: "青政〔2024〕1号", Agency: "市政府", Region: "青岚市"}
	r := corpus.Revision{Document: d.ID, Number: 1, Status: corpus.Published}
	r.Text, r.Passages = corpus.Assemble(d.Kind, d.Title, []corpus.Block{{Text: "第一章 申请"}, {Text: "第一条 老人可以申请敬老卡。"}, {Text: "第二条 当场领取敬老卡。"}})
	units := index.Units(d, r)
	x := openLocal(t, units)
	res, err := shelfOf(t, x).Find(t.Context(), index.Query{Text: "老人申请敬老卡", Limit: 3})
	if err != nil || len(res.Hits) != 1 {
		t.Fatalf("%+v, %v", res, err)
	}
	if err := x.Rebuild(t.Context(), "next", 2, indextest.Sequence(nil)); err != nil { // the mapping is gone
		t.Fatal(err)
	}
	h := res.Hits[0]
	want := index.Hit{
		Ref: corpus.Ref{Document: "card", Revision: 1, Anchor: "a1"}, Kind: corpus.Policy, Title: d.Title, Number: d.Number,
		Agency: d.Agency, Region: d.Region, Label: "第一条", Path: []string{"第一章 申请"},
		Snippet: "第一条 老人可以申请敬老卡。", Passage: "第一条 老人可以申请敬老卡。", Direct: "第一条 老人可以申请敬老卡。", Wide: "第一条 老人可以申请敬老卡。",
		Parts: h.Parts, Score: h.Score, Features: h.Features,
	}
	if !reflect.DeepEqual(h, want) {
		t.Errorf("%+v\nwant\n%+v", h, want)
	}
}

func FuzzFindOnDisk(f *testing.F) {
	f.Add("老人卡怎么办", "敬老卡到社区办理。", "第一条 敬老卡。\n第二条 补贴。")
	f.Add("", "", "")
	f.Add("\xff", "aaaa", "aaaaaaaaaaaaaaaa")
	x := openLocal(f, nil)
	s := shelfOf(f, x)
	f.Fuzz(func(t *testing.T, question, title, text string) {
		if len(text) > 4000 || len(question) > 4000 {
			return
		}
		d := corpus.Document{ID: "d", Kind: corpus.Kinds()[len(text)%8], Title: title}
		r := corpus.Revision{Document: d.ID, Number: 1, Status: corpus.Published}
		r.Text, r.Passages = corpus.Assemble(d.Kind, d.Title, []corpus.Block{{Text: text}})
		units := index.Units(d, r)
		for _, u := range units {
			u.AddWords(blanks{})
		}
		if err := x.Apply(t.Context(), units, []string{d.ID}, 2); err != nil {
			t.Fatal(err)
		}
		res, err := s.Find(t.Context(), index.Query{Text: question, Limit: 10})
		if err != nil || !(res.Confidence >= 0 && res.Confidence <= 1) || len(res.Hits) > 1 {
			t.Fatalf("%+v, %v", res, err)
		}
		for _, h := range res.Hits {
			p, ok := r.Find(h.Ref.Anchor)
			if !strings.Contains(r.Text, h.Snippet) || !strings.Contains(h.Snippet, h.Direct) || utf8.RuneCountInString(h.Snippet) > 300 {
				t.Errorf("%q and %q of %q", h.Snippet, h.Direct, r.Text)
			}
			if ok && h.Passage != strings.TrimSpace(r.Text[p.Start:p.End]) {
				t.Errorf("passage %s is %q", h.Ref.Anchor, h.Passage)
			}
		}
	})
}

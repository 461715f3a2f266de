package index

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// holding is a view and a catalogue of the same documents.
type holding struct {
	view      *memory
	catalogue *Catalogue
	documents []corpus.Document
	units     map[string][]*Unit
	texts     map[string]string
}

func hold(contents ...Live) *holding {
	h := &holding{view: &memory{}, units: map[string][]*Unit{}, texts: map[string]string{}}
	for _, l := range contents {
		units := Units(l.Document, l.Revision)
		for _, u := range units {
			u.AddWords(testWords)
		}
		h.documents = append(h.documents, l.Document)
		h.units[l.Document.ID], h.texts[l.Document.ID] = units, l.Revision.Text
		h.view.units = append(h.view.units, units...)
	}
	h.catalogue = newCatalogue(h.documents)
	return h
}

func (h *holding) search(t testing.TB, q Search) Found {
	t.Helper()
	out, err := search(t.Context(), h.view, h.catalogue, &wording{testLexicon(), testWords}, q)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func found(f Found) string {
	ids := make([]string, len(f.Hits))
	for i, h := range f.Hits {
		ids[i] = h.Ref.Document
	}
	return strings.Join(ids, " ")
}

func live(d corpus.Document, text ...string) Live {
	if d.Kind == "" {
		d.Kind = corpus.Notice
	}
	if d.Title == "" {
		d.Title = "通知"
	}
	doc, r := published(d, lines(text...)...)
	return Live{doc, r}
}

// occurs is the rule of Search, by brute force.
func (h *holding) occurs(d corpus.Document, forms []string) bool {
	for _, f := range forms {
		for _, field := range []string{d.Title, d.Question, d.Number, d.Agency} {
			if strings.Contains(FoldString(field), f) {
				return true
			}
		}
		for _, u := range h.units[d.ID] {
			all, r := true, []rune(f)
			for i := 1; i < len(r); i++ {
				pair := string(r[i-1 : i+1])
				all = all && (strings.Contains(FoldString(u.Context), pair) || strings.Contains(FoldString(u.Body), pair))
			}
			if all {
				return true
			}
		}
	}
	return false
}

// matching returns the documents that match, without filters.
func (h *holding) matching(q Search) (out []corpus.Document, words, need int) {
	sought := analysed(q.Text, h.view).sought(testLexicon())
	counts := map[string]int{}
	for _, d := range h.documents {
		if !d.VisibleTo(q.Account) || q.Own && d.Sample {
			continue
		}
		for _, w := range sought {
			if h.occurs(d, w.forms) {
				counts[d.ID]++
			}
		}
		need = max(need, counts[d.ID])
	}
	if 2*need < len(sought) {
		return nil, len(sought), 0
	}
	for _, d := range h.documents {
		if d.VisibleTo(q.Account) && !(q.Own && d.Sample) && counts[d.ID] >= need {
			out = append(out, d)
		}
	}
	return out, len(sought), need
}

// setting sets one filter.
type setting func(*Selection, string)

var settings = []setting{
	func(f *Selection, v string) { f.Topic = v },
	func(f *Selection, v string) { f.Agency = v },
	func(f *Selection, v string) { f.Audience = v },
	func(f *Selection, v string) { f.Kind = corpus.Kind(v) },
	func(f *Selection, v string) { f.Validity = corpus.Validity(v) },
	func(f *Selection, v string) { f.Year = v },
}

func (f Facets) all() [][]Facet {
	return [][]Facet{f.Topics, f.Agencies, f.Audiences, f.Kinds, f.Validities, f.Years}
}

func randomHolding(r *rand.Rand) *holding {
	var all []Live
	for i := range 1 + r.IntN(70) {
		d := randomDocument(r, fmt.Sprint("d", i))
		var text []string
		for range 1 + r.IntN(4) {
			text = append(text, "x"+randomText(r, r.IntN(1<<r.IntN(9))))
		}
		doc, rev := published(d, lines(text...)...)
		all = append(all, Live{doc, rev})
	}
	return hold(all...)
}

func TestSearchIsBruteForce(t *testing.T) {
	t.Parallel()
	counted, fallen := 0, 0
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 11))
		h := randomHolding(r)
		for range 30 {
			q := Search{Selection: randomSelection(r), Text: randomText(r, r.IntN(12)), ByDate: r.IntN(3) == 0}
			matching, words, need := h.matching(q)
			want := listed(matching, q.Selection)
			q.Limit = 1000
			got := h.search(t, q)
			if got.Total != len(want) || got.Match != len(matching) || len(got.Words) != words || got.Need != need || len(got.Hits) != len(want) {
				t.Fatalf("seed %d: %+v: %d of %v with %d words, want %d with %d of %d", seed, q, got.Total, got.Words, got.Need, len(want), need, words)
			}
			for i, w := range analysed(q.Text, h.view).sought(testLexicon()) {
				n := 0
				for _, d := range h.documents {
					if d.VisibleTo(q.Account) && !(q.Own && d.Sample) && h.occurs(d, w.forms) {
						n++
					}
				}
				if (got.Words[i] != Facet{w.forms[0], n}) {
					t.Fatalf("seed %d: %v, want %d", seed, got.Words[i], n)
				}
			}
			if words > 0 && need < words && need > 0 {
				fallen++
			}
			ids := strings.Fields(found(got))
			if q.ByDate || words == 0 {
				if !slices.Equal(ids, want) {
					t.Fatalf("seed %d: %v, want %v", seed, ids, want)
				}
			}
			var pages []string
			for q.Skip, q.Limit = 0, 1+r.IntN(7); q.Skip < len(want); q.Skip += q.Limit {
				pages = append(pages, strings.Fields(found(h.search(t, q)))...)
			}
			if !slices.Equal(pages, ids) {
				t.Fatalf("seed %d: pages %v, want %v", seed, pages, ids)
			}
			slices.Sort(ids)
			if slices.Sort(want); !slices.Equal(ids, want) {
				t.Fatalf("seed %d: %+v: %v, want %v", seed, q, ids, want)
			}
			h.checkExcerpts(t, got)
			counted += h.checkFacets(t, q, got, matching)
		}
	}
	if counted < 300 || fallen < 5 {
		t.Errorf("%d facets were compared, %d searches with fewer words", counted, fallen)
	}
}

func (h *holding) checkExcerpts(t *testing.T, f Found) {
	t.Helper()
	for _, e := range f.Hits {
		switch n := utf8.RuneCountInString(e.Snippet); {
		case len(f.Words) == 0 && e.Snippet != "":
			t.Errorf("a snippet without words: %q", e.Snippet)
		case n > excerptRunes, !strings.Contains(h.texts[e.Ref.Document], e.Snippet):
			t.Errorf("%d characters, or not in the source: %q", n, e.Snippet)
		}
	}
}

// checkFacets compares each count with the documents that choosing it leaves,
// and that no value is missing.
func (h *holding) checkFacets(t *testing.T, q Search, got Found, matching []corpus.Document) (n int) {
	t.Helper()
	for i, values := range got.Facets.all() {
		for j, v := range values {
			one := q.Selection
			settings[i](&one, v.Value)
			if want := len(listed(matching, one)); want != v.Count {
				t.Errorf("facet %d: %q counts %d, want %d", i, v.Value, v.Count, want)
			}
			if j > 0 && values[j-1].Count < v.Count {
				t.Errorf("facet %d: %v is not in order", i, values)
			}
			n++
		}
		without := q.Selection
		settings[i](&without, "")
		w := got.Facets.Without
		if left := []int{w.Topic, w.Agency, w.Audience, w.Kind, w.Validity, w.Year}[i]; left != len(listed(matching, without)) {
			t.Errorf("facet %d: %d left without it", i, left)
		}
		left := map[string]bool{}
		for _, d := range matching {
			if !fits(d, without) {
				continue
			}
			switch i {
			case 0:
				for _, topic := range d.Topics {
					left[topic] = true
				}
			case 1:
				left[d.Agency] = true
			}
		}
		if delete(left, ""); i < 2 && len(left) != len(values) {
			t.Errorf("facet %d has %v, want %v", i, values, left)
		}
	}
	return n
}

func TestSought(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want [][]string
	}{
		{"", nil},
		{"  ，。！", nil},
		{"卡", nil},
		{"老人卡怎么办理", [][]string{{"老人卡", "敬老卡"}, {"办理"}}},
		{"怎么办", [][]string{{"怎么办"}}},
		{"請問 公積金、ＡＢＣ", [][]string{{"公积金", "住房公积金"}, {"abc"}}},
		{"住房公积金提取", [][]string{{"住房公积金", "公积金"}, {"提取"}}},
		{"补贴标准 补贴标准", [][]string{{"补贴标准"}}},
		{"社保局", [][]string{{"社保", "社会保险"}}},
		{"a 1 中", nil},
	} {
		var got [][]string
		for _, w := range analysed(c.text, &memory{}).sought(testLexicon()) {
			got = append(got, w.forms)
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
	whole := analyse("去社保局", testLexicon(), dictionary{"社保局"}, &memory{}).sought(testLexicon())
	if want := []string{"社保局", "社会保险局"}; len(whole) != 1 || !slices.Equal(whole[0].forms, want) {
		t.Errorf("%v, want %v", whole, want)
	}
	var many strings.Builder
	for i := range 900 {
		many.WriteRune(rune(0x4e00 + i))
		many.WriteRune(rune(0x5e00 + i))
		many.WriteRune(' ')
	}
	if n := len(analysed(many.String(), &memory{}).sought(testLexicon())); n != MaxWanted {
		t.Errorf("%d words", n)
	}
}

func TestMarks(t *testing.T) {
	t.Parallel()
	m := newMarker(analysed("老人卡 ABC 补贴", &memory{}).sought(testLexicon()))
	for text, want := range map[string]string{
		"":               "",
		"没有":             "没有",
		"敬老卡和老人卡":        "[敬老卡]和[老人卡]",
		"補貼ＡbＣ<b>老人</b>": "[補貼ＡbＣ]<b>老人</b>",
		"老人卡":            "[老人卡]",
		"补\xff贴，补贴补":     "补\xff贴，[补贴]补",
	} {
		var b strings.Builder
		done := 0
		for _, s := range m.Spans(text) {
			b.WriteString(text[done:s.Start] + "[" + text[s.Start:s.End] + "]")
			done = s.End
		}
		if got := b.String() + text[done:]; got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if spans := (Marker{}).Spans("补贴"); spans != nil {
		t.Errorf("%v", spans)
	}
}

func TestSearchOrder(t *testing.T) {
	t.Parallel()
	const text = "第一条　符合条件的，发给住房公积金补贴。"
	repealed := []corpus.Relation{{Kind: corpus.Repeals, From: "x", On: "2024-01-01"}}
	h := hold(
		live(corpus.Document{ID: "a-old", Effective: "2020-01-01", Published: "2024-12-01", Receives: repealed}, text),
		live(corpus.Document{ID: "b-now", Effective: "2020-01-01", Published: "2020-01-01"}, text),
		live(corpus.Document{ID: "c-draft", Kind: corpus.Consultation, Published: "2025-01-01"}, text),
		live(corpus.Document{ID: "d-title", Title: "公积金补贴办法", Effective: "2020-01-01", Published: "2019-01-01"}, text),
		live(corpus.Document{ID: "e-number", Number: "某政〔2024〕3号", Agency: "某市住房局", Published: "2018-01-01", Receives: repealed}, "关于垃圾分类。"),
		live(corpus.Document{ID: "f-theirs", Account: "theirs", Published: "2026-01-01"}, text),
	)
	for _, c := range []struct {
		q    Search
		want string
	}{
		{Search{Text: "公积金补贴"}, "d-title b-now c-draft a-old"},
		{Search{Text: "公积金补贴", ByDate: true}, "c-draft a-old b-now d-title"},
		{Search{Text: "某政[2024]3号"}, "e-number"},
		{Search{Text: "住房局"}, "e-number"},
		{Search{Text: "公积金补贴", Selection: Selection{Validity: corpus.InForce}}, "d-title b-now"},
		{Search{Text: "公积金补贴", Selection: Selection{Validity: corpus.Repealed}}, "a-old"},
		{Search{Text: "公积金补贴", Selection: Selection{Account: "theirs", Year: "2026"}}, "f-theirs"},
		{Search{}, "c-draft a-old b-now d-title e-number"},
		{Search{Text: "公积金补贴办法"}, "d-title"},
	} {
		c.q.Day, c.q.Limit = "2026-01-01", 10
		if got := found(h.search(t, c.q)); got != c.want {
			t.Errorf("%+v: %q, want %q", c.q, got, c.want)
		}
	}
}

func TestSearchWithFewerWords(t *testing.T) {
	t.Parallel()
	h := hold(
		live(corpus.Document{ID: "a"}, "老人卡补贴"), live(corpus.Document{ID: "b"}, "居住证"),
		live(corpus.Document{ID: "hidden", Account: "theirs"}, "敬老卡补贴居住证"),
	)
	for _, c := range []struct {
		text, account, want string
		need                int
	}{
		{"老人卡 补贴", "", "a", 2},
		{"老人卡 补贴 居住证", "", "a", 2},
		{"老人卡 补贴 居住证", "theirs", "hidden", 3}, // what others have says nothing to us
		{"老人卡 火星", "", "a", 1},
		{"老人卡 火星 土星", "", "", 0},
		{"火星", "", "", 0},
	} {
		got := h.search(t, Search{Text: c.text, Selection: Selection{Account: c.account, Limit: 10}})
		if found(got) != c.want || got.Need != c.need {
			t.Errorf("%s: %q with %d words, want %q with %d", c.text, found(got), got.Need, c.want, c.need)
		}
	}
	// Filters do not change what matches.
	got := h.search(t, Search{Text: "老人卡 补贴", Selection: Selection{Kind: corpus.Guide, Limit: 10}})
	if got.Total != 0 || got.Need != 2 || !slices.Equal(got.Facets.Kinds, []Facet{{"notice", 1}}) {
		t.Errorf("%+v", got)
	}
}

func TestExcerptBeginsAfterTheTitle(t *testing.T) {
	t.Parallel()
	d := corpus.Document{ID: "a", Kind: corpus.Notice, Title: "公积金补贴通知"}
	text := "公积金补贴通知\n各单位，请按时申报，不得拖延。补贴按月发给。\n联系人张三。\n"
	r := corpus.Revision{Document: "a", Number: 3, Text: text, Passages: []corpus.Passage{
		{Anchor: "title", Role: corpus.TitleRole, End: len("公积金补贴通知\n")},
		{Anchor: "p1", Role: corpus.BodyRole, Label: "一、", Start: len("公积金补贴通知\n"), End: len(text)},
	}}
	got := hold(Live{d, r}).search(t, Search{Text: "公积金补贴通知", Selection: Selection{Limit: 1}})
	want := Excerpt{corpus.Ref{Document: "a", Revision: 3, Anchor: "p1"}, "一、", "各单位，请按时申报，不得拖延。补贴按月发给。\n联系人张三。", true, true}
	if len(got.Hits) != 1 || got.Hits[0] != want {
		t.Errorf("%+v", got.Hits)
	}
	long := strings.Repeat("没有标点的长句子", 60)
	cut := hold(live(corpus.Document{ID: "a"}, long+"补贴"+long)).search(t, Search{Text: "补贴", Selection: Selection{Limit: 1}}).Hits[0]
	if cut.Opens || cut.Close || !strings.Contains(cut.Snippet, "补贴") || utf8.RuneCountInString(cut.Snippet) > excerptRunes {
		t.Errorf("%+v", cut)
	}
}

func TestSearchSharesNoMemory(t *testing.T) {
	t.Parallel()
	h := hold(live(corpus.Document{ID: "a"}, "老人卡补贴。"), live(corpus.Document{ID: "b"}, "公积金补贴。"))
	h.view.scribble = true
	got := h.search(t, Search{Text: "补贴", Selection: Selection{Limit: 10}})
	h.view.Release()
	if text := fmt.Sprintf("%+v", got); strings.Contains(text, "#") || got.Total != 2 {
		t.Errorf("after Release: %s", text)
	}
}

func TestSearchOfHostileTexts(t *testing.T) {
	t.Parallel()
	h := hold(live(corpus.Document{ID: "a"}, "老人卡补贴。"))
	for _, text := range []string{
		strings.Repeat("老人卡", 5000), "\xff\xfe老人\x00卡", "\u200b\u202e", `"老人卡" -补贴 AND OR (*)`, "<script>alert(1)</script>",
		strings.Repeat("补贴 ", 5000), "𠮷𠮷𠮷", strings.Repeat("\u0301", 300),
	} {
		for _, skip := range []int{-1 << 62, 0, 1 << 62} {
			got := h.search(t, Search{Text: text, Selection: Selection{Skip: skip, Limit: -skip | 1}})
			if len(got.Words) > MaxSearch {
				t.Errorf("%.20q: %d words", text, len(got.Words))
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := search(ctx, h.view, h.catalogue, &wording{testLexicon(), testWords}, Search{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestShelfSearches(t *testing.T) {
	t.Parallel()
	e, s := &plain{fail: map[string]bool{}}, newTruth()
	shelf := NewShelf("plain", e, s, slog.New(slog.DiscardHandler))
	if _, err := shelf.Search(t.Context(), Search{}); !errors.Is(err, ErrNotReady) {
		t.Errorf("error %v", err)
	}
	shelf.Use(testLexicon(), testWords)
	if _, err := shelf.Search(t.Context(), Search{}); !errors.Is(err, ErrNotReady) {
		t.Errorf("error %v", err)
	}
	s.publish("a", "老人卡补贴")
	sync1(t, shelf)
	got, err := shelf.Search(t.Context(), Search{Text: "老人卡", Selection: Selection{Limit: 5}})
	if err != nil || found(got) != "a" {
		t.Errorf("%+v, %v", got, err)
	}
	again := NewShelf("plain", e, s, shelf.log)
	again.Use(testLexicon(), testWords)
	if _, err := again.Search(t.Context(), Search{}); !errors.Is(err, ErrNotReady) {
		t.Errorf("error %v of a shelf that has not looked yet", err)
	}
	e.checkReleased(t)
}

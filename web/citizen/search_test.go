package citizen

import (
	"context"
	"errors"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// FuzzReadSearch holds that any address is understood as something that has
// one address, which is understood as the same, and says only what can be
// shown.
func FuzzReadSearch(f *testing.F) {
	for _, seed := range []string{
		"", "q=敬老卡+代办&kind=guide&page=2&sort=date", "q=&kind=", "page=-1&year=20x4&validity=up&sort=1", "q=%ff%00%e2%80%8b&q=2",
		"topic=%F0%A0%AE%B7&agency=<b>&audience=;&&=&%zz", "q=" + strings.Repeat("a", 300), "year=2024&q=x&sort=relevance",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		values, _ := url.ParseQuery(raw)
		q, _ := readSearch(values)
		if q.page < 1 || utf8.RuneCountInString(q.text) > index.MaxSearch || len(q.notes) > 20 {
			t.Fatalf("%+v", q)
		}
		for _, text := range append(slices.Clone(q.notes), q.text, q.Topic, q.Agency, q.Audience) {
			if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
				t.Fatalf("%q cannot be shown", text)
			}
		}
		address := q.address()
		u, err := url.Parse(address)
		if err != nil || u.Path != "/search" {
			t.Fatalf("%s: %v", address, err)
		}
		again, formal := readSearch(u.Query())
		if q.notes = nil; formal || !reflect.DeepEqual(again, q) {
			t.Fatalf("%s is read as %+v, want %+v", address, again, q)
		}
	})
}

// A form of a filter makes the one address of what it asks for.
func TestFormsMakeTheAddress(t *testing.T) {
	t.Parallel()
	q := searchQuery{
		Selection: index.Selection{Topic: "住房", Kind: corpus.Guide, Validity: corpus.InForce, Year: "2024"},
		text:      "公积金 贷款", byDate: true, page: 3,
	}
	for _, f := range filters {
		before, after := q.around(f)
		value := "2023"
		var sent []string
		for _, p := range slices.Concat(before, []field{{f.name, value}}, after) {
			sent = append(sent, p.Name+"="+url.QueryEscape(p.Value))
		}
		want := q.with(f, value)
		if got := "/search?" + strings.Join(sent, "&"); got != want.address() {
			t.Errorf("%s: %s, want %s", f.name, got, want.address())
		}
	}
	if want := "/search?q=%E5%85%AC%E7%A7%AF%E9%87%91+%E8%B4%B7%E6%AC%BE&topic=%E4%BD%8F%E6%88%BF&kind=guide&validity=in_force&year=2024&sort=date&page=3"; q.address() != want {
		t.Errorf("%s, want %s", q.address(), want)
	}
}

func TestSearchesTakeTurns(t *testing.T) {
	t.Parallel()
	s := New(Config{Now: time.Now})
	var leave func()
	for range maxSearching {
		var err error
		if leave, err = s.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	late, stop := context.WithDeadline(t.Context(), time.Now())
	defer stop()
	if _, err := s.enter(late); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v of one too many", err)
	}
	leave()
	if _, err := s.enter(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestFacetsShowWhatIsChosen(t *testing.T) {
	t.Parallel()
	var agencies []index.Facet
	for i := range 60 {
		agencies = append(agencies, index.Facet{Value: strings.Repeat("局", i+1), Count: 60 - i})
	}
	q := searchQuery{Selection: index.Selection{Agency: agencies[50].Value}, page: 1}
	var v searchView
	v.groups(q, index.Facets{
		Agencies: agencies, Years: []index.Facet{{Value: "2020", Count: 9}, {Value: "2024", Count: 1}}, Kinds: []index.Facet{{Value: "guide", Count: 3}},
		Validities: []index.Facet{{Value: "unknown", Count: 5}, {Value: "in_force", Count: 2}},
	})
	if len(v.Groups) != 3 {
		t.Fatalf("%d groups", len(v.Groups))
	}
	g := v.Groups[0]
	if len(g.Values) != maxValues+1 || !g.Values[maxValues].Chosen || g.More != 60-maxValues-1 {
		t.Errorf("%d values, %d more", len(g.Values), g.More)
	}
	if g := v.Groups[1]; g.Values[0].Sign != signs[corpus.InForce] || g.Values[1].Label != "没有标明" {
		t.Errorf("%+v", g)
	}
	if g := v.Groups[2]; g.Values[0].Label != "2024年" {
		t.Errorf("%+v", g)
	}
}

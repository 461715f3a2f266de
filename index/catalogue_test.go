package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
)

var randomDays = []corpus.Date{"", "2019-05-01", "2023-12-31", "2024-01-01", "2024-06-01", "2025-01-01"}

func pick[T any](r *rand.Rand, all ...T) T { return all[r.IntN(len(all))] }

// randomDocument makes a document's metadata from chance.
func randomDocument(r *rand.Rand, id string) corpus.Document {
	d := corpus.Document{
		ID: id, Account: pick(r, "", "", "east", "west"), Kind: pick(r, corpus.Kinds()...), Title: "关于" + randomText(r, 6),
		Agency: pick(r, "", "某局", "某局 ", "某市民政局"), Sample: r.IntN(5) == 0, Number: pick(r, "", "某政〔2024〕3号", "令第12号"),
		Published: pick(r, randomDays...), Effective: pick(r, randomDays...), Expires: pick[corpus.Date](r, "", "", "", "2024-03-01"),
		Written: pick(r, randomDays...),
	}
	for range r.IntN(3) {
		d.Topics = append(d.Topics, pick(r, "住房", "社保", "", "养老"))
		d.Audience = append(d.Audience, pick(r, "老人", "企业"))
	}
	for range r.IntN(3) {
		d.Receives = append(d.Receives, corpus.Relation{
			Kind: pick(r, corpus.Repeals, corpus.Supersedes, corpus.Amends, corpus.Interprets), From: "x", To: id,
			On: pick(r, randomDays...), Account: pick(r, "", "", "east"), Anchors: pick(r, nil, nil, []string{"a1"}),
		})
		d.Declares = append(d.Declares, corpus.Relation{
			Kind: pick(r, corpus.Interprets, corpus.Related), From: id, To: "p", Title: pick(r, "", "某办法"), Account: pick(r, "", "", "east"),
			Begins: pick(r, randomDays...), Ends: pick(r, randomDays...), Fate: pick(r, corpus.Repealed, corpus.Superseded),
		})
	}
	return d
}

func randomSelection(r *rand.Rand) Selection {
	return Selection{
		Account: pick(r, "", "east", "west", "north"), Own: r.IntN(2) == 0, Day: pick[corpus.Date](r, "2024-01-01", "2024-07-01"),
		Topic: pick(r, "", "", "住房", "无"), Agency: pick(r, "", "", "", "某局"), Audience: pick(r, "", "", "老人"),
		Year: pick(r, "", "", "2024"), Kind: pick(r, "", "", corpus.Policy, corpus.Consultation),
		Validity: pick(r, "", "", corpus.InForce, corpus.Unknown, corpus.Repealed),
	}
}

// fits is Selection by the words of its documentation.
func fits(d corpus.Document, f Selection) bool {
	v := d.SeenBy(f.Account).ValidityOn(f.Day)
	if d.Kind == corpus.Consultation {
		v = corpus.Unknown
	}
	return d.VisibleTo(f.Account) && !(f.Own && d.Sample) &&
		(f.Topic == "" || slices.Contains(d.Topics, f.Topic)) && (f.Agency == "" || d.Agency == f.Agency) &&
		(f.Audience == "" || slices.Contains(d.Audience, f.Audience)) && (f.Kind == "" || d.Kind == f.Kind) &&
		(f.Year == "" || strings.HasPrefix(string(d.ListedOn()), f.Year)) && (f.Validity == "" || v == f.Validity)
}

func listed(all []corpus.Document, f Selection) (ids []string) {
	kept := slices.DeleteFunc(slices.Clone(all), func(d corpus.Document) bool { return !fits(d, f) })
	slices.SortFunc(kept, func(a, b corpus.Document) int {
		if a.ListedOn() != b.ListedOn() {
			return strings.Compare(string(b.ListedOn()), string(a.ListedOn()))
		}
		return strings.Compare(a.ID, b.ID)
	})
	for _, d := range kept {
		ids = append(ids, d.ID)
	}
	return ids
}

func TestCatalogueIsBruteForce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 7))
		var all []corpus.Document
		c := &Catalogue{}
		for round := range 8 {
			var put []corpus.Document
			var drop []string
			for _, n := range r.Perm(60)[:r.IntN(40)] {
				id := fmt.Sprint("d", n)
				drop = append(drop, id)
				if r.IntN(4) > 0 {
					put = append(put, randomDocument(r, id))
				}
			}
			before, was := c, listed(all, Selection{Account: "east"})
			c = c.with(put, drop)
			if got, _ := before.List(Selection{Account: "east", Limit: 100}); !slices.Equal(got, was) {
				t.Fatalf("seed %d, round %d: an old catalogue changed", seed, round)
			}
			all = append(slices.DeleteFunc(all, func(d corpus.Document) bool { return slices.Contains(drop, d.ID) }), put...)
			for range 20 {
				f := randomSelection(r)
				want := listed(all, f)
				f.Skip, f.Limit = r.IntN(6), r.IntN(20)
				page := want[min(f.Skip, len(want)):]
				page = page[:min(f.Limit, len(page))]
				if got, total := c.List(f); total != len(want) || !slices.Equal(got, page) {
					t.Fatalf("seed %d: %+v lists %v of %d, want %v of %d", seed, f, got, total, page, len(want))
				}
			}
			if c.Len() != len(all) {
				t.Errorf("%d documents, want %d", c.Len(), len(all))
			}
		}
	}
}

func catalogued(s *Shelf) string {
	ids, _ := s.Catalogue().List(Selection{Limit: 100})
	return strings.Join(ids, " ")
}

func TestCatalogueFollowsTheStore(t *testing.T) {
	t.Parallel()
	shelf, e, s := shelved()
	if catalogued(shelf) != "" || shelf.Catalogue() == nil {
		t.Error("a catalogue before the first Sync")
	}
	s.publish("a", "老人卡")
	s.publish("b", "公积金")
	sync1(t, shelf)
	old := shelf.Catalogue()
	s.publish("c", "居住证")
	s.withdraw("a")
	sync1(t, shelf)
	if got := catalogued(shelf); got != "b c" || old.Len() != 2 {
		t.Errorf("%q, and %d documents in the old one", got, old.Len())
	}
	// A process that finds an index on disk reads the catalogue once.
	again := NewShelf("plain", e, s, shelf.log)
	again.Use(testLexicon(), testWords)
	sync1(t, again)
	if e.rebuilds != 1 || catalogued(again) != "b c" {
		t.Errorf("%d rebuilds, %q", e.rebuilds, catalogued(again))
	}
	// One that could not be read after a rebuild is read by the next Sync.
	s.withdraw("b")
	s.fail["EachDocument"] = true
	if err := again.Rebuild(t.Context()); err == nil {
		t.Error("rebuilt without a catalogue")
	}
	s.fail["EachDocument"] = false
	sync1(t, again)
	if got := catalogued(again); got != "c" {
		t.Errorf("%q", got)
	}
}

// List returns the documents of a selection, newest first, and how many there
// are without Skip and Limit.
func (c *Catalogue) List(f Selection) (ids []string, total int) {
	for i := range c.entries {
		e := &c.entries[i]
		if !e.visible(f.Account, f.Own) {
			continue
		}
		var v corpus.Validity
		if f.Validity != "" {
			v = e.validity(f.Account, f.Day)
		}
		if f.missed(e, v) != 0 {
			continue
		}
		if total >= f.Skip && len(ids) < f.Limit {
			ids = append(ids, e.id)
		}
		total++
	}
	return ids, total
}

// Package indextest is the contracts of engines as tests: Engine is what every
// index.Engine passes, Exact what one passes that recalls by itself, Outside
// what every index.Outside passes. Oracle is brute force over the same units,
// Server keeps engines outside of the process in memory.
package indextest

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"reflect"
	"slices"

	"github.com/policybot/policybot/index"
)

// Oracle answers as index.View must, from the units of now themselves.
type Oracle struct{ Units []*index.Unit }

// Scored is a unit with its BM25.
type Scored struct {
	Unit  *index.Unit
	Score float64
}

// measured is what one pass over the units counts.
type measured struct {
	lengths  []int
	tf       [][]int            // by unit and place in the query
	df       map[index.Term]int // units that have the term
	averages [index.Classes]float64
}

func (o Oracle) measure(terms []index.Term) measured {
	m := measured{df: map[index.Term]int{}}
	places := map[index.Term][]int{}
	for i, t := range terms {
		places[t] = append(places[t], i)
	}
	var count, sum [index.Classes]int
	for _, u := range o.Units {
		tf := make([]int, len(terms))
		length := u.Terms(func(t index.Term) {
			for _, i := range places[t] {
				tf[i]++
			}
		})
		for t, at := range places {
			if tf[at[0]] > 0 {
				m.df[t]++
			}
		}
		m.lengths, m.tf = append(m.lengths, length), append(m.tf, tf)
		count[u.Class]++
		sum[u.Class] += length
	}
	for c := range m.averages {
		m.averages[c] = 1
		if sum[c] > 0 {
			m.averages[c] = float64(sum[c]) / float64(count[c])
		}
	}
	return m
}

// Recall scores every visible unit that has one of the terms, best first.
// Terms of a weight that is not above 0 don't count.
func (o Oracle) Recall(terms []index.Weighted, f index.Filter) []Scored {
	m := o.measure(Terms(terms))
	var out []Scored
	for i, u := range o.Units {
		if !f.Match(u.Scope()) {
			continue
		}
		score := 0.0
		norm := 1.2 * (.25 + .75*float64(m.lengths[i])/m.averages[u.Class])
		for j, t := range terms {
			if tf := float64(min(m.tf[i][j], 255)); tf > 0 && t.Weight > 0 {
				df := float64(m.df[t.Term])
				idf := math.Log(1 + (float64(len(o.Units))-df+.5)/(df+.5))
				score += float64(t.Weight) * idf * 2.2 * tf / (tf + norm)
			}
		}
		if score > 0 {
			out = append(out, Scored{u, score})
		}
	}
	slices.SortStableFunc(out, func(a, b Scored) int { return cmp.Compare(b.Score, a.Score) })
	return out
}

// Weigh scores the units at these places, see Recall.
func (o Oracle) Weigh(places []index.Place, terms []index.Weighted, f index.Filter) []Scored {
	return slices.DeleteFunc(o.Recall(terms, f), func(s Scored) bool {
		return !slices.Contains(places, index.Place{Document: s.Unit.Document, Ordinal: s.Unit.Ordinal})
	})
}

// has reports whether a unit has all terms of one of a word's forms.
func has(u *index.Unit, w index.Wanted) bool {
	own := map[index.Term]bool{}
	u.Terms(func(t index.Term) { own[t] = true })
	for _, form := range w {
		all := len(form) > 0
		for _, t := range form {
			all = all && own[t]
		}
		if all {
			return true
		}
	}
	return false
}

// CheckSurvey compares what a view surveyed with the oracle: the documents,
// the words that each has, the best score, and that the best unit has it.
func (o Oracle) CheckSurvey(v index.View, got []index.Surveyed, words []index.Wanted, terms []index.Weighted, f index.Filter) error {
	want, most := map[string]uint64{}, map[string]int{}
	of := map[name]uint64{} // words by unit
	for _, u := range o.Units {
		if !f.Match(u.Scope()) {
			continue
		}
		for i, w := range words[:min(len(words), index.MaxWanted)] {
			if has(u, w) {
				want[u.Document] |= 1 << i
				of[name{u.Document, u.Ordinal}] |= 1 << i
			}
		}
		most[u.Document] = max(most[u.Document], bits.OnesCount64(of[name{u.Document, u.Ordinal}]))
	}
	scores, best := map[name]float64{}, map[string]float64{}
	for _, s := range o.Recall(terms, f) {
		n := name{s.Unit.Document, s.Unit.Ordinal}
		scores[n] = s.Score
		if bits.OnesCount64(of[n]) == most[n.document] {
			best[n.document] = max(best[n.document], s.Score)
		}
	}
	if len(got) != len(want) {
		return fmt.Errorf("%d documents surveyed, want %d", len(got), len(want))
	}
	for _, g := range got {
		words, ok := want[g.Document]
		u := v.Unit(g.Best)
		switch score := float64(g.Score); {
		case !ok, words != g.Words:
			return fmt.Errorf("%q has the words %b, want %b, %v", g.Document, g.Words, words, ok)
		case u.Document != g.Document, !f.Match(u.Scope()):
			return fmt.Errorf("the best unit of %q is of %q, or hidden", g.Document, u.Document)
		case bits.OnesCount64(of[name{u.Document, u.Ordinal}]) != most[g.Document]:
			return fmt.Errorf("the best unit of %q has the words %b, want %d of them", g.Document, of[name{u.Document, u.Ordinal}], most[g.Document])
		case !near(score, best[g.Document]), !near(score, scores[name{u.Document, u.Ordinal}]):
			return fmt.Errorf("%q scores %g by unit %d, want %g", g.Document, score, u.Ordinal, best[g.Document])
		}
		delete(want, g.Document)
	}
	return nil
}

type name struct {
	document string
	ordinal  int
}

const tolerance = 1e-4

func near(a, b float64) bool { return math.Abs(a-b) <= tolerance*max(1, math.Abs(a), math.Abs(b)) }

// CheckRecall compares what a view recalled with the oracle: the scores of
// each place, the score of each unit, the order, and that none is there
// twice. Units of equal score may stand for each other at the end.
func (o Oracle) CheckRecall(v index.View, got []index.Candidate, terms []index.Weighted, f index.Filter, limit int) error {
	return check(v, got, o.Recall(terms, f), limit)
}

// CheckWeigh compares what a view weighed with the oracle, as CheckRecall does.
func (o Oracle) CheckWeigh(v index.View, got []index.Candidate, places []index.Place, terms []index.Weighted, f index.Filter, limit int) error {
	return check(v, got, o.Weigh(places, terms, f), limit)
}

func check(v index.View, got []index.Candidate, want []Scored, limit int) error {
	if n := max(0, min(limit, len(want))); len(got) != n {
		return fmt.Errorf("%d candidates, want %d", len(got), n)
	}
	scores := map[name]float64{}
	for _, w := range want {
		scores[name{w.Unit.Document, w.Unit.Ordinal}] = w.Score
	}
	for i, c := range got {
		u := v.Unit(c.ID)
		n := name{u.Document, u.Ordinal}
		score, ok := scores[n]
		switch {
		case !ok:
			return fmt.Errorf("place %d: %v is twice there, hidden or without a term", i, n)
		case !near(float64(c.Score), score), !near(float64(c.Score), want[i].Score):
			return fmt.Errorf("place %d: %v has %g, want %g, and the place %g", i, n, c.Score, score, want[i].Score)
		case i > 0 && (got[i-1].Score < c.Score || got[i-1].Score == c.Score && got[i-1].ID >= c.ID):
			return fmt.Errorf("place %d: %v after %v", i, c, got[i-1])
		}
		delete(scores, n)
	}
	return nil
}

// CheckStatistics compares a view's numbers with the oracle's.
func (o Oracle) CheckStatistics(v index.Statistics, terms []index.Term) error {
	m := o.measure(terms)
	if v.Count() != len(o.Units) {
		return fmt.Errorf("count %d, want %d", v.Count(), len(o.Units))
	}
	for c, want := range m.averages {
		if got := v.Average(index.Class(c)); !near(got, want) {
			return fmt.Errorf("average of class %d is %g, want %g", c, got, want)
		}
	}
	for _, t := range terms {
		if got, want := v.DocFreq(t), m.df[t]; got != want {
			return fmt.Errorf("term %x is in %d units, want %d", t, got, want)
		}
	}
	return nil
}

// CheckUnits compares what a view holds of each document with the oracle's
// units, of which no two may have the same document and ordinal.
func (o Oracle) CheckUnits(v index.View, documents []string) error {
	for _, d := range documents {
		var want []index.Unit
		for _, u := range o.Units {
			if u.Document == d {
				want = append(want, stored(u))
			}
		}
		slices.SortFunc(want, func(a, b index.Unit) int { return cmp.Compare(a.Ordinal, b.Ordinal) })
		var got []index.Unit
		for _, id := range v.Document(d) {
			u := v.Unit(id)
			got = append(got, stored(&u))
		}
		if !reflect.DeepEqual(got, want) {
			return fmt.Errorf("document %q is\n%+v\nwant\n%+v", d, got, want)
		}
	}
	return nil
}

// stored is a unit as a view returns it: without words, with nil for what is
// empty.
func stored(u *index.Unit) index.Unit {
	out := *u
	out.Words, out.Passages = nil, nil
	for _, p := range u.Passages {
		if len(p.Path) == 0 {
			p.Path = nil
		}
		out.Passages = append(out.Passages, p)
	}
	return out
}

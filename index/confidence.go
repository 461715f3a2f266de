package index

import (
	"math"
	"strings"
)

// Features are what the confidence of a first hit is computed from.
type Features struct {
	Score      float64 `json:"score"`       // of the best document
	Gap        float64 `json:"gap"`         // to the second
	Conflict   float64 `json:"conflict"`    // the best names another place
	Length     float64 `json:"length"`      // characters of the question
	PlaceHit   float64 `json:"place_hit"`   // share of the question's place names in the best
	Lead       float64 `json:"lead"`        // share of the question in its first 150 characters
	Substring  float64 `json:"substring"`   // share of the question in common substrings
	NumberMiss float64 `json:"number_miss"` // share of the question's numbers that it lacks
}

// judge looks at the best unit once more.
func (a *analysis) judge(top []ranked) Features {
	s := scans.Get().(*scan)
	defer scans.Put(s)
	best := top[0]
	s.read(a, &best.unit)
	f := Features{
		Score: best.score, Gap: best.score, Conflict: best.parts.Conflict, Length: float64(a.length),
		PlaceHit: best.parts.Place, Lead: share(a.covered(s.lead150, a.every()), a.total),
		Substring: a.substrings(s),
	}
	if len(top) > 1 {
		f.Gap = best.score - top[1].score
	}
	if len(a.numbers) > 0 {
		missing, text := 0.0, string(s.runes)
		for _, n := range a.numbers {
			if !strings.Contains(text, n) {
				missing++
			}
		}
		f.NumberMiss = missing / float64(len(a.numbers))
	}
	return f
}

// substrings returns the share of the question's idf in pieces of it that
// stand in the unit word for word: each piece of n bigrams weighs 1−1/(n+1).
func (a *analysis) substrings(s *scan) float64 {
	longest := make([]int, len(a.runes)) // of the pieces through each bigram of the question
	run := make([]int, len(a.runes)+1)   // length of the piece that ends here, by question place
	next := make([]int, len(a.runes)+1)
	for i := 1; i < len(s.runes); i++ {
		clear(next)
		x, y := s.runes[i-1], s.runes[i]
		if x != 0 && y != 0 {
			if k, ok := a.lookup.feature(BigramTerm(x, y)); ok {
				for _, p := range a.features[k].positions {
					n := run[p] + 1
					next[p+1] = n
					for j := p; j > p-n && longest[j] < n; j-- {
						longest[j] = n
					}
				}
			}
		}
		run, next = next, run
	}
	sum := 0.0
	for _, f := range a.features {
		best := 0
		for _, p := range f.positions {
			best = max(best, longest[p])
		}
		sum += f.idf * (1 - 1/float64(best+1))
	}
	return share(sum, a.total)
}

// calibration turns features into the log odds that the best document
// answers, fitted on public questions with and without an answer
// (docs/quality.md).
var calibration = struct {
	Features
	Bias float64
}{
	Features{
		Score: .191, Gap: .189, Conflict: -1.42, Length: -.050, PlaceHit: .74,
		Lead: 2.15, Substring: 2.23, NumberMiss: -4.17,
	}, -3.90,
}

// confidence returns how likely the best document answers, 0…1.
func (f Features) confidence() float64 {
	c := calibration
	z := c.Bias + c.Score*f.Score + c.Gap*f.Gap + c.Conflict*f.Conflict + c.Length*f.Length +
		c.PlaceHit*f.PlaceHit + c.Lead*f.Lead + c.Substring*f.Substring + c.NumberMiss*f.NumberMiss
	return 1 / (1 + math.Exp(-z))
}

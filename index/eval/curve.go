package eval

import (
	"cmp"
	"slices"
)

// Curve is what confidence would lead to at any threshold.
type Curve struct{ points []point }

type point struct {
	confidence        float64
	answerable, right bool
}

// Add notes a question: its confidence, whether it has an answer, and whether
// what was found first is right.
func (c *Curve) Add(confidence float64, answerable, right bool) {
	c.points = append(c.points, point{confidence, answerable, right})
}

// Step is what a threshold leads to.
type Step struct {
	Threshold float64 `json:"threshold"`
	Answered  float64 `json:"answered"` // of the questions with an answer
	Right     float64 `json:"right"`    // of these that are answered, what is found first is right
	Wrongly   float64 `json:"wrongly"`  // answered of the questions without one
}

// Of returns what a threshold leads to.
func (c *Curve) Of(threshold float64) Step {
	answerable, said, right, without, wrongly := 0, 0, 0, 0, 0
	for _, p := range c.points {
		yes := p.confidence >= threshold
		switch {
		case !p.answerable:
			without++
			if yes {
				wrongly++
			}
			continue
		case yes:
			said++
			if p.right {
				right++
			}
		}
		answerable++
	}
	return Step{threshold, ratio(said, answerable), ratio(right, said), ratio(wrongly, without)}
}

// At returns the highest threshold under which this share of the questions
// with an answer is answered.
func (c *Curve) At(answered float64) Step {
	var with []float64
	for _, p := range c.points {
		if p.answerable {
			with = append(with, p.confidence)
		}
	}
	if len(with) == 0 {
		return c.Of(0)
	}
	slices.SortFunc(with, func(a, b float64) int { return cmp.Compare(b, a) })
	n := min(len(with)-1, max(0, int(answered*float64(len(with))+.5)-1))
	return c.Of(with[n])
}

// Tenth is a tenth of the questions, by confidence.
type Tenth struct {
	Said float64 `json:"said"` // mean confidence
	Held float64 `json:"held"` // share for which what was found first is right
}

// Tenths returns ten parts of the questions, the least sure first.
func (c *Curve) Tenths() []Tenth {
	sorted := slices.SortedStableFunc(slices.Values(c.points), func(a, b point) int { return cmp.Compare(a.confidence, b.confidence) })
	var out []Tenth
	for i := range 10 {
		part := sorted[i*len(sorted)/10 : (i+1)*len(sorted)/10]
		if len(part) == 0 {
			continue
		}
		var t Tenth
		for _, p := range part {
			t.Said += p.confidence / float64(len(part))
			if p.right {
				t.Held += 1 / float64(len(part))
			}
		}
		out = append(out, t)
	}
	return out
}

// Steps returns what thresholds from .05 to .95 lead to; none where no
// question was added.
func (c *Curve) Steps() (out []Step) {
	if len(c.points) == 0 {
		return nil
	}
	for n := 1; n < 20; n++ {
		out = append(out, c.Of(float64(n)/20))
	}
	return out
}

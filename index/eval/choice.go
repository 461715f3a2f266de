package eval

import (
	"hash/fnv"
	"math"
)

// Choice is a lesson for Fit: alternatives, each with its numbers, of which
// some are right.
type Choice struct {
	Numbers [][]float64
	Offset  []float64 // what each has besides, of weights that are not learnt; nil: nothing
	Right   []bool
	Weight  float64 // how much it counts
	Group   string  // what must not be on both sides of a cross-validation
}

// Folds is how many parts cross-validation makes.
const Folds = 5

// Fold returns the part that a group is in: the same wherever it is asked.
func Fold(group string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(group))
	return int(h.Sum32() % Folds)
}

// Fit learns the weights under which the right alternatives of the choices are
// the likeliest, as exp of the weighted sum: a conditional logit model, with a
// penalty on weights, each measured by the spread of its number, so that
// scales don't matter. The same choices give the same weights. Choices without
// a right or without a wrong alternative teach nothing.
func Fit(choices []Choice, numbers int, penalty float64) []float64 {
	return FitSigned(choices, numbers, penalty, nil)
}

// FitSigned is Fit of weights of which some can only be positive, or negative:
// what speaks for an answer must not speak against it because few examples do.
// signs are 1, -1, or 0 for any; nil is any for all.
func FitSigned(choices []Choice, numbers int, penalty float64, signs []int) []float64 {
	lessons, spread := scaled(choices, numbers)
	w := make([]float64, numbers)
	mean, square, slope := make([]float64, numbers), make([]float64, numbers), make([]float64, numbers)
	const rounds, rate = 400, .05
	var chances []float64
	for round := 1; round <= rounds; round++ {
		total := 0.0
		clear(slope)
		for i := range lessons {
			c := &lessons[i]
			chances = learn(c, w, slope, chances)
			total += c.Weight
		}
		// Adam: steady steps whatever the size of the slope.
		step := rate * math.Min(1, 2*float64(rounds-round+1)/rounds)
		for k := range w {
			g := slope[k]/math.Max(total, 1e-9) + penalty*w[k]
			mean[k] = .9*mean[k] + .1*g
			square[k] = .999*square[k] + .001*g*g
			m, s := mean[k]/(1-math.Pow(.9, float64(round))), square[k]/(1-math.Pow(.999, float64(round)))
			w[k] -= step * m / (math.Sqrt(s) + 1e-8)
			if signs != nil && float64(signs[k])*w[k] < 0 {
				w[k] = 0
			}
		}
	}
	for k := range w {
		w[k] /= spread[k]
	}
	return w
}

// scaled returns the choices that teach something with their numbers divided
// by the spread that these have within choices.
func scaled(choices []Choice, numbers int) (out []Choice, spread []float64) {
	spread = make([]float64, numbers)
	n := 0.0
	for _, c := range choices {
		right := 0
		for _, r := range c.Right {
			if r {
				right++
			}
		}
		if right == 0 || right == len(c.Right) || c.Weight == 0 {
			continue
		}
		out = append(out, c)
		for k := range spread {
			mean := 0.0
			for _, x := range c.Numbers {
				mean += x[k] / float64(len(c.Numbers))
			}
			for _, x := range c.Numbers {
				spread[k] += (x[k] - mean) * (x[k] - mean)
			}
		}
		n += float64(len(c.Numbers))
	}
	for k := range spread {
		if spread[k] = math.Sqrt(spread[k] / math.Max(n, 1)); spread[k] < 1e-9 {
			spread[k] = 1
		}
	}
	for i := range out {
		rows := make([][]float64, len(out[i].Numbers))
		for j, x := range out[i].Numbers {
			rows[j] = make([]float64, numbers)
			for k := range rows[j] {
				rows[j][k] = x[k] / spread[k]
			}
		}
		out[i].Numbers = rows
	}
	return out, spread
}

// learn adds the slope of one choice's loss.
func learn(c *Choice, w, slope, chances []float64) []float64 {
	chances = chances[:0]
	most := math.Inf(-1)
	for j, x := range c.Numbers {
		z := dot(w, x)
		if c.Offset != nil {
			z += c.Offset[j]
		}
		chances = append(chances, z)
		most = max(most, z)
	}
	all, right := 0.0, 0.0
	for j, z := range chances {
		chances[j] = math.Exp(z - most)
		all += chances[j]
		if c.Right[j] {
			right += chances[j]
		}
	}
	right = math.Max(right, 1e-300)
	for j, x := range c.Numbers {
		g := chances[j] / all
		if c.Right[j] {
			g -= chances[j] / right
		}
		if g *= c.Weight; g == 0 {
			continue
		}
		for k := range slope {
			slope[k] += g * x[k]
		}
	}
	return chances
}

func dot(w, x []float64) float64 {
	sum := 0.0
	for k := range w {
		sum += w[k] * x[k]
	}
	return sum
}

// YesOrNo is the choice that teaches a chance: of a thing with these numbers,
// whether it holds.
func YesOrNo(numbers []float64, holds bool, weight float64, group string) Choice {
	return Choice{Numbers: [][]float64{numbers, make([]float64, len(numbers))}, Right: []bool{holds, !holds}, Weight: weight, Group: group}
}

// Apart returns the choices outside and inside of a part of a
// cross-validation.
func Apart(choices []Choice, part int) (outside, inside []Choice) {
	for _, c := range choices {
		if Fold(c.Group) == part {
			inside = append(inside, c)
		} else {
			outside = append(outside, c)
		}
	}
	return outside, inside
}

// Fix takes numbers whose weights are not to be learnt out of the choices:
// what they add under these weights becomes the offset.
func Fix(choices []Choice, weights []float64, fixed map[int]bool) []Choice {
	out := make([]Choice, len(choices))
	for i, c := range choices {
		out[i] = c
		out[i].Numbers, out[i].Offset = make([][]float64, len(c.Numbers)), make([]float64, len(c.Numbers))
		for j, x := range c.Numbers {
			row := append([]float64(nil), x...)
			if c.Offset != nil {
				out[i].Offset[j] = c.Offset[j]
			}
			for k := range fixed {
				out[i].Offset[j] += weights[k] * x[k]
				row[k] = 0
			}
			out[i].Numbers[j] = row
		}
	}
	return out
}

// With returns learnt weights with those of the fixed numbers.
func With(learnt, weights []float64, fixed map[int]bool) []float64 {
	out := append([]float64(nil), learnt...)
	for k := range fixed {
		out[k] = weights[k]
	}
	return out
}

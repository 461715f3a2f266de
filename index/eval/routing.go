package eval

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"math"
	"slices"
)

// Message is a message whose kind is known: a line {"message", "kind"}.
type Message struct {
	Text string `json:"message"`
	Kind string `json:"kind"`
}

// ReadMessages reads messages of the kinds, one JSON object a line. The error
// names the line.
func ReadMessages(r io.Reader, kinds []string) ([]Message, error) {
	known := map[string]bool{}
	for _, k := range kinds {
		known[k] = true
	}
	var out []Message
	err := eachLine(r, func(_ int, row []byte) error {
		var m Message
		if err := json.Unmarshal(row, &m); err != nil {
			return err
		}
		if m.Text == "" || !known[m.Kind] {
			return fmt.Errorf("a message has a text and one of the kinds %v", kinds)
		}
		out = append(out, m)
		return nil
	})
	return out, err
}

// fold says in which of n parts of a set a message is, whatever the others are.
func (m Message) fold(n int) int { return int(m.hash()>>3) % n }

func (m Message) hash() uint32 {
	h := fnv.New32a()
	_, _ = io.WriteString(h, m.Text)
	return h.Sum32()
}

// Routing is how well messages are told apart. Shares are 0…1; of nothing they
// are 0.
type Routing struct {
	Messages  int              `json:"messages"`
	Accuracy  float64          `json:"accuracy"`
	Checked   float64          `json:"checked,omitempty"` // of each fifth, by cues chosen and weights fitted on the others
	Error     float64          `json:"error,omitempty"`   // the standard error of Checked
	Kinds     []string         `json:"kinds"`
	Confusion map[string][]int `json:"confusion"` // of each kind, how many were taken for which of Kinds
}

// MeasureRouting asks of every message what kind it is.
func MeasureRouting(messages []Message, kinds []string, kindOf func(text string) string) Routing {
	r := Routing{Messages: len(messages), Kinds: kinds, Confusion: map[string][]int{}}
	column := map[string]int{}
	for i, k := range kinds {
		column[k], r.Confusion[k] = i, make([]int, len(kinds))
	}
	right := 0
	for _, m := range messages {
		got := kindOf(m.Text)
		r.Confusion[m.Kind][column[got]]++
		if got == m.Kind {
			right++
		}
	}
	r.Accuracy = ratio(right, len(messages))
	return r
}

// Cues tells kinds of messages apart: Of returns what of a message can be cues,
// its shape and its pieces, each once.
type Cues struct {
	Of func(text string) (shapes, pieces []string)
}

// LearntCue is a cue and how much it speaks for each kind.
type LearntCue struct {
	Cue     string
	Weights []float64
}

// How cues are chosen and weights fitted; found by cross-validation.
const (
	piecesKept = 3000 // those that set the kinds apart most (χ²)
	leastSeen  = 5    // messages that a piece is in
	shapeValue = .3   // how much a shape counts; pieces count 1 together (their squares)
	fitPenalty = 80.  // on squared weights, over all messages
	fitRounds  = 15
	fitRate    = .5
	fitFolds   = 5
)

// example is a message as it is learnt from: values of its cues by number.
type example struct {
	of     []int
	values []float64
	label  int
}

// Fit chooses the pieces that set the kinds apart and learns the weights of
// shapes and pieces by logistic regression: the same for the same messages. A
// message's score is the sum over its shapes, and that over its pieces that are
// cues divided by the root of their number.
func (c Cues) Fit(messages []Message, kinds []string) []LearntCue {
	messages = slices.Clone(messages)
	slices.SortStableFunc(messages, func(a, b Message) int { return cmp.Compare(a.hash(), b.hash()) })
	names, shapes := c.choose(messages, kinds)
	number := map[string]int{}
	for i, n := range names {
		number[n] = i
	}
	examples := make([]example, len(messages))
	for i, m := range messages {
		examples[i] = c.example(m, number)
		examples[i].label = slices.Index(kinds, m.Kind)
	}
	weights := descend(examples, len(names), len(kinds))
	out := make([]LearntCue, len(names))
	for i, n := range names {
		out[i] = LearntCue{n, weights[i]}
		if i < shapes {
			for k := range weights[i] {
				weights[i][k] *= shapeValue
			}
		}
	}
	return out
}

// choose returns the shapes that there are, and after them the pieces that are
// kept.
func (c Cues) choose(messages []Message, kinds []string) (names []string, shapes int) {
	seen, known := map[string][]int{}, map[string]bool{}
	of := make([]float64, len(kinds))
	for _, m := range messages {
		k := slices.Index(kinds, m.Kind)
		of[k]++
		shapes, pieces := c.Of(m.Text)
		for _, s := range shapes {
			known[s] = true
		}
		for _, p := range pieces {
			if seen[p] == nil {
				seen[p] = make([]int, len(kinds))
			}
			seen[p][k]++
		}
	}
	chi := map[string]float64{}
	for p, n := range seen {
		sum := 0
		for _, x := range n {
			sum += x
		}
		if sum < leastSeen {
			continue
		}
		for k, x := range n {
			expected := float64(sum) * of[k] / float64(len(messages))
			if expected > 0 {
				chi[p] += (float64(x) - expected) * (float64(x) - expected) / expected
			}
		}
	}
	pieces := slices.Sorted(maps.Keys(chi))
	slices.SortStableFunc(pieces, func(a, b string) int { return cmp.Compare(chi[b], chi[a]) })
	pieces = pieces[:min(len(pieces), piecesKept)]
	slices.Sort(pieces)
	names = slices.Sorted(maps.Keys(known))
	return append(names, pieces...), len(names)
}

func (c Cues) example(m Message, number map[string]int) (e example) {
	shapes, pieces := c.Of(m.Text)
	for _, s := range shapes {
		if i, ok := number[s]; ok {
			e.of, e.values = append(e.of, i), append(e.values, shapeValue)
		}
	}
	first := len(e.of)
	for _, p := range pieces {
		if i, ok := number[p]; ok {
			e.of = append(e.of, i)
		}
	}
	for range e.of[first:] {
		e.values = append(e.values, 1/math.Sqrt(float64(len(e.of)-first)))
	}
	return e
}

// descend fits weights: a row for each cue, a column for each kind. Each step is
// divided by the root of all slopes that its weight has seen.
func descend(examples []example, cues, kinds int) [][]float64 {
	weights, slopes := grid(cues, kinds), grid(cues, kinds)
	penalty := fitPenalty / float64(len(examples))
	for range fitRounds {
		for _, e := range examples {
			p := shares(weights, e, kinds)
			p[e.label]--
			for j, cue := range e.of {
				for k := range p {
					slope := p[k]*e.values[j] + penalty*weights[cue][k]
					slopes[cue][k] += slope * slope
					weights[cue][k] -= fitRate * slope / math.Sqrt(slopes[cue][k]+1e-8)
				}
			}
		}
	}
	return weights
}

func grid(rows, columns int) [][]float64 {
	out := make([][]float64, rows)
	for i := range out {
		out[i] = make([]float64, columns)
	}
	return out
}

// shares returns how likely each kind is, 1 together.
func shares(weights [][]float64, e example, kinds int) []float64 {
	out := make([]float64, kinds)
	for j, cue := range e.of {
		for k, w := range weights[cue] {
			out[k] += w * e.values[j]
		}
	}
	sum, top := 0.0, slices.Max(out)
	for k := range out {
		out[k] = math.Exp(out[k] - top)
		sum += out[k]
	}
	for k := range out {
		out[k] /= sum
	}
	return out
}

// Check returns the accuracy on each fifth of the messages of cues chosen and
// weights fitted on the others, and its standard error.
func (c Cues) Check(messages []Message, kinds []string) (accuracy, deviation float64) {
	right := 0
	for fold := range fitFolds {
		var train, test []Message
		for _, m := range messages {
			if m.fold(fitFolds) == fold {
				test = append(test, m)
			} else {
				train = append(train, m)
			}
		}
		if len(train) == 0 {
			continue
		}
		learnt := c.Fit(train, kinds)
		number, weights := map[string]int{}, make([][]float64, len(learnt))
		for i, l := range learnt {
			number[l.Cue], weights[i] = i, l.Weights
		}
		for _, m := range test {
			e := c.example(m, number)
			for j := range e.values {
				if e.values[j] == shapeValue {
					e.values[j] = 1 // it is in the weight
				}
			}
			p := shares(weights, e, len(kinds))
			if kinds[slices.Index(p, slices.Max(p))] == m.Kind {
				right++
			}
		}
	}
	accuracy = ratio(right, len(messages))
	return accuracy, math.Sqrt(ratio(1, len(messages)) * accuracy * (1 - accuracy))
}

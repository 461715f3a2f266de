package eval

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"math"
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

// half says which half of a set a message is of, whatever the others are.
func (m Message) half() int {
	h := fnv.New32a()
	_, _ = io.WriteString(h, m.Text)
	return int(h.Sum32()>>3) & 1
}

// Routing is how well messages are told apart. Shares are 0…1; of nothing they
// are 0.
type Routing struct {
	Messages  int              `json:"messages"`
	Accuracy  float64          `json:"accuracy"`
	Checked   float64          `json:"checked,omitempty"` // on either half, by weights fitted on the other
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

// Cues tells kinds of messages apart by the cues that they have: Of returns
// their numbers below Count. Weights are a row for each cue, a column for each
// kind.
type Cues struct {
	Count int
	Of    func(text string) []int
}

// The size of the penalty on weights, chosen by cross-validation, and how long
// and how fast the fit goes downhill.
const (
	fitPenalty = .02
	fitSteps   = 600
	fitRate    = .25
)

// Fit learns the weights by logistic regression: the same for the same
// messages.
func (c Cues) Fit(messages []Message, kinds []string) [][]float64 {
	of, labels := make([][]int, len(messages)), make([]int, len(messages))
	for i, m := range messages {
		of[i] = c.Of(m.Text)
		for k, kind := range kinds {
			if kind == m.Kind {
				labels[i] = k
			}
		}
	}
	weights := grid(c.Count, len(kinds))
	for range fitSteps {
		slope := grid(c.Count, len(kinds))
		for i := range messages {
			for k, p := range shares(weights, of[i], len(kinds)) {
				if k == labels[i] {
					p--
				}
				for _, cue := range of[i] {
					slope[cue][k] += p / float64(len(messages))
				}
			}
		}
		for cue := range weights {
			for k := range weights[cue] {
				weights[cue][k] -= fitRate * (slope[cue][k] + fitPenalty*weights[cue][k])
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
func shares(weights [][]float64, cues []int, kinds int) []float64 {
	out := make([]float64, kinds)
	for _, cue := range cues {
		for k, w := range weights[cue] {
			out[k] += w
		}
	}
	sum := 0.0
	for k := range out {
		out[k] = math.Exp(out[k])
		sum += out[k]
	}
	for k := range out {
		out[k] /= sum
	}
	return out
}

// Check fits the weights on either half of the messages and returns the
// accuracy on the other.
func (c Cues) Check(messages []Message, kinds []string) float64 {
	var halves [2][]Message
	for _, m := range messages {
		halves[m.half()] = append(halves[m.half()], m)
	}
	right := 0
	for h := range halves {
		weights := c.Fit(halves[h], kinds)
		for _, m := range halves[1-h] {
			best, p := 0, shares(weights, c.Of(m.Text), len(kinds))
			for k := range p {
				if p[k] > p[best] {
					best = k
				}
			}
			if kinds[best] == m.Kind {
				right++
			}
		}
	}
	return ratio(right, len(messages))
}

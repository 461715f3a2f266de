package eval

import (
	"context"
	"fmt"
)

// What became of a question of a trial.
const (
	Better  = "better"
	Worse   = "worse"
	Changed = "changed" // another reply, neither better nor worse by what is known of the question
	Same    = "same"
)

// Compared is a golden question that was asked twice.
type Compared struct {
	ID       string `json:"id"`
	Question string `json:"question"`
	Verdict  string `json:"verdict"`
	Want     string `json:"want"`
	Was      Given  `json:"was"`
	Is       Given  `json:"is"`
}

// Given is what was answered under one of two lexicons.
type Given struct {
	Got  string `json:"got"` // status, and the first source
	Text string `json:"text"`
}

// Try asks every question of both, one at a time, and returns those whose
// replies differ, with how many got better, worse and changed.
func Try(ctx context.Context, questions []Question, was, is Ask, progress func()) ([]Compared, error) {
	var out []Compared
	for _, q := range questions {
		before, err := was(ctx, q.Question)
		if err == nil {
			var after Outcome
			if after, err = is(ctx, q.Question); err == nil {
				if c := compare(q, before, after); c.Verdict != Same {
					out = append(out, c)
				}
			}
		}
		if err != nil {
			return nil, fmt.Errorf("question %s: %w", q.ID, err)
		}
		progress()
	}
	return out, nil
}

func compare(q Question, was, is Outcome) Compared {
	c := Compared{ID: q.ID, Question: q.Question, Verdict: Same, Want: want(q)}
	_, c.Was.Got = right(q, was)
	_, c.Is.Got = right(q, is)
	c.Was.Text, c.Is.Text = was.Text, is.Text
	before, after := grade(q, was), grade(q, is)
	switch {
	case after > before:
		c.Verdict = Better
	case after < before:
		c.Verdict = Worse
	case was.Status != is.Status || was.Text != is.Text:
		c.Verdict = Changed
	}
	return c
}

// grade says how good an outcome is, the more the better: first that it is
// right, then that the answer's words stand in what was said, then how high
// the right document stands.
func grade(q Question, out Outcome) int {
	n := 0
	if handed(q.Status) {
		if ok, _ := right(q, out); ok {
			n = 1
		}
		return n
	}
	rank := rankOf(q, out.Sources)
	ok, _ := right(q, out)
	if q.Status == "" {
		ok = rank == 1 && out.Status == "answered"
	}
	if ok {
		n += 100
	}
	if m := (&measure{}); rank > 0 {
		m.text(q, out, out.Status == "answered")
		n += 40*m.inReply + 20*m.inSnippet
	}
	if rank > 0 && rank <= 10 {
		n += 11 - rank
	}
	return n
}

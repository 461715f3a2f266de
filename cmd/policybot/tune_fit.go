package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"text/tabwriter"

	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/eval"
)

// The penalties on weights, chosen by cross-validation.
const (
	rankPenalty       = 1e-2
	clausePenalty     = 1e-2
	confidencePenalty = 1e-3
)

// rank fits the weights of ranking.
func (t *tuner) rank() error {
	var lessons []eval.Ranked
	var of []*subject
	for _, s := range t.subjects {
		for _, q := range s.set.Questions {
			found, err := s.host.app.shelf.Study(t.ctx, s.query(q.Question, &t.weights))
			if err != nil {
				return err
			}
			if r, ok := eval.NewRanked(q, found, s.weight); ok {
				lessons, of = append(lessons, r), append(of, s)
			}
		}
	}
	names := eval.Names(&t.weights.Rank)
	choices := make([]eval.Choice, len(lessons))
	for i := range lessons {
		choices[i] = lessons[i].Choice
	}
	fmt.Fprintf(t.out, "RANKING: %d questions whose document is among the ranked\n", len(lessons))
	shipped := eval.Vector(&t.weights.Rank)
	fixed := fixedOf(names)
	choices = eval.Fix(choices, shipped, fixed)
	with := func(learnt []float64) []float64 { return eval.With(learnt, shipped, fixed) }
	fitted := with(eval.Fit(choices, len(names), rankPenalty))
	t.rankLines(lessons, of, "as shipped", func(eval.Ranked) []float64 { return shipped })
	t.rankLines(lessons, of, "fitted", func(eval.Ranked) []float64 { return fitted })
	byFold := func(leftOut map[int]bool) func(eval.Ranked) []float64 {
		weights := foldWeights(choices, len(names), rankPenalty, leftOut)
		return func(r eval.Ranked) []float64 {
			all := with(weights[eval.Fold(r.Group)])
			for k := range leftOut {
				all[k] = 0
			}
			return all
		}
	}
	t.rankLines(lessons, of, "cross-validated", byFold(nil))
	if t.ablate {
		for k, name := range names {
			t.rankLines(lessons, of, "  without "+name, byFold(map[int]bool{k: true}))
		}
	}
	t.learnt(names, fitted, shipped)
	eval.Assign(&t.weights.Rank, fitted)
	return nil
}

// ownSets are the parts of ranking that are not learnt here: what finds guides
// and FAQ by their names is measured on sets of its own, and what an FAQ must
// not answer is a rule.
var ownSets = []string{"guide", "name", "short", "faq", "asked", "same", "whole", "negative", "value", "outside", "tier"}

func fixedOf(names []string) map[int]bool {
	fixed := map[int]bool{}
	for k, name := range names {
		if slices.Contains(ownSets, name) {
			fixed[k] = true
		}
	}
	return fixed
}

// foldWeights fits weights without each part of the questions in turn. What is
// left out weighs nothing.
func foldWeights(choices []eval.Choice, numbers int, penalty float64, leftOut map[int]bool) (weights [eval.Folds][]float64) {
	if len(leftOut) > 0 {
		choices = without(choices, leftOut)
	}
	for part := range weights {
		outside, _ := eval.Apart(choices, part)
		weights[part] = eval.Fit(outside, numbers, penalty)
	}
	return weights
}

// without returns choices with some numbers set to 0.
func without(choices []eval.Choice, numbers map[int]bool) []eval.Choice {
	out := make([]eval.Choice, len(choices))
	for i, c := range choices {
		out[i] = c
		out[i].Numbers = make([][]float64, len(c.Numbers))
		for j, x := range c.Numbers {
			row := append([]float64(nil), x...)
			for k := range numbers {
				row[k] = 0
			}
			out[i].Numbers[j] = row
		}
	}
	return out
}

func (t *tuner) rankLines(lessons []eval.Ranked, of []*subject, label string, weights func(eval.Ranked) []float64) {
	for _, s := range t.subjects {
		var h1, h3, mrr mean
		for i, r := range lessons {
			if of[i] != s {
				continue
			}
			at := r.Rank(weights(r))
			h1.add(truth(at == 1))
			h3.add(truth(at > 0 && at <= 3))
			if at > 0 && at <= 10 {
				mrr.add(1 / float64(at))
			} else {
				mrr.add(0)
			}
		}
		fmt.Fprintf(t.out, "%-24s %-10s hit@1 %s  hit@3 %s  MRR %s\n", label, s.name, h1, h3, mrr)
	}
}

// mean is a mean with its standard error.
type mean struct{ n, sum, squares float64 }

func (m *mean) add(x float64) { m.n++; m.sum += x; m.squares += x * x }

func (m mean) value() float64 {
	if m.n == 0 {
		return 0
	}
	return m.sum / m.n
}

func (m mean) String() string {
	if m.n == 0 {
		return "–"
	}
	v := m.value()
	return fmt.Sprintf("%.4f ±%.4f", v, math.Sqrt(max(0, m.squares/m.n-v*v)/m.n))
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// learnt prints weights beside those that were shipped.
func (t *tuner) learnt(names []string, fitted, shipped []float64) {
	w := tabwriter.NewWriter(t.out, 0, 4, 2, ' ', 0)
	for k, name := range names {
		fmt.Fprintf(w, "  %s\t%.4g\tshipped %.4g\n", name, fitted[k], shipped[k])
	}
	_ = w.Flush()
	fmt.Fprintln(t.out)
}

// tuned is a question of a subject.
type tuned struct {
	s *subject
	q eval.Question
}

// clause fits the chance of a clause to be in the answer, on the best unit of
// the document that is known to have it.
func (t *tuner) clause() error {
	var choices []eval.Choice
	var all []tuned
	for _, s := range t.subjects {
		for _, q := range s.set.Questions {
			if q.Answer == "" || !q.Answerable() {
				continue
			}
			query := s.query(q.Question, &t.weights)
			query.Within = q.Doc
			found, err := s.host.app.shelf.Study(t.ctx, query)
			if err != nil {
				return err
			}
			all = append(all, tuned{s, q})
			if len(found) == 0 {
				continue
			}
			body, clauses, err := s.host.app.shelf.StudyClauses(query, found[0].Place)
			if err != nil {
				return err
			}
			if c, ok := eval.NewClauses(q, body, clauses); ok {
				choices = append(choices, c)
			}
		}
	}
	if len(choices) == 0 {
		return nil
	}
	fmt.Fprintf(t.out, "CLAUSES: %d questions with an answer, %d in the best unit of its document\n", len(all), len(choices))
	names := eval.Names(&t.weights.Clause)
	shipped := eval.Vector(&t.weights.Clause)
	fixed := fixedOf(names)
	choices = eval.Fix(choices, shipped, fixed)
	with := func(learnt []float64) []float64 { return eval.With(learnt, shipped, fixed) }
	fitted := with(eval.Fit(choices, len(names), clausePenalty))
	byFold := func(leftOut map[int]bool) func(string) []float64 {
		folds := foldWeights(choices, len(names), clausePenalty, leftOut)
		return func(group string) []float64 { return with(folds[eval.Fold(group)]) }
	}
	measure := func(label string, w index.Weights, weights func(group string) []float64) (float64, error) {
		in, direct, err := pieces(t.ctx, all, w, weights)
		fmt.Fprintf(t.out, "%-24s of the right document: answer in snippet %s  direct ROUGE-L %s\n", label, in, direct)
		return in.value() + direct.value()/4, err
	}
	if _, err := measure("as shipped", t.weights, func(string) []float64 { return shipped }); err != nil {
		return err
	}
	validated := byFold(nil)
	if err := t.snippet(func(label string, w index.Weights) (float64, error) { return measure(label, w, validated) }); err != nil {
		return err
	}
	if _, err := measure("fitted", t.weights, func(string) []float64 { return fitted }); err != nil {
		return err
	}
	if t.ablate {
		for k, name := range names {
			if _, err := measure("  without "+name, t.weights, byFold(map[int]bool{k: true})); err != nil {
				return err
			}
		}
	}
	t.learnt(names, fitted, shipped)
	eval.Assign(&t.weights.Clause, fitted)
	return nil
}

// pieces measures snippets and direct answers from the document that is known
// to have the answer.
func pieces(ctx context.Context, all []tuned, w index.Weights, weights func(group string) []float64) (in, direct mean, err error) {
	for _, a := range all {
		eval.Assign(&w.Clause, weights(a.q.Group()))
		one := w
		query := a.s.query(a.q.Question, &one)
		query.Within, query.Limit = a.q.Doc, 1
		res, err := a.s.host.app.shelf.Find(ctx, query)
		if err != nil {
			return in, direct, err
		}
		if len(res.Hits) == 0 {
			in.add(0)
			direct.add(0)
			continue
		}
		in.add(truth(a.q.Says(res.Hits[0].Snippet)))
		direct.add(eval.RougeL(res.Hits[0].Direct, a.q.Answer))
	}
	return in, direct, nil
}

// snippetSteps are what snippet tries for each of its numbers. Where a piece had
// better begin and end is for people who read it: that is not learnt.
var snippetSteps = map[string][]float64{"sharp": {.35, .5, .7, 1}, "direct": {.25, .35, .45, .6}}

// snippet tries other values of the numbers of the [snippet] part, one after
// the other, and keeps what is best, cross-validated.
func (t *tuner) snippet(measure func(string, index.Weights) (float64, error)) error {
	best, err := measure("cross-validated", t.weights)
	if err != nil {
		return err
	}
	for _, name := range eval.Names(&t.weights.Snippet) {
		for _, value := range snippetSteps[name] {
			w := t.weights
			same := false
			index.Numbers(&w.Snippet, func(n string, at *float64) {
				if n == name {
					same, *at = *at == value, value
				}
			})
			if same {
				continue
			}
			score, err := measure(fmt.Sprintf("  %s %g", name, value), w)
			if err != nil {
				return err
			}
			if score > best+1e-9 {
				best, t.weights.Snippet = score, w.Snippet
			}
		}
	}
	return nil
}

// judged is a question with what confidence is computed from.
type judged struct {
	s          *subject
	choice     eval.Choice
	right      bool // the first hit answers
	answerable bool
}

// confidence fits how likely the first hit answers.
func (t *tuner) confidence() error {
	var all []judged
	for _, s := range t.subjects {
		for i, q := range append(append([]eval.Question(nil), s.set.Questions...), s.set.Unanswerable...) {
			without := i >= len(s.set.Questions)
			if !without && !q.Answerable() && !q.Unanswerable() {
				continue
			}
			res, err := s.host.app.shelf.Find(t.ctx, s.query(q.Question, &t.weights))
			if err != nil {
				return err
			}
			if len(res.Hits) == 0 {
				continue
			}
			f := res.Hits[0].Features
			k := judged{s: s, right: !without && q.Right(res.Hits[0]), answerable: !without && q.Answerable()}
			k.choice = eval.YesOrNo(append([]float64{1}, eval.Vector(&f)...), k.right, s.weight, q.Group())
			all = append(all, k)
		}
	}
	var choices []eval.Choice
	for _, k := range all {
		choices = append(choices, k.choice)
	}
	names := eval.Names(&t.weights.Confidence)
	fmt.Fprintf(t.out, "CONFIDENCE: %d questions; it is the chance that the first hit answers\n", len(all))
	shipped := eval.Vector(&t.weights.Confidence)
	fitted := eval.Fit(choices, len(names), confidencePenalty)
	folds := foldWeights(choices, len(names), confidencePenalty, nil)
	t.confidenceLines(all, "as shipped", func(string) []float64 { return shipped })
	t.confidenceLines(all, "fitted", func(string) []float64 { return fitted })
	validated := func(g string) []float64 { return folds[eval.Fold(g)] }
	t.confidenceLines(all, "cross-validated", validated)
	if t.ablate {
		for k, name := range names {
			folds := foldWeights(choices, len(names), confidencePenalty, map[int]bool{k: true})
			t.confidenceLines(all, "  without "+name, func(g string) []float64 { return folds[eval.Fold(g)] })
		}
	}
	t.reliability(all, validated)
	t.learnt(names, fitted, shipped)
	eval.Assign(&t.weights.Confidence, fitted)
	return nil
}

func chance(weights, numbers []float64) float64 {
	z := 0.0
	for k := range weights {
		z += weights[k] * numbers[k]
	}
	return 1 / (1 + math.Exp(-z))
}

func (t *tuner) confidenceLines(all []judged, label string, weights func(group string) []float64) {
	for _, s := range t.subjects {
		var yes, no []float64
		var loss mean
		var curve eval.Curve
		for _, k := range all {
			if k.s != s {
				continue
			}
			p := chance(weights(k.choice.Group), k.choice.Numbers[0])
			if k.answerable {
				yes = append(yes, p)
			} else {
				no = append(no, p)
			}
			if k.right {
				loss.add(-math.Log(max(p, 1e-9)))
			} else {
				loss.add(-math.Log(max(1-p, 1e-9)))
			}
			curve.Add(p, k.answerable, k.right)
		}
		at := curve.At(.9)
		fmt.Fprintf(t.out, "%-24s %-10s AUC %.4f  loss %s  at 90%% answered (from %.3f): right %.4f, wrongly %.4f\n",
			label, s.name, eval.AUC(yes, no), loss, at.Threshold, at.Right, at.Wrongly)
	}
}

// reliability prints, for tenths of the questions by confidence, what was
// said and what held.
func (t *tuner) reliability(all []judged, weights func(group string) []float64) {
	for _, s := range t.subjects {
		var curve eval.Curve
		for _, k := range all {
			if k.s == s {
				curve.Add(chance(weights(k.choice.Group), k.choice.Numbers[0]), k.answerable, k.right)
			}
		}
		fmt.Fprintf(t.out, "reliability, %s, cross-validated:", s.name)
		for _, d := range curve.Tenths() {
			fmt.Fprintf(t.out, "  said %.2f held %.2f", d.Said, d.Held)
		}
		fmt.Fprintln(t.out)
	}
}

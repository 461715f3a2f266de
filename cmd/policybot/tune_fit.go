package main

import (
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
	joinPenalty       = 1e-3
	confidencePenalty = 1e-3
)

// ranking are the subjects that ranking and clauses are learnt from.
func (t *tuner) ranking() []*subject {
	return slices.DeleteFunc(slices.Clone(t.subjects), func(s *subject) bool { return s.unnoted || s.repeats })
}

// rank fits the weights of ranking.
func (t *tuner) rank() error {
	var lessons []eval.Ranked
	var of []*subject
	for _, s := range t.ranking() {
		for _, q := range s.set.Questions {
			found, err := s.host.app.shelf.Study(t.ctx, s.query(q.Question, &t.weights))
			if err != nil {
				return err
			}
			if r, ok := eval.NewRanked(q, found, s.weight.rank); ok {
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
	fixed := fixedOf(names, t.notLearnt(names))
	choices = eval.Fix(choices, shipped, fixed)
	with := func(learnt []float64) []float64 { return eval.With(learnt, shipped, fixed) }
	fitted := with(eval.Fit(choices, len(names), rankPenalty))
	t.rankLines(lessons, of, "as shipped", func(eval.Ranked) []float64 { return shipped })
	t.rankLines(lessons, of, "fitted", func(eval.Ranked) []float64 { return fitted })
	folds := foldWeights(choices, len(names), rankPenalty, nil)
	t.rankLines(lessons, of, "cross-validated", func(r eval.Ranked) []float64 { return with(folds[eval.Fold(r.Group)]) })
	if t.ablate {
		for k, name := range names {
			without := slices.Clone(shipped)
			without[k] = 0
			t.rankLines(lessons, of, "  shipped without "+name, func(eval.Ranked) []float64 { return without })
		}
	}
	t.learnt(names, fitted, shipped)
	eval.Assign(&t.weights.Rank, fitted)
	return nil
}

// What is not learnt: rules, of which there are few examples, and without a set
// of guides or FAQ what finds these by their names.
var (
	rules   = []string{"negative", "value", "outside", "tier"}
	byNames = map[string][]string{"guides": {"guide", "name", "short"}, "faq": {"faq", "asked", "same"}}
)

// notLearnt are the numbers that the subjects teach nothing of, or that are not
// to be learnt.
func (t *tuner) notLearnt(names []string) []string {
	if len(t.learn) > 0 {
		return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(t.learn, name) })
	}
	all := slices.Clone(rules)
	for set, names := range byNames {
		if !slices.ContainsFunc(t.subjects, func(s *subject) bool { return s.name == set }) {
			all = append(all, append(names, "whole")...)
		}
	}
	return all
}

func fixedOf(names, notLearnt []string) map[int]bool {
	fixed := map[int]bool{}
	for k, name := range names {
		if slices.Contains(notLearnt, name) {
			fixed[k] = true
		}
	}
	return fixed
}

// foldWeights fits weights without each part of the questions in turn. What is
// left out weighs nothing.
func foldWeights(choices []eval.Choice, numbers int, penalty float64, leftOut map[int]bool) (weights [eval.Folds][]float64) {
	return foldSigned(choices, numbers, penalty, leftOut, nil)
}

// foldSigned is foldWeights with the signs of FitSigned.
func foldSigned(choices []eval.Choice, numbers int, penalty float64, leftOut map[int]bool, signs []int) (weights [eval.Folds][]float64) {
	if len(leftOut) > 0 {
		choices = without(choices, leftOut)
	}
	for part := range weights {
		outside, _ := eval.Apart(choices, part)
		weights[part] = eval.FitSigned(outside, numbers, penalty, signs)
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
	for _, s := range t.ranking() {
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

// answered are the questions whose answer is known word for word.
func (t *tuner) answered() (all []tuned) {
	for _, s := range t.ranking() {
		for _, q := range s.set.Questions {
			if q.Answer != "" && q.Answerable() {
				all = append(all, tuned{s, q})
			}
		}
	}
	return all
}

// clauses calls yield with the clauses of the best unit of the document that is
// known to have the answer of each question.
func (t *tuner) clauses(all []tuned, yield func(q eval.Question, body string, clauses []index.StudiedClause)) error {
	for _, a := range all {
		query := a.s.query(a.q.Question, &t.weights)
		query.Within = a.q.Doc
		found, err := a.s.host.app.shelf.Study(t.ctx, query)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			continue
		}
		body, clauses, err := a.s.host.app.shelf.StudyClauses(query, found[0].Place)
		if err != nil {
			return err
		}
		yield(a.q, body, clauses)
	}
	return nil
}

// clause fits the chance of a clause to be in the answer, on the best unit of
// the document that is known to have it.
func (t *tuner) clause() error {
	all := t.answered()
	var choices []eval.Choice
	err := t.clauses(all, func(q eval.Question, body string, clauses []index.StudiedClause) {
		if c, ok := eval.NewClauses(q, body, clauses); ok {
			choices = append(choices, c)
		}
	})
	if err != nil || len(choices) == 0 {
		return err
	}
	fmt.Fprintf(t.out, "CLAUSES: %d questions with an answer, %d in the best unit of its document\n", len(all), len(choices))
	names := eval.Names(&t.weights.Clause)
	shipped := eval.Vector(&t.weights.Clause)
	fixed := fixedOf(names, rules)
	choices = eval.Fix(choices, shipped, fixed)
	with := func(learnt []float64) []float64 { return eval.With(learnt, shipped, fixed) }
	fitted := with(eval.Fit(choices, len(names), clausePenalty))
	byFold := func(leftOut map[int]bool) func(string, *index.Weights) {
		folds := foldWeights(choices, len(names), clausePenalty, leftOut)
		return func(group string, w *index.Weights) { eval.Assign(&w.Clause, with(folds[eval.Fold(group)])) }
	}
	as := func(clause []float64) func(string, *index.Weights) {
		return func(_ string, w *index.Weights) { eval.Assign(&w.Clause, clause) }
	}
	measure := func(label string, w index.Weights, weights func(group string, w *index.Weights)) (float64, error) {
		return t.pieces(label, all, w, weights)
	}
	if _, err := measure("as shipped", t.weights, as(shipped)); err != nil {
		return err
	}
	validated := byFold(nil)
	if err := t.snippet(func(label string, w index.Weights) (float64, error) { return measure(label, w, validated) }); err != nil {
		return err
	}
	if _, err := measure("fitted", t.weights, as(fitted)); err != nil {
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
	return t.join(all)
}

// join fits which clauses beside the best one make the direct answer.
func (t *tuner) join(all []tuned) error {
	var choices []eval.Choice
	err := t.clauses(all, func(q eval.Question, body string, clauses []index.StudiedClause) {
		choices = append(choices, eval.NewJoins(q, body, clauses)...)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "DIRECT ANSWERS: %d clauses\n", len(choices))
	names, shipped := eval.Names(&t.weights.Join), eval.Vector(&t.weights.Join)
	fitted := eval.Fit(choices, len(names), joinPenalty)
	byFold := func(leftOut map[int]bool) func(string, *index.Weights) {
		folds := foldWeights(choices, len(names), joinPenalty, leftOut)
		return func(group string, w *index.Weights) { eval.Assign(&w.Join, folds[eval.Fold(group)]) }
	}
	as := func(join []float64) func(string, *index.Weights) {
		return func(_ string, w *index.Weights) { eval.Assign(&w.Join, join) }
	}
	for _, one := range []struct {
		label   string
		weights func(string, *index.Weights)
	}{{"as shipped", as(shipped)}, {"fitted", as(fitted)}, {"cross-validated", byFold(nil)}} {
		if _, err := t.pieces(one.label, all, t.weights, one.weights); err != nil {
			return err
		}
	}
	if t.ablate {
		for k, name := range names {
			if _, err := t.pieces("  without "+name, all, t.weights, byFold(map[int]bool{k: true})); err != nil {
				return err
			}
		}
	}
	t.learnt(names, fitted, shipped)
	eval.Assign(&t.weights.Join, fitted)
	return nil
}

// pieces measures snippets and direct answers from the document that is known
// to have the answer, under the weights that a question's group is given.
func (t *tuner) pieces(label string, all []tuned, w index.Weights, weights func(group string, w *index.Weights)) (float64, error) {
	var in, direct mean
	for _, a := range all {
		one := w
		weights(a.q.Group(), &one)
		query := a.s.query(a.q.Question, &one)
		query.Within, query.Limit = a.q.Doc, 1
		res, err := a.s.host.app.shelf.Find(t.ctx, query)
		if err != nil {
			return 0, err
		}
		if len(res.Hits) == 0 {
			in.add(0)
			direct.add(0)
			continue
		}
		in.add(truth(a.q.Says(res.Hits[0].Snippet)))
		direct.add(eval.RougeL(res.Hits[0].Direct, a.q.Answer))
	}
	fmt.Fprintf(t.out, "%-24s of the right document: answer in snippet %s  direct ROUGE-L %s\n", label, in, direct)
	return in.value() + direct.value()/4, nil
}

// snippetSteps are what snippet tries for each of its numbers. Where a piece had
// better begin and end is for people who read it: that is not learnt.
var snippetSteps = map[string][]float64{"sharp": {.28, .35, .5, .7}}

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

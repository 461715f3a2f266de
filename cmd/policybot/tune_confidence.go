package main

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/eval"
)

// judge asks a question, and where its documents count as missing once more
// without them.
func (s *subject) judge(ctx context.Context, q eval.Question, w *index.Weights) (out []judged, err error) {
	query := s.query(q.Question, w)
	for _, missing := range []bool{false, true} {
		if missing && (!s.missing || !q.Answerable()) {
			break
		}
		if missing {
			if query.Except, err = s.withRelatives(ctx, q.Documents()); err != nil {
				return nil, err
			}
		}
		res, err := s.host.app.shelf.Find(ctx, query)
		if err != nil {
			return nil, err
		}
		if len(res.Hits) == 0 {
			continue
		}
		k := judged{s: s, right: !missing && q.Right(res.Hits[0]), answerable: !missing && q.Answerable(), missing: missing}
		k.sort = sortOf(res.Hits[0])
		weight := s.weight.answer
		if missing {
			weight = s.weight.missing
		}
		f := res.Hits[0].Features
		k.choice = eval.YesOrNo(append([]float64{1}, eval.Vector(&f)...), k.right, weight, q.Group())
		out = append(out, k)
	}
	return out, nil
}

// withRelatives returns documents with those that explain them, rest on them or
// say the same of them.
func (s *subject) withRelatives(ctx context.Context, ids []string) ([]string, error) {
	found, err := s.host.app.store.Standing(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, one := range found {
		for _, r := range slices.Concat(one.Document.Declares, one.Document.Receives) {
			ids = append(ids, r.From, r.To)
		}
	}
	return ids, nil
}

// judged is a question with what confidence is computed from.
type judged struct {
	s          *subject
	choice     eval.Choice
	right      bool // the first hit answers
	answerable bool
	missing    bool // its documents were taken away
	sort       int  // of the first hit: see sorts
}

// sorts are what confidence is learnt apart for.
var sorts = [...]string{"of an article or a section", "of a whole document", "of a passage under what people ask for it", "of an FAQ or a guide"}

func sortOf(h index.Hit) int {
	switch {
	case h.Asked:
		return 2
	case h.Kind == corpus.FAQ || h.Kind == corpus.Guide:
		return 3
	case h.Class == index.WholeUnit:
		return 1
	}
	return 0
}

// confidence fits how likely the first hit answers.
func (t *tuner) confidence() error {
	var all []judged
	for _, s := range t.subjects {
		for i, q := range slices.Concat(s.set.Questions, s.set.Unanswerable) {
			if i >= len(s.set.Questions) {
				q.Status = "refused"
			}
			if !q.Answerable() && !q.Unanswerable() {
				continue
			}
			more, err := s.judge(t.ctx, q, &t.weights)
			if err != nil {
				return err
			}
			all = append(all, more...)
		}
	}
	names := eval.Names(&t.weights.Confidence)
	fmt.Fprintf(t.out, "CONFIDENCE: %d questions; it is the chance that the first hit answers\n", len(all))
	parts := [len(sorts)]*index.Confidence{&t.weights.Confidence, &t.weights.Whole, &t.weights.Asked, &t.weights.Named}
	var shipped judges
	for i, at := range parts {
		shipped[i] = [][]float64{eval.Vector(at)}
	}
	fitted, validated := learnJudges(all, names, nil)
	t.confidenceLines(all, "as shipped", shipped)
	t.confidenceLines(all, "fitted", fitted)
	t.confidenceLines(all, "cross-validated", validated)
	if t.ablate {
		for k, name := range names {
			_, without := learnJudges(all, names, map[int]bool{k: true})
			t.confidenceLines(all, "  without "+name, without)
		}
	}
	t.reliability(all, validated)
	for i, at := range parts {
		fmt.Fprintln(t.out, sorts[i])
		t.learnt(names, fitted[i][0], shipped[i][0])
		eval.Assign(at, fitted[i][0])
	}
	return nil
}

// judges are the weights of confidence of each sort; one vector for all
// questions, or one for each part of a cross-validation.
type judges [len(sorts)][][]float64

// of returns the chance that a first hit answers.
func (j judges) of(k judged) float64 {
	weights := j[k.sort]
	if len(weights) == 1 {
		return chance(weights[0], k.choice.Numbers[0])
	}
	return chance(weights[eval.Fold(k.choice.Group)], k.choice.Numbers[0])
}

// What can only speak for the first hit, and what only against it. Window may do
// both: it is a share, and of a question that has little to it a large share
// says little, which Mass alone does not tell.
var (
	speaksFor     = []string{"gap", "place_hit", "lead", "substring", "said", "near", "mass", "title", "other_gap", "document", "fits", "value", "asked", "named"}
	speaksAgainst = []string{"length", "conflict", "number_miss", "weak", "untyped", "lost", "noun_lost", "outside", "one", "unknown", "untitled", "unfit"}
)

// learnJudges fits the weights of confidence, and those for cross-validation.
func learnJudges(all []judged, names []string, leftOut map[int]bool) (fitted, validated judges) {
	numbers, signs := len(names), make([]int, len(names))
	for k, name := range names {
		if slices.Contains(speaksFor, name) {
			signs[k] = 1
		} else if slices.Contains(speaksAgainst, name) {
			signs[k] = -1
		}
	}
	for i := range sorts {
		var choices []eval.Choice
		for _, k := range all {
			if k.sort == i {
				choices = append(choices, k.choice)
			}
		}
		folds := foldSigned(choices, numbers, confidencePenalty, leftOut, signs)
		fitted[i], validated[i] = [][]float64{eval.FitSigned(choices, numbers, confidencePenalty, signs)}, folds[:]
	}
	return fitted, validated
}

// refuses reports whether the set itself has questions without an answer: only
// then they, not those whose documents were taken away, say how well it is told.
func (s *subject) refuses() bool {
	return len(s.set.Unanswerable) > 0 || slices.ContainsFunc(s.set.Questions, eval.Question.Unanswerable)
}

func chance(weights, numbers []float64) float64 {
	z := 0.0
	for k := range weights {
		z += weights[k] * numbers[k]
	}
	return 1 / (1 + math.Exp(-z))
}

func (t *tuner) confidenceLines(all []judged, label string, by judges) {
	for _, s := range t.subjects {
		var yes, no []float64
		var loss mean
		var curve eval.Curve
		for _, k := range all {
			if k.s != s || k.missing && s.refuses() {
				continue
			}
			p := by.of(k)
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
		if len(yes) == 0 {
			fmt.Fprintf(t.out, "%-24s %-18s loss %s  answered all the same, at %g: %.4f\n", label, s.name, loss, bot.DefaultAnswerAt, curve.Of(bot.DefaultAnswerAt).Wrongly)
			continue
		}
		at := curve.At(.9)
		fmt.Fprintf(t.out, "%-24s %-18s AUC %.4f  loss %s  at 90%% answered (from %.3f): right %.4f, wrongly %.4f\n",
			label, s.name, eval.AUC(yes, no), loss, at.Threshold, at.Right, at.Wrongly)
	}
}

// reliability prints, for tenths of the questions by confidence, what was
// said and what held.
func (t *tuner) reliability(all []judged, by judges) {
	for _, s := range t.subjects {
		var curve eval.Curve
		for _, k := range all {
			if k.s == s && !(k.missing && s.refuses()) {
				curve.Add(by.of(k), k.answerable, k.right)
			}
		}
		fmt.Fprintf(t.out, "reliability, %s, cross-validated:", s.name)
		for _, d := range curve.Tenths() {
			fmt.Fprintf(t.out, "  said %.2f held %.2f", d.Said, d.Held)
		}
		fmt.Fprintln(t.out)
	}
}

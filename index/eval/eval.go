// Package eval measures answer quality on golden questions: whether the right
// document comes first, whether the answer stands in the snippet and in the
// reply, and whether what has no answer is refused.
package eval

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Place is where an answer stands: a document, and a passage in it or "" for
// any.
type Place struct {
	Doc    string `json:"doc"`
	Anchor string `json:"anchor,omitempty"`
}

// Question is a golden question. Answer is a piece of the document's text;
// Status is "" where the question has an answer.
type Question struct {
	ID       string `json:"id"`
	Question string `json:"question"`
	Place
	Answer string  `json:"answer,omitempty"`
	Docs   []Place `json:"docs,omitempty"` // of several questions in one
	Also   []Place `json:"also,omitempty"` // where it stands as well
	Status string  `json:"status,omitempty"`
	Best   string  `json:"best,omitempty"`
	Note   string  `json:"note,omitempty"`
}

// Source is one source of an outcome, as ask --jsonl prints it.
type Source struct {
	Document string
	Anchor   string
	Snippet  string
	Passage  string
}

// Outcome is what the bot made of a question.
type Outcome struct {
	Status     string
	Confidence float64
	Text       string
	Sources    []Source
	Took       time.Duration
}

// Ask asks the bot.
type Ask func(ctx context.Context, question string) (Outcome, error)

const maxLine = 1 << 20

// ReadQuestions reads golden questions, one JSON object a line. The error
// names the line.
func ReadQuestions(r io.Reader) ([]Question, error) {
	var out []Question
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	n := 1
	for ; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var q Question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if q.Question == "" {
			return nil, fmt.Errorf("line %d: no question", n)
		}
		out = append(out, q)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", n, err)
	}
	return out, nil
}

// Report is what was measured. Shares are 0…1; of nothing they are 0.
type Report struct {
	Questions    int     `json:"questions"`
	Unanswerable int     `json:"unanswerable"`
	Hit1         float64 `json:"hit1"`
	Hit3         float64 `json:"hit3"`
	MRR10        float64 `json:"mrr10"`
	Place1       float64 `json:"place1"`     // right passage first, of the questions that name one
	InSnippet    float64 `json:"in_snippet"` // the answer stands in the first snippet
	InReply      float64 `json:"in_reply"`   // the answer stands in the reply, of those answered
	AUC          float64 `json:"refusal_auc"`
	Answered     float64 `json:"answered"`         // of the questions with an answer
	Precision    float64 `json:"precision"`        // right document first, of those answered
	Wrongly      float64 `json:"wrongly_answered"` // of the unanswerable
	Golden       float64 `json:"golden,omitempty"` // right place or rightly refused
	GoldenN      int     `json:"golden_questions"` //
	P50          float64 `json:"p50_ms"`           //
	P99          float64 `json:"p99_ms"`           //
	Wrong        []Wrong `json:"wrong,omitempty"`  // golden questions that went wrong
}

// Wrong is a golden question that was not answered as it should be.
type Wrong struct {
	ID         string  `json:"id"`
	Question   string  `json:"question"`
	Want       string  `json:"want"`
	Got        string  `json:"got"`
	Confidence float64 `json:"confidence"`
}

// Run asks every question once, one at a time, and measures.
func Run(ctx context.Context, questions, unanswerable []Question, ask Ask, progress func()) (Report, error) {
	m := &measure{}
	for _, q := range questions {
		out, err := ask(ctx, q.Question)
		if err != nil {
			return Report{}, fmt.Errorf("question %s: %w", q.ID, err)
		}
		m.add(q, out)
		progress()
	}
	for _, q := range unanswerable {
		out, err := ask(ctx, q.Question)
		if err != nil {
			return Report{}, fmt.Errorf("question %s: %w", q.ID, err)
		}
		m.refuse(out)
		progress()
	}
	return m.report(), nil
}

type measure struct {
	n, hit1, hit3, inSnippet, withAnswer int
	placed, place1                       int
	mrr                                  float64
	answered, answeredRight, inReply     int
	answeredWithAnswer                   int
	unanswerable, wrongly                int
	golden, goldenRight                  int
	yes, no                              []float64 // confidences
	took                                 []time.Duration
	wrong                                []Wrong
}

// handed are the golden statuses of messages without an answer.
func handed(status string) bool {
	return status == "refused" || status == "redirected" || status == "emergency" || status == "smalltalk"
}

func (m *measure) add(q Question, out Outcome) {
	m.took = append(m.took, out.Took)
	if q.Status != "" {
		m.golden++
		if ok, got := right(q, out); ok {
			m.goldenRight++
		} else {
			m.wrong = append(m.wrong, Wrong{q.ID, q.Question, want(q), got, out.Confidence})
		}
	}
	if handed(q.Status) {
		if q.Status == "refused" {
			m.unanswerable++
			m.no = append(m.no, out.Confidence)
			if out.Status == "answered" {
				m.wrongly++
			}
		}
		return
	}
	m.n++
	m.yes = append(m.yes, out.Confidence)
	rank := rankOf(q, out.Sources)
	switch {
	case rank == 1:
		m.hit1++
		fallthrough
	case rank > 0 && rank <= 3:
		m.hit3++
	}
	if rank > 0 && rank <= 10 {
		m.mrr += 1 / float64(rank)
	}
	if q.Anchor != "" || len(q.Docs) > 0 {
		m.placed++
		if len(out.Sources) > 0 && slices.ContainsFunc(q.places(), out.Sources[0].at) {
			m.place1++
		}
	}
	answered := out.Status == "answered"
	if answered {
		m.answered++
		if rank == 1 {
			m.answeredRight++
		}
	}
	m.text(q, out, answered)
}

// text looks for the answer's words, white space aside.
func (m *measure) text(q Question, out Outcome, answered bool) {
	answer := squeeze(q.Answer)
	if answer == "" {
		return
	}
	m.withAnswer++
	if len(out.Sources) > 0 && strings.Contains(squeeze(out.Sources[0].Snippet), answer) {
		m.inSnippet++
	}
	if answered {
		m.answeredWithAnswer++
		if strings.Contains(squeeze(out.Text), answer) {
			m.inReply++
		}
	}
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

func (m *measure) refuse(out Outcome) {
	m.took = append(m.took, out.Took)
	m.unanswerable++
	m.no = append(m.no, out.Confidence)
	if out.Status == "answered" {
		m.wrongly++
	}
}

// rankOf returns the rank of the first right document, 0 where none is found.
func rankOf(q Question, sources []Source) int {
	for i, s := range sources {
		for _, p := range q.places() {
			if p.Doc == s.Document {
				return i + 1
			}
		}
	}
	return 0
}

func (q Question) places() []Place {
	all := slices.Clone(q.Also)
	if q.Doc != "" {
		all = append(all, q.Place)
	}
	return append(all, q.Docs...)
}

// right judges a golden question: the first source stands where one of the
// places is, or the message was handed over as it should be. A refusal and a
// redirection are as good as each other: both name who to turn to.
func right(q Question, out Outcome) (bool, string) {
	got := out.Status
	if len(out.Sources) > 0 && !handed(out.Status) {
		got += " " + out.Sources[0].Document + "#" + out.Sources[0].Anchor
	}
	if handed(q.Status) {
		over := func(s string) bool { return s == "refused" || s == "redirected" }
		return out.Status == q.Status || over(q.Status) && over(out.Status), got
	}
	if out.Status != "answered" || len(out.Sources) == 0 {
		return false, got
	}
	return slices.ContainsFunc(q.places(), out.Sources[0].at), got
}

// at reports whether a source stands at a place: the same passage, one inside
// it, or the one around it.
func (s Source) at(p Place) bool {
	return s.Document == p.Doc && (p.Anchor == "" || s.Anchor == p.Anchor ||
		strings.HasPrefix(s.Anchor, p.Anchor+".") || strings.HasPrefix(p.Anchor, s.Anchor+"."))
}

func want(q Question) string {
	if handed(q.Status) {
		return q.Status
	}
	var all []string
	for _, p := range q.places() {
		all = append(all, p.Doc+"#"+p.Anchor)
	}
	return strings.Join(all, " ")
}

func (m *measure) report() Report {
	slices.Sort(m.took)
	return Report{
		Questions: m.n, Unanswerable: m.unanswerable,
		Hit1: ratio(m.hit1, m.n), Hit3: ratio(m.hit3, m.n), MRR10: m.mrr / float64(max(1, m.n)),
		Place1:    ratio(m.place1, m.placed),
		InSnippet: ratio(m.inSnippet, m.withAnswer), InReply: ratio(m.inReply, m.answeredWithAnswer),
		AUC: AUC(m.yes, m.no), Answered: ratio(m.answered, m.n),
		Precision: ratio(m.answeredRight, m.answered), Wrongly: ratio(m.wrongly, m.unanswerable),
		Golden: ratio(m.goldenRight, m.golden), GoldenN: m.golden,
		P50: quantile(m.took, .5), P99: quantile(m.took, .99), Wrong: m.wrong,
	}
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func quantile(sorted []time.Duration, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	i := min(len(sorted)-1, int(q*float64(len(sorted))))
	return float64(sorted[i].Microseconds()) / 1000
}

// AUC returns the probability that a question with an answer has a higher
// confidence than one without; ties count half. It is 0 where either is
// missing.
func AUC(yes, no []float64) float64 {
	if len(yes) == 0 || len(no) == 0 {
		return 0
	}
	no = slices.Sorted(slices.Values(no))
	sum := 0.0
	for _, y := range yes {
		below, _ := slices.BinarySearchFunc(no, y, func(a, b float64) int { return cmp.Compare(a, b) })
		above, _ := slices.BinarySearchFunc(no, y, func(a, b float64) int {
			if a <= b {
				return -1
			}
			return 1
		})
		sum += float64(below) + float64(above-below)/2
	}
	return sum / float64(len(yes)) / float64(len(no))
}

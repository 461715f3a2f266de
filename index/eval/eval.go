// Package eval measures answer quality on golden questions: whether the right
// document comes first, whether the answer stands in the snippet and in the
// reply, and whether what has no answer is refused.
package eval

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// Place is where an answer stands: a document, and a passage in it or "" for
// any.
type Place struct {
	Doc    string `json:"doc"`
	Anchor string `json:"anchor,omitempty"`
}

// AgencyPrefix begins the Doc of a place that is an agency's entry and no
// document.
const AgencyPrefix = "agency:" // a colon is in no document's ID

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

// answered is the Status of an outcome, and of a question, that is answered.
const answered = "answered"

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
	Direct     string // the sentence or clause of the first document that answers best
	Took       time.Duration
	Candidates []string // the document of each unit that was ranked from; nil where nothing was looked for
	Found      []string // the documents that the index found, best first, before the reply is made of them
	Understudy bool     // the embedded index answered in the place of the engine that is measured
	Failed     bool     // for that engine failed; otherwise it had brought nothing
}

// Ask asks the bot.
type Ask func(ctx context.Context, question string) (Outcome, error)

const maxLine = 1 << 20

// ReadQuestions reads golden questions, one JSON object a line. The error
// names the line.
func ReadQuestions(r io.Reader) ([]Question, error) {
	var out []Question
	err := eachLine(r, func(_ int, row []byte) error {
		var q Question
		if err := json.Unmarshal(row, &q); err != nil {
			return err
		}
		if q.Question == "" {
			return errors.New("no question")
		}
		out = append(out, q)
		return nil
	})
	return out, err
}

// eachLine calls do for each line that is not blank, with its number from 1.
// The error names the line.
func eachLine(r io.Reader, do func(n int, row []byte) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	n := 1
	for ; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		if err := do(n, lines.Bytes()); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("line %d: %w", n, err)
	}
	return nil
}

// Set is what is asked: golden questions, and questions without an answer.
type Set struct {
	Questions, Unanswerable []Question
	// Lookup says that the questions name a document by some of its words, and
	// that what the index finds is measured, too.
	Lookup bool
}

// all returns every question of the set, in the order of its outcomes.
func (s Set) all() []Question { return slices.Concat(s.Questions, s.Unanswerable) }

// Run asks every question once, one at a time, and returns the outcomes in
// the order of the set: first those of Questions, then of Unanswerable. It
// ends at the first error of ask.
func (s Set) Run(ctx context.Context, ask Ask, progress func()) ([]Outcome, error) {
	var all []Outcome
	for _, q := range s.all() {
		out, err := ask(ctx, q.Question)
		if err != nil {
			return nil, fmt.Errorf("question %s: %w", q.ID, err)
		}
		all = append(all, out)
		progress()
	}
	return all, nil
}

// Measure judges the outcomes of Run.
func (s Set) Measure(all []Outcome) Report {
	m := &measure{lookup: s.Lookup}
	for i, q := range s.Questions {
		m.add(q, all[i])
	}
	for _, out := range all[len(s.Questions):] {
		m.refuse(out)
	}
	return m.report()
}

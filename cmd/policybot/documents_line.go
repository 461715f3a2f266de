package main

import (
	"github.com/policybot/policybot/corpus"
)

// documentLine is what every line about a document says: its head in
// 'policybot export --jsonl'. What is not known is "" or [].
type documentLine struct {
	ID        string          `json:"id"`
	Title     string          `json:"title"`
	Number    string          `json:"number"`
	Agency    string          `json:"agency"`
	Kind      corpus.Kind     `json:"kind"`
	Published corpus.Date     `json:"published"`
	Effective corpus.Date     `json:"effective"`
	Expires   corpus.Date     `json:"expires"`
	Validity  corpus.Validity `json:"validity"`
	Reasons   []string        `json:"reasons"`
	Source    string          `json:"source"`
}

// passageLine is a passage with its part of the canonical text.
type passageLine struct {
	Anchor string   `json:"anchor"`
	Path   []string `json:"path"`
	Text   string   `json:"text"`
}

// exportLine is a line of 'policybot export --jsonl', and what 'documents show
// --json' prints.
type exportLine struct {
	documentLine
	Passages []passageLine `json:"passages"`
}

func lineOf(d corpus.Document, day corpus.Date) documentLine {
	l := documentLine{
		ID: d.ID, Title: d.Title, Number: d.Number, Agency: d.Agency, Kind: d.Kind,
		Published: d.Published, Effective: d.Effective, Expires: d.Expires,
		Validity: d.ValidityOn(day), Reasons: []string{}, Source: d.Source,
	}
	for _, r := range d.ReasonsOn(day) {
		l.Reasons = append(l.Reasons, r.Text)
	}
	return l
}

// exportLineOf writes a document with all of its text: the passages' texts one
// after the other are the canonical text.
func exportLineOf(d corpus.Document, text string, passages []corpus.Passage, day corpus.Date) exportLine {
	l := exportLine{documentLine: lineOf(d, day), Passages: make([]passageLine, len(passages))}
	for i, p := range passages {
		l.Passages[i] = passageLine{p.Anchor, orEmpty(p.Path), text[p.Start:p.End]}
	}
	return l
}

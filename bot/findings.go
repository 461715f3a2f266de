package bot

import (
	"context"
	"fmt"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// findings are what the shelf found, with what the store says of it now.
type findings struct {
	index.Result
	t     *turn
	asked string
	hits  []standingHit // those that still stand, best first
}

type standingHit struct {
	index.Hit
	Document corpus.Document
	Validity corpus.Validity
}

const sourcesWanted = 10

// find asks the shelf for a day ("" is any day), and then the store whether
// each source is still published: the index may be a moment behind.
func (t *turn) find(ctx context.Context, asked string, day corpus.Date) (*findings, error) {
	return t.findWithin(ctx, asked, day, "")
}

// findWithin is find in one document.
func (t *turn) findWithin(ctx context.Context, asked string, day corpus.Date, document string) (*findings, error) {
	res, err := t.r.Finder.Find(ctx, index.Query{
		Text: asked, Account: t.acc.Name, Region: t.acc.Region, Day: day,
		Own: t.acc.Own, Within: document, Limit: sourcesWanted,
	})
	if err != nil {
		return nil, fmt.Errorf("bot: find: %w", err)
	}
	f := &findings{Result: res, t: t, asked: asked}
	if len(res.Hits) == 0 {
		return f, nil
	}
	ids := make([]string, len(res.Hits))
	for i, h := range res.Hits {
		ids[i] = h.Ref.Document
	}
	standing, err := t.r.Register.Standing(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("bot: standing: %w", err)
	}
	for i, h := range res.Hits {
		s, ok := standing[h.Ref.Document]
		v := s.Document.ValidityOn(t.day)
		if !ok || s.Revision != h.Ref.Revision || day != "" && !v.Quotable() {
			if i == 0 {
				f.Confidence = 0 // it was the first hit's
			}
			continue
		}
		f.hits = append(f.hits, standingHit{h, s.Document, v})
	}
	return f, nil
}

// reply makes a reply of a status that carries what was found as sources.
func (f *findings) reply(s Status, reason, text string) Reply {
	r := Reply{
		Status: s, Reason: reason, Text: text, Confidence: f.Confidence,
		Engine: f.Engine, Lexicon: f.Lexicon, Generation: f.Generation,
	}
	for _, h := range f.hits {
		r.Sources = append(r.Sources, f.t.source(h))
	}
	return r
}

func (t *turn) source(h standingHit) Source {
	return Source{
		Ref: h.Ref, Title: h.Title, Number: h.Number, URL: t.address(h.Ref.Document, h.Ref.Anchor),
		Snippet: h.Snippet, Passage: h.Passage, Validity: h.Validity, Score: h.Score,
	}
}

// address returns the page of a passage.
func (t *turn) address(document, anchor string) string {
	a := strings.TrimRight(t.acc.BaseURL, "/") + "/d/" + document
	if anchor != "" {
		a += "/" + anchor
	}
	return a
}

// choices offers the best documents by number; of documents of one name only
// the best is offered.
func (f *findings) choices(limit int) []Choice {
	var out []Choice
	seen := map[string]bool{}
	for _, h := range f.hits {
		label := choiceLabel(h)
		if len(out) == limit {
			break
		}
		if seen[label] || h.Score < f.hits[0].Score/3 {
			continue
		}
		seen[label] = true
		out = append(out, Choice{Label: label, Ref: h.Ref.Document + "#" + h.Ref.Anchor})
	}
	return out
}

func choiceLabel(h standingHit) string {
	label := h.Title
	if h.Document.Question != "" {
		label = h.Document.Question
	}
	if h.Label != "" && h.Kind != corpus.FAQ {
		label += " " + h.Label
	}
	return firstRunes(label, 40)
}

// open answers with the passage that a choice named.
func (t *turn) open(ctx context.Context, c Choice) (Reply, error) {
	document, anchor, _ := strings.Cut(c.Ref, "#")
	d, rev, err := t.r.Library.Live(ctx, document)
	if err != nil {
		return t.say(Refused, "gone", sayGone(t.acc)), nil
	}
	v := d.ValidityOn(t.day)
	p, ok := rev.Find(anchor)
	if !ok || !v.Quotable() {
		return t.say(Refused, "gone", sayGone(t.acc)), nil
	}
	h := standingHit{Hit: index.Hit{
		Ref:  corpus.Ref{Document: d.ID, Revision: rev.Number, Anchor: p.Anchor},
		Kind: d.Kind, Title: d.Title, Number: d.Number, Agency: d.Agency, Sample: d.Sample,
		Label: p.Label, Path: p.Path, Passage: strings.TrimSpace(rev.Text[p.Start:p.End]), Score: 1,
	}, Document: d, Validity: v}
	h.Snippet = firstSentences(h.Passage, 300)
	f := &findings{t: t, asked: c.Label, hits: []standingHit{h}}
	f.Confidence = 1
	return t.answer(ctx, f, answerBudget)
}

package desk

import (
	"context"
	"fmt"
	"slices"

	"github.com/policybot/policybot/corpus"
)

// Result is what became of one document of a batch.
type Result struct {
	Document string
	Title    string // "" where the person may not see it
	Err      error  // as of the step by itself; nil: it was taken
}

// Batch takes the same step with many documents, each by itself, at most Page
// of them, each with its own entry in the history. Nothing passes unread but
// 存量, of which MayPass asks for a sample: whether the reviewer has opened
// each is written down.
func (d *Desk) Batch(ctx context.Context, by Actor, to corpus.Status, steps []Move) []Result {
	steps = slices.Clone(steps[:min(len(steps), Page)])
	out := make([]Result, len(steps))
	var seen []Glance
	if to == corpus.Approved {
		seen = d.glances(ctx, by, steps)
	}
	order := make([]int, 0, len(steps))
	var policies []int
	for i, m := range steps {
		out[i].Document = m.Document
		w, err := d.Look(ctx, by, m.Document, m.Revision)
		if err == nil {
			out[i].Title = w.Document.Title
		}
		// An interpretation goes first: the policy that it explains passes with it.
		if to == corpus.Approved && w.Document.Kind == corpus.Policy {
			policies = append(policies, i)
		} else {
			order = append(order, i)
		}
	}
	live := false
	for _, i := range append(order, policies...) {
		m := steps[i]
		m.To = to
		if to == corpus.Approved {
			if out[i].Err = MayPass(seen, i); out[i].Err != nil {
				continue
			}
			m.Reason = seen[i].words(len(steps))
		}
		now, err := d.take(ctx, by, m)
		out[i].Err, live = err, live || now
	}
	if live {
		// What was done is done: that it is not served yet is the last one's to tell.
		if err := d.published(ctx); err != nil {
			out[len(out)-1].Err = err
		}
	}
	return out
}

// Glance is what is known of a document of a batch before it passes.
type Glance struct {
	Backlog bool
	Opened  bool  // by the reviewer, as it stands
	Err     error // it may not be looked at, or not now
}

// SampleOf is how many of so many old documents a reviewer has to open before
// they pass together: one of ten, and one at least.
func SampleOf(backlog int) int { return (backlog + 9) / 10 }

// MayPass says whether one of a batch may pass by what its reviewer has
// opened: of 存量 one of ten, of everything else each. The error is a Denied, a
// NotReady or that of the glance.
func MayPass(batch []Glance, one int) error {
	g := batch[one]
	if g.Err != nil {
		return g.Err
	}
	if !g.Backlog {
		if !g.Opened {
			return Denied("您还没有打开看过这一份，请先打开看，再和别的一起通过")
		}
		return nil
	}
	backlog, opened := Sampled(batch)
	if need := SampleOf(backlog); opened < need {
		return NotReady{fmt.Sprintf("这一批存量文件有%d份，请至少打开看%d份再一起通过，现在看过%d份", backlog, need, opened)}
	}
	return nil
}

// Sampled counts the 存量 of a batch, and how much of it was opened.
func Sampled(batch []Glance) (backlog, opened int) {
	for _, g := range batch {
		if g.Err == nil && g.Backlog {
			backlog++
			if g.Opened {
				opened++
			}
		}
	}
	return backlog, opened
}

func (g Glance) words(of int) string {
	opened, kind := "没有打开", ""
	if g.Opened {
		opened = "打开过"
	}
	if g.Backlog {
		kind = "存量"
	}
	return fmt.Sprintf("%s成批审核，本批%d份，这一份%s", kind, of, opened)
}

// glances looks at what of a batch the person has opened.
func (d *Desk) glances(ctx context.Context, by Actor, steps []Move) []Glance {
	out := make([]Glance, len(steps))
	for i, m := range steps {
		w, err := d.Look(ctx, by, m.Document, m.Revision)
		if err == nil {
			out[i].Backlog = w.Backlog
			out[i].Opened, err = d.HasOpened(ctx, by, m.Document, w.Revision.Number)
		}
		out[i].Err = err
	}
	return out
}

// HasOpened reports whether a person has opened a revision: the history tells.
func (d *Desk) HasOpened(ctx context.Context, by Actor, id string, revision int) (bool, error) {
	seen, err := d.History.Entries(ctx, EntryFilter{Document: id, Staff: by.ID, Action: ActionOpened, Revision: revision}, 0, 1)
	return len(seen) > 0, err
}

// Mark is what is set on many drafts at once; "" is left as it is.
type Mark struct {
	Topic  string // is added
	Agency string // takes the place of the one before
}

// words say what was set: for the history.
func (m Mark) words() string {
	text := ""
	if m.Topic != "" {
		text = "成批加上主题：" + m.Topic
	}
	if m.Agency != "" {
		if text != "" {
			text += "；"
		}
		text += "成批改发文机关：" + m.Agency
	}
	return text
}

// MarkAll sets a topic or an agency on many drafts, at most Page, each by
// itself with its own entry in the history. What is no draft stays as it is:
// a Denied says so. The error is a NotReady where nothing can be set on any.
func (d *Desk) MarkAll(ctx context.Context, by Actor, m Mark, steps []Move) ([]Result, error) {
	switch {
	case m == Mark{}:
		return nil, NotReady{"请填写主题或发文机关"}
	case !oneLine(m.Topic, maxTopic) || !oneLine(m.Agency, maxIssuer):
		return nil, NotReady{fmt.Sprintf("主题最多%d个字，发文机关最多%d个字，写在一行里", maxTopic, maxIssuer)}
	}
	steps = steps[:min(len(steps), Page)]
	out := make([]Result, len(steps))
	for i, one := range steps {
		out[i].Document = one.Document
		out[i].Title, out[i].Err = d.mark(ctx, by, m, one)
	}
	return out, nil
}

// The bounds of what Mark sets, in characters.
const (
	maxTopic  = 30
	maxTopics = 50 // of one document
	maxIssuer = 200
)

func (d *Desk) mark(ctx context.Context, by Actor, m Mark, one Move) (title string, err error) {
	w, err := d.Look(ctx, by, one.Document, one.Revision)
	if err != nil {
		return "", err
	}
	title = w.Document.Title
	if err := MayEdit(by.Staff, w.Owned()); err != nil {
		return title, err
	}
	switch {
	case w.Revision.Status != corpus.Draft:
		return title, Denied("“" + statusWords[w.Revision.Status] + "”的不能直接改，请先做新的一版草稿")
	case w.Version != one.Version:
		return title, &Conflict{Theirs: w}
	}
	c := w.Content()
	if m.Topic != "" && !slices.Contains(c.Document.Topics, m.Topic) {
		if len(c.Document.Topics) >= maxTopics {
			return title, NotReady{fmt.Sprintf("一份文件最多%d个主题", maxTopics)}
		}
		c.Document.Topics = append(slices.Clone(c.Document.Topics), m.Topic)
	}
	if m.Agency != "" {
		c.Document.Agency = m.Agency
	}
	if c, err = settle(w, c); err != nil {
		return title, err
	}
	_, err = d.Works.SaveWorkAs(ctx, one.Document, w.Revision.Number, one.Version, c, m.words(), by)
	return title, d.conflict(ctx, by, err, one.Document, w.Revision.Number)
}

package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// findings are what the shelf found, with what the store says of it now.
type findings struct {
	index.Result
	t      *turn
	asked  string
	hits   []standingHit // those that still stand, best first
	likely float64       // the index's confidence in the first, whatever was doubted since; 0 where that does not stand

	understood *gist        // what gist returned
	referral   *standingHit // what says that no policy answers this, and whom to ask
}

const sourcesWanted = 6

// find asks the shelf for a day ("" is any day), and then the store whether
// each source is still published: the index may be a moment behind.
func (t *turn) find(ctx context.Context, asked string, day corpus.Date) (*findings, error) {
	return t.findWithin(ctx, asked, day, "")
}

// findWithin is find in one document.
func (t *turn) findWithin(ctx context.Context, asked string, day corpus.Date, document string) (*findings, error) {
	return t.query(ctx, index.Query{Text: asked, Day: day, Within: document})
}

// findPast is find on any day. It finds nothing where that would be what find
// returns for today.
func (t *turn) findPast(ctx context.Context, asked string) (*findings, error) {
	return t.query(ctx, index.Query{Text: asked, Beside: t.day})
}

func (t *turn) query(ctx context.Context, q index.Query) (*findings, error) {
	q.Account, q.Own, q.Limit = t.acc.Name, t.acc.Own, cmp.Or(q.Limit, sourcesWanted)
	t.understood.Query(&q, t.acc.Region)
	day := q.Day
	res, err := t.r.Finder.Find(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("bot: find: %w", err)
	}
	f := &findings{Result: res, t: t, asked: q.Text, hits: make([]standingHit, 0, len(res.Hits))}
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
		if ok = ok && s.Revision == h.Ref.Revision; ok {
			stands := t.stand(h, s.Document.SeenBy(t.acc.Name))
			if ok = day == "" || stands.Validity.Quotable(); ok {
				f.hits = append(f.hits, stands)
			}
		}
		if !ok && i == 0 {
			f.Confidence = 0 // it was the first hit's
		}
	}
	if again := f.refer(); len(again) > 0 && len(q.Except) == 0 {
		q.Except = again
		return t.query(ctx, q)
	}
	f.likely = f.Confidence
	f.note()
	return f, nil
}

// note looks for questions noted with the passages found that are much like this
// one.
func (f *findings) note() {
	g := sync.OnceValue(f.gist)
	for i := range f.hits {
		h := &f.hits[i]
		if questions := h.Document.AskedFor(h.Ref.Anchor); len(questions) > 0 {
			h.noted = g().noted(questions)
		}
	}
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
		Ref: h.Ref, Title: h.Title, Number: h.Number, URL: t.page(h.Document, h.Ref.Anchor),
		Snippet: h.Snippet, Passage: h.Passage, Validity: h.Validity, Score: h.Score,
	}
}

// liveDocument is a published document as the store has it.
type liveDocument struct {
	doc corpus.Document
	rev corpus.Revision
	err error
}

// live is a published document as the account sees it, read once a question.
// One that it may not see is not refused here: see shows.
func (t *turn) live(ctx context.Context, id string) (corpus.Document, corpus.Revision, error) {
	l, ok := t.read[id]
	if !ok {
		l.doc, l.rev, l.err = t.r.Library.Live(ctx, id)
		l.doc = l.doc.SeenBy(t.acc.Name)
		if t.read == nil {
			t.read = map[string]liveDocument{}
		}
		t.read[id] = l
	}
	return l.doc, l.rev, l.err
}

// page returns the address that a reply's link to a document leads to: ours,
// at the passage, or the official one where the account wants that and the
// document has it.
func (t *turn) page(d corpus.Document, anchor string) string {
	if t.acc.Links == Official && linkable(d.URL) {
		return d.URL
	}
	return t.address(d.ID, anchor)
}

// pageOf is page for a document of which only the ID is known.
func (t *turn) pageOf(ctx context.Context, id, anchor string) string {
	if t.acc.Links == Official {
		// Our own page is as good where the store has trouble.
		if found, err := t.r.Register.Standing(ctx, []string{id}); err == nil {
			if s, ok := found[id]; ok {
				return t.page(s.Document, anchor)
			}
		}
	}
	return t.address(id, anchor)
}

// linkable reports whether an address from a document's metadata can stand in
// a link of a reply.
func linkable(address string) bool {
	const longest = 500 // bytes: the reply has 1,800 in all
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil &&
		len(address) <= longest && !strings.ContainsAny(address, "\"'<>` \t\r\n")
}

// address returns our page of a passage.
func (t *turn) address(document, anchor string) string {
	a := strings.TrimRight(t.acc.BaseURL, "/") + "/d/" + document
	if anchor != "" {
		a += "/" + anchor
	}
	return a
}

// sampleMark stands after whatever names a document of the sample corpus
// without citing it.
const sampleMark = "（示例）"

// choiceLabel says in a line what a choice opens: the question of an FAQ or of
// an interpretation's section, the field of a guide, the beginning of an
// article.
func choiceLabel(h standingHit) string {
	title := oneLine(h.Title, 30)
	switch h.Kind {
	case corpus.FAQ:
		if h.Document.Question != "" {
			return oneLine(h.Document.Question, 40)
		}
	case corpus.Guide:
		matter := strings.TrimSuffix(title, "办事指南")
		for _, q := range fieldQuestions {
			if q.anchor == h.Ref.Anchor {
				return matter + "：" + q.label
			}
		}
		return matter + "怎么办"
	case corpus.Clarification:
		return title
	case corpus.Interpretation:
		if heading, _, ok := headed(h); ok {
			if q := strings.TrimPrefix(heading, lastLabel(h.Label)); letters(q) > 3 {
				return oneLine(q, 40)
			}
		}
	}
	if c := Cited(h.Label); c != "" && !h.introduction() {
		title += " " + c
		if begins := firstClause(strings.TrimPrefix(withoutLabel(h), lastLabel(h.Label))); begins != "" {
			title += "：" + begins
		}
	}
	return title
}

// firstClause returns the beginning of a passage up to its first comma, "" for
// one too long to be read in a list.
func firstClause(text string) string {
	clause, _, _ := strings.Cut(text, "\n")
	if i := strings.IndexAny(clause, "，。；："); i >= 0 {
		clause = clause[:i]
	}
	if n := letters(clause); n < 4 || n > 18 {
		return ""
	}
	return oneLine(clause, 20)
}

// open answers with the passage that a choice named.
func (t *turn) open(ctx context.Context, c Choice) (Reply, error) {
	document, anchor, _ := strings.Cut(c.Ref, "#")
	d, rev, err := t.live(ctx, document)
	if err != nil && !errors.Is(err, corpus.ErrNotFound) {
		return Reply{}, fmt.Errorf("bot: opening a choice: %w", err)
	}
	p, ok := rev.Find(anchor)
	if err != nil || !ok || !t.shows(d) || !t.validity(d, p).Quotable() {
		return t.say(Refused, "gone", sayGone(t.acc, t.who(c.Label, nil))), nil
	}
	asked := strings.TrimSuffix(c.Label, sampleMark)
	f := &findings{t: t, asked: asked, hits: []standingHit{t.passageOf(d, rev, p)}}
	f.Confidence = 1
	return t.answer(ctx, f, answerBudget)
}

// passageOf is a passage that was not searched for.
func (t *turn) passageOf(d corpus.Document, rev corpus.Revision, p corpus.Passage) standingHit {
	text := strings.TrimSpace(corpus.Readable(rev.Text[p.Start:p.End], p.Columns))
	return standingHit{Hit: index.Hit{
		Ref:  corpus.Ref{Document: d.ID, Revision: rev.Number, Anchor: p.Anchor},
		Kind: d.Kind, Title: d.Title, Number: d.Number, Agency: d.Agency, Sample: d.Sample,
		Label: p.Label, Path: p.Path, Passage: text, Snippet: firstSentences(text, 300), Score: 1,
		From: p.From, Until: p.Until,
	}, Document: d, Validity: t.validity(d, p)}
}

// preferGuide puts a guide that has the field a question without a subject of its own
// asks for (要带什么) before what only speaks of the subject.
func (f *findings) preferGuide() {
	const among, near = 5, .6
	for i, h := range f.hits[:min(len(f.hits), among)] {
		if h.Kind == corpus.Guide && h.Ref.Anchor != "name" && h.Score >= near*f.hits[0].Score {
			f.first(i)
			return
		}
	}
}

// first moves the hit i to the front.
func (f *findings) first(i int) {
	h := f.hits[i]
	copy(f.hits[1:i+1], f.hits[:i])
	f.hits[0] = h
}

// arrange puts a clarification first where its rumour is asked about and it is
// among the first. Where a field is asked for instead (上牌要带什么), a guide
// that has it goes before a clarification, and before a notice's opening that
// says only 通知如下 goes whatever is nearly as good. What is first then and
// still cannot be the answer is only offered.
func (f *findings) arrange(answerAt float64) {
	const among, near, asGood, asGuide = 5, .5, .8, .85
	rumour, field, asksFor := containsAny(f.asked, rumourCues()["asked"]), overview(f.asked), fieldsAsked(f.asked)
	for i, h := range f.hits[:min(len(f.hits), among)] {
		pinned := rumour && h.Kind == corpus.Clarification && h.Score >= near*f.hits[0].Score && h.clarifies(f.asked)
		rather := !rumour && f.hits[0].Kind == corpus.Clarification && h.Kind == corpus.Guide &&
			h.Ref.Anchor == field && h.Score >= asGood*f.hits[0].Score
		// Where it is done, and what to bring, is said by a guide of that name
		// that is as good.
		card := !rumour && h.Kind == corpus.Guide && (h.Ref.Anchor == "place" || h.Ref.Anchor == "materials") && slices.Contains(asksFor, h.Ref.Anchor) &&
			f.hits[0].Kind != corpus.Guide && shared(pairs(f.asked), pairs(h.Title)) > 0 &&
			h.Score >= asGuide*f.hits[0].Score && !(f.hits[0].Kind == corpus.FAQ && alike(f.asked, f.hits[0].Document.Question))
		// 居住证怎么办 is answered by its guide, not by one question about it.
		whole := !rumour && h.Kind == corpus.Guide && h.Ref.Anchor == "steps" && h.Parts.Field > 0 && h.Parts.Title > 0 &&
			f.hits[0].Kind == corpus.FAQ && h.Score >= near*f.hits[0].Score && !f.hits[0].asked(f.asked)
		if pinned || rather || card || whole {
			f.first(i)
			return
		}
	}
	if len(f.hits) > 0 && f.hits[0].Kind == corpus.Clarification && !f.hits[0].clarifies(f.asked) {
		f.Confidence = min(f.Confidence, .99*answerAt)
	}
}

// asked reports whether an FAQ answers a question that is about no more than
// this one.
func (h standingHit) asked(question string) bool {
	longest := letters(subject(question))
	return slices.ContainsFunc(append([]string{h.Document.Question}, h.Document.Similar...), func(q string) bool { return letters(subject(q)) <= longest })
}

// clarifies reports whether a clarification has a pair of letters of the
// rumour that a question is about.
func (h standingHit) clarifies(asked string) bool {
	for _, w := range rumourCues()["asked"] {
		asked = strings.ReplaceAll(asked, w, " ")
	}
	return shared(pairs(subject(asked)), pairs(strings.ReplaceAll(h.Title, "网传", " ")+" "+h.Passage)) > 0
}

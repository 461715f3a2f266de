package bot

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// changeAsked is how one asks what was changed in a rule.
var changeAsked = regexp.MustCompile(`(?:修改|修订|修正|改|变|变动|变化|调整)了?(?:了)?(?:些)?(?:什么|啥|哪些|哪里|哪儿|哪几|多少)|(?:有|是)?(?:什么|啥|哪些|哪几处|哪里)(?:新)?(?:变化|变动|改动|修改|不同|不一样|变了|改了)|(?:怎么|咋|如何)(?:修改|改|变)的|(?:修改|改动|变化)(?:的)?内容`)

// toChange is how a text speaks of a change.
var toChange = regexp.MustCompile(`改|调整|提高|降低|降了|升了|增加|取消|删去|由.{1,30}为`)

// changed answers what was changed in a passage that is among the first hits, with the words
// of what changed it, after those of its interpretation. ok is false where that
// is not asked, or nothing is known to have changed it.
func (t *turn) changed(ctx context.Context, f *findings) (reply Reply, ok bool, err error) {
	if len(f.hits) == 0 || !changeAsked.MatchString(f.asked) || f.Confidence < t.acc.AnswerAt {
		return Reply{}, false, nil
	}
	const among = 5
	i := slices.IndexFunc(f.hits[:min(len(f.hits), among)], func(h standingHit) bool {
		_, ok := h.Document.Amended(h.Ref.Anchor, t.day)
		return ok
	})
	if i < 0 {
		return Reply{}, false, nil
	}
	h := f.hits[i]
	by, _ := h.Document.Amended(h.Ref.Anchor, t.day)
	all, err := t.lives(ctx, []string{by.From})
	if err != nil || len(all) == 0 || !t.shows(all[0].doc) {
		return Reply{}, false, err
	}
	e := all[0]
	if topic, held := t.held.holds(e.doc); held {
		return f.stoppedReply(topic), true, nil
	}
	said := t.saysOfChange(e, h.Label)
	if said.Passage == "" {
		return Reply{}, false, nil
	}
	l := &letter{budget: answerBudget}
	links := []string{link(t.page(e.doc, said.Ref.Anchor), "查看修改通知"), link(t.page(h.Document, h.at()), "查看现行条文")}
	f.hits = append([]standingHit{said}, f.hits...)
	if s, ok := t.explainsChange(ctx, e.doc, h.Label); ok {
		_, body, _ := headed(s)
		l.lead = plainlySaid + firstSentences(plain(body), short)
		links = append(links, link(t.page(s.Document, s.Ref.Anchor), "官方解读"))
	}
	l.basis, l.links = t.basis(said, relatives{}), links
	l.makeRoom()
	l.shown = fewLines(around(said.Passage, "", max(minPassage, l.rest())), "")
	l.text = l.frame(l.shown, said.Kind)
	reply = f.reply(Answered, "changed", l.String())
	reply.Sources[0].Passage = l.shown
	return reply, true, nil
}

// saysOfChange is what a document says of the change that it makes to an
// article: its passages that name the article and speak of a change, in one.
func (t *turn) saysOfChange(e edition, label string) (out standingHit) {
	var parts []string
	for p, text := range t.citable(e) {
		text = strings.TrimSpace(corpus.Readable(text, p.Columns))
		if !names(text, label) || !toChange.MatchString(text) {
			continue
		}
		if len(parts) == 0 {
			out = t.passageOf(e.doc, e.rev, p)
		}
		parts = append(parts, plain(text))
	}
	if len(parts) > 1 { // the citation names the section that they are all in
		outer, _, _ := strings.Cut(out.Label, "、")
		out.Label = outer + "、"
	}
	out.Passage = strings.Join(parts, "\n")
	return out
}

// explainsChange is the section of an interpretation of a change that names the
// article and says what is new about it.
func (t *turn) explainsChange(ctx context.Context, d corpus.Document, label string) (standingHit, bool) {
	for _, r := range d.Receives {
		if r.Kind != corpus.Interprets || !explains(r) {
			continue
		}
		in, ok := t.quotable(ctx, r.From)
		if !ok || in.doc.Kind != corpus.Interpretation {
			continue // what changed it stands alone
		}
		for p, text := range t.citable(in) {
			if names(text, label) && toChange.MatchString(text) {
				return t.passageOf(in.doc, in.rev, p), true
			}
		}
	}
	return standingHit{}, false
}

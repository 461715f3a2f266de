package bot

import (
	"context"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// danger answers a message that speaks of danger: nothing stands before whom
// to call. What else it asks follows, but not to who speaks of their own death.
func (t *turn) danger(ctx context.Context, text string) Reply {
	reply := t.say(Emergency, "danger", sayEmergency(text))
	if despair(text) {
		return reply
	}
	for _, p := range clauses(text) {
		if t.r.cues().inDanger(p) || !asks(p) || letters(subject(p)) < 2 {
			continue
		}
		// Trouble in finding must not keep the numbers back.
		found, err := t.find(ctx, p, t.day)
		if err != nil || len(found.hits) == 0 || found.Confidence < t.acc.AnswerAt || !t.maySay(ctx, found) {
			continue
		}
		head := "\n\n" + sayBesides(quoted(p))
		besides, err := t.brief(ctx, found, answerBudget/2)
		if err != nil || besides.isStopped() || besides.Status != Answered {
			continue
		}
		reply.Text += head + besides.Text
		reply.Sources, reply.Engine = besides.Sources, besides.Engine
		reply.Lexicon, reply.Generation = besides.Lexicon, besides.Generation
		return reply
	}
	return reply
}

// maySay reports whether no stop holds back what was found.
func (t *turn) maySay(ctx context.Context, found *findings) bool {
	var err error
	if t.held, err = t.stops(ctx); err != nil || t.held.all {
		return false
	}
	_, held := found.stoppedTopic()
	return !held
}

// handedOver answers a message that complains, wants help or proposes. ok is
// false where it asks.
func (t *turn) handedOver(ctx context.Context, text, asked string) (reply Reply, ok bool, err error) {
	if saysNothing(asked) || rumour(asked) && letters(asked) <= maxStory {
		return Reply{}, false, nil
	}
	switch t.r.cues().intent(text) {
	case Complaint:
		reply, err = t.complaint(ctx, asked)
		return reply, true, err
	case Suggestion:
		reply, err = t.suggestion(ctx, asked)
		return reply, true, err
	}
	return Reply{}, false, nil
}

// complaint hands over, but answers what a complaint clearly asks of the
// rules: 吵得受不了，晚上几点以后不能装修.
func (t *turn) complaint(ctx context.Context, asked string) (Reply, error) {
	n := neededFor(asked)
	found, err := t.ruleAsked(ctx, asked)
	if err != nil {
		return Reply{}, err
	}
	to := t.complaintTo(n, asked, found.findings)
	if !found.rules {
		return found.reply(Redirected, "complaint", sayHandOver(t.acc, n, to)), nil
	}
	return t.ruleAnd(ctx, found.findings, sayAlso(t.acc, n, to))
}

// suggestion thanks and says where to propose, after the rule where the
// message asks for one.
func (t *turn) suggestion(ctx context.Context, asked string) (Reply, error) {
	found, err := t.ruleAsked(ctx, asked)
	if err != nil {
		return Reply{}, err
	}
	if found.rules {
		return t.ruleAnd(ctx, found.findings, sayAlsoSuggest(t.acc))
	}
	who := ""
	if t.agencies().Owning(asked).Word != "" {
		who = t.who(asked, found.findings)
	}
	return found.reply(Redirected, "suggestion", saySuggestion(t.acc, asked, who)), nil
}

// ruled are findings, and whether they answer a rule that was asked for.
type ruled struct {
	*findings
	rules bool
}

// ruleAsked finds the rule that somebody who complains or proposes asks for
// besides: by the clauses that ask for it, else by all of the message. Any
// very clear answer to a question of it is one, too.
func (t *turn) ruleAsked(ctx context.Context, asked string) (ruled, error) {
	clear, wants := .6, asksRule
	if !asksRule(asked) {
		clear, wants = .8, asks
	}
	best, err := t.find(ctx, asked, t.day)
	if err != nil || !wants(asked) {
		return ruled{best, false}, err
	}
	if core := core(asked, wants); core != asked {
		f, err := t.find(ctx, core, t.day)
		if err != nil {
			return ruled{}, err
		}
		if f.Confidence > best.Confidence && best.has(topOf(f)) {
			best = f
		}
	}
	if len(best.hits) > 0 && best.hits[0].noted != "" && alike(asked, best.hits[0].noted) {
		clear = t.acc.AnswerAt // staff said that it answers such questions
	}
	const certain = .9
	return ruled{best, len(best.hits) > 0 && best.Confidence >= clear && (best.Confidence >= certain || best.about(0) >= aboutEnough)}, nil
}

// topOf is the document that comes first, "" where none does.
func topOf(f *findings) string {
	if len(f.hits) == 0 {
		return ""
	}
	return f.hits[0].Ref.Document
}

// ruleAnd answers with a rule, and says the way on after it.
func (t *turn) ruleAnd(ctx context.Context, found *findings, also string) (Reply, error) {
	if topic, ok := found.stoppedTopic(); ok {
		return found.stoppedReply(topic), nil
	}
	also = "\n\n" + also
	reply, err := t.answer(ctx, found, answerBudget-len(also))
	if !reply.isStopped() {
		reply.Text += also
	}
	return reply, err
}

// otherPlace tells whose account this is, and what holds in the whole country
// where that answers.
func (t *turn) otherPlace(ctx context.Context, asked, place string) (Reply, error) {
	found, err := t.find(ctx, strings.ReplaceAll(asked, place, ""), t.day)
	if err != nil {
		return Reply{}, err
	}
	place = oneLine(place, 20)
	if len(found.hits) == 0 || found.Confidence < t.acc.AnswerAt || !national(found.hits[0].Document) {
		return found.reply(Redirected, "elsewhere", sayElsewhere(t.acc, place, t.who(strings.ReplaceAll(asked, place, ""), nil))), nil
	}
	if topic, ok := found.stoppedTopic(); ok {
		return found.stoppedReply(topic), nil
	}
	but := sayElsewhereBut(t.acc, place)
	reply, err := t.answer(ctx, found, answerBudget-len(but))
	if reply.isStopped() {
		return reply, err
	}
	reply.Text, reply.Reason = but+reply.Text, "national"
	return reply, err
}

// national reports whether a document holds in the whole country for certain:
// one without a region may only be one whose region nobody noted.
func national(d corpus.Document) bool {
	if d.Region != "" {
		return d.Region == "全国" || d.Region == "中国"
	}
	for _, who := range []string{"中华人民共和国", "全国人民代表大会", "国务院", "国家"} {
		if strings.HasPrefix(d.Title, who) || strings.HasPrefix(d.Agency, who) {
			return true
		}
	}
	return false
}

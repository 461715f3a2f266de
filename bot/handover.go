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
	if _, at := dangerOf(text); at || despair(text) {
		return reply // nothing else is to be read
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
		return found.reply(Redirected, "complaint", sayHandOver(t.acc, n, to, unsolved(asked))), nil
	}
	return t.ruleAnd(ctx, found.findings, sayAlso(t.acc, n, to, unsolved(asked)))
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
	if askedBefore(asked) {
		if err := t.assess(ctx, found.findings); err != nil {
			return Reply{}, err
		}
		reply := t.refuse(found.findings)
		if reply.Status == Refused {
			reply.Status, reply.Text, reply.Choices = Redirected, withoutChoices(reply), nil
			reply.Text += "\n\n" + sayAlsoSuggest(t.acc)
			return reply, nil
		}
	}
	who := ""
	if t.agencies().Owning(asked).Word != "" {
		who = t.who(asked, found.findings)
	}
	return found.reply(Redirected, "suggestion", saySuggestion(t.acc, asked, who)), nil
}

// askedBefore reports whether a message asks before it proposes: what is planned,
// or with 请问. 能否增设 is no question.
func askedBefore(asked string) bool {
	for _, c := range clauses(asked) {
		if containsAny(c, []string{"建议", "希望", "呼吁", "能否", "能不能", "可否", "可不可以", "是否可以", "是否可", "应该"}) {
			return false
		}
		if asks(c) && (ofProject(c) || containsAny(c, []string{"请问", "请教", "想问", "咨询"})) {
			return letters(subject(c)) >= 4
		}
	}
	return false
}

// withoutChoices is the text of a refusal without the choices that it offers.
func withoutChoices(r Reply) string {
	if len(r.Choices) == 0 {
		return r.Text
	}
	return strings.Replace(r.Text, "最接近的是（回复数字查看）：\n"+numberedLines(r.Choices)+"\n\n", "", 1)
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
	clear, wants := .5, asksRule
	if !asksRule(asked) {
		clear, wants = .65, asks
	}
	best, err := t.find(ctx, asked, t.day)
	if err != nil || !wants(asked) {
		return ruled{best, false}, err
	}
	if core := untilWhen.ReplaceAllString(core(asked, wants), "几点可以"); core != asked {
		f, err := t.find(ctx, core, t.day)
		if err != nil {
			return ruled{}, err
		}
		if f.Confidence > best.Confidence && best.has(topOf(f)) {
			best = f
		}
	}
	if clear = ruleClear(asked, clear); len(best.hits) > 0 && best.hits[0].noted != "" && alike(asked, best.hits[0].noted) {
		clear = t.acc.AnswerAt // staff said that it answers such questions
	}
	const certain = .6
	return ruled{best, len(best.hits) > 0 && best.Confidence >= clear && (best.Confidence >= certain || best.about(0) >= aboutEnough)}, nil
}

// ruleClear is how clear an answer to what a complaint asks has to be: less where
// a short one asks for an hour, a fine or a right in so many words.
func ruleClear(asked string, clear float64) float64 {
	const inSoManyWords = .45
	if letters(asked) <= maxStory && containsAny(asked, []string{"几点", "罚多少", "罚不罚", "会罚", "要罚", "匿名", "合法吗", "违法吗"}) {
		return min(clear, inSoManyWords)
	}
	return clear
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

package bot

import (
	"context"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// danger answers a message that speaks of danger: nothing stands before whom
// to call. What else it asks waits under the number 1.
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
		if found, err := t.find(ctx, p, t.day); err == nil && len(found.hits) > 0 && found.Confidence >= t.acc.AnswerAt && t.maySay(ctx, found) {
			reply.Text += "\n\n" + sayWhenSafe()
			reply.Choices = []Choice{{Label: quoted(p), Ask: p}}
			return reply
		}
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

// complaint hands over, but answers what a complaint clearly asks of the
// rules: 吵得受不了，晚上几点以后不能装修.
func (t *turn) complaint(ctx context.Context, asked string) (Reply, error) {
	const clear = .6
	found, err := t.find(ctx, asked, t.day)
	if err != nil {
		return Reply{}, err
	}
	if !asksRule(asked) || len(found.hits) == 0 || found.Confidence < clear {
		return found.reply(Redirected, "complaint", sayComplaint(t.acc, t.complaintTo(asked, found))), nil
	}
	if topic, ok := found.stoppedTopic(); ok {
		return found.stoppedReply(topic), nil
	}
	also := "\n\n" + sayAlsoComplain(t.acc, t.complaintTo(asked, found))
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

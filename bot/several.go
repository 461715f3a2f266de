package bot

import (
	"context"
	"slices"
	"strings"

	"github.com/policybot/policybot/index"
)

// several answers up to three questions of one message. ok is false where
// they are better answered as one: where fewer than half of them are answered,
// what the scraps found is chance.
func (t *turn) several(ctx context.Context, asked []string) (Reply, bool, error) {
	if asked = questionsOf(asked); len(asked) < 2 {
		return Reply{}, false, nil
	}
	var parts []part
	var first *findings
	seen := map[string]bool{}
	answered, stopped := 0, 0
	whole, err := t.query(ctx, index.Query{Text: strings.Join(asked, " "), Day: t.day, Limit: wholeWanted})
	if err != nil {
		return Reply{}, false, err
	}
	for i, p := range asked[:min(len(asked), maxParts)] {
		found, err := t.find(ctx, p, t.day)
		if err != nil {
			return Reply{}, false, err
		}
		if i == 0 {
			first = found
			if one, err := t.togetherClearer(ctx, asked, first); one || err != nil {
				return Reply{}, false, err
			}
		} else if found, err = t.following(ctx, first, found, p); err != nil {
			return Reply{}, false, err
		}
		found.arrange(t.acc.AnswerAt)
		if topic, ok := found.stoppedTopic(); ok {
			parts, stopped = append(parts, part{asked: p, reply: found.stoppedReply(topic)}), stopped+1
			continue
		}
		if len(found.hits) > 0 {
			if err := t.assess(ctx, found); err != nil {
				return Reply{}, false, err
			}
		}
		if len(found.hits) == 0 || found.Confidence < t.acc.AnswerAt || !whole.knows(found) || found.unplanned(p, .95) {
			parts = append(parts, part{p, found.reply(Refused, "unsure", ""), t.who(p, found), found.near()})
			continue
		}
		top := found.hits[0].Ref
		if key := top.Document + "#" + top.Anchor; seen[key] {
			continue
		} else {
			seen[key] = true
		}
		reply, err := t.brief(ctx, found, partBudget)
		if err != nil {
			return Reply{}, false, err
		}
		if reply.isStopped() {
			stopped++
		} else {
			answered++
		}
		parts = append(parts, part{asked: p, reply: reply})
	}
	if stopped > 0 && answered == 0 {
		i := slices.IndexFunc(parts, func(p part) bool { return p.reply.isStopped() })
		return parts[i].reply, true, nil
	}
	if len(parts) < 2 || 2*(answered+stopped) < len(parts) || besideProject(parts) {
		return Reply{}, false, nil
	}
	return joinReplies(t.acc, parts, len(asked)), true, nil
}

// near is what is offered for a part that is not answered: the best of what it
// may be about, nil where nothing is near.
func (f *findings) near() []Choice {
	if len(f.hits) == 0 || f.Confidence < f.t.acc.ChooseAt {
		return nil
	}
	return f.choices(1)
}

// besideProject reports whether a part that was not answered asks for the schedule
// of a project: what the others found is then of another matter than its site.
func besideProject(parts []part) bool {
	return slices.ContainsFunc(parts, func(p part) bool { return p.reply.Status != Answered && ofProject(p.asked) })
}

// questionsOf leaves out the parts of a message that ask nothing: 感谢领导, and what
// it tells before its questions.
func questionsOf(parts []string) []string {
	out := slices.DeleteFunc(slices.Clone(parts), func(p string) bool { return !asks(p) })
	if len(out) == 0 {
		return parts
	}
	return out
}

// knows reports whether what answers a part of a message is about it, and in a
// story no stranger to the rest: what a scrap like 需要咨询哪些单位 finds alone is
// chance.
func (f *findings) knows(of *findings) bool {
	const clear = .8
	return of.about(0) >= aboutEnough && (f.has(of.hits[0].Ref.Document) || of.Confidence >= clear || letters(f.asked) <= maxStory)
}

// wholeWanted is how many documents are looked for with all questions of a
// message at once: each has its own among them.
const wholeWanted = 10

// partBudget leaves room for the words between the parts.
const partBudget = (answerBudget - 120) / maxParts

// togetherClearer reports whether the questions of a message find another
// document together, and more clearly, than the first of them alone: what the
// others say is then about the first.
func (t *turn) togetherClearer(ctx context.Context, asked []string, first *findings) (bool, error) {
	if !slices.ContainsFunc(asked, elliptic) {
		return false, nil
	}
	all, err := t.find(ctx, strings.Join(asked, " "), t.day)
	if err != nil || len(all.hits) == 0 || all.Confidence < max(t.acc.AnswerAt, first.Confidence) {
		return false, err
	}
	return len(first.hits) == 0 || all.hits[0].Ref.Document != first.hits[0].Ref.Document, nil
}

// stay puts what belongs to the document that answers the first question of a
// message before what another one says: 能拿多少 is asked of the same thing. Where
// nothing found does, nothing answers.
func (t *turn) stay(ctx context.Context, first, f *findings) {
	if len(first.hits) == 0 || len(f.hits) == 0 || first.Confidence < t.acc.AnswerAt {
		return
	}
	family := t.family(ctx, first.hits[0].Ref.Document)
	for i, h := range f.hits {
		if slices.Contains(family, h.Ref.Document) {
			f.first(i)
			return
		}
	}
	f.Confidence = min(f.Confidence, .99*t.acc.ChooseAt)
}

// following finds what a later question of a message asks. 要带什么材料 lacks
// its subject, which the first one named. Of any other that is not clear
// alone, the document that answers the first is meant where it has about as
// much of it as any other.
func (t *turn) following(ctx context.Context, first, alone *findings, asked string) (*findings, error) {
	if elliptic(asked) {
		f, err := t.find(ctx, subject(first.asked)+" "+asked, t.day)
		if err == nil {
			f.preferGuide()
			t.stay(ctx, first, f)
		}
		return f, err
	}
	const clear, asMuch = .6, .75
	if alone.Confidence >= clear || len(first.hits) == 0 || first.Confidence < t.acc.AnswerAt {
		return alone, nil
	}
	in, err := t.findWithin(ctx, asked, t.day, first.hits[0].Ref.Document)
	if err != nil || len(in.hits) == 0 {
		return alone, err
	}
	other := 0.0
	if len(alone.hits) > 0 {
		other = alone.hits[0].Parts.Window3
	}
	has := in.hits[0].Parts.Window3
	if in.hits[0].Ref.Anchor == first.hits[0].Ref.Anchor || has == 0 || has < asMuch*other {
		return alone, nil
	}
	in.Confidence = first.Confidence
	return in, nil
}

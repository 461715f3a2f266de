package bot

import (
	"context"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// pastWanted is how many documents of any day are looked at: one that is meant is
// among the first.
const pastWanted = 3

// outdated answers a question that names, or finds only, a document that no
// longer or does not yet hold. ok is false where today's rules do.
func (t *turn) outdated(ctx context.Context, asked string, now *findings) (Reply, bool, error) {
	if reply, ok, err := t.fallen(ctx, asked, now); ok || err != nil {
		return reply, ok, err
	}
	if reply, ok, err := t.ofYear(ctx, asked, now); ok || err != nil {
		return reply, ok, err
	}
	if now.Confidence >= t.acc.AnswerAt && !namesAnother(asked) {
		return Reply{}, false, nil
	}
	all, err := t.query(ctx, index.Query{Text: asked, Beside: t.day, Limit: pastWanted})
	if err != nil {
		return Reply{}, false, err
	}
	old, ok := t.meant(asked, all, now)
	if !ok {
		return Reply{}, false, nil
	}
	all.hits = append([]standingHit{old}, without(all.hits, old.Ref.Document)...)
	if topic, ok := t.held.holds(old.Document); ok {
		return all.stoppedReply(topic), true, nil
	}
	reply, err := t.instead(ctx, asked, all, now)
	return reply, true, err
}

// instead says that the first of what was found on any day does not hold, and
// answers with what does. The old words follow where they were asked for.
func (t *turn) instead(ctx context.Context, asked string, all, now *findings) (Reply, error) {
	old := all.hits[0]
	heir, err := t.heir(ctx, old)
	if err != nil {
		return Reply{}, err
	}
	holds, err := t.holds(ctx, asked, old, heir, now)
	if err != nil {
		return Reply{}, err
	}
	if t.pastStandard(asked, old) {
		return t.standardOf(ctx, all, holds)
	}
	if only := matterOf(asked, old.Document); heir.ID != "" && asksWhetherItHolds(asked) && (only == asked && titleIn(asked, old.Document) || whatIsIt.MatchString(only)) {
		return t.namedOnly(ctx, all) // an article of the heir would not be an answer
	}
	warning := t.warning(asked, old, heir)
	past := ""
	if wantsText(asked, old) {
		if old, err = t.words(ctx, asked, old); err != nil {
			return Reply{}, err
		}
		past = "\n\n" + sayPast(old) + link(t.page(old.Document, old.Ref.Anchor), "查看这份文件")
	}
	if holds == nil {
		status := Refused
		if past != "" || asksWhetherItHolds(asked) {
			status = Answered // it doesn't: that is what was asked
		}
		if past == "" {
			past = "\n" + link(t.address(old.Ref.Document, old.Ref.Anchor), "查看这份文件")
		}
		if heir.ID != "" && old.named {
			return all.reply(status, string(old.Validity), warning+"\n"+link(t.page(heir, ""), "查看现行规定")+past), nil
		}
		return all.reply(status, string(old.Validity), warning+past+"\n\n现在怎么规定，可以问"+t.acc.Hotline+or(t.who(asked, all))+"。"), nil
	}
	left := answerBudget - len(warning) - len(sayToday(""))
	if left-len(past) < leastAnswer {
		past = "" // today's rule matters more
	}
	reply, err := t.answer(ctx, holds, left-len(past))
	if err != nil || reply.isStopped() {
		return reply, err
	}
	text, choices := splitChoices(reply)
	reply.Text = warning + sayToday(text) + past + choices
	reply.Reason = string(old.Validity)
	if past != "" {
		reply.Sources = citing(reply.Sources, t.source(old))
	}
	return reply, nil
}

// warning says that a rule does not hold, and since or until when; of one that is
// still to come, when one can apply, and of a draft, where it is.
func (t *turn) warning(asked string, old standingHit, heir corpus.Document) string {
	s := sayOutdated(old, heir, t.day)
	if old.Validity == corpus.NotYet {
		for _, a := range t.windows(asked, old) {
			s += "\n" + sayWindow(a, t.day)
		}
	}
	if old.Kind == corpus.Consultation {
		s += "\n" + link(t.page(old.Document, old.Ref.Anchor), "查看征求意见稿")
	}
	return s
}

// leastAnswer is how many bytes an answer needs to name and link a source with
// the longest of titles and say something of it.
const leastAnswer = 800

// splitChoices takes what a reply offers to go on with off its end.
func splitChoices(r Reply) (text, choices string) {
	if at := strings.LastIndex(r.Text, "\n\n"+sayFollowUps(r.Choices)); at > 0 && len(r.Choices) > 0 {
		return r.Text[:at], r.Text[at:]
	}
	return r.Text, ""
}

// meant returns the outdated document that a question is about. Where today's
// rules answer too, the question has to name the old one: by an edition that
// the other has not, or so that it is clearly the better find.
func (t *turn) meant(asked string, all, now *findings) (standingHit, bool) {
	const near = .7
	for _, h := range all.hits[:min(len(all.hits), pastWanted)] {
		if !h.Validity.Quotable() && h.Score >= near*all.hits[0].Score && (len(now.hits) == 0 || t.named(asked, h.Document, now.hits[0].Document) && t.ofItsMatter(asked, h, all)) {
			return h, true
		}
	}
	if len(all.hits) == 0 || all.hits[0].Validity.Quotable() || all.Confidence < t.acc.AnswerAt {
		return standingHit{}, false
	}
	old := all.hits[0]
	if matter := old.Document.Standard; matter != "" && len(now.hits) > 0 && now.hits[0].Document.Standard == matter {
		return standingHit{}, false // today's standard answers, unless a year is named
	}
	if len(now.hits) > 0 && now.Confidence >= t.acc.AnswerAt && old.Score < 1.05*now.hits[0].Score {
		return standingHit{}, false
	}
	return old, true
}

// ofItsMatter reports whether a question has anything of what an old document is
// about: 征求意见 alone is said of many.
func (t *turn) ofItsMatter(asked string, old standingHit, all *findings) bool {
	return all.Confidence >= t.acc.ChooseAt || shared(pairs(ruleMatter(old.Title, t.acc.Region)), pairs(asked)) > 0
}

// heir returns the document that holds today in the place of one that does
// not: the last of the chain of those that took each other's place, or, of one
// that does not hold yet, what it will replace. It is empty where none is
// known.
func (t *turn) heir(ctx context.Context, old standingHit) (corpus.Document, error) {
	next := ""
	if r, _, ok := old.ended(t.day); ok && !cleansUp(r.Title) {
		next = r.From
	} else if old.Validity == corpus.NotYet {
		next = replaces(old.Document)
	} else if r, ok := old.Document.Fallen(t.day); ok {
		next = r.To
	}
	const longest = 8 // nobody asks for what was repealed nine times over
	for range longest {
		if next == "" {
			break
		}
		found, err := t.r.Register.Standing(ctx, []string{next})
		if err != nil {
			return corpus.Document{}, err
		}
		s, ok := found[next]
		d := s.Document.SeenBy(t.acc.Name)
		if !ok || !t.sees(d) {
			break
		}
		if t.validity(d, corpus.Passage{}).Quotable() {
			return d, nil
		}
		r, ok := d.SuccessorOn(t.day)
		if !ok || cleansUp(r.Title) {
			break
		}
		next = r.From
	}
	return corpus.Document{}, nil
}

// replaces returns the document that one not yet in force will replace, or
// change; "" where it names none.
func replaces(d corpus.Document) string {
	for _, kinds := range [][]corpus.RelationKind{{corpus.Supersedes, corpus.Repeals}, {corpus.Amends, corpus.Related}} {
		for _, r := range d.Declares {
			if r.Kind == kinds[0] || r.Kind == kinds[1] {
				return r.To
			}
		}
	}
	return ""
}

// holds finds what holds today in the place of an outdated document: in its
// heir, what the question asks beside the old one's name; nil where nothing
// does.
func (t *turn) holds(ctx context.Context, asked string, old standingHit, heir corpus.Document, now *findings) (*findings, error) {
	sure := len(now.hits) > 0 && now.Confidence >= t.acc.AnswerAt && now.hits[0].Ref.Document != old.Ref.Document
	if heir.ID == "" {
		if sure {
			return now, nil
		}
		return nil, nil
	}
	if sure && old.Document.Standard == "" && now.hits[0].Ref.Document != heir.ID {
		return now, nil
	}
	matter := matterOf(asked, old.Document)
	if old.named { // articles are numbered anew: what it was about is looked for
		if heir.Kind != corpus.Notice {
			return t.counterpart(ctx, old, heir.ID)
		}
		matter = firstRunes(withoutLabel(old), 80)
	}
	f, err := t.findWithin(ctx, matter, t.day, heir.ID)
	if err != nil || len(f.hits) == 0 {
		return nil, err
	}
	f.Confidence = max(f.Confidence, now.Confidence)
	return f, nil
}

// words returns what a document that does not hold says on what is asked
// beside its name.
func (t *turn) words(ctx context.Context, asked string, old standingHit) (standingHit, error) {
	if old.named {
		return old, nil
	}
	in, err := t.findWithin(ctx, matterOf(asked, old.Document), "", old.Ref.Document)
	if err != nil || len(in.hits) == 0 {
		return old, err
	}
	return in.hits[0], nil
}

// fallen answers a question whose best answer is a guide or an FAQ that rests
// on a policy out of force, with the rule that took the policy's place. ok is
// false where none did: then the guide answers, with a warning.
func (t *turn) fallen(ctx context.Context, asked string, now *findings) (Reply, bool, error) {
	if len(now.hits) == 0 || now.Confidence < t.acc.AnswerAt {
		return Reply{}, false, nil
	}
	old := now.hits[0]
	policy, ok := old.Document.Fallen(t.day)
	if !ok {
		return Reply{}, false, nil
	}
	heir, err := t.heir(ctx, old)
	if err != nil || heir.ID == "" {
		return Reply{}, false, err
	}
	const enough = .15 // of what is asked for: it is the same matter anyway
	in, err := t.findWithin(ctx, asked, t.day, heir.ID)
	if err != nil {
		return Reply{}, false, err
	}
	warning := sayFallen(old.Document, policy) + "现在按" + bookTitle(heir.Title) + "执行。"
	if len(in.hits) == 0 || in.hits[0].Parts.Window3 < enough {
		reply := now.reply(Answered, "fallen", warning+"\n"+link(t.page(heir, ""), "查看现行规定")+" · "+
			link(t.page(old.Document, old.Ref.Anchor), "查看原来的内容")+"\n\n拿不准的，请打"+t.acc.Hotline+or(t.who(asked, now))+"问清楚。")
		return reply, true, nil
	}
	in.Confidence = now.Confidence
	reply, err := t.answer(ctx, in, answerBudget-len(warning)-len(sayToday("")))
	if err == nil && !reply.isStopped() {
		reply.Text = warning + sayToday(reply.Text)
		reply.Reason = "fallen"
	}
	return reply, true, err
}

func without(hits []standingHit, document string) []standingHit {
	var out []standingHit
	for _, h := range hits {
		if h.Ref.Document != document {
			out = append(out, h)
		}
	}
	return out
}

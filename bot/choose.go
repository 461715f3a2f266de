package bot

import (
	"context"
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// bare reports whether a message is a mere word, 社保: it names a subject and
// asks nothing of it yet.
func bare(asked string) bool {
	return letters(asked) <= 4 && !containsAny(asked, []string{"吗", "么", "怎", "咋", "哪", "啥", "?", "几", "多", "谁", "丢", "坏", "过期"})
}

func (t *turn) choose(f *findings) Reply {
	choices := f.choices(4)
	if len(choices) < 2 {
		if topic, ok := t.held.holds(f.hits[0].Document); ok {
			return f.stoppedReply(topic)
		}
		return t.refuse(f)
	}
	return f.offer(choices)
}

// offer asks which of the choices is meant.
func (f *findings) offer(choices []Choice) Reply {
	reply := f.reply(Choose, "unsure", sayChoose(choices))
	reply.Choices = choices
	return reply
}

func (t *turn) refuse(f *findings) Reply {
	switch {
	case !hasHan(f.asked):
		return f.reply(Refused, "foreign", sayForeign(t.acc, t.who(f.asked, nil)))
	case wantsFile(f.asked):
		return f.reply(Redirected, "disclosure", sayDisclosure(t.acc, t.who(f.asked, nil)))
	case ofProject(f.asked), ofProjectInAll(f.asked), ofProjectInAll(t.understood.Asked), onlyAskedIfSo(t.understood.Asked) && ofProject(t.understood.Asked):
		return t.project(f)
	case officialNews(f.asked), officialNews(t.understood.Asked):
		return f.reply(Refused, "official", sayOfficial(t.acc))
	case troubled(f.asked) && someNeed(f.asked), tellsTrouble(f.asked):
		n := neededFor(f.asked)
		return f.reply(Redirected, "trouble", sayTurnTo(t.acc, n, t.complaintTo(n, f.asked, f), unsolved(f.asked)))
	case t.r.cues().pleads(f.asked):
		n := neededFor(f.asked)
		return f.reply(Redirected, "plea", sayHandOver(t.acc, n, t.complaintTo(n, f.asked, f), unsolved(f.asked)))
	}
	choices := f.choices(2)
	if f.Confidence < nearAt {
		choices = nil
	}
	choices = t.ofItsAgency(f, choices)
	reply := f.reply(Refused, "unsure", sayNotFound(t.acc, t.matterOf(f.asked), t.who(f.asked, f), choices))
	reply.Choices = choices
	return reply
}

// ofItsAgency leaves out choices of documents of another agency than the one
// that the matter of the question belongs to.
func (t *turn) ofItsAgency(f *findings, choices []Choice) []Choice {
	view, n := t.agencies(), needOf(f.asked)
	owner, ok := matterIn(view, f.asked, n).Agency()
	if d, sure := dealing(view, n); sure && n.sure || !ok {
		owner, ok = d, sure && n.sure
	}
	if !ok {
		return choices
	}
	return slices.DeleteFunc(choices, func(c Choice) bool {
		id, _, _ := strings.Cut(c.Ref, "#")
		i := slices.IndexFunc(f.hits, func(h standingHit) bool { return h.Ref.Document == id })
		if i < 0 {
			return false
		}
		by, known := view.Issuing(f.hits[i].Document.Agency)
		return known && by.ID != owner.ID && by.Phone != owner.Phone && !strings.HasPrefix(by.Name, owner.Name) && !strings.HasPrefix(owner.Name, by.Name)
	})
}

// nearAt is the confidence from which the nearest titles are worth reading.
const nearAt = .05

// choices offers the best documents by number: those that have half of what
// the question is about, each meaning once.
func (f *findings) choices(limit int) []Choice {
	var out []Choice
	g := f.gist()
	for _, h := range f.hits {
		if len(out) == limit {
			break
		}
		if h.Score < f.hits[0].Score/3 || !g.offers(h) {
			continue
		}
		out = f.t.offering(out, h, g)
	}
	return out
}

// naming offers what a bare noun stands in the label of, where it is in no
// name.
func (f *findings) naming(limit int) []Choice {
	g := f.gist()
	return slices.DeleteFunc(f.choices(limit), func(c Choice) bool { return g.in(c.Label) == 0 })
}

// offers reports whether a hit is worth choosing: it has half of what the
// question is about, some of that in its name, or nearly all.
func (g gist) offers(h standingHit) bool {
	const nearlyAll, few = .9, 4 // words: of more, more has to be there
	in, least := g.in(h.text()), aboutEnough
	if len(g.words) > few {
		least = .55
	}
	return in >= nearlyAll || in >= least && g.in(h.Title+" "+h.Document.Question) > 0
}

// offering adds a hit to choices, unless it is held back or reads like one of
// them. One whose label says nothing of the gist is named with its title.
func (t *turn) offering(out []Choice, h standingHit, g gist) []Choice {
	label := choiceLabel(h)
	if g.in(label) == 0 && !strings.HasPrefix(label, oneLine(strings.TrimSuffix(h.Title, "办事指南"), 20)) {
		label = oneLine(h.Title, 24) + "：" + label
	}
	if _, held := t.held.holds(h.Document); held {
		return out
	}
	if slices.ContainsFunc(out, func(c Choice) bool { return sameChoice(c.Label, label) }) {
		return out
	}
	if h.Document.Sample {
		label += sampleMark
	}
	return append(out, Choice{Label: label, Ref: h.Ref.Document + "#" + h.Ref.Anchor})
}

// sameChoice reports whether two choices mean the same to who reads them: they
// share four in five of their pairs of letters.
func sameChoice(a, b string) bool {
	a, b = strings.TrimSuffix(a, sampleMark), strings.TrimSuffix(b, sampleMark)
	x, y := pairs(a), pairs(b)
	return a == b || 10*shared(x, y) >= 4*(len(x)+len(y))
}

// things offers what one can do with, or may want to know of, a bare noun:
// guides first, then common questions, what is explained, and the rules. Only
// what has the noun in its name counts.
func (t *turn) things(ctx context.Context, found *findings) ([]Choice, error) {
	const most, ofKind = 4, 2
	var out []Choice
	for _, kind := range []corpus.Kind{corpus.Guide, corpus.FAQ, corpus.Interpretation, corpus.Policy, corpus.Notice} {
		f, err := t.query(ctx, index.Query{Text: found.asked, Day: t.day, Kind: kind})
		if err != nil {
			return nil, err
		}
		g, taken := f.gist(), len(out)
		for _, h := range f.hits {
			if len(out) == most || len(out) == taken+ofKind {
				break
			}
			if g.in(h.Title+" "+h.Document.Question) < 1 {
				continue
			}
			if h.Kind == corpus.Guide {
				h = t.whole(ctx, h)
			}
			out = t.offering(out, h, g)
		}
	}
	return out, nil
}

// whole names a guide as such, not one field of it.
func (t *turn) whole(ctx context.Context, h standingHit) standingHit {
	_, rev, err := t.live(ctx, h.Ref.Document)
	if err != nil {
		return h
	}
	for _, anchor := range []string{"name", "steps", "conditions", "materials"} {
		if _, ok := rev.Find(anchor); ok {
			h.Ref.Anchor = anchor
			break
		}
	}
	return h
}

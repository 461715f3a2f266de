package bot

import (
	"context"
	"regexp"
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

func (t *turn) choose(ctx context.Context, f *findings) (Reply, error) {
	choices := f.choices(4)
	if len(choices) >= 2 {
		return f.offer(choices), nil
	}
	if topic, ok := t.held.holds(f.hits[0].Document); ok {
		return f.stoppedReply(topic), nil
	}
	if len(choices) == 0 && besideAsked(f.hits[0], f.asked) {
		in, ok, err := t.inFamily(ctx, topic{document: f.hits[0].Ref.Document}, question(f.asked))
		if err != nil {
			return Reply{}, err
		}
		if ok {
			nearest := t.offering(nil, in.hits[0], f.gist())
			reply := f.reply(Refused, "unsure", sayNotFound(t.acc, t.matterOf(f.asked), t.who(f.asked, f), nearest))
			reply.Choices = nearest
			return reply, nil
		}
	}
	return t.refuse(f), nil
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
		if h.Score < f.hits[0].Score/3 || !g.offers(h) || besideAsked(h, f.asked) {
			continue
		}
		out = f.t.offering(out, h, g)
	}
	return out
}

// besideAsked reports whether a passage lacks what is asked for, a sum, a day, a
// period, a phone: it is no choice then.
func besideAsked(h standingHit, asked string) bool {
	asks := asksOf(asked)
	return (stated[asks] || asks == index.AsksPhone) && h.Kind != corpus.FAQ && h.Kind != corpus.Interpretation && h.Ref.Anchor != "name" && !answers[asks].MatchString(h.Passage)
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
	label := t.sayable(h, g)
	if rule := h.Kind == corpus.Policy || h.Kind == corpus.Notice; !rule && g.in(label) == 0 && !strings.HasPrefix(label, oneLine(strings.TrimSuffix(h.Title, "办事指南"), 20)) {
		label = titleMatter(h.Title, t.acc.Region) + "：" + label
	}
	if _, held := t.held.holds(h.Document); held {
		return out
	}
	ref := h.Ref.Document + "#" + h.Ref.Anchor
	if slices.ContainsFunc(out, func(c Choice) bool { return c.Ref == ref || sameChoice(c.Label, label) }) {
		return out
	}
	if h.Document.Sample {
		label += sampleMark
	}
	return append(out, Choice{Label: label, Ref: ref})
}

// sameChoice reports whether two choices mean the same to who reads them: they
// share four in five of their pairs of letters.
func sameChoice(a, b string) bool {
	a, b = strings.TrimSuffix(a, sampleMark), strings.TrimSuffix(b, sampleMark)
	x, y := pairs(a), pairs(b)
	return a == b || 10*shared(x, y) >= 4*(len(x)+len(y))
}

// things offers what one can do with, or may want to know of, a bare noun: first
// each matter that there is of it, by its guide where it has one, then what else
// is asked of them. Only what has the noun in its name counts.
func (t *turn) things(ctx context.Context, found *findings) ([]Choice, error) {
	const most, ofKind = 4, 3
	var out []Choice
	var firsts, others, rules []standingHit
	var seen []string
	var g gist
	for _, kind := range []corpus.Kind{corpus.Guide, corpus.Policy, corpus.Notice, corpus.FAQ, corpus.Interpretation} {
		f, err := t.query(ctx, index.Query{Text: found.asked, Day: t.day, Kind: kind})
		if err != nil {
			return nil, err
		}
		g = f.gist()
		taken := 0
		for _, h := range f.hits {
			if taken == ofKind || g.in(h.Title+" "+h.Document.Question) < 1 || h.introduction() {
				continue
			}
			taken++
			switch h.Kind {
			case corpus.Guide:
				h = t.whole(ctx, h)
			case corpus.Policy, corpus.Notice:
				asked, ok := t.mostAsked(ctx, h, found.asked)
				if !ok {
					rules = append(rules, h)
					continue
				}
				h = asked
			}
			if slices.Contains(seen, h.Ref.Document) {
				others = append(others, h)
				continue
			}
			seen = append(seen, t.family(ctx, h.Ref.Document)...)
			firsts = append(firsts, h)
		}
	}
	for _, h := range append(firsts, others...) {
		if len(out) < most {
			out = t.offering(out, h, g)
		}
	}
	for _, h := range rules {
		if len(out) < 2 { // what nobody is known to ask says little
			out = t.offering(out, h, g)
		}
	}
	return out, nil
}

// commonly are what is asked of most matters.
var commonly = []string{"多少", "怎么", "标准", "收费", "条件", "要什么", "什么时候", "要钱", "哪里"}

// closing are words of what hardly anybody asks who types a matter's name: since
// when its rule is in force.
var closing = []string{"生效", "施行", "实行", "哪年", "作废", "废止"}

// mostAsked is the passage of a rule that a common question on a bare noun is
// noted with, and that question as its name. ok is false where none is.
func (t *turn) mostAsked(ctx context.Context, h standingHit, noun string) (standingHit, bool) {
	const shortest, longest, least = 5, 16, 1.2
	best, anchor, most := "", "", least
	for _, a := range h.Document.Asked {
		for _, q := range a.Questions {
			if containsAny(q, closing) {
				continue
			}
			n := letters(q)
			if n < shortest || n > longest || !strings.Contains(q, noun) {
				continue
			}
			score := 1 - float64(n)/50
			if strings.HasPrefix(q, noun) {
				score += .5
			}
			if containsAny(q, commonly) {
				score += .5
			}
			if score > most {
				best, anchor, most = q, a.Anchor, score
			}
		}
	}
	if best == "" {
		return h, false
	}
	d, rev, err := t.live(ctx, h.Ref.Document)
	if err != nil {
		return h, false
	}
	p, ok := t.field(edition{doc: d, rev: rev}, anchor)
	if !ok {
		return h, false
	}
	at := t.passageOf(d, rev, p)
	at.noted, at.Score = best, h.Score
	return at, true
}

// titleMatter is what a document is about, by its title: of an interpretation,
// what that is about which it explains.
func titleMatter(title, region string) string {
	if _, rest, ok := strings.Cut(title, "《"); ok {
		if of, _, ok := strings.Cut(rest, "》"); ok {
			return ruleMatter(of, region)
		}
	}
	return oneLine(title, 24)
}

// sayable is what a choice of a passage of a rule says: a question that is noted
// with it, most like what was asked, else what it is about, in its own words.
// Nobody knows an article by its number.
func (t *turn) sayable(h standingHit, g gist) string {
	if h.Kind != corpus.Policy && h.Kind != corpus.Notice || h.Label == "" {
		return choiceLabel(h)
	}
	const shortest, longest = 6, 22 // letters
	if h.noted != "" {
		return h.noted
	}
	best, most := "", -1.0
	for _, q := range h.Document.AskedFor(h.Ref.Anchor) {
		n := g.in(q)
		if asks(q) || strings.HasSuffix(q, "？") {
			n += .2
		}
		if s := letters(q); s >= shortest && s <= longest && n > most {
			best, most = q, n
		}
	}
	if best != "" && most >= aboutEnough {
		return best
	}
	matter := ruleMatter(h.Title, t.acc.Region)
	text := strings.TrimSpace(strings.TrimPrefix(withoutLabel(h), lastLabel(h.Label)))
	if begins := firstClause(text); begins != "" {
		return matter + "：" + begins
	}
	if heading, _, ok := headed(h); ok {
		if s := strings.TrimPrefix(heading, lastLabel(h.Label)); letters(s) > 1 {
			return matter + "：" + oneLine(s, 20)
		}
	}
	if first, _, _ := strings.Cut(text, "。"); letters(first) > 3 {
		return matter + "：" + oneLine(first, 20)
	}
	return oneLine(h.Title, 30)
}

// ruleWords are the words of a rule's title that say what sort of rule it is.
var ruleWords = regexp.MustCompile(`(?:的)?(?:暂行|试行|实施|管理|发放)*(?:办法|规定|条例|细则|规则|通知|通告|公告|意见|方案)(?:（[^）]*）)?$`)

// ruleMatter is what a rule is about, by its title: 高龄津贴 of
// 青岚市高龄津贴发放办法.
func ruleMatter(title, region string) string {
	s := title
	if _, about, ok := strings.Cut(s, "关于"); ok {
		s = about
	}
	for _, p := range []string{region, "做好", "进一步", "规范", "优化", "实行", "调整", "有关事项"} {
		s = strings.TrimPrefix(s, p)
	}
	s = strings.TrimSuffix(ruleWords.ReplaceAllString(s, ""), "有关事项")
	if letters(s) < 2 {
		s = title
	}
	return oneLine(s, 16)
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

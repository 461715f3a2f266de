package bot

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// relatives are the documents that go with a hit.
type relatives struct {
	policy  *corpus.Document // what an interpretation explains, or an FAQ rests on
	article corpus.Passage   // the article of policy that the passage names
	edition corpus.Revision  // of policy
	explain corpus.Relation  // the interpretation of a policy
	guide   *corpus.Document
	fields  []corpus.Passage // of guide
	whole   string           // its text
}

// text is that of a field of the guide.
func (rel relatives) text(p corpus.Passage) string {
	if p.Start < 0 || p.End > len(rel.whole) || p.Start > p.End {
		return ""
	}
	return rel.whole[p.Start:p.End]
}

var articleName = regexp.MustCompile(`第[一二三四五六七八九十百零〇]+条(?:之[一二三四五六七八九十]+)?`)

func (t *turn) relatives(ctx context.Context, h standingHit) (rel relatives) {
	for _, r := range h.Document.Declares {
		if rel.policy == nil && (r.Kind == corpus.Interprets || r.Kind == corpus.Related && h.Kind == corpus.FAQ) {
			t.policyBehind(ctx, h, r.To, &rel)
		}
	}
	for _, r := range h.Document.Receives {
		switch {
		case r.Kind == corpus.Interprets && rel.explain.From == "" && explains(r):
			rel.explain = r
		case (r.Kind == corpus.Related || r.Kind == corpus.Interprets) && rel.guide == nil && strings.Contains(r.Title, "指南"):
			t.guideOf(ctx, r.From, &rel)
		}
	}
	if h.Kind == corpus.Guide {
		t.guideOf(ctx, h.Ref.Document, &rel)
	}
	return rel
}

// anyGuide are words of a guide's title that say nothing of its matter.
var anyGuide = []string{"办事指南", "服务指南", "指南", "申请", "申领", "申办", "办理", "登记", "领取", "申报", "受理"}

// fit leaves out a guide that is of another matter than what was asked and found:
// 租房提取 beside a rule on loans, how to register a dog beside its fine. One whose
// title is nearly all in that of the rule is of all of it.
func (rel *relatives) fit(h standingHit, asked string) {
	if rel.guide == nil || h.Kind == corpus.Guide {
		return
	}
	const ofAll, ofThis = .7, .25
	own := pairs(h.Title)
	if rel.policy != nil {
		maps.Copy(own, pairs(rel.policy.Title))
	}
	matter := pairs(replaceAll(rel.guide.Title, anyGuide))
	particular := maps.Clone(matter)
	maps.DeleteFunc(particular, func(p [2]rune, _ bool) bool { return own[p] })
	all := float64(len(matter)-len(particular)) >= ofAll*float64(len(matter))
	if !all && float64(shared(particular, pairs(asked+" "+h.Passage))) < ofThis*float64(len(particular)) || containsAny(asked, penalties) {
		rel.guide, rel.fields, rel.whole = nil, nil, ""
	}
}

// penalties are what nobody applies for.
var penalties = []string{"罚", "处罚", "扣分", "拘留", "举报", "投诉"}

// explains tells an interpretation, by its title, from a guide or an FAQ that
// rests on the policy.
func explains(r corpus.Relation) bool {
	return !strings.Contains(r.Title, "指南") && !strings.HasSuffix(r.Title, "？") && !strings.HasSuffix(r.Title, "?")
}

// policyBehind leaves rel as it is where the policy cannot be quoted: then the
// interpretation stands alone.
func (t *turn) policyBehind(ctx context.Context, h standingHit, id string, rel *relatives) {
	d, rev, err := t.live(ctx, id)
	if err != nil || !t.shows(d) {
		return
	}
	rel.policy, rel.edition = &d, rev
	if name := articleName.FindString(h.Passage); name != "" {
		for _, p := range rev.Passages {
			if p.Label == name && t.validity(d, p).Quotable() {
				rel.article = p
				return
			}
		}
	}
}

// articleBehind is the article that an interpretation or an FAQ names, as a
// source of its own.
func (t *turn) articleBehind(rel relatives) (standingHit, bool) {
	if rel.policy == nil || rel.article.Anchor == "" {
		return standingHit{}, false
	}
	return t.passageOf(*rel.policy, rel.edition, rel.article), true
}

func (t *turn) guideOf(ctx context.Context, id string, rel *relatives) {
	d, rev, err := t.live(ctx, id)
	if err == nil && d.Kind == corpus.Guide && t.shows(d) {
		rel.guide, rel.fields, rel.whole = &d, rev.Passages, rev.Text
	}
}

// ruleBehind finds the article that a guide's field rests on: the one in a
// policy that the guide names which says much the same, in a sentence that can
// be quoted.
func (t *turn) ruleBehind(ctx context.Context, h standingHit) (standingHit, bool) {
	if h.Kind != corpus.Guide || slices.Contains([]string{"hours", "phone", "place", "online"}, h.Ref.Anchor) {
		return standingHit{}, false // no rule says when a window is open
	}
	const (
		same     = .3 // of the field's words, by weight, in two sentences of the article
		sentence = 12 // letters: less is a heading
	)
	for _, r := range h.Document.Declares {
		if r.Kind != corpus.Related {
			continue
		}
		in, err := t.findWithin(ctx, withoutLabel(h), t.day, r.To)
		if err != nil || len(in.hits) == 0 {
			continue // the guide stands alone
		}
		top := in.hits[0]
		rule := top.Kind == corpus.Policy || top.Kind == corpus.Notice
		if rule && top.Label != "" && top.Parts.Window2 >= same && letters(telling(withoutLabel(top), "", withoutLabel(h), top.Title, nil)) >= sentence {
			return top, true
		}
	}
	return standingHit{}, false
}

// shows reports whether a document may be quoted to this account today. A
// referral is never quoted.
func (t *turn) shows(d corpus.Document) bool {
	return !d.Referral() && t.validity(d, corpus.Passage{}).Quotable() && d.VisibleTo(t.acc.Name) && (!t.acc.Own || !d.Sample)
}

func hasField(fields []corpus.Passage, anchor string) bool {
	for _, p := range fields {
		if p.Anchor == anchor {
			return true
		}
	}
	return false
}

// fieldQuestions are what one asks of a guide next, by field, most asked
// first; head stands before the field where it is the answer.
var fieldQuestions = []struct{ anchor, label, head string }{
	{"materials", "要带什么材料", "要带的材料"}, {"place", "在哪里办", "在这里办"},
	{"conditions", "什么人可以办", "什么人可以办"}, {"steps", "怎么办", "这样办"},
	{"online", "网上能办吗", "网上办理"}, {"time-limit", "多久办好", "办理时限"},
	{"fee", "收费吗", "收费标准"}, {"hours", "几点上班", "办公时间"}, {"phone", "电话是多少", "电话"},
}

// followUps offers at most three further fields of the guide that goes with
// the hit, none of a stopped topic, and not the materials where they were asked for
// and are told.
func (t *turn) followUps(h standingHit, rel relatives, asked string) []Choice {
	if rel.guide == nil {
		return nil
	}
	if _, held := t.held.holds(*rel.guide); held {
		return nil
	}
	var out []Choice
	told := slices.Contains(fieldsAsked(asked), "materials") && containsAny(h.Passage, []string{"提交", "提供", "携带", "材料"})
	for _, q := range fieldQuestions {
		if len(out) < 3 && hasField(rel.fields, q.anchor) && (h.Kind != corpus.Guide || q.anchor != h.Ref.Anchor) && !(told && q.anchor == "materials") {
			out = append(out, Choice{Label: q.label, Ref: rel.guide.ID + "#" + q.anchor})
		}
	}
	return out
}

// guideField is a field of the guide that goes with a hit. ok is false where there
// is none, or it may not be quoted.
func (t *turn) guideField(ctx context.Context, h standingHit, field string) (at standingHit, ok bool) {
	rel := t.relatives(ctx, h)
	if rel.guide == nil {
		return at, false
	}
	guide, ok := t.quotable(ctx, rel.guide.ID)
	if !ok {
		return at, false
	}
	p, ok := t.field(guide, field)
	if !ok {
		return at, false
	}
	return t.passageOf(guide.doc, guide.rev, p), true
}

// links are the pages that go with an answer: first the one that it rests on.
func (t *turn) links(ctx context.Context, h standingHit, rel relatives) []string {
	to := func(id, anchor, label string) string { return link(t.pageOf(ctx, id, anchor), label) }
	here := func(label string) string { return link(t.page(h.Document, h.at()), label) }
	var links []string
	switch {
	case h.Kind == corpus.Interpretation && rel.policy != nil:
		links = []string{to(rel.policy.ID, rel.article.Anchor, "查看原文"), here("官方解读")}
	case h.Kind == corpus.FAQ && rel.policy != nil:
		links = []string{here("查看原文"), to(rel.policy.ID, rel.article.Anchor, "查看依据")}
	case h.Kind == corpus.Guide:
		links = []string{otherFields(h, rel) + here("查看办事指南")}
	default:
		links = []string{here("查看原文")}
	}
	if rel.explain.From != "" {
		links = append(links, to(rel.explain.From, "", "官方解读"))
	}
	if rel.guide != nil && h.Kind != corpus.Guide {
		links = append(links, to(rel.guide.ID, "", "办事指南"))
	}
	return links
}

// otherFields says what else the guide tells: 办理地点、时间和电话：
func otherFields(h standingHit, rel relatives) string {
	var names []string
	for _, f := range []struct{ anchor, name string }{{"place", "地点"}, {"hours", "时间"}, {"phone", "电话"}} {
		if f.anchor != h.Ref.Anchor && hasField(rel.fields, f.anchor) {
			names = append(names, f.name)
		}
	}
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return "办理" + names[0] + "："
	default:
		return "办理" + strings.Join(names[:n-1], "、") + "和" + names[n-1] + "："
	}
}

func link(address, label string) string {
	return `<a href="` + address + `">` + label + `</a>`
}

package bot

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// office is what a question wants to know of an agency.
type office struct {
	hours, phone, place bool
}

func (o office) any() bool { return o.hours || o.phone || o.place }

//go:embed cues/office.txt
var officeFile string

// officeCues are the groups of cues/office.txt: what asks for an agency's times,
// phone and place (hours, phone, place), and does so whatever else a question has
// (clear-hours, clear-phone), and what a question that asks for nothing else is
// made of, besides the agency's name (filler).
var officeCues = sync.OnceValue(func() map[string][]string { return groups(officeFile) })

func officeAsked(text string) office {
	cues := officeCues()
	return office{hours: containsAny(text, cues["hours"]), phone: containsAny(text, cues["phone"]), place: containsAny(text, cues["place"])}
}

var withoutOfficeWords = sync.OnceValue(func() *strings.Replacer {
	words := slices.Clone(officeCues()["filler"])
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(words))
	for _, w := range words {
		pairs = append(pairs, w, "")
	}
	return strings.NewReplacer(pairs...)
})

// onlyOffice reports whether nothing is left of a folded text without the
// words that ask for times, phone and place: no matter, no other agency.
func onlyOffice(text string) bool {
	left := withoutOfficeWords().Replace(text)
	return strings.Trim(left, " 0123456789一二三四五六七八九十日") == ""
}

// opening answers a question about an agency's opening times, phone or place
// from the directory. ok is false where it asks something else, or a guide
// answers it better.
func (t *turn) opening(ctx context.Context, asked string) (reply Reply, ok bool, err error) {
	view := t.agencies()
	text := index.FoldString(asked)
	wants := officeAsked(text)
	mention := view.Named(asked)
	rest := text
	if mention.Word != "" {
		rest = mention.Rest
	}
	pure := onlyOffice(rest)
	switch {
	case mention.Word != "" && pure:
		return t.ofAgency(mention.Agencies[0], wants, text), true, nil
	case !wants.any() && pure:
		return t.ofDay(ctx, view, text)
	case !wants.any():
		return Reply{}, false, nil
	case pure:
		return t.ofUnnamed(ctx, view, asked, wants, text)
	}
	if mention.Word == "" && len(view.All()) > 0 && view.Owning(asked).Word == "" {
		if named := officeNamed(text); named != "" {
			if reply, ok, err := t.ofUnlisted(ctx, view, named, asked, wants); ok || err != nil {
				return reply, ok, err
			}
		}
	}
	if reply, ok := t.ofTwo(view, mention, wants, text); ok {
		return reply, true, nil
	}
	return t.ofMatter(ctx, view, mention, asked, text)
}

// ofDay answers 周六呢 where an agency was talked of last.
func (t *turn) ofDay(ctx context.Context, view corpus.View, text string) (Reply, bool, error) {
	if _, holiday := holidayIn(text); !holiday && len(daysAsked(text, t.day)) == 0 {
		return Reply{}, false, nil
	}
	last, err := t.last(ctx)
	if err != nil || len(last.Sources) == 0 {
		return Reply{}, false, err
	}
	a, ok := view.ByID(last.Sources[0].Agency)
	if !ok {
		return Reply{}, false, nil
	}
	return t.ofAgency(a, office{hours: true}, text), true, nil
}

// last is what the person's last turn left, nothing where that is not known.
func (t *turn) last(ctx context.Context) (Recent, error) {
	if t.r.Memory == nil || t.q.Person == "" {
		return Recent{}, nil
	}
	if t.before == nil {
		last, err := t.r.Memory.Recent(ctx, t.q.Account, t.q.Person, t.r.Now().Add(-remembered))
		if err != nil {
			return Recent{}, err
		}
		t.before = &last
	}
	return *t.before, nil
}

// ofUnnamed answers 星期六开门不: of the agency that was talked of last, the
// account's own, or the one that is chosen.
func (t *turn) ofUnnamed(ctx context.Context, view corpus.View, asked string, wants office, text string) (Reply, bool, error) {
	all := view.All()
	if len(all) == 0 {
		return Reply{}, false, nil
	}
	reply, ok, err := t.ofLast(ctx, view, asked, wants, text)
	if ok || err != nil {
		return reply, ok, err
	}
	// 在哪里 and 什么地方 alone ask where something is done.
	if wants == (office{place: true}) && !containsAny(text, []string{"你们", "您们", "单位", "贵", "地址", "大厅"}) {
		return Reply{}, false, nil
	}
	if t.acc.Agency != "" {
		if a, ok := view.Issuing(t.acc.Agency); ok {
			return t.ofAgency(a, wants, text), true, nil
		}
	}
	if len(all) == 1 {
		return t.ofAgency(all[0], wants, text), true, nil
	}
	reply = t.whichAgency(all, asked)
	if holiday, ok := holidayIn(text); ok {
		if off := t.daysOff(holiday); len(off) > 0 {
			reply.Text = sayDaysOff(holiday, off) + "，各单位的窗口不都一样。\n\n" + reply.Text
		}
	}
	return reply, true, nil
}

// ofLast answers of what was talked of last: the guide that has the field, or
// else the agency. ok is false where nothing was, or nobody knows whose it is.
func (t *turn) ofLast(ctx context.Context, view corpus.View, asked string, wants office, text string) (Reply, bool, error) {
	last, err := t.last(ctx)
	if err != nil || len(last.Sources) == 0 {
		return Reply{}, false, err
	}
	source := last.Sources[0]
	if source.Agency != "" {
		a, ok := view.ByID(source.Agency)
		if !ok {
			return Reply{}, false, nil
		}
		return t.ofAgency(a, wants, text), true, nil
	}
	if last.Status != Answered {
		return Reply{}, false, nil
	}
	if reply, ok, err := t.ofLastGuide(ctx, asked); ok || err != nil {
		return reply, ok, err
	}
	d, _, err := t.live(ctx, source.Ref.Document)
	if err != nil {
		if errors.Is(err, corpus.ErrNotFound) {
			return Reply{}, false, nil
		}
		return Reply{}, false, fmt.Errorf("bot: what was talked of last: %w", err)
	}
	a, ok := view.Issuing(d.Agency)
	if !ok || !t.sees(d) {
		return Reply{}, false, nil
	}
	return t.ofAgency(a, wants, text), true, nil
}

// ofLastGuide answers with the times, phone or place in the guide of what was
// talked of last.
func (t *turn) ofLastGuide(ctx context.Context, asked string) (Reply, bool, error) {
	about, err := t.lastSubject(ctx)
	if err != nil || about == "" {
		return Reply{}, false, err
	}
	f, err := t.find(ctx, about+" "+asked, t.day)
	if err != nil {
		return Reply{}, false, err
	}
	f.arrange(t.acc.AnswerAt)
	if len(f.hits) == 0 || f.Confidence < t.acc.AnswerAt || !f.hits[0].ofOffice() {
		return Reply{}, false, nil
	}
	reply, err := t.answer(ctx, f, answerBudget)
	return reply, true, err
}

// ofOffice reports whether a hit is a guide's field of times, phone or place.
func (h standingHit) ofOffice() bool {
	return h.Kind == corpus.Guide && slices.Contains([]string{"hours", "phone", "place"}, h.Ref.Anchor)
}

// ofMatter answers a question that says more than the agency's name, 公积金大厅
// 礼拜六有人上班吗, where no document does.
func (t *turn) ofMatter(ctx context.Context, view corpus.View, mention corpus.Mention, asked, text string) (Reply, bool, error) {
	clear := office{hours: containsAny(text, officeCues()["clear-hours"]), phone: containsAny(text, officeCues()["clear-phone"]), place: mention.Word != "" && strings.Contains(text, mention.Word+"在哪")}
	// A long message tells a story, or wants something done.
	const longest = 30
	if !clear.any() || letters(asked) > longest || t.r.cues().pleads(asked) || len(Split(asked)) > 1 {
		return Reply{}, false, nil
	}
	a, ok := mention.Agency()
	matter := ""
	if !ok {
		owned := view.Owning(asked)
		if a, ok = owned.Agency(); !ok {
			return Reply{}, false, nil
		}
		matter = owned.Word
	}
	f, err := t.find(ctx, asked, t.day)
	if err != nil {
		return Reply{}, false, err
	}
	f.arrange(t.acc.AnswerAt)
	if len(f.hits) > 0 && f.Confidence >= t.acc.AnswerAt && (mention.Word != "" || officeNamed(text) == "" || ofSame(view, f.hits[0], a)) {
		return Reply{}, false, nil
	}
	if f.guideOf(matter, clear) {
		f.Confidence = t.acc.AnswerAt
		reply, err := t.answer(ctx, f, answerBudget)
		return reply, true, err
	}
	reply := t.ofAgency(a, clear, text)
	for _, h := range f.hits[:min(len(f.hits), sourcesWanted-1)] {
		reply.Sources = append(reply.Sources, t.source(h))
	}
	return reply, true, nil
}

// guideOf puts first what a guide to a matter says of the times or the phone
// that are asked for, where it is among the first: a matter may have other
// hours than the agency that owns it.
func (f *findings) guideOf(matter string, wants office) bool {
	const among = 5
	for i, h := range f.hits[:min(len(f.hits), among)] {
		asked := wants.hours && h.Ref.Anchor == "hours" || wants.phone && h.Ref.Anchor == "phone"
		if asked && h.ofOffice() && shared(pairs(matter), pairs(h.Title)) > 0 {
			f.first(i)
			return true
		}
	}
	return false
}

// whichAgency offers the agencies that most is asked of.
func (t *turn) whichAgency(all []corpus.Agency, asked string) Reply {
	const most = 6
	slices.SortStableFunc(all, func(a, b corpus.Agency) int { return cmp.Compare(len(b.Matters), len(a.Matters)) })
	var choices []Choice
	for _, a := range all[:min(most, len(all))] {
		choices = append(choices, Choice{Label: agencyName(a), Ask: a.Name + " " + firstRunes(asked, 60)})
	}
	reply := t.say(Choose, "agency", sayWhichAgency(choices))
	reply.Choices = choices
	return reply
}

// ofAgency answers from an agency's entry: what was asked first, then the
// rest, then when somebody last made sure of it.
func (t *turn) ofAgency(a corpus.Agency, wants office, text string) Reply {
	var first, facts []string
	if wants.hours || !wants.any() && len(daysAsked(text, t.day)) > 0 {
		first = append(first, t.sayOpening(a, text))
	}
	if wants.phone {
		first = append(first, sayPhone(a, t.acc.Hotline))
	}
	if wants.place {
		first = append(first, sayPlace(a))
	}
	if len(first) == 0 {
		first = append(first, agencyName(a))
	}
	if h := a.Hours.Chinese(); h != "" {
		facts = append(facts, "办公时间："+oneLine(h, 240))
	}
	if a.Phone != "" && !wants.phone {
		facts = append(facts, "电话："+oneLine(a.Phone, 120))
	}
	if a.Address != "" && !wants.place {
		facts = append(facts, "地址："+oneLine(a.Address, 120))
	}
	last := sayChecked(a, t.day) + link(t.agencyAddress(a.ID), "查看单位信息")
	body := officeText(first, facts, last)
	for len(body) > answerBudget && len(facts) > 0 {
		facts = facts[:len(facts)-1]
		body = officeText(first, facts, last)
	}
	said := strings.Join(append(slices.Clone(first), facts...), "\n")
	reply := t.say(Answered, "agency", body)
	reply.Confidence, reply.Engine = 1, "directory"
	reply.Sources = []Source{t.agencySource(a, said)}
	return reply
}

// officeText puts the answer before the other facts. 的办公时间： alone is none:
// they follow.
func officeText(first, facts []string, last string) string {
	body := strings.Join(first, "\n")
	if name, ok := strings.CutSuffix(first[0], "的办公时间："); ok && len(facts) > 0 {
		if body = name; len(first) > 1 {
			body = strings.Join(first[1:], "\n")
		}
	}
	if len(facts) > 0 {
		body += "\n\n" + strings.Join(facts, "\n")
	}
	return body + "\n\n" + last
}

func sayPhone(a corpus.Agency, hotline string) string {
	if a.Phone == "" {
		return agencyName(a) + "的电话这里没有登记，可以问" + hotline + "。"
	}
	return agencyName(a) + "的电话：" + oneLine(a.Phone, 120)
}

func sayPlace(a corpus.Agency) string {
	if a.Address == "" {
		return agencyName(a) + "的地址这里没有登记，去之前请先打电话问一下。"
	}
	return agencyName(a) + "在" + oneLine(a.Address, 120) + "。"
}

package bot

import (
	"context"
	"regexp"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// editions are words and years that tell a document from its other edition.
var editions = regexp.MustCompile(`暂行|试行|(?:19|20)\d\d`)

// outdated answers a question that names, or finds only, a document that no
// longer or does not yet hold. ok is false where today's rules do.
func (t *turn) outdated(ctx context.Context, asked string, now *findings) (Reply, bool, error) {
	names := containsAny(asked, []string{"《", "〔", "号文", "旧", "以前", "原来", "过期", "废止", "失效", "有效", "新规", "年起"}) ||
		editions.MatchString(asked)
	if now.Confidence >= t.acc.AnswerAt && !names {
		return Reply{}, false, nil
	}
	all, err := t.findPast(ctx, asked)
	if err != nil {
		return Reply{}, false, err
	}
	old, ok := t.meant(asked, all, now)
	if !ok {
		return Reply{}, false, nil
	}
	if topic, ok := t.held.holds(old.Document); ok {
		all.hits = append([]standingHit{old}, without(all.hits, old.Ref.Document)...)
		return all.stoppedReply(topic), true, nil
	}
	warning := sayOutdated(old.Document, old.Validity)
	holds, err := t.holds(ctx, asked, old, now)
	if err != nil {
		return Reply{}, false, err
	}
	if holds != nil {
		reply, err := t.answer(ctx, holds, answerBudget-len(warning)-len(sayToday("")))
		if reply.isStopped() {
			return reply, true, err
		}
		reply.Text = warning + sayToday(reply.Text)
		reply.Reason = string(old.Validity)
		return reply, true, err
	}
	status := Refused
	if asksWhetherItHolds(asked) {
		status = Answered // it doesn't: that is what was asked
	}
	all.hits = append([]standingHit{old}, without(all.hits, old.Ref.Document)...)
	reply := all.reply(status, string(old.Validity), warning+"\n"+
		link(t.address(old.Ref.Document, old.Ref.Anchor), "查看这份文件")+"\n\n现在怎么规定，可以问"+t.acc.Hotline+or(t.who(asked, all))+"。")
	return reply, true, nil
}

// meant returns the outdated document that a question is about. Where today's
// rules answer too, the question has to name the old one: by an edition that
// the other has not, or so that it is clearly the better find.
func (t *turn) meant(asked string, all, now *findings) (standingHit, bool) {
	const first, near = 3, .7
	for _, h := range all.hits[:min(len(all.hits), first)] {
		if !h.Validity.Quotable() && h.Score >= near*all.hits[0].Score && (len(now.hits) == 0 || named(asked, h.Document, now.hits[0].Document)) {
			return h, true
		}
	}
	if len(all.hits) == 0 || all.hits[0].Validity.Quotable() || all.Confidence < t.acc.AnswerAt {
		return standingHit{}, false
	}
	old := all.hits[0]
	if len(now.hits) > 0 && now.Confidence >= t.acc.AnswerAt && old.Score < 1.05*now.hits[0].Score {
		return standingHit{}, false
	}
	return old, true
}

// editionOf returns the edition of a document that a question names.
func editionOf(asked string, d corpus.Document) string {
	for _, e := range editions.FindAllString(asked, -1) {
		if strings.Contains(d.Title, e) || strings.Contains(d.Number, "〔"+e+"〕") {
			return e
		}
	}
	return ""
}

// named reports whether a question names an edition that old has and now has
// not, and speaks of what old is about.
func named(asked string, old, now corpus.Document) bool {
	e := editionOf(asked, old)
	return e != "" && !strings.Contains(now.Title+now.Number, e) && shared(pairs(matter(asked)), pairs(matter(old.Title))) > 0
}

// matter is what a title or a question is about: without the words that any
// title or question may have.
func matter(s string) string {
	s = editions.ReplaceAllString(s, " ")
	for _, w := range []string{"管理", "办法", "规定", "细则", "通知", "意见", "实施", "关于", "有关", "事项"} {
		s = strings.ReplaceAll(s, w, " ")
	}
	return s
}

func asksWhetherItHolds(asked string) bool {
	return containsAny(asked, []string{"还有效", "有效吗", "有没有效", "还有用", "作废", "失效", "过期", "废止", "还发", "还执行", "还管用", "还算数", "还能用"})
}

// holds finds what holds today in the place of an outdated document; nil where
// nothing does.
func (t *turn) holds(ctx context.Context, asked string, old standingHit, now *findings) (*findings, error) {
	instead := inPlaceOf(old)
	if len(now.hits) > 0 && (now.Confidence >= t.acc.AnswerAt || now.hits[0].Ref.Document == instead) {
		return now, nil
	}
	if instead == "" {
		return nil, nil
	}
	f, err := t.findWithin(ctx, editions.ReplaceAllString(asked, ""), t.day, instead)
	if err != nil || len(f.hits) == 0 {
		return nil, err
	}
	return f, nil
}

// inPlaceOf returns the document that took an outdated one out of force, or
// that one not yet in force will take; "" where none is known.
func inPlaceOf(h standingHit) string {
	if r, ok := h.Document.Successor(); ok {
		return r.From
	}
	if h.Validity != corpus.NotYet {
		return ""
	}
	for _, r := range h.Document.Declares {
		if r.Kind == corpus.Supersedes || r.Kind == corpus.Repeals {
			return r.To
		}
	}
	return ""
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

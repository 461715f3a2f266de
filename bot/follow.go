package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// furtherFields are the words by which one asks for a field of what was talked
// of last. Of several the first with a word in the message counts.
var furtherFields = []struct {
	anchor string
	words  []string
}{
	{"materials", []string{"材料", "证件", "资料", "带什么", "带啥", "带哪些", "准备什么", "准备啥", "要什么东西", "要啥"}},
	{"phone", []string{"电话", "联系方式", "号码", "怎么联系"}},
	{"hours", []string{"几点", "上班", "下班", "周末", "周六", "周日", "星期", "礼拜", "中午", "开门"}},
	{"online", []string{"网上", "线上", "手机", "小程序", "微信"}},
	{"place", []string{"在哪", "哪里", "哪儿", "去哪", "地址", "地点", "地方", "哪个窗口", "哪个部门", "找谁"}},
	{"time-limit", []string{"多久", "多长时间", "几天", "几个工作日", "什么时候能", "何时能", "什么时候下来", "时限", "时间"}},
	{"fee", []string{"多少钱", "收费", "费用", "要钱", "花钱", "免费", "收钱"}},
	{"conditions", []string{"条件", "什么人", "谁能", "谁可以", "哪些人", "资格", "要求"}},
	{"steps", []string{"怎么办", "怎么弄", "怎么申请", "怎么领", "咋办", "咋弄", "如何办", "流程", "步骤", "手续"}},
}

// further returns what a short message asks of what was talked of last: the
// field of a guide, or a condition, 外地户口的呢, with what is left of its words.
// ok is false where it has a matter of its own.
func further(asked string) (field, rest string, ok bool) {
	const longest = 14 // letters
	if letters(asked) > longest {
		return "", "", false
	}
	rest = asked
	for _, p := range []string{"那么", "那", "然后", "还有", "另外", "请问", "哦", "嗯", "好的"} {
		rest = trimEnds(strings.TrimPrefix(rest, p))
	}
	led := rest != asked
	rest = trimEnds(rest)
	for _, f := range furtherFields {
		if containsAny(rest, f.words) && letters(subject(rest)) == 0 {
			return f.anchor, rest, true
		}
	}
	if elliptic(rest) {
		return "", rest, true
	}
	bare := strings.TrimRight(rest, "？? ")
	if led && strings.HasSuffix(bare, "呢") && letters(subject(rest)) > 0 {
		return "", strings.TrimSuffix(strings.TrimSuffix(bare, "呢"), "的"), true
	}
	return "", "", false
}

// goesOn answers what a short message asks of what was talked of last: the
// field of its guide where there is one.
func (t *turn) goesOn(ctx context.Context, field, rest string) (Reply, error) {
	if field != "" {
		if reply, ok, err := t.fieldOfLast(ctx, field, rest); ok || err != nil {
			return reply, err
		}
	}
	about, err := t.lastSubject(ctx)
	if err != nil {
		return Reply{}, err
	}
	if about == "" {
		if field == "" && letters(subject(rest)) > 1 {
			return t.one(ctx, rest)
		}
		return t.say(Refused, "which", sayWhich()), nil
	}
	if field == "" && letters(subject(rest)) > 0 {
		return t.sameOf(ctx, about, rest)
	}
	return t.one(ctx, about+" "+rest)
}

// sameOf answers 那残疾人呢: what was asked last of it, or the last matter with
// it, whichever is clearer.
func (t *turn) sameOf(ctx context.Context, about, rest string) (Reply, error) {
	last, err := t.last(ctx)
	if err != nil {
		return Reply{}, err
	}
	asked := Substance(Clean(last.Question))
	best, most := about+" "+rest, -1.0
	for _, q := range []string{about + " " + rest, rest + " " + withoutPieces(asked, about)} {
		f, err := t.find(ctx, q, t.day)
		if err != nil {
			return Reply{}, err
		}
		if f.Confidence > most {
			best, most = q, f.Confidence
		}
	}
	return t.one(ctx, best)
}

// withoutPieces takes a subject out of the question that it is of.
func withoutPieces(asked, about string) string {
	for _, w := range strings.FieldsFunc(about, func(r rune) bool { return r == ' ' }) {
		asked = strings.ReplaceAll(asked, w, "")
	}
	return asked
}

// fieldOfLast answers with a field of the guide that was talked of last, or
// that goes with what was. ok is false where there is none.
func (t *turn) fieldOfLast(ctx context.Context, field, rest string) (Reply, bool, error) {
	last, err := t.last(ctx)
	if err != nil || last.Status != Answered || len(last.Sources) == 0 || last.Sources[0].Ref.Document == "" {
		return Reply{}, false, err
	}
	d, rev, err := t.live(ctx, last.Sources[0].Ref.Document)
	if errors.Is(err, corpus.ErrNotFound) {
		return Reply{}, false, nil
	}
	if err != nil {
		return Reply{}, false, fmt.Errorf("bot: what was talked of last: %w", err)
	}
	if !t.shows(d) {
		return Reply{}, false, nil
	}
	rel := t.relatives(ctx, t.passageOf(d, rev, corpus.Passage{}))
	if rel.guide == nil {
		return Reply{}, false, nil
	}
	_, guide, err := t.live(ctx, rel.guide.ID)
	if err != nil {
		return Reply{}, false, nil // the subject is found once more
	}
	p, ok := guide.Find(field)
	if !ok {
		return Reply{}, false, nil
	}
	f := &findings{t: t, asked: rest, hits: []standingHit{t.passageOf(*rel.guide, guide, p)}}
	f.Confidence = 1
	reply, err := t.answer(ctx, f, answerBudget)
	return reply, true, err
}

// lastSubject returns what the person asked about last, "" where that is not
// known.
func (t *turn) lastSubject(ctx context.Context) (string, error) {
	last, err := t.last(ctx)
	if err != nil {
		return "", err
	}
	s := subject(Substance(Clean(last.Question)))
	if letters(s) >= 2 && !onlyOffice(index.FoldString(s)) && (last.Status == Answered || last.Status == Choose) {
		return firstRunes(s, 60), nil
	}
	if len(last.Sources) > 0 {
		return strings.TrimSuffix(last.Sources[0].Title, "办事指南"), nil
	}
	return "", nil
}

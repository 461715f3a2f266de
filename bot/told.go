package bot

import (
	"context"
	"slices"
	"strings"

	"github.com/policybot/policybot/index"
)

// maxStory is how many letters a message has at most that is looked for as a
// whole: in a longer one the question stands somewhere.
const maxStory = 60

// told finds what a message asks. In a long one that is what its questions find
// where that is clearer, and is no stranger to the whole of it.
func (t *turn) told(ctx context.Context, asked string) (*findings, error) {
	whole, err := t.find(ctx, asked, t.day)
	if err != nil {
		return nil, err
	}
	if whole.referral != nil {
		return whole, nil
	}
	if whole, err = t.aged(ctx, asked, whole); err != nil {
		return nil, err
	}
	if whole, err = t.regardless(ctx, asked, whole); err != nil {
		return whole, err
	}
	if letters(asked) <= maxStory {
		return t.without(ctx, asked, whole)
	}
	short := core(asked, asks)
	if short == asked {
		return whole, nil
	}
	best := whole
	for _, q := range []string{short, before(asked, asks) + " " + short} {
		f, err := t.find(ctx, q, t.day)
		if err != nil {
			return nil, err
		}
		if len(f.hits) == 0 || f.Confidence <= best.Confidence {
			continue
		}
		if !whole.has(f.hits[0].Ref.Document) {
			f.Confidence = min(f.Confidence, .99*t.acc.AnswerAt)
		}
		best = f
	}
	return best, nil
}

// without is what the clause of a short message that asks finds without what is told
// beside it, 跑了三趟, where the whole of it found too little in that document.
func (t *turn) without(ctx context.Context, asked string, whole *findings) (*findings, error) {
	const sure = .75
	short := core(asked, inquires)
	if whole.Confidence >= t.acc.AnswerAt || len(whole.hits) == 0 || short == asked || letters(subject(short)) < 2 || asksOf(short) == index.AsksMay {
		return whole, nil // whether one may depends on what is told
	}
	f, err := t.find(ctx, short, t.day)
	if err != nil || len(f.hits) == 0 || f.Confidence < sure || f.hits[0].Ref.Document != whole.hits[0].Ref.Document || !f.gist().names(f.hits[0], index.FoldString(short)) {
		return whole, err
	}
	f.Confidence = min(f.Confidence, .99*unsureBelow) // what is told may be what matters
	return f, nil
}

// aged is what a question finds that tells an age where documents say 高龄 or
// 老年人, if that is clearer and it was not clear before.
func (t *turn) aged(ctx context.Context, asked string, whole *findings) (*findings, error) {
	word := ageWord(t.understood.Person.Age)
	if word == "" || whole.Confidence >= t.acc.AnswerAt || strings.Contains(asked, word) {
		return whole, nil
	}
	benefit := word == veryOldWord && containsAny(asked, []string{"钱", "补助", "补贴", "津贴", "待遇", "福利"})
	if benefit {
		word = "高龄津贴" // as it is called all over the country
	}
	rest := strings.TrimSpace(replaceAll(ageShape.ReplaceAllString(asked, " "), tellers))
	for _, q := range []string{rest, core(rest, inquires)} { // with what else is told, and without
		f, err := t.find(ctx, word+" "+q, t.day)
		if err != nil {
			return nil, err
		}
		if len(f.hits) > 0 && f.Confidence > whole.Confidence && strings.Contains(f.hits[0].Title, ageWord(t.understood.Person.Age)) {
			whole = f
		}
		if whole.Confidence >= t.acc.AnswerAt {
			break
		}
	}
	if benefit && len(whole.hits) > 0 && strings.Contains(whole.hits[0].Title, word) && whole.about(0) >= aboutEnough {
		whole.Confidence = max(whole.Confidence, t.acc.AnswerAt) // who is that old, and asks for no other, means this one
	}
	return whole, nil
}

// has reports whether a document is among the hits.
func (f *findings) has(document string) bool {
	return slices.ContainsFunc(f.hits, func(h standingHit) bool { return h.Ref.Document == document })
}

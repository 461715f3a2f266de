package bot

import (
	"context"
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// bareNoun answers a message of one or two letters that names a thing or people,
// 狗 or 老人, with the matters that there are of it. ok is false
// where nothing is known of it.
func (t *turn) bareNoun(ctx context.Context, asked string) (Reply, bool, error) {
	const longest = 3 // letters
	if letters(asked) == 0 || letters(asked) > longest || asks(asked) || !hasHan(asked) {
		return Reply{}, false, nil
	}
	people := isAudience(asked)
	if !people && letters(asked) > 1 {
		return Reply{}, false, nil
	}
	choices, err := t.ofMatters(ctx, asked)
	if err != nil {
		return Reply{}, true, err
	}
	if people {
		theirs, err := t.forThem(ctx)
		if err != nil {
			return Reply{}, true, err
		}
		choices = mergeChoices(mergeChoices(nil, theirs, 3), choices, 4)
	}
	if len(choices) < 2 {
		return Reply{}, false, nil
	}
	reply := t.say(Choose, "unsure", sayChoose(choices))
	reply.Choices = choices
	return reply, true, nil
}

// isAudience reports whether a message is a word for some people and nothing
// else.
func isAudience(asked string) bool {
	return slices.ContainsFunc(audiences(), func(a audience) bool {
		return a.name == asked || slices.Contains(a.words, asked)
	})
}

// forThem offers what there is for people that a message only names, each matter
// once.
func (t *turn) forThem(ctx context.Context) ([]Choice, error) {
	var hits [2][]standingHit
	for _, q := range t.forAudience() {
		f, err := t.query(ctx, index.Query{Text: q, Day: t.day, Limit: wholeWanted})
		if err != nil {
			return nil, err
		}
		for _, h := range f.hits {
			if c, ok := t.concerns(h, f.matter()); ok && c < len(hits) {
				hits[c] = append(hits[c], h)
			}
		}
	}
	var out []Choice
	var seen []string
	for _, h := range slices.Concat(hits[0], hits[1]) {
		if slices.Contains(seen, h.Ref.Document) {
			continue
		}
		seen = append(seen, t.family(ctx, h.Ref.Document)...)
		if h.Kind == corpus.Guide {
			h = t.whole(ctx, h)
		} else if at, ok := t.mostAsked(ctx, h, ruleMatter(h.Title, t.acc.Region)); ok {
			h = at
		} else if guide := t.relatives(ctx, h).guide; guide != nil {
			h.Document, h.Title, h.Kind, h.Ref.Document = *guide, guide.Title, guide.Kind, guide.ID
			h = t.whole(ctx, h)
		}
		out = t.offering(out, h, gist{})
	}
	return out, nil
}

// ofMatters offers what there is of the matters that agencies own with a word in
// them: 养犬登记 for 狗.
func (t *turn) ofMatters(ctx context.Context, word string) (out []Choice, err error) {
	const most = 3 // matters that are looked for
	var words []string
	for _, a := range t.agencies().All() {
		for _, m := range a.Matters {
			if strings.Contains(m, word) && letters(m) > letters(word) && len(words) < most {
				words = append(words, m)
			}
		}
	}
	for _, w := range words {
		more, err := t.things(ctx, &findings{t: t, asked: w})
		if err != nil {
			return nil, err
		}
		out = mergeChoices(out, more, 4)
	}
	return out, nil
}

// mergeChoices are the choices of both, each passage and each meaning once, at
// most so many.
func mergeChoices(all, more []Choice, most int) []Choice {
	for _, c := range more {
		if len(all) < most && !slices.ContainsFunc(all, func(a Choice) bool { return a.Ref == c.Ref || sameChoice(a.Label, c.Label) }) {
			all = append(all, c)
		}
	}
	return all
}

// oncemore keeps a reply from being the one before, word for word, to another
// question: it says that nothing else was found, and asks back.
func (t *turn) oncemore(ctx context.Context, text string, reply Reply) (Reply, error) {
	if reply.Status != Answered || reply.isStopped() {
		return reply, nil
	}
	last, err := t.last(ctx)
	if err != nil || last.Status != Answered {
		return reply, err
	}
	turns := last.turns()
	if len(turns) == 0 || Clean(turns[0].Question) == text || !sameReply(turns[0].Reply, reply.Text) {
		return reply, nil
	}
	body, _, _ := strings.Cut(reply.Text, "\n\n还可以问")
	if said := sayOnceMore(body); len(said) <= answerBudget {
		reply.Text, reply.Choices = said, nil
	}
	return reply, nil
}

// sameReply reports whether a reply says what the one before said, but for what
// could be asked next.
func sameReply(before, now string) bool {
	before, _, _ = strings.Cut(before, "\n\n还可以问")
	now, _, _ = strings.Cut(now, "\n\n还可以问")
	return before != "" && strings.Contains(before, now)
}

// stillThis begins a reply that says the same again.
const stillThis = "查到的还是刚才这一条"

func sayOnceMore(body string) string {
	return stillThis + "：\n\n" + body + "\n\n要是没有答到，请写明想知道哪一点，比如：多少钱、什么时候、要带什么材料。"
}

package bot

import (
	"context"
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

//go:embed cues/survey.txt
var surveyFile string

// surveyCues are the groups of cues/survey.txt: how all that there is is asked
// for (ask), what there may be (benefit), and what documents on it have in their
// title (title).
var surveyCues = sync.OnceValue(func() map[string][]string { return groups(surveyFile) })

// surveys reports whether a message asks for all that somebody may get: 残疾人有
// 什么补贴. One article would be a narrow answer.
func surveys(asked string) bool {
	const longest = 16 // letters: a longer one tells what it is after
	cues := surveyCues()
	return letters(asked) <= longest && containsAny(asked, cues["ask"]) && containsAny(asked, cues["benefit"])
}

// survey offers what there is for whom a message asks, each matter once: first
// what is a benefit by its title, then what else is written for them. ok is
// false where that is not several things.
func (t *turn) survey(ctx context.Context, asked string) (Reply, bool, error) {
	if !surveys(asked) {
		return Reply{}, false, nil
	}
	var first *findings
	var g gist
	var classes [3][]standingHit
	for _, q := range append([]string{asked}, t.forAudience()...) {
		f, err := t.query(ctx, index.Query{Text: q, Day: t.day, Limit: wholeWanted})
		if err != nil {
			return Reply{}, false, err
		}
		if first == nil {
			first, g = f, f.matter()
		}
		for _, h := range f.hits {
			if c, ok := t.concerns(h, g); ok {
				classes[c] = append(classes[c], h)
			}
		}
	}
	choices := t.each(ctx, append(classes[0], classes[1]...))
	if all := slices.Concat(classes[0], classes[1], classes[2]); len(choices) < 2 {
		choices = t.each(ctx, all)
		if len(choices) == 1 {
			choices = t.every(ctx, all) // of one matter, its rule, what explains it, its guide
		}
	}
	if len(choices) < 2 {
		return Reply{}, false, nil
	}
	reply := first.reply(Choose, "survey", saySurvey(choices))
	reply.Choices = choices
	return reply, true, nil
}

// concerns says how near a document is to a question for benefits: 0 is one by its
// title, for whom or for what is asked; 1 is written for them; 2 is one that
// speaks of it. ok is false of any other.
func (t *turn) concerns(h standingHit, g gist) (class int, ok bool) {
	if h.Kind == corpus.FAQ || h.Kind == corpus.Clarification {
		return 0, false
	}
	benefit, theirs := containsAny(h.Title, surveyCues()["title"]), t.writtenFor(h.Document)
	switch {
	case benefit && (theirs || g.in(h.name()) > 0):
		return 0, true
	case theirs:
		return 1, true
	}
	any := g.vague && len(t.understood.Audience) == 0 // 有什么补贴
	return 2, benefit && (any || g.in(h.text()) >= aboutEnough)
}

// forAudience are questions for what there is for whom the message asks.
func (t *turn) forAudience() (out []string) {
	const most = 2
	for _, a := range t.understood.Audience[:min(most, len(t.understood.Audience))] {
		out = append(out, a+" "+strings.Join(surveyCues()["title"][:4], " "))
	}
	return out
}

// writtenFor reports whether a document is for whom the message asks: 老人 and
// 老年人 are the same.
func (t *turn) writtenFor(d corpus.Document) bool {
	return slices.ContainsFunc(d.Audience, func(of string) bool {
		return slices.ContainsFunc(audiences(), func(g audience) bool {
			return slices.Contains(t.understood.Audience, g.name) && (g.name == of || slices.Contains(g.words, of))
		})
	})
}

// matter is the gist of a question for benefits without the words for these,
// which stand in every document on them.
func (f *findings) matter() gist {
	g := f.gist()
	g.words = slices.DeleteFunc(slices.Clone(g.words), func(w gistWord) bool {
		return containsAny(w.forms[0], surveyCues()["benefit"])
	})
	g.total = 0
	for _, w := range g.words {
		g.total += w.weight
	}
	g.vague = g.total == 0
	return g
}

// surveyed is how many documents a survey offers at most.
const surveyed = 4

// longestTitle is how many letters a title has at most that is read as it is.
const longestTitle = 20

// each offers documents by number, of a policy with its interpretation and guide
// one.
func (t *turn) each(ctx context.Context, hits []standingHit) []Choice {
	var seen []string
	var first []standingHit
	for _, h := range hits {
		if !slices.Contains(seen, h.Ref.Document) {
			seen = append(seen, t.family(ctx, h.Ref.Document)...)
			first = append(first, h)
		}
	}
	return t.every(ctx, first)
}

// every offers documents by number, each once, by their names.
func (t *turn) every(ctx context.Context, hits []standingHit) (out []Choice) {
	seen := map[string]bool{}
	for _, h := range hits {
		if _, held := t.held.holds(h.Document); held || seen[h.Ref.Document] || len(out) == surveyed {
			continue
		}
		seen[h.Ref.Document] = true
		label := oneLine(h.Title, 36)
		if h.Kind == corpus.Guide {
			h = t.whole(ctx, h)
			label = strings.TrimSuffix(label, "办事指南") + "怎么办"
		} else if letters(h.Title) > longestTitle {
			label = ruleMatter(h.Title, t.acc.Region) + "的规定"
		}
		if h.Document.Sample {
			label += sampleMark
		}
		out = append(out, Choice{Label: label, Ref: h.Ref.Document + "#" + h.Ref.Anchor})
	}
	return out
}

func saySurvey(choices []Choice) string {
	return "和您问的有关的有这几项，回复数字看内容：\n" + numberedLines(choices) + "\n0 都不是"
}

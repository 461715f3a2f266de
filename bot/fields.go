package bot

import (
	"context"
	"regexp"
	"strings"
	"sync"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// fieldCues are the words that ask for a field of a guide by what is in it.
var fieldCues = sync.OnceValue(func() []index.FieldCue {
	return index.FieldCues(index.FieldBeside, "materials", "place", "time-limit", "fee", "hours", "phone")
})

// furtherFields are the words by which one asks for a field of what was talked
// of last. Of several the first with a word in the message counts.
var furtherFields = sync.OnceValue(func() []index.FieldCue {
	return index.FieldCues(index.FieldFurther, "materials", "phone", "hours", "online", "place", "time-limit", "fee", "conditions", "steps")
})

// overviews are the words of questions that ask for no field of a guide by name,
// and the field that answers them.
var overviews = sync.OnceValue(func() []index.FieldCue {
	return index.FieldCues(index.FieldOverview, "name", "time-limit", "materials", "steps", "place")
})

// fieldWords are all words of questions that a field of a guide may answer.
func fieldWords(anchor string) (out []string) {
	for _, use := range []index.FieldUse{index.FieldFurther, index.FieldBeside, index.FieldOverview, index.FieldHint} {
		for _, f := range index.FieldCues(use, anchor) {
			out = append(out, f.Words...)
		}
	}
	return out
}

// fieldNouns are what one asks for by its name alone, after another question.
var fieldNouns = sync.OnceValue(func() *regexp.Regexp {
	var names []string
	for _, f := range index.FieldCues(index.FieldName, "conditions", "materials", "steps", "place", "time-limit", "fee", "phone") {
		for _, w := range f.Words {
			names = append(names, regexp.QuoteMeta(w))
		}
	}
	return regexp.MustCompile(`^(?:和|以及|还有|要|所需|需要|申请|办理|的)*(?:` + strings.Join(names, "|") + `)(?:清单|要求|标准)?$`)
})

// onlyField reports whether a clause names a field of a matter and nothing else: 材料.
func onlyField(c string) bool { return fieldNouns().MatchString(strings.TrimRight(c, "？? 。")) }

// fieldsAsked returns the fields of a guide that a question names, in the
// order of fieldCues.
func fieldsAsked(asked string) (anchors []string) {
	for _, f := range fieldCues() {
		if containsAny(asked, f.Words) {
			anchors = append(anchors, f.Field)
		}
	}
	return anchors
}

// moreFields are the fields of a guide that a question asks for beside the one
// that was found, at most two, as they stand in a card.
func moreFields(h standingHit, rel relatives, asked string) (out []string) {
	if h.Kind != corpus.Guide {
		return nil
	}
	anchors := fieldsAsked(asked)
	if len(anchors) < 2 {
		return nil
	}
	for _, anchor := range anchors {
		for _, p := range rel.fields {
			if p.Anchor != anchor || anchor == h.Ref.Anchor || len(out) == 2 {
				continue
			}
			field := h
			field.Ref.Anchor, field.Label = anchor, p.Label
			field.Passage = strings.TrimSpace(corpus.Readable(rel.text(p), p.Columns))
			out = append(out, withoutLabel(field))
		}
	}
	return out
}

// stated are the sorts of answers that a rule states and a guide may leave out.
var stated = map[index.Asks]bool{index.AsksWhen: true, index.AsksLong: true, index.AsksMuch: true}

// lacksWanted reports whether a question wants a sum or a day that the passage
// found doesn't have.
func lacksWanted(h standingHit, asked string) bool {
	asks := asksOf(asked)
	return stated[asks] && !answers[asks].MatchString(h.Passage)
}

// ruleThatSays is the article of a policy that a guide rests on which has the
// sum, or the day, that is asked for and that the guide has no field for.
func (t *turn) ruleThatSays(ctx context.Context, guide standingHit, asked string) (standingHit, bool) {
	asks := asksOf(asked)
	sort := answers[asks]
	if !stated[asks] || len(fieldsAsked(asked)) > 0 || overview(asked) != anyField {
		return standingHit{}, false
	}
	const most = 80 // passages of a policy that are looked at
	var best standingHit
	score := 1.0
	words := pairs(asked)
	for _, r := range guide.Document.Declares {
		if r.Kind != corpus.Related {
			continue
		}
		e, ok := t.quotable(ctx, r.To)
		if !ok || e.doc.Kind != corpus.Policy && e.doc.Kind != corpus.Notice || len(e.rev.Passages) > most {
			continue
		}
		for p := range pairs(e.doc.Title) {
			delete(words, p)
		}
		for p, text := range t.citable(e) {
			has := len(sort.FindAllStringIndex(text, 4))
			if has == 0 {
				continue
			}
			n := float64(has)/2 + 2*float64(shared(words, pairs(text)))
			if strings.Contains(text, "标准") && n > 0 {
				n++
			}
			if n > score {
				best, score = t.passageOf(e.doc, e.rev, p), n
			}
		}
	}
	best.Score = guide.Score
	return best, score > 1
}

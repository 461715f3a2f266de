package bot

import (
	"context"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// fieldCues are the words that ask for a field of a guide by what is in it.
var fieldCues = []struct {
	anchor string
	words  []string
}{
	{"materials", []string{"材料", "带什么", "带啥", "带哪些", "证件", "准备什么", "准备啥", "要什么手续"}},
	{"place", []string{"在哪", "去哪", "到哪", "上哪", "哪里办", "哪儿办", "哪办", "地点", "地址", "什么地方", "哪个窗口"}},
	{"time-limit", []string{"多久", "几天", "多长时间", "多少天", "几个工作日"}},
	{"fee", []string{"收费", "费用", "要钱", "花钱", "免费", "工本费"}},
	{"hours", []string{"几点", "上班时间", "办公时间", "周末", "星期六", "周六"}},
	{"phone", []string{"电话", "联系方式"}},
}

// fieldsAsked returns the fields of a guide that a question names, in the
// order of fieldCues.
func fieldsAsked(asked string) (anchors []string) {
	for _, f := range fieldCues {
		if containsAny(asked, f.words) {
			anchors = append(anchors, f.anchor)
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

package bot

import (
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

const (
	levelAmong = 4   // hits that are looked at for a rule of another level
	levelNear  = .85 // of the first hit's score and window: below it speaks of something else
	levelAlike = .35 // of the words of two passages, that they are of one matter
)

// wider finds, of the first hits, a rule of a wider place that says much the
// same as the first one: the province's beside the city's. Where the wider one
// came first the more specific one goes before it. ok is false where there is
// none.
func (f *findings) wider() (rule standingHit, ok bool) {
	for i := 1; i < min(len(f.hits), levelAmong); i++ {
		h, o := f.hits[0], f.hits[i]
		ours, theirs := placeRuled(h.Document), placeRuled(o.Document)
		if ours == theirs || !rules(h) || !rules(o) {
			continue
		}
		below, above := index.Wider(theirs, ours), index.Wider(ours, theirs)
		if !below && !above || !together(h, o) {
			continue
		}
		if above {
			f.first(i)
			return h, true
		}
		return o, true
	}
	return standingHit{}, false
}

// addWider adds what a rule of a wider place says to a letter that has room for
// more than the answer.
func (t *turn) addWider(f *findings, l *letter) {
	rule, ok := f.wider()
	if !ok || l.brief {
		return
	}
	if _, held := t.held.holds(rule.Document); !held {
		l.also = t.sayWider(rule, f.asked)
	}
}

// together reports whether two hits answer the same question about as well.
func together(h, o standingHit) bool {
	if o.Score < levelNear*h.Score || o.Parts.Window3 < levelNear*h.Parts.Window3 || differ(h, o) {
		return false
	}
	x, y := pairs(withoutLabel(h)), pairs(withoutLabel(o))
	return float64(shared(x, y)) >= levelAlike*float64(min(len(x), len(y)))
}

// placeRuled is the place that a document rules, 全国 where that is the nation.
func placeRuled(d corpus.Document) string {
	if national(d) {
		return "全国"
	}
	return d.Region
}

// sayWider says what a wider rule has beside the answer: its own sentence
// where one can be told, where that stands, and its page.
func (t *turn) sayWider(o standingHit, asked string) string {
	where := "上级"
	for _, w := range []struct{ ends, who string }{{"全国", "国家"}, {"自治区", "自治区"}, {"省", "省里"}, {"市", "市里"}} {
		if strings.HasSuffix(placeRuled(o.Document), w.ends) {
			where = w.who
			break
		}
	}
	source := Titled(o.Document) + Cited(o.Label)
	if said := telling(withoutLabel(o), asked, "", o.Title, answers[asksOf(asked)]); said != "" {
		source = oneLine(said, wholePassage) + "（" + source + "）"
	}
	return where + "也有规定：" + source + link(t.page(o.Document, o.at()), "查看")
}

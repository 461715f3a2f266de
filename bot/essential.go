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

//go:embed cues/essential.txt
var essentialFile string

// essentialLine is all the names of one thing, folded. Of a circumstance a text
// had better speak, but need not.
type essentialLine struct {
	words        []string
	circumstance bool
}

// essentials are the lines of cues/essential.txt.
var essentials = sync.OnceValue(func() (out []essentialLine) {
	for line := range cueLines(essentialFile) {
		line, circumstance := strings.CutPrefix(line, "~")
		out = append(out, essentialLine{strings.Fields(index.FoldString(line)), circumstance})
	}
	return out
})

// lacking returns what a question is decidedly about that a text lacks, "" where
// it lacks nothing: who asks for the 罚款 isn't told the 工本费.
func lacking(asked, text string) string { return lacks(asked, text, false) }

// lacks is lacking, of circumstances too.
func lacks(asked, text string, circumstances bool) string {
	asked, text = index.FoldString(asked), index.FoldString(text)
	for _, line := range essentials() {
		if (circumstances || !line.circumstance) && containsAny(asked, line.words) && !containsAny(text, line.words) {
			return line.words[0]
		}
	}
	return ""
}

// essential puts what has what the question is decidedly about before a first
// hit that lacks it: another passage of its document or of a rule that goes with
// that, else the best of the other hits.
func (t *turn) essential(ctx context.Context, f *findings) error {
	const near = .5
	if len(f.hits) == 0 {
		return nil
	}
	h := f.hits[0]
	if lacks(f.asked, h.text(), !h.ofField(f.asked)) == "" {
		return nil
	}
	for _, id := range t.family(ctx, h.Ref.Document) {
		if other, ok := t.passageWith(ctx, id, f.asked); ok {
			other.Score, other.Parts, other.Features = h.Score, h.Parts, h.Features
			f.hits = append([]standingHit{other}, f.hits...)
			return nil
		}
	}
	g := f.gist()
	has := g.in(h.text())
	for i, other := range f.hits {
		// 外地户口 makes nothing of a rule on benefits that speaks of no 结婚证.
		if other.Score >= near*h.Score && g.in(other.text()) >= has && lacks(f.asked, other.text(), true) == "" {
			f.first(i)
			return nil
		}
	}
	return nil
}

// ofField reports whether a hit is the field of a guide that a question asks for.
func (h standingHit) ofField(asked string) bool {
	return h.Kind == corpus.Guide && slices.Contains(fieldsAsked(asked), h.Ref.Anchor)
}

// decidedly counts, up to four, how often a text has what a question is decidedly
// about: a rule on it says it again and again.
func decidedly(asked, text string) (n int) {
	const most = 4
	asked, text = index.FoldString(asked), index.FoldString(text)
	for _, line := range essentials() {
		if !containsAny(asked, line.words) {
			continue
		}
		for _, w := range line.words {
			n += strings.Count(text, w)
		}
	}
	return min(n, most)
}

// passageWith is the passage of a rule that has what a question is decidedly
// about, and most of its pairs of letters and of that. ok is false where it has
// none.
func (t *turn) passageWith(ctx context.Context, id, asked string) (best standingHit, ok bool) {
	const most = 120 // passages that are looked at
	e, ok := t.quotable(ctx, id)
	if !ok || e.doc.Kind != corpus.Policy && e.doc.Kind != corpus.Notice || len(e.rev.Passages) > most {
		return best, false
	}
	ok = false
	words, score := pairs(asked), 0
	for p, text := range t.citable(e) {
		if lacks(asked, text, true) != "" {
			continue
		}
		if n := 1 + 2*shared(words, pairs(text)) + decidedly(asked, text); n > score {
			best, score, ok = t.passageOf(e.doc, e.rev, p), n, true
		}
	}
	return best, ok
}

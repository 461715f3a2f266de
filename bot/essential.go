package bot

import (
	"context"
	_ "embed"
	"strings"
	"sync"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

//go:embed cues/essential.txt
var essentialFile string

// essentials are the lines of cues/essential.txt, folded.
var essentials = sync.OnceValue(func() (out [][]string) {
	for line := range cueLines(essentialFile) {
		out = append(out, strings.Fields(index.FoldString(line)))
	}
	return out
})

// lacking returns what a question is decidedly about that a text lacks, "" where
// it lacks nothing: who asks for the 罚款 isn't told the 工本费.
func lacking(asked, text string) string {
	asked, text = index.FoldString(asked), index.FoldString(text)
	for _, line := range essentials() {
		if containsAny(asked, line) && !containsAny(text, line) {
			return line[0]
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
	lacks := lacking(f.asked, h.text())
	if lacks == "" {
		return nil
	}
	for _, id := range t.family(ctx, h.Ref.Document) {
		if other, ok := t.passageWith(ctx, id, f.asked); ok {
			other.Score, other.Parts, other.Features = h.Score, h.Parts, h.Features
			f.hits = append([]standingHit{other}, f.hits...)
			return nil
		}
	}
	for i, other := range f.hits {
		if other.Score >= near*h.Score && lacking(f.asked, other.text()) == "" {
			f.first(i)
			return nil
		}
	}
	return nil
}

// passageWith is the passage of a rule that has what a question is decidedly
// about, and most of its pairs of letters. ok is false where it has none.
func (t *turn) passageWith(ctx context.Context, id, asked string) (best standingHit, ok bool) {
	const most = 120 // passages that are looked at
	d, rev, err := t.live(ctx, id)
	if err != nil || !t.shows(d) || d.Kind != corpus.Policy && d.Kind != corpus.Notice || len(rev.Passages) > most {
		return best, false
	}
	words, score := pairs(asked), 0
	for _, p := range rev.Passages {
		text := rev.Text[p.Start:p.End]
		if p.Role != corpus.BodyRole || p.Label == "" || lacking(asked, text) != "" || !t.validity(d, p).Quotable() {
			continue
		}
		if n := 1 + 2*shared(words, pairs(text)); n > score {
			best, score, ok = t.passageOf(d, rev, p), n, true
		}
	}
	return best, ok
}

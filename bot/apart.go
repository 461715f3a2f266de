package bot

import (
	"context"
	"slices"
	"strings"
)

// apart returns the clauses of a message that each ask of a matter of their own,
// where nothing but commas and blanks part them: 居住证怎么办，狗证要多少钱. nil where
// one tells, or asks of what another named.
func apart(asked string) []string {
	const leastSubject = 2 // letters
	parts := strings.FieldsFunc(asked, func(r rune) bool { return strings.ContainsRune("，,；; ", r) })
	if len(parts) < 2 || len(parts) > maxParts {
		return nil
	}
	for _, p := range parts {
		if !asks(p) || letters(subject(p)) < leastSubject {
			return nil
		}
	}
	return parts
}

// matters answers the clauses of a message one by one where each finds a document
// on another matter, and clearly: what is only half clear is rather about what
// the other clause named.
func (t *turn) matters(ctx context.Context, asked []string) (Reply, bool, error) {
	const most = .6
	if len(asked) < 2 {
		return Reply{}, false, nil
	}
	var all []*findings
	var known []string // documents on the matters so far
	for _, p := range asked {
		f, err := t.find(ctx, p, t.day)
		if err != nil {
			return Reply{}, false, err
		}
		if f.arrange(t.acc.AnswerAt); len(f.hits) == 0 {
			return Reply{}, false, nil
		}
		if err := t.assess(ctx, f); err != nil {
			return Reply{}, false, err
		}
		top := f.hits[0].Ref.Document
		if _, held := f.stoppedTopic(); held || f.Confidence < t.acc.AnswerAt || f.about(0) < most || slices.Contains(known, top) {
			return Reply{}, false, nil
		}
		known = append(known, t.family(ctx, top)...)
		all = append(all, f)
	}
	parts := make([]part, len(all))
	for i, f := range all {
		reply, err := t.brief(ctx, f, partBudget)
		if err != nil || reply.isStopped() {
			return Reply{}, false, err
		}
		parts[i] = part{asked: asked[i], reply: reply}
	}
	return joinReplies(t.acc, parts, len(asked)), true, nil
}

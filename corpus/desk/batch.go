package desk

import (
	"context"
	"fmt"

	"github.com/policybot/policybot/corpus"
)

// Result is what became of one document of a batch.
type Result struct {
	Document string
	Err      error // as of the step by itself; nil: it was taken
}

// Batch takes the same step with many documents, each by itself, at most Page
// of them. Approving is for 存量 alone: everything else is looked at one by
// one. Whether the reviewer has opened each is written down.
func (d *Desk) Batch(ctx context.Context, by Actor, to corpus.Status, steps []Move) []Result {
	out := make([]Result, 0, min(len(steps), Page))
	for _, m := range steps[:min(len(steps), Page)] {
		m.To = to
		out = append(out, Result{m.Document, d.ofBatch(ctx, by, m, len(steps))})
	}
	return out
}

func (d *Desk) ofBatch(ctx context.Context, by Actor, m Move, of int) error {
	if m.To != corpus.Approved {
		return d.step(ctx, by, m)
	}
	w, err := d.Look(ctx, by, m.Document, m.Revision)
	if err != nil {
		return err
	}
	if !w.Backlog {
		return Denied("只有存量文件可以成批审核，这一份请单独审")
	}
	seen, err := d.History.Entries(ctx, EntryFilter{Document: m.Document, Staff: by.ID, Action: ActionOpened}, 0, 1)
	if err != nil {
		return err
	}
	opened := "没有打开"
	if len(seen) > 0 {
		opened = "打开过"
	}
	m.Reason = fmt.Sprintf("存量成批审核，本批%d份，这一份%s", of, opened)
	return d.step(ctx, by, m)
}

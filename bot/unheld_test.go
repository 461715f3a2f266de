package bot

import (
	"testing"
	"time"
)

// TestRecordsAreNeverHeldBack: what the law gives a person goes through every
// stop and every limit.
func TestRecordsAreNeverHeldBack(t *testing.T) {
	t.Parallel()
	w := &town{kept: Kept{Messages: 3}}
	r := w.responder(t)
	r.Stops = &switches{all: []Stop{{}}}
	r.Limiter = NewMeter(1, func(account, person string) string { return account + person }, func() time.Time { return time.Unix(1, 0) })
	ask := func(text string) Reply {
		return r.Answer(t.Context(), Question{Account: "default", Person: "p", Kind: Text, Text: text})
	}
	if got := ask("公积金怎么提取"); got.Reason != reasonStopped {
		t.Errorf("not stopped: %+v", got)
	}
	if got := ask("公积金怎么提取"); got.Status != Limited {
		t.Errorf("not limited: %+v", got)
	}
	if got := ask("查我的记录"); got.Reason != reasonRecords {
		t.Errorf("held back: %+v", got)
	}
	if got := ask("删除我的记录"); got.Reason != ReasonForgotten || len(w.forgotten) != 1 {
		t.Errorf("held back: %+v", got)
	}
}

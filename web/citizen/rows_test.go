package citizen

import (
	"fmt"
	"testing"

	"github.com/policybot/policybot/corpus"
)

func TestSomeRows(t *testing.T) {
	t.Parallel()
	catalogue := func(rows int) corpus.Revision {
		r := corpus.Revision{Passages: []corpus.Passage{{Anchor: "title", Role: corpus.TitleRole}}}
		for i := range rows {
			r.Passages = append(r.Passages, corpus.Passage{Anchor: fmt.Sprintf("row-%d", i+1), Role: corpus.BodyRole, Columns: []string{"项目", "标准"}})
		}
		return r
	}
	for _, c := range []struct {
		rows         int
		asked, cited string
		want         rowPages
	}{
		{rows: 1000},
		{1001, "", "", rowPages{1, 500, 1001, "", "/d/x?rows=2"}},
		{1001, "2", "", rowPages{501, 1000, 1001, "/d/x?rows=1", "/d/x?rows=3"}},
		{1001, "", "row-1001", rowPages{1001, 1001, 1001, "/d/x?rows=2", ""}},
		{1001, "1", "row-1001", rowPages{1, 500, 1001, "", "/d/x?rows=2"}},
		{1001, "99999", "", rowPages{1001, 1001, 1001, "/d/x?rows=2", ""}},
		{1001, "-3", "", rowPages{1, 500, 1001, "", "/d/x?rows=2"}},
		{1001, "x", "", rowPages{1, 500, 1001, "", "/d/x?rows=2"}},
	} {
		r := catalogue(c.rows)
		got := someRows(&r, "/d/x", c.asked, c.cited)
		if got == nil {
			if c.want.All > 0 || len(r.Passages) != c.rows+1 {
				t.Errorf("%+v: all %d passages", c, len(r.Passages))
			}
			continue
		}
		if *got != c.want || len(r.Passages) != 1+got.To-got.From+1 {
			t.Errorf("%+v: %+v with %d passages", c, *got, len(r.Passages))
		}
	}
}

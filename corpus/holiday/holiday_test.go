package holiday

import (
	"testing"

	"github.com/policybot/policybot/corpus"
)

func TestDays(t *testing.T) {
	t.Parallel()
	c := New()
	for day, want := range map[corpus.Date]struct {
		off, work, known bool
	}{
		"2026-10-01": {true, false, true},
		"2026-10-10": {false, true, true}, // worked in exchange
		"2026-11-26": {false, false, true},
		"2025-01-28": {true, false, true},
		"2031-10-01": {false, false, false}, // nobody knows yet
		"":           {false, false, false},
	} {
		h, known := c.On(day)
		if h.Off() != want.off || h.Work != want.work || known != want.known {
			t.Errorf("%s: %+v, %v; want %+v", day, h, known, want)
		}
	}
}

func TestNext(t *testing.T) {
	t.Parallel()
	c := New()
	for _, q := range []struct {
		from        corpus.Date
		word        string
		first, last corpus.Date
	}{
		{"2026-09-20", "国庆", "2026-10-01", "2026-10-07"},
		{"2026-10-03", "国庆", "2026-10-01", "2026-10-07"}, // in the midst of it
		{"2025-11-01", "春节", "2026-02-15", "2026-02-23"},
		{"2031-01-01", "国庆", "", ""},
		{"2026-01-01", "没有的节", "", ""},
	} {
		var first, last corpus.Date
		if off := c.Next(q.from, q.word); len(off) > 0 {
			first, last = off[0], off[len(off)-1]
		}
		if first != q.first || last != q.last {
			t.Errorf("%s from %s: %s to %s, want %s to %s", q.word, q.from, first, last, q.first, q.last)
		}
	}
}

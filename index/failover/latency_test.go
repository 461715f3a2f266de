package failover

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestBudget(t *testing.T) {
	t.Parallel()
	many := func(n int, d time.Duration) []time.Duration { return slices.Repeat([]time.Duration{d}, n) }
	for name, c := range map[string]struct {
		took     []time.Duration
		low, top time.Duration
	}{
		"nothing is known":        {nil, share, share},
		"too few are known":       {many(enough-1, ms), share, share},
		"quick":                   {many(enough, ms), minBudget, minBudget},
		"at once":                 {many(enough, 0), minBudget, minBudget},
		"a clock put back":        {many(enough, -time.Hour), minBudget, minBudget},
		"three times the p99":     {many(window, 30*ms), 90 * ms, 99 * ms},
		"slow":                    {many(window, 250*ms), share, share},
		"beyond all bounds":       {many(window, time.Hour), share, share},
		"two of 256 count little": {append(many(window-2, 20*ms), many(2, 90*ms)...), 60 * ms, 66 * ms},
		"three of 256 count":      {append(many(window-3, 20*ms), many(3, 60*ms)...), 180 * ms, 198 * ms},
		"what was long ago":       {append(many(window, 250*ms), many(window, 20*ms)...), 60 * ms, 66 * ms},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var l latencies
			for _, d := range c.took {
				l.add(d)
			}
			if got := l.budget(); got < c.low || got > c.top {
				t.Errorf("%v, want %v to %v", got, c.low, c.top)
			}
		})
	}
}

// TestQuantile compares with sorting.
func TestQuantile(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	var l latencies
	if l.quantile(.99) != 0 {
		t.Error("of nothing")
	}
	var all []time.Duration
	for range 3 * window {
		d := time.Duration(r.ExpFloat64() * float64(20*ms))
		d = min(max(d, shortest), share)
		l.add(d)
		all = append(all, d)
		sorted := slices.Sorted(slices.Values(all[max(0, len(all)-window):]))
		for _, q := range []float64{.5, .99, 1} {
			rank := max(1, int(float64(len(sorted))*q+.999999))
			want, got := sorted[rank-1], l.quantile(q)
			if got < want-want/100 || got > want*111/100 {
				t.Fatalf("%v of %d: %v, sorted %v", q, len(sorted), got, want)
			}
		}
	}
}

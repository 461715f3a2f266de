package metrics

import (
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/web/hook"
)

func TestWindow(t *testing.T) {
	t.Parallel()
	now := noon
	w := NewWindow(func() time.Time { return now })
	if s := w.Since(now.Add(-time.Hour)); s.Total != 0 || s.P50 != 0 {
		t.Errorf("an empty window: %+v", s)
	}
	for i := range 100 {
		w.Observe(string(bot.Answered), time.Duration(i+1)*time.Millisecond)
	}
	now = now.Add(2 * time.Hour)
	w.Observe(string(bot.Refused), time.Hour)
	w.Observe(hook.Rejected, time.Nanosecond)
	w.Observe("invented", -time.Second)
	if s := w.Since(now.Add(-time.Hour)); s.Total != 3 || s.Counts["refused"] != 1 || s.Counts["rejected"] != 1 || s.Counts["other"] != 1 {
		t.Errorf("the last hour: %+v", s)
	}
	s := w.Since(now.Add(-3 * time.Hour))
	within := func(got, want time.Duration) bool { return got >= want && got <= want+want/9 }
	if s.Total != 103 || s.Counts["answered"] != 100 || !within(s.P50, 50*time.Millisecond) {
		t.Errorf("three hours: %+v", s)
	}
	// A day later the slots are used again.
	now = now.Add(24 * time.Hour)
	if s := w.Since(now.Add(-time.Hour)); s.Total != 0 {
		t.Errorf("a day later: %+v", s)
	}
	w.Observe(string(bot.Answered), 3*time.Millisecond)
	if s := w.Since(now.Add(-24 * time.Hour)); s.Total != 4 || !within(s.P99, 18*time.Second) {
		t.Errorf("a day later, one more: %+v", s)
	}
}

func TestEveryStatusHasItsPlace(t *testing.T) {
	t.Parallel()
	if len(statuses) > maxStatuses {
		t.Fatalf("%d statuses", len(statuses))
	}
	w := NewWindow(func() time.Time { return noon })
	for _, s := range statuses {
		w.Observe(s, time.Millisecond)
	}
	for s, n := range w.Since(noon).Counts {
		if n != 1 {
			t.Errorf("%s: %d", s, n)
		}
	}
}

func TestQuantiles(t *testing.T) {
	t.Parallel()
	for _, d := range []time.Duration{0, time.Microsecond, time.Millisecond, 37 * time.Millisecond, 5 * time.Second} {
		w := NewWindow(func() time.Time { return noon })
		w.Observe(string(bot.Answered), d)
		if got := w.Since(noon).P99; got < d || got > max(shortest, d+d/9) {
			t.Errorf("%v became %v", d, got)
		}
	}
}

package failover

import (
	"math"
	"time"
)

const (
	minBudget = 50 * time.Millisecond
	window    = 256 // successes that a budget is made from
	enough    = 64  // with fewer, an engine is given the whole share

	shortest = 100 * time.Microsecond
	growth   = 1.1 // from one class of durations to the next
	classes  = 85  // up to the whole share
)

// latencies keeps how long the last successes took. They are counted by
// class, each a tenth wider than the one before, so that a quantile is read
// without sorting: it is at most a tenth too long.
type latencies struct {
	class [window]uint8 // of the successes, a ring
	count [classes]uint16
	next  int
	n     int
}

func (l *latencies) add(took time.Duration) {
	if l.n == window {
		l.count[l.class[l.next]]--
	} else {
		l.n++
	}
	c := classOf(took)
	l.class[l.next] = uint8(c)
	l.count[c]++
	l.next = (l.next + 1) % window
}

func classOf(took time.Duration) int {
	if took <= shortest {
		return 0
	}
	c := math.Ceil(math.Log(float64(took)/float64(shortest)) / math.Log(growth))
	return min(int(c), classes-1)
}

// quantile returns a duration that at least the share q of the successes took
// no longer than; 0 where there are none.
func (l *latencies) quantile(q float64) time.Duration {
	if l.n == 0 {
		return 0
	}
	above := l.n - int(math.Ceil(q*float64(l.n))) // may have taken longer
	c := classes - 1
	for ; c > 0; c-- {
		if above -= int(l.count[c]); above < 0 {
			break
		}
	}
	return time.Duration(float64(shortest) * math.Pow(growth, float64(c)))
}

// budget is how long an engine that has been as quick is given.
func (l *latencies) budget() time.Duration {
	if l.n < enough {
		return share
	}
	return min(share, max(minBudget, 3*l.quantile(.99)))
}

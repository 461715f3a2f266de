package metrics

import (
	"math"
	"slices"
	"sync"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/web/hook"
)

// The parts of a window: a day in slots of five minutes, and durations in
// steps of a tenth from 0.1 ms to 20 s.
const (
	slotTime = 5 * time.Minute
	slots    = int(24*time.Hour/slotTime) + 1
	steps    = 128
	step     = 1.1
	shortest = 100 * time.Microsecond
)

// statuses is the closed set that a window counts; the last takes what is not
// in it.
var statuses = []string{
	string(bot.Answered), string(bot.Choose), string(bot.Refused), string(bot.Redirected), string(bot.Emergency),
	string(bot.SmallTalk), string(bot.Limited), string(bot.Failed),
	hook.Repeat, hook.Stale, string(bot.Ignored), hook.Verified, hook.Rejected, other,
}

const maxStatuses = 16

// Window remembers the last day in little memory, for a person who asks how
// it went. It starts empty with the process.
type Window struct {
	now   func() time.Time
	mu    sync.Mutex
	slots [slots]slot
}

type slot struct {
	number int64 // of the slot since 1970; another one's counts are old
	counts [maxStatuses]uint32
	took   [steps]uint32
}

// NewWindow returns an empty window.
func NewWindow(now func() time.Time) *Window { return &Window{now: now} }

// Observe counts one callback or question.
func (w *Window) Observe(status string, took time.Duration) {
	kind := slices.Index(statuses, status)
	if kind < 0 {
		kind = len(statuses) - 1
	}
	number := w.now().UnixNano() / int64(slotTime)
	w.mu.Lock()
	defer w.mu.Unlock()
	s := &w.slots[number%int64(slots)]
	if s.number != number {
		*s = slot{number: number}
	}
	s.counts[kind]++
	if timed(status) {
		s.took[stepOf(took)]++
	}
}

// timed leaves out of the durations what nobody asked a question with.
func timed(status string) bool { return status != hook.Rejected && status != hook.Verified }

func stepOf(took time.Duration) int {
	if took <= shortest {
		return 0
	}
	return min(steps-1, int(math.Ceil(math.Log(float64(took)/float64(shortest))/math.Log(step))))
}

// Summary is what a window saw. P50 and P99 are within a tenth, and of what
// was answered alone.
type Summary struct {
	Total  int            `json:"total"`
	Counts map[string]int `json:"by_status"`
	P50    time.Duration  `json:"p50_ns"`
	P99    time.Duration  `json:"p99_ns"`
}

// Since sums up from an instant, at most a day ago, to the nearest slot
// before it.
func (w *Window) Since(t time.Time) Summary {
	first, last := t.UnixNano()/int64(slotTime), w.now().UnixNano()/int64(slotTime)
	out := Summary{Counts: make(map[string]int)}
	var took [steps]uint64
	w.mu.Lock()
	for i := range w.slots {
		s := &w.slots[i]
		if s.number < first || s.number > last {
			continue
		}
		for k, n := range s.counts {
			if n > 0 {
				out.Counts[statuses[k]] += int(n)
				out.Total += int(n)
			}
		}
		for k, n := range s.took {
			took[k] += uint64(n)
		}
	}
	w.mu.Unlock()
	out.P50, out.P99 = quantile(took[:], .50), quantile(took[:], .99)
	return out
}

// quantile returns the upper end of the step that the q-th duration is in.
func quantile(took []uint64, q float64) time.Duration {
	all := uint64(0)
	for _, n := range took {
		all += n
	}
	if all == 0 {
		return 0
	}
	rank := uint64(math.Ceil(q * float64(all)))
	for k, n := range took {
		if rank <= n {
			return time.Duration(float64(shortest) * math.Pow(step, float64(k)))
		}
		rank -= n
	}
	return 0
}

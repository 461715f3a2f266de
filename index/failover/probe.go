package failover

import (
	"context"
	"time"

	"github.com/policybot/policybot/index"
)

const (
	probesWanted = 3   // good ones in a row end a rest
	maxWanted    = 480 // of an engine that answers probes and fails on questions: four minutes
	relapse      = time.Minute

	soonest = time.Second // from the beginning of a rest to the first probe, and from one that failed to the next
	latest  = 5 * time.Second
	steady  = soonest / 2 // from a good probe to the next
)

// wantedAfter is how many good probes end a rest. One that has begun soon
// after the last wants twice as many as that, so that an engine which answers
// probes alone does not come and go all day.
func wantedAfter(last int, soon bool) int {
	if soon {
		return min(2*last, maxWanted)
	}
	return probesWanted
}

// probe is a question like many, so that an engine that answers it in time
// will answer others; it is nobody's.
func probe() index.Probe {
	words := make([]index.ProbeWord, 0, 4)
	for i, text := range []string{"补贴", "申请", "条件", "材料"} {
		words = append(words, index.ProbeWord{Text: text, IDF: float64(4 - i), Units: 100 << i})
	}
	return index.Probe{Words: words, Limit: 100}
}

// run probes the engine whenever it rests, until ctx ends.
func (t *target) run(ctx context.Context) {
	for {
		select {
		case <-t.rests:
			if t.rest(ctx) {
				t.recovered()
			}
		case <-ctx.Done():
			return
		}
	}
}

// rest probes the engine until it is well; false where ctx ends before.
func (t *target) rest(ctx context.Context) bool {
	t.mu.Lock()
	wanted := t.wanted
	t.mu.Unlock()
	p := probe()
	wait, good := soonest, 0
	for pause := soonest; ; {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return false
		}
		if t.well(ctx, p) {
			if good++; good >= wanted {
				return true
			}
			wait, pause = soonest, steady
			continue
		}
		good, pause = 0, wait
		wait = min(wait*3/2, latest)
	}
}

// well probes once. An engine that serves nothing cannot be known to be well.
func (t *target) well(ctx context.Context, p index.Probe) bool {
	generation, _ := t.Serving()
	if generation == "" {
		return false
	}
	_, err := t.call(ctx, t.budget(), generation, p)
	return err == nil
}

//go:build unix

package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// callbacksEnv is how many callbacks go on while Meilisearch fails.
const callbacksEnv = "POLICYBOT_TEST_MEILI_CALLBACKS"

// faultEvery is the time between them: about what one of two cores can answer
// with Meilisearch.
const faultEvery = 25 * time.Millisecond

// tooLong is what no reply may take.
const tooLong = 3 * time.Second

// fault is something that befalls Meilisearch.
type fault struct {
	name       string
	via        func(r *meiliRig) string        // the address that the bot has
	begin, end func(b *testing.B, r *meiliRig) // end returns when it is over
}

var faults = []fault{
	{"stopped", directly,
		func(_ *testing.B, r *meiliRig) { r.meili.end(syscall.SIGTERM) },
		func(b *testing.B, r *meiliRig) { r.meili.start(b) }},
	{"killed", directly,
		func(_ *testing.B, r *meiliRig) { r.meili.end(syscall.SIGKILL) },
		func(b *testing.B, r *meiliRig) { r.meili.start(b) }},
	{"frozen", directly,
		func(_ *testing.B, r *meiliRig) { r.meili.freeze() },
		func(_ *testing.B, r *meiliRig) { r.meili.thaw() }},
	{"slow", func(r *meiliRig) string { return r.proxy.url() },
		func(_ *testing.B, r *meiliRig) { r.proxy.delay.Store(int64(2 * time.Second)) },
		func(_ *testing.B, r *meiliRig) { r.proxy.delay.Store(0) }},
}

func directly(r *meiliRig) string { return r.meili.url() }

// sent is one message of a load.
type sent struct {
	at   time.Duration // since the load began
	took time.Duration
	err  error
}

// load sends n messages, one at each interval, whether or not those before are
// answered.
func (p *platform) load(ask func(n int) message, every time.Duration, n int) []sent {
	all := make([]sent, n)
	start, tick := time.Now(), time.NewTicker(every)
	defer tick.Stop()
	var wg sync.WaitGroup
	for i := range n {
		<-tick.C
		wg.Go(func() {
			at := time.Now()
			_, err := p.send(ask(i))
			all[i] = sent{at.Sub(start), time.Since(at), err}
		})
	}
	wg.Wait()
	return all
}

// fault measures callbacks while Meilisearch fails and comes back: at three
// tenths of the load it fails, and at six tenths it is itself again. A
// document is published while it is gone.
func (r *meiliRig) fault(b *testing.B, f fault) {
	for b.Loop() {
		r.serve(b, f.via(r))
		r.served(b)
		n := r.faultCallbacks(b)
		whole := time.Duration(n) * faultEvery
		replies := make(chan []sent, 1)
		start := time.Now()
		ask := r.messages(b)
		go func() { replies <- r.platform.load(ask, faultEvery, n) }()

		time.Sleep(whole * 3 / 10)
		broke := time.Since(start)
		f.begin(b, r)
		over := false
		defer func() {
			if !over { // something above has failed: the next fault finds a server that works
				f.end(b, r)
			}
		}()
		time.Sleep(whole / 20)
		p, question, id := r.publish(b, "--no-wait")
		b.ReportMetric(p.answered.Seconds(), "published-answered-s")
		b.ReportMetric(p.command.Seconds(), "published-command-s")

		time.Sleep(whole*6/10 - time.Since(start))
		over = true
		f.end(b, r)
		back := time.Since(start)
		r.served(b)
		b.ReportMetric((time.Since(start) - back).Seconds(), "asked-again-s")
		r.found(b, question, id)
		b.ReportMetric((time.Since(start) - back).Seconds(), "found-again-s")

		reportFault(b, <-replies, broke, back)
		r.verified(b)
		if f.name == "slow" && r.proxy.delayed.Load() == 0 {
			b.Error("no answer was held back")
		}
	}
}

func (r *meiliRig) faultCallbacks(b *testing.B) int {
	b.Helper()
	text := os.Getenv(callbacksEnv)
	if text == "" {
		return 5000
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 100 {
		b.Fatalf("%s=%q: a number from 100", callbacksEnv, text)
	}
	return n
}

// settled is how long policybot may take to notice that an engine has changed.
const settled = 10 * time.Second

// reportFault prints what citizens noticed: before, in the first seconds of
// the fault and after them, and the same when the engine was back.
func reportFault(b *testing.B, all []sent, broke, back time.Duration) {
	b.Helper()
	phases := []struct {
		name     string
		from, to time.Duration
	}{
		{"before", 0, broke}, {"at-first", broke, min(broke+settled, back)}, {"without", broke + settled, back},
		{"back-at-first", back, back + settled}, {"back", back + settled, 1 << 62},
	}
	for _, ph := range phases {
		var took []time.Duration
		for _, s := range all {
			if ph.from <= s.at && s.at < ph.to {
				took = append(took, s.took)
			}
		}
		if len(took) > 0 {
			reportTimes(b, ph.name, took)
		}
	}
	slowest := slices.MaxFunc(all, func(x, y sent) int { return int(x.took - y.took) })
	b.ReportMetric(slowest.took.Seconds(), "slowest-s")
	lost, late := 0, 0
	var first error
	for _, s := range all {
		if s.took > tooLong {
			late++
		}
		if s.err != nil {
			lost++
			if first == nil {
				first = fmt.Errorf("%s after the fault: %w", s.at-broke, s.err)
			}
		}
	}
	b.ReportMetric(float64(lost), "unanswered")
	b.ReportMetric(float64(late), "over-3s")
	if lost > 0 {
		b.Errorf("%d of %d callbacks without a reply, the first %v", lost, len(all), first)
	}
}

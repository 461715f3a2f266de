package hook

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/policybot/policybot/bot"
)

// outcome is what a callback is answered with: the body before encryption
// (none acknowledges), and status and reason for the log.
type outcome struct {
	body           []byte
	status, reason string
}

// Parts of the deadline. With the default of 3 s nothing takes longer than
// 3 s + 0.3 s + 0.75 s, well within the platform's 5 s; End may take longer
// than its part where the answer took less.
func (h *Hook) grace() time.Duration    { return h.Deadline / 10 } // for Answer to notice that its time is up
func (h *Hook) patience() time.Duration { return h.Deadline / 4 }  // for a slot, for Begin, for End
func (h *Hook) total() time.Duration    { return h.Deadline + h.grace() + h.patience() }

// shared answers q, or waits for the answer if q is already being answered.
func (h *Hook) shared(ctx context.Context, ch Channel, q bot.Question) outcome {
	key := q.Account + "\x00" + q.ID
	f, owner := h.flights.claim(key, h.Now())
	if owner {
		h.own(ctx, ch, q, key, f)
		return f.outcome
	}
	limit := time.NewTimer(h.total())
	defer limit.Stop()
	select {
	case <-f.done:
		return outcome{body: f.outcome.body, status: "repeat", reason: f.outcome.status}
	case <-limit.C:
		return h.say(ch, q, bot.Failed, "repeat timed out", trouble)
	}
}

// own computes q's outcome and hands it to those who wait for it, even if
// something in it panics.
func (h *Hook) own(ctx context.Context, ch Channel, q bot.Question, key string, f *flight) {
	keep := true
	defer func() { h.flights.finish(key, f, keep, h.Now()) }()
	defer func() {
		if v := recover(); v != nil {
			h.panicked("callback panicked", q, v)
			f.outcome = h.say(ch, q, bot.Failed, "panic", trouble)
		}
	}()
	f.outcome, keep = h.compute(ctx, ch, q)
}

// compute answers q and journals it. It reports whether the outcome has to be
// kept in memory, as the journal does not have it.
func (h *Hook) compute(ctx context.Context, ch Channel, q bot.Question) (out outcome, keep bool) {
	start := h.Now()
	ctx, cancel := context.WithTimeout(ctx, h.Deadline)
	defer cancel()
	if !h.gate.enter(ctx, q.Account, h.patience()) {
		return h.say(ch, q, bot.Limited, "crowded", crowded), true
	}
	held := true // the slot, until answer takes it over
	defer func() {
		if held {
			h.gate.leave(q.Account)
		}
	}()
	begin, stop := context.WithTimeout(ctx, h.patience())
	done, err := h.Journal.Begin(begin, q)
	stop()
	switch {
	case err == nil && done != nil:
		return outcome{body: done, status: "repeat"}, false
	case errors.Is(err, bot.ErrStale):
		return outcome{status: "stale"}, false
	case err != nil:
		h.fault(q, "begin", err)
		keep = true
	}
	held = false
	reply := h.answer(ctx, q)
	body, err := ch.Encode(q, reply, h.Now())
	if err != nil {
		h.Log.Error("reply not encoded", "account", q.Account, "reason", err.Error())
		out = h.say(ch, q, bot.Failed, "encode", trouble)
		reply, body = bot.Reply{Status: bot.Failed, Reason: "encode", Text: trouble}, out.body
	}
	out = outcome{body: body, status: string(reply.Status), reason: reply.Reason}
	// The record is owed even where the claim failed, and the answer's own
	// context may be used up.
	left := h.total() - h.Now().Sub(start)
	end, stop := context.WithTimeout(context.WithoutCancel(ctx), min(left, 2*h.patience()))
	defer stop()
	if err := h.Journal.End(end, q, reply, body, h.Now().Sub(start)); err != nil {
		h.fault(q, "end", err)
		keep = true
	}
	return out, keep
}

// answer calls Answer. One that panics, or is not back in time although its
// context is done, becomes an honest reply. The slot is free when Answer has
// returned, so that those who overrun cannot pile up.
func (h *Hook) answer(ctx context.Context, q bot.Question) bot.Reply {
	result := make(chan bot.Reply, 1)
	h.answers.Go(func() {
		defer h.gate.leave(q.Account)
		defer func() {
			if v := recover(); v != nil {
				h.panicked("answer panicked", q, v)
				result <- failed(q, "panic")
			}
		}()
		result <- h.Answer(ctx, q)
	})
	select {
	case r := <-result:
		return r
	case <-ctx.Done():
	}
	late := time.NewTimer(h.grace())
	defer late.Stop()
	select {
	case r := <-result:
		return r
	case <-late.C:
		return failed(q, "deadline")
	}
}

// failed is what is said where there is no answer. Nothing keeps the numbers
// back from whoever is in danger.
func failed(q bot.Question, reason string) bot.Reply {
	if alarm, ok := bot.Alarm(q); ok {
		return alarm
	}
	return bot.Reply{Status: bot.Failed, Reason: reason, Text: trouble}
}

// say encodes one of our own sentences, or, for whoever is in danger, whom to
// call.
func (h *Hook) say(ch Channel, q bot.Question, status bot.Status, reason, text string) outcome {
	reply := bot.Reply{Status: status, Reason: reason, Text: text}
	if alarm, ok := bot.Alarm(q); ok {
		reply = alarm
	}
	out := outcome{status: string(reply.Status), reason: reply.Reason}
	body, err := ch.Encode(q, reply, h.Now())
	if err != nil {
		h.Log.Error("reply not encoded", "account", q.Account, "reason", err.Error())
		return out
	}
	out.body = body
	return out
}

// panicked logs where it happened. The value may hold the citizen's text, so
// only the runtime's own are written out.
func (h *Hook) panicked(what string, q bot.Question, v any) {
	reason := fmt.Sprintf("%T", v)
	if e, ok := v.(runtime.Error); ok {
		reason = e.Error()
	}
	h.Log.Error(what, "account", q.Account, "reason", reason, "stack", string(debug.Stack()))
}

// fault counts and logs a journal that failed.
func (h *Hook) fault(q bot.Question, step string, err error) {
	h.faults.Add(1)
	h.Log.Error("journal failed; answering without it", "account", q.Account, "step", step, "reason", err.Error())
}

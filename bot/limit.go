package bot

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// Pace is what a message is in the order of its sender's.
type Pace int

// The paces. Over is the first message over the bound, Still each that
// follows while the bound is reached.
const (
	Within Pace = iota
	Over
	Still
)

// Limiter counts messages by sender. One that several processes share can
// take the place of a Meter.
type Limiter interface {
	// Count counts one message of a sender, whose key names nobody.
	Count(ctx context.Context, account, person string) Pace
}

// Limits on one sender's messages: more than a person types.
const (
	MessagesPerMinute = 30
	paceWindow        = time.Minute
	maxPaced          = 100_000 // senders that are remembered
)

// Meter is a Limiter in memory. In no minute it lets more than its bound of a
// sender's messages through; those over it are not counted, so that whoever
// waits is answered again. It remembers at most 100,000 senders, the longest
// silent ones first to go: some 60 MB where each of them writes all that it may.
type Meter struct {
	most int
	now  func() time.Time
	born time.Time
	key  func(account, person string) string

	mu    sync.Mutex
	byKey map[string]*list.Element
	order *list.List // of *pacing, the last heard in front
	room  int        // how many senders are remembered
}

// pacing is one sender.
type pacing struct {
	key   string
	times []time.Duration // of the messages let through within the window, since the meter's birth, oldest first
	told  time.Duration   // when it was last said that there are too many; negative is never
	heard time.Duration
}

// NewMeter returns a Meter of most messages a minute. key turns account and
// person into what names nobody: a LedgerJournal's Pseudonym.
func NewMeter(most int, key func(account, person string) string, now func() time.Time) *Meter {
	return &Meter{most: most, now: now, born: now(), key: key, byKey: map[string]*list.Element{}, order: list.New(), room: maxPaced}
}

// Count implements Limiter.
func (m *Meter) Count(_ context.Context, account, person string) Pace {
	key, now := m.key(account, person), m.now().Sub(m.born)
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.sender(key, now)
	p.heard = now
	for len(p.times) > 0 && now-p.times[0] >= paceWindow {
		p.times = p.times[1:]
	}
	switch {
	case len(p.times) < m.most:
		p.times = append(p.times, now)
		return Within
	case p.told >= 0 && now-p.told < paceWindow:
		return Still
	}
	p.told = now
	return Over
}

// sender returns who has this key, and forgets who has been silent for the
// window and who is too many.
func (m *Meter) sender(key string, now time.Duration) *pacing {
	e, ok := m.byKey[key]
	if ok {
		m.order.MoveToFront(e)
	} else {
		e = m.order.PushFront(&pacing{key: key, told: -1})
		m.byKey[key] = e
	}
	for last := m.order.Back(); last != e; last = m.order.Back() {
		p := last.Value.(*pacing)
		if m.order.Len() <= m.room && now-p.heard < paceWindow {
			break
		}
		delete(m.byKey, p.key)
		m.order.Remove(last)
	}
	return e.Value.(*pacing)
}

// limited answers a message that is one too many: kindly the first time, then
// with a silent reply. Events are not counted, and who is in danger, or wants
// to see or delete what is kept of them, is always answered.
func (r *Responder) limited(ctx context.Context, q Question) (Reply, bool) {
	switch q.Kind {
	case Subscribe, Unsubscribe, Click, Ignored:
		return Reply{}, false
	}
	if r.Limiter == nil || q.Person == "" || r.cues().alarmed(q) || WantsRecords(q) != NoRecords {
		return Reply{}, false
	}
	pace := r.Limiter.Count(ctx, q.Account, q.Person)
	if pace == Within {
		return Reply{}, false
	}
	return Reply{Status: Limited, Reason: "rate", Text: sayTooFast(r.account(q.Account)), Silent: pace == Still}, true
}

func sayTooFast(a Account) string {
	return "您发得有点快，我一分钟最多答30条。请歇一会儿，过一分钟再发；着急的话，请打" + a.Hotline + "。"
}

// Alarm is the reply to a message that speaks of danger, for those who must
// answer without a Responder: a full house or trouble keeps no number back.
func Alarm(q Question) (Reply, bool) {
	if !shippedCues().alarmed(q) {
		return Reply{}, false
	}
	return Reply{Status: Emergency, Reason: "danger", Text: sayEmergency(Clean(q.Text))}, true
}

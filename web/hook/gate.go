package hook

import (
	"context"
	"slices"
	"sync"
	"time"
)

// gate lets a bounded number of answers be computed at a time, and a bounded
// number wait for that. Accounts share both fairly: each has a few places that
// the others cannot take, a place that gets free goes to the account with the
// fewest, and where the queue is full the longest one gives way.
type gate struct {
	limit, queue int
	accounts     func() int // that share the gate

	mu      sync.Mutex
	running int
	waiting int
	lines   map[string]*line
	turns   uint64
}

// line is one account.
type line struct {
	running int
	waiters []chan bool // true: has a place; false: gave way. Oldest first.
	turn    uint64      // when it got a place last
}

func newGate(limit, queue int, accounts func() int) *gate {
	return &gate{limit: limit, queue: queue, accounts: accounts, lines: map[string]*line{}}
}

// load returns how many answers are being computed, and how many wait.
func (g *gate) load() (running, waiting int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.running, g.waiting
}

// enter takes a place for an account, waiting for one at most for patience.
// Who gets none, at once or in time, is told so by false.
func (g *gate) enter(ctx context.Context, account string, patience time.Duration) bool {
	g.mu.Lock()
	l := g.line(account)
	if len(l.waiters) == 0 && g.may(l) {
		g.take(l)
		g.mu.Unlock()
		return true
	}
	if g.waiting >= g.queue && !g.giveWay(l) {
		g.mu.Unlock()
		return false
	}
	ready := make(chan bool, 1)
	l.waiters = append(l.waiters, ready)
	g.waiting++
	g.mu.Unlock()

	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case ok := <-ready:
		return ok
	case <-late.C:
	case <-ctx.Done():
	}
	return g.giveUp(l, ready)
}

// giveUp takes who waits no longer out of the line, unless it got its place at
// the last moment.
func (g *gate) giveUp(l *line, ready chan bool) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(l.waiters, ready)
	if i < 0 {
		return <-ready // there already
	}
	l.waiters = slices.Delete(l.waiters, i, i+1)
	g.waiting--
	return false
}

// leave gives a place back and hands it on.
func (g *gate) leave(account string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running--
	g.line(account).running--
	for g.waiting > 0 {
		next := g.next()
		if next == nil {
			return
		}
		ready := next.waiters[0]
		next.waiters = slices.Delete(next.waiters, 0, 1)
		g.waiting--
		g.take(next)
		ready <- true
	}
}

// many is how many accounts are remembered without need.
const many = 64

// line returns an account's line.
func (g *gate) line(account string) *line {
	l, ok := g.lines[account]
	if ok {
		return l
	}
	if len(g.lines) >= many { // accounts that a reload took away
		for name, old := range g.lines {
			if old.running == 0 && len(old.waiters) == 0 {
				delete(g.lines, name)
			}
		}
	}
	l = &line{}
	g.lines[account] = l
	return l
}

func (g *gate) take(l *line) {
	g.turns++
	g.running++
	l.running++
	l.turn = g.turns
}

// may reports whether an account may take a place now: one of its own, or one
// that is not kept for the others.
func (g *gate) may(l *line) bool {
	free := g.limit - g.running
	own := g.own()
	switch {
	case free <= 0:
		return false
	case l.running < own || own == 0:
		return true
	}
	kept := max(0, g.accounts()-len(g.lines)) * own
	for _, other := range g.lines {
		if other != l {
			kept += max(0, own-other.running)
		}
	}
	return free > kept
}

// own is how many places each account has to itself: together a quarter of all,
// but at least one each, where that leaves half of them to whoever comes.
func (g *gate) own() int {
	n := g.accounts()
	switch {
	case n < 2 || 2*n > g.limit:
		return 0
	case 4*n > g.limit:
		return 1
	}
	return g.limit / (4 * n)
}

// next returns who of those that wait is to have a place: the one with the
// fewest, and of these the one that has waited for one longest. nil is nobody.
func (g *gate) next() (next *line) {
	for _, l := range g.lines {
		if len(l.waiters) == 0 || !g.may(l) {
			continue
		}
		if next == nil || l.running < next.running || l.running == next.running && l.turn < next.turn {
			next = l
		}
	}
	return next
}

// giveWay makes room in a full queue for an account: the last of the longest
// line leaves, where that one is longer than the account's would be.
func (g *gate) giveWay(l *line) bool {
	longest := l
	for _, other := range g.lines {
		if len(other.waiters) > len(longest.waiters) {
			longest = other
		}
	}
	last := len(longest.waiters) - 1
	if longest == l || last < len(l.waiters)+1 {
		return false
	}
	longest.waiters[last] <- false
	longest.waiters = longest.waiters[:last]
	g.waiting--
	return true
}

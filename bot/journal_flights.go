package bot

import (
	"slices"
	"sync"
	"time"
)

// maxLanded bounds the answers kept in memory. The ledger has them too, and a
// platform repeats within seconds.
const maxLanded = 4096

// flight is a question being answered in this process, or answered lately.
type flight struct {
	until time.Time     // the lease: after it another caller may take over
	done  chan struct{} // closed when it landed or was freed
	// Set before done is closed, never after.
	landed   bool
	body     []byte
	answered time.Time
}

// answer returns the body of a flight that landed within the time in which it
// may be repeated.
func (f *flight) answer(now time.Time) ([]byte, bool) {
	select {
	case <-f.done:
		return f.body, f.landed && since(now, f.answered) < repeatable
	default:
		return nil, false
	}
}

// flights are the questions that this process is at, by key.
type flights struct {
	mu     sync.Mutex
	byKey  map[string]*flight
	landed []landing // oldest first
}

type landing struct {
	key string
	f   *flight
}

func newFlights() *flights { return &flights{byKey: make(map[string]*flight)} }

// join returns the flight of a question and the end of its lease; mine says
// that the caller is the one to answer it.
func (fs *flights) join(key string, now time.Time) (f *flight, until time.Time, mine bool) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.evict(now)
	if f = fs.byKey[key]; f != nil {
		switch {
		case f.landed && since(now, f.answered) < repeatable, !f.landed && now.Before(f.until):
			return f, f.until, false
		case !f.landed:
			close(f.done) // left without End: its waiters come back and meet the new one
		}
	}
	f = &flight{until: now.Add(lease), done: make(chan struct{})}
	fs.byKey[key] = f
	return f, f.until, true
}

// extend renews the lease of a flight that is still the question's.
func (fs *flights) extend(key string, f *flight, until time.Time) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.byKey[key] == f {
		f.until = until
	}
}

// land hands the body to whoever waits. nil stands for the question's flight,
// whichever it is. The first answer stays.
func (fs *flights) land(key string, f *flight, body []byte, answered time.Time) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	now := fs.byKey[key]
	if f != nil && now != f || now != nil && now.landed {
		return
	}
	if now == nil {
		now = &flight{done: make(chan struct{})}
		fs.byKey[key] = now
	}
	now.landed, now.body, now.answered = true, body, answered
	close(now.done)
	fs.landed = append(fs.landed, landing{key, now})
	fs.evict(answered)
}

// free lets a waiter take over. nil as in land; what landed stays.
func (fs *flights) free(key string, f *flight) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	now := fs.byKey[key]
	if now == nil || now.landed || f != nil && now != f {
		return
	}
	delete(fs.byKey, key)
	close(now.done)
}

// evict forgets answers that are not repeated any more, and the oldest where
// there are too many. Its caller holds the lock.
func (fs *flights) evict(now time.Time) {
	for len(fs.landed) > 0 {
		old := fs.landed[0]
		if len(fs.landed) <= maxLanded && since(now, old.f.answered) < repeatable {
			return
		}
		if fs.byKey[old.key] == old.f {
			delete(fs.byKey, old.key)
		}
		fs.landed[0] = landing{}
		fs.landed = fs.landed[1:]
	}
}

// sweep forgets what evict does not see: questions that nobody ended.
func (fs *flights) sweep(now time.Time) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.evict(now)
	for key, f := range fs.byKey {
		if !f.landed && since(now, f.until) >= repeatable {
			delete(fs.byKey, key)
			close(f.done)
		}
	}
}

// drop forgets answers at once.
func (fs *flights) drop(keys []string) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for _, key := range keys {
		if f := fs.byKey[key]; f != nil && f.landed {
			delete(fs.byKey, key)
		}
	}
	fs.landed = slices.DeleteFunc(fs.landed, func(l landing) bool { return fs.byKey[l.key] != l.f })
}

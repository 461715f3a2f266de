package hook

import (
	"container/list"
	"sync"
	"time"
)

// How much is kept in memory for repeats that the journal cannot answer: the
// platform repeats for 15 s, and a reply takes some 2 KB.
const (
	keepFor  = time.Minute
	keepMost = 4096
)

// flight is a question that is being answered, or was.
type flight struct {
	done    chan struct{} // closed when outcome is there
	outcome outcome
	until   time.Time // when a finished one is forgotten
	key     string
}

// flights are the questions in work, and the finished ones that the journal
// does not have.
type flights struct {
	mu    sync.Mutex
	byKey map[string]*flight
	kept  *list.List // finished *flight, oldest first
}

func newFlights() *flights {
	return &flights{byKey: make(map[string]*flight), kept: list.New()}
}

// claim returns key's flight, and whether the caller has to finish it.
func (fs *flights) claim(key string, now time.Time) (f *flight, owner bool) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.forget(now)
	if f, ok := fs.byKey[key]; ok {
		return f, false
	}
	f = &flight{done: make(chan struct{}), key: key}
	fs.byKey[key] = f
	return f, true
}

// finish hands f's outcome to all who wait, and keeps it for those to come
// where keep says so.
func (fs *flights) finish(key string, f *flight, keep bool, now time.Time) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	close(f.done)
	if !keep {
		delete(fs.byKey, key)
		return
	}
	f.until = now.Add(keepFor)
	fs.kept.PushBack(f)
	fs.forget(now)
}

// forget drops finished flights that are old or too many.
func (fs *flights) forget(now time.Time) {
	for e := fs.kept.Front(); e != nil; e = fs.kept.Front() {
		f := e.Value.(*flight)
		if fs.kept.Len() <= keepMost && now.Before(f.until) {
			return
		}
		fs.kept.Remove(e)
		delete(fs.byKey, f.key)
	}
}

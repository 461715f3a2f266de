package hook

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/policybot/policybot/bot"
)

// How long, and how much, a Watcher keeps.
const (
	watchFor  = 15 * time.Second // after somebody asked last
	watchMost = 32
	watchBody = 256<<10 + 1 // a byte more than a callback may bring
)

// Watcher keeps the last requests that look like callbacks for as long as
// somebody asks for them, for diagnosis. Senders get what they would get
// without it; while nobody asks, nothing is looked at.
type Watcher struct {
	now   func() time.Time
	armed atomic.Bool

	mu      sync.Mutex
	until   time.Time
	last    int64 // number of the newest
	kept    []bot.Arrival
	changed chan struct{} // closed when the next one comes
}

// NewWatcher returns a Watcher by a clock; nil is time.Now.
func NewWatcher(now func() time.Time) *Watcher {
	if now == nil {
		now = time.Now
	}
	return &Watcher{now: now, changed: make(chan struct{})}
}

// Wrap returns next with the watcher before it.
func (w *Watcher) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w.armed.Load() && looksLikeCallback(r) {
			w.keep(arrivalOf(r, w.now()))
		}
		next.ServeHTTP(rw, r)
	})
}

func looksLikeCallback(r *http.Request) bool {
	return strings.Contains(r.URL.Path, "/wechat") || strings.Contains(r.URL.RawQuery, "signature=")
}

// arrivalOf copies a request; what was read of its body is put back.
func arrivalOf(r *http.Request, now time.Time) bot.Arrival {
	a := bot.Arrival{At: now, Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Length: r.ContentLength}
	if r.Body == nil || r.Body == http.NoBody {
		return a
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, watchBody))
	a.Body, a.Broken = body, err != nil
	rest := io.Reader(r.Body)
	if err != nil {
		rest = broken{err}
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), rest), r.Body}
	return a
}

// broken is the rest of a body that broke off.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func (w *Watcher) keep(a bot.Arrival) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.now().After(w.until) {
		w.armed.Store(false)
		w.kept = nil
		return
	}
	if len(w.kept) == watchMost {
		w.kept = append([]bot.Arrival(nil), w.kept[1:]...)
	}
	w.kept = append(w.kept, a)
	w.last++
	close(w.changed)
	w.changed = make(chan struct{})
}

// Next returns the requests that came after the one of number after, of which
// it keeps the last 32, and the number of the newest. Where there are none it
// waits for one as long as wait says. A negative after returns only the number.
func (w *Watcher) Next(ctx context.Context, after int64, wait time.Duration) ([]bot.Arrival, int64) {
	ctx, stop := context.WithTimeout(ctx, wait)
	defer stop()
	for {
		w.mu.Lock()
		w.until = w.now().Add(wait + watchFor)
		w.armed.Store(true)
		last, changed := w.last, w.changed
		n := min(last-after, int64(len(w.kept)))
		var fresh []bot.Arrival
		if after >= 0 && n > 0 {
			fresh = append(fresh, w.kept[int64(len(w.kept))-n:]...)
		}
		w.mu.Unlock()
		if after < 0 || len(fresh) > 0 {
			return fresh, last
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, last
		}
	}
}

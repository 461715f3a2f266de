package feed_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/feed"
)

// spoilt is an engine that fails at a document without saying so.
type spoilt struct{ index.Outside }

func (e spoilt) Apply(ctx context.Context, m index.Stamp, put []index.Entry, documents []string) error {
	for _, one := range put {
		if strings.Contains(one.Body, "炸弹") {
			return errors.New("413 payload too large")
		}
	}
	return e.Outside.Apply(ctx, m, put, documents)
}

// fate decides what becomes of a process: its n-th call fails, or is its last.
type fate struct {
	mu     sync.Mutex
	at     int  // which call; 0 is none
	done   bool // the call has its effect nevertheless
	deadly bool // nothing works after it
	calls  int
	dead   bool
	die    context.CancelFunc
	last   string // the call that it was
}

var errFate = errors.New("the call failed")

func (f *fate) call(name string, do func() error) error {
	f.mu.Lock()
	f.calls++
	hit := f.calls == f.at
	if f.dead {
		f.mu.Unlock()
		return errFate
	}
	if !hit {
		f.mu.Unlock()
		return do()
	}
	f.dead, f.last = f.deadly, name
	f.mu.Unlock()
	if f.done {
		_ = do()
	}
	if f.deadly {
		f.die()
	}
	return errFate
}

func (f *fate) passed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last == ""
}

// mortalEngine and mortalStore are the engine and the store of a process that
// has a fate.
type mortalEngine struct {
	index.Outside
	*fate
}

func (e mortalEngine) Check(ctx context.Context) (version string, err error) {
	err = e.call("Check", func() error { version, err = e.Outside.Check(ctx); return err })
	return version, err
}
func (e mortalEngine) Create(ctx context.Context, m index.Stamp) error {
	return e.call("Create", func() error { return e.Outside.Create(ctx, m) })
}
func (e mortalEngine) Apply(ctx context.Context, m index.Stamp, put []index.Entry, documents []string) error {
	return e.call("Apply", func() error { return e.Outside.Apply(ctx, m, put, documents) })
}
func (e mortalEngine) Keep(ctx context.Context, m index.Stamp) error {
	return e.call("Keep", func() error { return e.Outside.Keep(ctx, m) })
}
func (e mortalEngine) Generations(ctx context.Context) (all []index.Stamp, err error) {
	err = e.call("Generations", func() error { all, err = e.Outside.Generations(ctx); return err })
	return all, err
}
func (e mortalEngine) Count(ctx context.Context, name string) (n int, err error) {
	err = e.call("Count", func() error { n, err = e.Outside.Count(ctx, name); return err })
	return n, err
}
func (e mortalEngine) Sums(ctx context.Context, name string, yield func(index.Place, string) error) error {
	return e.call("Sums", func() error { return e.Outside.Sums(ctx, name, yield) })
}
func (e mortalEngine) Drop(ctx context.Context, name string) error {
	return e.call("Drop", func() error { return e.Outside.Drop(ctx, name) })
}

type mortalStore struct {
	*memory
	*fate
}

func (s mortalStore) Changes(ctx context.Context, after int64, limit int) (all []index.Change, err error) {
	err = s.call("Changes", func() error { all, err = s.memory.Changes(ctx, after, limit); return err })
	return all, err
}
func (s mortalStore) Newest(ctx context.Context) (n int64, err error) {
	err = s.call("Newest", func() error { n, err = s.memory.Newest(ctx); return err })
	return n, err
}
func (s mortalStore) Documents(ctx context.Context, ids []string) (all []index.Live, err error) {
	err = s.call("Documents", func() error { all, err = s.memory.Documents(ctx, ids); return err })
	return all, err
}
func (s mortalStore) EachDocument(ctx context.Context, yield func(corpus.Document) error) error {
	return s.call("EachDocument", func() error { return s.memory.EachDocument(ctx, yield) })
}
func (s mortalStore) Lease(ctx context.Context, engine, holder string, now, until time.Time) (ok bool, err error) {
	err = s.call("Lease", func() error { ok, err = s.memory.Lease(ctx, engine, holder, now, until); return err })
	return ok && err == nil, err
}
func (s mortalStore) Release(ctx context.Context, engine, holder string) error {
	return s.call("Release", func() error { return s.memory.Release(ctx, engine, holder) })
}
func (s mortalStore) Progress(ctx context.Context) (all []feed.Progress, err error) {
	err = s.call("Progress", func() error { all, err = s.memory.Progress(ctx); return err })
	return all, err
}
func (s mortalStore) SaveProgress(ctx context.Context, holder string, p feed.Progress) (ok bool, err error) {
	err = s.call("SaveProgress", func() error { ok, err = s.memory.SaveProgress(ctx, holder, p); return err })
	return ok && err == nil, err
}
func (s mortalStore) SetAside(ctx context.Context, refused []feed.Aside) error {
	return s.call("SetAside", func() error { return s.memory.SetAside(ctx, refused) })
}
func (s mortalStore) Readmit(ctx context.Context, engine string, documents []string) error {
	return s.call("Readmit", func() error { return s.memory.Readmit(ctx, engine, documents) })
}
func (s mortalStore) Pending(ctx context.Context, after int64) (p corpus.Pending, err error) {
	err = s.call("Pending", func() error { p, err = s.memory.Pending(ctx, after); return err })
	return p, err
}
func (s mortalStore) Aside(ctx context.Context, engine string) (all []feed.Aside, err error) {
	err = s.call("Aside", func() error { all, err = s.memory.Aside(ctx, engine); return err })
	return all, err
}
func (s mortalStore) Counts(ctx context.Context) (sample, own int, err error) {
	err = s.call("Counts", func() error { sample, own, err = s.memory.Counts(ctx); return err })
	return sample, own, err
}

// TestEveryStep has a process fail, or die, at each of its calls, before or
// after they take effect, and looks at what it, or the one after it, makes of
// that: exactly what the store has.
func TestEveryStep(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name         string
		done, deadly bool
	}{
		{"fails", false, false}, {"done but fails", true, false}, {"dies", false, true}, {"done but dies", true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for n := 1; ; n++ {
				f := &fate{at: n, done: tt.done, deadly: tt.deadly}
				synctest.Test(t, func(t *testing.T) { live(t, f) })
				if t.Failed() {
					t.Fatalf("at call %d, %s", n, f.last)
				}
				if f.passed() {
					if n < 100 {
						t.Errorf("a life has %d calls only", n)
					}
					break
				}
			}
		})
	}
}

// live is the life of a process: it builds, feeds, sets aside, repairs, builds
// again while documents change, and once more for another lexicon.
func live(t *testing.T, f *fate) {
	o := newOffice(t)
	o.publish("a 老人卡。", "b 公积金。", "c 居住证。", "d 拒收。", "e 陷阱。", "f 养老金。")
	w := o.worker(func(c *feed.Config) {
		c.Engine = mortalEngine{c.Engine, f}
		c.Store, c.Source = mortalStore{o.memory, f}, mortalStore{o.memory, f}
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	f.die = cancel
	done := make(chan error, 1)
	run := func(ctx context.Context, w *feed.Worker) { done <- w.Run(ctx) }
	go run(ctx, w)
	settle := func() { time.Sleep(40 * time.Second) }
	settle()
	o.publish("a 老人卡已经停用。", "-b", "d 医保。", "f 拒收。")
	w.Poke()
	settle()
	damaged := o.damage()
	if _, err := w.Verify(ctx, true); err == nil {
		damaged = false
	}
	go func(w *feed.Worker, ctx context.Context) { _ = w.Rebuild(ctx) }(w, ctx)
	o.publish("c 居住证每年签注。", "e 生育津贴。", "a 拒收。")
	w.Poke()
	settle()
	o.reword("v2")
	settle()
	if f.deadly && !f.passed() {
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		w = o.worker()
		ctx, cancel = context.WithCancel(t.Context())
		defer cancel()
		go run(ctx, w)
		settle()
	}
	settle()
	if damaged {
		if _, err := w.Verify(ctx, true); err != nil {
			t.Errorf("Verify: %v", err)
		}
	}
	o.check(w, "in the end")
	if n := len(o.generations()); n != 1 {
		t.Errorf("%d generations in the end", n)
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run: %v", err)
	}
}

// damage removes an entry from the engine; it reports whether there is one.
func (o *office) damage() bool {
	for _, name := range o.generations() {
		if have := o.server.Entries(name); len(have) > 0 {
			o.server.Remove(name, index.Place{Document: have[0].Document, Ordinal: have[0].Ordinal})
			return true
		}
	}
	return false
}

// What is published while a generation is built is in it when it serves; until
// then the old one is fed.
func TestChangesWhileBuilding(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		for i := range 4200 {
			o.publish(fmt.Sprintf("d%04d 第%d项事项。", i, i))
		}
		w := o.worker(func(c *feed.Config) {
			c.Engine = completing{c.Engine, func(m index.Stamp) {
				if m.Cursor < o.newest() {
					t.Errorf("complete up to %d, while %d is the newest", m.Cursor, o.newest())
				}
			}}
		})
		defer o.run(w)()
		o.wait(w)
		old, _ := w.Serving()
		o.server.Fail(func(ctx context.Context, call string) error {
			if call == "Apply" {
				time.Sleep(10 * time.Second) // a slow engine
			}
			return nil
		})
		rebuilt := make(chan error, 1)
		go func() { rebuilt <- w.Rebuild(t.Context()) }()
		time.Sleep(5 * time.Second)
		o.publish("d0001 改了。", "-d0002", "new 新的。")
		time.Sleep(20 * time.Second)
		if st, err := w.Status(t.Context()); err != nil || st.Building == "" || st.Done == 0 || st.Total != 4200 {
			t.Errorf("%+v, %v", st, err)
		}
		if name, _ := w.Serving(); name != old {
			t.Error("switched before the end")
		}
		o.checkGeneration(old, "fed while another is built")
		o.publish("d0003 改了。", "-d0004")
		if err := <-rebuilt; err != nil {
			t.Fatal(err)
		}
		o.check(w, "rebuilt")
		if name, _ := w.Serving(); name == old {
			t.Error("not switched")
		}
	})
}

// An engine that is wiped while it is built has only the end of it: that does
// not serve.
func TestWipedWhileBuilding(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		for i := range 4200 {
			o.publish(fmt.Sprintf("d%04d 第%d项事项。", i, i))
		}
		var once sync.Once
		w := o.worker(func(c *feed.Config) {
			c.Engine = wiping{c.Engine, func(m index.Stamp) { once.Do(func() { _ = o.engine().Create(t.Context(), m) }) }}
		})
		defer o.run(w)()
		time.Sleep(10 * time.Second)
		o.check(w, "built again")
	})
}

// wiping is an engine that loses its entries before the second batch.
type wiping struct {
	index.Outside
	wipe func(index.Stamp)
}

func (e wiping) Apply(ctx context.Context, m index.Stamp, put []index.Entry, documents []string) error {
	if len(put) > 0 && put[0].Document != "d0000" {
		e.wipe(m)
	}
	return e.Outside.Apply(ctx, m, put, documents)
}

// completing tells of the stamp that makes a generation complete.
type completing struct {
	index.Outside
	tell func(index.Stamp)
}

func (e completing) Keep(ctx context.Context, m index.Stamp) error {
	if m.Complete {
		e.tell(m)
	}
	return e.Outside.Keep(ctx, m)
}

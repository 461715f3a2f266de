package feed_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/feed"
)

var errDown = errors.New("connection refused: is the engine running?")

func TestBuildsAndFeeds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡在社区办理。", "b 公积金可以提取。", "c 居住证每年签注。")
		w := o.worker()
		if name, fresh := w.Serving(); name != "" || fresh {
			t.Errorf("serves %q before anything runs", name)
		}
		defer o.run(w)()
		o.wait(w)
		o.check(w, "built")
		o.publish("a 老人卡在街道办理。", "d 生育津贴怎么领取。", "-b")
		w.Poke()
		o.wait(w)
		o.check(w, "fed")
		st, err := w.Status(t.Context())
		if err != nil || st.Entries != 6 || st.Documents != 3 || st.Cursor != 6 || st.Queued != 0 || !st.Leased ||
			st.Version != "1.0.0" || st.Trouble != "" || len(st.Generations) != 1 || !st.Generations[0].Serves || st.Generations[0].Entries != 6 {
			t.Errorf("%+v, %v", st, err)
		}
		// Nobody says so: it is seen within seconds.
		o.publish("e 养老金按月发放。")
		time.Sleep(3 * time.Second)
		o.check(w, "not poked")
		if got := o.kinds(); !slices.Equal(got, []string{feed.Built}) {
			t.Errorf("happened: %v", got)
		}
	})
}

// A worker that starts finds what the one before has built.
func TestResumes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。", "b 公积金。")
		first := o.worker()
		stop := o.run(first)
		o.wait(first)
		built, _ := first.Serving()
		stop()
		o.publish("c 居住证。")
		o.server.Begin("half")
		second := o.worker()
		defer o.run(second)()
		o.wait(second)
		o.check(second, "resumed")
		if got, _ := second.Serving(); got != built {
			t.Errorf("built anew: %s, then %s", built, got)
		}
		if got := o.generations(); !slices.Equal(got, []string{built}) {
			t.Errorf("the engine has %v, want %s alone", got, built)
		}
	})
}

// Without progress in the store, as after moving the folder's database, what
// the engine has is found by its stamp.
func TestResumesWithoutProgress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。", "b 公积金。")
		first := o.worker()
		stop := o.run(first)
		o.wait(first)
		built, _ := first.Serving()
		stop()
		clear(o.progress)
		o.publish("b 公积金贷款。")
		second := o.worker()
		defer o.run(second)()
		o.wait(second)
		o.check(second, "resumed")
		if got, _ := second.Serving(); got != built || !slices.Contains(o.kinds(), feed.Resumed) {
			t.Errorf("serves %s, want %s; happened %v", got, built, o.kinds())
		}
	})
}

func TestStorePutBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。", "b 公积金。", "c 居住证。")
		w := o.worker()
		stop := o.run(w)
		o.wait(w)
		built, _ := w.Serving()
		stop()
		o.memory = newMemory()
		o.publish("b 公积金。")
		w = o.worker()
		defer o.run(w)()
		o.wait(w)
		o.check(w, "put back")
		if got, _ := w.Serving(); got == built {
			t.Error("goes on with a generation of a store that is no more")
		}
		time.Sleep(15 * time.Second)
		if got := o.generations(); len(got) != 1 {
			t.Errorf("left on the engine: %v", got)
		}
	})
}

// A store that is put back and then changes beyond the engine's cursor is told
// by its progress.
func TestStorePutBackUnseen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。", "b 公积金。")
		w := o.worker()
		stop := o.run(w)
		o.wait(w)
		stop()
		saved := newMemory()
		saved.publish("a 老人卡。", "b 公积金。")
		saved.progress["meilisearch"] = o.progress["meilisearch"]
		w = o.worker()
		o.publish("a 老人卡已经停用。", "c 居住证。")
		o.wait(w) // without Run
		o.memory = saved
		o.publish("d 养老金。", "e 生育津贴。", "f 医保。")
		w = o.worker()
		defer o.run(w)()
		o.wait(w)
		time.Sleep(time.Second)
		o.check(w, "put back")
	})
}

func TestEngineWiped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。", "b 公积金。")
		w := o.worker()
		defer o.run(w)()
		o.wait(w)
		wipe := func() {
			for _, name := range o.generations() {
				if err := o.engine().Drop(t.Context(), name); err != nil {
					t.Fatal(err)
				}
			}
		}
		wipe()
		o.publish("c 居住证。")
		o.wait(w)
		o.check(w, "wiped before a change")
		wipe()
		time.Sleep(20 * time.Second) // nothing to do: it is looked at nevertheless
		o.check(w, "wiped while nothing changed")
	})
}

// An engine that hangs is not fresh for long, also where nobody said that the
// outbox has grown.
func TestHangsUnsaid(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。")
		w := o.worker()
		defer o.run(w)()
		o.wait(w)
		time.Sleep(time.Minute)
		if _, fresh := w.Serving(); !fresh {
			t.Error("with nothing to do it is not fresh")
		}
		o.server.Fail(func(ctx context.Context, call string) error {
			if call != "Apply" {
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		})
		o.publish("b 公积金。")
		time.Sleep(9 * time.Second)
		if _, fresh := w.Serving(); fresh {
			t.Error("it is fresh without what was published 9 s ago")
		}
	})
}

// An engine that is restored from an older dump is fed from there.
func TestEngineRestoredOlder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。", "b 公积金。", "c 居住证。")
		w := o.worker()
		defer o.run(w)()
		o.wait(w)
		name, _ := w.Serving()
		stamps, err := o.engine().Generations(t.Context())
		if err != nil || len(stamps) != 1 {
			t.Fatal(stamps, err)
		}
		entries := o.server.Entries(name)
		o.publish("a 老人卡已经停用。", "-b", "d 养老金。")
		o.wait(w)
		restore := o.engine()
		if err := errors.Join(restore.Create(t.Context(), stamps[0]), restore.Apply(t.Context(), stamps[0], entries, nil)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Second)
		o.check(w, "restored")
		if got, _ := w.Serving(); got != name {
			t.Errorf("built %s, though %s was there", got, name)
		}
	})
}

// Another lexicon is another generation; until it is there, questions are not
// put to the old one.
func TestAnotherCut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。", "b 公积金。")
		w := o.worker()
		defer o.run(w)()
		o.wait(w)
		o.reword("v2")
		if _, fresh := w.Serving(); fresh {
			t.Error("fresh, but cut otherwise")
		}
		o.wait(w)
		o.check(w, "cut anew")
		if n := len(o.generations()); n != 2 {
			t.Errorf("%d generations: the old one is kept for a moment", n)
		}
		time.Sleep(15 * time.Second)
		if n := len(o.generations()); n != 1 {
			t.Errorf("%d generations after a while", n)
		}
	})
}

// TestLexiconSwitched: another lexicon is a change like any other. Where its
// words are those of before there is nothing to do; where not, entries are cut
// anew, also those of what was published together with it.
func TestLexiconSwitched(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。", "b 公积金。")
		w := o.worker()
		defer o.run(w)()
		o.wait(w)
		built, _ := w.Serving()
		applied := 0
		o.server.Fail(func(_ context.Context, call string) error {
			if call == "Apply" {
				applied++
			}
			return nil
		})
		o.switchLexicon()
		o.wait(w)
		st, err := w.Status(t.Context())
		if err != nil || st.Generation != built || st.Cursor != 3 || st.Queued != 0 || st.Entries != 4 || applied != 0 {
			t.Errorf("questions alone: applied %d times, %+v, %v", applied, st, err)
		}
		o.publish("c 居住证。")
		o.switchLexicon()
		o.publish("a 老人卡已经停用。")
		o.wait(w)
		o.check(w, "among changes of documents")
		if name, _ := w.Serving(); name != built {
			t.Error("built anew for nothing")
		}
		o.reword("v2")
		o.publish("d 养老金。")
		o.switchLexicon()
		o.wait(w)
		o.check(w, "other words")
		if name, _ := w.Serving(); name == built {
			t.Error("entries are cut as before")
		}
	})
}

// A generation that does not find as it was made to is built anew: by itself
// after a while, and at once where it is verified.
func TestGenerationSpoilt(t *testing.T) {
	t.Parallel()
	spoil := func(o *office, w *feed.Worker) (name string) {
		t.Helper()
		name, _ = w.Serving()
		m := index.Stamp{Installation: installation, Generation: name, Cut: "somebody has changed it", Cursor: o.newest(), Complete: true}
		if err := o.engine().Keep(o.t.Context(), m); err != nil {
			t.Fatal(err)
		}
		return name
	}
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。", "b 公积金。")
		w := o.worker()
		defer o.run(w)()
		o.wait(w)
		name := spoil(o, w)
		time.Sleep(20 * time.Second)
		if now, fresh := w.Serving(); now == name || !fresh {
			t.Errorf("%s serves, fresh %v", now, fresh)
		}
		o.check(w, "built anew")
		if !strings.Contains(o.logged.String(), "somebody has changed it") {
			t.Errorf("the log does not say why:\n%s", o.logged)
		}
		name = spoil(o, w)
		if _, err := w.Verify(t.Context(), false); err == nil {
			t.Error("compared, with repair off")
		}
		if d, err := w.Verify(t.Context(), true); err != nil || d.Any() || d.Entries != 4 {
			t.Errorf("verified: %+v, %v", d, err)
		}
		if now, fresh := w.Serving(); now == name || !fresh {
			t.Errorf("%s serves, fresh %v", now, fresh)
		}
	})
}

func TestSetsAside(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。", "b 拒收。", "c 陷阱。", "d 居住证。")
		w := o.worker()
		defer o.run(w)()
		o.wait(w)
		o.check(w, "built")
		o.publish("a 拒收。", "d 陷阱。", "e 养老金。")
		o.wait(w)
		o.check(w, "fed")
		st, err := w.Status(t.Context())
		if err != nil || len(st.Asides) != 4 || st.Asides[0].Reason != "too long a term" || !strings.Contains(st.Asides[2].Reason, "cannot be cut") {
			t.Errorf("%+v, %v", st.Asides, err)
		}
		o.publish("a 老人卡。", "-b", "d 居住证。")
		o.wait(w)
		o.check(w, "changed again")
	})
}

// What an engine fails at without saying that it is the document is found by
// halves, and set aside; the rest is served.
func TestSpoiltBatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		for i := range 40 {
			o.publish(fmt.Sprintf("d%02d 第%d项事项。", i, i))
		}
		o.publish("d17 炸弹。")
		w := o.worker(func(c *feed.Config) { c.Engine = spoilt{o.engine()} })
		stop := o.run(w)
		o.wait(w)
		name, fresh := w.Serving()
		stop()
		if n := len(o.server.Entries(name)); !fresh || n != 78 || len(o.asides) != 1 || o.asides["d17"].Reason == "" {
			t.Errorf("fresh %v, %d entries, set aside %v", fresh, n, o.asides)
		}
	})
}

func TestEngineDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。")
		w := o.worker()
		defer o.run(w)()
		o.wait(w)
		var tries atomic.Int32
		o.server.Fail(func(_ context.Context, call string) error {
			if call == "Check" || call == "Generations" {
				tries.Add(1)
			}
			return errDown
		})
		o.publish("b 公积金。")
		var behind *feed.Behind
		start := time.Now()
		if err := w.Wait(t.Context(), o.newest()); !errors.As(err, &behind) || behind.Queued != 1 || !strings.Contains(behind.Trouble, "connection refused") {
			t.Errorf("%v", err)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("said after %s", took)
		}
		if name, fresh := w.Serving(); name == "" || !fresh {
			t.Errorf("not fresh at once: %q, %v", name, fresh)
		}
		time.Sleep(6 * time.Second)
		if _, fresh := w.Serving(); fresh {
			t.Error("fresh, though a change waits")
		}
		time.Sleep(10 * time.Minute)
		if n := tries.Load(); n > 160 || n < 100 {
			t.Errorf("tried %d times in ten minutes, while a change waits", n)
		}
		st, err := w.Status(t.Context())
		if err != nil || st.Unknown == "" || st.Queued != 1 || st.Behind < 10*time.Minute || !strings.Contains(st.Trouble, "connection refused") || st.Since.IsZero() {
			t.Errorf("%+v, %v", st, err)
		}
		o.server.Fail(nil)
		time.Sleep(6 * time.Second)
		o.check(w, "back")
		if got := o.kinds(); !slices.Equal(got, []string{feed.Built, feed.Failed, feed.CaughtUp}) {
			t.Errorf("happened: %v", got)
		}
		o.mu.Lock()
		defer o.mu.Unlock()
		if n := strings.Count(o.logged.String(), "connection refused"); n != 1 {
			t.Errorf("logged %d times:\n%s", n, o.logged)
		}
	})
}

// A process that starts while the engine is down says so, though the one
// before has.
func TestStartsWhileDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。")
		o.server.Fail(func(context.Context, string) error { return errDown })
		for range 2 {
			stop := o.run(o.worker())
			time.Sleep(time.Minute)
			stop()
		}
		if n := strings.Count(o.logged.String(), "connection refused"); n != 2 {
			t.Errorf("logged %d times:\n%s", n, o.logged)
		}
		o.server.Fail(nil)
		w := o.worker()
		defer o.run(w)()
		o.wait(w)
		o.check(w, "in the end")
		time.Sleep(time.Second)
		if st, err := w.Status(t.Context()); err != nil || st.Trouble != "" || !slices.Contains(o.kinds(), feed.CaughtUp) {
			t.Errorf("%+v, %v; %v", st, err, o.kinds())
		}
	})
}

// Who knows that the engine is back says so.
func TestPokeWhileDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。")
		w := o.worker()
		defer o.run(w)()
		o.wait(w)
		o.server.Fail(func(context.Context, string) error { return errDown })
		time.Sleep(5 * time.Minute) // the pauses are as long as they get
		o.server.Fail(nil)
		w.Poke()
		time.Sleep(1100 * time.Millisecond)
		o.check(w, "poked")
	})
}

func TestLeaseHandedOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。", "b 公积金。")
		first, second := o.worker(), o.worker()
		stop := o.run(first)
		o.wait(first)
		defer o.run(second)()
		time.Sleep(time.Second)
		o.check(second, "following")
		if st, err := second.Status(t.Context()); err != nil || st.Leased || st.Entries != 4 {
			t.Errorf("%+v, %v", st, err)
		}
		if err := second.Rebuild(t.Context()); err == nil || !strings.Contains(err.Error(), "another process") {
			t.Errorf("rebuilt without the lease: %v", err)
		}
		o.publish("c 居住证。")
		first.Poke()
		o.wait(second) // the first feeds
		stop()
		o.publish("d 养老金。")
		o.wait(second)
		o.check(second, "taken over")
		if st, err := second.Status(t.Context()); err != nil || !st.Leased {
			t.Errorf("%+v, %v", st, err)
		}
	})
}

// A process that was stopped for so long that another has taken over writes
// nothing any more.
func TestLeaseLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。")
		first, second := o.worker(), o.worker()
		defer o.run(first)()
		o.wait(first)
		o.memory.mu.Lock()
		o.holder, o.until = "process 2", time.Now().Add(time.Second) // it is thought dead
		o.memory.mu.Unlock()
		defer o.run(second)()
		time.Sleep(12 * time.Second)
		if st, err := first.Status(t.Context()); err != nil || st.Leased {
			t.Errorf("holds what is another's: %+v, %v", st, err)
		}
		o.publish("b 公积金。", "c 居住证。")
		first.Poke()
		o.wait(second)
		o.check(second, "taken over")
		time.Sleep(3 * time.Second)
		o.check(first, "following")
	})
}

// A machine that slept, and cannot ask the store at once, writes nothing: its
// lease has ended.
func TestLeaseEndedAsleep(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。")
		var slept atomic.Int64
		var f fate
		w := o.worker(func(c *feed.Config) {
			c.Now = func() time.Time { return time.Now().Add(time.Duration(slept.Load())) }
			c.Engine = mortalEngine{c.Engine, &f}
		})
		defer o.run(w)()
		o.wait(w)
		time.Sleep(time.Second)
		slept.Store(int64(time.Minute))
		f.mu.Lock()
		calls := f.calls
		f.mu.Unlock()
		o.memory.mu.Lock()
		o.fail = func(ctx context.Context, call string) error {
			if call == "Lease" {
				return errDown
			}
			return nil
		}
		o.memory.mu.Unlock()
		o.publish("b 公积金。")
		w.Poke()
		time.Sleep(3 * time.Second)
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.calls != calls {
			t.Errorf("%d calls without a lease", f.calls-calls)
		}
	})
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。")
		reader := o.worker(func(c *feed.Config) { c.ReadOnly = true })
		defer o.run(reader)()
		for name, err := range map[string]error{
			"Rebuild": reader.Rebuild(t.Context()), "Drop": reader.Drop(t.Context(), ""),
			"Verify": func() error { _, err := reader.Verify(t.Context(), true); return err }(),
		} {
			if !errors.Is(err, feed.ErrReadOnly) {
				t.Errorf("%s: %v", name, err)
			}
		}
		var behind *feed.Behind
		if err := reader.Wait(t.Context(), 1); !errors.As(err, &behind) {
			t.Errorf("nobody feeds: %v", err)
		}
		w := o.worker()
		o.wait(w)
		o.wait(reader)
		o.check(reader, "following")
		follower := o.worker()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() { _ = follower.Follow(ctx) }()
		synctest.Wait()
		o.check(follower, "Follow")
	})
}

// A store that fails for a minute is one line of the log of who follows.
func TestFollowsQuietly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		w := o.worker(func(c *feed.Config) { c.ReadOnly = true })
		o.memory.mu.Lock()
		o.memory.fail = func(context.Context, string) error { return errors.New("the disk is gone") }
		o.memory.mu.Unlock()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := w.Follow(ctx); err != nil {
			t.Error(err)
		}
		if n := strings.Count(o.logged.String(), "the disk is gone"); n != 1 {
			t.Errorf("said %d times", n)
		}
	})
}

package feed_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/feed"
)

// corrupt gives an entry other content.
func (o *office) corrupt(name, document string) {
	o.t.Helper()
	stamps, err := o.engine().Generations(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	at := slices.IndexFunc(stamps, func(m index.Stamp) bool { return m.Generation == name })
	for _, e := range o.server.Entries(name) {
		if e.Document == document && e.Ordinal == 0 {
			e.Sum = strings.Repeat("0", len(e.Sum))
			if err := o.engine().Apply(o.t.Context(), stamps[at], []index.Entry{e}, nil); err != nil {
				o.t.Fatal(err)
			}
		}
	}
}

// intrude adds an entry of a document that is not there.
func (o *office) intrude(name, document, sum string) {
	o.t.Helper()
	stamps, err := o.engine().Generations(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	at := slices.IndexFunc(stamps, func(m index.Stamp) bool { return m.Generation == name })
	e := index.Entry{Unit: &index.Unit{Document: document, Ordinal: 7}, Sum: sum}
	if err := o.engine().Apply(o.t.Context(), stamps[at], []index.Entry{e}, nil); err != nil {
		o.t.Fatal(err)
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		damage func(o *office, name string)
		want   feed.Difference
	}{
		{"nothing", func(*office, string) {}, feed.Difference{}},
		{"an entry is missing", func(o *office, name string) {
			o.server.Remove(name, index.Place{Document: "a", Ordinal: 1})
		}, feed.Difference{Missing: 1, Documents: []string{"a"}, Repaired: 1}},
		{"a document is missing", func(o *office, name string) {
			o.server.Remove(name, index.Place{Document: "b", Ordinal: 0}, index.Place{Document: "b", Ordinal: 1})
		}, feed.Difference{Missing: 2, Documents: []string{"b"}, Repaired: 1}},
		{"other content", func(o *office, name string) { o.corrupt(name, "c") },
			feed.Difference{Differing: 1, Documents: []string{"c"}, Repaired: 1}},
		{"a document too many", func(o *office, name string) { o.intrude(name, "gone", "000000000000000000000000") },
			feed.Difference{Superfluous: 1, Documents: []string{"gone"}, Repaired: 1}},
		{"an entry too many, without a sum", func(o *office, name string) { o.intrude(name, "a", "") },
			feed.Difference{Superfluous: 1, Documents: []string{"a"}, Repaired: 1}},
		{"all of these", func(o *office, name string) {
			o.server.Remove(name, index.Place{Document: "a", Ordinal: 1})
			o.corrupt(name, "c")
			o.intrude(name, "gone", "zz")
		}, feed.Difference{Missing: 1, Differing: 1, Superfluous: 1, Documents: []string{"a", "c", "gone"}, Repaired: 3}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				o := newOffice(t)
				o.publish("a 老人卡。", "b 公积金。", "c 居住证。", "d 拒收。")
				w := o.worker()
				defer o.run(w)()
				o.wait(w)
				name, _ := w.Serving()
				tt.damage(o, name)
				want := tt.want
				want.Entries, want.Asides = 8, 1 // those of d as well
				only := want
				only.Repaired = 0
				if got, err := w.Verify(t.Context(), false); err != nil || fmt.Sprint(got) != fmt.Sprint(only) {
					t.Errorf("compared: %+v, %v, want %+v", got, err, only)
				}
				if got, err := w.Verify(t.Context(), true); err != nil || fmt.Sprint(got) != fmt.Sprint(want) || got.Any() != (want.Repaired > 0) {
					t.Errorf("repaired: %+v, %v, want %+v", got, err, want)
				}
				o.check(w, "repaired")
				if got, err := w.Verify(t.Context(), true); err != nil || got.Any() {
					t.Errorf("once more: %+v, %v", got, err)
				}
				if got := slices.Contains(o.kinds(), feed.Repaired); got != want.Any() {
					t.Errorf("happened: %v", o.kinds())
				}
			})
		})
	}
}

// haunted is an engine that has an entry which nothing takes away.
type haunted struct{ index.Outside }

func (h haunted) Sums(ctx context.Context, generation string, yield func(index.Place, string) error) error {
	if err := yield(index.Place{Document: "ghost"}, ""); err != nil {
		return err
	}
	return h.Outside.Sums(ctx, generation, yield)
}

func TestVerifyCannotRepair(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。")
		w := o.worker(func(c *feed.Config) { c.Engine = haunted{c.Engine} })
		defer o.run(w)()
		o.wait(w)
		d, err := w.Verify(t.Context(), true)
		if err == nil || !strings.Contains(err.Error(), "after they were applied again (1 of them)") || d.Superfluous != 1 {
			t.Errorf("%+v, %v", d, err)
		}
	})
}

// TestDoubtStays: a generation that may differ from the store, and cannot be
// repaired, is not called well: another takes its place.
func TestDoubtStays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。", "b 公积金。")
		w := o.worker()
		stop := o.run(w)
		o.wait(w)
		built, _ := w.Serving()
		stop()
		p := o.progress["meilisearch"]
		p.Doubtful = true // as after a process that died before it could say how far it was
		o.progress["meilisearch"] = p
		w = o.worker(func(c *feed.Config) { c.Engine = haunted{c.Engine} })
		defer o.run(w)()
		o.wait(w)
		time.Sleep(time.Minute)
		o.check(w, "built anew")
		if name, _ := w.Serving(); name == built || o.progress["meilisearch"].Doubtful {
			t.Errorf("serves %s, that of before is %s: %+v", name, built, o.progress["meilisearch"])
		}
		if got := o.kinds(); !slices.Equal(got, []string{feed.Built, feed.Built, feed.Dropped}) {
			t.Errorf("happened: %v", got)
		}
	})
}

// What was set aside is tried again by Verify and by Rebuild.
func TestReadmits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		again func(context.Context, *feed.Worker) error
	}{
		{"verify", func(ctx context.Context, w *feed.Worker) error {
			d, err := w.Verify(ctx, true)
			if d.Any() || d.Repaired != 1 || d.Asides != 0 {
				err = errors.Join(err, fmt.Errorf("%+v", d))
			}
			return err
		}},
		{"rebuild", func(ctx context.Context, w *feed.Worker) error { return w.Rebuild(ctx) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				o := newOffice(t)
				o.publish("a 老人卡。", "b 公积金。")
				o.server.Refuse(func(e index.Entry) string { return map[string]string{"b": "no"}[e.Document] })
				w := o.worker()
				defer o.run(w)()
				o.wait(w)
				if len(o.server.Entries(o.generations()[0])) != 2 || len(o.asides) != 1 {
					t.Error("not set aside")
				}
				o.server.Refuse(nil)
				if err := tt.again(t.Context(), w); err != nil {
					t.Error(err)
				}
				o.check(w, "tried again")
			})
		})
	}
}

// What is published while it is compared is no difference.
func TestVerifyWhileChanging(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		for i := range 700 {
			o.publish(fmt.Sprintf("d%03d 第%d项事项。", i, i))
		}
		w := o.worker()
		defer o.run(w)()
		o.wait(w)
		n := 0
		o.server.Fail(func(_ context.Context, call string) error {
			if call == "Sums" {
				n++ // after everything was read of the store, and before it is of the engine
				o.publish(fmt.Sprintf("d00%d 改了。", n), fmt.Sprintf("-d01%d", n), fmt.Sprintf("new%d 新的。", n))
			}
			return nil
		})
		o.memory.mu.Lock()
		o.fail = func(_ context.Context, call string) error {
			if call == "Documents" && n == 0 {
				o.publish("d699 改了。", "-d698") // before they are read
			}
			return nil
		}
		o.memory.mu.Unlock()
		d, err := w.Verify(t.Context(), true)
		if err != nil || d.Any() || d.Repaired != 0 {
			t.Errorf("%+v, %v", d, err)
		}
		o.server.Fail(nil)
		o.wait(w)
		o.check(w, "in the end")
	})
}

func TestDropAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。", "b 拒收。")
		other := o.server.Open("meilisearch", "ffffffff")
		theirs := index.Stamp{Installation: "ffffffff", Generation: "zzzzzzzz", Complete: true}
		if err := other.Create(t.Context(), theirs); err != nil {
			t.Fatal(err)
		}
		w := o.worker()
		stop := o.run(w)
		o.wait(w)
		o.server.Begin("half")
		if err := w.Drop(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		o.publish("c 居住证。")
		w.Poke()
		time.Sleep(time.Minute)
		gone := func(w *feed.Worker, when string) {
			t.Helper()
			if name, fresh := w.Serving(); name != "" || fresh {
				t.Errorf("%s: serves %q", when, name)
			}
			st, err := w.Status(t.Context())
			if err != nil || !st.Dropped || len(st.Generations) != 0 || st.Entries != 0 || !strings.Contains(st.Trouble, "rebuild") || len(st.Asides) != 0 {
				t.Errorf("%s: %+v, %v", when, st, err)
			}
			var behind *feed.Behind
			if err := w.Wait(t.Context(), o.newest()); !errors.As(err, &behind) || !strings.Contains(behind.Trouble, "rebuild") {
				t.Errorf("%s: Wait: %v", when, err)
			}
			if _, err := w.Verify(t.Context(), true); err == nil {
				t.Errorf("%s: compared nothing", when)
			}
			if st, err := w.Status(t.Context()); err != nil || !strings.HasPrefix(st.Trouble, "all of it was dropped") {
				t.Errorf("%s: what cannot be done is no trouble: %+v, %v", when, st, err)
			}
		}
		gone(w, "dropped")
		stop()
		w = o.worker()
		gone(w, "without Run")
		defer o.run(w)()
		time.Sleep(time.Minute)
		gone(w, "after a restart")
		if err := w.Rebuild(t.Context()); err != nil {
			t.Fatal(err)
		}
		o.check(w, "rebuilt")
		if st, err := w.Status(t.Context()); err != nil || st.Dropped || st.Trouble != "" {
			t.Errorf("%+v, %v", st, err)
		}
		if all, err := other.Generations(t.Context()); err != nil || len(all) != 1 {
			t.Errorf("those of another installation: %v, %v", all, err)
		}
	})
}

// Dropping all does not wait for the end of a build.
func TestDropWhileBuilding(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		for i := range 6100 {
			o.publish(fmt.Sprintf("d%04d 第%d项事项。", i, i))
		}
		o.server.Fail(func(_ context.Context, call string) error {
			if call == "Apply" {
				time.Sleep(time.Minute)
			}
			return nil
		})
		w := o.worker()
		defer o.run(w)()
		time.Sleep(10 * time.Second)
		verified := make(chan error, 1)
		go func() {
			_, err := w.Verify(t.Context(), true)
			verified <- err
		}()
		synctest.Wait()
		start := time.Now()
		if err := w.Drop(t.Context(), ""); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took > 2*time.Minute {
			t.Errorf("took %s", took)
		}
		if got := o.generations(); len(got) != 0 {
			t.Errorf("left: %v", got)
		}
		if err := <-verified; err == nil || !strings.Contains(err.Error(), "dropped") {
			t.Errorf("compared what was dropped: %v", err)
		}
	})
}

// Dropping all ends also a build that was asked for.
func TestDropWhileRebuilding(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		for i := range 6100 {
			o.publish(fmt.Sprintf("d%04d 第%d项事项。", i, i))
		}
		w := o.worker()
		defer o.run(w)()
		o.wait(w)
		o.server.Fail(func(_ context.Context, call string) error {
			if call == "Apply" {
				time.Sleep(time.Minute)
			}
			return nil
		})
		rebuilt := make(chan error, 1)
		go func() { rebuilt <- w.Rebuild(t.Context()) }()
		time.Sleep(10 * time.Second)
		if err := w.Drop(t.Context(), ""); err != nil {
			t.Error(err)
		}
		if err := <-rebuilt; err == nil || !strings.Contains(err.Error(), "dropped") {
			t.Errorf("Rebuild: %v", err)
		}
		if st, err := w.Status(t.Context()); err != nil || len(st.Generations) != 0 || !st.Dropped || st.Building != "" {
			t.Errorf("%+v, %v", st, err)
		}
	})
}

// Of two commands without Run the second waits for the first.
func TestTwoWithoutRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		for i := range 4100 {
			o.publish(fmt.Sprintf("d%04d 第%d项事项。", i, i))
		}
		o.server.Fail(func(_ context.Context, call string) error {
			if call == "Apply" {
				time.Sleep(time.Second)
			}
			return nil
		})
		w := o.worker()
		rebuilt := make(chan error, 1)
		go func() { rebuilt <- w.Rebuild(t.Context()) }()
		time.Sleep(500 * time.Millisecond)
		if d, err := w.Verify(t.Context(), true); err != nil || d.Any() || d.Entries != 8200 {
			t.Errorf("%+v, %v", d, err)
		}
		if err := <-rebuilt; err != nil {
			t.Error(err)
		}
	})
}

func TestDropOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。")
		w := o.worker()
		defer o.run(w)()
		o.wait(w)
		old, _ := w.Serving()
		time.Sleep(time.Second)
		if err := w.Rebuild(t.Context()); err != nil {
			t.Fatal(err)
		}
		name, _ := w.Serving()
		if err := w.Drop(t.Context(), name); err == nil || !strings.Contains(err.Error(), "answers questions") {
			t.Errorf("the one in use: %v", err)
		}
		if err := w.Drop(t.Context(), "nosuch"); err == nil || !strings.Contains(err.Error(), "nosuch") {
			t.Errorf("one that is not there: %v", err)
		}
		if err := w.Drop(t.Context(), old); err != nil || !slices.Equal(o.generations(), []string{name}) {
			t.Errorf("%v, left %v", err, o.generations())
		}
		o.check(w, "in the end")
	})
}

// Commands work without Run, one after the other, and give the lease back.
func TestWithoutRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。", "b 公积金。")
		w := o.worker()
		o.wait(w)
		o.check(w, "waited for")
		first, _ := w.Serving()
		if err := w.Rebuild(t.Context()); err != nil {
			t.Fatal(err)
		}
		o.check(w, "rebuilt")
		if name, _ := w.Serving(); name == first || len(o.generations()) != 1 {
			t.Errorf("serves %s of %v", name, o.generations())
		}
		if d, err := w.Verify(t.Context(), true); err != nil || d.Any() || d.Entries != 4 {
			t.Errorf("%+v, %v", d, err)
		}
		if err := w.Drop(t.Context(), ""); err != nil || len(o.generations()) != 0 {
			t.Errorf("%v, left %v", err, o.generations())
		}
		if o.holder != "" {
			t.Errorf("%s still has the lease", o.holder)
		}
		// While another process feeds, they say so.
		o.holder, o.until = "another", time.Now().Add(time.Hour)
		if err := w.Rebuild(t.Context()); err == nil || !strings.Contains(err.Error(), "another process") {
			t.Errorf("%v", err)
		}
	})
}

// An engine that hangs holds up neither Wait nor Status for long.
func TestEngineHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.publish("a 老人卡。")
		w := o.worker()
		stop := o.run(w)
		o.wait(w)
		o.server.Fail(func(ctx context.Context, _ string) error {
			<-ctx.Done()
			return ctx.Err()
		})
		o.publish("b 公积金。")
		var behind *feed.Behind
		start := time.Now()
		if err := w.Wait(t.Context(), o.newest()); !errors.As(err, &behind) || behind.Trouble == "" {
			t.Errorf("Wait: %v", err)
		}
		if took := time.Since(start); took > 90*time.Second {
			t.Errorf("Wait took %s", took)
		}
		start = time.Now()
		if st, err := w.Status(t.Context()); err != nil || st.Unknown == "" || st.Queued != 1 {
			t.Errorf("%+v, %v", st, err)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("Status took %s", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := w.Wait(ctx, o.newest()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Wait: %v", err)
		}
		start = time.Now()
		stop()
		if took := time.Since(start); took > time.Second {
			t.Errorf("stopping took %s", took)
		}
	})
}

package feed

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// keptEvery is how often a long work looks after what waits, and keeps how far
// it is.
const keptEvery = time.Second

// build makes a new generation of all that is published and switches to it.
// The one in use, where there is one, is fed meanwhile.
func (s *session) build(ctx context.Context) error {
	start := s.c.Now()
	g, err := s.begin(ctx)
	if err != nil {
		return err
	}
	refused, err := s.fill(ctx, &g)
	if err != nil {
		return s.abandon(ctx, g, err)
	}
	old := s.now
	if err := s.complete(ctx, &g); err != nil {
		return s.abandon(ctx, g, err)
	}
	if old.Generation != "" {
		s.others, s.since = append(s.others, old.Generation), s.c.Now()
	}
	s.now = g
	took := s.c.Now().Sub(start)
	s.update(func(st *state) {
		st.known, st.Generation, st.Cut, st.Cursor = true, g.Generation, g.Cut, g.Cursor
		st.Took, st.Dropped, st.Doubtful = took, false, false
		st.building("", 0, 0, 0)
	})
	if err := s.readmitAll(ctx, refused); err != nil {
		return err
	}
	if err := s.count(ctx, s.now.Generation); err != nil {
		return err
	}
	p := s.see().Progress
	s.c.Log.Info("the engine's index was built and serves", "engine", s.name, "version", cmp.Or(p.Version, "unknown"),
		"generation", g.Generation, "entries", p.Entries, "documents", p.Documents, "ms", took.Milliseconds())
	s.happened(ctx, Built, fmt.Sprintf("generation %s: %d entries of %d documents in %s",
		g.Generation, p.Entries, p.Documents, took.Round(100*time.Millisecond)))
	return s.save(ctx)
}

// begin makes an empty generation, complete up to nothing but the outbox row
// that everything is read after.
func (s *session) begin(ctx context.Context) (generation, error) {
	if err := s.check(ctx); err != nil {
		return generation{}, err
	}
	seg := s.c.Segmenter()
	newest, err := s.newest(ctx)
	if err != nil {
		return generation{}, err
	}
	g := generation{index.Stamp{
		Installation: s.c.Installation, Generation: s.unused(), Cut: index.CutVersion(seg), Cursor: newest,
	}, seg}
	err = s.call(ctx, writeLimit, func(ctx context.Context) error { return s.c.Engine.Create(ctx, g.Stamp) })
	if err != nil {
		return g, err
	}
	s.update(func(st *state) { st.building(g.Generation, 0, 0, 0) })
	return g, s.save(ctx)
}

// unused returns a name that is younger than all that there are.
func (s *session) unused() string {
	name := strconv.FormatInt(s.c.Now().UnixMilli(), 36)
	for _, have := range append(slices.Clone(s.others), s.now.Generation, s.see().Generation, s.begun) {
		if have == "" || younger(name, have) {
			continue
		}
		n, err := strconv.ParseInt(have, 36, 64)
		if err == nil {
			name = strconv.FormatInt(n+1, 36)
		}
	}
	s.begun = name
	return name
}

// fill applies everything that is published. It is read a few documents at a
// time, not as of one moment, so that no view of the database is open for
// minutes: what changes meanwhile has an outbox row after the generation's
// cursor.
func (s *session) fill(ctx context.Context, g *generation) (refused map[string]bool, err error) {
	rows, err := s.published(ctx, g.Cursor)
	if err != nil {
		return nil, err
	}
	refused = make(map[string]bool)
	entries, done := 0, 0
	err = s.pour(ctx, rows, g.seg, func(b batch) error {
		bad, err := s.apply(ctx, g.Stamp, g.Stamp, b)
		if err != nil {
			return err
		}
		for id := range bad {
			refused[id] = true
		}
		entries, done = entries+b.taken(bad), done+len(b.rows)
		s.update(func(st *state) { st.building(g.Generation, entries, done, len(rows)) })
		return s.meanwhile(ctx)
	})
	if err != nil {
		return nil, err
	}
	return refused, s.whole(ctx, *g, entries, rows)
}

// taken counts the entries of documents that were not refused.
func (b *batch) taken(refused map[string]string) (n int) {
	for _, e := range b.put {
		if _, bad := refused[e.Document]; !bad {
			n++
		}
	}
	return n
}

// whole counts what was built: an engine that was wiped in the middle has only
// the end of it.
func (s *session) whole(ctx context.Context, g generation, entries int, rows []index.Change) error {
	var n int
	err := s.call(ctx, askLimit, func(ctx context.Context) (err error) {
		n, err = s.c.Engine.Count(ctx, g.Generation)
		return err
	})
	if err == nil && n != entries {
		err = fmt.Errorf("of %d entries of %d documents the engine has %d: it is built again", entries, len(rows), n)
	}
	return err
}

// published lists the documents to be built, as changes of one row.
func (s *session) published(ctx context.Context, seq int64) (rows []index.Change, err error) {
	err = s.c.Source.EachDocument(ctx, func(d corpus.Document) error {
		rows = append(rows, index.Change{Seq: seq, Document: d.ID})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("feed: documents: %w", err)
	}
	return rows, nil
}

// pour is batches, with the next one cut while take is called with the one
// before.
func (s *session) pour(ctx context.Context, rows []index.Change, seg index.Segmenter, take func(batch) error) error {
	group, reading := errgroup.WithContext(ctx)
	cut := make(chan batch)
	group.Go(func() error {
		defer close(cut)
		return s.batches(reading, rows, seg, func(b batch) error {
			select {
			case cut <- b:
				return nil
			case <-reading.Done():
				return reading.Err()
			}
		})
	})
	group.Go(func() error {
		for b := range cut {
			if err := take(b); err != nil {
				return err
			}
		}
		return nil
	})
	return group.Wait()
}

// meanwhile does what cannot wait for the end of a longer work: it hears
// commands, feeds the generation in use, and keeps how far the work is.
func (s *session) meanwhile(ctx context.Context) error {
	if err := s.hear(); err != nil {
		return err
	}
	if s.now.Generation != "" && s.c.Now().Sub(s.caught) >= keptEvery {
		if err := s.feed(ctx); err != nil {
			return err
		}
	}
	if s.c.Now().Sub(s.saved) < keptEvery {
		return nil
	}
	s.saved = s.c.Now()
	return s.save(ctx)
}

// complete applies what changed meanwhile, so that the new generation is no
// older than the one in use, and marks it.
func (s *session) complete(ctx context.Context, g *generation) error {
	err := s.catchUp(ctx, g, func(b batch, refused map[string]string) error { return s.readmit(ctx, b.ids(), refused) })
	if err != nil {
		return err
	}
	m := g.Stamp
	m.Complete = true
	if err := s.keep(ctx, m); err != nil {
		return err
	}
	g.Stamp = m
	return nil
}

// abandon removes what was begun, if the engine lets it; if not, it is removed
// when it is found.
func (s *session) abandon(ctx context.Context, g generation, err error) error {
	s.update(func(st *state) { st.building("", 0, 0, 0) })
	_ = s.call(ctx, askLimit, func(ctx context.Context) error { return s.c.Engine.Drop(ctx, g.Generation) })
	return err
}

// readmitAll forgets all that was set aside but what the build refused.
func (s *session) readmitAll(ctx context.Context, refused map[string]bool) error {
	if err := s.known(ctx); err != nil {
		return err
	}
	var back []string
	for id := range s.asides {
		if !refused[id] {
			back = append(back, id)
		}
	}
	if len(back) == 0 {
		return nil
	}
	slices.Sort(back)
	return s.readmit(ctx, back, nil)
}

// Rebuild makes a new generation and switches to it, whatever there is. It
// returns when the new one serves; until then the old one does. Where Run
// works, it goes on though ctx ends.
func (w *Worker) Rebuild(ctx context.Context) error {
	return w.do(ctx, false, func(ctx context.Context, s *session) error {
		err := s.adopt(ctx)
		if err != nil {
			return err
		}
		if err := s.build(ctx); err != nil {
			return err
		}
		if err := s.feed(ctx); err != nil {
			return err
		}
		return s.sweep(ctx)
	})
}

// Drop removes a generation that is not in use; "" removes all of them, also
// the one in use. After that nothing is built, also not after a restart, until
// Rebuild.
func (w *Worker) Drop(ctx context.Context, name string) error {
	return w.do(ctx, name == "", func(ctx context.Context, s *session) error {
		if name == "" {
			return s.dropAll(ctx)
		}
		return s.dropOne(ctx, name)
	})
}

func (s *session) dropOne(ctx context.Context, name string) error {
	if err := s.adopt(ctx); err != nil {
		return err
	}
	switch {
	case name == s.now.Generation:
		return fmt.Errorf("generation %s answers questions: build another with 'policybot index rebuild', or drop all", name)
	case !slices.Contains(s.others, name):
		return fmt.Errorf("the engine has no generation %.40q of this data folder", name)
	}
	if err := s.drop(ctx, name); err != nil {
		return err
	}
	s.others = slices.DeleteFunc(s.others, func(other string) bool { return other == name })
	return nil
}

// dropAll says first that nothing serves, so that nobody asks what is gone.
func (s *session) dropAll(ctx context.Context) error {
	s.now, s.others = generation{}, nil
	s.update(func(st *state) {
		st.Dropped, st.Trouble, st.Since = true, dropped, s.c.Now()
		st.Generation, st.Cut, st.Cursor, st.Entries, st.Documents = "", "", 0, 0, 0
		st.known, st.late = true, time.Time{}
	})
	if err := s.save(ctx); err != nil {
		return err
	}
	if err := s.check(ctx); err != nil {
		return err
	}
	stamps, err := s.stamps(ctx)
	if err != nil {
		return err
	}
	for _, m := range stamps {
		if err := s.drop(ctx, m.Generation); err != nil {
			return err
		}
	}
	if err := s.known(ctx); err != nil {
		return err
	}
	return s.readmitAll(ctx, nil)
}

// dropped is the trouble of an engine that an operator dropped all of.
const dropped = "all of it was dropped: build it with 'policybot index rebuild'"

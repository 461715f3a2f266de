package feed

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/policybot/policybot/index"
)

// adopt looks at what the engine has, which is the truth about it: it may have
// been wiped, or put back to an older state. The best generation becomes the
// one in use; there may be none.
func (s *session) adopt(ctx context.Context) error {
	if err := s.check(ctx); err != nil {
		return err
	}
	stamps, err := s.stamps(ctx)
	if err != nil {
		return err
	}
	newest, err := s.newest(ctx) // after the stamps: no cursor can be ahead of it
	if err != nil {
		return err
	}
	seg := s.c.Segmenter()
	best := pick(stamps, s.c.Installation, index.CutVersion(seg), newest)
	s.looked = s.c.Now()
	s.missed(stamps, best)
	if err := s.use(ctx, generation{best, seg}); err != nil {
		return err
	}
	s.leave(stamps)
	for _, m := range stamps {
		if m.Complete {
			continue
		}
		if err := s.drop(ctx, m.Generation); err != nil { // half-built: never asked
			return err
		}
	}
	return nil
}

// stamps returns those of the generations that the engine has.
func (s *session) stamps(ctx context.Context) (all []index.Stamp, err error) {
	err = s.call(ctx, askLimit, func(ctx context.Context) (err error) {
		all, err = s.c.Engine.Generations(ctx)
		return err
	})
	return all, err
}

// check asks whether the engine can be used, once after each failure.
func (s *session) check(ctx context.Context) error {
	if s.checked {
		return nil
	}
	return s.call(ctx, askLimit, func(ctx context.Context) error {
		version, err := s.c.Engine.Check(ctx)
		if err != nil {
			return err
		}
		s.checked = true
		s.update(func(st *state) { st.Version = version })
		return nil
	})
}

// pick returns the complete generation of a cut that is furthest, of equals
// the youngest. One that is ahead of the outbox is of a store that is no more.
func pick(stamps []index.Stamp, installation, cut string, newest int64) (best index.Stamp) {
	for _, m := range stamps {
		if !m.Complete || m.Installation != installation || m.Cut != cut || m.Cursor > newest {
			continue
		}
		if best.Generation == "" || m.Cursor > best.Cursor || m.Cursor == best.Cursor && younger(m.Generation, best.Generation) {
			best = m
		}
	}
	return best
}

// missed says that the generation in use is there and cannot be used any more.
func (s *session) missed(stamps []index.Stamp, best index.Stamp) {
	was := s.see().Generation
	i := slices.IndexFunc(stamps, func(m index.Stamp) bool { return m.Generation == was && m.Cut != s.cut() })
	if i < 0 || best.Generation != "" {
		return
	}
	s.c.Log.Warn("the engine's index is not what questions need any more; another is built", "engine", s.name,
		"generation", was, "cut", stamps[i].Cut, "needed", s.cut())
}

// younger compares names of generations, which are numbers in base 36.
func younger(a, b string) bool {
	if len(a) != len(b) {
		return len(a) > len(b)
	}
	return strings.Compare(a, b) > 0
}

// use makes a generation that was found the one in use. One that is further
// than the store knows was fed by a process that died before it could say so,
// and maybe before it set aside what was refused; or the store was put back to
// an older state, and has changed since. So all of it is compared.
func (s *session) use(ctx context.Context, g generation) error {
	p := s.see().Progress
	same := g.Generation != "" && g.Generation == p.Generation
	found := g.Generation != "" && g.Generation != s.now.Generation
	s.unsaved = s.unsaved || found || !same || p.Cursor != g.Cursor || p.Cut != g.Cut
	if found {
		if err := s.count(ctx, g.Generation); err != nil {
			return err
		}
	}
	s.now = g
	s.update(func(st *state) {
		st.known, st.Generation, st.Cut, st.Cursor = true, g.Generation, g.Cut, g.Cursor
		st.Doubtful = same && (p.Doubtful || p.Cursor < g.Cursor)
	})
	if found {
		s.tell(ctx, same)
	}
	if !s.unsaved {
		return nil
	}
	return s.save(ctx)
}

// tell says that a generation was found, which is news where it is not the one
// that the store knows.
func (s *session) tell(ctx context.Context, same bool) {
	p := s.see().Progress
	s.c.Log.Info("the engine was found with its index, which serves", "engine", s.name, "version", cmp.Or(p.Version, "unknown"),
		"generation", p.Generation, "entries", p.Entries, "documents", p.Documents)
	if !same {
		s.happened(ctx, Resumed, fmt.Sprintf("generation %s, found on the engine, serves: %d entries", p.Generation, p.Entries))
	}
}

// leave notes which generations are out of use.
func (s *session) leave(stamps []index.Stamp) {
	var others []string
	for _, m := range stamps {
		if m.Complete && m.Generation != s.now.Generation {
			others = append(others, m.Generation)
		}
	}
	slices.Sort(others)
	if !slices.Equal(others, s.others) {
		s.others, s.since = others, s.c.Now()
	}
}

// sweep drops what is out of use, once nobody can be asking it any more.
func (s *session) sweep(ctx context.Context) error {
	if s.now.Generation == "" || !s.alone && s.c.Now().Sub(s.since) < grace {
		return nil
	}
	for len(s.others) > 0 {
		if err := s.drop(ctx, s.others[0]); err != nil {
			return err
		}
		s.others = s.others[1:]
	}
	return nil
}

func (s *session) drop(ctx context.Context, name string) error {
	err := s.call(ctx, writeLimit, func(ctx context.Context) error { return s.c.Engine.Drop(ctx, name) })
	if err == nil {
		s.c.Log.Info("a generation of the engine was removed", "engine", s.name, "generation", name)
		s.happened(ctx, Dropped, "generation "+name+" was removed")
	}
	return err
}

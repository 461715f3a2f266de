package indextest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/policybot/policybot/index"
)

// Server is where engines in memory keep their generations, as a server
// outside of the process does: opening it again finds what was kept, for
// every installation.
type Server struct {
	mu          sync.Mutex
	generations map[string]*generation
	refuse      func(index.Entry) string
	fail        func(ctx context.Context, call string) error
}

type generation struct {
	stamp   index.Stamp
	entries map[index.Place]index.Entry
}

// NewServer returns a server with nothing in it.
func NewServer() *Server { return &Server{generations: map[string]*generation{}} }

// Refuse has entries refused for the reason that why returns; "" takes them.
func (s *Server) Refuse(why func(index.Entry) string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = why
}

// Fail has every call ask fail first, which may wait for ctx, and return its
// error. call is the method's name.
func (s *Server) Fail(fail func(ctx context.Context, call string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = fail
}

// Begin leaves a generation as a process does that dies before it can be
// marked.
func (s *Server) Begin(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.generations[name] = &generation{index.Stamp{Generation: name}, map[index.Place]index.Entry{}}
}

// Entries returns what a generation has, by place; none where it is not there.
func (s *Server) Entries(name string) []index.Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.generations[name]
	if g == nil {
		return nil
	}
	return slices.SortedFunc(maps.Values(g.entries), func(a, b index.Entry) int {
		return cmp.Or(cmp.Compare(a.Document, b.Document), cmp.Compare(a.Ordinal, b.Ordinal))
	})
}

// Remove takes entries away behind everybody's back.
func (s *Server) Remove(name string, places ...index.Place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g := s.generations[name]; g != nil {
		for _, p := range places {
			delete(g.entries, p)
		}
	}
}

// Memory is an index.Outside on a Server: exact, and at once.
type Memory struct {
	server             *Server
	name, installation string
}

var _ index.Outside = (*Memory)(nil)

// Open returns the engine of an installation. name is what Name returns.
func (s *Server) Open(name, installation string) *Memory { return &Memory{s, name, installation} }

// enter takes the server's lock, unless the call is to fail.
func (m *Memory) enter(ctx context.Context, call string) error {
	m.server.mu.Lock()
	if fail := m.server.fail; fail != nil {
		m.server.mu.Unlock()
		if err := fail(ctx, call); err != nil {
			return err
		}
		m.server.mu.Lock()
	}
	if err := ctx.Err(); err != nil {
		m.server.mu.Unlock()
		return err
	}
	return nil
}

// at returns a generation of this installation.
func (m *Memory) at(name string) (*generation, error) {
	g := m.server.generations[name]
	switch {
	case g == nil:
		return nil, fmt.Errorf("memory: there is no generation %q", name)
	case g.stamp.Installation != "" && g.stamp.Installation != m.installation:
		return nil, fmt.Errorf("memory: generation %q is that of another installation", name)
	}
	return g, nil
}

// Name returns the name that the engine was opened by.
func (m *Memory) Name() string { return m.name }

// Check returns a version.
func (m *Memory) Check(ctx context.Context) (string, error) {
	if err := m.enter(ctx, "Check"); err != nil {
		return "", err
	}
	defer m.server.mu.Unlock()
	return "1.0.0", nil
}

// Create makes an empty generation, see index.Outside.
func (m *Memory) Create(ctx context.Context, stamp index.Stamp) error {
	if err := m.enter(ctx, "Create"); err != nil {
		return err
	}
	defer m.server.mu.Unlock()
	if m.server.generations[stamp.Generation] != nil {
		if _, err := m.at(stamp.Generation); err != nil {
			return err
		}
	}
	m.server.generations[stamp.Generation] = &generation{stamp, map[index.Place]index.Entry{}}
	return nil
}

// Apply replaces documents, see index.Outside.
func (m *Memory) Apply(ctx context.Context, stamp index.Stamp, put []index.Entry, documents []string) error {
	if err := m.enter(ctx, "Apply"); err != nil {
		return err
	}
	defer m.server.mu.Unlock()
	g, err := m.at(stamp.Generation)
	if err != nil {
		return err
	}
	refused := map[string]string{}
	for _, e := range put {
		if m.server.refuse != nil {
			if why := m.server.refuse(e); why != "" {
				refused[e.Document] = why
			}
		}
	}
	maps.DeleteFunc(g.entries, func(p index.Place, _ index.Entry) bool {
		return slices.Contains(documents, p.Document) || refused[p.Document] != ""
	})
	for _, e := range put {
		if refused[e.Document] == "" {
			g.entries[index.Place{Document: e.Document, Ordinal: e.Ordinal}] = e
		}
	}
	g.stamp = stamp
	if len(refused) > 0 {
		return &index.EntryError{Documents: refused}
	}
	return nil
}

// Keep keeps the stamp.
func (m *Memory) Keep(ctx context.Context, stamp index.Stamp) error {
	if err := m.enter(ctx, "Keep"); err != nil {
		return err
	}
	defer m.server.mu.Unlock()
	g, err := m.at(stamp.Generation)
	if err == nil {
		g.stamp = stamp
	}
	return err
}

// Generations returns the stamps of this installation, by name.
func (m *Memory) Generations(ctx context.Context) ([]index.Stamp, error) {
	if err := m.enter(ctx, "Generations"); err != nil {
		return nil, err
	}
	defer m.server.mu.Unlock()
	var out []index.Stamp
	for name := range m.server.generations {
		if g, err := m.at(name); err == nil {
			out = append(out, g.stamp)
		}
	}
	slices.SortFunc(out, func(a, b index.Stamp) int { return cmp.Compare(a.Generation, b.Generation) })
	return out, nil
}

// Count returns how many entries a generation has.
func (m *Memory) Count(ctx context.Context, name string) (int, error) {
	if err := m.enter(ctx, "Count"); err != nil {
		return 0, err
	}
	defer m.server.mu.Unlock()
	g, err := m.at(name)
	if err != nil {
		return 0, err
	}
	return len(g.entries), nil
}

// Sums calls yield for every entry.
func (m *Memory) Sums(ctx context.Context, name string, yield func(index.Place, string) error) error {
	if err := m.enter(ctx, "Sums"); err != nil {
		return err
	}
	g, err := m.at(name)
	sums := map[index.Place]string{}
	if err == nil {
		for p, e := range g.entries {
			sums[p] = e.Sum
		}
	}
	m.server.mu.Unlock() // yield may call the engine
	for p, sum := range sums {
		if err := yield(p, sum); err != nil {
			return err
		}
	}
	return err
}

// Drop removes a generation of this installation.
func (m *Memory) Drop(ctx context.Context, name string) error {
	if err := m.enter(ctx, "Drop"); err != nil {
		return err
	}
	defer m.server.mu.Unlock()
	if m.server.generations[name] == nil {
		return nil
	}
	_, err := m.at(name)
	if err == nil {
		delete(m.server.generations, name)
	}
	return err
}

// Recall returns the p.Limit entries that have the most of the words, by IDF.
func (m *Memory) Recall(ctx context.Context, name string, p index.Probe) ([]index.Place, error) {
	if err := m.enter(ctx, "Recall"); err != nil {
		return nil, err
	}
	defer m.server.mu.Unlock()
	g, err := m.at(name)
	if err != nil {
		return nil, err
	}
	scores := map[index.Place]float64{}
	var found []index.Place
	for place, e := range g.entries {
		if s := worth(&e, p.Words); s > 0 && p.Filter.Match(e.Scope()) {
			scores[place] = s
			found = append(found, place)
		}
	}
	slices.SortFunc(found, func(a, b index.Place) int {
		return cmp.Or(cmp.Compare(scores[b], scores[a]), cmp.Compare(a.Document, b.Document), cmp.Compare(a.Ordinal, b.Ordinal))
	})
	return found[:max(0, min(p.Limit, len(found)))], nil
}

// worth returns the IDF of the words that an entry has, those that it has
// said otherwise by their weight.
func worth(e *index.Entry, words []index.ProbeWord) (sum float64) {
	for _, w := range words {
		if slices.Contains(e.Terms, w.Text) {
			sum += w.IDF
			continue
		}
		best := 0.0
		for _, also := range w.Also {
			if !slices.ContainsFunc(also.Words, func(s string) bool { return !slices.Contains(e.Terms, s) }) {
				best = max(best, also.Weight*w.IDF)
			}
		}
		sum += best
	}
	return sum
}

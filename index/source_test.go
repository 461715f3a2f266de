package index

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/policybot/policybot/corpus"
)

var errBroken = errors.New("broken")

// truth is a Source in memory. A name in fail makes that method fail.
type truth struct {
	sync.Mutex
	live    map[string]Live
	changes []Change
	cuts    map[string]Cut // by segmenter and document
	saved   int
	asked   []int64 // cursors that Changes was asked for
	fail    map[string]bool
}

func newTruth() *truth {
	return &truth{live: map[string]Live{}, cuts: map[string]Cut{}, fail: map[string]bool{}}
}

func (s *truth) failing(method string) error {
	if s.fail[method] {
		return errBroken
	}
	return nil
}

func (s *truth) publish(id, text string) {
	s.Lock()
	defer s.Unlock()
	n := s.live[id].Revision.Number
	d, r := published(corpus.Document{ID: id, Kind: corpus.Notice, Title: "通知"}, lines(text)...)
	r.Number = n + 1
	s.live[id] = Live{d, r}
	s.changed(id)
}

func (s *truth) withdraw(id string) {
	s.Lock()
	defer s.Unlock()
	delete(s.live, id)
	s.changed(id)
}

// changed writes an outbox row in place of an older one; the caller holds the
// lock.
func (s *truth) changed(id string) {
	seq := int64(1)
	if n := len(s.changes); n > 0 {
		seq = s.changes[n-1].Seq + 1
	}
	s.changes = slices.DeleteFunc(s.changes, func(c Change) bool { return c.Document == id })
	s.changes = append(s.changes, Change{seq, id})
}

func (s *truth) Changes(_ context.Context, after int64, limit int) (out []Change, err error) {
	s.Lock()
	defer s.Unlock()
	s.asked = append(s.asked, after)
	for _, c := range s.changes {
		if c.Seq > after && len(out) < limit {
			out = append(out, c)
		}
	}
	return out, s.failing("Changes")
}

func (s *truth) Newest(context.Context) (int64, error) {
	s.Lock()
	defer s.Unlock()
	if len(s.changes) == 0 {
		return 0, s.failing("Newest")
	}
	return s.changes[len(s.changes)-1].Seq, s.failing("Newest")
}

func (s *truth) Documents(_ context.Context, ids []string) (out []Live, err error) {
	s.Lock()
	defer s.Unlock()
	for _, id := range ids {
		if l, ok := s.live[id]; ok {
			out = append(out, l)
		}
	}
	return out, s.failing("Documents")
}

func (s *truth) Each(_ context.Context, yield func(Live) error) error {
	s.Lock()
	var all []Live
	for _, l := range s.live {
		all = append(all, l)
	}
	err := s.failing("Each")
	s.Unlock()
	slices.SortFunc(all, func(a, b Live) int { return strings.Compare(a.Document.ID, b.Document.ID) })
	for _, l := range all {
		if err := yield(l); err != nil {
			return fmt.Errorf("each: %w", err)
		}
	}
	return err
}

func (s *truth) EachDocument(_ context.Context, yield func(corpus.Document) error) error {
	s.Lock()
	defer s.Unlock()
	for _, l := range s.live {
		if err := yield(l.Document); err != nil {
			return err
		}
	}
	return s.failing("EachDocument")
}

func (s *truth) Cuts(_ context.Context, segmenter string, refs []corpus.Ref) (out []Cut, err error) {
	s.Lock()
	defer s.Unlock()
	for _, r := range refs {
		if c, ok := s.cuts[segmenter+" "+r.Document]; ok && (c.Revision == r.Revision || s.fail["old cuts"]) {
			out = append(out, c)
		}
	}
	return out, s.failing("Cuts")
}

func (s *truth) SaveCuts(_ context.Context, segmenter string, cuts []Cut) error {
	s.Lock()
	defer s.Unlock()
	for _, c := range cuts {
		s.cuts[segmenter+" "+c.Document] = c
		s.saved++
	}
	return s.failing("SaveCuts")
}

// plain is an Engine that keeps its units in a slice.
type plain struct {
	mu       sync.Mutex
	units    []*Unit
	serves   bool
	cursor   int64
	rebuilds int
	applies  int
	refuse   bool // the next Rebuild stops after one unit
	fail     map[string]bool
	views    []*memory
}

func (e *plain) Rebuild(_ context.Context, _ string, cursor int64, units iter.Seq2[*Unit, error]) error {
	var all []*Unit
	for u, err := range units {
		if err != nil {
			return err
		}
		if all = append(all, u); e.refuse {
			return errBroken
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.fail["Rebuild"] {
		return errBroken
	}
	e.units, e.serves, e.cursor = all, true, cursor
	e.rebuilds++
	return nil
}

func (e *plain) Apply(_ context.Context, put []*Unit, drop []string, cursor int64) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.fail["Apply"] {
		return errBroken
	}
	e.units = slices.DeleteFunc(slices.Clone(e.units), func(u *Unit) bool { return slices.Contains(drop, u.Document) })
	e.units = append(e.units, put...)
	e.cursor = cursor
	e.applies++
	return nil
}

func (e *plain) Cursor() int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.cursor
}

func (e *plain) View() (View, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.serves || e.fail["View"] {
		return nil, errBroken
	}
	v := &memory{units: e.units, scribble: true}
	e.views = append(e.views, v)
	return v, nil
}

func (e *plain) Close() error { return nil }

// checkReleased asserts that every view was released once.
func (e *plain) checkReleased(t *testing.T) {
	t.Helper()
	for _, v := range e.views {
		if n := v.released.Load(); n != 1 {
			t.Errorf("a view was released %d times", n)
		}
	}
}

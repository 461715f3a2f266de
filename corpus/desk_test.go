package corpus

import (
	"context"
	"errors"
	"testing"
)

func TestSampleServes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		keep, configured bool
		own              int
		want             bool
	}{
		{false, false, 0, true}, {false, true, 0, false}, {false, false, 1, false}, {false, true, 1, false},
		{true, true, 1, true}, {true, false, 0, true},
	} {
		if got := SampleServes(c.keep, c.configured, c.own); got != c.want {
			t.Errorf("SampleServes(%v, %v, %d) = %v", c.keep, c.configured, c.own, got)
		}
	}
}

// shelfStore is a Store that counts published documents and nothing else.
type shelfStore struct {
	Store
	sample, own int
	during      func(*shelfStore) // happens while a Put is under way
}

func (s *shelfStore) Put(_ context.Context, contents []Content, publish bool) ([]Outcome, error) {
	if s.during != nil {
		s.during(s)
	}
	for _, c := range contents {
		if publish && c.Document.Sample {
			s.sample++
		} else if publish {
			s.own++
		}
	}
	return make([]Outcome, len(contents)), nil
}

func (s *shelfStore) Counts(context.Context) (int, int, error) { return s.sample, s.own, nil }

func (s *shelfStore) WithdrawSample(context.Context) (int, error) {
	n := s.sample
	s.sample = 0
	return n, nil
}

func someSample() ([]Content, error) {
	return []Content{{Document: Document{ID: "a", Sample: true}}, {Document: Document{ID: "b", Sample: true}}}, nil
}

func TestOpenSample(t *testing.T) {
	t.Parallel()
	yes := func() bool { return true }
	for _, c := range []struct {
		name       string
		desk       Desk
		store      shelfStore
		load       bool
		wantServed int
	}{
		{"first start", Desk{}, shelfStore{}, true, 2},
		{"without it", Desk{}, shelfStore{}, false, 0},
		{"an account is configured", Desk{Configured: yes}, shelfStore{sample: 2}, true, 0},
		{"kept beside an account", Desk{Configured: yes, KeepSample: true}, shelfStore{}, true, 2},
		{"documents of one's own", Desk{}, shelfStore{own: 3}, true, 0},
		{"one's own are published meanwhile", Desk{}, shelfStore{during: func(s *shelfStore) { s.own++ }}, true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.desk.Store = &c.store
			n, err := c.desk.OpenSample(t.Context(), c.load, someSample)
			if err != nil || n != c.wantServed || c.store.sample != c.wantServed {
				t.Errorf("OpenSample = %d, %v, with %d in service, want %d", n, err, c.store.sample, c.wantServed)
			}
		})
	}
}

func TestOpenSampleThatCannotBeRead(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	d := Desk{Store: &shelfStore{}}
	if _, err := d.OpenSample(t.Context(), true, func() ([]Content, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("OpenSample = %v", err)
	}
}

func TestFirstOwnDocumentEndsTheSample(t *testing.T) {
	t.Parallel()
	s := &shelfStore{sample: 2}
	d := Desk{Store: s}
	own := []Content{{Document: Document{ID: "own"}}}
	if _, err := d.Put(t.Context(), own, false); err != nil || s.sample != 2 {
		t.Fatalf("a draft of one's own: %v, %d of the sample in service", err, s.sample)
	}
	if _, err := d.Put(t.Context(), own, true); err != nil || s.sample != 0 {
		t.Fatalf("a published document of one's own: %v, %d of the sample in service", err, s.sample)
	}
}

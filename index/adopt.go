package index

import (
	"context"
	"errors"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// coming is the wording that a generation is being built for.
type coming struct {
	wording
	generation string
}

// state returns the view and the wording that belong together; the caller
// releases the view. It returns ErrNotReady where one of them is missing.
func (s *Shelf) state() (View, *wording, error) {
	for {
		w, next := s.words.Load(), s.next.Load()
		if w == nil {
			return nil, nil, ErrNotReady
		}
		v, err := s.engine.View()
		if err != nil {
			return nil, nil, errors.Join(ErrNotReady, err)
		}
		if s.words.Load() != w || s.next.Load() != next {
			v.Release() // switched meanwhile
			continue
		}
		if next != nil && strings.HasPrefix(v.Generation(), next.generation+"+") {
			w = &next.wording
		}
		if w.lexicon.topical {
			v = withTopics{v, s.Catalogue()}
		}
		return v, w, nil
	}
}

// cutting returns the wording that documents are cut with now.
func (s *Shelf) cutting() *wording {
	if next := s.next.Load(); next != nil {
		return &next.wording
	}
	return s.words.Load()
}

// cutBy returns the version of the segmenter that a generation was cut with,
// "" where its name does not say.
func cutBy(generation string) string {
	generation, _, _ = strings.Cut(generation, "+")
	_, version, _ := strings.Cut(generation, "_")
	return version
}

// CutBy returns the version of the segmenter that the generation on disk was
// cut with; "" where there is none, or it does not say.
func (s *Shelf) CutBy() string {
	v, err := s.engine.View()
	if err != nil {
		return ""
	}
	defer v.Release()
	return cutBy(v.Generation())
}

// stale reports whether a generation was cut otherwise than questions are.
func (s *Shelf) stale(v View) bool {
	w, by := s.words.Load(), cutBy(v.Generation())
	return w != nil && by != "" && by != w.segmenter.Version()
}

// Adopt makes a new generation with another segmenter and switches to it and
// to the lexicon together. Until then, and where it fails, the old ones serve.
func (s *Shelf) Adopt(ctx context.Context, lex *Lexicon, seg Segmenter) error {
	s.syncing.Lock()
	defer s.syncing.Unlock()
	next := &coming{wording{lex, seg}, generationName(seg)}
	s.next.Store(next)
	err := s.rebuildAs(ctx, next.generation)
	if err == nil {
		s.words.Store(&next.wording)
	}
	s.next.Store(nil)
	return err
}

// Beside returns a shelf that answers from the same documents under another
// lexicon, for a trial. aside is nil where the segmenter is the same, else an
// empty engine, which is filled. Nothing of the trial is kept in the store.
func (s *Shelf) Beside(ctx context.Context, lex *Lexicon, seg Segmenter, aside Engine) (*Shelf, error) {
	if aside == nil {
		t := NewShelf(s.name, s.engine, s.source, s.log)
		t.outside.Store(s.outside.Load())
		t.catalogue.Store(s.Catalogue())
		t.Use(lex, seg)
		return t, nil
	}
	t := NewShelf(s.name, aside, passing{s.source}, s.log)
	t.Use(lex, seg)
	return t, t.Rebuild(ctx)
}

// passing is a source that keeps no cuts.
type passing struct{ Source }

func (passing) Cuts(context.Context, string, []corpus.Ref) ([]Cut, error) { return nil, nil }

func (passing) SaveCuts(context.Context, string, []Cut) error { return nil }

// Share returns the share of the units that may have a word, 0…1: that of its
// rarest bigram. It returns ErrNotReady before the first generation.
func (s *Shelf) Share(word string) (float64, error) {
	v, _, err := s.state()
	if err != nil {
		return 0, err
	}
	defer v.Release()
	n := v.Count()
	if n == 0 {
		return 0, nil
	}
	least := n
	Bigrams(word, func(t Term) { least = min(least, v.DocFreq(t)) })
	return float64(least) / float64(n), nil
}

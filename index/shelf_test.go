package index

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/policybot/policybot/corpus"
)

func shelved() (*Shelf, *plain, *truth) {
	e, s := &plain{fail: map[string]bool{}}, newTruth()
	shelf := NewShelf("plain", e, s, slog.New(slog.DiscardHandler))
	shelf.Use(testLexicon(), testWords)
	return shelf, e, s
}

func finds(t *testing.T, s *Shelf, text string) string {
	t.Helper()
	res, err := s.Find(t.Context(), Query{Text: text, Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	if res.Engine != "plain" {
		t.Errorf("engine %q", res.Engine)
	}
	return documents(res)
}

func sync1(t *testing.T, s *Shelf) {
	t.Helper()
	if err := s.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestShelfBeforeAnythingServes(t *testing.T) {
	t.Parallel()
	e, s := &plain{fail: map[string]bool{}}, newTruth()
	s.publish("a", "老人卡")
	shelf := NewShelf("plain", e, s, slog.New(slog.DiscardHandler))
	notReady := func(when string, errs ...error) {
		t.Helper()
		for i, err := range errs {
			if !errors.Is(err, ErrNotReady) {
				t.Errorf("%s, %d: error %v", when, i, err)
			}
		}
	}
	_, find := shelf.Find(t.Context(), Query{Text: "老人卡"})
	st, status := shelf.Status()
	notReady("without a wording", find, status, shelf.Ready(), shelf.Sync(t.Context()))
	if st.Engine != "plain" {
		t.Errorf("status %+v", st)
	}
	shelf.Use(testLexicon(), testWords)
	_, find = shelf.Find(t.Context(), Query{Text: "老人卡"})
	notReady("before the first Sync", find, shelf.Ready())
	if !errors.Is(find, errBroken) {
		t.Errorf("error %v does not say why", find)
	}
	sync1(t, shelf)
	st, err := shelf.Status()
	if err != nil || shelf.Ready() != nil || st.Units != 1 || st.Seq != 1 || st.Generation != "memory" || st.Synced.IsZero() {
		t.Errorf("%+v, %v", st, err)
	}
	e.fail["View"] = true
	_, status = shelf.Status()
	notReady("when the engine failed", status)
	e.checkReleased(t)
}

func TestSync(t *testing.T) {
	t.Parallel()
	shelf, e, s := shelved()
	s.publish("a", "老人卡在社区办理")
	s.publish("b", "公积金提取")
	sync1(t, shelf)
	if e.rebuilds != 1 || e.applies != 0 || e.cursor != 2 || finds(t, shelf, "老人卡") != "a" {
		t.Errorf("%d rebuilds, %d applies, cursor %d", e.rebuilds, e.applies, e.cursor)
	}
	sync1(t, shelf) // nothing new
	s.publish("a", "居住证签注")
	s.publish("c", "老人卡年审")
	s.withdraw("b")
	sync1(t, shelf)
	if e.rebuilds != 1 || e.applies != 1 || e.cursor != 5 || !slices.Equal(s.asked, []int64{2}) {
		t.Errorf("%d rebuilds, %d applies, cursor %d, asked %v", e.rebuilds, e.applies, e.cursor, s.asked)
	}
	for question, want := range map[string]string{"老人卡": "c", "居住证": "a", "公积金": ""} {
		if got := finds(t, shelf, question); got != want {
			t.Errorf("%s: %q, want %q", question, got, want)
		}
	}
	e.fail["View"] = true // the engine lost its state
	err := shelf.Sync(t.Context())
	e.fail["View"] = false
	if err != nil || e.rebuilds != 2 || e.cursor != 5 || finds(t, shelf, "老人卡") != "c" {
		t.Errorf("%v, %d rebuilds, cursor %d", err, e.rebuilds, e.cursor)
	}
	if err := shelf.Rebuild(t.Context()); err != nil || e.rebuilds != 3 {
		t.Errorf("%v, %d rebuilds", err, e.rebuilds)
	}
	e.checkReleased(t)
}

func TestSyncOfAnotherStore(t *testing.T) {
	t.Parallel()
	shelf, e, s := shelved()
	s.publish("a", "老人卡")
	sync1(t, shelf)
	e.cursor = 99 // of a store that is no more
	s.publish("b", "居住证")
	sync1(t, shelf)
	if e.rebuilds != 2 || e.cursor != 2 || finds(t, shelf, "居住证") != "b" {
		t.Errorf("%d rebuilds, cursor %d", e.rebuilds, e.cursor)
	}
}

func TestSyncInBatches(t *testing.T) {
	t.Parallel()
	shelf, e, s := shelved()
	s.publish("first", "老人卡")
	sync1(t, shelf)
	for i := range 11*batch + 7 {
		s.publish(fmt.Sprint("d", i), "通告")
	}
	sync1(t, shelf)
	if want := 11*batch + 8; e.applies != 2 || len(e.units) != want || e.cursor != int64(want) || s.saved != want {
		t.Errorf("%d applies, %d units, cursor %d, %d cuts", e.applies, len(e.units), e.cursor, s.saved)
	}
	if err := shelf.Rebuild(t.Context()); err != nil || len(e.units) != 11*batch+8 {
		t.Errorf("%v, %d units", err, len(e.units))
	}
	seen := map[string]bool{}
	for _, u := range e.units {
		seen[u.Document] = true
	}
	if len(seen) != len(e.units) {
		t.Errorf("%d documents in %d units", len(seen), len(e.units))
	}
}

func TestSyncErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method   string
		engine   bool
		building bool // fails the first build too
	}{
		{"Newest", false, true}, {"Each", false, true}, {"Cuts", false, true}, {"SaveCuts", false, true}, {"Rebuild", true, true},
		{"EachDocument", false, true},
		{"Changes", false, false}, {"Documents", false, false}, {"Apply", true, false},
	} {
		shelf, e, s := shelved()
		fail := s.fail
		if c.engine {
			fail = e.fail
		}
		s.publish("a", "老人卡")
		if c.building {
			fail[c.method] = true
			if err := shelf.Sync(t.Context()); !errors.Is(err, errBroken) || shelf.Ready() == nil || e.serves && c.method != "EachDocument" {
				t.Errorf("%s: error %v while building, serves %v", c.method, err, e.serves)
			}
			fail[c.method] = false
		}
		sync1(t, shelf)
		s.publish("b", "居住证")
		if c.method == "Each" || c.method == "Rebuild" || c.method == "EachDocument" {
			continue
		}
		fail[c.method] = true
		err := shelf.Sync(t.Context())
		st, _ := shelf.Status()
		if !errors.Is(err, errBroken) || e.cursor != 1 || st.Seq != 1 || finds(t, shelf, "老人卡") != "a" {
			t.Errorf("%s: error %v, cursor %d, seq %d", c.method, err, e.cursor, st.Seq)
		}
		fail[c.method] = false
		sync1(t, shelf) // nothing is lost
		if st, _ := shelf.Status(); e.cursor != 2 || st.Seq != 2 || finds(t, shelf, "居住证") != "b" {
			t.Errorf("%s: cursor %d, seq %d afterwards", c.method, e.cursor, st.Seq)
		}
		e.checkReleased(t)
	}
}

// An engine that stops reading gets no more, and its error is the one told.
func TestRebuildThatTheEngineStops(t *testing.T) {
	t.Parallel()
	shelf, e, s := shelved()
	for i := range batch + 10 {
		s.publish(fmt.Sprint("d", i), "老人卡")
	}
	e.refuse = true
	if err := shelf.Rebuild(t.Context()); !errors.Is(err, errBroken) {
		t.Errorf("error %v", err)
	}
}

// counting is a Segmenter that counts the texts it cut.
type counting struct {
	dictionary
	version string
	cut     *int
}

func (c counting) Version() string { return c.version }
func (c counting) Long(text string) []string {
	*c.cut++
	return c.dictionary.Long(text)
}

func TestCutsAreReused(t *testing.T) {
	t.Parallel()
	shelf, e, s := shelved()
	n := 0
	shelf.Use(testLexicon(), counting{testWords, "v1", &n})
	s.publish("a", "公积金")
	s.publish("b", "居住证")
	rebuild := func(what string, cut, saved int) {
		t.Helper()
		n, s.saved = 0, 0
		if err := shelf.Rebuild(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n != 2*cut || s.saved != saved {
			t.Errorf("%s: %d texts cut, %d saved", what, n, s.saved)
		}
		for _, u := range e.units {
			want := &Unit{Context: u.Context, Body: u.Body}
			if want.AddWords(testWords); !slices.Equal(u.Words, want.Words) {
				t.Errorf("%s: words %v, want %v", what, u.Words, want.Words)
			}
		}
	}
	rebuild("first", 2, 2)
	rebuild("again", 0, 0)
	s.publish("a", "公积金 补贴标准")
	rebuild("a new revision", 1, 1)
	s.fail["old cuts"] = true // a store that does not look at revisions
	s.publish("a", "居住证 补贴标准")
	rebuild("cuts of an old revision", 1, 1)
	s.fail["old cuts"] = false
	for key, c := range s.cuts {
		c.Words = append(c.Words, []string{"wrong"})
		s.cuts[key] = c
	}
	rebuild("another number of units", 2, 2)
	shelf.Use(testLexicon(), counting{testWords, "v2", &n})
	rebuild("another dictionary", 2, 2)
	if len(s.cuts) != 4 {
		t.Errorf("%d cuts", len(s.cuts))
	}
}

// findAndLook asks a question of which one lexicon knows another word and the
// other does not.
func findAndLook(ctx context.Context, shelf *Shelf, without string) error {
	res, err := shelf.Find(ctx, Query{Text: "老人卡怎么办", Limit: 3})
	if err != nil || len(res.Hits) == 0 || res.Hits[0].Kind != corpus.Notice {
		return fmt.Errorf("found %+v, %w", res, err)
	}
	if (res.Lexicon == without) == (len(res.Explain.Expansions) > 0) {
		return fmt.Errorf("lexicon %s with %v", res.Lexicon, res.Explain.Expansions)
	}
	_, err = shelf.Status()
	return errors.Join(err, shelf.Ready())
}

func TestFindWhileSyncing(t *testing.T) {
	t.Parallel()
	shelf, e, s := shelved()
	s.publish("a", "老人卡")
	sync1(t, shelf)
	other := NewLexicon(nil, nil, []string{"吗"})
	done := make(chan struct{})
	var finders sync.WaitGroup
	for range 3 {
		finders.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if err := findAndLook(t.Context(), shelf, other.Revision); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	var writers sync.WaitGroup
	for w := range 2 {
		writers.Go(func() {
			for i := range 25 {
				s.publish(fmt.Sprint("d", w, i%4), "老人卡年审")
				if i == 12 {
					shelf.Use([]*Lexicon{testLexicon(), other}[w], testWords)
				}
				before := newest(s)
				if err := shelf.Sync(t.Context()); err != nil {
					t.Error(err)
				}
				if got := e.Cursor(); got < before {
					t.Errorf("cursor %d after a Sync of %d", got, before)
				}
			}
		})
	}
	writers.Wait()
	close(done)
	finders.Wait()
	e.checkReleased(t)
	if got, want := len(e.units), 1+2*4; got != want {
		t.Errorf("%d units, want %d", got, want)
	}
}

func newest(s *truth) int64 {
	n, _ := s.Newest(context.Background())
	return n
}

func TestStatesOfTheLexiconAreWhole(t *testing.T) {
	t.Parallel()
	shelf, _, s := shelved()
	s.publish("a", "敬老卡")
	sync1(t, shelf)
	with := func() Explanation {
		res, err := shelf.Find(t.Context(), Query{Text: "老人卡", Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		return res.Explain
	}
	if e := with(); len(e.Expansions) != 1 || !reflect.DeepEqual(e.Words, []string{"老人卡"}) {
		t.Errorf("%+v", e)
	}
	shelf.Use(NewLexicon(nil, nil, nil), dictionary{"老人"})
	if e := with(); len(e.Expansions) != 0 || !reflect.DeepEqual(e.Words, []string{"老人"}) {
		t.Errorf("%+v", e)
	}
}

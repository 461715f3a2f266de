package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/lexicon"
	"github.com/policybot/policybot/index/segment"
	"github.com/policybot/policybot/index/spell"
	"github.com/policybot/policybot/store"
)

// wording is a revision of the lexicon, ready to serve.
type wording struct {
	revision  int
	lexicon   *index.Lexicon
	segmenter *segment.Segmenter
	cues      *bot.Cues
	speller   *spell.Speller
}

// respell mends what is misspelt in a text, by the words of the documents on a
// shelf.
func (w wording) respell(shelf *index.Shelf, text string, names []string) (string, []bot.Respelt) {
	text, mended := w.speller.Mend(text, shelf, names)
	var out []bot.Respelt
	for _, m := range mended {
		out = append(out, bot.Respelt(m))
	}
	return text, out
}

// cuesOf returns how messages are routed under a lexicon.
func cuesOf(all []lexicon.Entry) *bot.Cues {
	var more []bot.Cue
	for _, e := range all {
		if e.Kind == lexicon.Cue {
			more = append(more, bot.Cue{Text: e.Word, Route: e.To, Weight: int(e.Weight)})
		}
	}
	return bot.NewCues(more)
}

// lookFor is how often it is looked up which lexicon is live: another process
// may have put one live.
const lookFor = 300 * time.Millisecond

// afterTrouble is how long a lexicon that could not be served is left alone.
const afterTrouble = 10 * time.Second

// lexicons has the lexicon served that is live in the store.
type lexicons struct {
	store  *store.Store
	shelf  *index.Shelf
	log    *slog.Logger
	trying sync.Mutex         // one trial at a time
	wake   chan struct{}      // look at once
	served func()             // told when another lexicon serves
	spare  *segment.Segmenter // of the live revision, where another serves at first; of who adopts

	mu    sync.Mutex
	now   wording
	state lexiconState
	news  chan struct{} // closed when state changes
}

// lexiconState is which lexicon serves, and which one is made ready.
type lexiconState struct {
	Serves   int    `json:"serves"`
	Building int    `json:"building"`          // -1: none
	Trouble  string `json:"trouble,omitempty"` // of Failed
	Failed   int    `json:"failed,omitempty"`
}

func newLexicons(s *store.Store, shelf *index.Shelf, now, live wording, log *slog.Logger) *lexicons {
	return &lexicons{
		store: s, shelf: shelf, log: log, spare: live.segmenter, wake: make(chan struct{}, 1),
		now: now, state: lexiconState{Serves: now.revision, Building: -1}, news: make(chan struct{}),
	}
}

// entries returns a revision with its entries; 0 comes with the program.
func entriesOf(ctx context.Context, s *store.Store, revision int) (lexicon.Revision, []lexicon.Entry, error) {
	if revision != 0 {
		r, all, err := s.Lexicon(ctx, revision)
		if errors.Is(err, lexicon.ErrNotFound) {
			err = fmt.Errorf("there is no revision %d of the lexicon: see 'policybot lexicon list'", revision)
		}
		return r, all, err
	}
	all, err := lexicon.Shipped()
	return lexicon.Revision{Author: "policybot", Reason: "comes with the program", Sum: lexicon.Sum(all), Count: len(all)}, all, err
}

// loadWording makes a revision ready. Of the segmenters that are loaded the one
// with its domain words is used again.
func loadWording(ctx context.Context, s *store.Store, revision int, loaded ...*segment.Segmenter) (wording, error) {
	r, all, err := entriesOf(ctx, s, revision)
	if err != nil {
		return wording{}, err
	}
	w := wording{revision: revision, lexicon: r.Lexicon(all), cues: cuesOf(all)}
	version, err := segment.Version(w.lexicon.Domain)
	if err != nil {
		return w, err
	}
	for _, seg := range loaded {
		if seg != nil && seg.Version() == version {
			w.segmenter = seg
		}
	}
	if w.segmenter == nil {
		if w.segmenter, err = segment.New(w.lexicon.Domain); err != nil {
			return w, err
		}
	}
	w.speller = spell.New(w.lexicon.Vocabulary(), w.segmenter.Cut)
	return w, nil
}

// loadLive makes the live revision ready. One that cannot be read leaves the
// one that comes with the program.
func loadLive(ctx context.Context, s *store.Store, log *slog.Logger) (wording, error) {
	live, err := s.LiveLexicon(ctx)
	if err != nil {
		return wording{}, err
	}
	w, err := loadWording(ctx, s, live)
	if err != nil && live != 0 && ctx.Err() == nil {
		log.Error("the live lexicon cannot be used; that of the program serves", "revision", live, "err", err.Error())
		return loadWording(ctx, s, 0)
	}
	return w, err
}

// cutAs returns the newest revision that was live and whose domain words the
// generation on disk was cut with: the process ended before that of the live
// one was made. It returns live where there is no other.
func cutAs(ctx context.Context, s *store.Store, live wording, by string) (wording, error) {
	if by == "" || by == live.segmenter.Version() {
		return live, nil
	}
	switches, err := s.LexiconSwitches(ctx)
	if err != nil {
		return live, err
	}
	for i := len(switches) - 1; i >= 0; i-- {
		_, all, err := entriesOf(ctx, s, switches[i].Before)
		if err != nil {
			return live, err
		}
		if version, err := segment.Version(lexicon.Words(all).Domain); err == nil && version == by {
			return loadWording(ctx, s, switches[i].Before, live.segmenter)
		}
	}
	return live, nil
}

// serving returns what questions are understood by now.
func (l *lexicons) serving() wording {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

// cues returns how messages are routed now.
func (l *lexicons) cues() *bot.Cues { return l.serving().cues }

// words returns what questions are understood by now.
func (l *lexicons) words() *index.Lexicon { return l.serving().lexicon }

func (l *lexicons) status() (lexiconState, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state, l.news
}

// note changes the state and tells who waits for that.
func (l *lexicons) note(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
	close(l.news)
	l.news = make(chan struct{})
}

// build is a revision that is being made ready in the background.
type build struct {
	revision int
	stop     context.CancelFunc
	done     chan error
}

func (b *build) ended() <-chan error {
	if b == nil {
		return nil
	}
	return b.done
}

// run follows the store until ctx ends. A lexicon that is live no more is not
// waited for.
func (l *lexicons) run(ctx context.Context) error {
	var now *build
	var rest time.Time // no new attempt before
	tick := time.NewTicker(lookFor)
	defer tick.Stop()
	defer func() {
		if now != nil {
			now.stop()
			<-now.done
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-l.wake:
			rest = time.Time{}
		case err := <-now.ended():
			if err != nil {
				rest = time.Now().Add(afterTrouble)
			}
			now = nil
		}
		live, err := l.store.LiveLexicon(ctx)
		if err != nil {
			continue // the store is in trouble, which is said elsewhere
		}
		if now != nil && now.revision != live {
			now.stop()
			<-now.done
			now, rest = nil, time.Time{}
		}
		if now == nil && live != l.serving().revision && time.Now().After(rest) {
			now = l.start(ctx, live)
		}
	}
}

// start makes a revision ready beside what serves.
func (l *lexicons) start(ctx context.Context, revision int) *build {
	ctx, stop := context.WithCancel(ctx)
	b := &build{revision, stop, make(chan error, 1)}
	l.note(func() { l.state.Building, l.state.Trouble = revision, "" })
	go func() {
		defer stop()
		err := l.adopt(ctx, revision)
		l.note(func() {
			l.state.Building = -1
			if err != nil && ctx.Err() == nil {
				l.state.Trouble, l.state.Failed = fmt.Sprintf("revision %d does not serve: %v", revision, err), revision
			}
		})
		if err != nil && ctx.Err() == nil {
			l.log.Error("the live lexicon does not serve yet", "revision", revision, "err", err.Error())
		}
		b.done <- err
	}()
	return b
}

// adopt has a revision served: at once where the domain words are the same,
// with a new generation where not.
func (l *lexicons) adopt(ctx context.Context, revision int) error {
	start, was := time.Now(), l.serving()
	w, err := loadWording(ctx, l.store, revision, was.segmenter, l.spare)
	if err != nil {
		return err
	}
	if w.segmenter == was.segmenter {
		l.shelf.Use(w.lexicon, w.segmenter)
	} else if err := l.shelf.Adopt(ctx, w.lexicon, w.segmenter); err != nil {
		return err
	}
	l.note(func() { l.now, l.state.Serves = w, revision })
	l.spare = nil
	if l.served != nil {
		l.served()
	}
	l.log.Info("the lexicon serves", "revision", revision, "before", was.revision,
		"built", w.segmenter != was.segmenter, "ms", time.Since(start).Milliseconds())
	return nil
}

// await returns when a revision serves, or, without built, when it is being
// built, which takes as long as an index does. The error says why it does not.
func (l *lexicons) await(ctx context.Context, revision int, built bool) (lexiconState, error) {
	select {
	case l.wake <- struct{}{}:
	default: // is awake
	}
	slow := time.After(time.Second)
	for {
		state, news := l.status()
		switch {
		case state.Serves == revision:
			return state, nil
		case state.Trouble != "" && state.Failed == revision && state.Building < 0:
			return state, errors.New(state.Trouble)
		}
		select {
		case <-news:
		case <-slow:
			if !built {
				return state, nil
			}
		case <-ctx.Done():
			return state, ctx.Err()
		}
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/eval"
	"github.com/policybot/policybot/index/lexicon"
	"github.com/policybot/policybot/index/local"
	"github.com/policybot/policybot/index/segment"
	"github.com/policybot/policybot/index/spell"
)

// What the commands of the lexicon ask of the folder's owner.
type (
	lexiconOf struct {
		Revision int             `json:"revision"` // -1 is the live one
		Entries  []lexicon.Entry `json:"entries,omitempty"`
		Given    bool            `json:"given,omitempty"` // Entries are meant, of a file
	}
	lexiconFull struct {
		Revision lexicon.Revision `json:"revision"`
		Entries  []lexicon.Entry  `json:"entries"`
	}
	lexiconImport struct {
		Entries []lexicon.Entry `json:"entries"`
		Add     bool            `json:"add"` // to what is live
		By      string          `json:"by"`
		Reason  string          `json:"reason"`
	}
	lexiconImported struct {
		Revision lexicon.Revision  `json:"revision"`
		Changes  []lexicon.Change  `json:"changes"` // to what is live
		Live     int               `json:"live"`
		Findings []lexicon.Finding `json:"findings"` // that the live one has not
	}
	lexiconTry struct {
		Revision  int             `json:"revision"`
		Questions []eval.Question `json:"questions,omitempty"`
		Account   string          `json:"account,omitempty"`
		On        corpus.Date     `json:"on,omitempty"`
		By        string          `json:"by"`
	}
	lexiconTried struct {
		Trial    lexicon.Trial   `json:"trial"`
		Compared []eval.Compared `json:"compared"`
	}
	lexiconSwitch struct {
		Revision int    `json:"revision"` // -1: a rollback to what was live before
		Back     bool   `json:"back"`
		Reason   string `json:"reason"` // of a promotion: why without a trial
		By       string `json:"by"`
		Wait     bool   `json:"wait"` // until it serves, also where an index is built for it
	}
	lexiconSwitched struct {
		Switch lexicon.Switch `json:"switch"`
		State  lexiconState   `json:"state"`
	}
	lexiconList struct {
		Live      int                `json:"live"`
		State     lexiconState       `json:"state"`
		Revisions []lexicon.Revision `json:"revisions"`
		Switches  []lexicon.Switch   `json:"switches"`
	}
)

var (
	opLexicon = operation[lexiconOf, lexiconFull]{"/lexicon/show", func(h *host, ctx context.Context, in lexiconOf) (lexiconFull, error) {
		return h.app.lexiconOf(ctx, in)
	}}
	opLexiconList = operation[struct{}, lexiconList]{"/lexicon/list", func(h *host, ctx context.Context, _ struct{}) (lexiconList, error) {
		return h.app.listLexicons(ctx)
	}}
	opLexiconImport = operation[lexiconImport, lexiconImported]{"/lexicon/import", func(h *host, ctx context.Context, in lexiconImport) (lexiconImported, error) {
		return h.app.importLexicon(ctx, in)
	}}
	opLexiconCheck = operation[lexiconOf, []lexicon.Finding]{"/lexicon/check", func(h *host, ctx context.Context, in lexiconOf) ([]lexicon.Finding, error) {
		full, err := h.app.lexiconOf(ctx, in)
		if err != nil {
			return nil, err
		}
		return h.app.checkLexicon(full.Entries)
	}}
	opLexiconTry = operation[lexiconTry, lexiconTried]{"/lexicon/try", func(h *host, ctx context.Context, in lexiconTry) (lexiconTried, error) {
		return h.app.tryLexicon(ctx, in)
	}}
	opLexiconSwitch = operation[lexiconSwitch, lexiconSwitched]{"/lexicon/switch", func(h *host, ctx context.Context, in lexiconSwitch) (lexiconSwitched, error) {
		in.Wait = in.Wait || !h.serves // a command is gone before it is built
		return h.app.switchLexicon(ctx, in)
	}}
)

func (a *app) lexiconOf(ctx context.Context, in lexiconOf) (out lexiconFull, err error) {
	if in.Given {
		return lexiconFull{Entries: in.Entries}, nil
	}
	if in.Revision < 0 {
		if in.Revision, err = a.store.LiveLexicon(ctx); err != nil {
			return out, err
		}
	}
	out.Revision, out.Entries, err = entriesOf(ctx, a.store, in.Revision)
	return out, err
}

func (a *app) listLexicons(ctx context.Context) (out lexiconList, err error) {
	if out.Live, err = a.store.LiveLexicon(ctx); err != nil {
		return out, err
	}
	if out.Revisions, err = a.store.Lexicons(ctx); err != nil {
		return out, err
	}
	first, _, err := entriesOf(ctx, a.store, 0)
	if err != nil {
		return out, err
	}
	out.Revisions = append(out.Revisions, first)
	out.Switches, err = a.store.LexiconSwitches(ctx)
	out.State, _ = a.lexicons.status()
	return out, err
}

// importLexicon keeps entries as a new revision. What is the same as the live
// one is refused, and so is what cannot be a lexicon.
func (a *app) importLexicon(ctx context.Context, in lexiconImport) (out lexiconImported, err error) {
	if err := errors.Join(lexicon.CheckText("reason", in.Reason, 500), lexicon.CheckText("name", in.By, 100)); err != nil {
		return out, err
	}
	live, err := a.lexiconOf(ctx, lexiconOf{Revision: -1})
	if err != nil {
		return out, err
	}
	if in.Add {
		in.Entries = lexicon.Add(live.Entries, in.Entries)
	}
	out.Live, out.Changes = live.Revision.Number, lexicon.Diff(live.Entries, in.Entries)
	switch {
	case len(in.Entries) > lexicon.MaxEntries:
		return out, fmt.Errorf("that makes %d entries: a lexicon has at most %d", len(in.Entries), lexicon.MaxEntries)
	case slices.Equal(live.Entries, in.Entries):
		return out, fmt.Errorf("that is revision %d, which is live: nothing was kept", out.Live)
	}
	if out.Findings, err = a.freshFindings(in.Entries, live.Entries); err != nil {
		return out, err
	}
	out.Revision, err = a.store.AddLexicon(ctx, in.Entries, in.By, in.Reason)
	return out, err
}

// checkLexicon checks entries against the corpus that is served and the
// segmenter that they would be cut by.
func (a *app) checkLexicon(all []lexicon.Entry) ([]lexicon.Finding, error) {
	seg, err := a.segmenterFor(lexicon.Words(all).Domain)
	if err != nil {
		return nil, err
	}
	return lexicon.Check(all, lexicon.Facts{
		Keeps: func(word string) bool {
			word = strings.ReplaceAll(index.FoldString(word), " ", "")
			return slices.Contains(seg.Cut(word), word)
		},
		Share: func(word string) float64 {
			share, err := a.shelf.Share(word)
			if err != nil {
				return 0 // nothing is served yet: of no corpus it pulls in nothing
			}
			return share
		},
	}), nil
}

// freshFindings returns what is wrong with entries that is not so of the live
// ones.
func (a *app) freshFindings(all, live []lexicon.Entry) ([]lexicon.Finding, error) {
	found, err := a.checkLexicon(all)
	if err != nil {
		return nil, err
	}
	known, err := a.checkLexicon(live)
	return lexicon.Fresh(found, known), err
}

// segmenterFor returns the segmenter of domain words: the one that serves
// where they are its own.
func (a *app) segmenterFor(domain []string) (*segment.Segmenter, error) {
	now := a.lexicons.serving().segmenter
	if version, err := segment.Version(domain); err != nil || version == now.Version() {
		return now, err
	}
	return segment.New(domain)
}

// tryLexicon asks golden questions under what is live and under a revision,
// and keeps what became of them.
func (a *app) tryLexicon(ctx context.Context, in lexiconTry) (out lexiconTried, err error) {
	if !a.lexicons.trying.TryLock() {
		return out, errors.New("another trial is running: wait for it")
	}
	defer a.lexicons.trying.Unlock()
	if in.Account == "" {
		in.Account = a.roster.Load().accounts[0].Name
	}
	if err := a.knows(ctx, in.Account); err != nil {
		return out, err
	}
	now := a.lexicons.serving()
	live, err := a.store.LiveLexicon(ctx)
	switch {
	case err != nil:
		return out, err
	case now.revision != live:
		return out, fmt.Errorf("revision %d is live and does not serve yet: try again when 'policybot lexicon list' says that it does", live)
	case len(in.Questions) == 0:
		return out, errors.New("there is no question to ask")
	}
	rev, all, err := entriesOf(ctx, a.store, in.Revision)
	if err != nil {
		return out, err
	}
	t := lexicon.Trial{Revision: rev.Number, Sum: rev.Sum, Against: live, Author: in.By, Questions: len(in.Questions)}
	if t.Seq, err = a.store.NewestDocument(ctx); err != nil {
		return out, err
	}
	lex := rev.Lexicon(all)
	was, is, done, err := a.sides(ctx, now, lex)
	if err != nil {
		return out, err
	}
	defer done()
	then := wording{lexicon: lex, cues: cuesOf(all), speller: spell.New(lex.Vocabulary(), now.segmenter.Cut)}
	out.Compared, err = eval.Try(ctx, in.Questions, a.asks(was, now, in), a.asks(is, then, in), func() {})
	if err != nil {
		return out, err
	}
	for _, c := range out.Compared {
		t.Verdicts = append(t.Verdicts, lexicon.Verdict{ID: c.ID, Verdict: c.Verdict})
		switch c.Verdict {
		case eval.Better:
			t.Better++
		case eval.Worse:
			t.Worse++
		default:
			t.Changed++
		}
	}
	out.Trial, err = a.store.AddLexiconTrial(ctx, t)
	return out, err
}

// sides returns the shelf of what is live and one of a lexicon. Other domain
// words need an index of their own, in a temporary folder; then both answer
// from embedded indexes.
func (a *app) sides(ctx context.Context, now wording, lex *index.Lexicon) (was, is *index.Shelf, done func(), err error) {
	none := func() {}
	if was, err = a.shelf.Beside(ctx, now.lexicon, now.segmenter, nil); err != nil {
		return nil, nil, none, err
	}
	seg, err := a.segmenterFor(lex.Domain)
	if err != nil {
		return nil, nil, none, err
	}
	if seg == now.segmenter {
		is, err = a.shelf.Beside(ctx, lex, seg, nil)
		return was, is, none, err
	}
	folder, err := os.MkdirTemp("", "policybot-trial-")
	if err != nil {
		return nil, nil, none, err
	}
	aside, err := local.Open(folder, a.log)
	if err != nil {
		_ = os.RemoveAll(folder) // the first error is the one to tell
		return nil, nil, none, err
	}
	done = func() { _, _ = aside.Close(), os.RemoveAll(folder) } // of a trial that is over
	was.Prefer(nil)
	if is, err = a.shelf.Beside(ctx, lex, seg, aside); err != nil {
		done()
		return nil, nil, none, err
	}
	return was, is, done, nil
}

// asks returns how a shelf is asked: as the server answers, with nothing noted.
func (a *app) asks(shelf *index.Shelf, w wording, in lexiconTry) eval.Ask {
	c := a.responder.Config
	c.Finder, c.Limiter = shelf, nil
	c.Cues, c.Lexicon = func() *bot.Cues { return w.cues }, func() *index.Lexicon { return w.lexicon }
	c.Respell = func(text string, names []string) (string, []bot.Respelt) { return w.respell(shelf, text, names) }
	r := bot.NewResponder(c)
	return func(ctx context.Context, question string) (eval.Outcome, error) {
		day := in.On
		if day == "" {
			day = corpus.DayOf(time.Now())
		}
		start := time.Now()
		reply := r.AnswerOn(ctx, bot.Question{Account: in.Account, Kind: bot.Text, Text: question, Time: start}, day)
		return outcomeOf(reply, time.Since(start)), ctx.Err()
	}
}

// switchLexicon puts a revision live, and returns when it serves, or, without
// Wait, when an index is being built for it.
func (a *app) switchLexicon(ctx context.Context, in lexiconSwitch) (out lexiconSwitched, err error) {
	if err := lexicon.CheckText("name", in.By, 100); err != nil {
		return out, err
	}
	if in.Back || in.Reason != "" {
		if err := lexicon.CheckText("reason", in.Reason, 500); err != nil {
			return out, err
		}
	}
	w := lexicon.Switch{Revision: in.Revision, Back: in.Back, Author: in.By, Reason: in.Reason}
	if w.Before, err = a.store.LiveLexicon(ctx); err != nil {
		return out, err
	}
	if in.Revision < 0 {
		all, err := a.store.LexiconSwitches(ctx)
		if err == nil {
			w.Revision, err = lexicon.Previous(all)
		}
		if errors.Is(err, lexicon.ErrFirst) {
			return out, fmt.Errorf("revision %d is live, and nothing was before it: name a revision with --to", w.Before)
		}
		if err != nil {
			return out, err
		}
	}
	if w.Revision == w.Before {
		return out, fmt.Errorf("revision %d is live already", w.Revision)
	}
	if err := a.mayServe(ctx, w); err != nil {
		return out, err
	}
	out.Switch, err = a.store.SwitchLexicon(ctx, w, func(newest int64, t lexicon.Trial) error {
		if w.Back || w.Reason != "" {
			return nil
		}
		return t.Allows(w.Before, newest)
	})
	switch {
	case errors.Is(err, lexicon.ErrMoved):
		return out, fmt.Errorf("another revision than %d was put live meanwhile: see 'policybot lexicon list', and try again", w.Before)
	case errors.Is(err, lexicon.ErrUntried):
		return out, fmt.Errorf("revision %d cannot be promoted: %s; or say why without a trial with --because", w.Revision, reasonOf(err))
	case err != nil:
		return out, err
	}
	a.log.Warn("the lexicon was switched", "revision", w.Revision, "before", w.Before, "rollback", w.Back, "by", w.Author)
	out.State, err = a.lexicons.await(ctx, w.Revision, in.Wait)
	return out, err
}

// reasonOf cuts off what a room's error begins with.
func reasonOf(err error) string {
	const room = "lexicon: "
	text := err.Error()
	if at := strings.LastIndex(text, room); at >= 0 {
		return text[at+len(room):]
	}
	return text
}

// mayServe refuses a revision with errors that the live one has not, unless
// there is a reason. One that was live before may be gone back to.
func (a *app) mayServe(ctx context.Context, w lexicon.Switch) error {
	_, all, err := entriesOf(ctx, a.store, w.Revision)
	if err != nil || w.Back || w.Reason != "" || w.Revision == 0 {
		return err
	}
	_, live, err := entriesOf(ctx, a.store, w.Before)
	if err != nil {
		return err
	}
	found, err := a.freshFindings(all, live)
	if n := lexicon.Errors(found); err == nil && n > 0 {
		err = fmt.Errorf("revision %d has %d errors that revision %d has not: see 'policybot lexicon check %d', or say why all the same with --because",
			w.Revision, n, w.Before, w.Revision)
	}
	return err
}

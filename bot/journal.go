package bot

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode"
)

// ErrJournal says that the ledger could not be written or read. After Begin
// with this error the caller holds the question all the same, in memory: it
// answers and calls End. After End with it the answer was not recorded, and
// is repeated from memory.
var ErrJournal = errors.New("bot: journal cannot be written")

const (
	lease      = 4 * time.Second  // longer than any answer takes, shorter than the platform's patience
	repeatable = time.Minute      // how long an answer is repeated
	bodyKept   = 2 * time.Minute  // and then its body is removed
	claimKept  = 24 * time.Hour   // how long a repeat is recognised as one
	sweepEvery = 15 * time.Second // how often old bodies are looked for
	pollEvery  = 100 * time.Millisecond
	maxBatch   = 256
	maxWait    = 2 * time.Second // for one commit: then it counts as failed

	maxQuestion = 4096 // bytes of a question that are kept
	maxReply    = 4096
	recentRows  = 8
)

// JournalConfig is what a journal needs.
type JournalConfig struct {
	Ledger    Ledger
	Ballots   Ballots       // nil: Judge must not be called
	Archive   Archive       // nil: nothing ages, and nobody is told what is kept
	Secret    []byte        // the instance's, at least 16 bytes; a change orphans what was recorded
	Retention time.Duration // how long texts and persons are kept, at least MinRetention; 0 is DefaultRetention
	// Now and After are the clock; nil is the real one.
	Now   func() time.Time
	After func(time.Duration) <-chan time.Time
}

// LedgerJournal is the Journal over a Ledger. Run must be running for its
// methods to get anywhere.
type LedgerJournal struct {
	ledger  Ledger
	aging   aging
	ballots Ballots
	seal    *sealer
	now     func() time.Time
	after   func(time.Duration) <-chan time.Time
	holder  string
	flights *flights
	queue   chan *write
	closed  chan struct{}
	running atomic.Bool
	trouble atomic.Pointer[error]
	counted counted
}

// NewJournal returns a journal; it starts nothing, see Run. The error says
// what is wrong with the configuration.
func NewJournal(c JournalConfig) (*LedgerJournal, error) {
	seal, err := newSealer(c.Secret)
	if err != nil {
		return nil, err
	}
	if c.Ledger == nil {
		return nil, errors.New("bot: a journal needs a ledger")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.After == nil {
		c.After = time.After
	}
	aging, err := newAging(c.Archive, c.Retention)
	if err != nil {
		return nil, err
	}
	var id [12]byte
	_, _ = rand.Read(id[:]) // never fails: crypto/rand
	return &LedgerJournal{
		ledger: c.Ledger, ballots: c.Ballots, aging: aging, seal: seal, now: c.Now, after: c.After,
		holder:  hex.EncodeToString(id[:]),
		flights: newFlights(),
		queue:   make(chan *write, 2*maxBatch),
		closed:  make(chan struct{}),
	}, nil
}

// Healthy returns nil while the ledger can be written, else what is wrong with
// it.
func (j *LedgerJournal) Healthy() error {
	if err := j.trouble.Load(); err != nil {
		return *err
	}
	return nil
}

// Begin implements Journal. Beside ErrStale and ErrJournal it returns the
// context's error where that ended first; then nothing is claimed.
func (j *LedgerJournal) Begin(ctx context.Context, q Question) ([]byte, error) {
	key := j.seal.key(q)
	for {
		now := j.now()
		f, until, mine := j.flights.join(key, now)
		if mine {
			return j.claim(ctx, q, key, f)
		}
		if body, ok := f.answer(now); ok {
			return body, nil
		}
		select {
		case <-f.done:
		case <-j.after(until.Sub(now)):
			// Its holder is gone without End.
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if body, ok := f.answer(j.now()); ok {
			return body, nil
		}
	}
}

// claim wins the question from other processes or returns what they said.
func (j *LedgerJournal) claim(ctx context.Context, q Question, key string, f *flight) ([]byte, error) {
	for {
		now := j.now()
		held, err := j.submit(ctx, &write{claim: &Claim{
			Key: key, Account: q.Account, Holder: j.holder, Now: now, Until: now.Add(lease),
		}})
		switch {
		case ctx.Err() != nil && err != nil:
			j.flights.free(key, f)
			return nil, ctx.Err()
		case err != nil:
			return nil, err // the flight stays: held in memory
		case held.Won:
			j.flights.extend(key, f, now.Add(lease))
			return nil, nil
		case !held.Answered.IsZero():
			return j.repeat(key, f, held)
		}
		// Another process is at it, or died at it.
		select {
		case <-j.after(min(max(held.Until.Sub(now), time.Millisecond), pollEvery)):
			j.flights.extend(key, f, j.now().Add(lease))
		case <-ctx.Done():
			j.flights.free(key, f)
			return nil, ctx.Err()
		}
	}
}

// repeat takes over what another process, or this one before, answered.
func (j *LedgerJournal) repeat(key string, f *flight, held Held) ([]byte, error) {
	if since(j.now(), held.Answered) >= repeatable || held.Body == nil {
		j.flights.free(key, f)
		return nil, ErrStale
	}
	body, err := j.seal.open(key, held.Body)
	if err != nil {
		// Written under another secret: nothing that could be repeated.
		j.flights.free(key, f)
		return nil, ErrStale
	}
	j.flights.land(key, f, body, held.Answered)
	return body, nil
}

// End implements Journal.
func (j *LedgerJournal) End(ctx context.Context, q Question, r Reply, body []byte, took time.Duration) error {
	key := j.seal.key(q)
	if body == nil {
		defer j.flights.free(key, nil)
		_, err := j.submit(ctx, &write{free: &Claim{Key: key, Account: q.Account, Holder: j.holder}})
		return err
	}
	now := j.now()
	_, err := j.submit(ctx, &write{record: j.record(q, r, key, body, now, took)})
	// Only now may a repeat see it: what was shown to anyone was recorded
	// before, unless the ledger is in trouble.
	j.flights.land(key, nil, body, now)
	return err
}

func (j *LedgerJournal) record(q Question, r Reply, key string, body []byte, now time.Time, took time.Duration) *Record {
	clean := func(s string, limit int) string {
		if q.Person != "" {
			s = strings.ReplaceAll(s, q.Person, "［账号］")
		}
		s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD")
		return clip(Mask(maskable(s)), limit)
	}
	texts := Texts{Question: clean(q.Text, maxQuestion), Reply: clean(r.Text, maxReply)}
	for _, c := range r.Choices {
		texts.Choices = append(texts.Choices, Choice{Label: clean(c.Label, maxReply), Ask: clean(c.Ask, maxReply), Ref: c.Ref})
	}
	sources := slices.Clone(r.Sources)
	for i := range sources {
		sources[i].Score = finite(sources[i].Score)
		if i > 0 {
			// Ten texts an answer fill the disk. Revision and anchor say
			// what was found, and the reply holds what was quoted.
			sources[i].Snippet, sources[i].Passage = "", ""
		}
	}
	rec := &Record{
		Key: key, Account: q.Account, Kind: q.Kind,
		Asked: now.Add(-took), Answered: now, Took: took,
		Status: r.Status, Reason: r.Reason,
		Confidence: finite(r.Confidence), Engine: r.Engine, Lexicon: r.Lexicon, Generation: r.Generation,
		Sources: sources, Body: j.seal.seal(key, body),
	}
	if q.Kind == Unsubscribe || r.Reason == ReasonForgotten || r.Reason == reasonRecords {
		return rec // a line that is nobody's: whoever asks what is kept adds nothing to it
	}
	rec.Person = j.seal.person(q.Account, q.Person)
	rec.Texts, rec.Secret = sealTexts(key, texts)
	return rec
}

// Recent returns what the person was last offered and shown since then. The
// error wraps ErrJournal.
func (j *LedgerJournal) Recent(ctx context.Context, account, person string, since time.Time) (Recent, error) {
	records, err := j.ledger.Recent(ctx, account, j.seal.person(account, person), since, recentRows)
	if err != nil {
		return Recent{}, fmt.Errorf("%w: %w", ErrJournal, err)
	}
	recent := Recent{Answer: judgeable(records)}
	for i, r := range records {
		texts, _ := r.Read() // one whose key is gone says nothing
		recent.Turns = append(recent.Turns, PastTurn{r.Status, texts.Question, texts.Reply, r.Sources, texts.Choices})
		if i == 0 {
			recent.Status, recent.Question, recent.Asked = r.Status, texts.Question, r.Asked
		}
		if recent.Choices == nil && len(texts.Choices) > 0 {
			recent.Choices = texts.Choices
		}
		if recent.Sources == nil && len(r.Sources) > 0 {
			recent.Sources = r.Sources
		}
	}
	return recent, nil
}

// judgeable is the newest of some records, but for small talk, as what a verdict
// is about; empty where that is no answer.
func judgeable(records []Record) Verdict {
	for _, r := range records {
		if r.Status == SmallTalk {
			continue
		}
		if r.Status == Answered && len(r.Sources) > 0 {
			return Verdict{Document: r.Sources[0].Ref.Document, Record: r.Key}
		}
		return Verdict{}
	}
	return Verdict{}
}

// maskable bounds what is masked. What stands at the cut may be half a number
// that Mask would not know any more: it is left out.
func maskable(s string) string {
	const limit = 16 << 10
	if len(s) <= limit {
		return s
	}
	return strings.TrimRightFunc(clip(s, limit), func(r rune) bool {
		return !unicode.Is(unicode.Han, r)
	})
}

// finite keeps what no database and no JSON takes from failing a whole batch.
func finite(f float64) float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return f
}

// clip cuts s to at most limit bytes without cutting a character.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && s[limit]&0xc0 == 0x80 {
		limit--
	}
	return s[:limit]
}

// Pseudonym returns the HMAC by which a person is kept here: the same for the
// same person of the same account, and nobody's name.
func (j *LedgerJournal) Pseudonym(account, person string) string {
	return j.seal.person(account, person)
}

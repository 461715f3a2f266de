package bot

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Texts is what of a record may quote a citizen, masked.
type Texts struct {
	Question string   `json:"q,omitempty"`
	Reply    string   `json:"a,omitempty"`
	Choices  []Choice `json:"c,omitempty"`
}

// Bounds of the time that texts are kept, and the time that a record without
// text and person stays at least: 网络安全法 art. 21(3) wants network logs for
// six months, of which the longest have 184 days.
const (
	DefaultRetention = 90 * 24 * time.Hour
	MinRetention     = 24 * time.Hour
	LineRetention    = 184 * 24 * time.Hour
)

const (
	ageEvery = time.Minute     // how often old texts are looked for
	ageSoon  = 2 * time.Second // after something was removed or failed
	ageBatch = 500             // records of one transaction, so that answers don't wait for it
)

// aging is the part of a journal that removes. Its fields belong to the
// goroutine that writes.
type aging struct {
	archive   Archive // nil: nothing ages
	retention time.Duration
	forgotten map[string]time.Time // persons who were just forgotten, by HMAC, and when
	dirty     bool                 // something was removed that files may still hold
}

func newAging(a Archive, retention time.Duration) (aging, error) {
	if retention == 0 {
		retention = DefaultRetention
	}
	if retention < MinRetention {
		return aging{}, fmt.Errorf("bot: a journal keeps texts for at least %v", MinRetention)
	}
	return aging{archive: a, retention: retention, forgotten: make(map[string]time.Time)}, nil
}

// strip takes text and person off a record whose person was forgotten while
// its question was being answered.
func (a *aging) strip(r *Record) {
	if at, ok := a.forgotten[r.Person]; ok && !r.Asked.After(at) {
		r.Person, r.Texts, r.Secret, r.Body = "", nil, nil, nil
	}
}

// sweep forgets who was forgotten before anything now in work was asked.
func (a *aging) sweep(now time.Time) {
	for person, at := range a.forgotten {
		if since(now, at) > repeatable {
			delete(a.forgotten, person)
		}
	}
}

// sealTexts encrypts texts under a key of their own, bound to their record's
// key: removing the secret makes them unreadable in every copy.
func sealTexts(key string, t Texts) (sealed, secret []byte) {
	plain, _ := json.Marshal(t) // strings only: never fails
	secret = make([]byte, 32)
	_, _ = rand.Read(secret) // never fails: crypto/rand
	gcm, err := textCipher(secret)
	if err != nil {
		panic(err) // a key of 32 bytes is always good
	}
	return gcm.Seal(nil, nil, plain, []byte(key)), secret
}

func textCipher(secret []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

var errUnreadable = errors.New("bot: a record's texts cannot be read")

// Read decrypts a record's texts. The error says that they, or their key, were
// removed.
func (r *Record) Read() (t Texts, err error) {
	if len(r.Texts) == 0 || len(r.Secret) == 0 {
		return t, errUnreadable
	}
	gcm, err := textCipher(r.Secret)
	if err != nil {
		return t, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	plain, err := gcm.Open(nil, nil, r.Texts, []byte(r.Key))
	if err != nil {
		return t, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	if err := json.Unmarshal(plain, &t); err != nil {
		return t, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	return t, nil
}

// forgetting is a person to forget, and what came of it.
type forgetting struct {
	account, person string // person: HMAC
	removed         int
}

// Forget removes texts and person from what was recorded of a person, as
// unsubscribing and 删除我的记录 ask for, also of what is being answered now. It
// returns from how many records. The error wraps ErrJournal, or is the
// context's: then the removal may still come.
func (j *LedgerJournal) Forget(ctx context.Context, account, person string) (removed int, err error) {
	f := &forgetting{account: account, person: j.seal.person(account, person)}
	if _, err := j.submit(ctx, &write{forget: f}); err != nil {
		return 0, err
	}
	return f.removed, nil
}

// doForget runs in the goroutine that writes.
func (j *LedgerJournal) doForget(ctx context.Context, f *forgetting) error {
	keys, err := j.ledger.Forget(ctx, f.account, f.person)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrJournal, err)
	}
	j.flights.drop(keys)
	j.aging.forgotten[f.person] = j.now()
	j.aging.dirty = true
	f.removed = len(keys)
	return nil
}

// Kept is what a person is told of what is kept of them.
type Kept struct {
	Messages  int
	Oldest    time.Time
	Retention time.Duration // each text goes so long after it was asked
	Last      []Asked       // the newest questions, the newest first
	Newest    time.Time
}

// Asked is a question of the person's own, masked.
type Asked struct {
	At       time.Time
	Question string
}

// maxTold is of how many newest records the questions are told.
const maxTold = 20

// Kept returns what is kept of a person. The error wraps ErrJournal.
func (j *LedgerJournal) Kept(ctx context.Context, account, person string) (Kept, error) {
	if j.aging.archive == nil {
		return Kept{}, fmt.Errorf("%w: it has no archive", ErrJournal)
	}
	n, oldest, last, err := j.aging.archive.Kept(ctx, account, j.seal.person(account, person), maxTold)
	if err != nil {
		return Kept{}, fmt.Errorf("%w: %w", ErrJournal, err)
	}
	k := Kept{Messages: n, Oldest: oldest, Retention: j.aging.retention}
	if len(last) > 0 {
		k.Newest = last[0].Asked
	}
	for _, r := range last {
		// One without question was an event; one whose key is gone says nothing.
		if t, err := r.Read(); err == nil && t.Question != "" {
			k.Last = append(k.Last, Asked{At: r.Asked, Question: t.Question})
		}
	}
	return k, nil
}

// age removes what is too old, a batch at a time, and returns when to look
// again.
func (j *LedgerJournal) age(ctx context.Context) time.Duration {
	if j.aging.archive == nil {
		return ageEvery
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), maxWait)
	defer cancel()
	now := j.now()
	n, err := j.aging.archive.Expire(ctx, now.Add(-j.aging.retention), now.Add(-max(LineRetention, j.aging.retention)), ageBatch)
	if err != nil {
		j.note(err) // the next commit tells whether it lasts
		return ageEvery
	}
	j.aging.dirty = j.aging.dirty || n > 0
	if n > 0 {
		return ageSoon
	}
	if j.aging.dirty {
		if j.aging.archive.Scrub(ctx) != nil {
			return ageSoon // a reader is in the way
		}
		j.aging.dirty = false
	}
	return ageEvery
}

// SealOld seals what versions before the sealing of texts stored in the clear,
// in batches, and returns of how many records. Call it before Run. Errors are
// the ledger's.
func (j *LedgerJournal) SealOld(ctx context.Context) (n int, err error) {
	for {
		old, err := j.aging.archive.Unsealed(ctx, ageBatch)
		if err != nil || len(old) == 0 {
			return n, err
		}
		sealed := make([]Resealed, len(old))
		for i, r := range old {
			sealed[i].ID = r.ID
			sealed[i].Texts, sealed[i].Secret = sealTexts(r.Key, Texts{Question: r.Question, Reply: r.Text, Choices: r.Choices})
		}
		if err := j.aging.archive.Reseal(ctx, sealed); err != nil {
			return n, err
		}
		n += len(sealed)
	}
}

// Listener reads what was asked, for staff: a store.
type Listener interface {
	// RecordsSince returns records whose texts are kept, the newest first, at
	// most limit, of which Account, Person, Key, Asked, Status, Sources, Texts and
	// Secret are filled.
	RecordsSince(ctx context.Context, since time.Time, limit int) ([]Record, error)
}

// Heard is a question as staff see it: masked, and without who asked.
type Heard struct {
	Account  string
	Question string
	Told     string // the reply
	Asked    time.Time
	Status   Status
	Sources  []Source
}

// mostHeard is how many messages are looked through for one pin.
const mostHeard = 20_000

// Heard returns the questions since then that a pin catches, the newest first.
func (p Pin) Heard(ctx context.Context, l Listener, since time.Time) ([]Heard, error) {
	records, err := l.RecordsSince(ctx, since, mostHeard)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrJournal, err)
	}
	var all []Heard
	for _, r := range records {
		texts, err := r.Read()
		if err != nil || !p.Catches(texts.Question) {
			continue // one whose key is gone says nothing
		}
		all = append(all, Heard{Account: r.Account, Question: texts.Question, Told: texts.Reply, Asked: r.Asked, Status: r.Status, Sources: r.Sources})
	}
	return all, nil
}

// Package door decides who comes in to the staff's pages: passwords, sessions,
// one-time links, second factors, and how often somebody may try. It knows
// people by an ID and a sign-in name alone; who they are and what they may do
// is corpus's matter, and how they ask is web/console's.
//
// What a browser or a person holds is a random token of 256 bits. The store
// gets its SHA-256 only, so that a copy of the database opens nothing. Every
// change of rights (signing in, the second factor, a new password) makes
// another token; what was held before is void.
package door

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// Limits. The idle time is what network security reviews ask for; the other
// is a long working day.
const (
	Idle     = time.Hour      // without a request
	Longest  = 12 * time.Hour // in any case
	CodeTime = 5 * time.Minute
	// Remembered is how long it is known whose a session was that ran out: what
	// was typed before the laptop was closed is kept for that person.
	Remembered = 72 * time.Hour

	FirstLife  = time.Hour      // of the link of a first start
	InviteLife = 72 * time.Hour // of a link to set a password

	touchEvery = time.Minute // how exactly it is known when a session was used last

	maxName = 64  // characters of a sign-in name that are looked at
	maxPass = 256 // bytes of a password
)

var (
	// ErrWrong says that name and password do not fit. It is the same for
	// names that there are not, and for people who are locked out for good.
	ErrWrong = errors.New("door: name or password is wrong")
	// ErrCode says that a code of the second factor is wrong, or was used.
	ErrCode = errors.New("door: the code is wrong")
	// ErrBusy says that too many sign in at this moment.
	ErrBusy = errors.New("door: too many sign in at once")
	// ErrUnknown says that there is no such session, link or kept form.
	ErrUnknown = errors.New("door: unknown")
	// ErrExpired says that a session or a link has run out.
	ErrExpired = errors.New("door: expired")
)

// LockedError says until when nobody may try, under a name or from an address.
type LockedError struct{ Until time.Time }

func (e *LockedError) Error() string { return "door: locked until " + e.Until.Format(time.RFC3339) }

// Stage is how far somebody has come in.
type Stage string

const (
	In      Stage = "in"
	AskCode Stage = "code" // the password was right, the code is to come
)

// Session is somebody's being signed in, in one browser.
type Session struct {
	Hash    string // of the token; it names the session
	Person  int64  // ID
	Stage   Stage
	Made    time.Time
	Seen    time.Time // to a minute
	Ends    time.Time // at the latest
	Address string
	Agent   string // the browser, in a few words
	Notice  string // to be shown once
}

// expired reports whether the session has run out.
func (s Session) expired(now time.Time) bool {
	return !now.Before(s.Ends) || now.Sub(s.Seen) >= Idle
}

// Credentials are what somebody signs in with. Without a password nobody can.
type Credentials struct {
	Person   int64
	Password string    // argon2id, as PHC strings write it
	Changed  time.Time // of the password
	Secret   string    // of the second factor, base32; "" is none
	Step     int64     // the last step that a code was taken of: each is taken once
	Offered  string    // a secret that is shown, and not confirmed yet
}

// Purpose is what a one-time link is for.
type Purpose string

const (
	First    Purpose = "first"    // makes the first administrator
	Password Purpose = "password" // sets a password
)

// Link is a one-time link.
type Link struct {
	Hash    string
	Purpose Purpose
	Person  int64 // ID; 0 of a first link
	Expires time.Time
}

// Kept is a form that came after its session had run out.
type Kept struct {
	ID     string
	Person int64
	Path   string
	Body   []byte // application/x-www-form-urlencoded
	Made   time.Time
}

// Store keeps what the door has to remember. Methods that look for one thing
// return ErrUnknown where it is not there.
type Store interface {
	Sessions
	Links
	Keys
	Tries
	Forms
	// SweepDoor removes what nobody needs any more.
	SweepDoor(ctx context.Context, now time.Time) error
}

// Sessions are kept by the hash of their token.
type Sessions interface {
	AddSession(ctx context.Context, s Session) error
	Session(ctx context.Context, hash string) (Session, error)
	// NoteSession changes what is seen and said; the rest stays.
	NoteSession(ctx context.Context, hash string, seen time.Time, notice string) error
	PersonSessions(ctx context.Context, person int64) ([]Session, error)
	// EndSessions ends those of a person: one, where hash names it, or all but
	// one, where except does. It returns how many that were.
	EndSessions(ctx context.Context, person int64, hash, except string) (int, error)
}

// Links are used once.
type Links interface {
	// AddLink replaces the person's earlier links of the purpose.
	AddLink(ctx context.Context, l Link) error
	Link(ctx context.Context, hash string) (Link, error)
	// TakeLink returns the link and removes it, for one of all who ask.
	TakeLink(ctx context.Context, hash string) (Link, error)
	DropLinks(ctx context.Context, person int64) error
}

// Keys are people's credentials.
type Keys interface {
	Credentials(ctx context.Context, person int64) (Credentials, error)
	// SetPassword replaces the password's hash; "" locks the person out.
	SetPassword(ctx context.Context, person int64, hash string, at time.Time) error
	// SetSecret replaces the secret of the second factor and what is offered.
	SetSecret(ctx context.Context, person int64, secret, offered string) error
	// Secrets returns those who have a second factor, or were offered one.
	Secrets(ctx context.Context) ([]Credentials, error)
	// UseStep notes that a code of a step was taken; false where one of that
	// step or a later one was taken before.
	UseStep(ctx context.Context, person int64, step int64) (bool, error)
}

// Tries counts what failed, by a key that tells nobody whose it is.
type Tries interface {
	Tried(ctx context.Context, keys []string) ([]Failures, error)
	// CountTry applies a rule to what is counted under a key, in one step for
	// all who try at once, and returns what was counted before.
	CountTry(ctx context.Context, key string, rule func(Failures) Failures) (Failures, error)
	ClearTries(ctx context.Context, key string) error
}

// Forms are kept for an hour.
type Forms interface {
	// KeepForm keeps a form in place of the person's earlier one of that path,
	// and at most so many of theirs, of so many bytes in all: the newest.
	KeepForm(ctx context.Context, k Kept, most, bytes int) error
	KeptForm(ctx context.Context, person int64, id string) (Kept, error)
	DropForm(ctx context.Context, person int64, id string) error
}

// People finds people by what they sign in with; ErrUnknown where nobody has
// that name. Off says that the person may not sign in.
type People interface {
	ByName(ctx context.Context, name string) (person int64, off bool, err error)
}

// Config is what New needs.
type Config struct {
	Store  Store
	People People
	Hasher *Hasher
	Secret []byte // keys what counts tries
	// Vault seals the secrets of second factors; nil keeps them as they are.
	Vault *Vault
	Now   func() time.Time
}

// Door lets people in. It may be used at the same time.
type Door struct{ Config }

// New returns a door.
func New(c Config) *Door { return &Door{c} }

// Where is whence somebody comes.
type Where struct{ Address, Agent string }

// newToken returns a token and its hash.
func newToken() (token, hash string) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, Hash(token)
}

// Hash is what the store knows a token by.
func Hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Session finds the session of a token and notes that it is used. ErrUnknown
// where there is none; ErrExpired with the session where it has run out.
func (d *Door) Session(ctx context.Context, token string) (Session, error) {
	if token == "" || len(token) > 100 {
		return Session{}, ErrUnknown
	}
	s, err := d.Store.Session(ctx, Hash(token))
	if err != nil {
		return Session{}, err
	}
	now := d.Now()
	if s.expired(now) {
		return s, ErrExpired
	}
	if now.Sub(s.Seen) >= touchEvery {
		s.Seen = now
		err = d.Store.NoteSession(ctx, s.Hash, now, s.Notice)
	}
	return s, err
}

// Say leaves words to be shown once in the session's next page; "" takes them
// away.
func (d *Door) Say(ctx context.Context, s Session, words string) error {
	return d.Store.NoteSession(ctx, s.Hash, s.Seen, words)
}

// begin makes a session, and ends the one that it takes the place of.
func (d *Door) begin(ctx context.Context, person int64, stage Stage, w Where, before string) (token string, s Session, err error) {
	now := d.Now()
	token, hash := newToken()
	s = Session{Hash: hash, Person: person, Stage: stage, Made: now, Seen: now, Ends: now.Add(Longest), Address: w.Address, Agent: w.Agent}
	if stage == AskCode {
		s.Ends = now.Add(CodeTime)
	}
	if before != "" {
		if _, err := d.Store.EndSessions(ctx, person, before, ""); err != nil {
			return "", Session{}, err
		}
	}
	if err := d.Store.AddSession(ctx, s); err != nil {
		return "", Session{}, err
	}
	return token, s, nil
}

// SignOut ends one session of a person.
func (d *Door) SignOut(ctx context.Context, person int64, hash string) error {
	if hash == "" {
		return fmt.Errorf("%w: no session named", ErrUnknown)
	}
	n, err := d.Store.EndSessions(ctx, person, hash, "")
	if err == nil && n == 0 {
		err = ErrUnknown
	}
	return err
}

// SignOutElsewhere ends all sessions of a person but one; all of them where
// except is "".
func (d *Door) SignOutElsewhere(ctx context.Context, person int64, except string) (int, error) {
	return d.Store.EndSessions(ctx, person, "", except)
}

// SessionsOf lists where a person is signed in now, the newest first.
func (d *Door) SessionsOf(ctx context.Context, person int64) ([]Session, error) {
	all, err := d.Store.PersonSessions(ctx, person)
	if err != nil {
		return nil, err
	}
	now := d.Now()
	live := all[:0]
	for _, s := range all {
		if s.Stage == In && !s.expired(now) {
			live = append(live, s)
		}
	}
	return live, nil
}

// Sweep removes what has run out.
func (d *Door) Sweep(ctx context.Context) error { return d.Store.SweepDoor(ctx, d.Now()) }

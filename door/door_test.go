package door_test

import (
	"context"
	"crypto/rand"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/policybot/policybot/door"
	"github.com/policybot/policybot/store"
)

// clock is a time that tests move.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time       { return time.UnixMilli(c.at.Load()) }
func (c *clock) pass(d time.Duration) { c.at.Add(d.Milliseconds()) }
func (c *clock) code(s string) string { return codeAt(s, c.now()) }
func codeAt(s string, t time.Time) string {
	code, err := totp.GenerateCode(s, t)
	if err != nil {
		panic(err)
	}
	return code
}

// people are names with IDs; a negative one is disabled.
type people map[string]int64

func (p people) ByName(_ context.Context, name string) (int64, bool, error) {
	id, ok := p[name]
	if !ok {
		return 0, false, door.ErrUnknown
	}
	return max(id, -id), id < 0, nil
}

const good = "柳树 4 lantern"

func open(t *testing.T) (*door.Door, *clock) {
	t.Helper()
	c := &clock{}
	c.at.Store(1_800_000_000_000)
	s, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "p.db"), Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	vault, err := door.NewVault([]byte(strings.Repeat("k", door.VaultKey)))
	if err != nil {
		t.Fatal(err)
	}
	d := door.New(door.Config{
		Vault: vault, Store: s, People: people{"wangmin": 1, "lilei": 2, "gone": -3}, Hasher: door.CheapHasher(), Secret: []byte("secret"), Now: c.now,
	})
	for id, name := range map[int64]string{1: "wangmin", 2: "lilei", 3: "gone"} {
		if err := d.SetPassword(t.Context(), id, name, good); err != nil {
			t.Fatal(err)
		}
	}
	return d, c
}

var here = door.Where{Address: "10.1.2.3", Agent: "Firefox"}

// in signs somebody in.
func in(t *testing.T, d *door.Door, name string) (string, door.Session) {
	t.Helper()
	token, s, err := d.SignIn(t.Context(), name, good, here)
	if err != nil {
		t.Fatal(err)
	}
	return token, s
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	token, s := in(t, d, " WangMin ")
	if s.Person != 1 || s.Stage != door.In || len(token) != 43 || strings.Contains(s.Hash, token) {
		t.Errorf("%+v %q", s, token)
	}
	if again, err := d.Session(t.Context(), token); err != nil || again.Person != 1 || again.Address != here.Address {
		t.Errorf("%+v, %v", again, err)
	}
	for _, c := range []struct{ name, password string }{
		{"wangmin", good + " "}, {"wangmin", ""}, {"nobody", good}, {"gone", good}, {"", ""}, {"lilei", strings.Repeat("长", 5000)},
	} {
		if _, _, err := d.SignIn(t.Context(), c.name, c.password, here); !errors.Is(err, door.ErrWrong) {
			t.Errorf("%.20q %.20q: %v", c.name, c.password, err)
		}
	}
	for _, token := range []string{"", "x", s.Hash, strings.Repeat("a", 1000), token + "a"} {
		if _, err := d.Session(t.Context(), token); !errors.Is(err, door.ErrUnknown) {
			t.Errorf("token %.50q: %v", token, err)
		}
	}
}

func TestSessionsRunOut(t *testing.T) {
	t.Parallel()
	d, c := open(t)
	token, _ := in(t, d, "wangmin")
	for range 24 {
		c.pass(29 * time.Minute)
		if _, err := d.Session(t.Context(), token); err != nil {
			t.Fatalf("in use, within the longest: %v", err)
		}
	}
	c.pass(29 * time.Minute)
	s, err := d.Session(t.Context(), token)
	if !errors.Is(err, door.ErrExpired) || s.Person != 1 {
		t.Errorf("after 12 h: %v", err)
	}
	idle, _ := in(t, d, "wangmin")
	c.pass(door.Idle)
	if _, err := d.Session(t.Context(), idle); !errors.Is(err, door.ErrExpired) {
		t.Errorf("idle: %v", err)
	}
	if err := d.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Session(t.Context(), idle); !errors.Is(err, door.ErrExpired) {
		t.Errorf("whose it was is forgotten too early: %v", err)
	}
	c.pass(door.Remembered)
	if err := d.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Session(t.Context(), idle); !errors.Is(err, door.ErrUnknown) {
		t.Errorf("swept: %v", err)
	}
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	var tokens []string
	var last door.Session
	for range 4 {
		token, s := in(t, d, "wangmin")
		tokens, last = append(tokens, token), s
	}
	other, theirs := in(t, d, "lilei")
	if err := d.SignOut(t.Context(), 1, theirs.Hash); !errors.Is(err, door.ErrUnknown) {
		t.Errorf("somebody else's session: %v", err)
	}
	if err := d.SignOut(t.Context(), 1, ""); !errors.Is(err, door.ErrUnknown) {
		t.Errorf("no session: %v", err)
	}
	if n, err := d.SignOutElsewhere(t.Context(), 1, last.Hash); n != 3 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	for i, token := range append(tokens, other) {
		_, err := d.Session(t.Context(), token)
		if kept := i >= 3; kept != (err == nil) {
			t.Errorf("session %d: %v", i, err)
		}
	}
	if all, err := d.SessionsOf(t.Context(), 1); len(all) != 1 || err != nil {
		t.Errorf("%v, %v", all, err)
	}
	if err := d.SetPassword(t.Context(), 1, "wangmin", good+"!"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Session(t.Context(), tokens[3]); !errors.Is(err, door.ErrUnknown) {
		t.Errorf("a session outlives its password: %v", err)
	}
}

func TestLockout(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"wangmin", "nobody"} {
		d, c := open(t)
		wrong := func(from string) error {
			_, _, err := d.SignIn(t.Context(), name, "wrong", door.Where{Address: from})
			return err
		}
		var locked *door.LockedError
		for i := range 5 {
			if err := wrong("10.0.0." + string(rune('1'+i))); !errors.Is(err, door.ErrWrong) {
				t.Errorf("%s, try %d: %v", name, i+1, err)
			}
		}
		if err := wrong("10.0.0.9"); !errors.As(err, &locked) || locked.Until.Sub(c.now()) != time.Minute {
			t.Errorf("%s: the sixth: %v", name, err)
		}
		if _, _, err := d.SignIn(t.Context(), name, good, here); !errors.As(err, &locked) {
			t.Errorf("%s: the right password meanwhile: %v", name, err)
		}
		// Every failure after a wait costs more, up to a bound.
		for i, want := range []time.Duration{2, 4, 8, 15, 15} {
			c.pass(locked.Until.Sub(c.now()))
			if err := wrong("10.0.1.1"); !errors.Is(err, door.ErrWrong) {
				t.Errorf("%s: after wait %d: %v", name, i, err)
			}
			if err := wrong("10.0.1.2"); !errors.As(err, &locked) || locked.Until.Sub(c.now()) != want*time.Minute {
				t.Errorf("%s: wait %d: %v", name, i+1, err)
			}
		}
		c.pass(12 * time.Hour)
		if err := wrong("10.0.1.1"); !errors.Is(err, door.ErrWrong) {
			t.Errorf("%s: half a day later: %v", name, err)
		}
	}
}

func TestRightPasswordForgives(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	for range 7 { // 28 failures of an address that may have 30, were they not forgiven by name
		for range 4 {
			if _, _, err := d.SignIn(t.Context(), "wangmin", "wrong", here); !errors.Is(err, door.ErrWrong) {
				t.Fatal(err)
			}
		}
		in(t, d, "wangmin")
	}
}

func TestAddressLockout(t *testing.T) {
	t.Parallel()
	d, c := open(t)
	for i := range 30 {
		name := "name" + strings.Repeat("x", i)
		if _, _, err := d.SignIn(t.Context(), name, "wrong", here); !errors.Is(err, door.ErrWrong) {
			t.Fatalf("try %d: %v", i+1, err)
		}
	}
	var locked *door.LockedError
	if _, _, err := d.SignIn(t.Context(), "wangmin", good, here); !errors.As(err, &locked) {
		t.Errorf("a spraying address: %v", err)
	}
	if _, _, err := d.SignIn(t.Context(), "wangmin", good, door.Where{Address: "10.7.7.7"}); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
	c.pass(time.Minute)
	for range 3 { // a whole office comes in, one after the other
		in(t, d, "wangmin")
	}
	if _, _, err := d.SignIn(t.Context(), "somebody", "wrong", here); !errors.As(err, &locked) {
		t.Errorf("who goes on guessing waits again: %v", err)
	}
	if _, _, err := d.SignIn(t.Context(), "wangmin", good, here); !errors.As(err, &locked) {
		t.Errorf("while that wait lasts: %v", err)
	}
}

// TestManyAtOnce guesses at once: no more get through than one by one.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	var looked atomic.Int64
	var all sync.WaitGroup
	for range 60 {
		all.Go(func() {
			_, _, err := d.SignIn(t.Context(), "wangmin", "wrong", here)
			var locked *door.LockedError
			switch {
			case errors.Is(err, door.ErrWrong):
				looked.Add(1)
			case errors.As(err, &locked), errors.Is(err, door.ErrBusy):
			default:
				t.Errorf("%v", err)
			}
		})
	}
	all.Wait()
	if n := looked.Load(); n > 5 {
		t.Errorf("%d guesses were looked at", n)
	}
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	d, c := open(t)
	ctx := t.Context()
	if err := d.Confirm(ctx, 1, "123456"); !errors.Is(err, door.ErrUnknown) {
		t.Errorf("nothing was offered: %v", err)
	}
	secret, err := d.Offer(ctx, 1)
	if err != nil || len(secret) != 32 {
		t.Fatal(secret, err)
	}
	if _, s := in(t, d, "wangmin"); s.Stage != door.In {
		t.Error("not confirmed, and asked for")
	}
	if err := d.Confirm(ctx, 1, codeAt(secret, c.now().Add(time.Hour))); !errors.Is(err, door.ErrCode) {
		t.Errorf("a wrong code: %v", err)
	}
	if err := d.Confirm(ctx, 1, c.code(secret)); err != nil {
		t.Fatal(err)
	}
	half, s := in(t, d, "wangmin")
	if s.Stage != door.AskCode {
		t.Fatalf("%+v", s)
	}
	if _, _, err := d.Code(ctx, s, "wangmin", c.code(secret), here); !errors.Is(err, door.ErrCode) {
		t.Errorf("the code that confirmed: %v", err)
	}
	c.pass(30 * time.Second)
	token, now, err := d.Code(ctx, s, "wangmin", " "+c.code(secret)[:3]+" "+c.code(secret)[3:], here)
	if err != nil || now.Stage != door.In {
		t.Fatal(now, err)
	}
	if _, err := d.Session(ctx, half); !errors.Is(err, door.ErrUnknown) {
		t.Errorf("the half session: %v", err)
	}
	if _, err := d.Session(ctx, token); err != nil {
		t.Error(err)
	}
	_, s = in(t, d, "wangmin")
	if _, _, err := d.Code(ctx, s, "wangmin", c.code(secret), here); !errors.Is(err, door.ErrCode) {
		t.Errorf("a replay: %v", err)
	}
	var locked *door.LockedError
	for i := 0; !errors.As(err, &locked) && i < 10; i++ {
		_, _, err = d.Code(ctx, s, "wangmin", "000000", here)
	}
	if locked == nil {
		t.Error("codes may be guessed for ever")
	}
	c.pass(door.CodeTime)
	_, s = in(t, d, "wangmin")
	c.pass(door.CodeTime)
	if _, err := d.Session(ctx, half); err == nil {
		t.Error("half a session lasts")
	}
	if _, _, err := d.Code(ctx, s, "wangmin", c.code(secret), here); !errors.Is(err, door.ErrExpired) {
		t.Errorf("the right code, too late: %v", err)
	}
	if err := d.Reset(ctx, 1, "wangmin"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.SignIn(ctx, "wangmin", good, here); !errors.Is(err, door.ErrWrong) {
		t.Errorf("after a reset: %v", err)
	}
	if p, second, err := d.HasPassword(ctx, 1); p || second || err != nil {
		t.Errorf("after a reset: %v %v %v", p, second, err)
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	d, c := open(t)
	ctx := t.Context()
	first, l, err := d.Invite(ctx, door.Password, 1)
	if err != nil || l.Expires.Sub(c.now()) != door.InviteLife {
		t.Fatal(l, err)
	}
	token, _, err := d.Invite(ctx, door.Password, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Look(ctx, door.Password, first); !errors.Is(err, door.ErrUnknown) {
		t.Errorf("the link before: %v", err)
	}
	if _, err := d.Look(ctx, door.First, token); !errors.Is(err, door.ErrUnknown) {
		t.Errorf("for another purpose: %v", err)
	}
	if l, err := d.Look(ctx, door.Password, token); err != nil || l.Person != 1 {
		t.Error(l, err)
	}
	var got atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := d.Take(ctx, door.Password, token); err == nil {
				got.Add(1)
			} else if !errors.Is(err, door.ErrUnknown) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got.Load() != 1 {
		t.Errorf("%d have used one link", got.Load())
	}
	late, _, _ := d.Invite(ctx, door.First, 7)
	c.pass(door.FirstLife)
	if _, err := d.Look(ctx, door.First, late); !errors.Is(err, door.ErrExpired) {
		t.Errorf("late: %v", err)
	}
}

func TestKeptForms(t *testing.T) {
	t.Parallel()
	d, c := open(t)
	ctx := t.Context()
	mine := door.Session{Person: 1}
	id, err := d.Keep(ctx, mine, "/console/x", []byte("a=1"))
	if err != nil {
		t.Fatal(err)
	}
	if k, err := d.Kept(ctx, 1, id); err != nil || string(k.Body) != "a=1" || k.Path != "/console/x" {
		t.Error(k, err)
	}
	if _, err := d.Kept(ctx, 2, id); !errors.Is(err, door.ErrUnknown) {
		t.Errorf("somebody else's: %v", err)
	}
	if _, err := d.Keep(ctx, mine, "/", make([]byte, door.MaxKept+1)); !errors.Is(err, door.ErrUnknown) {
		t.Errorf("too large: %v", err)
	}
	for range 10 {
		c.pass(time.Second)
		if _, err := d.Keep(ctx, mine, "/"+rand.Text(), nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Kept(ctx, 1, id); !errors.Is(err, door.ErrUnknown) {
		t.Errorf("the eleventh before: %v", err)
	}
	large := make([]byte, door.MaxKept)
	for i := range large {
		large[i] = 'x'
	}
	earlier, _ := d.Keep(ctx, mine, "/a", large)
	again, _ := d.Keep(ctx, mine, "/a", large)
	c.pass(time.Second)
	_, _ = d.Keep(ctx, mine, "/b", large)
	c.pass(time.Second)
	late, _ := d.Keep(ctx, mine, "/c", []byte("x"))
	for _, id := range []string{earlier, again} {
		if _, err := d.Kept(ctx, 1, id); !errors.Is(err, door.ErrUnknown) {
			t.Errorf("replaced, or over 32 MB: %v", err)
		}
	}
	c.pass(door.KeptFor)
	if _, err := d.Kept(ctx, 1, late); !errors.Is(err, door.ErrUnknown) {
		t.Errorf("an hour later: %v", err)
	}
}

func TestWeak(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]door.Weakness{
		"":                           door.TooShort,
		"abc123!":                    door.TooShort,
		"password123":                door.Common,
		"Admin@123456":               door.Common,
		"1234567890":                 door.Common,
		"123456789a":                 door.Common,
		"aaaaaaaaaaaa":               door.Common,
		"qwerty12345":                door.Common,
		"8201937465":                 door.OneKind,
		"lanternwillow":              door.OneKind,
		"xx-wangmin-77":              door.HasName,
		strings.Repeat("柳树下的灯", 40):  door.TooLong,
		good:                         "",
		"lantern willow tree rain":   "",
		"lanternwillowtreerain":      "",
		"柳树下的第七盏灯笼亮了":                door.OneKind,
		"柳树下的第7盏灯笼亮":                 "",
		"tR4-window-blue":            "",
		"correct horse battery stap": "",
	} {
		if got := door.Weak(password, "wangmin"); got != want {
			t.Errorf("%q is %q, want %q", password, got, want)
		}
	}
	if got := door.Weak("li-lantern-7", "li"); got != "" {
		t.Errorf("of a name of two letters few passwords are free: %q", got)
	}
}

// TestSealed: what is in the store is no secret; with another key a code lets
// nobody in and says why, and what was sealed is not lost.
func TestSealed(t *testing.T) {
	t.Parallel()
	d, c := open(t)
	ctx := t.Context()
	secret, err := d.Offer(ctx, 1)
	if err == nil {
		err = d.Confirm(ctx, 1, c.code(secret))
	}
	if err != nil {
		t.Fatal(err)
	}
	kept, err := d.Store.Credentials(ctx, 1)
	if err != nil || kept.Secret == "" || strings.Contains(kept.Secret, secret) {
		t.Fatalf("%+v, %v", kept, err)
	}
	c.at.Add(time.Minute.Milliseconds())
	_, s, err := d.SignIn(ctx, "wangmin", good, here)
	if err != nil || s.Stage != door.AskCode {
		t.Fatalf("%+v, %v", s, err)
	}
	right := d.Vault
	if d.Vault, err = door.NewVault([]byte(strings.Repeat("x", door.VaultKey))); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Code(ctx, s, "wangmin", c.code(secret), here); !errors.Is(err, door.ErrSealed) {
		t.Errorf("another key: %v", err)
	}
	if _, err := d.Offer(ctx, 1); err != nil {
		t.Errorf("a new secret is offered: %v", err)
	}
	if done, lost, err := d.SealSecrets(ctx); done != 0 || lost != 1 || err != nil {
		t.Errorf("sealed %d, lost %d, %v", done, lost, err)
	}
	d.Vault = right
	if _, in, err := d.Code(ctx, s, "wangmin", c.code(secret), here); err != nil || in.Stage != door.In {
		t.Errorf("the key is back: %+v, %v", in, err)
	}
}

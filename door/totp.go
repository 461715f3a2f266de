package door

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// The second factor is RFC 6238 as every authenticator app has it: SHA-1, six
// digits, 30 seconds. A code of the step before or after is taken as well, and
// each step's once.
const (
	stepSeconds = 30
	steps       = 1
	secretBytes = 20
)

// step is which 30 seconds an instant is in.
func step(t time.Time) int64 { return t.Unix() / stepSeconds }

// match returns the step that a code is of, near now and after the last one
// that was taken; false where there is none.
func match(secret, code string, now time.Time, last int64) (int64, bool) {
	code = strings.Join(strings.Fields(code), "")
	for s := step(now) - steps; s <= step(now)+steps; s++ {
		ok, err := hotp.ValidateCustom(code, uint64(s), secret, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && ok && s > last {
			return s, true
		}
	}
	return 0, false
}

// Offer makes a secret for the second factor, to be shown once and confirmed
// by a code. The one that was shown before is void.
func (d *Door) Offer(ctx context.Context, person int64) (secret string, err error) {
	b := make([]byte, secretBytes)
	_, _ = rand.Read(b) // never fails: crypto/rand
	secret = base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
	c, err := d.credentials(ctx, person)
	if err != nil {
		return "", err
	}
	return secret, d.Store.SetSecret(ctx, person, c.Secret, d.Vault.seal(person, secret))
}

// Offered returns the secret that waits to be confirmed, "" where none does.
func (d *Door) Offered(ctx context.Context, person int64) (string, error) {
	c, err := d.credentials(ctx, person)
	if err != nil {
		return "", err
	}
	return d.Vault.open(person, c.Offered)
}

// Confirm turns the second factor on with a code of the secret that was
// offered. ErrCode, ErrUnknown where none was offered, *LockedError.
func (d *Door) Confirm(ctx context.Context, person int64, code string) error {
	key := d.own("code", person)
	next, err := d.count(ctx, []try{{key, byName}})
	if err != nil {
		return err
	}
	c, err := d.credentials(ctx, person)
	if err != nil {
		return err
	}
	if c.Offered == "" {
		return ErrUnknown
	}
	offered, err := d.Vault.open(person, c.Offered)
	if err != nil {
		return err
	}
	s, ok := match(offered, code, d.Now(), 0)
	if !ok {
		return wrong(ErrCode, next)
	}
	if err := d.Store.SetSecret(ctx, person, c.Offered, ""); err != nil {
		return err
	}
	if _, err := d.Store.UseStep(ctx, person, s); err != nil {
		return err
	}
	return d.Store.ClearTries(ctx, key)
}

// Without turns the second factor off.
func (d *Door) Without(ctx context.Context, person int64) error {
	return d.Store.SetSecret(ctx, person, "", "")
}

// Code lets somebody in whose password was right, by a code of their second
// factor; s is the session at the stage AskCode, which ends. Errors are
// ErrCode, *LockedError, ErrSealed, and ErrExpired where that was too long ago.
func (d *Door) Code(ctx context.Context, s Session, name, code string, w Where) (token string, in Session, err error) {
	switch {
	case s.Stage != AskCode:
		return "", Session{}, ErrUnknown
	case s.expired(d.Now()):
		return "", Session{}, ErrExpired
	}
	key := d.own("code", s.Person)
	next, err := d.count(ctx, []try{{key, byName}})
	if err != nil {
		return "", Session{}, err
	}
	c, err := d.credentials(ctx, s.Person)
	if err != nil {
		return "", Session{}, err
	}
	secret, err := d.Vault.open(s.Person, c.Secret)
	if err != nil {
		return "", Session{}, err
	}
	at, ok := match(secret, code, d.Now(), c.Step)
	if !ok || c.Secret == "" {
		return "", Session{}, wrong(ErrCode, next)
	}
	first, err := d.Store.UseStep(ctx, s.Person, at)
	if err != nil {
		return "", Session{}, err
	}
	if !first {
		return "", Session{}, wrong(ErrCode, next)
	}
	err = errors.Join(d.Store.ClearTries(ctx, key), d.succeeded(ctx, d.key("name", Name(name)), d.key("address", w.Address)))
	if err != nil {
		return "", Session{}, err
	}
	return d.begin(ctx, s.Person, In, w, s.Hash)
}

// Address is what an authenticator app reads of a secret: otpauth://totp/…
func Address(issuer, name, secret string) string {
	q := url.Values{"secret": {secret}, "issuer": {issuer}}
	return "otpauth://totp/" + url.PathEscape(issuer+":"+name) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// Squares are the dark squares of a QR code, row by row, and how many squares
// a side has.
func Squares(text string) (dark [][2]int, side int, err error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, 0, err
	}
	b := code.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				dark = append(dark, [2]int{x - b.Min.X, y - b.Min.Y})
			}
		}
	}
	return dark, b.Dx(), nil
}

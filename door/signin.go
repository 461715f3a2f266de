package door

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// try is one attempt, counted under one key.
type try struct {
	key  string
	rule rule
}

// count counts the tries before anything is looked at, so that many at once
// are no way around: *LockedError where one of them has to wait. It returns
// until when the next one has to, should this one fail.
func (d *Door) count(ctx context.Context, tries []try) (next time.Time, err error) {
	keys := make([]string, len(tries))
	for i, t := range tries {
		keys[i] = t.key
	}
	now := d.Now()
	have, err := d.Store.Tried(ctx, keys) // a read: a flood writes nothing
	if err != nil {
		return next, err
	}
	for _, f := range have {
		if now.Before(f.Until) {
			return next, &LockedError{f.Until}
		}
	}
	for _, t := range tries {
		before, err := d.Store.CountTry(ctx, t.key, func(f Failures) Failures { return t.rule.count(f, now) })
		if err != nil {
			return next, err
		}
		if now.Before(before.Until) {
			return next, &LockedError{before.Until}
		}
		if until := t.rule.count(before, now).Until; until.After(next) {
			next = until
		}
	}
	return next, nil
}

// back takes tries back that nothing came of: there was no time to look.
func (d *Door) back(ctx context.Context, tries []try) error {
	for _, t := range tries {
		if _, err := d.Store.CountTry(ctx, t.key, back); err != nil {
			return err
		}
	}
	return nil
}

// succeeded forgets what failed under the name, and takes the try back that
// was counted for the address.
func (d *Door) succeeded(ctx context.Context, name, address string) error {
	if err := d.Store.ClearTries(ctx, name); err != nil {
		return err
	}
	_, err := d.Store.CountTry(ctx, address, back)
	return err
}

// SignIn looks at name and password. The session that it returns is at the
// stage In, or at AskCode where the person has a second factor. Errors are
// ErrWrong, *LockedError and ErrBusy, for known and unknown names alike.
func (d *Door) SignIn(ctx context.Context, name, password string, w Where) (token string, s Session, err error) {
	name = Name(name)
	tries := []try{{d.key("address", w.Address), byAddress}, {d.key("name", name), byName}}
	next, err := d.count(ctx, tries)
	if err != nil {
		return "", Session{}, err
	}
	person, off, err := d.People.ByName(ctx, name)
	if err != nil && !errors.Is(err, ErrUnknown) {
		return "", Session{}, err
	}
	known := err == nil && !off
	c, err := d.credentials(ctx, person)
	if err != nil {
		return "", Session{}, err
	}
	if !known || len(password) > maxPass {
		c, password = Credentials{}, password[:min(len(password), maxPass)]
		known = false
	}
	fits, stale, err := d.Hasher.Check(ctx, password, c.Password)
	switch {
	case err != nil:
		return "", Session{}, errors.Join(err, d.back(ctx, tries))
	case !fits || !known:
		return "", Session{}, wrong(ErrWrong, next)
	}
	if stale {
		if err := d.rehash(ctx, person, password, c.Changed); err != nil {
			return "", Session{}, err
		}
	}
	stage := In
	if c.Secret != "" {
		stage = AskCode
	} else if err := d.succeeded(ctx, tries[1].key, tries[0].key); err != nil {
		return "", Session{}, err
	}
	return d.begin(ctx, person, stage, w, "")
}

// wrong is what is wrong, and how long the next try has to wait.
func wrong(what error, next time.Time) error {
	if next.IsZero() {
		return what
	}
	return fmt.Errorf("%w, %w", what, &LockedError{next})
}

// credentials of a person who has none, or of nobody, are empty.
func (d *Door) credentials(ctx context.Context, person int64) (Credentials, error) {
	c, err := d.Store.Credentials(ctx, person)
	if errors.Is(err, ErrUnknown) {
		return Credentials{Person: person}, nil
	}
	return c, err
}

func (d *Door) rehash(ctx context.Context, person int64, password string, changed time.Time) error {
	hash, err := d.Hasher.Hash(ctx, password)
	if errors.Is(err, ErrBusy) {
		return nil // next time
	}
	if err != nil {
		return err
	}
	return d.Store.SetPassword(ctx, person, hash, changed)
}

// Reenter asks for the password again, of somebody who is signed in, before
// something that a stranger at an open screen must not do. Errors as those of
// SignIn.
func (d *Door) Reenter(ctx context.Context, person int64, password string) error {
	key := d.own("again", person)
	tries := []try{{key, byName}}
	next, err := d.count(ctx, tries)
	if err != nil {
		return err
	}
	c, err := d.credentials(ctx, person)
	if err != nil {
		return err
	}
	fits, _, err := d.Hasher.Check(ctx, password[:min(len(password), maxPass+1)], c.Password)
	if err != nil {
		return errors.Join(err, d.back(ctx, tries))
	}
	if !fits {
		return wrong(ErrWrong, next)
	}
	return d.Store.ClearTries(ctx, key)
}

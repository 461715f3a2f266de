package door

import (
	"context"
	"time"
)

// Invite makes a one-time link and returns its token; earlier ones of the
// person are void.
func (d *Door) Invite(ctx context.Context, purpose Purpose, person int64) (token string, l Link, err error) {
	life := InviteLife
	if purpose == First {
		life, person = FirstLife, 0
	}
	token, hash := newToken()
	l = Link{Hash: hash, Purpose: purpose, Person: person, Expires: d.Now().Add(life)}
	return token, l, d.Store.AddLink(ctx, l)
}

// Look returns the link of a token without using it. ErrUnknown, also of one
// that was used; ErrExpired.
func (d *Door) Look(ctx context.Context, purpose Purpose, token string) (Link, error) {
	return d.link(token, purpose, func(hash string) (Link, error) { return d.Store.Link(ctx, hash) })
}

// Take uses a link: one of all who try at once gets it.
func (d *Door) Take(ctx context.Context, purpose Purpose, token string) (Link, error) {
	return d.link(token, purpose, func(hash string) (Link, error) { return d.Store.TakeLink(ctx, hash) })
}

func (d *Door) link(token string, purpose Purpose, get func(string) (Link, error)) (Link, error) {
	if token == "" || len(token) > 100 {
		return Link{}, ErrUnknown
	}
	l, err := get(Hash(token))
	switch {
	case err != nil:
		return Link{}, err
	case l.Purpose != purpose:
		return Link{}, ErrUnknown
	case !d.Now().Before(l.Expires):
		return Link{}, ErrExpired
	}
	return l, nil
}

// SetPassword gives a person a password, which Weak has nothing against, ends
// every session and link, and lets them try again.
func (d *Door) SetPassword(ctx context.Context, person int64, name, password string) error {
	hash, err := d.Hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	if err := d.Store.SetPassword(ctx, person, hash, d.Now()); err != nil {
		return err
	}
	return d.clear(ctx, person, name)
}

// Reset locks a person out until a new password is set: no password, no second
// factor, no session, no link.
func (d *Door) Reset(ctx context.Context, person int64, name string) error {
	if err := d.Store.SetPassword(ctx, person, "", time.Time{}); err != nil {
		return err
	}
	if err := d.Store.SetSecret(ctx, person, "", ""); err != nil {
		return err
	}
	return d.clear(ctx, person, name)
}

// Shut ends the sessions and links of somebody who may come in no more.
func (d *Door) Shut(ctx context.Context, person int64) error {
	if err := d.Store.DropLinks(ctx, person); err != nil {
		return err
	}
	_, err := d.Store.EndSessions(ctx, person, "", "")
	return err
}

func (d *Door) clear(ctx context.Context, person int64, name string) error {
	if err := d.Shut(ctx, person); err != nil {
		return err
	}
	for _, key := range []string{d.key("name", Name(name)), d.own("again", person), d.own("code", person)} {
		if err := d.Store.ClearTries(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

// HasPassword reports whether a person has set a password, and whether a
// second factor is on.
func (d *Door) HasPassword(ctx context.Context, person int64) (password, second bool, err error) {
	c, err := d.credentials(ctx, person)
	return c.Password != "", c.Secret != "", err
}

// ChangePassword gives somebody who is signed in another password. All their
// sessions end; the browser goes on with the token of a new one.
func (d *Door) ChangePassword(ctx context.Context, s Session, name, password string, w Where) (token string, err error) {
	if err := d.SetPassword(ctx, s.Person, name, password); err != nil {
		return "", err
	}
	token, _, err = d.begin(ctx, s.Person, In, w, "")
	return token, err
}

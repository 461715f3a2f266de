package door

import (
	"context"
	"crypto/rand"
	"time"
)

// Bounds of what is kept of forms that came too late.
const (
	KeptFor  = time.Hour
	MaxKept  = 16 << 20 // bytes of one: a document of 4 MB of text, as forms write it
	mostKept = 10       // of a person, of one address each; the oldest goes
	allKept  = 2 * MaxKept
)

// Keep keeps the form of somebody whose session has run out, and returns its
// ID. ErrUnknown where it is too large to be kept.
func (d *Door) Keep(ctx context.Context, s Session, path string, body []byte) (id string, err error) {
	if len(body) > MaxKept {
		return "", ErrUnknown
	}
	k := Kept{ID: rand.Text(), Person: s.Person, Path: path, Body: body, Made: d.Now()}
	return k.ID, d.Store.KeepForm(ctx, k, mostKept, allKept)
}

// Kept returns a form that was kept for the person. Others' are ErrUnknown,
// and so are those of more than an hour ago.
func (d *Door) Kept(ctx context.Context, person int64, id string) (Kept, error) {
	k, err := d.Store.KeptForm(ctx, person, id)
	if err == nil && d.Now().Sub(k.Made) >= KeptFor {
		err = ErrUnknown
	}
	return k, err
}

// Forget drops a form that was kept.
func (d *Door) Forget(ctx context.Context, person int64, id string) error {
	return d.Store.DropForm(ctx, person, id)
}

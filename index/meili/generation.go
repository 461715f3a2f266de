package meili

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/meilisearch/meilisearch-go"

	"github.com/policybot/policybot/index"
)

// standing is what the server has under the name of a generation.
type standing int

const (
	absent  standing = iota
	begun            // empty, made as we make them, without a stamp
	ours             // with the stamp of this installation
	foreign          // anything else
)

// Create implements index.Outside. What this installation has under that name
// is removed first.
func (e *Engine) Create(ctx context.Context, m index.Stamp) error {
	uid, err := e.uid(m.Generation)
	if err != nil {
		return err
	}
	if err := e.drop(ctx, uid); err != nil {
		return err
	}
	err = e.do(ctx, "creating the index", func() (*meilisearch.TaskInfo, error) {
		return e.feeds.CreateIndexWithContext(ctx, &meilisearch.IndexConfig{Uid: uid, PrimaryKey: placeField})
	})
	// One that is there by now was made by an attempt whose answer was lost,
	// or by somebody else.
	if failed := new(taskFailure); errors.As(err, &failed) && failed.code == indexThere {
		var state standing
		if state, _, err = e.look(ctx, uid); err == nil && state != begun {
			err = e.isForeign(uid)
		}
	}
	if err != nil {
		return err
	}
	if err := e.set(ctx, uid); err != nil {
		return err
	}
	return e.keep(ctx, uid, m)
}

// Keep implements index.Outside.
func (e *Engine) Keep(ctx context.Context, m index.Stamp) error {
	uid, err := e.own(ctx, m.Generation)
	if err != nil {
		return err
	}
	return e.vanished(ctx, uid, e.keep(ctx, uid, m))
}

// vanished looks at what a task failed of. Where the index was removed a
// moment ago, the server has made another by itself, without our settings and
// with nothing in it, and wants a primary key: it is removed.
func (e *Engine) vanished(ctx context.Context, uid string, err error) error {
	failed := new(taskFailure)
	if !errors.As(err, &failed) || failed.code != noPrimaryKey {
		return err
	}
	x := e.feeds.Index(uid)
	var info *meilisearch.IndexResult
	unread := e.again(ctx, "reading the index", func() (err error) {
		info, err = x.FetchInfoWithContext(ctx)
		return err
	})
	if unread != nil || info.PrimaryKey != "" {
		return e.isForeign(uid)
	}
	if n, err := e.total(ctx, x, nil); err != nil || n > 0 {
		return e.isForeign(uid)
	}
	err = e.do(ctx, "removing the index", func() (*meilisearch.TaskInfo, error) { return e.feeds.DeleteIndexWithContext(ctx, uid) })
	if err != nil {
		return err
	}
	return fmt.Errorf("meili: %s: %w", uid, ErrNoGeneration)
}

func (e *Engine) keep(ctx context.Context, uid string, m index.Stamp) error {
	s := []stampRecord{{
		Place: stampPlace, Installation: m.Installation, Generation: m.Generation, Cut: m.Cut,
		Cursor: strconv.FormatInt(m.Cursor, 10), Complete: m.Complete,
	}}
	return e.do(ctx, "keeping the stamp", func() (*meilisearch.TaskInfo, error) {
		return e.feeds.Index(uid).AddDocumentsWithContext(ctx, s, nil)
	})
}

// own returns the index of a generation that this installation has finished
// creating.
func (e *Engine) own(ctx context.Context, generation string) (uid string, err error) {
	if uid, err = e.uid(generation); err != nil {
		return "", err
	}
	state, _, err := e.look(ctx, uid)
	switch {
	case err != nil:
		return "", err
	case state == foreign:
		return "", e.isForeign(uid)
	case state != ours:
		return "", fmt.Errorf("meili: %s: %w", uid, ErrNoGeneration)
	}
	return uid, nil
}

func (e *Engine) isForeign(uid string) error { return fmt.Errorf("meili: %s: %w", uid, ErrForeign) }

// look reads the stamp of an index.
func (e *Engine) look(ctx context.Context, uid string) (standing, index.Stamp, error) {
	var s stampRecord
	x := e.feeds.Index(uid)
	err := e.again(ctx, "reading the stamp", func() error { return x.GetDocumentWithContext(ctx, stampPlace, nil, &s) })
	switch codeOf(err) {
	case noIndex:
		return absent, index.Stamp{}, nil
	case noDocument:
		return e.lookFurther(ctx, x)
	}
	if err != nil {
		return absent, index.Stamp{}, err
	}
	cursor, err := strconv.ParseInt(s.Cursor, 10, 64)
	if err != nil || s.Installation != e.installation {
		return foreign, index.Stamp{}, nil
	}
	return ours, index.Stamp{
		Installation: s.Installation, Generation: s.Generation, Cut: e.plain(s.Cut), Cursor: cursor, Complete: s.Complete,
	}, nil
}

// lookFurther looks at an index without a stamp.
func (e *Engine) lookFurther(ctx context.Context, x meilisearch.IndexManager) (standing, index.Stamp, error) {
	var info *meilisearch.IndexResult
	err := e.again(ctx, "reading the index", func() (err error) {
		info, err = x.FetchInfoWithContext(ctx)
		return err
	})
	if codeOf(err) == noIndex {
		return absent, index.Stamp{}, nil
	}
	if err != nil || info.PrimaryKey != placeField {
		return foreign, index.Stamp{}, err
	}
	n, err := e.total(ctx, x, nil)
	if err != nil || n > 0 {
		return foreign, index.Stamp{}, err
	}
	return begun, index.Stamp{}, nil
}

// total counts the documents of an index.
func (e *Engine) total(ctx context.Context, x meilisearch.IndexManager, filter any) (int, error) {
	var page meilisearch.DocumentsResult
	q := &meilisearch.DocumentsQuery{Limit: 1, Fields: []string{ordinalField}, Filter: filter} // a limit of 0 would not be sent
	err := e.again(ctx, "counting", func() error { return x.GetDocumentsWithContext(ctx, q, &page) })
	return int(page.Total), err
}

// listPage is how many indexes are listed at once.
const listPage = 200

// Generations implements index.Outside. An index whose name goes on after our
// prefix with another part is that of a longer prefix.
func (e *Engine) Generations(ctx context.Context) ([]index.Stamp, error) {
	var out []index.Stamp
	err := paged(listPage, maxIndexes, func(from int) (int, int64, error) {
		var page *meilisearch.IndexesResults
		err := e.again(ctx, "listing indexes", func() (err error) {
			page, err = e.feeds.ListIndexesWithContext(ctx, &meilisearch.IndexesQuery{Limit: listPage, Offset: int64(from)})
			return err
		})
		if err != nil {
			return 0, 0, err
		}
		for _, x := range page.Results {
			stamp, ok, err := e.generation(ctx, x)
			if err != nil {
				return 0, 0, err
			}
			if ok {
				out = append(out, stamp)
			}
		}
		return len(page.Results), page.Total, nil
	})
	return out, err
}

// generation returns the stamp of an index; false where it is none of ours. One
// whose settings somebody has changed finds other entries than it should: its
// cut is none that is ever asked for.
func (e *Engine) generation(ctx context.Context, x *meilisearch.IndexResult) (stamp index.Stamp, ok bool, err error) {
	name, ok := strings.CutPrefix(x.UID, e.prefix)
	if !ok || !names.MatchString(x.UID) || name == "" || strings.Contains(name, "-") || x.PrimaryKey != placeField {
		return stamp, false, nil
	}
	state, stamp, err := e.look(ctx, x.UID)
	stamp.Generation = name // an index can be renamed
	if err == nil && stamp.Complete {
		var changed string
		if changed, err = e.altered(ctx, e.feeds.Index(x.UID)); changed != "" {
			stamp.Cut = "somebody has changed its " + changed
		}
	}
	return stamp, state == ours || state == begun, err
}

// Drop implements index.Outside.
func (e *Engine) Drop(ctx context.Context, generation string) error {
	uid, err := e.uid(generation)
	if err != nil {
		return err
	}
	return e.drop(ctx, uid)
}

func (e *Engine) drop(ctx context.Context, uid string) error {
	state, _, err := e.look(ctx, uid)
	switch {
	case err != nil:
		return err
	case state == absent:
		return nil
	case state == foreign:
		return e.isForeign(uid)
	}
	err = e.do(ctx, "removing the index", func() (*meilisearch.TaskInfo, error) { return e.feeds.DeleteIndexWithContext(ctx, uid) })
	if failed := new(taskFailure); errors.As(err, &failed) && failed.code == noIndex {
		return nil
	}
	return err
}

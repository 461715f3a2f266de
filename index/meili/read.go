package meili

import (
	"context"
	"errors"
	"fmt"

	"github.com/meilisearch/meilisearch-go"

	"github.com/policybot/policybot/index"
)

// entries is every document of an index but the stamp.
const entries = keyField + " EXISTS"

// Count implements index.Outside.
func (e *Engine) Count(ctx context.Context, generation string) (int, error) {
	uid, err := e.own(ctx, generation)
	if err != nil {
		return 0, err
	}
	return e.total(ctx, e.feeds.Index(uid), entries)
}

// sumsPage is how many entries are read at once.
const sumsPage = 5000

// sumRecord is of an entry what tells whether it is the right one.
type sumRecord struct {
	Document string `json:"document"`
	Ordinal  int    `json:"ordinal"`
	Sum      string `json:"sum"`
}

// More than any server has of ours: one that goes on for longer is not believed.
const (
	maxIndexes = 100_000
	maxEntries = 20_000_000
)

// paged calls read for one page after the other, from what has been read on,
// until that is all that the server says it has, which is no more than most.
// A page that is empty, or longer than size, is not one of Meilisearch's.
func paged(size, most int, read func(from int) (got int, total int64, err error)) error {
	for from, total := 0, int64(1); int64(from) < total; {
		got, all, err := read(from)
		if err != nil {
			return err
		}
		if got > size || got == 0 && int64(from) < all || all > int64(most) {
			return errNotMeilisearch
		}
		from, total = from+got, all
	}
	return nil
}

// Sums implements index.Outside. What changes meanwhile may be missed or
// yielded twice.
func (e *Engine) Sums(ctx context.Context, generation string, yield func(index.Place, string) error) error {
	uid, err := e.own(ctx, generation)
	if err != nil {
		return err
	}
	x := e.feeds.Index(uid)
	return paged(sumsPage, maxEntries, func(from int) (int, int64, error) {
		var page meilisearch.DocumentsResult
		q := &meilisearch.DocumentsQuery{
			Offset: int64(from), Limit: sumsPage, Filter: entries, Fields: []string{documentField, ordinalField, sumField},
		}
		err := e.again(ctx, "reading entries", func() error {
			page = meilisearch.DocumentsResult{}
			return x.GetDocumentsWithContext(ctx, q, &page)
		})
		if err != nil {
			return 0, 0, err
		}
		for _, hit := range page.Results {
			var r sumRecord
			if err := hit.DecodeInto(&r); err != nil {
				return 0, 0, fmt.Errorf("meili: reading entries: %w", errors.Join(errNotMeilisearch, err))
			}
			if err := yield(index.Place{Document: r.Document, Ordinal: r.Ordinal}, r.Sum); err != nil {
				return 0, 0, err
			}
		}
		return len(page.Results), page.Total, nil
	})
}

package main

import (
	"context"

	"github.com/policybot/policybot/index"
)

// searcher is the search of the public pages: of an account, as the bot sees
// its documents.
type searcher struct{ *app }

// Search implements citizen.Searcher.
func (s searcher) Search(ctx context.Context, q index.Search) (index.Found, error) {
	q.Own = s.accountNamed(q.Account).Own
	return s.shelf.Search(ctx, q)
}

// Standing implements citizen.Searcher.
func (s searcher) Standing(ctx context.Context, documents []string) (map[string]index.Standing, error) {
	return s.store.Standing(ctx, documents)
}

package meili

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/meilisearch/meilisearch-go"

	"github.com/policybot/policybot/index"
)

// Recall implements index.Outside. It is one request, which is not tried
// again: the understudy is sooner asked.
func (e *Engine) Recall(ctx context.Context, generation string, p index.Probe) ([]index.Place, error) {
	uid, err := e.uid(generation)
	if err != nil {
		return nil, err
	}
	planned := plan(p)
	if len(planned) == 0 {
		return nil, nil
	}
	filter := filters(p.Filter)
	request := &meilisearch.MultiSearchRequest{Queries: make([]*meilisearch.SearchRequest, len(planned))}
	for i, q := range planned {
		strategy := meilisearch.Last
		if q.all {
			strategy = meilisearch.All
		}
		request.Queries[i] = &meilisearch.SearchRequest{
			IndexUID: uid, Query: q.text(), Limit: int64(q.limit), MatchingStrategy: strategy, Filter: filter,
			AttributesToRetrieve: []string{documentField, ordinalField}, Locales: []string{locale},
		}
	}
	var answer answered
	// The library would make a map of each hit, which for the hundreds of a
	// question takes longer than all that follows.
	reads := e.searches.service(meilisearch.WithCustomJsonUnmarshaler(func(data []byte, _ any) error {
		return json.Unmarshal(data, &answer)
	}))
	err = safely(func() error {
		_, err := reads.MultiSearchWithContext(ctx, request)
		return err
	})
	if err != nil {
		return nil, e.quiet(e.failed(ctx, "searching", err))
	}
	found, ok := answer.places(planned)
	if !ok {
		return nil, fmt.Errorf("meili: searching: %w", errNotMeilisearch)
	}
	return found, nil
}

// quiet leaves a failure's code alone: its message may repeat what was asked.
func (e *Engine) quiet(err error) error {
	if code := codeOf(err); code == wrongKey {
		return fmt.Errorf("meili: searching: the server refuses the key in %s: it is not one of its keys, or has expired", e.reading)
	} else if code != "" {
		return fmt.Errorf("meili: searching: %w", &failure{code: code})
	}
	return err
}

// answered is what is read of the answer to a multi-search. A hit has what
// names an entry: document and ordinal.
type answered struct {
	Results []struct{ Hits []index.Place }
}

// places returns what was found, each once; false where it is not an answer to
// these queries.
func (a *answered) places(planned []query) ([]index.Place, bool) {
	if len(a.Results) != len(planned) {
		return nil, false
	}
	n := 0
	for i, q := range planned {
		if len(a.Results[i].Hits) > q.limit { // each costs the Shelf a look
			return nil, false
		}
		n += len(a.Results[i].Hits)
	}
	seen := make(map[index.Place]bool, n)
	out := make([]index.Place, 0, n)
	for _, r := range a.Results {
		for _, place := range r.Hits {
			if place.Document == "" {
				return nil, false
			}
			if !seen[place] {
				seen[place] = true
				out = append(out, place)
			}
		}
	}
	return out, true
}

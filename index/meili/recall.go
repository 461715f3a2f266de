package meili

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

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
	answer, err := e.reads.MultiSearchWithContext(ctx, request)
	if err != nil {
		return nil, e.quiet(e.failed(ctx, "searching", err))
	}
	if len(answer.Results) != len(planned) {
		return nil, fmt.Errorf("meili: searching: %w", errNotMeilisearch)
	}
	for i, q := range planned {
		if len(answer.Results[i].Hits) > q.limit { // each costs the Shelf a look
			return nil, fmt.Errorf("meili: searching: %w", errNotMeilisearch)
		}
	}
	return union(answer.Results)
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

func union(results []meilisearch.SearchResponse) ([]index.Place, error) {
	n := 0
	for i := range results {
		n += len(results[i].Hits)
	}
	seen := make(map[index.Place]bool, n)
	out := make([]index.Place, 0, n)
	for i := range results {
		for _, hit := range results[i].Hits {
			place, err := placeOf(hit)
			if err != nil {
				return nil, fmt.Errorf("meili: searching: %w", errNotMeilisearch)
			}
			if !seen[place] {
				seen[place] = true
				out = append(out, place)
			}
		}
	}
	return out, nil
}

// placeOf reads what names an entry. The library's own way to decode a hit
// encodes it first, which for the hundreds of a question takes longer than all
// that follows.
func placeOf(hit meilisearch.Hit) (p index.Place, err error) {
	if err = json.Unmarshal(hit[documentField], &p.Document); err == nil {
		p.Ordinal, err = strconv.Atoi(string(hit[ordinalField]))
	}
	return p, err
}

package meili

import (
	"context"
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
	answer, err := e.reads.MultiSearchWithContext(ctx, request)
	if err != nil {
		return nil, e.quiet(e.failed(ctx, "searching", err))
	}
	if len(answer.Results) != len(planned) {
		return nil, fmt.Errorf("meili: searching: %w", errNotMeilisearch)
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

// placeRecord is of an entry what names it.
type placeRecord struct {
	Document string `json:"document"`
	Ordinal  int    `json:"ordinal"`
}

func union(results []meilisearch.SearchResponse) ([]index.Place, error) {
	seen := map[index.Place]bool{}
	var out []index.Place
	for _, r := range results {
		for _, hit := range r.Hits {
			var p placeRecord
			if err := hit.DecodeInto(&p); err != nil {
				return nil, fmt.Errorf("meili: searching: %w", errNotMeilisearch)
			}
			if place := (index.Place{Document: p.Document, Ordinal: p.Ordinal}); !seen[place] {
				seen[place] = true
				out = append(out, place)
			}
		}
	}
	return out, nil
}

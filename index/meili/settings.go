package meili

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/meilisearch/meilisearch-go"
)

const (
	// locale has no rules for Han script: the terms, which are cut already,
	// are split at blanks alone. With cmn, or none, they would be cut again.
	locale = "eng"
	// searchCutoff ends a single query, with what it has found so far.
	searchCutoff = 500 // milliseconds
	// maxTotalHits is the most that one query can bring.
	maxTotalHits = 1000
)

// setting is one setting of an index: how it is set, and what it then is.
type setting struct {
	name string
	want any
	put  func(context.Context) (*meilisearch.TaskInfo, error) // nil: bundle sets it
	get  func(context.Context) (any, error)
}

// bundle is what can be set in one request. False, 0 and what is empty cannot:
// meilisearch-go leaves them out. A new index has neither stop words, synonyms,
// dictionary nor embedders, and nothing to sort or tell apart by.
func bundle() *meilisearch.Settings {
	off := "disabled"
	return &meilisearch.Settings{
		SearchableAttributes: []string{termsField},
		DisplayedAttributes: []string{
			placeField, documentField, ordinalField, accountField, kindField, titleField, numberField, agencyField,
			regionField, sampleField, fromField, untilField, contextField, bodyField, sumField,
		},
		RankingRules:        []string{"words", "proximity"},
		ProximityPrecision:  meilisearch.ByWord,
		SearchCutoffMs:      searchCutoff,
		LocalizedAttributes: []*meilisearch.LocalizedAttributes{{Locales: []string{locale}, AttributePatterns: []string{termsField}}},
		TypoTolerance: &meilisearch.TypoTolerance{
			MinWordSizeForTypos: meilisearch.MinWordSizeForTypos{OneTypo: 5, TwoTypos: 9},
			DisableOnWords:      []string{}, DisableOnAttributes: []string{},
		},
		Pagination:   &meilisearch.Pagination{MaxTotalHits: maxTotalHits},
		PrefixSearch: &off,
	}
}

// filterable is what entries are filtered by. Few of them have an order, and
// nobody searches among their values.
func filterable() []meilisearch.AttributeRule {
	equal := meilisearch.AttributeFeatures{Filter: meilisearch.FilterFeatures{Equality: true}}
	ordered := meilisearch.AttributeFeatures{Filter: meilisearch.FilterFeatures{Equality: true, Comparison: true}}
	return []meilisearch.AttributeRule{
		{AttributePatterns: []string{keyField, accountField, kindField, regionField, agencyField, sampleField}, Features: equal},
		{AttributePatterns: []string{ordinalField, fromField, untilField}, Features: ordered},
	}
}

// settings lists what an index must be set to. Each is read by itself:
// together with filterable attributes of our kind meilisearch-go cannot read
// them.
func settings(x meilisearch.IndexManager) []setting {
	b := bundle()
	return []setting{
		{"searchableAttributes", b.SearchableAttributes, nil, reading(x.GetSearchableAttributesWithContext)},
		{"displayedAttributes", b.DisplayedAttributes, nil, reading(x.GetDisplayedAttributesWithContext)},
		{"rankingRules", b.RankingRules, nil, reading(x.GetRankingRulesWithContext)},
		{"proximityPrecision", b.ProximityPrecision, nil, reading(x.GetProximityPrecisionWithContext)},
		{"searchCutoffMs", b.SearchCutoffMs, nil, reading(x.GetSearchCutoffMsWithContext)},
		{"localizedAttributes", b.LocalizedAttributes, nil, reading(x.GetLocalizedAttributesWithContext)},
		{"typoTolerance", b.TypoTolerance, nil, reading(x.GetTypoToleranceWithContext)},
		{"pagination", b.Pagination, nil, reading(x.GetPaginationWithContext)},
		{"prefixSearch", b.PrefixSearch, nil, reading(x.GetPrefixSearchWithContext)},
		{"facetSearch", false, func(ctx context.Context) (*meilisearch.TaskInfo, error) {
			return x.UpdateFacetSearchWithContext(ctx, false)
		}, reading(x.GetFacetSearchWithContext)},
		{"filterableAttributes", filterable(), func(ctx context.Context) (*meilisearch.TaskInfo, error) {
			var rules []any
			for _, r := range filterable() {
				rules = append(rules, r)
			}
			return x.UpdateFilterableAttributesWithContext(ctx, &rules)
		}, reading(x.GetFilterableAttributesWithContext)},
		{"stopWords", []string{}, nil, reading(x.GetStopWordsWithContext)},
		{"synonyms", map[string][]string{}, nil, reading(x.GetSynonymsWithContext)},
	}
}

func reading[T any](get func(context.Context) (T, error)) func(context.Context) (any, error) {
	return func(ctx context.Context) (any, error) { return get(ctx) }
}

// set sets an index up, and makes sure that it is: a server that does not know
// a setting must not serve without it.
func (e *Engine) set(ctx context.Context, uid string) error {
	x := e.feeds.Index(uid)
	err := e.do(ctx, "setting up the index", func() (*meilisearch.TaskInfo, error) { return x.UpdateSettingsWithContext(ctx, bundle()) })
	if err != nil {
		return err
	}
	for _, s := range settings(x) {
		if s.put == nil {
			continue
		}
		if err := e.do(ctx, "setting "+s.name, func() (*meilisearch.TaskInfo, error) { return s.put(ctx) }); err != nil {
			return err
		}
	}
	name, err := e.altered(ctx, x)
	if err == nil && name != "" {
		err = fmt.Errorf("meili: setting %s: the server keeps another value: this version of it cannot be used", name)
	}
	return err
}

// altered returns the first setting of an index that is not what it must be,
// "" where there is none.
func (e *Engine) altered(ctx context.Context, x meilisearch.IndexManager) (string, error) {
	for _, s := range settings(x) {
		var found any
		err := e.again(ctx, "reading "+s.name, func() (err error) {
			found, err = s.get(ctx)
			return err
		})
		if err != nil {
			return "", err
		}
		if !same(s.want, found) {
			return s.name, nil
		}
	}
	return "", nil
}

// same reports whether two values are the same JSON. A list that is not there
// is an empty one.
func same(a, b any) bool {
	read := func(v any) (out any) {
		data, err := json.Marshal(v)
		if err != nil || json.Unmarshal(data, &out) != nil {
			return err
		}
		switch list := out.(type) {
		case []any:
			if len(list) == 0 {
				return nil
			}
		case map[string]any:
			if len(list) == 0 {
				return nil
			}
		}
		return out
	}
	return reflect.DeepEqual(read(a), read(b))
}

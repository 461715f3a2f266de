package meili

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/meilisearch/meilisearch-go"
)

// BenchmarkUnion reads the answer to a question of ten queries.
func BenchmarkUnion(b *testing.B) {
	var answer struct{ Results []meilisearch.SearchResponse }
	for q := range 10 {
		var r meilisearch.SearchResponse
		for i := range 43 {
			r.Hits = append(r.Hits, meilisearch.Hit{
				documentField: json.RawMessage(fmt.Sprintf(`"ncp/document-%d"`, q*7+i)), ordinalField: json.RawMessage(`12`),
			})
		}
		answer.Results = append(answer.Results, r)
	}
	text, err := json.Marshal(answer)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := json.Unmarshal(text, &answer); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("union", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if found, err := union(answer.Results); err != nil || len(found) == 0 {
				b.Fatal(found, err)
			}
		}
	})
}

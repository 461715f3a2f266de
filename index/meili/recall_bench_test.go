package meili

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/meilisearch/meilisearch-go"

	"github.com/policybot/policybot/index"
)

// BenchmarkAnswer reads the answer to a question of ten queries: as Recall
// does, and as the library does by itself.
func BenchmarkAnswer(b *testing.B) {
	var answer answered
	answer.Results = make([]struct{ Hits []index.Place }, 10)
	planned := make([]query, len(answer.Results))
	for i := range answer.Results {
		planned[i].limit = 43
		for k := range planned[i].limit {
			answer.Results[i].Hits = append(answer.Results[i].Hits, index.Place{Document: fmt.Sprintf("ncp/document-%d", i*7+k), Ordinal: 12})
		}
	}
	text, err := json.Marshal(answer)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var a answered
			if err := json.Unmarshal(text, &a); err != nil {
				b.Fatal(err)
			}
			if found, ok := a.places(planned); !ok || len(found) == 0 {
				b.Fatal(found)
			}
		}
	})
	b.Run("library", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var a meilisearch.MultiSearchResponse
			if err := json.Unmarshal(text, &a); err != nil || len(a.Results) != len(planned) {
				b.Fatal(err)
			}
		}
	})
}

package extract

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRealDocuments reads the evaluation set that POLICYBOT_BENCH names.
func TestRealDocuments(t *testing.T) {
	t.Parallel()
	bench := os.Getenv("POLICYBOT_BENCH")
	if bench == "" {
		t.Skip("POLICYBOT_BENCH is not set: real documents are not read")
	}
	source, err := os.ReadFile("testdata/guides-map.yaml")
	if err != nil {
		t.Fatal(err)
	}
	guides, err := ParseMap(source)
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []struct {
		path     string
		opts     Options
		docs     int
		articles int
	}{{"laws", Options{}, 1055, 46_000}, {"ncp/documents.jsonl", Options{}, 352, 0}, {"guides/guides.jsonl", Options{Map: guides}, 1344, 0}} {
		start := time.Now()
		docs, passages, articles, problems := 0, 0, 0, 0
		err := Walk(t.Context(), []string{filepath.Join(bench, set.path)}, set.opts, func(r Record) error {
			check(t, []Record{r})
			docs++
			passages += len(r.Content.Passages)
			for _, p := range r.Content.Passages {
				if strings.HasPrefix(p.Label, "第") && strings.HasPrefix(p.Anchor, "a") {
					articles++
				}
			}
			return nil
		}, func(p Problem) error {
			if p.Skipped {
				problems++
				t.Log(p)
			}
			return nil
		})
		if err != nil || docs < set.docs || articles < set.articles || problems > 0 {
			t.Errorf("%s: %d documents, %d articles, %d problems, %v", set.path, docs, articles, problems, err)
		}
		t.Logf("%s: %d documents, %d passages, %d articles in %v", set.path, docs, passages, articles, time.Since(start))
	}
}

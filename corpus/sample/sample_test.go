package sample

import (
	"testing"

	"github.com/policybot/policybot/corpus"
)

func TestGoldenPlacesExist(t *testing.T) {
	t.Parallel()
	contents, err := Contents()
	if err != nil {
		t.Fatal(err)
	}
	docs := map[string]corpus.Content{}
	for _, c := range contents {
		docs[c.Document.ID] = c
		if !c.Document.Sample {
			t.Errorf("%s is not marked as a sample", c.Document.ID)
		}
	}
	for _, c := range contents {
		for _, r := range c.Document.Declares {
			if _, ok := docs[r.To]; !ok {
				t.Errorf("%s %s %s, which does not exist", r.From, r.Kind, r.To)
			}
		}
	}
	golden, err := Golden()
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, q := range golden {
		if ids[q.ID] {
			t.Errorf("question %s is not unique", q.ID)
		}
		ids[q.ID] = true
		places := append(append([]Place{}, q.Several...), q.Also...)
		if q.Document != "" {
			places = append(places, q.Place)
		}
		if q.Status == "answered" && len(places) == 0 {
			t.Errorf("%s is answered, but nowhere", q.ID)
		}
		for _, p := range places {
			if _, ok := (corpus.Revision{Passages: docs[p.Document].Passages}).Find(p.Anchor); !ok {
				t.Errorf("%s: %s#%s does not exist", q.ID, p.Document, p.Anchor)
			}
		}
	}
	t.Logf("%d documents, %d golden questions", len(contents), len(golden))
}

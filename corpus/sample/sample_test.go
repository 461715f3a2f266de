package sample

import (
	"bufio"
	"encoding/json"
	"testing"

	"github.com/policybot/policybot/corpus"
)

type place struct {
	Document string `json:"doc"`
	Anchor   string
}

type question struct {
	ID string
	place
	Several []place `json:"docs"`
	Also    []place
	Status  string
}

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
	invented, err := Agencies()
	if err != nil {
		t.Fatal(err)
	}
	offices := map[string]bool{}
	for _, a := range invented {
		offices["agency:"+a.ID] = a.Sample
	}
	ids := map[string]bool{}
	handed := 0
	for lines := bufio.NewScanner(Golden()); lines.Scan(); {
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			t.Fatal(err)
		}
		if q.Status == "refused" || q.Status == "redirected" {
			handed++
		}
		if ids[q.ID] {
			t.Errorf("question %s is not unique", q.ID)
		}
		ids[q.ID] = true
		places := append(append([]place{}, q.Several...), q.Also...)
		if q.Document != "" {
			places = append(places, q.place)
		}
		if q.Status == "answered" && len(places) == 0 {
			t.Errorf("%s is answered, but nowhere", q.ID)
		}
		for _, p := range places {
			if offices[p.Document] {
				continue
			}
			if _, ok := (corpus.Revision{Passages: docs[p.Document].Passages}).Find(p.Anchor); !ok {
				t.Errorf("%s: %s#%s does not exist", q.ID, p.Document, p.Anchor)
			}
		}
	}
	if len(contents) < 60 || len(ids) < 200 || handed < 50 {
		t.Errorf("%d documents, %d golden questions, %d of them to be refused or handed over", len(contents), len(ids), handed)
	}
}

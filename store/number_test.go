package store_test

import (
	"slices"
	"testing"

	"github.com/policybot/policybot/corpus"
)

func TestByNumber(t *testing.T) {
	t.Parallel()
	s := open(t)
	doc := func(id, number string) corpus.Content {
		return corpus.Content{Document: corpus.Document{ID: id, Kind: corpus.Policy, Title: id, Number: number}, Text: "文"}
	}
	put(t, s, true, doc("a", "青政规[2024]3号"), doc("b", "青政规〔2024〕13号"), doc("c", "政规〔2024〕3号"), doc("none", ""))
	put(t, s, false, doc("draft", "青政规〔2024〕3号"))
	for found, want := range map[string][]string{
		"青政规〔2024〕3号":   {"a", "c"},
		"请问青政规〔2024〕3号": {"a", "c"},
		"政规〔2024〕3号":    {"c"},
		"青政规〔2024〕4号":   {},
		"":              {},
	} {
		got, err := s.ByNumber(t.Context(), found)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("ByNumber(%q) = %q, %v, want %q", found, got, err, want)
		}
	}
}

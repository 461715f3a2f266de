package main

import (
	"fmt"
	"testing"

	"github.com/policybot/policybot/index"
)

func TestNearestOf(t *testing.T) {
	t.Parallel()
	unit := func(document string, anchors ...string) index.Studied {
		return index.Studied{Place: index.Place{Document: document}, Anchors: anchors}
	}
	ranked := []index.Studied{
		unit("a", "a3"), unit("a", "a3"), unit("b", "title", "s1", "s2"), unit("a", "a1"), unit("c", "title", "s1"), unit("a", "a2"), unit("a", "a9"), unit("d", "q1"),
	}
	for limit, want := range map[int]string{
		8: "[a#a3 b#s2 a#a1 a#a2 d#q1]", // c's passage was not found, a's fourth is one too many
		2: "[a#a3 b#s2]", 0: "[]",
	} {
		var got []string
		for _, r := range nearestOf(ranked, map[string]string{"a": "a3", "b": "s2"}, limit) {
			got = append(got, r.Document+"#"+r.Anchor)
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%d: %v, want %s", limit, got, want)
		}
	}
}

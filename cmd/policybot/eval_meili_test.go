//go:build unix

package main

import (
	"bytes"
	"crypto/rand"
	"io"
	"math"
	"net/http"
	"os"
	"strings"
	"testing"
)

// TestEvalMeilisearch measures both engines as the command does, and finds
// nothing left on the server.
func TestEvalMeilisearch(t *testing.T) {
	t.Parallel()
	address := os.Getenv(meiliTest + "URL")
	if address == "" {
		t.Skip("SKIPPED: eval with a real Meilisearch: POLICYBOT_TEST_MEILI_URL does not name one")
	}
	f, h, set := measuring(t)
	f.engine, f.MeiliPrefix = engineBoth, "test-"+strings.ToLower(rand.Text()[:8])+"-"
	f.MeiliURL, f.MeiliKey = address, os.Getenv(meiliTest+"KEY")
	if err := f.checkEngine(); err != nil {
		t.Fatal(err)
	}
	c := newEval()
	c.SetContext(t.Context())
	c.SetErr(io.Discard)
	done, err := f.measure(c, h, set, "")
	if err != nil {
		t.Fatal(err)
	}
	// Floors, not targets: far below them something is broken.
	local, outside := done.reports[0], done.reports[1]
	if outside.Failed != 0 || outside.Candidates < .9 || math.Abs(local.Hit1-outside.Hit1) > .03 || done.compare.Answerable.SameFirst < .9 {
		var out bytes.Buffer
		if err := done.print(&out, false, true); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s", &out)
	}
	if names := indexesOf(t, f); strings.Contains(names, f.MeiliPrefix) {
		t.Errorf("left on the server: %s", names)
	}
}

// indexesOf returns what the server says of its indexes.
func indexesOf(t *testing.T, f *evalFlags) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, f.server.URL+"/indexes?limit=1000", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+f.server.Key)
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s %v", res.Status, err)
	}
	return string(body)
}

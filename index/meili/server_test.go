package meili

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/indextest"
)

// Names of the settings of tests against a real server.
const (
	urlEnv = "POLICYBOT_TEST_MEILI_URL"
	keyEnv = "POLICYBOT_TEST_MEILI_KEY"
)

// realServer returns the settings for a real server under a prefix of the
// test's own, what is below which is removed in the end.
func realServer(t testing.TB) Config {
	t.Helper()
	if os.Getenv(urlEnv) == "" {
		t.Skipf("SKIPPED: %s does not name a Meilisearch server", urlEnv)
	}
	c := Config{
		URL: os.Getenv(urlEnv), Key: os.Getenv(keyEnv), Installation: "one",
		Prefix: fmt.Sprintf("test-meili-%x-", time.Now().UnixNano()),
	}
	t.Cleanup(func() { sweep(t, c) })
	return c
}

// sweep removes every index under the prefix, whosever it is.
func sweep(t testing.TB, c Config) {
	ctx := context.Background()
	e := open(t, c)
	for {
		page, err := e.feeds.ListIndexesWithContext(ctx, nil)
		if err != nil {
			t.Error(err)
			return
		}
		found := false
		for _, x := range page.Results {
			if strings.HasPrefix(x.UID, c.Prefix) {
				found = true
				info, err := e.feeds.DeleteIndexWithContext(ctx, x.UID)
				if err != nil {
					t.Error(err)
					return
				}
				_ = e.wait(ctx, "sweeping", info.TaskUID)
			}
		}
		if !found {
			return
		}
	}
}

func open(t testing.TB, c Config) *Engine {
	t.Helper()
	e, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// entry makes an entry of terms that are cut already.
func entry(document string, ordinal int, terms string) index.Entry {
	u := &index.Unit{Document: document, Ordinal: ordinal, Kind: corpus.Policy, Title: document, Body: terms}
	return index.Entry{Unit: u, Terms: strings.Fields(terms), Sum: fmt.Sprintf("%s/%d", terms, ordinal)}
}

func probe(words ...string) index.Probe {
	p := index.Probe{Limit: 100}
	for _, w := range words {
		p.Words = append(p.Words, index.ProbeWord{Text: w, IDF: 1, Units: 1})
	}
	return p
}

// realPlace opens engines on a real server, under one prefix.
func realPlace(t *testing.T) indextest.Opener {
	c := realServer(t)
	return func(installation string) index.Outside {
		c.Installation = installation
		return open(t, c)
	}
}

func TestOutside(t *testing.T) {
	t.Parallel()
	indextest.Outside(t, realPlace)
}

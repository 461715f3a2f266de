package meili

import (
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/meilisearch/meilisearch-go"
)

// TestChangedByHand: a generation whose settings somebody has changed is cut as
// no question is: it would find something else.
func TestChangedByHand(t *testing.T) {
	t.Parallel()
	c := realServer(t)
	e, ctx := open(t, c), t.Context()
	x := e.feeds.Index(c.Prefix + "g1")
	whole := stamp("g1")
	whole.Complete = true
	for what, change := range map[string]func() (*meilisearch.TaskInfo, error){
		"typos": func() (*meilisearch.TaskInfo, error) {
			return x.UpdateTypoToleranceWithContext(ctx, &meilisearch.TypoTolerance{Enabled: true})
		},
		"searchable": func() (*meilisearch.TaskInfo, error) {
			return x.UpdateSearchableAttributesWithContext(ctx, &[]string{documentField})
		},
		"prefixes":   func() (*meilisearch.TaskInfo, error) { return x.ResetPrefixSearchWithContext(ctx) },
		"stop words": func() (*meilisearch.TaskInfo, error) { return x.UpdateStopWordsWithContext(ctx, &[]string{"条件"}) },
	} {
		if err := e.Create(ctx, stamp("g1")); err != nil {
			t.Fatal(err)
		}
		if err := e.Keep(ctx, whole); err != nil {
			t.Fatal(err)
		}
		if all, err := e.Generations(ctx); err != nil || len(all) != 1 || all[0] != whole {
			t.Fatalf("%s: before: %v, %v", what, all, err)
		}
		if err := e.do(ctx, what, change); err != nil {
			t.Fatal(err)
		}
		if all, err := e.Generations(ctx); err != nil || len(all) != 1 || all[0].Cut == whole.Cut {
			t.Errorf("%s: %v, %v", what, all, err)
		}
	}
}

// TestNothingAnswers: what the network says is said in words.
func TestNothingAnswers(t *testing.T) {
	t.Parallel()
	at := &net.TCPAddr{IP: net.IPv4(10, 0, 0, 7), Port: 7700}
	for want, err := range map[string]error{
		"nothing answers at 10.0.0.7:7700: see whether the server runs": &net.OpError{Op: "dial", Net: "tcp", Addr: at, Err: syscall.ECONNREFUSED},
		"the name meili.test is not known: check the address":           &net.OpError{Op: "dial", Err: &net.DNSError{Name: "meili.test", Err: "no such host"}},
	} {
		if got := bare(err).Error(); !strings.HasPrefix(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

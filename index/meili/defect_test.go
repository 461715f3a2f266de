package meili

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/meilisearch/meilisearch-go"

	"github.com/policybot/policybot/index"
)

// What meilisearch-go v0.36.3 does wrong, one test each. Where a test says
// that the library does it right, what works around it can go.

// libraryOn returns the library as it comes, on a server.
func libraryOn(t *testing.T, h http.HandlerFunc, options ...meilisearch.Option) (string, meilisearch.ServiceManager) {
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL, meilisearch.New(server.URL, options...)
}

// 1. Compressed requests that are made at the same time get each other's
// bodies: none of ours is compressed, nor asked for.
func TestNothingIsCompressed(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var wrong []string
	serve := func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("Content-Encoding") != "" || r.Header.Get("Accept-Encoding") != "" || !json.Valid(body) {
			mu.Lock()
			wrong = append(wrong, fmt.Sprintf("%v %.40q", r.Header, body))
			mu.Unlock()
		}
		_, _ = io.WriteString(w, answerOf(string(body), `{"document":"a","ordinal":1}`))
	}
	address, _ := libraryOn(t, serve)
	e := open(t, Config{URL: address, Prefix: "p-"})
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() {
			for range 20 {
				if _, err := e.Recall(t.Context(), "g1", probe("甲", "乙", "丙")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	asking.Wait()
	if len(wrong) > 0 {
		t.Errorf("%d requests, the first %s", len(wrong), wrong[0])
	}
}

// 2. It sends a repeated request without its body: TestFeedTriesAgain shows
// that ours are whole. This shows that the library is not let.
func TestLibraryDoesNotRepeat(t *testing.T) {
	t.Parallel()
	var bodies []string
	serve := func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	address, _ := libraryOn(t, serve)
	e := open(t, Config{URL: address, Prefix: "p-"})
	if _, err := e.Recall(t.Context(), "g1", probe("甲")); err == nil {
		t.Error("no error")
	}
	if len(bodies) != 1 || !json.Valid([]byte(bodies[0])) {
		t.Errorf("requests %q", bodies)
	}
}

// A connection that the server has just closed is not a failure: the request
// can be sent again, whole, by net/http itself.
func TestClosedIdleConnection(t *testing.T) {
	t.Parallel()
	var n int
	serve := func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if n++; n == 2 {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_ = conn.Close() // without an answer, as a server that restarts
			}
			return
		}
		_, _ = io.WriteString(w, answerOf(string(body), `{"document":"a","ordinal":1}`))
	}
	address, _ := libraryOn(t, serve)
	e := open(t, Config{URL: address, Prefix: "p-"})
	for range 2 {
		if found, err := e.Recall(t.Context(), "g1", probe("甲")); err != nil || len(found) != 1 {
			t.Fatalf("%v, %v", found, err)
		}
	}
}

// 3. Its errors cannot be unwrapped.
func TestErrorsCanBeUnwrapped(t *testing.T) {
	t.Parallel()
	stuck := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // so that its end is noticed
		<-r.Context().Done()
	}
	address, library := libraryOn(t, stuck)
	e := open(t, Config{URL: address, Prefix: "p-"})
	for name, call := range map[string]func(context.Context) error{
		"recall":      func(ctx context.Context) error { _, err := e.Recall(ctx, "g1", probe("a")); return err },
		"apply":       func(ctx context.Context) error { return e.Apply(ctx, stamp("g1"), nil, nil) },
		"check":       func(ctx context.Context) error { _, err := e.Check(ctx); return err },
		"generations": func(ctx context.Context) error { _, err := e.Generations(ctx); return err },
	} {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Millisecond, cancel)
		if err := call(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	if _, err := library.VersionWithContext(ctx); errors.Is(err, context.Canceled) {
		t.Error("the library's own errors can be unwrapped now")
	}
}

// 4. It calls local time UTC. No time is ever sent: days are numbers, and
// tasks are asked for by their number.
func TestNoTimesAreSent(t *testing.T) {
	t.Parallel()
	s := &standIn{}
	e := standInFor(t, s)
	put := entriesOf("a")
	put[0].From, put[0].Until = "2024-02-29", ""
	p := probe("条件")
	p.Filter.Day = "2024-03-01"
	if err := e.Apply(t.Context(), stamp("g1"), put, []string{"a"}); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Recall(t.Context(), "g1", p); err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprint(s.got())
	for _, a := range s.got() {
		all += a.body
	}
	if strings.Contains(all, "T00:00") || !strings.Contains(all, `"from":20240229,"until":99999999`) || !strings.Contains(all, `until \u003c= 20240301`) {
		t.Errorf("sent %s", all)
	}
}

// 5. It leaves out what is false, empty or 0: that facets are not searched has
// to be said by itself, and a count asks for one document.
func TestFalseIsSent(t *testing.T) {
	t.Parallel()
	if data, _ := json.Marshal(&meilisearch.Settings{FacetSearch: false}); strings.Contains(string(data), "facetSearch") {
		t.Error("the library sends false now")
	}
	var got []string
	s := &standIn{}
	s.answer = func(_ *http.Request, a asked) (int, string, error) {
		if strings.HasSuffix(a.path, "/settings/facet-search") && a.method == http.MethodPut {
			got = append(got, a.body)
		}
		if strings.HasSuffix(a.path, "/documents/fetch") {
			got = append(got, a.body)
			return 200, `{"results":[],"total":5}`, nil
		}
		return 0, "", nil
	}
	e := standInFor(t, s)
	for _, x := range settings(e.feeds.Index("p-g1")) {
		if x.put != nil {
			if _, err := x.put(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	n, err := e.Count(t.Context(), "g1")
	if err != nil || n != 5 || len(got) != 2 || got[0] != "false" || !strings.Contains(got[1], `"limit":1`) {
		t.Errorf("%d, %v: %q", n, err, got)
	}
}

// 6. It cannot read settings with filterable attributes of our kind.
func TestSettingsAreRead(t *testing.T) {
	t.Parallel()
	e, ctx := open(t, realServer(t)), t.Context()
	if err := e.Create(ctx, stamp("g1")); err != nil {
		t.Fatal(err)
	}
	x := e.feeds.Index(e.prefix + "g1")
	if _, err := x.GetSettingsWithContext(ctx); err == nil {
		t.Error("the library can read them now")
	}
	for _, s := range settings(x) {
		if found, err := s.get(ctx); err != nil || !same(s.want, found) {
			t.Errorf("%s is %v, want %v: %v", s.name, found, s.want, err)
		}
	}
}

// A server that keeps another value than was set is not used.
func TestSettingsAreCompared(t *testing.T) {
	t.Parallel()
	s := &standIn{answer: func(_ *http.Request, a asked) (int, string, error) {
		switch {
		case a.String() == "GET /indexes/p-g1/documents/stamp":
			return 404, fmt.Sprintf(noneYet, noIndex), nil
		case a.method == http.MethodGet && strings.Contains(a.path, "/settings/"):
			return 200, `["words"]`, nil
		}
		return 0, "", nil
	}}
	err := standInFor(t, s).Create(t.Context(), stamp("g1"))
	if err == nil || !strings.Contains(err.Error(), "searchableAttributes") {
		t.Errorf("%v", err)
	}
}

// What somebody changed afterwards makes the generation one of no cut.
func TestChangedSettings(t *testing.T) {
	t.Parallel()
	e, ctx := open(t, realServer(t)), t.Context()
	m := stamp("g1")
	if err := e.Create(ctx, m); err != nil {
		t.Fatal(err)
	}
	m.Complete = true
	if err := e.Keep(ctx, m); err != nil {
		t.Fatal(err)
	}
	cut := func() string {
		t.Helper()
		stamps, err := e.Generations(ctx)
		if err != nil || len(stamps) != 1 || !stamps[0].Complete {
			t.Fatalf("%+v, %v", stamps, err)
		}
		return stamps[0].Cut
	}
	if got := cut(); got != m.Cut {
		t.Errorf("untouched it says %q", got)
	}
	err := e.do(ctx, "changing", func() (*meilisearch.TaskInfo, error) {
		return e.feeds.Index(e.prefix+"g1").UpdateStopWordsWithContext(ctx, &[]string{"的"})
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := cut(); !strings.Contains(got, "stopWords") {
		t.Errorf("changed it says %q", got)
	}
}

// 7. It changes the requests it is given: each question has its own. The
// detector of races would see one that is shared.
func TestProbesAreShared(t *testing.T) {
	t.Parallel()
	e := standInFor(t, &standIn{})
	p := probe("甲", "乙", "丙", "丁")
	p.Words[0].Also = []index.Also{{Words: []string{"戊"}, Weight: .5}}
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() {
			if found, err := e.Recall(t.Context(), "g1", p); err != nil || len(found) != 1 {
				t.Errorf("%v, %v", found, err)
			}
		})
	}
	asking.Wait()
}

// 8. It waits for ever: TestHang shows that ours does not.
func TestEveryClientHasALimit(t *testing.T) {
	t.Parallel()
	if searchTimeout <= 0 || feedTimeout <= 0 {
		t.Error("no limit")
	}
	tr := newTransport()
	if tr.MaxIdleConns == 0 || tr.IdleConnTimeout == 0 || tr.ResponseHeaderTimeout == 0 || tr.TLSHandshakeTimeout == 0 || !tr.DisableCompression {
		t.Error("a transport without bounds")
	}
}

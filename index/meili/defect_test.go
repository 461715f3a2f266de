package meili

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
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

// TestLibraryRepeatsNothing: the library's own repetition, which we do without,
// has no body.
func TestLibraryRepeatsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &standIn{answer: func(*http.Request, asked) (int, string, error) { return http.StatusServiceUnavailable, "", nil }}
		library := meilisearch.New("http://meili.test:7700", meilisearch.WithCustomClient(&http.Client{Transport: s}))
		_, _ = library.MultiSearchWithContext(t.Context(), &meilisearch.MultiSearchRequest{Queries: []*meilisearch.SearchRequest{{IndexUID: "a"}}})
		if got := s.got(); len(got) < 2 || got[0].body == "" || got[1].body == got[0].body {
			t.Errorf("the library repeats requests as they are now: %v", got)
		}
	})
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
	all := ""
	for _, a := range s.got() {
		all += fmt.Sprintln(a.method, a.path, a.query, a.body)
	}
	if clockTime.MatchString(all) || !strings.Contains(all, `"from":20240229,"until":99999999`) || !strings.Contains(all, `until \u003c= 20240301`) {
		t.Errorf("sent %s", all)
	}

	noon := time.Date(2024, 2, 29, 12, 0, 0, 0, time.FixedZone("Beijing", 8*60*60))
	_, _ = e.feeds.TaskReader().GetTasksWithContext(t.Context(), &meilisearch.TasksQuery{AfterEnqueuedAt: noon})
	if got := s.got(); !strings.Contains(got[len(got)-1].query, "2024-02-29T12:00:00Z") {
		t.Errorf("the library sends times as they are now: %s", got[len(got)-1].query)
	}
}

// clockTime is a time as Meilisearch takes it.
var clockTime = regexp.MustCompile(`\d\d-\d\dT\d\d:\d\d`)

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

// 7. It changes the requests it is given: each question has its own, also
// where two have the same probe.
func TestRequestsAreNotShared(t *testing.T) {
	t.Parallel()
	e := standInFor(t, &standIn{})
	var mu sync.Mutex
	var requests []*meilisearch.MultiSearchRequest
	both := make(chan struct{})
	e.searches.options = append(e.searches.options, meilisearch.WithCustomJsonMarshaler(func(v any) ([]byte, error) {
		mu.Lock()
		requests = append(requests, v.(*meilisearch.MultiSearchRequest))
		if len(requests) == 2 {
			close(both)
		}
		mu.Unlock()
		<-both // so that the library has both at once
		return json.Marshal(v)
	}))
	p := probe("甲", "乙", "丙", "丁")
	p.Words[0].Also = []index.Also{{Words: []string{"戊"}, Weight: .5}}
	var asking sync.WaitGroup
	for range 2 {
		asking.Go(func() {
			if found, err := e.Recall(t.Context(), "g1", p); err != nil || len(found) != 1 {
				t.Errorf("%v, %v", found, err)
			}
		})
	}
	asking.Wait()
	if requests[0] == requests[1] {
		t.Error("two questions have one request")
	}
	for _, q := range requests[0].Queries {
		if slices.Contains(requests[1].Queries, q) {
			t.Error("two questions share a query")
		}
	}

	r := meilisearch.SearchRequest{IndexUID: "a"}
	_, _ = e.feeds.Index("b").SearchWithContext(t.Context(), "c", &r)
	if r.IndexUID == "a" && r.Query == "" {
		t.Error("the library leaves requests as they are now")
	}
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

package meili

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// asked is a request that a stand-in got.
type asked struct {
	method, path, body string
	query              string // of the address, decoded
}

func (a asked) String() string { return a.method + " " + a.path }

// standIn answers as a Meilisearch does that has one generation, g1, with the
// stamp of installation one, and does every task at once. It answers in the
// caller's goroutine, so that it can be used in a bubble of synctest.
type standIn struct {
	// answer, where it is not nil, answers first; a status of 0 leaves it to
	// the stand-in.
	answer func(r *http.Request, a asked) (status int, body string, err error)

	mu    sync.Mutex
	asked []asked
	tasks []string // bodies by number
}

func (s *standIn) RoundTrip(r *http.Request) (*http.Response, error) {
	a := asked{method: r.Method, path: r.URL.Path, query: fmt.Sprint(r.URL.Query())}
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		a.body = string(body)
	}
	s.mu.Lock()
	s.asked = append(s.asked, a)
	s.mu.Unlock()
	status, body := 0, ""
	if s.answer != nil {
		var err error
		if status, body, err = s.answer(r, a); err != nil {
			return nil, err
		}
	}
	if status == 0 {
		status, body = s.usual(a)
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(body)),
	}, nil
}

const (
	taken   = http.StatusAccepted
	noneYet = `{"message":"not there","code":"%s","type":"invalid_request"}`
)

// usual answers as a server that is well.
func (s *standIn) usual(a asked) (int, string) {
	switch {
	case a.path == "/health":
		return 200, `{"status":"available"}`
	case a.path == "/version":
		return 200, `{"pkgVersion":"1.50.0"}`
	case strings.HasSuffix(a.path, "-g1/documents/stamp"):
		return 200, `{"policybot_place":"stamp","installation":"one","generation":"g1","cut":"c","cursor":"3","complete":true}`
	case strings.HasPrefix(a.path, "/tasks/"):
		return 200, fmt.Sprintf(`{"uid":%s,"status":"succeeded"}`, strings.TrimPrefix(a.path, "/tasks/"))
	case a.path == "/multi-search":
		return 200, answerOf(a.body, `{"document":"a","ordinal":1}`)
	case strings.HasSuffix(a.path, "/documents/fetch"):
		return 200, `{"results":[],"total":0}`
	case a.method == http.MethodGet:
		return 404, fmt.Sprintf(noneYet, noIndex)
	}
	return taken, s.task("")
}

// task takes a task with a body, and returns the answer.
func (s *standIn) task(body string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tasks = append(s.tasks, body)
	return fmt.Sprintf(`{"taskUid":%d,"status":"enqueued"}`, len(s.tasks)-1)
}

// answerOf answers each query of a multi-search with the same hits.
func answerOf(request, hits string) string {
	var q struct{ Queries []json.RawMessage }
	_ = json.Unmarshal([]byte(request), &q)
	one := `{"hits":[` + hits + `]}`
	return `{"results":[` + strings.TrimSuffix(strings.Repeat(one+",", len(q.Queries)), ",") + `]}`
}

func (s *standIn) got() []asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]asked(nil), s.asked...)
}

// count counts the requests whose String begins so.
func (s *standIn) count(prefix string) (n int) {
	for _, a := range s.got() {
		if strings.HasPrefix(a.String(), prefix) {
			n++
		}
	}
	return n
}

const secret = "very-secret-key-1234567890"

// standInFor returns an engine on a stand-in.
func standInFor(t testing.TB, s *standIn) *Engine {
	t.Helper()
	return open(t, Config{URL: "http://meili.test:7700", Key: secret, Prefix: "p-", Installation: "one", Transport: s})
}

// documentsIn returns the titles of the entries in the body of a request.
func documentsIn(t testing.TB, body string) (out []string) {
	t.Helper()
	var records []record
	if err := json.NewDecoder(bytes.NewReader([]byte(body))).Decode(&records); err != nil {
		t.Fatalf("%v in %.80q", err, body)
	}
	for _, r := range records {
		out = append(out, r.Document)
	}
	return out
}

package meili

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// faults are what can be wrong with an answer, and what the error says.
var faults = map[string]struct {
	status int
	body   string
	err    error
	want   string
}{
	"unavailable":     {503, "", nil, "status 503"},
	"too many":        {429, `{"message":"busy","code":"too_many_search_requests","type":"system"}`, nil, "too_many_search_requests"},
	"HTML of a proxy": {200, "<html><body>sign in</body></html>", nil, "check the address"},
	"HTML error":      {502, "<html>bad gateway</html>", nil, "status 502"},
	"wrong JSON":      {200, `{"results":[{"hits":[`, nil, "check the address"},
	"other JSON":      {200, `{"results":"none"}`, nil, "check the address"},
	"null":            {200, `null`, nil, "check the address"},
	"nothing":         {200, ``, nil, "check the address"},
	"too few results": {200, `{"results":[]}`, nil, "check the address"},
	"wrong hits":      {200, `{"results":[{"hits":[{"document":1,"ordinal":"x"}]}]}`, nil, "check the address"},
	"redirect":        {302, "", nil, "sends elsewhere"},
	"huge":            {200, strings.Repeat(" ", maxSearchAnswer+1), nil, errHuge.Error()},
	"reset":           {0, "", &net.OpError{Op: "read", Err: syscall.ECONNRESET}, "connection reset"},
	"refused":         {0, "", &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, "connection refused"},
	"cut off":         {0, "", io.ErrUnexpectedEOF, "unexpected EOF"},
	"no index":        {404, `{"message":"Index secret words","code":"index_not_found","type":"invalid_request"}`, nil, "index_not_found"},
}

func TestRecallFaults(t *testing.T) {
	t.Parallel()
	for name, f := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &standIn{answer: func(*http.Request, asked) (int, string, error) { return f.status, f.body, f.err }}
			found, err := standInFor(t, s).Recall(t.Context(), "g1", probe("secret"))
			if err == nil || found != nil || !strings.Contains(err.Error(), f.want) {
				t.Fatalf("%v, %v, want %q", found, err, f.want)
			}
			if f.err != nil && !errors.Is(err, f.err) {
				t.Errorf("%v cannot be unwrapped", err)
			}
			for _, hidden := range []string{"secret", "http://", "Bearer"} {
				if strings.Contains(err.Error(), hidden) {
					t.Errorf("the error shows %q: %v", hidden, err)
				}
			}
			if n := len(s.got()); n != 1 {
				t.Errorf("asked %d times: a question is not asked again", n)
			}
		})
	}
}

// A task or a text is asked for again, whole, and not for ever.
func TestFeedTriesAgain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		body   string
		err    error
		tries  int // of which the last succeeds; attempts+1: none does
	}{
		"unavailable once":   {503, "", nil, 2},
		"busy once":          {429, "", nil, 2},
		"reset thrice":       {0, "", &net.OpError{Op: "read", Err: syscall.ECONNRESET}, 4},
		"queue full":         {422, `{"message":"full","code":"no_space_left_on_device","type":"system"}`, nil, 3},
		"unavailable always": {503, "", nil, attempts + 1},
		"queue always full":  {422, `{"message":"full","code":"no_space_left_on_device","type":"system"}`, nil, attempts + 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var bodies []string
				s := &standIn{}
				s.answer = func(_ *http.Request, a asked) (int, string, error) {
					if a.String() != "POST /indexes/p-g1/documents" || strings.Contains(a.body, stampPlace) {
						return 0, "", nil
					}
					if bodies = append(bodies, a.body); len(bodies) < test.tries {
						return test.status, test.body, test.err
					}
					return 0, "", nil
				}
				err := standInFor(t, s).Apply(t.Context(), stamp("g1"), entriesOf("a", "b"), nil)
				if want := test.tries > attempts; (err != nil) != want {
					t.Fatalf("error %v, want one: %t", err, want)
				}
				if len(bodies) != min(test.tries, attempts) {
					t.Fatalf("sent %d times", len(bodies))
				}
				for _, b := range bodies {
					if got := documentsIn(t, b); len(got) != 2 {
						t.Errorf("an attempt sent %v", got)
					}
				}
				if kept := s.count("POST /indexes/p-g1/documents") > len(bodies); kept != (err == nil) {
					t.Errorf("the stamp was kept: %t", kept)
				}
				if test.status == 422 && err != nil && !strings.Contains(err.Error(), "remove finished tasks") {
					t.Errorf("the error does not help: %v", err)
				}
			})
		})
	}
}

// A server that hangs holds nobody longer than the context, or our own limit.
func TestHang(t *testing.T) {
	t.Parallel()
	hang := func(r *http.Request, _ asked) (int, string, error) {
		<-r.Context().Done()
		return 0, "", r.Context().Err()
	}
	synctest.Test(t, func(t *testing.T) {
		e := standInFor(t, &standIn{answer: hang})
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		start := time.Now()
		_, err := e.Recall(ctx, "g1", probe("a"))
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 300*time.Millisecond {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		start = time.Now()
		_, err = e.Recall(t.Context(), "g1", probe("a"))
		if !errors.Is(err, errTimeout) || time.Since(start) != searchTimeout {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		start = time.Now()
		if err := e.Apply(t.Context(), stamp("g1"), nil, nil); !errors.Is(err, errTimeout) || time.Since(start) != feedTimeout {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

// Waiting for a task ends with the context, not with the next look.
func TestWaitEndsWithContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &standIn{answer: func(_ *http.Request, a asked) (int, string, error) {
			if strings.HasPrefix(a.path, "/tasks/") {
				return 200, `{"status":"processing"}`, nil
			}
			return 0, "", nil
		}}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second+time.Millisecond)
		defer cancel()
		start := time.Now()
		err := standInFor(t, s).Keep(ctx, stamp("g1"))
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 10*time.Second+time.Millisecond {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		if n := s.count("GET /tasks"); n < 40 || n > 60 {
			t.Errorf("asked %d times in 10 seconds", n)
		}
	})
}

// What goes over a wire: a body that stops, a connection that breaks, an
// answer without end, a redirect to another host.
func TestWire(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a question went elsewhere")
	}))
	t.Cleanup(elsewhere.Close)
	for name, test := range map[string]struct {
		serve http.HandlerFunc
		want  string
	}{
		"slow body": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`{"results":`))
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, "deadline"},
		"cut off": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`{"results":`))
		}, "unexpected EOF"},
		"reset": {func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			for err := error(nil); err == nil; {
				_, err = w.Write(make([]byte, 1<<20))
			}
		}, errHuge.Error()},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusTemporaryRedirect)
		}, "sends elsewhere"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(test.serve)
			t.Cleanup(server.Close)
			e := open(t, Config{URL: server.URL, Key: secret, Prefix: "p-"})
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			if name == "slow body" {
				ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
				defer cancel()
			}
			_, err := e.Recall(ctx, "g1", probe("a"))
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), secret) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}

// A server that repeats our key in what it says does not bring it into a log.
func TestServerRepeatsKey(t *testing.T) {
	t.Parallel()
	s := &standIn{answer: func(r *http.Request, _ asked) (int, string, error) {
		return 400, `{"message":"you sent ` + r.Header.Get("Authorization") + `\n","code":"` + secret + `","type":"invalid_request"}`, nil
	}}
	err := standInFor(t, s).Create(t.Context(), stamp("g1"))
	if err == nil || strings.Contains(err.Error(), secret) || strings.ContainsAny(err.Error(), "\n") {
		t.Errorf("%v", err)
	}
}

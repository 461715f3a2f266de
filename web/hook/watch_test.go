package hook

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// reader answers with what it read.
func reader() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
		w.Write(b)
	})
}

func TestWatcher(t *testing.T) {
	in(t, func(t *testing.T) {
		w := NewWatcher(nil)
		h := w.Wrap(reader())
		send := func(target string, body io.Reader) *httptest.ResponseRecorder {
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, target, body))
			return rec
		}
		send("/wechat/a?signature=0", strings.NewReader("before"))
		got, last := w.Next(t.Context(), -1, 0)
		if len(got) != 0 || last != 0 {
			t.Fatalf("watched before anybody asked: %v", got)
		}
		go func() {
			time.Sleep(time.Second)
			for _, target := range []string{"/wechat/a?x=1", "/other", "/misspelt?signature=1"} {
				if rec := send(target, strings.NewReader("body")); rec.Body.String() != "body" {
					t.Errorf("the handler read %q", rec.Body)
				}
			}
		}()
		start := time.Now()
		got, _ = w.Next(t.Context(), last, 10*time.Second)
		if len(got) == 0 || time.Since(start) != time.Second || string(got[0].Body) != "body" || got[0].Query != "x=1" || got[0].Length != 4 {
			t.Fatalf("got %+v", got)
		}
		time.Sleep(time.Second)
		if got, last = w.Next(t.Context(), 0, 0); len(got) != 2 || last != 2 || got[1].Path != "/misspelt" {
			t.Fatalf("got %+v, %d", got, last)
		}
		start = time.Now()
		if got, _ = w.Next(t.Context(), last, 2*time.Second); len(got) != 0 || time.Since(start) != 2*time.Second {
			t.Errorf("got %+v after %v", got, time.Since(start))
		}
		// What breaks off breaks off for the handler, too.
		rec := send("/wechat/a", io.MultiReader(strings.NewReader("half"), broken{errors.New("gone")}))
		if got, last = w.Next(t.Context(), last, 0); rec.Code != http.StatusBadRequest || rec.Body.String() != "half" || !got[0].Broken {
			t.Errorf("%d %q, %+v", rec.Code, rec.Body, got)
		}
		// What is too large reaches the handler whole.
		large := strings.Repeat("x", watchBody+100)
		rec = send("/wechat/a", strings.NewReader(large))
		if got, _ = w.Next(t.Context(), last, 0); rec.Body.Len() != len(large) || len(got[0].Body) != watchBody {
			t.Errorf("the handler read %d, %d kept", rec.Body.Len(), len(got[0].Body))
		}
		for range 100 {
			send("/wechat/a", strings.NewReader("x"))
		}
		if got, _ = w.Next(t.Context(), 0, 0); len(got) != watchMost {
			t.Errorf("%d kept", len(got))
		}
		time.Sleep(time.Minute)
		send("/wechat/a", strings.NewReader("x"))
		if w.armed.Load() || w.kept != nil {
			t.Error("still watching a minute after anybody asked")
		}
	})
}

package links_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"code.dny.dev/ssrf"

	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/web/links"
)

// site answers by path, and counts.
func site(t *testing.T, hits *atomic.Int64) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits.Add(1)
		switch r.URL.Path {
		case "/ok":
		case "/no-head":
			if r.Method == http.MethodHead {
				w.WriteHeader(http.StatusMethodNotAllowed)
			}
		case "/gone":
			w.WriteHeader(http.StatusGone)
		case "/missing":
			w.WriteHeader(http.StatusNotFound)
		case "/broken":
			w.WriteHeader(http.StatusInternalServerError)
		case "/door":
			w.WriteHeader(http.StatusForbidden)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		case "/moved":
			http.Redirect(w, r, "/ok", http.StatusMovedPermanently)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "/cut":
			if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
				_ = c.Close()
			}
		case "/endless":
			if r.Method == http.MethodHead {
				w.WriteHeader(http.StatusNotImplemented)
				return
			}
			for {
				if _, err := io.WriteString(w, strings.Repeat("x", 32<<10)); err != nil {
					return
				}
			}
		case "/headers":
			w.Header().Set("X-Long", strings.Repeat("x", 200<<10))
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func anywhere(string, string, syscall.RawConn) error { return nil }

func TestCheck(t *testing.T) {
	t.Parallel()
	var hits atomic.Int64
	s := site(t, &hits)
	c := links.New(links.Config{Now: time.Now, Control: anywhere})
	tests := map[string]struct {
		dead bool
		why  string
	}{
		"/ok": {}, "/no-head": {}, "/door": {}, "/moved": {}, "/endless": {},
		"/gone":    {true, "网页不存在（410）"},
		"/missing": {true, "网页不存在（404）"},
		"/broken":  {true, "网站出错了（500）"},
		"/round":   {true, "跳转太多次"},
		"/file":    {true, "跳转太多次"},
		"/cut":     {true, "没有打开"},
		"/headers": {true, "没有打开"},
	}
	var all []string
	for path := range tests {
		all = append(all, s.URL+path)
	}
	found := c.Check(t.Context(), all)
	if len(found) != len(all) {
		t.Fatalf("%d of %d", len(found), len(all))
	}
	for _, f := range found {
		want := tests[strings.TrimPrefix(f.Address, s.URL)]
		if f.Dead != want.dead || f.Why != want.why || f.Unsure || f.At.IsZero() {
			t.Errorf("%+v, want %+v", f, want)
		}
	}
	closed := httptest.NewServer(nil)
	closed.Close()
	if f := c.Check(t.Context(), []string{closed.URL, "http://no-such-name.invalid/"}); len(f) != 2 || f[0].Why != "网站没有开" || !f[0].Dead {
		t.Errorf("%+v", f)
	}
	// Where nothing was ever reached, a name that nobody knows tells nothing.
	alone := links.New(links.Config{Now: time.Now, Control: anywhere})
	const lost = "http://no-such-name.invalid/"
	if f := alone.Check(t.Context(), []string{lost}); len(f) != 1 || f[0].Dead || !f[0].Unsure || !strings.Contains(f[0].Why, "外网") {
		t.Errorf("%+v", f)
	}
	if f := alone.Check(t.Context(), []string{s.URL + "/ok", lost}); len(f) != 2 || !f[1].Dead || f[1].Why != "没有这个域名" {
		t.Errorf("%+v", f)
	}
	secure := httptest.NewTLSServer(nil)
	t.Cleanup(secure.Close)
	secure.Config.ErrorLog = nil
	if f := c.Check(t.Context(), []string{secure.URL}); len(f) != 1 || !strings.Contains(f[0].Why, "证书") {
		t.Errorf("%+v", f)
	}
}

func TestFoundIsGoodForADay(t *testing.T) {
	t.Parallel()
	var hits atomic.Int64
	s, now := site(t, &hits), time.Unix(1_800_000_000, 0)
	c := links.New(links.Config{Now: func() time.Time { return now }, Control: anywhere})
	all := []string{s.URL + "/ok", s.URL + "/ok"}
	if _, unknown := c.Known(all[:1]); unknown != 1 {
		t.Error("something is known beforehand")
	}
	c.Check(t.Context(), all)
	now = now.Add(23 * time.Hour)
	c.Check(t.Context(), all)
	if known, unknown := c.Known(all); len(known) != 2 || unknown != 0 || hits.Load() != 1 {
		t.Errorf("%d known, %d requests", len(known), hits.Load())
	}
	now = now.Add(2 * time.Hour)
	c.Check(t.Context(), all)
	if hits.Load() != 2 {
		t.Errorf("%d requests after a day", hits.Load())
	}
}

// TestNeverInside: nothing but the public internet is connected to, whatever
// the name says, and wherever a redirect leads.
func TestNeverInside(t *testing.T) {
	t.Parallel()
	var inner, outer atomic.Int64
	secret := site(t, &inner)
	_, port, _ := strings.Cut(strings.TrimPrefix(secret.URL, "http://"), ":")
	var there string
	open := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		outer.Add(1)
		http.Redirect(w, r, there, http.StatusFound)
	}))
	t.Cleanup(open.Close)
	guard := ssrf.New(ssrf.WithAnyPort())
	c := links.New(links.Config{Now: time.Now, Control: func(network, address string, conn syscall.RawConn) error {
		if "http://"+address == open.URL {
			return nil // stands for a public site
		}
		return guard.Safe(network, address, conn)
	}})
	there = secret.URL + "/ok"
	if f := c.Check(t.Context(), []string{open.URL + "/a"}); len(f) != 1 || f[0].Dead || !f[0].Unsure {
		t.Errorf("%+v", f)
	}
	if outer.Load() == 0 || inner.Load() != 0 {
		t.Errorf("%d at the door, %d inside", outer.Load(), inner.Load())
	}
	c = links.New(links.Config{Now: time.Now})
	var all []string
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1", "2130706433", "10.0.0.8", "192.168.1.1",
		"172.16.0.1", "169.254.169.254", "100.64.0.1", "[fd00::1]", "[fe80::1]", "[64:ff9b::7f00:1]"} {
		all = append(all, "http://"+host+":"+port+"/ok", "http://"+host+"/")
	}
	for _, f := range c.Check(t.Context(), all) {
		if f.Why == "" {
			t.Errorf("%s was opened", f.Address)
		}
	}
	if inner.Load() != 0 {
		t.Errorf("%d requests came through", inner.Load())
	}
}

var _ desk.LinkChecker = (*links.Checker)(nil)

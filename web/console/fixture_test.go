package console_test

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/corpus/holiday"
	"github.com/policybot/policybot/door"
	"github.com/policybot/policybot/store"
	"github.com/policybot/policybot/web/console"
	"github.com/policybot/policybot/web/page"
)

// overview tells what a test wants it to.
type overview struct{}

func (overview) Freshness(context.Context) (console.Freshness, error) {
	return console.Freshness{Documents: 128, Pending: 2, Behind: 40 * time.Second, Unchecked: 1}, nil
}

func (overview) Unanswered(context.Context, []string, time.Time, int) (console.Unanswered, error) {
	return console.Unanswered{Asked: 412, Count: 37, Questions: []console.Question{
		{At: time.UnixMilli(1_800_000_000_000), Account: "qinglan", Text: "共享单车押金不退找谁"},
		{At: time.UnixMilli(1_799_990_000_000), Account: "qinglan", Text: "<script>alert(1)</script>孩子上户口要什么"},
	}}, nil
}

// pager is what those on duty are told.
type pager struct {
	mu              sync.Mutex
	standing, taken map[string]string // by key: text, who
}

func (p *pager) Standing(context.Context) (console.Standing, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := console.Standing{Outside: true, Deputy: true}
	for key, text := range p.standing {
		s.Alarms = append(s.Alarms, console.Alarm{Key: key, Text: text, By: p.taken[key]})
	}
	return s, nil
}

func (p *pager) TakeOn(_ context.Context, key string, by desk.Actor) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.standing[key] == "" {
		return corpus.ErrNotFound
	}
	p.taken[key] = by.Display
	return nil
}

// directory is a few agencies.
type directory []corpus.Agency

func (d directory) AllAgencies(context.Context) ([]corpus.Agency, error) { return d, nil }

// desktop is a console with everything around it.
type desktop struct {
	*console.Site
	store   *store.Store
	base    string
	clock   *atomic.Int64
	log     *bytes.Buffer
	logging *sync.Mutex
	answers *bot.Responder // as callbacks are answered, but that nothing is searched
	gone    atomic.Bool    // it takes requests, and answers none
	near    []console.Near // what Nearest finds
}

func (d *desktop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if d.gone.Load() {
		panic(http.ErrAbortHandler)
	}
	d.Site.ServeHTTP(w, r)
}

// actions lists what the history says, oldest first.
func (d *desktop) actions(t *testing.T) string {
	t.Helper()
	all, err := d.store.Entries(t.Context(), desk.EntryFilter{}, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, e := range slices.Backward(all) {
		words = append(words, e.Action)
	}
	return strings.Join(words, " ")
}

// pass lets time go by.
func (d *desktop) pass(by time.Duration) { d.clock.Add(by.Milliseconds()) }

func (d *desktop) logged() string {
	d.logging.Lock()
	defer d.logging.Unlock()
	return d.log.String()
}

type locked struct {
	io.Writer
	mu *sync.Mutex
}

func (l locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Writer.Write(b)
}

const good = "lantern 4 willow"

// open serves a console. https names the address that it believes to have; ""
// is the one that it has.
func open(t testing.TB, https string) *desktop {
	t.Helper()
	d := &desktop{clock: &atomic.Int64{}, log: &bytes.Buffer{}, logging: &sync.Mutex{}}
	d.clock.Store(1_800_000_000_000)
	now := func() time.Time { return time.UnixMilli(d.clock.Load()) }
	s, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "p.db"), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	d.store = s
	d.answers = bot.NewResponder(bot.Config{
		Finder: nothing{}, Register: s, Library: s, Pins: s, Stops: s, Now: now, Log: slog.New(slog.DiscardHandler),
		Accounts: func(name string) bot.Account {
			return bot.Account{Name: name, BaseURL: "https://policy.example.cn", Own: true}
		},
	})
	pages, err := page.New("")
	if err != nil {
		t.Fatal(err)
	}
	vault, err := door.NewVault(bytes.Repeat([]byte("k"), door.VaultKey))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(nil)
	d.base = "http://" + server.Listener.Addr().String()
	d.Site, err = console.New(console.Config{
		Door: door.New(door.Config{
			Store: s, People: console.ByName(s), Hasher: door.CheapHasher(), Secret: []byte("s"), Vault: vault, Now: now,
		}),
		Desk: &desk.Desk{
			People: s, Works: s, Comments: s, Foresight: s, Uploads: s, History: s, Timers: s, Concerns: s, Archive: s,
			Corpus: &corpus.Desk{Store: s}, Calendar: holiday.New(), Now: now,
			Pins: s, Stops: s, Rules: s, WordList: s, Differences: s, Accounts: func() []desk.Account { return accounts },
			Heard: d.heard, Rehearse: d.rehearse, Bursts: d.bursts,
			Knowledge: func(ctx context.Context, _ string) (desk.Knowledge, error) {
				words, err := s.Words(ctx)
				return desk.Knowledge{Words: words}, err
			},
			Reader: readFile,
		},
		Overview: overview{}, Alarms: &pager{standing: map[string]string{"concern5h 1": "《停水》：权威信息还没有发布"}, taken: map[string]string{}}, Originals: s, Facsimile: drawing{}, Preview: previewing{}, Finder: d, Pages: pages, Now: now,
		Citizens: func(string) string { return "https://policy.example.cn" },
		Agencies: directory{
			{ID: "a", Name: "青岚市民政局", Region: "青岚市", Phone: "0599-1234567、0599-7654321", Address: "文昌路18号", Checked: "2026-12-01", Matters: []string{"低保"}},
			{ID: "b", Name: "青岚市医疗保障局", Region: "青岚市", Phone: "0599-2222222", Address: "明湖路6号", Checked: "2025-12-01"},
		},
		Log: slog.New(slog.NewJSONHandler(locked{d.log, d.logging}, nil)), BaseURL: cmp.Or(https, d.base),
		Proxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")},
	})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = d
	server.Start()
	t.Cleanup(server.Close)
	return d
}

// enter adds a person with a password.
func (d *desktop) enter(t testing.TB, name, agency string, roles ...desk.Role) desk.Staff {
	t.Helper()
	p, err := d.store.AddPerson(t.Context(), desk.Staff{Name: name, Display: "某" + name, Agency: agency, Roles: roles}, desk.Actor{})
	if err == nil {
		err = d.Door.SetPassword(t.Context(), p.ID, name, good)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// client is somebody's browser, as far as cookies and forms go.
type client struct {
	*http.Client
	t      testing.TB
	base   string
	header http.Header // sent with every request
}

func (d *desktop) client(t testing.TB) *client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &client{t: t, base: d.base, header: http.Header{}, Client: &http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// reply is what came back.
type reply struct {
	*http.Response
	body string
}

func (c *client) do(method, path string, form url.Values) reply {
	c.t.Helper()
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		req.Header.Set("Origin", c.base)
	}
	for name, values := range c.header {
		req.Header[name] = values
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
	}
	res, err := c.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return reply{res, string(text)}
}

func (c *client) get(path string) reply { c.t.Helper(); return c.do(http.MethodGet, path, nil) }

// post sends pairs of names and values.
func (c *client) post(path string, pairs ...string) reply {
	c.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return c.do(http.MethodPost, path, form)
}

func (r reply) must(t testing.TB, status int) reply {
	t.Helper()
	if r.StatusCode != status {
		t.Fatalf("%s %s: %d, want %d\n%s", r.Request.Method, r.Request.URL.Path, r.StatusCode, status, r.words())
	}
	return r
}

var tags = regexp.MustCompile(`(?s)<script.*?</script>|<[^>]*>`)

// words is the text of a page.
func (r reply) words() string {
	return strings.Join(strings.Fields(tags.ReplaceAllString(r.body, " ")), " ")
}

func (r reply) says(t *testing.T, words ...string) reply {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(r.words(), w) {
			t.Errorf("%s does not say %q:\n%s", r.Request.URL.Path, w, r.words())
		}
	}
	return r
}

// signIn signs somebody in.
func (c *client) signIn(name string) *client {
	c.t.Helper()
	c.post("/console/sign-in", "name", name, "password", good).must(c.t, http.StatusSeeOther)
	return c
}

package web_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/local"
	"github.com/policybot/policybot/web"
)

// source is the shelf in memory as what an index is built from.
type source struct{ shelf }

func (source) Changes(context.Context, int64, int) ([]index.Change, error)     { return nil, nil }
func (source) Newest(context.Context) (int64, error)                           { return 1, nil }
func (source) Documents(context.Context, []string) ([]index.Live, error)       { return nil, nil }
func (source) Cuts(context.Context, string, []corpus.Ref) ([]index.Cut, error) { return nil, nil }
func (source) SaveCuts(_ context.Context, _ string, _ []index.Cut) error       { return nil }
func (s source) Standing(_ context.Context, ids []string) (map[string]index.Standing, error) {
	out := map[string]index.Standing{}
	for _, id := range ids {
		if e, ok := s.shelf[id]; ok {
			out[id] = index.Standing{Revision: e.revision.Number, Document: e.document}
		}
	}
	return out, nil
}

func (s source) Each(_ context.Context, yield func(index.Live) error) error {
	for _, e := range s.shelf {
		if err := yield(index.Live{Document: e.document, Revision: e.revision}); err != nil {
			return err
		}
	}
	return nil
}

func (s source) EachDocument(_ context.Context, yield func(corpus.Document) error) error {
	for _, e := range s.shelf {
		if err := yield(e.document); err != nil {
			return err
		}
	}
	return nil
}

// blanks is a Segmenter that cuts at blanks.
type blanks struct{}

func (blanks) Words(text string) (out []string) {
	for w := range strings.FieldsSeq(index.FoldString(text)) {
		if utf8.RuneCountInString(w) > 1 {
			out = append(out, w)
		}
	}
	return out
}

func (b blanks) Long(text string) []string {
	return slices.DeleteFunc(b.Words(text), func(w string) bool { return utf8.RuneCountInString(w) < 3 })
}

func (b blanks) Cut(text string) []string { return b.Words(text) }

func (blanks) Version() string { return "blanks" }

// searcher searches the shelf in memory by the real index.
type searcher struct {
	source
	shelf *index.Shelf
}

func (s searcher) Search(ctx context.Context, q index.Search) (index.Found, error) {
	return s.shelf.Search(ctx, q)
}

func searching(t *testing.T, documents shelf) searcher {
	t.Helper()
	engine, err := local.Open(t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	lex, err := index.ShippedLexicon()
	if err != nil {
		t.Fatal(err)
	}
	s := searcher{source{documents}, index.NewShelf("local", engine, source{documents}, slog.New(slog.DiscardHandler))}
	s.shelf.Use(lex, blanks{})
	if err := s.shelf.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// at makes an address of parameters in the order given.
func at(parameters ...string) string {
	var b strings.Builder
	b.WriteString("/search")
	for i := 0; i+1 < len(parameters); i += 2 {
		b.WriteString([]string{"?", "&"}[min(i, 1)] + parameters[i] + "=" + url.QueryEscape(parameters[i+1]))
	}
	return b.String()
}

// unescape undoes what a template does to an attribute.
var unescape = strings.NewReplacer("&amp;", "&", "&#43;", "+")

func fetch(t *testing.T, h http.Handler, address string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, address, nil))
	return w.Code, unescape.Replace(w.Body.String())
}

var hitLink = regexp.MustCompile(`<a class="doc" href="([^"]*)">`)

func hitsOf(body string) (out []string) {
	for _, m := range hitLink.FindAllStringSubmatch(body, -1) {
		out = append(out, m[1])
	}
	return out
}

func TestSearchPage(t *testing.T) {
	t.Parallel()
	h := open(t, setup{})
	for _, c := range []struct {
		address string
		want    []string // in the page, in this order
		not     []string
	}{
		{at("q", "敬老卡 代办"), []string{
			`<title>敬老卡 代办 - 查政策 - 青岚市政策问答</title>`, `<meta name="robots" content="noindex">`, `value="敬老卡 代办"`,
			`name="kind" value="guide">办事指南 <i>1</i>`, "找到", `<mark>敬老卡</mark>`, `class="badge">示例`,
		}, []string{"没有一份文件"}},
		{at("q", "老人卡"), []string{`<mark>敬老卡</mark>`}, nil}, // by the lexicon
		{at("q", "优待证"), []string{"已废止", "请注意：本文件已于2024年5月1日废止，现在按", `href="/d/jinglaoka-banfa"`, `<a class="doc" href="/d/jinglaoka-2018/a`, "<mark>优待证</mark>"}, nil},
		{at("q", "停车泊位"), []string{"/d/tingche-2020", "将施行", "/d/zuche-guiding"}, nil}, // in force first
		{at("q", "停车泊位", "sort", "date"), []string{"/d/zuche-guiding", "/d/tingche-2020"}, nil},
		{at("q", "停车泊位", "validity", "in_force"), []string{"有效性：现行有效", `aria-pressed="true"`, "/d/tingche-2020"}, []string{"/d/zuche-guiding"}},
		{at("q", "火星", "kind", "guide"), []string{"没有找到有“火星”的文件", `name="text" value="火星"`}, []string{"只查"}},
		{at("q", "敬老卡 火星"), []string{"没有一份文件同时有“敬老卡”“火星”，下面的有其中1个。", "/d/jinglaoka"}, nil},
		{at("q", "敬老卡 火星 土星"), []string{`href="` + at("q", "敬老卡") + `">只查“敬老卡”（`}, []string{"只查“火星”"}},
		{at("q", "敬老卡", "kind", "catalogue", "year", "2024"), []string{
			"没有符合全部条件的文件", `href="` + at("q", "敬老卡", "year", "2024") + `">不限类型（`, `href="` + at("q", "敬老卡") + `">去掉全部条件（`}, nil},
		{at(), []string{"共", "份文件，新的在前。"}, []string{"noindex", "最相关的在前", "<mark>"}},
		{at("kind", "policy", "year", "2024"), []string{"类型：政策文件", "年份：2024年", "符合的文件有1份", "/d/jinglaoka-banfa"}, []string{"noindex"}},
		{at("q", "卡"), []string{"请写两个字以上的词"}, nil},
		{at("q", "办法", "agency", "青岚市民政局"), []string{"单位：青岚市民政局"}, []string{"/d/laji-banfa"}},
		{at("topic", "没有的主题"), []string{"主题：没有的主题", "没有符合全部条件的文件"}, nil},
	} {
		status, body := fetch(t, h, c.address)
		if status != http.StatusOK || len(body) > 50_000 {
			t.Errorf("%s: status %d, %d bytes", c.address, status, len(body))
		}
		if !strings.Contains(body, `<link rel="canonical" href="https://policy.example`+c.address+`">`) {
			t.Errorf("%s is not its own address", c.address)
		}
		rest := body
		for _, w := range c.want {
			i := strings.Index(rest, w)
			if i < 0 {
				t.Errorf("%s: no %q in its place", c.address, w)
				continue
			}
			rest = rest[i+len(w):]
		}
		for _, n := range c.not {
			if strings.Contains(body, n) {
				t.Errorf("%s says %q", c.address, n)
			}
		}
	}
}

func TestSearchAddresses(t *testing.T) {
	t.Parallel()
	h := open(t, setup{})
	for address, want := range map[string]string{
		"/search?year=2024&q=%E6%95%AC%E8%80%81%E5%8D%A1&utm=1":      at("q", "敬老卡", "year", "2024"),
		"/search?sort=relevance&page=1":                              at(),
		"/search?sort=date":                                          at(), // it is in that order anyway
		"/search?q=%20%20%E6%95%AC%E2%80%8B%E8%80%81%09%E5%8D%A1%FF": at("q", "敬老 卡"),
	} {
		if status, body := fetch(t, h, address); status != http.StatusOK || !strings.Contains(body, `rel="canonical" href="https://policy.example`+want+`"`) {
			t.Errorf("%s: status %d, not at %s", address, status, want)
		}
	}
	for address, want := range map[string]string{
		"/search?q=&kind=&topic=":              "/search",
		"/search?q=&kind=guide&validity=&page": "/search?kind=guide",
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, address, nil))
		if got := w.Header().Get("Location"); w.Code != http.StatusFound || got != want {
			t.Errorf("%s goes to %q with status %d, want %q", address, got, w.Code, want)
		}
	}
}

func TestSearchPages(t *testing.T) {
	t.Parallel()
	s := library()
	for i := range 57 {
		s.put(corpus.Document{ID: fmt.Sprintf("many-%02d", i), Kind: corpus.Notice, Title: fmt.Sprintf("留岗通报%d", i), Published: "2025-01-01", Effective: "2025-01-01"},
			piece{"p1", corpus.BodyRole, "", fmt.Sprintf("留岗通报的正文，第%d份。", i)})
	}
	h := open(t, setup{shelf: s})
	seen := map[string]bool{}
	address := at("q", "留岗通报")
	for n := 1; address != "" && n < 10; n++ {
		_, body := fetch(t, h, address)
		if want := fmt.Sprintf("第%d页，共6页", n); !strings.Contains(body, want) {
			t.Fatalf("%s does not say %s", address, want)
		}
		for _, one := range hitsOf(body) {
			if seen[one] {
				t.Errorf("%s is there twice", one)
			}
			seen[one] = true
		}
		address = ""
		if m := regexp.MustCompile(`rel="next" href="([^"]*)"`).FindStringSubmatch(body); m != nil {
			address = m[1]
		}
	}
	if len(seen) != 57 {
		t.Errorf("%d documents on all pages", len(seen))
	}
	for page, want := range map[string]string{
		"-1": "没有“-1”这一页，从第1页看起。", "0": "第1页，共6页", "abc": "从第1页看起", "99": "没有第99页，这是最后一页。",
		"1073741824": "第6页，共6页", "99999999999999999999999": "第1页，共6页", "６": "第1页，共6页",
	} {
		if status, body := fetch(t, h, at("q", "留岗通报", "page", page)); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("page %s: status %d, without %q", page, status, want)
		}
	}
}

func TestSearchOfHostileInput(t *testing.T) {
	t.Parallel()
	h := open(t, setup{})
	thousand := make([]string, 0, 2000)
	for i := range 500 {
		thousand = append(thousand, "x"+fmt.Sprint(i), "y", "kind", fmt.Sprint("k", i))
	}
	for _, c := range []struct{ address, want string }{
		{at("q", strings.Repeat("敬老卡", 3334)), "您写得比较长，只查了前100个字。"},
		{at("q", `"敬老卡" -代办 AND (OR) site:x *`), "敬老卡"},
		{at("q", `<script>alert(1)</script>`), "&lt;script&gt;"},
		{at("q", `"><img src=x onerror=alert(1)>`), "&lt;img"},
		{at("topic", `"><script>alert(1)</script>`, "agency", `javascript:alert(1)`), "没有符合全部条件"},
		{at("q", "敬\x00老\x1b[31m卡\r\nSet-Cookie: a=b"), "查政策"},
		{"/search?q=%ff%fe%e6%95%ac%ff", "请写两个字以上的词"},
		{"/search?q=%zz&kind=guide;year=2024&&&==&%", "查政策"},
		{at("q", "\u200b\u202e\u2066敬老卡\ufeff"), `value="敬老卡"`},
		{at(thousand...), "同一项写了不止一次，只看了第一次写的。"},
		{at("kind", "foo", "validity", "bar", "year", "20x4", "sort", "up"), "不认识“foo”这个类型，没有按它筛选。"},
		{at("q", "敬老卡", "q", "垃圾"), "只看了第一次写的"},
		{at("agency", strings.Repeat("局", 5000)), "只查了前200个字"},
		{at("q", strings.Repeat("𠮷", 400)), "请写两个字以上的词"},
	} {
		status, body := fetch(t, h, c.address)
		if status != http.StatusOK || len(body) > 50_000 || !strings.Contains(body, c.want) {
			t.Errorf("%.80s: status %d, %d bytes, without %q", c.address, status, len(body), c.want)
		}
		for _, bad := range []string{"<script>alert", "<img src=x", `href="javascript`, "\x00", "\x1b", "\u202e"} {
			if strings.Contains(body, bad) {
				t.Errorf("%.80s: the page has %q", c.address, bad)
			}
		}
		if !utf8.ValidString(body) {
			t.Errorf("%.80s: the page is not UTF-8", c.address)
		}
	}
	// The hostile document itself.
	if _, body := fetch(t, h, at("q", "script alert")); strings.Contains(body, "<script>alert") || !strings.Contains(body, "&lt;<mark>script</mark>&gt;") {
		t.Error("a hostile title is not shown as text")
	}
}

// A real server takes an address of ten thousand characters.
func TestSearchOfTenThousandCharacters(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stopped, h := make(chan error, 1), open(t, setup{})
	go func() { stopped <- web.Serve(ctx, l, h, slog.New(slog.DiscardHandler), time.Second) }()
	defer func() {
		stop()
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	}()
	res, err := http.Get("http://" + l.Addr().String() + at("q", strings.Repeat("敬老卡", 3334)))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(body), "只查了前100个字") {
		t.Errorf("status %d, %v", res.StatusCode, err)
	}
}

func TestSearchShowsNothingOfOtherAccounts(t *testing.T) {
	t.Parallel()
	s := library()
	s.put(corpus.Document{
		ID: "theirs", Account: "theirs", Kind: corpus.Catalogue, Title: "机密清单敬老卡", Agency: "机密局", Topics: []string{"机密题"}, Audience: []string{"机密人"},
		Published: "1999-01-01", Effective: "1999-01-01",
	}, article(1, "第一条", "敬老卡机密正文。"))
	seen := s["zuche-guiding"]
	seen.document.Receives = append(seen.document.Receives, corpus.Relation{Kind: corpus.Repeals, From: "theirs", Title: "机密清单敬老卡", Account: "theirs"})
	s["zuche-guiding"] = seen
	h := open(t, setup{shelf: s})
	for _, address := range []string{at(), at("q", "敬老卡"), at("q", "停车泊位"), at("kind", "policy")} {
		if _, body := fetch(t, h, address); strings.Contains(body, "机密") || strings.Contains(body, "1999") || strings.Contains(body, "catalogue") || strings.Contains(body, "repealed\">") && strings.Contains(address, "%E5%81%9C") {
			t.Errorf("%s shows what is not ours", address)
		}
	}
	for _, address := range []string{at("q", "机密"), at("agency", "机密局"), at("topic", "机密题"), at("year", "1999"), at("kind", "catalogue"), at("audience", "机密人")} {
		if _, body := fetch(t, h, address); len(hitsOf(body)) > 0 || strings.Contains(body, "/d/theirs") || strings.Contains(body, "（1）") {
			t.Errorf("%s finds what is not ours", address)
		}
	}
}

func TestSearchTrouble(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]int{
		index.ErrNotReady: http.StatusServiceUnavailable, errors.New("broken"): http.StatusInternalServerError,
		context.DeadlineExceeded: http.StatusServiceUnavailable,
	} {
		h := open(t, setup{searcher: failing{err}})
		if status, body := fetch(t, h, at("q", "敬老卡")); status != want || strings.Contains(body, "broken") {
			t.Errorf("%v: status %d", err, status)
		}
	}
}

type failing struct{ err error }

func (f failing) Search(context.Context, index.Search) (index.Found, error) {
	return index.Found{}, f.err
}
func (f failing) Standing(context.Context, []string) (map[string]index.Standing, error) {
	return nil, f.err
}

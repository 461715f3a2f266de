// Package web is the only user of gin: the router, what every request goes
// through, and the one table that gives an error a status and words. The
// handlers themselves are net/http and stand in hook and citizen.
package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/web/citizen"
	"github.com/policybot/policybot/web/page"
)

// Config is what New needs.
type Config struct {
	Citizen *citizen.Site // required
	Pages   *page.Pages   // required
	Log     *slog.Logger  // required

	// Hooks add callback addresses. They bound bodies and handle errors by
	// themselves; what they share with the pages is the log and the headers.
	Hooks []Registrar
	// Ready says why the process should get no requests yet; nil is ready.
	Ready func() error
	// BaseURL is the origin that citizens see: forms from there are ours even
	// where a proxy changes the Host.
	BaseURL string
	// Observe is told of every request: the route's pattern ("-" where none
	// fits), the status, and how long it took. nil: nobody.
	Observe func(method, route string, status int, took time.Duration)
}

// Registrar adds its routes to a router: hook.Hook is one.
type Registrar interface{ Register(gin.IRouter) }

type server struct {
	Config
	forms *http.CrossOriginProtection
}

// handler is a net/http handler that leaves its errors to us.
type handler func(http.ResponseWriter, *http.Request) error

// New returns the handler of everything that we serve. It fails where BaseURL
// is not an origin.
func New(c Config) (http.Handler, error) {
	s := &server{Config: c, forms: http.NewCrossOriginProtection()}
	if c.BaseURL != "" {
		if err := s.forms.AddTrustedOrigin(origin(c.BaseURL)); err != nil {
			return nil, fmt.Errorf("web: base URL: %w", err)
		}
	}
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	if err := g.SetTrustedProxies(nil); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	g.ForwardedByClientIP = false
	g.RedirectTrailingSlash, g.RedirectFixedPath = false, false
	g.HandleMethodNotAllowed = true
	g.UseRawPath = true // a topic may have a slash in its name
	g.Use(s.identify, s.access, s.recover, secure)
	s.routes(g)
	return compressed(g)
}

var reads = []string{http.MethodGet, http.MethodHead}

func (s *server) routes(g *gin.Engine) {
	site := s.Citizen
	g.Match(reads, "/", s.page(site.Chat))
	g.Match(reads, "/chat", s.page(s.home))
	g.POST("/chat", s.form(site.Ask))
	g.POST("/chat/new", s.form(site.Forget))
	g.Match(reads, "/documents", s.page(site.List))
	g.Match(reads, "/search", s.page(site.Search))
	g.Match(reads, "/d/:document", s.page(site.Document))
	g.Match(reads, "/d/:document/"+corpus.OriginalAnchor, s.page(site.Original))
	g.Match(reads, "/d/:document/:anchor", s.page(site.Document))
	g.POST("/d/:document/verdict", s.form(site.Verdict))
	g.Match(reads, "/topics", s.page(site.Topics))
	g.Match(reads, "/topics/:topic", s.page(site.Topic))
	g.Match(reads, "/agencies", s.page(site.AgencyList))
	g.Match(reads, "/agencies/:agency", s.page(site.Agency))
	g.Match(reads, "/privacy", s.page(site.Privacy))
	g.Match(reads, "/feed.xml", s.page(site.Feed))
	g.Match(reads, "/sitemap.xml", s.page(site.Sitemap))
	g.Match(reads, "/sitemap/:part", s.page(site.SitemapPart))
	g.Match(reads, "/robots.txt", s.page(site.Robots))
	g.Match(reads, page.Prefix+":hash/:name", s.page(s.asset))
	g.Match(reads, "/healthz", s.page(s.healthy))
	g.Match(reads, "/readyz", s.page(s.ready))
	for _, h := range s.Hooks {
		h.Register(g)
	}
	g.NoRoute(s.page(func(http.ResponseWriter, *http.Request) error { return corpus.ErrNotFound }))
	g.NoMethod(s.page(func(http.ResponseWriter, *http.Request) error { return errMethod }))
}

// Routes lists the patterns of the pages, for tests that must miss none.
func Routes() []string {
	g := gin.New()
	(&server{}).routes(g)
	var all []string
	for _, r := range g.Routes() {
		all = append(all, r.Path)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// request gives the parameters of the route to net/http.
func request(c *gin.Context) *http.Request {
	for _, p := range c.Params {
		c.Request.SetPathValue(p.Key, p.Value)
	}
	return c.Request
}

// page runs a handler that reads; bodies are not for it.
func (s *server) page(h handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, 0)
		s.Citizen.Remember(c.Writer, c.Request)
		if err := h(c.Writer, request(c)); err != nil {
			s.fail(c, err)
		}
	}
}

// form runs a handler that takes a form of one of our own pages.
func (s *server) form(h handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := s.forms.Check(c.Request); err != nil {
			s.fail(c, fmt.Errorf("%w: %w", errOrigin, err))
			return
		}
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, citizen.MaxForm)
		if err := h(c.Writer, request(c)); err != nil {
			s.fail(c, err)
		}
	}
}

// home is where somebody who reloads the answer to a form ends.
func (s *server) home(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, s.Pages.At("/"), http.StatusSeeOther)
	return nil
}

func (s *server) asset(w http.ResponseWriter, r *http.Request) error {
	if !s.Pages.File(w, r, r.PathValue("hash"), r.PathValue("name")) {
		return corpus.ErrNotFound
	}
	return nil
}

func (s *server) healthy(w http.ResponseWriter, _ *http.Request) error {
	return say(w, http.StatusOK, "ok")
}

func (s *server) ready(w http.ResponseWriter, r *http.Request) error {
	if s.Ready != nil {
		if err := s.Ready(); err != nil {
			s.Log.LogAttrs(r.Context(), slog.LevelDebug, "not ready", slog.String("reason", err.Error()))
			return say(w, http.StatusServiceUnavailable, "还没有准备好：索引正在建立或载入，请稍后再试。")
		}
	}
	return say(w, http.StatusOK, "ready")
}

func say(w http.ResponseWriter, status int, words string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(words + "\n")) // who asked has gone: nothing to be done
	return nil
}

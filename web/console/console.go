package console

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/door"
	"github.com/policybot/policybot/web/page"
)

// Root is what every address of the console begins with.
const Root = "/console"

// Config is what New needs.
type Config struct {
	Door     *door.Door
	Desk     *desk.Desk
	Agencies Agencies
	Overview Overview
	Alarms   Alarms
	// Originals are the files that revisions were read from.
	Originals Originals
	// Facsimile shows them beside what was recognised; nil: nobody can.
	Facsimile Facsimile
	// Citizens is the origin of an account's public pages; nil: there are none.
	Citizens func(account string) string
	// Preview shows drafts as citizens would see them; nil: nobody can.
	Preview Previewer
	// Finder finds passages for questions that got no answer; nil: none are found.
	Finder Finder
	Pages  *page.Pages // for the style sheet that all pages share
	Log    *slog.Logger
	Now    func() time.Time

	// BaseURL is the origin that staff reach the console by: forms from there
	// are ours even where a proxy changes the Host, and https in it makes
	// cookies secure.
	BaseURL string
	// Proxies are believed when they say whom a request comes from
	// (X-Forwarded-For, the last entry). None is: the connection's address.
	Proxies []netip.Prefix
	// Installation is what staff know this console by: 青岚市政策问答.
	Installation func() string
}

// Agencies is the directory.
type Agencies interface {
	// AllAgencies returns those of every account, by region and name.
	AllAgencies(ctx context.Context) ([]corpus.Agency, error)
}

// Site serves the console. It may be used at the same time.
type Site struct {
	Config
	mux       *http.ServeMux
	forms     *http.CrossOriginProtection
	templates *rendering
	secure    bool
	large     chan struct{} // a place for each large file that is being taken
}

// New returns the console. It fails where BaseURL is not an origin, or a
// template cannot be read.
func New(c Config) (*Site, error) {
	s := &Site{Config: c, mux: http.NewServeMux(), forms: http.NewCrossOriginProtection(), large: make(chan struct{}, largeAtOnce)}
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("console: base URL %q is not an address", c.BaseURL)
	}
	s.secure = u.Scheme == "https"
	if err := s.forms.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
		return nil, fmt.Errorf("console: base URL: %w", err)
	}
	if s.templates, err = parse(c.Pages); err != nil {
		return nil, err
	}
	for _, r := range pages {
		s.mux.Handle(r.Method+" "+Root+r.Path, s.serve(r))
	}
	s.mux.Handle("GET /{$}", http.RedirectHandler(Root+"/", http.StatusSeeOther))
	s.mux.Handle("GET "+Root, http.RedirectHandler(Root+"/", http.StatusSeeOther))
	s.mux.HandleFunc("GET "+Root+"/assets/{hash}/{name}", s.asset)
	s.mux.HandleFunc("GET "+page.Prefix+"{hash}/{name}", func(w http.ResponseWriter, r *http.Request) {
		if !c.Pages.File(w, r, r.PathValue("hash"), r.PathValue("name")) {
			s.lost(w, r)
		}
	})
	s.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("ok\n")) // who asked has gone: nothing to be done
	})
	return s, nil
}

// At is the address of a path below Root, as a person opens it.
func (s *Site) At(path string) string { return strings.TrimRight(s.BaseURL, "/") + Root + path }

// Invite makes a one-time link to set a password and returns its address.
func (s *Site) Invite(ctx context.Context, person int64) (address string, until time.Time, err error) {
	token, l, err := s.Door.Invite(ctx, door.Password, person)
	return s.At("/set-password/" + token), l.Expires, err
}

// First makes the one-time link of a first start, "" where there is an
// administrator already.
func (s *Site) First(ctx context.Context) (address string, until time.Time, err error) {
	none, err := s.unused(ctx)
	if err != nil || !none {
		return "", time.Time{}, err
	}
	token, l, err := s.Door.Invite(ctx, door.First, 0)
	return s.At("/begin/" + token), l.Expires, err
}

// unused reports whether there is no administrator yet.
func (s *Site) unused(ctx context.Context) (bool, error) {
	all, err := s.Desk.People.Everybody(ctx)
	return !slices.ContainsFunc(all, func(p desk.Staff) bool { return p.Is(desk.Admin) }), err
}

// ByName implements door.People on desk's.
func ByName(p desk.People) door.People { return names{p} }

type names struct{ desk.People }

func (n names) ByName(ctx context.Context, name string) (int64, bool, error) {
	who, err := n.PersonNamed(ctx, name)
	return who.ID, who.Disabled, unknown(err)
}

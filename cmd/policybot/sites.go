package main

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/policybot/policybot/corpus/sample"
	"github.com/policybot/policybot/web"
	"github.com/policybot/policybot/web/citizen"
	"github.com/policybot/policybot/web/hook"
	"github.com/policybot/policybot/web/page"
)

// siteKey is all that makes one account's pages what they are. Pages whose key
// a reload leaves as it was go on, with the conversations on them.
type siteKey struct {
	account, name string
	base, root    string
	footer        siteConfig
	invented      bool   // the sample corpus is served: with questions to try
	below         string // paths of the other sites on this host, a line each
}

// sites serve the pages of all accounts: the first account's at the root, the
// others' below /a/NAME or on a host of their own.
type sites struct {
	host      *host
	callbacks *hook.Hook
	pages     *page.Pages // of every site
	making    sync.Mutex
	made      map[siteKey]http.Handler
	table     atomic.Pointer[siteTable]
}

// siteTable says whose pages an address is.
type siteTable struct {
	root   *site
	byHost map[string]*site
	byName map[string]*site
}

type site struct {
	http.Handler
	root string // path below the first account's host, "" at the root of a host
	base string
}

// arrange builds the pages of what is configured now. Where that fails, those
// of before go on.
func (s *sites) arrange() error {
	s.making.Lock()
	defer s.making.Unlock()
	r, invented := s.host.app.roster.Load(), s.host.app.invented()
	made := make(map[siteKey]http.Handler, len(r.accounts))
	t := &siteTable{byHost: map[string]*site{}, byName: map[string]*site{}}
	for i, m := range r.accounts {
		acc := s.host.app.accountNamed(m.Name)
		k := siteKey{account: m.Name, name: acc.Title, base: acc.BaseURL, root: m.root, footer: r.site, invented: invented}
		if i == 0 {
			k.below = strings.Join(r.roots(), "\n")
		}
		h, ok := s.made[k]
		if !ok {
			var err error
			if h, err = s.build(k); err != nil {
				return err
			}
		}
		made[k] = h
		one := &site{h, m.root, acc.BaseURL}
		t.byName[m.Name] = one
		if m.host != "" {
			t.byHost[m.host] = one
		}
		if i == 0 {
			t.root = one
		}
	}
	s.made = made
	s.table.Store(t)
	return nil
}

// ServeHTTP finds the site by host, then by path. An unknown account gets what
// any unknown address gets.
func (s *sites) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t := s.table.Load()
	if one := t.byHost[hostOf(r.Host)]; one != nil {
		one.ServeHTTP(w, r)
		return
	}
	rest, below := strings.CutPrefix(r.URL.Path, "/a/")
	name, _, slash := strings.Cut(rest, "/")
	one := t.byName[name]
	switch {
	case !below || one == nil:
		t.root.ServeHTTP(w, r)
	case one.root == "" || !slash:
		// It has a host, or the root, to itself; or the slash is missing.
		// As it was asked for: a decoded slash or question mark of a topic's
		// name would be another address.
		to := one.base + "/"
		if parts := strings.SplitN(r.URL.EscapedPath(), "/", 4); len(parts) == 4 {
			to += parts[3]
		}
		if r.URL.RawQuery != "" {
			to += "?" + r.URL.RawQuery
		}
		http.Redirect(w, r, to, http.StatusPermanentRedirect)
	default:
		http.StripPrefix(one.root, one).ServeHTTP(w, r)
	}
}

// build wires the pages of one account.
func (s *sites) build(k siteKey) (http.Handler, error) {
	pages := s.pages.Under(k.root)
	var examples []string
	if k.invented {
		examples = sample.Examples()
	}
	a := s.host.app
	retention, err := a.settings.retention()
	if err != nil {
		return nil, err
	}
	return web.New(web.Config{
		Citizen: citizen.New(citizen.Config{
			Documents: a.store, Answer: a.chat, Pages: pages, Now: time.Now,
			Account: k.account, BaseURL: k.base, Root: k.root,
			Name: k.name, Examples: examples, Sample: a.sampleServes, Searcher: searcher{a},
			Addresses: a.store, Originals: a.store, Records: a.store, Asked: a.store, Agencies: a.store, Withdrawals: a.store, Releases: a.store,
			Judge:  a.judge(k.account),
			Footer: page.Footer(k.footer), Retention: retention, Below: strings.Fields(k.below),
		}),
		Pages: pages, Log: a.log, Hooks: []web.Registrar{s.callbacks},
		Ready: a.ready, BaseURL: k.base, Observe: a.watch.Request,
	})
}

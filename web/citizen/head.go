package citizen

import (
	"net/http"
	"net/url"

	"github.com/policybot/policybot/web/page"
)

const (
	printParameter = "print" // ?print=large, ?print=off
	printLarge     = "large"
	printOff       = "off"
	printCookie    = "policybot_print"
	printKept      = 365 * 24 * 3600 // seconds
	maxSwitch      = 2000            // bytes of an address that the switch keeps
)

// Head returns the head of a page for who asks for it, with the account's
// name behind the title.
func (s *Site) Head(r *http.Request, title string) page.Head {
	large := isLarge(r)
	return page.Head{
		Site: s.Name, Title: s.title(title), Feed: "/feed.xml",
		Large: large, Switch: switchTo(r, !large), Footer: s.Footer,
	}
}

// plainHead is the head of a page that nobody asks for by its address.
func (s *Site) plainHead() page.Head { return page.Head{Site: s.Name, Footer: s.Footer} }

func (s *Site) title(title string) string {
	if title == "" || title == s.Name {
		return s.Name
	}
	return title + " - " + s.Name
}

// inherit takes over what a page does not say of itself.
func (v *documentView) inherit(h page.Head) {
	own := v.Head
	v.Head = h
	v.Head.Title, v.Head.Description, v.Head.Canonical = own.Title, own.Description, own.Canonical
	v.Head.Script, v.Head.NoIndex = own.Script, own.NoIndex
}

// isLarge reports whether a page is wanted in large print: as its address
// says, else as was chosen before.
func isLarge(r *http.Request) bool {
	if chosen := r.URL.Query().Get(printParameter); chosen != "" {
		return chosen == printLarge
	}
	c, err := r.Cookie(printCookie)
	return err == nil && c.Value == printLarge
}

// switchTo returns the address of the same page in the other print, relative
// to itself.
func switchTo(r *http.Request, large bool) string {
	q := url.Values{}
	if r.Method != http.MethodPost && len(r.URL.RawQuery) <= maxSwitch {
		q = r.URL.Query()
	}
	q.Set(printParameter, printOff)
	if large {
		q.Set(printParameter, printLarge)
	}
	return "?" + q.Encode()
}

// Remember keeps the print that an address asks for, so that the pages after
// it have the same.
func (s *Site) Remember(w http.ResponseWriter, r *http.Request) {
	chosen := r.URL.Query().Get(printParameter)
	if chosen != printLarge && chosen != printOff {
		return
	}
	c := http.Cookie{
		Name: printCookie, Value: chosen, Path: s.Pages.At("/"), MaxAge: printKept,
		HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	}
	if chosen == printOff {
		c.Value, c.MaxAge = "", -1
	}
	http.SetCookie(w, &c)
}

package console

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/door"
)

// Visit is one request of somebody.
type Visit struct {
	W       http.ResponseWriter
	R       *http.Request
	Me      desk.Staff   // nobody, where the route is for anybody and nobody is signed in
	Session door.Session // Me's

	site   *Site
	route  Route
	id     string // of the request, for the log and for the person to name
	notice string // shown once
}

// Actor is who does something, for desk and the history.
func (v *Visit) Actor() desk.Actor {
	return desk.Actor{Staff: v.Me, From: v.site.address(v.R)}
}

// in reports whether somebody is signed in.
func (v *Visit) in() bool { return v.Me.ID > 0 }

// errForm says that a form cannot be read.
var errForm = errors.New("console: the form cannot be read")

// Form reads the form that was sent, within the route's bound.
func (v *Visit) Form() (url.Values, error) {
	if kind, _, _ := mime.ParseMediaType(v.R.Header.Get("Content-Type")); kind != "application/x-www-form-urlencoded" {
		return nil, errForm
	}
	if err := v.R.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return nil, err
		}
		return nil, errForm
	}
	return v.R.PostForm, nil
}

// Show answers with a page.
func (v *Visit) Show(template, title string, data any) error {
	return v.render(http.StatusOK, template, title, data)
}

// Again answers with a form that has something wrong in it.
func (v *Visit) Again(template, title string, data any) error {
	return v.render(http.StatusUnprocessableEntity, template, title, data)
}

func (v *Visit) render(status int, template, title string, data any) error {
	html, err := v.site.templates.render(template, v.frame(title, data))
	if err != nil {
		return err
	}
	v.W.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.W.WriteHeader(status)
	_, _ = v.W.Write(html) // who asked has gone: nothing to be done
	return nil
}

// Go sends the browser on, after something was done; words are shown once on
// the page there. path is below Root.
func (v *Visit) Go(path, words string) error {
	if words != "" && v.in() {
		if err := v.site.Door.Say(v.R.Context(), v.Session, words); err != nil {
			return err
		}
	}
	http.Redirect(v.W, v.R, Root+path, http.StatusSeeOther)
	return nil
}

// asksJSON reports whether a script asks, not a person.
func asksJSON(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "application/json")
}

// frame is what the layout shows around a page.
func (v *Visit) frame(title string, data any) frame {
	f := frame{Title: title, Site: v.site.name(), Notice: v.notice, Data: data}
	if v.in() {
		f.Me = &v.Me
		for _, w := range rail {
			if w.who.may(v.Me) {
				f.Rail = append(f.Rail, railLink{Root + w.Href, w.Text, w.Href == v.route.Word || v.route.Word == "" && w.Href != "/" && strings.HasPrefix(v.route.Path, w.Href)})
			}
		}
		if v.route.Path == "/{$}" {
			f.Rail[0].Here = true
		}
	}
	return f
}

// name is what the console is called.
func (s *Site) name() string {
	if s.Installation != nil {
		if name := s.Installation(); name != "" {
			return name
		}
	}
	return "政策问答"
}

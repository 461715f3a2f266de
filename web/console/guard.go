package console

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/door"
)

// policy allows what comes from us, in files of its own: no inline script or
// style, no frame around us.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// headers are those of every reply. The referrer stays on our own pages: with
// none at all old browsers send forms with "Origin: null".
func headers(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Cache-Control", "no-store")
}

// ServeHTTP serves the console.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	headers(w.Header())
	if s.secure {
		w.Header().Set("Strict-Transport-Security", "max-age=31536000")
	}
	if _, pattern := s.mux.Handler(r); pattern == "" {
		s.lost(w, r)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// lost answers where there is nothing.
func (s *Site) lost(w http.ResponseWriter, r *http.Request) {
	lost := Route{Method: Get, Path: "-", Who: Anybody, // no body is read, whatever the method is
		Do: func(*Site, *Visit) error { return corpus.ErrNotFound }}
	for _, m := range []string{Get, Post} {
		other := r.Clone(r.Context())
		other.Method = m
		if _, pattern := s.mux.Handler(other); pattern != "" && m != r.Method {
			lost.Do = func(*Site, *Visit) error { return errMethod }
		}
	}
	s.serve(lost).ServeHTTP(w, r)
}

// watched remembers the status of a reply.
type watched struct {
	http.ResponseWriter
	status int
}

func (w *watched) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *watched) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach what is below.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// serve runs a route for those who may use it.
func (s *Site) serve(route Route) http.Handler {
	return http.HandlerFunc(func(plain http.ResponseWriter, r *http.Request) {
		w := &watched{ResponseWriter: plain}
		v := &Visit{W: w, R: r, site: s, route: route, id: rand.Text()[:12]}
		w.Header().Set("X-Request-Id", v.id)
		start := time.Now()
		defer func() {
			// Method, route and status: no path, no query, no name, no address.
			s.Log.LogAttrs(r.Context(), slog.LevelInfo, "console request", slog.String("request", v.id),
				slog.String("method", route.Method), slog.String("route", route.Path), slog.Int("status", w.status),
				slog.Float64("ms", float64(time.Since(start).Microseconds())/1000))
		}()
		defer s.caught(v)
		if err := s.run(v); err != nil {
			s.fail(v, err)
		}
	})
}

var errPanic = errors.New("console: panic")

// caught turns a panic into a 500. Of its value only the type is logged, and
// its words where the runtime made them: others might quote what was typed.
func (s *Site) caught(v *Visit) {
	value := recover()
	if value == nil {
		return
	}
	if value == http.ErrAbortHandler {
		panic(value)
	}
	what := fmt.Sprintf("%T", value)
	var fault runtime.Error
	if err, ok := value.(error); ok && errors.As(err, &fault) {
		what += ": " + fault.Error()
	}
	s.Log.LogAttrs(v.R.Context(), slog.LevelError, "panic", slog.String("request", v.id),
		slog.String("value", what), slog.String("stack", string(debug.Stack())))
	s.fail(v, errPanic)
}

// run lets a request through to its handler, step by step.
func (s *Site) run(v *Visit) error {
	if err := s.bound(v); err != nil {
		return err
	}
	err := s.enter(v)
	switch {
	case v.route.Who.everybody:
		if err != nil && !outside(err) {
			return err
		}
	case outside(err):
		return s.askToSignIn(v, err)
	case err != nil:
		return err
	case !v.route.Who.may(v.Me):
		return errRole
	}
	s.wait(v)
	return v.route.Do(s, v)
}

// A slow line sends 32 KB a second.
const slowest = 32 << 10

// wait gives a large form of somebody who may send it the time that a slow line
// takes: the server's own bounds are for small ones.
func (s *Site) wait(v *Visit) {
	if v.route.Limit <= formLimit || v.R.ContentLength <= formLimit {
		return
	}
	until := time.Now().Add(time.Minute + time.Duration(min(v.R.ContentLength, v.route.Limit)/slowest)*time.Second)
	c := http.NewResponseController(v.W)
	// Where it cannot be set, the server's bounds stay.
	_, _ = c.SetReadDeadline(until), c.SetWriteDeadline(until.Add(time.Minute))
}

// bound refuses forms of other sites and those that are too large. A browser
// says where a form comes from; what doesn't is none, or too old to be let in.
func (s *Site) bound(v *Visit) error {
	if v.route.Method == Get || v.R.Method == http.MethodHead {
		v.R.Body = http.MaxBytesReader(v.W, v.R.Body, 0)
		return nil
	}
	v.R.Body = http.MaxBytesReader(v.W, v.R.Body, v.route.Limit)
	if err := s.forms.Check(v.R); err != nil {
		return fmt.Errorf("%w: %w", errOrigin, err)
	}
	if v.R.Header.Get("Sec-Fetch-Site") == "" && v.R.Header.Get("Origin") == "" {
		return errOrigin
	}
	return nil
}

// errHalf says that the code of the second factor is still to come.
var errHalf = errors.New("console: the code is to come")

// outside reports whether an error says that nobody is signed in.
func outside(err error) bool {
	return errors.Is(err, door.ErrUnknown) || errors.Is(err, door.ErrExpired) || errors.Is(err, errHalf)
}

// enter finds who it is.
func (s *Site) enter(v *Visit) error {
	ctx := v.R.Context()
	session, err := s.Door.Session(ctx, s.token(v.R))
	v.Session = session
	if err != nil {
		if session.Stage != door.In {
			v.Session = door.Session{} // nothing is left of being half in
		}
		return err
	}
	who, err := s.Desk.People.Person(ctx, session.Person)
	switch {
	case errors.Is(err, corpus.ErrNotFound) || err == nil && who.Disabled:
		_, err := s.Door.SignOutElsewhere(ctx, session.Person, "")
		v.Session = door.Session{}
		return errors.Join(door.ErrUnknown, err)
	case err != nil:
		return err
	case session.Stage != door.In:
		return errHalf
	}
	v.Me = who
	if session.Notice != "" && v.R.Method == Get && !asksJSON(v.R) {
		v.notice, v.Session.Notice = session.Notice, ""
		return s.Door.Say(ctx, v.Session, "")
	}
	return nil
}

// askToSignIn sends the browser to the door, and keeps what was typed.
func (s *Site) askToSignIn(v *Visit, why error) error {
	q := url.Values{}
	switch {
	case v.R.Method == Get && v.R.URL.Path != Root+"/":
		q.Set("next", v.R.URL.RequestURI())
	case v.R.Method == Post:
		q.Set("late", "1")
		if id := s.keep(v, why); id != "" {
			q.Set("kept", id)
		}
	}
	to := "/sign-in"
	if errors.Is(why, errHalf) {
		to = "/code"
	}
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	if asksJSON(v.R) {
		return v.json(http.StatusUnauthorized, map[string]any{
			"error": "登录已失效，内容还在这一页，先不要关。请在新窗口登录，回来会接着保存。", "signIn": Root + "/sign-in",
		})
	}
	http.Redirect(v.W, v.R, Root+to, http.StatusSeeOther)
	return nil
}

// keep keeps the form of a session that has run out, and returns its ID; ""
// where it is not known whose it is, or it is none that can be kept.
func (s *Site) keep(v *Visit, why error) string {
	if !errors.Is(why, door.ErrExpired) || v.Session.Stage != door.In || v.route.Secret {
		return ""
	}
	if v.R.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || asksJSON(v.R) {
		return "" // a script has it still, and would send it again and again
	}
	body, err := io.ReadAll(io.LimitReader(v.R.Body, door.MaxKept+1))
	if err != nil {
		return ""
	}
	id, err := s.Door.Keep(context.WithoutCancel(v.R.Context()), v.Session, v.R.URL.Path, bytes.Clone(body))
	if err != nil {
		if !errors.Is(err, door.ErrUnknown) {
			s.Log.LogAttrs(v.R.Context(), slog.LevelError, "a late form is not kept", slog.String("request", v.id), slog.String("error", err.Error()))
		}
		return ""
	}
	return id
}

package web

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

const requestID = "request"

// identify names the request. A name that came with it is not ours to trust.
func (s *server) identify(c *gin.Context) {
	id := rand.Text()[:12]
	c.Set(requestID, id)
	c.Header("X-Request-Id", id)
}

// route is the pattern, never the path: a path may hold what a person typed.
func route(c *gin.Context) string {
	if p := c.FullPath(); p != "" {
		return p
	}
	return "-"
}

// access logs method, route, status and time: no query, no text, no address.
func (s *server) access(c *gin.Context) {
	start := time.Now()
	c.Next()
	if s.Observe != nil {
		s.Observe(method(c.Request.Method), route(c), c.Writer.Status(), time.Since(start))
	}
	level := slog.LevelInfo
	switch p := c.FullPath(); {
	case p == "/healthz", p == "/readyz", strings.HasPrefix(p, "/assets/"):
		level = slog.LevelDebug
	}
	s.Log.LogAttrs(c.Request.Context(), level, "request",
		slog.String("request", c.GetString(requestID)),
		slog.String("method", method(c.Request.Method)),
		slog.String("route", route(c)),
		slog.Int("status", c.Writer.Status()),
		slog.Float64("ms", float64(time.Since(start).Microseconds())/1000))
}

// method keeps an invented method out of the log.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

var errPanic = errors.New("web: panic")

// recover turns a panic into a 500. Of the value only its type is logged, and
// its words where the runtime made them: others might quote a message.
func (s *server) recover(c *gin.Context) {
	defer func() {
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
		s.Log.LogAttrs(c.Request.Context(), slog.LevelError, "panic",
			slog.String("request", c.GetString(requestID)), slog.String("value", what),
			slog.String("stack", string(debug.Stack())))
		c.Abort()
		s.fail(c, errPanic)
	}()
	c.Next()
}

const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// secure sets the headers that every reply has. The referrer stays on the
// same origin rather than nowhere: with no-referrer browsers send forms with
// "Origin: null", and old ones would then be taken for another site.
func secure(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
}

// origin cuts a base URL to scheme and host.
func origin(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base
	}
	return u.Scheme + "://" + u.Host
}

package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/web/citizen"
	"github.com/policybot/policybot/web/page"
)

var (
	errMethod = errors.New("web: method not allowed")
	errOrigin = errors.New("web: form of another site")
)

// trouble is what an error is to the person who meets it.
type trouble struct {
	status      int
	title, text string
}

// classify is the one table from errors to statuses. What it does not know is
// our own fault.
func classify(err error) trouble {
	var large *http.MaxBytesError
	var gone *citizen.Gone
	switch {
	case errors.As(err, &gone):
		title, text := gone.Words()
		return trouble{http.StatusGone, title, text}
	case errors.Is(err, corpus.ErrNotFound):
		return trouble{http.StatusNotFound, "没有找到这一页", "可能是地址不完整，也可能是文件已经撤下。"}
	case errors.Is(err, errMethod):
		return trouble{http.StatusMethodNotAllowed, "这个地址不能这样打开", "请从首页进入。"}
	case errors.Is(err, errOrigin):
		return trouble{http.StatusForbidden, "没有收下", "这次提交不是从本站页面发出的，请回到首页再发一次。"}
	case errors.As(err, &large):
		return trouble{http.StatusRequestEntityTooLarge, "内容太长了", "一次最多2000字，请写短一些再发一次。"}
	case errors.Is(err, citizen.ErrForm):
		return trouble{http.StatusBadRequest, "没有看懂这次提交", "请回到首页再发一次。"}
	case errors.Is(err, index.ErrNotReady):
		return trouble{http.StatusServiceUnavailable, "还没有准备好", "文件正在载入，请过一会儿再看。"}
	case errors.Is(err, context.DeadlineExceeded):
		return trouble{http.StatusServiceUnavailable, "刚才没查成", "现在有点忙，请稍后再试一次，或打12345。"}
	}
	return trouble{http.StatusInternalServerError, "刚才没查成", "是我们这边的问题，请稍后再试一次，或打12345。"}
}

type problemView struct {
	Head        page.Head
	Title, Text string
	Request     string // shown where staff can look it up
}

// fail tells the person, and us where it is our fault. err.Error() is for the
// log only.
func (s *server) fail(c *gin.Context, err error) {
	t := classify(err)
	id := c.GetString(requestID)
	if t.status >= http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		s.Log.LogAttrs(c.Request.Context(), slog.LevelError, "request failed",
			slog.String("request", id), slog.String("route", route(c)), slog.String("error", err.Error()))
	}
	if c.Writer.Written() {
		return
	}
	h := c.Writer.Header()
	for _, name := range []string{"ETag", "Content-Disposition", "Accept-Ranges"} {
		h.Del(name)
	}
	h.Set("Cache-Control", "no-store")
	if strings.Contains(c.GetHeader("Accept"), "application/json") {
		c.JSON(t.status, gin.H{"error": t.title + "。" + t.text, "request": id})
		return
	}
	v := problemView{Head: s.Citizen.Head(c.Request, t.title), Title: t.title, Text: t.text}
	v.Head.NoIndex = true
	if t.status >= http.StatusInternalServerError {
		v.Request = id
	}
	html, err := s.Pages.Render("problem", v)
	if err != nil {
		s.Log.LogAttrs(c.Request.Context(), slog.LevelError, "problem page failed", slog.String("error", err.Error()))
		html = []byte("<!doctype html><html lang=\"zh-CN\"><title>出错了</title><p>刚才没查成，请稍后再试，或打12345。</p></html>")
	}
	c.Data(t.status, "text/html; charset=utf-8", html)
}

package console

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/door"
)

var (
	errMethod = errors.New("console: method not allowed")
	errOrigin = errors.New("console: form of another site")
	errRole   = errors.New("console: none of the roles that may")
)

// trouble is what an error is to the person who meets it.
type trouble struct {
	status      int
	Title, Text string
	Request     string // shown where somebody can look it up
	In          bool   // somebody is signed in
}

// classify is the one table from errors to statuses. What it does not know is
// our own fault.
func classify(err error, now time.Time) trouble {
	var large *http.MaxBytesError
	var denied desk.Denied
	var lacks desk.NotReady
	var conflict *desk.Conflict
	var locked *door.LockedError
	t := func(status int, title, text string) trouble { return trouble{status: status, Title: title, Text: text} }
	switch {
	case errors.Is(err, corpus.ErrNotFound), errors.Is(err, door.ErrUnknown):
		return t(http.StatusNotFound, "没有这一页", "可能是地址不完整，也可能是内容已经移走，或者不归您的单位管。")
	case errors.Is(err, errMethod):
		return t(http.StatusMethodNotAllowed, "这个地址不能这样打开", "请从首页进入。")
	case errors.Is(err, errOrigin):
		return t(http.StatusForbidden, "没有收下", "这次提交不是从本站页面发出的。请回到首页再做一次。如果一直这样，请换一个较新的浏览器。")
	case errors.Is(err, errRole):
		return t(http.StatusForbidden, "您的角色不能做这一步", "需要的话，请管理人员给您加上相应的角色。")
	case errors.As(err, &denied):
		return t(http.StatusForbidden, "现在不能这样做", denied.Error()+"。")
	case errors.As(err, &conflict):
		return t(http.StatusConflict, "别人刚刚改过", "您打开以后，别人已经改了这份文件。请重新打开，看过新内容再改。")
	case errors.As(err, &lacks):
		return t(http.StatusUnprocessableEntity, "还差几步", joined(lacks))
	case errors.As(err, &large):
		return t(http.StatusRequestEntityTooLarge, "内容太大了", "这一页收不下这么多内容，请分开提交。")
	case errors.Is(err, errForm):
		return t(http.StatusBadRequest, "没有看懂这次提交", "请回到上一页再提交一次。")
	case errors.As(err, &locked):
		return t(http.StatusTooManyRequests, "请稍等再试", waitWords(locked, now))
	case errors.Is(err, desk.ErrFull):
		return t(http.StatusInsufficientStorage, "服务器的磁盘满了", "刚才的内容没有存下来。请马上告诉维护人员，清出空间以后再做一次。")
	case errors.Is(err, door.ErrSealed):
		return t(http.StatusServiceUnavailable, "动态码现在用不了", "服务器上换了动态码的密钥。请管理人员重置您的登录，或者请维护人员把原来的密钥放回去。")
	case errors.Is(err, errCrowded):
		return t(http.StatusServiceUnavailable, "同时上传的大文件太多", "请等别的文件传完，再传这一个。")
	case errors.Is(err, door.ErrBusy), errors.Is(err, context.DeadlineExceeded):
		return t(http.StatusServiceUnavailable, "现在有点忙", "请过几秒再试一次。")
	}
	return t(http.StatusInternalServerError, "刚才没有做成", "是系统这边的问题，请稍后再试。还不行的话，把下面的编号告诉维护人员。")
}

// joined writes what is lacking as one text.
func joined(lacks desk.NotReady) string {
	text := ""
	for _, l := range lacks {
		text += l + "。"
	}
	return text
}

// unknown makes the door's word of corpus's.
func unknown(err error) error {
	if errors.Is(err, corpus.ErrNotFound) {
		return errors.Join(door.ErrUnknown, err)
	}
	return err
}

// fail tells the person, and us where it is our fault. err.Error() is for the
// log only.
func (s *Site) fail(v *Visit, err error) {
	ctx := v.R.Context()
	t := classify(err, s.Now())
	if t.status >= http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		s.Log.LogAttrs(ctx, slog.LevelError, "console request failed",
			slog.String("request", v.id), slog.String("route", v.route.Path), slog.String("error", err.Error()))
		t.Request = v.id
	}
	if w, ok := v.W.(*watched); ok && w.status != 0 {
		return
	}
	if asksJSON(v.R) {
		_ = v.json(t.status, map[string]any{"error": t.Title + "。" + t.Text, "request": v.id})
		return
	}
	t.In = v.in()
	if err := v.render(t.status, "problem", t.Title, t); err != nil {
		s.Log.LogAttrs(ctx, slog.LevelError, "problem page failed", slog.String("error", err.Error()))
		http.Error(v.W, "刚才没有做成，请稍后再试。", t.status)
	}
}

// json answers a script.
func (v *Visit) json(status int, data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	v.W.Header().Set("Content-Type", "application/json; charset=utf-8")
	v.W.WriteHeader(status)
	_, _ = v.W.Write(text) // who asked has gone: nothing to be done
	return nil
}

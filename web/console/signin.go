package console

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/door"
)

var doorPages = []Route{
	{Method: Get, Path: "/sign-in", Who: Anybody, Do: (*Site).signInPage},
	{Method: Post, Path: "/sign-in", Who: Anybody, Do: (*Site).signIn, Options: []Option{Secret, Limit(8 << 10)}},
	{Method: Get, Path: "/code", Who: Anybody, Do: (*Site).codePage},
	{Method: Post, Path: "/code", Who: Anybody, Do: (*Site).code, Options: []Option{Secret, Limit(8 << 10)}},
	{Method: Post, Path: "/sign-out", Who: Anybody, Do: (*Site).signOut, Options: []Option{Limit(8 << 10)}},
	{Method: Get, Path: "/begin/{token}", Who: Anybody, Do: (*Site).beginPage},
	{Method: Post, Path: "/begin/{token}", Who: Anybody, Do: (*Site).begin, Options: []Option{Secret, Limit(8 << 10)}},
	{Method: Get, Path: "/set-password/{token}", Who: Anybody, Do: (*Site).passwordPage},
	{Method: Post, Path: "/set-password/{token}", Who: Anybody, Do: (*Site).setPassword, Options: []Option{Secret, Limit(8 << 10)}},
	{Method: Get, Path: "/kept/{id}", Who: Staff, Do: (*Site).kept},
	{Method: Post, Path: "/kept/{id}/drop", Who: Staff, Do: (*Site).dropKept},
}

// cookie is the name of the session's cookie. With https no other host and no
// unprotected page can set it.
func (s *Site) cookie() string {
	if s.secure {
		return "__Host-policybot-staff"
	}
	return "policybot-staff"
}

func (s *Site) token(r *http.Request) string {
	c, err := r.Cookie(s.cookie())
	if err != nil {
		return ""
	}
	return c.Value
}

// give hands the browser its session. The cookie outlives the session, so that
// it is known whose a form is that comes too late.
func (s *Site) give(w http.ResponseWriter, token string) {
	c := &http.Cookie{Name: s.cookie(), Value: token, Path: "/", HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
		MaxAge: int((door.Longest + door.Remembered).Seconds())}
	if token == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

type signInView struct {
	Form
	Next, Kept string
	Late       bool // something was sent after the session had run out
	Unused     bool // nobody is entered yet
}

func signInForm() Form {
	return Form{Fields: []Field{
		{Name: "name", Label: "登录名", Complete: "username", Required: true, Focus: true, Max: 64},
		{Name: "password", Label: "密码", Type: "password", Complete: "current-password", Required: true},
	}}
}

// onward is a page to go on to: one of ours that is read, or the first.
func (s *Site) onward(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || u.Opaque != "" || strings.ContainsAny(next, "\\\r\n\t") || !strings.HasPrefix(u.Path, Root+"/") {
		return Root + "/"
	}
	if strings.HasPrefix(u.Path, Root+"/sign-in") || strings.Contains(u.Path, "//") || strings.Contains(u.Path, "/../") {
		return Root + "/"
	}
	return u.RequestURI()
}

func (s *Site) signInPage(v *Visit) error {
	q := v.R.URL.Query()
	if v.in() {
		http.Redirect(v.W, v.R, s.after(q), http.StatusSeeOther)
		return nil
	}
	unused, err := s.unused(v.R.Context())
	if err != nil {
		return err
	}
	return v.Show("sign-in", "登录", signInView{Form: signInForm(), Next: q.Get("next"), Kept: q.Get("kept"), Late: q.Get("late") != "", Unused: unused})
}

// after is where somebody goes who has signed in: to what they had typed, to
// the page that they wanted, or to the first.
func (s *Site) after(q url.Values) string {
	if id := q.Get("kept"); id != "" {
		return Root + "/kept/" + url.PathEscape(id)
	}
	return s.onward(q.Get("next"))
}

func (s *Site) signIn(v *Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	ctx := v.R.Context()
	view := signInView{Form: signInForm(), Next: form.Get("next"), Kept: form.Get("kept")}
	view.fill(form.Get)
	token, session, err := s.Door.SignIn(ctx, form.Get("name"), form.Get("password"), s.where(v.R))
	if err != nil {
		return s.notIn(v, err, form.Get("name"), "sign-in", "登录", "登录名或密码不对。", &view.Form, &view)
	}
	if v.in() { // one browser, one session
		if err := s.Door.SignOut(ctx, v.Me.ID, v.Session.Hash); err != nil && !errors.Is(err, door.ErrUnknown) {
			return err
		}
	}
	s.give(v.W, token)
	if session.Stage == door.AskCode {
		q := url.Values{}
		for _, name := range []string{"next", "kept"} {
			if form.Get(name) != "" {
				q.Set(name, form.Get(name))
			}
		}
		http.Redirect(v.W, v.R, strings.TrimSuffix(Root+"/code?"+q.Encode(), "?"), http.StatusSeeOther)
		return nil
	}
	return s.welcome(v, session, form)
}

// notIn shows the form again, with what is wrong. Only a known name's being
// locked goes into the history: what strangers type does not.
func (s *Site) notIn(v *Visit, err error, name, template, title, words string, form *Form, view any) error {
	var locked *door.LockedError
	wrong := errors.Is(err, door.ErrWrong) || errors.Is(err, door.ErrCode)
	switch {
	case wrong && errors.As(err, &locked):
		if err := s.noteLocked(v, name); err != nil {
			return err
		}
		form.Whole = words + waitWords(locked, s.Now())
	case wrong:
		form.Whole = words
	case errors.As(err, &locked):
		form.Whole = waitWords(locked, s.Now())
	case errors.Is(err, door.ErrBusy):
		form.Whole = "现在登录的人多，请过几秒再试。"
	default:
		return err
	}
	return v.Again(template, title, view)
}

func (s *Site) noteLocked(v *Visit, name string) error {
	who, err := s.Desk.People.PersonNamed(v.R.Context(), door.Name(name))
	if errors.Is(unknown(err), door.ErrUnknown) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.note(v.R.Context(), desk.Actor{Staff: who, From: s.address(v.R)}, desk.ActionLockedOut, "密码或动态码连续输错，暂停登录")
}

// waitWords says how long nobody may try.
func waitWords(l *door.LockedError, now time.Time) string {
	minutes := max(1, int(math.Ceil(l.Until.Sub(now).Minutes())))
	return fmt.Sprintf("输错的次数太多，请%d分钟后再试。", minutes)
}

// welcome sends somebody on who has just come in.
func (s *Site) welcome(v *Visit, session door.Session, q url.Values) error {
	who, err := s.Desk.People.Person(v.R.Context(), session.Person)
	if err != nil {
		return err
	}
	err = s.note(v.R.Context(), desk.Actor{Staff: who, From: s.address(v.R)}, desk.ActionSignedIn, session.Agent)
	if err != nil {
		return err
	}
	http.Redirect(v.W, v.R, s.after(q), http.StatusSeeOther)
	return nil
}

// note adds to the history.
func (s *Site) note(ctx context.Context, by desk.Actor, action, detail string) error {
	return s.Desk.History.Note(ctx, by.Entry(action, "", 0, detail))
}

type codeView struct {
	Form
	Next, Kept string
}

func codeForm() Form {
	return Form{Fields: []Field{{Name: "code", Label: "动态码", Hint: "手机验证器里的6位数字，30秒换一次。", Complete: "one-time-code", Type: "numeric", Required: true, Focus: true, Max: 12}}}
}

func (s *Site) codePage(v *Visit) error {
	q := v.R.URL.Query()
	if v.Session.Stage != door.AskCode || v.in() {
		http.Redirect(v.W, v.R, Root+"/sign-in", http.StatusSeeOther)
		return nil
	}
	return v.Show("code", "动态码", codeView{Form: codeForm(), Next: q.Get("next"), Kept: q.Get("kept")})
}

func (s *Site) code(v *Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	half := v.Session
	if half.Stage != door.AskCode || v.in() {
		http.Redirect(v.W, v.R, Root+"/sign-in", http.StatusSeeOther)
		return nil
	}
	who, err := s.Desk.People.Person(v.R.Context(), half.Person)
	if err != nil {
		return err
	}
	token, session, err := s.Door.Code(v.R.Context(), half, who.Name, form.Get("code"), s.where(v.R))
	if err != nil {
		view := codeView{Form: codeForm(), Next: form.Get("next"), Kept: form.Get("kept")}
		return s.notIn(v, err, who.Name, "code", "动态码", "动态码不对，或者已经用过。请等手机上换了新的再输。", &view.Form, &view)
	}
	s.give(v.W, token)
	return s.welcome(v, session, form)
}

// signOut is for anybody: a session that has run out may be left, too.
func (s *Site) signOut(v *Visit) error {
	if v.in() {
		if err := s.Door.SignOut(v.R.Context(), v.Me.ID, v.Session.Hash); err != nil && !errors.Is(err, door.ErrUnknown) {
			return err
		}
		if err := s.note(v.R.Context(), v.Actor(), desk.ActionSignedOut, ""); err != nil {
			return err
		}
	}
	s.give(v.W, "")
	http.Redirect(v.W, v.R, Root+"/sign-in", http.StatusSeeOther)
	return nil
}

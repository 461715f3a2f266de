package console

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/door"
)

var accountPages = []Route{
	{Method: Get, Path: "/me", Who: Staff, Do: (*Site).me},
	{Method: Post, Path: "/me/password", Who: Staff, Do: (*Site).newPassword, Options: []Option{Secret, Limit(8 << 10)}},
	{Method: Post, Path: "/me/second", Who: Staff, Do: (*Site).offer, Options: []Option{Secret, Limit(8 << 10)}},
	{Method: Get, Path: "/me/second", Who: Staff, Do: (*Site).offered},
	{Method: Post, Path: "/me/second/confirm", Who: Staff, Do: (*Site).confirm, Options: []Option{Secret, Limit(8 << 10)}},
	{Method: Post, Path: "/me/second/off", Who: Staff, Do: (*Site).without, Options: []Option{Secret, Limit(8 << 10)}},
	{Method: Post, Path: "/me/sessions", Who: Staff, Do: (*Site).endSessions, Options: []Option{Limit(8 << 10)}},
}

type meView struct {
	Password Form // to change it
	Switch   Form // to turn the second factor on or off
	Second   bool
	Sessions []sessionRow
}

type sessionRow struct {
	door.Session
	This bool
}

func changeForm() Form {
	return Form{Fields: append([]Field{
		{Name: "current", Label: "现在的密码", Type: "password", Complete: "current-password", Required: true},
	}, passwordFields()...)}
}

func switchForm() Form {
	return Form{Fields: []Field{
		{Name: "confirm", Label: "请输入密码确认", Type: "password", Complete: "current-password", Required: true},
	}}
}

func (s *Site) myView(v *Visit) (meView, error) {
	view := meView{Password: changeForm(), Switch: switchForm()}
	_, second, err := s.Door.HasPassword(v.R.Context(), v.Me.ID)
	if err != nil {
		return view, err
	}
	view.Second = second
	all, err := s.Door.SessionsOf(v.R.Context(), v.Me.ID)
	for _, one := range all {
		view.Sessions = append(view.Sessions, sessionRow{one, one.Hash == v.Session.Hash})
	}
	return view, err
}

func (s *Site) me(v *Visit) error {
	view, err := s.myView(v)
	if err != nil {
		return err
	}
	return v.Show("me", "我的账号", view)
}

// reenter asks for the password again. It puts what is wrong into a field.
func (s *Site) reenter(v *Visit, password string, f *Field) error {
	err := s.Door.Reenter(v.R.Context(), v.Me.ID, password)
	var locked *door.LockedError
	switch {
	case errors.Is(err, door.ErrWrong):
		f.Fault = "密码不对。"
	case errors.As(err, &locked):
		f.Fault = waitWords(locked, s.Now())
	default:
		return err
	}
	return nil
}

func (s *Site) newPassword(v *Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	view, err := s.myView(v)
	if err != nil {
		return err
	}
	checkPassword(&view.Password, form.Get, v.Me.Name)
	if !view.Password.wrong() {
		if err := s.reenter(v, form.Get("current"), view.Password.field("current")); err != nil {
			return err
		}
	}
	if view.Password.wrong() {
		return v.Again("me", "我的账号", view)
	}
	ctx := v.R.Context()
	token, err := s.Door.ChangePassword(ctx, v.Session, v.Me.Name, form.Get("password"), s.where(v.R))
	if err != nil {
		return err
	}
	s.give(v.W, token)
	v.Session.Hash = door.Hash(token)
	if err := s.note(ctx, v.Actor(), desk.ActionPassword, "改了自己的密码"); err != nil {
		return err
	}
	return v.Go("/me", "密码已改。别处的登录都已退出。")
}

// offer shows a new secret to somebody who knows the password.
func (s *Site) offer(v *Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	view, err := s.myView(v)
	if err != nil {
		return err
	}
	if err := s.reenter(v, form.Get("confirm"), view.Switch.field("confirm")); err != nil {
		return err
	}
	if view.Switch.wrong() {
		return v.Again("me", "我的账号", view)
	}
	if _, err := s.Door.Offer(v.R.Context(), v.Me.ID); err != nil {
		return err
	}
	return v.Go("/me/second", "")
}

type secondView struct {
	Form
	Secret string // in groups of four
	Code   string // path of an SVG: the dark squares
	Side   int    // of the SVG, with its margin
}

const quiet = 4 // squares of white around a QR code

func (s *Site) secondView(v *Visit) (secondView, error) {
	view := secondView{Form: Form{Fields: []Field{
		{Name: "code", Label: "手机上显示的6位数字", Type: "numeric", Complete: "one-time-code", Required: true, Focus: true, Max: 12}}}}
	secret, err := s.Door.Offered(v.R.Context(), v.Me.ID)
	if err != nil || secret == "" {
		return view, errors.Join(err, door.ErrUnknown)
	}
	dark, side, err := door.Squares(door.Address(s.name(), v.Me.Name, secret))
	if err != nil {
		return view, err
	}
	var path strings.Builder
	for _, d := range dark {
		path.WriteString("M" + strconv.Itoa(d[0]+quiet) + " " + strconv.Itoa(d[1]+quiet) + "h1v1h-1z")
	}
	view.Code, view.Side = path.String(), side+2*quiet
	for i := 0; i < len(secret); i += 4 {
		view.Secret += secret[i:min(i+4, len(secret))] + " "
	}
	view.Secret = strings.TrimSpace(view.Secret)
	return view, nil
}

func (s *Site) offered(v *Visit) error {
	view, err := s.secondView(v)
	if errors.Is(err, door.ErrUnknown) {
		return v.Go("/me", "")
	}
	if err != nil {
		return err
	}
	return v.Show("second", "开启动态码", view)
}

func (s *Site) confirm(v *Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	err = s.Door.Confirm(v.R.Context(), v.Me.ID, form.Get("code"))
	var locked *door.LockedError
	fault := ""
	switch {
	case errors.Is(err, door.ErrUnknown):
		return v.Go("/me", "")
	case errors.Is(err, door.ErrCode):
		fault = "动态码不对。请看手机的时间是否准确，等换了新的再输。"
	case errors.As(err, &locked):
		fault = waitWords(locked, s.Now())
	case err != nil:
		return err
	}
	if fault != "" {
		view, err := s.secondView(v)
		if err != nil {
			return err
		}
		view.field("code").Fault = fault
		return v.Again("second", "开启动态码", view)
	}
	if _, err := s.Door.SignOutElsewhere(v.R.Context(), v.Me.ID, v.Session.Hash); err != nil {
		return err
	}
	if err := s.note(v.R.Context(), v.Actor(), desk.ActionSecond, "开启了动态码"); err != nil {
		return err
	}
	return v.Go("/me", "动态码已开启，下次登录时要用。别处的登录都已退出。")
}

func (s *Site) without(v *Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	view, err := s.myView(v)
	if err != nil {
		return err
	}
	if err := s.reenter(v, form.Get("confirm"), view.Switch.field("confirm")); err != nil {
		return err
	}
	if view.Switch.wrong() {
		return v.Again("me", "我的账号", view)
	}
	if err := s.Door.Without(v.R.Context(), v.Me.ID); err != nil {
		return err
	}
	if err := s.note(v.R.Context(), v.Actor(), desk.ActionSecond, "关闭了动态码"); err != nil {
		return err
	}
	return v.Go("/me", "动态码已关闭。")
}

// endSessions signs out: one session, all others, or all.
func (s *Site) endSessions(v *Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	ctx := v.R.Context()
	words := "已退出。"
	switch which := form.Get("which"); which {
	case "others":
		_, err = s.Door.SignOutElsewhere(ctx, v.Me.ID, v.Session.Hash)
		words = "别处的登录都已退出。"
	case "all":
		_, err = s.Door.SignOutElsewhere(ctx, v.Me.ID, "")
	default:
		err = s.Door.SignOut(ctx, v.Me.ID, which)
	}
	if err != nil {
		return err
	}
	if err := s.note(ctx, v.Actor(), desk.ActionSignedOut, words); err != nil {
		return err
	}
	if which := form.Get("which"); which == "all" || which == v.Session.Hash {
		s.give(v.W, "")
		http.Redirect(v.W, v.R, Root+"/sign-in", http.StatusSeeOther)
		return nil
	}
	return v.Go("/me", words)
}

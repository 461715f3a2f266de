package console

import (
	"context"
	"errors"
	"net/http"

	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/door"
)

type passwordView struct {
	Form
	Who string // whose password it is; "" where a person is made
}

// passwordFields ask for a new password, twice.
func passwordFields() []Field {
	return []Field{
		{Name: "password", Label: "新密码", Type: "password", Complete: "new-password", Required: true,
			Hint: "至少10个字符，字母、数字、符号至少两种；16个字符以上不限。"},
		{Name: "again", Label: "再输一遍", Type: "password", Complete: "new-password", Required: true},
	}
}

var weakWords = map[door.Weakness]string{
	door.TooShort: "密码至少要10个字符。",
	door.TooLong:  "密码太长了，最多256个字节。",
	door.OneKind:  "请在字母、数字、符号里至少用两种，或者用16个以上的字符。",
	door.HasName:  "密码里不要有登录名。",
	door.Common:   "这个密码太常见，很容易被猜到，请换一个。",
}

// checkPassword says in the form what is wrong with a new password.
func checkPassword(f *Form, get func(string) string, name string) {
	switch weak := door.Weak(get("password"), name); {
	case weak != "":
		f.field("password").Fault = weakWords[weak]
	case get("password") != get("again"):
		f.field("again").Fault = "两次输入的不一样。"
	}
}

func beginForm() Form {
	return Form{Fields: append([]Field{
		{Name: "display", Label: "您的姓名", Complete: "name", Required: true, Focus: true, Max: 30},
		{Name: "name", Label: "登录名", Hint: "小写字母、数字和 . _ -，例如 wangmin。以后不能改。", Complete: "username", Required: true, Max: 40},
	}, passwordFields()...)}
}

// linkWords says what to do where a link was used, is too old, or never was.
const linkWords = "链接只能用一次，过期也会失效。请到服务器上重新取一个：第一次使用时重新启动 policybot；以后用 policybot staff reset，或者请管理人员重新发。"

// noLink tells that a link is none; other errors are handed on.
func (s *Site) noLink(v *Visit, err error) error {
	if !errors.Is(err, door.ErrUnknown) && !errors.Is(err, door.ErrExpired) {
		return err
	}
	return v.render(http.StatusNotFound, "problem", "链接已失效", trouble{Title: "链接已失效", Text: linkWords})
}

// firstLink looks at the link of a first start. It is void as soon as there
// is an administrator, however that happened.
func (s *Site) firstLink(v *Visit) error {
	unused, err := s.unused(v.R.Context())
	if err == nil && !unused {
		err = door.ErrUnknown
	}
	if err == nil {
		_, err = s.Door.Look(v.R.Context(), door.First, v.R.PathValue("token"))
	}
	return err
}

func (s *Site) beginPage(v *Visit) error {
	if err := s.firstLink(v); err != nil {
		return s.noLink(v, err)
	}
	return v.Show("begin", "设置管理人员", passwordView{Form: beginForm()})
}

func (s *Site) begin(v *Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	if err := s.firstLink(v); err != nil {
		return s.noLink(v, err)
	}
	view := passwordView{Form: beginForm()}
	view.fill(form.Get)
	admin := desk.Staff{Name: door.Name(form.Get("name")), Display: form.Get("display"), Roles: []desk.Role{desk.Admin}}
	view.Whole = sentence(admin.Fault())
	checkPassword(&view.Form, form.Get, admin.Name)
	if _, err := s.Desk.People.PersonNamed(v.R.Context(), admin.Name); err == nil {
		view.field("name").Fault = "这个登录名已经有人用了，请换一个。"
	} else if !isNone(err) {
		return err
	}
	if view.wrong() {
		return v.Again("begin", "设置管理人员", view)
	}
	if _, err := s.Door.Take(v.R.Context(), door.First, v.R.PathValue("token")); err != nil {
		return s.noLink(v, err)
	}
	admin, err = s.Desk.People.AddPerson(v.R.Context(), admin, desk.Actor{Staff: admin, From: s.address(v.R)})
	if err != nil {
		return err
	}
	return s.takePassword(v, admin, form.Get("password"), "设置了第一位管理人员")
}

// takePassword sets somebody's password and lets them in.
func (s *Site) takePassword(v *Visit, who desk.Staff, password, detail string) error {
	ctx := context.WithoutCancel(v.R.Context()) // the link is used: no way back
	if err := s.Door.SetPassword(ctx, who.ID, who.Name, password); err != nil {
		return err
	}
	if err := s.note(ctx, desk.Actor{Staff: who, From: s.address(v.R)}, desk.ActionPassword, detail); err != nil {
		return err
	}
	token, session, err := s.Door.SignIn(ctx, who.Name, password, s.where(v.R))
	if err != nil || session.Stage != door.In {
		http.Redirect(v.W, v.R, Root+"/sign-in", http.StatusSeeOther)
		return nil
	}
	s.give(v.W, token)
	return s.welcome(v, session, nil)
}

func (s *Site) linked(v *Visit) (desk.Staff, error) {
	l, err := s.Door.Look(v.R.Context(), door.Password, v.R.PathValue("token"))
	if err != nil {
		return desk.Staff{}, err
	}
	who, err := s.Desk.People.Person(v.R.Context(), l.Person)
	if err == nil && who.Disabled {
		err = door.ErrUnknown
	}
	return who, unknown(err)
}

func (s *Site) passwordPage(v *Visit) error {
	who, err := s.linked(v)
	if err != nil {
		return s.noLink(v, err)
	}
	view := passwordView{Form: Form{Fields: passwordFields()}, Who: who.Name}
	view.field("password").Focus = true
	return v.Show("set-password", "设置密码", view)
}

func (s *Site) setPassword(v *Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	who, err := s.linked(v)
	if err != nil {
		return s.noLink(v, err)
	}
	view := passwordView{Form: Form{Fields: passwordFields()}, Who: who.Name}
	checkPassword(&view.Form, form.Get, who.Name)
	if view.wrong() {
		return v.Again("set-password", "设置密码", view)
	}
	if _, err := s.Door.Take(v.R.Context(), door.Password, v.R.PathValue("token")); err != nil {
		return s.noLink(v, err)
	}
	return s.takePassword(v, who, form.Get("password"), "用一次性链接设置了密码")
}

package console

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

var peoplePages = []Route{
	{Method: Get, Path: "/people", Who: Only(desk.Admin), Do: (*Site).people},
	{Method: Get, Path: "/people/new", Who: Only(desk.Admin), Do: (*Site).newPerson},
	{Method: Post, Path: "/people/new", Who: Only(desk.Admin), Do: (*Site).addPerson},
	{Method: Get, Path: "/people/{name}", Who: Only(desk.Admin), Do: (*Site).person},
	{Method: Post, Path: "/people/{name}", Who: Only(desk.Admin), Do: (*Site).changePerson},
	{Method: Post, Path: "/people/{name}/reset", Who: Only(desk.Admin), Do: (*Site).resetPerson},
	{Method: Post, Path: "/people/{name}/disabled", Who: Only(desk.Admin), Do: (*Site).disablePerson},
}

// manages reports whether an administrator may see and change a person: one of
// an agency those of the same agency, one without an agency everybody.
func manages(admin, other desk.Staff) bool {
	return admin.Is(desk.Admin) && (admin.Agency == "" || admin.Agency == other.Agency)
}

type personRow struct {
	desk.Staff
	Password, Second bool
}

// State says in a word whether the person can sign in.
func (p personRow) State() string {
	switch {
	case p.Disabled:
		return "已停用"
	case !p.Password:
		return "还没设密码"
	}
	return "可登录"
}

func (s *Site) people(v *Visit) error {
	all, err := s.Desk.People.Everybody(v.R.Context())
	if err != nil {
		return err
	}
	var rows []personRow
	for _, p := range all {
		if !manages(v.Me, p) {
			continue
		}
		row := personRow{Staff: p}
		if row.Password, row.Second, err = s.Door.HasPassword(v.R.Context(), p.ID); err != nil {
			return err
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b personRow) int {
		if a.Disabled != b.Disabled {
			return map[bool]int{false: -1, true: 1}[a.Disabled]
		}
		return strings.Compare(a.Agency, b.Agency)
	})
	return v.Show("people", "人员", rows)
}

type personView struct {
	Form
	Person   personRow
	Me       bool // it is one's own entry
	Sessions int
}

var roleHints = map[desk.Role]string{
	desk.Editor:     "上传和修改文件，提交审核",
	desk.Reviewer:   "审核、发布、撤回",
	desk.Maintainer: "词表和标准问题",
	desk.Admin:      "人员和账号",
	desk.Auditor:    "什么都能看，什么都不改",
}

func (s *Site) personForm(v *Visit, p desk.Staff, fresh bool) Form {
	f := Form{Fields: []Field{{Name: "display", Label: "姓名", Value: p.Display, Required: true, Max: 30, Focus: fresh}}}
	if fresh {
		f.Fields = append(f.Fields, Field{Name: "name", Label: "登录名", Hint: "小写字母、数字和 . _ -，例如 wangmin。以后不能改。", Value: p.Name, Required: true, Max: 40})
	}
	roles := Field{Name: "roles", Label: "角色", Type: "checks"}
	for _, r := range desk.Roles() {
		roles.Options = append(roles.Options, Choice{Value: string(r), Text: roleWord(r), Hint: roleHints[r], Chosen: slices.Contains(p.Roles, r)})
	}
	f.Fields = append(f.Fields, roles)
	if v.Me.Agency == "" {
		f.Fields = append(f.Fields, Field{Name: "agency", Label: "单位", Value: p.Agency, Max: 60,
			Hint: "和文件上的发文机关一样写，只看得到本单位的文件。不填就能看到所有单位的。"})
	}
	return f
}

// read fills a person from the form. Who is of an agency themselves makes
// people of that agency.
func (s *Site) read(v *Visit, form url.Values, p desk.Staff) desk.Staff {
	p.Display = strings.TrimSpace(form.Get("display"))
	p.Roles = nil
	for _, r := range form["roles"] {
		p.Roles = append(p.Roles, desk.Role(r))
	}
	p.Agency = strings.TrimSpace(form.Get("agency"))
	if v.Me.Agency != "" {
		p.Agency = v.Me.Agency
	}
	return p
}

func (s *Site) newPerson(v *Visit) error {
	return v.Show("person-new", "添加人员", personView{Form: s.personForm(v, desk.Staff{Roles: []desk.Role{desk.Editor}}, true)})
}

func (s *Site) addPerson(v *Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	p := s.read(v, form, desk.Staff{Name: strings.ToLower(strings.TrimSpace(form.Get("name")))})
	view := personView{Form: s.personForm(v, p, true)}
	view.Whole = sentence(p.Fault())
	if view.Whole == "" {
		added, err := s.Desk.People.AddPerson(v.R.Context(), p, v.Actor())
		switch {
		case errors.Is(err, desk.ErrTaken):
			view.field("name").Fault = "这个登录名已经有人用了。如果是刚才添加的，请到人员列表里重新发链接。"
		case err != nil:
			return err
		default:
			return s.showLink(v, added)
		}
	}
	return v.Again("person-new", "添加人员", view)
}

// sentence closes a sentence.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.TrimRight(text, "。") + "。"
}

type linkView struct {
	Person  desk.Staff
	Address string
	Until   time.Time
}

// showLink makes a one-time link and shows it, once.
func (s *Site) showLink(v *Visit, p desk.Staff) error {
	address, until, err := s.Invite(v.R.Context(), p.ID)
	if err != nil {
		return err
	}
	return v.Show("link", "一次性链接", linkView{p, address, until})
}

// who finds the person that the address names. Others' people are not there.
func (s *Site) named(v *Visit) (desk.Staff, error) {
	p, err := s.Desk.People.PersonNamed(v.R.Context(), v.R.PathValue("name"))
	if err == nil && !manages(v.Me, p) {
		err = corpus.ErrNotFound
	}
	return p, err
}

func (s *Site) personView(v *Visit, p desk.Staff) (personView, error) {
	view := personView{Form: s.personForm(v, p, false), Person: personRow{Staff: p}, Me: p.ID == v.Me.ID}
	var err error
	if view.Person.Password, view.Person.Second, err = s.Door.HasPassword(v.R.Context(), p.ID); err != nil {
		return view, err
	}
	sessions, err := s.Door.SessionsOf(v.R.Context(), p.ID)
	view.Sessions = len(sessions)
	return view, err
}

func (s *Site) person(v *Visit) error {
	p, err := s.named(v)
	if err != nil {
		return err
	}
	view, err := s.personView(v, p)
	if err != nil {
		return err
	}
	return v.Show("person", p.Display, view)
}

const lastAdmin = "这样就没有管理人员了。请先让另一位同事也有管理角色。"

func (s *Site) changePerson(v *Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	was, err := s.named(v)
	if err != nil {
		return err
	}
	p := s.read(v, form, was)
	fault := sentence(p.Fault())
	if fault == "" {
		err := s.Desk.People.ChangePerson(v.R.Context(), p, v.Actor())
		switch {
		case errors.Is(err, desk.ErrLastAdmin):
			fault = lastAdmin
		case err != nil:
			return err
		default:
			return v.Go("/people", p.Display+"的资料已保存。")
		}
	}
	view, err := s.personView(v, was)
	if err != nil {
		return err
	}
	view.Form = s.personForm(v, p, false)
	view.Whole = fault
	return v.Again("person", was.Display, view)
}

// resetPerson locks somebody out until they set a password by a new link.
func (s *Site) resetPerson(v *Visit) error {
	p, err := s.named(v)
	if err != nil {
		return err
	}
	if p.Disabled {
		return desk.Denied("这个人已停用，请先恢复")
	}
	if err := s.Reset(v.R.Context(), p, v.Actor()); err != nil {
		return err
	}
	return s.showLink(v, p)
}

func (s *Site) disablePerson(v *Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	p, err := s.named(v)
	if err != nil {
		return err
	}
	p.Disabled = form.Get("disabled") == "yes"
	err = s.Disable(v.R.Context(), p, v.Actor())
	words := p.Display + "已恢复，可以登录了。"
	switch {
	case errors.Is(err, desk.ErrLastAdmin):
		words = lastAdmin
	case err != nil:
		return err
	case p.Disabled:
		words = p.Display + "已停用，登录都已退出。随时可以恢复。"
	}
	return v.Go("/people/"+url.PathEscape(p.Name), words)
}

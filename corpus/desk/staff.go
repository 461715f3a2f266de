package desk

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// Role is what a person may do. A person may have several.
type Role string

// The roles.
const (
	Editor     Role = "editor"     // 编辑: uploads, edits, submits
	Reviewer   Role = "reviewer"   // 审核: reviews, publishes, withdraws
	Maintainer Role = "maintainer" // 维护: lexicon and golden questions
	Admin      Role = "admin"      // 管理: people and accounts
	Auditor    Role = "auditor"    // 审计: reads everything, changes nothing
)

// Roles lists every role.
func Roles() []Role { return []Role{Editor, Reviewer, Maintainer, Admin, Auditor} }

// Staff is a person who works in the console. How one signs in is not told
// here.
type Staff struct {
	ID       int64  // from 1; 0 is nobody, or this program itself
	Name     string // what one signs in with: [a-z0-9._-]{1,40}; never changes
	Display  string // 王敏
	Roles    []Role
	Agency   string // whose documents they see; "" is all
	Disabled bool
}

// Is reports whether the person has one of the roles, and is not disabled.
func (s Staff) Is(roles ...Role) bool {
	return !s.Disabled && slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(s.Roles, r) })
}

// Actor is a person at a place, or this program: who is named in the history.
type Actor struct {
	Staff
	From string // the address of the browser, or "terminal"
}

// Program is this program, where it does what a person has ordered before.
func Program(from string) Actor {
	return Actor{Staff: Staff{Name: "policybot", Display: "系统"}, From: from}
}

// The bounds of what is kept of a person, in characters.
const (
	maxName    = 40
	maxDisplay = 30
	maxAgency  = 60
)

// Fault says what is wrong with a person's entry, "" where nothing is.
func (s Staff) Fault() string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r)
	}
	switch {
	case s.Name == "" || len(s.Name) > maxName || strings.ContainsFunc(s.Name, func(r rune) bool { return !plain(r) }):
		return "登录名只能用小写字母、数字和 . _ -，最多40个"
	case s.Name == Program("").Name:
		return "登录名“policybot”留给系统，请换一个"
	case strings.TrimSpace(s.Display) == "" || !oneLine(s.Display, maxDisplay):
		return "姓名应为1到30个字，写在一行里"
	case !oneLine(s.Agency, maxAgency):
		return "单位名称最多60个字，写在一行里"
	case len(s.Roles) == 0:
		return "至少选一个角色"
	}
	for i, r := range s.Roles {
		if !slices.Contains(Roles(), r) || slices.Contains(s.Roles[:i], r) {
			return "角色不对，请重新选"
		}
	}
	return ""
}

func oneLine(s string, most int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && !strings.ContainsFunc(s, unicode.IsControl)
}

// Owned is what of a document decides whose it is.
type Owned struct {
	Owner   string   // the agency that put it in; "" where it was imported
	Issuers []string // see corpus.Document.Issuers
}

// sees reports whether a document belongs to the person's agency: its agency
// put it in, or, where none did, is among those that issued it.
func (s Staff) sees(o Owned) bool {
	switch {
	case s.Agency == "":
		return true
	case o.Owner != "":
		return o.Owner == s.Agency
	}
	return slices.Contains(o.Issuers, s.Agency)
}

// MaySee says whether a person may see a document. The error is
// corpus.ErrNotFound: that it exists is not told either.
func MaySee(s Staff, o Owned) error {
	if s.Disabled || !s.Is(Editor, Reviewer, Auditor, Maintainer, Admin) || !s.sees(o) {
		return corpus.ErrNotFound
	}
	return nil
}

// MayEdit says whether a person may change a document's draft. Errors are
// those of MaySee, and Denied.
func MayEdit(s Staff, o Owned) error {
	if err := MaySee(s, o); err != nil {
		return err
	}
	if !s.Is(Editor) {
		return Denied("只有编辑可以修改文件")
	}
	return nil
}

package console

import (
	"net/http"
	"slices"

	"github.com/policybot/policybot/corpus/desk"
)

// Methods of routes.
const (
	Get  = http.MethodGet
	Post = http.MethodPost
)

// Route is one address, with all that decides who may use it.
type Route struct {
	Method, Path string // below Root, as http.ServeMux reads it
	Who          Who
	Do           func(*Site, *Visit) error
	Options      []Option

	Limit  int64  // bytes of a form; 0 is a form without a file
	Secret bool   // passwords are in the form: it is never kept
	Word   string // Href of the rail's word that it is found below; "" is told from Path
}

// Option is something that few routes need.
type Option func(*Route)

// formLimit bounds a form that has no file and no long text, in bytes.
const formLimit = 256 << 10

// Limit bounds a form, in bytes. More than door.MaxKept is not kept when the
// session has run out.
func Limit(bytes int64) Option { return func(r *Route) { r.Limit = bytes } }

// Secret marks a form that has passwords in it.
func Secret(r *Route) { r.Secret = true }

// Under names the word of the rail that a page is found below.
func Under(href string) Option { return func(r *Route) { r.Word = href } }

// Who says who may use a route.
type Who struct {
	everybody bool // anybody, signed in or not
	roles     []desk.Role
}

var (
	// Anybody need not be signed in.
	Anybody = Who{everybody: true}
	// Staff is everybody who is signed in.
	Staff = Who{roles: desk.Roles()}
)

// Only are those who have one of the roles.
func Only(roles ...desk.Role) Who { return Who{roles: roles} }

// may reports whether a person may.
func (w Who) may(s desk.Staff) bool { return w.everybody || s.Is(w.roles...) }

// pages is the table of everything that the console serves.
var pages = table(doorPages, accountPages, homePages, gapPages, alarmPages, documentPages, backlogPages, concernPages, workPages, originalPages, previewPages, differencePages, uploadPages, templatePages, pinPages, wordPages, peoplePages, agencyPages, historyPages)

// table joins lists of routes and applies their options.
func table(lists ...[]Route) []Route {
	all := slices.Concat(lists...)
	for i := range all {
		all[i].Limit = formLimit
		for _, o := range all[i].Options {
			o(&all[i])
		}
	}
	return all
}

// Table lists method, address and roles of every route, for tests that must
// miss none; no roles is anybody.
func Table() (all []Route) { return slices.Clone(pages) }

// word is an entry of the rail.
type word struct {
	Href, Text string
	who        Who
}

// rail is where the console's parts are, at most seven words.
var rail = []word{
	{"/", "首页", Staff},
	{"/documents", "文件", Staff},
	{"/uploads", "上传", Only(desk.Editor, desk.Reviewer, desk.Auditor)},
	{"/pins", "澄清", Staff},
	{"/agencies", "单位", Staff},
	{"/people", "人员", Only(desk.Admin)},
	{"/history", "历史", Only(desk.Admin, desk.Auditor)},
}

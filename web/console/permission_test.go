package console_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/web/console"
)

// allowed says who may use each route. It is written apart from the table that
// decides it: a route that stands in one and not in the other fails, and so
// does one that somebody gets into who is not named here.
var allowed = map[string]string{
	"GET /sign-in":               "anybody",
	"POST /sign-in":              "anybody",
	"GET /code":                  "anybody",
	"POST /code":                 "anybody",
	"POST /sign-out":             "anybody",
	"GET /begin/{token}":         "anybody",
	"POST /begin/{token}":        "anybody",
	"GET /set-password/{token}":  "anybody",
	"POST /set-password/{token}": "anybody",

	"GET /{$}":                "all",
	"GET /kept/{id}":          "all",
	"POST /kept/{id}/drop":    "all",
	"GET /me":                 "all",
	"POST /me/password":       "all",
	"GET /me/second":          "all",
	"POST /me/second":         "all",
	"POST /me/second/confirm": "all",
	"POST /me/second/off":     "all",
	"POST /me/sessions":       "all",
	"GET /agencies":           "all",
	"GET /differences":        "all",
	"POST /differences/{id}":  "editor reviewer",

	"GET /documents":                      "all",
	"POST /documents":                     "editor reviewer",
	"GET /documents.xlsx":                 "all",
	"GET /alarms":                         "editor reviewer admin auditor",
	"POST /alarms":                        "editor reviewer admin",
	"GET /backlog":                        "editor reviewer auditor",
	"POST /backlog":                       "reviewer",
	"GET /concerns":                       "all",
	"POST /concerns":                      "reviewer",
	"GET /concerns/{id}":                  "all",
	"POST /concerns/{id}":                 "editor reviewer",
	"GET /documents/{id}":                 "all",
	"GET /documents/{id}/file/{revision}": "all",
	"GET /documents/{id}/original":        "all",
	"GET /documents/{id}/original/{revision}/{page}": "all",
	"GET /documents/{id}/compare":                    "all",
	"GET /documents/{id}/preview":                    "all",
	"GET /documents/{id}/preview/page":               "all",
	"POST /documents/{id}/preview":                   "editor",
	"GET /documents/{id}/edit":                       "editor",
	"POST /documents/{id}/edit":                      "editor",
	"POST /documents/{id}/revise":                    "editor",
	"POST /documents/{id}/submit":                    "editor",
	"POST /documents/{id}/drop":                      "editor",
	"POST /documents/{id}/merge":                     "editor",
	"POST /documents/{id}/separate":                  "editor",
	"POST /documents/{id}/confirm":                   "editor reviewer",
	"POST /documents/{id}/comment":                   "editor reviewer",
	"POST /documents/{id}/asked":                     "editor",
	"POST /documents/{id}/links":                     "editor reviewer",
	"POST /documents/{id}/resolve":                   "editor reviewer",
	"POST /documents/{id}/return":                    "editor reviewer",
	"POST /documents/{id}/edge":                      "reviewer",
	"POST /documents/{id}/approve":                   "reviewer",
	"POST /documents/{id}/publish":                   "reviewer",
	"POST /documents/{id}/schedule":                  "reviewer",
	"POST /documents/{id}/withdraw":                  "reviewer",

	"GET /gaps":                     "editor",
	"POST /gaps":                    "editor",
	"POST /gaps/note":               "editor",
	"POST /gaps/refer":              "editor",
	"GET /uploads":                  "editor reviewer auditor",
	"GET /uploads/template/{sheet}": "editor reviewer auditor",
	"POST /uploads":                 "editor",
	"POST /uploads/text":            "editor",

	"GET /pins":               "all",
	"GET /pins/new":           "editor reviewer",
	"POST /pins/new":          "editor reviewer",
	"GET /pins/{id}":          "all",
	"POST /pins/{id}/approve": "reviewer",
	"POST /pins/{id}/start":   "editor reviewer",
	"POST /pins/{id}/extend":  "editor reviewer",
	"POST /pins/{id}/end":     "editor reviewer",
	"POST /pins/burst":        "reviewer maintainer",
	"POST /pins/stop":         "reviewer",
	"POST /pins/resume":       "reviewer",
	"GET /words":              "all",
	"POST /words":             "reviewer maintainer",
	"POST /words/drop":        "reviewer maintainer",

	"GET /people":                  "admin",
	"GET /people/new":              "admin",
	"POST /people/new":             "admin",
	"GET /people/{name}":           "admin",
	"POST /people/{name}":          "admin",
	"POST /people/{name}/reset":    "admin",
	"POST /people/{name}/disabled": "admin",

	"GET /history": "admin auditor",
}

// TestEveryRouteOfEveryRole asks for every route as everybody.
func TestEveryRouteOfEveryRole(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range console.Table() {
		name := r.Method + " " + r.Path
		if seen[name] {
			t.Errorf("%s is there twice", name)
		}
		seen[name] = true
		if _, ok := allowed[name]; !ok {
			t.Errorf("%s: say in this test who may use it", name)
		}
	}
	for name := range allowed {
		if !seen[name] {
			t.Errorf("%s is no route", name)
		}
	}
	d := open(t, "")
	d.enter(t, "keeper", "", desk.Admin) // so that others may lose the role
	for _, role := range append(desk.Roles(), "") {
		name := "nobody"
		if role != "" {
			name = string(role) + "-person"
			d.enter(t, name, "", role)
		}
		for _, route := range console.Table() {
			c := d.client(t)
			if role != "" {
				c.signIn(name)
			}
			path := strings.NewReplacer("{token}", "x", "{id}", "x", "{name}", "nobody", "{revision}", "1", "{page}", "1", "{sheet}", "faq", "{$}", "").Replace(console.Root + route.Path)
			r := c.do(route.Method, path, nil)
			who := allowed[route.Method+" "+route.Path]
			out := r.StatusCode == http.StatusSeeOther && strings.HasPrefix(r.Header.Get("Location"), "/console/sign-in")
			may := who == "anybody" || role != "" && (who == "all" || slices.Contains(strings.Fields(who), string(role)))
			switch {
			case role == "" && !may && !out:
				t.Errorf("%s %s: somebody who is not signed in gets %d", route.Method, route.Path, r.StatusCode)
			case role != "" && !may && r.StatusCode != http.StatusForbidden:
				t.Errorf("%s %s: %s gets %d", route.Method, route.Path, role, r.StatusCode)
			case may && r.StatusCode == http.StatusForbidden:
				t.Errorf("%s %s: %q is refused", route.Method, route.Path, role)
			case r.StatusCode >= 500:
				t.Errorf("%s %s: %s gets %d", route.Method, route.Path, role, r.StatusCode)
			}
		}
	}
}

// TestRail: somebody with every role has seven words to choose from at most,
// and each leads somewhere.
func TestRail(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.enter(t, "everything", "", desk.Roles()...)
	c := d.client(t).signIn("everything")
	words := regexp.MustCompile(`<li><a href="(/console/[a-z]*)"[^>]*>[^<]+</a></li>`).FindAllStringSubmatch(c.get("/console/").must(t, 200).body, -1)
	if len(words) < 4 || len(words) > 7 {
		t.Errorf("%d words", len(words))
	}
	for _, w := range words {
		if page := c.get(w[1]).must(t, 200); strings.Count(page.body, `aria-current="page"`) != 1 {
			t.Errorf("%s: the rail does not say where one is", w[1])
		}
	}
}

// TestOthersPeopleAreNotThere: an administrator of an agency finds that
// agency's people, and makes no others.
func TestOthersPeopleAreNotThere(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.enter(t, "root", "", desk.Admin)
	d.enter(t, "minzheng", "青岚市民政局", desk.Admin)
	d.enter(t, "mz-editor", "青岚市民政局", desk.Editor)
	d.enter(t, "yibao", "青岚市医疗保障局", desk.Editor)
	c := d.client(t).signIn("minzheng")
	list := c.get("/console/people").must(t, 200).says(t, "某minzheng", "某mz-editor").words()
	if strings.Contains(list, "yibao") || strings.Contains(list, "某root") {
		t.Error(list)
	}
	for _, name := range []string{"yibao", "root", "nobody", "%2e%2e", "1", "-1"} {
		unknown := c.get("/console/people/"+name).must(t, 404)
		for _, path := range []string{"", "/reset", "/disabled"} {
			got := c.post("/console/people/"+name+path, "display", "x", "roles", "admin", "disabled", "yes").must(t, 404)
			if got.words() != unknown.words() {
				t.Errorf("%s can be told from nobody", name)
			}
		}
	}
	c.post("/console/people/new", "display", "新人", "name", "newcomer", "roles", "editor", "agency", "").must(t, 200)
	c.post("/console/people/mz-editor", "display", "改名", "roles", "editor", "agency", "").must(t, 303)
	for _, name := range []string{"newcomer", "mz-editor"} {
		if p, err := d.store.PersonNamed(t.Context(), name); err != nil || p.Agency != "青岚市民政局" {
			t.Errorf("%s is of %q, %v", name, p.Agency, err)
		}
	}
	if p, _ := d.store.PersonNamed(t.Context(), "yibao"); p.Disabled || p.Is(desk.Admin) {
		t.Errorf("%+v", p)
	}
}

package metrics

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// inQuery finds the names of metrics in a query: what ends in a selector or
// stands alone, not functions, labels or numbers.
var inQuery = regexp.MustCompile(`\b(?:policybot|go|process)_[a-z0-9_]+`)

// exposed are the names of the figures that a scrape brings.
func exposed(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{"up": true}
	for _, line := range strings.Split(scrape(t, exercised()), "\n") {
		if name := regexp.MustCompile(`^[a-z][a-z0-9_]*`).FindString(line); name != "" {
			names[name] = true
		}
	}
	return names
}

// asks holds a query against what there is: names, and the labels of ours.
func asks(t *testing.T, where, query string, names map[string]bool) {
	t.Helper()
	found := inQuery.FindAllString(query, -1)
	if len(found) == 0 && !strings.Contains(query, "up{") {
		t.Errorf("%s: no metric of ours in %q", where, query)
	}
	for _, name := range found {
		if !names[name] {
			t.Errorf("%s: %s is not exposed", where, name)
		}
	}
	if strings.Count(query, "(") != strings.Count(query, ")") || strings.Count(query, "{") != strings.Count(query, "}") {
		t.Errorf("%s: brackets in %q", where, query)
	}
	known := map[string]bool{}
	for _, s := range statuses {
		known[s] = true
	}
	for _, m := range regexp.MustCompile(`[{,]status(?:=~|!~|=|!=)"([a-z|]+)"`).FindAllStringSubmatch(query, -1) {
		for _, s := range strings.Split(m[1], "|") {
			if !known[s] {
				t.Errorf("%s: no status %q", where, s)
			}
		}
	}
}

func TestDashboard(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/grafana/policybot.json")
	if err != nil {
		t.Fatal(err)
	}
	type datasource struct{ Type, UID string }
	var d struct {
		Title, UID    string
		SchemaVersion int
		Templating    struct {
			List []struct{ Name, Type, Definition string }
		}
		Panels []struct {
			ID          int
			Type, Title string
			Datasource  *datasource
			Targets     []struct {
				Expr       string
				Datasource *datasource
			}
			GridPos struct{ X, Y, W, H int }
		}
	}
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	if d.Title == "" || d.UID == "" || d.SchemaVersion < 38 || len(d.Panels) < 20 {
		t.Errorf("%q %q, schema %d, %d panels", d.Title, d.UID, d.SchemaVersion, len(d.Panels))
	}
	names, ids, sources := exposed(t), map[int]bool{}, 0
	for _, v := range d.Templating.List {
		if v.Type == "datasource" {
			sources++
		} else {
			asks(t, "variable "+v.Name, v.Definition, names)
		}
	}
	if sources != 1 {
		t.Errorf("%d variables for the datasource", sources)
	}
	cells := map[[2]int]string{}
	for _, p := range d.Panels {
		if ids[p.ID] || p.Title == "" {
			t.Errorf("panel %d %q", p.ID, p.Title)
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := cells[[2]int{x, y}]; other != "" || x >= 24 {
					t.Fatalf("%s lies over %s or the edge", p.Title, other)
				}
				cells[[2]int{x, y}] = p.Title
			}
		}
		if p.Type == "row" {
			continue
		}
		if p.Datasource == nil || p.Datasource.UID != "${datasource}" || len(p.Targets) == 0 {
			t.Errorf("%s: datasource %+v, %d queries", p.Title, p.Datasource, len(p.Targets))
		}
		for _, q := range p.Targets {
			asks(t, p.Title, q.Expr, names)
			if q.Datasource == nil || q.Datasource.UID != "${datasource}" {
				t.Errorf("%s: a query has the datasource %+v", p.Title, q.Datasource)
			}
		}
	}
}

func TestAlerts(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/grafana/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	if err := yaml.UnmarshalWithOptions(text, &file, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	names, seen := exposed(t), map[string]bool{}
	for _, g := range file.Groups {
		for _, r := range g.Rules {
			seen[r.Alert] = true
			asks(t, r.Alert, r.Expr, names)
			if s := r.Labels["severity"]; s != "critical" && s != "warning" || r.Annotations["summary"] == "" || r.Annotations["description"] == "" {
				t.Errorf("%s: %v %v", r.Alert, r.Labels, r.Annotations)
			}
		}
	}
	for _, name := range []string{"PolicybotDown", "PolicybotIndexStale", "PolicybotJournalFailing", "PolicybotNothingPublished", "PolicybotSlow", "PolicybotEngineNotAsked", "PolicybotEngineBehind", "PolicybotEngineRefuses"} {
		if !seen[name] {
			t.Errorf("no alert %s", name)
		}
	}
}

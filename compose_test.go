package policybot_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// service is what compose.yaml may say of one; anything else is a mistake.
type service struct {
	Build, Image, Restart string
	Ports, Volumes        []string
	Networks              []string
	Environment           map[string]string
	Healthcheck           struct {
		Test              []string
		Interval, Timeout string
		StartPeriod       string `yaml:"start_period"`
	}
	MemLimit string `yaml:"mem_limit"`
	Logging  struct {
		Driver  string
		Options map[string]string
	}
}

// TestCompose holds the compose file against the program: the version that is
// needed, the settings that there are, and that Meilisearch is kept inside.
func TestCompose(t *testing.T) {
	t.Parallel()
	var file struct {
		Services map[string]service
		Networks map[string]*struct{ Internal bool }
		Volumes  map[string]any
	}
	if err := yaml.UnmarshalWithOptions([]byte(read(t, "compose.yaml")), &file, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	bot, meili := file.Services["policybot"], file.Services["meilisearch"]
	if len(file.Services) != 2 || bot.Build != "." {
		t.Fatalf("services %v", file.Services)
	}
	settings := read(t, "cmd/policybot/settings.go")
	for name := range bot.Environment {
		if short, ok := strings.CutPrefix(name, "POLICYBOT_"); !ok || !strings.Contains(settings, `env:"`+short+`"`) {
			t.Errorf("policybot has no setting %s", name)
		}
	}
	if bot.Environment["POLICYBOT_MEILI_URL"] != "http://meilisearch:7700" || bot.Environment["POLICYBOT_MEILI_KEY"] != meili.Environment["MEILI_MASTER_KEY"] {
		t.Error("address or key of Meilisearch")
	}
	for name, s := range file.Services {
		if s.Restart != "unless-stopped" || s.MemLimit == "" || len(s.Healthcheck.Test) == 0 || len(s.Volumes) == 0 {
			t.Errorf("%s: %+v", name, s)
		}
		for _, v := range s.Volumes {
			if volume, _, _ := strings.Cut(v, ":"); !has(file.Volumes, volume) {
				t.Errorf("%s: no volume %s", name, volume)
			}
		}
	}
	if len(meili.Ports) > 0 || len(meili.Networks) != 1 || !file.Networks[meili.Networks[0]].Internal || meili.Environment["MEILI_ENV"] != "production" {
		t.Errorf("Meilisearch can be reached from outside, or is not in production: %+v", meili)
	}
	image, oldest := versionIn(t, meili.Image, `^getmeili/meilisearch:v(\d+)\.(\d+)\.(\d+)$`), versionIn(t, read(t, "index/meili/check.go"), `oldest = \[3\]int\{(\d+), (\d+), (\d+)\}`)
	for i := range image {
		if image[i] != oldest[i] {
			if image[i] < oldest[i] {
				t.Errorf("the image is of %v, needed is %v", image, oldest)
			}
			break
		}
	}
	if !strings.Contains("\n"+read(t, ".dockerignore"), "\n.env\n") || !strings.Contains("\n"+read(t, ".gitignore"), "\n.env\n") {
		t.Error("the key in .env may get into an image, or be committed")
	}
}

func has[V any](m map[string]V, key string) bool { _, ok := m[key]; return ok }

// versionIn finds the three numbers of a version.
func versionIn(t *testing.T, text, pattern string) (v [3]int) {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no %s", pattern)
	}
	for i := range v {
		v[i], _ = strconv.Atoi(m[i+1]) // digits
	}
	return v
}

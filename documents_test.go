package policybot_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDependenciesAreExplained(t *testing.T) {
	t.Parallel()
	var mod struct {
		Require []struct {
			Path, Version string
			Indirect      bool
		}
	}
	if err := json.Unmarshal(run(t, "go", "mod", "edit", "-json"), &mod); err != nil {
		t.Fatal(err)
	}
	list := read(t, "docs/dependencies.md")
	for _, m := range mod.Require {
		if line := "| `" + m.Path + "` | " + m.Version + " |"; !m.Indirect && !strings.Contains(list, line) {
			t.Errorf("docs/dependencies.md has no line %q", line)
		}
	}
}

// TestReadmes holds what both languages promise against the program.
func TestReadmes(t *testing.T) {
	t.Parallel()
	settings := regexp.MustCompile("env:\"([A-Z_]+)\"").FindAllStringSubmatch(read(t, "cmd/policybot/settings.go"), -1)
	if len(settings) < 10 {
		t.Fatalf("only %d settings found", len(settings))
	}
	const test = "\n```sh\ngo test ./...\n```\n"
	for _, name := range []string{"README.md", "README.zh-CN.md"} {
		text := read(t, name)
		for _, s := range settings {
			short := "…" + strings.TrimPrefix(s[1], "WECHAT") // in a row of its kind
			if !strings.Contains(text, "`POLICYBOT_"+s[1]+"`") && !strings.Contains(text, "`"+short+"`") {
				t.Errorf("%s does not name POLICYBOT_%s", name, s[1])
			}
		}
		if strings.Count(text, test) != 1 || !strings.Contains(text, "\ngo run ./cmd/policybot serve\n") {
			t.Errorf("%s lacks the commands to run and to test", name)
		}
		for _, link := range regexp.MustCompile(`(?:\]\(|src=")([^)"#]+)`).FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(link[1]); err != nil && !strings.Contains(link[1], "://") {
				t.Errorf("%s links to %s, which is not there", name, link[1])
			}
		}
	}
	if !strings.Contains(read(t, ".ci/run"), "\ngo test ./... ") {
		t.Error(".ci/run does not call the README's test command")
	}
}

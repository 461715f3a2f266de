package meili

import (
	"strings"
	"testing"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	good := Config{URL: "http://meili:7700", Key: secret, Prefix: "p-"}
	for name, test := range map[string]struct {
		change func(*Config)
		want   string // in the error; "" is none
	}{
		"good":            {func(*Config) {}, ""},
		"slash":           {func(c *Config) { c.URL += "/" }, ""},
		"path of a proxy": {func(c *Config) { c.URL = "https://office.example/search/" }, ""},
		"no key":          {func(c *Config) { c.Key = "" }, ""},
		"empty":           {func(c *Config) { c.URL = "" }, "http://host:7700"},
		"no scheme":       {func(c *Config) { c.URL = "meili:7700" }, "http://host:7700"},
		"file":            {func(c *Config) { c.URL = "file:///etc/passwd" }, "http://host:7700"},
		"no host":         {func(c *Config) { c.URL = "http://:7700" }, "http://host:7700"},
		"no address":      {func(c *Config) { c.URL = "http://u:" + secret + "@[::1" }, "cannot be read"},
		"user":            {func(c *Config) { c.URL = "http://user:" + secret + "@meili:7700" }, "user or password"},
		"query":           {func(c *Config) { c.URL += "/?key=" + secret }, "no ?"},
		"line end":        {func(c *Config) { c.Key += "\n" }, "line ends"},
		"search key":      {func(c *Config) { c.SearchKey = "密" }, "ASCII"},
		"prefix":          {func(c *Config) { c.Prefix = "a/b" }, "prefix"},
		"no prefix":       {func(c *Config) { c.Prefix = "" }, "prefix"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := good
			test.change(&c)
			e, err := Open(c)
			switch {
			case test.want == "" && err != nil:
				t.Fatal(err)
			case test.want == "" && e.Name() != "meilisearch":
				t.Errorf("name %q", e.Name())
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Fatalf("error %v, want one with %q", err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("the error shows the key: %v", err)
			}
		})
	}
}

func TestGenerationNames(t *testing.T) {
	t.Parallel()
	e := standInFor(t, &standIn{})
	for _, bad := range []string{"", "a/b", "a b", "..", "a%2Fb", "代", strings.Repeat("a", 201)} {
		if _, err := e.Recall(t.Context(), bad, probe("a")); err == nil {
			t.Errorf("generation %q passes", bad)
		}
		if err := e.Drop(t.Context(), bad); err == nil {
			t.Errorf("generation %q is dropped", bad)
		}
	}
}

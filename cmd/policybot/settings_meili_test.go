//go:build unix

package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

func TestMeiliServers(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t-of-the-test"
	file := write(t, filepath.Join(t.TempDir(), "key"), secret)
	empty := write(t, filepath.Join(t.TempDir(), "empty"), " ")
	for name, tt := range map[string]struct {
		s     settings
		want  []meiliServer
		fails string // "" is no failure
	}{
		"nothing": {},
		"one": {
			s:    settings{MeiliURL: "http://127.0.0.1:7700/", MeiliKey: secret},
			want: []meiliServer{{"meilisearch", "http://127.0.0.1:7700", secret, ""}},
		},
		"a file": {
			s:    settings{MeiliURL: "https://Search.Example.gov.cn/meili/", MeiliKeyFile: file, MeiliPrefix: "oa_1-"},
			want: []meiliServer{{"meilisearch", "https://search.example.gov.cn/meili", secret, ""}},
		},
		"reads only": {
			s:    settings{MeiliURL: "http://a:7700", MeiliSearchKey: "s"},
			want: []meiliServer{{"meilisearch", "http://a:7700", "", "s"}},
		},
		"two, one key": {
			s:    settings{MeiliURL: " http://a:7700 , http://b:7700,", MeiliKey: "k", MeiliSearchKey: "s"},
			want: []meiliServer{{"meilisearch@a:7700", "http://a:7700", "k", "s"}, {"meilisearch@b:7700", "http://b:7700", "k", "s"}},
		},
		"two, two keys": {
			s:    settings{MeiliURL: "http://a:7700,http://b:7700", MeiliKey: "k1,k2"},
			want: []meiliServer{{"meilisearch@a:7700", "http://a:7700", "k1", ""}, {"meilisearch@b:7700", "http://b:7700", "k2", ""}},
		},
		"key without address":    {s: settings{MeiliKey: secret}, fails: "set POLICYBOT_MEILI_URL too"},
		"prefix without address": {s: settings{MeiliPrefix: "x"}, fails: "set POLICYBOT_MEILI_URL too"},
		"address without key":    {s: settings{MeiliURL: "http://a:7700"}, fails: "set POLICYBOT_MEILI_KEY too"},
		"key and file":           {s: settings{MeiliURL: "http://a", MeiliKey: secret, MeiliKeyFile: file}, fails: "both --meili-key and --meili-key-file are given"},
		"search key and file":    {s: settings{MeiliURL: "http://a", MeiliSearchKey: secret, MeiliSearchKeyFile: file}, fails: "both --meili-search-key and --meili-search-key-file"},
		"no such file":           {s: settings{MeiliURL: "http://a", MeiliKeyFile: file + "x"}, fails: "--meili-key-file: "},
		"empty file":             {s: settings{MeiliURL: "http://a", MeiliKeyFile: empty}, fails: "is empty"},
		"three":                  {s: settings{MeiliURL: "http://a,http://b,http://c", MeiliKey: secret}, fails: "3 addresses: at most 2"},
		"twice the same":         {s: settings{MeiliURL: "http://a:7700,http://A:7700/", MeiliKey: secret}, fails: "http://a:7700 twice"},
		"too many keys":          {s: settings{MeiliURL: "http://a", MeiliKey: "k1," + secret}, fails: "2 keys and --meili-url has 1 addresses"},
		"no scheme":              {s: settings{MeiliURL: "127.0.0.1:7700", MeiliKey: secret}, fails: "not an address like http://127.0.0.1:7700"},
		"another scheme":         {s: settings{MeiliURL: "file:///etc/passwd", MeiliKey: secret}, fails: "not an address like"},
		"a port alone":           {s: settings{MeiliURL: "http://:7700", MeiliKey: secret}, fails: "not an address like"},
		"a query":                {s: settings{MeiliURL: "http://a/?key=x", MeiliKey: secret}, fails: "not an address like"},
		"a password":             {s: settings{MeiliURL: "http://me:" + secret + "@a:7700", MeiliKey: "k"}, fails: "holds a user or a password"},
		"not parsed":             {s: settings{MeiliURL: "http://a:" + secret, MeiliKey: "k"}, fails: "not an address like"},
		"a prefix of others":     {s: settings{MeiliURL: "http://a", MeiliKey: "k", MeiliPrefix: "a/b"}, fails: "letters, digits, - and _"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.s.meiliServers()
			if tt.fails == "" {
				if err != nil || len(got) != len(tt.want) {
					t.Fatalf("%+v, %v", got, err)
				}
				for i := range got {
					if got[i] != tt.want[i] {
						t.Errorf("%+v, want %+v", got[i], tt.want[i])
					}
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.fails) || strings.Contains(err.Error(), secret) {
				t.Errorf("it says %v, want %q and no secret", err, tt.fails)
			}
			if usage := (usageError{}); !errors.As(err, &usage) && !strings.Contains(name, "file") {
				t.Errorf("%v is no mistake in usage", err)
			}
		})
	}
}

func TestHelpShowsNoMeiliKey(t *testing.T) {
	t.Parallel()
	s := settings{MeiliKey: "geheim-1", MeiliSearchKey: "geheim-2"}
	f := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	s.serveFlags(f)
	var help bytes.Buffer
	f.SetOutput(&help)
	f.PrintDefaults()
	if strings.Contains(help.String(), "geheim") || !strings.Contains(help.String(), "--meili-search-key") {
		t.Errorf("--help prints\n%s", help.String())
	}
}

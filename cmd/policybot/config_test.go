package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/policybot/policybot/bot"
)

const (
	aesOne = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	aesTwo = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefg"
)

const twoYAML = `base_url: https://policy.example.gov.cn
site:
  organiser: 青岚市人民政府办公室
  icp: 青ICP备00000001号
accounts:
  - name: qinglan
    title: 青岚发布
    region: 青岚市
    wechat: {token: tokenone, appid: wx1, aes_key: ` + aesOne + `}
  - name: minzheng
    title: 青岚民政
    greeting: 您好，这里是青岚民政。
    agency: 青岚市民政局
    hotline: "12349"
    links: official
    thresholds: {answer: 0.5, choose: 0.2}
    wechat:
      token_file: secret/token
      mode: plain
  - name: lixia
    base_url: https://lixia.example.gov.cn:443/
`

const twoTOML = `base_url = "https://policy.example.gov.cn"

[site]
organiser = "青岚市人民政府办公室"
icp = "青ICP备00000001号"

[[accounts]]
name = "qinglan"
title = "青岚发布"
region = "青岚市"
wechat = {token = "tokenone", appid = "wx1", aes_key = "` + aesOne + `"}

[[accounts]]
name = "minzheng"
title = "青岚民政"
greeting = "您好，这里是青岚民政。"
agency = "青岚市民政局"
hotline = "12349"
links = "official"
thresholds = {answer = 0.5, choose = 0.2}
[accounts.wechat]
token_file = "secret/token"
mode = "plain"

[[accounts]]
name = "lixia"
base_url = "https://lixia.example.gov.cn:443/"
`

// configIn writes a configuration file, and the secret that it may name.
func configIn(t testing.TB, name, text string) settings {
	t.Helper()
	folder := t.TempDir()
	file := filepath.Join(folder, name)
	err := os.Mkdir(filepath.Join(folder, "secret"), 0o700)
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "secret", "token"), []byte("tokentwo\n"), 0o600)
	}
	if err == nil {
		err = os.WriteFile(file, []byte(text), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return settings{Config: file, Addr: "127.0.0.1:8080"}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"a.yaml": twoYAML, "b.toml": twoTOML} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := configIn(t, name, text)
			r, err := s.roster()
			if err != nil {
				t.Fatal(err)
			}
			if got := r.names(); !slices.Equal(got, []string{"qinglan", "minzheng", "lixia"}) || !r.configured {
				t.Errorf("accounts %v, configured %v", got, r.configured)
			}
			want := bot.Account{
				Name: "minzheng", Title: "青岚民政", Greeting: "您好，这里是青岚民政。", Agency: "青岚市民政局", Hotline: "12349",
				Links: bot.Official, AnswerAt: .5, ChooseAt: .2, BaseURL: "https://policy.example.gov.cn/a/minzheng",
			}
			if m := r.byName["minzheng"]; m.Account != want || m.root != "/a/minzheng" {
				t.Errorf("%+v at %q", m.Account, m.root)
			}
			if m := r.byName["qinglan"]; m.BaseURL != "https://policy.example.gov.cn" || m.root != "" {
				t.Errorf("the first account is at %s %q", m.BaseURL, m.root)
			}
			if m := r.byName["lixia"]; m.host != "lixia.example.gov.cn" || m.BaseURL != "https://lixia.example.gov.cn:443" {
				t.Errorf("own host: %q %q", m.host, m.BaseURL)
			}
			for account, connected := range map[string]bool{"qinglan": true, "minzheng": true, "lixia": false, "other": false, "": false} {
				if _, ok := r.channel(account); ok != connected {
					t.Errorf("%q connected: %v", account, ok)
				}
			}
			if r.site.Organiser != "青岚市人民政府办公室" || r.site.ICP != "青ICP备00000001号" {
				t.Errorf("site: %+v", r.site)
			}
		})
	}
}

// TestConfigMistakes: each is named with its line, all at once, and no secret
// is repeated.
func TestConfigMistakes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file, text string
		want       []string
	}{
		"two of one name": {"c.yaml", "accounts:\n  - name: a\n  - name: a\n", []string{`c.yaml:3: accounts[1].name: there are two accounts of the name "a"`}},
		"in TOML":         {"c.toml", "[[accounts]]\nname = \"a\"\n\n[[accounts]]\nname = \"a\"\n", []string{`c.toml:5: accounts[1].name: there are two`}},
		"unknown key":     {"c.yaml", "accounts:\n  - name: a\n    tokn: x\n", []string{`c.yaml:3: the key "tokn" is not known`}},
		"unknown, TOML":   {"c.toml", "[[accounts]]\nname = \"a\"\n[accounts.wechat]\ntokn = \"x\"\n", []string{`c.toml:4: the key "tokn" is not known`}},
		"short key": {"c.yaml", "accounts:\n  - name: a\n    wechat:\n      token: topsecret\n      appid: wx\n      aes_key: " + aesOne[1:] + "\n",
			[]string{"c.yaml:6: accounts[0].wechat.aes_key: is not an EncodingAESKey: 43 letters and digits"}},
		"short key, TOML": {"c.toml", "[[accounts]]\nname = \"a\"\nwechat = {token = \"topsecret\", appid = \"w\",\n  aes_key = \"short\"}\n",
			[]string{"c.toml:4: accounts[0].wechat.aes_key: is not an EncodingAESKey"}},
		"key without app ID": {"c.yaml", "accounts:\n  - name: a\n    wechat: {token: topsecret, aes_key: " + aesOne + "}\n",
			[]string{"c.yaml:3: accounts[0].wechat.appid: is empty, but aes_key needs it"}},
		"no token":       {"c.yaml", "accounts:\n  - name: a\n    wechat:\n      mode: plain\n", []string{"c.yaml:3: accounts[0].wechat.token: is empty"}},
		"no such file":   {"c.yaml", "accounts:\n  - name: a\n    wechat:\n      token_file: nowhere\n", []string{"c.yaml:4: accounts[0].wechat.token_file: stat "}},
		"secret twice":   {"c.yaml", "accounts:\n  - name: a\n    wechat:\n      token: topsecret\n      token_file: secret/token\n", []string{"c.yaml:5: accounts[0].wechat.token_file: token is there, too"}},
		"all of them":    {"c.yaml", "base_url: ftp://x\naccounts:\n  - title: <b>\n  - name: A b\n    links: both\n    hotline: call me\n    thresholds: {answer: 2, choose: -1}\n", []string{"c.yaml:1: base_url:", "c.yaml:3: accounts[0]: an account needs a name", "c.yaml:3: accounts[0].title:", "c.yaml:4: accounts[1].name:", "c.yaml:5: accounts[1].links:", "c.yaml:6: accounts[1].hotline:", "c.yaml:7: accounts[1].thresholds.answer:", "c.yaml:7: accounts[1].thresholds.choose:"}},
		"order":          {"c.yaml", "accounts:\n  - name: a\n    thresholds: {answer: 0.2, choose: 0.4}\n", []string{"c.yaml:3: accounts[0].thresholds.choose: must not be above 0.2"}},
		"one host twice": {"c.yaml", "accounts:\n  - name: a\n    base_url: https://a.example\n  - name: b\n    base_url: https://A.example/\n", []string{`c.yaml:5: accounts[1].base_url: is the one of the account "a", too`}},
		"wrong kind":     {"c.yaml", "accounts:\n  - name: [a]\n", []string{"c.yaml:2: a value of another kind"}},
		"wrong kind, 2":  {"c.toml", "accounts = 7\n", []string{"c.toml:1: "}},
		"key twice":      {"c.yaml", "site:\n  icp: a\n  icp: b\n", []string{"c.yaml:3: "}},
		"not YAML":       {"c.yaml", "accounts:\n  - name: 'topsecret\n", []string{"c.yaml:2: not YAML"}},
		"not TOML":       {"c.toml", "[site]\nicp = topsecret\n", []string{"c.toml:2: not TOML"}},
		"aliases":        {"c.yaml", "site: &a\n  icp: x\naccounts: [*a]\n", []string{"c.yaml:1: YAML's & and *"}},
		"two documents":  {"c.yaml", "site:\n  icp: x\n---\nsite:\n  icp: y\n", []string{"one document a file"}},
		"another format": {"c.json", "{}", []string{"c.json: a configuration file is called"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := configIn(t, c.file, c.text)
			_, err := s.roster()
			if err == nil {
				t.Fatal("taken")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in:\n%v", want, err)
				}
			}
			if strings.Contains(err.Error(), "topsecret") || strings.Contains(err.Error(), aesOne[5:20]) {
				t.Errorf("a secret is repeated: %v", err)
			}
		})
	}
}

func TestConfigBesideEnvironment(t *testing.T) {
	t.Parallel()
	s := configIn(t, "c.yaml", "site: {icp: x}\n")
	if r, err := s.roster(); err != nil || r.configured || !slices.Equal(r.names(), []string{defaultAccount}) {
		t.Errorf("a file without accounts: %+v, %v", r, err)
	}
	s.Token = "fromenvironment"
	if r, err := s.roster(); err != nil || !r.configured || r.byName[defaultAccount].channel == nil {
		t.Errorf("an account of the environment: %+v, %v", r, err)
	}
	s = configIn(t, "c.yaml", "accounts:\n  - name: default\n    title: 青岚发布\n")
	s.Token = "fromenvironment"
	if r, err := s.roster(); err != nil || r.byName[defaultAccount].channel == nil || r.byName[defaultAccount].Title != "青岚发布" {
		t.Errorf("keys of the environment, words of the file: %+v, %v", r, err)
	}
	s = configIn(t, "c.yaml", "accounts:\n  - name: default\n    wechat: {token: x}\n")
	s.Token = "fromenvironment"
	if _, err := s.roster(); err == nil || !strings.Contains(err.Error(), "c.yaml:3: accounts[0].wechat: the account default has its keys in the environment") {
		t.Errorf("keys twice: %v", err)
	}
}

func FuzzConfig(f *testing.F) {
	f.Add(twoYAML, true)
	f.Add(twoTOML, false)
	f.Add("accounts: [{name: a}, {name: &x b, wechat: *x}]", true)
	f.Add("[[accounts]]\n[accounts.a.b]\nc = [1, {d = 2}]", false)
	f.Fuzz(func(t *testing.T, text string, yaml bool) {
		c, p := &configFile{}, &problems{file: "f"}
		read := c.fromTOML
		if yaml {
			read = c.fromYAML
		}
		if err := read([]byte(text), p); err != nil {
			return
		}
		for place, line := range p.lines {
			if line < 0 || line > strings.Count(text, "\n")+1 {
				t.Errorf("%s is on line %d of %q", place, line, text)
			}
		}
	})
}

// TestConfigExample: the example that the README shows is right, but for the
// secrets' files, which are not here.
func TestConfigExample(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/deploy/policybot.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := configIn(t, "c.yaml", regexp.MustCompile(`(?m)^ +(token|aes_key)_file: .*\n`).ReplaceAllString(string(text), ""))
	if _, err = s.roster(); err == nil || strings.Count(err.Error(), "\n") != 1 || strings.Count(err.Error(), ".wechat.token: is empty") != 2 {
		t.Errorf("more than the missing secrets is wrong: %v", err)
	}
	c, p := &configFile{}, &problems{file: "c.yaml"}
	if err := c.fromYAML(text, p); err != nil || len(c.Accounts) != 2 {
		t.Errorf("%d accounts, %v", len(c.Accounts), err)
	}
	if c.Site.check(p); p.err() != nil || slices.Contains(fieldsOf(c.Site), "") {
		t.Errorf("the site's foot: %v %+v", p.err(), c.Site)
	}
}

func fieldsOf(s siteConfig) []string {
	return []string{s.Organiser, s.Operator, s.SiteCode, s.ICP, s.PublicSecurity, s.ErrorReport, s.Contact}
}

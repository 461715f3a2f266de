package main

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/bot/wechat"
)

// roster is the accounts of one configuration. It does not change: a reload
// makes another.
type roster struct {
	base     string // where the pages of the first account are
	site     siteConfig
	accounts []*member // the first one has the pages at the root
	byName   map[string]*member
	// configured says that somebody has set an account up: there is one
	// besides that which every installation has for trying.
	configured bool
	listed     int // accounts in the file
}

// member is an account with its keys and the place of its pages.
type member struct {
	bot.Account
	channel *wechat.Channel // nil: without a connection to the platform
	host    string          // of a base URL of its own; "" shares the first account's
	root    string          // path of its pages: "" or /a/minzheng
}

// names lists the accounts in the order of the file.
func (r *roster) names() []string {
	out := make([]string, len(r.accounts))
	for i, m := range r.accounts {
		out[i] = m.Name
	}
	return out
}

// roots lists the paths of the pages that are below the first account's.
func (r *roster) roots() []string {
	var out []string
	for _, m := range r.accounts {
		if m.root != "" {
			out = append(out, m.root)
		}
	}
	return out
}

// channel returns an account's protocol; ok is false where the account is not
// connected, or not known.
func (r *roster) channel(name string) (*wechat.Channel, bool) {
	m, ok := r.byName[name]
	if !ok || m.channel == nil {
		return nil, false
	}
	return m.channel, true
}

// roster reads the configuration file, where there is one, and puts the
// account of the environment beside its accounts. Every mistake is named in
// one error, and nothing is half applied.
func (s *settings) roster() (*roster, error) {
	if s.Config == "" {
		return s.alone()
	}
	c, p, err := readConfig(s.Config)
	if err != nil {
		return nil, err
	}
	r := &roster{site: c.Site, byName: map[string]*member{}, configured: len(c.Accounts) > 0 || s.tokenGiven(), listed: len(c.Accounts)}
	if r.base, err = s.baseOf(c, p); err != nil {
		return nil, err
	}
	c.Site.check(p)
	if len(c.Accounts) > maxAccounts {
		p.add("accounts", "there are %d, at most %d can be served", len(c.Accounts), maxAccounts)
		return nil, p.err()
	}
	for i := range c.Accounts {
		b := &enrolment{r: r, s: s, p: p, place: fmt.Sprintf("accounts[%d]", i), c: c.Accounts[i]}
		b.enrol()
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	if r.byName[defaultAccount] == nil && (s.tokenGiven() || len(r.accounts) == 0) {
		only, err := s.alone()
		if err != nil {
			return nil, err
		}
		r.add(only.accounts[0])
	}
	r.place()
	return r, nil
}

// alone is the roster of the environment alone: one account, connected or not.
func (s *settings) alone() (*roster, error) {
	base, err := s.base()
	if err != nil {
		return nil, err
	}
	channel, err := s.channel()
	if err != nil {
		return nil, err
	}
	r := &roster{base: base, byName: map[string]*member{}, configured: s.tokenGiven()}
	r.add(&member{Account: bot.Account{Name: defaultAccount}, channel: channel})
	r.place()
	return r, nil
}

func (r *roster) add(m *member) {
	r.accounts = append(r.accounts, m)
	r.byName[m.Name] = m
}

// place gives every account the address of its pages.
func (r *roster) place() {
	for i, m := range r.accounts {
		switch {
		case m.host != "":
		case i == 0:
			m.BaseURL = r.base
		default:
			m.root = "/a/" + m.Name
			m.BaseURL = r.base + m.root
		}
	}
}

// baseOf is the base URL of flag or environment, else of the file.
func (s *settings) baseOf(c *configFile, p *problems) (string, error) {
	if s.BaseURL == "" && c.BaseURL != "" {
		if !webAddress(c.BaseURL) {
			p.add("base_url", "%.80q is not an address like https://policy.example.gov.cn", c.BaseURL)
		}
		return strings.TrimRight(c.BaseURL, "/"), nil
	}
	return s.base()
}

// webAddress reports whether a text is an address with scheme and host and
// nothing behind the host.
func webAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" &&
		u.User == nil && u.RawQuery == "" && u.Fragment == "" && strings.Trim(u.Path, "/") == ""
}

func (c siteConfig) check(p *problems) {
	for _, f := range []struct{ key, value string }{
		{"organiser", c.Organiser}, {"operator", c.Operator}, {"site_code", c.SiteCode},
		{"icp", c.ICP}, {"public_security", c.PublicSecurity}, {"contact", c.Contact},
	} {
		checkLine(p, "site."+f.key, f.value, 100)
	}
	if u, err := url.Parse(c.ErrorReport); c.ErrorReport != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		p.add("site.error_report", "is not an address that begins with https://")
	}
}

// checkLine refuses what does not fit into a line that citizens read.
func checkLine(p *problems, place, text string, most int) {
	switch {
	case utf8.RuneCountInString(text) > most:
		p.add(place, "is longer than %d characters", most)
	case strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == '<' || r == '>' }):
		p.add(place, "must be one line without < and >")
	}
}

// enrolment checks one account of the file and adds it to the roster.
type enrolment struct {
	r     *roster
	s     *settings
	p     *problems
	place string
	c     accountConfig
}

func (b *enrolment) at(key string) string { return b.place + "." + key }

var accountName = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$`)

func (b *enrolment) enrol() {
	c := b.c
	switch {
	case c.Name == "":
		b.p.add(b.place, "an account needs a name")
	case !accountName.MatchString(c.Name):
		b.p.add(b.at("name"), "%.40q is not a name: 1 to 32 of a-z, 0-9 and - (it stands in addresses)", c.Name)
	case b.r.byName[c.Name] != nil:
		b.p.add(b.at("name"), "there are two accounts of the name %q", c.Name)
	}
	m := &member{Account: bot.Account{
		Name: c.Name, Title: c.Title, Greeting: strings.TrimSpace(c.Greeting), Agency: c.Agency, Region: c.Region,
		Hotline: c.Hotline, Links: bot.Links(c.Links), AnswerAt: c.Thresholds.Answer, ChooseAt: c.Thresholds.Choose,
	}}
	b.words()
	b.thresholds()
	m.BaseURL, m.host = b.address()
	m.channel = b.channel()
	b.r.add(m)
}

func (b *enrolment) words() {
	checkLine(b.p, b.at("title"), b.c.Title, 30)
	checkLine(b.p, b.at("agency"), b.c.Agency, 60)
	checkLine(b.p, b.at("region"), b.c.Region, 30)
	const longest = 200 // characters: the platform shows 600 bytes and our own sentences
	if utf8.RuneCountInString(b.c.Greeting) > longest || strings.ContainsAny(b.c.Greeting, "<>") {
		b.p.add(b.at("greeting"), "must have at most %d characters, without < and >", longest)
	}
	if b.c.Hotline != "" && !regexp.MustCompile(`^[0-9][0-9-]{2,15}$`).MatchString(b.c.Hotline) {
		b.p.add(b.at("hotline"), "%.30q is not a telephone number (in quotes: \"12345\")", b.c.Hotline)
	}
	if links := bot.Links(b.c.Links); links != "" && links != bot.OurPages && links != bot.Official {
		b.p.add(b.at("links"), "%.30q is neither %s nor %s", b.c.Links, bot.OurPages, bot.Official)
	}
}

func (b *enrolment) thresholds() {
	answer, choose := b.c.Thresholds.Answer, b.c.Thresholds.Choose
	if answer == 0 {
		answer = bot.DefaultAnswerAt
	}
	if choose == 0 {
		choose = min(bot.DefaultChooseAt, answer)
	}
	within := func(key string, value float64) bool {
		ok := value > 0 && value < 1
		if !ok {
			b.p.add(b.at("thresholds."+key), "must be between 0 and 1")
		}
		return ok
	}
	if a, c := within("answer", answer), within("choose", choose); a && c && choose > answer {
		b.p.add(b.at("thresholds.choose"), "must not be above %g, from which questions are answered", answer)
	}
}

// address is a base URL of the account's own, and its host.
func (b *enrolment) address() (base, host string) {
	if b.c.BaseURL == "" {
		return "", ""
	}
	if !webAddress(b.c.BaseURL) {
		b.p.add(b.at("base_url"), "%.80q is not an address like https://minzheng.example.gov.cn", b.c.BaseURL)
		return "", ""
	}
	base = strings.TrimRight(b.c.BaseURL, "/")
	u, _ := url.Parse(base) // looked at above
	host = hostOf(u.Host)
	if main, err := url.Parse(b.r.base); err == nil && hostOf(main.Host) == host {
		b.p.add(b.at("base_url"), "is the base URL of all; leave it out, and the account's pages are below /a/%s", b.c.Name)
	}
	for _, other := range b.r.accounts {
		if other.host == host {
			b.p.add(b.at("base_url"), "is the one of the account %q, too", other.Name)
		}
	}
	return base, host
}

// hostOf is the host as requests name it: lower case, without the usual port.
func hostOf(host string) string {
	host = strings.ToLower(host)
	if h, port, err := net.SplitHostPort(host); err == nil && (port == "80" || port == "443") {
		return h
	}
	return host
}

// inFile are the names that the settings of the environment have in the file.
var inFile = map[string]string{
	"WECHAT_TOKEN": "token", "WECHAT_APPID": "appid", "WECHAT_AES_KEY": "aes_key",
	"WECHAT_AES_KEY_PREVIOUS": "aes_key_previous", "WECHAT_MODE": "mode",
}

// channel makes the account's protocol of its keys: those of the file or, for
// the account default, of the environment.
func (b *enrolment) channel() *wechat.Channel {
	w := b.c.WeChat
	env := b.c.Name == defaultAccount && b.s.tokenGiven()
	if env && w.given() {
		b.p.add(b.at("wechat"), "the account default has its keys in the environment already (POLICYBOT_WECHAT_…): leave them out here or there")
		return nil
	}
	if env {
		channel, err := b.s.channel()
		if err != nil {
			b.p.add(b.at("name"), "%s", err)
		}
		return channel
	}
	if !w.given() || !b.secrets(&w) {
		return nil
	}
	channel, err := wechat.New(wechat.Config{
		Account: b.c.Name, Token: w.Token, AppID: w.AppID, AESKey: w.AESKey, PreviousAESKey: w.PreviousKey, Mode: wechat.Mode(w.Mode),
	})
	var setting *wechat.SettingError
	if errors.As(err, &setting) {
		b.p.add(b.at("wechat."+inFile[setting.Setting]), "%s", named(setting.Problem))
	} else if err != nil {
		b.p.add(b.at("wechat"), "%s", err)
	}
	return channel
}

// named writes the settings in a sentence by the names of the file; the longer
// names first, which hold the shorter.
func named(text string) string {
	for _, env := range slices.Backward(slices.Sorted(maps.Keys(inFile))) {
		text = strings.ReplaceAll(text, env, inFile[env])
	}
	return text
}

// secrets fills in what stands in files of its own.
func (b *enrolment) secrets(w *wechatConfig) bool {
	before := len(b.p.found)
	for _, f := range []struct {
		key         string
		value, file *string
	}{
		{"token", &w.Token, &w.TokenFile}, {"appid", &w.AppID, &w.AppIDFile},
		{"aes_key", &w.AESKey, &w.AESKeyFile}, {"aes_key_previous", &w.PreviousKey, &w.PreviousKeyFile},
	} {
		place := b.at("wechat." + f.key + "_file")
		switch {
		case *f.file == "":
			continue
		case *f.value != "":
			b.p.add(place, "%s is there, too: leave one of them out", f.key)
			continue
		}
		name := *f.file
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(b.s.Config), name)
		}
		secret, err := readSecret(name)
		if err != nil {
			b.p.add(place, "%s", err)
			continue
		}
		*f.value = secret
	}
	return len(b.p.found) == before
}

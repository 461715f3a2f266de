package main

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/spf13/pflag"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/bot/wechat"
)

// settings are what flags and environment say. Secrets have a …_FILE twin
// that names a file to read them from.
type settings struct {
	Addr       string `env:"ADDR" envDefault:"127.0.0.1:8080"`
	Data       string `env:"DATA" envDefault:"policybot-data"`
	BaseURL    string `env:"BASE_URL"`
	KeepSample bool   `env:"KEEP_SAMPLE"`
	LogFormat  string `env:"LOG_FORMAT" envDefault:"text"`
	Empty      bool   `env:"EMPTY"`
	Config     string `env:"CONFIG"`

	OCR         string `env:"OCR"`
	Concurrency int    `env:"CONCURRENCY" envDefault:"64"`
	Queue       int    `env:"QUEUE" envDefault:"256"`

	trial   bool    // the folder is for measuring only: no account is set up
	outside outside // what is done with engines outside of the process
	dial    dialer  // opens them; nil is as it should be

	MetricsAddr string `env:"METRICS_ADDR"`
	Retention   string `env:"RETENTION" envDefault:"90d"`
	LogFile     string `env:"LOG_FILE"`

	AlarmURL        string `env:"ALARM_URL"`
	AlarmURLFile    string `env:"ALARM_URL_FILE"`
	AlarmDeputy     string `env:"ALARM_DEPUTY_URL"`
	AlarmDeputyFile string `env:"ALARM_DEPUTY_URL_FILE"`

	AlarmMail        string `env:"ALARM_MAIL"`
	AlarmDeputyMail  string `env:"ALARM_DEPUTY_MAIL"`
	MailServer       string `env:"MAIL_SERVER"`
	MailFrom         string `env:"MAIL_FROM"`
	MailUser         string `env:"MAIL_USER"`
	MailPassword     string `env:"MAIL_PASSWORD"`
	MailPasswordFile string `env:"MAIL_PASSWORD_FILE"`
	MailTLS          string `env:"MAIL_TLS"`
	MailCA           string `env:"MAIL_CA"`

	Token           string `env:"WECHAT_TOKEN"`
	TokenFile       string `env:"WECHAT_TOKEN_FILE"`
	AppID           string `env:"WECHAT_APPID"`
	AppIDFile       string `env:"WECHAT_APPID_FILE"`
	AESKey          string `env:"WECHAT_AES_KEY"`
	AESKeyFile      string `env:"WECHAT_AES_KEY_FILE"`
	PreviousKey     string `env:"WECHAT_AES_KEY_PREVIOUS"`
	PreviousKeyFile string `env:"WECHAT_AES_KEY_PREVIOUS_FILE"`
	Mode            string `env:"WECHAT_MODE"`

	AddrConsole    string `env:"ADDR_CONSOLE"`
	BaseURLConsole string `env:"BASE_URL_CONSOLE"`
	ConsoleProxies string `env:"CONSOLE_PROXIES"`
	CheckLinks     bool   `env:"CHECK_LINKS" envDefault:"true"`
	SecondKeyFile  string `env:"SECOND_FACTOR_KEY_FILE"`

	MeiliURL           string `env:"MEILI_URL"`
	MeiliKey           string `env:"MEILI_KEY"`
	MeiliKeyFile       string `env:"MEILI_KEY_FILE"`
	MeiliSearchKey     string `env:"MEILI_SEARCH_KEY"`
	MeiliSearchKeyFile string `env:"MEILI_SEARCH_KEY_FILE"`
	MeiliPrefix        string `env:"MEILI_PREFIX"`
}

// fromEnvironment reads POLICYBOT_…. The flags' defaults come from it, so that
// a flag wins over the environment.
func fromEnvironment() (settings, error) {
	s, err := env.ParseAsWithOptions[settings](env.Options{Prefix: "POLICYBOT_"})
	if err != nil {
		return s, usageError{fmt.Errorf("environment: %w", err)}
	}
	return s, nil
}

func (s *settings) dataFlag(f *pflag.FlagSet) {
	f.StringVar(&s.Data, "data", s.Data, "`folder` of database and index")
}

func (s *settings) ocrFlag(f *pflag.FlagSet) {
	f.StringVar(&s.OCR, "ocr", s.OCR, "`command` that prints the text of the picture {in}: \"tesseract {in} - -l chi_sim --psm 6\"; none: scanned pages are named, and not read")
}

func (s *settings) configFlag(f *pflag.FlagSet) {
	f.StringVar(&s.Config, "config", s.Config, "`file` with accounts and the foot of the pages, YAML or TOML")
}

func (s *settings) serveFlags(f *pflag.FlagSet) {
	s.dataFlag(f)
	s.configFlag(f)
	f.StringVar(&s.Addr, "addr", s.Addr, "`address` to listen on")
	f.StringVar(&s.BaseURL, "base-url", s.BaseURL, "`URL` that citizens reach us by; default http://ADDR")
	f.BoolVar(&s.Empty, "empty", s.Empty, "do not load the sample corpus")
	f.BoolVar(&s.KeepSample, "keep-sample", s.KeepSample, "answer from the sample corpus even with an account or documents of one's own")
	f.IntVar(&s.Concurrency, "concurrency", s.Concurrency, "callbacks that are answered at a time, of all accounts")
	f.IntVar(&s.Queue, "queue", s.Queue, "callbacks that wait for that; those over it are asked to try again later")
	f.StringVar(&s.MetricsAddr, "metrics-addr", s.MetricsAddr, "`address` of its own for /metrics, /healthz and /readyz; without it this machine alone may read /metrics")
	f.StringVar(&s.LogFormat, "log-format", s.LogFormat, "text or json")
	f.StringVar(&s.Retention, "retention", s.Retention, "how `long` what citizens wrote and were told is kept: 90d, 720h; at least 1d")
	f.StringVar(&s.LogFile, "log-file", s.LogFile, "`file` to log to beside standard error, kept six months; - is none; default log/policybot.log in the data folder")
	f.StringVar(&s.Token, "wechat-token", s.Token, "token of the account's server settings")
	f.StringVar(&s.TokenFile, "wechat-token-file", s.TokenFile, "`file` that holds it")
	f.StringVar(&s.AppID, "wechat-appid", s.AppID, "app ID of the account")
	f.StringVar(&s.AppIDFile, "wechat-appid-file", s.AppIDFile, "`file` that holds it")
	f.StringVar(&s.AESKey, "wechat-aes-key", s.AESKey, "EncodingAESKey, 43 characters")
	f.StringVar(&s.AESKeyFile, "wechat-aes-key-file", s.AESKeyFile, "`file` that holds it")
	f.StringVar(&s.PreviousKey, "wechat-aes-key-previous", s.PreviousKey, "the key before, while it is being changed")
	f.StringVar(&s.PreviousKeyFile, "wechat-aes-key-previous-file", s.PreviousKeyFile, "`file` that holds it")
	f.StringVar(&s.Mode, "wechat-mode", s.Mode, "plain, compatible or safe; default safe with a key, plain without")
	for _, name := range []string{"wechat-token", "wechat-appid", "wechat-aes-key", "wechat-aes-key-previous"} {
		f.Lookup(name).DefValue = "" // never print a secret in --help
	}
	s.meiliFlags(f)
	s.alarmFlags(f)
	s.consoleFlags(f)
}

// bounds checks how many callbacks may be answered at a time, and wait.
func (s *settings) bounds() error {
	const most = 65536
	for _, f := range []struct {
		name  string
		value int
	}{{"concurrency", s.Concurrency}, {"queue", s.Queue}} {
		if f.value < 1 || f.value > most {
			return usageError{fmt.Errorf("--%s is %d: 1 to %d", f.name, f.value, most)}
		}
	}
	return nil
}

// maxSecret is more than any of the platform's secrets has.
const maxSecret = 4096

// readSecrets fills in what is given as files.
func (s *settings) readSecrets() error {
	for _, p := range []struct {
		name        string
		value, file *string
	}{
		{"wechat-token", &s.Token, &s.TokenFile}, {"wechat-appid", &s.AppID, &s.AppIDFile},
		{"wechat-aes-key", &s.AESKey, &s.AESKeyFile}, {"wechat-aes-key-previous", &s.PreviousKey, &s.PreviousKeyFile},
	} {
		secret, err := givenSecret(p.name, *p.value, *p.file)
		if err != nil {
			return err
		}
		*p.value = secret
	}
	return nil
}

// givenSecret returns a secret that is given as it is or as a file; "" where
// neither is. Both together are a mistake: one of them is out of date.
func givenSecret(name, value, file string) (string, error) {
	switch {
	case file == "":
		return value, nil
	case value != "":
		return "", usageError{fmt.Errorf("both --%s and --%s-file are given: leave one out", name, name)}
	}
	secret, err := readSecret(file)
	if err != nil {
		return "", fmt.Errorf("--%s-file: %w", name, err)
	}
	return secret, nil
}

// readSecret reads a file that holds one secret.
func readSecret(name string) (string, error) {
	data, err := readSmall(name, maxSecret)
	if err != nil {
		return "", err
	}
	secret := strings.TrimSpace(string(data))
	if secret == "" {
		return "", fmt.Errorf("%s is empty", name)
	}
	return secret, nil
}

// tokenGiven reports whether the environment sets an account up.
func (s *settings) tokenGiven() bool { return s.Token != "" || s.TokenFile != "" }

// channel returns the protocol of the environment's account, nil where there is
// none.
func (s *settings) channel() (*wechat.Channel, error) {
	if !s.tokenGiven() {
		if s.AppID != "" || s.AESKey != "" || s.Mode != "" || s.PreviousKey != "" {
			return nil, usageError{fmt.Errorf("WeChat settings without a token: set POLICYBOT_WECHAT_TOKEN too")}
		}
		return nil, nil
	}
	c, err := wechat.New(wechat.Config{
		Account: defaultAccount, Token: s.Token, AppID: s.AppID,
		AESKey: s.AESKey, PreviousAESKey: s.PreviousKey, Mode: wechat.Mode(s.Mode),
	})
	if err != nil {
		return nil, usageError{err}
	}
	return c, nil
}

// base returns the address that links begin with.
func (s *settings) base() (string, error) {
	if s.BaseURL == "" {
		return "http://" + reachable(s.Addr), nil
	}
	if !webAddress(s.BaseURL) {
		return "", usageError{fmt.Errorf("--base-url %q is not an address like https://policy.example.gov.cn", s.BaseURL)}
	}
	return strings.TrimRight(s.BaseURL, "/"), nil
}

// reachable is an address that a browser on this machine can open: 0.0.0.0
// and [::] are for listening only.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		return net.JoinHostPort("localhost", port)
	}
	return addr
}

func (s *settings) logger(w io.Writer) (*slog.Logger, error) {
	switch s.LogFormat {
	case "text":
		return slog.New(slog.NewTextHandler(w, nil)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, nil)), nil
	}
	return nil, usageError{fmt.Errorf("--log-format %q is neither text nor json", s.LogFormat)}
}

// retention returns how long texts of the journal are kept.
func (s *settings) retention() (time.Duration, error) {
	if s.Retention == "" {
		return bot.DefaultRetention, nil
	}
	const most = 3650 // days
	d, err := time.ParseDuration(s.Retention)
	if days, ok := strings.CutSuffix(s.Retention, "d"); ok {
		var n int
		if n, err = strconv.Atoi(days); err == nil {
			d = time.Duration(min(max(n, 0), most+1)) * 24 * time.Hour
		}
	}
	switch {
	case err != nil:
		return 0, usageError{fmt.Errorf("--retention %q is not a time like 90d or 720h", s.Retention)}
	case d < bot.MinRetention || d > most*24*time.Hour:
		return 0, usageError{fmt.Errorf("--retention %q: texts are kept for at least 1d, at most %dd", s.Retention, most)}
	}
	return d, nil
}

func (s *settings) path(name string) string { return filepath.Join(s.Data, name) }

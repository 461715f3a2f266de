package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/pelletier/go-toml/v2"
)

// configFile is what --config may say, in YAML or TOML. Whatever is left out
// is as if there were no file.
type configFile struct {
	BaseURL  string          `yaml:"base_url" toml:"base_url"`
	Site     siteConfig      `yaml:"site" toml:"site"`
	Accounts []accountConfig `yaml:"accounts" toml:"accounts"`
}

// siteConfig is what every page says at its foot, as the rules on government
// websites want it.
type siteConfig struct {
	Organiser      string `yaml:"organiser" toml:"organiser"`
	Operator       string `yaml:"operator" toml:"operator"`
	SiteCode       string `yaml:"site_code" toml:"site_code"`
	ICP            string `yaml:"icp" toml:"icp"`
	PublicSecurity string `yaml:"public_security" toml:"public_security"`
	ErrorReport    string `yaml:"error_report" toml:"error_report"`
	Contact        string `yaml:"contact" toml:"contact"`
}

// accountConfig is one public account.
type accountConfig struct {
	Name       string           `yaml:"name" toml:"name"`
	Title      string           `yaml:"title" toml:"title"`
	Greeting   string           `yaml:"greeting" toml:"greeting"`
	Agency     string           `yaml:"agency" toml:"agency"`
	Region     string           `yaml:"region" toml:"region"`
	Hotline    string           `yaml:"hotline" toml:"hotline"`
	Links      string           `yaml:"links" toml:"links"`
	BaseURL    string           `yaml:"base_url" toml:"base_url"`
	Thresholds thresholdsConfig `yaml:"thresholds" toml:"thresholds"`
	WeChat     wechatConfig     `yaml:"wechat" toml:"wechat"`
}

// thresholdsConfig are confidences from 0 to 1; 0 is the usual one.
type thresholdsConfig struct {
	Answer float64 `yaml:"answer" toml:"answer"`
	Choose float64 `yaml:"choose" toml:"choose"`
}

// wechatConfig are the server settings of the platform's console. Each secret
// may stand in a file of its own instead, named relative to this one.
type wechatConfig struct {
	Token           string `yaml:"token" toml:"token"`
	TokenFile       string `yaml:"token_file" toml:"token_file"`
	AppID           string `yaml:"appid" toml:"appid"`
	AppIDFile       string `yaml:"appid_file" toml:"appid_file"`
	AESKey          string `yaml:"aes_key" toml:"aes_key"`
	AESKeyFile      string `yaml:"aes_key_file" toml:"aes_key_file"`
	PreviousKey     string `yaml:"aes_key_previous" toml:"aes_key_previous"`
	PreviousKeyFile string `yaml:"aes_key_previous_file" toml:"aes_key_previous_file"`
	Mode            string `yaml:"mode" toml:"mode"`
}

func (w wechatConfig) given() bool { return w != wechatConfig{} }

// Limits of a configuration file.
const (
	maxConfig   = 1 << 20
	maxAccounts = 500
)

// problems are the mistakes of a configuration file, all of them, so that it
// is mended in one go.
type problems struct {
	file  string
	lines lines
	found []string
}

// add notes a mistake at a place of the file: accounts[1].wechat.token.
func (p *problems) add(place, format string, args ...any) {
	where := p.file
	if n := p.lines.of(place); n > 0 {
		where = fmt.Sprintf("%s:%d", p.file, n)
	}
	p.found = append(p.found, where+": "+place+": "+fmt.Sprintf(format, args...))
}

// err is what is wrong with the file, nil where nothing is.
func (p *problems) err() error {
	if len(p.found) == 0 {
		return nil
	}
	return usageError{errors.New(strings.Join(p.found, "\n"))}
}

// readConfig reads a configuration file and the places of its lines. The
// error is a usageError that names the line; it never quotes the file, which
// may hold secrets.
func readConfig(name string) (*configFile, *problems, error) {
	data, err := readSmall(name, maxConfig)
	if err != nil {
		return nil, nil, fmt.Errorf("--config: %w", err)
	}
	c := &configFile{}
	p := &problems{file: name}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".yaml", ".yml":
		err = c.fromYAML(data, p)
	case ".toml":
		err = c.fromTOML(data, p)
	default:
		err = at(0, "a configuration file is called ….yaml or ….toml")
	}
	if err != nil {
		return nil, nil, usageError{fmt.Errorf("%s%w", name, err)}
	}
	return c, p, nil
}

// at is a mistake at a line: it is printed right behind the file's name.
func at(line int, text string) error {
	if line <= 0 {
		return errors.New(": " + text)
	}
	return fmt.Errorf(":%d: %s", line, text)
}

func (c *configFile) fromYAML(data []byte, p *problems) (err error) {
	if p.lines, err = yamlLines(data); err != nil {
		return err
	}
	err = yaml.UnmarshalWithOptions(data, c, yaml.DisallowUnknownField())
	var known yaml.Error
	switch {
	case err == nil, errors.Is(err, io.EOF): // an empty file
		return nil
	case errors.As(err, &known) && known.GetToken() != nil:
		return at(known.GetToken().Position.Line, yamlMistake(known))
	}
	return at(0, "not a YAML file that can be read")
}

// yamlMistake says what is wrong without the file's own words, but for the
// name of a key that is not known.
func yamlMistake(err yaml.Error) string {
	var unknown *yaml.UnknownFieldError
	var twice *yaml.DuplicateKeyError
	switch {
	case errors.As(error(err), &unknown):
		return unknownKey(err.GetToken().Value)
	case errors.As(error(err), &twice):
		return fmt.Sprintf("%.40q is there twice", err.GetToken().Value)
	}
	var syntax *yaml.SyntaxError
	if errors.As(error(err), &syntax) {
		return "not YAML: " + syntax.Message
	}
	return "a value of another kind than belongs here"
}

func unknownKey(key string) string { return fmt.Sprintf("the key %.40q is not known", key) }

func (c *configFile) fromTOML(data []byte, p *problems) (err error) {
	if p.lines, err = tomlLines(data); err != nil {
		return err
	}
	d := toml.NewDecoder(strings.NewReader(string(data))).DisallowUnknownFields()
	err = d.Decode(c)
	var strict *toml.StrictMissingError
	var bad *toml.DecodeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &strict) && len(strict.Errors) > 0:
		first := &strict.Errors[0]
		line, _ := first.Position()
		key := first.Key()
		return at(line, unknownKey(key[len(key)-1]))
	case errors.As(err, &bad):
		line, _ := bad.Position()
		return at(line, strings.TrimPrefix(bad.Error(), "toml: "))
	}
	return at(0, "not a TOML file that can be read")
}

// readSmall reads a file of at most limit bytes.
func readSmall(name string, limit int64) ([]byte, error) {
	// Opening a pipe would wait for somebody to write into it.
	if info, err := os.Stat(name); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s is larger than %d KB", name, limit>>10)
	}
	return data, nil
}

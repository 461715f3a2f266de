package meili

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/meilisearch/meilisearch-go"

	"github.com/policybot/policybot/index"
)

// ErrForeign says that an index has the name of a generation and is not one
// that this installation feeds. It is never touched.
var ErrForeign = errors.New("an index of this name is there and is not ours: remove or rename it, or choose another prefix")

// ErrNoGeneration says that a generation is not on the server, or without the
// stamp that each has.
var ErrNoGeneration = errors.New("the server has no such generation: it has to be built anew")

// Config says which server is used, and how.
type Config struct {
	URL          string // http or https, without user and password
	Key          string // feeds; "" where this process only reads
	SearchKey    string // reads; "" is Key
	Prefix       string // of the names of our indexes: letters, digits, - and _
	Installation string // of the data folder that feeds
	Name         string // what Name returns; "" is meilisearch

	// Transport makes the connections; nil is one of our own.
	Transport http.RoundTripper
}

// Engine is a Meilisearch server. It implements index.Outside.
type Engine struct {
	name, prefix, installation string

	searches access
	feeds    meilisearch.ServiceManager
	feeding  bool     // it was given a key that feeds
	reading  string   // the setting that holds the key for searching
	secrets  []string // never shown
}

var _ index.Outside = (*Engine)(nil)

// The settings that hold the keys, as errors name them.
const (
	feedingKey   = "POLICYBOT_MEILI_KEY (or its _FILE)"
	searchingKey = "POLICYBOT_MEILI_SEARCH_KEY (or its _FILE)"
)

// names is what index names are made of.
var names = regexp.MustCompile(`^[A-Za-z0-9_-]{1,200}$`)

// Open returns the engine on a server, which it does not ask yet. An error
// says what is wrong with the settings, in words that show no secret.
func Open(c Config) (*Engine, error) {
	address, err := serverAddress(c.URL)
	if err != nil {
		return nil, err
	}
	if !names.MatchString(c.Prefix) {
		return nil, errors.New("the prefix of a Meilisearch index is 1 to 200 letters, digits, - and _")
	}
	e := &Engine{
		name: c.Name, prefix: c.Prefix, installation: c.Installation,
		feeding: c.Key != "" || c.SearchKey == "",
	}
	if e.name == "" {
		e.name = "meilisearch"
	}
	e.reading = searchingKey
	if c.SearchKey == "" {
		c.SearchKey, e.reading = c.Key, feedingKey
	}
	for _, key := range []string{c.Key, c.SearchKey} {
		if strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return nil, errors.New("a key of Meilisearch has no blanks, line ends or other than ASCII characters: check the setting or the file")
		}
		if key != "" {
			e.secrets = append(e.secrets, key)
		}
	}
	next := c.Transport
	if next == nil {
		next = newTransport()
	}
	e.searches = newAccess(address, c.SearchKey, next, searchTimeout, maxSearchAnswer)
	e.feeds = newAccess(address, c.Key, next, feedTimeout, maxFeedAnswer).service()
	return e, nil
}

// serverAddress returns the address as requests are appended to it.
func serverAddress(setting string) (string, error) {
	u, err := url.Parse(setting)
	switch {
	case err != nil: // the error would show the setting
		return "", errors.New("the address of Meilisearch cannot be read: write it as http://host:7700")
	case u.User != nil:
		return "", errors.New("the address of Meilisearch must not hold a user or password: set its key instead")
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "", u.Hostname() == "":
		return "", errors.New("the address of Meilisearch begins with http:// or https:// and names a host: write it as http://host:7700")
	case u.RawQuery != "", u.Fragment != "":
		return "", errors.New("the address of Meilisearch has no ? and no #: write it as http://host:7700")
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// Name implements index.Outside.
func (e *Engine) Name() string { return e.name }

// uid returns the name of a generation's index.
func (e *Engine) uid(generation string) (string, error) {
	if !names.MatchString(generation) {
		return "", fmt.Errorf("meili: a generation cannot be named %q", generation)
	}
	return e.prefix + generation, nil
}

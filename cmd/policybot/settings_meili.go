package main

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/spf13/pflag"
)

// outside says what a process does with the engines outside of it that are
// configured.
type outside int

const (
	leaves  outside = iota // it has nothing to do with them
	follows                // it asks them, and never writes to them
	acts                   // it has them do what a command says, and waits for it
	feeds                  // it asks them and keeps them in step with the corpus
)

// meiliServer is one Meilisearch that is configured.
type meiliServer struct {
	Name      string // in logs, figures and commands; it holds no secret
	URL       string
	Key       string // feeds; "" where this process may only read
	SearchKey string // reads; "" is Key
}

// mostServers is how many are fed and asked beside each other.
const mostServers = 2

func (s *settings) meiliFlags(f *pflag.FlagSet) {
	f.StringVar(&s.MeiliURL, "meili-url", s.MeiliURL, "`address` of a Meilisearch that is asked first, http://127.0.0.1:7700; two, with a comma between, stand in for each other; none: the embedded index alone")
	f.StringVar(&s.MeiliKey, "meili-key", s.MeiliKey, "its key that may write, or one for each address with a comma between")
	f.StringVar(&s.MeiliKeyFile, "meili-key-file", s.MeiliKeyFile, "`file` that holds it")
	f.StringVar(&s.MeiliSearchKey, "meili-search-key", s.MeiliSearchKey, "its key that may only search; default the one that may write. Alone: read, and let another process write")
	f.StringVar(&s.MeiliSearchKeyFile, "meili-search-key-file", s.MeiliSearchKeyFile, "`file` that holds it")
	f.StringVar(&s.MeiliPrefix, "meili-prefix", s.MeiliPrefix, "what the names of its indexes begin with; default policybot-, an ID of the data folder, and -")
	for _, name := range []string{"meili-key", "meili-search-key"} {
		f.Lookup(name).DefValue = "" // never print a secret in --help
	}
}

// meiliPrefix is what Meilisearch takes in the name of an index, with room for
// what follows.
var meiliPrefix = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)

// meiliServers returns the servers that are configured, none where there is no
// address. Errors never repeat a key.
func (s *settings) meiliServers() ([]meiliServer, error) {
	key, err := givenSecret("meili-key", s.MeiliKey, s.MeiliKeyFile)
	if err != nil {
		return nil, err
	}
	search, err := givenSecret("meili-search-key", s.MeiliSearchKey, s.MeiliSearchKeyFile)
	if err != nil {
		return nil, err
	}
	addresses := commas(s.MeiliURL)
	switch {
	case len(addresses) == 0 && (key != "" || search != "" || s.MeiliPrefix != ""):
		return nil, usageError{errors.New("settings of a Meilisearch without its address: set POLICYBOT_MEILI_URL too")}
	case len(addresses) == 0:
		return nil, nil
	case len(addresses) > mostServers:
		return nil, usageError{fmt.Errorf("--meili-url has %d addresses: at most %d", len(addresses), mostServers)}
	case key == "" && search == "":
		return nil, usageError{errors.New("POLICYBOT_MEILI_URL is set without a key: set POLICYBOT_MEILI_KEY too, or POLICYBOT_MEILI_SEARCH_KEY to only read (a Meilisearch without keys is open to everybody: start it with --master-key)")}
	case s.MeiliPrefix != "" && !meiliPrefix.MatchString(s.MeiliPrefix):
		return nil, usageError{fmt.Errorf("--meili-prefix %.120q: letters, digits, - and _, at most 100 of them", s.MeiliPrefix)}
	}
	keys, err := perAddress("meili-key", key, len(addresses))
	if err != nil {
		return nil, err
	}
	searches, err := perAddress("meili-search-key", search, len(addresses))
	if err != nil {
		return nil, err
	}
	return namedServers(addresses, keys, searches)
}

// namedServers tells the servers apart by their hosts, where there are two.
func namedServers(addresses, keys, searches []string) ([]meiliServer, error) {
	var out []meiliServer
	for i, a := range addresses {
		u, err := meiliAddress(a)
		if err != nil {
			return nil, err
		}
		name := "meilisearch"
		if len(addresses) > 1 {
			name += "@" + u.Host + u.Path
		}
		if len(out) > 0 && out[0].Name == name {
			return nil, usageError{fmt.Errorf("--meili-url has the address %s twice", u)}
		}
		out = append(out, meiliServer{Name: name, URL: u.String(), Key: keys[i], SearchKey: searches[i]})
	}
	return out, nil
}

// meiliAddress reads an address. One with a password in it is refused without
// being repeated.
func meiliAddress(given string) (*url.URL, error) {
	const example = "http://127.0.0.1:7700"
	u, err := url.Parse(given)
	switch {
	case err != nil:
		return nil, usageError{fmt.Errorf("--meili-url has something that is not an address like %s", example)}
	case u.User != nil:
		return nil, usageError{errors.New("--meili-url holds a user or a password: give the key as POLICYBOT_MEILI_KEY_FILE")}
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "" || u.Hostname() == "", u.RawQuery != "" || u.Fragment != "":
		return nil, usageError{fmt.Errorf("--meili-url %q is not an address like %s", given, example)}
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.Host = strings.ToLower(u.Host)
	return u, nil
}

// perAddress returns a key for each address: the same for all where there is
// one.
func perAddress(name, keys string, n int) ([]string, error) {
	list := commas(keys)
	switch len(list) {
	case n:
		return list, nil
	case 0:
		return make([]string, n), nil
	case 1:
		for len(list) < n {
			list = append(list, list[0])
		}
		return list, nil
	}
	return nil, usageError{fmt.Errorf("--%s has %d keys and --meili-url has %d addresses: give one key for all, or one for each", name, len(list), n)}
}

// commas splits a list. What is empty between commas is left out.
func commas(list string) (out []string) {
	for _, one := range strings.Split(list, ",") {
		if one = strings.TrimSpace(one); one != "" {
			out = append(out, one)
		}
	}
	return out
}

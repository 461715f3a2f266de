// Package segment cuts Chinese text into words. It is the only user of gse
// and follows what was measured of it: domain words are loaded before the
// stock dictionary (a word that exists already is not changed by adding it
// again), and a dictionary in use is never added to.
package segment

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"strings"
	"sync"
	"unicode/utf8"
	"weak"

	"github.com/go-ego/gse"

	"github.com/policybot/policybot/index"
)

// domainFrequency is high enough for gse to keep a domain word whole against
// any pair of stock words.
const domainFrequency = 200000

// Segmenter cuts text. It never changes, so that any number of goroutines may
// use one; a new dictionary is a new Segmenter.
type Segmenter struct {
	gse     gse.Segmenter
	version string
	words   float64 // that the dictionary counted
}

// loaded are the segmenters in use, by version. One never changes, so those of
// the same words are one: a second costs a second and 135 MB.
var loaded = struct {
	sync.Mutex
	of map[string]weak.Pointer[Segmenter]
}{of: map[string]weak.Pointer[Segmenter]{}}

// New loads gse's embedded simplified dictionary and, before it, domain
// words, one a string. It takes about a second and 135 MB, where none of the
// same words is in use. The error names the word that cannot be one.
func New(domain []string) (*Segmenter, error) {
	user, err := dictionary(domain)
	if err != nil {
		return nil, err
	}
	name := version(user)
	loaded.Lock()
	defer loaded.Unlock()
	if s := loaded.of[name].Value(); s != nil {
		return s, nil
	}
	s, err := load(user, name)
	if err == nil {
		maps.DeleteFunc(loaded.of, func(_ string, p weak.Pointer[Segmenter]) bool { return p.Value() == nil })
		loaded.of[name] = weak.Make(s)
	}
	return s, err
}

func load(user, name string) (*Segmenter, error) {
	s := &Segmenter{version: name}
	s.gse.SkipLog = true
	s.gse.NotLoadHMM = true
	if user != "" {
		if err := s.gse.LoadDictStr(user); err != nil {
			return nil, fmt.Errorf("segment: domain words: %w", err)
		}
	}
	if err := s.gse.LoadDictEmbed("zh_s"); err != nil {
		return nil, fmt.Errorf("segment: dictionary: %w", err)
	}
	s.words = s.gse.Dictionary().TotalFreq() - domainFrequency*float64(strings.Count(user, "\n"))
	return s, nil
}

// dictionary returns domain words as gse reads them.
func dictionary(domain []string) (string, error) {
	var user strings.Builder
	for _, w := range domain {
		folded := strings.ReplaceAll(index.FoldString(w), " ", "")
		if n := utf8.RuneCountInString(folded); n < 2 || n > 20 {
			return "", fmt.Errorf("segment: %q is not a word of 2 to 20 letters", w)
		}
		fmt.Fprintf(&user, "%s %d n\n", folded, domainFrequency)
	}
	return user.String(), nil
}

// Version returns the version of a segmenter with these domain words, without
// loading one. The error names the word that cannot be one.
func Version(domain []string) (string, error) {
	user, err := dictionary(domain)
	return version(user), err
}

func version(user string) string {
	sum := sha256.Sum256([]byte(gse.GetVersion() + "\n" + user))
	return hex.EncodeToString(sum[:6])
}

// Version names the dictionary: texts cut under the same version are cut the
// same.
func (s *Segmenter) Version() string { return s.version }

// Words returns the search-mode words of a text: folded, in order, with the
// shorter words inside longer ones. Single characters are left out.
func (s *Segmenter) Words(text string) []string {
	var words []string
	for part := range strings.FieldsSeq(index.FoldString(text)) {
		for _, w := range s.gse.CutSearch(part, false) {
			if utf8.RuneCountInString(w) > 1 {
				words = append(words, w)
			}
		}
	}
	return words
}

// Cut returns the words of a text that do not overlap: folded, in order.
// Single characters are left out.
func (s *Segmenter) Cut(text string) []string {
	var words []string
	for part := range strings.FieldsSeq(index.FoldString(text)) {
		for _, w := range s.gse.Cut(part, false) {
			if utf8.RuneCountInString(w) > 1 {
				words = append(words, w)
			}
		}
	}
	return words
}

// Long returns those of Words that have three or more characters: what the
// index keeps beside bigrams.
func (s *Segmenter) Long(text string) []string {
	words := s.Words(text)
	long := words[:0]
	for _, w := range words {
		if utf8.RuneCountInString(w) > 2 {
			long = append(long, w)
		}
	}
	return long
}

// Noun reports whether a folded word names a thing: a noun, a name, a short
// form or a set phrase of the dictionary, or a domain word.
func (s *Segmenter) Noun(word string) bool {
	_, pos, ok := s.gse.Find(word)
	return ok && pos != "" && (pos == "vn" || strings.Contains("bijln", pos[:1]))
}

// Rarity returns how rare a folded word is in written Chinese: the negative
// logarithm of its share of all words, as the dictionary counts them, about 4
// (的) … 17. A domain word, whose count is not its own, is as rare as the words
// of a trade are.
func (s *Segmenter) Rarity(word string) float64 {
	count, _, ok := s.gse.Find(word)
	if !ok || count < 0 || count == domainFrequency {
		return domainRarity
	}
	return math.Log(s.words / (count + unseen))
}

const (
	domainRarity = 11
	unseen       = 20 // added to each count: the dictionary's smallest are guesses
)

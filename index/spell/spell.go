// Package spell mends misspelt words of a question: by a list of what is often
// misspelt, by sound and by shape. Only words of the lexicon are written in
// the place of others, only such as the documents have, and only where they do
// not have what was typed. It alone uses go-pinyin.
package spell

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"

	"github.com/policybot/policybot/index"
)

//go:embed typos.txt
var typosFile string

//go:embed shapes.txt
var shapesFile string

// Bounds of Mend.
const (
	maxRunes   = 120 // of a text that are looked at: real questions are shorter
	longest    = 6   // letters of a word that is mended by sound or shape
	maxMended  = 4
	maxSamekey = 8 // words of one sound
)

// Mended is a word that was taken for another.
type Mended struct {
	Was, Is string
	Silent  bool // nobody wants to be told: 帐户 is 账户
}

// Corpus is what is known of words.
type Corpus interface {
	// Known returns of each word in how many units it is, at most.
	Known(words ...string) []int
}

// Speller knows the words of a lexicon by sound and by shape. It never
// changes.
type Speller struct {
	typos  map[rune][]typo
	sounds map[string][]string
	shapes map[string][]string
	alike  map[rune]rune
	sound  map[rune]string
	cut    func(string) []string
}

type typo struct {
	was, is []rune
	silent  bool
}

// New returns a Speller of these words, which are folded, and of a segmenter's
// Cut: what it keeps whole is a word, whatever it sounds like.
func New(words []string, cut func(string) []string) *Speller {
	s := &Speller{typos: map[rune][]typo{}, sounds: map[string][]string{}, shapes: map[string][]string{}, alike: map[rune]rune{}, sound: map[rune]string{}, cut: cut}
	for line := range lines(typosFile) {
		f := strings.Split(line, "\t")
		was := []rune(f[0])
		s.typos[was[0]] = append(s.typos[was[0]], typo{was, []rune(f[1]), len(f) > 2})
	}
	for _, all := range s.typos {
		slices.SortStableFunc(all, func(a, b typo) int { return len(b.was) - len(a.was) })
	}
	for line := range lines(shapesFile) {
		group := []rune(line)
		for _, r := range group {
			s.alike[r] = group[0]
		}
	}
	for _, w := range words {
		runes := []rune(index.FoldString(w))
		if len(runes) < 2 || len(runes) > longest || slices.ContainsFunc(runes, func(r rune) bool { return !unicode.Is(unicode.Han, r) }) {
			continue
		}
		for _, r := range runes {
			s.sound[r] = soundOf(r)
		}
		add(s.sounds, s.bySound(runes), string(runes))
		add(s.shapes, s.byShape(runes), string(runes))
	}
	return s
}

func add(to map[string][]string, key, word string) {
	if key != "" && len(to[key]) < maxSamekey && !slices.Contains(to[key], word) {
		to[key] = append(to[key], word)
	}
}

func lines(file string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for line := range strings.Lines(file) {
			if line = strings.TrimRight(line, "\r\n"); line != "" && !strings.HasPrefix(line, "#") && !yield(line) {
				return
			}
		}
	}
}

// normal has pinyin written without tones.
var normal = pinyin.NewArgs()

// soundOf returns how a character is read, without tone and without what many
// do not tell apart: zh and z, ing and in. "" where nobody knows.
func soundOf(r rune) string {
	read := pinyin.SinglePinyin(r, normal)
	if len(read) == 0 {
		return ""
	}
	p := read[0]
	for _, h := range []string{"zh", "ch", "sh"} {
		if strings.HasPrefix(p, h) {
			p = p[:1] + p[2:]
		}
	}
	if strings.HasSuffix(p, "ing") || strings.HasSuffix(p, "eng") {
		p = p[:len(p)-1]
	}
	return p
}

func (s *Speller) bySound(runes []rune) string {
	var b strings.Builder
	for _, r := range runes {
		p, ok := s.sound[r]
		if !ok {
			p = soundOf(r)
		}
		if p == "" {
			return ""
		}
		b.WriteString(p)
		b.WriteByte(' ')
	}
	return b.String()
}

func (s *Speller) byShape(runes []rune) string {
	out := make([]rune, len(runes))
	for i, r := range runes {
		if out[i] = r; s.alike[r] != 0 {
			out[i] = s.alike[r]
		}
	}
	return string(out)
}

// Mend returns a cleaned text with its misspelt words mended, and which they
// were. Nothing in or across one of the names is touched. A text without a
// misspelt word costs a look at its pairs of letters.
func (s *Speller) Mend(text string, corpus Corpus, names []string) (string, []Mended) {
	m := mending{Speller: s, corpus: corpus, runes: []rune(text)}
	m.n = min(len(m.runes), maxRunes)
	m.taken = make([]bool, len(m.runes))
	for _, name := range names {
		m.protect([]rune(name))
	}
	m.listed()
	m.guessed()
	if len(m.done) == 0 {
		return text, nil
	}
	return string(m.runes), m.done
}

// mending is one text on its way. A word and what is written in its place have
// the same number of letters.
type mending struct {
	*Speller
	corpus Corpus
	runes  []rune
	n      int
	taken  []bool // belongs to a name, or to a word that is mended
	done   []Mended
}

func (m *mending) protect(name []rune) {
	for i := 0; i+len(name) <= m.n && len(name) > 0; i++ {
		if slices.Equal(m.runes[i:i+len(name)], name) {
			for k := range name {
				m.taken[i+k] = true
			}
		}
	}
}

func (m *mending) free(from, to int) bool { return !slices.Contains(m.taken[from:to], true) }

func (m *mending) replace(at int, is []rune, silent bool) {
	m.done = append(m.done, Mended{string(m.runes[at : at+len(is)]), string(is), silent})
	copy(m.runes[at:], is)
	for k := range is {
		m.taken[at+k] = true
	}
}

// listed mends what is often misspelt.
func (m *mending) listed() {
	for i := 0; i < m.n && len(m.done) < maxMended; i++ {
		for _, t := range m.typos[m.runes[i]] {
			end := i + len(t.was)
			if end > m.n || !slices.Equal(m.runes[i:end], t.was) || !m.free(i, end) {
				continue
			}
			if known := m.corpus.Known(string(t.was), string(t.is)); known[0] == 0 && known[1] > 0 {
				m.replace(i, t.is, t.silent)
				break
			}
		}
	}
}

// guessed mends what sounds or looks like one word, the longest first, and is
// none.
func (m *mending) guessed() {
	strange := m.strange()
	if !slices.Contains(strange, true) {
		return
	}
	var inside []bool
	for i := 0; i+1 < m.n && len(m.done) < maxMended; i++ {
		for length := min(longest, m.n-i); length >= 2; length-- {
			end := i + length
			if !slices.Contains(strange[i:end-1], true) || !m.free(i, end) {
				continue
			}
			if length == 2 && strings.ContainsAny(string(m.runes[i:end]), grammar) {
				continue // 没钱治有救助吗: the two belong to other words
			}
			is, ok := m.meant(m.runes[i:end])
			if !ok {
				continue
			}
			if inside == nil {
				inside = m.inside()
			}
			if !inside[i] && !inside[end] && !m.word(m.runes[i:end]) {
				m.replace(i, is, false)
				break
			}
		}
	}
}

// grammar are letters that stand between words.
const grammar = "有的地得不能要可在是了没我你他去怎几多还会就也和给被把让吗呢从到这那"

// strange says of each letter whether it and the next stand together in no
// unit.
func (m *mending) strange() []bool {
	out := make([]bool, m.n)
	var pairs []string
	var at []int
	for i := 0; i+1 < m.n; i++ {
		if unicode.Is(unicode.Han, m.runes[i]) && unicode.Is(unicode.Han, m.runes[i+1]) {
			pairs, at = append(pairs, string(m.runes[i:i+2])), append(at, i)
		}
	}
	for k, n := range m.corpus.Known(pairs...) {
		out[at[k]] = n == 0
	}
	return out
}

// meant returns the one word that a piece sounds or looks like, and that
// documents have.
func (m *mending) meant(piece []rune) ([]rune, bool) {
	all := m.shapes[m.byShape(piece)]
	if key := m.bySound(piece); key != "" {
		all = append(slices.Clip(all), m.sounds[key]...)
	}
	var found []rune
	for _, w := range all {
		r := []rune(w)
		n := 0
		for i := range r {
			if r[i] != piece[i] {
				n++
			}
		}
		if n == 0 {
			return nil, false // it is a word itself
		}
		if n > 1+len(r)/5 || slices.Equal(r, found) || m.corpus.Known(w)[0] == 0 {
			continue
		}
		if found != nil {
			return nil, false // nobody knows which
		}
		found = r
	}
	return found, found != nil
}

// inside says of each place whether a word of the text goes on across it.
func (m *mending) inside() []bool {
	out := make([]bool, len(m.runes)+1)
	at := 0
	for _, w := range m.cut(string(m.runes)) {
		word := []rune(w)
		for at+len(word) <= len(m.runes) && index.FoldString(string(m.runes[at:at+len(word)])) != w {
			at++
		}
		for k := 1; k < len(word) && at+k < len(out); k++ {
			out[at+k] = true
		}
		at += len(word)
	}
	return out
}

// word reports whether a piece is a word of the dictionary.
func (m *mending) word(piece []rune) bool {
	cut := m.cut(string(piece))
	return len(cut) == 1 && len([]rune(cut[0])) == len(piece)
}

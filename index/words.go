package index

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// Words is what a Lexicon is made of.
type Words struct {
	Synonyms  []Synonym
	Never     []Pair   // what looks like the same and is not
	Domain    []string // words that the segmenter keeps whole
	Questions []string // what, where, please: they ask and are not asked for
	Places    []PlaceName
}

// Within limits a synonym to the documents of an agency, a region and a topic,
// letter by letter; "" is all. Lists of documents, which are not ranked by
// passages, leave limited synonyms out.
type Within struct {
	Agency string `json:"agency,omitempty"`
	Region string `json:"region,omitempty"`
	Topic  string `json:"topic,omitempty"`
}

// Pair says that From is not To: neither is said for the other, and where To
// has From in it, as 二三级医院 has 三级医院, a question with From does not
// find it there.
type Pair struct{ From, To string }

// PlaceName is a name beside those that come with the program, and the
// provincial region that it is in.
type PlaceName struct{ Name, Province string }

// Lexicon makes the lexicon of the words. What is not usable says nothing: a
// synonym that ReadSynonyms would not read, a word without a letter, a place
// of no known province.
func (w Words) Lexicon() *Lexicon {
	l := &Lexicon{
		Domain: w.Domain, QuestionWords: w.Questions,
		synonyms: map[rune][]synonym{}, questions: map[rune][][]rune{}, never: map[rune][]pair{},
		gazetteer: places().with(w.Places),
	}
	digest := sha256.New()
	for _, p := range w.Never {
		fmt.Fprintln(digest, "never", p)
		l.addPair(p)
	}
	for _, s := range w.Synonyms {
		fmt.Fprintln(digest, s)
		l.add(s, s.From, s.To)
		if s.Mutual {
			l.add(s, s.To, s.From)
		}
	}
	fmt.Fprintln(digest, w.Domain, w.Questions, w.Places)
	for _, word := range w.Questions {
		if r := fold(word); len(r) > 0 {
			l.questions[r[0]] = append(l.questions[r[0]], r)
		}
	}
	l.Revision = hex.EncodeToString(digest.Sum(nil)[:6])
	return l
}

// Vocabulary returns the words that a lexicon knows, each once: what it keeps
// whole, and what it says for what.
func (l *Lexicon) Vocabulary() []string {
	seen := map[string]bool{}
	var out []string
	add := func(w string) {
		if !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	for _, w := range l.Domain {
		add(FoldString(w))
	}
	for _, all := range l.synonyms {
		for _, s := range all {
			add(string(s.to))
			add(string(s.from))
		}
	}
	slices.Sort(out)
	return out
}

// pair is a Pair, folded: at is where to has from in it, -1 is nowhere.
type pair struct {
	from, to []rune
	at       int
}

func (l *Lexicon) addPair(p Pair) {
	if !usable(p.From, 2) || !usable(p.To, 2) {
		return
	}
	n := pair{from: fold(p.From), to: fold(p.To), at: -1}
	for i := range n.to {
		if hasPrefix(n.to[i:], n.from) && len(n.to) > len(n.from) {
			n.at = i
			break
		}
	}
	l.never[n.from[0]] = append(l.never[n.from[0]], n)
}

// apart reports whether two folded words are a pair of Never, either way.
func (l *Lexicon) apart(from, to []rune) bool {
	is := func(x, y []rune) bool {
		return slices.ContainsFunc(l.never[x[0]], func(p pair) bool {
			return slices.Equal(p.from, x) && slices.Equal(p.to, y)
		})
	}
	return is(from, to) || is(to, from)
}

// inOther reports whether the n runes of a question at i are part of a word
// that they do not mean.
func (l *Lexicon) inOther(question []rune, i, n int) bool {
	for _, p := range l.never[question[i]] {
		if p.at >= 0 && n == len(p.from) && i >= p.at && hasPrefix(question[i:], p.from) && hasPrefix(question[i-p.at:], p.to) {
			return true
		}
	}
	return false
}

// others returns the pairs whose From a question has by itself.
func (l *Lexicon) others(question []rune) (out []pair) {
	if len(l.never) == 0 {
		return nil
	}
	for i, r := range question {
		for _, p := range l.never[r] {
			if p.at >= 0 && len(out) < maxExpansions && hasPrefix(question[i:], p.from) && !l.inOther(question, i, len(p.from)) {
				out = append(out, p)
			}
		}
	}
	return out
}

// hide notes where a folded text has another word around one that is asked
// for. It returns nil where it has none; n bigrams begin there.
func (p pair) hide(runes []rune, hidden []bool) []bool {
	for i := range runes {
		if !hasPrefix(runes[i:], p.to) {
			continue
		}
		if hidden == nil {
			hidden = make([]bool, len(runes))
		}
		for k := i + p.at; k < i+p.at+len(p.from)-1; k++ {
			hidden[k] = true
		}
	}
	return hidden
}

// topical is a view that knows the topics of documents.
type topical interface {
	Topics(document string) []string
}

// withTopics adds what a catalogue knows to a view.
type withTopics struct {
	View
	catalogue *Catalogue
}

func (v withTopics) Topics(document string) []string {
	if at, ok := v.catalogue.places[document]; ok {
		return v.catalogue.entries[at].topics
	}
	return nil
}

// outside returns the expansions that do not count in a unit, as a set.
func (a *analysis) outside(u *Unit) (groups uint32) {
	if !a.limited {
		return 0
	}
	for g := range a.groups {
		w := a.groups[g].Within
		switch {
		case w.Agency != "" && w.Agency != u.Agency, w.Region != "" && w.Region != u.Region,
			w.Topic != "" && (a.topics == nil || !slices.Contains(a.topics(u.Document), w.Topic)):
			groups |= 1 << g
		}
	}
	return groups
}

package bot

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// Burst is many like questions of different persons within a short time: a
// rumour, or something that happened.
type Burst struct {
	Account  string
	Question string    // one of them, masked: the newest
	Phrase   string    // that catches nearly all of them: see Pin
	Persons  int       // different ones
	Since    time.Time // of the oldest
}

// BurstRule says what a burst is.
type BurstRule struct {
	Persons int           // at least so many different ones
	Within  time.Duration // of each other
}

// alikeShare is how much of the characters of two like questions is the same,
// by Dice, without question words: 城东停水到几点 and 城东今天停水到几点啊 share
// .77, 社保卡怎么办理 and 居住证怎么办理 .4.
const alikeShare = .65

// mostCompared bounds the groups that a question is compared with, so that a
// flood of unlike messages costs no more than its length.
const mostCompared = 500

// Bursts finds bursts among records that were asked up to now, each with its
// text, the newest first. It is pure; records without person or text don't
// count.
func Bursts(now time.Time, rule BurstRule, asked []Spoken) []Burst {
	type group struct {
		Burst
		words   wording
		persons map[string]bool
		all     []wording // of a sample of them
	}
	var groups []*group
	with := map[[2]rune][]int{} // groups whose first question has a pair
	for _, a := range asked {
		if a.Person == "" || now.Sub(a.At) > rule.Within || a.At.After(now) {
			continue
		}
		w := wordingOf(a.Question)
		if len(w.pairs) < 2 {
			continue // a word or two are no question
		}
		i := -1
		for pair := range w.pairs { // what has none in common is not alike
			for _, k := range with[pair] {
				if (i < 0 || k < i) && groups[k].Account == a.Account && w.like(groups[k].words) {
					i = k
				}
			}
		}
		switch {
		case i >= 0:
			groups[i].persons[a.Person] = true
			groups[i].Since = a.At
			if len(groups[i].all) < mostSampled {
				groups[i].all = append(groups[i].all, w)
			}
		case len(groups) < mostCompared:
			groups = append(groups, &group{
				Burst: Burst{Account: a.Account, Question: a.Question, Since: a.At}, words: w, persons: map[string]bool{a.Person: true}, all: []wording{w},
			})
			for pair := range w.pairs {
				with[pair] = append(with[pair], len(groups)-1)
			}
		}
	}
	var all []Burst
	for _, g := range groups {
		if g.Persons = len(g.persons); g.Persons >= rule.Persons {
			g.Phrase = phraseOf(g.words, g.all)
			all = append(all, g.Burst)
		}
	}
	slices.SortStableFunc(all, func(a, b Burst) int {
		if a.Persons != b.Persons {
			return b.Persons - a.Persons
		}
		return strings.Compare(a.Question, b.Question)
	})
	return all
}

// mostSampled bounds how many questions of a burst its phrase is made of, and
// maxPhrase its length in characters.
const (
	mostSampled = 50
	maxPhrase   = 30
)

// phraseOf returns the words of a question that nearly all of some like
// questions have, with blanks between: 城东 停水. What they have in common side by
// side is a word, unless it only asks; where that is nothing, the question is.
func phraseOf(w wording, all []wording) string {
	text := []rune(w.form)
	var parts []string
	start := -1
	for i := 0; i+1 <= len(text); i++ {
		common := i+1 < len(text) && inMost([2]rune{text[i], text[i+1]}, all)
		switch {
		case common && start < 0:
			start = i
		case !common && start >= 0:
			parts = append(parts, string(text[start:i+1]))
			start = -1
		}
	}
	if len(parts) == 0 {
		parts = []string{w.form}
	}
	return strings.TrimSpace(firstRunes(strings.Join(parts, " "), maxPhrase))
}

// inMost reports whether two characters are side by side in nine of ten.
func inMost(pair [2]rune, all []wording) bool {
	n := 0
	for _, w := range all {
		if w.pairs[pair] {
			n++
		}
	}
	return 10*n >= 9*len(all)
}

// wording is what two questions are compared by.
type wording struct {
	form    string // all of it
	letters map[rune]bool
	pairs   map[[2]rune]bool
}

func wordingOf(question string) wording {
	s := topicForm(subject(Substance(Clean(question))))
	w := wording{form: topicForm(Clean(question)), letters: map[rune]bool{}, pairs: pairs(s)}
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			w.letters[r] = true
		}
	}
	return w
}

// like reports whether two questions have most characters in common, and two
// of them side by side.
func (w wording) like(o wording) bool {
	same := 0
	for r := range w.letters {
		if o.letters[r] {
			same++
		}
	}
	return 2*float64(same) >= alikeShare*float64(len(w.letters)+len(o.letters)) && shared(w.pairs, o.pairs) > 0
}

// Spoken is a question with who asked it, as an HMAC.
type Spoken struct {
	Account, Person string
	Question        string // masked
	At              time.Time
}

// SpokenIn reads the questions of records, the newest first. One whose key is
// gone says nothing.
func SpokenIn(records []Record) []Spoken {
	all := make([]Spoken, 0, len(records))
	for _, r := range records {
		if texts, err := r.Read(); err == nil && texts.Question != "" {
			all = append(all, Spoken{Account: r.Account, Person: r.Person, Question: texts.Question, At: r.Asked})
		}
	}
	return all
}

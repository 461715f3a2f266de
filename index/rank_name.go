package index

import (
	"strings"

	"github.com/policybot/policybot/corpus"
)

// Bounds of the names of a unit that are looked at: an FAQ may have many ways
// to ask it.
const (
	maxNames     = 64
	maxNameRunes = 600 // of one name
)

// nameAverage is what the length of a name is compared with, in bigrams. It is
// the same for all corpora: names are short everywhere.
const nameAverage = 16

// named is what a question and a name have in common. Shares are 0…1.
type named struct {
	score float64 // share of the question's idf, a short name more than a long one: BM25
	asked float64 // share of what the question asks for
	said  float64 // share of the name that the question has
	about float64 // share of the words that the question is about, by idf
}

// like says how much the two are the same: the harmonic mean of both shares.
func (n named) like() float64 {
	if n.asked+n.said == 0 {
		return 0
	}
	return 2 * n.asked * n.said / (n.asked + n.said)
}

// whole is 1 where the name has all that is asked.
func (n named) whole() float64 { return oneIf(n.asked > 1-1e-9) }

// name compares the question with a name. outside are expansions that don't
// count in its unit.
func (a *analysis) name(text string, outside uint32) (n named) {
	var found mask
	bigrams, shared, covered, runes := 0, 0, -1, 0
	var last rune
	for at, r := range text {
		if runes++; runes > maxNameRunes {
			break
		}
		f := Fold(r)
		if f == 0 || last == 0 {
			last = f
			continue
		}
		slot := a.lookup.slot(uint32(BigramTerm(last, f)))
		last = f
		bigrams++
		k := a.lookup.features[slot]
		if k >= 0 {
			found.set(int(k))
			covered = max(covered, runes)
		}
		for g := a.lookup.groups[slot]; g >= 0; g = a.groups[g].next {
			e := &a.groups[g]
			if outside&(1<<g) == 0 && startsFolded(text[at:], e.folded[1:]) {
				found.groups |= 1 << g
				covered = max(covered, runes+len(e.folded)-2)
			}
		}
		switch {
		case k >= 0 && !a.asked.has(int(k)):
			bigrams-- // how it is asked says nothing about what is asked
		case covered >= runes:
			shared++
		}
	}
	norm := bm25K1 * (1 - bm25B + bm25B*float64(bigrams)/nameAverage)
	n.score = share(a.covered(found, a.every()), a.total) * (bm25K1 + 1) / (1 + norm)
	n.asked = share(a.covered(found, a.asked), a.askedSum)
	n.said = share(float64(shared), float64(bigrams))
	n.about = a.aboutIn(found)
	return n
}

// aboutIn returns the share of the words that the question is about, by idf, and
// that a unit has or that name a thing, which a set of found features and groups has; 1 where it is about none.
func (a *analysis) aboutIn(found mask) float64 {
	total, has := 0.0, 0.0
	for _, w := range a.matters {
		word := &a.words[w]
		if word.df == 0 && !word.noun && !a.expanded(word.head) {
			continue // how somebody talks
		}
		total += word.idf
		if found.has(word.head) {
			has += word.idf
			continue
		}
		best := 0.0
		for g := range a.groups {
			if found.groups&(1<<g) != 0 && a.groups[g].span.has(word.head) {
				best = max(best, float64(a.groups[g].Weight))
			}
		}
		has += best * word.idf
	}
	if total == 0 {
		return 1
	}
	return has / total
}

// names calls yield for the names of a unit, its title first: the question of
// an FAQ and other ways to ask it, the short names of a guide.
func (u *Unit) names(yield func(name string)) {
	yield(u.Title)
	if _, questions := u.above(); u.Asked > 0 {
		for line := range strings.SplitSeq(questions, "\n") {
			yield(line)
		}
		return
	}
	rest := strings.Split(u.Context, "\n")
	if u.Context == "" || len(rest) < 2 {
		return
	}
	end := len(rest) // without the headings that the text stands under
	for _, p := range u.Passages {
		if p.Role == corpus.BodyRole {
			end -= len(p.Path)
			if len(p.Columns) > 0 {
				end--
			}
			break
		}
	}
	for i := 1; i < min(end, maxNames); i++ {
		yield(rest[i])
	}
}

// above cuts Context into title and headings and the questions that are asked
// of the passage below them, a line each; "" where the unit has none.
func (u *Unit) above() (headings, questions string) {
	at := len(u.Context)
	for range u.Asked {
		at = strings.LastIndexByte(u.Context[:max(0, at)], '\n')
	}
	if u.Asked == 0 || at < 0 {
		return u.Context, ""
	}
	return u.Context[:at], u.Context[at+1:]
}

// nameParts adds the parts of what is found by its name.
func (a *analysis) nameParts(p *Parts, u *Unit) {
	switch {
	case u.Asked > 0:
		a.known(p, u)
	case u.Kind == corpus.FAQ:
		a.faq(p, u)
	case u.Kind == corpus.Guide:
		a.guide(p, u)
	}
}

// known adds the part of a passage that is asked for in words of people.
func (a *analysis) known(p *Parts, u *Unit) {
	outside, title := a.outside(u), true
	u.names(func(name string) {
		if title {
			title = false
			return
		}
		n := a.name(name, outside)
		p.Known = max(p.Known, n.like()*n.about)
	})
}

// What a name has of a question, or a question of a name, at least, for its unit
// to be ranked though others were recalled before it: recall looks at the whole
// text, in which a long answer hides the question.
const (
	namedAsked = .45
	namedSaid  = .8
)

// canBeNamed reports whether units of a kind have names.
func canBeNamed(k corpus.Kind) bool { return k == corpus.FAQ || k == corpus.Guide }

// named reports whether a name of a unit that has some speaks for it.
func (a *analysis) named(u *Unit) (yes bool) {
	outside := a.outside(u)
	u.names(func(name string) {
		if !yes {
			n := a.name(name, outside)
			yes = n.asked >= namedAsked || n.said >= namedSaid
		}
	})
	return yes
}

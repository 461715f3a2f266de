package bot

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// gist is what a question is about: the words that don't ask, with how rare
// they are and what else is said for them.
type gist struct {
	words []gistWord
	total float64
}

type gistWord struct {
	forms  []string // its own first, folded
	weight float64
}

// aboutEnough is the share of a question's gist that what is offered for it
// has at least: citizens have other words for the rest.
const aboutEnough = .4

// gist returns what the question is about, as the index understood it.
func (f *findings) gist() gist {
	idf := map[string]float64{}
	for _, t := range f.Explain.Terms {
		idf[t.Text] = t.IDF
	}
	var g gist
	for _, w := range atoms(f.Explain.Words) {
		if letters(subject(w)) == 0 {
			continue // it asks
		}
		word := gistWord{[]string{w}, rarity(w, idf)}
		for _, e := range f.Explain.Expansions {
			if strings.Contains(e.From, w) || strings.Contains(w, e.From) {
				word.forms = append(word.forms, index.FoldString(e.To))
			}
		}
		g.words = append(g.words, word)
		g.total += word.weight
	}
	return g
}

// atoms are the words that are not made of others of them: 结婚 and 登记 of
// 结婚登记, but 大学生 of 大学, 学生 and 大学生.
func atoms(words []string) []string {
	var out []string
	for _, w := range words {
		if !slices.Contains(out, w) && !tiled(w, words) {
			out = append(out, w)
		}
	}
	return slices.DeleteFunc(slices.Clone(out), func(w string) bool {
		return slices.ContainsFunc(out, func(o string) bool { return o != w && strings.Contains(o, w) })
	})
}

// tiled reports whether a word is several of the others side by side.
func tiled(w string, words []string) bool {
	for _, o := range words {
		rest, ok := strings.CutPrefix(w, o)
		if ok && rest != "" && (slices.Contains(words, rest) || tiled(rest, words)) {
			return true
		}
	}
	return false
}

// rarity is the mean idf of a word's pairs of letters.
func rarity(w string, idf map[string]float64) float64 {
	sum, n := 0.0, 0.0
	last := ""
	for _, r := range w {
		s := string(r)
		if last != "" {
			if x, ok := idf[last+s]; ok {
				sum += x
				n++
			}
		}
		last = s
	}
	if n == 0 {
		return float64(utf8.RuneCountInString(w))
	}
	return sum / n
}

// in returns the share of the gist, by rarity, that a text has; 1 where the
// question has none.
func (g gist) in(text string) float64 {
	if g.total == 0 {
		return 1
	}
	text = index.FoldString(text)
	found := 0.0
	for _, w := range g.words {
		if containsAny(text, w.forms) {
			found += w.weight
		}
	}
	return found / g.total
}

// text is all that a hit says of what it is about.
func (h standingHit) text() string {
	return strings.Join(append([]string{h.Title, h.Document.Question, strings.Join(h.Path, " "), h.Label, h.Passage, h.Snippet}, h.Document.Similar...), " ")
}

// about returns how much of the question's gist the hit i has; 0 where there is
// no such hit.
func (f *findings) about(i int) float64 {
	if i >= len(f.hits) {
		return 0
	}
	return f.gist().in(f.hits[i].text())
}

// sure raises the confidence in a guide that is the matter of the question, of
// which it asks for the very field that was found: 结婚登记周末办吗.
func (f *findings) sure(answerAt float64) {
	if len(f.hits) == 0 || f.Confidence >= answerAt || f.hits[0].Kind != corpus.Guide {
		return
	}
	h := f.hits[0]
	for _, field := range furtherFields {
		if field.anchor != h.Ref.Anchor || !containsAny(f.asked, field.words) {
			continue
		}
		g := f.gist()
		g.words = slices.DeleteFunc(g.words, func(w gistWord) bool {
			if containsAny(w.forms[0], field.words) {
				g.total -= w.weight
				return true
			}
			return false
		})
		if len(g.words) > 0 && g.in(h.Title) > .99 {
			f.Confidence = answerAt
		}
	}
}

// core returns the clauses of a message that want what is asked for, with the
// one before them where they have no subject; all of it where none does.
func core(text string, wants func(string) bool) string {
	var out []string
	before := ""
	for _, c := range clauses(text) {
		c = Substance(c)
		if wants(c) {
			if letters(subject(c)) < 2 && before != "" {
				out = append(out, before)
			}
			out = append(out, c)
			before = ""
			continue
		}
		before = c
	}
	if s := strings.Join(out, " "); letters(subject(s)) >= 2 {
		return s
	}
	return text
}

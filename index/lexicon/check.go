package lexicon

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Finding is something wrong with an entry. An error keeps a lexicon from
// being promoted without a reason; a warning is for whoever reads.
type Finding struct {
	Error bool   `json:"error"`
	Entry Entry  `json:"entry"`
	Text  string `json:"text"`
}

// Facts are what a check needs to know of the corpus and the segmenter. Each
// may be nil: what it tells is not checked then.
type Facts struct {
	Keeps func(word string) bool    // the segmenter, with the lexicon's domain words, keeps it whole
	Share func(word string) float64 // of the corpus that has the word, 0…1
}

// Bounds of Check.
const (
	common   = .1 // a word in more of the corpus pulls in too much
	mostSaid = 8  // expansions of one word

	longestWay = 12 // words of a circle that are shown
)

// Check returns what is wrong with a lexicon: errors first, then in its order.
func Check(all []Entry, f Facts) []Finding {
	c := &checking{facts: f, questions: map[string]bool{}, domain: map[string]bool{}}
	for _, e := range all {
		switch e.Kind {
		case Question:
			c.questions[folded(e.Word)] = true
		case Domain:
			c.domain[folded(e.Word)] = true
		}
	}
	c.duplicates(all)
	c.keys(all)
	c.cycles(all)
	c.pairs(all)
	for _, e := range all {
		c.entry(e)
	}
	slices.SortStableFunc(c.found, func(x, y Finding) int {
		rank := func(f Finding) int {
			if f.Error {
				return 0
			}
			return 1
		}
		return cmp.Compare(rank(x), rank(y))
	})
	return c.found
}

// Fresh returns the findings that are not in known: what is wrong with what is
// live is no news.
func Fresh(all, known []Finding) (out []Finding) {
	had := make(map[Finding]bool, len(known))
	for _, f := range known {
		had[f] = true
	}
	for _, f := range all {
		if !had[f] {
			out = append(out, f)
		}
	}
	return out
}

// Errors counts the findings that are errors.
func Errors(all []Finding) (n int) {
	for _, f := range all {
		if f.Error {
			n++
		}
	}
	return n
}

type checking struct {
	facts     Facts
	questions map[string]bool
	domain    map[string]bool
	found     []Finding
}

func (c *checking) wrong(e Entry, format string, args ...any) {
	c.found = append(c.found, Finding{true, e, fmt.Sprintf(format, args...)})
}

func (c *checking) doubtful(e Entry, format string, args ...any) {
	c.found = append(c.found, Finding{false, e, fmt.Sprintf(format, args...)})
}

// duplicates finds what is said twice: also the other way round of what is
// mutual.
func (c *checking) duplicates(all []Entry) {
	seen := map[string]Entry{}
	for _, e := range all {
		if first, ok := seen[e.key()]; ok {
			c.wrong(e, "is there twice (%s): keep one", first)
			continue
		}
		seen[e.key()] = e
	}
	for _, e := range all {
		back := e
		back.Word, back.To = e.To, e.Word
		if other, ok := seen[back.key()]; ok && e.Kind == Synonym && e.Mutual && !(other.Mutual && other.Word > e.Word) {
			c.wrong(e, "is mutual, and %s says the way back again: keep one", other)
		}
	}
}

// keys finds words that are a question word and something else as well, and
// those that are said in too many other words.
func (c *checking) keys(all []Entry) {
	said := map[string]int{}
	for _, e := range all {
		switch e.Kind {
		case Synonym:
			if c.questions[folded(e.Word)] || e.Mutual && c.questions[folded(e.To)] {
				c.wrong(e, "has a stop word as its key: nobody asks for it")
			}
			if said[folded(e.Word)]++; said[folded(e.Word)] == mostSaid+1 {
				c.doubtful(e, "is the %dth expansion of %s: a question is expanded to 16 words at most", mostSaid+1, e.Word)
			}
		case Domain:
			if c.questions[folded(e.Word)] {
				c.wrong(e, "is a stop word as well: it is asked for, or it is not")
			}
		}
	}
}

// pairs finds synonyms of words that are never the same.
func (c *checking) pairs(all []Entry) {
	never := map[[2]string]bool{}
	for _, e := range all {
		if e.Kind == Never {
			never[[2]string{folded(e.Word), folded(e.To)}] = true
			if folded(e.Word) == folded(e.To) {
				c.wrong(e, "is a word that is not itself")
			}
		}
	}
	for _, e := range all {
		from, to := folded(e.Word), folded(e.To)
		if e.Kind == Synonym && (never[[2]string{from, to}] || never[[2]string{to, from}]) {
			c.wrong(e, "says the same of words that are never the same: it has no effect")
		}
	}
}

// entry looks at one by itself.
func (c *checking) entry(e Entry) {
	switch e.Kind {
	case Domain:
		c.whole(e, e.Word, c.wrong)
	case Synonym:
		if folded(e.Word) == folded(e.To) {
			c.wrong(e, "expands a word to itself")
		}
		if utf8.RuneCountInString(e.Word) == 1 {
			c.doubtful(e, "has a key of one letter: it is in many other words")
		}
		c.pulls(e, e.To)
		if e.Mutual {
			c.pulls(e, e.Word)
		}
		c.whole(e, e.To, c.doubtful)
	}
}

// whole says that the segmenter cuts a word: it is found by its pairs of
// letters alone then.
func (c *checking) whole(e Entry, word string, say func(Entry, string, ...any)) {
	if c.facts.Keeps != nil && (e.Kind == Domain || utf8.RuneCountInString(word) > 2) && !c.facts.Keeps(word) {
		say(e, "%s is not kept whole by the segmenter%s", word, map[bool]string{true: ": make it a domain word, or say it in its parts", false: ""}[e.Kind == Synonym])
	}
}

// pulls says that an expansion is in too much of the corpus. A domain word is
// what a corpus may be about, 社会保险: that many documents have it may be as it
// should.
func (c *checking) pulls(e Entry, word string) {
	if c.facts.Share == nil {
		return
	}
	say := c.wrong
	if c.domain[folded(word)] {
		say = c.doubtful
	}
	if share := c.facts.Share(word); share > common {
		say(e, "%s is in %.0f %% of the corpus: it pulls in over a tenth", word, share*100)
	}
}

// cycles finds one-way synonyms that lead back to where they came from: the
// words mean the same, then, and are mutual, or one of them is wrong.
func (c *checking) cycles(all []Entry) {
	g := &graph{next: map[string][]string{}, component: map[string]int{}, low: map[string]int{}, number: map[string]int{}}
	for _, e := range all {
		if e.Kind != Synonym {
			continue
		}
		from, to := folded(e.Word), folded(e.To)
		g.next[from] = append(g.next[from], to)
		if e.Mutual {
			g.next[to] = append(g.next[to], from)
		}
	}
	told := map[int]bool{}
	for _, e := range all {
		if e.Kind == Synonym && !e.Mutual {
			from, to := folded(e.Word), folded(e.To)
			g.visit(from)
			if g.component[from] != g.component[to] || from == to || told[g.component[from]] {
				continue
			}
			told[g.component[from]] = true // one of a circle tells it
			way := g.path(to, from)
			if len(way) > longestWay {
				way = append(way[:longestWay], "…")
			}
			c.wrong(e, "is part of a circle: %s", strings.Join(way, " → "))
		}
	}
}

// graph finds strongly connected components (Tarjan), without recursion: a
// chain may have as many words as a lexicon.
type graph struct {
	next                   map[string][]string
	component, low, number map[string]int
	stack                  []string
	components             int
}

type step struct {
	word string
	next int
}

func (g *graph) visit(start string) {
	if g.number[start] > 0 {
		return
	}
	way := []step{{start, 0}}
	for len(way) > 0 {
		at := &way[len(way)-1]
		if at.next == 0 {
			g.number[at.word] = len(g.number) + 1
			g.low[at.word] = g.number[at.word]
			g.stack = append(g.stack, at.word)
		}
		if at.next < len(g.next[at.word]) {
			to := g.next[at.word][at.next]
			at.next++
			switch {
			case g.number[to] == 0:
				way = append(way, step{to, 0})
			case g.component[to] == 0:
				g.low[at.word] = min(g.low[at.word], g.number[to])
			}
			continue
		}
		g.close(at.word)
		way = way[:len(way)-1]
		if len(way) > 0 {
			above := way[len(way)-1].word
			g.low[above] = min(g.low[above], g.low[at.word])
		}
	}
}

// close makes a component of what lies above a word that is its own lowest.
func (g *graph) close(word string) {
	if g.low[word] != g.number[word] {
		return
	}
	g.components++
	for {
		top := g.stack[len(g.stack)-1]
		g.stack = g.stack[:len(g.stack)-1]
		g.component[top] = g.components
		if top == word {
			return
		}
	}
}

// path returns the shortest way from one word to another and back to its
// beginning.
func (g *graph) path(from, to string) []string {
	came := map[string]string{from: from}
	for queue := []string{from}; len(queue) > 0 && came[to] == ""; queue = queue[1:] {
		for _, n := range g.next[queue[0]] {
			if came[n] == "" {
				came[n] = queue[0]
				queue = append(queue, n)
			}
		}
	}
	out := []string{to}
	for w := to; w != from && came[w] != ""; w = came[w] {
		out = append(out, came[w])
	}
	slices.Reverse(out)
	return append([]string{to}, out...)
}

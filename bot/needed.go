package bot

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed cues/needed.txt
var neededFile string

// need is where a complaint about one matter goes, and what to have ready.
type need struct {
	matter string // as a reply names it; "" is any
	words  []needWord
	who    string // who deals with it, in general
	agency string // a piece of that agency's name in the directory; "" is none
	phone  string // a number that holds in the whole country; "" is none
	bring  string
	sure   bool   // the message says who did what
	called string // what the message calls it; "" where it has no word of matter
}

// anyNeed is what every complaint needs.
var anyNeed = need{bring: "时间、地点、经过和照片"}

var needs = sync.OnceValue(func() (out []need) {
	for line := range cueLines(neededFile) {
		n, err := parseNeed(line)
		if err != nil {
			panic("cues/needed.txt: " + err.Error()) // embedded: a test reads it
		}
		out = append(out, n)
	}
	return out
})

func parseNeed(line string) (need, error) {
	columns := strings.Split(line, "\t")
	if len(columns) != 6 {
		return need{}, fmt.Errorf("%q has %d columns, not 6", line, len(columns))
	}
	for i, s := range columns {
		if s == "" {
			return need{}, fmt.Errorf("%q: column %d is empty: write -", line, i+1)
		}
		if s == "-" {
			columns[i] = ""
		}
	}
	n := need{matter: columns[0], words: needWords(columns[1]), who: columns[2], agency: columns[3], phone: columns[4], bring: columns[5]}
	if n.matter == "" || len(n.words) == 0 || n.bring == "" {
		return need{}, fmt.Errorf("%q lacks its matter, words or what to bring", line)
	}
	return n, nil
}

// Weights of words of a need, in half words.
const (
	plainWord = 2
	byTheWord = 1 // one told by the way
	whoDid    = 6 // several that say together who did what
)

// toldNeed is how a text speaks of a need.
type toldNeed struct {
	sum     int  // what its words count, each up to three times
	longest int  // letters of the longest of them
	sure    bool // several say together who did what
}

// needWord is one word of a need, or several that say together who did what.
type needWord struct {
	all    []string
	weight int // of one of its own
	long   int // letters
}

// needWords reads the words of a need: 垃圾, ~小区 by the way, 物业+停水 together.
func needWords(column string) (words []needWord) {
	for own := range strings.FieldsSeq(column) {
		w := needWord{weight: plainWord}
		if rest, ok := strings.CutPrefix(own, "~"); ok {
			own, w.weight = rest, byTheWord
		}
		w.all, w.long = strings.Split(own, "+"), letters(own)
		words = append(words, w)
	}
	return words
}

func (n need) in(text string) (t toldNeed) {
	const often = 3
	for _, w := range n.words {
		weight, count := w.weight, 0
		switch {
		case len(w.all) == 1:
			count = min(often, strings.Count(text, w.all[0]))
		case !slices.ContainsFunc(w.all, func(part string) bool { return !strings.Contains(text, part) }):
			weight, count, t.sure = whoDid, 1, true
		}
		if count > 0 {
			t.sum += weight * count
			t.longest = max(t.longest, w.long)
		}
	}
	return t
}

// above reports whether one need is told more clearly than another.
func (t toldNeed) above(o toldNeed) bool {
	if t.sum != o.sum {
		return t.sum > o.sum
	}
	return t.longest > o.longest
}

// neededFor returns the line whose words a message has most of, the longest word
// deciding between two; where two of different agencies are as likely, and in a
// long one nearly so, neither. A long message has to name its matter more than
// once.
func neededFor(text string) need {
	best := anyNeed
	var most, second toldNeed
	for _, n := range needs() {
		told := n.in(text)
		if told.sum == 0 {
			continue
		}
		other := n.agency != best.agency || n.agency == ""
		switch {
		case told.above(most):
			if other {
				second = most
			}
			best, most = n, told
		case other && !second.above(told):
			second = told
		}
	}
	long := letters(text) > maxStory
	if second.sum > 0 && !most.above(second) || long && !most.sure && (most.sum < 2*plainWord || 3*second.sum >= 2*most.sum) {
		return anyNeed
	}
	best.sure, best.called = most.sure, best.label(text)
	return best
}

// someNeed reports whether a message has a word of any need, clear or not.
func someNeed(text string) bool {
	return slices.ContainsFunc(needs(), func(n need) bool { return n.in(text).sum > 0 })
}

// label is what of a need's matter a message names itself: 垃圾 of 垃圾和卫生; ""
// where it has none of its words. A verdict that nobody gave is none.
func (n need) label(text string) string {
	var out []string
	for _, part := range strings.FieldsFunc(n.matter, func(r rune) bool { return r == '、' || r == '和' }) {
		if strings.Contains(text, part) && part != "气" && part != "电" {
			out = append(out, part)
		}
	}
	whole := slices.DeleteFunc(slices.Clone(out), func(part string) bool { // 气 of 暖气
		return slices.ContainsFunc(out, func(longer string) bool { return longer != part && strings.Contains(longer, part) })
	})
	return strings.Join(whole, "、")
}

// needOf is neededFor of what a message asks: what it tells besides names much by
// the way. In a long one a matter has to be named more than once.
func needOf(asked string) need {
	if n := neededFor(question(asked)); n.matter != "" && letters(question(asked)) <= maxStory {
		return n
	}
	return neededFor(asked)
}

// matterOf is what a refusal says that it understood a question to be about:
// the matter of it that the directory knows, else the one that such words
// belong to; "" where neither is clear.
func (t *turn) matterOf(asked string) string {
	view := t.agencies()
	n := needOf(asked)
	if owners := matterIn(view, asked, n); len(owners.Agencies) > 0 {
		return oneLine(owners.Word, 12)
	}
	return n.called
}

//go:embed cues/trouble.txt
var troubleFile string

// troubleCues are the groups of cues/trouble.txt: how a question says that
// something went wrong, or asks who is to set it right (trouble), what others do
// to somebody who asks whom to turn to (wrong), how one asks that (turn), and how
// people say that they have turned to somebody in vain (vain).
var troubleCues = sync.OnceValue(func() map[string][]string { return groups(troubleFile) })

// wronged reports whether somebody asks whom to turn to with what was done to
// them, and what was found doesn't say that for certain.
func (f *findings) wronged() bool {
	const certain, told = .65, .75
	if f.Confidence < told && tellsTrouble(f.asked) {
		return true
	}
	return f.Confidence < certain && letters(f.asked) <= maxStory && containsAny(f.asked, troubleCues()["wrong"]) && containsAny(f.asked, troubleCues()["turn"]) && someNeed(f.asked)
}

// happening is how a message that asks nothing tells of a trouble.
var happening = regexp.MustCompile(`被|把|了|不给|不管|没人|没给|没发|太|老是|老坏|总是|天天|半夜|凌晨|还在|又|坏|脏|臭|堵|吵|堆满|乱放|骂|打|咬|偷|骗|拖|欠|假|烂|漏|发黄|不热|不亮|乱|里有|吃出`)

// tellsTrouble reports whether a message only tells of a trouble that somebody
// deals with, and asks nothing.
func tellsTrouble(text string) bool {
	const shortest = 6 // letters: less is a word to be looked up
	return letters(text) >= shortest && !asks(text) && asksOf(text) == "" && happening.MatchString(text) && !containsAny(text, routeCues()["paper"]) &&
		!containsAny(text, []string{"申请", "办理", "补办", "补贴", "报销", "领取"}) && neededFor(text).matter != ""
}

func troubled(text string) bool {
	return containsAny(text, troubleCues()["trouble"]) || containsAny(text, troubleCues()["wrong"])
}

// complaintTo names whom to turn to with a complaint: the agency that owns its
// matter, else the one that such a matter belongs to, where the directory has
// one of that name. A complaint that names an agency may be of it, and is sent
// to none. "" is none.
func (t *turn) complaintTo(n need, asked string, f *findings) string {
	view := t.agencies()
	if view.Named(asked).Word != "" {
		return ""
	}
	if n.matter == "" {
		if a, ok := matterIn(view, asked, n).Agency(); ok {
			return sayAgency(a, t.day)
		}
		return ""
	}
	if a, ok := dealing(view, n); ok && n.sure {
		return sayAgency(a, t.day)
	}
	if a, ok := matterIn(view, asked, n).Agency(); ok && !n.sure {
		return sayAgency(a, t.day)
	}
	if a, ok := dealing(view, n); ok {
		return sayAgency(a, t.day)
	}
	return ""
}

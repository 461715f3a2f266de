package docx

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

const (
	maxLabel = 80      // characters of a number; what is longer is a mistake
	maxCount = 999_999 // a list does not count further
)

// counter counts the numbers of a document in the order of its paragraphs, as
// Word does: the lists of one definition go on from one another; a list with
// a start of its own begins there when a level of it is first used.
type counter struct {
	numbering *numbering
	styles    *styles
	states    map[int]*[levels]count // by definition
	begun     map[[2]int]bool        // by list and level: its own start is used up
}

// count is where a level of a definition stands.
type count struct {
	n       int
	running bool // n has been given; the next is n+1
}

func newCounter(n *numbering, s *styles) *counter {
	return &counter{n, s, map[int]*[levels]count{}, map[[2]int]bool{}}
}

// next counts a paragraph of the list at that level, and returns its number
// as it is shown and what stands behind it: "", " ". styles, where they bring
// the number, are the paragraph's style and those that it is based on: their
// level is the one that names them (17.9.23). ok is false where the paragraph
// has no number.
func (c *counter) next(n numbered, styles []string) (label, suffix string, ok bool) {
	if n.list <= 0 {
		return "", "", false
	}
	l, def, key, ok := c.numbering.resolve(n.list, c.styles)
	if !ok {
		return "", "", false
	}
	at := def.levelOf(styles)
	if at < 0 {
		at = max(0, min(n.level, levels-1))
	}
	lvl := l.level(def, at)
	if lvl == nil {
		return "", "", false
	}
	state := c.states[key]
	if state == nil {
		state = &[levels]count{}
		c.states[key] = state
	}
	c.count(state, l, n.list, lvl, at)
	for deeper := at + 1; deeper < levels; deeper++ {
		if below := l.level(def, deeper); below == nil || below.restart < 0 || at < below.restart {
			state[deeper].running = false
		}
	}
	if lvl.format == "bullet" || lvl.hidden {
		return "", "", false
	}
	if lvl.suffix != "nothing" {
		suffix = " "
	}
	label = strings.TrimSpace(c.show(state, l, def, lvl, at))
	return label, suffix, label != ""
}

func (c *counter) count(state *[levels]count, l *list, id int, lvl *level, at int) {
	own := [2]int{id, at}
	switch {
	case l.starts[at] >= 0 && !c.begun[own]:
		state[at] = count{l.starts[at], true}
	case state[at].running:
		state[at].n = min(state[at].n+1, maxCount)
	case l.starts[at] >= 0:
		state[at] = count{l.starts[at], true}
	default:
		state[at] = count{lvl.start, true}
	}
	c.begun[own] = true
}

// show writes the number: each %N is where level N stands, in that level's
// own format. A level above that has not been used stands at its start.
func (c *counter) show(state *[levels]count, l *list, def *definition, lvl *level, at int) string {
	var sb strings.Builder
	text := []rune(lvl.text)
	for i := 0; i < len(text) && i < maxLabel; i++ {
		k := -1
		if text[i] == '%' && i+1 < len(text) {
			k = int(text[i+1] - '1')
		}
		if k < 0 || k >= levels {
			sb.WriteRune(text[i])
			continue
		}
		i++
		above := l.level(def, k)
		if k > at || above == nil {
			continue
		}
		n := state[k].n
		if !state[k].running {
			n = above.start
			if l.starts[k] >= 0 {
				n = l.starts[k]
			}
		}
		if lvl.legal && above.format != "none" {
			sb.WriteString(format("decimal", "", n))
		} else {
			sb.WriteString(format(above.format, above.pattern, n))
		}
	}
	return sb.String()
}

// level is a level of a list, its own or that of its definition.
func (l *list) level(def *definition, at int) *level {
	if l.levels[at] != nil {
		return l.levels[at]
	}
	return def.levels[at]
}

// labelled says whether a number can stand apart, in Block.Label: those that
// are written before a text without a colon. Others become part of the text.
func labelled(label string) bool {
	last, _ := utf8.DecodeLastRuneInString(label)
	return corpus.Numbered(label) || unicode.IsPunct(last)
}

package bot

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/policybot/policybot/index"
)

//go:embed cues/asks.txt
var asksFile string

// askCue is a word that asks, with the place of its sort in cues/asks.txt.
type askCue struct {
	word string
	sort int
}

// askCues are the words of cues/asks.txt by their first letter, longest first,
// and the sorts in the order of the file.
var askCues = sync.OnceValue(func() (c struct {
	by    map[rune][]askCue
	sorts []index.Asks
}) {
	c.by = map[rune][]askCue{}
	for line := range cueLines(asksFile) {
		sort, words, _ := strings.Cut(line, "\t")
		for _, w := range strings.Fields(words) {
			first := firstRune(w)
			c.by[first] = append(c.by[first], askCue{w, len(c.sorts)})
		}
		c.sorts = append(c.sorts, index.Asks(sort))
	}
	for _, all := range c.by {
		longestFirst(all, func(a askCue) string { return a.word })
	}
	return c
})

// asksOf returns what sort of answer a text wants; "" where it has no word
// that asks.
func asksOf(text string) index.Asks {
	c, text := askCues(), strings.ToLower(text)
	best := len(c.sorts)
	for at := 0; at < len(text); {
		size := 0
		for _, cue := range c.by[firstRune(text[at:])] {
			if strings.HasPrefix(text[at:], cue.word) && asksHere(text, at, cue.word) {
				best, size = min(best, cue.sort), len(cue.word)
				break
			}
		}
		if size == 0 {
			size = len(string(firstRune(text[at:])))
		}
		at += size
	}
	if best == len(c.sorts) {
		return ""
	}
	return c.sorts[best]
}

// asksHere reports whether a word that ends many questions ends this one: 不
// asks in 收费不, not in 不动产.
func asksHere(text string, at int, word string) bool {
	switch word {
	case "吗", "么", "不", "没", "嘛":
		rest := strings.TrimLeft(text[at+len(word):], "啊呀哦哈呢的")
		return rest == "" || strings.ContainsRune(" ,，。.;；?？!！、", firstRune(rest))
	}
	return true
}

// turned reports whether a text asks by a verb and its opposite: 办不办, 管不管,
// 停没停.
func turned(text string) bool {
	var a, b rune
	for _, r := range text {
		if (b == '不' || b == '没') && r == a && r > 0x7f && r != b {
			return true
		}
		a, b = b, r
	}
	return false
}

package bot

import (
	_ "embed"
	"slices"
	"sync"
)

//go:embed cues/personal.txt
var personalFile string

var personalCues = sync.OnceValue(func() map[string][]string { return groups(personalFile) })

// personal reports whether a message asks for what stands in somebody's own
// records: a balance, how far an application is.
func personal(text string) bool {
	if letters(text) > maxStory {
		return false
	}
	cues := personalCues()
	return slices.ContainsFunc(clauses(text), func(c string) bool {
		return containsAny(c, cues["record"]) || containsAny(c, cues["state"]) && containsAny(c, cues["mine"])
	})
}

// looksUp are the words of a text that says how one looks up what is one's own.
var looksUp = []string{"查询", "查看", "查进度", "可以查", "查发放", "查余额"}

// unseen reports whether a message asks for one's own records, and what was
// found doesn't say how to look them up.
func (f *findings) unseen(answerAt float64) bool {
	if !personal(f.asked) {
		return false
	}
	return len(f.hits) == 0 || f.Confidence < answerAt || !containsAny(f.hits[0].Passage, looksUp)
}

package bot

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed cues/danger.txt
var dangerFile string

// danger is one in which something has to be done before anybody can come.
type danger struct {
	words []string
	first string // what to do at once; "" where the words say that it is over
}

// dangerCues are the lines of cues/danger.txt.
var dangerCues = sync.OnceValue(func() (out []danger) {
	for line := range cueLines(dangerFile) {
		words, first, _ := strings.Cut(line, "\t")
		out = append(out, danger{strings.Fields(words), strings.TrimPrefix(first, "-")})
	}
	return out
})

// dangerOf is the danger that a message speaks of, where that is one of
// dangerCues and not over.
func dangerOf(text string) (danger, bool) {
	for _, d := range dangerCues() {
		if containsAny(text, d.words) {
			return d, d.first != ""
		}
	}
	return danger{}, false
}

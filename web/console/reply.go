package console

import (
	"regexp"
	"strings"
)

// replyLine is a line of a reply as a platform shows it.
type replyLine []replyPart

// replyPart is a piece of a line, with or without a link.
type replyPart struct{ Text, Href string }

var replyLink = regexp.MustCompile(`<a href="(https?://[^"<>\s]{1,1000})">([^<>]+)</a>`)

// replyLines reads the text of a reply: plain text with <a href="…">…</a>. A
// link to anything but http and https stays the text that it is.
func replyLines(text string) []replyLine {
	var all []replyLine
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		l, done := replyLine{}, 0
		for _, m := range replyLink.FindAllStringSubmatchIndex(line, -1) {
			if m[0] > done {
				l = append(l, replyPart{Text: line[done:m[0]]})
			}
			l = append(l, replyPart{Text: line[m[4]:m[5]], Href: line[m[2]:m[3]]})
			done = m[1]
		}
		if done < len(line) {
			l = append(l, replyPart{Text: line[done:]})
		}
		all = append(all, l)
	}
	return all
}

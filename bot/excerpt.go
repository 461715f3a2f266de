package bot

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/index"
)

// Bounds of what is quoted, in characters: a passage is read whole up to
// wholePassage; of a longer one, and of a text without articles, at most
// longestQuote around what answers.
const (
	wholePassage = 420
	longestQuote = 520
)

// excerpt returns what is quoted of a hit in at most room bytes: its passage
// where that is short and has all of the snippet, else a piece of the text
// around it, from the snippet, or from where the passage begins in it, on.
func excerpt(h standingHit, body string, room int) string {
	snippet, wide := plain(h.Snippet), plain(h.Wide)
	if h.article() { // the citation names it
		snippet = strings.TrimLeft(strings.TrimPrefix(snippet, h.Label), " \u3000")
	}
	on := goesOn(h)
	if on {
		snippet, wide = tidy(snippet, h.Title), tidy(wide, h.Title)
		body = snippet
	}
	whole := len(body) <= room && utf8.RuneCountInString(body) <= wholePassage
	if whole && !on && (snippet == "" || strings.Contains(plain(h.Passage), snippet)) {
		return body
	}
	if piece := widened(wide, snippet, h, room); piece != "" {
		return piece
	}
	switch {
	case whole:
		return body
	case len(snippet) <= room && snippet != "":
		return snippet
	}
	return around(snippet, plain(h.Direct), room)
}

// widened returns the piece of wide that has the snippet and goes on to the
// end of the passage, sentence by sentence while there is room. It leaves out
// what stands before the passage, and after it the next one of its row. It is
// empty where the snippet does not stand in wide or does not fit.
func widened(wide, snippet string, h standingHit, room int) string {
	at := strings.Index(wide, snippet)
	if snippet == "" || at < 0 {
		return ""
	}
	passage := within(wide, h)
	s := index.Span{Start: max(at, min(passage.Start, at+len(snippet))), End: at + len(snippet)}
	if s.Start < passage.End && passage.End < s.End && nextInRow(lastLabel(h.Label), wide[passage.End:]) &&
		utf8.RuneCountInString(wide[s.Start:passage.End]) >= enoughAlone {
		s.End = passage.End
	}
	fits := func(end int) bool {
		return end-s.Start <= room && utf8.RuneCountInString(wide[s.Start:end]) <= longestQuote
	}
	if !fits(s.End) {
		return ""
	}
	for _, next := range index.Sentences(wide) {
		if next.End > s.End && s.End < passage.End && fits(next.End) {
			s.End = next.End
		}
	}
	return strings.TrimSpace(wide[s.Start:s.End])
}

// enoughAlone is from how many characters a numbered passage is quoted without
// the one after it: a shorter one may be a heading, or an item of a list.
const enoughAlone = 60

// within is the numbered passage of a hit in wide, all of wide where there is
// none.
func within(wide string, h standingHit) index.Span {
	passage := strings.TrimSpace(plain(h.Passage))
	if at := strings.Index(wide, passage); h.Label != "" && passage != "" && at >= 0 {
		return index.Span{Start: at, End: at + len(passage)}
	}
	return index.Span{End: len(wide)}
}

// numberings are the ways in which passages are numbered, the outer ones
// first.
var numberings = []*regexp.Regexp{
	regexp.MustCompile(`^第[一二三四五六七八九十百零〇]+[章节条]`), regexp.MustCompile(`^[一二三四五六七八九十]+、`),
	regexp.MustCompile(`^[（(][一二三四五六七八九十]+[)）]`), regexp.MustCompile(`^[0-9]+[.．、]`), regexp.MustCompile(`^[（(][0-9]+[)）]`),
}

// nextInRow reports whether a text begins with a number of the kind of label,
// or of one further out.
func nextInRow(label, text string) bool {
	text = strings.TrimSpace(text)
	for i, outer := range numberings {
		if !outer.MatchString(text) {
			continue
		}
		for _, n := range numberings[i:] {
			if n.MatchString(label) {
				return true
			}
		}
	}
	return false
}

// unfinished says so where a quotation does not end with a sentence.
func unfinished(quoted string) string {
	if cut := strings.TrimRight(quoted, "，、,：: "); cut != quoted {
		return cut + "……"
	}
	return quoted
}

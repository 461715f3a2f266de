package docx

import (
	"regexp"

	"github.com/policybot/policybot/corpus"
)

// entryEnd is what stands behind a title in a table of contents: dots and the
// number of a page.
var entryEnd = regexp.MustCompile(`[\s.…·]+(?:[0-9]+|[ivxlcIVXLC]+)?$`)

// finish takes an automatic table of contents out: its lines are headings that
// come again. Where most of them do not, they are text in the wrong style, and
// stay.
func (r *reader) finish(items []item) []corpus.Block {
	listed, unlisted := contents(items)
	out := make([]corpus.Block, 0, len(items))
	keep := len(unlisted) > listed/2
	for _, it := range items {
		if !it.toc || keep {
			out = append(out, it.Block)
			continue
		}
		if n := len(out); n > 0 && r.left.tocLines == 0 {
			if s := corpus.Squeeze(out[n-1].Text); s == "目录" || s == "目次" {
				r.leaveOut(out[n-1])
				out = out[:n-1]
			}
		}
		r.leaveOut(it.Block)
	}
	if !keep {
		r.left.unlisted = unlisted
	}
	return out
}

func (r *reader) leaveOut(b corpus.Block) {
	r.left.tocLines++
	r.left.tocRunes += corpus.Printed(b.Label) + corpus.Printed(b.Text)
}

// contents counts the lines of the table of contents, without its own
// heading, and returns those that no block of the text repeats.
func contents(items []item) (lines int, unlisted []string) {
	text := map[string]bool{"目录": true, "目次": true}
	for _, it := range items {
		if !it.toc {
			text[corpus.Squeeze(it.Label+it.Text)] = true
		}
	}
	for _, it := range items {
		if !it.toc {
			continue
		}
		lines++
		if !text[corpus.Squeeze(it.Text)] && !text[corpus.Squeeze(entryEnd.ReplaceAllString(it.Text, ""))] {
			unlisted = append(unlisted, it.Text)
		}
	}
	return lines, unlisted
}

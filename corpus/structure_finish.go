package corpus

import (
	"slices"
	"strconv"
	"unicode/utf8"
)

// shortParagraph is a paragraph that is joined with the next one where a
// document has no structure.
const shortParagraph = 30

// finish turns drafts into passages: the title in front, plain paragraphs
// apart, roles told, long ones split, anchors made unique.
func (b *builder) finish(titleEnd int) []Passage {
	if !b.structured && b.kind != FAQ {
		b.drafts = b.paragraphs()
	}
	var out []Passage
	if titleEnd > 0 {
		end := len(b.text)
		if len(b.pieces) > 0 {
			end = b.pieces[0].start
		}
		out = append(out, Passage{Anchor: "title", Role: TitleRole, End: end})
	}
	for i, d := range b.drafts {
		deeper := i+1 < len(b.drafts) && b.drafts[i+1].depth > d.depth
		switch {
		case !d.head || d.pieces > 1:
		case d.kind.level():
			if deeper {
				d.Role = HeadingRole
			}
		default:
			d.Role = HeadingRole
		}
		out = append(out, split(d.Passage, b.text)...)
	}
	number := 0
	for i := range out {
		if out[i].Anchor == "p" {
			number++
			out[i].Anchor = "p" + strconv.Itoa(number)
		}
	}
	uniqueAnchors(out)
	nameColumns(out, b.text, b.pieces)
	return out
}

// paragraphs makes every piece a passage of its own; short ones are joined
// with the next. A table of contents stays what it is.
func (b *builder) paragraphs() []draft {
	var out []draft
	open := false
	for _, p := range b.pieces {
		if i := slices.IndexFunc(b.drafts, func(d draft) bool { return d.Anchor == "toc" && d.Start <= p.start && p.start < d.End }); i >= 0 {
			if b.drafts[i].Start == p.start {
				out = append(out, b.drafts[i])
			}
			open = false
			continue
		}
		if open {
			out[len(out)-1].End = p.end
		} else {
			out = append(out, draft{Passage: Passage{Anchor: "p", Role: BodyRole, Start: p.start, End: p.end}})
		}
		d := out[len(out)-1]
		open = utf8.RuneCountInString(b.text[d.Start:d.End]) < shortParagraph
	}
	return out
}

// split cuts a long passage. The first part keeps the anchor, so that links
// to it hold; the others are its paragraphs: a6, a6.p2, a6.p3.
func split(p Passage, text string) []Passage {
	if p.Role != BodyRole || !runesMoreThan(text[p.Start:p.End], maxPassage) {
		return []Passage{p}
	}
	var out []Passage
	start := p.Start
	for i, end := range splitLong(text[p.Start:p.End]) {
		q := p
		q.Start, q.End = start, p.Start+end
		if i > 0 && p.Anchor != "p" {
			q.Anchor = p.Anchor + ".p" + strconv.Itoa(i+1)
		}
		out = append(out, q)
		start = q.End
	}
	return out
}

package corpus

import (
	"slices"
	"strconv"
)

// shortParagraph is a paragraph that is joined with the next one where a
// document has no structure.
const shortParagraph = 20

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
	uniqueAnchors(b.drafts)
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
	nameColumns(out, b.text, b.pieces)
	return out
}

// paragraphs makes every piece a passage of its own; short ones stand with
// what follows them, and so do the rows of a table. Where a passage begins
// depends on its own pieces and the one before, so that a change leaves the
// others as they are. A table of contents stays what it is.
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
		if open || p.row && !p.header && len(out) > 0 {
			out[len(out)-1].End = p.end
		} else {
			out = append(out, draft{Passage: Passage{Anchor: "p-" + code(p.text, codeLength), Role: BodyRole, Start: p.start, End: p.end}})
		}
		open = !p.row && !runesMoreThan(p.text, shortParagraph)
	}
	return out
}

// split cuts a long passage into parts of about the same size. The first
// keeps the anchor, so that links to it hold. A part of an article that begins
// with a 款, 项 or 目 has its anchor (a12.3); others are named by what they
// stand in and counted: a12.2.p2, s6.p2.
func split(p Passage, text string) []Passage {
	if p.Role != BodyRole || !runesMoreThan(text[p.Start:p.End], maxPassage) {
		return []Passage{p}
	}
	var places []Place
	begins := map[int]int{}
	if p.IsArticle() {
		places = Places(text, p)
		for i := len(places) - 1; i >= 0; i-- {
			begins[places[i].Start-p.Start] = min(places[i].depth(p.Anchor)-1, lineRank)
		}
	}
	var out []Passage
	start := p.Start
	counts := map[string]int{}
	for i, end := range splitLong(text[p.Start:p.End], func(at int) int {
		if rank, ok := begins[at]; ok {
			return rank
		}
		return hardRank
	}) {
		q := p
		q.Start, q.End = start, p.Start+end
		if i > 0 {
			q.Anchor = partAnchor(p.Anchor, places, start, counts)
		}
		out = append(out, q)
		start = q.End
	}
	return out
}

func partAnchor(anchor string, places []Place, start int, counts map[string]int) string {
	if in, ok := innermost(places, start); ok {
		if in.Start == start {
			return in.Anchor
		}
		anchor = in.Anchor
	}
	counts[anchor]++
	return anchor + ".p" + strconv.Itoa(counts[anchor]+1)
}

package corpus

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Place is a 款, 项 or 目 of an article: finer than a passage, not ranked by
// itself, but it can be cited and linked to.
type Place struct {
	Anchor     string // a12.2 is the second 款 of 第十二条, a12.2.3 its 项（三）, a12.2.3.1 the first 目 of that
	Label      string // 第十二条第二款第（三）项; an article of one 款 leaves it out: 第十二条第（三）项
	Start, End int    // bytes of the canonical text; a place ends where the next of its level or a higher one begins
}

// depth is 1 for a 款, 2 for a 项, 3 for a 目, and more for what stands below.
func (p Place) depth(article string) int {
	return strings.Count(strings.TrimPrefix(p.Anchor, article), ".")
}

// Places lists the 款, 项 and 目 of an article in the order of the text.
// article is the passage of a whole article, or what Revision.Article returns
// where that was split; its Start and End are bytes of text. An article of one
// 款 without 项 has that one place. The 款 are the paragraphs (立法技术规范);
// rows of tables belong to the 款 above them. It is linear in the size of the
// article; places beyond a thousand are left out.
func Places(text string, article Passage) []Place {
	r := placeReader{article: article}
	at := article.Start
	for at < article.End && len(r.places) < maxPlaces {
		end := article.End
		if i := strings.IndexByte(text[at:end], '\n'); i >= 0 {
			end = at + i + 1
		}
		r.line(text, at, end)
		at = end
	}
	return r.finish()
}

const maxPlaces = 1000

// placeReader reads the lines of an article.
type placeReader struct {
	article   Passage
	places    []Place
	paragraph int      // number of the open 款
	nums      []string // marks of the open 款, 项, 目
	kinds     []markKind
	last      []int // numbers that they go on from
	taken     map[string]bool
	before    *placeReader // as it was at the end of the last 项
}

func (r *placeReader) line(text string, start, end int) {
	s := text[start:end]
	trimmed := strings.TrimLeftFunc(s, unicode.IsSpace)
	if trimmed == "" || IsRow(strings.TrimRight(s, "\n")) && r.paragraph > 0 {
		return
	}
	at := start + len(s) - len(trimmed)
	m := parseMark(trimmed)
	switch {
	case r.paragraph == 0:
		r.begin(at, 0, none, r.nextParagraph())
		if m.kind == article {
			trimmed, at = trimmed[m.size:], at+m.size
		}
	case m.kind.level() && r.item(at, m):
	default:
		r.begin(at, 0, none, r.nextParagraph())
	}
	r.inline(trimmed, at)
}

func (r *placeReader) nextParagraph() int {
	if len(r.kinds) > 1 {
		r.before = &placeReader{places: r.places, paragraph: r.paragraph, nums: slices.Clone(r.nums), kinds: slices.Clone(r.kinds), last: slices.Clone(r.last)}
	}
	r.paragraph++
	return r.paragraph
}

// resume takes paragraphs for the rest of a 项 where the next 项 goes on
// counting behind them.
func (r *placeReader) resume(m mark) {
	b := r.before
	if b == nil || len(r.kinds) > 1 || r.paragraph-b.paragraph > 3 {
		return
	}
	i := slices.Index(b.kinds[1:], m.kind) + 1
	if i == 0 || m.num != b.last[i]+1 {
		return
	}
	for _, p := range r.places[len(b.places):] {
		delete(r.taken, p.Anchor)
	}
	r.places, r.paragraph, r.nums, r.kinds, r.last, r.before = b.places, b.paragraph, b.nums, b.kinds, b.last, nil
}

// item begins a 项 or a 目 where the number goes on or begins with 1.
func (r *placeReader) item(at int, m mark) bool {
	if m.num > 1 {
		r.resume(m)
	}
	depth := len(r.kinds)
	for i := 1; i < len(r.kinds); i++ {
		if r.kinds[i] == m.kind {
			depth = i
			break
		}
	}
	goesOn := depth < len(r.kinds) && m.num > r.last[depth] || m.num == 1
	if !goesOn || depth > 4 || depth == 0 {
		return false
	}
	r.begin(at, depth, m.kind, m.num)
	return true
}

// begin opens a place at depth: 0 is a 款.
func (r *placeReader) begin(at, depth int, kind markKind, num int) {
	r.nums = append(r.nums[:depth], strconv.Itoa(num))
	r.kinds = append(r.kinds[:depth], kind)
	r.last = append(r.last[:depth], num)
	anchor := r.article.Anchor + "." + strings.Join(r.nums, ".")
	if r.taken == nil {
		r.taken = map[string]bool{}
	}
	base := anchor
	for k := 2; r.taken[anchor]; k++ {
		anchor = base + "-" + strconv.Itoa(k)
		r.nums[depth] = strconv.Itoa(num) + "-" + strconv.Itoa(k)
	}
	r.taken[anchor] = true
	r.places = append(r.places, Place{Anchor: anchor, Start: at, Label: r.label()})
}

// inline finds 项 that run on in a line: …：（一）甲；（二）乙。
func (r *placeReader) inline(s string, start int) {
	var prev rune
	first := true
	for i, c := range s {
		if unicode.IsSpace(c) {
			continue
		}
		if !first && (c == '（' || c == '(') && strings.ContainsRune("：:；;。", prev) {
			if m := parseMark(s[i:]); m.kind == level2 && (m.num == 1 || r.expects(m)) && len(r.places) < maxPlaces {
				r.item(start+i, m)
			}
		}
		prev, first = c, false
	}
}

func (r *placeReader) expects(m mark) bool {
	for i := 1; i < len(r.kinds); i++ {
		if r.kinds[i] == m.kind {
			return m.num == r.last[i]+1
		}
	}
	return false
}

// label is the place's name below the article; the 款 is put in by finish,
// which knows how many there are.
func (r *placeReader) label() string {
	var sb strings.Builder
	for i := 1; i < len(r.nums); i++ {
		num, _, _ := strings.Cut(r.nums[i], "-")
		n, _ := strconv.Atoi(num) // was written by Itoa
		switch {
		case i == 1 && r.kinds[i] == level2:
			sb.WriteString("第（" + inChinese(n) + "）项")
		case i == 1:
			sb.WriteString("第" + inChinese(n) + "项")
		case i == 2:
			sb.WriteString("第" + num + "目")
		default:
			sb.WriteString("之" + num)
		}
	}
	return sb.String()
}

// finish writes the labels and finds where places end.
func (r *placeReader) finish() []Place {
	base := r.article.Anchor
	open := make([]int, 0, 6)
	for i := range r.places {
		p := &r.places[i]
		depth := p.depth(base)
		for len(open) >= depth && len(open) > 0 {
			r.places[open[len(open)-1]].End = p.Start
			open = open[:len(open)-1]
		}
		open = append(open, i)
		if r.paragraph > 1 || depth == 1 {
			rest := strings.TrimPrefix(p.Anchor, base+".")
			num, _, _ := strings.Cut(rest, ".")
			n, _ := strconv.Atoi(num) // 款 are counted by nextParagraph
			p.Label = "第" + inChinese(n) + "款" + p.Label
		}
		p.Label = r.article.Label + p.Label
	}
	for _, i := range open {
		r.places[i].End = r.article.End
	}
	return r.places
}

// inChinese writes 1 to 9999 in Chinese digits.
func inChinese(n int) string {
	digits := []string{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	if n <= 0 || n > 9999 {
		return strconv.Itoa(n)
	}
	var sb strings.Builder
	zero := false
	for i, unit := range [...]string{"千", "百", "十", ""} {
		d := n / [...]int{1000, 100, 10, 1}[i] % 10
		switch {
		case d == 0:
			zero = sb.Len() > 0
			continue
		case zero:
			sb.WriteString("零")
			zero = false
		}
		if !(d == 1 && unit == "十" && sb.Len() == 0) {
			sb.WriteString(digits[d])
		}
		sb.WriteString(unit)
	}
	return sb.String()
}

// Article returns the whole article that a passage belongs to, as one
// passage: a long one was split into several. anchor is that of any of them,
// or of a place in it. ok is false where it names no article.
func (r Revision) Article(anchor string) (whole Passage, ok bool) {
	for {
		for i, p := range r.Passages {
			if p.Anchor != anchor || !p.IsArticle() {
				continue
			}
			for _, next := range r.Passages[i+1:] {
				if !strings.HasPrefix(next.Anchor, anchor+".") || next.Label != p.Label {
					break
				}
				p.End = next.End
			}
			if p.Anchor == articleAnchor(anchor) {
				return p, true
			}
		}
		i := strings.LastIndexByte(anchor, '.')
		if i < 0 {
			return Passage{}, false
		}
		anchor = anchor[:i]
	}
}

// IsArticle says whether the passage is an article of a regulation, or a part
// of a long one.
func (p Passage) IsArticle() bool {
	m := parseMark(p.Label)
	return m.kind == article && m.size == len(p.Label)
}

// articleAnchor takes what follows the article off an anchor: appendix-1.a12.2.3
// becomes appendix-1.a12.
func articleAnchor(anchor string) string {
	at := 0
	for at < len(anchor) {
		part, _, _ := strings.Cut(anchor[at:], ".")
		if len(part) > 1 && part[0] == 'a' && part[1] >= '0' && part[1] <= '9' {
			return anchor[:at+len(part)]
		}
		at += len(part) + 1
	}
	return anchor
}

// Place resolves the anchor of a 款, 项 or 目 (a12.2.3) to the passage in
// which it begins and its range. An anchor of a passage is the place of that
// passage. ok is false where there is none.
func (r Revision) Place(anchor string) (place Place, in Passage, ok bool) {
	if p, found := r.Find(anchor); found {
		in, place, ok = p, Place{p.Anchor, p.Label, p.Start, p.End}, true
	}
	whole, found := r.Article(anchor)
	if !found || whole.Anchor == anchor {
		return place, in, ok
	}
	for _, p := range Places(r.Text, whole) {
		if p.Anchor != anchor {
			continue
		}
		i, found := slices.BinarySearchFunc(r.Passages, p.Start, func(q Passage, at int) int {
			switch {
			case q.End <= at:
				return -1
			case q.Start > at:
				return 1
			}
			return 0
		})
		if found {
			return p, r.Passages[i], true
		}
	}
	return place, in, ok
}

// innermost returns the deepest place that holds the byte at.
func innermost(places []Place, at int) (Place, bool) {
	i, exact := slices.BinarySearchFunc(places, at, func(p Place, at int) int { return cmp.Compare(p.Start, at) })
	if !exact {
		i--
	}
	if i < 0 {
		return Place{}, false
	}
	return places[i], true
}

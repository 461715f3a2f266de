package corpus

import (
	"strings"
	"unicode/utf8"
)

// lookAhead notes for every piece the number of the next article after it.
func (b *builder) lookAhead() {
	b.nextOf = make([]int, len(b.pieces))
	next := 0
	for i := len(b.pieces) - 1; i >= 0; i-- {
		b.nextOf[i] = next
		if m := b.pieces[i].mark; m.kind == article && m.sure {
			next = m.num
		}
	}
	b.quotations()
}

// quotations notes which pieces stand within a quotation that began with an
// earlier one: what an amendment puts into another document is numbered as
// that one is. Only a quotation that opens a line and is closed counts.
func (b *builder) quotations() {
	b.quoted = make([]bool, len(b.pieces))
	opened, open := 0, 0
	for i, p := range b.pieces {
		net := strings.Count(p.text, "“") - strings.Count(p.text, "”")
		again := net > 0 && strings.HasPrefix(p.text, "“") // each of its paragraphs may begin so
		switch {
		case open == 0 && again:
			opened, open = i, net
		case open > 0 && i-opened > maxQuotation:
			open = 0
		case open > 0 && !again:
			if open += net; open <= 0 {
				for k := opened + 1; k <= i; k++ {
					b.quoted[k] = true
				}
				open = 0
			}
		}
	}
}

const maxQuotation = 300 // pieces; a longer one lacks its end

// contents returns the index behind the table of contents that starts at i,
// or i where none does: 目录, then headings up to where the first of them
// comes again; or, without that word, headings that hold nothing and all come
// again.
func (b *builder) contents(i int) int {
	s := Squeeze(b.pieces[i].text)
	if s != "目录" && s != "目次" {
		return b.bareContents(i)
	}
	if i+1 >= len(b.pieces) || b.tables >= maxTables {
		return i
	}
	first := tocKey(b.pieces[i+1].text)
	for j := i + 2; j < len(b.pieces) && j < i+maxContents; j++ {
		t := b.pieces[j].text
		if tocKey(t) == first && first != "" {
			return j
		}
		if b.pieces[j].mark.kind == article || utf8.RuneCountInString(t) > 60 || strings.Contains(t, "。") {
			break
		}
	}
	// No repetition: the headings directly below are the contents where the
	// body does not go on from them.
	j := i + 1
	for j < len(b.pieces) && b.pieces[j].mark.kind.heading() {
		j++
	}
	if j < len(b.pieces) && b.pieces[j].mark.kind == article && j > i+1 {
		j-- // the last heading stands above an article
	}
	return max(j, i+1)
}

const (
	maxContents = 1000 // lines of a table of contents
	maxTables   = 20   // tables of contents in a document
)

// bareContents is contents for a table that does not say what it is. It looks
// only where a document's first chapter may stand.
func (b *builder) bareContents(i int) int {
	m := b.pieces[i].mark
	if b.looked || b.tocEnd > 0 || b.seq.last[article] > 0 || !m.kind.heading() || m.num != 1 {
		return i
	}
	b.looked = true
	j := i
	for j < len(b.pieces) && j < i+maxContents && b.pieces[j].mark.kind.heading() && b.pieces[j].mark.sure && headingLike(b.pieces[j].text) {
		if j > i && tocKey(b.pieces[j].text) == tocKey(b.pieces[i].text) {
			break
		}
		j++
	}
	switch {
	case j >= len(b.pieces) || j < i+2:
		return i
	case tocKey(b.pieces[j].text) == tocKey(b.pieces[i].text), j > i+2 && b.pieces[j].mark.kind == none && sameMarks(b.pieces[i:j]):
		return j // they come again, or are chapters in a row without a word
	}
	return i
}

// sameMarks says whether headings are all of one level.
func sameMarks(pieces []piece) bool {
	for _, p := range pieces {
		if p.mark.kind != pieces[0].mark.kind {
			return false
		}
	}
	return true
}

// tocKey compares an entry with its heading: without blanks, dots and page
// number.
func tocKey(s string) string {
	s = strings.TrimRight(Squeeze(s), "0123456789.…·（）()-—")
	return s
}

// attachment recognises the line 附件2 above an attachment, and 附则 and the
// like without a number.
func (b *builder) attachment(i int) bool {
	s := b.pieces[i].text
	if len(s) > 3*60 || b.pieces[i].row {
		return false
	}
	switch Squeeze(s) {
	case "附则", "总则", "分则", "序言", "附：":
		return true
	}
	n, ok := appendixNumber(s)
	if !ok || !headingLike(s) {
		return false
	}
	if Squeeze(s) == "附" || Squeeze(strings.TrimRight(s, "：:")) == "附件" && s != "附件" {
		return false // 附件： above a list of them
	}
	if !strings.ContainsAny(strings.TrimRight(s, "：: "), "：: \u3000\u00a0") {
		return true
	}
	// 附件一：… with its name is a heading where it is not one of a list.
	if n == 0 || i+1 >= len(b.pieces) {
		return false
	}
	next := b.pieces[i+1]
	_, list := appendixNumber(next.text)
	_, after := appendixNumber(b.pieces[i-min(i, 1)].text)
	return !list && !(after && i > 0) && next.mark.kind != level3 && (next.mark.sure || runesMoreThan(next.text, 10))
}

// listsAppendices recognises the line that names the appendices: 附件：1.名单.
func listsAppendices(s string) bool {
	rest, ok := strings.CutPrefix(s, "附件")
	return ok && (strings.HasPrefix(rest, "：") || strings.HasPrefix(rest, ":"))
}

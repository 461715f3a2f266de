package corpus

import (
	"hash/fnv"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus/numeral"
)

// codeLength is how many characters of a paragraph name it: its end can be
// amended, and its anchor stays.
const codeLength = 24

// code names a text by its first n characters that are no blanks, so that
// the name does not depend on what stands around it.
func code(s string, n int) string {
	h := fnv.New32a()
	for _, r := range s {
		if unicode.IsSpace(r) {
			continue
		}
		if n--; n < 0 {
			break
		}
		h.Write([]byte(string(r))) // never fails
	}
	return strconv.FormatUint(uint64(h.Sum32()), 36)
}

// uniqueAnchors gives repeated anchors a suffix, never one that another
// passage has by its own number (第十二条之二 is a12-2).
func uniqueAnchors(drafts []draft) {
	natural := make(map[string]bool, len(drafts))
	for _, d := range drafts {
		natural[d.Anchor] = true
	}
	seen := make(map[string]int, len(drafts))
	for i := range drafts {
		base := drafts[i].Anchor
		n := seen[base]
		if n == 0 {
			seen[base] = 1
			continue
		}
		for {
			n++
			if a := base + "-" + strconv.Itoa(n); !natural[a] {
				natural[a] = true
				drafts[i].Anchor = a
				break
			}
		}
		seen[base] = n
	}
}

// scoped is an anchor within the part of the document that is open: numbers
// count anew in an appendix, and where a second regulation begins. A part has
// its prefix whether or not its numbers come elsewhere, so that an amendment
// elsewhere renames nothing here. first says that counting begins with it.
func (b *builder) scoped(anchor string, first bool) string {
	if first && b.used[b.scope+anchor] {
		b.runs++
		b.scope = b.appendix + "r" + strconv.Itoa(b.runs+1) + "."
	}
	full := b.scope + anchor
	b.used[full] = true
	return full
}

// sectionAnchor is the anchor of a numbered section: within the heading
// without number that it stands under, else within the part that is open.
func (b *builder) sectionAnchor(anchor string, first bool) string {
	for i := len(b.stack) - 1; i >= 0; i-- {
		if b.stack[i].kind == none && b.stack[i].anchor != "" {
			return b.stack[i].anchor + "." + anchor
		}
	}
	return b.scoped(anchor, first && !strings.Contains(anchor, "."))
}

// headingAnchor names a heading without number. An appendix opens a part of
// its own.
func (b *builder) headingAnchor(text string) string {
	s := Squeeze(text)
	switch s {
	case "序言", "前言":
		return b.scope + "preamble"
	case "附则":
		return b.scope + "supplement"
	}
	if n, ok := appendixNumber(strings.TrimSpace(text)); ok {
		anchor := "appendix"
		if n > 0 {
			anchor += "-" + strconv.Itoa(n)
		}
		b.appendices[anchor]++
		if k := b.appendices[anchor]; k > 1 {
			anchor += "." + strconv.Itoa(k)
		}
		b.appendix, b.runs = anchor+".", 0
		b.scope = b.appendix
		return anchor
	}
	return b.scope + "h-" + code(s, codeLength)
}

var appendixWords = [...]string{"附件", "附录", "附表", "附"}

// appendixNumber reads 附件, 附件2, 附件三：…, 附录一 … and 附表1 at the start
// of a heading; the number is 0 where it has none.
func appendixNumber(s string) (int, bool) {
	for _, word := range appendixWords {
		rest, ok := strings.CutPrefix(s, word)
		if !ok {
			continue
		}
		rest = strings.TrimSpace(rest)
		n, size, _ := numeral.Prefix(rest)
		after, _ := utf8.DecodeRuneInString(rest[size:])
		return n, size == len(rest) || after == '：' || after == ':' || size > 0 && unicode.IsSpace(after)
	}
	return 0, false
}

package bot

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// What stands in the place of a masked number.
const (
	maskedID     = "［身份证号］"
	maskedPhone  = "［电话号码］"
	maskedCard   = "［银行卡号］"
	maskedNumber = "［号码］"
	maskedMail   = "［邮箱］"
)

// Mask replaces personal numbers in a text by words that say what was there:
// identity cards, mobile and landline numbers, bank cards, any other number of
// twelve and more digits, and e-mail addresses, also where they are written
// full-width or with blanks, dashes or invisible characters between the
// digits. Public hotlines (110, 12345, 400-…) stay. It would rather mask an
// order number too many than let a citizen's number through. Pure; linear in
// the text's length; masking twice changes nothing.
func Mask(text string) string {
	glyphs := readGlyphs(text)
	var b strings.Builder
	kept := 0 // bytes of text already written or replaced
	for i := 0; i < len(glyphs); {
		end, word := mailAt(glyphs, i)
		if word == "" && glyphs[i].digit() {
			end, word = numbersAt(glyphs, i)
		}
		if word == "" {
			i = max(end, i+1)
			continue
		}
		b.WriteString(text[kept:glyphs[i].at])
		b.WriteString(word)
		kept = glyphs[end-1].end
		i = end
	}
	if kept == 0 {
		return text
	}
	b.WriteString(text[kept:])
	return b.String()
}

// glyph is a character as Mask compares it, and where it stands.
type glyph struct {
	r       rune // half width, lower case; -1 is invalid UTF-8
	at, end int
}

func (g glyph) digit() bool { return '0' <= g.r && g.r <= '9' }

// invisible characters may stand anywhere in a number.
func (g glyph) invisible() bool {
	switch {
	case g.r == 0xad, g.r == 0xfeff, g.r == 0x61c, g.r == 0x180e:
		return true
	case 0x200b <= g.r && g.r <= 0x200f, 0x202a <= g.r && g.r <= 0x202e, 0x2060 <= g.r && g.r <= 0x206f:
		return true
	}
	return 0xfe00 <= g.r && g.r <= 0xfe0f
}

// separator reports whether people write g between the digits of one number.
func (g glyph) separator() bool {
	switch g.r {
	case ' ', '\t', 0xa0, 0x3000, 0x202f, '-', '_', '.', '(', ')', '/', '·', '•', '～', '~', '*', '−', '─', 'ー':
		return true
	}
	return 0x2000 <= g.r && g.r <= 0x200a || 0x2010 <= g.r && g.r <= 0x2015
}

func readGlyphs(text string) []glyph {
	glyphs := make([]glyph, 0, len(text)/2)
	for at := 0; at < len(text); {
		r, n := utf8.DecodeRuneInString(text[at:])
		switch {
		case r == utf8.RuneError && n == 1:
			r = -1
		case 0xff01 <= r && r <= 0xff5e: // full-width ASCII
			r -= 0xff01 - '!'
		case r == 'Х' || r == 'х' || r == '×': // typed for the check character
			r = 'x'
		}
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		glyphs = append(glyphs, glyph{r, at, at + n})
		at += n
	}
	return glyphs
}

func mailRune(r rune) bool {
	return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '.' || r == '_' || r == '-' || r == '+' || r == '%'
}

// mailAt reads an address that starts at i: its end and the word for it. Where
// none does, end says up to where none starts, or 0.
func mailAt(glyphs []glyph, i int) (end int, word string) {
	if i > 0 && mailRune(glyphs[i-1].r) || !mailRune(glyphs[i].r) {
		return 0, ""
	}
	at := i
	for at < len(glyphs) && mailRune(glyphs[at].r) {
		at++
	}
	if at == len(glyphs) || glyphs[at].r != '@' {
		return 0, ""
	}
	dots := 0
	for end = at + 1; end < len(glyphs) && mailRune(glyphs[end].r); end++ {
		if glyphs[end].r == '.' {
			dots++
		}
	}
	for end > at+1 && (glyphs[end-1].r == '.' || glyphs[end-1].r == '-') {
		end--
		if glyphs[end].r == '.' {
			dots--
		}
	}
	if dots < 1 {
		return 0, ""
	}
	return end, maskedMail
}

// group is digits written together; end is behind the last of them.
type group struct {
	digits string
	at     int
	end    int
}

// The longest number that is looked for has 19 digits, each perhaps in a group
// of its own.
const (
	longest   = 19
	maxSpaces = 3 // separators between two groups
)

// numbersAt reads the number that starts at glyph i, a digit. Where it is
// nothing to mask, end is behind the digits that were looked at.
func numbersAt(glyphs []glyph, i int) (end int, word string) {
	groups := readGroups(glyphs, i)
	first, phoneNear := groups[0], near(glyphs, i)
	if w := single(first.digits, phoneNear); w != "" {
		return withCheck(glyphs, first.end, first.digits, w)
	}
	joined, sizes := first.digits, []int{len(first.digits)}
	end = first.end
	for _, g := range groups[1:] {
		joined, sizes = joined+g.digits, append(sizes, len(g.digits))
		if len(joined) > longest {
			break
		}
		if e, w := withCheck(glyphs, g.end, joined, several(joined, sizes, phoneNear)); w != "" {
			end, word = e, w
		}
	}
	return end, word
}

// readGroups reads the groups from glyph i on that could be one number.
func readGroups(glyphs []glyph, i int) []group {
	var groups []group
	total := 0
	for i < len(glyphs) && total <= longest {
		g := group{at: i}
		var digits []byte
		for j := i; j < len(glyphs) && (glyphs[j].digit() || glyphs[j].invisible()); j++ {
			if glyphs[j].digit() {
				digits = append(digits, byte(glyphs[j].r))
				g.end = j + 1
			}
		}
		g.digits = string(digits)
		groups = append(groups, g)
		total += len(digits)
		spaces := 0
		for i = g.end; i < len(glyphs) && spaces <= maxSpaces && !glyphs[i].digit(); i++ {
			switch {
			case glyphs[i].separator():
				spaces++
			case !glyphs[i].invisible():
				return groups
			}
		}
		if spaces > maxSpaces || i == len(glyphs) {
			return groups
		}
	}
	return groups
}

// withCheck takes an x behind 17 digits into the identity card's number.
func withCheck(glyphs []glyph, end int, digits, word string) (int, string) {
	if len(digits) != 17 {
		return end, word
	}
	for i, spaces := end, 0; i < len(glyphs) && spaces <= maxSpaces; i++ {
		switch {
		case glyphs[i].r == 'x':
			return i + 1, maskedID
		case glyphs[i].separator():
			spaces++
		case !glyphs[i].invisible():
			return end, word
		}
	}
	return end, word
}

// single names digits written in one piece; "" is nothing to mask.
func single(d string, phoneNear bool) string {
	switch {
	case identity(d):
		return maskedID
	case phone(d), phoneNear && local(d):
		return maskedPhone
	case 13 <= len(d) && len(d) <= longest:
		return maskedCard
	case len(d) >= 12:
		return maskedNumber
	}
	return ""
}

// several names the digits of several groups. Numbers that only stand side by
// side (dates, sums, hotlines) are no card.
func several(d string, sizes []int, phoneNear bool) string {
	switch {
	case identity(d):
		return maskedID
	case phone(d) && (d[0] != '0' || sizes[0] >= 3 || ones(sizes)),
		phoneNear && len(sizes) == 2 && local(d) && !hotlines(sizes):
		return maskedPhone
	case 13 <= len(d) && d[0] >= '3' && (fours(sizes) || luhn(d) && sizes[0] >= 4):
		return maskedCard
	case 13 <= len(d) && ones(sizes):
		return maskedNumber
	}
	return ""
}

func hotlines(sizes []int) bool { return sizes[0] == 5 || sizes[1] == 5 }

func fours(sizes []int) bool {
	for _, n := range sizes[:len(sizes)-1] {
		if n != 4 {
			return false
		}
	}
	return sizes[len(sizes)-1] <= 4
}

func ones(sizes []int) bool {
	for _, n := range sizes {
		if n != 1 {
			return false
		}
	}
	return true
}

// identity reports whether d is an identity card's number by its birthday. The
// check digit is not asked: a mistyped number is somebody's, too.
func identity(d string) bool {
	switch len(d) {
	case 18:
		c := d[6:8]
		return d[0] != '0' && (c == "18" || c == "19" || c == "20") && birthday(d[10:14])
	case 15:
		return d[0] != '0' && birthday(d[8:12])
	}
	return false
}

func birthday(mmdd string) bool {
	return "01" <= mmdd[:2] && mmdd[:2] <= "12" && "01" <= mmdd[2:] && mmdd[2:] <= "31"
}

// phone reports whether d is a mobile number or a landline number with its
// area code, perhaps with the country's code before it.
func phone(d string) bool {
	for _, country := range []string{"", "86", "086", "0086"} {
		rest, ok := strings.CutPrefix(d, country)
		if !ok {
			continue
		}
		if len(rest) == 11 && rest[0] == '1' && rest[1] >= '3' {
			return true
		}
		if country != "" && rest != "" && rest[0] != '0' {
			rest = "0" + rest
		}
		if landline(rest) {
			return true
		}
	}
	return false
}

func landline(d string) bool {
	if len(d) < 10 || d[0] != '0' || d[1] == '0' {
		return false
	}
	area := 4 // 0532
	if d[1] <= '2' {
		area = 3 // 010, 021
	}
	n := len(d) - area
	return (n == 7 || n == 8) && local(d[area:])
}

// local reports whether d can be a landline number without its area code.
func local(d string) bool { return (len(d) == 7 || len(d) == 8) && '2' <= d[0] && d[0] <= '8' }

// near reports whether the few characters before i speak of a telephone.
func near(glyphs []glyph, i int) bool {
	const reach = 8
	var before [reach]rune
	n := 0
	for _, g := range glyphs[max(0, i-reach):i] {
		before[n] = max(g.r, 0)
		n++
	}
	s := string(before[:n])
	for _, word := range []string{"电话", "電話", "座机", "固话", "手机", "手機", "联系", "致电", "拨打", "传真", "tel", "phone"} {
		if strings.Contains(s, word) {
			return true
		}
	}
	return false
}

// luhn is the checksum of bank cards (ISO/IEC 7812-1).
func luhn(d string) bool {
	sum := 0
	for i := range len(d) {
		n := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

// masked is what Mask puts in the place of a number or an address.
var masked = regexp.MustCompile(`［[^［］]{1,12}］`)

// withoutPrivate takes numbers that name a person out of a message before it
// is asked: no document holds them, and a citizen's question is without them
// the same.
func withoutPrivate(text string) string {
	if hidden := Mask(text); hidden != text {
		return Clean(masked.ReplaceAllString(hidden, " "))
	}
	return text
}

package wechat

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// clean takes out what no text of ours or of a citizen's needs: control
// characters, marks that turn the direction of writing, U+FFFD and bytes that
// are not UTF-8. Line ends become \n, tabs spaces. Joiners stay: emoji are
// made with them.
func clean(s string) string {
	if strings.IndexFunc(s, unclean) < 0 {
		return s
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r' || r == '\u2028' || r == '\u2029':
			return '\n'
		case r == '\t':
			return ' '
		case unclean(r):
			return -1
		}
		return r
	}, s)
}

func unclean(r rune) bool {
	switch {
	case r == '\n':
		return false
	case r < 0x20, r >= 0x7F && r <= 0x9F, r == utf8.RuneError, r == '\uFEFF', !xmlChar(r):
		return true
	case r >= '\u200E' && r <= '\u200F', r >= '\u2028' && r <= '\u202E', r >= '\u2066' && r <= '\u2069':
		return true
	}
	return false
}

// matchLink returns the parts of the link that s begins with:
// <a href="URL">label</a>, nothing else in the tag, URL http, https or the
// platform's own weixin://bizmsgmenu. Its size is 0 where there is none.
func matchLink(s string) (url, label string, size int) {
	const open, end = `<a href="`, `</a>`
	rest, ok := strings.CutPrefix(s, open)
	if !ok {
		return "", "", 0
	}
	n := strings.IndexByte(rest[:min(len(rest), 1025)], '"')
	if n < 0 || !linkURL(rest[:n]) || !strings.HasPrefix(rest[n:], `">`) {
		return "", "", 0
	}
	url, rest = rest[:n], rest[n+2:]
	n = strings.IndexAny(rest[:min(len(rest), 513)], "<>\n")
	if n <= 0 || !strings.HasPrefix(rest[n:], end) {
		return "", "", 0
	}
	return url, rest[:n], len(open) + len(url) + len(`">`) + n + len(end)
}

func linkURL(u string) bool {
	for _, p := range []string{"https://", "http://", "weixin://bizmsgmenu?"} {
		if rest, ok := strings.CutPrefix(u, p); ok {
			return rest != "" && !strings.ContainsAny(u, " <>\n\\")
		}
	}
	return false
}

// render makes text safe to show. The phone takes <a …> for a link even
// inside CDATA and shows other angle brackets as they are, and whether it
// resolves entities depends on its version; so all markup but our links is
// shown by full-width signs, which look the same everywhere: ＜ ＞, and ＆
// where an entity would begin. With links false they, too, become plain text.
func render(text string, links bool) string {
	if !strings.ContainsAny(text, "<>&") {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 16)
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '<':
			url, label, size := matchLink(text[i:])
			if size == 0 {
				b.WriteString("＜")
				continue
			}
			writeLink(&b, url, label, links)
			i += size - 1
		case '>':
			b.WriteString("＞")
		case '&':
			b.WriteString(ampersand(text[i:]))
		default:
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

func writeLink(b *strings.Builder, url, label string, links bool) {
	label = render(label, false) // holds no link, but perhaps an entity
	switch {
	case links:
		b.WriteString(`<a href="` + url + `">` + label + `</a>`)
	case strings.HasPrefix(url, "weixin:"):
		b.WriteString(label)
	default:
		b.WriteString(label + " " + render(url, false))
	}
}

// ampersand returns what to show for the & that s begins with.
func ampersand(s string) string {
	name := s[1:min(len(s), 34)]
	n := strings.IndexByte(name, ';')
	if n <= 0 {
		return "&"
	}
	for i, c := range []byte(name[:n]) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
		if !letter && (i > 0 || c != '#') {
			return "&"
		}
	}
	return "＆"
}

// asksForMarkup reports whether a citizen typed a link's markup, in whatever
// disguise (full-width letters, joiners between them). A reply that repeats
// the words of such a question gets no links: they could be the citizen's.
func asksForMarkup(question string) bool {
	if question == "" {
		return false
	}
	letters := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(question))
	return strings.Contains(letters, "ahref")
}

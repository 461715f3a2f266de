package wechat

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// Limits on a message's XML. The platform's largest message (a publishing
// report) has some 60 elements, four deep.
const (
	maxDepth    = 8
	maxElements = 256
)

// fields are a message's top-level elements by name. One that has elements
// of its own is there with an empty value.
type fields map[string]string

// parse reads <xml><Name>value</Name>…</xml>. A name may occur once: text
// that a citizen sent can close its CDATA section and bring elements of its
// own, and the platform does not stop it. For the same reason text beside
// elements, directives and comments are refused, and entities are XML's five
// and numbers only. Its errors wrap [bot.ErrMalformed].
func parse(body []byte) (fields, error) {
	w := walker{fields: make(fields, 12)}
	d := xml.NewDecoder(bytes.NewReader(mask(body)))
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, malformed("not XML")
		}
		if what := w.step(t); what != "" {
			return nil, malformed(what)
		}
	}
	if !w.rooted {
		return nil, malformed("no XML element")
	}
	return w.fields, nil
}

// walker keeps the place in the document.
type walker struct {
	fields   fields
	depth    int
	elements int
	rooted   bool
	name     string          // the top-level element we are in
	value    strings.Builder // its text
	nested   bool            // it has elements
}

// step takes one token and returns what is wrong with it, or "".
func (w *walker) step(t xml.Token) string {
	switch t := t.(type) {
	case xml.StartElement:
		return w.start(t.Name)
	case xml.EndElement:
		return w.end()
	case xml.CharData:
		return w.text(t)
	case xml.ProcInst:
		if t.Target != "xml" || w.rooted {
			return "processing instruction"
		}
		return ""
	default:
		return "comment or directive"
	}
}

func (w *walker) start(n xml.Name) string {
	w.depth++
	w.elements++
	switch {
	case n.Space != "":
		return "namespace"
	case w.depth > maxDepth || w.elements > maxElements:
		return "too many elements"
	case w.depth == 1:
		if w.rooted || n.Local != "xml" {
			return "root is not one <xml>"
		}
		w.rooted = true
	case w.depth == 2:
		if _, twice := w.fields[n.Local]; twice {
			return "duplicate element"
		}
		w.name, w.nested = n.Local, false
		w.value.Reset()
	default:
		w.nested = true
	}
	return ""
}

func (w *walker) end() string {
	w.depth--
	if w.depth != 1 {
		return ""
	}
	value := w.value.String()
	if w.nested {
		if strings.TrimSpace(value) != "" {
			return "text beside elements"
		}
		value = ""
	}
	w.fields[w.name] = clean(value)
	return ""
}

func (w *walker) text(t xml.CharData) string {
	switch {
	case w.depth == 2:
		w.value.Write(t)
	case w.depth < 2 && len(bytes.TrimSpace(t)) > 0:
		return "text outside elements"
	}
	return ""
}

// mask replaces what XML does not allow (control characters, which citizens
// do send, and bytes that are not UTF-8) by U+FFFD, which clean takes out
// afterwards. Taking them out at once could join a "]]>" that was none.
func mask(b []byte) []byte {
	bad := func(r rune) bool { return r == utf8.RuneError || !xmlChar(r) }
	if bytes.IndexFunc(b, bad) < 0 {
		return b
	}
	return bytes.Map(func(r rune) rune {
		if bad(r) {
			return utf8.RuneError
		}
		return r
	}, b)
}

// xmlChar reports whether r is a Char of XML 1.0.
func xmlChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' ||
		r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

// writeCDATA writes s as a CDATA section. A "]]>" in it is split over two.
func writeCDATA(b *strings.Builder, s string) {
	b.WriteString("<![CDATA[")
	b.WriteString(strings.ReplaceAll(s, "]]>", "]]]]><![CDATA[>"))
	b.WriteString("]]>")
}

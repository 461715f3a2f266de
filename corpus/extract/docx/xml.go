package docx

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/unicode"
)

// space is the vocabulary that an element belongs to.
type space uint8

const (
	foreign space = iota // drawings, pictures, what later versions added
	word                 // WordprocessingML
	math                 // Office Math
	compat               // Markup Compatibility
)

// spaces holds the namespaces of the transitional and of the strict form.
var spaces = map[string]space{
	"http://schemas.openxmlformats.org/wordprocessingml/2006/main": word,
	"http://purl.oclc.org/ooxml/wordprocessingml/main":             word,
	"http://schemas.openxmlformats.org/officeDocument/2006/math":   math,
	"http://purl.oclc.org/ooxml/officeDocument/math":               math,
	"http://schemas.openxmlformats.org/markup-compatibility/2006":  compat,
}

// element is the start of an XML element.
type element struct {
	space space
	name  string // without prefix
	attr  []xml.Attr
}

// is says whether it is the element of WordprocessingML with that name.
func (e element) is(name string) bool { return e.space == word && e.name == name }

// get returns an attribute, whatever its prefix; "" where there is none.
func (e element) get(name string) string {
	for _, a := range e.attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (e element) val() string { return e.get("val") }

// on reads a toggle: <w:vanish/> and <w:vanish w:val="1"/> are on.
func (e element) on() bool {
	switch e.val() {
	case "0", "false", "off", "none":
		return false
	}
	return true
}

// number reads an attribute as an integer; other is what it is where it is
// missing or none.
func (e element) number(name string, other int) int {
	n, err := strconv.Atoi(strings.TrimSpace(e.get(name)))
	if err != nil || n > 1<<30 || n < -1<<30 {
		return other
	}
	return n
}

// decoder walks a part. encoding/xml expands no entities but the five of XML
// itself, so that entity bombs are malformed.
type decoder struct {
	x     *xml.Decoder
	depth int
}

// parse calls f within the root element, which has to be there.
func parse(from io.Reader, f func(*decoder, element) error) error {
	d := &decoder{x: xml.NewDecoder(utf8Reader(from))}
	// A byte order mark has settled it before, whatever the declaration says.
	d.x.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for {
		t, err := d.x.Token()
		if err != nil {
			return err
		}
		if start, ok := t.(xml.StartElement); ok {
			return f(d, element{spaces[start.Name.Space], start.Name.Local, start.Attr})
		}
	}
}

// utf8Reader turns UTF-16, which OOXML allows beside UTF-8, into UTF-8, and
// control characters into blanks.
func utf8Reader(from io.Reader) io.Reader {
	r := bufio.NewReaderSize(from, 64<<10)
	mark, _ := r.Peek(2) // an error comes again when it is read
	if len(mark) == 2 && (mark[0] == 0xFE && mark[1] == 0xFF || mark[0] == 0xFF && mark[1] == 0xFE) {
		r = bufio.NewReader(unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(r))
	}
	return controlless{r}
}

type controlless struct{ from io.Reader }

func (c controlless) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	for i, x := range b[:n] {
		if x < ' ' && x != '\n' && x != '\t' && x != '\r' {
			b[i] = ' '
		}
	}
	return n, err
}

// children calls f for each element within the one that is open, and reads
// past its end. f has to read past its element's: by children, text or skip.
func (d *decoder) children(f func(element) error) error {
	return d.content(f, nil)
}

// content is children, with the text between them.
func (d *decoder) content(f func(element) error, text func([]byte)) error {
	if d.depth++; d.depth > maxDepth {
		return tooDeep
	}
	defer func() { d.depth-- }()
	for {
		t, err := d.x.Token()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return io.ErrUnexpectedEOF
			}
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := f(element{spaces[t.Name.Space], t.Name.Local, t.Attr}); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		case xml.CharData:
			if text != nil {
				text(t)
			}
		}
	}
}

// skip reads past the open element.
func (d *decoder) skip() error { return d.x.Skip() }

// text reads the text of the open element, without that of elements within.
func (d *decoder) text() (string, error) {
	var sb strings.Builder
	err := d.content(func(element) error { return d.skip() }, func(b []byte) { sb.Write(b) })
	return sb.String(), err
}

package docx

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
)

// maker writes documents at random. Every piece of text is a character that
// comes once; it notes which of them a reader of the page sees.
type maker struct {
	*rand.Rand
	next          rune
	shown, hidden []rune
	footnotes     strings.Builder
	notes         int
}

// text is a new character; seen says whether it is on the page.
func (m *maker) text(seen bool) string {
	m.next++
	if seen {
		m.shown = append(m.shown, m.next)
	} else {
		m.hidden = append(m.hidden, m.next)
	}
	return string(m.next)
}

func (m *maker) run(seen bool) string {
	return "<w:r><w:t>" + m.text(seen) + "</w:t></w:r>"
}

// inline writes what stands in a paragraph.
func (m *maker) inline(seen bool, depth int) string {
	if depth > 4 {
		return m.run(seen)
	}
	in := func(seen bool) string {
		var sb strings.Builder
		for range 1 + m.IntN(2) {
			sb.WriteString(m.inline(seen, depth+1))
		}
		return sb.String()
	}
	switch m.IntN(16) {
	case 0:
		return "<w:ins>" + in(seen) + "</w:ins>"
	case 1:
		return "<w:moveFrom>" + in(false) + "</w:moveFrom><w:moveTo>" + in(seen) + "</w:moveTo>"
	case 2:
		return "<w:del><w:r><w:delText>" + m.text(false) + "</w:delText></w:r></w:del>"
	case 3:
		return "<w:hyperlink>" + in(seen) + "</w:hyperlink>"
	case 4:
		return "<w:sdt><w:sdtPr/><w:sdtContent>" + in(seen) + "</w:sdtContent></w:sdt>"
	case 5:
		return "<w:r><w:rPr><w:vanish/></w:rPr><w:t>" + m.text(false) + "</w:t></w:r>"
	case 6:
		return complexField("REF a", in(seen))
	case 7:
		return "<w:r><w:ruby><w:rt>" + m.run(false) + "</w:rt><w:rubyBase>" + m.run(seen) + "</w:rubyBase></w:ruby></w:r>"
	case 8:
		if depth > 1 || !seen {
			return m.run(seen)
		}
		return "<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx><w:txbxContent>" + m.blocks(depth+2) + "</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>" +
			p("", m.run(false)) + "</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
	case 9:
		if !seen {
			return m.run(seen)
		}
		m.notes++
		fmt.Fprintf(&m.footnotes, `<w:footnote w:id="%d">%s</w:footnote>`, m.notes, p("", m.run(true))+p("", m.run(true)))
		return fmt.Sprintf(`<w:r><w:footnoteReference w:id="%d"/></w:r>`, m.notes)
	case 10:
		return "<m:oMath><m:sSup><m:e><m:r><m:t>" + m.text(seen) + "</m:t></m:r></m:e><m:sup><m:r><m:t>" + m.text(seen) + "</m:t></m:r></m:sup></m:sSup></m:oMath>"
	}
	return m.run(seen)
}

// blocks writes paragraphs and tables.
func (m *maker) blocks(depth int) string {
	var sb strings.Builder
	for range 1 + m.IntN(3) {
		switch k := m.IntN(10); {
		case k == 0 && depth < 4:
			sb.WriteString("<w:tbl>")
			for range 1 + m.IntN(3) {
				sb.WriteString("<w:tr>")
				for range 1 + m.IntN(3) {
					sb.WriteString(`<w:tc><w:tcPr><w:gridSpan w:val="` + fmt.Sprint(1+m.IntN(2)) + `"/></w:tcPr>` + m.blocks(depth+1) + "</w:tc>")
				}
				sb.WriteString("</w:tr>")
			}
			sb.WriteString("<w:tr><w:trPr><w:del/></w:trPr><w:tc>" + p("", m.run(false)) + "</w:tc></w:tr></w:tbl>")
		case k == 1 && depth < 4:
			sb.WriteString("<w:sdt><w:sdtContent>" + m.blocks(depth+1) + "</w:sdtContent></w:sdt>")
		case k == 2:
			sb.WriteString("<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>" + m.inline(true, depth) + "</w:p>")
		case k == 3:
			sb.WriteString(p("1", m.inline(true, depth)))
		case k == 4:
			sb.WriteString(p("a3", m.inline(true, depth)))
		default:
			sb.WriteString(p("", m.inline(true, depth), m.inline(true, depth)))
		}
	}
	return sb.String()
}

// TestComplete shows that every character of a page is read once, and none
// that is not on it.
func TestComplete(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		m := &maker{Rand: rand.New(rand.NewPCG(seed, 5)), next: 0x4E00}
		var body strings.Builder
		for range 10 {
			body.WriteString(m.blocks(0))
		}
		doc := document{styles: lawStyles, body: body.String(), footnotes: m.footnotes.String()}
		got := doc.read(t)
		counts := map[rune]int{}
		for _, b := range got.Blocks {
			for _, r := range b.Label + b.Text {
				counts[r]++
			}
		}
		for _, r := range m.shown {
			if counts[r] != 1 {
				t.Fatalf("seed %d: %c was read %d times of\n%s", seed, r, counts[r], body.String())
			}
		}
		for _, r := range m.hidden {
			if counts[r] > 0 {
				t.Fatalf("seed %d: %c is not on the page of\n%s", seed, r, body.String())
			}
		}
	}
}

var textElement = regexp.MustCompile(`(?s)<w:t(?: [^>]*)?>(.*?)</w:t>`)

// TestCount holds the long document against a count of its w:t.
func TestCount(t *testing.T) {
	t.Parallel()
	data := long(t)
	c, err := open(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	text, err := c.zip.Bytes("word/document.xml", maxPart)
	if err != nil {
		t.Fatal(err)
	}
	want := 0
	for _, m := range textElement.FindAllStringSubmatch(string(text), -1) {
		want += corpus.Printed(m[1])
	}
	got, err := Read(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, b := range got.Blocks {
		read += corpus.Printed(b.Text)
	}
	if read != want || want < 200_000 {
		t.Errorf("%d characters were read, the document has %d", read, want)
	}
}

package docx

import (
	"archive/zip"
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
)

const namespaces = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" ` +
	`xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" ` +
	`xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" ` +
	`xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" ` +
	`xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" ` +
	`xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"`

const relationBase = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

// document is a docx as a program writes it, part by part. Only what is given
// is written.
type document struct {
	body, styles, numbering, footnotes, endnotes, comments, header, footer, core string
}

func (w document) bytes(t testing.TB) []byte {
	t.Helper()
	parts := map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"_rels/.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + relationBase + `officeDocument" Target="word/document.xml"/>` +
			`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`,
		"word/document.xml": "<w:document " + namespaces + "><w:body>" + w.body + "<w:sectPr/></w:body></w:document>",
	}
	var relations strings.Builder
	for _, p := range [...]struct{ kind, root, text string }{
		{"styles", "styles", w.styles}, {"numbering", "numbering", w.numbering}, {"footnotes", "footnotes", w.footnotes}, {"endnotes", "endnotes", w.endnotes},
		{"comments", "comments", w.comments}, {"header", "hdr", w.header}, {"footer", "ftr", w.footer},
	} {
		if p.text == "" {
			continue
		}
		parts["word/"+p.kind+".xml"] = "<w:" + p.root + " " + namespaces + ">" + p.text + "</w:" + p.root + ">"
		relations.WriteString(`<Relationship Id="x` + p.kind + `" Type="` + relationBase + p.kind + `" Target="` + p.kind + `.xml"/>`)
	}
	parts["word/_rels/document.xml.rels"] = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + relations.String() + `</Relationships>`
	if w.core != "" {
		parts["docProps/core.xml"] = `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">` + w.core + `</cp:coreProperties>`
	}
	return zipped(t, parts)
}

func zipped(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, text := range parts {
		f, err := z.Create(name)
		if err == nil {
			_, err = f.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// read reads what has to be readable.
func (w document) read(t testing.TB) corpus.Reading {
	t.Helper()
	got, err := Read(t.Context(), w.bytes(t))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// lines writes blocks a line each: # for a heading, | before a row, |= before
// one that names the columns, [label], text.
func lines(r corpus.Reading) string {
	var out []string
	for _, b := range r.Blocks {
		s := strings.Repeat("#", b.Heading)
		if b.Row {
			s += "|"
		}
		if b.Header {
			s += "="
		}
		if b.Label != "" {
			s += "[" + b.Label + "]"
		}
		out = append(out, s+strings.NewReplacer("\t", "⇥", "\n", "⏎").Replace(b.Text))
	}
	return strings.Join(out, "\n")
}

func (w document) want(t *testing.T, want string) corpus.Reading {
	t.Helper()
	got := w.read(t)
	if s := lines(got); s != strings.TrimSpace(want) {
		t.Errorf("got\n%s\nwant\n%s", s, strings.TrimSpace(want))
	}
	return got
}

// p is a paragraph of a style; "" is none. What begins with < is markup.
func p(style string, content ...string) string {
	if style != "" {
		style = `<w:pStyle w:val="` + style + `"/>`
	}
	return "<w:p><w:pPr>" + style + "</w:pPr>" + r(content...) + "</w:p>"
}

// r is runs of text.
func r(content ...string) string {
	var sb strings.Builder
	for _, c := range content {
		if !strings.HasPrefix(c, "<") {
			c = `<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr><w:t xml:space="preserve">` + c + `</w:t></w:r>`
		}
		sb.WriteString(c)
	}
	return sb.String()
}

// n is a paragraph numbered by a list.
func n(list, level int, content ...string) string {
	return `<w:p><w:pPr><w:numPr><w:ilvl w:val="` + strconv.Itoa(level) + `"/><w:numId w:val="` + strconv.Itoa(list) + `"/></w:numPr></w:pPr>` + r(content...) + "</w:p>"
}

// level writes a level of a list; more is what stands between its format and
// its text.
func lvl(at int, format, text string, more ...string) string {
	return `<w:lvl w:ilvl="` + strconv.Itoa(at) + `"><w:start w:val="1"/><w:numFmt w:val="` + format + `"/>` + strings.Join(more, "") + `<w:lvlText w:val="` + text + `"/><w:lvlJc w:val="left"/></w:lvl>`
}

func abstract(id int, content ...string) string {
	return `<w:abstractNum w:abstractNumId="` + strconv.Itoa(id) + `"><w:multiLevelType w:val="multilevel"/>` + strings.Join(content, "") + `</w:abstractNum>`
}

func num(id, definition int, overrides ...string) string {
	return `<w:num w:numId="` + strconv.Itoa(id) + `"><w:abstractNumId w:val="` + strconv.Itoa(definition) + `"/>` + strings.Join(overrides, "") + `</w:num>`
}

func startAt(level, n int) string {
	return `<w:lvlOverride w:ilvl="` + strconv.Itoa(level) + `"><w:startOverride w:val="` + strconv.Itoa(n) + `"/></w:lvlOverride>`
}

func table(rows ...string) string {
	return "<w:tbl><w:tblPr/><w:tblGrid/>" + strings.Join(rows, "") + "</w:tbl>"
}

func tr(cells ...string) string {
	var sb strings.Builder
	for _, c := range cells {
		if !strings.HasPrefix(c, "<") {
			c = tc("", c)
		}
		sb.WriteString(c)
	}
	return "<w:tr>" + sb.String() + "</w:tr>"
}

func tc(props string, paragraphs ...string) string {
	var sb strings.Builder
	for _, c := range paragraphs {
		if !strings.HasPrefix(c, "<") {
			c = p("", c)
		}
		sb.WriteString(c)
	}
	return "<w:tc><w:tcPr>" + props + "</w:tcPr>" + sb.String() + "</w:tc>"
}

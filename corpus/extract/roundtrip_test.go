package extract

import (
	"context"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
)

// The round trip: one law, written as Markdown in testdata/roundtrip.md, is
// made into other formats and has to come back as the same articles, anchors
// and text.

// lawBlocks reads the law without the help of any reader: headings by their
// #, rows by their |, every other line a paragraph. The first block is the
// title.
func lawBlocks(t testing.TB) []corpus.Block {
	t.Helper()
	data, err := os.ReadFile("testdata/roundtrip.md")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []corpus.Block
	inTable := false
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		text := strings.TrimLeft(line, "#")
		row := strings.HasPrefix(line, "|")
		switch {
		case line == "":
			inTable = false
			continue
		case strings.HasPrefix(line, "|-"):
			continue
		case row:
			cells := strings.Split(strings.Trim(line, "|"), "|")
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			text = strings.Join(cells, "\t")
		}
		blocks = append(blocks, corpus.Block{
			Heading: len(line) - len(strings.TrimLeft(line, "#")),
			Text:    strings.TrimSpace(text),
			Row:     row, Header: row && !inTable,
		})
		inTable = row
	}
	return blocks
}

// lawODT is the law as a flat OpenDocument text: with styles for title and
// headings, a real table, and a header and page numbers that are no part of
// the text.
func lawODT(t testing.TB) []byte {
	t.Helper()
	var sb strings.Builder
	sb.WriteString(odtHead)
	inTable := false
	for i, b := range lawBlocks(t) {
		if b.Row != inTable {
			if inTable {
				sb.WriteString("</table:table>\n")
			} else {
				fmt.Fprintf(&sb, `<table:table><table:table-column table:number-columns-repeated="%d"/>`+"\n", strings.Count(b.Text, "\t")+1)
			}
			inTable = b.Row
		}
		switch {
		case i == 0:
			fmt.Fprintf(&sb, `<text:p text:style-name="Title">%s</text:p>`+"\n", escaped(b.Text))
		case b.Row:
			sb.WriteString("<table:table-row>")
			for cell := range strings.SplitSeq(b.Text, "\t") {
				fmt.Fprintf(&sb, `<table:table-cell office:value-type="string" table:style-name="cell"><text:p>%s</text:p></table:table-cell>`, escaped(cell))
			}
			sb.WriteString("</table:table-row>\n")
		case b.Heading > 0:
			fmt.Fprintf(&sb, `<text:h text:outline-level="%d" text:style-name="Heading_20_%d">%s</text:h>`+"\n", b.Heading-1, b.Heading-1, escaped(b.Text))
		default:
			fmt.Fprintf(&sb, `<text:p text:style-name="body">%s</text:p>`+"\n", escaped(b.Text))
		}
	}
	sb.WriteString("</office:text></office:body></office:document>\n")
	return []byte(sb.String())
}

func escaped(s string) string {
	var sb strings.Builder
	_ = xml.EscapeText(&sb, []byte(s)) // a Builder never fails
	return sb.String()
}

const odtHead = `<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">
<office:styles>
<style:style style:name="Standard" style:family="paragraph"><style:text-properties fo:font-size="16pt" style:font-size-asian="16pt" style:font-name-asian="Noto Serif CJK SC" fo:language="zh" fo:country="CN" style:language-asian="zh" style:country-asian="CN"/></style:style>
<style:style style:name="Title" style:family="paragraph" style:parent-style-name="Standard" style:class="chapter"><style:paragraph-properties fo:text-align="center"/><style:text-properties fo:font-size="22pt" style:font-size-asian="22pt"/></style:style>
<style:style style:name="Heading_20_1" style:display-name="Heading 1" style:family="paragraph" style:parent-style-name="Standard" style:default-outline-level="1"><style:paragraph-properties fo:text-align="center"/></style:style>
<style:style style:name="Heading_20_2" style:display-name="Heading 2" style:family="paragraph" style:parent-style-name="Standard" style:default-outline-level="2"><style:paragraph-properties fo:text-align="center"/></style:style>
<style:style style:name="Heading_20_3" style:display-name="Heading 3" style:family="paragraph" style:parent-style-name="Standard" style:default-outline-level="3"><style:paragraph-properties fo:text-align="center"/></style:style>
<style:style style:name="Header" style:family="paragraph" style:parent-style-name="Standard"/>
</office:styles>
<office:automatic-styles>
<style:style style:name="body" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:text-indent="32pt"/></style:style>
<style:style style:name="cell" style:family="table-cell"><style:table-cell-properties fo:border="0.5pt solid #000000" fo:padding="2pt"/></style:style>
<style:page-layout style:name="a4"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" fo:margin="2.5cm"/><style:header-style/><style:footer-style/></style:page-layout>
</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="a4">
<style:header><text:p text:style-name="Header">青岚市人民政府规章</text:p></style:header>
<style:footer><text:p text:style-name="Header">- <text:page-number/> -</text:p></style:footer>
</style:master-page></office:master-styles>
<office:body><office:text>
`

// libreOffice makes the law into docx or pdf. Without LibreOffice the test is
// skipped.
func libreOffice(t testing.TB, odt []byte, format string) []byte {
	t.Helper()
	program, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("NOT TESTED: LibreOffice (soffice) is not installed, the round trip through " + format + " is not tried")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "law.fodt"), odt, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "-env:UserInstallation=file://"+filepath.ToSlash(filepath.Join(dir, "profile")),
		"--headless", "--convert-to", format, "--outdir", dir, filepath.Join(dir, "law.fodt"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, out)
	}
	data, err := os.ReadFile(filepath.Join(dir, "law."+format))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// sameLaw asserts that blocks read from a law's other form, with or without
// its title among them, give the passages of the Markdown: the same anchors in
// the same order, each with the same label and the same text but for blanks.
func sameLaw(t testing.TB, blocks []corpus.Block) {
	t.Helper()
	law := lawBlocks(t)
	want := outlineOf(law[0].Text, law[1:])
	got := outlineOf(law[0].Text, blocks)
	if len(want) < 15 {
		t.Fatalf("the law has %d passages only: %q", len(want), want)
	}
	if slices.Equal(got, want) {
		return
	}
	for i := range max(len(got), len(want)) {
		var g, w string
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Errorf("passage %d\n got %s\nwant %s", i, g, w)
		}
	}
}

// outlineOf writes each passage as anchor, label and text without blanks.
func outlineOf(title string, blocks []corpus.Block) []string {
	text, passages := corpus.Assemble(corpus.Policy, title, blocks)
	var out []string
	for _, p := range passages {
		out = append(out, p.Anchor+" | "+p.Label+" | "+corpus.Squeeze(text[p.Start:p.End]))
	}
	return out
}

// TestRoundTripMarkdown shows that the law that is made into other formats is the
// one of the Markdown reader.
func TestRoundTripMarkdown(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/roundtrip.md")
	if err != nil {
		t.Fatal(err)
	}
	records, problems := Bytes("roundtrip.md", data, Options{})
	if len(records) != 1 || len(problems) > 0 {
		t.Fatalf("%d records, problems %v", len(records), problems)
	}
	check(t, records)
	var anchors, want []string
	for _, p := range records[0].Content.Passages {
		anchors = append(anchors, p.Anchor)
	}
	law := lawBlocks(t)
	_, passages := corpus.Assemble(corpus.Policy, law[0].Text, law[1:])
	for _, p := range passages {
		want = append(want, p.Anchor)
	}
	if !slices.Equal(anchors, want) {
		t.Errorf("anchors %q, want %q", anchors, want)
	}
}

package docx

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
)

func TestRefusals(t *testing.T) {
	t.Parallel()
	good := document{body: p("", strings.Repeat("甲", 5000))}.bytes(t)
	ole := "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 600)
	deep := 100_000
	for _, test := range []struct {
		name string
		data []byte
		want corpus.Refusal
	}{
		{"empty", nil, empty},
		{"a picture", []byte("\x89PNG\r\n\x1a\n...."), picture},
		{"no zip", []byte("{\\rtf1 甲}"), notWord},
		{"an old document", []byte(ole), oldWord},
		{"an encrypted document", []byte(ole + "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"), encrypted},
		{"the start of a zip", good[:len(good)/2], broken},
		{"a zip without its start", append([]byte("PK\x03\x04"), good[len(good)/2:]...), broken},
		{"another zip", zipped(t, map[string]string{"a.txt": "甲"}), notWord},
		{"a workbook", zipped(t, map[string]string{"_rels/.rels": `<r><Relationship Type="x/officeDocument" Target="xl/workbook.xml"/></r>`, "xl/workbook.xml": "<workbook/>"}), notWord},
		{"XML that ends", zipped(t, map[string]string{"word/document.xml": "<w:document " + namespaces + "><w:body>" + p("", "甲")}), broken},
		{"an entity bomb", zipped(t, map[string]string{"word/document.xml": `<!DOCTYPE d [<!ENTITY a "` + strings.Repeat("甲", 1000) + `"><!ENTITY b "&a;&a;&a;&a;&a;">]><w:document ` + namespaces + "><w:body>" + p("", "&b;") + "</w:body></w:document>"}), broken},
		{"an entity from a file", zipped(t, map[string]string{"word/document.xml": `<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document ` + namespaces + "><w:body>" + p("", "&a;") + "</w:body></w:document>"}), broken},
		{"elements within elements", document{body: strings.Repeat("<w:customXml>", deep) + strings.Repeat("</w:customXml>", deep)}.bytes(t), tooDeep},
		{"tables within tables", document{body: strings.Repeat("<w:tbl><w:tr><w:tc>", deep) + strings.Repeat("</w:tc></w:tr></w:tbl>", deep)}.bytes(t), tooDeep},
		{"a bomb", document{body: p("", strings.Repeat("0", maxPart/4))}.bytes(t), tooBig},
		{"a bomb among the styles", document{body: p("", "甲"), styles: strings.Repeat(" ", maxPart/4)}.bytes(t), tooBig},
		{"a bomb that gives another size", lying(t), broken},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			_, err := Read(t.Context(), test.data)
			if !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if d := time.Since(start); d > 10*time.Second {
				t.Errorf("took %v", d)
			}
		})
	}
}

// lying is a container that says that its document is small.
func lying(t *testing.T) []byte {
	t.Helper()
	data := document{body: p("", strings.Repeat("0", 4<<20))}.bytes(t)
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	out := zip.NewWriter(&buf)
	for _, f := range z.File {
		h := f.FileHeader
		if f.Name == "word/document.xml" {
			h.UncompressedSize64 = 100
		}
		w, err := out.CreateRaw(&h)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := f.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, raw); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// TestHostileContent reads what is well-formed and means no good.
func TestHostileContent(t *testing.T) {
	t.Parallel()
	var chain strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&chain, `<w:style w:type="paragraph" w:styleId="s%d"><w:basedOn w:val="s%d"/></w:style>`, i, i+1)
	}
	var references strings.Builder
	for range 20_000 {
		references.WriteString(`<w:r><w:footnoteReference w:id="1"/></w:r>`)
	}
	for name, test := range map[string]struct {
		document document
		blocks   int
	}{
		"a long chain of styles":           {document{styles: chain.String(), body: p("s0", "甲")}, 1},
		"a style based on itself":          {document{styles: `<w:style w:type="paragraph" w:styleId="s"><w:basedOn w:val="s"/></w:style>`, body: p("s", "甲")}, 1},
		"a note referred to over and over": {document{footnotes: `<w:footnote w:id="1">` + p("", strings.Repeat("乙", 10_000)) + `</w:footnote>`, body: p("", references.String())}, 2},
		"numbers beyond all bounds":        {document{numbering: abstract(0, `<w:lvl w:ilvl="0"><w:start w:val="2147483647"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="`+strings.Repeat("%1", 5000)+`"/></w:lvl>`) + num(1, 0, startAt(0, -5)), body: n(1, 0, "甲") + n(1, -7, "乙") + n(1, 99999, "丙")}, 3},
		"empty paragraphs":                 {document{body: strings.Repeat("<w:p/>", 300_000) + p("", "甲")}, 1},
		"fields that begin":                {document{body: p("", strings.Repeat(`<w:r><w:fldChar w:fldCharType="begin"/></w:r>`, 5000), "甲") + p("", "乙")}, 1},
		"fields that end":                  {document{body: p("", strings.Repeat(`<w:r><w:fldChar w:fldCharType="end"/></w:r>`, 5000), "甲")}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := test.document.read(t)
			if len(got.Blocks) != test.blocks {
				t.Errorf("%d blocks, want %d", len(got.Blocks), test.blocks)
			}
		})
	}
}

func TestTooMuchText(t *testing.T) {
	t.Parallel()
	var body strings.Builder // of random looks, so that it is no bomb by its ratio
	x := uint32(1)
	for body.Len() < maxText+maxText/2 {
		body.WriteString("<w:p><w:r><w:t>")
		for range 1000 {
			x = x*1664525 + 1013904223
			body.WriteRune(rune(0x4E00 + x>>16%0x5000))
		}
		body.WriteString("</w:t></w:r></w:p>")
	}
	if _, err := Read(t.Context(), document{body: body.String()}.bytes(t)); !errors.Is(err, tooLong) {
		t.Errorf("got %v", err)
	}
}

func TestContextEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ctx, document{body: p("", "甲")}.bytes(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// FuzzBody reads any markup as the body, with lists, styles and notes that it
// may refer to: nothing panics, and what is read is clean.
func FuzzBody(f *testing.F) {
	f.Add(p("1", "甲")+n(1, 0, "乙")+table(tr("丙", tc(`<w:gridSpan w:val="3"/>`, "丁"))), lvl(0, "chineseCounting", "第%1条"), p("", "注"))
	f.Add(p("", complexField("TOC", "甲"), `<w:del><w:r><w:delText>乙</w:delText></w:r></w:del>`, `<w:r><w:footnoteReference w:id="1"/></w:r>`), lvl(1, "japaneseCounting", "%1.%2", `<w:lvlRestart w:val="0"/>`), p("", "注"))
	f.Add(`<w:p><m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num></m:f></m:oMath><w:r><w:sym w:char="F0FE" w:font="Wingdings"/><w:fldChar w:fldCharType="begin"/></w:r></w:p>`, "", "")
	f.Add(`<w:r><w:pict><w:txbxContent><w:p/><w:tbl><w:tr><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:txbxContent></w:pict></w:r>`, "", "")
	f.Fuzz(func(t *testing.T, body, list, note string) {
		got, err := Read(t.Context(), document{styles: lawStyles, body: body, numbering: abstract(0, list) + num(1, 0), footnotes: `<w:footnote w:id="1">` + note + `</w:footnote>`}.bytes(t))
		var refusal corpus.Refusal
		if err != nil && !errors.As(err, &refusal) {
			t.Fatalf("error for nobody: %v", err)
		}
		for _, b := range got.Blocks {
			if b.Text == "" && b.Label == "" || b.Row && strings.Contains(b.Text, "\n") || b.Heading > 6 || b.Text != strings.Trim(b.Text, " \n") && !b.Row {
				t.Fatalf("block %+v", b)
			}
		}
	})
}

// FuzzRead reads any bytes as a file.
func FuzzRead(f *testing.F) {
	f.Add(document{body: p("", "甲")}.bytes(f))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := Read(t.Context(), data)
		var refusal corpus.Refusal
		if err != nil && !errors.As(err, &refusal) {
			t.Fatalf("error for nobody: %v", err)
		}
	})
}

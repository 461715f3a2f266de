// Package extracttest writes small files of the formats that offices use, for
// tests that upload or read them.
package extracttest

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Zip packs files, given as name and content by turns, in that order.
func Zip(t testing.TB, files ...string) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err == nil {
			_, err = f.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func escaped(t testing.TB, text string) string {
	t.Helper()
	var out strings.Builder
	if err := xml.EscapeText(&out, []byte(text)); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Docx is a Word document of a paragraph for each line.
func Docx(t testing.TB, text string) []byte {
	t.Helper()
	body := ""
	for line := range strings.Lines(text) {
		body += `<w:p><w:r><w:t>` + escaped(t, strings.TrimSpace(line)) + `</w:t></w:r></w:p>`
	}
	return Zip(t, "[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
		"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
		"word/document.xml", `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`+body+`</w:body></w:document>`)
}

// Workbook is an Excel file of one sheet, called 问答; cells are parted by |.
func Workbook(t testing.TB, rows ...string) []byte {
	t.Helper()
	var sb strings.Builder
	for n, row := range rows {
		fmt.Fprintf(&sb, `<row r="%d">`, n+1)
		for cell := range strings.SplitSeq(row, "|") {
			fmt.Fprintf(&sb, `<c t="inlineStr"><is><t>%s</t></is></c>`, escaped(t, cell))
		}
		sb.WriteString(`</row>`)
	}
	return Zip(t, "[Content_Types].xml", `<Types/>`, "xl/worksheets/s1.xml", `<worksheet><sheetData>`+sb.String()+`</sheetData></worksheet>`,
		"xl/workbook.xml", `<workbook><sheets><sheet name="问答" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/s1.xml"/></Relationships>`)
}

// HTML is a page whose heading is the text's first line.
func HTML(t testing.TB, text string) string {
	t.Helper()
	head, rest, _ := strings.Cut(strings.TrimSpace(text), "\n")
	head = escaped(t, head)
	page := `<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>` + head + `</title></head><body><article><h1>` + head + `</h1>`
	for line := range strings.Lines(rest) {
		page += "<p>" + escaped(t, strings.TrimSpace(line)) + "</p>"
	}
	return page + "</article></body></html>"
}

// PDF is what Chromium prints of a page of HTML. Without Chromium the test is
// skipped.
func PDF(t testing.TB, page string) []byte {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("SKIPPED: no chromium on this machine prints a PDF; PDF files were NOT tried")
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "page.html"), filepath.Join(dir, "page.pdf")
	if err := os.WriteFile(in, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+filepath.Join(dir, "profile"),
		"--no-pdf-header-footer", "--print-to-pdf="+out, "file://"+filepath.ToSlash(in))
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("chromium: %v\n%s", err, text)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

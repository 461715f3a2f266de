package pdf

import (
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pdfFile writes a PDF by hand: its objects from number 1, the catalogue
// first.
func pdfFile(objects ...string) []byte {
	var buf bytes.Buffer
	buf.WriteString("%PDF-1.7\n")
	var at []int
	for i, o := range objects {
		at = append(at, buf.Len())
		fmt.Fprintf(&buf, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := buf.Len()
	fmt.Fprintf(&buf, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, a := range at {
		fmt.Fprintf(&buf, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(&buf, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, xref)
	return buf.Bytes()
}

func stream(dict, data string) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", dict, len(data), data)
}

func squeezed(data []byte) string {
	var buf bytes.Buffer
	w := zlib.NewWriter(&buf)
	_, _ = w.Write(data) // a Buffer never fails
	_ = w.Close()
	return buf.String()
}

// onePage is a PDF of one A4 page with a content and further objects from
// number 5; the page's attributes may be extended.
func onePage(attributes, content string, more ...string) []byte {
	objects := append([]string{
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R" + attributes + ">>",
		content,
	}, more...)
	return pdfFile(objects...)
}

const helvetica = "/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"

// scan is a page that is one picture, with more content above it.
func scan(t testing.TB, content string) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 120, 170))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for x := 20; x < 100; x++ {
		img.SetGray(x, 40, color.Gray{})
	}
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, nil); err != nil {
		t.Fatal(err)
	}
	return onePage("/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>/XObject<</Im 5 0 R>>>>",
		stream("", "q 595 0 0 842 0 0 cm /Im Do Q\n"+content),
		stream("/Type/XObject/Subtype/Image/Width 120/Height 170/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/DCTDecode", buf.String()))
}

// libreOffice makes a PDF of a page of HTML, with the export's options.
func libreOffice(t testing.TB, page, options string) []byte {
	t.Helper()
	program, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("NOT TESTED: LibreOffice (soffice) is not installed, its PDFs are not read")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "page.html"), []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "-env:UserInstallation=file://"+filepath.ToSlash(filepath.Join(dir, "profile")), "--headless",
		"--convert-to", "pdf:writer_web_pdf_Export"+options, "--outdir", dir, filepath.Join(dir, "page.html"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, out)
	}
	data, err := os.ReadFile(filepath.Join(dir, "page.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// sheet is a page of HTML as offices print it.
func sheet(body string) string {
	return `<!doctype html><html lang="zh"><meta charset="utf-8"><title>x</title><style>@page{size:A4;margin:2.5cm}
body{font:16pt/28pt "Noto Serif CJK SC"}p{margin:0;text-indent:2em;text-align:justify}h1{font-size:22pt;text-align:center;font-weight:normal}
table{border-collapse:collapse}td{border:1px solid black;padding:4px}</style>` + body + "</html>"
}

// long is a sentence of n characters that says where it stands.
func long(name string, n int) string {
	return name + strings.Repeat("居民可以就近用餐", n/8) + "。"
}

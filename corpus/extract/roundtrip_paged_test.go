package extract

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract/ofd"
	"github.com/policybot/policybot/corpus/extract/pdf"
)

// pdfChild makes the test program a reader's child.
const pdfChild = "pdf-child-of-a-test"

// TestMain lets the test program be the child that the round trips through
// PDF start.
func TestMain(m *testing.M) {
	if os.Args[len(os.Args)-1] != pdfChild {
		os.Exit(m.Run())
	}
	if err := pdf.Serve(context.Background(), os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// readPDF reads a PDF with a child of its own.
func readPDF(t *testing.T, data []byte) corpus.Reading {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r := pdf.New(pdf.Config{
		Command: []string{self, pdfChild},
		Cache:   filepath.Join(os.TempDir(), "policybot-test-pdfium"),
	})
	defer r.Close()
	got, err := r.Read(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// sameReading asserts that a reading of the law is the law: title, articles,
// anchors and text, and the table's rows.
func sameReading(t *testing.T, got corpus.Reading) {
	t.Helper()
	law := lawBlocks(t)
	if got.Title != law[0].Text {
		t.Errorf("title %q, want %q", got.Title, law[0].Text)
	}
	sameLaw(t, got.Blocks)
	rows := func(blocks []corpus.Block) (out []string) {
		for _, b := range blocks {
			if b.Row {
				out = append(out, fmt.Sprint(b.Header, b.Text))
			}
		}
		return out
	}
	if g, w := rows(got.Blocks), rows(law); strings.Join(g, "\n") != strings.Join(w, "\n") {
		t.Errorf("rows %q, want %q", g, w)
	}
}

func TestRoundTripPDFLibreOffice(t *testing.T) {
	t.Parallel()
	got := readPDF(t, libreOffice(t, lawODT(t), "pdf"))
	sameReading(t, got)
	if w := strings.Join(got.Warnings, ""); !strings.Contains(w, "青岚市人民政府规章") || !strings.Contains(w, "页码") {
		t.Errorf("warnings %q don't name the header and the page numbers", got.Warnings)
	}
}

func TestRoundTripPDFChromium(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("NOT TESTED: Chromium is not installed, the round trip through its PDF is not tried")
	}
	dir := t.TempDir()
	page := filepath.Join(dir, "law.html")
	if err := os.WriteFile(page, []byte(lawHTML(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	out := filepath.Join(dir, "law.pdf")
	cmd := exec.CommandContext(ctx, program, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+filepath.Join(dir, "profile"),
		"--no-pdf-header-footer", "--print-to-pdf="+out, "file://"+filepath.ToSlash(page))
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("chromium: %v\n%s", err, text)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	sameReading(t, readPDF(t, data))
}

// lawHTML is the law as a page that is printed.
func lawHTML(t testing.TB) string {
	t.Helper()
	var sb strings.Builder
	sb.WriteString(`<!doctype html><meta charset="utf-8"><title>law</title><style>
@page { size: A4; margin: 2.5cm } body { font: 16pt/28pt "Noto Serif CJK SC" } p { margin: 0; text-indent: 2em; text-align: justify }
h1 { font: 22pt "Noto Serif CJK SC"; text-align: center } h2, h3, h4 { font: inherit; text-align: center; margin: 0 }
table { border-collapse: collapse } td, th { border: 1px solid black; padding: 4px; font-weight: normal; text-align: left }</style>`)
	inTable := false
	for _, b := range lawBlocks(t) {
		if b.Row != inTable {
			sb.WriteString(map[bool]string{true: "<table>", false: "</table>"}[b.Row])
			inTable = b.Row
		}
		text := html.EscapeString(b.Text)
		switch {
		case b.Row:
			sb.WriteString("<tr><td>" + strings.ReplaceAll(text, "\t", "</td><td>") + "</td></tr>")
		case b.Heading > 0:
			fmt.Fprintf(&sb, "<h%d>%s</h%d>", b.Heading, text, b.Heading)
		default:
			sb.WriteString("<p>" + text + "</p>")
		}
	}
	return sb.String()
}

func TestRoundTripOFD(t *testing.T) {
	t.Parallel()
	got, err := ofd.Read(t.Context(), lawOFD(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	sameReading(t, got)
	if got.Pages < 2 {
		t.Errorf("%d pages", got.Pages)
	}
}

// ofdWriter sets lines on pages of an OFD document.
type ofdWriter struct {
	pages []*strings.Builder
	y     float64
	id    int
}

const (
	ofdLeft, ofdRight, ofdTop, ofdBottom = 28.0, 182.0, 30.0, 265.0 // millimetres
	ofdSize, ofdPitch                    = 5.6, 9.8
)

// room opens a page where none is open or the line doesn't fit.
func (w *ofdWriter) room() *strings.Builder {
	if len(w.pages) == 0 || w.y+ofdPitch > ofdBottom {
		w.pages = append(w.pages, &strings.Builder{})
		w.y = ofdTop
	}
	return w.pages[len(w.pages)-1]
}

// object writes one line of text at x and the current height.
func (w *ofdWriter) object(x, size float64, text string) {
	w.id++
	n := len([]rune(text))
	fmt.Fprintf(w.room(), `<ofd:TextObject ID="%d" Boundary="%g %g %g %g" Font="1" Size="%g"><ofd:TextCode X="0" Y="%g"`,
		w.id, x, w.y, float64(n)*size, size, size, size*0.88)
	if n > 1 {
		fmt.Fprintf(w.room(), ` DeltaX="g %d %g"`, n-1, size)
	}
	fmt.Fprintf(w.room(), `>%s</ofd:TextCode></ofd:TextObject>`, html.EscapeString(text))
}

// paragraph breaks a text into lines, the first one indented by two
// characters.
func (w *ofdWriter) paragraph(text string) {
	line := []rune{}
	x := ofdLeft + 2*ofdSize
	flush := func() {
		w.room()
		w.object(x, ofdSize, string(line))
		w.y += ofdPitch
		line, x = line[:0], ofdLeft
	}
	for _, r := range text {
		if x+float64(len(line)+1)*ofdSize > ofdRight && !strings.ContainsRune("，。；：、）》", r) {
			flush()
		}
		line = append(line, r)
	}
	flush()
}

func (w *ofdWriter) centred(text string, size float64) {
	w.room()
	w.object((ofdLeft+ofdRight-float64(len([]rune(text)))*size)/2, size, text)
	w.y += 1.5 * size
	w.y += ofdPitch - ofdSize
}

// row writes cells with rules around them.
func (w *ofdWriter) row(cells []string) {
	width := (ofdRight - ofdLeft) / float64(len(cells))
	w.room()
	top := w.y - 2
	rule := func(x1, y1, x2, y2 float64) {
		w.id++
		fmt.Fprintf(w.room(), `<ofd:PathObject ID="%d" Boundary="%g %g %g %g"><ofd:AbbreviatedData>M 0 0 L %g %g</ofd:AbbreviatedData></ofd:PathObject>`,
			w.id, x1, y1, x2-x1, y2-y1, x2-x1, y2-y1)
	}
	for i, c := range cells {
		x := ofdLeft + float64(i)*width
		rule(x, top, x, top+ofdPitch)
		w.object(x+1, ofdSize, c)
	}
	rule(ofdRight, top, ofdRight, top+ofdPitch)
	rule(ofdLeft, top, ofdRight, top)
	rule(ofdLeft, top+ofdPitch, ofdRight, top+ofdPitch)
	w.y += ofdPitch
}

// lawOFD is the law as an OFD file: one text object a line.
func lawOFD(t testing.TB) []byte {
	t.Helper()
	w := &ofdWriter{}
	for i, b := range lawBlocks(t) {
		switch {
		case i == 0:
			w.centred(b.Text, 7.7)
		case b.Row:
			w.row(strings.Split(b.Text, "\t"))
		case b.Heading > 0:
			w.centred(b.Text, ofdSize)
		default:
			w.paragraph(b.Text)
		}
	}
	const head = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	const ns = ` xmlns:ofd="http://www.ofdspec.org/2016"`
	files := map[string]string{
		"OFD.xml": head + `<ofd:OFD` + ns + ` Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`,
	}
	var list strings.Builder
	for i, p := range w.pages {
		fmt.Fprintf(&list, `<ofd:Page ID="%d" BaseLoc="Pages/Page_%d/Content.xml"/>`, 9000+i, i)
		files[fmt.Sprintf("Doc_0/Pages/Page_%d/Content.xml", i)] = head + `<ofd:Page` + ns + `><ofd:Content><ofd:Layer ID="8">` + p.String() + `</ofd:Layer></ofd:Content></ofd:Page>`
	}
	files["Doc_0/Document.xml"] = head + `<ofd:Document` + ns + `><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>` + list.String() + `</ofd:Pages></ofd:Document>`
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, text := range files {
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

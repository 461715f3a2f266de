package office

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
)

const ole = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"

// compound is the start of a compound file with a stream of that name.
func compound(name string) []byte {
	out := append([]byte(ole), make([]byte, 512-len(ole))...)
	for _, b := range []byte(name) {
		out = append(out, b, 0)
	}
	return append(out, make([]byte, 128)...)
}

func TestRecogniseFormat(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		data   []byte
		target string
		err    error
	}{
		{"a.doc", compound("WordDocument"), "docx", nil},
		{"通知.WPS", compound("WordDocument"), "docx", nil},
		{"a.doc", []byte(`{\rtf1 a}`), "docx", nil},
		{"a.et", compound("Workbook"), "xlsx", nil},
		{"a.xls", compound("Book"), "xlsx", nil},
		{"a", compound("Workbook"), "xlsx", nil},
		{"a.odt", []byte("PK\x03\x04" + strings.Repeat("\x00", 26) + "mimetypeapplication/vnd.oasis.opendocument.text"), "docx", nil},
		{"a.ods", []byte("PK\x03\x04" + strings.Repeat("\x00", 26) + "mimetypeapplication/vnd.oasis.opendocument.spreadsheet"), "xlsx", nil},
		{"a.odt", []byte("PK\x03\x04" + strings.Repeat("\x00", 26) + "mimetypeapplication/vnd.oasis.opendocument.presentation"), "", unknown},
		{"a.xlsb", []byte("PK\x03\x04 xl/workbook.bin"), "xlsx", nil},
		{"a.xml", []byte(`<?xml version="1.0"?><?mso-application progid="Word.Document"?>`), "docx", nil},
		{"a.xml", []byte(`<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>`), "xlsx", nil},
		{"a.doc", compound("Workbook"), "", mixedUp},
		{"a.xls", []byte(`{\rtf1 a}`), "", mixedUp},
		{"a.doc", compound("PowerPoint Document"), "", slides},
		{"a.ppt", compound("WordDocument"), "", slides},
		{"a.doc", compound("EncryptedPackage"), "", locked},
		{"a.doc", compound("Other"), "", unknown},
		{"a.doc", append([]byte(ole), "W\x00o\x00r\x00d\x00D\x00o\x00c\x00u\x00m\x00e\x00n\x00t\x00\x00\x00"...), "", unknown}, // named in a text, not in the directory
		{"a.doc", []byte("<html>甲</html>"), "", unknown},
		{"a.doc", nil, "", noFile},
		{"a.doc", make([]byte, maxInput+1), "", oversized},
	} {
		got, err := recognise(test.name, test.data)
		if !errors.Is(err, test.err) || err == nil && got.target != test.target {
			t.Errorf("%s: %+v, %v, want %s, %v", test.name, got, err, test.target, test.err)
		}
	}
}

// office is LibreOffice; without it the test is skipped.
func office(t *testing.T) *Converter {
	t.Helper()
	c, err := Find()
	if err != nil {
		t.Skip("NOT TESTED: LibreOffice (soffice) is not installed, no conversion is tried")
	}
	return c
}

// draw has LibreOffice write a text in a format: what the tests convert back.
func draw(t *testing.T, c *Converter, paragraphs []string, format string) []byte {
	t.Helper()
	dir := t.TempDir()
	text := `<?xml version="1.0" encoding="UTF-8"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.`
	name := "in.fodt"
	if format == "xls" {
		name = "in.fods"
		text += `spreadsheet"><office:body><office:spreadsheet><table:table table:name="表"><table:table-row><table:table-cell office:value-type="string"><text:p>` +
			strings.Join(paragraphs, `</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>`) + `</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document>`
	} else {
		text += `text"><office:styles><style:style style:name="Standard" style:family="paragraph"><style:text-properties fo:font-size="22pt" style:font-size-asian="22pt" style:font-name-asian="Noto Serif CJK SC" style:language-asian="zh" style:country-asian="CN"/></style:style></office:styles><office:body><office:text><text:p>` +
			strings.Join(paragraphs, "</text:p><text:p>") + `</text:p></office:text></office:body></office:document>`
	}
	in, err := writeInput(dir, name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := (program{name: c.program, dir: dir, timeout: convertTime, args: []string{"-env:UserInstallation=" + fileURL(filepath.Join(dir, "profile")), "--headless", "--convert-to", format, "--outdir", dir, in}}).run(t.Context()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "in."+format))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestConvert(t *testing.T) {
	t.Parallel()
	c := office(t)
	text := []string{"第一条　为了方便居民，制定本办法。", "第二条　本办法自2024年5月1日起施行。"}
	for format, name := range map[string]string{"doc": "关于 “图书车”的通知.wps", "rtf": "--help.rtf", "odt": "通知.odt", "xls": "../../名单.et"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			got, err := c.Convert(t.Context(), name, draw(t, c, text, format))
			if err != nil || !strings.HasPrefix(string(got), "PK\x03\x04") {
				t.Fatalf("%d bytes, %v", len(got), err)
			}
			t.Logf("%d bytes in %v", len(got), time.Since(start))
		})
	}
}

func TestConvertDamaged(t *testing.T) {
	t.Parallel()
	c := office(t)
	if _, err := c.Convert(t.Context(), "a.doc", compound("WordDocument")); !errors.Is(err, damaged) {
		t.Errorf("got %v", err)
	}
}

// TestNothingFetched has LibreOffice read a document that links to a server and
// to a file of the machine: neither is asked.
func TestNothingFetched(t *testing.T) {
	t.Parallel()
	c := office(t)
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan struct{})
	go func() {
		if conn, err := server.Accept(); err == nil {
			_ = conn.Close()
			close(asked)
		}
	}()
	secret, err := writeInput(t.TempDir(), "secret.txt", []byte("confidential-0451"))
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + server.Addr().String()
	got, err := c.Convert(t.Context(), "a.rtf", []byte(`{\rtf1 before {\field{\*\fldinst INCLUDEPICTURE "`+address+`/a.png" \\\\d}{\fldrslt x}} {\field{\*\fldinst INCLUDETEXT "`+secret+`"}{\fldrslt y}}`+
		`{\field{\*\fldinst INCLUDETEXT "`+address+`/b.txt"}{\fldrslt z}} {\*\template `+address+`/t.dot} {\field{\*\fldinst LINK Word.Document.8 "`+secret+`" "" \\\\a \\\\r}{\fldrslt w}} after}`))
	_ = server.Close()
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-asked:
		t.Error("the server was asked")
	default:
	}
	z, err := zip.NewReader(bytes.NewReader(got), int64(len(got)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		text, err := fs.ReadFile(z, f.Name)
		if err != nil || bytes.Contains(text, []byte("0451")) {
			t.Errorf("%s: %v, or the file was read", f.Name, err)
		}
		if f.Name == "word/document.xml" && !bytes.Contains(text, []byte("before")) {
			t.Error("the document itself was not read")
		}
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	for command, want := range map[string]string{
		"tesseract {in} - -l chi_sim":         "tesseract|{in}|-|-l|chi_sim",
		`"C:\Program Files\ocr.exe" {in}  ''`: `C:\Program Files\ocr.exe|{in}|`,
		`a 'b "c' d"e f"`:                     `a|b "c|de f`,
		"a; rm -rf $HOME `b` {in}":            "a;|rm|-rf|$HOME|`b`|{in}",
		"":                                    "",
	} {
		got, err := split(command)
		if err != nil || strings.Join(got, "|") != want {
			t.Errorf("%s: %q, %v", command, got, err)
		}
	}
	for command, want := range map[string]string{"": "is empty", "tesseract -": "no {in}", `a "{in}`: "without its end", "no-such-program-here {in}": "program", "{in}": "no {in}"} {
		if _, err := NewRecogniser(command); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", command, err)
		}
	}
}

func TestTidy(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"第 一 条 为 了 方 便 居 民 ， 制 定 本 办 法 。\n\n":       "第一条 为了方便居民，制定本办法。",
		"第 一 条 第 二 款 规 定 的 人 员 。":                   "第一条第二款规定的人员。",
		"自 2024 年 5 月 1 日 起 施 行\f":                  "自2024年5月1日起施行",
		"WeChat Pay 可 以 使 用 ， 见 http://a.example b": "WeChat Pay可以使用，见http://a.example b",
		" \n\r\n 甲 \r\n乙\xff":                       "甲\n乙\uFFFD",
		"第一条为了方便":                                   "第一条为了方便",
		"":                                          "",
	} {
		if got := tidy(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestTesseract recognises a picture of Chinese text that a browser draws.
func TestTesseract(t *testing.T) {
	t.Parallel()
	languages, err := exec.Command("tesseract", "--list-langs").Output()
	if err != nil || !strings.Contains(string(languages), "chi_sim") {
		t.Skip("NOT TESTED: tesseract with chi_sim is not installed, no text is recognised")
	}
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("NOT TESTED: Chromium is not installed, there is no picture to recognise")
	}
	dir := t.TempDir()
	page, err := writeInput(dir, "page.html", []byte(`<meta charset="utf-8"><body style="font:32px serif;line-height:1.8;margin:40px">第一条　为了方便居民就近阅读，<br>制定本办法。社区图书车<br>由街道办事处负责管理。`))
	if err != nil {
		t.Fatal(err)
	}
	shot := filepath.Join(dir, "page.png")
	if err := (program{name: browser, dir: dir, timeout: convertTime, args: []string{"--headless", "--no-sandbox", "--disable-gpu", "--window-size=800,400", "--screenshot=" + shot, fileURL(page)}}).run(t.Context()); err != nil {
		t.Skip("NOT TESTED: Chromium draws nothing here: " + err.Error())
	}
	picture, err := os.ReadFile(shot)
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewRecogniser("tesseract {in} - -l chi_sim --psm 6")
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	got, err := r.Text(t.Context(), picture)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%q in %v", got, time.Since(start))
	for _, want := range []string{"第一条 为了方便居民就近阅读", "制定本办法", "由街道办事处负责管理"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
}

func TestTextRefusals(t *testing.T) {
	t.Parallel()
	r := &Recogniser{args: []string{"none", "{in}"}, timeout: recogniseTime, slot: make(chan struct{}, 1)}
	for _, test := range []struct {
		data []byte
		want corpus.Refusal
	}{{nil, noPicture}, {[]byte("%PDF-1.4"), noPicture}, {append([]byte("\x89PNG"), make([]byte, maxInput)...), bigPicture}, {[]byte("\x89PNG"), failed}} {
		if _, err := r.Text(t.Context(), test.data); !errors.Is(err, test.want) {
			t.Errorf("got %v, want %v", err, test.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.slot <- struct{}{}
	if _, err := r.Text(ctx, []byte("\x89PNG")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func FuzzTidy(f *testing.F) {
	f.Add("第 一 条 甲\n乙 b c")
	f.Fuzz(func(t *testing.T, text string) {
		if got := tidy(text); tidy(got) != got && !strings.Contains(got, "第") {
			t.Fatalf("%q is not tidy", got)
		}
		if args, err := split(text); err == nil && strings.Join(args, "") == "" && strings.Trim(text, "\"' \t\n\v\f\r\u0085\u00a0") != "" && strings.TrimSpace(text) != "" && !strings.ContainsAny(text, `"'`) {
			t.Fatalf("%q was lost", text)
		}
	})
}

// TestPrint prints what Word wrote, and nothing else; what the document links
// to, on a server or on this machine, is neither asked for nor drawn.
func TestPrint(t *testing.T) {
	t.Parallel()
	c := office(t)
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Bool
	go func() {
		for {
			conn, err := server.Accept()
			if err != nil {
				return
			}
			asked.Store(true)
			_ = conn.Close()
		}
	}()
	var red bytes.Buffer
	if err := png.Encode(&red, image.NewRGBA(image.Rect(0, 0, 64, 64))); err != nil {
		t.Fatal(err)
	}
	local, err := writeInput(t.TempDir(), "own.png", red.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	picture := func(id string) string {
		return `<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"><wp:extent cx="900000" cy="900000"/><wp:docPr id="1" name="x"/><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr><pic:cNvPr id="1" name="x"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:link="` +
			id + `"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"/></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`
	}
	link := func(id, to string) string {
		return `<Relationship Id="` + id + `" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="` + to + `" TargetMode="External"/>`
	}
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for name, text := range map[string]string{
		"[Content_Types].xml":          `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
		"_rels/.rels":                  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
		"word/_rels/document.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + link("p1", "http://"+server.Addr().String()+"/a.png") + link("p2", fileURL(local)) + `</Relationships>`,
		"word/document.xml":            `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>before</w:t></w:r></w:p>` + picture("p1") + picture("p2") + `</w:body></w:document>`,
	} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := c.Print(t.Context(), "--help.docx", file.Bytes())
	_ = server.Close()
	if err != nil || !bytes.HasPrefix(got, []byte("%PDF-")) || !bytes.Contains(got, []byte("/Font")) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	if asked.Load() {
		t.Error("the server was asked")
	}
	if bytes.Contains(got, []byte("/Width 64")) {
		t.Error("a picture of this machine is in it")
	}
	if got, err := c.Print(t.Context(), "a.doc", draw(t, c, []string{"第一条　好。"}, "doc")); err != nil || !bytes.HasPrefix(got, []byte("%PDF-")) {
		t.Errorf("doc: %d bytes, %v", len(got), err)
	}
	for name, x := range map[string]struct {
		data []byte
		err  error
	}{
		"a.xls": {compound("Workbook"), unprinted}, "a.ppt": {compound("PowerPoint Document"), slides}, "a.docx": {file.Bytes()[:200], damaged},
		"b.doc": {[]byte("<html>"), unknown}, "c.docx": {make([]byte, maxInput+1), oversized}, "d.doc": {nil, noFile},
	} {
		if got, err := c.Print(t.Context(), name, x.data); err == nil || name != "a.docx" && !errors.Is(err, x.err) {
			t.Errorf("%s: %d bytes, %v, want %v", name, len(got), err, x.err)
		}
	}
}

package office

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
)

// convertTime is how long a conversion may take: LibreOffice starts in two
// seconds, and 300 pages take ten.
const convertTime = 2 * time.Minute

// The refusals of a conversion.
const (
	missing = corpus.Refusal("服务器上没有安装 LibreOffice，读不了 doc、wps、rtf、xls 和 et；请用 Word 或 WPS 打开，另存为 docx（表格另存为 xlsx）再导入")

	damaged   = corpus.Refusal("文件打不开，可能有密码保护，或者已损坏；请用 Word 或 WPS 打开，取消密码，另存为 docx（表格另存为 xlsx）再导入")
	locked    = corpus.Refusal("文件有密码保护，打不开；请用 Word 或 WPS 取消密码，另存为 docx（表格另存为 xlsx）再导入")
	slides    = corpus.Refusal("是幻灯片，不能导入；请把文字另存为 Word 文档（docx）再导入")
	unknown   = corpus.Refusal("文件的内容不是 doc、wps、rtf、xls 或 et；请用 Word 或 WPS 打开，另存为 docx（表格另存为 xlsx）再导入")
	mixedUp   = corpus.Refusal("文件的扩展名与内容不符（一个是文档，一个是表格）；请用 Word 或 WPS 打开，另存为 docx 或 xlsx 再导入")
	slow      = corpus.Refusal("文件转换超过 2 分钟，未导入；请用 Word 或 WPS 打开，另存为 docx（表格另存为 xlsx）再导入")
	oversized = corpus.Refusal("文件太大，不能转换；请用 Word 或 WPS 打开，拆成几份，另存为 docx（表格另存为 xlsx）再导入")
	unprinted = corpus.Refusal("表格不能按页显示")
	noFile    = corpus.Refusal("文件是空的")
)

// Converter has LibreOffice make today's formats of old ones, one file at a
// time. Find makes one.
type Converter struct {
	program string
	timeout time.Duration
	slot    chan struct{}
}

// Find looks for LibreOffice in PATH and where it is usually installed. Where
// it is not, the error is a corpus.Refusal that says what to do instead.
func Find() (*Converter, error) {
	for _, name := range []string{"soffice", "libreoffice"} {
		if p, err := exec.LookPath(name); err == nil {
			return newConverter(p), nil
		}
	}
	for _, pattern := range usualPlaces() {
		found, _ := filepath.Glob(pattern) // the patterns are ours
		for _, p := range found {
			if info, err := os.Stat(p); err == nil && info.Mode().IsRegular() {
				return newConverter(p), nil
			}
		}
	}
	return nil, missing
}

func usualPlaces() []string {
	switch runtime.GOOS {
	case "windows":
		// The .com waits for its end; the .exe does not.
		return []string{`C:\Program Files\LibreOffice*\program\soffice.com`, `C:\Program Files (x86)\LibreOffice*\program\soffice.com`}
	case "darwin":
		return []string{"/Applications/LibreOffice*.app/Contents/MacOS/soffice"}
	}
	return []string{"/usr/lib/libreoffice/program/soffice", "/usr/lib64/libreoffice/program/soffice", "/opt/libreoffice*/program/soffice", "/snap/bin/libreoffice"}
}

func newConverter(program string) *Converter {
	return &Converter{program: program, timeout: convertTime, slot: make(chan struct{}, 1)}
}

// Convert makes docx of doc, wps, rtf, odt and Word's XML of 2003, and xlsx of
// xls, et, ods, xlsb and Excel's XML of 2003. What a file is, is told by its
// content; name has to agree on whether it is a document or a sheet. Its errors are corpus.Refusal, or those of ctx.
func (c *Converter) Convert(ctx context.Context, name string, data []byte) ([]byte, error) {
	kind, err := recognise(name, data)
	if err != nil {
		return nil, err
	}
	return c.convert(ctx, kind, data)
}

// Print makes a PDF of a document that Word or WPS has written, docx or what
// Convert makes one of, as it would be printed. Sheets are refused: on paper
// they fall apart. Its errors are those of Convert.
func (c *Converter) Print(ctx context.Context, name string, data []byte) ([]byte, error) {
	kind := format{".docx", "MS Word 2007 XML", "docx"}
	if len(data) > maxInput {
		return nil, oversized
	}
	if !bytes.HasPrefix(data, []byte("PK\x03\x04")) || !bytes.Contains(data, []byte("word/document")) {
		var err error
		if kind, err = recognise(name, data); err != nil {
			return nil, err
		}
	}
	if kind.target != "docx" {
		return nil, unprinted
	}
	kind.target = "pdf"
	return c.convert(ctx, kind, data)
}

// convert has LibreOffice read a file as what it is, and write its target.
func (c *Converter) convert(ctx context.Context, kind format, data []byte) ([]byte, error) {
	if err := turn(ctx, c.slot); err != nil {
		return nil, err
	}
	defer func() { <-c.slot }()
	dir, done, err := workplace()
	if err != nil {
		return nil, unusable
	}
	defer done()
	// The names of files are ours: what is given could be an option, or a path.
	in, err := writeInput(dir, "in"+kind.ending, data)
	if err != nil {
		return nil, err
	}
	profile := filepath.Join(dir, "profile")
	if err := writeProfile(profile); err != nil {
		return nil, unusable
	}
	out := filepath.Join(dir, "out")
	args := []string{"-env:UserInstallation=" + fileURL(profile), "--headless", "--invisible", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard"}
	if kind.filter != "" {
		args = append(args, "--infilter="+kind.filter)
	}
	args = append(args, "--convert-to", kind.target, "--outdir", out, in)
	err = program{name: c.program, dir: dir, timeout: c.timeout, args: args}.run(ctx)
	switch {
	case errors.Is(err, errDeadline):
		return nil, slow
	case err != nil && ctx.Err() != nil:
		return nil, ctx.Err()
	}
	// LibreOffice ends well even where it could not read the file: what counts
	// is what it has written.
	converted, err := readBounded(filepath.Join(out, "in."+kind.target), maxOutput)
	switch {
	case errors.Is(err, errTooMuch):
		return nil, oversized
	case err != nil:
		return nil, damaged
	}
	return converted, nil
}

// format is one that LibreOffice reads.
type format struct {
	ending string
	filter string // "" leaves it to LibreOffice, which tells Word 6, 95 and 97 apart
	target string
}

// recognise tells what a file is.
func recognise(name string, data []byte) (format, error) {
	const (
		doc  = "docx"
		book = "xlsx"
	)
	var f format
	ole := bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"))
	switch {
	case len(data) == 0:
		return f, noFile
	case len(data) > maxInput:
		return f, oversized
	case bytes.HasPrefix(data, []byte(`{\rtf`)):
		f = format{".rtf", "Rich Text Format", doc}
	case ole && stream(data, "EncryptedPackage"):
		return f, locked
	case ole && stream(data, "WordDocument"):
		f = format{".doc", "", doc}
	case ole && (stream(data, "Workbook") || stream(data, "Book")):
		f = format{".xls", "MS Excel 97", book}
	case ole && stream(data, "PowerPoint Document"):
		return f, slides
	case openDocument(data, "text"):
		f = format{".odt", "writer8", doc}
	case openDocument(data, "spreadsheet"):
		f = format{".ods", "calc8", book}
	case bytes.HasPrefix(data, []byte("PK\x03\x04")) && bytes.Contains(data, []byte("xl/workbook.bin")):
		f = format{".xlsb", "Calc MS Excel 2007 Binary", book}
	case bytes.Contains(data[:min(len(data), 4096)], []byte(`progid="Word.Document"`)):
		f = format{".xml", "MS Word 2003 XML", doc}
	case bytes.Contains(data[:min(len(data), 4096)], []byte(`progid="Excel.Sheet"`)):
		f = format{".xml", "MS Excel 2003 XML", book}
	default:
		return f, unknown
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".xls", ".et", ".ett", ".xlt", ".ods", ".xlsb":
		if f.target != book {
			return f, mixedUp
		}
	case ".doc", ".dot", ".wps", ".wpt", ".rtf", ".odt":
		if f.target != doc {
			return f, mixedUp
		}
	case ".ppt", ".pps", ".dps":
		return f, slides
	}
	return f, nil
}

// openDocument says whether a zip is an OpenDocument file of that type, which
// its first entry names uncompressed (OpenDocument 1.3, part 2, 3.3).
func openDocument(data []byte, kind string) bool {
	return bytes.HasPrefix(data, []byte("PK\x03\x04")) && len(data) > 38 &&
		bytes.HasPrefix(data[30:], []byte("mimetypeapplication/vnd.oasis.opendocument."+kind))
}

// stream says whether a compound file has a stream of that name: its directory
// holds names in UTF-16, [MS-CFB] 2.6.1, each entry at a multiple of 128
// bytes.
func stream(data []byte, name string) bool {
	wide := make([]byte, 0, 2*len(name)+2)
	for _, b := range []byte(name + "\x00") {
		wide = append(wide, b, 0)
	}
	for from := 0; ; {
		i := bytes.Index(data[from:], wide)
		if i < 0 {
			return false
		}
		if (from+i)%128 == 0 {
			return true
		}
		from += i + 1
	}
}

// fileURL is a path as LibreOffice wants it.
func fileURL(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/…
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// writeProfile sets up LibreOffice's own folder: macros are off, nothing that
// a document links to is fetched, and what would be goes to a proxy that is
// not there.
func writeProfile(profile string) error {
	user := filepath.Join(profile, "user")
	if err := os.MkdirAll(user, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(user, "registrymodifications.xcu"), []byte(settings), 0o600)
}

const settings = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Load"><prop oor:name="UpdateDocMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>9</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyPort" oor:op="fuse"><value>9</value></prop></item>
</oor:items>
`

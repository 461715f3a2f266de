package extract

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus/extract/guard"
)

// sniffed is how much of a file's start is looked at.
const sniffed = 16 << 10

// signatures are the first bytes of formats that have such.
//
// Libraries that tell types by content stop short of what matters here: OFD,
// a workbook in an OLE file that is encrypted, GB18030 text, a table that a
// web system saved as .xls. With those looked into by hand, a library would
// add this short list.
var signatures = []struct {
	magic  string
	format format
}{
	{"\x89PNG\r\n\x1a\n", pictureFormat}, {"\xff\xd8\xff", pictureFormat}, {"II*\x00", pictureFormat}, {"MM\x00*", pictureFormat},
	{"GIF87a", otherPicture}, {"GIF89a", otherPicture},
	{`{\rtf`, oldWord},
	{"Rar!\x1a\x07", packed}, {"7z\xbc\xaf\x27\x1c", packed}, {"\x1f\x8b\x08", packed}, {"BZh", packed}, {"\xfd7zXZ\x00", packed},
}

// sniff tells what a file is by its content; of text the name decides what
// kind. end is the name's ending in lower case.
func sniff(in io.ReaderAt, size int64, end string) format {
	if size == 0 {
		return emptyFile
	}
	head := make([]byte, min(size, sniffed))
	n, _ := in.ReadAt(head, 0) // what cannot be read fails again when it is read whole
	head = head[:n]
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.magic)) {
			return s.format
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return sniffZip(in, size, end)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return sniffOLE(in, size, end)
	case bytes.Contains(head[:min(len(head), 1024)], []byte("%PDF-")):
		return pdfFormat
	case bytes.HasPrefix(head, []byte("RIFF")) && len(head) > 12 && string(head[8:12]) == "WEBP",
		bytes.HasPrefix(head, []byte("BM")) && len(head) > 14 && bytes.Equal(head[6:10], make([]byte, 4)):
		return otherPicture
	}
	return sniffText(head, end)
}

// sniffZip looks at what a zip holds. One that is damaged is taken for a plain
// zip, whose reader says so.
func sniffZip(in io.ReaderAt, size int64, end string) format {
	archive, err := guard.Zip(in, size)
	if err != nil {
		return brokenZip(in, size, end)
	}
	has := map[string]bool{}
	for i, f := range archive.File {
		if i == 5_000 {
			break
		}
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))
		has[name] = true
		if dir, file := path.Split(name); dir == "word/" && strings.HasPrefix(file, "document") && path.Ext(file) == ".xml" {
			has["word/document.xml"] = true
		}
		if name == "mimetype" && f.UncompressedSize64 < 200 {
			switch readSmall(f) {
			case "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text-template":
				return oldWord
			case "application/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.spreadsheet-template":
				return oldSheet
			case "application/vnd.oasis.opendocument.presentation":
				return slides
			}
		}
	}
	office := has["[content_types].xml"]
	switch {
	case has["ofd.xml"]:
		return ofdFormat
	case office && has["word/document.xml"]:
		return docxFormat
	case office && has["xl/workbook.xml"]:
		return xlsxFormat
	case office && has["xl/workbook.bin"]:
		return oldSheet
	case office && has["ppt/presentation.xml"]:
		return slides
	}
	return zipFormat
}

// brokenZip tells a truncated Office or OFD file from a truncated zip by the
// names in its first bytes, or by its own: their readers have better words for
// it.
func brokenZip(in io.ReaderAt, size int64, end string) format {
	head := make([]byte, min(size, sniffed))
	n, _ := in.ReadAt(head, 0)
	head = head[:n]
	switch {
	case bytes.Contains(head, []byte("OFD.xml")):
		return ofdFormat
	case !bytes.Contains(head, []byte("[Content_Types].xml")):
	case bytes.Contains(head, []byte("word/")):
		return docxFormat
	case bytes.Contains(head, []byte("xl/")):
		return xlsxFormat
	}
	for _, f := range []format{docxFormat, xlsxFormat, ofdFormat} {
		if end != "" && slices.Contains(traits[f].ends, end) {
			return f
		}
	}
	return zipFormat
}

func readSmall(f *zip.File) string {
	in, err := f.Open()
	if err != nil {
		return ""
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, 200))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

// sniffOLE looks for the streams of a compound file ([MS-CFB] 2.6.1): entries
// of its directory are 128 bytes that begin with a name in UTF-16. One file
// may be embedded in another: then the name decides.
func sniffOLE(in io.ReaderAt, size int64, end string) format {
	has := map[string]bool{}
	names := map[string][]byte{}
	for _, name := range []string{"EncryptedPackage", "WordDocument", "Workbook", "Book", "PowerPoint Document"} {
		var wide []byte
		for _, c := range []byte(name + "\x00") {
			wide = append(wide, c, 0)
		}
		names[name] = wide
	}
	buf := make([]byte, 64<<10) // sectors are 512 or 4,096 bytes: entries never straddle
	for at := int64(0); at < min(size, MaxBinary); at += int64(len(buf)) {
		n, err := in.ReadAt(buf, at)
		for i := 0; i+128 <= n; i += 128 {
			for name, wide := range names {
				if bytes.HasPrefix(buf[i:n], wide) {
					has[name] = true
				}
			}
		}
		if err != nil {
			break
		}
	}
	sheets := has["Workbook"] || has["Book"]
	switch {
	case has["EncryptedPackage"]:
		return encrypted
	case sheets && (!has["WordDocument"] || oldSheet.promised(end) && end != ""):
		return oldSheet
	case has["WordDocument"]:
		return oldWord
	case has["PowerPoint Document"]:
		return slides
	}
	return damagedOld
}

var (
	pageStart   = regexp.MustCompile(`(?i)^(?:<\?xml[^>]*\?>|<!--.*?-->|\s)*<(?:!doctype\s+html|html|head|body|table|div|p|meta|style|span|center|h[1-6])\b`)
	wholePage   = regexp.MustCompile(`(?i)^(?:<\?xml[^>]*\?>|<!--.*?-->|\s)*<(?:!doctype\s+html|html|body)\b`)
	anyTag      = regexp.MustCompile(`(?i)<(?:p|div|br|table|tr|td|span|h[1-6]|ul|ol|li|a|meta|b|strong|font)\b[^<>]*>`)
	officeXML   = regexp.MustCompile(`(?i)<\?mso-application\s+progid="(Word|Excel)|schemas-microsoft-com:office:(word|spreadsheet)"|<pkg:package`)
	mhtmlStart  = regexp.MustCompile(`(?i)\A(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?(?:MIME-Version|Content-Type):`)
	programEnds = regexp.MustCompile(`^\.[a-z0-9]{1,8}$`)
)

// sniffText tells kinds of text apart; what is none is unknown.
func sniffText(head []byte, end string) format {
	text := decodeAs(whole(head), "")
	if !looksLikeText(text) {
		return unknown
	}
	start := strings.TrimSpace(text[:min(len(text), 8<<10)])
	known := endsOf(end)
	hint := unknown
	if len(known) == 1 {
		hint = known[0]
	}
	if strings.HasPrefix(start, "<") {
		if kind := sniffMarkup(start, hint); kind != textFormat {
			return kind
		}
	}
	switch {
	case strings.Contains(start, "multipart/related") && mhtmlStart.MatchString(start):
		return mhtmlFormat
	case hint == jsonlFormat, firstLineIsObject(text):
		return jsonlFormat
	case hint == htmlFormat && anyTag.MatchString(text):
		return htmlFormat
	case hint == markdownFormat, hint == csvFormat, hint == textFormat:
		return hint
	case len(known) > 0:
		return textFormat // a .docx or .html that is plain text
	case programEnds.MatchString(end):
		return unknown // .js, .log, .exe: text, but no document
	case strings.HasPrefix(start, "---\n"), strings.HasPrefix(start, "# "):
		return markdownFormat
	}
	return textFormat
}

// whole takes off a character that the end of what is looked at has cut, which
// would make all of it invalid.
func whole(head []byte) []byte {
	for k := 0; k < utf8.UTFMax && k < len(head); k++ {
		if utf8.Valid(head[:len(head)-k]) {
			return head[:len(head)-k]
		}
	}
	return head
}

// sniffMarkup tells what begins with <; what is neither a page nor an Office
// file is text.
func sniffMarkup(start string, hint format) format {
	if m := officeXML.FindStringSubmatch(start); m != nil && !wholePage.MatchString(start) {
		if strings.EqualFold(m[1], "excel") || strings.EqualFold(m[2], "spreadsheet") {
			return oldSheet
		}
		return oldWord
	}
	switch {
	case wholePage.MatchString(start):
		return htmlFormat
	case hint == markdownFormat: // which may begin with a piece of HTML
	case pageStart.MatchString(start):
		return htmlFormat
	case strings.HasPrefix(start, "<?xml"):
		return unknown
	}
	return textFormat
}

// firstLineIsObject tells JSON lines of which the name doesn't tell.
func firstLineIsObject(text string) bool {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strings.HasPrefix(line, "{") && json.Valid([]byte(line)) && strings.Contains(line, `"`)
}

// looksLikeText says whether decoded bytes are text: hardly any of them are
// controls or mean nothing.
func looksLikeText(text string) bool {
	controls, broken, all := 0, 0, 0
	for _, r := range text {
		all++
		switch {
		case r == '\t', r == '\n', r == '\r', r == '\f', r == '\v', r == 0x1a:
		case r < ' ', r == 0x7f:
			controls++
		case r == '\uFFFD':
			broken++
		}
	}
	return controls*20 <= all && broken*3 <= all
}

package extract

import "slices"

// format is what a file is by its bytes.
type format int

const (
	unknown format = iota
	emptyFile
	textFormat
	markdownFormat
	htmlFormat
	mhtmlFormat
	csvFormat
	jsonlFormat
	docxFormat
	xlsxFormat
	pdfFormat
	ofdFormat
	zipFormat
	pictureFormat // PNG, JPEG, TIFF
	oldWord       // what LibreOffice makes docx of
	oldSheet      // what it makes xlsx of
	encrypted     // an Office file with a password
	damagedOld    // a compound file in which neither text nor sheet is found
	slides
	packed // an archive other than zip
	otherPicture
)

// trait is what there is to know about a format.
type trait struct {
	name  string   // for people
	media string   // of the original; "" is told by its bytes
	ends  []string // of names; the first is the usual one
	limit int64    // bytes
}

const (
	docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

var traits = map[format]trait{
	textFormat:     {"纯文本", "text/plain", []string{".txt", ".text"}, MaxFile},
	markdownFormat: {"Markdown 文本", "text/markdown", []string{".md", ".markdown"}, MaxFile},
	htmlFormat:     {"网页", "text/html", []string{".html", ".htm", ".shtml", ".xhtml"}, MaxFile},
	mhtmlFormat:    {"网页存档（MHTML）", "multipart/related", []string{".mht", ".mhtml"}, MaxFile},
	csvFormat:      {"CSV 表格", "text/csv", []string{".csv", ".tsv"}, MaxFile},
	jsonlFormat:    {"JSON Lines", "application/x-ndjson", []string{".jsonl", ".ndjson"}, MaxStream},
	docxFormat:     {"Word 文档（docx）", docxType, []string{".docx", ".docm", ".dotx", ".dotm"}, MaxBinary},
	xlsxFormat:     {"Excel 表格（xlsx）", xlsxType, []string{".xlsx", ".xlsm", ".xltx", ".xltm"}, MaxFile},
	pdfFormat:      {"PDF", "application/pdf", []string{".pdf"}, MaxBinary},
	ofdFormat:      {"OFD 版式文件", "application/ofd", []string{".ofd"}, MaxBinary},
	zipFormat:      {"压缩包（zip）", "application/zip", []string{".zip"}, MaxZip},
	pictureFormat:  {"图片", "", []string{".png", ".jpg", ".jpeg", ".tif", ".tiff"}, MaxBinary},
	oldWord:        {"旧版文字处理文件（doc、wps、rtf 等）", "application/msword", []string{".doc", ".wps", ".rtf", ".wpt", ".dot", ".odt", ".xml"}, MaxBinary},
	oldSheet:       {"旧版表格（xls、et 等）", "application/vnd.ms-excel", []string{".xls", ".et", ".ett", ".xlsb", ".ods", ".xlt", ".xml"}, MaxFile},
}

// Why a file of a format that is not read is not, and what to do.
var unreadable = map[format]string{
	emptyFile:    "文件是空的（0 字节），未导入",
	encrypted:    "文件有密码，无法读取；请取消密码、另存后再导入",
	damagedOld:   "文件已损坏或不完整（也可能不是文档或表格），无法读取；请用 Word 或 WPS 打开，另存为 docx 或 xlsx 后再导入",
	slides:       "是演示文稿，不能读取；请把文字内容另存为 Word 文档或 PDF 再导入",
	packed:       "是 zip 以外的压缩包（rar、7z、gz 等），不能读取；请解压后导入，或改压为 zip",
	otherPicture: "是 GIF、BMP 或 WebP 图片，不能读取；请另存为 PNG 或 JPEG，或录入文字后再导入",
	unknown:      "不是能读取的文件，未导入（可读 docx、pdf、ofd、xlsx、csv、html、md、txt、jsonl、zip；装有 LibreOffice 时还有 doc、wps、rtf、xls、et）",
}

// endsOf says what formats a name's ending, in lower case, promises.
func endsOf(end string) []format {
	var out []format
	for f, t := range traits {
		if slices.Contains(t.ends, end) {
			out = append(out, f)
		}
	}
	return out
}

// promised says whether a name's ending promises a format, or nothing at all.
func (f format) promised(end string) bool {
	known := endsOf(end)
	return len(known) == 0 || slices.Contains(known, f)
}

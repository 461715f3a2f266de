package extract

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/policybot/policybot/corpus"
)

// part is a file of a zip.
type part struct {
	name, text string
	change     func(*zip.FileHeader)
}

func pack(t testing.TB, parts ...part) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, p := range parts {
		h := &zip.FileHeader{Name: p.name, Method: zip.Deflate}
		if p.change != nil {
			p.change(h)
		}
		f, err := w.CreateHeader(h)
		if err == nil {
			_, err = f.Write([]byte(p.text))
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

// book makes an xlsx of sheets: a name, then rows with | between cells.
func book(t testing.TB, sheets ...[]string) []byte {
	t.Helper()
	const rels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	parts := []part{{name: "[Content_Types].xml", text: `<Types/>`}}
	list, refs := "", ""
	for i, rows := range sheets {
		list += fmt.Sprintf(`<sheet name="%s" sheetId="%d" r:id="r%d"/>`, rows[0], i+1, i+1)
		refs += fmt.Sprintf(`<Relationship Id="r%d" Type="http://x/worksheet" Target="worksheets/s%d.xml"/>`, i+1, i+1)
		var sb strings.Builder
		sb.WriteString(`<worksheet><sheetData>`)
		for n, row := range rows[1:] {
			hidden := ""
			if strings.HasPrefix(row, "!") {
				hidden, row = ` hidden="1"`, row[1:]
			}
			fmt.Fprintf(&sb, `<row r="%d"%s>`, n+1, hidden)
			for cell := range strings.SplitSeq(row, "|") {
				if cell == "=" {
					sb.WriteString(`<c><f>A1</f></c>`)
				} else {
					fmt.Fprintf(&sb, `<c t="inlineStr"><is><t>%s</t></is></c>`, cell)
				}
			}
			sb.WriteString(`</row>`)
		}
		parts = append(parts, part{name: fmt.Sprintf("xl/worksheets/s%d.xml", i+1), text: sb.String() + `</sheetData></worksheet>`})
	}
	return pack(t, append(parts, part{name: "xl/workbook.xml", text: `<workbook><sheets>` + list + `</sheets></workbook>`},
		part{name: "xl/_rels/workbook.xml.rels", text: rels + refs + `</Relationships>`})...)
}

// word makes a docx of paragraphs.
func word(t testing.TB, paragraphs ...string) []byte {
	t.Helper()
	body := ""
	for _, p := range paragraphs {
		body += `<w:p><w:r><w:t>` + p + `</w:t></w:r></w:p>`
	}
	return pack(t, part{name: "[Content_Types].xml", text: `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		part{name: "_rels/.rels", text: `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		part{name: "word/document.xml", text: `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body + `</w:body></w:document>`})
}

// ole makes the start of a compound file whose directory has these names.
func ole(names ...string) []byte {
	data := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 504)...)
	for _, name := range append([]string{"Root Entry"}, names...) {
		entry := make([]byte, 128)
		for i, c := range []byte(name) {
			entry[2*i] = c
		}
		data = append(data, entry...)
	}
	return data
}

const png = "\x89PNG\r\n\x1a\n\x00\x00"

func TestSniff(t *testing.T) {
	t.Parallel()
	law := "青岚市停车规定\n第一条 为了停车。\n第二条 收费。\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(strings.Repeat(law, 2000))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		data string
		want format
	}{
		"a.md": {"", emptyFile}, "b.docx": {png, pictureFormat}, "c.pdf": {string(word(t, "甲")), docxFormat}, "d.txt": {string(word(t, "甲")), docxFormat},
		"e": {"\n\n%PDF-1.7\n", pdfFormat}, "f.doc": {`{\rtf1 x}`, oldWord}, "g.doc": {string(ole("WordDocument")), oldWord},
		"h.xls": {string(ole("Workbook", "WordDocument")), oldSheet}, "i.docx": {string(ole("EncryptionInfo", "EncryptedPackage")), encrypted},
		"j.ppt": {string(ole("PowerPoint Document")), slides}, "k.wps": {string(ole("WordDocument")), oldWord}, "l.et": {string(ole("Workbook")), oldSheet},
		"m.xlsx": {string(book(t, []string{"x", "a"})), xlsxFormat}, "n.ofd": {string(pack(t, part{name: "OFD.xml", text: "<x/>"})), ofdFormat},
		"o.docx": {string(pack(t, part{name: "a.txt", text: "x"})), zipFormat}, "p.txt": {law, textFormat}, "q.md": {law, markdownFormat},
		"通知（2024.5版）": {law, textFormat}, "r.js": {"let a = 1", unknown}, "s": {"# 甲\n乙", markdownFormat}, "t.xls": {"<table><tr><td>甲</td></tr></table>", htmlFormat},
		"u.xls": {`<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">`, oldSheet},
		"v.md":  {"<!DOCTYPE html><html><body>x", htmlFormat}, "w.md": {"<div>甲</div>\n\n# 乙", markdownFormat}, "x.txt": {`{"id":"a","text":"甲"}` + "\n", jsonlFormat},
		"y.csv": {"a,b", csvFormat}, "z.txt": {gb, textFormat}, "aa.docx": {law, textFormat}, "ab.txt": {"MZ\x00\x00\x01\x02\x03\x00\x00\x00\xff\xff", unknown},
		"ac.mht": {"From: <x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n--b", mhtmlFormat}, "ad.gif": {"GIF89a", otherPicture},
		"ae.rar": {"Rar!\x1a\x07\x00", packed}, "af.html": {"只有文字", textFormat}, "ag.html": {"甲<br>乙", htmlFormat}, "ah.xml": {"<?xml version=\"1.0\"?><a/>", unknown},
		"ak.doc": {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 900), damagedOld}, "al.ofd": {"PK\x03\x04 cut", ofdFormat}, "am": {"PK\x03\x04 cut", zipFormat},
		"ai.docx": {string(word(t, strings.Repeat("甲", 100))[:700]), docxFormat}, "aj.odt": {string(pack(t, part{name: "mimetype", text: "application/vnd.oasis.opendocument.text"})), oldWord},
	} {
		if got := sniff(bytes.NewReader([]byte(test.data)), int64(len(test.data)), strings.ToLower(filepath.Ext(name))); got != test.want {
			t.Errorf("%s: got %s (%d), want %s", name, traits[got].name, got, traits[test.want].name)
		}
	}
}

// messages are the problems of a file, one a line.
func messages(problems []Problem) string {
	var lines []string
	for _, p := range problems {
		lines = append(lines, fmt.Sprintf("%v %s", p.Skipped, p))
	}
	return strings.Join(lines, "\n")
}

// TestBadFiles: a file that cannot be read costs a sentence.
func TestBadFiles(t *testing.T) {
	t.Parallel()
	whole := word(t, strings.Repeat("第一条 为了停车。", 500))
	for name, test := range map[string]struct {
		data string
		want string
	}{
		"empty.docx": {"", "0 字节"}, "picture.docx": {png, "没有可读的文字"}, "locked.docx": {string(ole("EncryptedPackage")), "有密码"},
		"old.doc": {string(ole("WordDocument")), "另存为 docx"}, "old.xls": {string(ole("Workbook")), "另存为 xlsx"}, "a.pdf": {"%PDF-1.4", "PDF"},
		"cut.docx": {string(whole[:len(whole)/2]), "损坏"}, "cut.zip": {"PK\x03\x04 and so on", "损坏"}, "slides.ppt": {string(ole("PowerPoint Document")), "演示文稿"},
		"x.rar": {"Rar!\x1a\x07\x00", "解压"}, "x.bin": {"\x00\x01\x02\x03\x04", "不是能读取的文件"}, "cut.xlsx": {string(book(t, []string{"s", "a"})[:300]), "损坏"},
		"x.mht": {"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=\"b\"\n\n--b--", "没有网页"},
	} {
		records, problems := Bytes(name, []byte(test.data), Options{})
		if len(records) != 0 || len(problems) == 0 || !problems[len(problems)-1].Skipped || !strings.Contains(messages(problems), test.want) {
			t.Errorf("%s: %d records, %s", name, len(records), messages(problems))
		}
	}
}

func TestContentNotName(t *testing.T) {
	t.Parallel()
	records, problems := Bytes("材料/停车规定.pdf", word(t, "青岚市停车规定", "第一条 为了停车。", "第二条 收费。"), Options{})
	check(t, records)
	if len(records) != 1 || len(problems) != 1 || problems[0].Skipped || !strings.Contains(problems[0].Message, "Word") {
		t.Fatalf("%d records, %s", len(records), messages(problems))
	}
	c := records[0].Content
	if c.Original.Name != "停车规定.docx" || c.Original.MediaType != docxType || len(c.Warnings) != 1 || !strings.Contains(c.Text, "第二条") {
		t.Errorf("%s %s %q %q", c.Original.Name, c.Original.MediaType, c.Warnings, c.Text)
	}
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	simplified := "青岚市停车管理规定\n第一条 为了加强停车管理，制定本规定。"
	traditional := "青嵐市停車管理規定\n第一條 為了加強停車管理，制定本規定。"
	encode := func(s string, e interface{ String(string) (string, error) }) string {
		t.Helper()
		out, err := e.String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	big5 := encode(traditional, traditionalchinese.Big5.NewEncoder())
	gb := encode(simplified, simplifiedchinese.GB18030.NewEncoder())
	oneLine := strings.ReplaceAll(simplified, "\n", "")
	for name, test := range map[string]struct{ data, declared, want string }{
		"big5":                {big5, "", traditional},
		"big5, declared gbk":  {big5, "gbk", traditional},
		"big5, declared":      {big5, "big5", traditional},
		"gb, declared big5":   {gb, "big5", simplified},
		"gb, declared utf-8":  {gb, "utf-8", simplified},
		"gb, declared well":   {gb, "gb2312", simplified},
		"utf-8 said to be gb": {simplified, "gbk", simplified},
		"utf-16 of one line":  {encode(oneLine, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder()), "", oneLine},
		"utf-16 big endian":   {encode(oneLine, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder()), "", oneLine},
		"short gb":            {encode("收费", simplifiedchinese.GB18030.NewEncoder()), "", "收费"},
	} {
		if got := decodeAs([]byte(test.data), test.declared); got != test.want {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestQuestionSheet(t *testing.T) {
	t.Parallel()
	data := book(t, []string{"常见问题", "2024年常见问题汇总", "序号|分类|标准问题（必填）|标准答案*|相似问法|点击量|反例", "1|停车|停车多少钱？|一小时5元。|停车贵吗；怎么收费|9|停车证多少钱；罚款多少",
		"2|停车|哪里停车？||x", "!3|停车|藏起来的？|答", "4||停车多少钱？|重复", "5|证件|怎么办证？|=", "6|证件|在哪办证？|窗口。"},
		[]string{"Sheet2"}, []string{"其他", "问题|答案", "问一|答一"})
	records, problems := Bytes("问答.xlsx", data, Options{})
	check(t, records)
	var got []string
	for _, r := range records {
		d := r.Content.Document
		got = append(got, fmt.Sprintf("%d %s %s %s %s %q %q", r.Line, d.ID, d.Kind, d.Question, strings.Join(d.Topics, ","), d.Similar, d.Negative))
		if r.Content.Original == nil || r.Content.Original.MediaType != xlsxType {
			t.Error("no original")
		}
	}
	id := pathID("问答.xlsx") + ".s-" + hash("常见问题")[:6] + ".q-"
	want := []string{`3 ` + id + hash("停车多少钱？") + ` faq 停车多少钱？ 停车 ["停车贵吗" "怎么收费"] ["停车证多少钱" "罚款多少"]`, `8 ` + id + hash("在哪办证？") + ` faq 在哪办证？ 证件 [] []`,
		`2 ` + pathID("问答.xlsx") + ".s-" + hash("其他")[:6] + ".q-" + hash("问一") + ` faq 问一  [] []`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	said := messages(problems)
	for _, must := range []string{"false 问答.xlsx: 工作表“常见问题”：列名以上的文字没有导入：2024年常见问题汇总", "点击量", "true 问答.xlsx: 常见问题!4：没有答案", "第 5 行是隐藏的", "第 7 行有公式", "重复，未导入"} {
		if !strings.Contains(said, must) {
			t.Errorf("%q is not said in\n%s", must, said)
		}
	}
}

func TestGuideSheet(t *testing.T) {
	t.Parallel()
	csv := "事项编码,事项名称,实施机关,受理条件,申请材料,办理时限,备注\nG-1,停车证办理,青岚市交通局,有车,\"1.身份证\n2.行驶证\",5个工作日,周末不办\n,停车证注销,,,身份证,,\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(csv)
	if err != nil {
		t.Fatal(err)
	}
	records, problems := Bytes("guides.csv", []byte(gb), Options{})
	check(t, records)
	if len(records) != 2 || len(problems) != 0 {
		t.Fatalf("%d records, %s", len(records), messages(problems))
	}
	c := records[0].Content
	if d := c.Document; d.ID != "G-1" || d.Kind != corpus.Guide || d.Title != "停车证办理" || d.Agency != "青岚市交通局" || c.Original.MediaType != "text/csv" {
		t.Errorf("%+v", d)
	}
	if want := "停车证办理\n受理条件\n有车\n申请材料\n1.身份证\n2.行驶证\n办理时限\n5个工作日\n备注\n周末不办"; c.Text != want {
		t.Errorf("got %q, want %q", c.Text, want)
	}
	if got := records[1].Content.Document.ID; got != "guides.csv.m-"+hash("停车证注销\n\n") && !strings.HasPrefix(got, "guides.csv.m-") {
		t.Errorf("got %s", got)
	}
}

func TestOtherSheets(t *testing.T) {
	t.Parallel()
	records, problems := Bytes("a/停车收费.xlsx", book(t,
		[]string{"Sheet1", "青岚市停车收费目录", "", "区域|标准|依据", "湖滨区|5元|青政〔2024〕1号", "|8元|"},
		[]string{"指南", "事项名称|停车证办理", "受理条件|有车", "申请材料|身份证", "|行驶证", "办理地点|窗口"},
		[]string{"文件", "标题|文号|正文|施行日期", "停车规定|青政〔2024〕1号|第一条 停车。|2024-05-01", "坏日期的文件||甲|明年"}), Options{})
	check(t, records)
	if len(records) != 3 {
		t.Fatalf("%d records, %s", len(records), messages(problems))
	}
	if c := records[0].Content; c.Document.Kind != corpus.Catalogue || c.Document.Title != "青岚市停车收费目录" || c.Document.ID != pathID("a/停车收费.xlsx") ||
		c.Text != "青岚市停车收费目录\n区域\t标准\t依据\t\n湖滨区\t5元\t青政〔2024〕1号\n\t8元" {
		t.Errorf("%+v %q", c.Document, c.Text)
	}
	if c := records[1].Content; c.Document.Kind != corpus.Guide || c.Document.Title != "停车证办理" || anchors(c) != "title conditions materials place" {
		t.Errorf("%+v %q %s", c.Document, c.Text, anchors(c))
	}
	if d := records[2].Content.Document; d.Title != "停车规定" || d.Number != "青政〔2024〕1号" || d.Effective != "2024-05-01" {
		t.Errorf("%+v", d)
	}
	if !strings.Contains(messages(problems), "true a/停车收费.xlsx: 文件!3：effective 的日期“明年”无法识别") {
		t.Error(messages(problems))
	}
}

func TestMappedSheet(t *testing.T) {
	t.Parallel()
	m, err := ParseMap([]byte("kind: guide\nfields: {title: 干什么, id: 码}\nsections: [{label: 申请材料, from: 要带什么}]"))
	if err != nil {
		t.Fatal(err)
	}
	records, problems := Bytes("x.csv", []byte("说明\n码;干什么;要带什么;别的\n7;停车证;身份证;x\n"), Options{Map: m})
	check(t, records)
	if len(records) != 1 || records[0].Content.Document.ID != "x.csv.7" || records[0].Content.Text != "停车证\n申请材料\n身份证" || !strings.Contains(messages(problems), "别的") {
		t.Errorf("%+v %s", records, messages(problems))
	}
	if _, problems = Bytes("x.csv", []byte("a,b\n1,2\n"), Options{Map: m}); !strings.Contains(messages(problems), "映射文件") {
		t.Error(messages(problems))
	}
}

func TestZip(t *testing.T) {
	t.Parallel()
	gbName, err := simplifiedchinese.GB18030.NewEncoder().String(`文件\停车规定.md`)
	if err != nil {
		t.Fatal(err)
	}
	raw := func(h *zip.FileHeader) { h.NonUTF8 = true }
	inner := pack(t, part{name: "内.md", text: "# 内\n正文"}, part{name: "deep.zip", text: string(pack(t, part{name: "x.md", text: "# 深\n正文"}))})
	data := pack(t,
		part{name: gbName, text: "# 停车规定\n正文", change: raw},
		part{name: "b.txt", text: "乙\n正文"}, part{name: "folder/"}, part{name: "../up.md", text: "# 上\n正文"}, part{name: "/abs.md", text: "# 绝\n正文"},
		part{name: "C:/win.md", text: "# 盘\n正文"}, part{name: "link.md", text: "b.txt", change: func(h *zip.FileHeader) { h.SetMode(os.ModeSymlink | 0o777) }},
		part{name: "__MACOSX/._b.txt", text: "x"}, part{name: ".hidden.md", text: "# 藏\n正文"}, part{name: "~$a.docx", text: "x"},
		part{name: "inner.zip", text: string(inner)}, part{name: "wide.txt", text: strings.Repeat("0", 20<<20)},
		part{name: "secret.md", text: "x", change: func(h *zip.FileHeader) { h.Flags |= 1 }},
	)
	records, problems := Bytes("包.zip", data, Options{})
	check(t, records)
	var got []string
	for _, r := range records {
		got = append(got, r.Content.Document.Source+"="+r.Content.Document.ID)
	}
	want := []string{"包.zip/b.txt=" + pathID("包.zip/b.txt"), "包.zip/inner.zip/内.md=" + pathID("包.zip/inner.zip/内.md"), "包.zip/文件/停车规定.md=" + pathID("包.zip/文件/停车规定.md")}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	said := messages(problems)
	for _, must := range []string{"../up.md: 压缩包里这个文件的路径指向", "/abs.md: 压缩包里这个文件的路径指向", "C:/win.md: 压缩包里这个文件的路径指向", "link.md: 压缩包里这个文件是链接", "deep.zip: 压缩包套压缩包", "wide.txt: 压缩比异常", "secret.md: 压缩包有密码"} {
		if !strings.Contains(said, must) {
			t.Errorf("%q is not said in\n%s", must, said)
		}
	}
	if len(problems) != 7 {
		t.Errorf("%d problems:\n%s", len(problems), said)
	}
}

// TestZipBomb: a zip that says it holds gigabytes costs an error.
func TestZipBomb(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for i := range 3 {
		f, err := w.CreateRaw(&zip.FileHeader{Name: fmt.Sprint(i, ".txt"), Method: zip.Deflate, CompressedSize64: 10, UncompressedSize64: 1200 << 20})
		if err == nil {
			_, err = f.Write(make([]byte, 10))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	records, problems := Bytes("bomb.zip", buf.Bytes(), Options{})
	if len(records) != 0 || !strings.Contains(messages(problems), "解压后超过 2 GB") || time.Since(start) > time.Second {
		t.Errorf("%d records after %v, %s", len(records), time.Since(start), messages(problems))
	}
}

func TestQuestionsOfAFile(t *testing.T) {
	t.Parallel()
	records, problems := Bytes("faq/停车.md", []byte("# 停车问答\n\n一、收费\n\n问：停车多少钱？\n\n答：一小时5元。\n\n问：月票多少钱？\n\n答：300元。\n"), Options{})
	check(t, records)
	var got []string
	for _, r := range records {
		got = append(got, r.Content.Document.ID+" "+strings.Join(r.Content.Document.Topics, ",")+" "+r.Content.Text)
	}
	id := pathID("faq/停车.md") + ".q-"
	want := []string{id + hash("停车多少钱？") + " 收费 停车多少钱？\n一小时5元。", id + hash("月票多少钱？") + " 收费 月票多少钱？\n300元。"}
	if !slices.Equal(got, want) || len(problems) != 0 {
		t.Errorf("got %q, want %q; %s", got, want, messages(problems))
	}
}

// TestTools: what help from outside reads, and what is said without.
func TestTools(t *testing.T) {
	t.Parallel()
	scan := corpus.Reading{Blocks: []corpus.Block{{Text: "青岚市停车规定"}, {Text: "第一条 停车。"}}, Pages: 5, Recognised: []int{1, 2, 4}, Unread: []int{5}, Warnings: []string{"第 5 页是图片"},
		Stated: []corpus.Finding{{Field: "agency", Value: "青岚市交通局", Place: "文件属性", Sure: corpus.Stated}, {Field: "published", Value: "不知道", Place: "文件属性"}}}
	opts := Options{Tools: Tools{
		PDF:       func(context.Context, []byte) (corpus.Reading, error) { return scan, nil },
		Recognise: func(context.Context, []byte) (string, error) { return "停车通知\n五一免费。", nil },
		Convert: func(_ context.Context, name string, _ []byte) ([]byte, error) {
			if strings.HasSuffix(name, ".xls") {
				return book(t, []string{"s", "问题|答案", "问|答"}), nil
			}
			return word(t, "旧文件", "正文。"), nil
		},
	}}
	records, problems := Bytes("a.pdf", []byte("%PDF-1.4 x"), opts)
	check(t, records)
	if len(records) != 1 || !strings.HasPrefix(records[0].Content.Hold, "识别文本：第 1–2、4 页") || records[0].Content.Document.Agency != "青岚市交通局" || !strings.Contains(messages(problems), "第 5 页是图片") {
		t.Errorf("%+v %s", records, messages(problems))
	}
	records, _ = Bytes("a.png", []byte(png), opts)
	check(t, records)
	if len(records) != 1 || records[0].Content.Hold == "" || records[0].Content.Original.MediaType != "image/png" {
		t.Errorf("%+v", records)
	}
	records, _ = Bytes("a.doc", ole("WordDocument"), opts)
	check(t, records)
	if len(records) != 1 || records[0].Content.Original.MediaType != "application/msword" || records[0].Content.Hold != "" {
		t.Errorf("%+v", records)
	}
	records, _ = Bytes("a.xls", ole("Workbook"), opts)
	if len(records) != 1 || records[0].Content.Document.Question != "问" {
		t.Errorf("%+v", records)
	}
}

func TestArchivedPage(t *testing.T) {
	t.Parallel()
	page := `<html><head><title>停车通知</title></head><body><p>五一免费停车。</p></body></html>`
	data := "From: <x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/html; charset=\"utf-8\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
		base64.StdEncoding.EncodeToString([]byte(page)) + "\r\n--b--\r\n"
	c := one(t, "a.mht", data, Options{})
	if c.Document.Title != "停车通知" || !strings.Contains(c.Text, "免费") || c.Original.MediaType != "multipart/related" {
		t.Errorf("%+v %q", c.Document, c.Text)
	}
}

func TestSameFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a/x.md", "b/y.md", "c.md"} {
		p := filepath.Join(dir, name)
		text := "# 停车规定\n正文"
		if name == "c.md" {
			text += "。"
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(p), 0o755), os.WriteFile(p, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	same := map[string]string{}
	err := Walk(t.Context(), []string{dir}, Options{}, func(r Record) error { same[r.Content.Document.Source] = r.Same; return nil }, func(p Problem) error { t.Error(p); return nil })
	if err != nil || same["a/x.md"] != "" || same["b/y.md"] != filepath.Join(dir, "a/x.md") || same["c.md"] != "" {
		t.Errorf("%v %v", same, err)
	}
}

// TestOrder: several readers, one order.
func TestOrder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var want []string
	for i := range 60 {
		name := fmt.Sprintf("%02d.md", i)
		want = append(want, name)
		if err := os.WriteFile(filepath.Join(dir, name), []byte("# 甲\n"+strings.Repeat("正文。\n\n", (60-i)*50)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	err := Walk(t.Context(), []string{dir}, Options{}, func(r Record) error { got = append(got, r.Content.Document.Source); return nil }, func(p Problem) error { t.Error(p); return nil })
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v %q", err, got)
	}
}

func TestContainer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		box := newContainer(0)
		never := make(chan struct{})
		stuck := func(context.Context, *stopwatch) error { <-never; return nil }
		for range maxAbandoned {
			if err := box.run(t.Context(), time.Minute, stuck); !errors.Is(err, errSlowFile) {
				t.Errorf("got %v", err)
			}
		}
		if err := box.run(t.Context(), time.Minute, stuck); !errors.Is(err, errBusy) {
			t.Errorf("got %v", err)
		}
		close(never)
		synctest.Wait()
		if err := box.run(t.Context(), time.Minute, func(context.Context, *stopwatch) error { panic("library") }); err == nil {
			t.Error("a panic is no error")
		}
		obeys := func(ctx context.Context, _ *stopwatch) error { <-ctx.Done(); return ctx.Err() }
		for range 2 * maxAbandoned {
			if err := box.run(t.Context(), time.Minute, obeys); !errors.Is(err, errSlowFile) {
				t.Errorf("got %v", err)
			}
		}
		waits := func(_ context.Context, w *stopwatch) error {
			w.pause()
			time.Sleep(time.Hour) // of the bubble's clock
			w.resume()
			return nil
		}
		if err := box.run(t.Context(), time.Minute, waits); err != nil {
			t.Errorf("waiting counts: %v", err)
		}
	})
}

func TestLargeFile(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "large.txt")
	f, err := os.Create(name)
	if err == nil {
		_, err = f.WriteString("停车规定\n")
		err = errors.Join(err, f.Truncate(200<<20), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	var said []Problem
	err = Walk(t.Context(), []string{name}, Options{}, func(Record) error { t.Error("read"); return nil }, func(p Problem) error { said = append(said, p); return nil })
	if err != nil || len(said) != 1 || time.Since(start) > time.Second {
		t.Errorf("%v %v %v", err, said, time.Since(start))
	}
}

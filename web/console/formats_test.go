package console_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/corpus/extract"
	"github.com/policybot/policybot/corpus/extract/extracttest"
	"github.com/policybot/policybot/corpus/extract/pdf"
)

// pdfChild makes the test program a reader's child.
const pdfChild = "pdf-child-of-a-test"

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

// pdfReader reads PDF files with a child of the test program.
func pdfReader(t *testing.T) func(context.Context, []byte) (corpus.Reading, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r := pdf.New(pdf.Config{Command: []string{self, pdfChild}, Cache: filepath.Join(os.TempDir(), "policybot-test-pdfium")})
	t.Cleanup(func() { _ = r.Close() })
	return r.Read
}

// readingWith is readFile with the program's tools.
func readingWith(tools extract.Tools) desk.Reader {
	return func(ctx context.Context, f desk.File) (desk.Reading, error) {
		records, problems, err := extract.Read(ctx, f.Name, f.Data, extract.Options{Kind: f.Kind, Account: f.Account, Region: f.Region, Tools: tools})
		var r desk.Reading
		for _, rec := range records {
			r.Contents = append(r.Contents, rec.Content)
		}
		for _, p := range problems {
			one := desk.Problem{Line: p.Line, Message: p.Message, Skipped: p.Skipped}
			if p.File != f.Name {
				one.File = p.File
			}
			r.Problems = append(r.Problems, one)
		}
		return r, err
	}
}

// send uploads files as a browser without script does, all at once.
func (c *client) send(files map[string][]byte) reply {
	c.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, data := range files {
		p, err := w.CreateFormFile("file", name)
		if err == nil {
			_, err = p.Write(data)
		}
		if err != nil {
			c.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		c.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.base+"/console/uploads", &body)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := c.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(res.Body); err != nil {
		c.t.Fatal(err)
	}
	return reply{res, text.String()}
}

// ole begins a compound file whose directory has a name.
func ole(name string) []byte {
	data := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 504)...)
	var entry bytes.Buffer
	for _, r := range utf16.Encode([]rune(name)) {
		entry.Write([]byte{byte(r), byte(r >> 8)})
	}
	return append(append(data, entry.Bytes()...), make([]byte, 512)...)
}

// markets is a policy as each format has it, and repeals another.
const markets = `青岚市集贸市场管理办法
青政规〔2026〕21号
第一条 为了规范集贸市场管理，制定本办法。
第二条 摊位费按月收取，每个摊位每月不超过300元。
第三条 本办法自2026年7月1日起施行，有效期5年。《青岚市集贸市场管理暂行办法》同时废止。
青岚市人民政府
2026年5月20日
`

// TestRecognised uploads one policy in every format, and looks at its page for
// what was recognised: beside the text in passages, the original, the relations
// and what is to be looked at.
func TestRecognised(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{
		"办法.docx": extracttest.Docx(t, markets),
		"办法.html": []byte(extracttest.HTML(t, markets)),
		"办法.txt":  []byte(markets),
		"办法.pdf":  nil, // printed below
	}
	for name, data := range files {
		t.Run(filepath.Ext(name), func(t *testing.T) {
			t.Parallel()
			d := open(t, "")
			if strings.HasSuffix(name, ".pdf") {
				data = extracttest.PDF(t, extracttest.HTML(t, markets))
				d.Desk.Reader = readingWith(extract.Tools{PDF: pdfReader(t)})
			}
			d.enter(t, "editor", "", desk.Editor)
			c := d.client(t).signIn("editor")
			if strings.HasSuffix(name, ".txt") {
				c.post("/console/uploads/text", "text", string(data)).must(t, http.StatusSeeOther)
			} else {
				c.send(map[string][]byte{name: data}).must(t, http.StatusSeeOther)
			}
			d.read(t)
			list := c.get("/console/uploads").must(t, 200).says(t, "已读取", "青岚市集贸市场管理办法",
				"青政规〔2026〕21号 · 青岚市人民政府 · 2026年7月1日施行", "段 · 提到1份别的文件")
			_, rest, _ := strings.Cut(list.body, `<ul class="drafts"><li><a href="`)
			path, _, _ := strings.Cut(rest, `"`)
			c.get(path).must(t, 200).says(t, "识别出的信息", "标题 青岚市集贸市场管理办法", "文号 青政规〔2026〕21号", "发文机关 青岚市人民政府",
				"成文日期 2026年5月20日", "施行日期 2026年7月1日", "失效日期 2031年6月30日", "发布以后 ", "来自",
				"第二条 摊位费按月收取", "废止《青岚市集贸市场管理暂行办法》", "没找到对应文件", "下载原件")
		})
	}
}

// TestRecognisedSheet: each line of a table of questions is a draft of its own.
func TestRecognisedSheet(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.enter(t, "editor", "", desk.Editor)
	c := d.client(t).signIn("editor")
	c.send(map[string][]byte{"问答.xlsx": extracttest.Workbook(t, "问题|答案|其他问法|发文机关", "摊位费多少钱？|每个摊位每月不超过300元。|集市收费；摆摊要交多少|青岚市人民政府", "没有答案的问题？||x|青岚市人民政府")}).must(t, http.StatusSeeOther)
	d.read(t)
	list := c.get("/console/uploads").must(t, 200).says(t, "已读取", "摊位费多少钱？", "工作表“问答”第3行：没有答案")
	_, rest, _ := strings.Cut(list.body, `<ul class="drafts"><li><a href="`)
	path, _, _ := strings.Cut(rest, `"`)
	c.get(path).must(t, 200).says(t, "类型 常见问题", "问题 摊位费多少钱？", "其他问法 集市收费", "每个摊位每月不超过300元", "下载原件")
}

// TestKnownAgain: what is known already is not stored again, and what looks
// like a new version of it is offered as one, which keeps the address.
func TestKnownAgain(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.enter(t, "editor", "", desk.Editor)
	d.enter(t, "reviewer", "", desk.Reviewer)
	c, second := d.client(t).signIn("editor"), d.client(t).signIn("reviewer")
	path := d.pasted(t, c, markets)
	version := func(path string) string {
		w, err := d.store.Work(t.Context(), strings.TrimPrefix(path, "/console/documents/"), 0)
		if err != nil {
			t.Fatal(err)
		}
		return strconv.Itoa(w.Version)
	}
	c.post(path+"/submit", "revision", "1", "version", version(path)).must(t, http.StatusSeeOther)
	second.post(path+"/approve", "revision", "1", "version", version(path), "secrecy", "yes", "accuracy", "yes", "links", "yes", "later", "yes", "publish", "now").must(t, http.StatusSeeOther)
	c.send(map[string][]byte{"又一份.docx": extracttest.Docx(t, markets)}).must(t, http.StatusSeeOther)
	d.read(t)
	c.get("/console/uploads").must(t, 200).says(t, "1条和已有的完全一样，没有重复保存")
	newer := d.pasted(t, c, strings.Replace(markets, "300元", "260元", 1))
	if newer == path {
		t.Fatal("the new version was put in the old one's place unasked")
	}
	c.get("/console/uploads").says(t, "▲ 可能是《青岚市集贸市场管理办法》的新版本")
	c.get(newer).must(t, 200).says(t, "可能是《青岚市集贸市场管理办法》的新版本", "作为它的新版本", "是另一份文件")
	r := c.post(newer+"/merge", "revision", "1", "version", version(newer)).must(t, http.StatusSeeOther)
	if to := r.Header.Get("Location"); to != path {
		t.Errorf("the revision is at %s, want %s", to, path)
	}
	c.get(path).must(t, 200).says(t, "第2版", "260元")
	c.get(path+"/compare?revision=2").must(t, 200).says(t, "第1版 → 第2版", "有改动 · 第二条")
}

// TestLimitsAreSaid: whatever cannot be read says so on the page, in a sentence
// that tells what to do; the other files of the same sending are read.
func TestLimitsAreSaid(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.Desk.Reader = readingWith(extract.Tools{PDF: pdfReader(t)})
	d.enter(t, "editor", "", desk.Editor)
	c := d.client(t).signIn("editor")
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 40, 40))); err != nil {
		t.Fatal(err)
	}
	nested := extracttest.Zip(t, "a.txt", markets)
	for range 6 {
		nested = extracttest.Zip(t, "in.zip", string(nested))
	}
	locked := extracttest.Zip(t, "a.txt", markets)
	for i := range len(locked) - 10 { // both headers say that it is encrypted
		switch {
		case bytes.HasPrefix(locked[i:], []byte("PK\x03\x04")):
			locked[i+6] |= 1
		case bytes.HasPrefix(locked[i:], []byte("PK\x01\x02")):
			locked[i+8] |= 1
		}
	}
	var many []string
	for i := range 20_050 {
		many = append(many, strconv.Itoa(i)+".txt", "")
	}
	tests := map[string]struct {
		data []byte
		says string
	}{
		"好的.txt":     {[]byte(markets), "青岚市集贸市场管理办法"},
		"有密码.docx":   {ole("EncryptedPackage"), "文件有密码，无法读取；请取消密码"},
		"半截.docx":    {extracttest.Docx(t, markets)[:300], "损坏或不完整"},
		"旧的.doc":     {ole("WordDocument"), "没有安装 LibreOffice"},
		"演示.ppt":     {ole("PowerPoint Document"), "是演示文稿，不能读取"},
		"压缩.rar":     {[]byte("Rar!\x1a\x07\x00abcdefgh"), "请解压后上传"},
		"动图.gif":     {[]byte("GIF89a\x01\x00\x01\x00"), "请另存为 PNG 或 JPEG"},
		"程序.exe":     {append([]byte("MZ\x90\x00\x03"), make([]byte, 60)...), "不是能读取的文件"},
		"扫描.png":     {picture.Bytes(), "是扫描件或图片"},
		"坏的.pdf":     {[]byte("%PDF-1.7\nnothing"), "PDF 已损坏"},
		"太长.txt":     {[]byte("青岚市办法\n" + strings.Repeat("第一条 内容内容内容。\n", 160_000)), "超过 4 MB 的上限"},
		"太深.html":    {[]byte("<html><body>" + strings.Repeat("<div>", 20_000) + "x"), "网页的"},
		"乱写.md":      {[]byte("---\ntitle: [\n---\n正文"), "不是正确的 YAML"},
		"坏行.jsonl":   {[]byte(`{"title":"好","kind":"policy","text":"第一条 好。"}` + "\n{坏\n"), "这一行不是"},
		"太宽.csv":     {[]byte("问题,答案\n" + strings.Repeat("a,", 20_000) + "\n"), "列的上限"},
		"套娃.zip":     {nested, "压缩包套压缩包"},
		"越界.zip":     {extracttest.Zip(t, "../../etc/a.txt", markets), "指向压缩包之外"},
		"没字.zip":     {extracttest.Zip(t, "a.exe", "MZ"), "不是能读取的文件"},
		"空的.txt":     {nil, "空的.txt：文件是空的"},
		"太大.txt":     {make([]byte, 64<<20+1), "太大.txt：文件超过64MB的上限"},
		"<b>名.txt":   {[]byte("\x00\x01\x02\x03\x04"), "不是能读取的文件"},
		"没有正文.docx":  {extracttest.Docx(t, ""), "没有可读的文字"},
		"没有问题列.xlsx": {extracttest.Workbook(t, "甲|乙", "1|2"), ""},
		"炸弹.zip":     {extracttest.Zip(t, "a.txt", strings.Repeat("0", 60<<20)), "压缩比异常"},
		"有密码.zip":    {locked, "压缩包有密码，无法读取"},
		"坏的.zip":     {extracttest.Zip(t, "a.txt", markets)[:120], "压缩包已损坏"},
		"太多.zip":     {extracttest.Zip(t, many...), "压缩包里超过"},
		"坏的.ofd":     {extracttest.Zip(t, "OFD.xml", "<x"), "已损坏"},
		"坏的.xlsx":    {extracttest.Workbook(t, "问题|答案")[:400], "已损坏"},
		"没有网页.mht":   {[]byte("MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x--\r\n"), "里没有网页"},
		"格子太长.csv":   {[]byte("问题,答案\n好," + strings.Repeat("字", 300_000) + "\n"), "有一格的文字超过"},
		"开头太长.md":    {[]byte("---\ntitle: x\n" + strings.Repeat("a: b\n", 40_000)), "没有结束的 ---"},
		"引用.md":      {[]byte("---\na: &x [1]\nb: *x\n---\n正文"), "不能用 YAML 的"},
		"日期.md":      {[]byte("---\ntitle: 好\npublished: 去年\n---\n正文一句。"), "日期“去年”无法识别"},
		"太长的行.jsonl": {[]byte(`{"title":"` + strings.Repeat("字", 3_000_000) + `"}`), "超过"},
	}
	files := make(map[string][]byte, len(tests))
	for name, x := range tests {
		files[name] = x.data
	}
	page := c.send(files).must(t, http.StatusUnprocessableEntity) // two were not taken at all
	d.read(t)
	list := c.get("/console/uploads").must(t, 200)
	list.body += c.get("/console/uploads?page=2").must(t, 200).body
	for name, x := range tests {
		var words string
		if strings.HasPrefix(x.says, name) {
			words = page.words()
		} else if _, after, ok := strings.Cut(list.body, "<b>"+strings.ReplaceAll(strings.ReplaceAll(corpus.FileName(name), "<", "&lt;"), ">", "&gt;")+"</b>"); ok {
			one, _, _ := strings.Cut(after, "<li><p><b>")
			words = reply{nil, one}.words()
		} else {
			t.Errorf("%s is not listed", name)
			continue
		}
		if !strings.Contains(words, x.says) {
			t.Errorf("%s: %q is not said:\n%s", name, x.says, words)
		}
		for _, inner := range []string{"panic", "goroutine", "error", "EOF", "extract:", "desk:", "POLICYBOT"} {
			if strings.Contains(words, inner) {
				t.Errorf("%s: a person reads %q:\n%s", name, inner, words)
			}
		}
	}
}

package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract/extracttest"
)

func text(r corpus.Reading) string {
	var out []string
	for _, b := range r.Blocks {
		out = append(out, b.Text)
	}
	return strings.Join(out, "\n")
}

func warnings(r corpus.Reading) string { return strings.Join(r.Warnings, "\n") }

func read(t *testing.T, r *Reader, data []byte) corpus.Reading {
	t.Helper()
	got, err := r.Read(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestPages(t *testing.T) {
	t.Parallel()
	r := opened(t, Config{})
	// One child reads one file after the other, also after one that is broken.
	got := read(t, r, onePage(helvetica, stream("", "BT /F1 12 Tf 72 700 Td (Hello, office) Tj ET")))
	if text(got) != "Hello, office" || got.Pages != 1 || len(got.Warnings) > 0 {
		t.Errorf("%q, %d pages, %q", text(got), got.Pages, got.Warnings)
	}
	first := r.child.cmd.Process.Pid
	_, err := r.Read(t.Context(), []byte("%PDF-1.7\nnothing\n%%EOF"))
	var refusal corpus.Refusal
	if !errors.As(err, &refusal) || !strings.Contains(err.Error(), "损坏") {
		t.Errorf("broken: %v", err)
	}
	got = read(t, r, onePage(helvetica, stream("", "BT /F1 12 Tf 72 700 Td (Again) Tj ET")))
	if text(got) != "Again" || r.child.cmd.Process.Pid != first {
		t.Errorf("%q, the child was replaced: %v", text(got), r.child.cmd.Process.Pid != first)
	}
	// The page is turned: it is read as it is seen.
	got = read(t, r, onePage(helvetica+"/Rotate 90", stream("", "BT /F1 12 Tf 0 1 -1 0 100 100 Tm (Turned) Tj ET BT /F1 12 Tf 0 1 -1 0 120 100 Tm (page) Tj ET")))
	if text(got) != "Turned\npage" {
		t.Errorf("turned: %q %q", text(got), got.Warnings)
	}
	// A wide table set across an upright page is read turned; what is slanted
	// is left out and named.
	got = read(t, r, onePage(helvetica, stream("", "BT /F1 12 Tf 0 1 -1 0 100 100 Tm (Across) Tj ET BT /F1 40 Tf 0.7 0.7 -0.7 0.7 200 200 Tm (WATERMARK) Tj ET")))
	if text(got) != "Across" || !strings.Contains(warnings(got), "WATERMARK") {
		t.Errorf("slanted: %q %q", text(got), got.Warnings)
	}
	// A child that died while nothing was read is replaced.
	r.child.kill()
	got = read(t, r, onePage(helvetica, stream("", "BT /F1 12 Tf 72 700 Td (Alive) Tj ET")))
	if text(got) != "Alive" {
		t.Errorf("after the child's death: %q", text(got))
	}
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	r := opened(t, Config{})
	whole := onePage(helvetica, stream("", "BT /F1 12 Tf 72 700 Td (Still here) Tj ET"))
	got := read(t, r, bytes.TrimSuffix(whole, []byte("%%EOF\n")))
	if text(got) != "Still here" || !strings.Contains(warnings(got), "不完整") {
		t.Errorf("%q %q", text(got), got.Warnings)
	}
	for _, data := range [][]byte{nil, []byte("PK\x03\x04"), []byte("%PDF-1.4"), whole[:60], whole[:bytes.Index(whole, []byte("xref\n"))]} {
		_, err := r.Read(t.Context(), data)
		var refusal corpus.Refusal
		if !errors.As(err, &refusal) {
			t.Errorf("%q: %v", data[:min(len(data), 10)], err)
		}
	}
}

func TestScans(t *testing.T) {
	t.Parallel()
	got := read(t, opened(t, Config{}), scan(t, ""))
	if len(got.Blocks) > 0 || fmt.Sprint(got.Unread) != "[1]" || !strings.Contains(warnings(got), "第1页是扫描图片") {
		t.Errorf("%q, unread %v, %q", text(got), got.Unread, got.Warnings)
	}
	var pictures int
	r := opened(t, Config{Recognise: func(_ context.Context, picture []byte) (string, error) {
		pictures++
		if !bytes.HasPrefix(picture, []byte("\x89PNG")) || len(picture) < 1000 {
			t.Errorf("the picture is %d bytes: %q", len(picture), picture[:4])
		}
		return "第一条　识别出来的条文，\n接着的一行。\n", nil
	}})
	got = read(t, r, scan(t, "BT /F1 9 Tf 72 20 Td (stamp) Tj ET"))
	if pictures != 1 || fmt.Sprint(got.Recognised) != "[1]" || !strings.HasPrefix(text(got), "第一条") || !strings.Contains(warnings(got), "识别") || strings.Contains(text(got), "stamp") {
		t.Errorf("%d pictures, %q, recognised %v, %q", pictures, text(got), got.Recognised, got.Warnings)
	}
	// Invisible text above a picture is the work of a text recognition.
	got = read(t, r, scan(t, "BT /F1 12 Tf 3 Tr 72 700 Td (Recognised by another program before) Tj ET"))
	if pictures != 1 || fmt.Sprint(got.Recognised) != "[1]" || !strings.HasPrefix(text(got), "Recognised by") {
		t.Errorf("%d pictures, %q, recognised %v", pictures, text(got), got.Recognised)
	}
	// A recognition that fails costs its page.
	broken := opened(t, Config{Recognise: func(context.Context, []byte) (string, error) { return "", errors.New("no tesseract") }})
	got = read(t, broken, scan(t, ""))
	if fmt.Sprint(got.Unread) != "[1]" || !strings.Contains(warnings(got), "没有成功") {
		t.Errorf("unread %v, %q", got.Unread, got.Warnings)
	}
}

// TestGarbled reads a font that maps its codes to the private area.
func TestGarbled(t *testing.T) {
	t.Parallel()
	cmap := "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n" +
		"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfrange <20> <7E> <E020> endbfrange endcmap end end"
	font := "/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 5 0 R>>>>>>"
	data := onePage(font, stream("", "BT /F1 12 Tf 72 700 Td (These letters mean nothing at all) Tj ET"), stream("", cmap))
	got := read(t, opened(t, Config{}), data)
	if len(got.Blocks) > 0 || fmt.Sprint(got.Unread) != "[1]" || !strings.Contains(warnings(got), "Word 原件") {
		t.Errorf("%q, unread %v, %q", text(got), got.Unread, got.Warnings)
	}
	// A font that has no table at all: its own codes are no characters.
	bare := "/Resources<</Font<</F1<</Type/Font/Subtype/Type0/BaseFont/XX/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/XX" +
		"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor<</Type/FontDescriptor/FontName/XX/Flags 4/FontBBox[0 0 1000 1000]" +
		"/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>>>]>>>>>>"
	codes := onePage(bare, stream("", "BT /F1 12 Tf 72 700 Td <"+strings.Repeat("01234E8D", 15)+"> Tj ET"))
	got = read(t, opened(t, Config{}), codes)
	if len(got.Blocks) > 0 || fmt.Sprint(got.Unread) != "[1]" {
		t.Errorf("no table: %q, unread %v, %q", text(got), got.Unread, got.Warnings)
	}
	r := opened(t, Config{Recognise: func(context.Context, []byte) (string, error) { return "识别的文字", nil }})
	if got = read(t, r, data); text(got) != "识别的文字" || fmt.Sprint(got.Recognised) != "[1]" {
		t.Errorf("%q, recognised %v", text(got), got.Recognised)
	}
}

func TestBadChildren(t *testing.T) {
	t.Parallel()
	data := onePage(helvetica, stream("", "BT /F1 12 Tf 72 700 Td (Hello) Tj ET"))
	for name, want := range map[string]string{
		"child-never-ready": "没有启动成功", "child-hangs": "第 2 页读取超时", "child-dies": "内存", "child-babbles": "内存",
		"child-floods": "内存", "child-endless": "文件太大",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limit := time.Minute // none but one runs out of time, however busy the machine
			if name == "child-hangs" {
				limit = 3 * time.Second
			}
			r := opened(t, Config{Command: command(t, name), PageTime: limit})
			_, err := r.Read(t.Context(), data)
			var refusal corpus.Refusal
			if !errors.As(err, &refusal) || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %s", err, want)
			}
			if r.child != nil {
				t.Error("the child is kept")
			}
		})
	}
	if _, err := opened(t, Config{Command: []string{"no-such-program"}}).Read(t.Context(), data); err == nil {
		t.Error("a program that is not there was started")
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	r := opened(t, Config{Command: command(t, "child-hangs")})
	go func() {
		for r.turnTaken() {
			cancel()
			return
		}
	}()
	_, err := r.Read(ctx, onePage(helvetica, stream("", "")))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// turnTaken waits until somebody reads.
func (r *Reader) turnTaken() bool {
	for len(r.turn) > 0 {
		time.Sleep(time.Millisecond)
	}
	return true
}

// TestBombs reads files that are made to take all time or all memory: the
// child is ended, and the next file is read.
func TestBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("bombs take their time")
	}
	t.Parallel()
	r := opened(t, Config{PageTime: 5 * time.Second})
	good := onePage(helvetica, stream("", "BT /F1 12 Tf 72 700 Td (Good) Tj ET"))
	read(t, r, good)
	for _, bomb := range []struct {
		name string
		data []byte
	}{
		{"forms within forms", nestedForms()},
		{"a content of 100 MB", onePage(helvetica, stream("/Filter/FlateDecode", squeezed(bytes.Repeat([]byte("0 0 1 1 re f "), 8<<20))))},
		{"a stream of spaces", onePage(helvetica, stream("/Filter[/FlateDecode/FlateDecode]", squeezed([]byte(squeezed(make([]byte, 1<<28))))))},
		{"a page tree in a circle", pdfFile("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>")},
		{"a million pages", pdfFile("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1000000>>", "<</Type/Page/Parent 2 0 R>>")},
	} {
		at := time.Now()
		got, err := r.Read(t.Context(), bomb.data)
		var refusal corpus.Refusal
		if err != nil && !errors.As(err, &refusal) {
			t.Errorf("%s: %v", bomb.name, err)
		}
		t.Logf("%s: %v, %d pages, %q, in %v", bomb.name, err, got.Pages, got.Warnings, time.Since(at).Round(time.Millisecond))
		if took := time.Since(at); took > 30*time.Second {
			t.Errorf("%s took %v", bomb.name, took)
		}
		if got := read(t, r, good); text(got) != "Good" {
			t.Errorf("after %s: %q", bomb.name, text(got))
		}
	}
}

// nestedForms draws 20^9 strings by forms that draw the next one 20 times.
func nestedForms() []byte {
	var more []string
	for i := range 9 {
		content := strings.Repeat(fmt.Sprintf("/X%d Do ", i+6), 20)
		resources := fmt.Sprintf("/Resources<</XObject<</X%d %d 0 R>>>>", i+6, i+6)
		if i == 8 {
			content, resources = "BT /F1 1 Tf (x) Tj ET", helvetica
		}
		more = append(more, stream("/Type/XObject/Subtype/Form/BBox[0 0 595 842]"+resources, content))
	}
	return onePage("/Resources<</XObject<</X5 5 0 R>>>>", stream("", strings.Repeat("/X5 Do ", 20)), more...)
}

func TestLibreOffice(t *testing.T) {
	t.Parallel()
	r := opened(t, Config{})
	page := sheet("<h1>社区用餐办法</h1><p>第一条　" + long("为了方便用餐，", 200) + "</p><p>第二条　" + long("本市适用，", 40) + "</p>")
	got := read(t, r, libreOffice(t, page, ""))
	if want := "第一条　" + long("为了方便用餐，", 200) + "\n第二条　" + long("本市适用，", 40); !strings.HasSuffix(text(got), want) {
		t.Errorf("got %q\nwant %q", text(got), want)
	}
	// Only printing is forbidden: everybody may read it.
	owner := libreOffice(t, page, `:{"RestrictPermissions":{"type":"boolean","value":"true"},"PermissionPassword":{"type":"string","value":"owner"}}`)
	if !bytes.Contains(owner, []byte("/Encrypt")) {
		t.Fatal("the file is not encrypted")
	}
	if got := read(t, r, owner); !strings.Contains(text(got), "第二条") {
		t.Errorf("owner's password: %q", text(got))
	}
	_, err := r.Read(t.Context(), libreOffice(t, page, `:{"EncryptFile":{"type":"boolean","value":"true"},"DocumentOpenPassword":{"type":"string","value":"secret"}}`))
	var refusal corpus.Refusal
	if !errors.As(err, &refusal) || !strings.Contains(err.Error(), "密码") {
		t.Errorf("user's password: %v", err)
	}
}

func TestChromium(t *testing.T) {
	t.Parallel()
	body := "<h1>关于社区用餐补贴有关<br>事项的通知</h1><p>" + long("各区：", 150) + "</p><p>一、" + long("补贴对象，", 90) + "</p>" +
		"<table><tr><td>项目</td><td>标准</td></tr><tr><td>午餐</td><td>每人每餐三元，由区级民政部门按月核定，经公示没有异议的，于次月十五日以前拨付到用餐点</td></tr></table>" +
		"<p>二、" + long("补贴期限，", 90) + "</p>"
	got := read(t, opened(t, Config{}), extracttest.PDF(t, sheet(body)))
	want := "关于社区用餐补贴有关事项的通知\n" + long("各区：", 150) + "\n一、" + long("补贴对象，", 90) +
		"\n项目\t标准\n午餐\t每人每餐三元，由区级民政部门按月核定，经公示没有异议的，于次月十五日以前拨付到用餐点\n二、" + long("补贴期限，", 90)
	if text(got) != want || got.Title != "关于社区用餐补贴有关事项的通知" {
		t.Errorf("title %q\n got %s\nwant %s", got.Title, text(got), want)
	}
}

package ofd

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/policybot/policybot/corpus"
)

const head = `<?xml version="1.0" encoding="UTF-8"?>`

// files are those of a small document: two pages, of which the content can be
// replaced.
func files(page1, page2 string) map[string]string {
	return map[string]string{
		"OFD.xml":                        head + `<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:DocBody><ofd:DocInfo><ofd:Title>用餐办法</ofd:Title><ofd:Author>张三</ofd:Author><ofd:CreationDate>2031-04-02</ofd:CreationDate><ofd:CustomDatas><ofd:CustomData Name="发文字号">某民发〔2031〕7号</ofd:CustomData><ofd:CustomData Name="producer">x</ofd:CustomData></ofd:CustomDatas></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`,
		"Doc_0/Document.xml":             docXML("", ""),
		"Doc_0/Pages/Page_0/Content.xml": content(page1),
		"Doc_0/Pages/Page_1/Content.xml": content(page2),
	}
}

func docXML(common, more string) string {
	return head + `<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>` + common +
		`</ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/><ofd:Page ID="2" BaseLoc="Pages/Page_1/Content.xml"/></ofd:Pages>` + more + `</ofd:Document>`
}

func content(layer string) string {
	return head + `<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content><ofd:Layer ID="9">` + layer + `</ofd:Layer></ofd:Content></ofd:Page>`
}

// object is a text object at x and y in type of 5 mm.
func object(id int, x, y float64, text string) string {
	return fmt.Sprintf(`<ofd:TextObject ID="%d" Boundary="%g %g 100 6" Font="1" Size="5"><ofd:TextCode X="0" Y="5" DeltaX="g %d 5">%s</ofd:TextCode></ofd:TextObject>`, id, x, y, len([]rune(text))-1, text)
}

func packed(t testing.TB, files map[string]string) []byte {
	t.Helper()
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

func text(r corpus.Reading) string {
	var out []string
	for _, b := range r.Blocks {
		out = append(out, b.Text)
	}
	return strings.Join(out, "\n")
}

func read(t *testing.T, files map[string]string) corpus.Reading {
	t.Helper()
	got, err := Read(t.Context(), packed(t, files), nil)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, page, want string }{
		{"sorted by place", object(2, 30, 60, "第二行。") + object(1, 30, 40, "第一行。"), "第一行。\n第二行。"},
		{"objects on one line", object(2, 50, 40, "的话。") + object(1, 30, 40, "一行里"), "一行里 的话。"},
		{"blocks within blocks", `<ofd:PageBlock>` + object(1, 30, 40, "外面。") + `<ofd:PageBlock>` + object(2, 30, 60, "里面。") + `</ofd:PageBlock></ofd:PageBlock>`, "外面。\n里面。"},
		{"several codes", `<ofd:TextObject Boundary="30 40 90 6" Size="5"><ofd:TextCode X="0" Y="5" DeltaX="5 5">甲乙丙</ofd:TextCode><ofd:TextCode X="15" DeltaX="5">丁戊</ofd:TextCode></ofd:TextObject>`, "甲乙丙丁戊"},
		{"distances mixed", `<ofd:TextObject Boundary="30 40 90 6" Size="5"><ofd:TextCode X="0" Y="5" DeltaX="g 2 5 2.5 g 2 2.5 5">共三份2031年</ofd:TextCode></ofd:TextObject>`, "共三份2031年"},
		{"no distances", `<ofd:TextObject Boundary="30 40 90 6" Size="5"><ofd:TextCode X="0" Y="5">没有间距</ofd:TextCode></ofd:TextObject>`, "没有间距"},
		{"a matrix", `<ofd:TextObject Boundary="30 40 90 6" CTM="0.1 0 0 0.1 0 0" Size="50"><ofd:TextCode X="0" Y="50" DeltaX="g 3 50">缩小的字</ofd:TextCode></ofd:TextObject>`, "缩小的字"},
		{"turned by a quarter", `<ofd:TextObject Boundary="30 40 6 90" CTM="0 1 -1 0 5 0" Size="5"><ofd:TextCode X="0" Y="0" DeltaX="g 2 5">横过来</ofd:TextCode></ofd:TextObject>`, "横过来"},
		{"glyphs named", `<ofd:TextObject Boundary="30 40 90 6" Size="5"><ofd:CGTransform CodePosition="0" CodeCount="2" GlyphCount="2"><ofd:Glyphs>7 8</ofd:Glyphs></ofd:CGTransform><ofd:TextCode X="0" Y="5" DeltaX="5">字形</ofd:TextCode></ofd:TextObject>`, "字形"},
		{"characters escaped", object(1, 30, 40, "甲&amp;乙"), "甲&乙"},
		{"figures that are none", `<ofd:TextObject Boundary="NaN 1e400 x" Size="-1"><ofd:TextCode X="z" Y="" DeltaX="g g g 9999999999 1">还在</ofd:TextCode></ofd:TextObject>`, "还在"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := read(t, files(c.page, "")); text(got) != c.want {
				t.Errorf("got %q, want %q; %q", text(got), c.want, got.Warnings)
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(map[string]string){
		"absolute": func(f map[string]string) {
			f["Doc_0/Document.xml"] = strings.ReplaceAll(f["Doc_0/Document.xml"], `"Pages/`, `"/Doc_0/Pages/`)
		},
		"from the root without a slash": func(f map[string]string) {
			f["Doc_0/Document.xml"] = strings.ReplaceAll(f["Doc_0/Document.xml"], `"Pages/`, `"Doc_0/Pages/`)
		},
		"backslashes": func(f map[string]string) {
			f["Doc_0/Document.xml"] = strings.ReplaceAll(f["Doc_0/Document.xml"], `Pages/Page_0/`, `Pages\Page_0\`)
		},
		"another case": func(f map[string]string) {
			f["DOC_0/PAGES/page_0/content.XML"] = f["Doc_0/Pages/Page_0/Content.xml"]
			delete(f, "Doc_0/Pages/Page_0/Content.xml")
		},
		"a slash that is too much": func(f map[string]string) {
			f["Doc_0/Document.xml"] = strings.ReplaceAll(f["Doc_0/Document.xml"], `"Pages/`, `"/Pages/`)
		},
		"no prefixes": func(f map[string]string) {
			for name := range f {
				f[name] = strings.NewReplacer("<ofd:", "<", "</ofd:", "</", "xmlns:ofd", "xmlns").Replace(f[name])
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := files(object(1, 30, 40, "第一页。"), object(2, 30, 40, "第二页。"))
			change(f)
			if got := read(t, f); text(got) != "第一页。\n第二页。" || len(got.Warnings) > 0 {
				t.Errorf("%q, %q", text(got), got.Warnings)
			}
		})
	}
}

func TestTemplatesAndParts(t *testing.T) {
	t.Parallel()
	f := files(object(1, 30, 60, "填写的字。"), `<ofd:CompositeObject ResourceID="77" Boundary="30 50 100 100"/>`)
	f["Doc_0/Document.xml"] = docXML(`<ofd:TemplatePage ID="5" BaseLoc="Tpls/T.xml"/><ofd:PublicRes>Res.xml</ofd:PublicRes>`,
		`<ofd:Attachments>Att.xml</ofd:Attachments><ofd:Annotations>Ann.xml</ofd:Annotations><ofd:CustomTags>Tags.xml</ofd:CustomTags>`)
	f["Doc_0/Pages/Page_0/Content.xml"] = strings.Replace(f["Doc_0/Pages/Page_0/Content.xml"], "<ofd:Content>", `<ofd:Template TemplateID="5"/><ofd:Template TemplateID="6"/><ofd:Content>`, 1)
	f["Doc_0/Tpls/T.xml"] = content(object(1, 30, 40, "表格的名称"))
	f["Doc_0/Res.xml"] = head + `<Res xmlns="x"><CompositeGraphicUnits><CompositeGraphicUnit ID="77"><Content>` + strings.ReplaceAll(object(3, 0, 0, "组合里的字"), "ofd:", "") + `</Content></CompositeGraphicUnit></CompositeGraphicUnits></Res>`
	f["Doc_0/Att.xml"] = head + `<Attachments><Attachment Name="申请表.docx"><FileLoc>a.docx</FileLoc></Attachment></Attachments>`
	f["Doc_0/Ann.xml"] = head + `<Annotations><Page PageID="1"><FileLoc>A0.xml</FileLoc></Page></Annotations>`
	f["Doc_0/A0.xml"] = head + `<PageAnnot><Annot Type="Watermark"><Appearance><TextObject><TextCode>内部资料</TextCode></TextObject></Appearance></Annot></PageAnnot>`
	f["Doc_0/Tags.xml"] = head + `<CustomTags><CustomTag TypeID="x"><FileLoc>T0.xml</FileLoc></CustomTag></CustomTags>`
	f["Doc_0/T0.xml"] = head + `<root><公文标题><ObjectRef PageRef="1">1</ObjectRef></公文标题><成文日期>2031年4月2日</成文日期></root>`
	got := read(t, f)
	if text(got) != "表格的名称\n填写的字。\n组合里的字" {
		t.Errorf("%q", text(got))
	}
	all := strings.Join(got.Warnings, "\n")
	for _, want := range []string{"申请表.docx", "内部资料", "第1页的模板缺失"} {
		if !strings.Contains(all, want) {
			t.Errorf("no warning of %s: %q", want, got.Warnings)
		}
	}
	stated := map[string]string{}
	for _, s := range got.Stated {
		stated[s.Field] = s.Value
		if s.Sure != corpus.Stated || s.Place == "" {
			t.Errorf("%+v", s)
		}
	}
	for field, want := range map[string]string{"author": "张三", "created": "2031-04-02", "number": "某民发〔2031〕7号", "title": "填写的字。", "written": "2031年4月2日"} {
		if stated[field] != want {
			t.Errorf("%s: %q, want %q", field, stated[field], want)
		}
	}
}

func TestPictures(t *testing.T) {
	t.Parallel()
	f := files(`<ofd:ImageObject ResourceID="8" Boundary="0 0 210 297"/>`, `<ofd:ImageObject ResourceID="9" Boundary="0 0 210 297"/>`)
	f["Doc_0/Document.xml"] = docXML(`<ofd:DocumentRes>R.xml</ofd:DocumentRes>`, "")
	f["Doc_0/R.xml"] = head + `<Res BaseLoc="Res"><MultiMedias><MultiMedia ID="8" Type="Image"><MediaFile>scan.png</MediaFile></MultiMedia><MultiMedia ID="9" Type="Image"><MediaFile>none.png</MediaFile></MultiMedia></MultiMedias></Res>`
	f["Doc_0/Res/scan.png"] = "\x89PNG picture"
	got := read(t, f)
	all := strings.Join(got.Warnings, "\n")
	if fmt.Sprint(got.Unread) != "[1 2]" || !strings.Contains(all, "第1–2页是扫描图片") || !strings.Contains(all, "none.png") {
		t.Errorf("unread %v, %q", got.Unread, got.Warnings)
	}
	got, err := Read(t.Context(), packed(t, f), func(_ context.Context, picture []byte) (string, error) {
		if string(picture) != f["Doc_0/Res/scan.png"] {
			t.Errorf("picture %q", picture)
		}
		return "识别的文字。", nil
	})
	if err != nil || text(got) != "识别的文字。" || fmt.Sprint(got.Recognised, got.Unread) != "[1] [2]" {
		t.Errorf("%v, %q, recognised %v, unread %v", err, text(got), got.Recognised, got.Unread)
	}
}

func TestDrawnAndGarbled(t *testing.T) {
	t.Parallel()
	f := files(strings.Repeat(`<ofd:PathObject Boundary="10 10 5 5"><ofd:AbbreviatedData>M 0 0 B 1 1 2 2 3 3</ofd:AbbreviatedData></ofd:PathObject>`, 80),
		object(1, 20, 40, strings.Repeat("\uE123", 30)))
	got := read(t, f)
	if len(got.Blocks) > 0 || fmt.Sprint(got.Unread) != "[1 2]" || !strings.Contains(strings.Join(got.Warnings, ""), "乱码") {
		t.Errorf("%q, unread %v, %q", text(got), got.Unread, got.Warnings)
	}
}

func TestSeveralDocuments(t *testing.T) {
	t.Parallel()
	f := files(object(1, 30, 40, "第一份。"), "")
	f["OFD.xml"] = strings.Replace(f["OFD.xml"], "</ofd:DocBody>", `</ofd:DocBody><ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody><ofd:DocBody><ofd:DocRoot>Doc_2/Document.xml</ofd:DocRoot></ofd:DocBody>`, 1)
	f["Doc_1/Document.xml"] = docXML("", "")
	f["Doc_1/Pages/Page_0/Content.xml"] = content(object(1, 30, 40, "第二份。"))
	got := read(t, f)
	all := strings.Join(got.Warnings, "\n")
	if text(got) != "第一份。\n第二份。" || !strings.Contains(all, "第4页缺失") || !strings.Contains(all, "Doc_2/Document.xml 缺失") {
		t.Errorf("%q, %q", text(got), got.Warnings)
	}
}

func TestHostile(t *testing.T) {
	t.Parallel()
	page := object(1, 30, 40, "正文。")
	with := func(name, content string) []byte {
		f := files(page, "")
		f[name] = content
		return packed(t, f)
	}
	whole := packed(t, files(page, ""))
	noPages := files("", "")
	noPages["OFD.xml"] = head + "<OFD/>"
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":           {nil, "不是 OFD"},
		"no zip":          {[]byte("%PDF-1.7"), "不是 OFD"},
		"truncated":       {whole[:len(whole)/2], "已损坏"},
		"another zip":     {packed(t, map[string]string{"word/document.xml": "<x/>"}), "缺少 OFD.xml"},
		"no documents":    {packed(t, noPages), "没有页面"},
		"encrypted":       {with("Encryptions.xml", head+"<Encryptions/>"), "已加密"},
		"broken XML":      {with("Doc_0/Document.xml", "<a><b></a>"), ""},
		"a zip bomb":      {with("Doc_0/Pages/Page_0/Content.xml", strings.Repeat(" ", 64<<20)), "过大"},
		"deep":            {with("Doc_0/Pages/Page_0/Content.xml", strings.Repeat("<a>", 5000)), "层次太深"},
		"an entity bomb":  {with("Doc_0/Pages/Page_0/Content.xml", `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>`+content(object(1, 30, 40, "&b;&b;&b;"))), ""},
		"endless objects": {with("Doc_0/Pages/Page_0/Content.xml", content(strings.Repeat("<a/>", 900_000))), "大"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Read(t.Context(), c.data, nil)
			var refusal corpus.Refusal
			if err != nil && !errors.As(err, &refusal) || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q; %q", err, c.want, text(got))
			}
			if len(text(got)) > 1000 {
				t.Errorf("%d bytes of text", len(text(got)))
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ctx, whole, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestCircle lets a composite graphic draw itself.
func TestCircle(t *testing.T) {
	t.Parallel()
	f := files(`<ofd:CompositeObject ResourceID="7" Boundary="0 0 100 100"/>`, object(1, 30, 40, "正文。"))
	f["Doc_0/Document.xml"] = docXML(`<ofd:PublicRes>Res.xml</ofd:PublicRes>`, "")
	f["Doc_0/Res.xml"] = head + `<Res><CompositeGraphicUnits><CompositeGraphicUnit ID="7"><Content>` + strings.Repeat(`<CompositeObject ResourceID="7"/>`, 10) + `</Content></CompositeGraphicUnit></CompositeGraphicUnits></Res>`
	if got := read(t, f); text(got) != "正文。" {
		t.Errorf("%q", text(got))
	}
}

// TestSamples reads real files of several producers and prints what came of
// each. Every one has text, or a warning that says why not.
func TestSamples(t *testing.T) {
	t.Parallel()
	bench := os.Getenv("POLICYBOT_BENCH")
	if bench == "" {
		t.Skip("NOT TESTED: POLICYBOT_BENCH is not set, real OFD files are not read")
	}
	names, err := filepath.Glob(filepath.Join(bench, "formats", "ofd", "*.ofd"))
	if err != nil || len(names) < 27 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Read(t.Context(), data, nil)
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(name), err)
			continue
		}
		n := strings.Count(strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return -1
			}
			return '.'
		}, text(got)), ".")
		t.Logf("%s: %d pages, %d characters, title %q, %q", filepath.Base(name), got.Pages, n, got.Title, got.Warnings)
		if n == 0 && len(got.Warnings) == 0 {
			t.Errorf("%s: neither text nor a warning", filepath.Base(name))
		}
	}
}

// FuzzRead puts anything into the files of an OFD.
func FuzzRead(f *testing.F) {
	f.Add(`<ofd:TextObject Boundary="1 2 3 4" CTM="1 0 0 1 0 0" Size="5"><ofd:TextCode X="0" Y="0" DeltaX="g 3 5">甲乙</ofd:TextCode></ofd:TextObject>`, "Doc_0/Document.xml", "")
	f.Add(`<ofd:PathObject Boundary="1 2 3 4"><ofd:AbbreviatedData>M 1 2 L 3 4 C S</ofd:AbbreviatedData></ofd:PathObject>`, "OFD.xml", "<OFD><DocBody><DocRoot>../../x</DocRoot></DocBody></OFD>")
	f.Fuzz(func(t *testing.T, layer, name, text string) {
		fs := files(layer, object(1, 30, 40, "正文。"))
		if text != "" && len(name) < 200 {
			fs[name] = text
		}
		var buf bytes.Buffer
		z := zip.NewWriter(&buf)
		for name, text := range fs {
			if w, err := z.Create(name); err == nil {
				_, _ = w.Write([]byte(text)) // a Buffer never fails
			}
		}
		if err := z.Close(); err != nil {
			t.Skip()
		}
		_, err := Read(t.Context(), buf.Bytes(), nil)
		var refusal corpus.Refusal
		if err != nil && !errors.As(err, &refusal) {
			t.Errorf("%v", err)
		}
	})
}

// FuzzZip reads anything.
func FuzzZip(f *testing.F) {
	f.Add(packed(f, files(object(1, 30, 40, "正文。"), "")))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := Read(t.Context(), data, nil)
		var refusal corpus.Refusal
		if err != nil && !errors.As(err, &refusal) {
			t.Errorf("%v", err)
		}
	})
}

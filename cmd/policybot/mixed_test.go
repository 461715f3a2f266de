//go:build unix

package main

import (
	"archive/zip"
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const yusan = `<html><head><meta charset="utf-8"><title>云溪县共享雨伞管理办法</title></head><body>
<h1>云溪县共享雨伞管理办法</h1>
<p>第一条　为了规范共享雨伞的借用，制定本办法。</p>
<p>第二条　每次借用不超过七日，押金38元。</p>
<p>第三条　丢失的，按原价赔偿。</p>
</body></html>`

// converted has LibreOffice make another format of a page. It is not there on
// every machine.
func converted(t *testing.T, page, format string) {
	t.Helper()
	program, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("NOT TESTED: a mixed folder with docx, doc and pdf: LibreOffice is not installed")
	}
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	c := exec.CommandContext(ctx, program, "-env:UserInstallation=file://"+filepath.ToSlash(t.TempDir()),
		"--headless", "--writer", "--convert-to", format, "--outdir", filepath.Dir(page), page)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, out)
	}
}

// TestMixedFolder imports what offices have in one folder: every format is
// read, published and answered from, with a server on the same data folder.
func TestMixedFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "in")
	page := write(t, filepath.Join(dir, "word", "yusan.html"), yusan)
	converted(t, page, "docx:MS Word 2007 XML")
	converted(t, page, "pdf:writer_pdf_Export")
	if err := os.Remove(page); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "a", "fengche.md"), "---", "title: 云溪县风车保护办法", "---", "第一条 本县风车由文物局统一保护，任何人不得攀爬风车。")
	write(t, filepath.Join(dir, "b", "copy.md"), "---", "title: 云溪县风车保护办法", "---", "第一条 本县风车由文物局统一保护，任何人不得攀爬风车。")
	write(t, filepath.Join(dir, "shuiche.txt"), "云溪县水车使用须知", "", "水车每日八时至十七时开放，由水务站派人值守。")
	write(t, filepath.Join(dir, "mofang.html"), "<html><head><title>云溪县磨坊开放公告</title></head><body><h1>云溪县磨坊开放公告</h1><p>磨坊自即日起免费开放，每周三检修。</p></body></html>")
	write(t, filepath.Join(dir, "faq.csv"), "问题,答案", "共享轮椅在哪里借？,到云溪县政务服务中心一楼服务台借。")
	write(t, filepath.Join(dir, "broken.docx"), "not a document")
	zipped(t, filepath.Join(dir, "more.zip"), "tizi.txt", "云溪县共享梯子使用须知\n\n梯子每次借用不超过两小时，凭身份证登记。\n")
	data := t.TempDir()
	s := startHere(t, data, "--empty")
	r := cli(t, "", "import", "--publish", "--data", data, dir)
	t.Logf("%s%s", r.out, r.errs)
	for _, want := range []string{"documents published and being served", "1 files are identical with another", filepath.Join("b", "copy.md") + " = "} {
		if !strings.Contains(r.out, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	for _, q := range []struct{ question, in string }{
		{"风车能攀爬吗", ""}, {"水车几点开放", ""}, {"磨坊哪天检修", ""}, {"共享轮椅在哪里借", ""}, {"共享梯子每次借用多久", ""}, {"共享雨伞押金多少元", ""},
	} {
		if l := asked(t, data, nil, q.question)[0]; len(l.Sources) == 0 {
			t.Errorf("%s: %s %s", q.question, l.Status, l.Text)
		}
	}
	// The same law as docx and as PDF has the same articles.
	var laws []exportLine
	each(t, cli(t, "", "export", "--jsonl", "--data", data).must(t, 0).out, func(l exportLine) {
		if strings.HasPrefix(l.Source, "word/") {
			laws = append(laws, l)
		}
	})
	if len(laws) != 2 || !slices.Equal(articles(laws[0]), articles(laws[1])) || len(articles(laws[0])) != 3 {
		t.Errorf("%+v", laws)
	}
	if status, _ := get(t, s.base+"/d/"+laws[0].ID+"/a2"); status != 200 {
		t.Errorf("/d/%s/a2: %d", laws[0].ID, status)
	}
}

func articles(l exportLine) (all []string) {
	for _, p := range l.Passages {
		if strings.HasPrefix(p.Anchor, "a") {
			all = append(all, p.Anchor+" "+strings.Join(strings.Fields(p.Text), ""))
		}
	}
	return all
}

func zipped(t *testing.T, name, member, text string) {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	w, err := z.Create(member)
	if err == nil {
		_, err = w.Write([]byte(text))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	write(t, name, buf.String())
}

// TestHeldFlow: a recognised text waits for a person, is confirmed, and is
// answered from at once.
func TestHeldFlow(t *testing.T) {
	t.Parallel()
	dir, data := t.TempDir(), t.TempDir()
	// A command that says what a picture says, whatever the picture.
	said := write(t, filepath.Join(dir, "said.txt"), "云溪县共享火把使用须知", "", "火把每次借用不超过三小时，凭身份证登记，用后交回原处。")
	program := write(t, filepath.Join(dir, "ocr"), "#!/bin/sh", `cat "`+said+`"`)
	if err := os.Chmod(program, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "in", "huoba.png"), picture(t))
	s := startHere(t, data, "--empty")
	r := cli(t, "", "import", "--publish", "--data", data, filepath.Join(dir, "in")).must(t, 3)
	if !strings.Contains(r.errs, "huoba.png") {
		t.Errorf("without a command: %q", r.errs)
	}
	ocr := program + " {in}"
	if r := cli(t, "", "import", "--dry-run", "--ocr", ocr, filepath.Join(dir, "in")).must(t, 0); !strings.Contains(r.out, "待确认") {
		t.Errorf("%s%s", r.out, r.errs)
	}
	r = cli(t, "", "import", "--publish", "--data", data, "--ocr", ocr, filepath.Join(dir, "in")).must(t, 0)
	if !strings.Contains(r.out, "1 more stay drafts") || !strings.HasPrefix(r.out, "0 documents") || !strings.Contains(r.out, "policybot documents confirm huoba.png --publish") {
		t.Fatalf("%s%s", r.out, r.errs)
	}
	if l := asked(t, data, nil, "火把怎么借")[0]; len(l.Sources) > 0 {
		t.Errorf("answered before it was read: %s", l.Text)
	}
	if r := cli(t, "", "documents", "list", "--held", "--data", data).must(t, 0); !strings.Contains(r.out, "huoba.png  待确认") {
		t.Errorf("%s", r.out)
	}
	if r := cli(t, "", "documents", "show", "huoba.png", "--data", data).must(t, 0); !strings.Contains(r.out, "documents confirm huoba.png") {
		t.Errorf("%s", r.out)
	}
	r = cli(t, "", "documents", "confirm", "huoba.png", "--publish", "--by", "李四", "--data", data).must(t, 0)
	if r.out != "huoba.png revision 1: published, confirmed by 李四\n" {
		t.Errorf("%q", r.out)
	}
	if l := asked(t, data, nil, "火把怎么借")[0]; len(l.Sources) == 0 {
		t.Errorf("%s", l.Text)
	}
	if status, _ := get(t, s.base+"/d/huoba.png"); status != 200 {
		t.Errorf("/d/huoba.png: %d", status)
	}
	// What was confirmed stays so when it is imported again.
	r = cli(t, "", "import", "--publish", "--data", data, "--ocr", ocr, filepath.Join(dir, "in")).must(t, 0)
	if !strings.Contains(r.out, "1 unchanged") || strings.Contains(r.out, "stay drafts") {
		t.Errorf("%s", r.out)
	}
	for _, bad := range []string{"tesseract", "no-such-program-here {in}", "'"} {
		if r := cli(t, "", "import", "--dry-run", "--ocr", bad, dir); r.code != 2 || !strings.Contains(r.errs, "--ocr") {
			t.Errorf("%q: %d %q", bad, r.code, r.errs)
		}
	}
}

func picture(t *testing.T) string {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 200, 100))
	for x := range 200 {
		img.Set(x, 50, color.White)
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

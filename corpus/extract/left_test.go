package extract

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
)

// TestTabbedText: a table that was pasted into a text stays one; tabs that
// indent, or follow a number, make none.
func TestTabbedText(t *testing.T) {
	t.Parallel()
	for text, rows := range map[string]int{
		"收费一览\n项目\t标准\t依据\n停车\t每小时5元\t青价〔2024〕3号\n借阅\t免费\t\n咨询电话见大厅。": 3,
		"第一条\t为了规范停车，制定本规定。\n第二条\t本规定自公布之日起施行。":                       0,
		"\t停车每小时5元。\n\t借阅免费。": 0,
		"停车每小时5元。\t\n借阅免费。\t": 0,
		"窗口\t电话\n\n另有一行\t不相干": 0,
	} {
		n, whole := 0, ""
		for _, b := range textBlocks(text) {
			if b.Row {
				n++
			}
			whole += b.Text
		}
		if n != rows || squeezed(whole) != squeezed(text) {
			t.Errorf("%q: %d rows, want %d; %q", text, n, rows, whole)
		}
	}
}

// TestOutsideOfText: sentences that a page has beside its text are named, its
// menus and the notices of its site are not.
func TestOutsideOfText(t *testing.T) {
	t.Parallel()
	const menus = `<div class="top"><a href="/">首页</a> <a href="/zw">政务公开，这里有全部文件。</a></div><div>当前位置：首页 > 通知。</div>
		<table><tr><td>索引号：</td><td>QL-2024-0001</td></tr><tr><td>发文机关：</td><td>青岚市交通局。</td></tr></table>`
	const text = `<div id="zoom"><p>停车场自2024年5月1日起免费开放两小时，请各单位遵照执行。</p><p>特此通知，欢迎市民监督。</p></div>`
	const foot = `<div class="bottom">版权所有：青岚市人民政府。联系电话见首页，ICP备12345678号</div>`
	page := func(more string) []byte {
		return []byte("<html><head><title>停车通知</title></head><body>" + menus + text + more + foot + "</body></html>")
	}
	records, problems := Bytes("a.html", page(""), Options{})
	if len(records) != 1 || len(problems) != 0 {
		t.Errorf("%d records, %v", len(records), problems)
	}
	records, problems = Bytes("a.html", page(`<div class="more"><p>附则另行规定：残疾人停车全天免费。</p></div>`), Options{})
	if len(records) != 1 || len(problems) != 1 || !strings.Contains(problems[0].Message, "17 字没有导入，开头是“附则另行规定") {
		t.Errorf("%d records, %v", len(records), problems)
	}
}

func TestLongFields(t *testing.T) {
	t.Parallel()
	title := strings.Repeat("长", 500) + "略去的尾巴"
	records, problems := Bytes("a.md", []byte("---\ntitle: "+title+"\n---\n停车免费。\n"), Options{})
	if len(records) != 1 || len([]rune(records[0].Content.Document.Title)) != 500 || len(problems) != 1 ||
		problems[0].Message != "标题有 505 字，只保留前 500 字，略去的部分开头是“略去的尾巴”" {
		t.Errorf("%d records, %v", len(records), problems)
	}
}

// TestSameNamesInZip: files of one name are all read, and said.
func TestSameNamesInZip(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, text := range []string{"停车免费。", "借阅免费。", "咨询免费。"} {
		f, err := w.Create("通知/规定.txt")
		if err == nil {
			_, err = f.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	records, problems := Bytes("a.zip", buf.Bytes(), Options{})
	names := map[string]bool{}
	for _, r := range records {
		names[r.File] = true
	}
	if len(names) != 3 || !names["a.zip/通知/规定 (3).txt"] || len(problems) != 2 || problems[0].Skipped {
		t.Errorf("%v, %v", names, problems)
	}
}

// TestOneFileOfManyRecords: each record of a sheet, however large, has it.
func TestOneFileOfManyRecords(t *testing.T) {
	t.Parallel()
	data := "问题,答案\n停车多少钱,每小时五元\n"
	for i := range 8 {
		data += fmt.Sprintf("借书要押金吗（%d）,%s\n", i, strings.Repeat("不需要。", 15_000))
	}
	records, _ := Bytes("a.csv", []byte(data), Options{})
	if len(records) != 9 || len(data) < 1<<20 {
		t.Fatalf("%d records", len(records))
	}
	for _, r := range records {
		if o := r.Content.Original; o == nil || len(o.Data) != len(data) || len(o.Sum) != 64 || r.Content.Document.Kind != corpus.FAQ {
			t.Errorf("%s has no file", r.Content.Document.ID)
		}
	}
}

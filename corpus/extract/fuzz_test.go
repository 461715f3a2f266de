package extract

import (
	"strings"
	"testing"
)

// fuzz reads data as a file of that name: nothing panics, and what is read
// keeps every promise.
func fuzz(t *testing.T, name string, data []byte) {
	records, problems := Bytes(name, data, Options{})
	check(t, records)
	for _, p := range problems {
		if p.Message == "" || !strings.HasPrefix(p.File, name) {
			t.Fatalf("%+v", p)
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	f.Add([]byte(frontExample))
	f.Add([]byte("# 甲\n" + lawMark + "\n1. 乙\n> - 丙\n\n|a|b|\n|-|-|\n|c|\n<div>丁<!--"))
	f.Fuzz(func(t *testing.T, data []byte) { fuzz(t, "a.md", data) })
}

func FuzzHTML(f *testing.F) {
	f.Add([]byte(pageExample))
	f.Add([]byte("<table><tr><td rowspan=99 colspan=99>a<table><td>b</table><ol><li>1、x"))
	f.Fuzz(func(t *testing.T, data []byte) { fuzz(t, "a.html", data) })
}

func FuzzJSONL(f *testing.F) {
	f.Add([]byte(`{"id":"a","text":"甲","effective":"2024-05-01","tags":["乙"]}` + "\n" + `{"question":"问","answer":"<p>答</p>","similar":"像"}`))
	f.Add([]byte(`{"id":1,"title":{"a":[]},"text":["甲",null,2.5],"related":"a、b","url":"http://"}`))
	f.Fuzz(func(t *testing.T, data []byte) { fuzz(t, "a.jsonl", data) })
}

func FuzzText(f *testing.F) {
	f.Add([]byte("\xff\xfe甲\n\x00"))
	f.Add([]byte("青岚市办法\n青政〔2024〕1号\n第一条 自二〇二四年五月一日起施行"))
	f.Fuzz(func(t *testing.T, data []byte) { fuzz(t, "a.txt", data) })
}

// FuzzBytes reads anything under any name.
func FuzzBytes(f *testing.F) {
	f.Add("a.docx", word(f, "青岚市停车规定", "第一条 停车。"))
	f.Add("a.xlsx", book(f, []string{"表", "问题|答案|相似问法", "问|答|像"}, []string{"b", "项目|标准", "甲|5元"}))
	f.Add("a.zip", pack(f, part{name: "a.md", text: "# 甲\n乙"}, part{name: "../b.txt", text: "丙"}, part{name: "c.zip", text: string(pack(f, part{name: "d.csv", text: "问题,答案\n甲,乙"}))}))
	f.Add("../a.csv", []byte("事项名称;受理条件;申请材料\n甲;乙;丙"))
	f.Add("a.mht", []byte("MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>甲</p>\n--b--"))
	f.Add("a.ofd", pack(f, part{name: "OFD.xml", text: "<ofd:OFD/>"}))
	f.Add("a.doc", ole("WordDocument"))
	f.Add("\x00/..", []byte("%PDF-1.7"))
	f.Add("问答.md", []byte("# 问答\n\n问：甲？\n\n答：乙\n\n问：丙？\n\n答：丁"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		records, problems := Bytes(name, data, Options{})
		check(t, records)
		size := 0
		for _, r := range records {
			size += len(r.Content.Text)
			if r.Content.Original != nil && r.Content.Original.Name == "" {
				t.Fatal("a file without a name")
			}
		}
		if size > 64<<20 || len(problems) > 10*len(data)+10 {
			t.Fatalf("%d bytes of text, %d problems of %d bytes", size, len(problems), len(data))
		}
		for _, p := range problems {
			if p.Message == "" {
				t.Fatal("a problem without words")
			}
		}
	})
}

package extract

import "testing"

// fuzz reads data as a file of that name: nothing panics, and what is read
// keeps every promise.
func fuzz(t *testing.T, name string, data []byte) {
	records, problems := Bytes(name, data, Options{})
	check(t, records)
	for _, p := range problems {
		if p.Message == "" || p.File != name {
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

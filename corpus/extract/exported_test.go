package extract

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
)

// fill puts something other than nothing into every field.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("v%d", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	}
}

// stored is a revision of which every field that is exported holds something.
func stored() corpus.Stored {
	var s corpus.Stored
	n := 0
	d := &s.Document
	fill(reflect.ValueOf(d).Elem(), &n)
	d.ID, d.Kind, d.Receives = "gongxiang-yusan", corpus.Policy, nil
	d.Written, d.Published, d.Effective, d.Expires = "2024-04-01", "2024-04-02", "2024-05-01", "2029-04-30"
	d.Declares = []corpus.Relation{{Kind: corpus.Repeals, From: d.ID, To: "old", On: d.Effective, Anchors: []string{"a2"}}}
	s.Revision.Status, s.Revision.Text = corpus.Published, "共享雨伞管理规定\n第一条 每次借用不超过七日。"
	s.Revision.Passages = []corpus.Passage{
		{Anchor: "title", Role: corpus.TitleRole, Start: 0, End: 25},
		{Anchor: "a1", Role: corpus.BodyRole, Label: "第一条", Path: []string{"第一章 总则"}, Start: 25, End: len(s.Revision.Text), Columns: []string{"甲"}, From: "2024-05-01", Until: "2025-05-01"},
	}
	s.Findings = []corpus.Finding{{Field: "number", Value: d.Number, Place: "第一行", Sure: corpus.Derived}}
	s.Warnings, s.Hold = []string{"请核对"}, "识别文本"
	return s
}

func writeExport(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func walkAll(t *testing.T, path string) (records []Record, problems []Problem) {
	t.Helper()
	err := Walk(t.Context(), []string{path}, Options{}, func(r Record) error { records = append(records, r); return nil },
		func(p Problem) error { problems = append(problems, p); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return records, problems
}

func lineJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}

func TestExportRoundTrip(t *testing.T) {
	t.Parallel()
	const bytes = "# 共享雨伞管理规定\n\n第一条 每次借用不超过七日。\n"
	sum := sha256.Sum256([]byte(bytes))
	s := stored()
	s.Document.Refer = "青岚市城市管理局"
	s.File = &corpus.Attached{Name: "雨伞.md", MediaType: "text/markdown", Sum: hex.EncodeToString(sum[:])}
	published, file := Export(s)
	s.Revision.Status, s.Document.Title = corpus.Draft, "共享雨伞管理办法"
	draft, _ := Export(s)
	dir := writeExport(t, map[string]string{
		ExportedDocuments: string(ExportHeader(ExportedDocuments)) + lineJSON(t, published) + lineJSON(t, draft),
		file:              bytes,
		"more.md":         "# 不是导出的文件\n\n不应读取。",
	})
	for _, path := range []string{dir, filepath.Join(dir, ExportedDocuments)} {
		records, problems := walkAll(t, path)
		if len(records) != 2 || len(problems) != 0 {
			t.Fatalf("%d records, %v", len(records), problems)
		}
		s.Revision.Status, s.Document.Title = corpus.Published, published.Title
		got := records[0]
		if got.Status != corpus.Published || records[1].Status != corpus.Draft || records[1].Content.Document.Title != draft.Title {
			t.Errorf("%s %s %s", got.Status, records[1].Status, records[1].Content.Document.Title)
		}
		want := corpus.Content{
			Document: s.Document, Text: s.Revision.Text, Passages: s.Revision.Passages, Findings: s.Findings, Warnings: s.Warnings, Hold: s.Hold,
			Original: &corpus.Original{Name: s.File.Name, MediaType: s.File.MediaType, Sum: s.File.Sum, Data: []byte(bytes)},
		}
		if !reflect.DeepEqual(got.Content, want) {
			t.Errorf("read\n%+v\nwant\n%+v", got.Content, want)
		}
	}
}

func TestExportHostile(t *testing.T) {
	t.Parallel()
	good, _ := Export(stored())
	change := func(do func(*ExportedRevision)) string {
		e := good
		e.Passages = append([]corpus.Passage{}, good.Passages...)
		do(&e)
		return lineJSON(t, e)
	}
	file := func(name, sum string) string {
		return change(func(e *ExportedRevision) { e.File = &exportedFile{name, "text/plain", sum} })
	}
	for name, line := range map[string]string{
		"no JSON":        "{\n",
		"ID":             change(func(e *ExportedRevision) { e.ID = "../up" }),
		"dots":           change(func(e *ExportedRevision) { e.ID = ".." }),
		"title":          change(func(e *ExportedRevision) { e.Title = " " }),
		"kind":           change(func(e *ExportedRevision) { e.Kind = "poem" }),
		"status":         change(func(e *ExportedRevision) { e.Status = "" }),
		"day":            change(func(e *ExportedRevision) { e.Effective = "2024-02-30" }),
		"relation":       change(func(e *ExportedRevision) { e.Relations = []exportedRelation{{Kind: "eats", To: "x"}} }),
		"gap":            change(func(e *ExportedRevision) { e.Passages[1].Start++ }),
		"half character": change(func(e *ExportedRevision) { e.Passages[0].End, e.Passages[1].Start = 26, 26 }),
		"past the end":   change(func(e *ExportedRevision) { e.Passages[1].End++ }),
		"twice":          change(func(e *ExportedRevision) { e.Passages[1].Anchor = "title" }),
		"the file's":     change(func(e *ExportedRevision) { e.Passages[1].Anchor = corpus.OriginalAnchor }),
		"text left":      change(func(e *ExportedRevision) { e.Text += "。" }),
		"no file":        file("a.md", strings.Repeat("ab", 32)),
		"file above":     file("a.md", "../../x"),
		"file's name":    file("../a.md", strings.Repeat("ab", 32)),
		"other bytes":    file("b.md", strings.Repeat("cd", 32)),
	} {
		dir := writeExport(t, map[string]string{
			ExportedDocuments: string(ExportHeader(ExportedDocuments)) + line + strings.Replace(lineJSON(t, good), good.ID, "after", 1),
			"files/" + strings.Repeat("cd", 32) + "/b.md": "changed since",
		})
		records, problems := walkAll(t, dir)
		if len(records) != 1 || records[0].Content.Document.ID != "after" || len(problems) != 1 || !problems[0].Skipped || problems[0].Line != 2 {
			t.Errorf("%s: %d records, %v", name, len(records), problems)
		}
	}
	for name, text := range map[string]string{
		"later version": `{"policybot_export":"documents","version":9}` + "\n" + lineJSON(t, good),
		"long line":     string(ExportHeader(ExportedDocuments)) + strings.Repeat("x", maxExportedLine+2),
	} {
		records, problems := walkAll(t, writeExport(t, map[string]string{ExportedDocuments: text}))
		if len(records) != 0 || len(problems) != 1 || !problems[0].Skipped {
			t.Errorf("%s: %d records, %v", name, len(records), problems)
		}
	}
	// Another's documents.jsonl is what it always was.
	records, problems := walkAll(t, writeExport(t, map[string]string{ExportedDocuments: `{"title":"共享雨伞须知","text":"每日八时开放。"}`}))
	if len(records) != 1 || len(problems) != 0 || records[0].Status != "" {
		t.Errorf("%d records, %v", len(records), problems)
	}
}

func TestDecisions(t *testing.T) {
	t.Parallel()
	head := string(ExportHeader(ExportedDocuments))
	one := ExportedDecision{Edge: "e1", State: corpus.Accepted, By: "li"}
	read := func(files map[string]string) ([]ExportedDecision, error) {
		return Decisions(context.Background(), os.DirFS(writeExport(t, files)))
	}
	got, err := read(map[string]string{ExportedDocuments: head, ExportedEdges: string(ExportHeader(ExportedEdges)) + lineJSON(t, one)})
	if err != nil || !reflect.DeepEqual(got, []ExportedDecision{one}) {
		t.Errorf("%v, %v", got, err)
	}
	for name, files := range map[string]map[string]string{
		"none": {ExportedDocuments: head}, "no export": {ExportedEdges: "x"},
	} {
		if got, err := read(files); len(got) > 0 || err != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for name, text := range map[string]string{"empty": "", "another": "{}\n", "state": string(ExportHeader(ExportedEdges)) + `{"edge":"e","state":"applied"}`} {
		if got, err := read(map[string]string{ExportedDocuments: head, ExportedEdges: text}); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func FuzzExported(f *testing.F) {
	good, _ := Export(stored())
	line, err := json.Marshal(good)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line)
	f.Add([]byte(`{"id":"a","passages":[{"s":0,"e":9}]}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		c, _, err := readExported(&exportedFiles{tree: none{}, dir: "."}, line)
		if err != nil {
			return
		}
		end := 0
		for _, p := range c.Passages {
			if p.Start != end {
				t.Fatalf("%+v", c.Passages)
			}
			end = p.End
		}
		if end != len(c.Text) {
			t.Fatal("text is left")
		}
	})
}

type none struct{}

func (none) Open(string) (fs.File, error) { return nil, fs.ErrNotExist }

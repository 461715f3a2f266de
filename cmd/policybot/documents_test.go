//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/policybot/policybot/corpus"
)

// documentsIn imports a law that was repealed, the one that did, a guide, one
// that is only a draft, and one that an account alone sees; the first has a
// published revision and a newer draft.
func documentsIn(t *testing.T, data string) {
	t.Helper()
	dir := t.TempDir()
	load := func(args ...string) {
		t.Helper()
		cli(t, "", append([]string{"import", "--data", data}, args...)...).must(t, 0)
	}
	md := func(name string, lines ...string) string { return write(t, filepath.Join(dir, name), lines...) }
	load("--publish",
		md("yusan-2020.md", "---", "id: yusan-2020", "title: 云溪县共享雨伞管理规定", "kind: policy", "number: 云政发〔2020〕3号", "agency: 云溪县人民政府",
			"published: 2020-04-01", "effective: 2020-05-01", "---", "第一条 每次借用不超过七日。", "", "第二条 押金38元。"),
		md("yusan-2024.md", "---", "id: yusan-2024", "title: 云溪县共享雨伞管理办法", "kind: policy", "number: 云政发〔2024〕8号", "agency: 云溪县人民政府",
			"published: 2024-04-01", "effective: 2024-05-01", "repeals: [yusan-2020]", "---", "第一条 每次借用不超过七日。", "", "第二条 押金38元。", "", "第三条 丢失的，按原价赔偿。"),
		md("guide.md", "---", "id: guide", "title: 借用共享雨伞办事指南", "kind: guide", "interprets: [yusan-2020]", "---", "办理地点：云溪县政务服务中心三楼。"))
	load("--publish", "--account", "minzheng", md("own.md", "---", "id: own", "title: 民政局共享轮椅须知", "kind: notice", "---", "轮椅每日八时开放。"))
	load(
		md("yusan-2024.md", "---", "id: yusan-2024", "title: 云溪县共享雨伞管理办法", "kind: policy", "number: 云政发〔2024〕8号", "agency: 云溪县人民政府",
			"published: 2024-04-01", "effective: 2024-05-01", "repeals: [yusan-2020]", "---", "第一条 每次借用不超过七日。", "", "第二条 每户可借两把。", "", "第三条 押金40元。", "", "第四条 丢失的，按原价赔偿。"),
		md("draft.md", "---", "id: draft", "title: 云溪县共享梯子管理办法\x1b[31m", "kind: draft", "---", "第一条 每次借用不超过九日。"))
}

// TestDocuments runs every command with a server and without one: what they
// print is the same.
func TestDocuments(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	documentsIn(t, data)
	commands := map[string][]string{
		"list":          {"documents", "list"},
		"list, json":    {"documents", "list", "--json"},
		"list on":       {"documents", "list", "--on", "2023-05-01", "--kind", "policy"},
		"list repealed": {"documents", "list", "--validity", "repealed"},
		"list drafts":   {"documents", "list", "--status", "draft"},
		"list text":     {"documents", "list", "--text", "2024〕8号"},
		"show":          {"documents", "show", "yusan-2020"},
		"show, json":    {"documents", "show", "yusan-2024", "--json"},
		"show draft":    {"documents", "show", "draft"},
		"show revision": {"documents", "show", "yusan-2024", "--revision", "2"},
		"history":       {"documents", "history", "yusan-2024"},
		"diff":          {"documents", "diff", "yusan-2024"},
		"diff 2 1":      {"documents", "diff", "yusan-2024", "2", "1"},
		"validity":      {"documents", "validity", "yusan-2020"},
		"validity on":   {"documents", "validity", "yusan-2020", "--on", "2023-05-01"},
		"validity json": {"documents", "validity", "yusan-2020", "--json"},
		"edges":         {"edges", "list"},
		"edges, json":   {"edges", "list", "--json", "--document", "yusan-2020"},
		"lines":         {"export", "--jsonl"},
	}
	alone := map[string]result{}
	for name, args := range commands {
		alone[name] = cli(t, "", append(args, "--data", data)...).must(t, 0)
	}
	documentsSay(t, alone)
	startHere(t, data)
	for name, args := range commands {
		if r := cli(t, "", append(args, "--data", data)...).must(t, 0); r != alone[name] {
			t.Errorf("%s through the server:\n%s%s\nalone:\n%s%s", name, r.out, r.errs, alone[name].out, alone[name].errs)
		}
	}
	t.Run("errors", func(t *testing.T) { documentsRefuse(t, data) })
}

// documentsSay holds what people and programs read.
func documentsSay(t *testing.T, said map[string]result) {
	for name, want := range map[string][]string{
		"list":          {"编号", "yusan-2020  已发布  已废止", "yusan-2024  草稿", "guide", "民政局共享轮椅须知（账号：minzheng）", "尚未出台"},
		"list on":       {"yusan-2020  已发布  现行有效  政策文件  2020-05-01  云政发〔2020〕3号  云溪县共享雨伞管理规定", "将施行"},
		"list repealed": {"yusan-2020"},
		"list drafts":   {"yusan-2024", "draft"},
		"show": {"云溪县共享雨伞管理规定", "已废止", "云政发〔2020〕3号", "云溪县人民政府", "来源", "被《云溪县共享雨伞管理办法》（yusan-2024）废止",
			"自2024年5月1日起", "[a2]", "第二条 押金38元。", "yusan-2020.md"},
		"show draft":  {"草稿", "尚未出台"},
		"history":     {"2 ", "草稿", "1 ", "已发布"},
		"diff":        {"第1版（已发布", "第2版（草稿", "新增 a2", "{+第二条 每户可借两把。+}", "（原 a2）", "押金[-38-]{+40+}元"},
		"diff 2 1":    {"删去 a2", "押金[-40-]{+38+}元"},
		"validity":    {"云溪县共享雨伞管理规定\n", "：已废止\n"},
		"validity on": {"2023年5月1日：现行有效"},
	} {
		for _, w := range want {
			if !strings.Contains(said[name].out, w) {
				t.Errorf("%s lacks %q:\n%s", name, w, said[name].out)
			}
		}
	}
	for name, r := range said {
		if strings.Contains(r.out, "\x1b") {
			t.Errorf("%s lets a document speak to the terminal: %q", name, r.out)
		}
	}
	if n := strings.Count(said["list drafts"].out, "\n"); n != 3 {
		t.Errorf("%d lines:\n%s", n, said["list drafts"].out)
	}
	linesSay(t, said)
}

// exportKeys are those of the line that other programs read, in its order.
const exportKeys = "id title number agency kind published effective expires validity reasons source passages"

func linesSay(t *testing.T, said map[string]result) {
	byID := map[string]string{}
	for line := range strings.Lines(said["lines"].out) {
		keys, values := object(t, line)
		if strings.Join(keys, " ") != exportKeys {
			t.Errorf("a line has %v", keys)
		}
		var passages []struct {
			Anchor, Text string
			Path         []string
		}
		var id string
		if err := json.Unmarshal(values["id"], &id); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(values["passages"], &passages); err != nil || len(passages) == 0 {
			t.Fatalf("%s: %v", values["passages"], err)
		}
		for _, p := range passages {
			if p.Path == nil || p.Anchor == "" || p.Text == "" {
				t.Errorf("%s: %+v", id, p)
			}
		}
		byID[id] = line
	}
	if len(byID) != 5 || byID["yusan-2024"] != said["show, json"].out || !strings.Contains(byID["yusan-2024"], "押金38元") {
		t.Errorf("%d lines; show --json is another:\n%s%s", len(byID), byID["yusan-2024"], said["show, json"].out)
	}
	if !strings.Contains(byID["guide"], `"number":"","agency":"","kind":"guide","published":"","effective":"","expires":"","validity":"unknown"`) {
		t.Errorf("what is not known: %s", byID["guide"])
	}
	if !strings.Contains(byID["yusan-2020"], `"validity":"repealed"`) || !strings.Contains(byID["yusan-2020"], `"source":"yusan-2020.md"`) {
		t.Errorf("%s", byID["yusan-2020"])
	}
	for line := range strings.Lines(said["list, json"].out) {
		keys, _ := object(t, line)
		want := strings.Replace(exportKeys, "passages", "account region written status revision held file warnings", 1)
		if strings.Join(keys, " ") != want || strings.Contains(line, "null") {
			t.Errorf("list --json: %s", line)
		}
	}
}

// object reads a JSON object with the order of its keys.
func object(t *testing.T, line string) (keys []string, values map[string]json.RawMessage) {
	t.Helper()
	values = map[string]json.RawMessage{}
	dec := json.NewDecoder(strings.NewReader(line))
	if _, err := dec.Token(); err != nil {
		t.Fatal(err)
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		var v json.RawMessage
		if err := dec.Decode(&v); err != nil {
			t.Fatal(err)
		}
		name, _ := key.(string)
		keys = append(keys, name)
		values[name] = v
	}
	return keys, values
}

func documentsRefuse(t *testing.T, data string) {
	for _, c := range []struct {
		code int
		says string
		args []string
	}{
		{1, `no document "../policybot.db"`, []string{"documents", "show", "../policybot.db"}},
		{1, `no document ""`, []string{"documents", "history", ""}},
		{1, "no document", []string{"documents", "validity", "none"}},
		{1, "no document", []string{"documents", "confirm", "none"}},
		{1, "no revision 9", []string{"documents", "show", "guide", "--revision", "9"}},
		{1, "one revision only", []string{"documents", "diff", "guide"}},
		{1, "no revision 7", []string{"documents", "diff", "yusan-2024", "1", "7"}},
		{1, "needs no confirmation", []string{"documents", "confirm", "guide"}},
		{1, `no edge "e0"`, []string{"edges", "accept", "e0"}},
		{1, `no edge "e1"`, []string{"edges", "reject", "e0", "e1"}},
		{2, "--help", []string{"documents", "list", "--kind", "poem"}},
		{2, "--help", []string{"documents", "list", "--validity", "good"}},
		{2, "--help", []string{"documents", "list", "--status", "gone"}},
		{2, "--help", []string{"documents", "list", "--on", "2024-02-30"}},
		{2, "--help", []string{"documents", "validity", "guide", "--on", "yesterday"}},
		{2, "--help", []string{"documents", "show"}},
		{2, "--help", []string{"documents", "show", "guide", "--revision", "0"}},
		{2, "--help", []string{"documents", "diff", "guide", "one"}},
		{2, "--help", []string{"edges", "list", "--state", "odd"}},
		{2, "--help", []string{"edges", "accept"}},
		{2, "--help", []string{"export"}},
		{2, "--help", []string{"export", "--jsonl", "x"}},
		{1, "is not empty", []string{"export", filepath.Dir(data)}},
		{2, "--help", []string{"import", "--json", "x"}},
	} {
		r := cli(t, "", append(c.args, "--data", data)...)
		if r.code != c.code || !strings.Contains(r.errs, c.says) || r.out != "" {
			t.Errorf("%v: %d %q %q", c.args, r.code, r.out, r.errs)
		}
	}
	for _, name := range []string{"documents", "documents list", "documents show", "documents history", "documents diff", "documents validity",
		"documents confirm", "edges", "edges list", "edges accept", "edges reject", "export"} {
		if r := cli(t, "", strings.Fields(name+" --help")...).must(t, 0); len(r.out) < 300 {
			t.Errorf("%s --help teaches nothing: %q", name, r.out)
		}
	}
	missing := filepath.Join(t.TempDir(), "none")
	if r := cli(t, "", "documents", "list", "--data", missing).must(t, 1); !strings.Contains(r.errs, "no documents in the data folder") {
		t.Errorf("%q", r.errs)
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("a look made a data folder")
	}
}

// TestConfirmPublish puts a draft live: without a server it is served by the
// next, with one at once.
func TestConfirmPublish(t *testing.T) {
	t.Parallel()
	data, dir := t.TempDir(), t.TempDir()
	ladder := write(t, filepath.Join(dir, "a.jsonl"), policy("ladder", "共享梯子"))
	umbrella := write(t, filepath.Join(dir, "b.jsonl"), policy("umbrella", "共享雨伞"))
	cli(t, "", "import", "--data", data, ladder, umbrella).must(t, 0)
	r := cli(t, "", "documents", "confirm", "ladder", "--publish", "--data", data).must(t, 0)
	if r.out != "ladder revision 1: published\n" {
		t.Errorf("%q", r.out)
	}
	startHere(t, data)
	if l := asked(t, data, nil, "共享梯子怎么借")[0]; len(l.Sources) == 0 {
		t.Errorf("published without a server: %s", l.Text)
	}
	cli(t, "", "documents", "confirm", "umbrella", "--publish", "--data", data).must(t, 0)
	if l := asked(t, data, nil, "共享雨伞怎么借")[0]; len(l.Sources) == 0 {
		t.Errorf("published beside a server: %s", l.Text)
	}
}

// TestExportImport: what is exported and imported again is the same, and
// exports to the same bytes, with a server and without one.
func TestExportImport(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	at := func(name string) string { return filepath.Join(root, name) }
	documentsIn(t, at("data"))
	r := cli(t, "", "export", at("first"), "--data", at("data")).must(t, 0)
	if want := "5 documents in 6 revisions, 6 files and 0 decisions written to " + at("first") + "\n"; r.out != want {
		t.Errorf("%q, want %q", r.out, want)
	}
	r = cli(t, "", "import", at("first"), "--data", at("data2")).must(t, 0)
	if !strings.HasPrefix(r.out, "6 documents stored as they were exported") {
		t.Errorf("%q", r.out)
	}
	startHere(t, at("data2"))
	cli(t, "", "export", at("second"), "--data", at("data2")).must(t, 0)
	sameTree(t, at("first"), at("second"))
	for _, args := range [][]string{{"export", "--jsonl"}, {"documents", "list"}, {"documents", "list", "--json"}} {
		a := cli(t, "", append(args, "--data", at("data"))...).must(t, 0)
		b := cli(t, "", append(args, "--data", at("data2"))...).must(t, 0)
		if a != b {
			t.Errorf("%v:\n%s\nafter export and import:\n%s", args, a.out, b.out)
		}
	}
	if info, err := os.Stat(at("first")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v %v: drafts are nobody else's business", info, err)
	}
	if r := cli(t, "", "export", at("first"), "--data", at("data")).must(t, 1); !strings.Contains(r.errs, "is not empty") {
		t.Errorf("%q", r.errs)
	}
	if r := cli(t, "", "export", filepath.Join(at("first"), "documents.jsonl"), "--data", at("data")).must(t, 1); !strings.Contains(r.errs, "documents.jsonl") {
		t.Errorf("%q", r.errs)
	}
}

func sameTree(t *testing.T, a, b string) {
	t.Helper()
	names := func(dir string) (all []string) {
		err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				rel, _ := filepath.Rel(dir, path)
				all = append(all, rel)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	all := names(a)
	if strings.Join(all, "\n") != strings.Join(names(b), "\n") {
		t.Fatalf("%v\n%v", all, names(b))
	}
	for _, name := range all {
		x, err := os.ReadFile(filepath.Join(a, name))
		if err != nil {
			t.Fatal(err)
		}
		y, err := os.ReadFile(filepath.Join(b, name))
		if err != nil || !bytes.Equal(x, y) {
			t.Errorf("%s differs: %v\n%s\n%s", name, err, x, y)
		}
	}
}

// TestExportFull: half an export is none.
func TestExportFull(t *testing.T) {
	t.Parallel()
	data, dir := t.TempDir(), t.TempDir()
	long := write(t, filepath.Join(dir, "long.txt"), "云溪县水车使用须知", "", strings.Repeat("水车每日八时至十七时开放，由水务站派人值守。\n", 20_000))
	cli(t, "", "import", "--data", data, long).must(t, 0)
	var out, errs output
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, "export")
	c := exec.Command("sh", "-c", `ulimit -f 512 && exec "$0" "$@"`, self, "export", to, "--data", data)
	c.Env = append(os.Environ(), childEnv+"=1")
	c.Stdout, c.Stderr = &out, &errs
	if code := exitStatus(c.Run()); code != 1 || !strings.Contains(errs.String(), "nothing is left of it") {
		t.Errorf("%d %q %q", code, out.String(), errs.String())
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("something is left")
	}
	failing := writerFunc(func([]byte) (int, error) { return 0, syscall.ENOSPC })
	if code := execute(t.Context(), []string{"export", "--jsonl", "--data", data}, strings.NewReader(""), failing, &errs); code != 1 || !strings.Contains(errs.String(), "the disk is full") {
		t.Errorf("%d %q", code, errs.String())
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// TestDryRun reads, and leaves nothing behind.
func TestDryRun(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write(t, filepath.Join(dir, "in", "a.md"), "---", "id: a", "title: 云溪县风车保护办法", "kind: policy", "number: 云政发〔2024〕5号", "effective: 2024-05-01", "---", "第一条 本县风车由文物局统一保护，任何人不得攀爬风车。")
	write(t, filepath.Join(dir, "in", "faq.jsonl"), `{"question":"风车几点开放？","answer":"每日八时至十七时。"}`, "[]")
	write(t, filepath.Join(dir, "in", "b.xyz"), "\x00\x01\x02\x03")
	r := cli(t, "", "import", "--dry-run", "in").must(t, 3)
	for _, want := range []string{"2 documents read, nothing stored", "2 skipped", "政策文件  云政发〔2024〕5号", "2024-05-01", "云溪县风车保护办法", filepath.Join("in", "a.md"), "faq.jsonl:1"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("lacks %q:\n%s", want, r.out)
		}
	}
	if !strings.Contains(r.errs, "faq.jsonl:2: ") || !strings.Contains(r.errs, "b.xyz") {
		t.Errorf("%q", r.errs)
	}
	r = cli(t, "", "import", "--dry-run", "--json", "in").must(t, 3)
	n := 0
	for line := range strings.Lines(r.out) {
		n++
		keys, values := object(t, line)
		want := exportKeys + " file line written region level addressees topics audience applications statements findings warnings held"
		if strings.Join(keys, " ") != want {
			t.Errorf("a line has %v", keys)
		}
		for k, v := range values {
			if string(v) == "null" {
				t.Errorf("%s is null", k)
			}
		}
	}
	if n != 2 {
		t.Errorf("%d lines:\n%s", n, r.out)
	}
	cli(t, "", "import", "--dry-run", "--strict", "in").must(t, 1)
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("a dry run left %v: %v", entries, err)
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	tab := newTable(&out, "编号", "状态", "标题")
	tab.row("a", "已发布", "一")
	tab.note("请\n留意")
	tab.row("long-id", "草稿", "二\x1b[2J")
	if err := tab.flush(); err != nil {
		t.Fatal(err)
	}
	want := "编号     状态    标题\na        已发布  一\n    请 留意\nlong-id  草稿    二[2J\n"
	if out.String() != want {
		t.Errorf("%q\nwant %q", out.String(), want)
	}
	for in, want := range map[string]string{"云溪县": "云溪县", "云溪县人": "云溪…", "abcdefgh": "abcde…", "": ""} {
		if got := clipped(in, 6); got != want {
			t.Errorf("clipped(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	d := corpus.Document{Title: "甲\u202e乙\x1b]0;x\x07丙"}
	if got := oneLine(d.Title); got != "甲乙]0;x丙" {
		t.Errorf("%q", got)
	}
}

// each reads JSON lines.
func each[T any](t *testing.T, lines string, do func(T)) {
	t.Helper()
	for line := range strings.Lines(lines) {
		var v T
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		do(v)
	}
}

//go:build unix

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const agencyHead = "编号,名称,别名,区域,职责,地址,办公时间,电话,核对日期"

// TestAgencies drives the commands beside a running server, which uses each
// change at once.
func TestAgencies(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	startHere(t, data, "--empty", "--config", write(t, filepath.Join(t.TempDir(), "policybot.yaml"),
		"accounts:", "  - {name: county, region: 云溪县}", "  - {name: town, agency: 明湖镇民政办}", "  - {name: other}"))
	in := func(name string, lines ...string) string { return write(t, filepath.Join(t.TempDir(), name), lines...) }
	run := func(args ...string) result {
		t.Helper()
		return cli(t, "", append([]string{"agencies", args[0], "--data", data}, args[1:]...)...)
	}
	says := func(account, question string) string {
		t.Helper()
		return asked(t, data, []string{"--account", account, "--on", "2026-11-26"}, question)[0].Text
	}
	if r := run("list").must(t, 0); !strings.Contains(r.errs, "empty") {
		t.Errorf("%q", r.errs)
	}
	file := in("a.csv", agencyHead,
		"mz,云溪县民政局,民政局,云溪县,低保,文昌路1号,周一至周五9:00-17:00,0599-1234567,2026-10-08",
		"yb,云溪县医保局,医保局,云溪县,医保,,,,")
	if r := run("import", file).must(t, 0); !strings.HasPrefix(r.out, "2 agencies added, 0 changed, 0 unchanged, 0 removed") {
		t.Errorf("%q", r.out)
	}
	if got := says("county", "民政局周六开门吗"); !strings.HasPrefix(got, "云溪县民政局周六不办公。") {
		t.Error(got)
	}
	if got := says("county", "低保户能不能养鸽子"); !strings.Contains(got, "12345，或云溪县民政局（0599-1234567，工作日9:00—17:00）") {
		t.Error(got)
	}

	// Nothing is applied by half.
	bad := in("bad.csv", agencyHead, "mz,云溪县民政局,,,,,,0599-7654321,", "x,新局,民政局,,,,,打总机,")
	if r := run("import", bad).must(t, 1); !strings.Contains(r.errs, bad+":3: 电话“打总机”") || !strings.Contains(r.errs, "nothing was imported") {
		t.Errorf("%q", r.errs)
	}
	clash := in("clash.csv", agencyHead, "mz,云溪县民政局,,,,,,0599-7654321,", "x,新局,医保局,,,,,,")
	if r := run("import", clash).must(t, 1); !strings.Contains(r.errs, clash+":3: 别名“医保局”和“云溪县医保局”（编号yb）重复") {
		t.Errorf("%q", r.errs)
	}
	if r := run("list", "--json").must(t, 0); strings.Contains(r.out, "7654321") || strings.Count(r.out, "\n") != 2 {
		t.Errorf("after a refused import: %s", r.out)
	}

	// What is listed can be imported.
	listed := filepath.Join(t.TempDir(), "listed.jsonl")
	if err := os.WriteFile(listed, []byte(run("list", "--json").must(t, 0).out), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := run("import", listed).must(t, 0); !strings.HasPrefix(r.out, "0 agencies added, 0 changed, 2 unchanged, 0 removed") {
		t.Errorf("%q", r.out)
	}
	r := run("check").must(t, 1)
	for _, want := range []string{"云溪县医保局（yb）：没有核对日期", "云溪县医保局（yb）：没有电话", "云溪县医保局（yb）：没有办公时间"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("check lacks %q:\n%s", want, r.out)
		}
	}

	// An account's own are its own.
	run("import", "--account", "town", in("t.csv", agencyHead, "mz,明湖镇民政办,镇民政办,,低保,,周一至周六9:00-17:00,0599-7000000,2026-10-08")).must(t, 0)
	if got := says("town", "星期六开门不"); !strings.HasPrefix(got, "明湖镇民政办周六办公，9:00—17:00。") {
		t.Error(got)
	}
	if got := says("town", "低保户能不能养鸽子"); !strings.Contains(got, "明湖镇民政办") {
		t.Error(got)
	}
	if got := says("county", "镇民政办电话多少"); strings.Contains(got, "明湖镇") || strings.Contains(got, "7000000") {
		t.Error(got)
	}
	if r := run("list", "--account", "other").must(t, 0); strings.Contains(r.out, "明湖镇") || !strings.Contains(r.out, "云溪县民政局  mz\n") {
		t.Errorf("%s", r.out)
	}
	if r := run("check", "--account", "twon").must(t, 1); !strings.Contains(r.errs, "no account is called") {
		t.Errorf("%q", r.errs)
	}

	// Replacing takes out what is shared, not what is the account's.
	if r := run("import", "--replace", in("b.jsonl", `{"id":"yb","name":"云溪县医保局","phone":"0599-1"}`)).must(t, 1); !strings.Contains(r.errs, ":1: 电话") {
		t.Errorf("%q", r.errs)
	}
	if r := run("import", "--replace", in("b.jsonl", `{"id":"yb","name":"云溪县医保局","phone":"12393"}`)).must(t, 0); !strings.HasPrefix(r.out, "0 agencies added, 1 changed, 0 unchanged, 1 removed") {
		t.Errorf("%q", r.out)
	}
	if r := run("remove", "yb", "nobody").must(t, 1); !strings.Contains(r.errs, "nobody") {
		t.Errorf("%q", r.errs)
	}
	run("remove", "yb").must(t, 0)
	run("remove", "--account", "town", "mz").must(t, 0)
	if r := run("list").must(t, 0); r.out != "" {
		t.Errorf("%s", r.out)
	}
	run("import").must(t, 2)
	run("import", filepath.Join(data, "none.csv")).must(t, 1)
}

// The invented city's agencies come and go with its documents.
func TestSampleAgencies(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	s := startHere(t, data)
	list := func() (names []string) {
		t.Helper()
		r := cli(t, "", "agencies", "list", "--data", data, "--json").must(t, 0)
		for line := range strings.Lines(r.out) {
			var a agencyLine
			if err := json.Unmarshal([]byte(line), &a); err != nil {
				t.Fatal(err)
			}
			names = append(names, a.Name)
		}
		return names
	}
	if names := list(); len(names) != 20 {
		t.Errorf("%d agencies: %v", len(names), names)
	}
	if r := cli(t, "", "agencies", "list", "--data", data).must(t, 0); strings.Count(r.out, "（示例）  qinglan-") != 20 {
		t.Errorf("not marked:\n%s", r.out)
	}
	l := asked(t, data, []string{"--on", "2026-11-26"}, "星期六医保局开门不")[0]
	if l.Status != "answered" || !strings.Contains(l.Text, "青岚市医疗保障局（示例）周六不办公") || l.Sources[0].Agency != "qinglan-yibao" ||
		l.Sources[0].URL != s.base+"/agencies/qinglan-yibao" {
		t.Errorf("%+v", l)
	}
	if r := cli(t, "", "agencies", "check", "--data", data); strings.Contains(r.out, "单位名录里没有") || strings.Contains(r.out, "只能写给") {
		t.Errorf("the sample's own documents and agencies do not fit: %s", r.out)
	}
	// A folder from before has the documents already.
	if _, err := database(t, data).Exec(`DELETE FROM agencies`); err != nil {
		t.Fatal(err)
	}
	s.stop()
	startHere(t, data)
	if names := list(); len(names) != 20 {
		t.Errorf("after the second start %d agencies", len(names))
	}
	cli(t, "", "import", "--publish", "--data", data, write(t, filepath.Join(t.TempDir(), "own.jsonl"), policy("lunyi", "共享轮椅"))).must(t, 0)
	if names := list(); len(names) != 0 {
		t.Errorf("the sample's agencies stay: %v", names)
	}
	if l := asked(t, data, nil, "医保局电话多少")[0]; strings.Contains(l.Text, "青岚") || strings.Contains(l.Text, "示例") {
		t.Errorf("%+v", l)
	}
}

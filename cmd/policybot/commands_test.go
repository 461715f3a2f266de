//go:build unix

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/policybot/policybot/corpus"
)

// importShapes imports into a running server that has nothing yet.
func importShapes(t *testing.T, s *service) {
	in := func(lines ...string) string { return write(t, filepath.Join(t.TempDir(), "in.jsonl"), lines...) }
	load := func(args ...string) result {
		return cli(t, "", append([]string{"import", "--data", s.data}, args...)...)
	}
	t.Run("nothing to import", func(t *testing.T) {
		r := load().must(t, 2)
		if !strings.Contains(r.errs, "import --help") {
			t.Errorf("%q", r.errs)
		}
	})
	t.Run("no such file", func(t *testing.T) {
		if r := load(filepath.Join(t.TempDir(), "none.md")).must(t, 1); !strings.Contains(r.errs, "none.md") {
			t.Errorf("%q", r.errs)
		}
	})
	t.Run("no such flag or kind", func(t *testing.T) {
		load("--no-such-flag", "x").must(t, 2)
		load("--kind", "poem", in(policy("a", "无人机"))).must(t, 2)
	})
	t.Run("draft", func(t *testing.T) {
		r := load(in(policy("draft", "无人机"))).must(t, 0)
		if !strings.Contains(r.out, "1 documents stored as drafts") {
			t.Errorf("%q", r.out)
		}
		if l := asked(t, s.data, nil, "无人机怎么借")[0]; len(l.Sources) != 0 {
			t.Errorf("a draft is answered from: %s", l.Text)
		}
	})
	t.Run("published, and again", func(t *testing.T) {
		file := in(policy("ladder", "共享梯子"), policy("draft", "无人机"))
		if r := load("--publish", file).must(t, 0); !strings.Contains(r.out, "published and being served") {
			t.Errorf("%q", r.out)
		}
		for _, l := range asked(t, s.data, nil, "共享梯子怎么借", "无人机怎么借") {
			if l.Status != "answered" || len(l.Sources) == 0 {
				t.Errorf("%s: %s %s", l.Question, l.Status, l.Text)
			}
		}
		if status, body := get(t, s.base+"/d/ladder/a2"); status != 200 || !strings.Contains(body, "不超过七日") {
			t.Errorf("/d/ladder/a2: %d", status)
		}
		if r := load("--publish", file).must(t, 0); !strings.Contains(r.out, "0 documents published and being served, 0 passages, 2 unchanged") {
			t.Errorf("again: %q", r.out)
		}
	})
	t.Run("changed", func(t *testing.T) {
		load("--publish", in(strings.ReplaceAll(policy("ladder", "共享梯子"), "七日", "九日"))).must(t, 0)
		l := asked(t, s.data, nil, "共享梯子每次借用不超过几日")[0]
		if !strings.Contains(l.Text, "九日") || strings.Contains(l.Text, "七日") {
			t.Errorf("after a change: %s", l.Text)
		}
	})
	t.Run("one bad line", func(t *testing.T) {
		file := in(policy("tent", "共享帐篷"), `{"id": "broken", "text": `, "", policy("kite", "共享风筝"))
		r := load("--publish", file).must(t, 3)
		if !strings.Contains(r.errs, "skipped: "+file+":2: ") || !strings.Contains(r.out, "2 documents") || !strings.Contains(r.out, "1 skipped") {
			t.Errorf("%q %q", r.out, r.errs)
		}
		if l := asked(t, s.data, nil, "共享风筝怎么借")[0]; len(l.Sources) == 0 || l.Sources[0].Document != "kite" {
			t.Errorf("what follows a bad line: %+v", l)
		}
	})
	t.Run("strict", func(t *testing.T) {
		file := in(policy("oven", "共享烤箱"), "[]", policy("sled", "共享雪橇"))
		r := load("--publish", "--strict", file).must(t, 1)
		if !strings.Contains(r.errs, file+":2: ") || !strings.Contains(r.errs, "--strict") {
			t.Errorf("%q", r.errs)
		}
		lines := asked(t, s.data, nil, "共享烤箱怎么借", "共享雪橇怎么借")
		if len(lines[0].Sources) == 0 || lines[0].Sources[0].Document != "oven" {
			t.Errorf("what came before the bad line is not served: %+v", lines[0])
		}
		for _, src := range lines[1].Sources {
			if src.Document == "sled" {
				t.Error("--strict went on")
			}
		}
	})
	t.Run("map", func(t *testing.T) { importMapped(t, s) })
	t.Run("folder", func(t *testing.T) { importFolder(t, s) })
}

func importMapped(t *testing.T, s *service) {
	dir := t.TempDir()
	mapping := write(t, filepath.Join(dir, "map.yaml"),
		"kind: guide", "fields: {id: CODE, title: NAME, agency: DEPT}",
		"sections:", "  - {label: 申请材料, from: material}", "  - {label: 办理地点, from: place}")
	guide, err := json.Marshal(map[string]any{
		"CODE": "G-1", "NAME": "热气球飞行登记", "DEPT": "云溪县体育局",
		"material": []string{"飞行计划表", "驾驶员执照复印件"}, "place": "云溪县政务服务中心三楼12号窗口",
	})
	if err != nil {
		t.Fatal(err)
	}
	records := write(t, filepath.Join(dir, "guides.jsonl"), string(guide))
	cli(t, "", "import", "--publish", "--data", s.data, "--map", mapping, records).must(t, 0)
	l := asked(t, s.data, nil, "热气球飞行登记在哪里办理")[0]
	if len(l.Sources) == 0 || l.Sources[0].Document != "G-1" || !strings.Contains(l.Text, "三楼12号窗口") {
		t.Errorf("a mapped guide: %s", l.Text)
	}
	cli(t, "", "import", "--data", s.data, "--map", write(t, filepath.Join(dir, "bad.yaml"), "fields: {colour: X}"), records).must(t, 2)
	cli(t, "", "import", "--data", s.data, "--map", filepath.Join(dir, "none.yaml"), records).must(t, 1)
}

func importFolder(t *testing.T, s *service) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a", "one.md"), "---", "title: 云溪县风车保护办法", "kind: policy", "---", "第一条 本县风车由文物局统一保护，任何人不得攀爬风车。")
	write(t, filepath.Join(dir, "two.txt"), "云溪县水车使用须知", "", "水车每日八时至十七时开放，由水务站派人值守。")
	write(t, filepath.Join(dir, "three.html"), "<html><head><title>云溪县磨坊开放公告</title></head><body><h1>云溪县磨坊开放公告</h1><p>磨坊自即日起免费开放，每周三检修。</p></body></html>")
	write(t, filepath.Join(dir, "four.xyz"), "?")
	r := cli(t, "", "import", "--publish", "--data", s.data, dir).must(t, 3)
	if !strings.Contains(r.out, "3 documents") || !strings.Contains(r.errs, "four.xyz") {
		t.Errorf("%q %q", r.out, r.errs)
	}
	for i, l := range asked(t, s.data, nil, "风车能攀爬吗", "水车几点开放", "磨坊哪天检修") {
		if len(l.Sources) == 0 {
			t.Errorf("file %d: %s %s", i, l.Status, l.Text)
		}
	}
}

func askShapes(t *testing.T, data string) {
	questions := []string{"老人卡在哪里办？", "你好", "电瓶车不上牌罚多少", "月球怎么移民", "租房能提公积金吗"}
	for i, l := range asked(t, data, nil, questions...) {
		switch {
		case l.ID != fmt.Sprint(i) || l.Question != questions[i]:
			t.Errorf("line %d is of %s %q", i, l.ID, l.Question)
		case !statuses[string(l.Status)] || l.Confidence < 0 || l.Confidence > 1 || l.Text == "" || len(l.Text) > 1800 || l.MS < 0:
			t.Errorf("line %d: %+v", i, l)
		case len(l.Sources) > 10:
			t.Errorf("%d sources", len(l.Sources))
		}
		for j, src := range l.Sources {
			if src.Document == "" || src.Title == "" || src.Anchor == "" || !strings.HasPrefix(src.URL, "http://") || src.Snippet == "" ||
				len([]rune(src.Snippet)) > 300 || src.Validity == "" {
				t.Errorf("%s, source %d: %+v", l.Question, j, src)
			}
		}
		if l.Status == "answered" && (len(l.Sources) == 0 || l.Sources[0].Passage == "" || !strings.Contains(l.Text, l.Sources[0].URL)) {
			t.Errorf("%s is answered without its source: %+v", l.Question, l)
		}
	}
	askKeys(t, data)
	r := cli(t, "{\"id\":\"1\",\"question\":\"老\xff人卡\"}\n\n{\"id\":\"2\",\"question\":\"\\ud800\\u0000\"}\n", "ask", "--jsonl", "--data", data).must(t, 0)
	if strings.Count(r.out, "\n") != 2 {
		t.Errorf("invalid text: %s", r.out)
	}
	r = cli(t, "{\"id\":12345678901234567890,\"question\":\"你好\"}\nbroken\n{\"id\":[1]}\n{\"id\":\"4\",\"question\":\"谢谢\"}\n", "ask", "--jsonl", "--data", data).must(t, 3)
	if !strings.HasPrefix(r.out, `{"id":12345678901234567890,"question":"你好"`) || !strings.Contains(r.out, "\n{\"id\":\"4\",") ||
		!strings.Contains(r.errs, "line 2") || !strings.Contains(r.errs, "line 3") {
		t.Errorf("lines that cannot be read: %s\n%s", r.out, r.errs)
	}
	cli(t, "", "ask", "--data", data).must(t, 2)
	cli(t, "", "ask", "--data", data, "--on", "yesterday", "老人卡").must(t, 2)
	if r := cli(t, "", "ask", "--data", data, "--explain", "老人卡在哪里办？").must(t, 0); !strings.Contains(r.out, "terms:") || !strings.Contains(r.out, "candidates:") {
		t.Errorf("--explain: %s", r.out)
	}
	askOn(t, data)
}

// askKeys holds what scripts read to its names.
func askKeys(t *testing.T, data string) {
	r := cli(t, `{"id":"7","question":"租房能提公积金吗"}`, "ask", "--jsonl", "--data", data).must(t, 0)
	var line map[string]json.RawMessage
	if err := json.Unmarshal([]byte(r.out), &line); err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"id", "question", "status", "confidence", "engine", "text", "sources", "ms"} {
		if _, ok := line[k]; !ok {
			t.Errorf("a line has no %s", k)
		}
		delete(line, k)
	}
	if len(line) > 0 {
		t.Errorf("a line has also %v", line)
	}
	if strings.Contains(r.out, `\u003c`) {
		t.Error("links are escaped")
	}
}

// askOn asks before a document took effect.
func askOn(t *testing.T, data string) {
	const q = "青岚市敬老卡管理办法"
	now := asked(t, data, nil, q)[0]
	if len(now.Sources) == 0 || now.Sources[0].Document != "jinglaoka-banfa" || now.Sources[0].Validity != corpus.InForce {
		t.Fatalf("today: %+v", now)
	}
	then := asked(t, data, []string{"--on", "2024-04-01"}, q)[0]
	for _, src := range then.Sources {
		if src.Document == "jinglaoka-banfa" && src.Validity != corpus.NotYet {
			t.Errorf("before it took effect it is %s", src.Validity)
		}
	}
	if strings.Contains(then.Text, "2024年5月1日起施行。") && !strings.Contains(then.Text, "还没有生效") && !strings.Contains(then.Text, "尚未") {
		t.Errorf("before it took effect it is quoted as in force:\n%s", then.Text)
	}
}

// TestCommandsAlone: without a server a command owns the folder itself.
func TestCommandsAlone(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), strings.Repeat("很长的名字", 10), "data")
	file := write(t, filepath.Join(t.TempDir(), "own.jsonl"), policy("lunyi", "共享轮椅"))
	r := cli(t, "", "ask", "--data", data, "共享轮椅怎么借").must(t, 0)
	if !strings.Contains(r.errs, "No document is published yet") || strings.TrimSpace(r.out) == "" {
		t.Errorf("an empty folder: %q %q", r.out, r.errs)
	}
	cli(t, "", "import", "--publish", "--data", data, file).must(t, 0)
	if r := cli(t, "", "ask", "--data", data, "共享轮椅怎么借").must(t, 0); !strings.Contains(r.out, "/d/lunyi/") {
		t.Errorf("ask alone: %s", r.out)
	}
	// The path is too long for a socket in the folder.
	s := startHere(t, data)
	if _, err := os.Lstat(filepath.Join(data, "policybot.sock")); err == nil {
		t.Error("a socket with a path of this length?")
	}
	if l := asked(t, data, nil, "共享轮椅怎么借")[0]; !strings.HasPrefix(l.Sources[0].URL, s.base) {
		t.Errorf("ask does not go through the server: %s", l.Sources[0].URL)
	}
}

// TestDeadOwner: what a killed process leaves behind is no obstacle.
func TestDeadOwner(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := startChild(t, data, "--empty")
	file := write(t, filepath.Join(t.TempDir(), "own.jsonl"), policy("lunyi", "共享轮椅"))
	cli(t, "", "import", "--publish", "--data", data, file).must(t, 0)
	s.kill()
	if _, err := os.Lstat(filepath.Join(data, "policybot.sock")); err != nil {
		t.Fatalf("the killed process took its socket along: %v", err)
	}
	cli(t, "", "health", "--data", data).must(t, 1)
	if l := asked(t, data, nil, "共享轮椅怎么借")[0]; len(l.Sources) == 0 {
		t.Errorf("after a kill: %s", l.Text)
	}
	// Somebody else's file where the socket should be is not ours to keep.
	if _, err := net.Dial("unix", filepath.Join(data, "policybot.sock")); err == nil {
		t.Error("a closed command still answers")
	}
}

// TestAskWhileStarting: a command waits for a server that is on its way.
func TestAskWhileStarting(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	var out, log output
	c := child(t, &out, &log, nil, serveArgs(data, nil)...)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	eventually(t, "the database, which is opened under the lock", func() bool {
		_, err := os.Stat(filepath.Join(data, "policybot.db"))
		return err == nil
	})
	if l := asked(t, data, nil, "老人卡在哪里办？")[0]; len(l.Sources) == 0 {
		t.Errorf("asked while starting: %s %s", l.Status, l.Text)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"serve", "--wechat-mode", "safe"}, {"serve", "--wechat-token", "t", "--wechat-mode", "secret"},
		{"serve", "--wechat-token", "t", "--wechat-aes-key", "short", "--wechat-appid", "wx"},
		{"serve", "--wechat-token", "t", "--wechat-aes-key", phoneKey, "--wechat-appid", "wx", "--wechat-mode", "plain"},
		{"serve", "--base-url", "policy.example"}, {"serve", "--log-format", "xml"}, {"serve", "more"},
		{"serve", "--wechat-token", "t", "--wechat-token-file", "f"},
		{"ask", "--nonsense"}, {"eval"}, {"ask", "a", "b"}, {"import", "--strict=perhaps", "x"}, {"no-such-command"}, {"completion", "--x"},
	} {
		data := filepath.Join(t.TempDir(), "data")
		if args[0] == "serve" || args[0] == "ask" || args[0] == "import" {
			args = append(args, "--data", data)
		}
		r := cli(t, "", args...)
		if r.code != 2 || !strings.Contains(r.errs, "--help") || strings.Contains(r.errs, phoneKey) {
			t.Errorf("%v: %d %q", args, r.code, r.errs)
		}
		if _, err := os.Stat(data); err == nil {
			t.Errorf("%v made a data folder", args)
		}
	}
	for _, name := range []string{"", "serve", "import", "ask", "eval", "health", "status", "version", "completion", "stop", "resume", "stops", "wechat check"} {
		if r := cli(t, "", strings.Fields(name+" --help")...).must(t, 0); len(r.out) < 100 {
			t.Errorf("%s --help teaches nothing: %q", name, r.out)
		}
	}
	if r := cli(t, "", "version").must(t, 0); !strings.HasPrefix(r.out, "policybot ") {
		t.Errorf("version: %q", r.out)
	}
	cli(t, "", "completion", "bash").must(t, 0)
	if r := cli(t, "").must(t, 0); !strings.Contains(r.out, "policybot serve") {
		t.Errorf("without a command: %q", r.out)
	}
}

func TestReachable(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"127.0.0.1:80": "127.0.0.1:80", "[::]:8080": "localhost:8080", "0.0.0.0:1": "localhost:1", ":9": "localhost:9",
		"example.gov.cn:80": "example.gov.cn:80", "nonsense": "nonsense",
	} {
		if got := reachable(addr); got != want {
			t.Errorf("reachable(%q) = %q, want %q", addr, got, want)
		}
	}
}

func TestEvalSample(t *testing.T) {
	t.Parallel()
	r := cli(t, "", "eval", "--sample", "--json").must(t, 0)
	var report struct {
		Golden    float64 `json:"golden"`
		GoldenN   int     `json:"golden_questions"`
		Questions int     `json:"questions"`
	}
	if err := json.Unmarshal([]byte(r.out), &report); err != nil {
		t.Fatalf("%v: %s", err, r.out)
	}
	// A floor, not a target: far below it something is broken.
	if report.GoldenN < 200 || report.Golden < .5 {
		t.Errorf("%s", r.out)
	}
}

// TestCommandsTogether: without a server whoever comes first owns the folder,
// and when that is done the next one does.
func TestCommandsTogether(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	file := write(t, filepath.Join(t.TempDir(), "own.jsonl"), policy("lunyi", "共享轮椅"))
	cli(t, "", "import", "--publish", "--data", data, file).must(t, 0)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if r := cli(t, "", "ask", "--data", data, "共享轮椅怎么借"); r.code != 0 || !strings.Contains(r.out, "/d/lunyi/") {
				t.Errorf("%d %q %q", r.code, r.out, r.errs)
			}
		})
	}
	wg.Go(func() {
		more := write(t, filepath.Join(t.TempDir(), "more.jsonl"), policy("tent", "共享帐篷"))
		if r := cli(t, "", "import", "--publish", "--data", data, more); r.code != 0 {
			t.Errorf("%d %q", r.code, r.errs)
		}
	})
	wg.Wait()
	if l := asked(t, data, nil, "共享帐篷怎么借")[0]; len(l.Sources) == 0 || l.Sources[0].Document != "tent" {
		t.Errorf("%+v", l)
	}
}

// TestOwnerEnds: a command is followed by the next owner, a server is not.
func TestOwnerEnds(t *testing.T) {
	t.Parallel()
	dead := func(server bool) *remote {
		return &remote{server: server, client: &http.Client{Transport: gonePath{}}}
	}
	next := func(context.Context) (owner, error) { return answering{}, nil }
	p := &passing{owner: dead(false), next: next}
	if _, err := p.Ask(t.Context(), askRequest{}); err != nil {
		t.Errorf("after a command: %v", err)
	}
	p = &passing{owner: dead(true), next: next}
	if _, err := p.Ask(t.Context(), askRequest{}); !errors.Is(err, errGone) {
		t.Errorf("after a server: %v", err)
	}
}

type gonePath struct{}

func (gonePath) RoundTrip(*http.Request) (*http.Response, error) { return nil, syscall.ECONNRESET }

type answering struct{ owner }

func (answering) Ask(context.Context, askRequest) (askResult, error) { return askResult{}, nil }

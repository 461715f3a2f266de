package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus/sample"
	"github.com/policybot/policybot/index/eval"
	"github.com/policybot/policybot/index/indextest"
)

// measuring is an eval of the sample corpus over a folder of its own, and
// questions that are asked of it.
func measuring(t *testing.T) (*evalFlags, *host, eval.Set) {
	t.Helper()
	c := newEval()
	c.SetContext(t.Context())
	f := &evalFlags{useSample: true}
	h, err := f.open(c, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	questions, err := eval.ReadQuestions(sample.Golden())
	if err != nil {
		t.Fatal(err)
	}
	return f, h, eval.Set{Questions: questions}
}

// asks puts the set to one engine; nil is the embedded one.
func (f *evalFlags) asks(t *testing.T, h *host, set eval.Set, engine *trial) ([]eval.Outcome, eval.Report) {
	t.Helper()
	out, err := set.Run(t.Context(), f.asker(h, "", engine), func() {})
	if err != nil {
		t.Fatal(err)
	}
	r := set.Measure(out)
	r.Wrong = nil // they are many
	return out, r
}

// left lists the generations that an engine still has.
func left(t *testing.T, m *indextest.Memory) int {
	t.Helper()
	all, err := m.Generations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// TestEvalOutside measures an engine outside of the process: one that works,
// and one that fails every question, which is said and not hidden by the
// understudy.
func TestEvalOutside(t *testing.T) {
	t.Parallel()
	f, h, set := measuring(t)
	local, embedded := f.asks(t, h, set, nil)
	if embedded.Candidates < .9 || embedded.Understudy != 0 || embedded.Considered < 10 {
		t.Errorf("the embedded engine: %+v", embedded)
	}
	server := indextest.NewServer()
	m := server.Open("memory", "trial")
	engine, err := newTrial(t.Context(), h, m, "trial")
	if err != nil {
		t.Fatal(err)
	}
	if n := left(t, m); n != 1 {
		t.Errorf("%d generations", n)
	}
	out, r := f.asks(t, h, set, engine)
	if r.Failed != 0 || r.Understudy > 20 || // questions that it finds nothing for
		math.Abs(r.Hit1-embedded.Hit1) > .02 || r.Candidates < .9 {
		t.Errorf("%+v", r)
	}
	if c := set.Compare(local, out); c.All.SameFirst < .95 || c.All.Questions < 150 {
		t.Errorf("%+v", c)
	}

	server.Fail(func(_ context.Context, call string) error {
		if call == "Recall" {
			return errors.New("broken")
		}
		return nil
	})
	out, r = f.asks(t, h, set, engine)
	if r.Failed < r.Questions || r.Understudy != r.Failed || r.Hit1 != embedded.Hit1 {
		t.Errorf("%d failures, %d answered by the understudy, of %d questions, hit@1 %g", r.Failed, r.Understudy, r.Questions, r.Hit1)
	}
	if c := set.Compare(local, out); c.All.SameFirst != 1 || c.SameReply != 1 {
		t.Errorf("the understudy answers otherwise: %+v", c)
	}
	if err := engine.Close(); err != nil {
		t.Fatal(err)
	}
	if n := left(t, m); n != 0 {
		t.Errorf("%d generations are left", n)
	}
}

// TestEvalOutsideInterrupted: whatever ends a measurement, its index is
// removed.
func TestEvalOutsideInterrupted(t *testing.T) {
	t.Parallel()
	_, h, _ := measuring(t)
	for _, call := range []string{"Check", "Create", "Apply", "Keep"} {
		server := indextest.NewServer()
		m := server.Open("memory-"+call, "trial")
		ctx, interrupt := context.WithCancel(t.Context())
		server.Fail(func(_ context.Context, now string) error {
			if now == call {
				interrupt()
			}
			return nil
		})
		if _, err := newTrial(ctx, h, m, "trial"); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", call, err)
		}
		if n := left(t, m); n != 0 {
			t.Errorf("%s: %d generations are left", call, n)
		}
		interrupt()
	}
	m := indextest.NewServer()
	broken := errors.New("no such server")
	m.Fail(func(context.Context, string) error { return broken })
	if _, err := newTrial(t.Context(), h, m.Open("broken", "trial"), "trial"); err == nil || !strings.Contains(err.Error(), broken.Error()) {
		t.Errorf("an engine that cannot be used: %v", err)
	}
}

func TestEvalEngineFlag(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		engine, url, key, want string
	}{
		{"local", "", "", ""},
		{"local", "http://127.0.0.1:1", "k", ""},
		{"meilisearch", "http://127.0.0.1:1", "k", ""},
		{"both", "http://127.0.0.1:1, http://127.0.0.1:2", "k", ""},
		{"meilisearch", "", "", "POLICYBOT_MEILI_URL"},
		{"both", "", "", "POLICYBOT_MEILI_URL"},
		{"both", "http://127.0.0.1:1", "", "POLICYBOT_MEILI_KEY"},
		{"both", "127.0.0.1", "k", "--meili-url"},
		{"", "", "", "local, meilisearch or both"},
		{"bing", "http://127.0.0.1:1", "k", "local, meilisearch or both"},
	} {
		f := &evalFlags{engine: c.engine}
		f.MeiliURL, f.MeiliKey = c.url, c.key
		err := f.checkEngine()
		var usage usageError
		switch {
		case c.want == "" && err != nil, c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%+v: %v", c, err)
		case err != nil && !errors.As(err, &usage):
			t.Errorf("%+v: %v is no usage error", c, err)
		}
	}
}

// TestEvalLookup measures guides and questions of files that are documents and
// questions at once, among others that answer nothing.
func TestEvalLookup(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	guides := file("guides.jsonl", `{"TASK_CODE":"g1","TASK_NAME":"高龄老人津贴发放","matter_short":"高龄津贴","matter_daily":"老人钱","accept_standard":"年满八十周岁。"}
{"TASK_CODE":"g2","TASK_NAME":"城镇燃气经营许可","matter_daily":"燃气,许可","accept_standard":"有固定的场所。"}
`)
	faq := file("faq.jsonl", `{"question":"养犬登记证丢了怎么补办？","answer":"到原登记的派出所补办。"}
{"question":"图书馆周末开门吗？","answer":"开门，九点到十七点。"}
`)
	run := func(args ...string) (r eval.Report) {
		t.Helper()
		c := newEval()
		var out bytes.Buffer
		c.SetContext(t.Context())
		c.SetOut(&out)
		c.SetErr(io.Discard)
		c.SetArgs(append(args, "--json"))
		if err := c.Execute(); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := run("--guides", guides, "--with", faq); r.Questions != 2 || r.Found1 < .5 || r.Found5 < r.Found1 || r.Considered == 0 {
		t.Errorf("%+v", r)
	}
	if r := run("--faq", faq, "--with", guides); r.Questions != 2 || r.Found1 != 1 {
		t.Errorf("%+v", r)
	}
	for _, args := range [][]string{{}, {"--guides", guides, "--faq", faq}, {"--sample", "--faq", faq}} {
		c := newEval()
		c.SetArgs(args)
		c.SetErr(io.Discard)
		var usage usageError
		if err := c.Execute(); !errors.As(err, &usage) {
			t.Errorf("%v: %v", args, err)
		}
	}
}

func TestPrintEvaluation(t *testing.T) {
	t.Parallel()
	local := eval.Report{Engine: engineLocal, Questions: 3, Hit1: .75, Candidates: 1, Considered: 90, Wrong: []eval.Wrong{{ID: "w", Question: "问", Want: "d#", Got: "refused"}}}
	outside := eval.Report{Engine: engineMeilisearch, Questions: 3, Hit1: .5, Candidates: .875, Considered: 180.25, Understudy: 2, Failed: 1}
	compare := &eval.Comparison{All: eval.Agreement{Questions: 3, SameFirst: 2. / 3}, SameReply: .5, Different: []eval.Different{
		{ID: "q1", Question: "怎么办", Want: "d#a1", Sides: [2]eval.Side{{Got: "answered d#a1", Confidence: .9, Rank: 1}, {Got: "refused", Lost: true}}},
		{ID: "q2", Question: "没有的", Sides: [2]eval.Side{{Got: "refused"}, {Got: "answered x#", Confidence: .5}}},
	}}
	for _, c := range []struct {
		name        string
		of          evaluation
		json, wrong bool
		want, not   []string
	}{
		{"one", evaluation{[]eval.Report{local}, nil}, false, false, []string{"document hit@1                              0.750\n", "among the candidates         1.000\n"}, []string{"understudy", "difference", "golden", "w 问"}},
		{"one, wrong", evaluation{[]eval.Report{local}, nil}, false, true, []string{"w 问\n    want d#\n    got  refused (0.00)\n"}, nil},
		{"meilisearch", evaluation{[]eval.Report{outside}, nil}, false, false, []string{"answered by the understudy", "2, of these 1 for a failure\n"}, []string{"difference"}},
		{"both", evaluation{[]eval.Report{local, outside}, compare}, false, false,
			[]string{"difference", "-0.250", "-0.125", "+90.2", "understudy", "of 3 questions with one", "0.667", "word for word"}, []string{"怎么办"}},
		{"both, those that differ", evaluation{[]eval.Report{local, outside}, compare}, false, true,
			[]string{"q1 怎么办\n    want        d#a1\n    local       answered d#a1 (0.90)\n    meilisearch refused (0.00), the right document is no candidate\n", "q2 没有的\n    local       refused (0.00)\n"}, []string{"w 问"}},
		{"one as JSON", evaluation{[]eval.Report{outside}, nil}, true, false, []string{`"engine":"meilisearch"`, `"candidates":0.875`, `"understudy":2`}, []string{"comparison"}},
		{"both as JSON", evaluation{[]eval.Report{local, outside}, compare}, true, false, []string{`"local":{"engine"`, `"meilisearch":{`, `"same_first_source":0.66`, `"sides":[{`}, nil},
	} {
		var out bytes.Buffer
		if err := c.of.print(&out, c.json, c.wrong); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: no %q in\n%s", c.name, want, &out)
			}
		}
		for _, not := range c.not {
			if strings.Contains(out.String(), not) {
				t.Errorf("%s: %q in\n%s", c.name, not, &out)
			}
		}
	}
}

// Other questions than its own can be asked of the sample corpus.
func TestEvalOfTheSampleWithOtherQuestions(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "questions.jsonl")
	if err := os.WriteFile(file, []byte(`{"id":"x1","question":"敬老卡怎么办","doc":"jinglaoka-zhinan","anchor":"steps","status":"answered"}
{"id":"x2","question":"月球上的氧气归谁管","status":"refused"}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	r := cli(t, "", "eval", "--sample", "--questions", file).must(t, 0)
	if !strings.Contains(r.out, "golden questions                              2\n") || !strings.Contains(r.out, "right or rightly refused                    1.000\n") {
		t.Errorf("%s", r.out)
	}
}

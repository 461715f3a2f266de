//go:build unix

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/index/lexicon"
)

const lexiconHeading = "kind,word,to,weight,direction,agency,region,topic,note\n"

// keep writes a file and returns its name.
func keep(t *testing.T, name, text string) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestLexiconGoesLiveAndBack(t *testing.T) {
	t.Parallel()
	const asks, before, after = "银发卡在哪里办", "没有找到", "敬老卡"
	data := t.TempDir()
	s := startHere(t, data, append(accountArgs("safe"), "--keep-sample")...)
	p := newPhone(s, "safe", "oCitizen")
	run := func(code int, args ...string) result {
		t.Helper()
		return cli(t, "", append(append([]string{"lexicon"}, args...), "--data", data)...).must(t, code)
	}
	golden := keep(t, "golden.jsonl", `{"id":"a","question":"老人卡在哪里办","doc":"jinglaoka-zhinan"}
{"id":"b","question":"银发卡在哪里办","doc":"jinglaoka-banfa"}
`)
	live(t, p, asks, before)
	if r := run(0, "list"); !strings.Contains(r.out, "0 live") {
		t.Errorf("list: %q", r.out)
	}
	words := keep(t, "more.csv", lexiconHeading+"synonym,银发卡,敬老卡,0.9,one-way,,,,本地的叫法\n")
	if r := run(0, "import", words, "--add", "--reason", "本地的叫法", "--by", "王主任"); !strings.Contains(r.out, " entries, 1 changed from revision 0") {
		t.Errorf("import: %q", r.out)
	}
	if r := run(1, "promote", "1"); !strings.Contains(r.errs, "run 'policybot lexicon try' first") {
		t.Errorf("promoted without a trial: %q", r.errs)
	}
	if r := run(0, "try", "1", "--questions", golden); !strings.Contains(r.out, "better: b ") || !strings.Contains(r.out, "2 questions: 1 better, 0 worse") {
		t.Errorf("try: %q", r.out)
	}
	if r := run(0, "promote", "1"); !strings.Contains(r.out, "revision 1 is live and serves (before: 0)") {
		t.Errorf("promote: %q", r.out)
	}
	live(t, p, asks, after)
	if r := run(1, "promote", "1"); !strings.Contains(r.errs, "live already") {
		t.Errorf("promoted twice: %q", r.errs)
	}
	run(0, "rollback", "--reason", "先收回", "--by", "李四")
	live(t, p, asks, before)
	if r := run(1, "rollback", "--reason", "again"); !strings.Contains(r.errs, "nothing was before it") {
		t.Errorf("rolled back beyond the first: %q", r.errs)
	}
	r := run(0, "list")
	for _, says := range []string{"0 live", "王主任", "promoted 1 (before: 0)", "trial 1", "rolled back to 0 (before: 1) by 李四: 先收回"} {
		if !strings.Contains(r.out, says) {
			t.Errorf("list does not say %q: %s", says, r.out)
		}
	}
	if r := run(0, "show", "1"); !strings.Contains(r.out, "+ synonym 银发卡 → 敬老卡 × 0.9") {
		t.Errorf("show: %q", r.out)
	}
}

func TestLexiconWithOtherDomainWords(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := startHere(t, data, append(accountArgs("safe"), "--keep-sample")...)
	p := newPhone(s, "safe", "oCitizen")
	run := func(code int, args ...string) result {
		t.Helper()
		return cli(t, "", append(append([]string{"lexicon"}, args...), "--data", data)...).must(t, code)
	}
	heating := keep(t, "heating.jsonl", `{"id":"heating","kind":"policy","title":"采暖费收取规定","text":"第一条 采暖费每平方米二十四元。\n第二条 空置房屋的采暖费减收一半。"}`)
	cli(t, "", "import", "--data", data, "--publish", heating).must(t, 0)
	words := keep(t, "words.csv", "kind,word\ndomain,青岚政务\n")
	run(0, "import", words, "--reason", "几乎没有词")
	if r := run(1, "try", "1", "--questions", keep(t, "q.jsonl", `{"id":"a","question":"暖气费一平米多少钱","doc":"heating"}`)); !strings.Contains(r.out, "worse: a ") || !strings.Contains(r.out, "  live: ") || !strings.Contains(r.out, "  new: ") {
		t.Errorf("try: %q", r.out)
	}
	if r := run(1, "promote", "1"); !strings.Contains(r.errs, "1 of 1 questions got worse") {
		t.Errorf("promoted what is worse: %q", r.errs)
	}
	if r := run(0, "promote", "1", "--because", "演练", "--wait"); !strings.Contains(r.out, "revision 1 is live and serves") {
		t.Errorf("promote: %q", r.out)
	}
	if got := cli(t, "", "ask", "--explain", "敬老卡在哪里办", "--data", data).must(t, 0); !strings.Contains(got.out, "lexicon 1-") {
		t.Errorf("ask: %q", got.out)
	}
	run(0, "rollback", "--reason", "演练结束", "--wait")
	live(t, p, "老人卡在哪里办", "敬老卡")
}

func TestLexiconRefuses(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	startHere(t, data)
	good := keep(t, "good.csv", lexiconHeading+"synonym,银发卡,敬老卡,0.9,one-way,,,,\n")
	for _, c := range []struct {
		code int
		says string
		args []string
	}{
		{2, "the reason is empty", []string{"import", good}},
		{1, "line 2: the weight", []string{"import", keep(t, "a.csv", "word,to,weight\n房本,房产证,9\n"), "--reason", "r"}},
		{1, "no such file", []string{"import", "missing.csv", "--reason", "r"}},
		{1, "there is no revision 7", []string{"show", "7"}},
		{1, "there is no revision 7", []string{"try", "7"}},
		{1, "there is no revision 7", []string{"promote", "7", "--because", "r"}},
		{2, "no number of a revision", []string{"promote", "seven"}},
		{2, "the reason of --because is empty", []string{"promote", "1", "--because", " "}},
		{2, "neither csv nor jsonl", []string{"export", "--format", "xml"}},
		{2, "the reason is empty", []string{"rollback"}},
	} {
		if r := cli(t, "", append(append([]string{"lexicon"}, c.args...), "--data", data)...).must(t, c.code); !strings.Contains(r.errs, c.says) {
			t.Errorf("%v: %q, want %q", c.args, r.errs, c.says)
		}
	}
	out := filepath.Join(t.TempDir(), "out.jsonl")
	cli(t, "", "lexicon", "export", out, "--data", data).must(t, 0)
	if r := cli(t, "", "lexicon", "import", out, "--reason", "r", "--data", data).must(t, 1); !strings.Contains(r.errs, "that is revision 0, which is live") {
		t.Errorf("imported what is live: %q", r.errs)
	}
}

func TestCuesOfTheLexicon(t *testing.T) {
	t.Parallel()
	if got, want := lexicon.Routes(), bot.CueRoutes(); !slices.Equal(got, want) {
		t.Errorf("routes %v, those of the bot are %v", got, want)
	}
	data := t.TempDir()
	startHere(t, data)
	const alarm, asks = "老人噎住了", "侬好呀"
	if got := asked(t, data, nil, alarm, asks); got[0].Status == bot.Emergency || got[1].Status == bot.SmallTalk {
		t.Fatalf("routed before: %+v", got)
	}
	words := keep(t, "cues.csv", "kind,word,to\ncue,噎住了,emergency\ncue,侬好呀,hello\n")
	cli(t, "", "lexicon", "import", words, "--add", "--reason", "r", "--data", data).must(t, 0)
	cli(t, "", "lexicon", "promote", "1", "--because", "r", "--data", data).must(t, 0)
	if got := asked(t, data, nil, alarm, asks); got[0].Status != bot.Emergency || got[1].Status != bot.SmallTalk {
		t.Errorf("not routed: %+v", got)
	}
}

// TestLexiconPromotedElsewhere: another process puts a revision live, also one
// that ended before the index of its domain words was made.
func TestLexiconPromotedElsewhere(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := startHere(t, data)
	elsewhere := func(revision, before int) {
		t.Helper()
		db := database(t, data)
		defer db.Close()
		if _, err := db.Exec(`INSERT INTO lexicon_switches (revision, before, author, reason, at) VALUES ($1, $2, 'a', 'r', 1)`, revision, before); err != nil {
			t.Fatal(err)
		}
	}
	serves := func(revision string) {
		t.Helper()
		eventually(t, "revision "+revision+" to serve", func() bool {
			return strings.Contains(cli(t, "", "ask", "--explain", "老人卡在哪里办", "--data", data).out, ", lexicon "+revision)
		})
	}
	run := func(args ...string) {
		cli(t, "", append(append([]string{"lexicon"}, args...), "--data", data)...).must(t, 0)
	}
	run("import", keep(t, "a.csv", "kind,word\ndomain,青岚政务\n"), "--reason", "r")
	run("import", keep(t, "b.csv", lexiconHeading+"synonym,银发卡,敬老卡,0.9,one-way,,,,\n"), "--add", "--reason", "r")
	elsewhere(2, 0)
	serves("2-")
	s.stop()
	elsewhere(1, 2)
	s = startHere(t, data)
	serves("1-")
	// The index on disk served until the new one was there.
	eventually(t, "the log to say so", func() bool { return strings.Contains(s.log.String(), "revision=1 before=2 built=true") })
}

// TestConcurrentPromotions: of two that follow the same revision one does, and
// what serves is what the store says.
func TestConcurrentPromotions(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	startHere(t, data)
	const many = 4
	for i := range many {
		words := keep(t, "w.csv", lexiconHeading+"synonym,"+strings.Repeat("银", i+1)+"发卡,敬老卡,0.9,one-way,,,,\n")
		cli(t, "", "lexicon", "import", words, "--add", "--reason", "r", "--data", data).must(t, 0)
	}
	codes := make([]int, many)
	var g sync.WaitGroup
	for i := range many {
		g.Go(func() {
			codes[i] = cli(t, "", "lexicon", "promote", string(rune('1'+i)), "--because", "r", "--data", data).code
		})
	}
	g.Wait()
	eventually(t, "the live revision to serve", func() bool {
		return strings.Contains(cli(t, "", "lexicon", "list", "--data", data).out, " live ")
	})
	done := 0
	for _, c := range codes {
		if c == 0 {
			done++
		}
	}
	if done == 0 {
		t.Error("nobody was promoted")
	}
}

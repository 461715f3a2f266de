package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract"
	"github.com/policybot/policybot/index"
)

// benchEnv names the folder of the benchmark corpora.
const benchEnv = "POLICYBOT_BENCH"

// benchSize is how much is loaded: everything, with the laws so many times
// under other IDs.
type benchSize struct {
	name string
	laws int
}

var benchSizes = []benchSize{{"50k", 1}, {"150k", 3}}

func benchRoot(b *testing.B) string {
	b.Helper()
	root := os.Getenv(benchEnv)
	if root == "" {
		// go test keeps quiet about benchmarks that are skipped.
		fmt.Fprintf(os.Stderr, "SKIPPED %s: %s does not name the folder of the benchmark corpora\n", b.Name(), benchEnv)
		b.SkipNow()
	}
	return root
}

// built is this program, built once.
var built = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "policybot-bench-bin-")
	if err != nil {
		return "", err
	}
	program := filepath.Join(folder, "policybot")
	out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return program, nil
})

// command is a run of the program with nothing of our own environment's
// settings.
func command(b *testing.B, args ...string) *exec.Cmd {
	b.Helper()
	program, err := built()
	if err != nil {
		b.Fatal(err)
	}
	c := exec.Command(program, args...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "POLICYBOT_") {
			c.Env = append(c.Env, v)
		}
	}
	return c
}

func run(b *testing.B, args ...string) {
	b.Helper()
	if out, err := command(b, args...).CombinedOutput(); err != nil {
		b.Fatalf("policybot %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// benchData returns a data folder of this benchmark's own, copied from one
// that is prepared once and kept in the temporary folder as long as neither
// corpora nor code change.
func benchData(b *testing.B, size benchSize) string {
	b.Helper()
	root := benchRoot(b)
	key := benchKey(b, root)
	kept := filepath.Join(os.TempDir(), "policybot-bench-"+key, size.name)
	if _, err := os.Stat(kept); err != nil {
		forgetOld(b)
		prepare(b, root, kept, size)
	}
	mine := filepath.Join(b.TempDir(), "data")
	if err := os.CopyFS(mine, os.DirFS(kept)); err != nil {
		b.Fatal(err)
	}
	return mine
}

func prepare(b *testing.B, root, kept string, size benchSize) {
	b.Helper()
	laws := []string{filepath.Join(root, "laws")}
	if size.laws > 1 {
		copies := filepath.Join(b.TempDir(), "laws")
		for n := range size.laws {
			if err := os.CopyFS(filepath.Join(copies, strconv.Itoa(n)), os.DirFS(laws[0])); err != nil {
				b.Fatal(err)
			}
		}
		laws[0] = copies
	}
	raw := kept + ".part"
	if err := os.RemoveAll(raw); err != nil {
		b.Fatal(err)
	}
	run(b, append([]string{"import", "--data", raw, "--publish", filepath.Join(root, "ncp", "documents.jsonl")}, laws...)...)
	run(b, "import", "--data", raw, "--publish", "--map", "testdata/guides.map.yaml", filepath.Join(root, "guides", "guides.jsonl"))
	if err := os.Rename(raw, kept); err != nil {
		b.Fatal(err)
	}
}

// benchKey changes with the corpora and with the code that decides what a
// data folder holds.
func benchKey(b *testing.B, root string) string {
	b.Helper()
	sum := sha256.New()
	for _, folder := range []string{"../../corpus", "../../index", "../../store", "testdata", root} {
		err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || strings.HasSuffix(path, "_test.go") {
				return err
			}
			info, err := e.Info()
			if err != nil {
				return err
			}
			if folder == root {
				fmt.Fprintln(sum, path, info.Size())
				return nil
			}
			data, err := os.ReadFile(path)
			fmt.Fprintln(sum, path, len(data))
			sum.Write(data)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// forgetOld removes prepared folders of code that is gone.
func forgetOld(b *testing.B) {
	b.Helper()
	old, err := filepath.Glob(filepath.Join(os.TempDir(), "policybot-bench-*"))
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range old {
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > time.Hour {
			_ = os.RemoveAll(name) // another run may be doing the same
		}
	}
}

// server is a running policybot.
type server struct {
	process *exec.Cmd
	base    string
	ready   time.Duration // from start to ready
	log     string
}

// startServer starts one over a data folder and returns when it is ready.
func startServer(b *testing.B, data string, safe bool) *server {
	b.Helper()
	s := &server{log: filepath.Join(b.TempDir(), "log")}
	s.process = command(b, "serve", "--data", data, "--addr", "127.0.0.1:0")
	s.process.Env = append(s.process.Env, "POLICYBOT_WECHAT_TOKEN="+loadToken, "POLICYBOT_WECHAT_APPID="+loadAppID)
	if safe {
		s.process.Env = append(s.process.Env, "POLICYBOT_WECHAT_AES_KEY="+loadKey)
	}
	log, err := os.Create(s.log)
	if err != nil {
		b.Fatal(err)
	}
	defer log.Close() // the child has its own
	s.process.Stderr = log
	out, err := s.process.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	if err := s.process.Start(); err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && s.base == "" {
		if f := strings.Fields(lines.Text()); len(f) == 3 && f[0] == "try" {
			s.base, s.ready = strings.TrimSuffix(f[2], "/"), time.Since(start)
		}
	}
	if s.base == "" {
		b.Fatalf("serve did not get ready:\n%s", s.tail())
	}
	return s
}

func (s *server) tail() string {
	data, err := os.ReadFile(s.log)
	if err != nil {
		return err.Error()
	}
	return string(data[max(0, len(data)-2000):])
}

// stop ends the server and returns how often its log names each status.
func (s *server) stop(b *testing.B) map[string]int {
	b.Helper()
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		b.Fatal(err)
	}
	if err := s.process.Wait(); err != nil {
		b.Fatalf("serve: %v\n%s", err, s.tail())
	}
	data, err := os.ReadFile(s.log)
	if err != nil {
		b.Fatal(err)
	}
	counts := map[string]int{}
	for line := range bytes.Lines(data) {
		if !bytes.Contains(line, []byte("msg=callback ")) {
			continue
		}
		_, rest, _ := bytes.Cut(line, []byte(" status="))
		status, _, _ := bytes.Cut(rest, []byte(" "))
		counts[string(status)]++
	}
	return counts
}

// resident returns a process's resident memory in MB: all of it, and what of
// it is not a file's (the mapped snapshot can be given back at any time).
func (s *server) resident(b *testing.B) (all, private float64) {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.Process.Pid))
	if err != nil {
		b.Skipf("SKIPPED: resident memory is read from /proc: %v", err)
	}
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); len(f) == 3 {
			kb, _ := strconv.ParseFloat(f[1], 64) // other lines have words there
			switch f[0] {
			case "VmRSS:":
				all = kb / 1024
			case "RssAnon:":
				private = kb / 1024
			}
		}
	}
	return all, private
}

// processor returns the seconds of processor time that a process has used:
// unlike the clock it does not depend on what else the machine does.
func (s *server) processor(b *testing.B) float64 {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.process.Process.Pid))
	if err != nil {
		b.Skipf("SKIPPED: processor time is read from /proc: %v", err)
	}
	f := strings.Fields(string(data))
	user, _ := strconv.ParseFloat(f[13], 64)   // numbers by definition
	system, _ := strconv.ParseFloat(f[14], 64) //
	return (user + system) / 100
}

// benchQuestions reads the questions of a file of bench/ncp.
func benchQuestions(b *testing.B, file string) []string {
	b.Helper()
	data, err := os.ReadFile(filepath.Join(benchRoot(b), "ncp", file))
	if err != nil {
		b.Fatal(err)
	}
	var all []string
	for line := range bytes.Lines(data) {
		var q struct{ Question string }
		if err := json.Unmarshal(line, &q); err != nil {
			b.Fatal(err)
		}
		all = append(all, q.Question)
	}
	return all
}

// What can be asked: with and without an answer in the corpus. The second
// takes longer, for it is asked of outdated documents too.
const (
	answerable   = "questions.jsonl"
	unanswerable = "unanswerable.jsonl"
)

// Openings and endings make several questions of one, without making two in
// one message of it.
var (
	openings = []string{"", "请问", "你好，", "麻烦问一下", "我想了解"}
	endings  = []string{"？", "", "呢？", "呀", "！！", "啊", "（急）", "～"}
)

// another returns messages that never ask the same twice.
func another(questions []string) func(n int) message {
	return func(n int) message {
		round := n / len(questions)
		text := openings[round/len(endings)%len(openings)] +
			strings.TrimRight(questions[n%len(questions)], "？?") + endings[round%len(endings)]
		if round /= len(endings) * len(openings); round > 0 {
			text += fmt.Sprintf("（第%d次）", round+1)
		}
		return message{id: n, person: fmt.Sprintf("oLoad%023d", n), text: text}
	}
}

func reportTimes(b *testing.B, name string, took []time.Duration) {
	b.Helper()
	slices.Sort(took)
	for _, p := range []int{50, 99} {
		b.ReportMetric(float64(took[len(took)*p/100].Nanoseconds())/1e6, fmt.Sprintf("%s-p%d-ms", name, p))
	}
}

// BenchmarkImport imports and publishes, by the command, a thousand documents
// of about median length, and all corpora.
func BenchmarkImport(b *testing.B) {
	root := benchRoot(b)
	median := medianDocuments(b, root)
	for _, in := range []struct{ name, path string }{{"median", median}, {"laws", filepath.Join(root, "laws")}} {
		b.Run(in.name, func(b *testing.B) {
			documents := 0
			for b.Loop() {
				data := filepath.Join(b.TempDir(), "data")
				out, err := command(b, "import", "--data", data, "--publish", in.path).Output()
				if err != nil {
					b.Fatal(err)
				}
				var n int
				if _, err := fmt.Sscanf(string(out), "%d documents", &n); err != nil || n == 0 {
					b.Fatalf("%v: %s", err, out)
				}
				documents += n
			}
			b.ReportMetric(float64(documents)/b.Elapsed().Seconds(), "documents/s")
		})
	}
}

// medianDocuments writes the thousand documents around the median length.
func medianDocuments(b *testing.B, root string) string {
	b.Helper()
	data, err := os.ReadFile("testdata/guides.map.yaml")
	if err != nil {
		b.Fatal(err)
	}
	guides, err := extract.ParseMap(data)
	if err != nil {
		b.Fatal(err)
	}
	var all []corpus.Content
	keep := func(r extract.Record) error { all = append(all, r.Content); return nil }
	pass := func(extract.Problem) error { return nil }
	for _, in := range []struct {
		path string
		opts extract.Options
	}{{"laws", extract.Options{}}, {"ncp/documents.jsonl", extract.Options{}}, {"guides/guides.jsonl", extract.Options{Map: guides}}} {
		if err := extract.Walk(b.Context(), []string{filepath.Join(root, in.path)}, in.opts, keep, pass); err != nil {
			b.Fatal(err)
		}
	}
	slices.SortStableFunc(all, func(x, y corpus.Content) int { return cmp.Compare(len(x.Text), len(y.Text)) })
	all = all[len(all)/2-500 : len(all)/2+500]
	b.Logf("median: %d to %d bytes of text", len(all[0].Text), len(all[len(all)-1].Text))
	var lines bytes.Buffer
	enc := json.NewEncoder(&lines)
	for i, c := range all {
		if err := enc.Encode(map[string]string{"id": fmt.Sprintf("m%d", i), "title": c.Document.Title, "text": c.Text}); err != nil {
			b.Fatal(err)
		}
	}
	path := filepath.Join(b.TempDir(), "median.jsonl")
	if err := os.WriteFile(path, lines.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

// BenchmarkStart measures from the start of the process to ready, with an
// existing snapshot.
func BenchmarkStart(b *testing.B) {
	for _, size := range benchSizes {
		b.Run(size.name, func(b *testing.B) {
			data := benchData(b, size)
			var took []time.Duration
			var all, private float64
			for b.Loop() {
				s := startServer(b, data, true)
				took = append(took, s.ready)
				all, private = s.resident(b)
				s.stop(b)
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "ready-ms")
			b.ReportMetric(all, "rss-MB")
			b.ReportMetric(private, "rss-private-MB")
		})
	}
}

// timed measures an engine under a shelf.
type timed struct {
	index.Engine
	took []time.Duration
}

func (t *timed) View() (index.View, error) {
	v, err := t.Engine.View()
	return &timedView{v, t}, err
}

type timedView struct {
	index.View
	engine *timed
}

func (v *timedView) Recall(ctx context.Context, terms []index.Weighted, f index.Filter, limit int) ([]index.Candidate, error) {
	start := time.Now()
	found, err := v.View.Recall(ctx, terms, f, limit)
	v.engine.took = append(v.engine.took, time.Since(start))
	return found, err
}

func benchApp(b *testing.B, size benchSize) *app {
	b.Helper()
	s := settings{Addr: "127.0.0.1:8080", Data: benchData(b, size), Token: loadToken}
	a, err := openApp(b.Context(), s, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := a.Close(); err != nil {
			b.Error(err)
		}
	})
	if err := a.sync(b.Context()); err != nil {
		b.Fatal(err)
	}
	return a
}

// BenchmarkFind measures the engine's share (its top 100 for the terms that a
// question is really asked with) and the whole of finding.
func BenchmarkFind(b *testing.B) {
	for _, size := range benchSizes {
		b.Run(size.name, func(b *testing.B) {
			a := benchApp(b, size)
			words := make(chan wording, 1)
			if err := loadWords(words); err != nil {
				b.Fatal(err)
			}
			w, engine := <-words, &timed{Engine: a.engine}
			shelf := index.NewShelf("local", engine, a.store, a.log)
			shelf.Use(w.lexicon, w.segmenter)
			if err := shelf.Sync(b.Context()); err != nil {
				b.Fatal(err)
			}
			questions, day := benchQuestions(b, answerable), corpus.DayOf(time.Now())
			var took []time.Duration
			find := func(q string) {
				start := time.Now()
				if _, err := shelf.Find(b.Context(), index.Query{Text: q, Account: defaultAccount, Day: day, Own: true, Limit: 10}); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(start))
			}
			for _, q := range questions[:200] {
				find(q)
			}
			took, engine.took = nil, nil
			b.ReportAllocs()
			n := 0
			for ; b.Loop(); n++ {
				find(questions[n%len(questions)])
			}
			reportTimes(b, "engine", engine.took)
			reportTimes(b, "find", took)
		})
	}
}

// BenchmarkAnswer measures a question in process, from text to reply.
func BenchmarkAnswer(b *testing.B) {
	for _, size := range benchSizes {
		b.Run(size.name, func(b *testing.B) {
			a, ask := benchApp(b, size), another(benchQuestions(b, answerable))
			var took []time.Duration
			answer := func(n int) {
				m := ask(n)
				start := time.Now()
				r := a.responder.Answer(b.Context(), bot.Question{Account: defaultAccount, Kind: bot.Text, Text: m.text, Time: start})
				if took = append(took, time.Since(start)); r.Status == bot.Failed {
					b.Fatal(r.Reason)
				}
			}
			for n := range 200 {
				answer(n)
			}
			took = nil
			b.ReportAllocs()
			for n := 200; b.Loop(); n++ {
				answer(n)
			}
			reportTimes(b, "answer", took)
		})
	}
}

// BenchmarkCallback measures over HTTP, with signature, ranking and journal,
// every question another: one at a time, then 32 at once for ten seconds with
// the generator on the same cores.
func BenchmarkCallback(b *testing.B) {
	for _, size := range benchSizes {
		for _, of := range []struct {
			name string
			safe bool
			file string
		}{{"safe", true, answerable}, {"plain", false, answerable}, {"unanswerable", true, unanswerable}} {
			b.Run(size.name+"/"+of.name, func(b *testing.B) { callbacks(b, size, of.safe, of.file) })
		}
	}
}

func callbacks(b *testing.B, size benchSize, safe bool, file string) {
	s := startServer(b, benchData(b, size), safe)
	p, err := newPlatform(s.base+"/wechat/"+defaultAccount, safe)
	if err != nil {
		b.Fatal(err)
	}
	ask := another(benchQuestions(b, file))
	p.flood(b.Context(), ask, 1, time.Second) // warms what a minute of work does
	from := 1_000_000
	shifted := func(n int) message { m := ask(n); m.id = n + from; return m }
	for b.Loop() {
		one := p.flood(b.Context(), shifted, 1, 5*time.Second)
		from += 1_000_000
		used := s.processor(b)
		many := p.flood(b.Context(), shifted, 32, 10*time.Second)
		b.ReportMetric(1000*(s.processor(b)-used)/float64(len(many.took)), "cpu-ms/callback")
		from += 1_000_000
		for _, r := range []burst{one, many} {
			if r.lost+r.changed > 0 {
				b.Errorf("%d of %d messages without a reply, %d of %d repeats changed: %v", r.lost, len(r.took), r.changed, r.repeats, r.first)
			}
		}
		reportTimes(b, "one", one.took)
		reportTimes(b, "many", many.took)
		b.ReportMetric(float64(len(many.took))/many.elapsed.Seconds(), "callbacks/s")
		b.ReportMetric(float64(one.lost+many.lost), "lost")
		b.ReportMetric(float64(one.changed+many.changed), "changed")
		b.ReportMetric(float64(one.repeats+many.repeats), "repeats")
	}
	all, private := s.resident(b)
	b.ReportMetric(all, "rss-MB")
	b.ReportMetric(private, "rss-private-MB")
	statuses := s.stop(b)
	b.Logf("statuses: %v", statuses)
	if n := statuses[string(bot.Failed)] + statuses[string(bot.Limited)]; n > 0 {
		b.Errorf("%d callbacks failed or were put off: %v", n, statuses)
	}
}

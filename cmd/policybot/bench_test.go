package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract"
	"github.com/policybot/policybot/index"
)

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

// guidesMap is how the public service guides are read, the same as in the
// tests of extract.
const guidesMap = "../../corpus/extract/testdata/guides-map.yaml"

// medianDocuments writes the thousand documents around the median length.
func medianDocuments(b *testing.B, root string) string {
	b.Helper()
	data, err := os.ReadFile(guidesMap)
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
			w, engine := a.lexicons.serving(), &timed{Engine: a.engine}
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

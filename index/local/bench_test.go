package local

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// benchEnv names the folder of the benchmark corpora.
const benchEnv = "POLICYBOT_BENCH"

var article = regexp.MustCompile(`(?m)^第[一二三四五六七八九十百千零]+条`)

// benchData is the laws cut at their articles, three times under other ids,
// the news texts whole, and the questions about those.
type benchData struct {
	units     []*index.Unit
	questions [][]index.Weighted
}

var loadBench = sync.OnceValues(func() (*benchData, error) {
	root := os.Getenv(benchEnv)
	d := &benchData{}
	for copied := range 3 {
		if err := d.laws(filepath.Join(root, "laws"), copied); err != nil {
			return nil, err
		}
	}
	err := eachLine(filepath.Join(root, "ncp", "documents.jsonl"), func(line []byte) error {
		var r struct{ ID, Text string }
		err := json.Unmarshal(line, &r)
		d.units = append(d.units, &index.Unit{Document: r.ID, Revision: 1, Kind: corpus.Notice, Class: index.WholeUnit, Body: r.Text})
		return err
	})
	if err != nil {
		return nil, err
	}
	return d, eachLine(filepath.Join(root, "ncp", "questions.jsonl"), func(line []byte) error {
		var r struct{ Question string }
		err := json.Unmarshal(line, &r)
		d.questions = append(d.questions, query(r.Question))
		return err
	})
})

func (d *benchData) laws(root string, copied int) error {
	return filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".md") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text, title := string(data), strings.TrimSuffix(e.Name(), ".md")
		document := fmt.Sprintf("%d-%s-%s", copied, filepath.Base(filepath.Dir(path)), title)
		cuts := append(article.FindAllStringIndex(text, -1), []int{len(text)})
		for i, from := 0, 0; i < len(cuts); i++ {
			body := text[from:cuts[i][0]]
			if strings.TrimSpace(body) != "" {
				d.units = append(d.units, &index.Unit{
					Document: document, Revision: 1, Ordinal: i, Kind: corpus.Policy, Class: index.ArticleUnit,
					Title: title, Context: title, Body: body, Start: from, From: "2001-01-01",
					Passages: []corpus.Passage{{Anchor: fmt.Sprintf("a%d", i), Role: corpus.BodyRole, Path: []string{title}, End: len(body)}},
				})
			}
			from = cuts[i][0]
		}
		return nil
	})
}

func eachLine(name string, do func([]byte) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 8<<20)
	for lines.Scan() {
		if err := do(lines.Bytes()); err != nil {
			return err
		}
	}
	return lines.Err()
}

// query makes each different bigram of a text a term.
func query(text string) []index.Weighted {
	var out []index.Weighted
	index.Bigrams(text, func(t index.Term) {
		if !slices.ContainsFunc(out, func(w index.Weighted) bool { return w.Term == t }) {
			out = append(out, index.Weighted{Term: t, Weight: 1})
		}
	})
	return out
}

func sequence(units []*index.Unit) iter.Seq2[*index.Unit, error] {
	return func(yield func(*index.Unit, error) bool) {
		for _, u := range units {
			if !yield(u, nil) {
				return
			}
		}
	}
}

func benchCorpus(b *testing.B) *benchData {
	b.Helper()
	if os.Getenv(benchEnv) == "" {
		b.Skipf("SKIPPED: %s does not name the folder of the benchmark corpora", benchEnv)
	}
	d, err := loadBench()
	if err != nil {
		b.Fatal(err)
	}
	return d
}

func benchIndex(b *testing.B, d *benchData) *Index {
	b.Helper()
	x, err := Open(b.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = x.Close() })
	if err := x.Rebuild(context.Background(), "bench", 1, sequence(d.units)); err != nil {
		b.Fatal(err)
	}
	return x
}

func BenchmarkRecall(b *testing.B) {
	d := benchCorpus(b)
	x := benchIndex(b, d)
	for _, f := range []struct {
		name   string
		filter index.Filter
	}{
		{"all", index.Filter{}},
		{"day", index.Filter{Account: "default", Day: "2026-11-01", Own: true}},
	} {
		b.Run(f.name, func(b *testing.B) { recallAll(b, x, d, f.filter) })
	}
	for i := range 200 {
		n := i * 97 % len(d.units)
		u := *d.units[n]
		u.Document = fmt.Sprint("new", i)
		if err := x.Apply(context.Background(), []*index.Unit{&u}, []string{d.units[n].Document}, int64(i)); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("applied", func(b *testing.B) { recallAll(b, x, d, index.Filter{Account: "default", Day: "2026-11-01"}) })
}

func recallAll(b *testing.B, x *Index, d *benchData, f index.Filter) {
	v, err := x.View()
	if err != nil {
		b.Fatal(err)
	}
	defer v.Release()
	var took []time.Duration
	for b.Loop() {
		for _, q := range d.questions {
			start := time.Now()
			if _, err := v.Recall(context.Background(), q, f, 100); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(start))
		}
	}
	slices.Sort(took)
	for _, p := range []int{50, 90, 99} {
		b.ReportMetric(float64(took[len(took)*p/100].Nanoseconds())/1e6, fmt.Sprintf("p%d-ms", p))
	}
	b.ReportMetric(float64(v.Count()), "units")
}

// BenchmarkWeigh weighs 180 places that another engine may have brought: the
// 180 best, so that each has terms to be looked up.
func BenchmarkWeigh(b *testing.B) {
	d := benchCorpus(b)
	v, err := benchIndex(b, d).View()
	if err != nil {
		b.Fatal(err)
	}
	defer v.Release()
	f := index.Filter{Account: "default", Day: "2026-11-01"}
	brought := make([][]index.Place, len(d.questions))
	for i, q := range d.questions {
		found, err := v.Recall(b.Context(), q, f, 180)
		if err != nil {
			b.Fatal(err)
		}
		for _, c := range found {
			u := v.Unit(c.ID)
			brought[i] = append(brought[i], index.Place{Document: u.Document, Ordinal: u.Ordinal})
		}
	}
	b.ReportAllocs()
	b.ReportMetric(float64(v.Count()), "units")
	for i := 0; b.Loop(); i++ {
		n := i % len(brought)
		if _, err := v.Weigh(b.Context(), brought[n], d.questions[n], f, 100); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRebuild(b *testing.B) {
	d := benchCorpus(b)
	x, err := Open(b.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer x.Close()
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var peak atomic.Uint64
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go watchHeap(ctx, &peak)
	for b.Loop() {
		if err := x.Rebuild(context.Background(), "bench", 1, sequence(d.units)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(d.units)), "units")
	b.ReportMetric(float64(peak.Load()-min(peak.Load(), before.HeapAlloc))/(1<<20), "peak-MB")
	base := x.now.Load().segments[0]
	b.ReportMetric(float64(len(base.postings)/4)/1e6, "Mpostings")
	if info, err := os.Stat(filepath.Join(x.folder, snapshotName)); err == nil {
		b.ReportMetric(float64(info.Size())/(1<<20), "file-MB")
	}
}

// watchHeap keeps the largest heap seen.
func watchHeap(ctx context.Context, peak *atomic.Uint64) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		<-tick.C
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak.Store(max(peak.Load(), m.HeapAlloc))
	}
}

func BenchmarkOpen(b *testing.B) {
	x := benchIndex(b, benchCorpus(b))
	for b.Loop() {
		s, err := openSnapshot(filepath.Join(x.folder, snapshotName))
		if err != nil {
			b.Fatal(err)
		}
		newState(s.meta, []*segment{s}, nil, counts{}).release()
	}
}

func BenchmarkFlush(b *testing.B) {
	d := benchCorpus(b)
	x := benchIndex(b, d)
	for i := 0; b.Loop(); i++ {
		if err := x.Apply(context.Background(), d.units[:1], nil, int64(i)); err != nil {
			b.Fatal(err)
		}
		if err := x.Flush(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkApply(b *testing.B) {
	d := benchCorpus(b)
	x := benchIndex(b, d)
	for i := 0; b.Loop(); i++ {
		u := *d.units[i%len(d.units)]
		u.Document = fmt.Sprint("new", i)
		if err := x.Apply(context.Background(), []*index.Unit{&u}, nil, int64(i)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUnit(b *testing.B) {
	x := benchIndex(b, benchCorpus(b))
	v, err := x.View()
	if err != nil {
		b.Fatal(err)
	}
	defer v.Release()
	for i := uint32(0); b.Loop(); i += 7919 {
		_ = v.Unit(i % uint32(v.Count()))
	}
}

package index_test

import (
	"bufio"
	"context"
	"encoding/json"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/policybot/policybot/corpus/extract"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/local"
	"github.com/policybot/policybot/index/segment"
)

// BenchmarkFind measures a question on public policy documents: recall,
// ranking, snippets and confidence. POLICYBOT_BENCH names their folder.
func BenchmarkFind(b *testing.B) {
	shelf, questions := benchShelf(b)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, err := shelf.Find(b.Context(), index.Query{Text: questions[i%len(questions)], Limit: 10}); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

// BenchmarkFindOutside is the same where an engine outside of the process has
// brought the candidates: what the probe and the weighing cost.
func BenchmarkFindOutside(b *testing.B) {
	shelf, questions := benchShelf(b)
	questions = questions[:min(len(questions), 200)]
	brought := make([][]index.Place, len(questions))
	for i, q := range questions {
		res, err := shelf.Find(b.Context(), index.Query{Text: q, Limit: 10, Trace: true})
		if err != nil {
			b.Fatal(err)
		}
		brought[i] = res.Explain.Recalled
	}
	i := 0
	shelf.Prefer(recall(func() []index.Place { return brought[i%len(brought)] }))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := shelf.Find(b.Context(), index.Query{Text: questions[i%len(questions)], Limit: 10}); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

// recall is an engine that has its answer ready.
type recall func() []index.Place

func (r recall) Recall(context.Context, index.Probe) ([]index.Place, string, error) {
	return r(), "elsewhere", nil
}

func benchShelf(b *testing.B) (*index.Shelf, []string) {
	folder := os.Getenv("POLICYBOT_BENCH")
	if folder == "" {
		b.Skip("POLICYBOT_BENCH does not name the folder of public benchmark data")
	}
	lex, err := index.ShippedLexicon()
	if err != nil {
		b.Fatal(err)
	}
	seg, err := segment.New(lex.Domain)
	if err != nil {
		b.Fatal(err)
	}
	engine, err := local.Open(b.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = engine.Close() })
	if err := engine.Rebuild(b.Context(), "bench", 1, benchUnits(b, seg, filepath.Join(folder, "ncp", "documents.jsonl"))); err != nil {
		b.Fatal(err)
	}
	shelf := index.NewShelf("local", engine, nil, slog.New(slog.DiscardHandler))
	shelf.Use(lex, seg)
	return shelf, benchQuestions(b, filepath.Join(folder, "ncp", "questions.jsonl"))
}

func benchUnits(b *testing.B, seg index.Segmenter, file string) iter.Seq2[*index.Unit, error] {
	return func(yield func(*index.Unit, error) bool) {
		err := extract.Walk(b.Context(), []string{file}, extract.Options{}, func(r extract.Record) error {
			c := r.Content
			for _, u := range index.Units(c.Document, corpusRevision(c.Document.ID, c.Text, c.Passages)) {
				u.AddWords(seg)
				if !yield(u, nil) {
					return nil
				}
			}
			return nil
		}, func(extract.Problem) error { return nil })
		if err != nil {
			b.Error(err)
		}
	}
}

func benchQuestions(b *testing.B, file string) []string {
	f, err := os.Open(file)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	var out []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var q struct{ Question string }
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			b.Fatal(err)
		}
		out = append(out, q.Question)
	}
	return out
}

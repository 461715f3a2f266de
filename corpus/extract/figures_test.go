package extract

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/clause"
)

// labels reads a table of two columns that people wrote by reading documents:
// a key and what is right, - for nothing.
func labels(t *testing.T, name string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if key, value, ok := strings.Cut(line, "\t"); ok && !strings.HasPrefix(line, "#") {
			out[key] = value
		}
	}
	return out
}

// score counts what was found against what is right.
type score struct{ right, wrong, missed, none int }

func (s *score) add(t *testing.T, key, got, want string) {
	t.Helper()
	switch {
	case want == "-" && got == "":
		s.none++
	case got == want:
		s.right++
	case got == "":
		s.missed++
		t.Logf("%s: nothing found, %s is right", key, want)
	default:
		s.wrong++
		t.Logf("%s: %s found, %s is right", key, got, want)
	}
}

func (s score) precision() float64 { return float64(s.right) / float64(max(1, s.right+s.wrong)) }
func (s score) recall() float64    { return float64(s.right) / float64(max(1, s.right+s.missed+s.wrong)) }

// walkBench reads a set of the folder that POLICYBOT_BENCH names.
func walkBench(t testing.TB, set string, opts Options, yield func(corpus.Content)) {
	t.Helper()
	bench := os.Getenv("POLICYBOT_BENCH")
	if bench == "" {
		t.Skip("NOT TESTED: POLICYBOT_BENCH is not set, real documents are not read")
	}
	err := Walk(t.Context(), []string{filepath.Join(bench, set)}, opts, func(r Record) error {
		yield(r.Content)
		return nil
	}, func(Problem) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
}

// TestEffectiveDays compares 施行日期 with 150 laws that a person read. Where a
// law takes effect on its publication and only its adoption is dated, that day
// is right; where a full revision replaced the text, the revision's.
func TestEffectiveDays(t *testing.T) {
	t.Parallel()
	want := labels(t, "laws-effective.tsv")
	var s score
	walkBench(t, "laws", Options{}, func(c corpus.Content) {
		if day, ok := want[c.Document.Source]; ok {
			s.add(t, c.Document.Source, string(c.Document.Effective), day)
		}
	})
	t.Logf("施行日期: %+v, precision %.3f, recall %.3f of %d", s, s.precision(), s.recall(), len(want))
	if s.recall() < .97 || s.precision() < .97 {
		t.Error("below .97")
	}
}

// TestNumbers compares 文号 with 150 documents that a person read.
func TestNumbers(t *testing.T) {
	t.Parallel()
	want := labels(t, "ncp-numbers.tsv")
	var s score
	walkBench(t, "ncp/documents.jsonl", Options{}, func(c corpus.Content) {
		if number, ok := want[c.Document.ID]; ok {
			s.add(t, c.Document.ID, c.Document.Number, number)
		}
	})
	t.Logf("文号: %+v, precision %.3f, recall %.3f of %d", s, s.precision(), s.recall(), len(want))
	if s.recall() < .97 || s.precision() < .97 {
		t.Error("below .97")
	}
}

// BenchmarkClauses reads the clauses of all laws, without reading the files.
func BenchmarkClauses(b *testing.B) {
	var all []corpus.Content
	walkBench(b, "laws", Options{}, func(c corpus.Content) {
		c.Document = corpus.Document{Kind: c.Document.Kind, Title: c.Document.Title, Source: c.Document.Source}
		c.Findings, c.Warnings = nil, nil
		all = append(all, c)
	})
	b.ResetTimer()
	for b.Loop() {
		for _, c := range all {
			clause.Read(&c, filepath.Base(c.Document.Source))
		}
	}
}

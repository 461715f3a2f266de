package store_test

import (
	"path/filepath"
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/corpustest"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/store"
)

// BenchmarkListWorks lists 10,000 documents with 200,000 passages by every
// filter: none may take a hundred milliseconds.
func BenchmarkListWorks(b *testing.B) {
	s, err := store.Open(b.Context(), store.Config{Path: filepath.Join(b.TempDir(), "p.db")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	fill(b, s, 10_000, 20)
	const today = corpus.Date("2026-11-27")
	filters := []struct {
		name string
		f    desk.Filter
	}{
		{"all", desk.Filter{}}, {"title", desk.Filter{Sort: desk.ByTitle}}, {"issued", desk.Filter{Sort: desk.ByIssued}},
		{"draft", desk.Filter{States: []desk.State{desk.IsDraft}}}, {"published", desk.Filter{States: []desk.State{desk.IsPublished}}},
		{"withdrawn", desk.Filter{States: []desk.State{desk.IsWithdrawn}}}, {"kind", desk.Filter{Kinds: []corpus.Kind{corpus.Notice}}},
		{"inforce", desk.Filter{Validity: corpus.InForce}}, {"modified", desk.Filter{Validity: corpus.Modified}},
		{"expired", desk.Filter{Validity: corpus.Expired}}, {"agency", desk.Filter{Agency: "青岚市民政局"}},
		{"topic", desk.Filter{Topic: "养老"}}, {"text", desk.Filter{Text: "养老"}}, {"number", desk.Filter{Text: "青政规〔2020〕"}},
		{"unreviewed", desk.Filter{Clock: desk.Unreviewed}}, {"expiring", desk.Filter{Clock: desk.Expiring}},
		{"interpretation", desk.Filter{Clock: desk.InterpretationDue}}, {"author", desk.Filter{NotAuthor: 1}}, {"backlog", desk.Filter{Backlog: true}},
		{"word/common", desk.Filter{Words: "申请"}}, {"word/rare", desk.Filter{Words: "丁丙"}}, {"word/none", desk.Filter{Words: "没有这句话"}},
		{"word/long", desk.Filter{Words: "申请人民政府"}}, {"word/one", desk.Filter{Words: "的"}},
		{"word/and", desk.Filter{Words: "养老 补贴 申请"}}, {"word/topic", desk.Filter{Words: "申请", Topic: "养老"}},
	}
	for _, c := range filters {
		b.Run(c.name, func(b *testing.B) {
			f, total := c.f, 0
			f.Day = today
			for b.Loop() {
				items, n, err := s.ListWorks(b.Context(), "", f, 0, 50)
				if err != nil || len(items) != min(n, 50) {
					b.Fatal(len(items), n, err)
				}
				total = n
			}
			b.ReportMetric(float64(total), "documents")
		})
	}
	b.Run("agency's own", func(b *testing.B) {
		for b.Loop() {
			if _, n, err := s.ListWorks(b.Context(), "青岚市民政局", desk.Filter{Day: today}, 0, 50); err != nil || n == 0 {
				b.Fatal(n, err)
			}
		}
	})
	b.Run("last page", func(b *testing.B) {
		for b.Loop() {
			if _, n, err := s.ListWorks(b.Context(), "", desk.Filter{Day: today}, 9950, 50); err != nil || n == 0 {
				b.Fatal(n, err)
			}
		}
	})
}

// fill stores so many documents: nine of ten published, the rest drafts, half
// of them 存量.
func fill(t testing.TB, s *store.Store, documents, passages int) {
	t.Helper()
	var batch []corpus.Content
	n := 0
	err := corpustest.Many(documents, passages, func(c corpus.Content) error {
		if n++; n%10 == 0 {
			_, err := s.BeginWork(t.Context(), 0, desk.NewWork{Content: c, Backlog: n%20 == 0}, desk.Program("terminal"))
			return err
		}
		if batch = append(batch, c); len(batch) < 500 {
			return nil
		}
		put(t, s, true, batch...)
		batch = nil
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, true, batch...)
}

package store_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/store"
)

func BenchmarkPut(b *testing.B) {
	for _, size := range []int{1, 100, 1000} {
		b.Run(fmt.Sprintf("documents=%d", size), func(b *testing.B) {
			s, n := open(b), 0
			for b.Loop() {
				batch := make([]corpus.Content, size)
				for i := range batch {
					n++
					batch[i] = content(fmt.Sprintf("d%08d", n), declares(corpus.Related, fmt.Sprintf("d%08d", n/2)))
				}
				put(b, s, true, batch...)
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "documents/s")
		})
	}
}

func BenchmarkStanding(b *testing.B) {
	s := open(b)
	var ids []string
	var batch []corpus.Content
	for i := range 5000 {
		ids = append(ids, fmt.Sprintf("d%05d", i))
		batch = append(batch, content(ids[i], declares(corpus.Amends, fmt.Sprintf("d%05d", i/2))))
	}
	put(b, s, true, batch...)
	for _, n := range []int{1, 3, 5, 10} {
		b.Run(fmt.Sprintf("documents=%d", n), func(b *testing.B) {
			i := 0
			for b.Loop() {
				i = (i + n) % (len(ids) - n)
				if got, err := s.Standing(b.Context(), ids[i:i+n]); err != nil || len(got) != n {
					b.Fatal(len(got), err)
				}
			}
		})
	}
}

func BenchmarkEach(b *testing.B) {
	s := open(b)
	var batch []corpus.Content
	for i := range 5000 {
		batch = append(batch, content(fmt.Sprintf("d%05d", i)))
	}
	put(b, s, true, batch...)
	for b.Loop() {
		if err := s.Each(b.Context(), func(index.Live) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(5000*float64(b.N)/b.Elapsed().Seconds(), "documents/s")
}

func BenchmarkJournal(b *testing.B) {
	for _, callers := range []int{1, 32} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			s := open(b)
			j := startJournal(b, s)
			var next atomic.Int64
			var wg sync.WaitGroup
			b.ResetTimer()
			for range callers {
				wg.Go(func() {
					for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
						q := question(fmt.Sprint(i))
						if body, err := j.Begin(b.Context(), q); body != nil || err != nil {
							b.Error(body, err)
						}
						if err := j.End(b.Context(), q, reply(), []byte(strings.Repeat("答", 400)), time.Millisecond); err != nil {
							b.Error(err)
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "questions/s")
		})
	}
}

const openid = "oABCDefgh1234567890abcdefghi"

func question(id string) bot.Question {
	return bot.Question{
		Account: "default", Person: openid, ID: openid + "|" + id, Kind: bot.Text,
		Text: "老人卡在哪里办？", Time: time.Now(),
	}
}

func reply() bot.Reply {
	return bot.Reply{
		Status: bot.Answered, Reason: "found", Text: "依据《青岚市老年人优待办法》第一条", Confidence: .9,
		Engine: "local", Lexicon: "1", Generation: "g1",
		Sources: []bot.Source{{
			Ref: corpus.Ref{Document: "a", Revision: 1, Anchor: "a1"}, Title: "青岚市老年人优待办法",
			Snippet: "年满六十周岁的老人可以免费乘坐公交车。", Validity: corpus.InForce, Score: 12.5,
		}},
		Choices: []bot.Choice{{Label: "老人卡怎么办理", Ask: "老人卡怎么办理？"}},
	}
}

var secret = []byte("0123456789abcdef0123456789abcdef")

func startJournal(t testing.TB, s *store.Store) *bot.LedgerJournal {
	t.Helper()
	j, stop := runJournal(t, s)
	t.Cleanup(stop)
	return j
}

func runJournal(t testing.TB, s *store.Store) (*bot.LedgerJournal, func()) {
	t.Helper()
	j, err := bot.NewJournal(bot.JournalConfig{Ledger: s, Archive: s, Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- j.Run(ctx) }()
	return j, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

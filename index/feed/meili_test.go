package feed_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/feed"
	"github.com/policybot/policybot/index/meili"
	"github.com/policybot/policybot/store"
)

// characters cuts text into pairs of characters.
type characters struct{}

func (characters) Version() string { return "pairs" }
func (characters) Words(text string) (out []string) {
	all := []rune(index.FoldString(text))
	for i := range len(all) - 1 {
		if pair := string(all[i : i+2]); !strings.Contains(pair, " ") {
			out = append(out, pair)
		}
	}
	return out
}
func (c characters) Long(text string) []string { return c.Words(text) }
func (c characters) Cut(text string) []string  { return c.Words(text) }

// TestRealServer feeds a real Meilisearch from a real database.
func TestRealServer(t *testing.T) {
	t.Parallel()
	url, key := os.Getenv("POLICYBOT_TEST_MEILI_URL"), os.Getenv("POLICYBOT_TEST_MEILI_KEY")
	if url == "" {
		t.Skip("SKIPPED the feed of a real Meilisearch: POLICYBOT_TEST_MEILI_URL names no server")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	s, err := store.Open(ctx, store.Config{Path: filepath.Join(t.TempDir(), "p.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	publish := func(first, last int, text string) {
		t.Helper()
		var all []corpus.Content
		for i := first; i < last; i++ {
			d := corpus.Document{ID: fmt.Sprintf("d%04d", i), Kind: corpus.Policy, Title: fmt.Sprintf("青岚市第%d项办法", i)}
			c := corpus.Content{Document: d}
			c.Text, c.Passages = corpus.Assemble(d.Kind, d.Title, []corpus.Block{
				{Label: "第一条", Text: text}, {Label: "第二条", Text: fmt.Sprintf("本办法第%d次修订。", i)},
			})
			all = append(all, c)
		}
		if _, err := s.Put(ctx, all, true); err != nil {
			t.Fatal(err)
		}
	}
	publish(0, 600, "老人卡在社区办理。")
	installation := fmt.Sprintf("%08x", time.Now().UnixNano()&0xffffffff)
	engine, err := meili.Open(meili.Config{
		URL: url, Key: key, Name: "meilisearch", Prefix: "test-feed-" + installation + "-", Installation: installation,
	})
	if err != nil {
		t.Fatal(err)
	}
	w := feed.New(feed.Config{
		Engine: engine, Store: s, Source: s, Segmenter: func() index.Segmenter { return characters{} },
		Installation: installation, Holder: "test", Log: slog.New(slog.DiscardHandler),
	})
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- w.Run(running) }()
	defer func() {
		if err := w.Drop(context.WithoutCancel(ctx), ""); err != nil {
			t.Error(err)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	start := time.Now()
	serves := func(when string) {
		t.Helper()
		defer func() {
			t.Logf("%s and compared after %s", when, time.Since(start).Round(time.Millisecond))
			start = time.Now()
		}()
		seq, err := s.Newest(ctx)
		if err == nil {
			err = w.Wait(ctx, seq)
		}
		if err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		if d, err := w.Verify(ctx, false); err != nil || d.Any() || d.Asides != 0 || d.Entries == 0 {
			t.Errorf("%s: %+v, %v", when, d, err)
		}
		if _, fresh := w.Serving(); !fresh {
			t.Errorf("%s: not fresh", when)
		}
	}
	serves("built")
	publish(500, 700, "公积金可以提取。")
	serves("fed")
	name, _ := w.Serving()
	if err := engine.Drop(ctx, name); err != nil { // as a lost volume does
		t.Fatal(err)
	}
	publish(0, 1, "居住证每年签注。")
	serves("wiped")
	if err := w.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	serves("rebuilt")
	st, err := w.Status(ctx)
	if err != nil || st.Documents != 700 || st.Entries == 0 || st.Queued != 0 || len(st.Generations) == 0 || st.Version == "" {
		t.Errorf("%+v, %v", st, err)
	}
}

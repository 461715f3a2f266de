package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// commandDocuments is how many documents the commands are measured on.
const commandDocuments = 5000

// BenchmarkCommands measures the commands of documents and edges from the
// start of their process to its end, and to the first byte that they print,
// without a server and with one.
func BenchmarkCommands(b *testing.B) {
	data := filepath.Join(b.TempDir(), "data")
	var lines strings.Builder
	for i := range commandDocuments {
		fmt.Fprintf(&lines, `{"id":"d%04d","kind":"policy","title":"云溪县第%d号设施借用办法","number":"云政规〔2025〕%d号","agency":"云溪县民政局","effective":"2025-02-01","text":"第一条 本县第%d号设施供居民免费借用。\n第二条 每次借用不超过%d日，到期可以续借一次。"}`+"\n", i, i, i+1, i, i%30+1)
	}
	file := filepath.Join(b.TempDir(), "in.jsonl")
	if err := os.WriteFile(file, []byte(lines.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	run(b, "import", "--publish", "--data", data, file)
	run(b, "import", "--data", data, changedCopy(b, file))
	measure := func(b *testing.B) {
		for _, c := range []string{
			"documents show d2500", "documents history d2500", "documents validity d2500", "documents diff d2500",
			"edges list", "documents list", "documents list --json", "export --jsonl", "version",
		} {
			b.Run(strings.ReplaceAll(c, " ", "_"), func(b *testing.B) {
				args := strings.Fields(c)
				if args[0] != "version" {
					args = append(args, "--data", data)
				}
				var first, whole []time.Duration
				for b.Loop() {
					out := &firstByte{start: time.Now()}
					cmd := command(b, args...)
					cmd.Stdout = out
					if err := cmd.Run(); err != nil {
						b.Fatal(err)
					}
					first, whole = append(first, out.at), append(whole, time.Since(out.start))
				}
				slices.Sort(first)
				slices.Sort(whole)
				b.ReportMetric(float64(first[len(first)/2].Microseconds())/1e3, "first-ms")
				b.ReportMetric(float64(whole[len(whole)/2].Microseconds())/1e3, "whole-ms")
			})
		}
	}
	b.Run("alone", measure)
	b.Run("beside_a_server", func(b *testing.B) {
		s := startServer(b, data, false)
		defer s.stop(b)
		measure(b)
	})
}

// changedCopy has other figures in one document.
func changedCopy(b *testing.B, file string) string {
	b.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		if bytes.Contains(line, []byte(`"d2500"`)) {
			changed := filepath.Join(b.TempDir(), "changed.jsonl")
			if err := os.WriteFile(changed, bytes.ReplaceAll(line, []byte("不超过"), []byte("一般不超过")), 0o600); err != nil {
				b.Fatal(err)
			}
			return changed
		}
	}
	b.Fatal("no such document")
	return ""
}

// firstByte notes when something is printed.
type firstByte struct {
	start time.Time
	at    time.Duration
}

func (f *firstByte) Write(p []byte) (int, error) {
	if f.at == 0 {
		f.at = time.Since(f.start)
	}
	return len(p), nil
}

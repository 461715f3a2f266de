//go:build unix

package main

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// BenchmarkBackup measures a backup of everything while a hundred callbacks a
// second go on, sent at their time whether or not those before are answered;
// and the same callbacks without it.
func BenchmarkBackup(b *testing.B) {
	size := benchSizes[0]
	data := benchData(b, size)
	s := startServer(b, data, true)
	p, err := newPlatform(s.base+"/wechat/"+defaultAccount, true)
	if err != nil {
		b.Fatal(err)
	}
	ask := another(benchQuestions(b, answerable))
	p.flood(b.Context(), ask, 1, time.Second) // warms what a minute of work does
	from := 1_000_000
	shifted := func(n int) message { m := ask(n); m.id = n + from; return m }
	file := filepath.Join(b.TempDir(), "backup")
	for b.Loop() {
		calm := p.steady(shifted, 10*time.Millisecond, timer(5*time.Second))
		from += 1_000_000
		done := make(chan struct{})
		var took time.Duration
		go func() {
			defer close(done)
			start := time.Now()
			out, err := command(b, "backup", file, "--force", "--data", data, "--keys", file+".keys").CombinedOutput()
			if took = time.Since(start); err != nil {
				b.Errorf("backup: %v\n%s", err, out)
			}
			b.Logf("%s", out)
		}()
		during := p.steady(shifted, 10*time.Millisecond, done)
		from += 1_000_000
		for _, r := range []burst{calm, during} {
			if r.lost > 0 {
				b.Errorf("%d of %d messages without a reply: %v", r.lost, len(r.took), r.first)
			}
		}
		reportTimes(b, "without", calm.took)
		reportTimes(b, "during", during.took)
		b.ReportMetric(float64(len(during.took))/during.elapsed.Seconds(), "callbacks/s")
		b.ReportMetric(took.Seconds(), "backup-s")
		info, err := os.Stat(file)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size())/1e6, "backup-MB")
	}
	s.stop(b)
	target := filepath.Join(b.TempDir(), "restored")
	start := time.Now()
	run(b, "restore", file, "--keys", file+".keys", "--data", target)
	b.ReportMetric(time.Since(start).Seconds(), "restore-s")
}

func timer(d time.Duration) <-chan struct{} {
	done := make(chan struct{})
	time.AfterFunc(d, func() { close(done) })
	return done
}

// steady sends a message at every interval until done.
func (p *platform) steady(ask func(n int) message, every time.Duration, done <-chan struct{}) burst {
	var mu sync.Mutex
	var out burst
	var wg sync.WaitGroup
	start, tick := time.Now(), time.NewTicker(every)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-done:
			wg.Wait()
			out.elapsed = time.Since(start)
			slices.Sort(out.took)
			return out
		case <-tick.C:
		}
		m := ask(n)
		wg.Go(func() {
			start := time.Now()
			_, err := p.send(m)
			mu.Lock()
			defer mu.Unlock()
			out.took = append(out.took, time.Since(start))
			if err != nil {
				out.lost++
				out.note(err)
			}
		})
	}
}

//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

// meiliSizes are how much is put into Meilisearch: a little, for trying what
// is here, and what the others are measured with.
var meiliSizes = append([]benchSize{{"2k", 0}}, benchSizes...)

// BenchmarkMeili measures policybot with a Meilisearch of its own on the same
// machine: the first build, how soon what is published is answered, callbacks,
// and what becomes of callbacks when the server stops, dies, freezes or is
// slow. What is here needs a Meilisearch program and the benchmark corpora.
func BenchmarkMeili(b *testing.B) {
	for _, size := range meiliSizes {
		b.Run(size.name, func(b *testing.B) {
			r := newMeiliRig(b, size)
			build := r.build(b)
			b.Run("build", build.report)
			b.Run("publish", r.publishes)
			b.Run("callback", r.callbacks)
			for _, f := range faults {
				b.Run("faults/"+f.name, func(b *testing.B) { r.fault(b, f) })
			}
			r.stop(b)
		})
	}
}

// meiliRig is a policybot that uses a Meilisearch, with what is between them.
type meiliRig struct {
	size  benchSize
	meili *meiliProcess
	proxy *slowProxy
	data  string

	bot      *server
	socket   *remote
	platform *platform
	via      string // the address that the bot has of Meilisearch
	next     int    // ID of the next message
	things   int    // that were published
}

func newMeiliRig(b *testing.B, size benchSize) *meiliRig {
	b.Helper()
	benchRoot(b) // skips first
	m := newMeili(b)
	return &meiliRig{size: size, meili: m, proxy: newSlowProxy(b, m.address), data: benchData(b, size), next: 1}
}

// serve has the bot use Meilisearch at an address.
func (r *meiliRig) serve(b *testing.B, via string) {
	b.Helper()
	if r.bot != nil && r.via == via {
		return
	}
	r.stop(b)
	r.via = via
	r.bot = startWith(b, r.data, "POLICYBOT_WECHAT_TOKEN="+loadToken, "POLICYBOT_WECHAT_APPID="+loadAppID, "POLICYBOT_WECHAT_AES_KEY="+loadKey,
		"POLICYBOT_MEILI_URL="+via, "POLICYBOT_MEILI_KEY="+r.meili.key)
	var err error
	if r.platform, err = newPlatform(r.bot.base+"/wechat/"+defaultAccount, true); err != nil {
		b.Fatal(err)
	}
	path, err := socketPath(r.data)
	if err != nil {
		b.Fatal(err)
	}
	if r.socket, _ = dial(b.Context(), path); r.socket == nil {
		b.Fatal("the socket does not answer")
	}
}

// stop ends the bot, and tells of replies that were none.
func (r *meiliRig) stop(b *testing.B) {
	b.Helper()
	if r.bot == nil {
		return
	}
	_ = r.socket.Close() // never fails
	statuses, log := r.bot.stop(b), r.bot.log
	r.bot = nil
	b.Logf("statuses: %v\n%s", statuses, switches(b, log))
	if n := statuses["failed"] + statuses["limited"]; n > 0 {
		b.Errorf("%d callbacks failed or were put off: %v", n, statuses)
	}
}

// switches returns what a bot's log says of engines.
func switches(b *testing.B, log string) []byte {
	b.Helper()
	data, err := os.ReadFile(log)
	if err != nil {
		b.Fatal(err)
	}
	var out []byte
	for line := range bytes.Lines(data) {
		if bytes.Contains(line, []byte(" engine=")) && !bytes.Contains(line, []byte(" msg=callback ")) {
			out = append(out, line...)
		}
	}
	return out
}

// messages makes questions of which each is another, also in the next call.
func (r *meiliRig) messages(b *testing.B) func(n int) message {
	b.Helper()
	ask, from := another(benchQuestions(b, answerable)), r.next
	r.next += 1_000_000
	return func(n int) message { m := ask(n); m.id += from; return m }
}

// asked asks as a command does, which tells the engine that found the reply.
func (r *meiliRig) asked(b *testing.B, question string) (engine, document string) {
	b.Helper()
	res, err := r.socket.Ask(b.Context(), askRequest{Question: question})
	if err != nil {
		b.Fatal(err)
	}
	if len(res.Reply.Sources) > 0 {
		document = res.Reply.Sources[0].Ref.Document
	}
	return res.Reply.Engine, document
}

// rigPatience is how long anything is waited for.
const rigPatience = 15 * time.Minute

// until waits for a condition and returns how long that took.
func until(b *testing.B, what string, every, most time.Duration, ok func() bool) time.Duration {
	b.Helper()
	start := time.Now()
	for !ok() {
		if time.Since(start) > most {
			b.Fatalf("waited %s in vain: %s", most, what)
		}
		time.Sleep(every)
	}
	return time.Since(start)
}

// served waits until Meilisearch finds what is asked.
func (r *meiliRig) served(b *testing.B) time.Duration {
	b.Helper()
	question := benchQuestions(b, answerable)[0]
	return until(b, "Meilisearch serves", 200*time.Millisecond, rigPatience, func() bool {
		engine, _ := r.asked(b, question)
		return engine == engineMeilisearch
	})
}

// firstBuild is what a first build took.
type firstBuild struct {
	took         time.Duration
	memory, disk float64
	meanwhile    burst // callbacks that the embedded index answered
}

// build starts the bot with an empty Meilisearch, and returns when that
// serves. A few callbacks come in meanwhile.
func (r *meiliRig) build(b *testing.B) firstBuild {
	b.Helper()
	start := time.Now()
	r.serve(b, r.meili.url())
	done := make(chan struct{})
	var out firstBuild
	calls := make(chan burst, 1)
	go func() { calls <- r.platform.steady(r.messages(b), 200*time.Millisecond, done) }()
	r.served(b)
	out.took = time.Since(start)
	close(done)
	out.meanwhile = <-calls
	out.memory, out.disk = r.meili.weight(b)
	return out
}

func (out firstBuild) report(b *testing.B) {
	b.ReportMetric(out.took.Seconds(), "build-s")
	b.ReportMetric(out.memory, "meilisearch-rss-MB")
	b.ReportMetric(out.disk, "meilisearch-disk-MB")
	reportTimes(b, "meanwhile", out.meanwhile.took)
	b.ReportMetric(float64(out.meanwhile.lost), "meanwhile-lost")
	if out.meanwhile.lost > 0 {
		b.Errorf("%d of %d callbacks without a reply: %v", out.meanwhile.lost, len(out.meanwhile.took), out.meanwhile.first)
	}
}

// thing is a document that no other is like.
func (r *meiliRig) thing(b *testing.B) (id, question, title, file string) {
	b.Helper()
	r.things++
	name := fmt.Sprintf("共享器材%04d号", r.things)
	id = fmt.Sprintf("thing-%d", r.things)
	file = filepath.Join(b.TempDir(), id+".jsonl")
	if err := os.WriteFile(file, []byte(policy(id, name)+"\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	return id, name + "怎么借", "云溪县" + name + "借用办法", file
}

// publishing is how long it took from the start of the command.
type publishing struct {
	command  time.Duration // until it ended
	answered time.Duration // until a callback got it
}

// publish imports a document by the command and asks for it until it is
// there.
func (r *meiliRig) publish(b *testing.B, flags ...string) (p publishing, question, id string) {
	b.Helper()
	id, question, title, file := r.thing(b)
	start := time.Now()
	done := make(chan error, 1)
	go func() {
		out, err := command(b, append([]string{"import", "--publish", "--data", r.data, file}, flags...)...).CombinedOutput()
		p.command = time.Since(start)
		if err != nil {
			err = fmt.Errorf("import: %w\n%s", err, out)
		}
		done <- err
	}()
	var ended bool
	var failed error
	until(b, "what was published is answered", 20*time.Millisecond, time.Minute, func() bool {
		select {
		case failed = <-done:
			ended = true
		default:
		}
		if failed != nil {
			b.Fatal(failed)
		}
		r.next++
		reply, err := r.platform.send(message{id: r.next, person: fmt.Sprintf("oPublish%020d", r.next), text: question})
		if err != nil {
			b.Error(err)
		}
		return bytes.Contains(reply, []byte(title))
	})
	p.answered = time.Since(start)
	if !ended {
		failed = <-done
	}
	if failed != nil {
		b.Fatal(failed)
	}
	return p, question, id
}

// found waits until Meilisearch, and no understudy, finds a document.
func (r *meiliRig) found(b *testing.B, question, id string) time.Duration {
	b.Helper()
	return until(b, id+" is found by Meilisearch", 20*time.Millisecond, 2*time.Minute, func() bool {
		engine, document := r.asked(b, question)
		return engine == engineMeilisearch && document == id
	})
}

// publishes measures how soon what is published is answered.
func (r *meiliRig) publishes(b *testing.B) {
	var command, answered, found []time.Duration
	for b.Loop() {
		for range 10 {
			start := time.Now()
			p, question, id := r.publish(b)
			r.found(b, question, id)
			command, answered, found = append(command, p.command), append(answered, p.answered), append(found, time.Since(start))
		}
	}
	for name, took := range map[string][]time.Duration{"command": command, "answered": answered, "found": found} {
		slices.Sort(took)
		b.ReportMetric(took[len(took)/2].Seconds(), name+"-p50-s")
		b.ReportMetric(took[len(took)-1].Seconds(), name+"-max-s")
	}
}

// callbacks measures callbacks one at a time, and what of each the search in
// Meilisearch takes: the same requests are made once more without policybot,
// by turns. Then 32 at once.
func (r *meiliRig) callbacks(b *testing.B) {
	const n = 1000
	searches := r.record(b, n)
	r.serve(b, r.meili.url())
	r.served(b)
	// Compressed, the answer comes in pieces, the last of them 40 ms late.
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}, Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	ask := r.messages(b)
	var whole, bare []time.Duration
	var lost burst
	one := func(i int) {
		start := time.Now()
		if _, err := r.platform.send(ask(i)); err != nil {
			lost.lost++
			lost.note(err)
		}
		whole = append(whole, time.Since(start))
	}
	search := func(i int) {
		start := time.Now()
		for _, s := range searches[i] {
			if err := s.send(client, r.meili.url()); err != nil {
				b.Fatal(err)
			}
		}
		bare = append(bare, time.Since(start))
	}
	before := r.recalls(b)
	for b.Loop() {
		for i := range n {
			turns := []func(int){one, search}
			for k := range turns {
				turns[(k+i)%2](i) // whoever comes second finds the pages in memory
			}
		}
	}
	byEngine := r.recalls(b) - before
	reportTimes(b, "callback", whole)
	b.ReportMetric(byEngine/float64(len(whole)), "by-engine")
	reportTimes(b, "search", bare)
	b.ReportMetric(float64(whole[len(whole)/2])/float64(bare[len(bare)/2]), "overhead-p50")
	before = r.recalls(b)
	many := r.platform.flood(b.Context(), r.messages(b), 32, 10*time.Second)
	b.ReportMetric((r.recalls(b)-before)/float64(len(many.took)), "many-by-engine")
	reportTimes(b, "many", many.took)
	b.ReportMetric(float64(len(many.took))/many.elapsed.Seconds(), "many/s")
	b.ReportMetric(float64(lost.lost+many.lost), "lost")
	if err := errors.Join(lost.first, many.first); err != nil {
		b.Errorf("%d callbacks without a reply, %d repeats changed: %v", lost.lost+many.lost, many.changed, err)
	}
}

// recalls returns how many questions Meilisearch has found something for.
func (r *meiliRig) recalls(b *testing.B) float64 {
	b.Helper()
	const line = `policybot_engine_recalls_total{engine="meilisearch",outcome="answered"} `
	_, rest, ok := bytes.Cut(r.figures(b), []byte("\n"+line))
	if !ok {
		return 0 // none yet
	}
	value, _, _ := bytes.Cut(rest, []byte("\n"))
	n, err := strconv.ParseFloat(string(value), 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func (r *meiliRig) figures(b *testing.B) []byte {
	b.Helper()
	res, err := r.platform.client.Get(r.bot.base + "/metrics")
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		b.Fatalf("/metrics: %s %v", res.Status, err)
	}
	return body
}

// record asks the first n questions and returns what policybot asks
// Meilisearch for each.
func (r *meiliRig) record(b *testing.B, n int) [][]recorded {
	b.Helper()
	kept := newRecorder(b, r.meili.url(), "/multi-search")
	r.serve(b, kept.URL)
	r.served(b)
	ask := r.messages(b)
	all, searches := make([][]recorded, n), 0
	kept.take()
	for i := range n {
		if _, err := r.platform.send(ask(i)); err != nil {
			b.Fatal(err)
		}
		all[i] = kept.take()
		searches += len(all[i])
	}
	if searches < n*9/10 {
		b.Errorf("%d questions were put to Meilisearch %d times", n, searches)
	}
	r.stop(b) // before the recorder is gone
	return all
}

// verified has policybot compare the engines with the database.
func (r *meiliRig) verified(b *testing.B) {
	b.Helper()
	out, err := command(b, "index", "verify", "--data", r.data).CombinedOutput()
	b.Logf("index verify: %s", out)
	if err != nil {
		b.Errorf("index verify: %v", err)
	}
}

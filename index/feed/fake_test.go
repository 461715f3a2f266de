package feed_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/feed"
	"github.com/policybot/policybot/index/indextest"
)

// memory is a store of documents and of what workers know.
type memory struct {
	mu       sync.Mutex
	live     map[string]index.Live
	outbox   map[string]int64
	at       map[int64]time.Time
	seq      int64
	revision int
	holder   string
	until    time.Time
	progress map[string]feed.Progress
	asides   map[string]feed.Aside // by engine and document
	events   []feed.Event
	fail     func(ctx context.Context, call string) error
}

func newMemory() *memory {
	return &memory{
		live: map[string]index.Live{}, outbox: map[string]int64{}, at: map[int64]time.Time{},
		progress: map[string]feed.Progress{}, asides: map[string]feed.Aside{},
	}
}

// publish publishes documents "id text", or takes back "-id".
func (m *memory) publish(docs ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, doc := range docs {
		id, text, _ := strings.Cut(doc, " ")
		m.seq++
		m.at[m.seq] = time.Now()
		m.revision++
		if gone, ok := strings.CutPrefix(id, "-"); ok {
			delete(m.live, gone)
			m.outbox[gone] = m.seq
			continue
		}
		d := corpus.Document{ID: id, Kind: corpus.Policy, Title: "关于" + id + "的办法"}
		r := corpus.Revision{Document: id, Number: m.revision, Status: corpus.Published}
		blocks := []corpus.Block{{Label: "第一条", Text: text}, {Label: "第二条", Text: "本办法由" + id + "解释。"}}
		r.Text, r.Passages = corpus.Assemble(d.Kind, d.Title, blocks)
		m.live[id], m.outbox[id] = index.Live{Document: d, Revision: r}, m.seq
	}
}

// switchLexicon is a change of no document.
func (m *memory) switchLexicon() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seq++
	m.at[m.seq] = time.Now()
	m.outbox[""] = m.seq
}

// enter begins a call; the caller holds the lock if it returns nil.
func (m *memory) enter(ctx context.Context, call string) error {
	m.mu.Lock()
	if fail := m.fail; fail != nil {
		m.mu.Unlock()
		if err := fail(ctx, call); err != nil {
			return err
		}
		m.mu.Lock()
	}
	if err := ctx.Err(); err != nil {
		m.mu.Unlock()
		return err
	}
	return nil
}

func (m *memory) Changes(ctx context.Context, after int64, limit int) (out []index.Change, err error) {
	if err := m.enter(ctx, "Changes"); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	for id, seq := range m.outbox {
		if seq > after {
			out = append(out, index.Change{Seq: seq, Document: id})
		}
	}
	slices.SortFunc(out, func(a, b index.Change) int { return int(a.Seq - b.Seq) })
	return out[:min(len(out), limit)], nil
}

func (m *memory) Newest(ctx context.Context) (int64, error) {
	if err := m.enter(ctx, "Newest"); err != nil {
		return 0, err
	}
	defer m.mu.Unlock()
	return m.seq, nil
}

func (m *memory) Documents(ctx context.Context, ids []string) (out []index.Live, err error) {
	if err := m.enter(ctx, "Documents"); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	for _, id := range ids {
		if l, ok := m.live[id]; ok {
			out = append(out, l)
		}
	}
	return out, nil
}

func (m *memory) EachDocument(ctx context.Context, yield func(corpus.Document) error) error {
	if err := m.enter(ctx, "EachDocument"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(m.live)) {
		if err := yield(m.live[id].Document); err != nil {
			return err
		}
	}
	return nil
}

// What a worker does not ask for.
func (m *memory) Each(context.Context, func(index.Live) error) error { return errors.ErrUnsupported }
func (m *memory) Cuts(context.Context, string, []corpus.Ref) ([]index.Cut, error) {
	return nil, errors.ErrUnsupported
}
func (m *memory) SaveCuts(context.Context, string, []index.Cut) error { return errors.ErrUnsupported }

func (m *memory) Lease(ctx context.Context, _, holder string, now, until time.Time) (bool, error) {
	if err := m.enter(ctx, "Lease"); err != nil {
		return false, err
	}
	defer m.mu.Unlock()
	if m.holder != holder && m.until.After(now) {
		return false, nil
	}
	m.holder, m.until = holder, until
	return true, nil
}

func (m *memory) Release(ctx context.Context, _, holder string) error {
	if err := m.enter(ctx, "Release"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	if m.holder == holder {
		m.holder, m.until = "", time.Time{}
	}
	return nil
}

func (m *memory) Progress(ctx context.Context) ([]feed.Progress, error) {
	if err := m.enter(ctx, "Progress"); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	return slices.Collect(maps.Values(m.progress)), nil
}

func (m *memory) SaveProgress(ctx context.Context, holder string, p feed.Progress) (bool, error) {
	if err := m.enter(ctx, "SaveProgress"); err != nil {
		return false, err
	}
	defer m.mu.Unlock()
	if m.holder != holder {
		return false, nil
	}
	m.progress[p.Engine] = p
	return true, nil
}

func (m *memory) ForgetEngine(context.Context, string) error { return errors.ErrUnsupported }

func (m *memory) SetAside(ctx context.Context, refused []feed.Aside) error {
	if err := m.enter(ctx, "SetAside"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	for _, a := range refused {
		m.asides[a.Document] = a
	}
	return nil
}

func (m *memory) Aside(ctx context.Context, _ string) (out []feed.Aside, err error) {
	if err := m.enter(ctx, "Aside"); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(m.asides)) {
		out = append(out, m.asides[id])
	}
	return out, nil
}

func (m *memory) Readmit(ctx context.Context, _ string, documents []string) error {
	if err := m.enter(ctx, "Readmit"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	for _, id := range documents {
		delete(m.asides, id)
	}
	return nil
}

func (m *memory) Pending(ctx context.Context, after int64) (p corpus.Pending, err error) {
	if err := m.enter(ctx, "Pending"); err != nil {
		return p, err
	}
	defer m.mu.Unlock()
	for _, seq := range m.outbox {
		if seq <= after {
			continue
		}
		p.Changes++
		if at := m.at[seq]; p.Oldest.IsZero() || at.Before(p.Oldest) {
			p.Oldest = at
		}
	}
	return p, nil
}

func (m *memory) Counts(ctx context.Context) (sample, own int, err error) {
	if err := m.enter(ctx, "Counts"); err != nil {
		return 0, 0, err
	}
	defer m.mu.Unlock()
	return 0, len(m.live), nil
}

func (m *memory) Happened(ctx context.Context, events ...feed.Event) error {
	if err := m.enter(ctx, "Happened"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	m.events = append(m.events, events...)
	return nil
}

func (m *memory) Events(context.Context, int) ([]feed.Event, error) {
	return nil, errors.ErrUnsupported
}

// kinds are the kinds of what happened, in order.
func (m *memory) kinds() (out []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.events {
		out = append(out, e.Kind)
	}
	return out
}

// words cuts text into characters, and panics where that text is a trap.
type words string

func (w words) Version() string { return string(w) }
func (w words) Words(text string) []string {
	if strings.Contains(text, "陷阱") {
		panic("out of range")
	}
	return strings.Split(text, "")
}
func (w words) Long(text string) []string { return w.Words(text) }
func (w words) Cut(text string) []string  { return w.Words(text) }

const installation = "0a1b2c3d"

// office is a store, an engine's server and the processes on them.
type office struct {
	*memory
	t      *testing.T
	server *indextest.Server
	mu     sync.Mutex
	seg    words
	logged *bytes.Buffer
	n      int // processes
}

func newOffice(t *testing.T) *office {
	o := &office{memory: newMemory(), t: t, server: indextest.NewServer(), seg: "v1", logged: &bytes.Buffer{}}
	o.server.Refuse(func(e index.Entry) string {
		if strings.Contains(e.Body, "拒收") {
			return "too long a term"
		}
		return ""
	})
	return o
}

func (o *office) segmenter() index.Segmenter {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.seg
}

func (o *office) reword(seg words) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.seg = seg
}

// engine is the server's, for looking at it beside the workers.
func (o *office) engine() *indextest.Memory { return o.server.Open("meilisearch", installation) }

type writer struct {
	mu  *sync.Mutex
	out *bytes.Buffer
}

func (w writer) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Write(b)
}

// worker is that of another process.
func (o *office) worker(change ...func(*feed.Config)) *feed.Worker {
	o.n++
	c := feed.Config{
		Engine: o.engine(), Store: o.memory, Source: o.memory, Segmenter: o.segmenter, Installation: installation,
		Holder: fmt.Sprint("process ", o.n), Log: slog.New(slog.NewTextHandler(writer{&o.mu, o.logged}, nil)),
	}
	for _, f := range change {
		f(&c)
	}
	return feed.New(c)
}

// run runs a worker until stop is called.
func (o *office) run(w *feed.Worker) (stop func()) {
	ctx, cancel := context.WithCancel(o.t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	synctest.Wait()
	return sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			o.t.Errorf("Run: %v", err)
		}
	})
}

// wait waits until a worker serves everything.
func (o *office) wait(w *feed.Worker) {
	o.t.Helper()
	if err := w.Wait(o.t.Context(), o.newest()); err != nil {
		o.t.Fatalf("Wait: %v", err)
	}
}

func (o *office) newest() int64 {
	o.memory.mu.Lock()
	defer o.memory.mu.Unlock()
	return o.seq
}

// wants are the sums of what the engine is to have, and the documents that
// are to be set aside.
func (o *office) wants() (sums map[index.Place]string, asides []string) {
	o.memory.mu.Lock()
	defer o.memory.mu.Unlock()
	sums = map[index.Place]string{}
	for _, id := range slices.Sorted(maps.Keys(o.live)) {
		l := o.live[id]
		if strings.Contains(l.Revision.Text, "拒收") || strings.Contains(l.Revision.Text, "陷阱") {
			asides = append(asides, id)
			continue
		}
		for _, e := range index.Entries([]index.Live{l}, o.segmenter()) {
			sums[index.Place{Document: e.Document, Ordinal: e.Ordinal}] = e.Sum
		}
	}
	return sums, asides
}

// check checks that a worker serves exactly what is published, from one
// generation.
func (o *office) check(w *feed.Worker, when string) {
	o.t.Helper()
	name, fresh := w.Serving()
	if name == "" || !fresh {
		o.t.Errorf("%s: serves %q, fresh %v", when, name, fresh)
		return
	}
	o.checkGeneration(name, when)
}

func (o *office) checkGeneration(name, when string) {
	o.t.Helper()
	sums, asides := o.wants()
	have := map[index.Place]string{}
	for _, e := range o.server.Entries(name) {
		have[index.Place{Document: e.Document, Ordinal: e.Ordinal}] = e.Sum
	}
	if !maps.Equal(have, sums) {
		o.t.Errorf("%s: generation %s has\n%v, want\n%v", when, name, have, sums)
	}
	o.memory.mu.Lock()
	defer o.memory.mu.Unlock()
	if got := slices.Sorted(maps.Keys(o.asides)); !slices.Equal(got, asides) {
		o.t.Errorf("%s: set aside %v, want %v", when, got, asides)
	}
}

// generations are the names of those on the engine.
func (o *office) generations() (out []string) {
	o.t.Helper()
	stamps, err := o.engine().Generations(context.Background())
	if err != nil {
		o.t.Fatal(err)
	}
	for _, m := range stamps {
		out = append(out, m.Generation)
	}
	return out
}

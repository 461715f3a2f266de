// Package metrics counts what a policybot does, for Prometheus and for the
// status that a person reads. It has a registry of its own. Every label comes
// from a closed set or from the configuration: accounts that are configured,
// patterns of routes, statuses, reasons in fixed words. No text of a message
// and nothing of its sender gets here.
package metrics

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/policybot/policybot/bot"
)

// buckets run from an answer out of memory to the 5 seconds after which the
// platform hangs up.
var buckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2, 3, 4, 5}

// Unknown is the account of callbacks to an address that no account has.
const Unknown = "unknown"

const (
	other      = "other"
	maxReasons = 64 // more different ones than the code has
	maxReason  = 40 // bytes
)

// Metrics is what one process counts. Its methods may be called at the same
// time.
type Metrics struct {
	// Callbacks and Chats are the last day's, for a person.
	Callbacks, Chats *Window

	registry  *prometheus.Registry
	handler   http.Handler
	callbacks *prometheus.CounterVec
	took      *prometheus.HistogramVec
	answers   *prometheus.CounterVec
	chats     *prometheus.CounterVec
	requests  *prometheus.CounterVec
	served    *prometheus.HistogramVec
	recalls   *prometheus.CounterVec
	recalled  *prometheus.HistogramVec

	mu      sync.RWMutex
	series  map[callback]series
	reasons map[string]bool
}

// callback is one combination of a callback's labels.
type callback struct{ account, status, reason string }

// series are its counters, looked up once.
type series struct {
	count prometheus.Counter
	took  prometheus.Observer
}

// Build says which program this is.
type Build struct{ Version, Go string }

// New returns counters at zero. state is asked at each scrape.
func New(b Build, now func() time.Time, state func(context.Context) State) *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	histogram := func(name, help string, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	}
	m := &Metrics{
		Callbacks: NewWindow(now), Chats: NewWindow(now),
		registry: prometheus.NewRegistry(), series: make(map[callback]series), reasons: make(map[string]bool),
		callbacks: counter("policybot_callbacks_total", "Callbacks of the platform by account, what became of them, and why.", "account", "status", "reason"),
		took:      histogram("policybot_callback_duration_seconds", "From a callback's arrival to its reply.", "account", "status"),
		answers:   counter("policybot_answers_total", "Questions by the engine that was asked (none: it was not needed) and what became of them.", "engine", "status"),
		chats:     counter("policybot_chat_questions_total", "Questions on the chat page by account and what became of them.", "account", "status"),
		requests:  counter("policybot_http_requests_total", "HTTP requests by method, pattern of the route (-: no such page), and status.", "method", "route", "status"),
		served:    histogram("policybot_http_request_duration_seconds", "From a request's arrival to its reply, by pattern of the route.", "route"),
		recalls:   counter("policybot_engine_recalls_total", "Questions by the engine outside of the process that they were to be put to, and what became of that.", "engine", "outcome"),
		recalled:  histogram("policybot_engine_recall_duration_seconds", "From a question that is put to an engine outside of the process to its candidates, or to its failure.", "engine"),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "policybot_build_info", Help: "1; the labels say which program runs.",
		ConstLabels: prometheus.Labels{"version": b.Version, "goversion": b.Go},
	})
	build.Set(1)
	m.registry.MustRegister(build, m.callbacks, m.took, m.answers, m.chats, m.requests, m.served, m.recalls, m.recalled,
		&collector{now: now, state: state}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.handler = promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
	return m
}

// Callback counts a callback that has been dealt with. "" is an account that
// is not configured.
func (m *Metrics) Callback(account, status, reason string, took time.Duration) {
	m.Callbacks.Observe(status, took)
	if account == "" {
		account = Unknown
	}
	key := callback{account, status, reason}
	m.mu.RLock()
	s, ok := m.series[key]
	m.mu.RUnlock()
	if !ok {
		s = m.add(key)
	}
	s.count.Inc()
	s.took.Observe(took.Seconds())
}

// add looks up the counters of labels that are new.
func (m *Metrics) add(key callback) series {
	m.mu.Lock()
	defer m.mu.Unlock()
	reason := m.bound(key.reason)
	s := series{m.callbacks.WithLabelValues(key.account, key.status, reason), m.took.WithLabelValues(key.account, key.status)}
	if reason == key.reason {
		m.series[key] = s
	}
	return s
}

// bound keeps reasons few, whatever a later change should make of them.
func (m *Metrics) bound(reason string) string {
	if m.reasons[reason] || reason == "" {
		return reason
	}
	if len(m.reasons) >= maxReasons || len(reason) > maxReason {
		return other
	}
	for _, r := range reason {
		if r < ' ' || r > '~' {
			return other
		}
	}
	m.reasons[reason] = true
	return reason
}

// Answering returns answer with its replies counted by engine.
func (m *Metrics) Answering(answer func(context.Context, bot.Question) bot.Reply) func(context.Context, bot.Question) bot.Reply {
	return func(ctx context.Context, q bot.Question) bot.Reply {
		r := answer(ctx, q)
		engine := r.Engine
		if engine == "" {
			engine = "none"
		}
		m.answers.WithLabelValues(engine, string(r.Status)).Inc()
		return r
	}
}

// Chat counts a question on the chat page.
func (m *Metrics) Chat(account string, status bot.Status, took time.Duration) {
	m.Chats.Observe(string(status), took)
	m.chats.WithLabelValues(account, string(status)).Inc()
}

// Request counts an HTTP request; route is the pattern.
func (m *Metrics) Request(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.served.WithLabelValues(route).Observe(took.Seconds())
}

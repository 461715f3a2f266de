// Package hook receives the platforms' callbacks and answers them in time.
//
// A platform waits 5 seconds, hangs up and asks again, three times in all;
// silence, or an empty or late reply, shows the citizen a fault message. So
// every authentic callback gets a reply here whatever happens: a panic, a
// missed deadline, a full house and a journal that cannot write all end in
// words. Repeats get the bytes that the first one got, also while it is
// still being computed, and also when the platform hung up on it meanwhile.
package hook

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/policybot/policybot/bot"
)

// What is said when there is no answer.
const (
	trouble = "刚才没查成，请稍后再发一次，或打12345。"
	crowded = "现在问的人比较多，请过一会儿再发一次。着急的话，请打12345。"
)

// Channel is what a callback address needs of a platform's protocol.
type Channel interface {
	bot.Channel
	// Verify answers the platform's GET with what to send back. Its errors
	// wrap bot.ErrUnauthorized or bot.ErrMalformed.
	Verify(query url.Values) (string, error)
}

// Config is what the callbacks need. Channels, Answer and Journal are
// required; their errors must hold nothing of what the citizen sent, as they
// are logged.
type Config struct {
	Channels    func(account string) (Channel, bool)
	Answer      func(context.Context, bot.Question) bot.Reply
	Journal     bot.Journal
	Now         func() time.Time // nil: time.Now
	Log         *slog.Logger     // nil: slog.Default()
	Deadline    time.Duration    // for the answer; 0: 3 s
	Concurrency int              // answers at a time; 0: 64
	Queue       int              // messages that wait for one at most; 0: 256, negative: none
	Accounts    func() int       // how many accounts there are, which share both; nil: one

	// Observe is told of every callback: an account that is configured ("" is
	// one that is not), what became of it, why, and how long it took. The
	// words are from a closed set and hold nothing of a message. nil: nobody.
	Observe func(account, status, reason string, took time.Duration)
}

// Hook answers callbacks. It is safe for concurrent use.
type Hook struct {
	Config
	gate    *gate
	flights *flights
	faults  atomic.Int64
	answers sync.WaitGroup
}

// New checks the configuration and fills in what was left out.
func New(c Config) (*Hook, error) {
	if c.Channels == nil || c.Answer == nil || c.Journal == nil {
		return nil, errors.New("hook: Channels, Answer and Journal are required")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Deadline <= 0 {
		c.Deadline = 3 * time.Second
	}
	if c.Concurrency <= 0 {
		c.Concurrency = 64
	}
	if c.Queue == 0 {
		c.Queue = 256
	}
	if c.Accounts == nil {
		c.Accounts = func() int { return 1 }
	}
	return &Hook{Config: c, gate: newGate(c.Concurrency, c.Queue, c.Accounts), flights: newFlights()}, nil
}

// Register adds the callback addresses to r.
func (h *Hook) Register(r gin.IRouter) {
	r.GET("/wechat/:account", h.verify)
	r.POST("/wechat/:account", h.receive)
}

// Load returns how many answers are being computed, and how many messages
// wait for that.
func (h *Hook) Load() (running, waiting int) { return h.gate.load() }

// Faults returns how often the journal failed since the start.
func (h *Hook) Faults() int64 { return h.faults.Load() }

// Wait returns when no Answer is running any more, or with ctx's error. Call
// it after the server has stopped and before what Answer uses is closed: an
// answer that outlasted its deadline has no request to wait for it.
func (h *Hook) Wait(ctx context.Context) error {
	done := make(chan struct{})
	go func() { h.answers.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// verify is the platform's GET.
func (h *Hook) verify(c *gin.Context) {
	start, account := h.Now(), c.Param("account")
	ch, ok := h.Channels(account)
	if !ok {
		h.unknown(c.Writer, start)
		return
	}
	echo, err := ch.Verify(c.Request.URL.Query())
	if err != nil {
		h.refuse(c.Writer, account, err, start)
		return
	}
	c.Header("Content-Type", "text/plain; charset=utf-8")
	c.Header("X-Content-Type-Options", "nosniff")
	c.Status(http.StatusOK)
	_, err = c.Writer.WriteString(echo)
	h.log(account, outcome{status: "verified"}, start, err)
}

// receive is a message or an event.
func (h *Hook) receive(c *gin.Context) {
	start, account := h.Now(), c.Param("account")
	ch, ok := h.Channels(account)
	if !ok {
		h.unknown(c.Writer, start)
		return
	}
	q, err := ch.Decode(c.Request)
	var out outcome
	switch {
	case errors.Is(err, bot.ErrMalformed) && q.Person != "" && q.Origin.To != "":
		// Authentic, but not to be read: the citizen is told so.
		q.Kind = bot.Text
		out = h.say(ch, q, bot.Failed, "malformed", trouble)
	case err != nil:
		h.refuse(c.Writer, account, err, start)
		return
	case q.Kind == bot.Ignored:
		out = outcome{status: string(bot.Ignored)}
	default:
		// The platform hangs up after 5 s; the answer is finished all the
		// same, for the repeat that follows.
		out = h.shared(context.WithoutCancel(c.Request.Context()), ch, q)
	}
	h.log(account, out, start, ch.Write(c.Writer, q, out.body))
}

// unknown refuses an account that we do not have. Its name is a stranger's
// text and is not logged.
func (h *Hook) unknown(w http.ResponseWriter, start time.Time) {
	w.WriteHeader(http.StatusNotFound)
	h.observe("", Rejected, "unknown account", start)
	h.Log.Warn("callback refused", "status", http.StatusNotFound, "reason", "unknown account", "ms", h.ms(start))
}

// refuse answers with an empty body.
func (h *Hook) refuse(w http.ResponseWriter, account string, err error, start time.Time) {
	status := http.StatusForbidden
	if errors.Is(err, bot.ErrMalformed) {
		status = http.StatusBadRequest
	}
	w.WriteHeader(status)
	h.observe(account, Rejected, cause(err), start)
	h.Log.Warn("callback refused", "account", account, "status", status, "reason", err.Error(), "ms", h.ms(start))
}

// log writes a callback's one line: no text, no sender.
func (h *Hook) log(account string, out outcome, start time.Time, err error) {
	if err != nil {
		h.observe(account, out.status, NotDelivered, start)
		h.Log.Warn("callback not delivered", "account", account, "status", out.status, "reason", "write failed", "ms", h.ms(start))
		return
	}
	h.observe(account, out.status, out.reason, start)
	h.Log.Info("callback", "account", account, "status", out.status, "reason", out.reason, "ms", h.ms(start))
}

func (h *Hook) ms(start time.Time) float64 {
	return float64(h.Now().Sub(start).Microseconds()) / 1000
}

package hook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/policybot/policybot/bot"
)

const (
	openid = "oSecretPerson"
	secret = "我的秘密问题"
)

// channel is a platform whose messages are id, kind and what is wrong, in
// the query; its replies carry their time.
type channel struct{ encodeFails bool }

func (channel) Verify(q url.Values) (string, error) {
	if q.Get("echostr") == "" {
		return "", fmt.Errorf("%w: signature", bot.ErrUnauthorized)
	}
	return q.Get("echostr"), nil
}

func (channel) Decode(r *http.Request) (bot.Question, error) {
	v := r.URL.Query()
	q := bot.Question{Account: "default", Person: openid, ID: v.Get("id"), Kind: bot.Text, Text: secret,
		Origin: bot.Origin{To: "gh", Nonce: v.Get("nonce")}}
	if k := v.Get("kind"); k != "" {
		q.Kind = bot.Kind(k)
	}
	switch v.Get("wrong") {
	case "unauthorized":
		return bot.Question{}, fmt.Errorf("%w: signature", bot.ErrUnauthorized)
	case "malformed":
		return q, fmt.Errorf("%w: not XML", bot.ErrMalformed)
	case "malformed, unknown sender":
		return bot.Question{}, fmt.Errorf("%w: not XML", bot.ErrMalformed)
	}
	return q, nil
}

func (c channel) Encode(q bot.Question, r bot.Reply, now time.Time) ([]byte, error) {
	if c.encodeFails {
		return nil, errors.New("cannot encode")
	}
	if q.Kind == bot.Unsubscribe {
		return []byte("success"), nil
	}
	return []byte(now.Format("15:04:05.000 ") + r.Text), nil
}

func (channel) Write(w http.ResponseWriter, q bot.Question, body []byte) error {
	if len(body) == 0 {
		body = []byte("success")
	}
	_, err := w.Write(body)
	return err
}

// journal keeps what was said, and can be made to fail.
type journal struct {
	mu       sync.Mutex
	done     map[string][]byte
	begun    int
	ended    []bot.Reply
	begin    error
	end      error
	hang     bool // Begin and End wait for their context
	panicked bool
}

func (j *journal) Begin(ctx context.Context, q bot.Question) ([]byte, error) {
	if j.hang {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.panicked {
		panic("journal: " + q.Text)
	}
	j.begun++
	return j.done[q.ID], j.begin
}

func (j *journal) End(ctx context.Context, q bot.Question, r bot.Reply, body []byte, _ time.Duration) error {
	if j.hang {
		<-ctx.Done()
		return ctx.Err()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.end != nil {
		return j.end
	}
	j.ended = append(j.ended, r)
	j.done[q.ID] = body
	return nil
}

// bench is a hook with its surroundings.
type bench struct {
	t       *testing.T
	hook    *Hook
	router  *gin.Engine
	journal *journal
	log     *lines
	calls   atomic.Int64
	answer  func(context.Context, bot.Question) bot.Reply
}

// lines is a log that several may write to.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newBench(t *testing.T, change ...func(*Config)) *bench {
	t.Helper()
	b := &bench{t: t, journal: &journal{done: map[string][]byte{}}, log: &lines{}}
	b.answer = func(_ context.Context, q bot.Question) bot.Reply {
		return bot.Reply{Status: bot.Answered, Reason: "found", Text: "答" + q.ID}
	}
	cfg := Config{
		Channels: func(account string) (Channel, bool) { return channel{}, account == "default" },
		Answer: func(ctx context.Context, q bot.Question) bot.Reply {
			b.calls.Add(1)
			return b.answer(ctx, q)
		},
		Journal: b.journal,
		Log:     slog.New(slog.NewJSONHandler(b.log, nil)),
	}
	for _, f := range change {
		f(&cfg)
	}
	var err error
	if b.hook, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	b.router = gin.New()
	b.hook.Register(b.router)
	return b
}

func (b *bench) do(method, target string) *httptest.ResponseRecorder {
	return b.doCtx(b.t.Context(), method, target)
}

func (b *bench) doCtx(ctx context.Context, method, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	b.router.ServeHTTP(w, httptest.NewRequestWithContext(ctx, method, target, strings.NewReader(secret)))
	return w
}

// post sends a message and returns the reply without its time.
func (b *bench) post(id string) string {
	b.t.Helper()
	w := b.do(http.MethodPost, "/wechat/default?id="+id)
	if w.Code != http.StatusOK {
		b.t.Errorf("message %s: %d", id, w.Code)
	}
	return w.Body.String()
}

// said cuts a reply's time off.
func said(body string) string {
	_, text, ok := strings.Cut(body, " ")
	if !ok {
		return body
	}
	return text
}

// discreet asserts that nothing of the citizen was logged.
func (b *bench) discreet() {
	b.t.Helper()
	for _, s := range []string{openid, secret, "wrong=", "nonce"} {
		if strings.Contains(b.log.String(), s) {
			b.t.Errorf("the log holds %q:\n%s", s, b.log)
		}
	}
}

// in runs f in a bubble, where time passes only when all wait.
func in(t *testing.T, f func(t *testing.T)) {
	t.Parallel()
	gin.SetMode(gin.ReleaseMode)
	synctest.Test(t, f)
}

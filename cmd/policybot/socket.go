package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/web/console"
	"github.com/policybot/policybot/web/hook"
)

// host is this process as the owner of a data folder. It serves the folder's
// socket, so that other commands work side by side.
type host struct {
	app    *app
	claim  *claim // nil: only read, without the folder
	serves bool   // until it is told to stop: not a command
	server *http.Server
	served chan error

	sites     *sites        // nil in a command
	watcher   *hook.Watcher // nil in a command
	watched   net.Listener  // an address of its own for the figures; nil: none
	reloading sync.Mutex

	desk    net.Listener // of the console; nil: none
	opening sync.Mutex
	console *console.Site // nil until it is needed
}

func (h *host) Put(ctx context.Context, contents []corpus.Content, publish bool, by authority) ([]corpus.Outcome, error) {
	return h.app.put(ctx, contents, publish, by)
}

func (h *host) Served(ctx context.Context) error {
	if err := h.app.sync(ctx); err != nil {
		return err
	}
	return h.app.flush(ctx)
}

func (h *host) Ask(ctx context.Context, q askRequest) (askResult, error) {
	if q.Account == "" {
		q.Account = h.app.roster.Load().accounts[0].Name
	}
	if err := h.app.knows(ctx, q.Account); err != nil {
		return askResult{}, err
	}
	day := q.On
	if day == "" {
		day = corpus.DayOf(time.Now())
	}
	start := time.Now()
	ctx, stop := context.WithTimeout(ctx, 3*time.Second)
	defer stop()
	out := askResult{Reply: h.app.responder.AnswerOn(ctx, bot.Question{
		Account: q.Account, Kind: bot.Text, Text: q.Question, Time: start,
	}, day)}
	out.Took = time.Since(start)
	if !q.Explain {
		return out, nil
	}
	acc := h.app.accountNamed(q.Account)
	res, err := h.app.shelf.Find(ctx, index.Query{
		Text: bot.Substance(bot.Clean(q.Question)), Account: acc.Name, Day: day, Own: acc.Own, Limit: 10,
	})
	out.Explain = &res
	return out, err
}

func (h *host) Health(ctx context.Context) (health, error) {
	out := health{PID: os.Getpid(), Server: h.serves, Version: version(), Accounts: h.app.roster.Load().names()}
	if err := h.app.ready(); err != nil {
		out.Trouble = err.Error()
	}
	out.Ready = out.Trouble == ""
	if st, err := h.app.shelf.Status(); err == nil {
		out.Index = st
	}
	engines, err := h.app.engines.states(ctx)
	if err != nil {
		return out, err
	}
	out.Engines = orEmpty(engines)
	if out.Greetings, err = h.app.clerk.greetingFlaws(ctx); err != nil {
		return out, err
	}
	out.Sample, out.Own, err = h.app.store.Counts(ctx)
	return out, err
}

// listen starts to serve the socket.
func (h *host) listen() error {
	l, err := listenSocket(h.app.settings.Data)
	if err != nil {
		return err
	}
	h.server = &http.Server{Handler: h.routes(), ReadHeaderTimeout: 5 * time.Second}
	h.served = make(chan error, 1)
	go func() { h.served <- h.server.Serve(l) }()
	return nil
}

// Close finishes what runs, gives the socket and the folder back.
func (h *host) Close() error {
	var errs []error
	if h.server != nil {
		ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
		errs = append(errs, h.server.Shutdown(ctx))
		stop()
		if err := <-h.served; !errors.Is(err, http.ErrServerClosed) {
			errs = append(errs, err)
		}
	}
	errs = append(errs, h.app.Close())
	if h.claim != nil {
		errs = append(errs, h.claim.Close())
	}
	return errors.Join(errs...)
}

// maxRequest bounds what one request over the socket may carry. Only the
// folder's owner can open the socket; the bound is against mistakes.
const maxRequest = 256 << 20

type putRequest struct {
	Contents []corpus.Content `json:"contents"`
	Publish  bool             `json:"publish"`
	authority
}

// routes is the socket's protocol: JSON in, JSON out.
func (h *host) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /put", over(func(ctx context.Context, in putRequest) ([]corpus.Outcome, error) {
		return h.Put(ctx, in.Contents, in.Publish, in.authority)
	}))
	mux.HandleFunc("POST /served", over(func(ctx context.Context, _ struct{}) (struct{}, error) {
		return struct{}{}, h.Served(ctx)
	}))
	mux.HandleFunc("POST /ask", over(h.Ask))
	mux.HandleFunc("POST /health", over(func(ctx context.Context, _ struct{}) (health, error) { return h.Health(ctx) }))
	for _, op := range operations {
		op.route(mux, h)
	}
	return mux
}

type failure struct {
	Error string `json:"error"`
}

func over[In, Out any](do func(context.Context, In) (Out, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in In
		w.Header().Set("Content-Type", "application/json")
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&in)
		var out Out
		if err == nil {
			out, err = do(r.Context(), in)
		}
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			_ = json.NewEncoder(w).Encode(failure{err.Error()}) // the other end is gone: nobody to tell
			return
		}
		_ = json.NewEncoder(w).Encode(out)
	}
}

// remote is the owner behind a socket.
type remote struct {
	client *http.Client
	server bool            // it runs until it is told to stop
	has    map[string]bool // the sums of files that it was sent
}

// dial returns the process behind a socket, nil where none answers, and
// whether it serves a generation yet.
func dial(ctx context.Context, path string) (r *remote, serves bool) {
	r = &remote{client: &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", path)
		},
		MaxIdleConnsPerHost: 8,
	}}}
	ctx, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	h, err := r.Health(ctx)
	if err != nil {
		r.client.CloseIdleConnections()
		return nil, false
	}
	r.server = h.Server
	return r, h.Index.Generation != ""
}

func call[Out any](ctx context.Context, r *remote, path string, in any) (out Out, err error) {
	body, err := json.Marshal(in)
	if err != nil {
		return out, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://policybot"+path, bytes.NewReader(body))
	if err != nil {
		return out, err
	}
	res, err := r.client.Do(req)
	if err != nil {
		if ctx.Err() == nil {
			err = fmt.Errorf("%w: %w", errGone, err)
		}
		return out, err
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusOK {
		return out, json.NewDecoder(res.Body).Decode(&out)
	}
	var f failure
	if err := json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&f); err != nil || f.Error == "" {
		return out, fmt.Errorf("the running policybot answered %s", res.Status)
	}
	return out, errors.New(f.Error)
}

// Put sends the bytes of each file once: a sheet is that of thousands of
// records. Where the owner has them no more, all are sent again.
func (r *remote) Put(ctx context.Context, contents []corpus.Content, publish bool, by authority) ([]corpus.Outcome, error) {
	lean, sums := withoutBytes(contents, r.has)
	out, err := call[[]corpus.Outcome](ctx, r, "/put", putRequest{lean, publish, by})
	if err != nil && len(r.has) > 0 && ctx.Err() == nil && !errors.Is(err, errGone) {
		lean, _ = withoutBytes(contents, nil)
		out, err = call[[]corpus.Outcome](ctx, r, "/put", putRequest{lean, publish, by})
	}
	if err == nil {
		if r.has == nil {
			r.has = map[string]bool{}
		}
		maps.Copy(r.has, sums)
	}
	return out, err
}

// withoutBytes leaves out the bytes of files that are known, or come twice. It
// returns the sums of all.
func withoutBytes(contents []corpus.Content, known map[string]bool) ([]corpus.Content, map[string]bool) {
	lean, sums := slices.Clone(contents), map[string]bool{}
	for i, c := range lean {
		o := c.Original
		if o == nil || o.Sum == "" {
			continue
		}
		if known[o.Sum] || sums[o.Sum] {
			lean[i].Original = &corpus.Original{Name: o.Name, MediaType: o.MediaType, Sum: o.Sum}
		}
		sums[o.Sum] = true
	}
	return lean, sums
}

func (r *remote) Served(ctx context.Context) error {
	_, err := call[struct{}](ctx, r, "/served", struct{}{})
	return err
}

func (r *remote) Ask(ctx context.Context, q askRequest) (askResult, error) {
	return call[askResult](ctx, r, "/ask", q)
}

func (r *remote) Health(ctx context.Context) (health, error) {
	return call[health](ctx, r, "/health", struct{}{})
}

func (r *remote) Close() error {
	r.client.CloseIdleConnections()
	return nil
}

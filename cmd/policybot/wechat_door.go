package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/web/hook"
)

// asker answers checkRequests: the running server, or this process.
type asker func(context.Context, checkRequest) (checkResult, error)

// door finds who receives the callbacks: the policybot that serves the data
// folder, or else this process, which then listens itself. The caller calls
// end.
func (f *checkFlags) door(ctx context.Context) (ask asker, end func() error, where string, err error) {
	path, err := socketPath(f.Data)
	if err != nil {
		return nil, nil, "", err
	}
	r, _ := dial(ctx, path)
	if r != nil && r.server {
		ask = func(ctx context.Context, in checkRequest) (checkResult, error) { return opCheck.ask(ctx, r, in) }
		return ask, r.Close, "through the policybot that serves " + f.Data, nil
	}
	if r != nil {
		_ = r.Close() // a command has the folder, which is not needed here
	}
	return f.listen()
}

// listen opens a door of our own.
func (f *checkFlags) listen() (ask asker, end func() error, where string, err error) {
	if err := f.readSecrets(); err != nil {
		return nil, nil, "", err
	}
	accounts, err := f.roster()
	if err != nil {
		return nil, nil, "", err
	}
	if _, _, err := accounts.connected(f.account); err != nil {
		return nil, nil, "", usageError{err}
	}
	l, err := net.Listen("tcp", f.Addr)
	if err != nil {
		return nil, nil, "", fmt.Errorf("no policybot serves %s, and this one cannot listen on %s: %w", f.Data, f.Addr, err)
	}
	w := hook.NewWatcher(nil)
	server := &http.Server{
		Handler: w.Wrap(callbacksOnly(accounts)), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second,
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	ask = func(ctx context.Context, in checkRequest) (checkResult, error) { return check(ctx, accounts, w, in) }
	end = func() error {
		ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
		defer stop()
		err := server.Shutdown(ctx) // whoever was just answered gets the answer
		if e := <-served; !errors.Is(e, http.ErrServerClosed) {
			err = errors.Join(err, e)
		}
		return err
	}
	return ask, end, "here, on " + l.Addr().String() + ": no policybot serves " + f.Data, nil
}

// callbacksOnly answers verifications, and acknowledges messages, as serve
// does.
func callbacksOnly(accounts *roster) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		channel, ok := accounts.channel(strings.TrimPrefix(r.URL.Path, callbackPath("")))
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		text, err := "success", error(nil)
		switch r.Method {
		case http.MethodGet:
			text, err = channel.Verify(r.URL.Query())
		case http.MethodPost:
			_, err = channel.Decode(r)
		default:
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		switch {
		case errors.Is(err, bot.ErrMalformed):
			w.WriteHeader(http.StatusBadRequest)
		case err != nil:
			w.WriteHeader(http.StatusForbidden)
		default:
			_, _ = io.WriteString(w, text) // the platform has gone: nothing to be done
		}
	})
}

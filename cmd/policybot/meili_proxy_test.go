package main

import (
	"bytes"
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// slowProxy passes bytes between its clients and a server, and can hold back
// each answer for a while.
type slowProxy struct {
	listener net.Listener
	server   string // host:port
	delay    atomic.Int64
	delayed  atomic.Int64 // answers so far

	ctx   context.Context
	close context.CancelFunc
	open  sync.WaitGroup
}

func newSlowProxy(tb testing.TB, server string) *slowProxy {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	p := &slowProxy{listener: l, server: server}
	p.ctx, p.close = context.WithCancel(context.Background())
	p.open.Go(p.accept)
	tb.Cleanup(func() {
		p.close()
		_ = l.Close() // ends accept
		p.open.Wait()
	})
	return p
}

func (p *slowProxy) url() string { return "http://" + p.listener.Addr().String() }

func (p *slowProxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.open.Go(func() { p.pass(client) })
	}
}

// pass serves one connection until either end closes it.
func (p *slowProxy) pass(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		return
	}
	defer server.Close()
	closed := context.AfterFunc(p.ctx, func() { _ = client.Close(); _ = server.Close() })
	defer closed()
	var asked atomic.Bool // since the last answer
	var both sync.WaitGroup
	both.Go(func() {
		defer server.Close()
		_, _ = io.Copy(noted{server, func() { asked.Store(true) }}, client)
	})
	both.Go(func() {
		defer client.Close()
		_, _ = io.Copy(noted{client, func() {
			if asked.Swap(false) {
				p.hold()
			}
		}}, server)
	})
	both.Wait()
}

// hold waits as long as an answer is held back now.
func (p *slowProxy) hold() {
	d := time.Duration(p.delay.Load())
	if d == 0 {
		return
	}
	p.delayed.Add(1)
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-p.ctx.Done():
	}
}

// noted calls before each write.
type noted struct {
	io.Writer
	before func()
}

func (n noted) Write(p []byte) (int, error) {
	n.before()
	return n.Writer.Write(p)
}

// recorder passes requests on to a server, and keeps those to one path.
type recorder struct {
	*httptest.Server
	mu   sync.Mutex
	kept []recorded
}

// recorded is a request that can be made again.
type recorded struct {
	path   string
	header http.Header
	body   []byte
}

func newRecorder(tb testing.TB, server, path string) *recorder {
	tb.Helper()
	to, err := url.Parse(server)
	if err != nil {
		tb.Fatal(err)
	}
	r := &recorder{}
	pass := &httputil.ReverseProxy{
		Rewrite:  func(p *httputil.ProxyRequest) { p.SetURL(to) },
		ErrorLog: log.New(io.Discard, "", 0), // of clients that wait no longer
	}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		// A body that is passed on while it comes in is closed by the answer,
		// at times before its end was seen: then all of it is lost.
		body, err := io.ReadAll(req.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		if req.URL.Path == path {
			r.mu.Lock()
			r.kept = append(r.kept, recorded{path, req.Header.Clone(), body})
			r.mu.Unlock()
		}
		if len(body) > 0 {
			req.Body = io.NopCloser(bytes.NewReader(body))
		}
		pass.ServeHTTP(w, req)
	}))
	tb.Cleanup(r.Close)
	return r
}

// take returns what was kept since the last call.
func (r *recorder) take() []recorded {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.kept
	r.kept = nil
	return out
}

// send makes a recorded request of a server and reads the answer to its end.
func (r recorded) send(client *http.Client, server string) error {
	req, err := http.NewRequest(http.MethodPost, server+r.path, bytes.NewReader(r.body))
	if err != nil {
		return err
	}
	req.Header = r.header.Clone()
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

// TestProxies: what the benchmarks put before a server passes everything on,
// holds answers back, and keeps what it is to keep.
func TestProxies(t *testing.T) {
	t.Parallel()
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// All of it first: a server of HTTP/1 that has begun to answer may read
		// no further. The client sees what is missing.
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	}))
	t.Cleanup(echo.Close)
	slow := newSlowProxy(t, strings.TrimPrefix(echo.URL, "http://"))
	kept := newRecorder(t, slow.url(), "/multi-search")
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	long := strings.Repeat("公积金", 100_000)
	post := func(path, body string) {
		t.Helper()
		res, err := client.Post(kept.URL+path, "text/plain", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if got, err := io.ReadAll(res.Body); err != nil || string(got) != body {
			t.Fatalf("%s: %d bytes of %d, %v", path, len(got), len(body), err)
		}
	}
	post("/multi-search", "a")
	post("/other", long)
	if n := slow.delayed.Load(); n != 0 {
		t.Errorf("%d answers were held back", n)
	}
	slow.delay.Store(1)
	post("/multi-search", "b")
	post("/other", "c")
	if n := slow.delayed.Load(); n != 2 {
		t.Errorf("%d answers of 2 were held back", n)
	}
	all := kept.take()
	if len(all) != 2 || string(all[0].body) != "a" || string(all[1].body) != "b" || len(kept.take()) != 0 {
		t.Errorf("%d requests were kept: %+v", len(all), all)
	}
	if err := all[0].send(client, echo.URL); err != nil {
		t.Error(err)
	}
}

// Package links finds out whether the addresses that documents name can be
// opened. It never connects to an address that is not on the public internet:
// that is looked at when a connection is about to be made, after the name was
// resolved, and so after every redirect as well.
package links

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"code.dny.dev/ssrf"

	"github.com/policybot/policybot/corpus/desk"
)

// The bounds of a look at addresses.
const (
	atOnce     = 6               // connections of this process
	patience   = 5 * time.Second // for one request
	redirects  = 5
	headerSize = 64 << 10         // bytes that a site may say before its page
	pageSize   = 64 << 10         // bytes that are read of a page
	good       = 24 * time.Hour   // how long what was found holds
	goodUnsure = 10 * time.Minute // where nothing was found out
	most       = 10_000           // addresses that are remembered
)

// ports are those that web sites are found at.
var ports = []uint16{80, 81, 443, 8000, 8001, 8080, 8081, 8088, 8090, 8443, 9080, 9090}

// Config is what New needs.
type Config struct {
	Now func() time.Time
	// Control looks at a resolved address before it is connected to; nil is the
	// look that lets nothing but the public internet pass.
	Control func(network, address string, c syscall.RawConn) error
}

// Checker opens addresses and remembers for a day what came of it. It may be
// used at the same time.
type Checker struct {
	now    func() time.Time
	client *http.Client
	slots  chan struct{}

	mu      sync.Mutex
	known   map[string]remembered
	reached time.Time // when something outside answered last
}

type remembered struct {
	desk.LinkFinding
	until time.Time
	// doubtful: an office without internet would find the same of every address.
	doubtful bool
}

var _ desk.LinkChecker = (*Checker)(nil)

// New returns a Checker that goes through no proxy: a proxy would connect to
// what it is told, wherever that is.
func New(c Config) *Checker {
	if c.Control == nil {
		c.Control = ssrf.New(ssrf.WithPorts(ports...)).Safe
	}
	dialer := &net.Dialer{Timeout: patience, Control: c.Control}
	return &Checker{
		now: c.Now, slots: make(chan struct{}, atOnce), known: map[string]remembered{},
		client: &http.Client{
			Timeout: patience,
			Transport: &http.Transport{
				DialContext: dialer.DialContext, TLSHandshakeTimeout: patience, ResponseHeaderTimeout: patience,
				MaxResponseHeaderBytes: headerSize, DisableKeepAlives: true, DisableCompression: true,
			},
			CheckRedirect: func(r *http.Request, via []*http.Request) error {
				if len(via) > redirects || r.URL.Scheme != "http" && r.URL.Scheme != "https" {
					return errRedirects
				}
				return nil
			},
		},
	}
}

var errRedirects = errors.New("links: redirected too often, or elsewhere")

// Known implements desk.LinkChecker.
func (c *Checker) Known(addresses []string) (known []desk.LinkFinding, unknown int) {
	now := c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range addresses {
		r, ok := c.known[a]
		if !ok || !now.Before(r.until) {
			unknown++
			continue
		}
		if r.doubtful && !c.outside(now) {
			r.Dead, r.Unsure, r.Why = false, true, noInternet
		}
		known = append(known, r.LinkFinding)
	}
	return known, unknown
}

// outside reports whether this process has come to the internet within the last
// day. The caller holds the lock.
func (c *Checker) outside(now time.Time) bool {
	return !c.reached.IsZero() && now.Sub(c.reached) < good
}

const noInternet = "服务器连不上外网，没有查成"

// Check implements desk.LinkChecker.
func (c *Checker) Check(ctx context.Context, addresses []string) []desk.LinkFinding {
	known, _ := c.Known(addresses)
	have := make(map[string]bool, len(known))
	for _, k := range known {
		have[k.Address] = true
	}
	var group sync.WaitGroup
	for _, a := range addresses {
		if have[a] {
			continue
		}
		have[a] = true
		group.Go(func() { c.look(ctx, a) })
	}
	group.Wait()
	known, _ = c.Known(addresses)
	return known
}

// look opens an address in its turn and remembers what came of it.
func (c *Checker) look(ctx context.Context, address string) {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return
	}
	f, err := c.open(ctx, address)
	if ctx.Err() != nil {
		return // nobody waited for it to the end
	}
	now, keep := c.now(), good
	f.At = now
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.reached = now
	}
	doubtful := f.Dead && offline(err)
	if f.Unsure || doubtful && !c.outside(now) {
		keep = goodUnsure
	}
	if len(c.known) >= most {
		for a, r := range c.known {
			if !now.Before(r.until) {
				delete(c.known, a)
			}
		}
		if len(c.known) >= most {
			clear(c.known)
		}
	}
	c.known[address] = remembered{f, now.Add(keep), doubtful}
}

// open asks for an address without its page and, where that is refused, with
// it: many sites know no HEAD.
func (c *Checker) open(ctx context.Context, address string) (desk.LinkFinding, error) {
	status, err := c.request(ctx, http.MethodHead, address)
	if err != nil && !final(err) || err == nil && status >= http.StatusBadRequest {
		status, err = c.request(ctx, http.MethodGet, address)
	}
	if err != nil {
		return failed(address, err), err
	}
	return answered(address, status), nil
}

// offline reports whether an error is what somebody without internet gets:
// their resolver knows no name, and nothing answers.
func offline(err error) bool {
	var dns *net.DNSError
	var wait net.Error
	return errors.As(err, &dns) || errors.As(err, &wait) && wait.Timeout()
}

func (c *Checker) request(ctx context.Context, method, address string) (status int, err error) {
	r, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("User-Agent", "Mozilla/5.0 (compatible; policybot link check)")
	r.Header.Set("Accept", "text/html,*/*;q=0.5")
	res, err := c.client.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.CopyN(io.Discard, res.Body, pageSize)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return res.StatusCode, err
}

// final reports whether an error would be the same with another method.
func final(err error) bool {
	var dns *net.DNSError
	var op *net.OpError
	return errors.As(err, &dns) || errors.As(err, &op) && op.Op == "dial" || errors.Is(err, errRedirects)
}

// answered says what a status means to who opens the address. A site that
// wants somebody to sign in, or a browser, is there.
func answered(address string, status int) desk.LinkFinding {
	f := desk.LinkFinding{Address: address}
	switch {
	case status == http.StatusNotFound || status == http.StatusGone:
		f.Dead, f.Why = true, fmt.Sprintf("网页不存在（%d）", status)
	case status >= http.StatusInternalServerError:
		f.Dead, f.Why = true, fmt.Sprintf("网站出错了（%d）", status)
	}
	return f
}

// failed says what an error means to who opens the address.
func failed(address string, err error) desk.LinkFinding {
	f := desk.LinkFinding{Address: address, Dead: true}
	var dns *net.DNSError
	var wait net.Error
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedPort), errors.Is(err, ssrf.ErrProhibitedNetwork):
		// Within the office a public site often has an address of its network.
		f.Dead, f.Unsure, f.Why = false, true, "在这里是内网地址或不常用的端口，没有查"
	case errors.As(err, &dns) && dns.IsNotFound:
		f.Why = "没有这个域名"
	case errors.As(err, &dns), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		f.Dead, f.Unsure, f.Why = false, true, noInternet
	case errors.As(err, &authority), errors.As(err, &host), errors.As(err, &invalid):
		f.Why = "安全证书有问题，手机会提示不安全"
	case errors.Is(err, errRedirects):
		f.Why = "跳转太多次"
	case errors.Is(err, syscall.ECONNREFUSED):
		f.Why = "网站没有开"
	case errors.As(err, &wait) && wait.Timeout():
		f.Why = "等了5秒没有回应"
	default:
		f.Why = "没有打开"
	}
	return f
}

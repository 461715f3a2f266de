package meili

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/meilisearch/meilisearch-go"
)

const (
	connectTimeout = 5 * time.Second
	// searchTimeout is far above what a question waits: whoever asks has a
	// budget of its own. It ends what nobody waits for any more.
	searchTimeout = 5 * time.Second
	feedTimeout   = 30 * time.Second

	maxSearchAnswer = 8 << 20
	maxFeedAnswer   = 64 << 20
)

var (
	errHuge    = errors.New("the answer is longer than any of Meilisearch's")
	errTimeout = errors.New("no answer in time")
)

// newTransport keeps few connections: a search takes milliseconds, and the
// server works on few at once.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: connectTimeout, KeepAlive: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout:   connectTimeout,
		ResponseHeaderTimeout: feedTimeout,
		MaxIdleConns:          16,
		MaxIdleConnsPerHost:   16,
		IdleConnTimeout:       30 * time.Second,
		DisableCompression:    true,
	}
}

// access is how a server is asked with a key.
type access struct {
	address string
	options []meilisearch.Option
}

// newAccess leaves out what meilisearch-go does wrong: it has neither time
// limit nor limit of answers, repeats a request without its body, and mixes up
// compressed requests that are made at the same time.
func newAccess(address, key string, next http.RoundTripper, timeout time.Duration, most int64) access {
	return access{address, []meilisearch.Option{
		meilisearch.WithAPIKey(key),
		meilisearch.DisableRetries(),
		meilisearch.WithCustomClient(&http.Client{
			Transport: &transport{next: next, most: most},
			Timeout:   timeout,
			// A redirect would carry questions and texts to where nobody said.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}),
	}}
}

// service returns a client. It costs next to nothing: its connections are those
// of all.
func (a access) service(more ...meilisearch.Option) meilisearch.ServiceManager {
	return meilisearch.New(a.address, slices.Concat(a.options, more)...)
}

// transport sends bodies that can be sent again and bounds what it reads.
type transport struct {
	next http.RoundTripper
	most int64
}

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil && req.Body != http.NoBody {
		body, err := io.ReadAll(req.Body)
		_ = req.Body.Close()
		if err != nil {
			return nil, err
		}
		req = req.Clone(req.Context())
		req.ContentLength = int64(len(body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		req.Body, _ = req.GetBody()
		// All that we send may be sent twice. Empty, it is not sent, and lets
		// net/http try again where the server has just closed an idle connection.
		req.Header["Idempotency-Key"] = []string{}
	}
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	resp.Body = &bounded{ReadCloser: resp.Body, left: t.most}
	return resp, nil
}

// bounded ends in an error after so many bytes.
type bounded struct {
	io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errHuge
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

package meili

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/meilisearch/meilisearch-go"
)

// failure is what meilisearch.Error would be if it could be unwrapped and
// told no secrets: see Engine.failed.
type failure struct {
	status        int    // of the answer; 0 where there is none
	code, message string // as Meilisearch says them; "" where it does not
	cause         error  // nil where Meilisearch answered
}

func (f *failure) Error() string {
	switch {
	case f.cause != nil:
		return f.cause.Error()
	case f.code != "" && f.message != "":
		return fmt.Sprintf("%s (%s)", f.message, f.code)
	case f.code != "":
		return f.code
	case 300 <= f.status && f.status < 400:
		return fmt.Sprintf("the server sends elsewhere (status %d): set the address that it sends to, if that is yours", f.status)
	case f.status >= 500:
		return fmt.Sprintf("the server, or a proxy before it, fails (status %d): see its log", f.status)
	}
	return fmt.Sprintf("the answer is not one of Meilisearch (status %d): check the address", f.status)
}

func (f *failure) Unwrap() error { return f.cause }

// passing reports whether the same request may succeed in a moment. That
// nothing was answered in time is not waited for twice.
func (f *failure) passing() bool {
	switch {
	case f.cause != nil:
		return !errors.Is(f.cause, errTimeout) && !errors.Is(f.cause, errHuge) && !errors.Is(f.cause, errNotMeilisearch)
	case f.code == queueFull:
		return true
	}
	return f.status == http.StatusTooManyRequests || f.status == http.StatusRequestTimeout || f.status >= 500
}

const (
	queueFull     = "no_space_left_on_device" // also where the queue of tasks is full
	noIndex       = "index_not_found"
	noDocument    = "document_not_found"
	indexThere    = "index_already_exists"
	noPrimaryKey  = "index_primary_key_no_candidate_found"
	wrongKey      = "invalid_api_key"
	noKey         = "missing_authorization_header"
	tooLarge      = "payload_too_large"
	requestFaulty = "invalid_request" // a type of errors
)

var errNotMeilisearch = errors.New("the answer is not one of Meilisearch: check the address")

// failed makes an error of meilisearch-go one of ours. Theirs cannot be
// unwrapped, and may hold the whole answer.
func (e *Engine) failed(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("meili: %s: %w", doing, ctx.Err())
	}
	f := &failure{cause: err}
	var theirs *meilisearch.Error
	if errors.As(err, &theirs) {
		*f = failure{
			status: theirs.StatusCode, code: e.plain(theirs.MeilisearchApiError.Code),
			message: e.plain(theirs.MeilisearchApiError.Message), cause: theirs.OriginError,
		}
		if theirs.ErrCode == meilisearch.ErrCodeResponseUnmarshalBody {
			f.cause = errNotMeilisearch
		}
	}
	if f.code == wrongKey {
		f.message = "the server refuses the key in " + feedingKey + ": it is not one of its keys, has expired, or may not do this"
	}
	f.cause = bare(f.cause)
	return fmt.Errorf("meili: %s: %w", doing, f)
}

// bare takes the URL off an error of net/http, and says in words that nobody
// answers.
func bare(err error) error {
	var of *url.Error
	if errors.As(err, &of) {
		err = of.Err
	}
	var late net.Error
	if err != nil && errors.As(err, &late) && late.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %v", errTimeout, err)
	}
	var unknown *net.DNSError
	if errors.As(err, &unknown) {
		return &spelled{fmt.Sprintf("the name %s is not known: check the address", unknown.Name), err}
	}
	var dialled *net.OpError
	if errors.As(err, &dialled) && dialled.Op == "dial" && dialled.Addr != nil {
		return &spelled{fmt.Sprintf("nothing answers at %s: see whether the server runs (%v)", dialled.Addr, dialled.Err), err}
	}
	return err
}

// spelled is an error in other words.
type spelled struct {
	text  string
	cause error
}

func (s *spelled) Error() string { return s.text }

func (s *spelled) Unwrap() error { return s.cause }

// plain bounds what a server says, and takes our keys out of it.
func (e *Engine) plain(said string) string {
	for _, s := range e.secrets {
		said = strings.ReplaceAll(said, s, "…")
	}
	said = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(said, ""))
	const most = 300
	if r := []rune(said); len(r) > most {
		said = string(r[:most]) + "…"
	}
	return said
}

// codeOf returns the code of Meilisearch's answer, "" where there is none.
func codeOf(err error) string {
	var f *failure
	if errors.As(err, &f) {
		return f.code
	}
	return ""
}

// safely does something with meilisearch-go, which panics on some answers that
// are JSON and not Meilisearch's: a list of indexes that is null, or has one.
func safely(do func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errNotMeilisearch
		}
	}()
	return do()
}

// Bounds of trying again. What takes longer is the feed's to wait for.
const (
	attempts   = 5
	firstPause = 100 * time.Millisecond
)

// again does something until it succeeds or fails for good. Each time it
// makes its request anew, whole.
func (e *Engine) again(ctx context.Context, doing string, do func() error) error {
	for pause, n := firstPause, 1; ; pause, n = 2*pause, n+1 {
		err := e.failed(ctx, doing, safely(do))
		var f *failure
		if n == attempts || !errors.As(err, &f) || !f.passing() {
			return err
		}
		if err := sleep(ctx, pause); err != nil {
			return fmt.Errorf("meili: %s: %w", doing, err)
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

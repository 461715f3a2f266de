// Package citizen is what citizens open in a browser: the pages of published
// documents, the list of them, and a chat that tries the bot. Its handlers
// return errors; package web gives them a status and words.
package citizen

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/web/page"
)

// Documents is where published documents come from: a corpus.Store has it.
type Documents interface {
	// Live returns the published revision, corpus.ErrNotFound where there is none.
	Live(ctx context.Context, id string) (corpus.Document, corpus.Revision, error)
	// List returns published documents that the account may see, in a stable order.
	List(ctx context.Context, account string, skip, limit int) ([]corpus.Document, error)
	// Select returns those of a topic or of agencies in the same order.
	Select(ctx context.Context, account string, sel corpus.Selection, skip, limit int) ([]corpus.Document, error)
	// Topics returns the topics of what the account may see, the largest first.
	Topics(ctx context.Context, account string) ([]corpus.Topic, error)
}

// Addresses is what a sitemap lists.
type Addresses interface {
	// CountAddresses returns how many Addresses there are.
	CountAddresses(ctx context.Context, account string) (int, error)
	// Addresses returns published documents that the account may see, in a
	// stable order, none of the sample.
	Addresses(ctx context.Context, account string, skip, limit int) ([]corpus.Address, error)
}

// Originals is where the files that documents were read from are kept.
type Originals interface {
	// Attached tells of a revision's file; corpus.ErrNotFound where there is none.
	Attached(ctx context.Context, document string, revision int) (corpus.Attached, error)
	// Bytes returns the file's bytes.
	Bytes(ctx context.Context, a corpus.Attached) io.ReadSeeker
}

// Asked counts what the account's answers were given from.
type Asked interface {
	// Asked returns documents, those of the most persons first, none of so few
	// that it could be told who asked. Some may not be the account's to show.
	Asked(ctx context.Context, account string) ([]corpus.Asked, error)
}

// Records is what else is kept of documents: a corpus.Archive has it.
type Records interface {
	// Stored returns a revision; corpus.ErrNotFound where there is none.
	Stored(ctx context.Context, id string, revision int) (corpus.Stored, error)
}

// Withdrawals tells of documents that were published and are no more.
type Withdrawals interface {
	// Withdrawn says why; corpus.ErrNotFound where nothing is known of it.
	Withdrawn(ctx context.Context, id string) (corpus.Withdrawal, error)
}

// Releases tells of the revisions of a document.
type Releases interface {
	// Releases returns those that were published, the newest first.
	Releases(ctx context.Context, id string) ([]corpus.Release, error)
}

// Agencies is the directory of offices.
type Agencies interface {
	// Agencies returns the entries that an account may see.
	Agencies(ctx context.Context, account string) ([]corpus.Agency, error)
}

// Config is what a Site needs. Documents, Answer, Pages and Now are required.
type Config struct {
	Documents Documents
	Answer    func(context.Context, bot.Question) bot.Reply // never fails: a Reply says what went wrong
	Pages     *page.Pages
	Now       func() time.Time
	Account   string   // whose site this is; it shows what is shared and what is this account's own
	BaseURL   string   // where citizens reach us: https://example.com, or https://example.com/a/minzheng with Root /a/minzheng
	Root      string   // the path in BaseURL: "" or /a/minzheng; Pages has the same
	Below     []string // paths of other sites below this one's host, as Root
	Name      string   // the account's name; "" is 政策问答
	Examples  []string // questions to tap at first

	// Searcher serves the search page; nil leaves it out.
	Searcher  Searcher
	Addresses Addresses // nil: the sitemap has no documents
	Originals Originals // nil: there are no files
	Records   Records   // nil: no text is said to be recognised
	Asked     Asked     // nil: nothing is said of what is asked most
	Agencies  Agencies  // nil: there is no directory
	// Withdrawals explains what is gone; nil: it is as if it had never been.
	Withdrawals Withdrawals

	Releases Releases // nil: nothing is said of corrections
	// Judge keeps whether somebody found a document's page useful. ErrCrowd where
	// too many press at once; nil: nobody is asked.
	Judge func(ctx context.Context, person, document string, useful bool) error

	Footer    page.Footer
	Retention time.Duration // how long the texts of questions are kept; 0 is 90 days

	// Sample reports whether the bot answers from the sample corpus, which
	// the chat then says; nil is no.
	Sample func(context.Context) bool
}

// Site serves the pages. Its methods may be called at the same time.
type Site struct {
	Config
	sessions *sessions
	slots    chan struct{} // taken while a question is being answered
	searches chan struct{} // taken while somebody searches
	secure   bool
}

// New returns a Site.
func New(c Config) *Site {
	if c.Name == "" {
		c.Name = "政策问答"
	}
	if c.Retention <= 0 {
		c.Retention = 90 * 24 * time.Hour
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	return &Site{
		Config: c, sessions: newSessions(c.Now), slots: make(chan struct{}, maxAsking),
		searches: make(chan struct{}, maxSearching),
		secure:   strings.HasPrefix(c.BaseURL, "https://"),
	}
}

// live returns a published document that this site may show.
// corpus.ErrNotFound says that there is none, or that it is another account's,
// a *Gone that it was withdrawn.
func (s *Site) live(ctx context.Context, id string) (corpus.Document, corpus.Revision, error) {
	if !documentID.MatchString(id) {
		return corpus.Document{}, corpus.Revision{}, corpus.ErrNotFound
	}
	d, r, err := s.Documents.Live(ctx, id)
	if errors.Is(err, corpus.ErrNotFound) {
		return d, r, s.gone(ctx, id, err)
	}
	if err == nil && !d.VisibleTo(s.Account) {
		return corpus.Document{}, corpus.Revision{}, corpus.ErrNotFound
	}
	return d.SeenBy(s.Account), r, err
}

// gone makes a *Gone of ErrNotFound where the document was withdrawn and this
// site would have shown it.
func (s *Site) gone(ctx context.Context, id string, none error) error {
	if s.Withdrawals == nil {
		return none
	}
	w, err := s.Withdrawals.Withdrawn(ctx, id)
	if err != nil {
		return err
	}
	if w.Account != "" && w.Account != s.Account {
		return none
	}
	return &Gone{w}
}

func (s *Site) today() corpus.Date { return corpus.DayOf(s.Now()) }

// path returns the address of a document, or of a passage in it, on this site.
func path(document, anchor string) string {
	p := "/d/" + url.PathEscape(document)
	if anchor != "" {
		p += "/" + url.PathEscape(anchor)
	}
	return p
}

// send writes a page that anybody may see. Its ETag is made from what it
// says, so it changes with the revision, with relations that others state,
// and with the day; there is no Last-Modified, which would know only the
// first of these. What is no page has set its Content-Type.
func send(w http.ResponseWriter, r *http.Request, html []byte) {
	sum := sha256.Sum256(html)
	h := w.Header()
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Add("Vary", "Cookie") // large print
	}
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", `W/"`+hex.EncodeToString(sum[:12])+`"`) // weak: it may be compressed on its way
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(html))
}

// shorten cuts s to at most n characters and says so with an ellipsis.
func shorten(s string, n int) string {
	count := 0
	for i := range s {
		if count == n {
			return s[:i] + "…"
		}
		count++
	}
	return s
}

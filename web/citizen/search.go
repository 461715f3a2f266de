package citizen

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/web/page"
)

// Searcher finds published documents.
type Searcher interface {
	// Search finds documents; it adds to the search whether the sample corpus
	// is left out. index.ErrNotReady says that nothing serves yet.
	Search(ctx context.Context, q index.Search) (index.Found, error)
	// Standing returns those of the documents that are published now, by ID.
	Standing(ctx context.Context, documents []string) (map[string]index.Standing, error)
}

const (
	searchPage   = 10 // hits on a page
	maxSearching = 4  // searches at the same time: the bot goes on beside them
	searchWait   = 2 * time.Second
)

// searchView is what the search template shows.
type searchView struct {
	Head     page.Head
	Text     string
	Keep     []field // of the form: what stays when other words are searched for
	Notes    []string
	Chosen   []chosen
	Groups   []facetGroup
	Found    string // how many
	InForce  way    // to what is in force
	Order    []way  // other orders
	Hits     []hitView
	Page     int
	Pages    int
	Previous string
	Next     string
	Advice   advice
}

// way is a link with words; one without Href is where the reader is.
type way struct{ Text, Href string }

// advice says what to do where nothing was found.
type advice struct {
	Text string
	Ways []way
	Ask  string // what to ask the bot
}

// hitView is a document that was found.
type hitView struct {
	Title          []piece
	Href           string
	State          *state // said first: it is not the rule of the day
	Sign           Sign
	Sample         bool
	Facts          []string
	Label          string
	Snippet        []piece
	Before, Behind bool // the source goes on there
}

// piece is plain text, marked where it is what was searched for.
type piece struct {
	Text string
	Mark bool
}

// Search shows what a search finds, or, without words, all documents under
// the filters. What cannot be understood of the address is left out, and said.
// The error is index.ErrNotReady, context.DeadlineExceeded where too many
// search at once, or a fault of the store or a template.
func (s *Site) Search(w http.ResponseWriter, r *http.Request) error {
	if s.Searcher == nil {
		return corpus.ErrNotFound
	}
	q, formal := readSearch(r.URL.Query())
	if formal && len(q.notes) == 0 {
		// A form sends its empty fields too: not an address to pass on.
		http.Redirect(w, r, s.Pages.At(q.address()), http.StatusFound)
		return nil
	}
	leave, err := s.enter(r.Context())
	if err != nil {
		return err
	}
	defer leave()
	found, err := s.look(r.Context(), &q)
	if err != nil {
		return err
	}
	v := s.searchView(r, q, found)
	if v.Hits, err = s.hits(r.Context(), found); err != nil {
		return err
	}
	html, err := s.Pages.Render("search", v)
	if err != nil {
		return err
	}
	send(w, r, html)
	return nil
}

// enter waits for a place to search in.
func (s *Site) enter(ctx context.Context) (leave func(), err error) {
	ctx, stop := context.WithTimeout(ctx, searchWait)
	defer stop()
	select {
	case s.searches <- struct{}{}:
		return func() { <-s.searches }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// look searches; a page behind the last becomes the last.
func (s *Site) look(ctx context.Context, q *searchQuery) (index.Found, error) {
	search := index.Search{Selection: q.Selection, Text: q.text, ByDate: q.byDate}
	search.Account, search.Day = s.Account, s.today()
	search.Skip, search.Limit = (q.page-1)*searchPage, searchPage
	found, err := s.Searcher.Search(ctx, search)
	if err != nil || q.page == 1 || len(found.Hits) > 0 {
		return found, err
	}
	last := max(1, pages(found.Total))
	q.notes = append(q.notes, "没有第"+strconv.Itoa(q.page)+"页，这是最后一页。")
	q.page, search.Skip = last, (last-1)*searchPage
	return s.Searcher.Search(ctx, search)
}

func pages(total int) int { return (total + searchPage - 1) / searchPage }

// hits looks up what is shown of each document; what is not published any more
// is left out.
func (s *Site) hits(ctx context.Context, found index.Found) ([]hitView, error) {
	ids := make([]string, len(found.Hits))
	for i, h := range found.Hits {
		ids[i] = h.Ref.Document
	}
	standing, err := s.Searcher.Standing(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []hitView
	for _, h := range found.Hits {
		st, ok := standing[h.Ref.Document]
		if !ok || !st.Document.VisibleTo(s.Account) {
			continue
		}
		if st.Revision != h.Ref.Revision {
			h = index.Excerpt{Ref: corpus.Ref{Document: h.Ref.Document}} // of a text that is no more
		}
		out = append(out, s.hit(h, st.Document.SeenBy(s.Account), found.Marks))
	}
	return out, nil
}

func (s *Site) hit(h index.Excerpt, d corpus.Document, m index.Marker) hitView {
	title := d.Title
	if d.Kind == corpus.FAQ && d.Question != "" {
		title = d.Question
	}
	v := hitView{
		Title: marked(m, title), Href: path(d.ID, h.Ref.Anchor), Sign: signOn(d, s.today()),
		Sample: d.Sample, Facts: facts(d, false), Label: h.Label,
	}
	if h.Snippet != "" {
		v.Snippet, v.Before, v.Behind = marked(m, h.Snippet), !h.Opens, !h.Close
		if strings.HasPrefix(h.Snippet, h.Label) {
			v.Label = "" // an article says itself which it is
		}
	}
	if d.Kind == corpus.Consultation || !d.ValidityOn(s.today()).Quotable() {
		st := stateOn(d, s.today())
		v.State, v.Sign = &st, Sign{}
	}
	return v
}

// marked cuts a text into what is marked and what is not.
func marked(m index.Marker, text string) []piece {
	var out []piece
	done := 0
	for _, span := range m.Spans(text) {
		if span.Start > done {
			out = append(out, piece{Text: text[done:span.Start]})
		}
		out = append(out, piece{text[span.Start:span.End], true})
		done = span.End
	}
	if done < len(text) {
		out = append(out, piece{Text: text[done:]})
	}
	return out
}

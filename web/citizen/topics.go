package citizen

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/web/page"
)

const (
	topicPage  = 100 // of the list of all topics: 50 kB hold them
	maxGuides  = 8
	maxAsked   = 5
	lookAsked  = 20 // documents that are looked at for the most asked of a topic
	maxUnknown = 30 // characters of an unknown topic's name that are repeated
)

type topicsView struct {
	Head page.Head
	pager
	Unknown string // the name that was asked for in vain
	Topics  []topicCard
}

type topicCard struct{ Name, Href, What string }

// kindOrder is how the documents of a topic are counted up.
var kindOrder = []corpus.Kind{
	corpus.Policy, corpus.Guide, corpus.Interpretation, corpus.FAQ, corpus.Notice,
	corpus.Catalogue, corpus.Clarification, corpus.Consultation,
}

// has says what there is on a topic: 12份：政策文件3、办事指南2.
func holds(t corpus.Topic) string {
	var parts []string
	for _, k := range kindOrder {
		if n := t.Kinds[k]; n > 0 {
			parts = append(parts, kinds[k]+strconv.Itoa(n))
		}
	}
	return strconv.Itoa(t.Documents) + "份：" + strings.Join(parts, "、")
}

func topicPath(name string) string { return "/topics/" + url.PathEscape(name) }

// topicLinks are the topics of a document.
func topicLinks(d corpus.Document) []Part {
	var parts []Part
	for _, name := range d.Groups() {
		parts = append(parts, link(name, topicPath(name)))
	}
	return parts
}

// Topics shows all topics and what each has, a page at a time.
func (s *Site) Topics(w http.ResponseWriter, r *http.Request) error {
	n, err := pageNumber(r)
	if err != nil {
		return err
	}
	all, err := s.Documents.Topics(r.Context(), s.Account)
	if err != nil {
		return err
	}
	html, err := s.Pages.Render("topics", s.topicsView(r, "专题", all, n))
	if err != nil {
		return err
	}
	send(w, r, html)
	return nil
}

func (s *Site) topicsView(r *http.Request, title string, all []corpus.Topic, n int) topicsView {
	start := min((n-1)*topicPage, len(all))
	end := min(start+topicPage, len(all))
	v := topicsView{Head: s.Head(r, title), pager: pagerOf("/topics", n, end < len(all))}
	v.Head.Here = "/topics"
	v.Head.Description = "按专题看政策文件、办事指南和常见问题。"
	for _, t := range all[start:end] {
		v.Topics = append(v.Topics, topicCard{t.Name, topicPath(t.Name), holds(t)})
	}
	return v
}

type topicView struct {
	Head page.Head
	pager
	Name, What          string
	Asked, Guides, Rows []listRow
}

// find returns the topic of that name, and all there are.
func (s *Site) findTopic(ctx context.Context, name string) (t corpus.Topic, known bool, all []corpus.Topic, err error) {
	if all, err = s.Documents.Topics(ctx, s.Account); err != nil {
		return t, false, nil, err
	}
	i := slices.IndexFunc(all, func(t corpus.Topic) bool { return t.Name == name })
	if i < 0 {
		return t, false, all, nil
	}
	return all[i], true, all, nil
}

// Topic shows what is on a topic: the most asked, the guides, and then all,
// the newest first, a page at a time. For an unknown topic the page, with
// status 404, has those that there are.
func (s *Site) Topic(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("topic")
	t, known, all, err := s.findTopic(r.Context(), name)
	if err != nil {
		return err
	}
	if !known {
		return s.unknownTopic(w, r, name, all)
	}
	n, err := pageNumber(r)
	if err != nil {
		return err
	}
	v := topicView{Head: s.Head(r, t.Name), Name: t.Name, What: holds(t)}
	v.Head.Here, v.Head.Canonical = "/topics", s.BaseURL+topicPath(t.Name)
	v.Head.Feed = "/feed.xml?" + url.Values{"topic": {t.Name}}.Encode()
	v.Head.Description = t.Name + "：" + holds(t)
	v.Head.NoIndex = n > 1
	documents, err := s.Documents.Select(r.Context(), s.Account, corpus.Selection{Topic: t.Name}, (n-1)*pageSize, pageSize+1)
	if err != nil {
		return err
	}
	v.pager = pagerOf(topicPath(t.Name), n, len(documents) > pageSize)
	v.Rows = s.rows(documents[:min(len(documents), pageSize)])
	if n == 1 {
		if err := s.top(r.Context(), t.Name, &v); err != nil {
			return err
		}
	}
	html, err := s.Pages.Render("topic", v)
	if err != nil {
		return err
	}
	send(w, r, html)
	return nil
}

// top fills in what stands above the list on a topic's first page.
func (s *Site) top(ctx context.Context, topic string, v *topicView) error {
	guides, err := s.Documents.Select(ctx, s.Account,
		corpus.Selection{Topic: topic, Kinds: []corpus.Kind{corpus.Guide}}, 0, maxGuides)
	if err != nil {
		return err
	}
	v.Guides = s.rows(guides)
	most, err := s.mostAsked(ctx, topic)
	v.Asked = s.rows(most)
	return err
}

// mostAsked returns the documents on a topic that most persons were answered
// from.
func (s *Site) mostAsked(ctx context.Context, topic string) ([]corpus.Document, error) {
	if s.Asked == nil {
		return nil, nil
	}
	all, err := s.Asked.Asked(ctx, s.Account)
	if err != nil {
		return nil, err
	}
	var most []corpus.Document
	tries := 0
	for _, a := range all {
		if !slices.Contains(a.Topics, topic) {
			continue
		}
		if tries++; tries > lookAsked || len(most) == maxAsked {
			break
		}
		d, _, err := s.live(ctx, a.Document)
		if errors.Is(err, corpus.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if slices.Contains(d.Groups(), topic) { // still
			most = append(most, d)
		}
	}
	return most, nil
}

func (s *Site) unknownTopic(w http.ResponseWriter, r *http.Request, name string, all []corpus.Topic) error {
	v := s.topicsView(r, "没有这个专题", all, 1)
	v.Unknown, v.Head.NoIndex = shorten(strings.ToValidUTF8(name, ""), maxUnknown), true
	html, err := s.Pages.Render("topics", v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNotFound)
	if r.Method != http.MethodHead {
		_, _ = w.Write(html) // who asked has gone: nothing to be done
	}
	return nil
}

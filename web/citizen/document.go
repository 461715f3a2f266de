package citizen

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/web/page"
)

// documentView is what the document template shows.
type documentView struct {
	Head        page.Head
	State       state
	Missing     bool // the address names a passage that does not exist
	Title       string
	TitleAnchor string
	Kind        corpus.Kind
	Sample      bool
	Facts       []string
	Links       []relatedLinks
	Topics      []Part
	File        *fileView
	Citation    string
	Address     string
	Contents    []entry
	Sections    []section
	Similar     []string
}

type relatedLinks struct {
	Name  string
	Links []Part
}

var documentID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)

// Document shows a published document, with the passage that the path value
// "anchor" names marked and in view. The error is corpus.ErrNotFound, or a
// fault of the store or a template.
func (s *Site) Document(w http.ResponseWriter, r *http.Request) error {
	id, anchor := r.PathValue("document"), r.PathValue("anchor")
	d, revision, err := s.live(r.Context(), id)
	if err != nil {
		return err
	}
	v := s.view(r.Context(), d, revision, anchor)
	v.inherit(s.Head(r, ""))
	if v.File, err = s.file(r.Context(), d.ID, revision.Number); err != nil {
		return err
	}
	html, err := s.Pages.Render("document", v)
	if err != nil {
		return err
	}
	send(w, r, html)
	return nil
}

func (s *Site) view(ctx context.Context, d corpus.Document, r corpus.Revision, anchor string) documentView {
	cited, found := r.Find(anchor)
	found = found && anchor != ""
	v := documentView{
		Head:    page.Head{Title: s.title(d.Title)},
		State:   stateOn(d, s.today()),
		Missing: anchor != "" && !found,
		Title:   d.Title,
		Kind:    d.Kind,
		Sample:  d.Sample,
		Facts:   facts(d, true),
		Links:   related(d),
		Topics:  topicLinks(d),
		Address: s.BaseURL + path(d.ID, ""),
		Similar: d.Similar,
	}
	if d.Kind == corpus.FAQ && d.Question != "" {
		v.Title = d.Question
	}
	v.Citation = cite(d, "") + "\n" + v.Address
	v.Head.Script, v.Head.Canonical = "document.js", v.Address
	v.Head.NoIndex = v.Missing || d.Sample
	text := strings.Join(split(body(r)), "")
	if found {
		v.Citation = cite(d, cited.Label) + "\n" + s.BaseURL + path(d.ID, cited.Anchor)
		if cited.Label != "" {
			v.Head.Title = cited.Label + " " + v.Head.Title
		}
		if cited.Start >= 0 && cited.Start <= cited.End && cited.End <= len(r.Text) {
			text = strings.Join(split(r.Text[cited.Start:cited.End]), "")
		}
	}
	v.Head.Description = describe(d, v.State.Sign, text)
	v.TitleAnchor, v.Sections = sections(d, r, cited.Anchor)
	v.Contents = contents(v.Sections)
	for i := range v.Sections {
		if !v.Sections[i].Cited {
			continue
		}
		// Who comes by a link may never see the top of the page.
		v.Sections[i].Sample = d.Sample
		if v.State.Text != nil {
			v.Sections[i].State = &v.State
		}
	}
	s.explain(ctx, d, v.Sections)
	return v
}

// body returns the text without the title.
func body(r corpus.Revision) string {
	for _, p := range r.Passages {
		if p.Role == corpus.BodyRole && p.Start >= 0 && p.Start <= len(r.Text) {
			return r.Text[p.Start:min(len(r.Text), p.Start+2000)]
		}
	}
	return r.Text[:min(len(r.Text), 2000)]
}

func describe(d corpus.Document, sign Sign, text string) string {
	var parts []string
	for _, s := range []string{sign.Word, d.Agency, strings.ToValidUTF8(shorten(text, 90), "")} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if d.Sample {
		parts = append([]string{"示例文件，内容为虚构"}, parts...)
	}
	return strings.Join(parts, "，")
}

// cite writes 《title》（number）第六条.
func cite(d corpus.Document, label string) string {
	s := quoted(d.Title)
	if d.Number != "" {
		s += "（" + d.Number + "）"
	}
	return s + strings.TrimSuffix(label, "、")
}

var kinds = map[corpus.Kind]string{
	corpus.Policy:         "政策文件",
	corpus.Interpretation: "政策解读",
	corpus.Guide:          "办事指南",
	corpus.FAQ:            "常见问题",
	corpus.Clarification:  "澄清",
	corpus.Notice:         "通知公告",
	corpus.Catalogue:      "清单目录",
	corpus.Consultation:   "征求意见稿",
}

// facts is the line under a title: kind, number, agency, and dates where
// there is room for all of them.
func facts(d corpus.Document, all bool) []string {
	list := []string{kinds[d.Kind], d.Number, d.Agency}
	if s := d.Published.Chinese(); s != "" {
		list = append(list, s+"发布")
	}
	if s := d.Effective.Chinese(); s != "" && all && isRule(d.Kind) {
		list = append(list, s+"施行")
	}
	if s := d.Expires.Chinese(); s != "" && all {
		list = append(list, "有效期到"+s)
	}
	kept := list[:0]
	for _, s := range list {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

// isRule reports whether a kind is put in force rather than just published.
func isRule(k corpus.Kind) bool {
	return k == corpus.Policy || k == corpus.Notice || k == corpus.Catalogue
}

// related are the links under the title: what explains the document, what it
// explains, where the official text is.
func related(d corpus.Document) []relatedLinks {
	var all []relatedLinks
	add := func(name string, parts []Part) {
		links := parts[:0:0]
		for _, p := range parts {
			if p.Href != "" {
				links = append(links, p)
			}
		}
		if len(links) > 0 {
			all = append(all, relatedLinks{name, links})
		}
	}
	add("官方解读", titles(d.Receives, false, corpus.Interprets))
	add("解读的文件", titles(d.Declares, true, corpus.Interprets))
	both := titles(d.Declares, true, corpus.Related)
	for _, p := range titles(d.Receives, false, corpus.Related) {
		if !contains(both, p) {
			both = append(both, p)
		}
	}
	add("相关文件", both)
	if strings.HasPrefix(d.URL, "http") {
		add("官方网站", []Part{link("查看原文", d.URL)})
	}
	return all
}

func contains(parts []Part, p Part) bool {
	for _, one := range parts {
		if one == p {
			return true
		}
	}
	return false
}

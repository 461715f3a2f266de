package citizen

import (
	"context"
	"errors"
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
	Why         [][]Part // the chain of reasons for State
	Fallen      []Part   // what it rests on does not hold
	Recognised  bool     // its text was read from pictures
	Windows     []window
	Editions    []edition
	Now         string // since when the edition in force is
	More        []fact
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
	Rows        *rowPages // nil: all are shown
	Similar     []string
	Releases    []releaseView
	Voice       *voiceView // nil: nobody is asked
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
	v := s.view(r.Context(), d, revision, anchor, askedRows(r))
	v.inherit(s.Head(r, ""))
	if v.Recognised, err = s.recognised(r.Context(), d.ID, revision.Number); err != nil {
		return err
	}
	if v.File, err = s.file(r.Context(), d.ID, revision.Number); err != nil {
		return err
	}
	if v.Releases, err = s.releases(r.Context(), d.ID); err != nil {
		return err
	}
	if s.Judge != nil {
		v.Voice = &voiceView{Action: path(d.ID, "verdict"), Said: said[r.URL.Query().Get("said")]}
	}
	html, err := s.Pages.Render("document", v)
	if err != nil {
		return err
	}
	send(w, r, html)
	return nil
}

func (s *Site) view(ctx context.Context, d corpus.Document, r corpus.Revision, anchor, rows string) documentView {
	place, cited, found := r.Place(anchor)
	if found = found && anchor != ""; !found {
		place, cited = corpus.Place{}, corpus.Passage{}
	}
	day := s.today()
	v := documentView{
		Head:    page.Head{Title: s.title(d.Title)},
		State:   stateOn(d, day),
		Why:     chain(d, day),
		Fallen:  fallen(d, day),
		Windows: windows(d, day),
		More:    moreFacts(d),
		Missing: anchor != "" && !found,
		Title:   d.Title,
		Kind:    d.Kind,
		Sample:  d.Sample,
		Facts:   facts(d, true),
		Topics:  topicLinks(d),
		Address: s.BaseURL + path(d.ID, ""),
		Similar: d.Similar,
	}
	if d.Kind != corpus.FAQ {
		v.Similar = nil // short names of a guide are no other ways to ask
	}
	if d.Kind == corpus.FAQ && d.Question != "" {
		v.Title = d.Question
	}
	v.Editions, v.Now = editions(d, day)
	v.Links = related(d, len(v.Editions) > 0, day)
	v.Citation = cite(d, "") + "\n" + v.Address
	v.Head.Script, v.Head.Canonical = "document.js", v.Address
	v.Head.NoIndex = v.Missing || d.Sample
	text := joined(body(r), nil)
	if found {
		v.Citation = cite(d, place.Label) + "\n" + s.BaseURL + path(d.ID, place.Anchor)
		if place.Label != "" {
			v.Head.Title = place.Label + " " + v.Head.Title
		}
		if place.Start >= 0 && place.Start <= place.End && place.End <= len(r.Text) {
			text = joined(r.Text[place.Start:place.End], cited.Columns)
		}
	}
	v.Head.Description = describe(d, v.State.Sign, text)
	v.Rows = someRows(&r, path(d.ID, ""), rows, cited.Anchor)
	v.layOut(d, r, place, cited, day)
	s.explain(ctx, d, v.Sections)
	return v
}

// layOut makes the sections, with what is cited in them.
func (v *documentView) layOut(d corpus.Document, r corpus.Revision, place corpus.Place, cited corpus.Passage, day corpus.Date) {
	l := layoutOf{document: d, revision: r, day: day, cited: cited.Anchor}
	if place.Anchor != cited.Anchor {
		l.place = place
	}
	v.TitleAnchor = l.sections()
	v.Sections = l.all
	v.Contents = contents(v.Sections)
	for i := range v.Sections {
		if !v.Sections[i].Cited && !v.Sections[i].Within {
			continue
		}
		// Who comes by a link may never see the top of the page.
		v.Sections[i].Sample = d.Sample
		if v.State.Text != nil {
			v.Sections[i].State = &v.State
		}
	}
}

// joined writes a piece of the text on one line.
func joined(text string, columns []string) string {
	return strings.Join(split(corpus.Readable(strings.Trim(text, "\n"), columns)), "")
}

// recognised reports whether the text of a revision was read from pictures.
func (s *Site) recognised(ctx context.Context, id string, revision int) (bool, error) {
	if s.Records == nil {
		return false, nil
	}
	r, err := s.Records.Stored(ctx, id, revision)
	if errors.Is(err, corpus.ErrNotFound) {
		return false, nil
	}
	return r.Hold != "" || r.ConfirmedBy != "", err
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
	list := []string{kinds[d.Kind], d.Number, d.Agency, d.IssuedOn()}
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

// fact is a piece of metadata with its name.
type fact struct{ Name, Value string }

// moreFacts are what the line under the title has no room for.
func moreFacts(d corpus.Document) []fact {
	var all []fact
	add := func(name, value string) {
		if value != "" {
			all = append(all, fact{name, value})
		}
	}
	add("效力级别", string(d.Level))
	if d.Written != d.ListedOn() {
		add("成文日期", d.Written.Chinese())
	}
	add("主送", strings.Join(d.Addressees, "、"))
	return all
}

// isRule reports whether a kind is put in force rather than just published.
func isRule(k corpus.Kind) bool {
	return k == corpus.Policy || k == corpus.Notice || k == corpus.Catalogue
}

package console

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

var workPages = []Route{
	{Method: Get, Path: "/documents/{id}", Who: Staff, Do: (*Site).work},
	{Method: Get, Path: "/documents/{id}/file/{revision}", Who: Staff, Do: (*Site).file},
	{Method: Get, Path: "/documents/{id}/compare", Who: Staff, Do: (*Site).compare},
	{Method: Get, Path: "/documents/{id}/edit", Who: Only(desk.Editor), Do: (*Site).edit},
	{Method: Post, Path: "/documents/{id}/edit", Who: Only(desk.Editor), Do: (*Site).save, Options: []Option{Limit(maxEdit)}},
	{Method: Post, Path: "/documents/{id}/revise", Who: Only(desk.Editor), Do: (*Site).revise},
	{Method: Post, Path: "/documents/{id}/submit", Who: Only(desk.Editor), Do: (*Site).submit},
	{Method: Post, Path: "/documents/{id}/drop", Who: Only(desk.Editor), Do: (*Site).drop},
	{Method: Post, Path: "/documents/{id}/merge", Who: Only(desk.Editor), Do: (*Site).merge},
	{Method: Post, Path: "/documents/{id}/separate", Who: Only(desk.Editor), Do: (*Site).separate},
	{Method: Post, Path: "/documents/{id}/confirm", Who: Only(desk.Editor, desk.Reviewer), Do: (*Site).confirmText},
	{Method: Post, Path: "/documents/{id}/comment", Who: Only(desk.Editor, desk.Reviewer), Do: (*Site).comment},
	{Method: Post, Path: "/documents/{id}/asked", Who: Only(desk.Editor), Do: (*Site).asked},
	{Method: Post, Path: "/documents/{id}/links", Who: Only(desk.Editor, desk.Reviewer), Do: (*Site).openLinks},
	{Method: Post, Path: "/documents/{id}/resolve", Who: Only(desk.Editor, desk.Reviewer), Do: (*Site).resolve},
	{Method: Post, Path: "/documents/{id}/return", Who: Only(desk.Editor, desk.Reviewer), Do: (*Site).sendBack},
	{Method: Post, Path: "/documents/{id}/edge", Who: Only(desk.Reviewer), Do: (*Site).decide},
	{Method: Post, Path: "/documents/{id}/approve", Who: Only(desk.Reviewer), Do: (*Site).approve},
	{Method: Post, Path: "/documents/{id}/publish", Who: Only(desk.Reviewer), Do: (*Site).publish},
	{Method: Post, Path: "/documents/{id}/schedule", Who: Only(desk.Reviewer), Do: (*Site).schedule},
	{Method: Post, Path: "/documents/{id}/withdraw", Who: Only(desk.Reviewer), Do: (*Site).withdraw},
}

// Originals reads files that revisions were made from.
type Originals interface {
	// Attached returns what is known of the file of a revision.
	// corpus.ErrNotFound where there is none.
	Attached(ctx context.Context, document string, revision int) (corpus.Attached, error)
	// Bytes reads it.
	Bytes(ctx context.Context, a corpus.Attached) io.ReadSeeker
}

// may is what the person can do with a revision as it stands.
type may struct {
	Edit, Submit, Drop, Revise, Merge, Confirm, Comment, Recall bool
	Return, Approve, Publish, Schedule, Withdraw, Decide        bool
}

// mayDo asks desk's rules. They are asked again when it is done.
func mayDo(me desk.Staff, w desk.Work) may {
	move := func(to corpus.Status) bool { return desk.MayMove(w, me, to) == nil }
	editor := desk.MayEdit(me, w.Owned()) == nil
	st := w.Revision.Status
	draft, last := st == corpus.Draft, w.Newest
	m := may{
		Edit: editor && draft, Submit: last && move(corpus.Submitted), Drop: last && move(corpus.Dropped),
		Revise:  editor && last && (st == corpus.Published || st == corpus.Withdrawn || st == corpus.Dropped),
		Merge:   editor && draft && w.Like != nil && w.Revision.Number == 1,
		Confirm: w.Hold != "" && me.Is(desk.Editor, desk.Reviewer), Comment: me.Is(desk.Editor, desk.Reviewer),
		Approve: move(corpus.Approved), Publish: move(corpus.Published), Withdraw: move(corpus.Withdrawn),
		Schedule: st == corpus.Approved && me.Is(desk.Reviewer), Decide: me.Is(desk.Reviewer),
	}
	back := st != corpus.Draft && move(corpus.Draft)
	m.Recall = back && st == corpus.Submitted && slices.Contains(w.Authors, me.ID)
	m.Return = back && !m.Recall
	return m
}

type workView struct {
	Work      desk.Work
	Path      string // of the document below Root
	State     string
	Validity  sign
	May       may
	Own       bool // the person wrote at it, and so can't review it
	Facts     []fact
	Flaws     []flawRow
	Edges     []edgeRow
	Passages  []passageRow
	Whole     []desk.Comment // comments on the whole
	Open      int            // comments that nobody has dealt with
	Revisions []revisionRow
	Explained []desk.Item // interpretations of it
	Policies  []desk.Item // what it interprets
	Live      string      // where citizens read it
	File      *corpus.Attached
	Faults    []string // what is lacking for the step that was tried
	Typed     url.Values
	Tomorrow  string
	Preview   bool // there is one
	Beside    bool // the original can be shown beside
	Links     linksView
	Said      desk.Tally // what citizens said of it
}

type fact struct {
	Label, Value, Place string
	Doubt               bool
}

type flawRow struct {
	desk.Flaw
	Label string
}

type edgeRow struct {
	corpus.Edge
	What, State string
	Proposed    bool
}

type passageRow struct {
	corpus.Passage
	Text     string
	Heading  bool
	Comments []desk.Comment
	Flawed   bool
	Asked    []string // how people ask for it
}

type revisionRow struct {
	Number  int
	State   string
	Created time.Time
	Href    string
	Here    bool
}

func (s *Site) work(v *Visit) error {
	w, err := s.Desk.Open(v.R.Context(), v.Actor(), v.R.PathValue("id"), number(v.R.URL.Query().Get("revision")))
	if err != nil {
		return err
	}
	view, err := s.workView(v, w)
	if err != nil {
		return err
	}
	return v.Show("work", w.Document.Title, view)
}

// workView collects all that the page of a revision shows.
func (s *Site) workView(v *Visit, w desk.Work) (workView, error) {
	ctx, by := v.R.Context(), v.Actor()
	d, now := w.Document, s.Now()
	view := workView{
		Work: w, Path: "/documents/" + url.PathEscape(d.ID), State: statusWords[w.Revision.Status], May: mayDo(v.Me, w),
		Own: slices.Contains(w.Authors, v.Me.ID), Facts: facts(w, corpus.DayOf(now)), File: w.File, Tomorrow: string(corpus.DayOf(now).Add(1)),
	}
	if w.Live == w.Revision.Number {
		view.Validity = validityWords[d.ValidityOn(corpus.DayOf(now))]
		view.Live = s.citizenPage(d)
	}
	flaws, err := s.Desk.Check(ctx, by, w.Content())
	if err != nil {
		return view, err
	}
	for _, f := range flaws {
		row := flawRow{Flaw: f, Label: fieldWords[f.Field]}
		if p, ok := w.Revision.Find(f.Anchor); ok {
			row.Label = p.Label
		}
		view.Flaws = append(view.Flaws, row)
	}
	if view.Said, err = s.Desk.VerdictsOf(ctx, w); err != nil {
		return view, err
	}
	if len(view.Said.Questions) > 0 {
		if err := s.Desk.SawQuestions(ctx, by, d.ID, "说没用以前问的"); err != nil {
			return view, err
		}
	}
	view.Preview, view.Beside = s.Preview != nil, s.beside(w)
	view.Links = s.linksView(w, v.Me)
	if err := s.relations(v, w, &view); err != nil {
		return view, err
	}
	view.Passages = passages(w, flaws)
	for _, c := range w.Comments {
		if !c.Resolved {
			view.Open++
		}
		if _, ok := w.Revision.Find(c.Anchor); !ok {
			view.Whole = append(view.Whole, c)
		}
	}
	return view, nil
}

// relations fills in edges, interpretations and other revisions.
func (s *Site) relations(v *Visit, w desk.Work, view *workView) error {
	ctx, by, d := v.R.Context(), v.Actor(), w.Document
	edges, err := s.Desk.Edges(ctx, by, d.ID, w.Revision.Number)
	if err != nil {
		return err
	}
	for _, e := range edges {
		e.Sentence = strings.TrimLeft(strings.TrimPrefix(e.Sentence, e.Label), " \u3000") // said before it
		view.Edges = append(view.Edges, edgeRow{e, relationWords[e.Kind], edgeWords[e.State], e.State == corpus.Proposed})
	}
	if d.Kind == corpus.Policy {
		if view.Explained, err = s.Desk.Explained(ctx, by, d.ID); err != nil {
			return err
		}
	}
	for _, r := range d.Declares {
		if r.Kind != corpus.Interprets {
			continue
		}
		p, err := s.Desk.Look(ctx, by, r.To, 0)
		if errors.Is(err, corpus.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		view.Policies = append(view.Policies, desk.Item{Document: p.Document, Revision: p.Revision.Number, Version: p.Version, Status: p.Revision.Status, Live: p.Live})
	}
	all, err := s.Desk.Archive.History(ctx, d.ID)
	if err != nil {
		return err
	}
	for _, r := range all {
		view.Revisions = append(view.Revisions, revisionRow{
			r.Revision.Number, statusWords[r.Revision.Status], r.Created,
			Root + view.Path + "?revision=" + itoa(r.Revision.Number), r.Revision.Number == w.Revision.Number,
		})
	}
	return nil
}

var (
	relationWords = map[corpus.RelationKind]string{
		corpus.Repeals: "废止", corpus.Supersedes: "取代", corpus.Amends: "修改", corpus.Implements: "贯彻实施",
		corpus.Interprets: "解读", corpus.Forwards: "转发", corpus.Clarifies: "澄清", corpus.Related: "相关",
	}
	edgeWords = map[corpus.EdgeState]string{
		corpus.Applied: "自动生效", corpus.Proposed: "待决定", corpus.Accepted: "已采纳", corpus.Rejected: "已否决", corpus.Dangling: "没找到对应文件",
	}
	fieldWords = map[string]string{
		"title": "标题", "number": "文号", "agency": "发文机关", "region": "适用地区", "level": "效力级别", "written": "成文日期",
		"published": "发布日期", "effective": "施行日期", "expires": "失效日期", "url": "官网地址", "question": "问题", "similar": "其他问法", "refer": "转问", "asked": "群众的问法",
		"applications": "办理期限", "topics": "主题", "audience": "适用对象", "kind": "类型", "": "正文",
	}
)

// facts lists the metadata with where each was read.
func facts(w desk.Work, today corpus.Date) []fact {
	d := w.Document
	values := []struct{ field, value string }{
		{"title", d.Title}, {"kind", kindWords[d.Kind]}, {"number", d.Number}, {"agency", d.Agency}, {"region", d.Region}, {"level", string(d.Level)},
		{"written", d.Written.Chinese()}, {"published", d.Published.Chinese()}, {"effective", d.Effective.Chinese()}, {"expires", d.Expires.Chinese()},
		{"topics", strings.Join(d.Topics, "、")}, {"audience", strings.Join(d.Audience, "、")}, {"url", d.URL},
		{"question", d.Question}, {"similar", strings.Join(d.Similar, "；")}, {"refer", d.Refer},
	}
	var all []fact
	for _, x := range values {
		f := fact{Label: fieldWords[x.field], Value: x.value}
		for _, found := range w.Findings {
			if found.Field == x.field {
				f.Place, f.Doubt = found.Place, found.Sure == corpus.Guess
			}
		}
		if x.value != "" || slices.Contains([]string{"number", "agency", "effective"}, x.field) && d.Kind == corpus.Policy {
			all = append(all, f)
		}
	}
	for _, a := range d.Applications {
		all = append(all, fact{Label: fieldWords["applications"], Value: strings.Join([]string{a.What, span(a.From, a.Until)}, " ")})
	}
	if v := validityWords[d.ValidityOn(today)]; w.Live != w.Revision.Number && v.Word != "" && d.Kind != corpus.Consultation && (d.Kind == corpus.Policy || d.StartsOn().Known()) {
		all = append(all, fact{Label: "发布以后", Value: v.Shape + " " + v.Word + "（按日期推算）"})
	}
	return all
}

// span writes a time to apply.
func span(from, until corpus.Date) string {
	switch {
	case from.Known() && until.Known():
		return from.Chinese() + "至" + until.Chinese()
	case from.Known():
		return from.Chinese() + "开始"
	case until.Known():
		return until.Chinese() + "止"
	}
	return ""
}

// passages lists the text as it will be cited.
func passages(w desk.Work, flaws []desk.Flaw) []passageRow {
	rev := w.Revision
	rows := make([]passageRow, 0, len(rev.Passages))
	for _, p := range rev.Passages {
		row := passageRow{Passage: p, Heading: p.Role != corpus.BodyRole, Text: strings.TrimSpace(corpus.Readable(rev.Text[p.Start:p.End], p.Columns))}
		if row.Text == "" {
			continue
		}
		for _, c := range w.Comments {
			if c.Anchor == p.Anchor {
				row.Comments = append(row.Comments, c)
			}
		}
		row.Asked = w.Document.AskedFor(p.Anchor)
		row.Flawed = slices.ContainsFunc(flaws, func(f desk.Flaw) bool { return f.Anchor == p.Anchor && f.Anchor != "" })
		rows = append(rows, row)
	}
	return rows
}

// citizenPage is where citizens read a published document.
func (s *Site) citizenPage(d corpus.Document) string {
	if s.Citizens == nil {
		return ""
	}
	return s.Citizens(d.Account) + "/d/" + url.PathEscape(d.ID)
}

// file hands out the file that a revision was read from: always to be saved,
// never shown on our origin.
func (s *Site) file(v *Visit) error {
	ctx := v.R.Context()
	w, err := s.Desk.OpenOriginal(ctx, v.Actor(), v.R.PathValue("id"), number(v.R.PathValue("revision")))
	if err != nil {
		return err
	}
	a, err := s.Originals.Attached(ctx, w.Document.ID, w.Revision.Number)
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", disposition(a.Name))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	http.ServeContent(v.W, v.R, "", time.Time{}, s.Originals.Bytes(ctx, a))
	return nil
}

// disposition has a file saved under a name, in any browser (RFC 6266).
func disposition(name string) string {
	return "attachment; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}

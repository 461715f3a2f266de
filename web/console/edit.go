package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/corpus/diff"
)

// maxEdit bounds the form of a document: a text of 4 MB takes three times that
// where every byte is escaped.
const maxEdit = 16 << 20

type editView struct {
	Form
	Work   desk.Work
	Path   string
	Text   string
	Theirs *conflictView
	Beside bool // the original can be shown beside
	// Question is asked of the preview; nil where there is none.
	Question *Field
}

// conflictView shows what somebody else has saved meanwhile beside what was
// typed.
type conflictView struct {
	Who     string
	Fields  []conflictField
	Text    []pieceRow
	Version int // theirs: sending it again overwrites that
}

type conflictField struct{ Label, Theirs, Mine string }

func (s *Site) edit(v *Visit) error {
	ctx := v.R.Context()
	w, err := s.Desk.Open(ctx, v.Actor(), v.R.PathValue("id"), 0)
	if err != nil {
		return err
	}
	if w.Revision.Status != corpus.Draft {
		return desk.Denied("这一版是“" + statusWords[w.Revision.Status] + "”，不能修改。请先收回，或者新建一版")
	}
	if err := desk.MayEdit(v.Me, w.Owned()); err != nil {
		return err
	}
	view := s.editView(ctx, v, w)
	s.frames(v.W.Header())
	return v.Show("edit", "修改："+w.Document.Title, view)
}

func (s *Site) editView(ctx context.Context, v *Visit, w desk.Work) editView {
	view := editView{Form: s.editForm(ctx, v, w.Document), Work: w, Path: pathOf(w), Text: w.Revision.Text, Beside: s.beside(w)}
	if s.Preview != nil {
		q := questionField()
		view.Question = &q
	}
	return view
}

var levelsInOrder = []corpus.Level{
	corpus.Constitution, corpus.Law, corpus.AdminRegulation, corpus.JudicialRule, corpus.LocalRegulation,
	corpus.MinistryRule, corpus.LocalRule, corpus.Normative,
}

// editForm are the metadata that an editor changes.
func (s *Site) editForm(ctx context.Context, v *Visit, d corpus.Document) Form {
	text := func(name, value string, max int, hint string) Field {
		return Field{Name: name, Label: fieldWords[name], Value: value, Max: max, Hint: hint}
	}
	date := func(name string, day corpus.Date, hint string) Field {
		return Field{Name: name, Label: fieldWords[name], Value: string(day), Type: "date", Hint: hint}
	}
	kind := choose("kind", "类型", string(d.Kind), corpus.Kinds(), func(k corpus.Kind) string { return kindWords[k] })
	kind.Options = kind.Options[1:]
	level := choose("level", fieldWords["level"], string(d.Level), levelsInOrder, func(l corpus.Level) string { return string(l) })
	level.Options[0].Text = "不清楚"
	title := text("title", d.Title, 500, "")
	title.Required = true
	f := Form{Fields: []Field{
		title, kind,
		text("number", d.Number, 100, "例如：青政规〔2026〕3号"), text("agency", d.Agency, 200, "几个机关联合发文，用顿号隔开"),
		text("region", d.Region, 60, "全国适用的不用填"), level,
		date("written", d.Written, ""), date("published", d.Published, ""), date("effective", d.Effective, "从哪天起施行"),
		date("expires", d.Expires, "有效期的最后一天；一直有效的不用填"),
		text("topics", strings.Join(d.Topics, "、"), 200, "用顿号隔开，例如：社会保险、住房"), text("audience", strings.Join(d.Audience, "、"), 200, "例如：老人、企业"),
		text("url", d.URL, 500, "官网上这份文件的网址"),
	}}
	switch d.Kind {
	case corpus.FAQ:
		f.Fields = append(f.Fields, text("question", d.Question, 300, ""), text("similar", strings.Join(d.Similar, "；"), 2000, "用分号隔开"),
			text("refer", d.Refer, 100, "没有政策能回答时，填该问谁，例如：青岚市医疗保障局。填了以后，这一问只说请问谁，不当作答案"))
	case corpus.Interpretation, corpus.Guide:
		f.Fields = append(f.Fields, Field{Name: "interprets", Label: "解读的文件", Value: s.interpreted(ctx, v, d), Max: 500,
			Hint: "填文号或完整标题，例如：青政规〔2026〕3号"})
	}
	return f
}

// interpreted names the policy that a document explains.
func (s *Site) interpreted(ctx context.Context, v *Visit, d corpus.Document) string {
	for _, r := range d.Declares {
		if r.Kind != corpus.Interprets {
			continue
		}
		if p, err := s.Desk.Look(ctx, v.Actor(), r.To, 0); err == nil {
			if p.Document.Number != "" {
				return p.Document.Number
			}
			return p.Document.Title
		}
	}
	return ""
}

// save stores what an editor typed. A script that saves by itself is told the
// next version.
func (s *Site) save(v *Visit) error { return s.overTyped(v, s.store) }

// overTyped does something with what an editor has typed over a draft. Where a
// field is wrong the form is shown again instead.
func (s *Site) overTyped(v *Visit, do func(v *Visit, t target, w desk.Work, c corpus.Content, form Form) error) error {
	t, err := v.target()
	if err != nil {
		return err
	}
	w, err := s.Desk.Look(v.R.Context(), v.Actor(), t.id, t.revision)
	if err != nil {
		return err
	}
	c, form, err := s.typed(v.R.Context(), v, w, t.form)
	if err != nil {
		return err
	}
	if form.wrong() {
		return s.again(v, w, t, form)
	}
	return do(v, t, w, c, form)
}

func (s *Site) store(v *Visit, t target, w desk.Work, c corpus.Content, form Form) error {
	next, err := s.Desk.Save(v.R.Context(), v.Actor(), t.id, t.revision, t.version, c)
	var conflict *desk.Conflict
	var lacks desk.NotReady
	switch {
	case errors.As(err, &conflict):
		return s.conflicting(v, t, c, form, conflict.Theirs)
	case errors.As(err, &lacks):
		form.Whole = joined(lacks)
		return s.again(v, w, t, form)
	case err != nil:
		return err
	case asksJSON(v.R):
		return v.json(http.StatusOK, map[string]any{"version": next, "saved": clock(s.Now())})
	}
	return v.Go(t.path(), "已保存。")
}

func (s *Site) again(v *Visit, w desk.Work, t target, form Form) error {
	if asksJSON(v.R) {
		words := form.Whole
		for _, f := range form.Faults() {
			words += f.Label + "：" + f.Fault
		}
		return v.json(http.StatusUnprocessableEntity, map[string]any{"error": words})
	}
	view := editView{Form: form, Work: w, Path: t.path(), Text: unixLines(t.form.Get("text")), Beside: s.beside(w)}
	view.Work.Version = t.version
	return v.Again("edit", "修改："+w.Document.Title, view)
}

// unixLines undoes what browsers do to line ends.
func unixLines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// typed reads the form into the content of a draft. Faults are in the form.
func (s *Site) typed(ctx context.Context, v *Visit, w desk.Work, in url.Values) (corpus.Content, Form, error) {
	c := w.Content()
	d := &c.Document
	get := func(name string) string { return strings.TrimSpace(in.Get(name)) }
	d.Title, d.Number, d.Agency, d.Region, d.URL = get("title"), get("number"), get("agency"), get("region"), get("url")
	d.Kind, d.Level = corpus.Kind(get("kind")), corpus.Level(get("level"))
	d.Topics, d.Audience = list(get("topics"), "、，,"), list(get("audience"), "、，,")
	if in.Has("question") {
		d.Question, d.Similar, d.Refer = get("question"), list(get("similar"), "；;\n"), get("refer")
	}
	c.Text = unixLines(in.Get("text"))
	form := s.editForm(ctx, v, *d)
	days := []struct {
		name string
		to   *corpus.Date
	}{{"written", &d.Written}, {"published", &d.Published}, {"effective", &d.Effective}, {"expires", &d.Expires}}
	for _, x := range days {
		day, err := corpus.ParseDate(get(x.name))
		f := form.field(x.name)
		f.Value = get(x.name)
		if err != nil {
			f.Fault = "日期要像2026-05-01这样写。"
			continue
		}
		*x.to = day
	}
	if d.URL != "" && corpus.WebsiteFault(d.URL) != "" {
		form.field("url").Fault = "不是完整的网址，要以https://或http://开头。"
	}
	if d.Level != "" && !slices.Contains(levelsInOrder, d.Level) {
		form.field("level").Fault = "请重新选择。"
	}
	if in.Has("interprets") {
		if err := s.pointTo(ctx, v, d, get("interprets"), &form); err != nil {
			return c, form, err
		}
	}
	return c, form, nil
}

// list cuts a line into its words, at most fifty.
func list(s, at string) []string {
	var out []string
	for _, x := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(at, r) }) {
		if x = strings.TrimSpace(x); x != "" && len(out) < 50 {
			out = append(out, x)
		}
	}
	return out
}

// pointTo sets the policy that a document explains, by number or title.
func (s *Site) pointTo(ctx context.Context, v *Visit, d *corpus.Document, name string, form *Form) error {
	rest := slices.DeleteFunc(slices.Clone(d.Declares), func(r corpus.Relation) bool { return r.Kind == corpus.Interprets && r.Edge == "" })
	f := form.field("interprets")
	f.Value = name
	if name == "" {
		d.Declares = rest
		return nil
	}
	found, _, err := s.Desk.List(ctx, v.Actor(), desk.Filter{Text: strings.Trim(name, "《》")}, 0, desk.Page)
	if err != nil {
		return err
	}
	bare := strings.Trim(name, "《》 ")
	exact := slices.DeleteFunc(found, func(i desk.Item) bool {
		return i.Document.ID == d.ID || i.Document.Kind == corpus.Interpretation || i.Document.Title != bare && i.Document.Number != bare && i.Document.ID != bare
	})
	switch len(exact) {
	case 1:
		d.Declares = append(rest, corpus.Relation{Kind: corpus.Interprets, From: d.ID, To: exact[0].Document.ID})
	case 0:
		f.Fault = "没有找到这份文件，请核对文号或标题。"
	default:
		f.Fault = "有几份文件同名，请填文号。"
	}
	return nil
}

// conflicting shows both versions: nothing of either is lost.
func (s *Site) conflicting(v *Visit, t target, mine corpus.Content, form Form, theirs desk.Work) error {
	if asksJSON(v.R) {
		return v.json(http.StatusConflict, map[string]any{"error": theirs.UpdatedBy + "刚刚也改了这份文件。您的内容还在这一页；按“保存”可以对照两边。"})
	}
	if theirs.Revision.Status != corpus.Draft {
		form.Whole = "这一版刚刚变成“" + statusWords[theirs.Revision.Status] + "”，不能再改。下面是您写的内容，需要的话请先复制下来。"
	}
	c := &conflictView{Who: theirs.UpdatedBy, Version: theirs.Version, Text: pieces(diff.Words(theirs.Revision.Text, mine.Text))}
	before := s.editForm(v.R.Context(), v, theirs.Document)
	for _, f := range form.Fields {
		if was := before.field(f.Name); was.Name != "" && f.Type != "select" && was.Value != f.Value {
			c.Fields = append(c.Fields, conflictField{f.Label, was.Value, f.Value})
		}
	}
	c.Text = around(c.Text)
	view := editView{Form: form, Work: theirs, Path: t.path(), Text: mine.Text, Theirs: c, Beside: s.beside(theirs)}
	return v.render(http.StatusConflict, "edit", "两个人同时改了", view)
}

// around keeps of what is the same only what stands beside a change.
func around(all []pieceRow) []pieceRow {
	const beside = 40 // characters
	for i, p := range all {
		if p.Deleted || p.New {
			continue
		}
		r := []rune(p.Text)
		switch {
		case len(r) <= 2*beside:
		case i == 0:
			all[i].Text = "…" + string(r[len(r)-beside:])
		case i == len(all)-1:
			all[i].Text = string(r[:beside]) + "…"
		default:
			all[i].Text = string(r[:beside]) + "…" + string(r[len(r)-beside:])
		}
	}
	return all
}

package console

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

// bulk is something that is done with many documents at once.
type bulk struct {
	who   Who
	to    corpus.Status // "" is setting a topic or an agency
	Word  string        // 提交审核
	done  string        // 已提交审核
	About string        // what a person should know before
}

// The things that can be done with many, in the order in which they are
// offered.
var (
	bulkOrder = []string{"submit", "mark", "approve", "publish", "withdraw"}
	bulks     = map[string]bulk{
		"submit": {Only(desk.Editor), corpus.Submitted, "提交审核", "已提交", "提交以后由另一位同事审核。"},
		"mark":   {Only(desk.Editor), "", "改主题或单位", "已改好", "只改草稿。已经提交或发布的，要先收回，或者做新的一版。"},
		"approve": {Only(desk.Reviewer), corpus.Approved, "审核通过", "已通过",
			"自己写过的不能自己审。新文件要每份打开看过；存量文件每十份至少看一份。是否看过会记在历史里。"},
		"publish":  {Only(desk.Reviewer), corpus.Published, "发布", "已发布", "一分钟内市民就能查到。"},
		"withdraw": {Only(desk.Reviewer), corpus.Withdrawn, "撤回", "已撤回", "撤回以后不再作为回答的依据，市民打开页面会看到原因。"},
	}
)

// bulkChoices are what a person may do with many; none: nothing.
func bulkChoices(me desk.Staff) []Choice {
	var all []Choice
	for _, name := range bulkOrder {
		if bulks[name].who.may(me) {
			all = append(all, Choice{Value: name, Text: bulks[name].Word})
		}
	}
	return all
}

// pick is one of the chosen documents, as the person has seen it.
type pick struct {
	desk.Move
	Title, State, Href string
	Opened, Backlog    bool
	Why                string // it can't be done with this one; "" is it can
	later              bool   // a policy whose interpretation may follow
}

// Key names the revision that is meant, and its version.
func (p pick) Key() string { return itoa(p.Revision) + "." + itoa(p.Version) + "." + p.Document }

// readKey undoes Key.
func readKey(key string) (m desk.Move, ok bool) {
	parts := strings.SplitN(key, ".", 3)
	if len(parts) != 3 || parts[2] == "" {
		return m, false
	}
	return desk.Move{Revision: number(parts[0]), Version: number(parts[1]), Document: parts[2]}, true
}

type selectedView struct {
	bulk
	Do       string
	Filter   string // the list that it was chosen from
	Back     string
	Can      []pick
	Cannot   []pick
	Cut      bool // more were chosen than can be done at a time
	Most     int
	Opened   bool // it is told which were opened
	Later    bool // a policy is among them that may pass before its interpretation
	Faults   []string
	Typed    url.Values
	Finished bool
	Done     int
}

// selected does something with the documents that are ticked in the list: it
// asks what is needed first, then does it.
func (s *Site) selected(v *Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	do := form.Get("do")
	b, known := bulks[do]
	view := selectedView{bulk: b, Do: do, Filter: bounds(form.Get("filter")), Typed: form, Most: desk.Page, Opened: b.to == corpus.Approved}
	view.Back = Root + "/documents"
	if view.Filter != "" {
		view.Back += "?" + view.Filter
	}
	switch {
	case !known:
		return v.Go("/documents", "请先选要做什么。")
	case !b.who.may(v.Me):
		return errRole
	case form.Has("key"):
		return s.doSelected(v, view, form)
	}
	if err := s.pickSelected(v, &view, form); err != nil {
		return err
	}
	if len(view.Can)+len(view.Cannot) == 0 {
		return v.Go(strings.TrimPrefix(view.Back, Root), "请先在文件前面打勾。")
	}
	return v.Show("selected", "成批"+b.Word, view)
}

// maxFilter bounds the filter that a form carries along.
const maxFilter = 2000

func bounds(filter string) string {
	q, err := url.ParseQuery(filter)
	if err != nil || len(filter) > maxFilter {
		return ""
	}
	return q.Encode()
}

// pickSelected looks at what was ticked, and says what can be done with each.
func (s *Site) pickSelected(v *Visit, view *selectedView, form url.Values) error {
	ctx, by := v.R.Context(), v.Actor()
	ids := form["d"]
	if form.Get("all") == "yes" {
		q, _ := url.ParseQuery(view.Filter) // encoded by bounds
		items, total, err := s.Desk.List(ctx, by, documentFilter(q), 0, desk.Page)
		if err != nil {
			return err
		}
		ids = nil
		for _, i := range items {
			ids = append(ids, i.Document.ID)
		}
		view.Cut = total > len(ids)
	}
	if len(ids) > desk.Page {
		ids, view.Cut = ids[:desk.Page], true
	}
	for _, id := range ids {
		p, err := s.pickOne(ctx, by, view.bulk, id)
		switch {
		case errors.Is(err, corpus.ErrNotFound):
			p = pick{Move: desk.Move{Document: id}, Title: "编号" + id, Why: notTheirs}
		case err != nil:
			return err
		}
		if p.Why != "" {
			view.Cannot = append(view.Cannot, p)
			continue
		}
		view.Can = append(view.Can, p)
		view.Later = view.Later || p.later
	}
	return nil
}

const notTheirs = "没有这份文件，或者不归您的单位管"

// pickOne looks at one document: at its published revision where that is to be
// withdrawn, else at the newest.
func (s *Site) pickOne(ctx context.Context, by desk.Actor, b bulk, id string) (pick, error) {
	w, err := s.Desk.Look(ctx, by, id, 0)
	if err == nil && b.to == corpus.Withdrawn && w.Live > 0 && w.Live != w.Revision.Number {
		w, err = s.Desk.Look(ctx, by, id, w.Live)
	}
	if err != nil {
		return pick{}, err
	}
	p := pick{
		Move:  desk.Move{Document: id, Revision: w.Revision.Number, Version: w.Version},
		Title: w.Document.Title, State: statusWords[w.Revision.Status], Href: s.documentPath(id), Backlog: w.Backlog,
		later: w.Document.Kind == corpus.Policy && !w.Backlog,
	}
	switch {
	case b.to == "" && w.Revision.Status != corpus.Draft:
		p.Why = "“" + p.State + "”的不能直接改，要先收回，或者做新的一版"
	case b.to == "":
		err = desk.MayEdit(by.Staff, w.Owned())
	default:
		err = desk.MayMove(w, by.Staff, b.to)
	}
	if err != nil {
		p.Why = s.why(err)
	} else if b.to == corpus.Approved {
		if p.Opened, err = s.Desk.HasOpened(ctx, by, id, w.Revision.Number); err != nil {
			return p, err
		}
	}
	return p, nil
}

// doSelected does it, and says by name what could not be done.
func (s *Site) doSelected(v *Visit, view selectedView, form url.Values) error {
	results, err := s.runSelected(v, view, form)
	var lacks desk.NotReady
	if errors.As(err, &lacks) {
		view.Faults = lacks
		return s.againSelected(v, view, form)
	}
	if err != nil {
		return err
	}
	for _, r := range results {
		if r.Err == nil {
			view.Done++
			continue
		}
		p := pick{Move: desk.Move{Document: r.Document}, Title: r.Title, Href: s.documentPath(r.Document), Why: s.why(r.Err)}
		if p.Title == "" {
			p.Title = "编号" + r.Document
		}
		view.Cannot = append(view.Cannot, p)
	}
	if len(view.Cannot) == 0 {
		return v.Go(strings.TrimPrefix(view.Back, Root), view.done+itoa(view.Done)+"份。")
	}
	view.Finished = true
	return v.Show("selected", "成批"+view.Word, view)
}

// againSelected shows the form once more, with what was typed.
func (s *Site) againSelected(v *Visit, view selectedView, form url.Values) error {
	again := url.Values{}
	for _, key := range form["key"] {
		if m, ok := readKey(key); ok {
			again.Add("d", m.Document)
		}
	}
	if err := s.pickSelected(v, &view, again); err != nil {
		return err
	}
	return v.Again("selected", "成批"+view.Word, view)
}

// runSelected takes the step with each. The error is a NotReady where the form
// lacks something.
func (s *Site) runSelected(v *Visit, view selectedView, form url.Values) ([]desk.Result, error) {
	ctx, by := v.R.Context(), v.Actor()
	steps := keys(form["key"], checklist(form))
	for i := range steps {
		steps[i].Reason = form.Get("reason")
	}
	switch view.Do {
	case "mark":
		return s.Desk.MarkAll(ctx, by, desk.Mark{Topic: strings.TrimSpace(form.Get("topic")), Agency: strings.TrimSpace(form.Get("agency"))}, steps)
	case "approve":
		return s.passAll(ctx, by, steps, form.Get("publish") == "now")
	case "withdraw":
		if strings.TrimSpace(form.Get("reason")) == "" {
			return nil, desk.NotReady{"请写明原因"}
		}
	}
	return s.Desk.Batch(ctx, by, view.to, steps), nil
}

// checklist reads what a reviewer has ticked.
func checklist(form url.Values) desk.Checklist {
	yes := func(name string) bool { return form.Get(name) == "yes" }
	return desk.Checklist{Secrecy: yes("secrecy"), Accuracy: yes("accuracy"), Links: yes("links"), Later: yes("later")}
}

// passAll lets many pass as the second person, and publishes those at once
// where that is chosen.
func (s *Site) passAll(ctx context.Context, by desk.Actor, steps []desk.Move, publish bool) ([]desk.Result, error) {
	if len(steps) > 0 {
		if lacks := steps[0].Checklist.Lacks(); len(lacks) > 0 {
			return nil, lacks
		}
	}
	results := s.Desk.Batch(ctx, by, corpus.Approved, steps)
	if !publish {
		return results, nil
	}
	var live []desk.Move
	for i, r := range results {
		if r.Err == nil {
			// One approval is one change of the revision.
			live = append(live, desk.Move{Document: r.Document, Revision: steps[i].Revision, Version: steps[i].Version + 1})
		}
	}
	published := s.Desk.Batch(ctx, by, corpus.Published, live)
	for i, n := 0, 0; i < len(results); i++ {
		if results[i].Err == nil {
			results[i].Err = published[n].Err
			n++
		}
	}
	return results, nil
}

// why says in plain words why something was not done.
func (s *Site) why(err error) string {
	var denied desk.Denied
	var lacks desk.NotReady
	var conflict *desk.Conflict
	switch {
	case errors.As(err, &denied):
		return string(denied)
	case errors.As(err, &lacks):
		return strings.Join(lacks, "；")
	case errors.As(err, &conflict), errors.Is(err, desk.ErrStale):
		return "别人刚刚改过，请看过再做"
	case errors.Is(err, corpus.ErrNotFound):
		return notTheirs
	}
	s.Log.LogAttrs(context.Background(), slog.LevelError, "one of many was not done", slog.String("error", err.Error()))
	return "系统这边出了问题，请稍后再试"
}

package console

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

var historyPages = []Route{
	{Method: Get, Path: "/history", Who: Only(desk.Admin, desk.Auditor), Do: (*Site).history},
}

const (
	historyPage = 50
	lastPage    = 100_000
)

// actionWords are the actions of the history as people read them.
var actionWords = map[string]string{
	desk.ActionOpened: "打开", desk.ActionOriginal: "看原件", desk.ActionQuestions: "看市民提问", desk.ActionUploaded: "上传", desk.ActionDrafted: "新建草稿", desk.ActionSaved: "保存",
	desk.ActionConfirmed: "确认识别文字", desk.ActionSubmitted: "提交审核", desk.ActionReturned: "退回", desk.ActionRecalled: "收回",
	desk.ActionApproved: "审核通过", desk.ActionPublished: "发布", desk.ActionWithdrawn: "撤回", desk.ActionDropped: "丢弃草稿",
	desk.ActionCommented: "批注", desk.ActionDecided: "决定关系", desk.ActionMerged: "并为新版本", desk.ActionImported: "导入",
	desk.ActionPerson: "改人员", desk.ActionPin: "置顶", desk.ActionStop: "停答", desk.ActionScheduled: "定时发布", desk.ActionConcern: "舆情处理", desk.ActionSetting: "改设置", desk.ActionSignedIn: "登录", desk.ActionSignedOut: "退出", desk.ActionLockedOut: "登录受限",
	desk.ActionPassword: "设密码", desk.ActionSecond: "动态码", desk.ActionReset: "重置登录",
}

type historyView struct {
	Form
	Rows           []historyRow
	Page           int
	Previous, Next string
	Filtered       bool
}

type historyRow struct {
	desk.Entry
	What  string
	Title string // of the document; "" where it is gone
	Href  string
}

// history lists what was done. What is chosen stands in the address.
func (s *Site) history(v *Visit) error {
	q := v.R.URL.Query()
	page, err := pageOf(q)
	if err != nil {
		return err
	}
	view, filter, err := s.historyFilter(v, q)
	if err != nil {
		return err
	}
	view.Page = page
	entries, err := s.Desk.Trail(v.R.Context(), v.Actor(), filter, (page-1)*historyPage, historyPage+1)
	if err != nil && !isNone(err) { // a document that is not there, or another agency's, has none
		return err
	}
	entries, more := entries[:min(len(entries), historyPage)], len(entries) > historyPage
	titles, err := s.titles(v, entries)
	if err != nil {
		return err
	}
	for _, e := range entries {
		what := actionWords[e.Action]
		if what == "" {
			what = e.Action
		}
		row := historyRow{Entry: e, What: what, Title: titles[e.Document]}
		if row.Title != "" {
			row.Href = s.documentPath(e.Document)
		}
		view.Rows = append(view.Rows, row)
	}
	at := func(n int) string {
		q.Set("page", strconv.Itoa(n))
		return Root + "/history?" + q.Encode()
	}
	if page > 1 {
		view.Previous = at(page - 1)
	}
	if more {
		view.Next = at(page + 1)
	}
	return v.Show("history", "历史", view)
}

// titles are what the documents of some entries are called.
func (s *Site) titles(v *Visit, entries []desk.Entry) (map[string]string, error) {
	var ids []string
	for _, e := range entries {
		if e.Document != "" {
			ids = append(ids, e.Document)
		}
	}
	return s.Desk.History.Titles(v.R.Context(), ids)
}

// pageOf reads ?page=2. One that makes no sense is corpus.ErrNotFound.
func pageOf(q url.Values) (int, error) {
	text := q.Get("page")
	if text == "" {
		return 1, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > lastPage {
		return 0, corpus.ErrNotFound
	}
	return n, nil
}

// historyFilter reads what is chosen. Somebody of an agency sees what belongs
// to it.
func (s *Site) historyFilter(v *Visit, q url.Values) (view historyView, f desk.EntryFilter, err error) {
	actions := Field{Name: "action", Label: "做了什么", Type: "select", Options: []Choice{{Text: "全部"}}}
	for action, word := range actionWords {
		actions.Options = append(actions.Options, Choice{Value: action, Text: word, Chosen: q.Get("action") == action})
	}
	slices.SortFunc(actions.Options[1:], func(a, b Choice) int { return strings.Compare(a.Value, b.Value) })
	view.Form = Form{Fields: []Field{
		{Name: "person", Quiet: true, Label: "登录名", Value: q.Get("person"), Max: 40},
		actions,
		{Name: "document", Quiet: true, Label: "文件编号", Value: q.Get("document"), Max: 128},
		{Name: "from", Quiet: true, Label: "从", Type: "date", Value: q.Get("from")},
		{Name: "to", Quiet: true, Label: "到", Type: "date", Value: q.Get("to")},
	}}
	f = desk.EntryFilter{Document: strings.TrimSpace(q.Get("document")), Action: q.Get("action")}
	f.From = dayOf(q.Get("from"))
	if to := dayOf(q.Get("to")); !to.IsZero() {
		f.To = to.AddDate(0, 0, 1)
	}
	if name := strings.TrimSpace(q.Get("person")); name != "" {
		p, err := s.Desk.People.PersonNamed(v.R.Context(), strings.ToLower(name))
		switch {
		case isNone(err) || err == nil && v.Me.Agency != "" && v.Me.Agency != p.Agency:
			view.field("person").Fault = "没有这个登录名。"
			f.Staff = -1
		case err != nil:
			return view, f, err
		default:
			f.Staff = p.ID
		}
	}
	view.Filtered = f.Document != "" || f.Action != "" || f.Staff != 0 || !f.From.IsZero() || !f.To.IsZero()
	return view, f, nil
}

// dayOf reads a civil day; what is none is no bound.
func dayOf(text string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, text, corpus.Zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

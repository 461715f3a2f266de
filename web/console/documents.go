package console

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

var documentPages = []Route{
	{Method: Get, Path: "/documents", Who: Staff, Do: (*Site).documents},
	{Method: Post, Path: "/documents", Who: Only(desk.Editor, desk.Reviewer), Do: (*Site).selected},
	{Method: Get, Path: "/documents.xlsx", Who: Staff, Do: (*Site).export},
}

// Words of the console for kinds, states and validities: the same as on the
// citizens' pages and in the history.
var (
	kindWords = map[corpus.Kind]string{
		corpus.Policy: "政策文件", corpus.Interpretation: "政策解读", corpus.Guide: "办事指南", corpus.FAQ: "常见问题",
		corpus.Clarification: "澄清辟谣", corpus.Notice: "通知公告", corpus.Catalogue: "清单目录", corpus.Consultation: "征求意见稿",
	}
	stateWords = map[desk.State]string{
		desk.IsDraft: "草稿", desk.IsReturned: "退回修改", desk.IsHeld: "文字待确认", desk.IsSubmitted: "待审核",
		desk.IsApproved: "已通过，待发布", desk.IsScheduled: "定时发布", desk.IsPublished: "已发布", desk.IsWithdrawn: "已撤回",
	}
	statusWords = map[corpus.Status]string{
		corpus.Draft: "草稿", corpus.Submitted: "待审核", corpus.Approved: "已通过，待发布", corpus.Published: "已发布",
		corpus.Withdrawn: "已撤回", corpus.Dropped: "已丢弃",
	}
	validityWords = map[corpus.Validity]sign{
		corpus.InForce: {"现行有效", "●", "ok"}, corpus.NotYet: {"将施行", "◔", "due"}, corpus.Repealed: {"已废止", "✕", "late"},
		corpus.Modified: {"已修改", "△", "due"}, corpus.Expired: {"已失效", "○", "soft"}, corpus.Superseded: {"已失效", "○", "soft"},
		corpus.Unknown: {"效力不明", "", "soft"},
	}
	sortWords = map[desk.Sort]string{desk.ByUpdated: "最近改动", desk.ByTitle: "标题", desk.ByIssued: "发布日期", desk.ByOldest: "最早改动"}
)

// sign is a state in a word, a shape and a colour.
type sign struct{ Word, Shape, Class string }

// The orders in which the filters offer what there is.
var (
	statesInOrder = []desk.State{
		desk.IsDraft, desk.IsReturned, desk.IsHeld, desk.IsSubmitted, desk.IsApproved, desk.IsScheduled, desk.IsPublished, desk.IsWithdrawn,
	}
	validitiesInOrder = []corpus.Validity{
		corpus.InForce, corpus.NotYet, corpus.Modified, corpus.Expired, corpus.Repealed, corpus.Superseded, corpus.Unknown,
	}
	sortsInOrder  = []desk.Sort{desk.ByUpdated, desk.ByOldest, desk.ByIssued, desk.ByTitle}
	clocksInOrder = []desk.ClockKind{desk.InterpretationDue, desk.Unreviewed, desk.Expiring, desk.Starting}
)

// listed is how many documents a page of the list has.
const listed = 50

type documentsView struct {
	Form     Form
	Rows     []documentRow
	Total    int
	Filtered bool
	Uploads  bool // the person may upload
	Backlog  bool // the person may see how old documents are reviewed
	Bulk     []Choice
	Filter   string // as in the address
	Most     int    // documents at a time
	Export   string
	Exported int // rows of a table at most
	Page     int
	Previous string
	Next     string
}

type documentRow struct {
	desk.Item
	State    string
	Kind     string
	Validity sign
	Note     string // what is special about it
	Href     string
}

func (s *Site) documents(v *Visit) error {
	q := v.R.URL.Query()
	f, n := documentFilter(q), max(1, number(q.Get("page")))
	items, total, err := s.Desk.List(v.R.Context(), v.Actor(), f, (n-1)*listed, listed)
	if err != nil {
		return err
	}
	view := documentsView{Form: documentFilterForm(f), Total: total, Page: n, Uploads: v.Me.Is(desk.Editor), Backlog: v.Me.Is(desk.Editor, desk.Reviewer, desk.Auditor)}
	for _, i := range items {
		view.Rows = append(view.Rows, s.row(i))
	}
	q.Del("page")
	view.Filtered = q.Encode() != "" && !isZero(f)
	view.Bulk, view.Most, view.Exported = bulkChoices(v.Me), desk.Page, desk.Whole
	view.Filter = bounds(filterQuery(f).Encode())
	view.Export = Root + "/documents.xlsx?" + view.Filter
	at := func(page int) string {
		q.Set("page", strconv.Itoa(page))
		return Root + "/documents?" + q.Encode()
	}
	if n > 1 {
		view.Previous = at(n - 1)
	}
	if n*listed < total {
		view.Next = at(n + 1)
	}
	return v.Show("documents", "文件", view)
}

func (s *Site) row(i desk.Item) documentRow {
	r := documentRow{Item: i, State: statusWords[i.Status], Kind: kindWords[i.Document.Kind], Href: s.documentPath(i.Document.ID)}
	if i.Returned {
		r.State = stateWords[desk.IsReturned]
	}
	if i.Live > 0 && (i.Validity != corpus.Unknown || i.Document.Kind == corpus.Policy) { // of news there is none
		r.Validity = validityWords[i.Validity]
	}
	switch {
	case i.Held:
		r.Note = "文字待确认"
	case i.Like:
		r.Note = "可能是已有文件的新版本"
	case !i.Due.IsZero():
		r.Note = clock(i.Due) + "发布"
	case i.Live > 0 && i.Live != i.Revision:
		r.Note = "第" + itoa(i.Live) + "版在用"
	}
	return r
}

// number reads a number of an address; what is none is 0.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 1_000_000 {
		return 0
	}
	return n
}

func isZero(f desk.Filter) bool {
	return len(f.States)+len(f.Kinds) == 0 && f.Validity == "" && f.Agency == "" && f.Topic == "" && f.Clock == "" &&
		f.Text == "" && f.Words == "" && !f.Backlog && f.Sort == ""
}

// documentFilter reads the filter of an address. What is not known is left
// out.
func documentFilter(q url.Values) desk.Filter {
	f := desk.Filter{
		Agency: bounded(q.Get("agency")), Topic: bounded(q.Get("topic")), Text: bounded(q.Get("text")), Words: bounded(q.Get("words")),
		Backlog: q.Get("backlog") == "yes",
	}
	if st := desk.State(q.Get("state")); slices.Contains(statesInOrder, st) {
		f.States = []desk.State{st}
	}
	if k := corpus.Kind(q.Get("kind")); k.Valid() {
		f.Kinds = []corpus.Kind{k}
	}
	if w := corpus.Validity(q.Get("validity")); slices.Contains(validitiesInOrder, w) {
		f.Validity = w
	}
	if c := desk.ClockKind(q.Get("clock")); slices.Contains(clocksInOrder, c) {
		f.Clock = c
	}
	if o := desk.Sort(q.Get("sort")); slices.Contains(sortsInOrder, o) {
		f.Sort = o
	}
	return f
}

// bounded keeps words of an address short.
func bounded(s string) string {
	r := []rune(s)
	return string(r[:min(len(r), 100)])
}

// filterQuery writes a filter as documentFilter reads it.
func filterQuery(f desk.Filter) url.Values {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	for _, st := range f.States {
		set("state", string(st))
	}
	for _, k := range f.Kinds {
		set("kind", string(k))
	}
	set("validity", string(f.Validity))
	set("clock", string(f.Clock))
	set("agency", f.Agency)
	set("topic", f.Topic)
	set("text", f.Text)
	set("words", f.Words)
	set("sort", string(f.Sort))
	if f.Backlog {
		set("backlog", "yes")
	}
	return q
}

func documentFilterForm(f desk.Filter) Form {
	first := func(n int, word string) string {
		if n > 0 {
			return word
		}
		return ""
	}
	var state, kind string
	if len(f.States) > 0 {
		state = first(1, string(f.States[0]))
	}
	if len(f.Kinds) > 0 {
		kind = first(1, string(f.Kinds[0]))
	}
	backlog := choose("backlog", "存量", "", []yes{"yes"}, func(yes) string { return "只看存量" })
	backlog.Options[0].Chosen, backlog.Options[1].Chosen = !f.Backlog, f.Backlog
	return Form{Fields: []Field{
		{Name: "words", Label: "全文搜索", Value: f.Words, Max: 100, Type: "search", Quiet: true},
		{Name: "text", Label: "标题或文号", Value: f.Text, Max: 100, Type: "search", Quiet: true},
		choose("state", "状态", state, statesInOrder, func(s desk.State) string { return stateWords[s] }),
		choose("kind", "类型", kind, corpus.Kinds(), func(k corpus.Kind) string { return kindWords[k] }),
		choose("validity", "效力", string(f.Validity), validitiesInOrder, func(w corpus.Validity) string {
			if w == corpus.Superseded {
				return "已被新版代替"
			}
			return validityWords[w].Word
		}),
		choose("clock", "快到时间的", string(f.Clock), clocksInOrder, func(c desk.ClockKind) string { return clockWords[c] }),
		backlog,
		{Name: "agency", Label: "单位", Value: f.Agency, Max: 60, Quiet: true},
		{Name: "topic", Label: "主题", Value: f.Topic, Max: 60, Quiet: true},
		choose("sort", "排序", string(f.Sort), sortsInOrder, func(o desk.Sort) string { return sortWords[o] }),
	}}
}

// yes is the one value of a choice that is on or off.
type yes string

// choose makes a select of values; the first choice is none of them, unless
// the values have an empty one.
func choose[T ~string](name, label, chosen string, values []T, word func(T) string) Field {
	f := Field{Name: name, Label: label, Type: "select"}
	if !slices.Contains(values, "") {
		f.Options = []Choice{{Value: "", Text: "全部", Chosen: chosen == ""}}
	}
	for _, x := range values {
		f.Options = append(f.Options, Choice{Value: string(x), Text: word(x), Chosen: string(x) == chosen})
	}
	return f
}

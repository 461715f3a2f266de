package console

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

var gapPages = []Route{
	{Method: Get, Path: "/gaps", Who: Only(desk.Editor), Do: (*Site).gap},
	{Method: Post, Path: "/gaps", Who: Only(desk.Editor), Do: (*Site).gapOf},
	{Method: Post, Path: "/gaps/note", Who: Only(desk.Editor), Do: (*Site).closeGap},
	{Method: Post, Path: "/gaps/refer", Who: Only(desk.Editor), Do: (*Site).referGap},
}

// Finder finds what is published.
type Finder interface {
	// Nearest returns the passages that come nearest to a question of an
	// account's citizens ("" is the first account's), best first, of a document at
	// most three, at most limit. None where nothing is published yet.
	Nearest(ctx context.Context, account, question string, limit int) ([]Near, error)
}

// Near is a passage that was found.
type Near struct {
	Document, Title string
	Anchor, Label   string
	Text            string
}

// shownNear is how many passages are offered, and how much of each is shown.
const (
	shownNear = 8
	nearRunes = 160
)

type gapView struct {
	Ask     Field
	Account string
	Asked   bool
	Rows    []nearRow
	Faults  []string
	Refer   Field // whom to ask, where no passage answers
}

// nearRow is a passage, and why a question cannot be noted with it.
type nearRow struct {
	Near
	Href string
	Not  string
}

// gap is a form to type a question that got no answer.
func (s *Site) gap(v *Visit) error {
	return v.Show("gaps", "补上问法", gapView{Ask: gapField("")})
}

func gapField(question string) Field {
	return Field{Name: "ask", Label: "市民怎么问", Value: question, Max: corpus.MaxAskedRunes, Required: true,
		Hint: "可以改短，去掉说自己的话，只留要问的"}
}

// gapOf offers the passages that may answer a question, to note it with one.
func (s *Site) gapOf(v *Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	view, err := s.gapView(v, form)
	if err != nil {
		return err
	}
	if view.Ask.Fault != "" {
		return v.Again("gaps", "补上问法", view)
	}
	return v.Show("gaps", "补上问法", view)
}

func (s *Site) gapView(v *Visit, form url.Values) (gapView, error) {
	question, fault := asked(form.Get("ask"))
	view := gapView{Ask: gapField(question), Account: form.Get("account")}
	if view.Ask.Fault = fault; fault == "" && question == "" {
		view.Ask.Fault = "请写下市民的问题。"
	}
	if view.Ask.Fault != "" || s.Finder == nil {
		return view, nil
	}
	view.Asked, view.Refer = true, referField(form.Get("refer"))
	ctx := v.R.Context()
	found, err := s.Finder.Nearest(ctx, view.Account, question, shownNear)
	if err != nil {
		return view, err
	}
	for _, n := range found {
		w, err := s.Desk.Look(ctx, v.Actor(), n.Document, 0)
		row := nearRow{Near: n, Href: s.documentPath(n.Document)}
		row.Text = shortened(row.Text, nearRunes)
		var denied desk.Denied
		switch {
		case errors.Is(err, corpus.ErrNotFound), errors.As(err, &denied):
			row.Href, row.Not = "", "这份文件不归您的单位，请告诉管它的同事"
		case err != nil:
			return view, err
		case desk.MayEdit(v.Me, w.Owned()) != nil:
			row.Not = "这份文件归" + w.Document.Agency + "，请告诉他们"
		case w.Document.Kind == corpus.FAQ:
			row.Not = "这是一条问答，把问法加在它的“其他问法”里"
		}
		view.Rows = append(view.Rows, row)
	}
	return view, nil
}

// shortened is the beginning of a text, on one line.
func shortened(text string, most int) string {
	r := []rune(strings.Join(strings.Fields(text), " "))
	if len(r) > most {
		return string(r[:most]) + "……"
	}
	return string(r)
}

// closeGap notes a question with a passage: in the draft that there is, or in a
// new one.
func (s *Site) closeGap(v *Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	id, question := form.Get("document"), strings.TrimSpace(form.Get("ask"))
	_, err = s.Desk.AddAsked(v.R.Context(), v.Actor(), id, form.Get("anchor"), question)
	var lacks desk.NotReady
	var denied desk.Denied
	switch {
	case err == nil:
		return v.Go("/documents/"+url.PathEscape(id), "问法已记在草稿里。提交、审核、发布以后，这样问就答得上了。")
	case errors.As(err, &lacks):
	case errors.As(err, &denied):
		lacks = desk.NotReady{string(denied)}
	default:
		return err
	}
	return s.gapAgain(v, form, lacks)
}

func (s *Site) gapAgain(v *Visit, form url.Values, faults []string) error {
	view, err := s.gapView(v, form)
	if err != nil {
		return err
	}
	view.Faults = faults
	return v.Again("gaps", "补上问法", view)
}

func referField(agency string) Field {
	return Field{Name: "refer", Label: "请问谁", Value: agency, Max: 100, Required: true,
		Hint: "写机构的全名，例如：青岚市医疗保障局；不知道归谁管的，写12345"}
}

// referGap notes a question that no policy answers, and whom to ask.
func (s *Site) referGap(v *Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	_, err = s.Desk.Refer(v.R.Context(), v.Actor(), form.Get("account"), form.Get("ask"), form.Get("refer"))
	var lacks desk.NotReady
	var denied desk.Denied
	switch {
	case err == nil:
		return v.Go("/uploads", "已记下，成了一条草稿。提交、审核、发布以后，再有人这样问，就直接说请问谁。")
	case errors.As(err, &lacks):
		return s.gapAgain(v, form, lacks)
	case errors.As(err, &denied):
		return s.gapAgain(v, form, []string{string(denied)})
	}
	return err
}

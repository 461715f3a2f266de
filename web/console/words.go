package console

import (
	"net/url"
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus/desk"
)

var wordPages = []Route{
	{Method: Get, Path: "/words", Who: Staff, Do: (*Site).words, Options: []Option{Under("/pins")}},
	{Method: Post, Path: "/words", Who: Only(desk.Reviewer, desk.Maintainer), Do: (*Site).putWord, Options: []Option{Under("/pins")}},
	{Method: Post, Path: "/words/drop", Who: Only(desk.Reviewer, desk.Maintainer), Do: (*Site).dropWord, Options: []Option{Under("/pins")}},
}

const wordPage = 100

type wordsView struct {
	Form           // of one word
	Was            string
	Blocks         bool
	May            bool
	Find           string
	Rows           []wordRow
	All, Found     int
	Page           int
	Previous, Next string
}

type wordRow struct {
	desk.Word
	Edit string
}

// words is the list of words that are not to stand in what is published. ?edit=
// opens one of them; ?wrong= fills in a new one.
func (s *Site) words(v *Visit) error {
	q := v.R.URL.Query()
	w := desk.Word{Wrong: bounded(q.Get("wrong")), Right: bounded(q.Get("right")), Why: bounded(q.Get("why")), Blocks: q.Get("blocks") == "yes"}
	view, err := s.wordsView(v, q.Get("edit"), w)
	if err != nil {
		return err
	}
	return v.Show("words", "用词清单", view)
}

func (s *Site) wordsView(v *Visit, was string, w desk.Word) (view wordsView, err error) {
	q := v.R.URL.Query()
	if view.Page, err = pageOf(q); err != nil {
		return view, err
	}
	all, err := s.Desk.ListWords(v.R.Context(), v.Actor())
	if err != nil {
		return view, err
	}
	view.All, view.Find, view.May = len(all), bounded(strings.TrimSpace(q.Get("q"))), v.Me.Is(desk.Reviewer, desk.Maintainer)
	if i := slices.IndexFunc(all, func(x desk.Word) bool { return x.Wrong == was }); i >= 0 {
		view.Was = was
		if w.Wrong == "" {
			w = all[i]
		}
	}
	view.Form, view.Blocks = wordForm(w), w.Blocks
	found := slices.DeleteFunc(slices.Clone(all), func(x desk.Word) bool {
		return !strings.Contains(x.Wrong+"\n"+x.Right+"\n"+x.Why, view.Find)
	})
	view.Found = len(found)
	start := min((view.Page-1)*wordPage, len(found))
	at := func(page int, edit string) string {
		to := url.Values{}
		for name, value := range map[string]string{"q": view.Find, "edit": edit} {
			if value != "" {
				to.Set(name, value)
			}
		}
		if page > 1 {
			to.Set("page", itoa(page))
		}
		return Root + "/words?" + to.Encode()
	}
	for _, x := range found[start:min(start+wordPage, len(found))] {
		view.Rows = append(view.Rows, wordRow{x, at(view.Page, x.Wrong) + "#word"})
	}
	if view.Page > 1 {
		view.Previous = at(view.Page-1, "")
	}
	if start+wordPage < len(found) {
		view.Next = at(view.Page+1, "")
	}
	return view, nil
}

func wordForm(w desk.Word) Form {
	return Form{Fields: []Field{
		{Name: "wrong", Label: "要找的词", Value: w.Wrong, Required: true, Max: 40},
		{Name: "right", Label: "应写", Value: w.Right, Max: 40},
		{Name: "why", Label: "为什么", Value: w.Why, Max: 100},
	}}
}

func (s *Site) putWord(v *Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	was := form.Get("was")
	w := desk.Word{Wrong: form.Get("wrong"), Right: form.Get("right"), Why: form.Get("why"), Blocks: form.Get("blocks") == "yes"}
	err = s.Desk.PutWord(v.R.Context(), v.Actor(), was, w)
	if err == nil {
		return v.Go("/words", "“"+strings.TrimSpace(w.Wrong)+"”已保存，从现在起按它检查。")
	}
	faults, ok := sentences(err)
	if !ok {
		return err
	}
	view, err := s.wordsView(v, was, w)
	if err != nil {
		return err
	}
	view.Form = wordForm(w)
	view.Whole = sentence(strings.Join(faults, "；"))
	return v.Again("words", "用词清单", view)
}

// dropWord takes a word out of the list, and leaves it in the form: saved again,
// it is back.
func (s *Site) dropWord(v *Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	all, err := s.Desk.ListWords(v.R.Context(), v.Actor())
	if err != nil {
		return err
	}
	wrong := form.Get("wrong")
	if err := s.Desk.DropWord(v.R.Context(), v.Actor(), wrong); err != nil {
		return err
	}
	back := url.Values{}
	if i := slices.IndexFunc(all, func(w desk.Word) bool { return w.Wrong == wrong }); i >= 0 {
		back.Set("wrong", wrong)
		back.Set("right", all[i].Right)
		back.Set("why", all[i].Why)
		if all[i].Blocks {
			back.Set("blocks", "yes")
		}
	}
	return v.Go("/words?"+back.Encode(), "“"+wrong+"”已从清单里去掉。要放回去，按“保存”。")
}

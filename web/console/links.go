package console

import (
	"net/http"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

// linksView is what is known of the links of a revision.
type linksView struct {
	Show   bool // there are some, and they are opened here
	Open   bool // the person may have those opened that are not known
	Report desk.LinkReport
	Words  string
	Hint   string // for the reviewer's checklist
}

// linksView tells it of what is not published yet.
func (s *Site) linksView(w desk.Work, me desk.Staff) linksView {
	r := s.Desk.LinksOf(w)
	switch {
	case r.All == 0:
		return linksView{Hint: "这份文件里没有链接"}
	case s.Desk.Links == nil || w.Revision.Status == corpus.Dropped || w.Revision.Status == corpus.Withdrawn:
		return linksView{}
	}
	words := reportWords(r)
	return linksView{
		Show: true, Open: r.Opened < r.All && me.Is(desk.Editor, desk.Reviewer), Report: r, Words: words, Hint: strings.TrimSuffix(words, "。"),
	}
}

// reportWords says it in a line.
func reportWords(r desk.LinkReport) string {
	words := "有" + itoa(r.All) + "个链接，"
	switch {
	case r.Opened == 0:
		return words + "还没有查能不能打开。"
	case len(r.Dead) > 0:
		words += itoa(len(r.Dead)) + "个打不开。"
	case r.Opened == r.All && len(r.Unsure) == 0:
		return words + "都能打开。"
	default:
		words += "没有发现打不开的。"
	}
	if n := r.All - r.Opened; n > 0 {
		words += itoa(n) + "个还没有查完。"
	}
	if n := len(r.Unsure); n > 0 {
		words += itoa(n) + "个在这里查不了。"
	}
	return words
}

// openLinks opens the links that are not known, for a script or a person.
func (s *Site) openLinks(v *Visit) error {
	t, err := v.target()
	if err != nil {
		return err
	}
	r, err := s.Desk.OpenLinks(v.R.Context(), v.Actor(), t.id, t.revision)
	if err != nil {
		return err
	}
	if !asksJSON(v.R) {
		return v.Go(t.path()+"?revision="+itoa(t.revision), reportWords(r))
	}
	var dead []string
	for _, f := range r.Dead {
		dead = append(dead, f.Address+" "+f.Why)
	}
	return v.json(http.StatusOK, map[string]any{"words": reportWords(r), "dead": dead})
}

// submitted is what an editor is told who has handed a draft over.
func submitted(r desk.LinkReport) string {
	words := "已提交，等另一位同事审核。"
	if len(r.Dead) == 0 {
		return words
	}
	var dead []string
	for _, f := range r.Dead[:min(len(r.Dead), 3)] {
		dead = append(dead, f.Address+"（"+f.Why+"）")
	}
	return words + "请留意，有" + itoa(len(r.Dead)) + "个链接打不开：" + strings.Join(dead, "；") + "。"
}

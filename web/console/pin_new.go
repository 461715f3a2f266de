package console

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

// shownDocuments is how many published clarifications a proposal may be made
// with, before one searches.
const shownDocuments = 8

type pinNewView struct {
	Faults                    []string
	Phrases, Text, Day, Time  string
	Words                     string // that a document is searched by
	Document                  string // chosen; "" is Text
	Documents                 []documentChoice
	Accounts                  []Choice // none: there is but one
	Seen                      string   // what the preview was of
	Preview                   *pinPreview
	Uploads, Another, Missing bool
}

type documentChoice struct {
	ID, Title, Note string
}

// pinPreview is what a pin would do.
type pinPreview struct {
	Asked bool
	Count int
	Rows  []heardRow
	More  bool // questions that are in no row
	Said  []saidRow
	Flaws []desk.Flaw
}

// heardRow is what was asked, once or several times, and what was told.
type heardRow struct {
	desk.Heard    // the newest
	Times         int
	Account, What string
	Told          []replyLine
}

// saidRow is a reply and those who would get it.
type saidRow struct {
	Reply     []replyLine
	Questions []string
	More      int // questions that are not shown
}

const (
	shownHeard     = 50
	shownQuestions = 5
)

// bot.Status in a word.
var toldWords = map[string]string{
	"answered": "答了", "choose": "让他选", "refused": "没答上", "redirected": "没有直接答", "emergency": "紧急", "smalltalk": "闲谈",
	"limited": "问得太快", "failed": "出错",
}

func (s *Site) newPin(v *Visit) error {
	view := pinNewView{Day: string(corpus.DayOf(s.Now()).Add(7)), Time: "18:00"}
	if err := s.pinChoices(v, &view, url.Values{}); err != nil {
		return err
	}
	return v.Show("pin-new", "提出置顶", view)
}

// addPin shows what a proposal would do, and, once that was seen, stores it.
func (s *Site) addPin(v *Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	view := pinNewView{
		Phrases: form.Get("phrases"), Text: form.Get("text"), Day: form.Get("day"), Time: form.Get("time"),
		Words: bounded(form.Get("q")), Document: form.Get("document"),
	}
	if view.Day == "" && view.Time == "" {
		view.Day, view.Time = string(corpus.DayOf(s.Now()).Add(7)), "18:00"
	}
	if err := s.pinChoices(v, &view, form); err != nil {
		return err
	}
	if form.Get("do") == "search" {
		return v.Show("pin-new", "提出置顶", view)
	}
	p, err := s.proposal(view, form)
	if err == nil {
		seen := sumOf(p)
		if form.Get("do") == "propose" && form.Get("seen") == seen {
			return s.propose(v, view, p)
		}
		view.Preview, err = s.previewPin(v, p)
		view.Seen = seen
		view.Another = form.Get("do") == "propose"
	}
	return s.againPin(v, view, err)
}

// propose stores a proposal.
func (s *Site) propose(v *Visit, view pinNewView, p desk.Pin) error {
	id, err := s.Desk.Pin(v.R.Context(), v.Actor(), p)
	if err != nil {
		return s.againPin(v, view, err)
	}
	return v.Go("/pins/"+strconv.FormatInt(id, 10), "已提交，请另一位审核人员来审。")
}

// againPin shows the form again: with what is wrong, or with the preview.
func (s *Site) againPin(v *Visit, view pinNewView, err error) error {
	if err == nil {
		return v.Show("pin-new", "提出置顶", view)
	}
	faults, ok := sentences(err)
	if !ok {
		return err
	}
	view.Faults, view.Seen = faults, ""
	return v.Again("pin-new", "提出置顶", view)
}

// pinChoices fills in the documents and accounts that there are to choose from.
func (s *Site) pinChoices(v *Visit, view *pinNewView, form url.Values) error {
	ctx, by := v.R.Context(), v.Actor()
	view.Uploads = v.Me.Is(desk.Editor)
	items, _, err := s.Desk.List(ctx, by, desk.Filter{
		States: []desk.State{desk.IsPublished}, Kinds: []corpus.Kind{corpus.Clarification, corpus.Notice}, Text: view.Words,
	}, 0, shownDocuments)
	if err != nil {
		return err
	}
	chosen := view.Document == ""
	for _, i := range items {
		view.Documents = append(view.Documents, documentChoice{i.Document.ID, i.Document.Title, kindWords[i.Document.Kind] + " · " + clock(i.Updated)})
		chosen = chosen || i.Document.ID == view.Document
	}
	if !chosen {
		w, err := s.Desk.Look(ctx, by, view.Document, 0)
		if err != nil {
			return err
		}
		view.Documents = append([]documentChoice{{w.Document.ID, w.Document.Title, kindWords[w.Document.Kind]}}, view.Documents...)
	}
	view.Missing = len(items) == 0
	accounts := s.Desk.AccountsOf(by)
	if len(accounts) < 2 {
		return nil
	}
	for _, a := range accounts {
		view.Accounts = append(view.Accounts, Choice{
			Value: a.Name, Text: a.Label(), Hint: a.Agency, Chosen: form.Get("chosen") == "" || slices.Contains(form["account"], a.Name),
		})
	}
	return nil
}

// proposal reads what is proposed.
func (s *Site) proposal(view pinNewView, form url.Values) (p desk.Pin, err error) {
	for line := range strings.Lines(view.Phrases) {
		if phrase := strings.Join(strings.Fields(line), " "); phrase != "" && !slices.Contains(p.Phrases, phrase) {
			p.Phrases = append(p.Phrases, phrase)
		}
	}
	if p.Document = view.Document; p.Document == "" {
		p.Text = strings.Join(strings.Fields(view.Text), " ") // how long is said when it is started
	} else if p.Until, err = untilOf(form); err != nil {
		return p, err
	}
	all := true
	for _, a := range view.Accounts {
		if a.Chosen {
			p.Accounts = append(p.Accounts, a.Value)
		}
		all = all && a.Chosen
	}
	if len(view.Accounts) > 0 && len(p.Accounts) == 0 {
		return p, desk.NotReady{"请至少选一个账号"}
	}
	if all {
		p.Accounts = nil // those to come as well
	}
	return p, nil
}

// sumOf tells proposals apart.
func sumOf(p desk.Pin) string {
	text, err := json.Marshal([]any{p.Phrases, p.Document, p.Text, p.Accounts, p.Until.Unix()})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// previewPin says what a pin would do.
func (s *Site) previewPin(v *Visit, p desk.Pin) (*pinPreview, error) {
	would, err := s.Desk.PreviewPin(v.R.Context(), v.Actor(), p)
	if err != nil {
		return nil, err
	}
	if err := s.sawHeard(v, would.Heard); err != nil {
		return nil, err
	}
	out := s.heardView(would.Heard)
	out.Asked, out.Flaws = would.Asked, would.Flaws
	for _, said := range would.Said {
		n := min(len(said.Questions), shownQuestions)
		out.Said = append(out.Said, saidRow{replyLines(said.Reply), said.Questions[:n], len(said.Questions) - n})
	}
	return out, nil
}

// sawHeard notes that somebody was shown questions of the last week.
func (s *Site) sawHeard(v *Visit, all []desk.Heard) error {
	if len(all) == 0 {
		return nil
	}
	return s.Desk.SawQuestions(v.R.Context(), v.Actor(), "", "置顶：一周内的提问")
}

// heardView lists what was asked.
func (s *Site) heardView(all []desk.Heard) *pinPreview {
	v := &pinPreview{Count: len(all), Rows: s.heardRows(all)}
	n := 0
	for _, r := range v.Rows {
		n += r.Times
	}
	v.More = n < len(all)
	return v
}

// heardRows puts those together that asked and were told the same.
func (s *Site) heardRows(all []desk.Heard) (rows []heardRow) {
	for _, h := range all {
		i := slices.IndexFunc(rows, func(r heardRow) bool {
			return r.Heard.Account == h.Account && r.Question == h.Question && r.Heard.Told == h.Told
		})
		switch {
		case i >= 0:
			rows[i].Times++
		case len(rows) < shownHeard:
			rows = append(rows, heardRow{h, 1, s.accountLabel(h.Account), toldWords[h.Status], replyLines(h.Told)})
		}
	}
	return rows
}

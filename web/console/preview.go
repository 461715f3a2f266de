package console

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

var previewPages = []Route{
	{Method: Get, Path: "/documents/{id}/preview", Who: Staff, Do: (*Site).preview},
	{Method: Get, Path: "/documents/{id}/preview/page", Who: Staff, Do: (*Site).previewPage},
	{Method: Post, Path: "/documents/{id}/preview", Who: Only(desk.Editor), Do: (*Site).previewTyped, Options: []Option{Limit(maxEdit)}},
}

// Previewer shows what a revision would be to citizens if it were published
// with a content now. Nothing of it is stored, and nobody else gets to see it.
// Errors are those of ctx, which a preview that takes too long ends with, too.
type Previewer interface {
	// PreviewPage returns the whole page of the document.
	PreviewPage(ctx context.Context, revision int, c corpus.Content) ([]byte, error)
	// PreviewReply returns what who asks a question would be told.
	PreviewReply(ctx context.Context, revision int, c corpus.Content, question string) (Told, error)
}

// Told is the reply to a question, with a draft as if it were published.
type Told struct {
	Text   string // as the platform shows it, with <a href="…">…</a>
	Status bot.Status
	Reason string
	Ours   bool   // it rests on the draft
	Place  int    // of the draft among the documents that were found, from 1; 0: it was not
	First  string // the title of the one that it rests on
	Now    string // of the one that answers today, without the draft; "": none does
}

// The bounds of a preview.
const (
	maxPreview  = 1 << 20 // bytes of text
	maxQuestion = 200     // characters
)

var errNoPreview = desk.Denied("这里没有接通市民的页面，不能预览")

// previewView is what is shown of a preview beside the citizens' page.
type previewView struct {
	Title, Path, State string
	Revision           int
	Question           Field
	Told               *toldView
	Faults             []string
}

type toldView struct {
	Lines   []replyLine
	Verdict sign
	More    string
}

// preview is the page of a preview of what is stored: also for reviewers.
func (s *Site) preview(v *Visit) error {
	w, view, err := s.previewOf(v)
	if err != nil {
		return err
	}
	question, fault := asked(v.R.URL.Query().Get("ask"))
	if view.Question.Value = question; fault != "" {
		view.Question.Fault = fault
		return v.Again("preview", "预览："+w.Document.Title, view)
	}
	if question != "" {
		if view.Told, err = s.told(v.R.Context(), w, w.Content(), question); err != nil {
			return err
		}
	}
	s.frames(v.W.Header())
	return v.Show("preview", "预览："+w.Document.Title, view)
}

func (s *Site) previewOf(v *Visit) (desk.Work, previewView, error) {
	if s.Preview == nil {
		return desk.Work{}, previewView{}, errNoPreview
	}
	w, err := s.Desk.Look(v.R.Context(), v.Actor(), v.R.PathValue("id"), number(v.R.URL.Query().Get("revision")))
	if err != nil {
		return w, previewView{}, err
	}
	return w, previewView{
		Title: w.Document.Title, Path: pathOf(w), State: statusWords[w.Revision.Status], Revision: w.Revision.Number, Question: questionField(),
	}, tooLong(w.Revision.Text)
}

func pathOf(w desk.Work) string { return target{id: w.Document.ID}.path() }

// questionField is not called question: an FAQ has a field of that name.
func questionField() Field {
	return Field{Name: "ask", Label: "市民会怎么问", Max: maxQuestion, Quiet: true, Type: "search", Hint: "写一句话，看微信里会怎么答"}
}

// tooLong refuses a text that would keep the preview busy.
func tooLong(text string) error {
	if len(text) > maxPreview {
		return desk.NotReady{"正文太长，超过" + itoa(maxPreview/3/10000) + "万字的不能预览"}
	}
	return nil
}

// asked tidies a question, and says what is wrong with it.
func asked(text string) (question, fault string) {
	question = strings.TrimSpace(strings.ToValidUTF8(text, ""))
	if utf8.RuneCountInString(question) > maxQuestion {
		return string([]rune(question)[:maxQuestion]), "问题最多" + itoa(maxQuestion) + "个字。"
	}
	return question, ""
}

// previewPage is the citizens' page alone, for a frame.
func (s *Site) previewPage(v *Visit) error {
	w, _, err := s.previewOf(v)
	if err != nil {
		return err
	}
	return s.showPage(v, w.Revision.Number, w.Content())
}

// showPage answers with a page of the citizens', which our own pages may frame.
func (s *Site) showPage(v *Visit, revision int, c corpus.Content) error {
	html, err := s.Preview.PreviewPage(v.R.Context(), revision, c)
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Content-Type", "text/html; charset=utf-8")
	v.W.WriteHeader(http.StatusOK)
	_, _ = v.W.Write(html) // who asked has gone: nothing to be done
	return nil
}

// frames lets a page frame our own.
func (s *Site) frames(h http.Header) { h.Set("Content-Security-Policy", policy+"; frame-src 'self'") }

// previewTyped previews what an editor has typed and not saved: both for a
// script, else the one that was asked for.
func (s *Site) previewTyped(v *Visit) error {
	if s.Preview == nil {
		return errNoPreview
	}
	return s.overTyped(v, s.showTyped)
}

func (s *Site) showTyped(v *Visit, t target, w desk.Work, c corpus.Content, _ Form) error {
	ctx := v.R.Context()
	w, c, err := s.Desk.Settled(ctx, v.Actor(), t.id, w.Revision.Number, c)
	if err != nil {
		return err
	}
	if err := tooLong(c.Text); err != nil {
		return err
	}
	question, fault := asked(t.form.Get("ask"))
	if fault != "" {
		return desk.NotReady{strings.TrimSuffix(fault, "。")}
	}
	switch {
	case asksJSON(v.R):
		return s.previewJSON(v, w, c, question)
	case t.form.Get("show") == "page" || question == "":
		return s.showPage(v, w.Revision.Number, c)
	}
	view := previewView{Title: c.Document.Title, Path: pathOf(w), State: "还没有保存的内容", Question: questionField()}
	view.Question.Value = question
	if view.Told, err = s.told(ctx, w, c, question); err != nil {
		return err
	}
	return v.Show("preview", "预览："+c.Document.Title, view)
}

// previewJSON answers the script that previews while somebody types.
func (s *Site) previewJSON(v *Visit, w desk.Work, c corpus.Content, question string) error {
	html, err := s.Preview.PreviewPage(v.R.Context(), w.Revision.Number, c)
	if err != nil {
		return err
	}
	out := map[string]any{"page": string(html)}
	if question != "" {
		told, err := s.told(v.R.Context(), w, c, question)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		if err := s.templates.part(&b, "preview", "told", told); err != nil {
			return err
		}
		out["reply"] = b.String()
	}
	return v.json(http.StatusOK, out)
}

// told asks a question of a draft.
func (s *Site) told(ctx context.Context, w desk.Work, c corpus.Content, question string) (*toldView, error) {
	t, err := s.Preview.PreviewReply(ctx, w.Revision.Number, c, question)
	if err != nil {
		return nil, err
	}
	view := &toldView{Lines: replyLines(t.Text)}
	view.Verdict, view.More = verdict(t, c.Document, corpus.DayOf(s.Now()))
	return view, nil
}

// verdict says whether the draft is what answers, and if not, what does.
func verdict(t Told, d corpus.Document, today corpus.Date) (sign, string) {
	now := "现在市民问这句话，还答不上来。"
	if t.Now != "" {
		now = "现在市民问这句话，答的是《" + t.Now + "》。"
	}
	found := "没有从这份草稿里找到能答的内容。"
	if t.Place > 0 {
		found = "这份草稿排在第" + itoa(t.Place) + "位。"
	}
	if from := d.StartsOn(); from > today && !(t.Ours && t.Status == bot.Answered) {
		found = "这份草稿从" + from.Chinese() + "起施行，今天还不作为依据。"
	}
	switch {
	case t.Ours && t.Status == bot.Answered && t.Now == d.Title:
		return sign{"发布以后，由这份草稿来答", "●", "ok"}, "现在答的是这份文件已经发布的那一版。"
	case t.Ours && t.Status == bot.Answered:
		return sign{"发布以后，由这份草稿来答", "●", "ok"}, now
	case t.Status == bot.Answered && t.First != "":
		return sign{"会先答《" + t.First + "》，不是这份草稿", "▲", "due"}, found
	case t.Status == bot.Choose:
		return sign{"会先请市民选是哪一件事", "▲", "due"}, found
	case t.Status == bot.Refused:
		return sign{"发布以后，这句话还是答不上来", "▲", "due"}, found
	}
	return sign{"这句话不按文件回答", "▲", "due"}, "它会转给人工、作提醒，或按置顶的内容回复。"
}

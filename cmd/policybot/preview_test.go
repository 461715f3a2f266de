//go:build unix

package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/web/page"
)

// written puts a file in, and returns the drafts that come of it.
func (b *bureau) written(t *testing.T, name, text string) []desk.Work {
	t.Helper()
	u, err := b.app.office.Put(t.Context(), b.editor, desk.Upload{Name: name}, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the file to be read", func() bool {
		u, err = b.app.office.UploadOf(t.Context(), b.editor, u.ID)
		return err == nil && (u.State == desk.UploadDone || u.State == desk.UploadFailed)
	})
	var all []desk.Work
	for _, d := range u.Drafts {
		w, err := b.app.office.Look(t.Context(), b.editor, d.Document, 0)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, w)
	}
	if len(all) == 0 {
		t.Fatalf("%+v", u)
	}
	return all
}

// live has a draft published by the people who may.
func (b *bureau) live(t *testing.T, w desk.Work) {
	t.Helper()
	office, id, n := b.app.office, w.Document.ID, w.Revision.Number
	err := office.Submit(t.Context(), b.editor, id, n, w.Version)
	if err == nil {
		err = office.Approve(t.Context(), b.reviewer, desk.Move{Document: id, Revision: n, Version: w.Version + 1,
			Checklist: desk.Checklist{Secrecy: true, Accuracy: true, Links: true, Later: true}})
	}
	if err == nil {
		err = office.Publish(t.Context(), b.reviewer, id, n, w.Version+2)
	}
	if err == nil {
		err = b.app.sync(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestPreviewIsWhatWouldBe previews drafts of every kind beside what is
// published: the page, and the very reply. What is published afterwards says the
// same; before, nobody is told anything of it.
func TestPreviewIsWhatWouldBe(t *testing.T) {
	t.Parallel()
	b := openBureau(t)
	b.live(t, b.written(t, "养犬.md", dogRules)[0])
	pages, err := page.New("")
	if err != nil {
		t.Fatal(err)
	}
	p := newPreviewer(b.app, pages)
	const question = "狗证几年换一次"
	before := b.asked(t, question)
	if !strings.Contains(before, "每两年") {
		t.Fatal(before)
	}
	newRules := "# 青岚市养犬管理条例\n\n青政规〔2026〕17号\n\n第一条 为了规范养犬行为，制定本条例。\n\n第二条 养犬登记证每五年换领一次，换领时应当带犬只免疫证明。\n\n第三条 本条例自2026年2月1日起施行，《青岚市养犬管理办法》同时废止。\n"
	w := b.written(t, "条例.md", newRules)[0]
	told, err := p.PreviewReply(t.Context(), w.Revision.Number, w.Content(), question)
	if err != nil || !told.Ours || told.Place != 1 || told.Status != bot.Answered || told.Now != "青岚市养犬管理办法" || !strings.Contains(told.Text, "每五年") {
		t.Errorf("%+v, %v", told, err)
	}
	// What is typed and not stored.
	c := w.Content()
	c.Text = strings.Replace(c.Text, "每五年", "每七年", 1)
	_, c, err = b.app.office.Settled(t.Context(), b.editor, w.Document.ID, w.Revision.Number, c)
	if err != nil {
		t.Fatal(err)
	}
	typed, err := p.PreviewReply(t.Context(), w.Revision.Number, c, question)
	if err != nil || !typed.Ours || !strings.Contains(typed.Text, "每七年") {
		t.Errorf("%+v, %v", typed, err)
	}
	html, err := p.PreviewPage(t.Context(), w.Revision.Number, c)
	if err != nil || !strings.Contains(string(html), "每七年") || !strings.Contains(string(html), `<base target="_blank">`) || !strings.Contains(string(html), b.base+"/topics") ||
		!strings.Contains(string(html), `href="/assets/`) || strings.Contains(string(html), "<script") {
		t.Errorf("%v\n%s", err, html)
	}
	other, err := p.PreviewReply(t.Context(), w.Revision.Number, c, "今天天气怎么样")
	if err != nil || other.Ours || other.Status == bot.Answered {
		t.Errorf("%+v, %v", other, err)
	}
	if now := b.asked(t, question); now != before {
		t.Errorf("the preview is live:\n%s", now)
	}
	if status, _ := b.page(t, "/d/"+w.Document.ID); status != 404 {
		t.Errorf("the draft's page: %d", status)
	}
	// A question that something else answers says so.
	aside, err := p.PreviewReply(t.Context(), w.Revision.Number, withText(t, b, w, "第一条 本条例说的是别的事情。"), question)
	if err != nil || aside.Ours || aside.First != "青岚市养犬管理办法" {
		t.Errorf("%+v, %v", aside, err)
	}
	b.live(t, w)
	if got := b.asked(t, question); got != told.Text {
		t.Errorf("previewed:\n%s\npublished:\n%s", told.Text, got)
	}
	b.previewKinds(t, p)

	ended, stop := context.WithCancel(t.Context())
	stop()
	if _, err := p.PreviewReply(ended, w.Revision.Number, c, question); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// withText is a draft with another text, as Save would store it.
func withText(t *testing.T, b *bureau, w desk.Work, text string) corpus.Content {
	t.Helper()
	c := w.Content()
	c.Text = text
	_, c, err := b.app.office.Settled(t.Context(), b.editor, w.Document.ID, w.Revision.Number, c)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// previewKinds looks at drafts that are no policies.
func (b *bureau) previewKinds(t *testing.T, p *previewer) {
	for kind, x := range map[corpus.Kind]struct{ file, text, question, says string }{
		corpus.FAQ: {"问答.csv", "问题,答案,其他问法,发文机关\n丢了狗牌怎么补？,带免疫证明到街道补领，工本费8元。,狗牌丢了怎么办,青岚市公安局\n", "狗牌丢了怎么办", "工本费8元"},
		corpus.Guide: {"指南.csv", "事项名称,受理条件,申请材料,办理地点,咨询电话,发文机关\n犬只寄养登记,本市户籍,身份证原件；寄养协议,青岚市各街道,0599-7654321,青岚市公安局\n",
			"犬只寄养登记要带什么材料", "寄养协议"},
		corpus.Interpretation: {"解读.md", "---\nkind: interpretation\ntitle: 《青岚市养犬管理条例》解读\n---\n\n一、换领狗证时来不了怎么办\n\n可以请家人代为换领，代办人带上自己的身份证和委托书。\n", "狗证换领家人可以代办吗", "委托书"},
	} {
		t.Run(string(kind), func(t *testing.T) {
			w := b.written(t, x.file, x.text)[0]
			if w.Document.Kind != kind {
				t.Fatalf("it is %s", w.Document.Kind)
			}
			told, err := p.PreviewReply(t.Context(), w.Revision.Number, w.Content(), x.question)
			if err != nil || !told.Ours || !strings.Contains(told.Text, x.says) {
				t.Errorf("%+v, %v", told, err)
			}
			if html, err := p.PreviewPage(t.Context(), w.Revision.Number, w.Content()); err != nil || !strings.Contains(string(html), x.says) {
				t.Errorf("%v\n%s", err, html)
			}
		})
	}
}

// TestVerdicts: what a citizen says of an answer reaches the document's owner
// with the question, and a question with these words in it is answered.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	b := openBureau(t)
	w := b.written(t, "养犬.md", dogRules)[0]
	b.live(t, w)
	n := 0
	say := func(person, text string) bot.Reply {
		n++
		return b.app.chat(t.Context(), bot.Question{Account: defaultAccount, Person: person, ID: "m" + string(rune('a'+n)), Kind: bot.Text, Text: text, Time: time.Now()})
	}
	if r := say("p1", "没用"); r.Reason == bot.ReasonVerdict {
		t.Errorf("a verdict on nothing: %+v", r)
	}
	if r := say("p1", "狗证几年换一次"); r.Status != bot.Answered {
		t.Fatalf("%+v", r)
	}
	if r := say("p1", "没用。"); r.Reason != bot.ReasonVerdict || !strings.Contains(r.Text, "已经记下") {
		t.Errorf("%+v", r)
	}
	if r := say("p2", "养犬登记证没用了要换领吗"); r.Reason == bot.ReasonVerdict {
		t.Errorf("a question is taken for a verdict: %+v", r)
	}
	say("p2", "狗证几年换一次")
	if r := say("p2", "有用"); r.Reason != bot.ReasonVerdict || !strings.HasPrefix(r.Text, "谢谢") {
		t.Errorf("%+v", r)
	}
	if r := say("p3", "月球户口怎么办"); r.Status == bot.Answered {
		t.Fatalf("%+v", r)
	}
	if r := say("p3", "没用"); r.Reason == bot.ReasonVerdict {
		t.Errorf("a verdict on a refusal has no document: %+v", r)
	}
	if err := b.app.judge(defaultAccount)(t.Context(), "browser", w.Document.ID, false); err != nil {
		t.Fatal(err)
	}
	tally, err := b.app.office.VerdictsOf(t.Context(), w)
	if err != nil || tally.Useful != 1 || tally.Useless != 2 || len(tally.Questions) != 1 || tally.Questions[0].Question != "狗证几年换一次" {
		t.Errorf("%+v, %v", tally, err)
	}
	var crowd error
	judge := b.app.judge(defaultAccount)
	for range verdictsAPerson + 1 {
		crowd = judge(t.Context(), "one", w.Document.ID, true)
	}
	if crowd == nil {
		t.Error("one browser presses as often as it likes")
	}
	if n := inquire[int](t, b.app.settings.Data, "SELECT count(*) FROM verdicts WHERE length(voter) = 64"); n != 4 {
		t.Errorf("%d voters are kept by an HMAC", n)
	}
}

package bot

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

const today = corpus.Date("2026-05-01")

// town is a corpus, an index and a memory in one, for a Responder to ask.
type town struct {
	docs   map[string]corpus.Document
	revs   map[string]corpus.Revision
	found  func(q index.Query) index.Result
	recent Recent
	kept   Kept

	findErr, standErr, liveErr, recentErr, forgetErr, numberErr, keptErr error

	asked     []index.Query
	forgotten []string
	own       bool
	region    string
	title     string
	base      string
}

func (w *town) Find(_ context.Context, q index.Query) (index.Result, error) {
	w.asked = append(w.asked, q)
	if w.findErr != nil {
		return index.Result{}, w.findErr
	}
	if w.found == nil {
		return index.Result{}, nil
	}
	return w.found(q), nil
}

func (w *town) Standing(_ context.Context, ids []string) (map[string]index.Standing, error) {
	out := map[string]index.Standing{}
	for _, id := range ids {
		if rev, ok := w.revs[id]; ok {
			out[id] = index.Standing{Revision: rev.Number, Document: w.docs[id]}
		}
	}
	return out, w.standErr
}

func (w *town) Live(_ context.Context, id string) (corpus.Document, corpus.Revision, error) {
	if w.liveErr != nil {
		return corpus.Document{}, corpus.Revision{}, w.liveErr
	}
	d, ok := w.docs[id]
	if !ok {
		return d, corpus.Revision{}, corpus.ErrNotFound
	}
	return d, w.revs[id], nil
}

func (w *town) Recent(context.Context, string, string, time.Time) (Recent, error) {
	return w.recent, w.recentErr
}

func (w *town) Forget(_ context.Context, account, person string) (int, error) {
	w.forgotten = append(w.forgotten, account+"/"+person)
	return w.kept.Messages, w.forgetErr
}

func (w *town) Kept(context.Context, string, string) (Kept, error) { return w.kept, w.keptErr }

// passages are anchor, label and text in turn.
func (w *town) add(d corpus.Document, passages ...[3]string) {
	if w.docs == nil {
		w.docs, w.revs = map[string]corpus.Document{}, map[string]corpus.Revision{}
	}
	rev := corpus.Revision{Document: d.ID, Number: 1, Status: corpus.Published}
	for _, p := range passages {
		start := len(rev.Text)
		rev.Text += p[2] + "\n"
		rev.Passages = append(rev.Passages, corpus.Passage{
			Anchor: p[0], Label: p[1], Role: corpus.BodyRole, Start: start, End: len(rev.Text),
		})
	}
	w.docs[d.ID], w.revs[d.ID] = d, rev
}

// hit is what the index would say of a passage.
func (w *town) hit(id, anchor string, score float64) index.Hit {
	d, rev := w.docs[id], w.revs[id]
	p, ok := rev.Find(anchor)
	if !ok {
		panic("no passage " + id + "#" + anchor)
	}
	text := strings.TrimSpace(rev.Text[p.Start:p.End])
	return index.Hit{
		Ref: corpus.Ref{Document: id, Revision: rev.Number, Anchor: anchor}, Kind: d.Kind, Title: d.Title,
		Number: d.Number, Agency: d.Agency, Region: d.Region, Sample: d.Sample, Label: p.Label,
		Passage: text, Snippet: firstSentences(text, 300), Direct: opening(strings.TrimPrefix(text, p.Label)), Score: score,
	}
}

func (w *town) responder(t testing.TB) *Responder {
	return NewResponder(Config{
		Finder: w, Register: w, Library: w, Memory: w, Keeper: w, Catalogue: w,
		Accounts: func(name string) Account {
			base := w.base
			if base == "" {
				base = "https://policy.example.gov.cn"
			}
			return Account{Name: name, Title: w.title, Region: w.region, BaseURL: base, Own: w.own}
		},
		Now: func() time.Time { return time.Date(2026, 5, 1, 9, 0, 0, 0, corpus.Zone) },
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
}

// typed asks what a citizen typed.
func (w *town) typed(t testing.TB, text string) Reply {
	t.Helper()
	r := w.responder(t).AnswerOn(t.Context(), Question{Account: "default", Person: "o1", Kind: Text, Text: text}, today)
	checkReply(t, r)
	return r
}

var ourLink = regexp.MustCompile(`<a href="https?://[^"<>\s]+">[^<>\n]+</a>`)

// checkReply checks what holds of every reply.
func checkReply(t testing.TB, r Reply) {
	t.Helper()
	switch {
	case strings.TrimSpace(r.Text) == "":
		t.Errorf("an empty reply: %+v", r)
	case len(r.Text) > answerBudget:
		t.Errorf("a reply of %d bytes:\n%s", len(r.Text), r.Text)
	case strings.ToValidUTF8(r.Text, "?") != r.Text:
		t.Errorf("invalid UTF-8: %q", r.Text)
	case tag.MatchString(ourLink.ReplaceAllString(r.Text, "")):
		t.Errorf("markup that is not ours:\n%s", r.Text)
	case r.Status == "":
		t.Errorf("no status: %+v", r)
	}
	for i, c := range r.Choices {
		if r.Status != Emergency && !strings.Contains(r.Text, fmt.Sprintf("\n%d %s", i+1, c.Label)) {
			t.Errorf("choice %d %s is not in the reply:\n%s", i+1, c.Label, r.Text)
		}
	}
}

func checkText(t testing.TB, r Reply, want Status, has []string, hasNot ...string) {
	t.Helper()
	if r.Status != want {
		t.Errorf("status %s (%s), want %s:\n%s", r.Status, r.Reason, want, r.Text)
	}
	for _, s := range has {
		if !strings.Contains(r.Text, s) {
			t.Errorf("no %q in\n%s", s, r.Text)
		}
	}
	for _, s := range hasNot {
		if strings.Contains(r.Text, s) {
			t.Errorf("%q in\n%s", s, r.Text)
		}
	}
}

// qinglan is a small corpus with one document of each sort.
func qinglan() *town {
	w := &town{region: "青岚市", title: "青岚发布"}
	w.add(corpus.Document{
		ID: "card", Kind: corpus.Policy, Title: "青岚市敬老卡管理办法", Number: "青政规〔2024〕3号", Agency: "青岚市人民政府", Region: "青岚市", Effective: "2024-05-01",
		Receives: []corpus.Relation{
			{Kind: corpus.Interprets, From: "card-jiedu", To: "card"},
			{Kind: corpus.Related, From: "card-guide", To: "card", Title: "敬老卡申领办事指南"},
		},
	},
		[3]string{"a4", "第四条", "第四条　年满60周岁的老年人可以申领敬老卡。"},
		[3]string{"a6", "第六条", "第六条　申领敬老卡，由本人持居民身份证提出申请，受理单位应当当场核对。" + strings.Repeat("受理单位应当做好登记工作，并且妥善保管有关材料。", 4) + "本人不便办理的，可以委托近亲属持双方身份证件代为申领。"})
	w.add(corpus.Document{
		ID: "card-jiedu", Kind: corpus.Interpretation, Title: "《青岚市敬老卡管理办法》解读", Agency: "青岚市民政局", Effective: "2024-05-01",
		Declares: []corpus.Relation{{Kind: corpus.Interprets, From: "card-jiedu", To: "card"}},
	}, [3]string{"s2", "二、", "二、家里人能代办吗？\n能。《办法》第六条说得很清楚，带上双方的身份证就行。"})
	w.add(corpus.Document{
		ID: "card-guide", Kind: corpus.Guide, Title: "敬老卡申领办事指南", Agency: "青岚市民政局", Effective: "2024-05-06", Published: "2024-05-06",
	},
		[3]string{"name", "事项名称", "事项名称\n敬老卡申领"}, [3]string{"materials", "申请材料", "申请材料\n（一）居民身份证；\n（二）照片一张。"},
		[3]string{"place", "办理地点", "办理地点\n便民服务站"}, [3]string{"hours", "办公时间", "办公时间\n周一至周五"},
		[3]string{"phone", "咨询电话", "咨询电话\n0000-6612306"}, [3]string{"conditions", "受理条件", "受理条件\n年满60周岁"}, [3]string{"steps", "办理流程", "办理流程\n带身份证到窗口"})
	w.add(corpus.Document{
		ID: "card-faq", Kind: corpus.FAQ, Title: "敬老卡丢了怎么办？", Question: "敬老卡丢了怎么办？", Agency: "青岚市民政局", Effective: "2024-05-06",
		Declares: []corpus.Relation{{Kind: corpus.Related, From: "card-faq", To: "card"}},
	}, [3]string{"q1", "", "先挂失，再到窗口补办。依据《青岚市敬老卡管理办法》第四条。"})
	w.add(corpus.Document{
		ID: "rumour", Kind: corpus.Clarification, Title: "关于网传“敬老卡全部作废”的情况说明", Agency: "青岚市民政局", Effective: "2025-11-03", Published: "2025-11-03",
	}, [3]string{"s1", "一、", "一、网传内容\n有人传播“敬老卡明天全部作废”。"}, [3]string{"s2", "二、", "二、权威说明\n该消息不属实，敬老卡照常使用。"})
	return w
}

// always finds these, whatever is asked.
func (w *town) always(confidence float64, hits ...index.Hit) *town {
	w.found = func(index.Query) index.Result {
		return index.Result{Hits: hits, Confidence: confidence, Engine: "local", Generation: "g1", Lexicon: "l1"}
	}
	return w
}

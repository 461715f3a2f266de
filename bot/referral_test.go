package bot

import (
	"slices"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// withReferral adds a question to the town that no policy answers.
func (w *town) withReferral(refer, text string) *town {
	w.add(corpus.Document{
		ID: "refer-zhongya", Kind: corpus.FAQ, Title: "种牙能报销吗", Question: "种牙能报销吗", Similar: []string{"补颗牙医保管不管"}, Refer: refer, Effective: "2024-05-06",
	}, [3]string{"q1", "", text})
	return w
}

// A question that staff noted as answered by no policy is not answered from what
// is near: it names whom to ask. What is nearer to a policy is not held back.
func TestReferral(t *testing.T) {
	t.Parallel()
	const agency = "青岚市医疗保障局"
	standard := corpus.ReferralText(agency)
	alike := index.Parts{Same: .9}
	for name, c := range map[string]struct {
		refer, text string
		confidence  float64
		order       []string
		status      Status
		has, lacks  string
		parts       index.Parts
	}{
		"the referral is first":         {agency, standard, .8, []string{"refer-zhongya", "card"}, Refused, "这件事没有找到公开的规定，不敢随便答您。\n\n请问青岚市医疗保障局，也可以打12345。", "敬老卡", alike},
		"staff wrote why":               {agency, "种牙不在报销的项目里，各医院的价格不同。", .8, []string{"refer-zhongya"}, Refused, "种牙不在报销的项目里，各医院的价格不同。\n\n请问青岚市医疗保障局", "", alike},
		"nobody but the hotline":        {"12345", corpus.ReferralText("12345"), .8, []string{"refer-zhongya"}, Refused, "请打12345问清楚。", "也可以打", alike},
		"a policy is nearer":            {agency, standard, .8, []string{"card", "refer-zhongya"}, Answered, "年满60周岁", "没有找到公开的规定", alike},
		"the referral is not sure":      {agency, standard, .1, []string{"refer-zhongya", "card"}, Refused, "在已公开的政策里没有找到", "不敢随便答您。\n\n请问青岚市医疗保障局", alike},
		"it is all there is, and wrong": {agency, standard, .1, []string{"refer-zhongya"}, Refused, "在已公开的政策里没有找到", "", alike},
		"it has more of the question":   {agency, standard, .8, []string{"refer-zhongya", "card"}, Refused, "这件事没有找到公开的规定", "敬老卡", index.Parts{Document: .5}},
	} {
		w := qinglan().withReferral(c.refer, c.text)
		anchors := map[string]string{"refer-zhongya": "q1", "card": "a4"}
		var hits []index.Hit
		for i, id := range c.order {
			h := w.hit(id, anchors[id], float64(9-i))
			if id == "refer-zhongya" {
				h.Parts = c.parts
			}
			hits = append(hits, h)
		}
		r := w.always(c.confidence, hits...).typed(t, "种一颗牙能报销多少")
		if r.Status != c.status || !strings.Contains(r.Text, c.has) || c.lacks != "" && strings.Contains(r.Text, c.lacks) {
			t.Errorf("%s: %s %s\n%s", name, r.Status, r.Reason, r.Text)
		}
		for _, s := range r.Sources {
			if s.Ref.Document == "refer-zhongya" {
				t.Errorf("%s: a referral is a source", name)
			}
		}
	}
}

// A policy that has all of the question is looked for without the referral that
// is more like it: it does not ask for the same.
func TestReferralSaysNoMoreThanThePolicy(t *testing.T) {
	t.Parallel()
	w := qinglan().withReferral("青岚市医疗保障局", corpus.ReferralText("青岚市医疗保障局"))
	w.found = func(q index.Query) index.Result {
		card := index.Result{Hits: []index.Hit{w.hit("card", "a4", 8)}, Confidence: .7}
		if !slices.Contains(q.Except, "refer-zhongya") {
			card.Hits = append([]index.Hit{w.hit("refer-zhongya", "q1", 9)}, card.Hits...)
		}
		return card
	}
	if r := w.typed(t, "多大年纪能领敬老卡"); r.Status != Answered || !strings.Contains(r.Text, "年满60周岁") {
		t.Errorf("%s %s\n%s", r.Status, r.Reason, r.Text)
	}
}

// Named by its title, a referral is no document to be opened.
func TestReferralIsNeverOpened(t *testing.T) {
	t.Parallel()
	w := qinglan().withReferral("青岚市医疗保障局", corpus.ReferralText("青岚市医疗保障局"))
	r := w.always(.9, w.hit("refer-zhongya", "q1", 9)).typed(t, "《种牙能报销吗》")
	if r.Status == Answered {
		t.Errorf("%s\n%s", r.Status, r.Text)
	}
}

// Of several questions, one that is referred names its agency, the other is
// answered.
func TestReferralAmongOthers(t *testing.T) {
	t.Parallel()
	w := qinglan().withReferral("青岚市医疗保障局", corpus.ReferralText("青岚市医疗保障局"))
	w.found = func(q index.Query) index.Result {
		if strings.Contains(q.Text, "牙") {
			return index.Result{Hits: []index.Hit{w.hit("refer-zhongya", "q1", 9), w.hit("card", "a4", 3)}, Confidence: .9}
		}
		return index.Result{Hits: []index.Hit{w.hit("card", "a4", 9)}, Confidence: .9}
	}
	r := w.typed(t, "多大年纪能领敬老卡？种牙能报销多少？")
	if r.Status != Answered || !strings.Contains(r.Text, "年满60周岁") || !strings.Contains(r.Text, "没有找到能准确回答的内容，可以问12345") {
		t.Errorf("%s\n%s", r.Status, r.Text)
	}
}
